#include "scenario/scenario.h"

#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static char dir[] = "/tmp/scenario-XXXXXX";

/* Load a scenario with these members beside those that every one has. */
static struct scenario *load(const char *members)
{
	const struct scenario_options options = {0};
	struct scenario_mistakes m;
	struct scenario *sc = NULL;
	char path[64];

	snprintf(path, sizeof(path), "%s/s.json", dir);
	FILE *file = fopen(path, "w");
	fprintf(file, "{\"name\": \"test\", %s}\n", members);
	fclose(file);
	int result = scenario_load(path, &options, &sc, &m);
	for (size_t i = 0; i < m.n; i++)
		printf("# %s\n", m.line[i]);
	scenario_mistakes_free(&m);
	unlink(path);
	if (result < 0 || !sc) {
		puts("Bail out! a scenario that should be good is not");
		exit(1);
	}
	return sc;
}

#define GLOBAL \
	"\"on\": [{\"no_input\": 3, \"goto\": \"bye\"}, {\"no_match\": 3, \"goto\": \"bye\"}], "
#define BYE "\"bye\": {\"say\": \"Goodbye. See you!\", \"hangup\": \"done\"}"

static void test_defaults(void)
{
	struct scenario *sc = load(
		"\"start\": \"a\", " GLOBAL
		"\"states\": {\"a\": {\"say\": \"Hello?\", \"listen\": true}, " BYE "}");
	const struct scenario_state *a = scenario_state_find(sc, "a"), *bye;

	is_str(sc->language, "en", "language");
	ok(!sc->voice && !sc->engine && !sc->problem && !sc->resume, "what is not there");
	is_int(a->listen.end_silence_ms, 700, "end_silence_ms");
	is_int(a->listen.max_ms, 10000, "max_ms");
	is_int(a->listen.no_input_ms, 6000, "no_input_ms");
	is_int(a->listen.key_ms, 3000, "key_ms");
	is_int(a->listen.digits, 0, "digits");
	is_int(a->listen.dtmf_end, '#', "dtmf_end");
	ok(a->listen.barge_in && a->listens && a->entry->way == SCENARIO_STAY, "it listens");
	is_str(a->entry->says.say[0].language, "en", "what it says is in this language");
	ok(a->entry->says.say[0].interruptible && !a->entry->says.say[0].voice, "and as usual");
	is_str(a->entry->path, "states.a", "where it is written");
	bye = scenario_state_find(sc, "bye");
	ok(!bye->listens && bye->entry->way == SCENARIO_END, "the end");
	is_str(bye->entry->cause, "done", "its cause");
	ok(!bye->entry->says.say[0].interruptible, "a farewell is heard to its end");
	ok(!scenario_state_find(sc, "b") && !scenario_tool_find(sc, "b"),
		"what has other names is not found");
	scenario_free(sc);
}

