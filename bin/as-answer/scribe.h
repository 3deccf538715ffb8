/* scribe: keeps the record of a call, so that as-speak never touches the disk.
 *
 * Frames come down the FIFO "scribe" (callpipe-calldir(5)): journal records go to events.jsonl,
 * bot audio to bot.s16 at the place of its call time. What as-speak reports of itself stays in
 * the fields below for the supervisor, which decides. When the disk is full, journal text waits
 * in memory and audio is counted as lost.
 */
#ifndef AS_ANSWER_SCRIBE_H
#define AS_ANSWER_SCRIBE_H

#include "calldir.h"
#include "ledger.h"
#include "stream/reader.h"

#define SCRIBE_WAITING_MAX (1 << 20) /* bytes of journal that wait for room on the disk */

struct scribe {
	struct reader in;
	int dirfd;      /* the call directory */
	int journal_fd; /* events.jsonl; -1: not open yet */
	int bot_fd;     /* bot.s16; -1: not open yet */
	int rate_hz;
	struct dynbuf waiting; /* whole journal lines that are not in the file */
	off_t journal_bytes;   /* length of the file, whole lines */
	int64_t seq;           /* of the last record */
	struct ledger ledger;
	struct dynbuf line; /* scratch for an own record */

	/* what is known of as-speak */
	pid_t speaker;             /* its process, from hello; 0: none yet */
	bool eof;                  /* it is gone */
	char fatal[256];           /* text of a fatal error reported before any verdict; "": none */
	char verdict[VERDICT_MAX]; /* of its `done`, as it wrote it; "": not yet */
	bool call_ended;           /* a call-end is in the journal */
	size_t echoed; /* errors of as-answer's that came round the loop into the journal */

	/* what is lost */
	int disk_errno; /* why the disk did not take something; 0: it took everything so far */
	uint64_t lost_records;
	uint64_t lost_audio_bytes;
};

/* Read from fd (not closed by scribe_free), write into the directory path. -1 with errno: the
 * files cannot be opened yet; s can be used all the same, and tries again. */
int scribe_init(struct scribe *s, int fd, const char *path, int rate_hz) MUST_USE;
void scribe_free(struct scribe *s);

/* One read, when poll has said so, and what is whole of it recorded: 1; 0: nothing there, or
 * as-speak is gone (eof); -1: not the language of a scribe, in.why says what, and nothing more
 * can be read. (Until someone has opened the FIFO to write, a read says end of file, but poll
 * says nothing.) */
int scribe_read(struct scribe *s) MUST_USE;
/* Read all that is there now. */
void scribe_drain(struct scribe *s);

/* An own record at call time t_ms; data is a JSON object. Only when as-speak numbers no more. */
void scribe_note(struct scribe *s, int64_t t_ms, const char *type, struct jspan data);
/* Close every open utterance as failed. */
void scribe_close_utterances(struct scribe *s, int64_t t_ms);
/* Bot audio whose first sample is at call time at_ms. */
void scribe_audio(struct scribe *s, int64_t at_ms, const void *le_bytes, size_t bytes);
/* Write what waits; -1 while something still does. */
int scribe_flush(struct scribe *s);

#endif
