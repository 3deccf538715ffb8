/* memory: what a loaded scenario lies in: blocks that are freed at once, and what else has to be undone then.
 *
 * There is always enough: without memory `memory_get` and its kin jump to where memory_open was told, so that a
 * loader of a hundred functions has one place that deals with it.
 */
#ifndef CALLPIPE_SCENARIO_MEMORY_H
#define CALLPIPE_SCENARIO_MEMORY_H

#include <setjmp.h>
#include <stdarg.h>

#include "base/util.h"

struct scenario_memory;

/* NULL: no memory, not even for that. */
struct scenario_memory *memory_open(jmp_buf *without) MUST_USE;
/* Undo what was deferred, the last first, and free everything; m may be NULL. */
void memory_close(struct scenario_memory *m);
/* n bytes of zeros, aligned for anything. */
void *memory_get(struct scenario_memory *m, size_t n);
/* An array of n items of a type, zeros. */
#define MEMORY_ARRAY(m, type, n) ((type *)memory_get(m, sizeof(type) * (n)))
char *memory_format(struct scenario_memory *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Call undo(p) at the end. If there is no memory for that, it is called at once. */
void memory_defer(struct scenario_memory *m, void (*undo)(void *p), void *p);
/* Jump, as without memory. */
void memory_none(struct scenario_memory *m) __attribute__((noreturn));
/* Nobody is there to jump to any more. */
void memory_seal(struct scenario_memory *m);

#endif
