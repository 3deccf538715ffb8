#include "said.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/sentence.h"

void said_init(struct said *s, said_over *over, void *ctx)
{
	*s = (struct said){.over = over, .ctx = ctx};
}

static void sentence_free(struct sentence *u)
{
	free((void *)(uintptr_t)u->spec.text);
	free((void *)(uintptr_t)u->spec.file);
	free((void *)(uintptr_t)u->spec.language);
	free((void *)(uintptr_t)u->spec.voice);
	free(u);
}

void said_free(struct said *s)
{
	while (s->head) {
		struct sentence *u = s->head;

		s->head = u->next;
		sentence_free(u);
	}
}

/* A copy, or NULL of NULL; *failed if there is no memory. */
static const char *copy(const char *p, size_t n, bool *failed)
{
	char *q = p ? strndup(p, n) : NULL;

	*failed |= p && !q;
	return q;
}

int said_queue(struct said *s, const struct said_spec *spec, int64_t now_ms)
{
	struct sentence **at = &s->head, *u = calloc(1, sizeof(*u));
	bool failed = false;

	if (!u)
		return -1;
	u->spec = *spec;
	u->spec.text = copy(spec->text, spec->n, &failed);
	u->spec.file = copy(spec->file, spec->file ? strlen(spec->file) : 0, &failed);
	u->spec.language = copy(spec->language, strlen(spec->language), &failed);
	u->spec.voice = copy(spec->voice, spec->voice ? strlen(spec->voice) : 0, &failed);
	u->since_ms = now_ms;
	if (failed) {
		sentence_free(u);
		return -1;
	}
	while (*at &&
		!(spec->kind == SAID_FILLER && (*at)->phase != SAID_PLAYING &&
			(*at)->spec.kind != SAID_FILLER))
		at = &(*at)->next;
	u->next = *at;
	*at = u;
	return 0;
}

const struct sentence *said_next(struct said *s, int64_t now_ms)
{
	int ahead = 0;

	for (struct sentence *u = s->head; u; u = u->next) {
		if (u->phase == SAID_WAITING && ahead < SAID_AHEAD) {
			u->phase = SAID_SENT;
			u->since_ms = now_ms;
			snprintf(u->id, sizeof(u->id), "u%" PRId64, ++s->number);
			return u;
		}
		if (u->phase == SAID_WAITING)
			return NULL;
		ahead += u->phase == SAID_SENT && !u->cleared;
	}
	return NULL;
}

static struct sentence *find(const struct said *s, const char *id)
{
	struct sentence *u = s->head;

	while (u && (u->phase == SAID_WAITING || strcmp(u->id, id) != 0))
		u = u->next;
	return u;
}

const struct sentence *said_playing(struct said *s, const char *id, int64_t now_ms)
{
	struct sentence *u = find(s, id);

	if (!u)
		return NULL;
	u->phase = SAID_PLAYING;
	u->since_ms = now_ms;
	return u;
}

static void drop(struct said *s, struct sentence *u)
{
	struct sentence **at = &s->head;

	while (*at != u)
		at = &(*at)->next;
	*at = u->next;
	sentence_free(u);
}

static void over(struct said *s, struct sentence *u, enum said_end end, size_t n)
{
	s->over(s->ctx, u, end, n);
	drop(s, u);
}

void said_played(struct said *s, const char *id, enum said_end end, int64_t at_ms, int64_t heard_ms,
	int64_t total_ms)
{
	struct sentence *u = find(s, id);
	const char *text;
	size_t n;

	if (!u)
		return;
	text = u->spec.text ? u->spec.text : "";
	if (heard_ms > 0)
		s->heard_end_ms = max_i64(s->heard_end_ms, at_ms);
	n = end == SAID_PLAYED ? strlen(text)
			       : sentence_heard(text, strlen(text), heard_ms, total_ms);
	over(s, u, end, n);
}

void said_flush(struct said *s, bool all)
{
	for (struct sentence *u = s->head, *next; u; u = next) {
		next = u->next;
		if (!all && !u->spec.interruptible)
			continue;
		if (u->phase != SAID_WAITING)
			u->cleared = true;
		else
			drop(s, u);
	}
}

void said_time(struct said *s, int64_t now_ms)
{
	int64_t since_ms = 0; /* when the one before was over, or began */

	for (struct sentence *u = s->head, *next; u && u->phase != SAID_WAITING; u = next) {
		int64_t patience_ms = u->phase == SAID_SENT ? SAID_BEGIN_MS : SAID_END_MS;

		next = u->next;
		since_ms = max_i64(since_ms, u->since_ms);
		if (now_ms - since_ms <= patience_ms)
			return; /* those behind it have to wait for it */
		over(s, u, SAID_FAILED, 0);
		since_ms = now_ms;
	}
}

int64_t said_unheard(const struct said *s, int64_t *ret_turn)
{
	const struct sentence *first = NULL;

	for (const struct sentence *u = s->head; u; u = u->next) {
		if (u->phase == SAID_PLAYING)
			return -1;
		if (!first && u->phase == SAID_SENT && !u->cleared)
			first = u;
	}
	if (!first)
		return -1;
	*ret_turn = first->spec.turn;
	return max_i64(first->since_ms, s->heard_end_ms);
}

void said_close(struct said *s)
{
	while (s->head) {
		if (s->head->phase == SAID_WAITING)
			drop(s, s->head);
		else
			over(s, s->head, SAID_CLEARED, 0);
	}
}

bool said_busy(const struct said *s)
{
	return said_interruptible(s) || said_firm(s);
}

bool said_fillers_only(const struct said *s)
{
	int n = 0;

	for (const struct sentence *u = s->head; u; u = u->next) {
		if (!u->cleared && u->spec.kind != SAID_FILLER)
			return false;
		n += !u->cleared;
	}
	return n > 0;
}

static bool any(const struct said *s, bool interruptible)
{
	for (const struct sentence *u = s->head; u; u = u->next)
		if (!u->cleared && u->spec.interruptible == interruptible)
			return true;
	return false;
}

bool said_interruptible(const struct said *s)
{
	return any(s, true);
}

bool said_firm(const struct said *s)
{
	return any(s, false);
}

bool said_waiting(const struct said *s)
{
	for (const struct sentence *u = s->head; u; u = u->next)
		if (u->phase == SAID_WAITING)
			return true;
	return false;
}

bool said_last(const struct said *s)
{
	int n = 0;

	for (const struct sentence *u = s->head; u; u = u->next)
		n += !u->cleared;
	return n <= 1;
}
