/* graph: questions about loaded states: what their steps lead to.
 */
#ifndef CALLPIPE_SCENARIO_GRAPH_H
#define CALLPIPE_SCENARIO_GRAPH_H

#include "scenario/scenario.h"

/* Call fn for a step and all steps in it. */
void each_step(const struct scenario_step *step,
	void (*fn)(void *ctx, const struct scenario_step *step), void *ctx);
/* Nothing behind the step is ever done: it always takes a way out. */
bool step_ends(const struct scenario_step *step);
/* It always leads to another state or to the end of the call, if it is done often enough. */
bool step_leaves(const struct scenario_step *step, const struct scenario_state *st);
/* Its failure is for a rule or for the problem state. */
bool step_can_fail(const struct scenario_step *step);
/* The first rule of the state that answers this tool's failure whatever the variables are; NULL: none. */
const struct scenario_rule *failure_rule(
	const struct scenario_state *st, const struct scenario_tool *tool);

/* It listens, or always leaves. */
bool state_has_way_out(const struct scenario_state *st);

/* Which ways are followed. */
enum follow {
	FOLLOW_ALL,      /* every way there is */
	FOLLOW_ENTRY,    /* those that are taken before the caller has been listened to */
	FOLLOW_SILENCE,  /* those of a caller who says nothing, whatever the variables are */
	FOLLOW_NONSENSE, /* those of a caller whom nothing but `any` and `no_match` answers */
};

/* The rule by which such a caller leaves the state in the end; NULL: he does not. */
const struct scenario_rule *leading_rule(const struct scenario_state *st, enum follow how);
/* Call fn for every state that can follow st. */
void each_next(const struct scenario *sc, const struct scenario_state *st, enum follow how,
	void (*fn)(void *ctx, const struct scenario_state *next), void *ctx);
/* The call can end in it. */
bool state_can_end(const struct scenario_state *st, enum follow how);

#endif
