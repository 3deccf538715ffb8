#include "plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dynbuf.h"

#define SVG_MAX (64 << 20)
#define PER_S 50      /* frames */
#define STRIPS_MAX 30 /* a long call is drawn smaller instead */

/* Places, in pixels. */
#define WIDTH 1400
#define LEFT 70
#define RIGHT 20
#define TOP 96
#define ENERGY_Y 22 /* within a strip */
#define ENERGY_H 64
#define SCORE_Y 100
#define SCORE_H 48
#define VOICE_Y 152
#define TURN_Y 164
#define TURN_H 18
#define BOT_Y 186
#define STRIP_H 216

#define LEAST_DB (-80)

/* What is drawn of one column of a strip. */
struct column {
	int level_db, floor_db; /* loudest; least */
	int gate_db;            /* -128: none */
	int score, threshold;   /* highest */
	unsigned marks;         /* of any frame */
};

struct page {
	const struct plot *plot;
	struct dynbuf out;
	int strip_s; /* seconds of a strip */
	int columns; /* of it */
};

void plot_init(struct plot *p)
{
	*p = (struct plot){0};
}

void plot_free(struct plot *p)
{
	free(p->frame);
	free(p->turn);
	plot_init(p);
}

static void *grown(void *p, size_t *size, size_t want, size_t item)
{
	size_t n = *size ? *size : 1024;

	while (n < want)
		n *= 2;
	p = reallocarray(p, n, item);
	if (p)
		*size = n;
	return p;
}

static struct plot_frame *frame_at(struct plot *p, int64_t at_ms)
{
	size_t i = (size_t)(at_ms / PCM_FRAME_MS);
	void *more;

	if (at_ms < 0 || i >= (size_t)PLOT_MAX_S * PER_S)
		return NULL;
	if (i >= p->size) {
		more = grown(p->frame, &p->size, i + 1, sizeof(*p->frame));
		p->failed |= !more;
		if (!more)
			return NULL;
		p->frame = more;
	}
	if (i >= p->frames) {
		memset(p->frame + p->frames, 0, (i + 1 - p->frames) * sizeof(*p->frame));
		p->frames = i + 1;
	}
	return p->frame + i;
}

static int8_t db_of(float db)
{
	return (int8_t)(db < -127.F ? -127 : db > 20.F ? 20 : (int)lrintf(db));
}

void plot_add(struct plot *p, const struct endpoint_frame *f, const struct endpoint *e)
{
	struct plot_frame *to = frame_at(p, f->at_ms);
	float gate_db = guard_gate_db(&e->guard);

	if (!to)
		return;
	*to = (struct plot_frame){
		.level_db = db_of(f->level_db),
		.floor_db = db_of(e->floor_db),
		.gate_db = endpoint_bot(e) && gate_db > LEAST_DB ? db_of(gate_db) : INT8_MIN,
		.score = (uint8_t)lrintf(f->score * 200.F),
		.threshold = (uint8_t)lrintf(fmaxf(endpoint_threshold(e), 0.F) * 200.F),
		.marks = PLOT_HEARD | (e->active && e->on ? PLOT_VOICE : 0) |
			(f->tone ? PLOT_TONE : 0) | (endpoint_bot(e) ? PLOT_BOT : 0) |
			(endpoint_muted(e, f->at_ms) ? PLOT_MUTED : 0),
	};
}

void plot_event(struct plot *p, const struct endpoint_event *ev, int64_t now_ms)
{
	struct plot_turn *t = p->turn;

	if (ev->what == ENDPOINT_STOPPED && p->turns) {
		t += p->turns - 1;
		t->to_ms = ev->at_ms;
		t->known_ms = now_ms;
		t->cause = ev->cause;
	}
	if (ev->what != ENDPOINT_STARTED)
		return;
	if (p->turns == p->turn_size) {
		t = grown(p->turn, &p->turn_size, p->turns + 1, sizeof(*t));
		p->failed |= !t;
		if (!t)
			return;
		p->turn = t;
	}
	p->turn[p->turns++] = (struct plot_turn){
		.turn = ev->turn, .from_ms = ev->at_ms, .to_ms = -1, .cause = "open"};
}

/* The frames [from, to) in one column. */
static struct column column_of(const struct plot *p, size_t from, size_t to)
{
	struct column c = {.level_db = LEAST_DB, .floor_db = 0, .gate_db = INT8_MIN};

