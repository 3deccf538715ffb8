/* Words to be heard: whether they can be, and which of them are the same. */
#include <string.h>

#include "scenario/load.h"
#include "text/fold.h"

#define WORDS_MAX 16  /* of a phrase */
#define BYTES_MAX 255 /* of a phrase, folded */

static const char *fold(struct loading *l, const char *s, size_t n)
{
	struct dynbuf b;

	dynbuf_init(&b, 2 * n);
	const char *folded = fold_text(s, n, &b) == 0 ? memory_format(l->memory, "%s", b.p) : NULL;
	dynbuf_free(&b);
	if (!folded)
		memory_none(l->memory);
	return folded;
}

/* What is wrong with a phrase between its ^ and $; NULL: nothing. */
static const char *phrase_mistake(struct loading *l, const char *s, size_t n)
{
	size_t words = 0, stars = 0;

	for (size_t i = 0, bytes; i < n; i += bytes + 1) {
		for (bytes = 0; i + bytes < n && s[i + bytes] != ' ';)
			bytes++;
		const char *star = memchr(s + i, '*', bytes);
		if (star && star != s + i + bytes - 1)
			return "a '*' stands at the end of a word, or alone";
		if (memchr(s + i, '^', bytes) || memchr(s + i, '$', bytes))
			return "'^' stands at the beginning, '$' at the end";
		stars += bytes == 1 && star;
		for (const char *w = fold(l, s + i, bytes); *w; w += strcspn(w, " "))
			words += *(w += *w == ' ') != '\0';
	}
	if (!words)
		return "there is no word in it";
	if (words + stars > WORDS_MAX || strlen(fold(l, s, n)) > BYTES_MAX)
		return "more than 16 words, or 255 bytes";
	return NULL;
}

struct scenario_words as_heard(struct loading *l, const struct where *at, json_t *v)
{
	struct scenario_words words = as_words(l, at, v);

	for (size_t i = 0; i < words.n; i++) {
		const char *s = words.word[i] + (words.word[i][0] == '^');
		size_t n = strlen(s);
		const char *why = phrase_mistake(l, s, n - (n > 0 && s[n - 1] == '$'));
		if (why)
			mistake(l, json_is_array(v) ? ITEM(at, i) : at, "'%s': %s", words.word[i],
				why);
	}
	return words;
}

/* Two phrases are the same if they are in every word and sign. */
static const char *same_key(struct loading *l, const char *phrase)
{
	struct dynbuf key;

	dynbuf_init(&key, 4 * strlen(phrase) + 16);
	for (const char *p = phrase; *p;) {
		size_t n = strcspn(p, " *^$");
		dynbuf_addf(&key, " %s", n ? fold(l, p, n) : "");
		p += n;
		if (*p && *p != ' ')
			dynbuf_add(&key, p, 1);
		p += *p != '\0';
	}
	const char *copy = memory_format(l->memory, "%s", key.p);
	dynbuf_free(&key);
	return copy;
}

void check_heard_twice(struct loading *l, const struct scenario_rule *const *rules, size_t n)
{
	json_t *first = json_object();

	for (size_t i = 0; i < n; i++) {
		const struct scenario_rule *r = rules[i];
		for (size_t k = 0; r->input == SCENARIO_WORDS && k < r->words.n; k++) {
			const char *key = same_key(l, r->words.word[k]);
			json_t *before = json_object_get(first, key);
			if (before)
				mistake_at(l, l->file, r->path, "'%s' is answered by %s already",
					r->words.word[k], json_string_value(before));
			else if (!r->when)
				json_object_set_new(first, key, json_string(r->path));
		}
	}
	json_decref(first);
}
