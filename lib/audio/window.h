/* window: what filters of audio are made of.
 *
 * Source: Oppenheim, Schafer, Discrete-Time Signal Processing, 7.5.3.
 */
#ifndef CALLPIPE_AUDIO_WINDOW_H
#define CALLPIPE_AUDIO_WINDOW_H

/* The sinc at t (zeros at whole numbers) in a Kaiser window of this shape, which is open for |t| < half. Its height is
 * not 1: who uses it divides by the sum. */
double window_sinc(double t, double half, double shape);

#endif
