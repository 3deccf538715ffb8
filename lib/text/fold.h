/* fold: what two ways to write the same words have in common, so that they can be compared.
 *
 * Folded text is lower-case words with one blank between, none at its ends, and nothing else: no punctuation, no
 * accents. Folding folded text changes nothing. The same for all languages, since callers mix them:
 *
 * - Latin: accents go, ligatures open (œ oe, ß ss). An apostrophe parts words (l'internet: l internet), so that
 *   "internet" is found; but n't stays one word (don't: dont), so that a negation is one.
 * - Arabic: vowel signs and tatweel go; أ إ آ ٱ become ا, ى and ی and ئ become ي, ؤ becomes و, ة becomes ه, ک becomes
 *   ك, a lone ء goes: what people, keyboards and recognisers write without a system (مئة, مية: ميه). Presentation
 *   forms become letters.
 * - Cyrillic: ё becomes е, ґ becomes г, ї becomes і: the dots and the hook are left out in writing. и, і, й, є and э
 *   stay apart: they tell words apart (кит, кіт; мои, мой). An apostrophe goes (п'ять: пять). Latin letters that look
 *   like Cyrillic ones (a c e i o p x y), in a word that has Cyrillic ones, become these.
 * - Digits of all three sets become ASCII.
 */
#ifndef CALLPIPE_TEXT_FOLD_H
#define CALLPIPE_TEXT_FOLD_H

#include "base/dynbuf.h"

/* Empty *ret and put the folded text there. At most two bytes for one of text. -1: the buffer has failed. */
int fold_text(const char *text, size_t n, struct dynbuf *ret) MUST_USE;

#endif
