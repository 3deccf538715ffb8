/* conform-peer: one connection as Asterisk makes it, in straight lines: connect, send, talk, wait, hang up.
 *
 * Whatever a function waits for, it reads what the server sends meanwhile and has it judged. The first
 * failure is kept, and from then on every function returns at once, so that a case needs no branches.
 */
#ifndef CALLPIPE_AS_DIAL_CONFORM_PEER_H
#define CALLPIPE_AS_DIAL_CONFORM_PEER_H

#include "conform-check.h"
#include "conform.h"

struct peer {
	const struct conform_settings *set;
	struct check check;   /* judge of what the server sends */
	int fd;               /* the connection; -1: none */
	unsigned number;      /* of this call within its case: last byte of its UUID */
	unsigned case_number; /* last byte but one */
	bool narrow;          /* the smallest buffers: the server's is full after 2 to 9 s */
	int sndbuf_bytes;     /* SO_SNDBUF; 0: the system's */
	bool stranger;        /* not a caller: the server may reset or end the connection */
	int64_t connected_ns; /* when the connection was there */
	int64_t frame_ns;     /* when the caller's next 20 ms are due */
	size_t said;          /* next sample of set->say */
	size_t unread_bytes;  /* what lay in our own buffer at the end of peer_deaf */
	unsigned stalls;      /* times we were late ourselves, so that nothing could be judged */
	bool eof;             /* the server will send no more */
	bool reset;           /* the server broke the connection */
	bool skip;            /* the case cannot be run on this server */
	char fail[160];       /* first failure; "" if none */
	char note[80];        /* what was seen, for the report */
};

void peer_init(
	struct peer *p, const struct conform_settings *set, unsigned case_number, unsigned number);

PRINTF_LIKE(2, 3) void peer_fail(struct peer *p, const char *fmt, ...);
PRINTF_LIKE(2, 3) void peer_note(struct peer *p, const char *fmt, ...);

/* False once something has gone wrong; what the checker finds does not stop a case. */
static inline bool peer_ok(const struct peer *p)
{
	return !p->fail[0] && !p->skip;
}

/* Connect as Asterisk does, 2 s at most. */
void peer_connect(struct peer *p);

/* Send bytes at once. A server that does not take them within 2 s has failed. */
void peer_send(struct peer *p, const void *bytes, size_t n);

/* Wait until the other side has taken what was sent; 2 s are allowed for that too. */
void peer_flush(struct peer *p);

/* The server gets the last of its UUID: from now on audio is due, and its times are judged. */
void peer_open(struct peer *p);

/* The bytes of 20 ms of audio, header included, into a buffer of at least PEER_FRAME_MAX; returns how many. */
#define PEER_FRAME_MAX (ASOCK_HEADER_BYTES + 192000 / 50 * 2)
size_t peer_frame(struct peer *p, uint8_t *frame);

/* As many bytes of what the caller says next. */
void peer_say(struct peer *p, uint8_t *payload, size_t bytes);

/* Nobody has read for a while: for settle_ms, and until a message comes by itself, times are not judged. */
#define PEER_SETTLE_MS 500
void peer_backlog(struct peer *p, int64_t settle_ms);

/* Say something for ms; say nothing; say something without reading. The server must not end the call. */
void peer_talk(struct peer *p, int64_t ms);
void peer_wait(struct peer *p, int64_t ms);
void peer_deaf(struct peer *p, int64_t ms);

/* Go on talking until the first audio, the end message, or the end of the connection; true if the audio,
 * the end message came. */
bool peer_until_audio(struct peer *p, int64_t ms);
bool peer_until_end(struct peer *p, int64_t ms);
/* Say nothing until the server closes; true if it did. */
bool peer_until_eof(struct peer *p, int64_t ms);

/* The end message has come: send 100 ms more, as Asterisk may have done by then, and close this side. The
 * server has to read it all, and to close without a reset. */
void peer_end(struct peer *p);

/* Send no more (FIN), close at once, or break the connection (RST). */
void peer_shut(struct peer *p);
void peer_close(struct peer *p);
void peer_reset(struct peer *p);

#endif
