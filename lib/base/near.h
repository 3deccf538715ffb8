/* near: how far a name is from another, to find the one that was meant. */
#ifndef CALLPIPE_BASE_NEAR_H
#define CALLPIPE_BASE_NEAR_H

#include <stdbool.h>
#include <stddef.h>

#define NEAR_BYTES 40 /* of names that are compared */

/* How many letters are wrong, missing, too many, or exchanged with their neighbour; SIZE_MAX for a longer name. */
size_t near_distance(const char *a, const char *b);

/* It is 0 or 1, names of any length: a hundredth of the work, for what is asked at every start of a program. */
bool near_is_slip(const char *a, const char *b);

#endif
