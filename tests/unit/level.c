#include "audio/level.h"

#include <math.h>
#include <stdlib.h>

#include "tap.h"

#define SECONDS 30

/* A tone of 1 kHz that is on for `on_s` of every `every_s` seconds: its level, and of a part of it if it is cut. */
static double measure(int rate_hz, double dbov, double on_s, double every_s)
{
	double amplitude = 32768 * M_SQRT2 * pow(10, dbov / 20);
	size_t n = (size_t)rate_hz * SECONDS, at = 0;
	float *x = malloc(n * sizeof(*x));
	struct level l;

	if (!x)
		abort();
	for (size_t i = 0; i < n; i++) {
		double t = (double)i / rate_hz;
		x[i] = fmod(t, every_s) < on_s ? (float)(amplitude * sin(2 * M_PI * 1000 * t)) : 0;
	}
	level_init(&l, rate_hz);
	for (size_t part = 1; at < n; part = part * 7 % 5003) {
		size_t now = part < n - at ? part : n - at;
		level_add(&l, x + at, now);
		at += now;
	}
	free(x);
	return level_dbov(&l);
}

int main(void)
{
	static const int rates[] = {8000, 16000};
	struct level l;

	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		for (int db = -50; db <= -6; db += 4) {
			double got = measure(rates[i], db, 1, 1);
			ok(fabs(got - db) < 0.1, "%d Hz: a tone at %d dBov: %.2f", rates[i], db,
				got);
		}
		/* 1 s of every 3: 200 ms of hangover, and some rise, are active too */
		for (int db = -42; db <= -10; db += 8) {
			double got = measure(rates[i], db, 1, 3), want = db + 10 * log10(1 / 1.25);
			ok(fabs(got - want) < 0.3,
				"%d Hz: with pauses at %d dBov: %.2f, not %.2f as all of it",
				rates[i], db, got, db + 10 * log10(1 / 3.0));
		}
	}
	level_init(&l, 8000);
	ok(level_dbov(&l) == LEVEL_NONE_DBOV, "nothing has no level");
	for (int i = 0; i < 1000; i++)
		level_add(&l, (float[100]){0}, 100);
	ok(level_dbov(&l) == LEVEL_NONE_DBOV, "nor has silence");
	return done_testing();
}
