/* When all records have been taken. */
#include <string.h>

#include "record/story-build.h"

/* What is still open when the journal ends was cut off with it. */
static void close_open(struct story *s)
{
	for (size_t i = 0; i < s->n_lines; i++) {
		struct story_line *l = &s->lines[i];

		if (l->who == STORY_BOT && l->status == STORY_OPEN) {
			l->t1_ms = s->end_ms;
			if (l->t0_ms == -1)
				l->t0_ms = s->end_ms;
			else
				l->heard_ms = s->end_ms - l->t0_ms;
		}
	}
	for (size_t i = 0; i < s->n_voices; i++)
		if (s->voices[i].t1_ms < s->voices[i].t0_ms)
			s->voices[i].t1_ms = i + 1 < s->n_voices ? s->voices[i + 1].t0_ms
								 : s->end_ms;
}

/* Nearly in order already: a transcript comes later than what was said. Equal ones keep their order. */
static void sort_lines(struct story *s)
{
	for (size_t i = 1; i < s->n_lines; i++) {
		struct story_line l = s->lines[i];
		size_t at = i;

		for (; at > 0 && s->lines[at - 1].t0_ms > l.t0_ms; at--)
			s->lines[at] = s->lines[at - 1];
		s->lines[at] = l;
	}
}

/* The language in which most was said. */
static const char *main_language(const struct story *s)
{
	size_t best = 0;
	const char *language = "";

	for (size_t i = 0; i < s->n_lines; i++) {
		size_t bytes = 0;

		if (!s->lines[i].language[0])
			continue;
		for (size_t k = 0; k < s->n_lines; k++)
			if (strcmp(s->lines[k].language, s->lines[i].language) == 0)
				bytes += strlen(s->lines[k].text);
		if (bytes > best) {
			best = bytes;
			language = s->lines[i].language;
		}
	}
	return language;
}

void story_finish(struct story_build *b)
{
	struct story *s = b->s;
	const char *disposition;

	if (s->over_ms == -1)
		s->over_ms = s->end_ms;
	close_open(s);
	sort_lines(s);
	s->language = main_language(s);
	s->whole = s->ended && s->n_bads == 0 && s->missing == 0;
	if (!s->result && !(s->result = json_object()))
		b->no_memory = true;
	disposition = json_string_value(json_object_get(s->result, "disposition"));
	if (disposition)
		s->disposition = story_text(b, disposition, strlen(disposition));
}
