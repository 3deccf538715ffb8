/* vad: hears when the caller speaks. Caller audio in; voice-started, voice-stopped and the audio of voices out.
 *
 * hear makes scores of audio, endpoint makes turns of scores, hold keeps the audio that may belong to one. What this file
 * does is the stream: which event means what to them, and in what order everything goes out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alone.h"
#include "base/log.h"
#include "base/opt.h"
#include "hear.h"
#include "hold.h"
#include "plot.h"
#include "stream/filter.h"

/* Held besides the pre-roll: what a voice needs to be certain, and how far its beginning is dated back. */
#define HOLD_MORE_MS 800
#define TIME_MAX_MS INT64_C(1000000000000)
#define UTTERANCE_MAX 65 /* bytes of a name, with the NUL */

static struct settings {
	bool all;
	int64_t pre_roll_ms, end_silence_ms, max_ms;
	int64_t start, start_ms, barge, barge_ms, stay, quiet; /* percent; milliseconds */
	int64_t echo_margin_db;
	const char *rate, *plot;
} set = {
	.pre_roll_ms = 300,
	.end_silence_ms = 700,
	.max_ms = 8000,
	.start = 70,
	.start_ms = 60,
	.barge = 90,
	.barge_ms = 80,
	.stay = 50,
	.quiet = 15,
	.echo_margin_db = 6,
	.rate = "8000",
};

static const struct opt_row rows[] = {
	{"all", 'a', OPT_FLAG, NULL, "CALLPIPE_VAD_ALL", "pass on all audio, not only voices",
		&set.all},
	{"end-silence", 0, OPT_INT, "MS", "CALLPIPE_VAD_END_SILENCE",
		"silence that ends a turn, unless a listen says otherwise", &set.end_silence_ms,
		100, 10000},
	{"max", 0, OPT_INT, "MS", "CALLPIPE_VAD_MAX", "longest turn, likewise (0: any)",
		&set.max_ms, 0, 600000},
	{"pre-roll", 0, OPT_INT, "MS", "CALLPIPE_VAD_PRE_ROLL", "audio passed on before a voice",
		&set.pre_roll_ms, 0, 1000},
	{"start", 0, OPT_INT, "PERCENT", "CALLPIPE_VAD_START",
		"score that begins a voice while the bot is silent", &set.start, 1, 99},
	{"start-ms", 0, OPT_INT, "MS", "CALLPIPE_VAD_START_MS", "for so long", &set.start_ms, 20,
		500},
	{"barge", 0, OPT_INT, "PERCENT", "CALLPIPE_VAD_BARGE",
		"score that begins a voice while the bot plays", &set.barge, 1, 99},
	{"barge-ms", 0, OPT_INT, "MS", "CALLPIPE_VAD_BARGE_MS", "for so long", &set.barge_ms, 20,
		500},
	{"stay", 0, OPT_INT, "PERCENT", "CALLPIPE_VAD_STAY", "score above which a voice goes on",
		&set.stay, 1, 99},
	{"quiet", 0, OPT_INT, "PERCENT", "CALLPIPE_VAD_QUIET",
		"so much lower is start on a quiet line", &set.quiet, 0, 50},
	{"echo-margin", 0, OPT_INT, "DB", "CALLPIPE_VAD_ECHO_MARGIN",
		"so much louder than the bot's echo is a caller (0: no guard)", &set.echo_margin_db,
		0, 30},
	{"plot", 'p', OPT_STR, "FILE", "CALLPIPE_VAD_PLOT", "draw what was heard and decided (SVG)",
		&set.plot},
	{"rate", 'r', OPT_CHOICE, "8000|16000", "CALLPIPE_RATE",
		"samples per second of sound files; a stream says its own", &set.rate},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] [file ...]",
	.purpose = "Hear when the caller speaks: in a callpipe stream, or in sound files.",
	.see = "callpipe(7), callpipe-stream(5), as-listen(1)",
};

static struct vad {
	struct filter filter;
	struct hear hear;
	struct endpoint endpoint;
	struct hold hold;
	struct plot plot;
	bool forwarding;             /* a turn is under way: its audio is passed on */
	bool complained;             /* of audio that cannot be used */
	char playing[UTTERANCE_MAX]; /* utterance that the bot is playing; "": none */
} vad;

