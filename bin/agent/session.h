/* session: where a dialogue is, kept so that a caller who was cut off can go on.
 *
 * Two copies. DIR/session.json in the call directory is for people and programs that look at the call later. The
 * other lies in the store, $CALLPIPE_SPOOL/sessions/NAME.CALL, as long as the dialogue is unfinished: NAME is a keyed
 * hash (HMAC-SHA-256) of the caller's number and the service, so that the folder says nothing of who called. The file
 * is locked (open file description lock) while its call lasts, and is taken by the first call of the same number and
 * service that finds it unlocked and no older than the time allowed: two calls never get the same one, nor one that
 * another call is still in. It is replaced by renaming, so that what is found is whole.
 */
#ifndef AGENT_SESSION_H
#define AGENT_SESSION_H

#include <jansson.h>

#include "base/util.h"

#define SESSION_KEY_BYTES 32
#define SESSION_MAX (1 << 20) /* bytes of a file */

struct session {
	char dir[PATH_MAX];  /* the store; "": none */
	char name[PATH_MAX]; /* NAME */
	char path[PATH_MAX]; /* of this call's file */
	char temp[PATH_MAX]; /* beside it */
	int fd;              /* its lock; -1: there is no file */
};

/* Does it say who calls? Not if it is withheld: empty, "anonymous", "unknown", .., or has fewer than 3 digits. */
bool session_number_known(const char *number);

/* The key of the store in spool: from the file, which is made (0600, random) if it is not there. file NULL:
 * spool/sessions.key. -1 with errno; *ret_path (PATH_MAX) is the file it is about. */
int session_key(const char *file, const char *spool, uint8_t key[SESSION_KEY_BYTES],
	char *ret_path) MUST_USE;

/* No store: everything below does nothing. */
void session_none(struct session *s);
/* The place of a call (its name of letters, digits, '-', '_', '.'). -1 with errno: there is no store. */
int session_open(struct session *s, const char *spool, const uint8_t key[SESSION_KEY_BYTES],
	const char *number, const char *service, const char *call) MUST_USE;
/* An earlier call of the same, cut off at most ttl_s before now_s (Unix time): it is taken out of the store. NULL: none.
 * What is out of date is removed, whosever it is. */
json_t *session_take(struct session *s, int64_t ttl_s, int64_t now_s);
/* Keep this state of this call. -1 with errno. */
int session_keep(struct session *s, json_t *state) MUST_USE;
/* It is finished, or not to be gone on with. */
void session_drop(struct session *s);
/* The call is over: what was kept may be taken. */
void session_close(struct session *s);

#endif
