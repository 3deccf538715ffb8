/* engine: what makes sound of a phrase, as a table. One file has one engine; a new one adds its line to the list in
 * engine.c and touches nothing else.
 */
#ifndef TTS_ENGINE_H
#define TTS_ENGINE_H

#include "make.h"

struct engine {
	const char *name;
	const char *what; /* for --help and messages: a few words */
	bool texts;       /* it says texts: --engine */
	bool keep;        /* what it makes is worth a place in the cache */
	bool counts;      /* its characters are reported: usage */
	const struct network_vendor
		*vendor; /* the service it asks; NULL: none, it is on this host */
	/* Add what decides how its sound of this phrase is, besides text and rate: program, voice. -1: it cannot be made,
	 * why says why. */
	int (*identify)(const struct engine *e, const struct voice *v, const struct phrase *p,
		struct dynbuf *id, char why[WHY_MAX]);
	/* Begin: what it makes goes to make_bytes, then make_end or make_fail, now or from the loop. */
	void (*start)(struct make *m, const struct phrase *p);
	/* Forget it, whatever it is doing. */
	void (*stop)(struct make *m);
};

extern const struct engine engine_command, engine_file, engine_none;
extern const struct engine *const engines_file[]; /* the list of that one */
extern const struct engine engine_openai, engine_elevenlabs, engine_deepgram, engine_piper;

#define ENGINES_MAX 8 /* in a list */

/* NULL: there is none of that name. */
const struct engine *engine_find(const char *name);
/* The engines of "elevenlabs,command", each of which says texts, NULL at the end: the next says what one cannot. -1: there
 * are none, too many, one twice, or one that is not known. */
int engine_list(const char *names, const struct engine *ret[ENGINES_MAX + 1]) MUST_USE;
/* The names of those that say texts, for a message: "command, deepgram, ..". */
const char *engine_names(void);

#endif
