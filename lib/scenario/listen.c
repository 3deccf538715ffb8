/* How the caller is listened to. */
#include <string.h>

#include "scenario/load.h"

#define DIGITS_MAX 32

bool as_range(struct loading *l, const struct where *at, json_t *v, int *ret_min, int *ret_max)
{
	static const char *const keys[] = {"min", "max", NULL};

	if (json_is_integer(v) && json_integer_value(v) >= 1 &&
		json_integer_value(v) <= DIGITS_MAX) {
		*ret_min = *ret_max = (int)json_integer_value(v);
		return true;
	}
	if (!json_is_object(v)) {
		mistake(l, at, "has to be an integer from 1 to %d, or {\"min\": N, \"max\": N}",
			DIGITS_MAX);
		return false;
	}
	read_keys(l, at, v, keys, NULL);
	*ret_min = read_int(l, at, v, "min", 1, DIGITS_MAX, 1);
	*ret_max = read_int(l, at, v, "max", *ret_min, DIGITS_MAX, DIGITS_MAX);
	return true;
}

static char read_end_key(struct loading *l, const struct where *at, json_t *v, char fallback)
{
	json_t *key = json_object_get(v, "dtmf_end");
	const char *s = json_string_value(key);

	if (!key)
		return fallback;
	if (s && (!*s || ((*s == '#' || *s == '*') && !s[1])))
		return *s;
	mistake(l, MEMBER(at, "dtmf_end"), "has to be \"#\", \"*\" or \"\" (none)");
	return fallback;
}

static bool read_barge_in(struct loading *l, const struct where *at, json_t *v, bool fallback)
{
	const char *s = read_string(l, at, v, "barge_in");

	if (s && strcmp(s, "words") != 0 && strcmp(s, "off") != 0)
		mistake(l, MEMBER(at, "barge_in"), "has to be \"words\" or \"off\"");
	return s ? strcmp(s, "off") != 0 : fallback;
}

void load_listen(
	struct loading *l, const struct where *at, json_t *v, struct scenario_listen *listen)
{
	static const char *const keys[] = {"end_silence_ms", "max_ms", "no_input_ms", "key_ms",
		"digits", "dtmf_end", "hints", "language", "barge_in", NULL};
	json_t *digits = json_object_get(v, "digits"), *hints = json_object_get(v, "hints");

	if (!is_object(l, at, v, SIZE_MAX))
		return;
	read_keys(l, at, v, keys, NULL);
	listen->end_silence_ms = read_int(
		l, at, v, "end_silence_ms", 100, 10000, listen->end_silence_ms);
	listen->max_ms = read_int(l, at, v, "max_ms", 500, 120000, listen->max_ms);
	listen->no_input_ms = read_int(l, at, v, "no_input_ms", 500, 120000, listen->no_input_ms);
	listen->key_ms = read_int(l, at, v, "key_ms", 500, 20000, listen->key_ms);
	listen->dtmf_end = read_end_key(l, at, v, listen->dtmf_end);
	listen->barge_in = read_barge_in(l, at, v, listen->barge_in);
	listen->language = read_language(l, at, v, listen->language);
	if (digits)
		as_range(l, MEMBER(at, "digits"), digits, &listen->digits_min, &listen->digits);
	if (hints)
		listen->hints = as_words(l, MEMBER(at, "hints"), hints);
	if (listen->max_ms < listen->end_silence_ms)
		mistake(l, at, "'max_ms' is less than 'end_silence_ms'");
}
