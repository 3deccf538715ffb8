/* States: what is done on entry, how the caller is listened to, and what is answered. */
#include <stdlib.h>
#include <string.h>

#include "scenario/load.h"

static bool is_answer(const struct scenario_rule *r)
{
	return r->input < SCENARIO_AMD;
}

/* What is special before what is general; see scenario_next_rule. */
static int rank(const struct scenario_rule *r)
{
	static const int ranks[] = {[SCENARIO_SENTIMENT] = 2,
		[SCENARIO_ANY] = 4,
		[SCENARIO_NO_INPUT] = 6,
		[SCENARIO_NO_MATCH] = 6,
		[SCENARIO_AMD] = 8,
		[SCENARIO_TOOL_FAILED] = 8,
		[SCENARIO_HUNG_UP] = 8};
	int n = ranks[r->input];

	/* of silences it is the count that decides, not whose rule it is */
	return n == 6 ? n : n + r->global;
}

static int compare_rules(const void *pa, const void *pb)
{
	const struct scenario_rule *a = *(const struct scenario_rule *const *)pa,
				   *b = *(const struct scenario_rule *const *)pb;

	if (rank(a) != rank(b))
		return rank(a) - rank(b);
	if (rank(a) == 6 && a->min != b->min)
		return b->min - a->min;
	if (a->global != b->global)
		return a->global - b->global;
	return (a > b) - (a < b); /* as written: both are in one array */
}

static void order_rules(struct loading *l, struct scenario_state *st, struct scenario_rule *own,
	size_t own_n, bool global)
{
	size_t global_n = global ? l->sc->rules_n : 0;

	st->rules = MEMORY_ARRAY(l->memory, const struct scenario_rule *, own_n + global_n);
	for (size_t i = 0; i < own_n; i++)
		st->rules[st->rules_n++] = &own[i];
	for (size_t i = 0; i < global_n; i++) {
		const struct scenario_rule *r = &l->sc->rules[i];
		/* a model answers whatever there is, too, and better */
		if (!st->llm || (r->input != SCENARIO_ANY && r->input != SCENARIO_SENTIMENT))
			st->rules[st->rules_n++] = r;
	}
	if (st->rules_n)
		qsort(st->rules, st->rules_n, sizeof(*st->rules), compare_rules);
}

const struct scenario_rule *scenario_next_rule(
	const struct scenario_state *st, unsigned inputs, const struct scenario_rule *last)
{
	size_t i = 0;

	while (last && i < st->rules_n && st->rules[i++] != last)
		;
	for (; i < st->rules_n; i++) {
		if (inputs & SCENARIO_BIT(st->rules[i]->input))
			return st->rules[i];
	}
	return NULL;
}

#define HINTS_MAX 500

static void add_hint(struct scenario_words *hints, const char *word)
{
	if (hints->n == HINTS_MAX || strpbrk(word, "*^$")) /* a pattern is no word */
		return;
	for (size_t i = 0; i < hints->n; i++) {
		if (strcmp(hints->word[i], word) == 0)
			return;
	}
	hints->word[hints->n++] = word;
}

static void each_word(const struct scenario_rule *r,
	void (*fn)(struct scenario_words *, const char *), struct scenario_words *to)
{
	for (size_t i = 0; r->input == SCENARIO_WORDS && i < r->words.n; i++)
		fn(to, r->words.word[i]);
	for (size_t i = 0; i < r->intents_n; i++) {
		for (size_t k = 0; k < r->intents[i]->words.n; k++)
			fn(to, r->intents[i]->words.word[k]);
	}
}

static void count(struct scenario_words *n, const char *word)
{
	n->n++;
}

static void gather_hints(struct loading *l, struct scenario_state *st)
{
	struct scenario_words written = st->listen.hints, all = {0};

	all.n = written.n;
	for (size_t i = 0; i < st->rules_n; i++)
		each_word(st->rules[i], count, &all);
	if (all.n > HINTS_MAX)
		all.n = HINTS_MAX;
	st->listen.hints = (struct scenario_words){
		.word = MEMORY_ARRAY(l->memory, const char *, all.n)};
	for (size_t i = 0; i < written.n; i++)
		add_hint(&st->listen.hints, written.word[i]);
	for (size_t i = 0; i < st->rules_n; i++)
		each_word(st->rules[i], add_hint, &st->listen.hints);
}