static void test_inherited(void)
{
	struct scenario *sc = load(
		"\"start\": \"a\", \"language\": \"fr-FR\", \"voice\": {\"name\": \"anna\", \"engine\": \"command\"}, "
		"\"listen\": {\"end_silence_ms\": 500, \"barge_in\": \"off\"}, "
		"\"phrases\": {\"hi\": {\"text\": \"Hi.\", \"language\": \"en\"}, \"ja\": {\"text\": \"Ja.\", "
		"\"language\": \"de\", \"voice\": \"otto\"}}, " GLOBAL
		"\"states\": {\"a\": {\"say\": [\"Oui?\", \"phrase:hi\", \"phrase:ja\", {\"text\": \"Si.\", \"language\": "
		"\"es\", \"voice\": \"pia\", \"interruptible\": true}], \"listen\": {\"max_ms\": 4000, "
		"\"end_silence_ms\": 900}, \"on\": [{\"any\": true, \"goto\": \"b\"}]}, "
		"\"b\": {\"language\": \"uk\", \"say\": \"Так?\", \"listen\": {\"barge_in\": \"words\"}, \"on\": "
		"[{\"any\": true, \"goto\": \"c\"}]}, \"c\": {\"language\": \"uk\", \"voice\": \"olena\", \"say\": "
		"[\"Так?\", \"phrase:hi\"], \"listen\": true}, " BYE "}");
	const struct scenario_state *a = scenario_state_find(sc, "a"), *b;

	const struct scenario_say *say = a->entry->says.say;
	is_int(a->entry->says.n, 4, "things to say");
	is_str(say[0].language, "fr-FR", "the language of the scenario");
	is_str(say[0].voice, "anna", "its voice");
	ok(!say[0].interruptible && say[3].interruptible, "interruptible or not");
	is_str(say[1].language, "en", "a phrase in another language");
	ok(!say[1].voice, "has that language's own voice");
	is_str(say[2].voice, "otto", "or the one it names");
	is_str(say[3].language, "es", "a language where it is said");
	is_str(say[3].voice, "pia", "and a voice");
	is_int(a->listen.end_silence_ms, 900, "of the state");
	is_int(sc->listen.end_silence_ms, 500, "of the scenario");
	is_int(a->listen.max_ms, 4000, "of the state alone");
	b = scenario_state_find(sc, "b");
	is_str(b->listen.language, "uk", "the language of a state is heard");
	is_str(b->entry->says.say[0].language, "uk", "and spoken");
	ok(!b->entry->says.say[0].voice && b->entry->says.say[0].interruptible,
		"with its own voice");
	is_int(b->listen.end_silence_ms, 500, "the rest is inherited");
	say = scenario_state_find(sc, "c")->entry->says.say;
	is_str(say[0].voice, "olena", "or with the one it names");
	ok(!say[1].voice, "which speaks no other language");
	is_str(sc->engine, "command", "engine");
	scenario_free(sc);
}

/* The paths of the rules for some inputs, one after the other. */
static const char *order(const struct scenario_state *st, unsigned inputs)
{
	static char text[1000];
	const struct scenario_rule *r = NULL;

	text[0] = '\0';
	while ((r = scenario_next_rule(st, inputs, r))) {
		const char *at = r->global ? r->path : strstr(r->path, ".on[") + 1;
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s%s",
			*text ? " " : "", r->global ? "global " : "", at);
	}
	return text;
}

#define SAID \
	(SCENARIO_BIT(SCENARIO_WORDS) | SCENARIO_BIT(SCENARIO_REGEX) | \
		SCENARIO_BIT(SCENARIO_INTENT) | SCENARIO_BIT(SCENARIO_SENTIMENT) | \
		SCENARIO_BIT(SCENARIO_ANY))

static void test_order(void)
{
	struct scenario *sc = load(
		"\"start\": \"a\", \"on\": [{\"no_input\": 1, \"say\": \"Hm?\"}, {\"no_input\": 3, \"goto\": \"bye\"}, "
		"{\"no_match\": 2, \"goto\": \"bye\"}, {\"sentiment\": \"negative\", \"goto\": \"bye\"}, "
		"{\"intent\": \"operator\", \"goto\": \"bye\"}, {\"dtmf\": [\"0\"], \"goto\": \"bye\"}, "
		"{\"dtmf\": [\"*\"], \"goto\": \"bye\"}], \"states\": {\"a\": {\"say\": \"Yes?\", \"on\": ["
		"{\"any\": true, \"goto\": \"b\"}, {\"sentiment\": \"positive\", \"goto\": \"b\"}, "
		"{\"words\": \"x\", \"goto\": \"b\"}, {\"no_input\": 2, \"goto\": \"b\"}, {\"regex\": \"y\", \"goto\": "
		"\"b\"}, {\"no_input\": 3, \"goto\": \"b\"}]}, "
		"\"b\": {\"say\": \"Four?\", \"on\": [{\"digits\": 4, \"goto\": \"c\"}]}, "
		"\"c\": {\"global\": false, \"say\": \"Well?\", \"on\": [{\"no_input\": 1, \"goto\": \"bye\"}, {\"any\": "
		"true, \"goto\": \"bye\"}]}, " BYE "}");
	const struct scenario_state *a = sc->start, *b;

	is_str(order(a, SAID), "on[2] on[4] global on[4] on[1] global on[3] on[0]",
		"the special before the general");
	is_str(order(a, SCENARIO_BIT(SCENARIO_NO_INPUT)), "on[5] global on[1] on[3] global on[0]",
		"silences by their count, of equal ones the state's first");
	is_str(order(a, SCENARIO_BIT(SCENARIO_NO_MATCH)), "global on[2]", "no match");
	is_str(order(a, SCENARIO_BIT(SCENARIO_DTMF)), "global on[5] global on[6]", "keys");
	b = scenario_state_find(sc, "b");
	is_str(order(b, SCENARIO_BIT(SCENARIO_DTMF)), "global on[5] global on[6]",
		"also where digits are expected");
	is_str(order(scenario_state_find(sc, "c"), ~0U), "on[1] on[0]",
		"a state without the scenario's rules");
	is_int(b->listen.digits, 4, "a state expects the digits that its rules answer");
	is_int(b->listen.digits_min, 4, "no fewer");
	scenario_free(sc);
}

