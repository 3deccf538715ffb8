/* fuzz: what the fuzz targets share.
 */
#ifndef CALLPIPE_TESTS_FUZZ_H
#define CALLPIPE_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A property that must hold whatever the input: abort is what libFuzzer and the replay report. */
#define MUST(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

/* A copy of n bytes that ends where an allocation ends, so that a sanitizer sees a byte read too far. */
static inline void *fuzz_copy(const void *p, size_t n)
{
	void *copy = malloc(n ? n : 1);

	if (!copy)
		abort();
	if (n)
		memcpy(copy, p, n);
	return copy;
}

#endif