/* How many digits are expected: as the rules say, unless `listen` does. */
static void find_digits(struct loading *l, const struct where *at, struct scenario_state *st,
	const struct scenario_rule *rules, size_t n)
{
	struct scenario_listen *listen = &st->listen;
	bool written = listen->digits > 0, answered = false;

	for (size_t i = 0; i < n; i++) {
		const struct scenario_rule *r = &rules[i];
		if (r->input != SCENARIO_DIGITS || !r->max)
			continue;
		answered |= r->min <= listen->digits && r->max >= listen->digits_min;
		if (!written && (!listen->digits || r->min < listen->digits_min))
			listen->digits_min = r->min;
		if (!written && r->max > listen->digits)
			listen->digits = r->max;
	}
	if (written && !answered)
		mistake(l, at, "no rule answers %d digits", listen->digits);
}

static void read_question(
	struct loading *l, const struct where *at, json_t *v, struct scenario_state *st)
{
	json_t *question = json_object_get(v, "question");

	if (json_is_string(question))
		st->question = as_template(l, MEMBER(at, "question"), question);
	else
		st->question_number = read_int(l, at, v, "question", 1, SCENARIO_QUESTION_MAX, 0);
	if (question && !st->listens)
		mistake(l, MEMBER(at, "question"), "this state asks nothing: it does not listen");
}

/* What a state speaks and hears unless it says itself. */
static void begin_state(
	struct loading *l, const struct where *at, json_t *v, struct scenario_state *st)
{
	json_t *listen = json_object_get(v, "listen");

	st->listen = l->sc->listen;
	l->state = st;
	l->place = STEP_ENTRY;
	l->manner.language = read_language(l, at, v, NULL);
	if (l->manner.language)
		st->listen.language = l->manner.language;
	else
		l->manner.language = l->sc->language;
	l->manner.voice = strcmp(l->manner.language, l->sc->language) == 0 ? l->sc->voice : NULL;
	if (json_object_get(v, "voice"))
		l->manner.voice = read_string(l, at, v, "voice");
	st->listens = listen;
	if (listen && !json_is_true(listen))
		load_listen(l, MEMBER(at, "listen"), listen, &st->listen);
	l->manner.interruptible = st->listen.barge_in;
}

void load_state(struct loading *l, const struct where *at, json_t *v, struct scenario_state *st)
{
	static const char *const keys[] = {"again", "listen", "on", "language", "voice", "global",
		"classify", "llm", "goals", "exits", "tools", "destinations", "question", NULL};
	json_t *again = json_object_get(v, "again");
	struct manner manner = l->manner;
	struct scenario_rule *rules = NULL;
	size_t rules_n;

	if (!is_object(l, at, v, SIZE_MAX)) {
		struct scenario_step *nothing = memory_get(l->memory, sizeof(*nothing));
		nothing->way = SCENARIO_END; /* so that no more is said of it */
		st->entry = nothing;
		return;
	}
	read_keys(l, at, v, keys, step_keys);
	begin_state(l, at, v, st);
	st->entry = load_step(l, at, v);
	load_llm(l, at, v, st);
	load_rules(l, MEMBER(at, "on"), json_object_get(v, "on"), &rules, &rules_n);
	for (size_t i = 0; i < rules_n; i++)
		st->listens |= is_answer(&rules[i]);
	if (again)
		st->again = as_says(l, MEMBER(at, "again"), again);
	if (again && !st->listens)
		mistake(l, MEMBER(at, "again"), "this state asks nothing: it does not listen");
	read_question(l, at, v, st);
	find_digits(l, MEMBER(at, "listen"), st, rules, rules_n);
	order_rules(l, st, rules, rules_n, read_bool(l, at, v, "global", true));
	gather_hints(l, st);
	load_classify(l, at, v, st);
	l->manner = manner;
	l->state = NULL;
}
