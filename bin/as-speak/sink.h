/* sink: journal records and bot audio, on their way to whoever writes them to the disk.
 *
 * as-speak itself never touches the disk. In a call the scribe is as-answer, reached through $CALLPIPE_DIR/scribe;
 * when as-answer has died, or as-speak runs alone with --journal or --record, it is a child of our own that speaks
 * the same protocol (callpipe-calldir(5), "scribe"). Nothing here blocks: when the scribe is stuck, audio is
 * dropped first and counted.
 */
#ifndef AS_SPEAK_SINK_H
#define AS_SPEAK_SINK_H

#include "stream/scribe.h"
#include "stream/writer.h"

#define SINK_EVENT_MAX (1 << 20)   /* bytes of journal records that may wait for a stuck scribe */
#define SINK_AUDIO_MAX (256 << 10) /* bytes of audio that may wait */
#define SINK_PIPE_BYTES (64 << 10) /* what a pipe holds, and a scribe that dies leaves unread */
#define SINK_BATCH_BYTES 3200      /* audio in one frame: with its header it fits PIPE_BUF */

struct sink {
	const struct scribe_files *files; /* where a scribe of our own writes */
	bool open;                        /* somebody is listening */
	pid_t own;    /* the scribe that is a child of ours, -1: there is none */
	bool broken;  /* there is no scribe any more, and there should be */
	bool patient; /* the scribe is waited for; in a call nothing is */
	int rate_hz;
	struct writer out;
	int64_t seq;                     /* of the last journal record */
	struct dynbuf recent;            /* the records as-answer may not have read, a line each */
	struct dynbuf recent_audio;      /* bot audio as-answer may not have read */
	int64_t sent_ms;                 /* call time of the end of it */
	uint8_t batch[SINK_BATCH_BYTES]; /* bot audio not yet sent */
	size_t batch_bytes;
	int64_t batch_ms;             /* call time of its first sample */
	char heard_id[LEDGER_ID_MAX]; /* the utterance last heard in it, "": none */
	int64_t heard_ms;             /* and how much of that by then */
	int64_t lost_ms;              /* bot audio that was not recorded */
	uint64_t lost_records;        /* journal records that were too large, or found no room */
};

/* dir: the call directory or NULL. files: what a scribe of our own would write; they stay valid.
 * -1 with errno. */
int sink_open(struct sink *s, const char *dir, const struct scribe_files *files, int rate_hz,
	bool patient) MUST_USE;
/* No more will come: a scribe of our own writes what it has and ends. What still waits is lost, and said so. */
void sink_close(struct sink *s);
/* Wait for a scribe of our own: its exit code, EXIT_IO if the record is not whole. */
int sink_wait(struct sink *s) MUST_USE;
/* True if nobody but us is there to end the call: there never was a scribe but our own, or as-answer is dead. */
bool sink_alone(const struct sink *s);
/* A journal record at call time t_ms; data is a checked object. -1: it is too large, and counted as lost. */
int sink_journal(struct sink *s, int64_t t_ms, const char *type, struct jspan data) MUST_USE;
/* 20 ms that went onto the line at t_ms, and how much of which utterance has been heard by now (NULL: none). */
void sink_audio(struct sink *s, int64_t t_ms, const int16_t *samples, size_t n,
	const char *utterance, int64_t heard_ms);
/* No more audio will come: pass on what is left of a batch. */
void sink_end_audio(struct sink *s);
/* Write what waits as far as it goes. If the scribe has died, one of our own takes over. */
void sink_flush(struct sink *s);
/* Write all that waits, for as long as the scribe takes, but not beyond give_up_ns (CLOCK_MONOTONIC;
 * 0: never give up). */
void sink_drain(struct sink *s, int64_t give_up_ns);

#endif
