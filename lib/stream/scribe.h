/* scribe: keeps the record of a call, so that as-speak never touches the disk.
 *
 * Frames come from as-speak (callpipe-calldir(5), "scribe"): journal records go to events.jsonl, bot audio to bot.s16
 * at the place of its call time. The scribe is as-answer, or a child of as-speak when there is no as-answer (any
 * more). What as-speak reports of itself stays in the fields below for whoever decides. When the disk is full,
 * journal text waits in memory and audio is counted as lost.
 */
#ifndef CALLPIPE_STREAM_SCRIBE_H
#define CALLPIPE_STREAM_SCRIBE_H

#include <sys/types.h>

#include "stream/ledger.h"
#include "stream/reader.h"

#define SCRIBE_WAITING_MAX (1 << 20) /* bytes of journal that wait for room on the disk */

#define SCRIBE_VERDICT_MAX 80 /* bytes of a verdict, with the NUL: what an Asterisk FILE() reads */

struct scribe_files {
	const char *journal;         /* events.jsonl; NULL: not written */
	const char *record;          /* bot.s16; NULL: not written */
	const char *verdict;         /* verdict in the call directory; NULL: not written */
	const char *verdict_by_uuid; /* the one the dialplan reads; NULL: not written */
};

struct scribe {
	struct reader in;
	struct scribe_files files;
	int journal_fd; /* events.jsonl; -1: not open yet */
	int bot_fd;     /* bot.s16; -1: not open yet */
	int rate_hz;
	struct dynbuf waiting; /* whole journal lines that are not in the file */
	off_t journal_bytes;   /* length of the file, whole lines */
	int64_t seq, t_ms;     /* of the last record */
	struct ledger ledger;
	struct dynbuf line; /* scratch for an own record */

	/* what is known of as-speak */
	pid_t speaker;   /* its process, from hello; 0: none yet */
	bool eof;        /* it is gone */
	char fatal[256]; /* text of a fatal error reported before any verdict; "": none */
	char verdict[SCRIBE_VERDICT_MAX]; /* of its `done`, as it wrote it; "": not yet */
	bool call_ended;                  /* a call-end is in the journal */

	/* what is lost */
	int disk_errno; /* why the disk did not take something; 0: it took everything so far */
	uint64_t lost_records;
	uint64_t lost_audio_bytes;
};

/* Read from fd (not closed by scribe_free), append to files, whose paths must stay valid. */
void scribe_init(struct scribe *s, int fd, const struct scribe_files *files, int rate_hz);
void scribe_free(struct scribe *s);

/* One read, when poll has said so, and what is whole of it recorded: 1; 0: nothing there, or as-speak is gone
 * (eof); -1: not the language of a scribe, in.why says what, and nothing more can be read. (Until someone has
 * opened the FIFO to write, a read says end of file, but poll says nothing.) */
int scribe_read(struct scribe *s) MUST_USE;
/* Read all that is there now. */
void scribe_drain(struct scribe *s);

/* An own record at call time t_ms; data is a JSON object. Only when as-speak numbers no more. */
void scribe_note(struct scribe *s, int64_t t_ms, const char *type, struct jspan data);
/* Queue a record as it is, without its line feed. */
void scribe_line(struct scribe *s, const char *p, size_t n);
/* What a checked record says of as-speak and its utterances. */
void scribe_learn(struct scribe *s, struct jspan record);
/* Close every open utterance as failed. */
void scribe_close_utterances(struct scribe *s, int64_t t_ms);
/* Bot audio whose first sample is at call time at_ms. */
void scribe_audio(struct scribe *s, int64_t at_ms, const void *le_bytes, size_t bytes);
/* Write what waits; -1 while something still does. */
int scribe_flush(struct scribe *s);

/* The line of a verdict, whole or not at all, to each of the two paths that is not NULL; -1 with errno if one failed. */
int scribe_verdict(const struct scribe_files *files, const char *verdict) MUST_USE;

/* What the scribe before may have died without having written. */
struct scribe_tail {
	struct jspan records; /* the latest records, a line each */
	const void *audio;    /* the latest bot audio, little endian */
	size_t audio_bytes;
	int64_t audio_ms; /* call time of its first sample */
};

/* Fork a scribe. With a tail it goes on where the journal ends, first with what of the tail is newer (by seq); then
 * with what comes down the pipe. At the record `done`, or at end of file without one (then the verdict is `error` and
 * open utterances have failed) it writes the verdict and sends SIGUSR1 to its parent. It exits at end of file, with 0,
 * or EXIT_IO if something was lost. Returns its pid and the writing end, non-blocking, or -1. */
pid_t scribe_fork(const struct scribe_files *files, int rate_hz, const struct scribe_tail *tail,
	int *ret_fd) MUST_USE;

#endif