static void hold_release(struct vad *v)
{
	const struct hold_item *it;

	while ((it = hold_take(&v->hold)))
		if (writer_put(&v->filter.out.writer, it->raw.p, it->raw.n, false, 0) < 0)
			filter_fail(&v->filter, EXIT_SYSTEM, "output",
				"cannot queue audio: out of room");
}

/* A turn's audio stands between its two events, so what is held goes out before the second. */
static void on_event(void *ctx, const struct endpoint_event *ev)
{
	struct vad *v = ctx;
	bool started = ev->what == ENDPOINT_STARTED;
	struct dynbuf data;

	if (set.plot)
		plot_event(&v->plot, ev, v->endpoint.now_ms);
	if (v->forwarding)
		hold_release(v);
	v->forwarding = started;
	dynbuf_init(&data, 256);
	dynbuf_adds(&data, "{");
	jline_add_int(&data, "timestamp", ev->at_ms);
	jline_add_int(&data, "turn", ev->turn);
	if (!started)
		jline_add_str(&data, "cause", ev->cause);
	dynbuf_adds(&data, "}");
	filter_add(&v->filter, started ? "voice-started" : "voice-stopped", &data);
	dynbuf_free(&data);
	if (started) {
		hold_drop(&v->hold, ev->at_ms - set.pre_roll_ms);
		hold_release(v);
	}
}

static void on_heard(void *ctx, const struct endpoint_frame *f)
{
	struct vad *v = ctx;

	endpoint_frame(&v->endpoint, f);
	if (set.plot)
		plot_add(&v->plot, f, &v->endpoint);
}

static void on_audio(struct vad *v, const struct frame *fr)
{
	struct ear *ear = &v->hear.ear;
	const char *why = ear_ready(ear, frame_int(fr, "rate", 0), frame_int(fr, "width", 2),
		frame_int(fr, "channels", 1));
	int64_t at_ms = frame_int(fr, "timestamp", ear->next_ms), to_ms;

	if (set.all)
		filter_pass(&v->filter, fr);
	if (why) {
		if (!v->complained)
			filter_warn(&v->filter, "audio", "%s", why);
		v->complained = true;
		return;
	}
	if (at_ms < 0 || at_ms > TIME_MAX_MS)
		at_ms = ear->next_ms;
	to_ms = at_ms + (int64_t)(fr->payload_bytes / 2 * 1000 / (size_t)ear->rate_hz);
	if (!set.all && (v->forwarding || !endpoint_muted(&v->endpoint, at_ms)) &&
		hold_put(&v->hold, at_ms, to_ms, fr->raw, fr->raw_bytes) < 0)
		filter_fail(&v->filter, EXIT_SYSTEM, "output", "cannot hold audio: out of memory");
	ear_hear(ear, at_ms, fr->payload, fr->payload_bytes / 2);
	if (v->forwarding)
		hold_release(v);
	else
		hold_drop(&v->hold, to_ms - set.pre_roll_ms - HOLD_MORE_MS);
}

static void on_clock(struct vad *v, const struct frame *fr)
{
	endpoint_clock(&v->endpoint, v->filter.stream_ms);
}

static void on_dtmf(struct vad *v, const struct frame *fr)
{
	int64_t at_ms = frame_int(fr, "timestamp", v->endpoint.now_ms);

	/* one that cannot be must not make it deaf */
	at_ms = min_i64(max_i64(at_ms, 0), v->filter.stream_ms + ENDPOINT_KEY_MS);
	endpoint_key(&v->endpoint, at_ms);
	while (hold_take(&v->hold))
		;
}

/* A limit that is not given, or none, is that of the options. */
static void on_listen(struct vad *v, const struct frame *fr)
{
	int64_t end_silence_ms = frame_int(fr, "end_silence_ms", -1),
		max_ms = frame_int(fr, "max_ms", -1);

	endpoint_limits(&v->endpoint,
		end_silence_ms < 0 ? set.end_silence_ms
				   : min_i64(max_i64(end_silence_ms, 100), 10000),
		max_ms < 0 ? set.max_ms : min_i64(max_ms, 600000));
}

static void on_playing(struct vad *v, const struct frame *fr)
{
	frame_str(fr, "utterance", v->playing, sizeof(v->playing));
	endpoint_playing(&v->endpoint);
}

