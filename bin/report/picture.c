#include "picture.h"

#include <math.h>
#include <string.h>

#include "html.h"
#include "wave.h"

#define LANE 90    /* height of one side */
#define HEIGHT 202 /* two lanes, and the axis between them */
#define AXIS 18    /* room for its figures */
#define BAR_WIDTH 600
#define TICKS_MAX 14

static const char *const stages[] = {"endpoint", "recogniser", "agent", "voice", "line"};

int64_t picture_ms(const struct kept *k, const struct story *s)
{
	int64_t samples = max_i64(wave_samples(k, "caller.s16"), wave_samples(k, "bot.s16"));

	return max_i64(max_i64(samples * 1000 / k->rate_hz, s->over_ms), 1);
}

static double x_of(int64_t ms, int64_t whole_ms)
{
	return (double)max_i64(0, min_i64(ms, whole_ms)) * WAVE_STEPS / (double)whole_ms;
}

/* Loudness as the eye wants it: -60 dB is nothing, full scale is all. */
static double height_of(float peak)
{
	double db = peak > 0 ? 20 * log10((double)peak) : -60;

	return db <= -60 ? 0 : (db + 60) / 60 * LANE / 2;
}

static void draw_side(const struct kept *k, const char *name, const char *class, int top,
	int64_t whole_ms, struct dynbuf *b)
{
	static struct wave w;
	double middle = top + LANE / 2.0;

	wave_read(k, name, whole_ms * k->rate_hz / 1000, &w);
	dynbuf_addf(b, "<path class=\"%s wave\" d=\"M0 %.0f", class, middle);
	for (int i = 0; i < WAVE_STEPS; i++)
		dynbuf_addf(b, "L%d %.1f", i, middle - height_of(w.peak[i]));
	for (int i = WAVE_STEPS - 1; i >= 0; i--)
		dynbuf_addf(b, "L%d %.1f", i, middle + height_of(w.peak[i]));
	dynbuf_adds(b, "Z\"/>");
}

/* What was said, behind the wave. */
static void draw_lines(const struct story *s, int64_t whole_ms, struct dynbuf *b)
{
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];
		bool bot = l->who == STORY_BOT;
		int64_t end_ms = bot ? l->t0_ms + l->heard_ms : l->t1_ms;

		if (end_ms <= l->t0_ms)
			continue;
		dynbuf_addf(b,
			"<rect class=\"said %s wave\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>",
			story_who_name(l->who), x_of(l->t0_ms, whole_ms), bot ? LANE + AXIS : 0,
			fmax(1, x_of(end_ms, whole_ms) - x_of(l->t0_ms, whole_ms)), LANE);
		html_text(b, l->text[0] ? l->text : l->file);
		dynbuf_adds(b, "</title></rect>");
	}
}

static void draw_states(const struct story *s, int64_t whole_ms, struct dynbuf *b)
{
	for (size_t i = 0; i < s->n_states; i++) {
		double x = x_of(s->states[i].t_ms, whole_ms);

		dynbuf_addf(b,
			"<line class=\"state\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"><title>",
			x, x, 2 * LANE + AXIS);
		html_text(b, s->states[i].to);
		dynbuf_adds(b, "</title></line>");
	}
}

static void draw_axis(int64_t whole_ms, struct dynbuf *b)
{
	static const int steps_s[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800};
	int64_t step_s = 3600;

	while (whole_ms / 1000 / step_s > TICKS_MAX)
		step_s *= 2;
	for (size_t i = ARRAY_LEN(steps_s); i-- > 0;)
		if (whole_ms / 1000 / steps_s[i] <= TICKS_MAX)
			step_s = steps_s[i];
	for (int64_t t = 0; t * 1000 <= whole_ms; t += step_s) {
		double x = x_of(t * 1000, whole_ms);

		dynbuf_addf(b, "<line class=\"tick\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/>",
			x, x, 2 * LANE + AXIS);
		dynbuf_addf(b, "<text x=\"%.1f\" y=\"%d\">%lld:%02d</text>", x + 3, LANE + AXIS - 5,
			(long long)(t / 60), (int)(t % 60));
	}
}

void picture_wave(const struct kept *k, const struct story *s, struct dynbuf *b)
{
	int64_t whole_ms = picture_ms(k, s);

	dynbuf_addf(b,
		"<svg id=\"wave\" viewBox=\"0 0 %d %d\" data-ms=\"%lld\" data-width=\"%d\" role=\"img\" "
		"aria-label=\"caller above, bot below\">",
		WAVE_STEPS, HEIGHT, (long long)whole_ms, WAVE_STEPS);
	draw_axis(whole_ms, b);
	draw_lines(s, whole_ms, b);
	draw_states(s, whole_ms, b);
	draw_side(k, "caller.s16", "caller", 0, whole_ms, b);
	draw_side(k, "bot.s16", "bot", LANE + AXIS, whole_ms, b);
	dynbuf_addf(b, "<text x=\"4\" y=\"14\">caller</text><text x=\"4\" y=\"%d\">bot</text>",
		LANE + AXIS + 14);
	dynbuf_addf(b, "<line id=\"cursor\" x1=\"0\" x2=\"0\" y1=\"0\" y2=\"%d\"/></svg>\n",
		2 * LANE + AXIS);
}

/* Each step is measured from the end of the speech; a stage is from the step before that was seen. */
void picture_answer(const struct story_latency *t, int64_t longest_ms, struct dynbuf *b)
{
	const int64_t steps_ms[] = {
		t->endpoint_ms, t->transcript_ms, t->text_ms, t->audio_ms, t->audible_ms};
	int64_t at_ms = 0;

	dynbuf_addf(b,
		"<svg class=\"bars\" viewBox=\"0 0 %d 14\" role=\"img\" aria-label=\"%lld ms\">",
		BAR_WIDTH, (long long)t->audible_ms);
	for (size_t i = 0; i < ARRAY_LEN(steps_ms); i++) {
		if (steps_ms[i] <= at_ms)
			continue;
		dynbuf_addf(b,
			"<rect class=\"s%zu\" x=\"%.1f\" y=\"1\" width=\"%.1f\" height=\"12\"><title>%s %lld ms"
			"</title></rect>",
			i, (double)at_ms * BAR_WIDTH / (double)longest_ms,
			(double)(steps_ms[i] - at_ms) * BAR_WIDTH / (double)longest_ms, stages[i],
			(long long)(steps_ms[i] - at_ms));
		at_ms = steps_ms[i];
	}
	dynbuf_adds(b, "</svg>");
}

void picture_legend(struct dynbuf *b)
{
	dynbuf_addf(b,
		"<svg class=\"bars\" viewBox=\"0 0 %d 16\" role=\"img\" aria-label=\"legend\">",
		BAR_WIDTH);
	for (size_t i = 0; i < ARRAY_LEN(stages); i++)
		dynbuf_addf(b,
			"<rect class=\"s%zu\" x=\"%zu\" y=\"2\" width=\"12\" height=\"12\"/><text x=\"%zu\" y=\"13\">%s"
			"</text>",
			i, i * 110, i * 110 + 17, stages[i]);
	dynbuf_adds(b, "</svg>");
}
