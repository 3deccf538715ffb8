/* deepgram-spoken: turns that a connection hears: how much of each went by it, and what became of it.
 *
 * They are a list, oldest first.
 */
#ifndef CALLPIPE_STT_DEEPGRAM_SPOKEN_H
#define CALLPIPE_STT_DEEPGRAM_SPOKEN_H

#include "deepgram-link.h"
#include "deepgram-words.h"

/* A turn that is spoken, or waits for its words. */
struct spoken {
	struct spoken *next;
	int64_t id;           /* in the ledger */
	struct turn *t;       /* the recogniser's */
	struct link *link;    /* that hears it; NULL: none yet */
	size_t cursor;        /* samples that went by it */
	int64_t sent;         /* samples that went by all links */
	bool whole;           /* it is over: its words are wanted */
	int64_t whole_ns;     /* when that was */
	int64_t first_ns;     /* when the link got the first of it */
	int64_t finalized_ns; /* when Finalize went; 0: not yet */
	int64_t sent_to;      /* samples that had gone by the link then */
	bool flushed;         /* that is answered */
	int64_t give_up_ns;   /* of one that is whole: then there are the words there are */
	struct deepgram_words words;
	char said[STT_TEXT_MAX]; /* the last words so far */
};

/* NULL: no memory. */
struct spoken *spoken_add(struct spoken **list, struct turn *t, int64_t id) MUST_USE;
void spoken_remove(struct spoken **list, struct spoken *s); /* and free it */
struct spoken *spoken_of(struct spoken *list, const struct turn *t);
bool spoken_uses(const struct spoken *list, const struct link *l);
/* The one that a part of what went by a link is of; NULL: none any more. */
struct spoken *spoken_at(struct spoken *list, const struct link *l, const struct sent_part *part);
/* An answer to Finalize: it is one to all that was sent before. */
void spoken_flush(struct spoken *list, const struct link *l, const struct deepgram_said *said);
/* It is over; so long it may wait for a link. */
void spoken_end(struct spoken *s);
/* The link is no more: its turns are to be heard anew, from their beginning. */
void spoken_detach(struct spoken *list, const struct link *l);
/* Send what there is of it; at its end also the rest, and Finalize. False: there is no room for now. */
bool spoken_feed(struct spoken *s, int64_t now) MUST_USE;
/* Its words are complete: Finalize is answered, or all of the voice was frozen before. */
bool spoken_is_complete(const struct spoken *s);
/* Its words so far, in s->said. False: they are the same as before, or none. */
bool spoken_news(struct spoken *s);

#endif
