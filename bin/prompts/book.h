/* book: what is known of the prompts in a folder.
 *
 * audio_texts.json is for people and programs, and people correct its texts: {"name": {"file", "duration" in seconds,
 * "text"}}. What else is in it stays. .prompts.json is ours: of what each prompt was made, and of which sound its
 * text is; without it everything is made anew, and no text is lost.
 */
#ifndef CALLPIPE_PROMPTS_BOOK_H
#define CALLPIPE_PROMPTS_BOOK_H

#include <jansson.h>

#include "source.h"

#define SETTINGS_MAX 64

struct entry {
	char source[HASH_MAX];       /* hash of what it was made of; "": there is none */
	char settings[SETTINGS_MAX]; /* with which it was made */
	char made[HASH_MAX];         /* hash of the prompt */
	int64_t bytes, ms;           /* of the prompt */
	double gain_db;              /* that was applied */
	double limited_db;           /* taken from its highest peak beyond that, 0 or less */
	double level_dbov;           /* active speech level of the prompt */
	char text_of[HASH_MAX];      /* hash of the source whose words `text` are; "": of none */
	char *heard; /* what the recogniser has made of it; malloc'd; NULL: not asked */
	char *text;  /* in audio_texts.json; malloc'd, never NULL */
};

struct book {
	int dirfd;                            /* of the folder */
	const char *path;                     /* of it, the caller's */
	json_t *texts, *made;                 /* as they shall be */
	json_t *texts_on_disk, *made_on_disk; /* as they are there */
};

/* Read what there is. 0, or an exit code after a message. */
int book_open(struct book *b, int dirfd, const char *path) MUST_USE;
void book_close(struct book *b);

/* What is known of a prompt; entry_free it. -1: no memory. */
int book_get(const struct book *b, const char *name, struct entry *ret) MUST_USE;
/* From now on. -1: no memory. */
int book_put(struct book *b, const char *name, const struct entry *e) MUST_USE;
void entry_free(struct entry *e);
/* Set one of its two texts; NULL is none. -1: no memory. */
int entry_set(char **text, const char *to) MUST_USE;

/* To the disk, if there is something new. *ret_what: the file that failed. */
int book_save(struct book *b, const char **ret_what) MUST_USE;

/* The mode of what others are to read, under the umask: 0644. */
int share_file(int fd) MUST_USE;

#endif
