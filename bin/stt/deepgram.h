/* deepgram: engine deepgram: Deepgram's live recogniser over a WebSocket, which hears a turn while it is spoken.
 *
 * One connection is made when the call begins and kept for it. Language and likely phrases are bound to a connection: a
 * listen that names new phrases has another one made beside it, which takes over between two turns; one in another
 * language has to wait for it. What the vendor thinks is an end of an utterance is not: vad's endpoint is one, and
 * Finalize asks for the words until there. A connection that breaks is made anew, and hears the turn from its beginning.
 *
 * Source: Deepgram, /v1/listen over WebSocket; docs: KeepAlive, Finalize, recovering from connection errors.
 */
#ifndef CALLPIPE_STT_DEEPGRAM_H
#define CALLPIPE_STT_DEEPGRAM_H

#include "recogniser.h"

extern const struct engine engine_deepgram;

#endif
