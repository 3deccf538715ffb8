/* program: an engine that is a process: text on its stdin, sound on its stdout, what is wrong on its stderr.
 *
 * It runs in a process group of its own, which is killed when it is stopped, hangs, or has ended. Its last line on stderr
 * is the reason if it fails.
 */
#ifndef TTS_PROGRAM_H
#define TTS_PROGRAM_H

#include "make.h"

#define PROGRAM_TEXT_MAX 65536 /* bytes: what an empty pipe takes */

/* Run argv[0] (searched in PATH); make_fail if it cannot. */
void program_start(struct make *m, char *const argv[], const char *text, size_t n);
/* A part of ourselves that is to run in a child: writes sound to fd, and if it fails its reason into why. Returns the
 * exit code. */
typedef int program_child(const void *arg, int fd, char *why, size_t why_size);
void program_fork(struct make *m, program_child *fn, const void *arg);
void program_stop(struct make *m);

#endif
