/* name: what a prompt is called: the path of its source below the folder that was named, or its file name, without
 * the last ending. "audio" given, audio/fr/hello.v2.mp3 is "fr/hello.v2".
 */
#ifndef CALLPIPE_PROMPTS_NAME_H
#define CALLPIPE_PROMPTS_NAME_H

#include "prompts.h"

/* operands: as they were given, NULL at the end. NULL in *ret_why, or why it can have none. */
void name_of(const char *path, char *const operands[], char ret[PATH_MAX], const char **ret_why);

#endif
