/* Ways between states: what nothing leads to, what leads nowhere, and what goes round. */
#include <stdlib.h>
#include <string.h>

#include "scenario/graph.h"
#include "scenario/load.h"

struct graph {
	struct loading *l;
	bool *mark; /* by state */
	const struct scenario_state *
		*stack; /* states to go on with; or the way to the one at hand */
	size_t n;       /* of stack */
	bool changed;
};

static void reach(void *ctx, const struct scenario_state *next)
{
	struct graph *g = ctx;

	if (g->mark[next->index])
		return;
	g->mark[next->index] = true;
	g->stack[g->n++] = next;
}

static void check_reached(struct graph *g)
{
	const struct scenario *sc = g->l->sc;
	const struct scenario_state *const from[] = {sc->start, sc->problem, sc->resume};

	memset(g->mark, 0, sc->states_n * sizeof(*g->mark));
	g->n = 0;
	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		if (from[i])
			reach(g, from[i]);
	}
	while (g->n > 0)
		each_next(sc, g->stack[--g->n], FOLLOW_ALL, reach, g);
	for (size_t i = 0; i < sc->states_n; i++) {
		if (!g->mark[i])
			STATE_MISTAKE(g->l, &sc->states[i], "nothing leads to this state");
	}
}

static void note_marked(void *ctx, const struct scenario_state *next)
{
	struct graph *g = ctx;

	g->changed |= g->mark[next->index];
}

/* States from which the call can end. What has been said to have no way out is not said again. */
static void mark_ends(struct graph *g, enum follow how)
{
	const struct scenario *sc = g->l->sc;
	bool again = true;

	for (size_t i = 0; i < sc->states_n; i++) {
		const struct scenario_state *st = &sc->states[i];
		bool asked = st->listens && how != FOLLOW_ALL;
		g->mark[i] = state_can_end(st, how) || !state_has_way_out(st) ||
			(asked && !leading_rule(st, how));
	}
	while (again) {
		again = false;
		for (size_t i = 0; i < sc->states_n; i++) {
			g->changed = false;
			if (!g->mark[i])
				each_next(sc, &sc->states[i], how, note_marked, g);
			again |= g->changed;
			g->mark[i] |= g->changed;
		}
	}
}

static void check_ends(struct graph *g)
{
	static const struct {
		enum follow how;
		const char *what;
	} callers[] = {
		{FOLLOW_ALL, "no way leads from it to the end of the call"},
		{FOLLOW_SILENCE,
			"silence goes round for ever: it never leads to the end of the call"},
		{FOLLOW_NONSENSE,
			"nonsense goes round for ever: it never leads to the end of the call"},
	};
	const struct scenario *sc = g->l->sc;
	bool said = false;

	for (size_t k = 0; k < ARRAY_LEN(callers) && !said; k++) {
		mark_ends(g, callers[k].how);
		for (size_t i = 0; i < sc->states_n; i++) {
			if (!g->mark[i])
				STATE_MISTAKE(g->l, &sc->states[i], "%s", callers[k].what);
			said |= !g->mark[i] && k == 0;
		}
	}
}

static void say_cycle(struct graph *g, const struct scenario_state *back)
{
	struct dynbuf names;
	size_t i = 0;

	dynbuf_init(&names, 400);
	while (g->stack[i] != back)
		i++;
	for (; i < g->n; i++)
		dynbuf_addf(&names, "%s, ", g->stack[i]->name);
	STATE_MISTAKE(g->l, back, "goes round without listening: %s%s", names.p, back->name);
	dynbuf_free(&names);
}

static void follow(void *ctx, const struct scenario_state *next)
{
	struct graph *g = ctx;

	for (size_t i = 0; i < g->n; i++) {
		if (g->stack[i] == next) {
			say_cycle(g, next);
			return;
		}
	}
	if (g->mark[next->index])
		return;
	g->mark[next->index] = true;
	g->stack[g->n++] = next;
	each_next(g->l->sc, next, FOLLOW_ENTRY, follow, g);
	g->n--;
}

void check_ways(struct loading *l)
{
	struct scenario *sc = l->sc;
	struct graph g = {
		.l = l,
		.mark = MEMORY_ARRAY(l->memory, bool, sc->states_n),
		.stack = MEMORY_ARRAY(l->memory, const struct scenario_state *, sc->states_n + 1),
	};

	for (size_t i = 0; i < sc->states_n; i++)
		follow(&g, &sc->states[i]);
	if (l->dangling || !sc->start)
		return;
	check_reached(&g);
	check_ends(&g);
}
