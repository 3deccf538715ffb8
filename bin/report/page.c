#include "page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/hmac.h"
#include "html.h"
#include "picture.h"
#include "sound.h"
#include "style.h"

static void put_hash(struct dynbuf *b, const char *text)
{
	uint8_t hash[SHA256_BYTES];

	sha256(text, strlen(text), hash);
	dynbuf_adds(b, "'sha256-");
	base64_add(b, hash, sizeof(hash));
	dynbuf_adds(b, "'");
}

static void put_head(const struct kept *k, enum page_audio audio, struct dynbuf *b)
{
	dynbuf_adds(b,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
		"form-action 'none'; media-src ");
	dynbuf_adds(b, audio == PAGE_LINK ? "'self' file:; style-src " : "data:; style-src ");
	put_hash(b, style_css);
	dynbuf_adds(b, "; script-src ");
	put_hash(b, style_js);
	dynbuf_adds(b, "\">\n<meta name=\"viewport\" content=\"width=device-width\"><title>");
	html_text(b, k->name);
	dynbuf_addf(b, "</title>\n<style>%s</style></head>\n<body>\n<h1>Call ", style_css);
	html_text(b, k->name);
	dynbuf_adds(b, "</h1>\n");
}

/* A line of the list at the top; nothing if there is no value. */
static void put_fact(struct dynbuf *b, const char *name, const char *value)
{
	if (!*value)
		return;
	dynbuf_addf(b, "<dt>%s</dt><dd>", name);
	html_text(b, value);
	dynbuf_adds(b, "</dd>\n");
}

static void put_facts(const struct kept *k, const struct story *s, struct dynbuf *b)
{
	char *result = json_object_size(s->result) ? json_dumps(s->result, JSON_COMPACT) : NULL;
	char text[128];

	dynbuf_adds(b, "<dl>\n");
	put_fact(b, "accepted", k->accepted_at);
	snprintf(text, sizeof(text), "%" PRId64 ":%02d.%d", s->over_ms / 60000,
		(int)(s->over_ms / 1000 % 60), (int)(s->over_ms / 100 % 10));
	put_fact(b, "duration", text);
	put_fact(b, "service", k->service);
	put_fact(b, "campaign", k->campaign);
	put_fact(b, "from", k->from);
	put_fact(b, "to", k->to);
	put_fact(b, "answered by", s->amd);
	put_fact(b, "verdict", s->verdict[0] ? s->verdict : "none: its end is not recorded");
	put_fact(b, "result", result ? result : "");
	put_fact(b, "handed over because", s->transfer_reason);
	put_fact(b, "summary", s->transfer_summary);
	if (s->greeting.audible_ms >= 0) {
		snprintf(text, sizeof(text), "%" PRId64 " ms after accept", s->greeting.audible_ms);
		put_fact(b, "greeting", text);
	}
	if (!s->whole) {
		snprintf(text, sizeof(text), "%zu broken lines, %" PRId64 " records lost%s",
			s->n_bads, s->missing, s->verdict[0] ? "" : ", cut off");
		put_fact(b, "journal", text);
	}
	dynbuf_adds(b, "</dl>\n");
	free(result);
}

/* ---- the talk ---- */

static void put_time(struct dynbuf *b, int64_t ms)
{
	dynbuf_addf(b, "<td class=\"n\">%" PRId64 ":%02d.%d</td>", ms / 60000,
		(int)(ms / 1000 % 60), (int)(ms / 100 % 10));
}

/* What was heard; what was to be said and nobody heard is struck out. */
static void put_words(struct dynbuf *b, const struct story_line *l)
{
	size_t heard = strlen(l->heard);
	bool begins = strncmp(l->text, l->heard, heard) == 0;

	html_text(b, l->heard);
	if (begins && l->text[heard]) {
		dynbuf_adds(b, "<s>");
		html_text(b, l->text + heard);
		dynbuf_adds(b, "</s>");
	}
	if (!*l->text && *l->file) {
		dynbuf_adds(b, "<span class=\"dim\">[");
		html_text(b, l->file);
		dynbuf_adds(b, "]</span>");
	}
	if (l->status == STORY_UNCLEAR)
		dynbuf_adds(b, "<span class=\"dim\">(not understood)</span>");
}

static void put_note(struct dynbuf *b, const struct story_line *l)
{
	if (l->who == STORY_BOT && l->status != STORY_PLAYED)
		dynbuf_addf(b, "%s, %.1f s heard", story_status_name(l->status),
			(double)l->heard_ms / 1000);
	else if (l->kind == STORY_KEYS || l->kind == STORY_FILLER)
		dynbuf_adds(b, story_kind_name(l->kind));
	else if (l->confidence >= 0)
		dynbuf_addf(b, "%.0f %% sure", l->confidence * 100);
	if (*l->sentiment) {
		dynbuf_adds(b, ", ");
		html_text(b, l->sentiment);
	}
}

