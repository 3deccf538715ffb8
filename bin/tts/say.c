/* A sentence alone: into a file, or to stdout. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audio/file.h"
#include "audio/pcm.h"
#include "base/log.h"
#include "tts.h"

struct saying {
	struct loop loop;
	struct queue queue;
	struct dynbuf audio; /* bytes so far */
	bool failed;
	int code; /* for exit, if it has failed */
};

static bool room(void *ctx)
{
	return true;
}

static void begin(void *ctx, const struct utterance *u) {}

static void audio(void *ctx, const struct utterance *u, const void *le_bytes, size_t n)
{
	struct saying *s = ctx;

	dynbuf_add(&s->audio, le_bytes, n);
}

static void end(void *ctx, const struct utterance *u, enum queue_status status)
{
	struct saying *s = ctx;

	s->failed = status != QUEUE_OK;
	loop_stop(&s->loop);
}

static void error(void *ctx, const struct utterance *u, const char *code, const char *why)
{
	struct saying *s = ctx;

	if (!u) {
		log_warn("%s", why);
		return;
	}
	log_error("cannot say it: %s", why);
	s->code = tts_exit_code(u->make.code);
}

static void used(void *ctx, const struct utterance *u, size_t characters) {}

static void instead(void *ctx, const struct utterance *u, const char *code, const char *why)
{
	log_warn("%s cannot say it, %s does: %s", u->engines[0]->name, u->engines[1]->name, why);
}

static const struct queue_sink sink = {room, begin, audio, end, error, used, instead};

static int save(struct saying *s, int rate_hz, const char *path)
{
	size_t n = s->audio.n / 2;
	int16_t *samples = (int16_t *)(void *)s->audio.p;

	pcm_from_le(samples, samples, n);
	if (audio_file_save(path ? path : "/dev/stdout", rate_hz, samples, n) == 0)
		return EXIT_OK;
	log_error("cannot write '%s': %s", path ? path : "stdout", audio_file_error());
	return EXIT_IO;
}

int tts_say(struct tts *t, const char *text, const char *path)
{
	struct phrase p = {.language = t->language, .voice = ""};
	struct saying s = {0};
	struct dynbuf b;
	int status = EXIT_SYSTEM;

	s.code = EXIT_SYSTEM;
	dynbuf_init(&b, 1 << 20);
	dynbuf_init(&s.audio, (size_t)t->voice.rate_hz * 2 * MAKE_MAX_S);
	loop_init(&s.loop);
	network_run(&t->network, &s.loop);
	queue_init(&s.queue, &s.loop, &t->voice, &t->cache, 1, &sink, &s);
	if (tts_speakable(text, t->language, &b) < 0) {
		log_error("cannot say it: it is too long");
		status = EXIT_DATA;
	} else {
		p.text = b.p;
		if (tts_signals(&s.loop, &s.queue) < 0 ||
			queue_add(&s.queue, "say", t->engines, &p, false) < 0 ||
			loop_run(&s.loop) < 0)
			log_error_errno("cannot say it");
		else
			status = s.failed ? s.code : save(&s, t->voice.rate_hz, path);
	}
	queue_free(&s.queue);
	network_stop_all(&t->network);
	loop_free(&s.loop);
	dynbuf_free(&s.audio);
	dynbuf_free(&b);
	return status;
}
