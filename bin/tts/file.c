/* file: a sound file of the service, in any format libsndfile reads. Reading and decoding block on the disk, so a child
 * does it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "audio/file.h"
#include "audio/pcm.h"
#include "engine.h"
#include "program.h"

#define BLOCK 1600 /* samples */

struct reading {
	const char *path;
	int rate_hz;
};

static int identify(const struct engine *e, const struct voice *v, const struct phrase *p,
	struct dynbuf *id, char why[WHY_MAX])
{
	struct stat st;

	if (stat(p->file, &st) < 0) {
		snprintf(why, WHY_MAX, "%s", strerror(errno));
		return -1;
	}
	/* the same file, and not written since */
	return dynbuf_addf(id, "%ju %ju %jd %jd.%09ld", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino,
		(intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static int copy(struct audio_file *f, int fd)
{
	int16_t samples[BLOCK];
	ssize_t n;

	while ((n = audio_file_read(f, samples, BLOCK)) > 0) {
		pcm_to_le(samples, samples, (size_t)n);
		if (write_all(fd, samples, (size_t)n * 2) < 0)
			return EXIT_IO;
	}
	return n < 0 ? EXIT_DATA : EXIT_OK;
}

static int child(const void *arg, int fd, char *why, size_t why_size)
{
	const struct reading *r = arg;
	struct audio_file *f;
	int status = EXIT_DATA;

	if (audio_file_open(r->path, r->rate_hz, &f) == 0) {
		status = copy(f, fd);
		audio_file_close(f);
	}
	if (status)
		snprintf(why, why_size, "%s", audio_file_error());
	return status;
}

static void start(struct make *m, const struct phrase *p)
{
	make_format(m, m->voice->rate_hz, 0);
	program_fork(m, child, &(struct reading){p->file, m->voice->rate_hz});
}

const struct engine engine_file = {
	.name = "file",
	.what = "a sound file",
	.keep = true,
	.identify = identify,
	.start = start,
	.stop = program_stop,
};