static void put_lines(const struct story *s, struct dynbuf *b)
{
	dynbuf_adds(b,
		"<h2>Talk</h2>\n<table id=\"talk\"><tr><th class=\"n\">time<th>who<th>words<th>state<th>how</tr>\n");
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];

		dynbuf_addf(b,
			"<tr class=\"line %s\" data-t=\"%" PRId64 "\" data-turn=\"%" PRId64 "\">",
			story_who_name(l->who), max_i64(0, l->t0_ms), l->turn);
		put_time(b, max_i64(0, l->t0_ms));
		dynbuf_addf(
			b, "<td class=\"who\">%s</td><td class=\"words\">", story_who_name(l->who));
		put_words(b, l);
		dynbuf_adds(b, "</td><td>");
		html_text(b, l->state);
		dynbuf_adds(b, "</td><td class=\"dim\">");
		put_note(b, l);
		dynbuf_adds(b, "</td></tr>\n");
	}
	dynbuf_adds(b, "</table>\n");
}

/* ---- what else there was ---- */

static void put_answers(const struct story *s, struct dynbuf *b)
{
	int64_t longest_ms = 1;

	for (size_t i = 0; i < s->n_lines; i++)
		if (s->lines[i].answered)
			longest_ms = max_i64(longest_ms, s->lines[i].latency.audible_ms);
	dynbuf_adds(b, "<h2>Answers</h2>\n");
	picture_legend(b);
	dynbuf_adds(b,
		"<table id=\"answers\"><tr><th class=\"n\">turn<th class=\"n\">ms<th>from the end of speech</tr>\n");
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];

		if (!l->answered)
			continue;
		dynbuf_addf(b,
			"<tr class=\"answer\" data-t=\"%" PRId64 "\"><td class=\"n\">%" PRId64
			"</td><td class=\"n\">%" PRId64 "</td><td>",
			max_i64(0, l->t0_ms), l->turn, l->latency.audible_ms);
		picture_answer(&l->latency, longest_ms, b);
		dynbuf_adds(b, "</td></tr>\n");
	}
	dynbuf_adds(b, "</table>\n");
}

static void put_actions(const struct story *s, struct dynbuf *b)
{
	if (!s->n_actions)
		return;
	dynbuf_adds(b,
		"<h2>Tools</h2>\n<table id=\"tools\"><tr><th class=\"n\">time<th>tool<th>asked<th>answer<th>status"
		"<th class=\"n\">ms</tr>\n");
	for (size_t i = 0; i < s->n_actions; i++) {
		const struct story_action *a = &s->actions[i];
		const char *texts[] = {a->arguments, *a->result ? a->result : a->error};

		dynbuf_addf(b, "<tr class=\"tool\" data-t=\"%" PRId64 "\">", a->t_ms);
		put_time(b, a->t_ms);
		dynbuf_adds(b, "<td>");
		html_text(b, a->name);
		dynbuf_adds(b, "</td>");
		for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
			dynbuf_adds(b, "<td><pre>");
			html_text(b, texts[k]);
			dynbuf_adds(b, "</pre></td>");
		}
		dynbuf_addf(b, "<td%s>", strcmp(a->status, "ok") == 0 ? "" : " class=\"bad\"");
		html_text(b, *a->status ? a->status : "no end");
		dynbuf_addf(b, "</td><td class=\"n\">%" PRId64 "</td></tr>\n", a->ms);
	}
	dynbuf_adds(b, "</table>\n");
}

static void put_states(const struct story *s, struct dynbuf *b)
{
	if (!s->n_states)
		return;
	dynbuf_adds(b, "<h2>States</h2>\n<table id=\"states\">\n");
	for (size_t i = 0; i < s->n_states; i++) {
		dynbuf_addf(b, "<tr class=\"state\" data-t=\"%" PRId64 "\">", s->states[i].t_ms);
		put_time(b, s->states[i].t_ms);
		dynbuf_adds(b, "<td>");
		html_text(b, s->states[i].to);
		dynbuf_adds(b, "</td></tr>\n");
	}
	dynbuf_adds(b, "</table>\n");
}

static void put_errors(const struct story *s, struct dynbuf *b)
{
	if (!s->n_errors)
		return;
	dynbuf_adds(b, "<h2>Errors</h2>\n<table id=\"errors\">\n");
	for (size_t i = 0; i < s->n_errors; i++) {
		const struct story_error *e = &s->errors[i];

		dynbuf_addf(b, "<tr class=\"error\" data-t=\"%" PRId64 "\">", e->t_ms);
		put_time(b, e->t_ms);
		dynbuf_adds(b, "<td>");
		html_text(b, e->stage);
		dynbuf_addf(b, "</td><td%s>", e->fatal ? " class=\"bad\"" : "");
		html_text(b, e->text);
		dynbuf_adds(b, "</td></tr>\n");
	}
	dynbuf_adds(b, "</table>\n");
}

int page_write(const struct kept *k, const struct story *s, enum page_audio audio, struct dynbuf *b)
{
	int err = 0;

	put_head(k, audio, b);
	put_facts(k, s, b);
	picture_wave(k, s, b);
	if (audio == PAGE_EMBED)
		err = sound_embed(k, b);
	else if (audio == PAGE_LINK)
		err = sound_link(k, b);
	if (err)
		return -1;
	put_lines(s, b);
	put_answers(s, b);
	put_actions(s, b);
	put_states(s, b);
	put_errors(s, b);
	dynbuf_addf(b, "<script>%s</script>\n</body></html>\n", style_js);
	if (dynbuf_failed(b)) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}
