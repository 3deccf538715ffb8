/* bend: a sum, or an amplified sample, as a sample: what is near full scale, or beyond, is bent to stay below it. */
#ifndef CALLPIPE_ASSEMBLE_BEND_H
#define CALLPIPE_ASSEMBLE_BEND_H

#include <stdint.h>

#define BEND_KNEE 28000 /* up to here a sample stays as it is: -1.4 dB */
#define BEND_FULL 32767

static inline int16_t bend(int v)
{
	int size = v < 0 ? -v : v;
	float over = (float)(size - BEND_KNEE), room = BEND_FULL - BEND_KNEE;

	if (size > BEND_KNEE) /* slope 1 at the knee, BEND_FULL at infinity */
		size = BEND_KNEE + (int)(room * over / (over + room));
	return (int16_t)(v < 0 ? -size : size);
}

#endif