static void test_steps(void)
{
	struct scenario *sc = load(
		"\"start\": \"a\", \"resume\": \"again\", \"variables\": {\"n\": 1}, \"destinations\": {\"desk\": \"d\"}, "
		"\"intents\": {\"buy\": {\"words\": [\"buy\", \"order *\"], \"regex\": [\"^b\"]}, \"yes\": [\"aye\"]}, "
		"\"tools\": {\"t\": {\"command\": [\"true\", \"x\"], \"failure\": null}}, " GLOBAL
		"\"states\": {\"again\": {\"say\": \"Go on?\", \"on\": [{\"intent\": \"yes\", \"resume\": true}, {\"any\": "
		"true, \"goto\": \"a\"}]}, \"a\": {\"say\": \"What?\", \"again\": \"Sorry?\", \"listen\": {\"hints\": "
		"[\"soup\"]}, \"on\": [{\"intent\": [\"buy\", \"no\"], \"set\": {\"x\": \"{{heard}}\", \"y\": [1]}, "
		"\"add\": {\"n\": 2}, \"tool\": \"t\", \"with\": {}, \"save\": \"r\", \"if\": [{\"when\": \"n > 1\", "
		"\"retry\": 2, \"then\": \"bye\"}, {\"else\": true, \"do\": [{\"say\": \"One.\"}, {\"say\": \"Two.\"}]}], "
		"\"transfer\": {\"to\": \"desk\", \"reason\": \"{{x.text}}\"}}, {\"words\": [\"soup\", \"salad\"], "
		"\"repeat\": true}]}, " BYE "}");
	const struct scenario_state *a = sc->start;

	const struct scenario_step *step =
		scenario_next_rule(a, SCENARIO_BIT(SCENARIO_INTENT), NULL)->step;
	is_int(step->sets_n, 3, "variables");
	ok(step->sets[0].value.text && !step->sets[0].add, "a text with variables");
	ok(json_is_array(step->sets[1].value.constant), "a constant");
	ok(step->sets[2].add && json_integer_value(step->sets[2].value.constant) == 2, "a sum");
	ok(step->tool == scenario_tool_find(sc, "t") && json_is_null(step->tool->failure),
		"the tool");
	ok(strcmp(step->tool->command[1], "x") == 0 && !step->tool->command[2], "its command");
	is_str(step->save, "r", "where its answer goes");
	is_int(step->branches_n, 2, "branches");
	ok(step->branches[0].when && step->branches[0].step->way == SCENARIO_RETRY &&
			step->branches[0].step->retry_max == 2 &&
			step->branches[0].step->target == scenario_state_find(sc, "bye"),
		"the first");
	ok(!step->branches[1].when && step->branches[1].step->steps_n == 2, "the other");
	is_str(step->branches[1].step->steps[1]->path, "states.a.on[0].if[1].do[1]",
		"where it is written");
	ok(step->way == SCENARIO_TRANSFER && strcmp(step->to, "desk") == 0 && step->reason &&
			!step->summary,
		"the way out");
	is_int(sc->retries_n, 1, "retries that are counted");
	is_int(a->again.n, 1, "again");
	is_int(a->listen.hints.n, 3, "hints, without patterns, each once");
	is_str(a->listen.hints.word[0], "soup", "those of the state first");
	is_str(a->listen.hints.word[2], "salad", "then those of rules");
	ok(sc->resume &&
			scenario_next_rule(sc->resume, SCENARIO_BIT(SCENARIO_INTENT), NULL)
					->step->way == SCENARIO_RESUME,
		"resuming");
	const struct scenario_rule *r = scenario_next_rule(a, SCENARIO_BIT(SCENARIO_INTENT), NULL);
	ok(r->intents_n == 2 && !r->intents[0]->builtin && r->intents[0]->words.n == 2 &&
			r->intents[0]->regexes.n == 1,
		"an intent of the scenario");
	ok(r->intents[1]->builtin && r->intents[1]->words.n == 0, "one that is built in");
	r = scenario_next_rule(sc->resume, SCENARIO_BIT(SCENARIO_INTENT), NULL);
	ok(r->intents[0]->builtin && r->intents[0]->words.n == 1, "and one with a word more");
	scenario_free(sc);
}

