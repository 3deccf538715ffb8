#include "worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/pcm.h"
#include "audio/resample.h"
#include "decoder.h"
#include "hints.h"
#include "stream/reader.h"
#include "widen.h"

struct worker {
	int fd; /* both ways */
	struct decoder *d;
	struct hints hints;     /* of the turn under way */
	int16_t *sample;        /* its samples */
	size_t samples, wanted; /* there, and how many there will be */
	int rate_hz;            /* of them */
	int16_t *wide;          /* the same, made fit for the model */
};

static int put(struct worker *w, const char *type, const struct dynbuf *data)
{
	struct dynbuf b;
	int rc;

	dynbuf_init(&b, FRAME_MAX);
	rc = dynbuf_failed(data) ? -1 : frame_add(&b, type, (struct jspan){data->p, data->n});
	if (rc == 0)
		rc = write_all(w->fd, b.p, b.n);
	dynbuf_free(&b);
	return rc;
}

static void say(struct worker *w, const char *type, const char *code, const char *text)
{
	struct dynbuf data;

	dynbuf_init(&data, FRAME_HEADER_MAX);
	dynbuf_adds(&data, "{");
	jline_add_str(&data, "code", code);
	jline_add_str(&data, "text", text);
	dynbuf_adds(&data, "}");
	if (put(w, type, &data) < 0)
		exit(EXIT_IO); /* nobody is there any more */
	dynbuf_free(&data);
}

static void complain(void *ctx, const char *code, const char *text)
{
	say(ctx, "trouble", code, text);
}

static int answer(struct worker *w, const struct result *ret)
{
	struct dynbuf data;
	int rc;

	dynbuf_init(&data, FRAME_PAYLOAD_MAX);
	dynbuf_adds(&data, "{");
	jline_add_str(&data, "text", ret->text);
	if (ret->confidence >= 0)
		dynbuf_addf(&data, ",\"confidence\":%.3f", ret->confidence);
	dynbuf_addf(&data, ",\"score\":%.3f", ret->score);
	jline_add_int(&data, "words_ms", ret->words_ms);
	if (ret->start_ms >= 0) {
		jline_add_int(&data, "start", ret->start_ms);
		jline_add_int(&data, "end", ret->end_ms);
	}
	dynbuf_adds(&data, "}");
	rc = put(w, "result", &data);
	dynbuf_free(&data);
	return rc;
}

/* To the rate of the model. -1: no memory or no library. */
static int resampled(struct worker *w, const int16_t **ret, size_t *ret_n)
{
	static struct resample *r;
	static int from_hz;

	if (w->rate_hz == DECODER_RATE_HZ) {
		*ret = w->sample;
		*ret_n = w->samples;
		return 0;
	}
	if (from_hz != w->rate_hz) {
		resample_close(r);
		r = NULL;
		if (resample_open(w->rate_hz, DECODER_RATE_HZ, &r) < 0)
			return -1;
		from_hz = w->rate_hz;
	}
	return resample_run(r, w->sample, w->samples, true, ret, ret_n);
}

/* The same, with something in all of the model's bands. */
static int prepared(struct worker *w, const int16_t **ret, size_t *ret_n)
{
	int16_t *wide;

	if (resampled(w, ret, ret_n) < 0)
		return -1;
	if (w->rate_hz > 8000 && !widen_needed(*ret, *ret_n))
		return 0;
	wide = reallocarray(w->wide, *ret_n + 1, sizeof(*wide));
	if (!wide)
		return -1;
	w->wide = wide;
	widen(wide, *ret, *ret_n);
	*ret = wide;
	return 0;
}

static int turn_decode(struct worker *w)
{
	struct result ret = result_none;
	const int16_t *sample;
	size_t n;

	if (prepared(w, &sample, &n) < 0) {
		say(w, "failed", "engine",
			errno == ENOENT ? "libsamplerate.so.0 is not installed" : strerror(errno));
		return -1;
	}
	decoder_run(w->d, sample, n, &w->hints, &ret);
	w->wanted = 0;
	return answer(w, &ret);
}

static int turn_begin(struct worker *w, const struct frame *fr)
{
	struct jspan hints;

	hints_free(&w->hints);
	if (frame_get(fr, "hints", &hints))
		hints_parse(hints, &w->hints);
	w->rate_hz = (int)frame_int(fr, "rate", 8000);
	w->wanted = (size_t)frame_int(fr, "samples", 0);
	w->samples = 0;
	free(w->sample);
	w->sample = calloc(w->wanted, sizeof(*w->sample));
	return w->sample ? 0 : -1;
}

static int frame_take(struct worker *w, const struct frame *fr)
{
	bool free_speech;
	struct jspan v;

	if (frame_is(fr, "expect") && frame_get(fr, "free", &v) && jline_bool(v, &free_speech)) {
		if (free_speech)
			decoder_expect_free(w->d);
	} else if (frame_is(fr, "turn")) {
		return turn_begin(w, fr);
	} else if (frame_is(fr, "audio-chunk")) {
		size_t n = fr->payload_bytes / 2;

		if (n > w->wanted - w->samples)
			return -1;
		pcm_from_le(w->sample + w->samples, fr->payload, n);
		w->samples += n;
		if (w->samples == w->wanted)
			return turn_decode(w);
	}
	return 0;
}

static int frames_take(struct worker *w)
{
	struct reader in;
	struct frame fr;
	int got = 0;

	reader_init(&in, w->fd);
	while (got >= 0) {
		ssize_t n = reader_fill(&in);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		while ((got = reader_next(&in, &fr)) > 0) {
			if (frame_take(w, &fr) < 0) {
				got = -1;
				break;
			}
		}
	}
	reader_free(&in);
	return got < 0 ? EXIT_SYSTEM : EXIT_OK;
}

int worker_run(int fd, const char *model)
{
	struct worker w = {.fd = fd};
	int status;

	if (decoder_open(model, complain, &w, &w.d) < 0) {
		say(&w, "failed", "engine", decoder_error());
		return EXIT_SYSTEM;
	}
	status = frames_take(&w);
	decoder_close(w.d);
	hints_free(&w.hints);
	free(w.sample);
	free(w.wide);
	return status;
}
