#include "profile.h"

#include <math.h>
#include <stdlib.h>

#include "why.h"

void profile_init(struct profile *p, int rate_hz, int channels)
{
	*p = (struct profile){.rate_hz = rate_hz, .channels = channels};
}

void profile_free(struct profile *p)
{
	free(p->energy);
	p->energy = NULL;
}

/* The second is over; `joined`: it goes on with the one before. */
static void close_second(struct profile *p, bool joined)
{
	double whole = p->rate_hz, old;
	float *at;

	if (p->n == p->size) {
		size_t size = p->size ? 2 * p->size : 256;
		float *energy = reallocarray(
			p->energy, size * (size_t)p->channels, sizeof(*energy));

		if (!energy) {
			p->failed = true;
			return;
		}
		p->energy = energy;
		p->size = size;
	}
	p->n -= joined;
	at = p->energy + p->n * (size_t)p->channels;
	for (int c = 0; c < p->channels; c++) {
		old = joined ? (double)at[c] * whole : 0;
		at[c] = (float)((old + p->sum[c]) / ((joined ? whole : 0) + (double)p->part));
		p->sum[c] = 0;
	}
	p->n++;
	p->part = 0;
}

/* Squares are summed as integers: 2^30 times 48000 has room, and it costs a tenth. */
static void add(struct profile *p, const int16_t *s, size_t frames)
{
	int64_t sum[PROFILE_CHANNELS] = {0};

	if (p->channels == 1) {
		for (size_t i = 0; i < frames; i++)
			sum[0] += s[i] * s[i];
	} else {
		for (size_t i = 0; i < frames; i++) {
			sum[0] += s[2 * i] * s[2 * i];
			sum[1] += s[2 * i + 1] * s[2 * i + 1];
		}
	}
	for (int c = 0; c < p->channels; c++)
		p->sum[c] += (double)sum[c];
}

void profile_add(struct profile *p, const int16_t *samples, size_t frames)
{
	size_t n;

	while (frames > 0 && !p->failed) {
		n = (size_t)min_i64((int64_t)frames, p->rate_hz - p->part);
		add(p, samples, n);
		samples += n * (size_t)p->channels;
		frames -= n;
		p->frames += (int64_t)n;
		p->part += (int64_t)n;
		if (p->part == p->rate_hz)
			close_second(p, false);
	}
}

int profile_end(struct profile *p)
{
	if (p->part > 0 && !p->failed)
		close_second(p, p->n > 0 && 2 * p->part < p->rate_hz);
	return p->failed ? -1 : 0;
}

static float energy_of(const struct profile *p, size_t s, int c)
{
	return s < p->n ? p->energy[s * (size_t)p->channels + (size_t)c] : 0;
}

/* How much louder second s of the copy is. */
static double louder_db(const struct profile *copy, const struct profile *of, size_t s, int c)
{
	double beside = fmax(
		(double)energy_of(of, s + 1, c), s ? (double)energy_of(of, s - 1, c) : 0);
	double floor = PROFILE_FLOOR_RMS * PROFILE_FLOOR_RMS + PROFILE_SMEAR * beside;

	return 10 *
		log10(((double)energy_of(copy, s, c) + floor) /
			((double)energy_of(of, s, c) + floor));
}

/* Where the rate is another one, the encoder has rounded to its frames. */
static bool same_length(const struct profile *copy, const struct profile *of)
{
	double a = (double)copy->frames / copy->rate_hz, b = (double)of->frames / of->rate_hz;

	return copy->rate_hz == of->rate_hz ? copy->frames == of->frames : fabs(a - b) < 0.1;
}

static const char *channel_name(int channels, int c)
{
	return channels == 1 ? "" : c == 0 ? "on the left, " : "on the right, ";
}

int profile_compare(const struct profile *copy, const struct profile *of, int skip)
{
	double db;

	if (copy->channels != of->channels)
		return why(EXIT_DATA, "it has %d channels, the source %d", copy->channels,
			of->channels);
	if (!same_length(copy, of))
		return why(EXIT_DATA, "it lasts %.3f s, the source %.3f s",
			(double)copy->frames / copy->rate_hz, (double)of->frames / of->rate_hz);
	for (size_t s = 0; s < of->n && s < copy->n; s++)
		for (int c = 0; c < of->channels; c++) {
			db = louder_db(copy, of, s, c);
			if (c != skip && fabs(db) > PROFILE_LIMIT_DB)
				return why(EXIT_DATA,
					"%sin second %zu, it is %.1f dB %s than the source",
					channel_name(of->channels, c), s, fabs(db),
					db > 0 ? "louder" : "softer");
		}
	return 0;
}