	for (size_t i = from; i < to && i < p->frames; i++) {
		const struct plot_frame *f = p->frame + i;

		c.marks |= f->marks;
		if (!(f->marks & PLOT_HEARD))
			continue;
		c.level_db = f->level_db > c.level_db ? f->level_db : c.level_db;
		c.floor_db = f->floor_db < c.floor_db ? f->floor_db : c.floor_db;
		c.gate_db = f->gate_db > c.gate_db ? f->gate_db : c.gate_db;
		c.score = f->score > c.score ? f->score : c.score;
		c.threshold = f->threshold > c.threshold ? f->threshold : c.threshold;
	}
	return c;
}

static struct column column_at(const struct page *pg, int strip, int x)
{
	double per = (double)pg->strip_s * PER_S / pg->columns;
	size_t from = (size_t)strip * (size_t)pg->strip_s * PER_S;
	size_t to = from + (size_t)ceil((x + 1) * per);

	from += (size_t)floor(x * per);
	return column_of(pg->plot, from, to > from ? to : from + 1);
}

static double energy_y(int db)
{
	db = db < LEAST_DB ? LEAST_DB : db > 0 ? 0 : db;
	return ENERGY_Y + (double)ENERGY_H * db / LEAST_DB;
}

static double score_y(int score)
{
	return SCORE_Y + SCORE_H * (1. - score / 200.);
}

enum curve { CURVE_LEVEL, CURVE_FLOOR, CURVE_GATE, CURVE_SCORE, CURVE_THRESHOLD };

/* NAN: nothing there. */
static double curve_y(const struct column *c, enum curve curve)
{
	if (!(c->marks & PLOT_HEARD))
		return (double)NAN;
	switch (curve) {
	case CURVE_LEVEL:
		return energy_y(c->level_db);
	case CURVE_FLOOR:
		return energy_y(c->floor_db);
	case CURVE_GATE:
		return c->gate_db == INT8_MIN ? (double)NAN : energy_y(c->gate_db);
	case CURVE_SCORE:
		return score_y(c->score);
	case CURVE_THRESHOLD:
		return score_y(c->threshold);
	}
	return (double)NAN;
}

/* A curve, in pieces where something is missing; with a base it is an area down to it. */
static void curve_draw(struct page *pg, int strip, enum curve curve, const char *style, double base)
{
	bool open = false;

	for (int x = 0; x <= pg->columns; x++) {
		struct column c = x < pg->columns ? column_at(pg, strip, x) : (struct column){0};
		double y = curve_y(&c, curve);

		if (isnan(y)) {
			if (open && base > 0.)
				dynbuf_addf(&pg->out, "V%.0fZ", base);
			if (open)
				dynbuf_adds(&pg->out, "\"/>\n");
			open = false;
			continue;
		}
		if (open)
			dynbuf_addf(&pg->out, "L%d %.1f", x, y);
		else if (base > 0.)
			dynbuf_addf(&pg->out, "<path class=\"%s\" d=\"M%d %.0fV%.1f", style, x,
				base, y);
		else
			dynbuf_addf(&pg->out, "<path class=\"%s\" d=\"M%d %.1f", style, x, y);
		open = true;
	}
}

/* Bars where the frames of a strip have a mark. */
static void marks_draw(struct page *pg, int strip, unsigned mark, const char *style, int y, int h)
{
	int from = -1;

	for (int x = 0; x <= pg->columns; x++) {
		bool is = x < pg->columns && column_at(pg, strip, x).marks & mark;

		if (is && from < 0)
			from = x;
		if (is || from < 0)
			continue;
		dynbuf_addf(&pg->out,
			"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
			style, from, y, x - from, h);
		from = -1;
	}
}

static double strip_x(const struct page *pg, int strip, int64_t ms)
{
	return ((double)ms / 1000. - (double)strip * pg->strip_s) * pg->columns / pg->strip_s;
}

