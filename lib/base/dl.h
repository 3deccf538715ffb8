/* dl: a library that is loaded when it is first needed: linked, it would cost every exec milliseconds.
 *
 *	static struct { __typeof__(sf_open) *open; __typeof__(sf_close) *close; } sf;
 *	dl_load("libsndfile.so.1", (struct dl_symbol[]){{"sf_open", &sf.open}, {"sf_close", &sf.close}, {0}})
 */
#ifndef CALLPIPE_BASE_DL_H
#define CALLPIPE_BASE_DL_H

#include "base/util.h"

struct dl_symbol {
	const char *name; /* NULL ends the list */
	void *pointer;    /* address of the function pointer to set */
};

/* Load the library and set all pointers, or none: -1 with errno ENOENT (not installed) or ENOSYS (it lacks
 * one of the functions). It stays loaded; loading it again is cheap. */
int dl_load(const char *soname, const struct dl_symbol *symbols) MUST_USE;

#endif
