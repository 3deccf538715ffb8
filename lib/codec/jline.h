/* jline: one line of JSON, checked and looked into without a tree, and written.
 *
 * Source: RFC 8259, strictly (UTF-8 checked, no NaN, no trailing bytes), nesting at most JLINE_DEPTH, no line
 * feed between tokens, no half of a surrogate pair alone (\ud800). A span points into the caller's bytes, and
 * no function reads beyond its span, whatever is in it. No I/O, no allocation but the dynbuf given.
 */
#ifndef CALLPIPE_CODEC_JLINE_H
#define CALLPIPE_CODEC_JLINE_H

#include "base/dynbuf.h"

#define JLINE_DEPTH 32

struct jspan {
	const char *p; /* first byte of a JSON value; NULL: absent */
	size_t n;      /* bytes */
};

/* Check that the n bytes are one JSON object, with nothing but blanks around it: 0, or -1. */
int jline_check(const char *p, size_t n) MUST_USE;

/* The value of a member at the top level of a checked object (the last one if a key is repeated). False and
 * an empty span if there is none or obj is no object. Keys are compared as written, without escapes. */
bool jline_get(struct jspan obj, const char *key, struct jspan *ret);

/* Read a checked value. False, and *ret unchanged, if it is of another type or does not fit. */
bool jline_int(struct jspan v, int64_t *ret); /* integers only: 1e2 and 1.0 are none */
bool jline_number(struct jspan v, double *ret);
bool jline_bool(struct jspan v, bool *ret);
bool jline_str(struct jspan v, char *buf,
	size_t size);                         /* unescaped, NUL-terminated; not with \u0000 in it */
bool jline_eq(struct jspan v, const char *s); /* a string equal to s, compared as written */

/* Shorthands: member of obj, or fallback. */
int64_t jline_get_int(struct jspan obj, const char *key, int64_t fallback);
bool jline_get_str(struct jspan obj, const char *key, char *buf, size_t size); /* "" if absent */

/* Next member of a checked object: *pos starts at 0; false at the end. key is the span with its quotes. */
bool jline_next(struct jspan obj, size_t *pos, struct jspan *ret_key, struct jspan *ret_value);

/* Writing. A quoted string: invalid UTF-8 is replaced by U+FFFD, so that what is written always checks. */
int jline_add_quoted(struct dynbuf *b, const char *s, size_t n);
/* `,"key":value`; the comma only if there is a byte before and it is not `{` or `[`. An absent span adds
 * nothing. -1 once the buffer has failed. */
int jline_add_str(struct dynbuf *b, const char *key, const char *value);
int jline_add_int(struct dynbuf *b, const char *key, int64_t value);
int jline_add_bool(struct dynbuf *b, const char *key, bool value);
int jline_add_raw(struct dynbuf *b, const char *key, struct jspan value);

#endif