static void turn_draw(struct page *pg, int strip, const struct plot_turn *t)
{
	int64_t to_ms = t->to_ms < 0 ? (int64_t)pg->plot->frames * PCM_FRAME_MS : t->to_ms;
	double from = strip_x(pg, strip, t->from_ms), to = strip_x(pg, strip, to_ms),
	       known = strip_x(pg, strip, max_i64(t->known_ms, to_ms));

	if (known < 0. || from > pg->columns)
		return;
	known = known > pg->columns ? pg->columns : known;
	dynbuf_addf(&pg->out,
		"<rect class=\"wait\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
		from < 0. ? 0. : from, TURN_Y, known - (from < 0. ? 0. : from), TURN_H);
	to = to > pg->columns ? pg->columns : to;
	if (to >= 0.)
		dynbuf_addf(&pg->out,
			"<rect class=\"turn\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
			from < 0. ? 0. : from, TURN_Y, to - (from < 0. ? 0. : from), TURN_H);
	if (from < 0.)
		return;
	dynbuf_addf(&pg->out, "<text class=\"number\" x=\"%.1f\" y=\"%d\">%lld%s%s</text>\n",
		from + 3., TURN_Y + 13, (long long)t->turn,
		strcmp(t->cause, "silence") == 0 ? "" : " ",
		strcmp(t->cause, "silence") == 0 ? "" : t->cause);
}

static void axis_draw(struct page *pg, int strip)
{
	static const int steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600};
	int step = steps[0], from = strip * pg->strip_s;

	for (size_t i = 0; i < ARRAY_LEN(steps) && step * 20 < pg->strip_s; i++)
		step = steps[i];
	for (int s = 0; s <= pg->strip_s; s += step) {
		int x = s * pg->columns / pg->strip_s, at = from + s;

		dynbuf_addf(&pg->out,
			"<path class=\"grid\" d=\"M%d %dV%d\"/><text class=\"time\" x=\"%d\" y=\"%d\">",
			x, ENERGY_Y, BOT_Y + 6, x, ENERGY_Y - 9);
		if (at >= 3600)
			dynbuf_addf(&pg->out, "%d:%02d:%02d</text>\n", at / 3600, at / 60 % 60,
				at % 60);
		else
			dynbuf_addf(&pg->out, "%d:%02d</text>\n", at / 60, at % 60);
	}
	for (int db = LEAST_DB; db <= 0; db += 40)
		dynbuf_addf(&pg->out,
			"<path class=\"grid\" d=\"M0 %.1fH%d\"/><text class=\"scale\" x=\"-6\" y=\"%.1f\">%d dB</text>\n",
			energy_y(db), pg->columns, energy_y(db) + 4., db);
	for (int score = 0; score <= 200; score += 200)
		dynbuf_addf(&pg->out,
			"<path class=\"grid\" d=\"M0 %.1fH%d\"/><text class=\"scale\" x=\"-6\" y=\"%.1f\">%d</text>\n",
			score_y(score), pg->columns, score_y(score) + 4., score / 200);
	dynbuf_addf(&pg->out,
		"<text class=\"scale\" x=\"-6\" y=\"%d\">turns</text><text class=\"scale\" x=\"-6\" y=\"%d\">bot</text>\n",
		TURN_Y + 13, BOT_Y + 7);
}

static void strip_draw(struct page *pg, int strip)
{
	dynbuf_addf(&pg->out, "<g transform=\"translate(%d %d)\">\n", LEFT, TOP + strip * STRIP_H);
	axis_draw(pg, strip);
	marks_draw(pg, strip, PLOT_MUTED, "muted", ENERGY_Y, SCORE_Y + SCORE_H - ENERGY_Y);
	curve_draw(pg, strip, CURVE_LEVEL, "level", ENERGY_Y + ENERGY_H);
	curve_draw(pg, strip, CURVE_FLOOR, "floor", 0.);
	curve_draw(pg, strip, CURVE_GATE, "gate", 0.);
	curve_draw(pg, strip, CURVE_SCORE, "score", 0.);
	curve_draw(pg, strip, CURVE_THRESHOLD, "threshold", 0.);
	marks_draw(pg, strip, PLOT_VOICE, "voice", VOICE_Y, 8);
	marks_draw(pg, strip, PLOT_TONE, "tone", VOICE_Y, 8);
	marks_draw(pg, strip, PLOT_BOT, "bot", BOT_Y, 8);
	for (size_t i = 0; i < pg->plot->turns; i++)
		turn_draw(pg, strip, &pg->plot->turn[i]);
	dynbuf_adds(&pg->out, "</g>\n");
}

