/* What the caller's input is answered with. */
#include <string.h>

#include "scenario/load.h"

static const char *const rule_keys[] = {"digits", "dtmf", "words", "regex", "intent", "sentiment",
	"any", "no_input", "no_match", "amd", "tool_failed", "hung_up", "when", "confidence",
	"at_once", NULL};

static const struct scenario_word sentiments[] = {{.word = "positive"}, {.word = "negative"},
	{.word = "neutral"}, {.word = "interrogative"}, {.word = NULL}};

const struct scenario_word scenario_verdicts[] = {{"human", "human"}, {"machine", "machine"},
	{"voicemail", "machine"}, {"ivr", "machine"}, {"screening", "machine"}, {"full", "machine"},
	{"beep", "machine"}, {"fax", "fax"}, {"ced", "fax"}, {"cng", "fax"}, {"tone", "tone"},
	{"sit", "tone"}, {"busy", "tone"}, {"congestion", "tone"}, {"ringback", "tone"},
	{"dial", "tone"}, {"silence", "silence"}, {"notsure", "notsure"}, {NULL, NULL}};

static const struct scenario_word *find_word(const struct scenario_word *list, const char *word)
{
	while (list->word && strcmp(list->word, word) != 0)
		list++;
	return list->word ? list : NULL;
}

const char *scenario_verdict(const char *word)
{
	const struct scenario_word *found = find_word(scenario_verdicts, word);

	return found ? found->of : NULL;
}

static json_t *own_intents(struct loading *l, const struct where *at, json_t *v)
{
	json_t *all = json_object(), *intent;
	const char *name;

	for (size_t i = 0; all && scenario_intents[i]; i++)
		json_object_set_new(all, scenario_intents[i], json_true());
	json_object_foreach(v, name, intent)
		json_object_set_new(all, name, json_true());
	if (!all)
		memory_none(l->memory);
	return all;
}

static void load_intent(
	struct loading *l, const struct where *at, json_t *v, struct scenario_intent *intent)
{
	static const char *const keys[] = {"words", "regex", "description", NULL};
	json_t *words = json_object_get(v, "words"), *regex = json_object_get(v, "regex");

	if (!json_is_object(v)) {
		intent->words = as_heard(l, at, v);
		return;
	}
	read_keys(l, at, v, keys, NULL);
	intent->description = read_string(l, at, v, "description");
	if (!words && !regex && !intent->description && !intent->builtin)
		mistake(l, at, "has no 'words', no 'regex' and no 'description'");
	if (words)
		intent->words = as_heard(l, MEMBER(at, "words"), words);
	if (regex)
		intent->regexes = as_regexes(l, MEMBER(at, "regex"), regex);
}

void load_intents(struct loading *l, const struct where *at, json_t *v)
{
	struct scenario *sc = l->sc;
	const char *key;
	json_t *own;

	if (v && !is_object(l, at, v, SCENARIO_LIST_MAX))
		v = NULL;
	json_t *all = own_intents(l, at, v);
	names_init(l, &l->intents, "intent", at, all);
	sc->intents_n = json_object_size(all);
	json_decref(all);
	sc->intents = MEMORY_ARRAY(l->memory, struct scenario_intent, sc->intents_n);
	for (size_t i = 0; scenario_intents[i]; i++)
		sc->intents[i] = (struct scenario_intent){
			.name = scenario_intents[i], .builtin = true};
	json_object_foreach(v, key, own) {
		struct scenario_intent *intent =
			&sc->intents[json_integer_value(json_object_get(l->intents.index, key))];
		intent->name = key;
		load_intent(l, MEMBER(at, key), own, intent);
	}
}

