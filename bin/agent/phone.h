/* phone: a caller, a line and a voice that need no audio and no time: the engine's other side for --text.
 *
 * It does what as-speak(1), vad(1), stt(1) and tts(1) would: plays what is synthesized, at so many milliseconds a
 * letter, pauses and holds it while the caller speaks, clears it on flush, and tells the engine. Time is simulated:
 * it passes in phone_advance, with a clock event every 500 ms. What happens is written down, a line each.
 */
#ifndef AGENT_PHONE_H
#define AGENT_PHONE_H

#include "engine.h"
#include "model.h"
#include "talk.h"

struct speech;

#define PHONE_TOLD_MAX 32 /* tools at work at a time */

/* An answer of a tool, not given yet. */
struct told {
	char id[TOOL_ID_MAX]; /* of which call */
	json_t *answer;
	enum tool_status status;
	bool effect; /* of a tool that is not cancelled */
	int64_t ms;  /* when it is due, call time */
};

/* A model that is asked. */
struct asking {
	char id[24]; /* of the question; "": none is asked */
	const struct talk_line
		*line;      /* the answer that is told; NULL: it is the model that answers */
	size_t next;        /* line of the plan from which on the next is looked for */
	int64_t since_ms;   /* call time */
	bool waited;        /* that it takes long has been told */
	bool json;          /* JSON was asked for */
	struct dynbuf said; /* what the model has answered so far */
};

struct phone {
	const struct scenario *sc;
	struct engine engine;
	struct loop loop; /* tools that are run */
	struct tool_runner tools;
	struct model_line *model; /* models that are asked; NULL: none */
	struct talk *talk;        /* what happens is added to it */
	const struct talk *plan;  /* where answers of tools are told; NULL: all are run */
	size_t *answered; /* lines of the plan whose answer has been given, answered_n of them */
	size_t answered_n;
	struct told told[PHONE_TOLD_MAX]; /* answers of tools that are told, and not given yet */
	size_t told_n;
	struct asking asking; /* a model */

	int64_t began;                 /* Unix time, s */
	int64_t now_ms;                /* call time */
	int64_t turn;                  /* of the last voice */
	char listen[TURNS_LISTEN_MAX]; /* id of the last listen */
	struct speech *head;           /* what is to be said, in order */
	bool voice;                    /* the caller speaks */
	bool flushed; /* a flush has come: what is marked is cleared as soon as the engine is done */
	bool paused;  /* as-speak has paused what is being said */
	int64_t resume_ms; /* it goes on by itself then; -1: not */
	bool leaving;      /* hangup or transfer has come: the call ends when all is said */
	bool over;         /* call-end */
	size_t events;     /* things the bot did: to see that one has come */
};

/* Start a call. models: NULL: none but those that are told. call: data of call-start; saved: of a call that was cut off, NULL: none; both borrowed. -1: no
 * memory. */
int phone_start(struct phone *p, const struct scenario *sc, const struct models *models,
	json_t *call, json_t *saved, const struct talk *plan, struct talk *talk) MUST_USE;
void phone_free(struct phone *p);

/* Let time pass. */
void phone_advance(struct phone *p, int64_t ms);
/* Until all is said and no tool is waited for, or the call is over. */
void phone_settle(struct phone *p);
/* Until something has been on the line for so long; if nothing will be: at once. */
void phone_into(struct phone *p, int64_t heard_ms);
/* Until the bot does something of its own. */
void phone_wait(struct phone *p);

/* The caller speaks for ms; of text "" nothing is understood. */
void phone_speak(struct phone *p, const char *text, int64_t ms);
void phone_key(struct phone *p, char key);
/* A word of scenario_verdicts. */
void phone_amd(struct phone *p, const char *word);
void phone_end(struct phone *p, const char *cause);
void phone_hang_up(struct phone *p);
/* phone-model.c: the engine's port to models, and what comes of it by now. */
int phone_ask(void *ctx, const struct engine_question *q);
void phone_ask_cancel(void *ctx);
void phone_hear_model(struct phone *p);
void phone_model_event(void *ctx, const char *type, json_t *data, const struct chat_turn *thinking);
/* How long it takes to say that. */
int64_t phone_speech_ms(const char *text);

#endif
