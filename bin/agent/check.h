/* check: are these scenarios without mistakes?
 */
#ifndef AGENT_CHECK_H
#define AGENT_CHECK_H

#include "base/util.h"
#include "scenario/scenario.h"

/* What this agent can do, for scenario_load. */
extern const struct scenario_options agent_options;

/* Say every mistake of every file on stderr, and of a file without any what is in it on stdout. Returns the exit
 * code: 0, or 65. */
int check_files(char *const *files, int n) MUST_USE;

#endif
