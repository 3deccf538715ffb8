/* name: names of people as they are written, whatever keyboard they were typed on.
 *
 * Only what was typed in one case alone is changed, part by part: "jean-PIERRE" is Jean-Pierre, "DUPONT" Dupont; "McKay",
 * "DiCaprio" and "De Gaulle" stay as their writer has them. Parts are divided by blanks, hyphens and apostrophes: O'Brien,
 * L'Hermite, d'Artagnan. Particles are small within a name, and at the beginning of a last one: "DE LA TOUR" de La Tour,
 * "VAN DER BERG" van der Berg, "LE PEN" Le Pen. MC and three letters or more is Mc: McDonald; MAC is not, because of Macron.
 * Initials with points and Roman numerals stay great: J.P., Louis XIV. Scripts without case stay as they are.
 */
#ifndef CALLPIPE_TEXT_NAME_H
#define CALLPIPE_TEXT_NAME_H

#include "base/dynbuf.h"

/* Add the name of n bytes, UTF-8, to *ret: cased, blanks around it left out, those within it one each. last: it is a
 * last name. -1: the buffer has failed. */
int name_case(const char *text, size_t n, bool last, struct dynbuf *ret) MUST_USE;

#endif
