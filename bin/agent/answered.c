/* Who has answered an outbound call: what amd(1) has heard, what was said, and the rules for both.
 *
 * Odds are added: those of the verdict from sound, and those of the words of each turn (greeting.h), also while it is
 * still being said. Only what a machine says makes one of a person; silence that says hello becomes a person. A rule is
 * asked for what is new: the verdict, its kind, that a message can be left.
 */
#include <math.h>
#include <string.h>

#include "engine.h"
#include "greeting.h"

#define MACHINE_ODDS 2.5F
#define HUMAN_ODDS (-2.F)
#define FIRST_MS 40000 /* behind that nobody introduces himself */
#define SURE_MOST 0.995

static const char *member(const json_t *data, const char *key)
{
	const char *s = json_string_value(json_object_get(data, key));

	return s ? s : "";
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- rules ---- */

static bool asked_for(struct engine *e, const struct scenario_rule *r)
{
	for (size_t i = 0; i < ARRAY_LEN(e->who.due); i++)
		if (e->who.due[i][0] && answer_is(e, r, e->who.due[i]))
			return true;
	return false;
}

/* A rule that goes elsewhere does so at once; one that only notes something does not get in between. */
void answered_ask(struct engine *e)
{
	const struct scenario_rule *r = NULL;

	e->who.waits = false;
	while ((r = scenario_next_rule(e->d.state, SCENARIO_BIT(SCENARIO_AMD), r)))
		if (asked_for(e, r))
			break;
	if (r && r->step->way == SCENARIO_STAY && !engine_rests(e)) {
		e->who.waits = true;
	} else if (r) {
		if (r->step->way != SCENARIO_STAY)
			engine_interrupt(e);
		e->chain = 0;
		step_do(e, r->step);
	}
}

static void due(struct answered *who, size_t i, const char *word, bool is_new)
{
	snprintf(who->due[i], sizeof(who->due[i]), "%s", is_new ? word : "");
}

/* It is so, from now on. */
static void settle(struct engine *e, json_t *data)
{
	struct answered *who = &e->who;
	const char *verdict = member(data, "verdict"), *kind = member(data, "kind");
	bool changed = !is(verdict, who->verdict);

	due(who, 0, "beep", member(data, "message")[0]);
	due(who, 1, kind, changed || !is(kind, who->kind));
	due(who, 2, verdict, changed);
	snprintf(who->verdict, sizeof(who->verdict), "%s", verdict);
	if (changed || kind[0])
		snprintf(who->kind, sizeof(who->kind), "%s", kind);
	engine_set(e, "amd", json_incref(data));
	if (e->phase == ENGINE_TALKING)
		answered_ask(e);
}

/* ---- what was said ---- */

static float total(const struct answered *who)
{
	return who->sound + who->words + who->turn_words;
}

/* A verdict of the agent's own. Steals nothing. */
static json_t *by_words(const struct engine *e, const char *verdict, const char *kind,
	double confidence, const char *text)
{
	return json_pack("{s:s,s:s*,s:f,s:s,s:s*,s:I}", "verdict", verdict, "kind", kind,
		"confidence", confidence, "reason", "words", "text", text, "ms",
		(json_int_t)e->now_ms);
}

static double sure(const struct answered *who)
{
	double p = 1. / (1. + exp(-fabs((double)total(who))));

	return round(fmin(p, SURE_MOST) * 100.) / 100.;
}

static void tell(struct engine *e, json_t *data)
{
	json_incref(data);
	engine_put(e, "amd", data);
	settle(e, data);
	json_decref(data);
}

/* May words still say that it is a machine? A number that does not exist is announced, too. */
static bool may_be_machine(const struct answered *who)
{
	return !is(who->verdict, "fax") && (!is(who->verdict, "tone") || is(who->kind, "ringback"));
}

void answered_words(struct engine *e, const char *text, int64_t turn)
{
	struct answered *who = &e->who;
	const char *campaign = member(json_object_get(e->d.vars, "call"), "campaign");
	struct utterance u;
	struct greeting g;
	bool machine;

	if ((!campaign[0] && !who->sounded) || !text[0] || e->now_ms > FIRST_MS ||
		e->phase != ENGINE_TALKING)
		return;
	if (understand(&u, text, e->language) == 0) {
		greeting_hear(&u, &g);
		if (turn != who->turn)
			who->words += who->turn_words;
		who->turn = turn;
		who->turn_words = g.odds;
		machine = g.phrase && total(who) >= MACHINE_ODDS && may_be_machine(who);
		if (machine && (!is(who->verdict, "machine") || (g.kind && !who->kind[0])))
			tell(e,
				by_words(e, "machine", g.kind, sure(who),
					g.text[0] ? g.text : NULL));
		else if (!machine && total(who) <= HUMAN_ODDS &&
			(is(who->verdict, "silence") || is(who->verdict, "notsure")))
			tell(e, by_words(e, "human", NULL, sure(who), NULL));
	}
	understand_free(&u);
}

void answered_machine(struct engine *e, const char *text)
{
	json_t *data;

	if (is(e->who.verdict, "machine"))
		return;
	data = by_words(e, "machine", NULL, 0.8, text);
	snprintf(e->who.verdict, sizeof(e->who.verdict), "machine");
	e->who.kind[0] = '\0';
	engine_set(e, "amd", json_incref(data));
	engine_put(e, "amd", data);
}

/* ---- what was heard ---- */

static float odds_of(const json_t *data)
{
	double p = json_number_value(json_object_get(data, "confidence"));
	const char *verdict = member(data, "verdict");
	float odds;

	p = fmin(fmax(p, 0.5), SURE_MOST);
	odds = (float)log(p / (1. - p));
	return is(verdict, "machine") ? odds : is(verdict, "human") ? -odds : 0.F;
}

void answered_amd(struct engine *e, json_t *data)
{
	struct answered *who = &e->who;

	who->sounded = true;
	who->sound = odds_of(data);
	/* a greeting that pauses is no person, if it has said what it is */
	if (is(who->verdict, "machine") && is(member(data, "verdict"), "human") &&
		total(who) >= MACHINE_ODDS)
		tell(e, by_words(e, "machine", who->kind[0] ? who->kind : NULL, sure(who), NULL));
	else
		settle(e, data);
}
