/* document: a whole text of a call: which form it has, and the same masked.
 */
#ifndef REDACT_DOCUMENT_H
#define REDACT_DOCUMENT_H

#include "redactor.h"

enum document_form {
	DOCUMENT_JOURNAL, /* a record a line, as events.jsonl */
	DOCUMENT_JSON,    /* one value, as transcript.json */
	DOCUMENT_TEXT,    /* lines, as transcript.txt, .srt, .vtt, or any */
};

/* What it looks like. */
enum document_form document_form(const char *p, size_t n);

/* Mask it. name: of the document, for messages. 0, or an exit code after a message: EXIT_DATA also if lines of a journal
 * had to be left out, and all others are in `to`. */
int document_mask(struct redactor *r, enum document_form form, const char *name, const char *p,
	size_t n, struct dynbuf *to) MUST_USE;

#endif
