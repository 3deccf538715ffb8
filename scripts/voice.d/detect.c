#include "detect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audio/pcm.h"
#include "audio/voice.h"
#include "base/dl.h"
#include "hear.h"
#include "rnd.h"

#define END_MS 500 /* of silence end a turn */

struct detect_cost detect_cost;

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "voice: cannot %s: %s\n", what, why);
	return -1;
}

/* WebRTC's detector, as C in libwebrtc_audio_processing. */
static struct {
	void *(*create)(void);
	int (*init)(void *);
	int (*mode)(void *, int);
	int (*process)(void *, int, const int16_t *, size_t);
	void (*free)(void *);
} rtc;

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int detect_load(void)
{
	const struct dl_symbol symbols[] = {{"WebRtcVad_Create", &rtc.create},
		{"WebRtcVad_Init", &rtc.init}, {"WebRtcVad_set_mode", &rtc.mode},
		{"WebRtcVad_Process", &rtc.process}, {"WebRtcVad_Free", &rtc.free}, {0}};

	if (dl_load("libwebrtc_audio_processing.so.1", symbols) < 0)
		return fail("load libwebrtc_audio_processing.so.1", strerror(errno));
	return 0;
}

/* What the filter does with scores: its turns. */
struct listener {
	struct endpoint endpoint;
	bool active; /* a turn is under way */
};

static void on_turn(void *ctx, const struct endpoint_event *ev)
{
	((struct listener *)ctx)->active = ev->what == ENDPOINT_STARTED;
}

static void on_frame(void *ctx, const struct endpoint_frame *f)
{
	endpoint_frame(&((struct listener *)ctx)->endpoint, f);
}

static int run_turns(const struct scene *s, struct score_said *said)
{
	/* vad's options as they are if nobody gives any, but for the length of a turn */
	const struct endpoint_set limits = {.silent = {VOICE_ON, 3},
		.bot = {VOICE_SURE, 5},
		.stay = VOICE_STAY,
		.quiet = 0.15f,
		.echo_margin_db = 6,
		.end_silence_ms = END_MS};
	struct listener l = {0};
	struct hear hear;

	hear_init(&hear, on_frame, &l);
	if (ear_open(&hear.ear, SCENE_RATE_HZ) < 0)
		return fail("open the detector", strerror(errno));
	endpoint_init(&l.endpoint, &limits, on_turn, &l);
	double begun = cpu_us();
	for (int i = 0; i < s->frames; i++) {
		uint8_t bytes[2 * SCENE_FRAME];
		pcm_to_le((int16_t *)(void *)bytes, s->samples + i * SCENE_FRAME, SCENE_FRAME);
		ear_hear(&hear.ear, i * 20, bytes, SCENE_FRAME);
		said->turn[i] = l.active;
	}
	detect_cost.turns_us += cpu_us() - begun;
	ear_close(&hear.ear);
	return 0;
}

/* The decisions of voice.h. */
static int run_ours(const struct scene *s, const struct detect_set *set, struct score_said *said)
{
	struct voice *v;
	int hang = 0;
	bool is_on = false;

	if (voice_open(SCENE_RATE_HZ, &v) < 0)
		return fail("open the detector", strerror(errno));
	double begun = cpu_us();
	for (int i = 0; i < s->frames; i++)
		said->logit[i] = voice_frame(v, s->samples + i * SCENE_FRAME);
	detect_cost.us[0] += cpu_us() - begun;
	voice_close(v);
	said->hang = set->hang;
	for (int i = 0; i < s->frames; i++) {
		float p = said->logit[i];
		is_on = p > (is_on ? set->stay : set->on);
		hang = is_on ? set->hang + 1 : hang > 0 ? hang - 1 : 0;
		said->on[i] = hang > 0;
		said->logit[i] = voice_log((p + 1e-6f) / (1 - p + 1e-6f));
	}
	return run_turns(s, said);
}

/* Turns as they are made of such a detector: 60 ms of voice begin one, 500 ms without end it. */
static int run_webrtc(int mode, const struct scene *s, struct score_said *said)
{
	void *v = rtc.create();
	bool active = false;
	int run = 0, off = 0;

	if (!v || rtc.init(v) != 0 || rtc.mode(v, mode) != 0)
		return fail("open WebRTC's detector", strerror(ENOMEM));
	double begun = cpu_us();
	for (int i = 0; i < s->frames; i++)
		said->on[i] = rtc.process(v, SCENE_RATE_HZ, s->samples + i * SCENE_FRAME,
				      SCENE_FRAME) > 0;
	detect_cost.us[1 + mode] += cpu_us() - begun;
	rtc.free(v);
	for (int i = 0; i < s->frames; i++) {
		run = said->on[i] ? run + 1 : 0;
		off = said->on[i] ? 0 : off + 1;
		active = active ? off * 20 < END_MS : run >= 3;
		said->turn[i] = active;
	}
	return 0;
}

int detect_run(
	int which, const struct scene *s, const struct detect_set *set, struct score_said *said)
{
	return which == 0 ? run_ours(s, set, said) : run_webrtc(which - 1, s, said);
}
