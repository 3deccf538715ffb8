#include "wave.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK_SAMPLES 8192

int64_t wave_samples(const struct kept *k, const char *name)
{
	int64_t bytes;
	int fd = kept_file(k, name, &bytes);

	if (fd == -1)
		return 0;
	close(fd);
	return min_i64(bytes / 2, WAVE_SAMPLES_MAX);
}

/* One block, from sample `at` on. */
static void take(struct wave *w, const uint8_t *p, size_t n, int64_t at, int64_t whole)
{
	for (size_t i = 0; i < n; i++) {
		int64_t step = (at + (int64_t)i) * WAVE_STEPS / whole;
		float v = (float)abs(get_le16s(p + 2 * i)) / 32768;

		if (step < WAVE_STEPS && v > w->peak[step])
			w->peak[step] = v;
	}
}

void wave_read(const struct kept *k, const char *name, int64_t whole_samples, struct wave *ret)
{
	uint8_t block[2 * BLOCK_SAMPLES];
	int fd = kept_file(k, name, NULL);
	ssize_t n;

	*ret = (struct wave){0};
	if (fd == -1)
		return;
	/* at an offset of its own: a short read of an odd number of bytes is read again */
	while (ret->samples < WAVE_SAMPLES_MAX &&
		((n = pread(fd, block, sizeof(block), ret->samples * 2)) > 1 ||
			(n == -1 && errno == EINTR))) {
		if (n == -1)
			continue;
		if (whole_samples > 0)
			take(ret, block, (size_t)n / 2, ret->samples, whole_samples);
		ret->samples += n / 2;
	}
	close(fd);
}
