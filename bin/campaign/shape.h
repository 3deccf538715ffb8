/* shape: the settings of a campaign, as launch and set take them.
 */
#ifndef CAMPAIGN_SHAPE_H
#define CAMPAIGN_SHAPE_H

#include "campaign.h"

/* Settings of a campaign, as far as they are given: others are NULL, or NOT_GIVEN. */
struct shape {
	const char *name, *description, *scenario, *trunk, *caller_id, *pool, *consent;
	int64_t channels, gap_ms, ring_s, talk_s, attempts, retry_s, priority;
};
/* Those of the command line, by these rows of the tables of launch and set. */
extern struct shape shape;
#define SHAPE_OPTIONS \
	{"name", 0, OPT_STR, "TEXT", NULL, "what people call the campaign", &shape.name}, \
		{"description", 0, OPT_STR, "TEXT", NULL, "more about it, for people", \
			&shape.description}, \
		{"scenario", 0, OPT_STR, "NAME", NULL, \
			"what is said: qualify, or a folder of recordings", &shape.scenario}, \
		{"priority", 0, OPT_INT, "N", NULL, "1 normal, 2 high, 3 urgent; at first 1", \
			&shape.priority, 1, 3}, \
		{"trunk", 0, OPT_STR, "NAME", NULL, "calls go over this trunk alone", \
			&shape.trunk}, \
		{"max-channels", 0, OPT_INT, "N", NULL, \
			"calls of the campaign at a time, at first 8", &shape.channels, 0, 10000}, \
		{"gap-ms", 0, OPT_INT, "MS", NULL, \
			"between the beginnings of two calls, at first 2000", &shape.gap_ms, 0, \
			3600000}, \
		{"ring", 0, OPT_INT, "S", NULL, \
			"a call that nobody takes by then is over, at first 120", &shape.ring_s, \
			1, 600}, \
		{"talk", 0, OPT_INT, "S", NULL, "the longest talk, at first 3600", &shape.talk_s, \
			1, 86400}, \
		{"max-attempts", 0, OPT_INT, "N", NULL, "calls to one person, at first 3", \
			&shape.attempts, 1, 100}, \
		{"retry-delay", 0, OPT_INT, "S", NULL, \
			"before a person is tried again, at first 300", &shape.retry_s, 0, \
			2592000}, \
		{"caller-id", 0, OPT_STR, "NUMBER", NULL, "number of ours that is shown", \
			&shape.caller_id}, \
		{"caller-pool", 0, OPT_STR, "NAME", NULL, \
			"numbers of ours that are shown in turn", &shape.pool}, \
	{ \
		"consent", 0, OPT_STR, "WORD", NULL, \
			"what the calls rest on where a contact has nothing: consent, contract, ..", \
			&shape.consent \
	}
/* Put them into the row of a campaign. */
int shape_apply(struct db *db, const char *id, const struct shape *s) MUST_USE;
/* 0; -1 after a message if one cannot be: a number of ours that is none, or is no caller id. That becomes E.164. */
int shape_check(struct db *db, struct shape *s, enum exit_code *ret_code) MUST_USE;

#endif