static void mistake_choice(struct loading *l, const struct where *at, const char *word,
	const char *kind, const struct scenario_word *list)
{
	struct nearest near = {.name = word};
	struct dynbuf all;

	dynbuf_init(&all, 1024);
	for (size_t i = 0; list[i].word; i++) {
		nearest_try(&near, list[i].word);
		dynbuf_addf(&all, "%s%s", !i ? "" : list[i + 1].word ? ", " : " or ", list[i].word);
	}
	mistake(l, at, "no %s is called '%s'%s: %s", kind, word, nearest_text(l, &near),
		dynbuf_failed(&all) ? "" : all.p);
	dynbuf_free(&all);
}

/* Words of a list. */
static struct scenario_words as_choices(struct loading *l, const struct where *at, json_t *v,
	const char *kind, const struct scenario_word *list)
{
	struct scenario_words words = as_words(l, at, v);

	for (size_t i = 0; i < words.n; i++)
		if (!find_word(list, words.word[i]))
			mistake_choice(
				l, json_is_array(v) ? ITEM(at, i) : at, words.word[i], kind, list);
	return words;
}

static struct scenario_words as_sentiments(struct loading *l, const struct where *at, json_t *v)
{
	static const struct {
		const char *also, *name;
	} also[] = {{"positif", "positive"}, {"negatif", "negative"}, {"négatif", "negative"},
		{"neutre", "neutral"}, {"interrogatif", "interrogative"}};
	struct scenario_words words = as_words(l, at, v);

	for (size_t i = 0; i < words.n; i++) {
		for (size_t k = 0; k < ARRAY_LEN(also); k++) {
			if (strcmp(words.word[i], also[k].also) == 0)
				words.word[i] = also[k].name;
		}
	}
	for (size_t i = 0; i < words.n; i++) {
		json_t *word = json_string(words.word[i]);
		as_choices(l, json_is_array(v) ? ITEM(at, i) : at, word, "sentiment", sentiments);
		json_decref(word);
	}
	return words;
}

static struct scenario_words as_keys(struct loading *l, const struct where *at, json_t *v)
{
	struct scenario_words keys = as_words(l, at, v);

	for (size_t i = 0; i < keys.n; i++) {
		if (strspn(keys.word[i], "0123456789*#ABCD") != 1 || keys.word[i][1])
			mistake(l, json_is_array(v) ? ITEM(at, i) : at,
				"'%s' is no key: one of 0-9 * # A-D", keys.word[i]);
	}
	return keys;
}

static void read_rule_intents(
	struct loading *l, const struct where *at, json_t *v, struct scenario_rule *rule)
{
	rule->words = as_words(l, at, v);
	rule->intents = MEMORY_ARRAY(l->memory, const struct scenario_intent *, rule->words.n);
	for (size_t i = 0; i < rule->words.n; i++) {
		int k = names_find(l, &l->intents, json_is_array(v) ? ITEM(at, i) : at,
			rule->words.word[i], NULL);
		if (k >= 0)
			rule->intents[rule->intents_n++] = &l->sc->intents[k];
	}
}

static void read_failed_tools(
	struct loading *l, const struct where *at, json_t *v, struct scenario_rule *rule)
{
	if (json_is_true(v))
		return;
	rule->words = as_words(l, at, v);
	for (size_t i = 0; i < rule->words.n; i++) {
		int k = names_find(l, &l->tools, json_is_array(v) ? ITEM(at, i) : at,
			rule->words.word[i], NULL);
		if (k >= 0 && l->sc->tools[k].failure)
			mistake(l, at, "the tool '%s' cannot fail: it has a 'failure'",
				rule->words.word[i]);
	}
}

/* The value of the key that says which input. */
static void read_input(struct loading *l, const struct where *at, json_t *object, const char *key,
	struct scenario_rule *rule)
{
	json_t *v = json_object_get(object, key);
	const struct where *there = MEMBER(at, key);

