/* slots: how many calls this host has, which, and what became of the others.
 *
 * One file, $CALLPIPE_SPOOL/slots, holds the counters, the busy slots, then the call slots. A
 * slot is taken by an open file description lock on its record. The descriptor is inherited by
 * the pipeline, so a slot is free again exactly when the last process of the call is gone,
 * however it went. Nobody ever waits for a lock: counters are atomic additions to the mapped
 * file, so a process that is stopped stops no other.
 */
#ifndef CALLPIPE_STREAM_SLOTS_H
#define CALLPIPE_STREAM_SLOTS_H

#include "base/util.h"

#define SLOTS_BUSY_MAX 256
#define SLOTS_CALLS_MAX 10000
#define SLOT_CALL_MAX 48 /* bytes of a call id, with the NUL */
#define SLOT_SERVICE_MAX 40

enum slots_counter {
	SLOTS_ANSWERED, /* calls that got a pipeline */
	SLOTS_BUSY,     /* calls that heard the busy phrase */
	SLOTS_REFUSED,  /* calls that were ended at once */
	SLOTS_SCANNERS, /* connections that were no call */
	SLOTS_ERRORS,   /* calls that as-answer had to end itself */
	SLOTS_COUNTERS,
};
extern const char *const slots_counter_name[SLOTS_COUNTERS];

enum slots_kind { SLOTS_FOR_BUSY, SLOTS_FOR_CALL };

/* What a slot says of its call; the same layout in the file, 128 bytes. */
struct slot {
	uint32_t state;      /* enum slot_state */
	int32_t pid;         /* of as-answer */
	int64_t accepted_ms; /* Unix time */
	char call[SLOT_CALL_MAX];
	char service[SLOT_SERVICE_MAX];
	char reserved[24]; /* 0 */
};

enum slot_state {
	SLOT_NEW,      /* just taken */
	SLOT_RUNNING,  /* the pipeline has the call */
	SLOT_ENDING,   /* the call is over; its last work */
	SLOT_FALLBACK, /* as-answer has the call */
	SLOT_PLAYING_BUSY,
	SLOT_STATES,
};
extern const char *const slot_state_name[SLOT_STATES];

struct slots {
	int fd;                 /* the file; -1: it cannot be used, and there is no limit */
	struct slots_file *map; /* its counters and busy slots */
	struct slot *mine; /* the record of the slot taken, in a mapping of its own; NULL: none */
	size_t mine_bytes; /* of that mapping */
	void *mine_map;
};

/* Open spool/slots, made if need be. -1 with errno: s can be used all the same, without effect. */
int slots_open(struct slots *s, const char *spool) MUST_USE;
void slots_close(struct slots *s);

/* Take one of the first n slots of a kind: 1; 0: none is free; -1 with errno. */
int slots_take(struct slots *s, enum slots_kind kind, int64_t n) MUST_USE;
/* Say whose the slot is, if there is one. */
void slots_describe(struct slots *s, const struct slot *as);
void slots_set_state(struct slots *s, enum slot_state state);
void slots_count(struct slots *s, enum slots_counter which);

/* Read spool/slots for as-answer --status, without a lock and without writing. */
struct slots_view {
	uint64_t count[SLOTS_COUNTERS];
	struct slot *live; /* malloc'd: calls and busy calls, oldest first */
	size_t lives;
};
int slots_view(const char *spool, struct slots_view *ret) MUST_USE;

#endif
