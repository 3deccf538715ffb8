/* alone: who has answered in sound files, without a stream.
 */
#ifndef AMD_ALONE_H
#define AMD_ALONE_H

#include "judge.h"

/* Print the verdicts of each file to stdout: a line of JSON each, or a table. Returns an exit code; messages have been
 * written. */
int alone_run(char *const paths[], int rate_hz, const struct judge_set *set, bool table);

#endif