/* Of one that never began there is a played too. */
static void on_played(struct vad *v, const struct frame *fr)
{
	char utterance[UTTERANCE_MAX];

	frame_str(fr, "utterance", utterance, sizeof(utterance));
	if (!v->playing[0] || strcmp(utterance, v->playing) != 0)
		return;
	v->playing[0] = '\0';
	endpoint_played(&v->endpoint, frame_int(fr, "timestamp", v->endpoint.now_ms));
}

static void on_call_end(struct vad *v, const struct frame *fr)
{
	endpoint_end(&v->endpoint);
}

static const struct {
	const char *type;
	void (*fn)(struct vad *v, const struct frame *fr);
	bool first; /* what it makes stands before the frame, not behind it */
} events[] = {
	{"clock", on_clock},
	{"dtmf", on_dtmf},
	{"listen", on_listen},
	{"playing", on_playing},
	{"played", on_played},
	{"call-end", on_call_end, true},
};

static enum filter_verdict on_frame(void *ctx, const struct frame *fr)
{
	struct vad *v = ctx;
	struct jspan span;

	if (frame_is(fr, "audio-chunk")) {
		if (frame_get(fr, "utterance", &span))
			return FILTER_PASS;
		on_audio(v, fr);
		return FILTER_CONSUME;
	}
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		if (!frame_is(fr, events[i].type))
			continue;
		if (!events[i].first)
			filter_pass(&v->filter, fr);
		events[i].fn(v, fr);
		if (events[i].first)
			filter_pass(&v->filter, fr);
		return FILTER_CONSUME;
	}
	return FILTER_PASS;
}

static struct endpoint_set endpoint_settings(void)
{
	return (struct endpoint_set){
		.silent = {(float)set.start / 100.F,
			(int)((set.start_ms + PCM_FRAME_MS - 1) / PCM_FRAME_MS)},
		.bot = {(float)set.barge / 100.F,
			(int)((set.barge_ms + PCM_FRAME_MS - 1) / PCM_FRAME_MS)},
		.stay = (float)set.stay / 100.F,
		.quiet = (float)set.quiet / 100.F,
		.echo_margin_db = (float)set.echo_margin_db,
		.end_silence_ms = set.end_silence_ms,
		.max_ms = set.max_ms,
	};
}

static int stream_run(struct vad *v)
{
	struct endpoint_set limits = endpoint_settings();
	int status;

	endpoint_init(&v->endpoint, &limits, on_event, v);
	hear_init(&v->hear, on_heard, v);
	hold_init(&v->hold);
	plot_init(&v->plot);
	v->filter = (struct filter){.stage = "vad", .on_frame = on_frame, .ctx = v};
	if (filter_init(&v->filter, STDIN_FILENO, STDOUT_FILENO) < 0) {
		log_error_errno("cannot start");
		return EXIT_SYSTEM;
	}
	status = filter_run(&v->filter);
	if (set.plot && plot_write(&v->plot, set.plot, "vad") < 0) {
		log_error_errno("cannot write '%s'", set.plot);
		status = status ? status : EXIT_IO;
	}
	plot_free(&v->plot);
	hold_free(&v->hold);
	ear_close(&v->hear.ear);
	filter_free(&v->filter);
	return status;
}

/* Either of the two may be the wrong one: a default is not. */
static int refuse_stay(void)
{
	const int64_t *onset = set.stay > set.start ? &set.start : &set.barge;

	if (opt_of_environment(onset) && !opt_of_environment(&set.stay))
		return opt_refuse(onset, "a voice goes on above %lld", (long long)set.stay);
	return opt_refuse(&set.stay, "above what begins a voice, which is %lld", (long long)*onset);
}

int main(int argc, char **argv)
{
	struct endpoint_set limits;
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("vad");
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status != -1)
		return status;
	if (set.stay > set.start || set.stay > set.barge)
		return refuse_stay();
	if (!argv[first])
		return stream_run(&vad);
	if (set.plot && argv[first + 1]) {
		log_error("cannot use '--plot' with several files");
		return EXIT_USAGE;
	}
	limits = endpoint_settings();
	return opt_finish(
		alone_run(argv + first, atoi(set.rate), &limits, set.plot, isatty(STDOUT_FILENO)));
}
