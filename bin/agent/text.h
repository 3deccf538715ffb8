/* text: dialogues on a terminal, and from files that say what has to happen. */
#ifndef AGENT_TEXT_H
#define AGENT_TEXT_H

#include "model/models.h"
#include "scenario/scenario.h"

/* models: asked where a dialogue tells no answer; NULL: none.
 * Talk with the scenario: the caller's lines from stdin, all that happens to stdout. The exit code. */
int text_talk(const struct scenario *sc, const struct models *models) MUST_USE;
/* Run dialogue files and compare: 0, 1 if one went otherwise than its file says, or another exit code: it has been said
 * why. A file names its scenario, or it is the one given (NULL: none). load: loads one by its path, kept by it; NULL:
 * it has said what is wrong. */
int text_check(char *const *files, int n, const char *scenario, const struct models *models,
	const struct scenario *(*load)(const char *path)) MUST_USE;

#endif
