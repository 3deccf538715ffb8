/* report: figures as lines of JSON on stdout, and as tables for people on stderr.
 */
#ifndef CALLPIPE_VOICE_REPORT_H
#define CALLPIPE_VOICE_REPORT_H

#include "detect.h"

struct report_row {
	char name[24];                         /* as in the output */
	struct score_counts counts[DETECTORS]; /* of each detector */
};

/* n rows, made of so many frames in all. */
void report(const struct report_row *row, int n, int64_t frames);

#endif
