/* What a scenario can say, sentence by sentence. */
#include <string.h>

#include "scenario/graph.h"
#include "scenario/scenario.h"
#include "text/sentence.h"

struct telling {
	int (*fn)(void *ctx, const struct scenario_sentence *s);
	void *ctx;
	json_t *told; /* members are what has been told already */
	int result;   /* other than 0: that is the end */
};

static void tell(struct telling *t, struct scenario_sentence *s)
{
	const char *what = s->file ? s->file : s->text, *voice = s->voice ? s->voice : "";
	json_t *key;

	if (t->result)
		return;
	/* one string of all that makes it what it is */
	key = s->file ? json_sprintf("file\n%s", what)
		      : json_sprintf("%s\n%s\n%.*s", s->language, voice, (int)s->n, what);
	if (!key || json_object_get(t->told, json_string_value(key))) {
		t->result = key ? 0 : -1;
		json_decref(key);
		return;
	}
	if (json_object_set_new(t->told, json_string_value(key), json_true()) < 0)
		t->result = -1;
	json_decref(key);
	if (!t->result)
		t->result = t->fn(t->ctx, s);
}

static void tell_text(struct telling *t, const struct template *text, struct scenario_sentence *s)
{
	const char *all = template_text(text);
	size_t n = strlen(all), pos = 0;

	s->constant = template_constant(text);
	if (!s->constant) {
		s->text = all;
		s->n = n;
		tell(t, s);
		return;
	}
	while (sentence_next(all, n, &pos, &s->text, &s->n))
		tell(t, s);
}

static void tell_says(struct telling *t, const struct scenario_says *says)
{
	for (size_t i = 0; i < says->n; i++) {
		const struct scenario_say *say = &says->say[i];
		for (size_t k = 0; k < say->phrase->variants_n; k++) {
			const struct scenario_variant *v = &say->phrase->variants[k];
			struct scenario_sentence s = {
				.language = say->language, .voice = say->voice, .constant = true};
			if (v->file) {
				s.file = v->file;
				tell(t, &s);
			} else {
				tell_text(t, v->text, &s);
			}
		}
	}
}

static void tell_step(void *ctx, const struct scenario_step *step)
{
	tell_says(ctx, &step->says);
}

int scenario_phrases(const struct scenario *sc,
	int (*fn)(void *ctx, const struct scenario_sentence *s), void *ctx)
{
	struct telling t = {.fn = fn, .ctx = ctx, .told = json_object()};

	if (!t.told)
		return -1;
	tell_says(&t, &sc->wait);
	for (size_t i = 0; i < sc->states_n; i++) {
		const struct scenario_state *st = &sc->states[i];
		each_step(st->entry, tell_step, &t);
		tell_says(&t, &st->again);
		for (size_t k = 0; k < st->rules_n; k++) {
			if (!st->rules[k]->global)
				each_step(st->rules[k]->step, tell_step, &t);
		}
	}
	for (size_t i = 0; i < sc->rules_n; i++)
		each_step(sc->rules[i].step, tell_step, &t);
	json_decref(t.told);
	return t.result;
}
