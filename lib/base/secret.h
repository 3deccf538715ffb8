/* secret: keys and passwords: from the environment, a file, or a credential of systemd, and nowhere else.
 *
 * For the name OPENAI_API_KEY: the variable CALLPIPE_OPENAI_API_KEY or OPENAI_API_KEY; the file that
 * CALLPIPE_OPENAI_API_KEY_FILE or OPENAI_API_KEY_FILE names; $CREDENTIALS_DIRECTORY/OPENAI_API_KEY. Blanks and line ends
 * around it are left out.
 */
#ifndef CALLPIPE_BASE_SECRET_H
#define CALLPIPE_BASE_SECRET_H

#include "base/util.h"

#define SECRET_MAX 4096 /* bytes */
#define SECRET_WHY_MAX 256

/* *ret is malloc'd, NULL if there is none of that name. -1: there is one that cannot be read, or has control characters:
 * why says why, as the end of a message, without any of it. */
int secret_find(const char *name, char **ret, char why[SECRET_WHY_MAX]) MUST_USE;
/* Servers tell callers which key it was that they do not like: any part of it in text, from its beginning, is made stars.
 * NULL: there is none. */
void secret_hide(char *text, const char *secret);
/* Is NAME, in "NAME=value", the variable of a secret that other programs have no business with? One that ends in _KEY,
 * _TOKEN, _SECRET, _PASSWORD or _DSN is, one like CALLPIPE_TTS_KEY_OPENAI, and all that this process has looked for; but
 * not what CALLPIPE_PROGRAM_KEYS names, with blanks or commas between. */
bool secret_is_variable(const char *var);
/* Can it be the name of one? Capitals, digits and '_', no digit first, at most 63: so nobody writes the secret itself. */
bool secret_name_valid(const char *name);
/* As if it had been looked for. */
void secret_reserve(const char *name);
/* Forget it: wiped, then freed. NULL is nothing. */
void secret_free(char *secret);

#endif
