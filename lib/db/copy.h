/* copy: rows in the text format of COPY.
 *
 * A row is its columns one after the other, then copy_end. Whatever is in a text arrives as it is: only bytes that are
 * no UTF-8 become U+FFFD. JSON is made such that jsonb takes it: it has no NUL, and numbers only as long as it can.
 *
 * Source: PostgreSQL manual, COPY, Text Format.
 */
#ifndef CALLPIPE_DB_COPY_H
#define CALLPIPE_DB_COPY_H

#include "base/dynbuf.h"

void copy_null(struct dynbuf *b);
/* NULL or "" is NULL. */
void copy_text(struct dynbuf *b, const char *s);
/* The same of n bytes, 0 is NULL; NULs in them become U+FFFD. */
void copy_span(struct dynbuf *b, const char *p, size_t n);
/* "" is "", NULL is NULL. */
void copy_string(struct dynbuf *b, const char *s);
void copy_json(struct dynbuf *b, const char *s);
void copy_int(struct dynbuf *b, int64_t v);
/* -1 is NULL; no more than the column holds. */
void copy_ms(struct dynbuf *b, int64_t ms);
/* Below 0 is NULL. */
void copy_share(struct dynbuf *b, double v);
void copy_bool(struct dynbuf *b, bool v);
/* ms as seconds. */
void copy_seconds(struct dynbuf *b, int64_t ms);
/* Unix time in ms. */
void copy_time(struct dynbuf *b, int64_t unix_ms);
void copy_bytes(struct dynbuf *b, const uint8_t *p, size_t n);
void copy_end(struct dynbuf *b);

/* An element of an array that is a parameter: "{" before the first, "}" behind the last are the caller's. NULL is
 * NULL. Source: PostgreSQL manual, Array Input and Output Syntax. */
void copy_element(struct dynbuf *list, const char *s);

#endif
