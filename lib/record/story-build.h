/* story-build: the events of a journal, one after the other, into a story. */
#ifndef CALLPIPE_RECORD_STORY_BUILD_H
#define CALLPIPE_RECORD_STORY_BUILD_H

#include "record/journal.h"
#include "record/story.h"

/* Memory of one story, given back as a whole. */
struct story_block {
	struct story_block *next;
	char bytes[];
};

/* An array of the story that grows. */
struct story_room {
	size_t lines, actions, heards, states, errors, usages, bads, voices;
};

struct story_build {
	struct story *s;
	struct story_room room;
	const char *state; /* of the scenario, now */
	int64_t turn;      /* the latest of the caller */
	int64_t key_ms;    /* time of the last key; -1: something else came since */
	size_t key_line;   /* line that it belongs to */
	bool no_memory;
};

/* n bytes, zeroed, that live as long as the story; NULL: no memory. */
void *story_memory(struct story *s, size_t n) MUST_USE;
/* A copy of n bytes as a text; "" if there is no memory, which `b` remembers. */
const char *story_text(struct story_build *b, const char *p, size_t n);

/* A whole record. */
void story_take(struct story_build *b, const struct journal_record *r);
/* A line that is none. */
void story_take_bad(struct story_build *b, const struct journal_record *r);
/* All has been taken. */
void story_finish(struct story_build *b);

#endif
