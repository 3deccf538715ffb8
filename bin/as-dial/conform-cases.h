/* conform-cases: what an AudioSocket server is put through. */
#ifndef CALLPIPE_AS_DIAL_CONFORM_CASES_H
#define CALLPIPE_AS_DIAL_CONFORM_CASES_H

#include "conform-caller.h"

/* Cases of a wave run side by side, and a wave when the one before is over. */
enum conform_wave { WAVE_CALLS, WAVE_STRANGERS, WAVE_CROWD, CONFORM_WAVES };

struct conform_case {
	const char *name;            /* one word; NULL ends the table */
	const char *shows;           /* what the server has to do */
	const char *fact;            /* what Asterisk does, or what happened to it */
	void (*run)(struct peer *p); /* p is initialised and not connected */
	enum conform_wave wave;
};

/* Calls and what happens in them; how connections end, and who connects beside Asterisk. */
extern const struct conform_case conform_calls[], conform_ends[];

#endif
