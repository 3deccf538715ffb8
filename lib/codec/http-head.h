/* http-head: the head of an HTTP/1 reply: its status and header fields; and a body in chunks.
 *
 * Source: RFC 9112 (4 status line, 5 fields, 7.1 chunked), RFC 9110 (5.6.1 lists). Lines may end in LF alone; folded
 * lines, control characters and blanks before a colon are malformed. No I/O, no allocation.
 */
#ifndef CALLPIPE_CODEC_HTTP_HEAD_H
#define CALLPIPE_CODEC_HTTP_HEAD_H

#include "base/util.h"

#define HTTP_HEAD_MAX 16384 /* bytes */

struct http_head {
	int status;         /* 100 to 599 */
	const char *fields; /* lines of the header: the caller's bytes */
	size_t fields_n;    /* bytes of them, without the blank line */
};

struct http_field {
	const char *name, *value; /* the caller's bytes */
	size_t name_n, value_n;   /* bytes, without the blanks around a value */
};

/* A token: can it be the name of a field, or a method? No control characters: can it be the value of one? */
bool http_is_name(const char *s);
bool http_is_plain(const char *s);

/* The head at p: bytes it takes, with the blank line; 0: it is not whole yet; -1: it is none, or too long. */
int http_head_parse(const char *p, size_t n, struct http_head *ret) MUST_USE;
/* Next field; *pos starts at 0; false at the end. */
bool http_head_next(const struct http_head *h, size_t *pos, struct http_field *ret);
/* The value of the first field of that name, in any case of letters; what does not fit is cut. False, and "": none. */
bool http_head_get(const struct http_head *h, const char *name, char *buf, size_t size);
/* One of the comma-separated values of fields of that name is this word, in any case of letters. */
bool http_head_has(const struct http_head *h, const char *name, const char *word);

/* Take the chunks apart, in place, as far as they are there: bytes of the body. *ret_end: it is whole, or malformed from
 * there on. */
size_t http_chunks(char *p, size_t n, bool *ret_end);

#endif
