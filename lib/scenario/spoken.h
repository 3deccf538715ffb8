/* spoken: a text as the sentences it is said in.
 */
#ifndef CALLPIPE_SCENARIO_SPOKEN_H
#define CALLPIPE_SCENARIO_SPOKEN_H

#include "base/util.h"

enum spoken {
	SPOKEN_OK,
	SPOKEN_NOTHING,  /* not a letter, not a digit */
	SPOKEN_TOO_LONG, /* a sentence is longer than one synthesize */
};

enum spoken spoken_check(const char *text);

#endif