static int add_sentence(void *ctx, const struct scenario_sentence *s)
{
	struct dynbuf *b = ctx;

	if (s->file)
		return dynbuf_addf(b, "<%s>", strrchr(s->file, '/') + 1);
	return dynbuf_addf(b, "%s%s:%s:%.*s|", s->constant ? "" : "?", s->language,
		s->voice ? s->voice : "", (int)s->n, s->text);
}

static const char *sentences(struct scenario *sc)
{
	static struct dynbuf b;

	dynbuf_free(&b);
	dynbuf_init(&b, 10000);
	return scenario_phrases(sc, add_sentence, &b) == 0 ? b.p : NULL;
}

static int stop(void *ctx, const struct scenario_sentence *s)
{
	return ++*(int *)ctx == 2 ? 42 : 0;
}

static void test_phrases(void)
{
	char sound[64];
	int n = 0;

	snprintf(sound, sizeof(sound), "%s/x.wav", dir);
	fclose(fopen(sound, "w"));
	struct scenario *sc = load(
		"\"start\": \"a\", \"voice\": \"anna\", \"phrases\": {\"wait\": [\"One moment.\", \"Let me see. Right.\"], "
		"\"hi\": {\"file\": \"x.wav\", \"text\": \"Hi there.\"}}, \"on\": [{\"no_input\": 3, \"say\": \"One moment.\", "
		"\"goto\": \"bye\"}, {\"no_match\": 3, \"goto\": \"bye\"}], \"states\": {\"a\": {\"say\": [\"phrase:hi\", "
		"\"Call {{call.from}}. Now.\", {\"text\": \"One moment.\", \"language\": \"fr\"}], \"again\": \"Again?\", "
		"\"on\": [{\"any\": true, \"if\": {\"when\": \"heard.text\", \"say\": \"If.\"}, \"do\": [{\"play\": "
		"\"x.wav\"}, {\"say\": \"Do.\"}], \"goto\": \"bye\"}]}, " BYE "}");
	is_str(sentences(sc),
		"en:anna:One moment.|en:anna:Let me see.|en:anna:Right.|<x.wav>?en:anna:Call {{call.from}}. Now.|fr::One "
		"moment.|en:anna:Again?|en:anna:If.|en:anna:Do.|en:anna:Goodbye.|en:anna:See you!|",
		"everything that can be said, each once");
	is_int(scenario_phrases(sc, stop, &n), 42, "until the one who asks has enough");
	is_int(n, 2, "then no more");
	scenario_free(sc);
	unlink(sound);
}

/* The arguments as they are given to the tool, or why not. */
static const char *arguments(const struct scenario_tool *tool, const char *given)
{
	static char text[300];
	json_t *v = json_loads(given, 0, NULL), *got;

	if (scenario_arguments(tool, v, &got, text, sizeof(text)) == 0) {
		char *dump = json_dumps(got, JSON_COMPACT | JSON_SORT_KEYS);
		snprintf(text, sizeof(text), "%s", dump);
		free(dump);
		json_decref(got);
	}
	json_decref(v);
	return text;
}

