#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "audio/pcm.h"
#include "bend.h"

/* ---- the sides ---- */

static int open_side(struct recording_side *side, const struct kept *k, const char *name)
{
	int64_t bytes;

	*side = (struct recording_side){.name = name};
	side->fd = kept_file(k, name, &bytes);
	if (side->fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (fstat(side->fd, &side->was) == -1)
		return -1;
	side->samples = side->was.st_size / 2;
	(void)posix_fadvise(side->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 0;
}

int recording_open(struct recording *r, const struct kept *k, const char **ret_side)
{
	int err = 0;

	*r = (struct recording){.rate_hz = k->rate_hz, .reason = "", .bot.fd = -1};
	if (open_side(&r->caller, k, "caller.s16") == -1) {
		*ret_side = r->caller.name;
		err = errno;
	} else if (open_side(&r->bot, k, "bot.s16") == -1) {
		*ret_side = r->bot.name;
		err = errno;
	}
	if (!err)
		return 0;
	recording_close(r);
	errno = err;
	return -1;
}

static void close_side(struct recording_side *side)
{
	if (side->fd != -1)
		close(side->fd);
	side->fd = -1;
}

void recording_close(struct recording *r)
{
	close_side(&r->caller);
	close_side(&r->bot);
}

int recording_read(
	struct recording *r, const struct recording_side *side, int64_t at, int16_t *to, size_t n)
{
	size_t want = (size_t)max_i64(0, min_i64((int64_t)n, side->samples - at)) * 2, got = 0;
	ssize_t k;

	while (got < want) {
		k = pread(side->fd, (char *)to + got, want - got, at * 2 + (off_t)got);
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1) {
			r->reason = strerror(errno);
			return -1;
		}
		if (k == 0)
			break; /* cut off meanwhile: has_changed will say so */
		got += (size_t)k;
	}
	memset((char *)to + got, 0, n * 2 - got);
	pcm_from_le(to, to, n);
	return 0;
}

static bool has_changed(const struct recording_side *side)
{
	struct stat st;

	return side->fd != -1 &&
		(fstat(side->fd, &st) == -1 || st.st_size != side->was.st_size ||
			st.st_mtim.tv_sec != side->was.st_mtim.tv_sec ||
			st.st_mtim.tv_nsec != side->was.st_mtim.tv_nsec);
}

/* ---- the layouts ---- */

const char *recording_comment(enum recording_layout layout)
{
	static const char *const comments[] = {
		"assemble --layout=stereo", "assemble --layout=mix", "assemble --layout=sequence"};

	return comments[layout];
}

int recording_put(struct recording *r, struct wave *w, int16_t *samples, size_t n)
{
	pcm_to_le(samples, samples, n);
	if (wave_write(w, samples, n * 2) == 0)
		return 0;
	r->reason = wave_error();
	return -1;
}

static void interleave(int16_t *to, const int16_t *left, const int16_t *right, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		to[2 * i] = left[i];
		to[2 * i + 1] = right[i];
	}
}

static void add(int16_t *to, const int16_t *a, const int16_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = bend(a[i] + b[i]);
}

/* Both on one time axis, block by block. */
static int write_axis(struct recording *r, enum recording_layout layout, struct wave *w)
{
	static int16_t caller[RECORDING_BLOCK], bot[RECORDING_BLOCK], out[2 * RECORDING_BLOCK];
	int64_t total = max_i64(r->caller.samples, r->bot.samples), at = 0;
	int err = 0;

	for (; !err && at < total; at += RECORDING_BLOCK) {
		size_t n = (size_t)min_i64(RECORDING_BLOCK, total - at);

		if (recording_read(r, &r->caller, at, caller, n) == -1 ||
			recording_read(r, &r->bot, at, bot, n) == -1)
			return -1;
		if (layout == RECORDING_STEREO)
			interleave(out, caller, bot, n);
		else
			add(out, caller, bot, n);
		err = recording_put(r, w, out, layout == RECORDING_STEREO ? 2 * n : n);
	}
	return err;
}

/* Bytes of samples, at most. The gaps of a sequence are not counted: there is as much silence in the call. */
static int64_t bytes_max(const struct recording *r, enum recording_layout layout)
{
	int64_t caller = 2 * r->caller.samples, bot = 2 * r->bot.samples;

	return layout == RECORDING_STEREO ? 2 * max_i64(caller, bot)
		: layout == RECORDING_MIX ? max_i64(caller, bot)
					  : caller + bot;
}

/* A file that cannot fit is not begun: a full disk is a trouble for the calls in progress. */
static bool has_room(int fd, int64_t bytes)
{
	struct statvfs fs;

	return fstatvfs(fd, &fs) == -1 || (uint64_t)bytes / fs.f_frsize < fs.f_bavail;
}

int recording_write(struct recording *r, enum recording_layout layout, int fd)
{
	const struct wave_form form = {.rate_hz = r->rate_hz,
		.channels = layout == RECORDING_STEREO ? 2 : 1,
		.bytes_max = bytes_max(r, layout),
		.comment = recording_comment(layout)};
	struct wave *w;
	int err;

	if (layout != RECORDING_SEQUENCE && !has_room(fd, form.bytes_max)) {
		r->reason = strerror(ENOSPC);
		return EXIT_IO;
	}
	if (wave_open(fd, &form, &w) == -1) {
		r->reason = wave_error();
		return EXIT_IO;
	}
	err = layout == RECORDING_SEQUENCE ? sequence_write(r, w) : 1;
	if (err == 1)
		err = write_axis(r, layout, w);
	if (wave_close(w) == -1 && !err) {
		r->reason = wave_error();
		err = -1;
	}
	if (err)
		return EXIT_IO;
	if (has_changed(&r->caller) || has_changed(&r->bot)) {
		r->reason = has_changed(&r->bot) ? "bot.s16 has changed while it was read"
						 : "caller.s16 has changed while it was read";
		return EXIT_TRY_AGAIN;
	}
	return 0;
}
