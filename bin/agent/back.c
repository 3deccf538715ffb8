#include <stdlib.h>
#include <string.h>

#include "engine.h"

int dialogue_init(struct dialogue *d, const struct scenario *sc)
{
	*d = (struct dialogue){
		.vars = json_deep_copy(sc->variables),
		.retries = calloc(sc->retries_n + 1, sizeof(*d->retries)),
	};
	return d->vars && d->retries ? 0 : -1;
}

void dialogue_forget_entry(struct dialogue *d)
{
	for (size_t i = 0; i < d->entry_n; i++)
		free(d->entry[i].text);
	free(d->entry);
	d->entry = NULL;
	d->entry_n = 0;
}

void dialogue_free(struct dialogue *d)
{
	json_decref(d->vars);
	free(d->retries);
	dialogue_forget_entry(d);
	*d = (struct dialogue){0};
}

int dialogue_keep_entry(struct dialogue *d, const struct spoken *spoken)
{
	struct spoken *entry = reallocarray(d->entry, d->entry_n + 1, sizeof(*entry));
	char *text = strdup(spoken->text);

	if (entry)
		d->entry = entry;
	if (!entry || !text) {
		free(text);
		return -1;
	}
	entry[d->entry_n] = *spoken;
	entry[d->entry_n++].text = text;
	return 0;
}

static int dialogue_copy(
	struct dialogue *to, const struct dialogue *from, const struct scenario *sc)
{
	int rc;

	*to = *from;
	to->entry = NULL;
	to->entry_n = 0;
	to->vars = json_deep_copy(from->vars);
	to->retries = calloc(sc->retries_n + 1, sizeof(*to->retries));
	rc = to->vars && to->retries ? 0 : -1;
	for (size_t i = 0; i < from->entry_n && rc == 0; i++)
		rc = dialogue_keep_entry(to, &from->entry[i]);
	if (rc < 0)
		dialogue_free(to);
	else
		memcpy(to->retries, from->retries, sc->retries_n * sizeof(*to->retries));
	return rc;
}

void back_mark(struct engine *e)
{
	back_commit(e);
	e->marked_words = false;
	e->heard_ms = -1;
	converse_mark(e);
	memcpy(e->keys_before, e->keys, sizeof(e->keys));
	e->keys_before_n = e->keys_n;
	if (dialogue_copy(&e->before, &e->d, e->sc) < 0)
		e->failed = true;
}

static void saved_over(struct engine *e)
{
	if (!e->saved || e->d.saved == SAVED_OFFERED)
		return;
	json_decref(e->saved);
	e->saved = NULL;
	e->port.resumed(e->port.ctx, e->d.saved == SAVED_TAKEN);
}

void back_saved(struct engine *e, bool taken_up)
{
	e->d.saved = taken_up ? SAVED_TAKEN : SAVED_UNWANTED;
	if (!back_possible(e))
		saved_over(e);
}

void back_commit(struct engine *e)
{
	json_t *event;
	size_t i;

	if (!back_possible(e))
		return;
	dialogue_free(&e->before);
	json_array_foreach(e->later, i, event)
		e->port.put(e->port.ctx, json_string_value(json_object_get(event, "type")),
			json_object_get(event, "data"));
	json_array_clear(e->later);
	saved_over(e);
	e->dirty = true;
}

/* The caller's words are said again, together with those that follow. */
static void unremember(struct engine *e)
{
	for (size_t i = json_array_size(e->memory); e->marked_words && i-- > 0;) {
		json_t *who = json_object_get(json_array_get(e->memory, i), "who");

		if (strcmp(json_string_value(who), "caller") == 0) {
			json_array_remove(e->memory, i);
			break;
		}
	}
	e->marked_words = false;
}

void back_take(struct engine *e)
{
	const struct scenario_state *from = e->d.state;
	int64_t number = e->d.entry_number;

	if (!back_possible(e))
		return;
	step_abandon(e);
	converse_take_back(e);
	dialogue_free(&e->d);
	e->d = e->before;
	e->before = (struct dialogue){0};
	memcpy(e->keys, e->keys_before, sizeof(e->keys));
	e->keys_n = e->keys_before_n;
	json_array_clear(e->later);
	unremember(e);
	if (e->phase == ENGINE_LEAVING) {
		e->phase = ENGINE_TALKING;
		json_decref(e->leave);
		e->leave = NULL;
	}
	if (from != e->d.state)
		engine_put(e, "state",
			json_pack("{s:s,s:s}", "from", from->name, "to", e->d.state->name));
	if (number != e->d.entry_number)
		e->listen_due = e->d.state->listens;
}
