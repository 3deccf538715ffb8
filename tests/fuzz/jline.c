/* jline: a line of any bytes. Exercises jline_check; reading unchecked and checked bytes; what is taken out of a
 * checked object checks again and can be put together to the same; any bytes quoted are a string that reads back.
 */
#include "codec/jline.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(struct jspan a, struct jspan b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static bool value_checks(struct jspan v)
{
	struct dynbuf b;

	dynbuf_init(&b, v.n + 16);
	dynbuf_adds(&b, "{");
	jline_add_raw(&b, "v", v);
	dynbuf_adds(&b, "}");
	bool good = !dynbuf_failed(&b) && jline_check(b.p, b.n) == 0;
	dynbuf_free(&b);
	return good;
}

/* A string is read, quoted, and read again. */
static void try_string(struct jspan v)
{
	char *text = malloc(v.n + 1), *again = malloc(v.n * 2 + 1);
	struct dynbuf b;

	if (v.p && jline_str(v, text, v.n + 1)) {
		size_t n = strlen(text);
		MUST(n + 2 <= v.n);
		MUST(!jline_str(v, again, n) && jline_str(v, again, n + 1));
		dynbuf_init(&b, v.n * 6 + 16);
		MUST(jline_add_quoted(&b, text, n) == 0);
		MUST(jline_str((struct jspan){b.p, b.n}, again, n + 1) && strcmp(text, again) == 0);
		dynbuf_free(&b);
	}
	free(text);
	free(again);
}

/* Every member of obj, which may be anything; returns how many. */
static size_t read_members(struct jspan obj, bool checked, struct dynbuf *copy)
{
	struct jspan key, value, found;
	size_t pos = 0, n = 0;
	int64_t i;
	double d;
	bool b;

	for (dynbuf_adds(copy, "{"); jline_next(obj, &pos, &key, &value); n++) {
		MUST(key.p > obj.p && key.p + key.n < value.p &&
			value.p + value.n <= obj.p + obj.n);
		try_string(key);
		try_string(value);
		int kinds = jline_number(value, &d) + jline_bool(value, &b) +
			(value.n > 0 && value.p[0] == '"');
		MUST(kinds <= 1);
		MUST(!checked || !jline_int(value, &i) || value.n > 64 || jline_number(value, &d));
		MUST(!checked || value_checks(value));
		dynbuf_adds(copy, n ? "," : "");
		dynbuf_add(copy, key.p, key.n);
		dynbuf_adds(copy, ":");
		dynbuf_add(copy, value.p, value.n);
	}
	dynbuf_adds(copy, "}");
	(void)jline_get(obj, "type", &found);
	(void)jline_get_int(obj, "n", 0);
	return n;
}

static void try_object(const char *p, size_t n)
{
	struct jspan obj = {p, n}, key, value, first_key, first;
	struct dynbuf copy, again;
	bool checked = jline_check(p, n) == 0;
	size_t pos = 0, first_pos = 0;

	dynbuf_init(&copy, n + 16);
	dynbuf_init(&again, n + 16);
	size_t members = read_members(obj, checked, &copy);
	if (checked) {
		struct jspan rebuilt = {copy.p, copy.n};
		MUST(!dynbuf_failed(&copy) && jline_check(copy.p, copy.n) == 0);
		MUST(read_members(rebuilt, true, &again) == members);
		MUST(same((struct jspan){again.p, again.n}, rebuilt));
		while (jline_next(obj, &first_pos, &first_key, &first))
			MUST(jline_next(rebuilt, &pos, &key, &value) && same(key, first_key) &&
				same(value, first));
		/* Cut anywhere before its last brace it is no object. */
		MUST(jline_check(copy.p, copy.n - 1) < 0 && jline_check(copy.p, copy.n / 2) < 0);
	}
	dynbuf_free(&copy);
	dynbuf_free(&again);
}

static void try_quote(const char *p, size_t n)
{
	struct jspan v;
	struct dynbuf b;

	dynbuf_init(&b, n * 6 + 64);
	dynbuf_adds(&b, "{\"v\":");
	MUST(jline_add_quoted(&b, p, n) == 0);
	dynbuf_adds(&b, "}");
	MUST(jline_check(b.p, b.n) == 0);
	MUST(jline_get((struct jspan){b.p, b.n}, "v", &v) && v.n == b.n - 6);
	try_string(v);
	dynbuf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = fuzz_copy(data, size);
	double d;
	int64_t i;

	try_object(p, size);
	try_quote(p, size);
	(void)jline_number((struct jspan){p, size}, &d);
	(void)jline_int((struct jspan){p, size}, &i);
	free(p);
	return 0;
}
