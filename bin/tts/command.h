/* command: parts of the engine that runs a program, for its test. */
#ifndef TTS_COMMAND_H
#define TTS_COMMAND_H

#include "base/words.h"
#include "make.h"

/* The words of the command that is set, with {voice}, {language} and {rate} replaced, for a phrase. -1: why says
 * why. */
int command_words(const struct voice *v, const struct phrase *p, struct words *ret,
	char why[WHY_MAX]) MUST_USE;

#endif
