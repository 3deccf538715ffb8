/* util: time, bytes and files: the few things every layer needs.
 *
 * Errors: functions return 0 or -1 with errno set, unless said otherwise; nothing here prints.
 */
#ifndef CALLPIPE_BASE_UTIL_H
#define CALLPIPE_BASE_UTIL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

/* Exit codes: those of sysexits.h that callpipe uses, the same in every manual. */
enum exit_code {
	EXIT_OK = 0,         /* done */
	EXIT_FALSE = 1,      /* asked, and the answer is no */
	EXIT_USAGE = 64,     /* bad command line */
	EXIT_DATA = 65,      /* bad input */
	EXIT_REFUSED = 69,   /* refused for good */
	EXIT_BUG = 70,       /* our bug, or a predecessor that died */
	EXIT_SYSTEM = 71,    /* the system refused a process, a descriptor, memory */
	EXIT_IO = 74,        /* reading or writing failed */
	EXIT_TRY_AGAIN = 75, /* try again later */
	EXIT_CONFIG = 78,    /* bad configuration */
};

/* CLOCK_MONOTONIC in nanoseconds: the only clock a call is timed by. */
int64_t now_ns(void);

/* Wall clock as RFC 3339 UTC with milliseconds, "2026-01-31T23:59:59.123Z"; buf holds at least 25
 * bytes. */
void wall_time(char *buf, size_t size);

/* FNV-1a, 64 bit, of a text: for tables and lots, not for secrets. Source: draft-eastlake-fnv. */
uint64_t hash_text(const char *s);

/* n bytes as hexadecimal digits, NUL-terminated: ret holds 2 * n + 1. Returns ret. */
char *hex_text(const void *p, size_t n, char *ret);

/* Decimal integer within [min, max], all of s; errno EINVAL or ERANGE. */
int parse_int(const char *s, int64_t min, int64_t max, int64_t *ret) MUST_USE;

/* A length of time with its unit, "90s", "15m", "24h", "30d", "4w", in seconds; 0 needs none. errno EINVAL or
 * ERANGE (beyond 1000 years). */
int parse_age(const char *s, int64_t *ret_s) MUST_USE;

/* A path into a buffer of PATH_MAX bytes; errno ENAMETOOLONG. */
int format_path(char path[PATH_MAX], const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_USE;

/* Write all n bytes to a blocking descriptor (files and small records), retrying EINTR and short
 * writes. */
int write_all(int fd, const void *buf, size_t n) MUST_USE;

/* Read a whole small file of at most max bytes; *ret is malloc'd and NUL-terminated; errno EFBIG
 * beyond max. */
int read_file(const char *path, size_t max, char **ret, size_t *ret_bytes) MUST_USE;

/* Replace path by n bytes: temporary file beside it, then rename, so that a reader sees old or
 * new, whole. */
int replace_file(const char *path, const void *buf, size_t n) MUST_USE;

/* Make fd 0, 1 and 2 refer to something, so that no socket becomes stdin by chance. What was closed still cannot
 * be read (stdin) or written (stdout): EBADF, so that nobody takes lost output for success. */
int ensure_std_fds(void) MUST_USE;

/* True if both descriptors refer to the same open object (same socket, same file). */
bool same_file(int a, int b);

/* Little and big endian. */
static inline uint16_t get_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline void put_be16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline int16_t get_le16s(const uint8_t *p)
{
	return (int16_t)(p[0] | p[1] << 8);
}

static inline void put_le16s(uint8_t *p, int16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)((uint16_t)v >> 8);
}

static inline int64_t min_i64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t max_i64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

#endif
