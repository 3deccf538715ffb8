#include "deepgram-terms.h"

#include <stdlib.h>
#include <string.h>

#include "hints.h"

void deepgram_terms_free(struct deepgram_terms *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->term[i]);
	*t = (struct deepgram_terms){0};
}

static bool has(const struct deepgram_terms *t, const char *phrase)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->term[i], phrase) == 0)
			return true;
	return false;
}

/* False: there is no room. */
static bool add(struct deepgram_terms *t, const char *phrase)
{
	size_t n = strlen(phrase);

	if (!n || n > DEEPGRAM_TERM_MAX || has(t, phrase))
		return true;
	if (t->n == DEEPGRAM_TERMS_MAX || t->bytes + n > DEEPGRAM_TERMS_BYTES)
		return false;
	t->term[t->n] = strdup(phrase);
	if (t->term[t->n])
		t->bytes += n, t->n++;
	return true;
}

void deepgram_terms_add(struct deepgram_terms *t, const char *hints)
{
	struct hints h;

	if (!hints)
		return;
	hints_parse((struct jspan){hints, strlen(hints)}, &h);
	for (size_t i = 0; i < h.phrases; i++) {
		if (add(t, h.phrase[i]))
			continue;
		deepgram_terms_free(t);
		for (i = 0; i < h.phrases && add(t, h.phrase[i]); i++)
			;
		break;
	}
	hints_free(&h);
}
