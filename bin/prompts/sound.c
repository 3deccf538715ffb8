#include "sound.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/file.h"
#include "audio/level.h"
#include "audio/limit.h"
#include "audio/pcm.h"
#include "record/output.h"

#define CEILING_DBTP (-1.1) /* below -1: other meters look at other places between the samples */
#define LOUDER_MAX_DB 30    /* what needs more is not speech but noise */
#define SOFTER_MAX_DB (-40)
#define HEADER_BYTES 44

static int fail(char why[WHY_MAX], const char *reason)
{
	snprintf(why, WHY_MAX, "%s", reason);
	return EXIT_IO;
}

static double level_of(const float *x, size_t n, int rate_hz)
{
	struct level l;

	level_init(&l, rate_hz);
	level_add(&l, x, n);
	return level_dbov(&l);
}

/* What is silent stays so. */
static double gain_of(const struct settings *set, const float *x, size_t n)
{
	double dbov;

	if (!set->norm)
		return set->gain_db;
	dbov = level_of(x, n, set->rate_hz);
	if (dbov <= LEVEL_NONE_DBOV)
		return 0;
	return fmax(SOFTER_MAX_DB, fmin(LOUDER_MAX_DB, set->norm_dbov - dbov));
}

/* x at its level, and the figures of that. */
static int shape(const struct settings *set, float *x, size_t n, struct entry *e, char why[WHY_MAX])
{
	double ceiling = 32768 * pow(10, CEILING_DBTP / 20), least;
	float gain;

	e->gain_db = gain_of(set, x, n);
	gain = (float)pow(10, e->gain_db / 20);
	for (size_t i = 0; i < n && e->gain_db != 0; i++)
		x[i] *= gain;
	if (limit_apply(x, n, set->rate_hz, ceiling, &least) < 0) {
		snprintf(why, WHY_MAX, "%s", strerror(errno));
		return EXIT_SYSTEM;
	}
	e->limited_db = 20 * log10(least);
	e->level_dbov = level_of(x, n, set->rate_hz);
	e->ms = (int64_t)n * 1000 / set->rate_hz;
	e->bytes = HEADER_BYTES + (int64_t)n * 2;
	return 0;
}

/* The folder that a name is in, made if it is not there; *ret_leaf is what the name is in it. A descriptor, or -1. */
static int folder_of(int dirfd, const char *name, const char **ret_leaf)
{
	const char *slash;
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), next;

	for (; fd != -1 && (slash = strchr(name, '/')); name = slash + 1) {
		char part[NAME_MAX + 1];

		snprintf(part, sizeof(part), "%.*s", (int)(slash - name), name);
		next = mkdirat(fd, part, 0755) < 0 && errno != EEXIST
			? -1
			: openat(fd, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = next;
	}
	*ret_leaf = name;
	return fd;
}

/* Hashed as it was read back. */
static int write_wav(struct output *o, int rate_hz, const int16_t *samples, size_t n,
	char hash[HASH_MAX], char why[WHY_MAX])
{
	if (share_file(o->fd) < 0 || audio_file_write(o->fd, rate_hz, samples, n) < 0 ||
		hash_file(o->fd, hash) < 0 || output_commit(o) < 0)
		return fail(why, strerror(errno));
	return 0;
}

static int put(int dirfd, const char *name, int rate_hz, const int16_t *samples, size_t n,
	char hash[HASH_MAX], char why[WHY_MAX])
{
	char file[NAME_MAX + 1];
	const char *leaf;
	struct output o;
	int fd = folder_of(dirfd, name, &leaf), code;

	if (fd == -1)
		return fail(why, strerror(errno));
	if (snprintf(file, sizeof(file), "%s.wav", leaf) >= (int)sizeof(file)) {
		code = fail(why, strerror(ENAMETOOLONG));
	} else if (output_open(&o, fd, file) < 0) {
		code = fail(why, strerror(errno));
	} else {
		code = write_wav(&o, rate_hz, samples, n, hash, why);
		output_drop(&o);
	}
	close(fd);
	return code;
}

static int round_and_put(int dirfd, const char *name, int rate_hz, const float *x, size_t n,
	char hash[HASH_MAX], char why[WHY_MAX])
{
	int16_t *samples = calloc(n, sizeof(*samples));
	int code;

	if (!samples) {
		fail(why, strerror(errno));
		return EXIT_SYSTEM;
	}
	for (size_t i = 0; i < n; i++)
		samples[i] = pcm_from_float(x[i]);
	code = put(dirfd, name, rate_hz, samples, n, hash, why);
	free(samples);
	return code;
}

int sound_make(const struct settings *set, const struct source *s, int dirfd, const char *name,
	struct entry *e, char why[WHY_MAX])
{
	float *x;
	size_t n;
	int code = source_load(s, set->rate_hz, &x, &n, why);

	if (code)
		return code;
	code = shape(set, x, n, e, why);
	if (!code)
		code = round_and_put(dirfd, name, set->rate_hz, x, n, e->made, why);
	if (!code)
		memcpy(e->source, s->hash, sizeof(e->source));
	free(x);
	return code;
}
