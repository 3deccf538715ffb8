/* near: how far a name is from another, to find the one that was meant. */
#ifndef CALLPIPE_BASE_NEAR_H
#define CALLPIPE_BASE_NEAR_H

#include <stddef.h>

#define NEAR_BYTES 40 /* of names that are compared */

/* How many letters are wrong, missing, too many, or exchanged with their neighbour; SIZE_MAX for a longer name. */
size_t near_distance(const char *a, const char *b);

#endif