static void test_arguments(void)
{
	struct scenario *sc = load(
		"\"start\": \"bye\", \"tools\": {\"t\": {\"command\": [\"true\"], \"arguments\": {\"type\": \"object\", "
		"\"properties\": {\"s\": {\"type\": \"string\", \"pattern\": \"^[0-9]+$\", \"maxLength\": 4}, \"i\": {\"type\": "
		"\"integer\", \"minimum\": -1, \"maximum\": 10}, \"n\": {\"type\": \"number\"}, \"b\": {\"type\": \"boolean\"}, "
		"\"e\": {\"type\": \"string\", \"enum\": [\"red\", \"blé\"]}, \"u\": {\"type\": \"string\", \"minLength\": 3, "
		"\"maxLength\": 3}}, \"required\": [\"s\"]}}, \"none\": {\"command\": [\"true\"]}}, \"states\": {" BYE
		"}");
	const struct scenario_tool *t = scenario_tool_find(sc, "t");

	is_str(arguments(t, "{\"s\": \"0042\"}"), "{\"s\":\"0042\"}", "a string");
	is_str(arguments(t, "{\"s\": 42, \"i\": \"007\", \"n\": \"2.5\", \"b\": \"true\"}"),
		"{\"b\":true,\"i\":7,\"n\":2.5,\"s\":\"42\"}", "put into their types");
	is_str(arguments(t,
		       "{\"s\": \"1\", \"i\": 10.0, \"n\": 3, \"b\": false, \"e\": \"blé\", \"u\": \"été\"}"),
		"{\"b\":false,\"e\":\"blé\",\"i\":10,\"n\":3,\"s\":\"1\",\"u\":\"été\"}",
		"characters, not bytes");
	is_str(arguments(t, "{\"s\": \"1\", \"i\": null}"), "{\"s\":\"1\"}", "null is left out");
	is_str(arguments(t, "{}"), "the argument 's' is missing", "a missing one");
	is_str(arguments(t, "{\"s\": null}"), "the argument 's' has to be of the type string",
		"null where one is needed");
	is_str(arguments(t, "{\"s\": \"1\", \"x\": 1}"), "no argument is called 'x'",
		"one too many");
	is_str(arguments(t, "{\"s\": \"12345\"}"), "the argument 's' is too long", "too long");
	is_str(arguments(t, "{\"s\": \"1a\"}"), "the argument 's' does not match its pattern",
		"a pattern");
	is_str(arguments(t, "{\"s\": \"1\", \"i\": 11}"), "the argument 'i' is too large",
		"too large");
	is_str(arguments(t, "{\"s\": \"1\", \"i\": -2}"), "the argument 'i' is too small",
		"too small");
	is_str(arguments(t, "{\"s\": \"1\", \"i\": 1.5}"),
		"the argument 'i' has to be of the type integer", "no integer");
	is_str(arguments(t, "{\"s\": \"1\", \"i\": \"\"}"),
		"the argument 'i' has to be of the type integer", "no number");
	is_str(arguments(t, "{\"s\": \"1\", \"n\": \"1e999\"}"),
		"the argument 'n' has to be of the type number", "infinite");
	is_str(arguments(t, "{\"s\": \"1\", \"b\": 1}"),
		"the argument 'b' has to be of the type boolean", "no boolean");
	is_str(arguments(t, "{\"s\": \"1\", \"e\": \"green\"}"),
		"the argument 'e' is none of the values it may have: [\"red\",\"blé\"]",
		"none of the values");
	is_str(arguments(scenario_tool_find(sc, "none"), "{}"), "{}", "no arguments");
	is_str(arguments(scenario_tool_find(sc, "none"), "{\"x\": 1}"), "no argument is called 'x'",
		"but none are taken");
	scenario_free(sc);
}

static void test_mistakes(void)
{
	const struct scenario_options options = {0};
	struct scenario_mistakes m;
	struct scenario *sc = NULL;

	is_int(scenario_load("/nowhere/s.json", &options, &sc, &m), -1, "no file");
	is_int(m.n, 1, "one mistake");
	is_str(m.line[0], "/nowhere/s.json: cannot be read: No such file or directory",
		"which it is");
	scenario_mistakes_free(&m);
	ok(m.n == 0 && !sc, "nothing is left");
	scenario_free(NULL);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	test_defaults();
	test_inherited();
	test_order();
	test_steps();
	test_phrases();
	test_arguments();
	test_mistakes();
	is_int(rmdir(dir), 0, "nothing else was written");
	return done_testing();
}
