/* shell: one tool run from the command line, with what it says in words for people.
 */
#ifndef AGENT_SHELL_H
#define AGENT_SHELL_H

#include "base/util.h"

/* Run the tool of this name in a file of tools, or of a scenario; arguments: JSON, NULL: none. The exit code. */
int shell_tool(const char *file, const char *name, const char *arguments) MUST_USE;

#endif
