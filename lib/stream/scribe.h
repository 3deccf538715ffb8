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
#include "stream/verdict.h"

#define SCRIBE_WAITING_MAX (1 << 20) /* bytes of journal that wait for room on the disk */

/* Paths; "": not written. */
struct scribe_files {
	char journal[PATH_MAX];         /* events.jsonl */
	char record[PATH_MAX];          /* bot.s16 */
	char verdict[PATH_MAX];         /* verdict in the call directory */
	char verdict_by_uuid[PATH_MAX]; /* the one the dialplan reads */
};

struct scribe {
	struct reader in;
	const struct scribe_files *files;
	int journal_fd; /* events.jsonl; -1: not open yet */
	int bot_fd;     /* bot.s16; -1: not open yet */
	int rate_hz;
	struct dynbuf waiting; /* whole journal lines that are not in the file */
	int64_t seq, t_ms;     /* of the last record */
	struct ledger ledger;
	struct dynbuf line; /* scratch for an own record */

	/* what is known of as-speak */
	pid_t speaker;             /* its process, from hello; 0: none yet */
	bool eof;                  /* it is gone */
	char fatal[256];           /* text of a fatal error reported before any verdict; "": none */
	char verdict[VERDICT_MAX]; /* of its `done`, as it wrote it; "": not yet */
	bool call_ended;           /* a call-end is in the journal */
	/* sees each of its records; NULL: nobody does; set after scribe_init */
	void (*on_record)(void *ctx, const char *type, struct jspan data);
	void *ctx;

	/* what is lost */
	int disk_errno; /* why the disk did not take something; 0: it took everything so far */
	uint64_t lost_records;
	uint64_t lost_audio_bytes;
};

/* The files of a call: in dir, and spool/verdicts/uuid; without a dir (NULL) or a spool or uuid
 * those are none. -1 with errno: what is too long for a path is none either. */
int scribe_files_of(
	struct scribe_files *ret, const char *dir, const char *spool, const char *uuid) MUST_USE;

/* Read from fd (not closed by scribe_free), append to files, which must stay valid. -1 with errno:
 * one cannot be opened yet; s can be used all the same, and tries again. */
int scribe_init(struct scribe *s, int fd, const struct scribe_files *files, int rate_hz) MUST_USE;
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

/* verdict_write to both files of it. */
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
