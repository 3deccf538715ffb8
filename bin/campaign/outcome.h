/* outcome: how a call ended, told to the database; and kept in a file while that is not to be reached.
 *
 * The file is $SPOOL/campaign/NODE.outcomes, a line of JSON for each, on the disk before keep returns. It is locked as long
 * as its process lives; what a process has left behind is told by the next one of this host. To tell an outcome twice, or
 * too late, changes nothing: see campaign_finish.
 */
#ifndef CAMPAIGN_OUTCOME_H
#define CAMPAIGN_OUTCOME_H

#include "store.h"

#define OUTCOME_VALUES 10

/* Groups of statements: see store_ask_jointly. */
enum {
	OUTCOME_GROUP =
		1, /* of what becomes of calls that were dialled: in the order in which it happens */
	OUTCOME_GROUPS = 2, /* a bit of all others */
};

enum outcome_kind {
	OUTCOME_NONE,
	OUTCOME_UNDIALLED, /* it certainly was not dialled */
	OUTCOME_ENDED,     /* Asterisk said how */
	OUTCOME_LOST,      /* it may have been dialled, and nobody knows how it ended */
};

/* Texts; NULL: not known. */
struct outcome {
	enum outcome_kind kind;
	const char *call, *node;
	const char *why;                    /* UNDIALLED, LOST: in words */
	bool trunk_fault;                   /* UNDIALLED: campaign_trunk_check counts it */
	int cause;                          /* ENDED: Q.850; -1: not said */
	const char *tech_cause, *cause_txt; /* ENDED */
	const char *amd_result, *amd_cause; /* ENDED */
	const char *talk_end;               /* ENDED: CALLPIPE_END of the dialplan */
	int64_t answered_ms;                /* since 1970; 0: it was not, or the database knows */
	int64_t ended_ms;                   /* since 1970; 0: now */
	bool plain; /* without the texts of others: the database has refused them */
};

/* One statement, see store_ask; it answers with one boolean: true if that was news. */
int outcome_tell(struct store *s, const struct outcome *o, store_row *row, store_done *done,
	void *ctx) MUST_USE;

struct outcomes; /* the file */

/* spool: the folder campaign of it is made. errno on -1. */
int outcomes_open(const char *spool, const char *node, struct outcomes **ret) MUST_USE;
/* Closes, and removes the file if nothing is in it. NULL is nothing. */
void outcomes_close(struct outcomes *f);
/* Add one. errno on -1. */
int outcomes_keep(struct outcomes *f, const struct outcome *o) MUST_USE;
/* One that was kept has been told; behind the last one the file is emptied. */
void outcomes_told(struct outcomes *f);
/* Tell what processes that are gone have left behind, and remove their files when that is done. Both is logged: how many
 * there are, and one that the database does not take, not even without its texts. */
void outcomes_inherit(struct outcomes *f, struct store *s);

#endif
