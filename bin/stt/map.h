/* map: a file of a model in memory, shared by all who read it. */
#ifndef CALLPIPE_STT_MAP_H
#define CALLPIPE_STT_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

struct map {
	uint8_t *p; /* only to be read; NULL: closed */
	size_t n;   /* bytes */
};

/* -1: errno says why; ENOTSUP for an empty file. */
int map_open(const char *path, struct map *ret) MUST_USE;
void map_close(struct map *m);

#endif
