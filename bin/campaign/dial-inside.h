/* dial-inside: a call inside of the dialer, and what its parts do to it. See dial.h and dial.c.
 */
#ifndef CAMPAIGN_DIAL_INSIDE_H
#define CAMPAIGN_DIAL_INSIDE_H

#include "dial.h"

#define DIAL_AGAIN_NS NS_PER_S       /* a request that failed is made again */
#define DIAL_LOOK_NS (30 * NS_PER_S) /* a call that nothing is heard of is asked for */
#define DIAL_TEXT_MAX 128
#define DIAL_BUCKETS 1024     /* a power of 2 */
#define DIAL_CONTINUES_MAX 10 /* tries to put a call into the dialplan */

enum phase {
	CREATE, /* a channel was asked for, that nobody has dialled */
	ASK,    /* may it be dialled? the database is asked, once */
	DIAL,   /* Asterisk is asked to dial, once */
	LIVE,   /* it was dialled; events tell */
	LOOK,   /* what has become of it? Asterisk is asked */
	FENCE,  /* its channel is removed, until it is known to be gone */
	WRITE,  /* the outcome goes to the database */
	GONE,   /* waits for its last reply */
};

struct call {
	struct call *next, **back; /* among all */
	struct call *same;         /* in its bucket */
	struct dialer *d;
	char id[ARI_ID_MAX];
	enum phase phase;
	int pending; /* replies that will come */
	unsigned
		campaign; /* by which the compare-and-sets go together; of a row that was claimed */
	unsigned generation; /* when the database last had it as ours */
	/* what is known of it */
	bool created;   /* Asterisk said so */
	bool in_stasis; /* it can be dialled */
	bool asked;     /* the compare-and-set was sent: the attempt may be counted */
	bool allowed;   /* and it was said yes to */
	bool dialled;   /* and Asterisk took our request to dial */
	bool destroyed; /* there is no channel of this id, and never will be */
	bool ringing, answered;
	bool answer_told; /* the database knows */
	bool continued;   /* it is in the dialplan */
	bool subscribed;  /* its events come to us */
	bool hung_up;     /* it has gone on for too long, and we have ended it */
	bool kept;        /* the outcome is in the file */
	int ring_s, talk_s;
	int64_t since_ns;              /* CREATE, ASK: begun */
	int64_t dialled_ns;            /* then */
	int64_t answered_ns;           /* then */
	int64_t answered_ms, ended_ms; /* since 1970; 0: not */
	int64_t due_ns;                /* something is to be done; 0: nothing */
	unsigned looks;    /* that found it Down, and nobody knows whether it was dialled */
	unsigned tries;    /* of FENCE, continue */
	unsigned refusals; /* of the values of its outcome, by the database */
	/* how it ended */
	enum outcome_kind outcome;
	bool trunk_fault; /* UNDIALLED: nobody can be called over it so */
	int cause;
	char tech_cause[16], why[DIAL_TEXT_MAX], amd[32], amd_cause[64];
	char talk_end[64]; /* see campaign_unserved */
};

struct dialer {
	struct dialer_settings set;
	const struct dialer_handlers *on;
	void *ctx;
	struct call *calls;
	size_t n;
	struct call *bucket[DIAL_BUCKETS];
	struct loop_timer timer; /* the earliest due_ns */
	unsigned generation;
	bool draining;
};

/* ---- dial-call.c: all of them ---- */

/* Where a call of that id is, or would be. */
struct call **call_place(struct dialer *d, const char *id);
/* NULL: there is one, or no memory. */
struct call *call_add(struct dialer *d, const char *id) MUST_USE;
void call_forget(struct call *c);
/* It is over for us: forgotten, at once or behind its last reply. */
void call_leave(struct call *c);
/* A request was made of it: rc 0, and a reply will come. False: it was not, for want of memory. */
bool call_awaits(struct call *c, int rc) MUST_USE;
/* A reply has come. False: of a call that is gone; it may have been forgotten. */
bool call_replied(struct call *c) MUST_USE;
/* Look at it again in so many ns. */
void call_due(struct call *c, int64_t in_ns);
int64_t call_wall_ms(void); /* since 1970 */
/* A request whose end nobody waits for. */
void call_hang_up(struct dialer *d, const char *id);

/* ---- dial-end.c: how it ends ---- */

/* The first word counts. The channel goes first, but where no compare-and-set was ever sent: then nobody can dial it. */
void call_settle(struct call *c, enum outcome_kind outcome, const char *why);
/* Tell the database, or keep it. */
void call_write(struct call *c);
/* A text for the database: cut to size bytes between two characters, and mended. */
void call_text(char *ret, size_t size, const char *text);
/* Remove the channel: once more. */
void call_fence(struct call *c);

/* ---- dial-live.c: while it rings and talks ---- */

void call_live(struct call *c);
void call_ringing(struct call *c);
void call_answered(struct call *c);
void call_go_on(struct call *c); /* into the dialplan */
void call_look(struct call *c);  /* what has become of it? */

#endif
