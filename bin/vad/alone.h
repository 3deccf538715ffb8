/* alone: the turns in sound files, without a stream.
 */
#ifndef VAD_ALONE_H
#define VAD_ALONE_H

#include "audio/endpoint.h"

/* Print the turns of each file to stdout: a line of JSON each, or a table. plot: draw the (one) file there; NULL: do
 * not. Returns an exit code; messages have been written. */
int alone_run(char *const paths[], int rate_hz, const struct endpoint_set *set, const char *plot,
	bool table);

#endif
