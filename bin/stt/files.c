#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/file.h"
#include "audio/pcm.h"
#include "base/log.h"
#include "base/opt.h"
#include "codec/jline.h"

#define QUIET_DB 35 /* below the loudest 20 ms of a file nobody speaks */

struct run {
	struct loop loop;
	struct recogniser r;
	const struct files *files;
	const char *path; /* of the file under way */
	int64_t begun_ns; /* when it was handed over */
	int status;       /* exit code so far */
};

static void line_json(
	const struct run *run, const struct turn *t, const struct result *ret, const char *text)
{
	struct dynbuf b;

	dynbuf_init(&b, 1 << 20);
	dynbuf_adds(&b, "{");
	jline_add_str(&b, "file", run->path);
	jline_add_str(&b, "text", text);
	if (ret->confidence >= 0)
		dynbuf_addf(&b, ",\"confidence\":%.3f,\"score\":%.3f", ret->confidence, ret->score);
	if (ret->language[0])
		jline_add_str(&b, "language", ret->language);
	if (ret->start_ms >= 0) {
		jline_add_int(&b, "start", t->audio_ms + ret->start_ms);
		jline_add_int(&b, "end", t->audio_ms + ret->end_ms);
	}
	jline_add_str(&b, "engine", run->r.engine->name);
	dynbuf_addf(&b, ",\"seconds\":%.3f", (double)t->samples / t->rate_hz);
	jline_add_int(&b, "ms", (now_ns() - run->begun_ns) / NS_PER_MS);
	dynbuf_adds(&b, "}");
	if (!dynbuf_failed(&b))
		puts(b.p);
	dynbuf_free(&b);
}

static void answered(void *ctx, struct turn *t, const struct result *ret)
{
	struct run *run = ctx;
	bool words = ret->confidence < 0 ||
		ret->confidence * 100 >= (double)run->r.set->reject_percent;
	const char *text = words ? ret->text : "";

	if (run->files->json)
		line_json(run, t, ret, text);
	else if (run->files->path[1])
		printf("%s: %s\n", run->path, text);
	else
		puts(text);
	turn_free(t);
	loop_stop(&run->loop);
}

/* What has no words because of it is no answer. */
static void trouble(void *ctx, const char *code, const char *text)
{
	struct run *run = ctx;

	log_warn("%s", text);
	if (strcmp(code, "engine") == 0 || strcmp(code, "language") == 0)
		run->status = EXIT_CONFIG;
	else if (strcmp(code, "word") != 0 && strcmp(code, "hints") != 0 && !run->status)
		run->status = EXIT_TRY_AGAIN;
}

/* From the first to the last 20 ms that are not quiet. */
static void voice_find(struct turn *t)
{
	size_t step = pcm_frame_samples(t->rate_hz), first = t->samples, last = 0;
	double loudest = 0;

	for (size_t i = 0; i + step <= t->samples; i += step)
		loudest = pcm_rms(t->sample + i, step) > loudest ? pcm_rms(t->sample + i, step)
								 : loudest;
	for (size_t i = 0; i + step <= t->samples; i += step) {
		if (pcm_rms(t->sample + i, step) * 56 < loudest) /* 35 dB */
			continue;
		first = first < i ? first : i;
		last = i + step;
	}
	if (first < last) {
		t->start_ms = (int64_t)first * 1000 / t->rate_hz;
		t->end_ms = (int64_t)last * 1000 / t->rate_hz;
	}
}

static int turn_new(const char *path, int rate_hz, const struct settings *set, struct turn **ret)
{
	struct turn *t = calloc(1, sizeof(*t));

	if (!t) {
		log_error_errno("cannot read '%s'", path);
		return EXIT_SYSTEM;
	}
	t->rate_hz = rate_hz;
	snprintf(t->language, sizeof(t->language), "%s", set->language);
	*ret = t;
	return 0;
}

int files_turn(const char *path, int rate_hz, const struct settings *set, struct turn **ret)
{
	struct turn *t;
	int status = turn_new(path, rate_hz, set, &t);

	if (status)
		return status;
	if (audio_file_load(path, rate_hz, AUDIO_FILE_MAX_S, &t->sample, &t->samples) < 0) {
		log_error("cannot read '%s': %s", path, audio_file_error());
		free(t);
		return EXIT_DATA;
	}
	if (t->samples > (size_t)(set->max_s * rate_hz)) {
		log_warn("'%s' is longer than %lld s: the rest is left out", path,
			(long long)set->max_s);
		t->samples = (size_t)(set->max_s * rate_hz);
	}
	t->end_ms = (int64_t)t->samples * 1000 / rate_hz;
	voice_find(t);
	*ret = t;
	return 0;
}

int files_silence(int64_t ms, int rate_hz, const struct settings *set, struct turn **ret)
{
	struct turn *t;
	int status = turn_new("silence", rate_hz, set, &t);

	if (status)
		return status;
	t->samples = (size_t)(ms * rate_hz / 1000);
	t->sample = calloc(t->samples, sizeof(*t->sample));
	t->end_ms = ms;
	if (t->sample) {
		*ret = t;
		return 0;
	}
	log_error_errno("cannot keep silence");
	free(t);
	return EXIT_SYSTEM;
}

static void file_run(struct run *run, const char *path)
{
	struct turn *t;

	run->status = files_turn(path, run->files->rate_hz, run->r.set, &t);
	if (run->status)
		return;
	t->hints = run->files->hints ? strdup(run->files->hints) : NULL;
	run->path = path;
	run->begun_ns = now_ns();
	run->loop.stopped = false;
	recogniser_put(&run->r, t);
	if (recogniser_pending(&run->r) && loop_run(&run->loop) < 0) {
		log_error_errno("cannot wait for the recogniser");
		run->status = EXIT_SYSTEM;
	}
}

int files_run(const struct settings *set, const struct engine *engine, const struct files *files)
{
	static struct run run;

	run = (struct run){
		.r = {.set = set,
			.engine = engine,
			.answered = answered,
			.trouble = trouble,
			.ctx = &run},
		.files = files,
	};
	loop_init(&run.loop);
	run.status = recogniser_open(&run.r, &run.loop);
	for (char **path = files->path; !run.status && *path; path++)
		recogniser_expect(&run.r, files->hints, set->language), file_run(&run, *path);
	recogniser_close(&run.r);
	loop_free(&run.loop);
	return opt_finish(run.status);
}
