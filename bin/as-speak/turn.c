#include "turn.h"

#include "codec/jline.h"

/* Names in the event: milliseconds from the end of speech to this step. */
static const char *const step_name[TURN_STEPS] = {
	[TURN_ENDPOINT] = "endpoint_ms",
	[TURN_TRANSCRIPT] = "transcript_ms",
	[TURN_ASKED] = "asked_ms",
	[TURN_TOKEN] = "token_ms",
	[TURN_TEXT] = "text_ms",
	[TURN_AUDIO] = "audio_ms",
	[TURN_FILLER] = "filler_ms",
	[TURN_AUDIBLE] = "audible_ms",
};

static void open_turn(struct turn_meter *m, int64_t turn, int64_t speech_end_ms)
{
	*m = (struct turn_meter){.open = true, .turn = turn, .speech_end_ms = speech_end_ms};
	for (int i = 0; i < TURN_STEPS; i++)
		m->at_ms[i] = -1;
}

void turn_init(struct turn_meter *m)
{
	open_turn(m, 0, 0);
}

void turn_begin(struct turn_meter *m, int64_t turn, int64_t speech_end_ms, int64_t now_ms)
{
	open_turn(m, turn, speech_end_ms);
	turn_step(m, TURN_ENDPOINT, now_ms);
}

void turn_step(struct turn_meter *m, enum turn_step step, int64_t now_ms)
{
	if (m->open && m->at_ms[step] < 0)
		m->at_ms[step] = now_ms;
}

bool turn_audible(struct turn_meter *m, int64_t now_ms, struct dynbuf *b)
{
	if (!m->open)
		return false;
	turn_step(m, TURN_AUDIBLE, now_ms);
	m->open = false;
	dynbuf_adds(b, "{");
	if (m->turn >= 0)
		jline_add_int(b, "turn", m->turn);
	jline_add_int(b, "speech_end", m->speech_end_ms);
	for (int i = 0; i < TURN_STEPS; i++)
		if (m->at_ms[i] >= 0)
			jline_add_int(b, step_name[i], m->at_ms[i] - m->speech_end_ms);
	return dynbuf_adds(b, "}") == 0;
}
