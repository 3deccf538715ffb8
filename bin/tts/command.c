/* command: any program that reads text on stdin and writes sound to stdout. No shell, and no text on a command line. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"
#include "program.h"
#include "setting.h"

/* Voices of espeak-ng that are not called as their language is. */
static const char own_table[] = "zh=cmn no=nb iw=he in=id es-mx=es-419 es-ar=es-419 en-ca=en-us";
/* Variants of a language that it has. */
static const char variants[] =
	" en-us en-gb en-029 en-gb-scotland fr-fr fr-be fr-ch pt-br pt-pt es-419 cmn-latn-pinyin ";

static bool is_variant(const char *language)
{
	char word[40], *at;

	if (snprintf(word, sizeof word, " %s ", language) >= (int)sizeof word)
		return false;
	for (at = word; *at; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
	return strstr(variants, word) != NULL;
}

/* The voice of a phrase, or the name of its language; a variant that espeak-ng has is not that of the whole language.
 * -1: it is too long. */
static int voice_name(const struct voice *v, const struct phrase *p, char ret[SETTING_MAX])
{
	size_t n = strcspn(p->language, "-_");
	bool variant = is_variant(p->language);

	if (setting_voice(v, "command", p, variant ? "" : own_table, ret) < 0)
		return -1;
	if (!*ret && variant)
		n = strlen(p->language);
	if (!*ret)
		snprintf(ret, SETTING_MAX, "%.*s", (int)min_i64((int64_t)n, SETTING_MAX - 1),
			p->language);
	return 0;
}

int command_words(
	const struct voice *v, const struct phrase *p, struct words *ret, char why[WHY_MAX])
{
	struct words_value values[] = {
		{"voice"}, {"language", p->language, strlen(p->language)}, {"rate"}, {NULL}};
	char rate[16], name[SETTING_MAX];

	if (voice_name(v, p, name) < 0) {
		snprintf(why, WHY_MAX, "the name of its voice is too long");
		return -1;
	}
	values[0].value = name;
	values[0].n = strlen(name);
	values[2].value = rate;
	values[2].n = (size_t)snprintf(rate, sizeof rate, "%d", v->rate_hz);
	return words_split(v->command, values, ret, why);
}

/* The program as a file: a new version of it speaks anew. Found as execvp(3) does. */
static int program_stat(const char *name, struct stat *ret)
{
	const char *dirs = getenv("PATH");
	char path[PATH_MAX];

	if (strchr(name, '/'))
		return stat(name, ret);
	for (dirs = dirs ? dirs : "/bin:/usr/bin"; *dirs; dirs += strspn(dirs, ":")) {
		size_t n = strcspn(dirs, ":");

		if (format_path(path, "%.*s/%s", (int)n, dirs, name) == 0 &&
			access(path, X_OK) == 0 && stat(path, ret) == 0 && S_ISREG(ret->st_mode))
			return 0;
		dirs += n;
	}
	errno = ENOENT;
	return -1;
}

static int identify(const struct engine *e, const struct voice *v, const struct phrase *p,
	struct dynbuf *id, char why[WHY_MAX])
{
	struct words line;
	struct stat st;

	if (command_words(v, p, &line, why) < 0)
		return -1;
	if (program_stat(line.argv[0], &st) < 0) {
		snprintf(why, WHY_MAX, "cannot run '%.100s': %s", line.argv[0], strerror(errno));
		return -1;
	}
	dynbuf_addf(id, "%jd %jd %d %g", (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec,
		v->raw_hz, v->gain_db);
	for (char **word = line.argv; *word; word++) /* with its end: words cannot run together */
		dynbuf_add(id, *word, strlen(*word) + 1);
	return dynbuf_failed(id) ? -1 : 0;
}

static void start(struct make *m, const struct phrase *p)
{
	struct words line;
	char why[WHY_MAX];

	if (command_words(m->voice, p, &line, why) < 0) {
		make_fail(m, "%s", why);
		return;
	}
	make_format(m, m->voice->raw_hz, m->voice->gain_db);
	program_start(m, line.argv, p->text, strlen(p->text));
}

const struct engine engine_command = {
	.name = "command",
	.what = "a program: text in, sound out",
	.texts = true,
	.keep = true,
	.counts = true,
	.identify = identify,
	.start = start,
	.stop = program_stop,
};
