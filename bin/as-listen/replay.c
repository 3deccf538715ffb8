#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/pcm.h"
#include "base/log.h"
#include "call.h"
#include "stream/frame.h"

#define CALL_MAX_MS INT64_C(604800000) /* a week: more is no call, but damage */
#define OUT_BYTES 65536                /* written at a time */
/* of listen.jsonl: a header, a payload, and their names */
#define LINE_BYTES_MAX (FRAME_HEADER_MAX + FRAME_PAYLOAD_MAX + 64)

struct replay {
	const char *dir;
	int out_fd;
	int audio_fd;      /* caller.s16 */
	int rate_hz;       /* 0: not yet known */
	struct dynbuf out; /* frames not yet written */
	bool ended;        /* call-end has been written */
	int status;        /* exit code so far; -1: go on */
};

static void stop(struct replay *r, int status)
{
	r->status = status;
}

static void flush(struct replay *r)
{
	if (write_all(r->out_fd, r->out.p, r->out.n) < 0) {
		if (errno == EPIPE) {
			stop(r, EXIT_OK);
		} else {
			log_error_errno("cannot write 'stdout'");
			stop(r, EXIT_IO);
		}
	}
	dynbuf_reset(&r->out);
}

static void flush_some(struct replay *r)
{
	if (dynbuf_failed(&r->out)) {
		log_error("cannot replay '%s': %s", r->dir, strerror(ENOMEM));
		stop(r, EXIT_SYSTEM);
	} else if (r->out.n >= OUT_BYTES) {
		flush(r);
	}
}

static void damaged(struct replay *r, const char *what, size_t line)
{
	log_error("cannot replay '%s': listen.jsonl, line %zu: %s", r->dir, line, what);
	stop(r, EXIT_DATA);
}

/* One chunk; of it, `samples` from caller.s16, the rest silence. -1: the file ends before. */
static int add_chunk(struct replay *r, int64_t timestamp_ms, size_t samples)
{
	uint8_t le[OUTPUT_CHUNK_BYTES_MAX] = {0};
	ssize_t want = (ssize_t)samples * 2;

	if (want &&
		pread(r->audio_fd, le, (size_t)want, timestamp_ms * r->rate_hz / 1000 * 2) != want)
		return -1;
	frame_add_audio(&r->out, r->rate_hz, timestamp_ms, NULL, le, pcm_frame_bytes(r->rate_hz));
	flush_some(r);
	return 0;
}

static void run_of_audio(struct replay *r, struct jspan run, bool fill, size_t line)
{
	size_t whole = pcm_frame_samples(r->rate_hz);
	int64_t at = jline_get_int(run, "timestamp", -1), chunks = jline_get_int(run, "chunks", -1);
	int64_t samples = fill ? 0 : jline_get_int(run, "samples", (int64_t)whole);

	if (!r->rate_hz || at < 0 || at > CALL_MAX_MS || chunks < 0 ||
		chunks > CALL_MAX_MS / PCM_FRAME_MS || samples < 0 || samples > (int64_t)whole) {
		damaged(r, "audio makes no sense", line);
		return;
	}
	for (; chunks-- > 0 && r->status == -1; at += PCM_FRAME_MS) {
		if (add_chunk(r, at, (size_t)samples) < 0)
			damaged(r, "caller.s16 ends before", line);
	}
}

static void event(struct replay *r, struct jspan header, struct jspan payload, size_t line)
{
	struct frame f;
	const char *why;
	size_t before = r->out.n, n = header.n + 1 + payload.n;

	dynbuf_add(&r->out, header.p, header.n);
	dynbuf_add(&r->out, "\n", 1);
	dynbuf_add(&r->out, payload.p, payload.n);
	if (dynbuf_failed(&r->out)) {
		flush_some(r);
		return;
	}
	if (frame_parse(r->out.p + before, n, &f, &why) != (int)n) {
		dynbuf_truncate(&r->out, before);
		damaged(r, "not a frame", line);
		return;
	}
	if (frame_is(&f, "call-start"))
		r->rate_hz = (int)frame_int(&f, "rate", r->rate_hz);
	r->ended = frame_is(&f, "call-end");
	if (!call_rate_known(r->rate_hz)) {
		damaged(r, "rate is not 8000 or 16000", line);
		return;
	}
	flush_some(r);
}

