/* batch: the items of a tool that works through many of them, one after the other, and what has become of each.
 *
 *	if (batch_open(&(struct batch_page){.one = "call", .many = "calls"}, argv + first, &b) == 0)
 *		while ((path = batch_next(b)))
 *			batch_end(b, work(path)); // which has said what failed
 *	return batch_close(b);
 *
 * The rule for all (callpipe(7), BATCH WORK): an item is an operand, or a line of stdin if there are no operands, or
 * for the operand "-". A folder is searched for items, in the order of the names; symbolic links in it are not
 * followed. An item that failed does not stop the others. On a terminal, progress is shown on stderr; otherwise
 * there is one line at the end, and none if there was nothing to do. No threads here; these calls block.
 */
#ifndef CALLPIPE_RECORD_BATCH_H
#define CALLPIPE_RECORD_BATCH_H

#include "base/util.h"

struct batch_page {
	const char *one, *many; /* what an item is, for people: "call", "calls" */
	/* Which files of a folder are items, by the ends of their names, NULL at the end. Without: the call
	 * directories, those with a call.json or an events.jsonl; then an item is a directory. */
	const char *const *suffixes;
	bool calls; /* with suffixes: call directories are items too, and what is in them is none */
};

/* How an item ended: 0 done, BATCH_SKIPPED, or the exit code that it is worth; then it has been said why. */
#define BATCH_SKIPPED (-1) /* nothing to do: done before, or not yet to be done */

struct batch;

/* Begin. An operand that is not there, or cannot be searched, is an item that failed. 0, or an exit code after a
 * message: nothing was named, or no memory. */
int batch_open(const struct batch_page *page, char *const operands[], struct batch **ret) MUST_USE;
/* The next item; NULL: no more. Valid until the next call. */
const char *batch_next(struct batch *b);
/* One of those given out has ended. They may end in any order. */
void batch_end(struct batch *b, int end);
/* Show it (again), if it is time to: for work that takes long on one item. */
void batch_show(struct batch *b);
/* The summary. Returns the exit code: 0 if every item was done or skipped, or that of the first that failed. */
int batch_close(struct batch *b) MUST_USE;

#endif
