/* tap: results of a test program in the Test Anything Protocol (testanything.org), plan at the end.
 *
 *	ok(n == 3, "three frames in %s", file);
 *	is_int(n, 3, "three frames");           // says what it got instead
 *	is_str(s, "abc", "unescaped");
 *	return done_testing();
 */
#ifndef CALLPIPE_TESTS_TAP_H
#define CALLPIPE_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_run, tap_failed;

static inline __attribute__((format(printf, 5, 6))) bool tap_ok(
	bool cond, const char *expr, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", cond ? "" : "not ", ++tap_run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!cond) {
		tap_failed++;
		printf("# %s:%d: %s\n", file, line, expr);
	}
	fflush(stdout);
	return cond;
}

#define ok(cond, ...) tap_ok((cond), #cond, __FILE__, __LINE__, __VA_ARGS__)

#define is_int(got, want, ...) \
	do { \
		long long tap_got = (long long)(got), tap_want = (long long)(want); \
		if (!tap_ok(tap_got == tap_want, #got " == " #want, __FILE__, __LINE__, \
			    __VA_ARGS__)) \
			printf("# got %lld, not %lld\n", tap_got, tap_want); \
	} while (0)

#define is_str(got, want, ...) \
	do { \
		const char *tap_got = (got), *tap_want = (want); \
		bool tap_same = tap_got && strcmp(tap_got, tap_want) == 0; \
		if (!tap_ok(tap_same, #got " is " #want, __FILE__, __LINE__, __VA_ARGS__)) \
			printf("# got '%s', not '%s'\n", tap_got ? tap_got : "(null)", tap_want); \
	} while (0)

/* Print the plan; returns the exit code. */
static inline int done_testing(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed || tap_run == 0;
}

#endif
