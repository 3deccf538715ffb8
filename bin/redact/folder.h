/* folder: the transcript of a call directory without personal data: redacted.json and redacted.txt.
 *
 * They are made from the journal, as transcript.json and transcript.txt are, and then masked: so they have the same
 * layout, and one member more, "redaction", that tells how they were made. While that and the journal are the same,
 * nothing is made again.
 * Source: callpipe-calldir(5), TRANSCRIPT.JSON.
 */
#ifndef REDACT_FOLDER_H
#define REDACT_FOLDER_H

#include "record/kept.h"
#include "redactor.h"

struct folder_work {
	struct redactor *r;
	const char *settings; /* what the masks depend on, as it is told in the file */
	bool again;           /* also what is done */
};

/* An each_work of a struct folder_work: 0, BATCH_SKIPPED (it is done), or an exit code after a message. */
int folder_redact(const struct kept *k, void *work);

#endif
