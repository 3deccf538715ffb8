#include "base/words.h"

#include <stdio.h>
#include <string.h>

#define BLANKS " \t\n"

/* Words being made of a line. */
struct splitting {
	const char *at; /* what is left of the line */
	const struct words_value *values;
	struct words *words;
	char *why; /* WORDS_WHY_MAX bytes */
};

static int put(struct splitting *s, const char *p, size_t n)
{
	struct words *w = s->words;

	if (n > sizeof(w->bytes) - w->used) {
		snprintf(s->why, WORDS_WHY_MAX, "the command is too long");
		return -1;
	}
	memcpy(w->bytes + w->used, p, n);
	w->used += n;
	return 0;
}

/* It can neither be taken for an option nor for more than one line. */
static bool is_harmless(const struct words_value *v)
{
	if (v->n == 0 || v->value[0] == '-')
		return false;
	for (size_t i = 0; i < v->n; i++)
		if ((unsigned char)v->value[i] < ' ' || v->value[i] == 0x7f)
			return false;
	return true;
}

static const struct words_value *find(const struct words_value *v, const char *name, size_t n)
{
	for (; v && v->name; v++)
		if (strlen(v->name) == n && strncmp(v->name, name, n) == 0)
			return v;
	return NULL;
}

/* A placeholder, and beyond it: 1; 0: there is none. */
static int placeholder(struct splitting *s)
{
	size_t n = strcspn(s->at, "}");
	const struct words_value *v = s->at[n] ? find(s->values, s->at + 1, n - 1) : NULL;

	if (!v)
		return 0;
	s->at += n + 1;
	if (is_harmless(v))
		return put(s, v->value, v->n) < 0 ? -1 : 1;
	snprintf(s->why, WORDS_WHY_MAX, "'%.*s' is no name of a %s",
		(int)min_i64((int64_t)v->n, 64), v->value, v->name);
	return -1;
}

/* One word, its quotes taken off. */
static int word(struct splitting *s)
{
	char quote = 0;

	if (s->words->n == WORDS_MAX) {
		snprintf(s->why, WORDS_WHY_MAX, "the command has too many words");
		return -1;
	}
	s->words->argv[s->words->n++] = s->words->bytes + s->words->used;
	while (*s->at && (quote || !strchr(BLANKS, *s->at))) {
		int done = *s->at == '{' && quote != '\'' ? placeholder(s) : 0;

		if (done < 0)
			return -1;
		if (done)
			continue;
		if (quote ? *s->at == quote : *s->at == '\'' || *s->at == '"')
			quote = (char)(quote ? 0 : *s->at);
		else if (put(s, s->at, 1) < 0)
			return -1;
		s->at++;
	}
	if (!quote)
		return put(s, "", 1);
	snprintf(s->why, WORDS_WHY_MAX, "the command has a %c without its end", quote);
	return -1;
}

int words_split(const char *line, const struct words_value *values, struct words *ret,
	char why[WORDS_WHY_MAX])
{
	struct splitting s = {.at = line, .values = values, .words = ret, .why = why};

	ret->n = ret->used = 0;
	for (s.at += strspn(s.at, BLANKS); *s.at; s.at += strspn(s.at, BLANKS))
		if (word(&s) < 0)
			return -1;
	ret->argv[ret->n] = NULL;
	if (ret->n > 0)
		return 0;
	snprintf(why, WORDS_WHY_MAX, "the command is empty");
	return -1;
}
