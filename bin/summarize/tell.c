#include "tell.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text/utf8.h"

#define QUOTE_MAX 120 /* bytes of one thing the caller said */
#define QUOTES_MAX 6  /* things that are quoted, the last ones */

const char *tell_outcome(const struct story *s)
{
	static const struct {
		const char *verdict, *outcome;
	} outcomes[] = {{"hangup", "ended by the bot"}, {"caller-hangup", "ended by the caller"},
		{"timeout", "ended because it was too long, or from outside"},
		{"error", "ended by a failure"}};

	if (strncmp(s->verdict, "transfer", 8) == 0)
		return "transferred";
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		if (strcmp(s->verdict, outcomes[i].verdict) == 0)
			return outcomes[i].outcome;
	return "cut off: how it ended is not recorded";
}

static void tell_head(const struct kept *k, const struct story *s, struct dynbuf *b)
{
	time_t at = (time_t)(k->accepted_ms / 1000);
	char when[32];
	struct tm tm;

	strftime(when, sizeof(when), "%Y-%m-%d %H:%M", gmtime_r(&at, &tm));
	dynbuf_addf(b, "%s UTC, %lld s", when, (long long)(s->over_ms / 1000));
	if (k->from[0])
		dynbuf_addf(b, ", from %s", k->from);
	if (k->service[0])
		dynbuf_addf(b, ", service %s", k->service);
	if (k->campaign[0])
		dynbuf_addf(b, ", campaign %s", k->campaign);
	dynbuf_adds(b, ".");
}

/* The way through the scenario. */
static void tell_states(const struct story *s, struct dynbuf *b)
{
	for (size_t i = 0; i < s->n_states; i++)
		dynbuf_addf(b, "%s%s", i ? ", " : " Went through ", s->states[i].to);
	if (s->n_states)
		dynbuf_adds(b, ".");
}

/* The last things the caller said. */
static void tell_words(const struct story *s, struct dynbuf *b)
{
	size_t left = 0, told = 0;

	for (size_t i = 0; i < s->n_lines; i++)
		left += s->lines[i].who == STORY_CALLER && s->lines[i].text[0];
	if (left == 0)
		dynbuf_adds(b,
			s->n_voices ? " Nothing that the caller said was understood."
				    : " The caller said nothing.");
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];
		size_t n = strlen(l->text);

		if (l->who != STORY_CALLER || !n || left-- > QUOTES_MAX)
			continue;
		dynbuf_addf(b, "%s \"%.*s%s\"", told++ ? "," : " The caller said",
			(int)utf8_cut(l->text, n, QUOTE_MAX), l->text, n > QUOTE_MAX ? "..." : "");
	}
	if (told)
		dynbuf_adds(b, ".");
}

static void tell_actions(const struct story *s, struct dynbuf *b)
{
	for (size_t i = 0; i < s->n_actions; i++) {
		const struct story_action *a = &s->actions[i];

		dynbuf_addf(b, "%s%s %s", i ? ", " : " Tools: ", a->name,
			a->status[0] ? a->status : "without an end");
		if (a->error[0])
			dynbuf_addf(b, " (%.*s)",
				(int)utf8_cut(a->error, strlen(a->error), QUOTE_MAX), a->error);
	}
	if (s->n_actions)
		dynbuf_adds(b, ".");
}

static void tell_result(const struct story *s, struct dynbuf *b)
{
	const char *key;
	json_t *value;
	bool first = true;

	json_object_foreach(s->result, key, value) {
		const char *text = json_string_value(value);
		char *other = text ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

		dynbuf_addf(b, "%s%s %s", first ? " Result: " : ", ", key,
			text            ? text
				: other ? other
					: "?");
		free(other);
		first = false;
	}
	if (!first)
		dynbuf_adds(b, ".");
}

static void tell_end(const struct story *s, struct dynbuf *b)
{
	dynbuf_addf(b, " The call was %s", tell_outcome(s));
	if (s->transfer_to[0])
		dynbuf_addf(b, " to %s", s->transfer_to);
	if (s->transfer_reason[0])
		dynbuf_addf(b, " (%s)", s->transfer_reason);
	dynbuf_adds(b, ".");
	if (s->fallback)
		dynbuf_adds(b, " The fallback phrase was played.");
}

int tell_call(const struct kept *k, const struct story *s, struct dynbuf *b)
{
	tell_head(k, s, b);
	tell_states(s, b);
	tell_words(s, b);
	tell_actions(s, b);
	tell_result(s, b);
	tell_end(s, b);
	return dynbuf_failed(b) ? -1 : 0;
}
