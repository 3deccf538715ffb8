/* record: the caller's side of a call directory (callpipe-calldir(5)): caller.s16 and listen.jsonl.
 *
 * caller.s16 holds all that the caller said; listen.jsonl what went to stdout, with the audio by
 * reference, so that the stream can be written again byte for byte. Both are written in batches of
 * about 200 ms. When that fails the call goes on: it is reported once, and again when it works.
 */
#ifndef AS_LISTEN_RECORD_H
#define AS_LISTEN_RECORD_H

#include "base/dynbuf.h"
#include "stream/frame.h"

#define RECORD_BATCH_MS 200

struct record_file {
	const char *name; /* in the directory */
	const char *lost; /* what is lost while it cannot be written */
	int fd;           /* -1: not open */
	bool failing;     /* the last write failed, and this was reported */
};

enum record_run { RECORD_NOTHING, RECORD_AUDIO, RECORD_FILL };

struct record {
	int dir_fd; /* the call directory; -1: nothing is recorded */
	bool list;  /* write listen.jsonl too */
	int rate_hz;
	void (*report)(void *ctx, const char *file, const char *text);
	void *ctx; /* for report */

	struct record_file audio_file, list_file;
	struct dynbuf audio;   /* samples not yet written, little endian */
	int64_t audio_at;      /* where they go, bytes */
	struct dynbuf lines;   /* of listen.jsonl, not yet written */
	int64_t lines_at;      /* where they go, bytes */
	bool lines_lost;       /* there was no room for some */
	struct dynbuf waiting; /* lines of events that are queued but not begun, in order */
	enum record_run run;   /* audio on its way to a line: what, */
	int64_t run_ms;        /* from when, call time, */
	int64_t run_chunks;    /* and how many of 20 ms */
};

/* dir: NULL records nothing. report is called for each failure and each recovery. -1: dir cannot be
 * opened. */
int record_open(struct record *r, const char *dir, bool list, int rate_hz,
	void (*report)(void *ctx, const char *file, const char *text), void *ctx) MUST_USE;
/* Write what is left. */
void record_close(struct record *r);
/* 20 ms of the caller, for caller.s16. */
void record_audio(struct record *r, int64_t timestamp_ms, const void *le_bytes, size_t bytes);
/* A frame that is not audio has been queued. */
void record_event(struct record *r, const struct frame *f);
/* The oldest event queued, or a chunk of which the first `heard` samples are the caller's, is being
 * written. */
void record_begun_event(struct record *r);
void record_begun_audio(struct record *r, int64_t timestamp_ms, size_t heard);
/* Write what has come. */
void record_flush(struct record *r);

#endif
