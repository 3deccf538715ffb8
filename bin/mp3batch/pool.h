/* pool: several processes that work on the items of a batch, one item each at a time.
 *
 * Processes and no threads: what an item does to its worker, a crash of a library or the end of its memory, happens to
 * that item alone. If the tool is killed its workers finish what they have and leave.
 */
#ifndef MP3BATCH_POOL_H
#define MP3BATCH_POOL_H

#include "record/batch.h"

#define POOL_MAX 256 /* workers */

/* Work through the batch with n workers; work() is called in them and returns what batch_end wants. 0, or an exit
 * code after a message: nobody could be started. */
int pool_run(struct batch *b, int n, int (*work)(const char *path)) MUST_USE;

#endif
