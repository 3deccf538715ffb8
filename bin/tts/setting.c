#include "setting.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine.h"

static bool is_first(const struct voice *v, const char *engine)
{
	return !v || !v->first || strcmp(v->first->name, engine) == 0;
}

/* Bytes of "ENGINE:" at the beginning of a word; 0: it names no engine. */
static size_t prefix(const char *word, char name[16])
{
	size_t n = strcspn(word, ": ");

	if (word[n] != ':' || n >= 16)
		return 0;
	memcpy(name, word, n);
	name[n] = '\0';
	return engine_find(name) ? n + 1 : 0;
}

/* The word at *at, n bytes, if it is for this engine, without the name of it; NULL: it is for another. *at goes behind
 * it. */
static const char *next_word(
	const struct voice *v, const char *engine, const char **at, size_t *ret_n)
{
	const char *word = *at;
	size_t n = strcspn(word, " "), named;
	char name[16];

	*at = word + n;
	*at += strspn(*at, " ");
	named = prefix(word, name);
	*ret_n = n - named;
	if (named ? strcmp(name, engine) == 0 : is_first(v, engine))
		return word + named;
	return NULL;
}

/* A value of one engine alone keeps its blanks. */
static bool names_any(const char *setting)
{
	char name[16];

	for (const char *at = setting; *at; at += strspn(at, " ")) {
		if (prefix(at, name))
			return true;
		at += strcspn(at, " ");
	}
	return false;
}

static int copy(const char *p, size_t n, char ret[SETTING_MAX])
{
	if (n >= SETTING_MAX)
		return -1;
	memcpy(ret, p, n);
	ret[n] = '\0';
	return 0;
}

int setting_get(
	const struct voice *v, const char *engine, const char *setting, char ret[SETTING_MAX])
{
	const char *at = setting, *word;
	size_t n;

	ret[0] = '\0';
	if (!names_any(setting))
		return is_first(v, engine) ? copy(setting, strlen(setting), ret) : 0;
	for (at += strspn(at, " "); *at;) {
		word = next_word(v, engine, &at, &n);
		if (word)
			return copy(word, n, ret);
	}
	return 0;
}

const char *setting_look_up(const struct voice *v, const char *engine, const char *table,
	const char *language, size_t n, size_t *ret_n)
{
	const char *at = table + strspn(table, " "), *word;
	size_t word_n;

	while (*at) {
		word = next_word(v, engine, &at, &word_n);
		if (word && word_n > n + 1 && word[n] == '=' &&
			strncasecmp(word, language, n) == 0) {
			*ret_n = word_n - n - 1;
			return word + n + 1;
		}
	}
	return NULL;
}

int setting_voice(const struct voice *v, const char *engine, const struct phrase *p,
	const char *own_table, char ret[SETTING_MAX])
{
	const size_t lengths[] = {strlen(p->language), strcspn(p->language, "-_")};
	const char *found = NULL;
	size_t n = 0;

	if (*p->voice && is_first(v, engine))
		return copy(p->voice, strlen(p->voice), ret);
	if (setting_get(v, engine, v->name, ret) < 0)
		return -1;
	if (*ret)
		return 0;
	for (size_t i = 0; i < 4 && !found; i++)
		found = setting_look_up(i < 2 ? v : NULL, engine, i < 2 ? v->table : own_table,
			p->language, lengths[i % 2], &n);
	return found ? copy(found, n, ret) : 0;
}
