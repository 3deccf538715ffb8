#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audio/pcm.h"

#define AUDIO_MAX (1 << 16) /* bytes; a batch is 6400 at most */
#define LINES_MAX (1 << 18) /* bytes: some minutes of a disk that is full, then lines are lost */
#define LINE_BYTES 128

int record_open(struct record *r, const char *dir, bool list, int rate_hz,
	void (*report)(void *ctx, const char *file, const char *text), void *ctx)
{
	*r = (struct record){
		.dir_fd = -1,
		.list = list,
		.rate_hz = rate_hz,
		.report = report,
		.ctx = ctx,
		.audio_file = {"caller.s16", "what the caller says is not recorded", -1, false},
		.list_file = {"listen.jsonl", "the stream cannot be replayed", -1, false},
	};
	dynbuf_init(&r->audio, AUDIO_MAX);
	dynbuf_init(&r->lines, LINES_MAX);
	dynbuf_init(&r->waiting, 2 * LINES_MAX);
	if (!dir)
		return 0;
	r->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return r->dir_fd == -1 ? -1 : 0;
}

static int file_pwrite(struct record *r, struct record_file *f, const char *p, size_t n, int64_t at)
{
	/* never over an earlier recording */
	if (f->fd == -1)
		f->fd = openat(r->dir_fd, f->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (f->fd == -1)
		return -1;
	while (n > 0) {
		ssize_t done = pwrite(f->fd, p, n, at);

		if (done == -1 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		p += done;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

/* Write, and report if that is news. */
static int file_write(struct record *r, struct record_file *f, const char *p, size_t n, int64_t at)
{
	int err = file_pwrite(r, f, p, n, at);
	bool news = f->failing != (err != 0);
	char text[256];

	f->failing = err != 0;
	if (err)
		snprintf(text, sizeof(text), "cannot write '%s': %s: %s", f->name, strerror(errno),
			f->lost);
	else
		snprintf(text, sizeof(text), "'%s' is written again", f->name);
	if (news)
		r->report(r->ctx, f->name, text);
	return err;
}

static void add_line(struct record *r, const char *p, size_t n)
{
	static const char lost[] = "{\"lost\":{}}\n";

	/* what is missing is said where it is missing, so that a replay stops there */
	if (r->lines_lost && dynbuf_add(&r->lines, lost, sizeof(lost) - 1) == 0)
		r->lines_lost = false;
	if (r->lines_lost || dynbuf_add(&r->lines, p, n) < 0)
		r->lines_lost = true;
}

static void end_run(struct record *r)
{
	char line[LINE_BYTES];
	int n;

	if (r->run == RECORD_NOTHING)
		return;
	n = snprintf(line, sizeof(line),
		"{\"%s\":{\"timestamp\":%" PRId64 ",\"chunks\":%" PRId64 "}}\n",
		r->run == RECORD_AUDIO ? "audio" : "fill", r->run_ms, r->run_chunks);
	add_line(r, line, (size_t)n);
	r->run = RECORD_NOTHING;
}

static void flush_audio(struct record *r)
{
	if (r->audio.n == 0)
		return;
	/* what cannot be written is lost: a hole in the file keeps the rest in its place */
	(void)!file_write(r, &r->audio_file, r->audio.p, r->audio.n, r->audio_at);
	r->audio_at += (int64_t)r->audio.n;
	dynbuf_reset(&r->audio);
}

static void flush_lines(struct record *r)
{
	size_t n = r->lines.n;

	if (n == 0 || file_write(r, &r->list_file, r->lines.p, n, r->lines_at) != 0)
		return;
	r->lines_at += (int64_t)n;
	dynbuf_discard(&r->lines, n);
	r->lines.failed = false;
}

void record_flush(struct record *r)
{
	if (r->dir_fd == -1)
		return;
	end_run(r);
	/* in this order: a line is never about audio that is not there */
	flush_audio(r);
	flush_lines(r);
}

void record_close(struct record *r)
{
	record_flush(r);
	if (r->audio_file.fd != -1)
		close(r->audio_file.fd);
	if (r->list_file.fd != -1)
		close(r->list_file.fd);
	if (r->dir_fd != -1)
		close(r->dir_fd);
	dynbuf_free(&r->audio);
	dynbuf_free(&r->lines);
	dynbuf_free(&r->waiting);
}

void record_audio(struct record *r, int64_t timestamp_ms, const void *le_bytes, size_t bytes)
{
	int64_t at = timestamp_ms * r->rate_hz / 1000 * 2;

	if (r->dir_fd == -1)
		return;
	if (at != r->audio_at + (int64_t)r->audio.n)
		flush_audio(r);
	if (r->audio.n == 0)
		r->audio_at = at;
	if (dynbuf_add(&r->audio, le_bytes, bytes) < 0)
		dynbuf_reset(&r->audio);
	if (r->audio.n >= (size_t)(RECORD_BATCH_MS / PCM_FRAME_MS) * bytes)
		record_flush(r);
}

void record_event(struct record *r, const struct frame *f)
{
	size_t header = f->raw_bytes - f->payload_bytes - 1;

	if (r->dir_fd == -1 || !r->list)
		return;
	dynbuf_adds(&r->waiting, "{\"frame\":");
	dynbuf_add(&r->waiting, f->raw, header);
	if (f->payload_bytes) {
		dynbuf_adds(&r->waiting, ",\"payload\":");
		dynbuf_add(&r->waiting, f->payload, f->payload_bytes);
	}
	dynbuf_adds(&r->waiting, "}\n");
}

void record_begun_event(struct record *r)
{
	const char *nl = memchr(r->waiting.p, '\n', r->waiting.n);
	size_t n;

	if (!nl)
		return;
	n = (size_t)(nl - r->waiting.p) + 1;
	end_run(r);
	add_line(r, r->waiting.p, n);
	dynbuf_discard(&r->waiting, n);
}

void record_begun_audio(struct record *r, int64_t timestamp_ms, size_t heard)
{
	enum record_run run = heard ? RECORD_AUDIO : RECORD_FILL;

	if (r->dir_fd == -1 || !r->list)
		return;
	if (heard && heard < pcm_frame_samples(r->rate_hz)) {
		char line[LINE_BYTES];

		end_run(r);
		add_line(r, line,
			(size_t)snprintf(line, sizeof(line),
				"{\"audio\":{\"timestamp\":%" PRId64
				",\"chunks\":1,\"samples\":%zu}}\n",
				timestamp_ms, heard));
		return;
	}
	if (run != r->run || timestamp_ms != r->run_ms + r->run_chunks * PCM_FRAME_MS) {
		end_run(r);
		r->run = run;
		r->run_ms = timestamp_ms;
		r->run_chunks = 0;
	}
	r->run_chunks++;
}
