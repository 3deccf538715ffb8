#include "lexicon.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

struct lexicon {
	struct map map;
	uint32_t *slot; /* where a line begins, plus 1; 0: free */
	size_t slots;   /* a power of two, twice the lines or more */
};

/* FNV-1a. */
static size_t hash(const char *word, size_t n)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)word[i]) * 16777619U;
	return h ^ h >> 15;
}

/* Bytes of the word a line begins with. */
static size_t word_bytes(const char *line, const char *end)
{
	const char *p = line;

	while (p < end && *p != ' ' && *p != '\t' && *p != '\n' && *p != '\r')
		p++;
	return (size_t)(p - line);
}

/* Where the next line begins, or the end. */
static const char *line_next(const char *line, const char *end)
{
	const char *nl = memchr(line, '\n', (size_t)(end - line));

	return nl ? nl + 1 : end;
}

static void index_add(struct lexicon *l, const char *line, const char *end)
{
	size_t at = hash(line, word_bytes(line, end));

	while (l->slot[at & (l->slots - 1)])
		at++;
	l->slot[at & (l->slots - 1)] = (uint32_t)(line - (const char *)l->map.p) + 1;
}

static int index_make(struct lexicon *l)
{
	const char *begin = (const char *)l->map.p, *end = begin + l->map.n;
	size_t lines = 0;

	for (const char *line = begin; line < end; line = line_next(line, end))
		lines++;
	for (l->slots = 2; l->slots < 2 * lines;)
		l->slots *= 2;
	l->slot = calloc(l->slots, sizeof(*l->slot));
	if (!l->slot)
		return -1;
	for (const char *line = begin; line < end; line = line_next(line, end))
		index_add(l, line, end);
	return 0;
}

int lexicon_open(const char *path, struct lexicon **ret)
{
	struct lexicon *l = calloc(1, sizeof(*l));

	if (!l)
		return -1;
	if (map_open(path, &l->map) == 0 && l->map.n > UINT32_MAX / 2) {
		map_close(&l->map);
		errno = EFBIG;
	}
	if (!l->map.p || index_make(l) < 0) {
		int err = errno;

		lexicon_close(l);
		errno = err;
		return -1;
	}
	*ret = l;
	return 0;
}

void lexicon_close(struct lexicon *l)
{
	if (!l)
		return;
	map_close(&l->map);
	free(l->slot);
	free(l);
}

/* What stands behind the word of a line. */
static bool phones_copy(const char *p, const char *end, char *ret, size_t size)
{
	const char *stop;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	for (stop = p; stop < end && *stop != '\n' && *stop != '\r';)
		stop++;
	if (stop == p || (size_t)(stop - p) >= size)
		return false;
	memcpy(ret, p, (size_t)(stop - p));
	ret[stop - p] = '\0';
	return true;
}

bool lexicon_find(const struct lexicon *l, const char *word, char *ret, size_t size)
{
	const char *begin = (const char *)l->map.p, *end = begin + l->map.n;
	size_t n = strlen(word);

	for (size_t at = hash(word, n); l->slot[at & (l->slots - 1)]; at++) {
		const char *line = begin + l->slot[at & (l->slots - 1)] - 1;

		if (word_bytes(line, end) == n && memcmp(line, word, n) == 0)
			return phones_copy(line + n, end, ret, size);
	}
	return false;
}
