/* worker: the process that decodes for the engine pocketsphinx.
 *
 * It reads frames (lib/stream/frame.h) and writes frames, both to the one descriptor. In: `expect` {free: no hints,
 * so any words}, `turn` {rate, samples, hints?} and its audio-chunks. Out: for each turn one `result` {text, confidence,
 * score, start, end}; `trouble` {code, text}; `failed` {text}: it can never decode.
 */
#ifndef CALLPIPE_STT_WORKER_H
#define CALLPIPE_STT_WORKER_H

/* Until the other end is closed. model: folder with en-us/ and its dictionary. Returns an exit code. */
int worker_run(int fd, const char *model);

#endif
