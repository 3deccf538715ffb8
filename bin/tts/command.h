/* command: parts of the engine that runs a program, for its test. */
#ifndef TTS_COMMAND_H
#define TTS_COMMAND_H

#include "make.h"

#define COMMAND_ARGS_MAX 64
#define COMMAND_BYTES_MAX 4096

struct command_line {
	char *argv[COMMAND_ARGS_MAX + 1]; /* arguments, NULL at the end */
	char bytes[COMMAND_BYTES_MAX];    /* where they are */
};

/* The words of the command that is set, with {voice}, {language} and {rate} replaced, for a phrase. Words are divided
 * by blanks; '...' and "..." keep them. -1: why says why. */
int command_words(const struct voice *v, const struct phrase *p, struct command_line *ret,
	char why[WHY_MAX]) MUST_USE;

#endif
