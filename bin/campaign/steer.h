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

#endif
