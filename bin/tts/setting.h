/* setting: which part of what is set is an engine's, and which voice it has for a phrase.
 *
 *	nova				of the first engine in the list
 *	nova piper:uk_UA-lada-x_low	of the first; of piper
 *
 * A word "ENGINE:VALUE" is for that engine, wherever it stands in the list; what names no engine is for the first alone:
 * another would not know what to do with it.
 */
#ifndef TTS_SETTING_H
#define TTS_SETTING_H

#include "make.h"

#define SETTING_MAX 1024 /* bytes, with its NUL */

/* What a setting says for an engine, "" if nothing. -1: it is longer than SETTING_MAX. */
int setting_get(const struct voice *v, const char *engine, const char *setting,
	char ret[SETTING_MAX]) MUST_USE;
/* What the table says of a language ("LANGUAGE=VOICE ENGINE:LANGUAGE=VOICE ..", or an engine's own), n bytes of its name;
 * NULL: nothing. v NULL: all of it is this engine's. */
const char *setting_look_up(const struct voice *v, const char *engine, const char *table,
	const char *language, size_t n, size_t *ret_n);
/* The voice of a phrase: the one it wants, if this is the first engine; the one that is set; that of its language in the
 * table, then in the engine's own; "" if there is none. -1: it is too long. */
int setting_voice(const struct voice *v, const char *engine, const struct phrase *p,
	const char *own_table, char ret[SETTING_MAX]) MUST_USE;

#endif
