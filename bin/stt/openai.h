/* openai: engine openai: any server with /v1/audio/transcriptions: OpenAI, Groq, whisper.cpp, speaches.
 *
 * A turn is one request, made when it is over; the connection is made when it begins.
 */
#ifndef CALLPIPE_STT_OPENAI_H
#define CALLPIPE_STT_OPENAI_H

#include "recogniser.h"

extern const struct engine engine_openai;

#endif
