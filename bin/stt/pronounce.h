/* pronounce: how an English word that is in no dictionary may be spoken.
 *
 * Simple letter-to-sound rules, after the manner of Elovitz et al., "Automatic translation of English text to phonetics
 * by means of letter-to-sound rules" (NRL report 7948, 1976), far fewer; phones are those of CMUdict. A word without a
 * vowel, such as "dsl", is spelled.
 */
#ifndef CALLPIPE_STT_PRONOUNCE_H
#define CALLPIPE_STT_PRONOUNCE_H

#include "base/util.h"

/* Phones parted by blanks. What '-' or '.' joins ("rip-off") is spoken part by part; an apostrophe is not heard. -1: the
 * word has other letters than a to z, or does not fit. */
int pronounce_word(const char *word, char *phones, size_t size) MUST_USE;

#endif
