#include "deepgram-words.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

void deepgram_words_init(struct deepgram_words *w)
{
	*w = (struct deepgram_words){
		.tail_confidence = -1, .start_ms = -1, .end_ms = -1, .frozen_ms = -1};
}

/* Behind what is there, with a blank between; what does not fit is cut between characters. */
static void append(char *to, const char *more)
{
	size_t n = strlen(to), room = STT_TEXT_MAX - 1 - n, fits;

	if (!*more || room < 2)
		return;
	if (n) {
		to[n++] = ' ';
		room--;
	}
	fits = utf8_cut(more, strlen(more), room);
	memcpy(to + n, more, fits);
	to[n + fits] = '\0';
}

static void times_add(struct deepgram_words *w, const struct deepgram_said *said,
	const struct sent *sent, const struct sent_part *part)
{
	if (!*said->text || said->first_s < 0)
		return;
	if (w->start_ms < 0)
		w->start_ms = sent_call_ms(sent, part, said->first_s);
	w->end_ms = max_i64(w->end_ms, sent_call_ms(sent, part, said->last_s));
}

void deepgram_words_add(struct deepgram_words *w, const struct deepgram_said *said,
	const struct sent *sent, const struct sent_part *part)
{
	size_t n = strlen(said->text);

	times_add(w, said, sent, part);
	if (*said->language && n)
		snprintf(w->language, sizeof(w->language), "%s", said->language);
	if (!said->is_final) {
		snprintf(w->tail, sizeof(w->tail), "%s", said->text);
		w->tail_confidence = said->confidence;
		return;
	}
	append(w->text, said->text);
	w->tail[0] = '\0';
	if (said->confidence >= 0) {
		w->weight += (double)n;
		w->weighed += (double)n * said->confidence;
	}
	w->frozen_ms = max_i64(
		w->frozen_ms, sent_call_ms(sent, part, said->start_s + said->duration_s));
}

void deepgram_words_join(const struct deepgram_words *w, char *ret)
{
	memcpy(ret, w->text, STT_TEXT_MAX);
	append(ret, w->tail);
}

void deepgram_words_result(const struct deepgram_words *w, const struct turn *t, struct result *ret)
{
	double weight = w->weight, weighed = w->weighed;

	*ret = result_none;
	deepgram_words_join(w, ret->text);
	snprintf(ret->language, sizeof(ret->language), "%s", w->language);
	if (*w->tail && w->tail_confidence >= 0) {
		weight += (double)strlen(w->tail);
		weighed += (double)strlen(w->tail) * w->tail_confidence;
	}
	if (weight > 0)
		ret->confidence = weighed / weight;
	if (w->start_ms < 0)
		return;
	ret->start_ms = max_i64(w->start_ms - t->audio_ms, 0);
	ret->end_ms = max_i64(w->end_ms - t->audio_ms, ret->start_ms);
	ret->words_ms = ret->end_ms - ret->start_ms;
}