static void title_draw(struct page *pg, const char *title)
{
	dynbuf_addf(&pg->out, "<text class=\"title\" x=\"%d\" y=\"30\">", LEFT);
	for (const char *p = title; *p; p++) {
		const char *entity = *p == '<' ? "&lt;" : *p == '&' ? "&amp;" : NULL;

		if (entity)
			dynbuf_adds(&pg->out, entity);
		else if ((unsigned char)*p >= ' ' && (unsigned char)*p < 127)
			dynbuf_add(&pg->out, p, 1);
		else
			dynbuf_adds(&pg->out, "?");
	}
	dynbuf_addf(&pg->out, "  (%zu turn%s in %.1f s)</text>\n", pg->plot->turns,
		pg->plot->turns == 1 ? "" : "s", (double)pg->plot->frames / PER_S);
}

static void legend_draw(struct page *pg)
{
	static const struct {
		const char *style, *text;
		bool line;
	} items[] = {
		{"level", "energy", false},
		{"floor", "noise of the line", true},
		{"gate", "echo guard", true},
		{"score", "score: a voice", true},
		{"threshold", "a voice begins", true},
		{"voice", "voice", false},
		{"tone", "tone", false},
		{"turn", "turn", false},
		{"wait", "until its end is certain", false},
		{"bot", "bot plays", false},
		{"muted", "key", false},
	};
	int x = LEFT;

	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		if (items[i].line)
			dynbuf_addf(&pg->out, "<path class=\"%s\" d=\"M%d 53h18\"/>",
				items[i].style, x);
		else
			dynbuf_addf(&pg->out,
				"<rect class=\"%s\" x=\"%d\" y=\"48\" width=\"18\" height=\"10\"/>",
				items[i].style, x);
		dynbuf_addf(&pg->out, "<text class=\"legend\" x=\"%d\" y=\"57\">%s</text>\n",
			x + 23, items[i].text);
		x += 40 + 7 * (int)strlen(items[i].text);
	}
}

/* So many seconds in a strip that the call fits on a page. */
static int strip_seconds(int s)
{
	static const int nice[] = {10, 20, 30, 60, 120, 300, 600, 1200, 1800};
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(nice) && s > nice[i] * (nice[i] < 60 ? 6 : STRIPS_MAX))
		i++;
	return nice[i];
}

static void page_draw(struct page *pg, const char *title)
{
	static const char style[] =
		"text{font:12px sans-serif;fill:#333}.title{font-size:16px;font-weight:bold}.scale{text-anchor:end}"
		".time{text-anchor:middle;fill:#777}.number{fill:#fff;font-weight:bold}.grid{stroke:#e4e4e4;fill:none}"
		".level{fill:#a9c6e8}.floor{stroke:#4a6f9c;fill:none}.gate{stroke:#d1495b;fill:none;stroke-width:1.5}"
		".score{stroke:#222;fill:none}.threshold{stroke:#e08e0b;fill:none;stroke-dasharray:5 3}"
		".voice{fill:#4caf50}.tone{fill:#9c27b0}.turn{fill:#2e7d32}.wait{fill:#a5d6a7}.bot{fill:#b0b0b0}.muted{fill:#fff0c2}";
	int s = (int)((pg->plot->frames + PER_S - 1) / PER_S), strips;

	pg->strip_s = strip_seconds(s);
	pg->columns = WIDTH - LEFT - RIGHT;
	strips = s ? (s + pg->strip_s - 1) / pg->strip_s : 1;
	dynbuf_addf(&pg->out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"
		"<style>%s</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		WIDTH, TOP + strips * STRIP_H, WIDTH, TOP + strips * STRIP_H, style);
	title_draw(pg, title);
	legend_draw(pg);
	for (int strip = 0; strip < strips; strip++)
		strip_draw(pg, strip);
	dynbuf_adds(&pg->out, "</svg>\n");
}

int plot_write(const struct plot *p, const char *path, const char *title)
{
	struct page pg = {.plot = p};
	int rc = -1;

	dynbuf_init(&pg.out, SVG_MAX);
	page_draw(&pg, title);
	if (p->failed || dynbuf_failed(&pg.out))
		errno = ENOMEM;
	else
		rc = replace_file(path, pg.out.p, pg.out.n);
	dynbuf_free(&pg.out);
	return rc;
}
