/* kept: an existing call directory: what the call was, and whether it is over.
 *
 * Source: callpipe-calldir(5). Everything in it is found through one descriptor, symbolic links are not followed, and
 * what is no regular file is not opened, so that nobody who can write there leads a batch job elsewhere.
 */
#ifndef CALLPIPE_RECORD_KEPT_H
#define CALLPIPE_RECORD_KEPT_H

#include <jansson.h>

#include "base/util.h"

#define KEPT_TEXT_MAX 256         /* bytes with the NUL of a string of call.json */
#define KEPT_RATE_DEFAULT_HZ 8000 /* where call.json does not tell */

enum kept_state {
	KEPT_RUNNING, /* the call is in progress, or its last work is */
	KEPT_ENDED, /* over; the journal ends with `verdict`, or only as-answer's last words are missing */
	KEPT_CRASHED, /* over, and nobody lived to say so */
};

struct kept {
	int fd;                  /* of the directory */
	char path[PATH_MAX];     /* as given, without slashes at the end */
	char name[NAME_MAX + 1]; /* its last component, of "." too: the call's id */
	bool described; /* by call.json or, where it is lost, call-start; otherwise the texts below are "" */
	char uuid[KEPT_TEXT_MAX];        /* as Asterisk sent it */
	char service[KEPT_TEXT_MAX];     /* which pipeline answered */
	char from[KEPT_TEXT_MAX];        /* number of the caller */
	char to[KEPT_TEXT_MAX];          /* number called */
	char campaign[KEPT_TEXT_MAX];    /* of an outbound call */
	char accepted_at[KEPT_TEXT_MAX]; /* RFC 3339 */
	int64_t accepted_ms; /* the same, Unix time; if it is not told, of the last write of the call, or its day */
	int rate_hz;                 /* 8000 or 16000 */
	char verdict[KEPT_TEXT_MAX]; /* the file's line; "": there is none */
};

/* Open the call directory. -1 with errno: ENOTDIR, ENOENT (also: it is no call directory) ... A call.json that is
 * missing or broken is no error. */
int kept_open(const char *path, struct kept *ret) MUST_USE;
void kept_close(struct kept *k);

/* Whether it is over. On this host a process that holds the loop tells; from elsewhere, that nothing has been written
 * for KEPT_QUIET_S, while a call writes its recordings all the time. */
#define KEPT_QUIET_S 60
enum kept_state kept_state(const struct kept *k);

/* Open a regular file of the directory for reading; *ret_bytes (may be NULL) is its size. -1 with errno: ENOENT,
 * ELOOP (a symbolic link), EINVAL (no regular file). */
int kept_file(const struct kept *k, const char *name, int64_t *ret_bytes) MUST_USE;
/* A JSON object that was left in the directory, a new reference; NULL: there is none, or it is larger than KEPT_JSON_MAX. */
#define KEPT_JSON_MAX (16 << 20) /* bytes */
json_t *kept_json(const struct kept *k, const char *name) MUST_USE;
/* True if the file is there, whole, and not older than any of those it is made from (NULL at the end; missing ones
 * do not count). */
bool kept_fresh(const struct kept *k, const char *name, const char *const sources[]);
/* The same of a file that is elsewhere, in the folder dirfd. */
bool kept_fresh_in(const struct kept *k, int dirfd, const char *name, const char *const sources[]);

#endif
