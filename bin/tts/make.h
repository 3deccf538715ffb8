/* make: one phrase while an engine makes its sound: bytes in, samples at the rate of the call out.
 */
#ifndef TTS_MAKE_H
#define TTS_MAKE_H

#include "base/loop.h"
#include "base/words.h"
#include "shape.h"

#define MAKE_MAX_S 60         /* the longest utterance */
#define WHY_MAX WORDS_WHY_MAX /* bytes of a reason, with its NUL */

struct engine;
struct network;
struct json_t;

/* The voice as it is set, for all phrases. Settings marked * are read with setting.h. */
struct voice {
	int rate_hz;         /* of the call */
	const char *command; /* program and arguments of engine `command` */
	const char *name;    /* *of the voice, if the phrase has none; "": by its language */
	const char *table;   /* *"LANGUAGE=VOICE ...", above our own; "": none */
	int raw_hz;          /* the program writes samples at this rate; 0: WAV */
	double gain_db;      /* of what an engine says; files are as they are */
	int64_t timeout_ms;  /* an engine that writes nothing for so long has failed */
	/* the first of those that say texts; NULL: there is but one */
	const struct engine *first;
	const char *url, *model, *format; /* *of servers; NULL or "": the vendor's own */
	const char *instructions;         /* how to speak, where it can be told; NULL: nothing */
	double speed;                     /* 1: as the voice is; 0: not set */
	struct json_t *parameters;        /* {"ENGINE": {..}}, sent as they are; NULL: none */
	struct network *network;          /* how servers are asked; NULL: none is */
};

/* What is to be said. */
struct phrase {
	const char *text;     /* speakable, UTF-8; NULL: file */
	const char *file;     /* a sound file */
	const char *language; /* BCP 47 */
	const char *voice;    /* wanted; "": as set */
};

/* Characters of its text: what a voice is paid by. */
size_t phrase_characters(const struct phrase *p);

struct make {
	struct loop *loop; /* for what the engine waits for */
	const struct voice *voice;
	const struct engine *engine;
	enum { MAKE_IDLE, MAKE_RUNNING, MAKE_DONE, MAKE_FAILED } state;
	struct shape shape;  /* from its bytes */
	struct dynbuf audio; /* to samples, 16 bit little endian */
	void *work;          /* the engine's own */
	char why[WHY_MAX];   /* MAKE_FAILED: why */
	const char *code;    /* of a failure of a service, a word for programs; NULL: another */
	bool more;           /* another engine would say it if this one fails */
	bool doubtful;       /* MAKE_DONE: it may have been cut off, and is not kept */
	void (*changed)(void *ctx); /* there is more, or it is over */
	void *ctx;
};

/* Before anything else; changed is called from make_start on. */
void make_init(struct make *m, struct loop *loop, const struct voice *v, void (*changed)(void *ctx),
	void *ctx);
void make_free(struct make *m);
void make_start(struct make *m, const struct engine *e, const struct phrase *p);
/* Forget it: the engine is stopped, nothing more comes. */
void make_stop(struct make *m);

/* For engines. raw_hz: what its bytes are, 0 for WAV; before the first. */
void make_format(struct make *m, int raw_hz, double gain_db);
/* The same of raw bytes that are not 16 bit. */
void make_coding(struct make *m, enum wav_coding coding, int raw_hz, double gain_db);
/* -1: it is over now, and the engine has been stopped. */
int make_bytes(struct make *m, const void *p, size_t n) MUST_USE;
/* No more come; the engine has nothing more to do. */
void make_end(struct make *m);
void make_fail(struct make *m, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
