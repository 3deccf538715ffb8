/* speak: one call's voice: everything as-speak holds together.
 *
 *	events.c   what arrives on the stream, an event a function
 *	clock.c    the 20 ms slot: read, play, send, record
 *	end.c      how a call ends, and who is told
 */
#ifndef AS_SPEAK_SPEAK_H
#define AS_SPEAK_SPEAK_H

#include "echo.h"
#include "line.h"
#include "pace.h"
#include "player.h"
#include "prompt.h"
#include "sink.h"
#include "stream/filter.h"
#include "turn.h"
#include "upstream.h"

enum speak_phase {
	SPEAK_PLAYING,  /* as long as nobody wants an end */
	SPEAK_ENDING,   /* hangup or transfer was asked for: play what is queued */
	SPEAK_DRAINING, /* all is played: silence until the phone has played it too */
	SPEAK_DONE,     /* the scribe has been told; silence until it has written the verdict */
	SPEAK_ENDED,    /* 00 00 00 is sent: only the stream is read on */
};

struct speak {
	struct filter filter;
	struct player player;
	struct line line;
	struct sink sink;
	struct upstream upstream;
	struct turn_meter turn;
	struct pace pace;
	struct echo echo;
	struct prompt prompt;
	struct ticker ticker;
	struct loop_timer tick;
	struct loop_source stream; /* live: between ticks, see speak_stream_mask */
	bool carries_caller;       /* there is audio of the caller in the stream */
	const char *dir;           /* of the call, NULL: none */
	int rate_hz;
	bool live;     /* stdout is a socket: the clock is real; else it is the stream's */
	bool echoing;  /* --echo */
	bool own_mind; /* --prompt or --echo: nobody else decides when to end */
	enum speak_phase phase;
	char verdict[VERDICT_MAX]; /* "hangup", "transfer NAME", .. */
	bool told_to_end;          /* SIGTERM came: the next one ends the process */
	int64_t drain_until_ms;    /* SPEAK_DRAINING: call time */
	int64_t phase_ns;          /* SPEAK_DONE, SPEAK_ENDED: since when */
	int64_t clock_ns;          /* when the last clock event came */
	int64_t dropped_ms;        /* as the last clock event said */
	bool looped;               /* a loop event came back: reported once */
	int64_t stopped_ms; /* last voice-stopped without a transcript yet, call time; -1: none */
	int64_t resume_after_ms; /* as configured: the least an automatic resume waits */
};

/* events.c */
enum filter_verdict speak_frame(void *ctx, const struct frame *fr);
void speak_player_event(void *ctx, const struct player_event *ev);

/* clock.c */
int64_t speak_now_ms(const struct speak *s); /* call time */
void speak_tick(void *ctx, int64_t now);
short speak_stream_mask(void *ctx);
void speak_stream_ready(void *ctx, short revents);
/* n slots were missed, from first on: silence on the line, and in the record. */
void speak_skipped(struct speak *s, int64_t first, int64_t n);
void speak_advance(struct speak *s, int64_t ms); /* not live: make the frames before ms */

/* end.c */
void speak_end(struct speak *s, const char *verdict); /* play what is queued, then end */
void speak_stop(struct speak *s, const char *verdict, enum played_status status); /* end now */
void speak_end_step(struct speak *s); /* once per slot */
void speak_signal(void *ctx, int sig);
/* After the loop: last records, last bytes. The exit code of the record. */
int speak_finish(struct speak *s) MUST_USE;

/* A record at this moment: of an event that has come, or of as-speak's own. */
void speak_record(struct speak *s, const char *type, struct jspan data);
void speak_journal(struct speak *s, const char *type, const struct dynbuf *data);
void speak_error(struct speak *s, const char *code, bool fatal, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

#endif
