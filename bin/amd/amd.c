/* amd: who has answered an outbound call, from the sound alone. A stream in, the same stream and `amd` events out.
 *
 * hear makes of audio what judge decides by; what this file does is the stream: which event means what to them. It
 * consumes nothing, and stands where all of the caller's audio comes by: before vad.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alone.h"
#include "base/log.h"
#include "base/opt.h"
#include "hear.h"
#include "stream/filter.h"

#define TIME_MAX_MS INT64_C(1000000000000)
#define UTTERANCE_MAX 65 /* bytes of a name, with the NUL */

static struct settings {
	int64_t human, machine; /* percent */
	int64_t silence_ms, max_ms, watch_ms;
	bool after_beep;
	int64_t message_silence_ms, message_max_ms;
	const char *rate;
} set = {
	.human = 90,
	.machine = 95,
	.silence_ms = 4000,
	.max_ms = 8000,
	.watch_ms = 30000,
	.message_silence_ms = 2000,
	.message_max_ms = 25000,
	.rate = "8000",
};

static const struct opt_row rows[] = {
	{"after-beep", 'b', OPT_FLAG, NULL, "CALLPIPE_AMD_AFTER_BEEP",
		"say when a message can be left with a machine", &set.after_beep},
	{"human", 0, OPT_INT, "PERCENT", "CALLPIPE_AMD_HUMAN", "so sure of a person", &set.human,
		51, 99},
	{"machine", 0, OPT_INT, "PERCENT", "CALLPIPE_AMD_MACHINE", "so sure of a machine",
		&set.machine, 51, 99},
	{"silence", 0, OPT_INT, "MS", "CALLPIPE_AMD_SILENCE",
		"nobody has answered if nothing is heard for so long", &set.silence_ms, 1000,
		60000},
	{"max", 0, OPT_INT, "MS", "CALLPIPE_AMD_MAX", "not sure after so long", &set.max_ms, 1000,
		60000},
	{"watch", 0, OPT_INT, "MS", "CALLPIPE_AMD_WATCH",
		"from the beginning, so long a beep is heard", &set.watch_ms, 0, 600000},
	{"message-silence", 0, OPT_INT, "MS", "CALLPIPE_AMD_MESSAGE_SILENCE",
		"behind a greeting as good as its beep", &set.message_silence_ms, 500, 10000},
	{"message-max", 0, OPT_INT, "MS", "CALLPIPE_AMD_MESSAGE_MAX",
		"longest wait for the beep of a machine", &set.message_max_ms, 1000, 120000},
	{"rate", 'r', OPT_CHOICE, "8000|16000", "CALLPIPE_RATE",
		"samples per second of sound files; a stream says its own", &set.rate},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] [file ...]",
	.purpose =
		"Hear who has answered an outbound call: in a callpipe stream, or in sound files.",
	.see = "callpipe(7), callpipe-stream(5), callpipe-scenario(5), vad(1)",
};

static struct amd {
	struct filter filter;
	struct hear hear;
	bool complained;             /* of audio that cannot be used */
	char playing[UTTERANCE_MAX]; /* utterance that the bot is playing; "": none */
} amd;

static void on_event(void *ctx, const struct judge_event *ev)
{
	struct amd *a = ctx;
	struct dynbuf data;

	dynbuf_init(&data, 512);
	dynbuf_adds(&data, "{");
	judge_event_add(&data, ev);
	dynbuf_adds(&data, "}");
	filter_add(&a->filter, "amd", &data);
	dynbuf_free(&data);
}

static void on_audio(struct amd *a, const struct frame *fr)
{
	struct ear *ear = &a->hear.ear;
	const char *why;
	struct jspan span;
	int64_t at_ms;

	if (ear->deaf || frame_get(fr, "utterance", &span))
		return;
	why = ear_ready(ear, frame_int(fr, "rate", 0), frame_int(fr, "width", 2),
		frame_int(fr, "channels", 1));
	if (why) {
		if (!a->complained)
			filter_warn(&a->filter, "audio", "%s", why);
		a->complained = true;
		return;
	}
	at_ms = frame_int(fr, "timestamp", ear->next_ms);
	if (at_ms < 0 || at_ms > TIME_MAX_MS)
		at_ms = ear->next_ms;
	ear_hear(ear, at_ms, fr->payload, fr->payload_bytes / 2);
}

static void on_clock(struct amd *a, const struct frame *fr)
{
	hear_clock(&a->hear, a->filter.stream_ms);
}

static void on_dtmf(struct amd *a, const struct frame *fr)
{
	int64_t at_ms = frame_int(fr, "timestamp", a->hear.endpoint.now_ms);

	/* one that cannot be must not make it deaf */
	hear_key(&a->hear, min_i64(max_i64(at_ms, 0), a->filter.stream_ms + ENDPOINT_KEY_MS));
}

static void on_playing(struct amd *a, const struct frame *fr)
{
	frame_str(fr, "utterance", a->playing, sizeof(a->playing));
	hear_playing(&a->hear);
}

/* Of one that never began there is a played too. */
static void on_played(struct amd *a, const struct frame *fr)
{
	char utterance[UTTERANCE_MAX];

	frame_str(fr, "utterance", utterance, sizeof(utterance));
	if (!a->playing[0] || strcmp(utterance, a->playing) != 0)
		return;
	a->playing[0] = '\0';
	hear_played(&a->hear, frame_int(fr, "timestamp", a->hear.endpoint.now_ms),
		frame_int(fr, "heard_ms", 0));
}

static const struct {
	const char *type;
	void (*fn)(struct amd *a, const struct frame *fr);
} events[] = {
	{"audio-chunk", on_audio},
	{"clock", on_clock},
	{"dtmf", on_dtmf},
	{"playing", on_playing},
	{"played", on_played},
};

/* What a frame makes certain stands right behind it; what its end does, before it. */
static enum filter_verdict on_frame(void *ctx, const struct frame *fr)
{
	struct amd *a = ctx;

	if (frame_is(fr, "call-end")) {
		hear_end(&a->hear);
		return FILTER_PASS;
	}
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		if (!frame_is(fr, events[i].type))
			continue;
		filter_pass(&a->filter, fr);
		events[i].fn(a, fr);
		return FILTER_CONSUME;
	}
	return FILTER_PASS;
}

static float odds_of(int64_t percent)
{
	return logf((float)percent / (float)(100 - percent));
}

static struct judge_set judge_settings(void)
{
	return (struct judge_set){
		.human = odds_of(set.human),
		.machine = odds_of(set.machine),
		.silence_ms = set.silence_ms,
		.max_ms = set.max_ms,
		.watch_ms = set.watch_ms,
		.after_beep = set.after_beep,
		.message_silence_ms = set.message_silence_ms,
		.message_max_ms = set.message_max_ms,
	};
}

static int stream_run(struct amd *a, const struct judge_set *judged)
{
	int status;

	hear_init(&a->hear, judged, on_event, a);
	a->filter = (struct filter){.stage = "amd", .on_frame = on_frame, .ctx = a};
	if (filter_init(&a->filter, STDIN_FILENO, STDOUT_FILENO) < 0) {
		log_error_errno("cannot start");
		return EXIT_SYSTEM;
	}
	status = filter_run(&a->filter);
	ear_close(&a->hear.ear);
	filter_free(&a->filter);
	return status;
}

int main(int argc, char **argv)
{
	struct judge_set judged;
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("amd");
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status != -1)
		return status;
	judged = judge_settings();
	if (!argv[first])
		return stream_run(&amd, &judged);
	return opt_finish(alone_run(argv + first, atoi(set.rate), &judged, isatty(STDOUT_FILENO)));
}
