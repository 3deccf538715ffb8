/* command: engine command: any program makes words of a turn.
 *
 * It is run for each turn, without a shell, with a WAV file (mono, 16 bit, the rate of the call) on its standard
 * input. What it writes to standard output is the text: plain, or, if it begins with '{', a JSON object with text and,
 * if they are there, confidence, language, start and end (seconds). CALLPIPE_LANGUAGE is the language that is
 * expected.
 */
#ifndef CALLPIPE_STT_COMMAND_H
#define CALLPIPE_STT_COMMAND_H

#include "recogniser.h"

extern const struct engine engine_command;

/* A program's output to a result: -1 and *ret_why if it is none. */
int command_result(const char *out, size_t n, struct result *ret, const char **ret_why) MUST_USE;

#endif
