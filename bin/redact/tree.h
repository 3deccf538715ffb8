/* tree: JSON in, the same JSON out: only strings that have personal data in them are other bytes.
 *
 * A number becomes a string where it has to be masked. The members of an object tell what a string is: who says it, or
 * that all of it is a name.
 */
#ifndef REDACT_TREE_H
#define REDACT_TREE_H

#include "redactor.h"

#define TREE_DEPTH 64

/* Mask the n bytes, JSON that has been checked, and add them to `to`; while learning, nothing is added. -1: it is deeper
 * than TREE_DEPTH, or no JSON after all. */
int tree_mask(struct redactor *r, const char *p, size_t n, struct dynbuf *to) MUST_USE;

#endif
