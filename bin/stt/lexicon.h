/* lexicon: how words are pronounced, looked up in a dictionary that stays a file.
 *
 * libpocketsphinx loads all of its dictionary: 20 MB for each call, of which a grammar needs a hundred words. Here there
 * is an index of a megabyte, and what is found is told to the library.
 *
 * Source: CMUdict as sphinx reads it: a line is a word, blanks, its phones; "read(2)" is a second way to say "read".
 */
#ifndef CALLPIPE_STT_LEXICON_H
#define CALLPIPE_STT_LEXICON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

struct lexicon;

/* -1 with errno. */
int lexicon_open(const char *path, struct lexicon **ret) MUST_USE;
void lexicon_close(struct lexicon *l);
/* Phones of a word, parted by blanks, into ret of size bytes. False: it is not there. */
bool lexicon_find(const struct lexicon *l, const char *word, char *ret, size_t size);

#endif
