/* place: the folder that prompts go to. */
#ifndef CALLPIPE_PROMPTS_PLACE_H
#define CALLPIPE_PROMPTS_PLACE_H

#include <sys/stat.h>

#include "prompts.h"

/* Open it, make it if it is not there, and wait until nobody else works in it. It may not lie in one of the sources,
 * which would find the prompts the next time. 0, or an exit code after a message. */
int place_open(const char *path, char *const sources[], int *ret_fd, struct stat *ret_st) MUST_USE;

/* True if the path is this folder, or lies in it at any depth. Links are followed. */
bool place_has(const struct stat *folder, const char *path);

#endif
