#include "known.h"

#include <stdlib.h>
#include <string.h>

#define PHONE_SUFFIX 9 /* digits: what is left of a number without country code and zero */
#define PHONE_LEAST 6  /* fewer are not enough to say that it is the same */

void known_free(struct known *k)
{
	for (size_t i = 0; i < k->n; i++)
		free(k->value[i].key);
	free(k->value);
	*k = (struct known){0};
}

/* Does the list of words have this one? */
static bool has_word(const char *list, const char *word, size_t n)
{
	for (size_t k; *list; list += k + (list[k] == ' ')) {
		k = strcspn(list, " ");
		if (k == n && strncmp(list, word, n) == 0)
			return true;
	}
	return false;
}

static bool words_within(const char *few, const char *many)
{
	for (size_t n; *few; few += n + (few[n] == ' ')) {
		n = strcspn(few, " ");
		if (!has_word(many, few, n))
			return false;
	}
	return true;
}

static bool same_phone(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), least = n < m ? n : m;

	if (least > PHONE_SUFFIX)
		least = PHONE_SUFFIX;
	if (least < PHONE_SUFFIX && n != m && least < PHONE_LEAST)
		return false;
	return strcmp(a + n - least, b + m - least) == 0;
}

bool known_same(enum pii kind, const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return true;
	if (kind == PII_NAME)
		return a[0] && b[0] && (words_within(a, b) || words_within(b, a));
	return kind == PII_PHONE && same_phone(a, b);
}

/* NULL: no memory. */
static struct known_value *get(struct known *k, enum pii kind, const char *key)
{
	struct known_value *v;

	for (size_t i = 0; i < k->n; i++)
		if (k->value[i].kind == kind && strcmp(k->value[i].key, key) == 0)
			return &k->value[i];
	if (k->n == k->size) {
		size_t size = k->size ? 2 * k->size : 16;
		v = reallocarray(k->value, size, sizeof(*v));
		if (!v)
			return NULL;
		k->value = v;
		k->size = size;
	}
	v = &k->value[k->n];
	*v = (struct known_value){kind, strdup(key), 0};
	return v->key ? (k->n++, v) : NULL;
}

int known_add(struct known *k, enum pii kind, const char *key)
{
	return !key[0] || get(k, kind, key) ? 0 : -1;
}

int known_number(struct known *k, enum pii kind, const char *key)
{
	struct known_value *v = get(k, kind, key);

	if (!v)
		return -1;
	for (size_t i = 0; v->number == 0 && i < k->n; i++)
		if (k->value[i].kind == kind && k->value[i].number > 0 &&
			known_same(kind, k->value[i].key, key))
			v->number = k->value[i].number;
	if (v->number == 0)
		v->number = ++k->count[kind];
	return v->number;
}
