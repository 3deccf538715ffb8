/* voice: learn the voice detector, and measure it beside WebRTC's.
 */
#ifndef CALLPIPE_VOICE_VOICE_H
#define CALLPIPE_VOICE_VOICE_H

/* The whole of each, from its own name on; exit codes of sysexits. */
int learn_main(int argc, char **argv);
int measure_main(int argc, char **argv);

#endif
