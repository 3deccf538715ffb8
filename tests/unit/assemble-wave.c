/* wave, bend: headers of files of every length, and sums that stay samples. */
#include "wave.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bend.h"
#include "tap.h"

static uint64_t le(const uint8_t *p, int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

/* The head of a file of a second, of which more might have come. */
static void make(int64_t bytes_max, uint8_t head[256])
{
	const struct wave_form form = {8000, 2, bytes_max, "made so"};
	static int16_t samples[16000];
	char name[] = "/tmp/callpipe-wave-XXXXXX";
	int fd = mkstemp(name);
	struct wave *w;

	if (fd == -1 || wave_open(fd, &form, &w) || wave_write(w, samples, sizeof(samples)) ||
		wave_close(w)) {
		printf("Bail out! %s\n", wave_error());
		exit(1);
	}
	ok(pread(fd, head, 256, 0) == 256, "a file");
	ok(wave_is(AT_FDCWD, name, "made so"), "is known by its comment");
	ok(!wave_is(AT_FDCWD, name, "made s"), "all of it");
	close(fd);
	unlink(name);
}

static void test_heads(void)
{
	uint8_t head[256];

	make(32000, head);
	ok(memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WAVEfmt ", 8) == 0,
		"a short one is a plain WAV");
	is_int(le(head + 20, 2), 1, "of PCM");
	make(INT64_C(5000000000), head);
	ok(memcmp(head, "RF64\xff\xff\xff\xff", 8) == 0,
		"what may be longer than 4 GiB is an RF64");
	ok(memcmp(head + 12, "ds64", 4) == 0, "that counts in 64 bits");
	is_int(le(head + 28, 8), 64000 / 2, "bytes");
}

static void test_bend(void)
{
	int last = bend(-65536);

	is_int(bend(28000), 28000, "what is not loud is not changed");
	is_int(bend(-28000), -28000, "nor below");
	ok(bend(65534) < 32767 && bend(-65536) > -32768 && bend(82000) > bend(65534),
		"nor clipped");
	for (int v = -65535; v <= 65534; v++) {
		if (bend(v) < last || bend(v) > last + 1) {
			ok(false, "a step at %d", v);
			return;
		}
		last = bend(v);
	}
	ok(true, "no steps");
}

int main(void)
{
	test_heads();
	test_bend();
	return done_testing();
}
