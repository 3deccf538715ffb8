/* place: where an item is: its folder, its sound files, and the MP3 that they become.
 */
#ifndef MP3BATCH_PLACE_H
#define MP3BATCH_PLACE_H

#include "item.h"

struct place {
	const char *path;        /* as it was named */
	struct kept call;        /* its call; described false and fd -1: of none */
	bool in_call;            /* the folder is that of a call */
	bool whole_call;         /* the item is the call, not a file of it */
	int dirfd;               /* the folder */
	char file[NAME_MAX + 1]; /* of a sound file */
	char mp3[NAME_MAX + 1];  /* what it becomes */
};

extern const char *const place_suffixes[]; /* of the sound files that are taken */

/* 0, or an exit code after why(). */
int place_open(const char *path, struct place *ret) MUST_USE;
void place_close(struct place *p);

/* It is not to be touched now: the call is in progress, or it is too young. */
bool place_early(const struct place *p, int64_t older_s);

/* What is there to be encoded: the file; or recording.wav, or what caller and bot said. BATCH_SKIPPED: nothing;
 * otherwise 0, or an exit code after why(). */
int place_source(const struct place *p, const struct settings *set, struct source *ret) MUST_USE;
/* Caller and bot apart, of a call, to which one of them may be missing already. */
int place_pair(const struct place *p, struct source *ret) MUST_USE;

enum place_done {
	PLACE_TO_DO,   /* there is no MP3 yet, or one of an older sound */
	PLACE_DONE,    /* there is one */
	PLACE_NO_MORE, /* and nothing of what it was made from */
};
/* What is there already. Looks at no more than names and times. */
enum place_done place_done(const struct place *p);

#endif
