/* steer: what the commands that steer campaigns have in common.
 */
#ifndef CAMPAIGN_STEER_H
#define CAMPAIGN_STEER_H

#include "campaign.h"
#include "db/table.h"

#define STEER_ID_MAX 40                     /* bytes of a campaign's id, with its NUL */
#define STEER_ALIVE "interval '30 seconds'" /* since its last beat a dispatcher counts as running */

/* Operands that begin with what is to be done: `caller-id add ..`. */
struct verb {
	const char *name;
	const char *options; /* that mean something to it, see opt_only */
	int (*run)(char *const
			words[]); /* what stands behind it, NULL at the end; returns an exit code */
};
int steer_verb(const struct verb *verbs, size_t n, char *const operands[]) MUST_USE;

/* The campaign of this id, or beginning of one, or name. -1: there is none, or several: *ret_code, and it has been said. */
int steer_find(
	struct db *db, const char *word, char ret[STEER_ID_MAX], enum exit_code *ret_code) MUST_USE;
/* --campaign, if it was given, is such a word, too: set.campaign becomes the id. Connects to the database for it. */
int steer_campaign(enum exit_code *ret_code) MUST_USE;
/* One operand, no more: 0; -1 after a message that says what it should be: "a campaign". */
int steer_one(char *const operands[], const char *what) MUST_USE;

/* The campaign that each word means, see steer_find, given to work(); one that cannot does not keep the others from it.
 * Returns the exit code of the first that failed. */
int steer_each(char *const words[], enum exit_code (*work)(struct db *db, const char *id)) MUST_USE;

/* "cannot WHAT: why". What the tables do not allow is refused: 69. */
enum exit_code steer_say(const struct db *db, const char *what);

/* One of several queries of a command; on a terminal with an empty line behind it. */
int steer_show(struct db *db, const char *sql, const char *const params[], int n,
	enum table_form form) MUST_USE;
/* A command that is one query, or one statement. absent: what is said if it was about no row, exit 1. */
int steer_list(const char *sql, const char *const params[], int n, const char *what) MUST_USE;
int steer_change(const char *sql, const char *const params[], int n, const char *what,
	const char *absent) MUST_USE;

/* What --time-zone names, NULL: nothing: a zone that the database has, or several with & between them. 0, or an exit code
 * after a message. */
int steer_zone(const char *word, bool several) MUST_USE;
/* Is this value of an option, NULL: it was not given, a number between least and most? If not, it has been said. */
bool steer_is_number(const char *option, const char *word, double least, double most) MUST_USE;
/* The text of an integer; NULL if it is NOT_GIVEN. */
const char *steer_given(int64_t n, char buf[24]);
/* That of --limit, or of what is usual; NULL: as many as there are. */
const char *steer_limit(const char *usual, char buf[24]);
/* Does a dispatcher run? -1: the database. */
int steer_has_dispatcher(struct db *db) MUST_USE;
/* If none does, it is warned of, and of a database without a trunk. */
void steer_warn(struct db *db);

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

/* Is there such a scenario? -1: what is missing has been said. */
int scenario_check(const char *name) MUST_USE;
extern const char *scenario_folder;
#define SCENARIO_OPTIONS \
	{"campaigns", 0, OPT_STR, "DIR", "CALLPIPE_CAMPAIGNS", \
		"where the folders of recordings are", &scenario_folder}, \
	{ \
		OPTION_SPOOL \
	}

/* Watch a campaign until it is over, or somebody has had enough. */
int monitor_watch(const char *id) MUST_USE;

#endif
