/* verdict: what the dialplan is to do when the pipeline has done with a call: one line of text.
 *
 * hangup | transfer NAME | caller-hangup | timeout | error, and, of a call that found no room, busy.
 * Source: callpipe-calldir(5).
 */
#ifndef CALLPIPE_STREAM_VERDICT_H
#define CALLPIPE_STREAM_VERDICT_H

#include "base/util.h"

#define VERDICT_MAX 80      /* bytes with the NUL: what an Asterisk FILE() reads */
#define VERDICT_NAME_MAX 65 /* the same of a NAME */

/* True if a pipeline may come to this verdict. */
bool verdict_valid(const char *verdict);
/* The NAME of a destination: 1 to 64 letters, digits, '_', '.', '-'. */
bool verdict_name_valid(const char *name);
/* Write the line, whole or not at all, to the call directory's file and to the one that the
 * dialplan reads; either may be "": not written. -1 with errno if one failed. */
int verdict_write(const char *path, const char *path_by_uuid, const char *verdict) MUST_USE;

#endif
