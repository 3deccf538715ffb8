/* probe: one request to each language model as it is set, and what it has to say of itself. */
#ifndef CALLPIPE_AGENT_PROBE_H
#define CALLPIPE_AGENT_PROBE_H

/* Prints what came; returns an exit code after messages: 0 all answered, 69 one refuses for good, 75 one may answer
 * another time, 78 the file is wrong, or a key is missing. */
int probe_models(const char *path);

#endif
