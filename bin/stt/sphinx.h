/* sphinx: engine pocketsphinx: a worker process of this program loads libpocketsphinx and decodes, so that nothing
 * here waits for it. A worker that dies or hangs costs its turn; the next turn has a new one.
 */
#ifndef CALLPIPE_STT_SPHINX_H
#define CALLPIPE_STT_SPHINX_H

#include "recogniser.h"

extern const struct engine engine_sphinx;

#endif
