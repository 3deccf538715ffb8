/* Which rule of the scenario fits what the caller has said. */
#include <string.h>

#include "engine.h"

#define GROUPS_MAX 10 /* groups of an expression that can be used */

void match_add(struct engine *e, const char *key, json_t *value)
{
	json_object_set_new(json_object_get(e->d.vars, "heard"), key, value);
}

bool match_holds(struct engine *e, const struct scenario_rule *r)
{
	return !r->when || condition_eval(r->when, e->d.vars);
}

bool match_word(const struct scenario_words *words, const char *word)
{
	for (size_t i = 0; i < words->n; i++)
		if (strcmp(words->word[i], word) == 0)
			return true;
	return false;
}

/* The words of the match, as variable. */
static void heard_match(struct engine *e, const struct utterance *u, const struct match *m)
{
	match_add(e, "match", json_stringn(u->folded.p + m->at, m->n));
}

static bool fits_words(
	struct engine *e, const struct scenario_words *words, const struct utterance *u)
{
	struct match m;

	for (size_t i = 0; i < words->n; i++) {
		if (understand_words(u, words->word[i], &m)) {
			heard_match(e, u, &m);
			return true;
		}
	}
	return false;
}

/* What a group of an expression has found; null: nothing, or half a character. */
static json_t *group_of(const char *text, const regmatch_t *m)
{
	json_t *found = m->rm_so < 0 ? NULL
				     : json_stringn(text + m->rm_so, (size_t)(m->rm_eo - m->rm_so));

	return found ? found : json_null();
}

static bool fits_regexes(
	struct engine *e, const struct scenario_regexes *list, const struct utterance *u)
{
	regmatch_t group[GROUPS_MAX];
	bool folded;

	for (size_t i = 0; i < list->n; i++) {
		json_t *groups;
		const char *text;

		if (!understand_regex(u, &list->regex[i], GROUPS_MAX, group, &folded))
			continue;
		text = folded ? u->folded.p : u->text;
		groups = json_array();
		for (size_t g = 0; g <= list->regex[i].re_nsub && g < GROUPS_MAX; g++)
			json_array_append_new(groups, group_of(text, &group[g]));
		match_add(e, "match", json_incref(json_array_get(groups, 0)));
		match_add(e, "groups", groups);
		return true;
	}
	return false;
}

static bool fits_intents(struct engine *e, const struct scenario_rule *r, const struct utterance *u)
{
	for (size_t i = 0; i < r->intents_n; i++) {
		const struct scenario_intent *in = r->intents[i];
		struct match m;
		bool is = in->builtin && understand_intent(u, in->name, &m);

		if (is)
			heard_match(e, u, &m);
		if (is || fits_words(e, &in->words, u) || fits_regexes(e, &in->regexes, u)) {
			match_add(e, "intent", json_string(in->name));
			return true;
		}
	}
	return false;
}

void match_drop_keys(struct engine *e)
{
	e->keys_n = 0;
	e->keys[0] = '\0';
}

/* A number, of its own or behind what is there already. */
static bool fits_digits(struct engine *e, const struct scenario_rule *r, const struct utterance *u)
{
	char said[UNDERSTAND_DIGITS_MAX + 1], all[ENGINE_KEYS_MAX + UNDERSTAND_DIGITS_MAX + 1];
	int have = (int)e->keys_n;

	if (have > 0 && r->max > have &&
		understand_digits(u, r->min > have ? r->min - have : 1, r->max - have, said))
		snprintf(all, sizeof(all), "%s%s", e->keys, said);
	else if (understand_digits(u, r->min, r->max, said))
		snprintf(all, sizeof(all), "%s", said);
	else
		return false;
	match_add(e, "digits", json_string(all));
	match_drop_keys(e);
	return true;
}

static bool fits(struct engine *e, const struct scenario_rule *r, const struct utterance *u)
{
	struct sentiment s;

	switch (r->input) {
	case SCENARIO_DIGITS:
		return fits_digits(e, r, u);
	case SCENARIO_WORDS:
		return fits_words(e, &r->words, u);
	case SCENARIO_REGEX:
		return fits_regexes(e, &r->regexes, u);
	case SCENARIO_INTENT:
		return fits_intents(e, r, u);
	case SCENARIO_SENTIMENT:
		s = understand_sentiment(u);
		return s.confidence >= r->confidence && match_word(&r->words, mood_name(s.mood));
	case SCENARIO_ANY:
		return true;
	default:
		return false;
	}
}

/* The rule that answers; global: of those that are valid everywhere. */
const struct scenario_rule *match_rule(
	struct engine *e, const struct utterance *u, unsigned inputs, bool global)
{
	const struct scenario_rule *r = NULL;

	while ((r = scenario_next_rule(e->d.state, inputs, r)))
		if ((r->global || !global) && match_holds(e, r) && fits(e, r, u))
			return r;
	return NULL;
}
