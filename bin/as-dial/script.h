/* script: what a caller does, as a list of steps.
 *
 * One command a line, or several separated by `;`. Words are separated by blanks and may be quoted with
 * ' or "; a line whose first word begins with # is a comment. as-dial(1) describes the commands.
 */
#ifndef CALLPIPE_AS_DIAL_SCRIPT_H
#define CALLPIPE_AS_DIAL_SCRIPT_H

#include "base/dynbuf.h"

#define SCRIPT_MAX_BYTES 65536
#define SCRIPT_MAX_STEPS 1000
#define SCRIPT_MAX_DIGITS 64

enum script_op {
	STEP_SAY,            /* clip */
	STEP_BARGE,          /* clip, ms after the bot became audible */
	STEP_NOISE,          /* clip, again and again for ms */
	STEP_WAIT,           /* until the bot fell silent, at most ms */
	STEP_DTMF,           /* digits */
	STEP_SILENCE,        /* ms */
	STEP_HOLD,           /* ms without frames */
	STEP_BURST,          /* frames are held back for ms from now on */
	STEP_EXPECT_AUDIO,   /* within ms */
	STEP_EXPECT_SILENCE, /* within ms */
	STEP_EXPECT_END,     /* within ms */
	STEP_HANGUP,
};

struct script_step {
	enum script_op op;
	int line;                           /* in the script, from 1 */
	int64_t ms;                         /* see the op; -1: not given */
	size_t clip;                        /* index into the script's sounds */
	char digits[SCRIPT_MAX_DIGITS + 1]; /* of dtmf */
};

struct script_sound {
	char *path; /* file; NULL: noise */
	int dbfs;   /* level of the noise */
};

struct script {
	struct script_step *step;   /* in order */
	size_t steps;               /* how many */
	struct script_sound *sound; /* each once */
	size_t sounds;              /* how many */
};

/* Parse text. Mistakes are added to mistakes, "NAME:LINE: what" and a line feed each, and make it return -1
 * (errno ENOMEM without mistakes). script_free in any case. */
int script_parse(
	const char *name, const char *text, struct script *ret, struct dynbuf *mistakes) MUST_USE;
/* The script of a caller who says these files, waits and hangs up; without files: waits and hangs up. */
int script_of_files(char *const *paths, size_t n, struct script *ret) MUST_USE;
void script_free(struct script *s);

/* The commands, a line each. */
void script_help(struct dynbuf *to);

/* The words of a step, for messages: "expect audio". */
const char *script_op_name(enum script_op op);

#endif
