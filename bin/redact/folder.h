/* folder: the transcript of a call directory without personal data: redacted.json and redacted.txt.
 *
 * They are made from the journal, as transcript.json and transcript.txt are, and then masked: so they have the same
 * layout, and one member more, "redaction", that tells how they were made. While that and the journal are the same,
 * nothing is made again.
 * Source: callpipe-calldir(5), TRANSCRIPT.JSON.
 */
#ifndef REDACT_FOLDER_H
#define REDACT_FOLDER_H

#include "redactor.h"

/* settings: what the masks depend on, as it is told in the file. 0, BATCH_SKIPPED (it is in progress, or done), or an
 * exit code after a message. */
int folder_redact(struct redactor *r, const char *path, const char *settings, bool again) MUST_USE;

#endif