	switch (rule->input) {
	case SCENARIO_DIGITS:
		as_range(l, there, v, &rule->min, &rule->max);
		break;
	case SCENARIO_DTMF:
		rule->words = as_keys(l, there, v);
		break;
	case SCENARIO_WORDS:
		rule->words = as_heard(l, there, v);
		break;
	case SCENARIO_REGEX:
		rule->regexes = as_regexes(l, there, v);
		break;
	case SCENARIO_INTENT:
		read_rule_intents(l, there, v, rule);
		break;
	case SCENARIO_SENTIMENT:
		rule->words = as_sentiments(l, there, v);
		break;
	case SCENARIO_NO_INPUT:
	case SCENARIO_NO_MATCH:
		rule->min = read_int(l, at, object, key, 1, 100, 1);
		rule->max = 100;
		break;
	case SCENARIO_AMD:
		rule->words = as_choices(l, there, v, "verdict", scenario_verdicts);
		break;
	case SCENARIO_TOOL_FAILED:
		read_failed_tools(l, there, v, rule);
		break;
	case SCENARIO_ANY:
	case SCENARIO_HUNG_UP:
		(void)read_true(l, at, object, key);
		break;
	}
}

/* False: there is no input, so it is no rule. */
static bool find_input(
	struct loading *l, const struct where *at, json_t *v, struct scenario_rule *rule)
{
	const char *found = NULL;

	for (int i = 0; i <= SCENARIO_HUNG_UP;
		i++) { /* rule_keys begins with the inputs, in order */
		if (!json_object_get(v, rule_keys[i]))
			continue;
		if (found) {
			mistake(l, at, "two inputs: '%s' and '%s': write a rule for each", found,
				rule_keys[i]);
			continue;
		}
		found = rule_keys[i];
		rule->input = (enum scenario_input)i;
		read_input(l, at, v, found, rule);
	}
	if (!found)
		mistake(l, at, "a rule without an input, such as 'words', 'digits' or 'no_input'");
	return found;
}

static bool is_pointed(const struct scenario_rule *r)
{
	return r->input == SCENARIO_DTMF || r->input == SCENARIO_WORDS ||
		r->input == SCENARIO_REGEX || r->input == SCENARIO_INTENT;
}

static void load_rule(
	struct loading *l, const struct where *at, json_t *v, struct scenario_rule *rule)
{
	json_t *when = json_object_get(v, "when"), *confidence = json_object_get(v, "confidence");

	*rule = (struct scenario_rule){.path = where_path(l, at), .global = !l->state};
	read_keys(l, at, v, rule_keys, step_keys);
	find_input(l, at, v, rule);
	if (when)
		rule->when = as_condition(l, MEMBER(at, "when"), when);
	if (confidence) {
		rule->confidence = json_number_value(confidence);
		if (rule->input != SCENARIO_SENTIMENT)
			mistake(l, MEMBER(at, "confidence"), "is for 'sentiment'");
		else if (!json_is_number(confidence) || rule->confidence < 0 ||
			rule->confidence > 1)
			mistake(l, MEMBER(at, "confidence"), "has to be a number from 0 to 1");
	}
	rule->at_once = read_true(l, at, v, "at_once");
	if (rule->at_once && (!rule->global || !is_pointed(rule)))
		mistake(l, MEMBER(at, "at_once"),
			"is for keys, words, expressions and intents of the scenario");
	l->place = rule->input == SCENARIO_HUNG_UP ? STEP_HUNG_UP : STEP_RULE;
	rule->step = load_step(l, at, v);
	l->place = STEP_ENTRY;
}

void load_rules(struct loading *l, const struct where *at, json_t *v, struct scenario_rule **ret,
	size_t *ret_n)
{
	*ret_n = 0;
	if (!v || !is_array(l, at, v))
		return;
	*ret = MEMORY_ARRAY(l->memory, struct scenario_rule, json_array_size(v));
	for (size_t i = 0; i < json_array_size(v); i++) {
		json_t *rule = json_array_get(v, i);
		if (is_object(l, ITEM(at, i), rule, SIZE_MAX))
			load_rule(l, ITEM(at, i), rule, &(*ret)[(*ret_n)++]);
	}
}
