/* tags: what is known of a sound besides the sound, for the ID3v2 tag of its MP3.
 */
#ifndef MP3BATCH_TAGS_H
#define MP3BATCH_TAGS_H

#include "record/kept.h"

struct tags {                         /* UTF-8; "": not known */
	char title[NAME_MAX + 1];     /* call id, or the file's name without its suffix */
	char call[NAME_MAX + 1];      /* call id */
	char campaign[KEPT_TEXT_MAX]; /* of an outbound call */
	char disposition
		[KEPT_TEXT_MAX];     /* what the call came to, of its last `result` that tells */
	char verdict[KEPT_TEXT_MAX]; /* how it ended */
	char accepted_at[KEPT_TEXT_MAX]; /* when it began, RFC 3339 */
};

/* Of a call. Its journal is read as far as it goes. */
void tags_of_call(const struct kept *k, struct tags *ret);

/* Lay them into the encoder: 0, or -1 with no memory. */
struct lame_global_struct;
int tags_set(const struct tags *t, struct lame_global_struct *lame) MUST_USE;

#endif
