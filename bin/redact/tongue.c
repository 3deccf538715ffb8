#include "tongue.h"

#include <string.h>

#include "text/fold.h"

static const struct tongue_table *const tables[TONGUES] = {
	&tongue_en, &tongue_fr, &tongue_ar, &tongue_ru, &tongue_uk};

#define UNITS_MAX 600

/* Add what is written between bars, but signs, which are no words. */
static size_t cut(const char *written, struct dynbuf *bytes)
{
	size_t count = 0;

	for (size_t n; written && *written; written += n + (written[n] == '|')) {
		n = strcspn(written, "|");
		dynbuf_add(bytes, written, n);
		dynbuf_add(bytes, "", 1);
		count++;
	}
	return count;
}

static size_t cut_units(const struct unit *u, struct dynbuf *bytes)
{
	size_t count = 0;

	for (; u && u->signs; u++) {
		const char *const names[] = {u->signs, u->noun.one, u->noun.few, u->noun.many,
			u->noun.part, u->noun.two, u->cents.one, u->cents.few, u->cents.many,
			u->cents.part, u->cents.two};
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			count += cut(names[i], bytes);
	}
	return count;
}

/* Units, currencies and months: a number beside one of them is an amount or a date. */
static struct phrases *make_units(const struct text_language *l)
{
	const char *list[UNITS_MAX + 1] = {NULL};
	struct phrases *ret = NULL;
	struct dynbuf bytes;
	size_t count;

	dynbuf_init(&bytes, 65536);
	count = cut_units(l->units, &bytes) + cut_units(l->currencies, &bytes);
	for (size_t i = 0; i < ARRAY_LEN(l->months); i++)
		count += cut(l->months[i], &bytes);
	const char *p = bytes.p;
	for (size_t i = 0; i < count && i < UNITS_MAX; i++, p += strlen(p) + 1)
		list[i] = p;
	if (!dynbuf_failed(&bytes) && count <= UNITS_MAX)
		ret = phrases_make(list);
	dynbuf_free(&bytes);
	return ret;
}

int tongues_open(struct tongue ret[TONGUES])
{
	bool whole = true;

	memset(ret, 0, TONGUES * sizeof(*ret));
	for (size_t i = 0; i < TONGUES; i++) {
		ret[i].table = tables[i];
		for (size_t k = 0; k < TONGUE_LISTS; k++) {
			ret[i].list[k] = phrases_make(tables[i]->list[k]);
			whole = whole && ret[i].list[k];
		}
		ret[i].units = make_units(tables[i]->language);
		whole = whole && ret[i].units;
	}
	if (!whole)
		tongues_close(ret);
	return whole ? 0 : -1;
}

void tongues_close(struct tongue t[TONGUES])
{
	for (size_t i = 0; i < TONGUES; i++) {
		for (size_t k = 0; k < TONGUE_LISTS; k++)
			phrases_free(t[i].list[k]);
		phrases_free(t[i].units);
	}
	memset(t, 0, TONGUES * sizeof(*t));
}

const char *tongue_written(
	const struct tongue_word *list, const struct pieces *s, size_t i, size_t *ret_n)
{
	const char *found = NULL;

	*ret_n = 0;
	for (; list && list->said; list++) {
		size_t n = phrases_match(list->said, s, i);
		if (n > *ret_n) {
			*ret_n = n;
			found = list->written;
		}
	}
	return found;
}