static void one_line(struct replay *r, struct jspan line, size_t number)
{
	struct jspan v, payload = {0};

	if (jline_check(line.p, line.n) < 0) {
		damaged(r, "not a JSON object", number);
	} else if (jline_get(line, "frame", &v)) {
		jline_get(line, "payload", &payload);
		event(r, v, payload, number);
	} else if (jline_get(line, "audio", &v)) {
		run_of_audio(r, v, false, number);
	} else if (jline_get(line, "fill", &v)) {
		run_of_audio(r, v, true, number);
	} else if (jline_get(line, "lost", &v)) {
		damaged(r, "the recording has a gap: the disk was full", number);
	} else {
		damaged(r, "neither frame nor audio", number);
	}
}

enum line { LINE_WHOLE, LINE_CUT, LINE_TOO_LONG };

/* The next line, without its end. */
static enum line read_line(FILE *list, char *buf, size_t size, size_t *ret_n)
{
	int c;

	for (*ret_n = 0; (c = getc_unlocked(list)) != '\n'; buf[(*ret_n)++] = (char)c) {
		if (c == EOF)
			return LINE_CUT;
		if (*ret_n == size)
			return LINE_TOO_LONG;
	}
	return LINE_WHOLE;
}

static void by_list(struct replay *r, FILE *list)
{
	static char text[LINE_BYTES_MAX];
	enum line got = LINE_WHOLE;
	size_t n, number = 0;

	while (r->status == -1 && (got = read_line(list, text, sizeof(text), &n)) == LINE_WHOLE)
		one_line(r, (struct jspan){text, n}, ++number);
	if (got == LINE_TOO_LONG)
		damaged(r, "too long", number + 1);
	/* cut: the last line of a process that was killed; what is before it is whole */
	flush(r);
	if (r->status != -1 || r->ended)
		return;
	log_error(
		"cannot replay '%s': listen.jsonl ends after line %zu without call-end: as-listen was killed",
		r->dir, number);
	stop(r, EXIT_DATA);
}

static void add_clock(struct replay *r, int64_t ms)
{
	struct dynbuf data;

	dynbuf_init(&data, FRAME_HEADER_MAX);
	call_describe_clock(&data, ms, 0);
	frame_add(&r->out, "clock", (struct jspan){data.p, data.n});
	dynbuf_free(&data);
}

static void by_audio(struct replay *r)
{
	struct dynbuf data;
	struct stat st;
	int64_t ms = 0, end_ms = 0;

	dynbuf_init(&data, FRAME_PAYLOAD_MAX);
	if (call_describe(r->dir, r->rate_hz, &data, &r->rate_hz) < 0) {
		if (errno != ENOENT)
			log_warn_errno("cannot use '%s/call.json'", r->dir);
		call_describe_dir(&data, r->dir, r->rate_hz);
	}
	frame_add(&r->out, "call-start", (struct jspan){data.p, data.n});
	dynbuf_free(&data);
	if (fstat(r->audio_fd, &st) == 0)
		end_ms = st.st_size * 1000 / 2 / r->rate_hz;
	while (r->status == -1 && ms + PCM_FRAME_MS <= end_ms) {
		if (add_chunk(r, ms, pcm_frame_samples(r->rate_hz)) < 0)
			break;
		ms += PCM_FRAME_MS;
		if (ms % CALL_CLOCK_MS == 0)
			add_clock(r, ms);
	}
	if (r->status == -1)
		dynbuf_adds(&r->out,
			"{\"type\":\"call-end\",\"data\":{\"cause\":\"end-of-recording\"}}\n");
	flush(r);
}

static char *path_in(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) == -1 ? NULL : path;
}

int replay_run(const char *dir, int rate_hz, int fd)
{
	struct replay r = {
		.dir = dir, .out_fd = fd, .rate_hz = rate_hz, .audio_fd = -1, .status = -1};
	char *list_path = path_in(dir, "listen.jsonl"), *audio_path = path_in(dir, "caller.s16");
	FILE *list;

	if (!list_path || !audio_path) {
		log_error_errno("cannot replay '%s'", dir);
		return EXIT_SYSTEM;
	}
	dynbuf_init(&r.out, OUT_BYTES + FRAME_MAX);
	list = fopen(list_path, "re");
	r.audio_fd = open(audio_path, O_RDONLY | O_CLOEXEC);
	if ((!list && errno != ENOENT) || (!list && r.audio_fd == -1)) {
		log_error_errno("cannot read '%s'", list_path);
		stop(&r, EXIT_DATA);
	} else if (list) {
		by_list(&r, list);
	} else {
		by_audio(&r);
	}
	if (list)
		fclose(list);
	if (r.audio_fd != -1)
		close(r.audio_fd);
	free(list_path);
	free(audio_path);
	dynbuf_free(&r.out);
	return r.status == -1 ? EXIT_OK : r.status;
}
