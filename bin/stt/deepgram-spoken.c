#include "deepgram-spoken.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_MS 100                 /* audio is sent in pieces of so much */
#define PIECE 4000                   /* samples in a message at most */
#define FINALIZE_NS (1 * NS_PER_S)   /* for the answer to Finalize, which may not come */
#define LINK_NS (2 * NS_PER_S)       /* a turn that is over waits so long for a link; */
#define LINK_AGAIN_NS (1 * NS_PER_S) /* for one after another, at least so long */
#define FLUSH_SLACK_S 0.25           /* the vendor may count a little less than was sent */

struct spoken *spoken_add(struct spoken **list, struct turn *t, int64_t id)
{
	struct spoken *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->t = t;
	s->id = id;
	deepgram_words_init(&s->words);
	while (*list)
		list = &(*list)->next;
	*list = s;
	return s;
}

void spoken_remove(struct spoken **list, struct spoken *s)
{
	while (*list != s)
		list = &(*list)->next;
	*list = s->next;
	free(s);
}

struct spoken *spoken_of(struct spoken *list, const struct turn *t)
{
	while (list && list->t != t)
		list = list->next;
	return list;
}

bool spoken_uses(const struct spoken *list, const struct link *l)
{
	for (; list; list = list->next)
		if (list->link == l)
			return true;
	return false;
}

struct spoken *spoken_at(struct spoken *list, const struct link *l, const struct sent_part *part)
{
	while (list && (!part || list->id != part->id || list->link != l))
		list = list->next;
	return list;
}

void spoken_flush(struct spoken *list, const struct link *l, const struct deepgram_said *said)
{
	double to_s = said->start_s + said->duration_s;
	double to = (to_s + FLUSH_SLACK_S) * l->sent.rate_hz;

	for (; list; list = list->next) {
		if (list->link != l || !list->finalized_ns)
			continue;
		if ((double)list->sent_to <= to)
			list->flushed = true;
		if (to_s == 0) { /* nothing is said of what it is about: the oldest */
			list->flushed = true;
			break;
		}
	}
}

void spoken_end(struct spoken *s)
{
	s->whole = true;
	s->whole_ns = now_ns();
	s->give_up_ns = s->whole_ns + LINK_NS;
}

void spoken_detach(struct spoken *list, const struct link *l)
{
	for (; list; list = list->next) {
		if (list->link != l)
			continue;
		list->link = NULL;
		list->cursor = 0;
		list->finalized_ns = 0;
		list->flushed = false;
		if (list->whole)
			list->give_up_ns = max_i64(
				list->whole_ns + LINK_NS, now_ns() + LINK_AGAIN_NS);
		deepgram_words_init(&list->words);
	}
}

bool spoken_feed(struct spoken *s, int64_t now)
{
	const struct turn *t = s->t;
	size_t chunk = (size_t)(t->rate_hz * CHUNK_MS / 1000);
	bool all = s->whole;

	while (s->cursor < t->samples && (all || t->samples - s->cursor >= chunk)) {
		size_t left = t->samples - s->cursor;
		int64_t at_ms = t->audio_ms + (int64_t)s->cursor * 1000 / t->rate_hz;
		size_t n = link_audio(
			s->link, t->sample + s->cursor, left < PIECE ? left : PIECE, at_ms, s->id);

		if (!n)
			return false;
		s->first_ns = s->cursor ? s->first_ns : now;
		s->cursor += n;
		s->sent += (int64_t)n;
	}
	if (s->whole && !s->finalized_ns) {
		link_finalize(s->link);
		s->finalized_ns = now;
		s->sent_to = s->link->sent.total;
		s->give_up_ns = now + FINALIZE_NS;
	}
	return true;
}

bool spoken_is_complete(const struct spoken *s)
{
	if (!s->finalized_ns)
		return false;
	return s->flushed || (!*s->words.tail && s->words.frozen_ms >= s->t->end_ms);
}

bool spoken_news(struct spoken *s)
{
	char text[STT_TEXT_MAX];

	deepgram_words_join(&s->words, text);
	if (!*text || strcmp(text, s->said) == 0)
		return false;
	memcpy(s->said, text, sizeof(text));
	return true;
}
