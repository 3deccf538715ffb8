/* check: are these scenarios without mistakes?
 */
#ifndef AGENT_CHECK_H
#define AGENT_CHECK_H

#include "base/util.h"
#include "model/models.h"
#include "scenario/scenario.h"

/* What this agent can do, for scenario_load, and where its recordings are. */
extern struct scenario_options agent_options;

/* Say them on stderr, and free them. */
void check_tell(struct scenario_mistakes *mistakes);
/* The models of a file; -1: its mistakes have been said. */
int check_load_models(const char *file, struct models **ret) MUST_USE;
/* Say every mistake of every file on stderr, and of a file without any what is in it on stdout. Returns the exit
 * code: 0, or 65. */
int check_files(char *const *files, int n) MUST_USE;

#endif
