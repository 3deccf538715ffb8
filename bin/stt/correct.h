/* correct: a table of what a recogniser writes and what was said: names, products, places.
 *
 * A file of lines, parted by tabs; with a language, a line is for callers of it alone:
 *
 *	# wrong	right	language
 *	inter net	internet
 *	free books	Freebox	fr
 *	um
 *
 * Words are compared folded (text/fold.h), whole ones: "free books" is found in "Free-Books", not in "free bookshop".
 * Between the words of a line there may be blanks, hyphens and apostrophes, nothing else. Of several lines that fit the
 * one with the most text counts; what was corrected is not looked at again. Without a right, words are left out.
 */
#ifndef CALLPIPE_STT_CORRECT_H
#define CALLPIPE_STT_CORRECT_H

#include "stt.h"

#define CORRECT_WHY_MAX 256

struct corrections; /* the table */

/* NULL or "": none, *ret is NULL. -1: it cannot be used; why, as the end of a message. */
int corrections_open(
	const char *path, struct corrections **ret, char why[CORRECT_WHY_MAX]) MUST_USE;
void corrections_close(struct corrections *c);
/* Correct a text of that language (BCP 47, or ""); what has no room is left as it is. c may be NULL. */
void corrections_apply(const struct corrections *c, const char *language, char text[STT_TEXT_MAX]);

#endif
