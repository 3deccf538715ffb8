#include "greeting.h"

#include <stdio.h>

#include "language.h"

/* Assumed: there are no calls with what people and machines have really said to measure them on. */
#define FIRST_ODDS 4.5F /* a phrase of a kind */
#define MORE_ODDS 1.5F  /* another of it */
#define WEAK_ODDS 2.F   /* the intent machine */
#define ASKS_ODDS (-3.F)
#define SHORT_ODDS (-1.5F)
#define LONG_ODDS 0.4F
#define SHORT_WORDS 4
#define LONG_WORDS 9

static void kind_hear(
	const struct utterance *u, const char *kind, const char *const *list, struct greeting *g)
{
	const char *first;
	int found = understand_list(u, list, 2, &first);

	if (!found)
		return;
	g->odds += FIRST_ODDS + (found > 1 ? MORE_ODDS : 0.F);
	g->phrase = true;
	if (!g->kind)
		g->kind = kind;
	if (!g->text[0])
		snprintf(g->text, sizeof(g->text), "%s", first);
}

static int count_words(const struct utterance *u)
{
	int n = u->folded.n > 0;

	for (size_t i = 0; i < u->folded.n; i++)
		n += u->folded.p[i] == ' ';
	return n;
}

void greeting_hear(const struct utterance *u, struct greeting *ret)
{
	const struct language *l = u->language;
	const char *first;
	int n = count_words(u);

	*ret = (struct greeting){0};
	if (!l || understand_nothing(u))
		return;
	kind_hear(u, "full", l->mailbox_full, ret);
	kind_hear(u, "screening", l->screening, ret);
	kind_hear(u, "voicemail", l->voicemail, ret);
	kind_hear(u, "ivr", l->ivr, ret);
	if (!ret->phrase && understand_intent(u, "machine", NULL)) {
		ret->odds += WEAK_ODDS;
		ret->phrase = true;
	}
	if (ret->phrase) {
		ret->odds += n >= LONG_WORDS ? LONG_ODDS : 0.F;
		return;
	}
	if (understand_list(u, l->who_calls, 1, &first))
		ret->odds += ASKS_ODDS;
	else
		ret->odds += n <= SHORT_WORDS ? SHORT_ODDS : n >= LONG_WORDS ? LONG_ODDS : 0.F;
}
