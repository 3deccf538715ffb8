#include "keys.h"

#include <stdlib.h>
#include <string.h>

void keys_free(struct keys *k)
{
	free(k->masked);
	*k = (struct keys){0};
}

static void add(struct keys *k, struct redactor *r, size_t line, enum pii kind, const char *key)
{
	if (k->n == k->size) {
		size_t size = k->size ? 2 * k->size : 32;
		struct keys_masked *more = reallocarray(k->masked, size, sizeof(*more));
		if (!more) {
			r->failed = true;
			return;
		}
		k->masked = more;
		k->size = size;
	}
	struct keys_masked *m = &k->masked[k->n++];
	*m = (struct keys_masked){.line = line, .kind = kind};
	memcpy(m->key, key, strnlen(key, KEYS_MAX));
}

void keys_end(struct keys *k, struct redactor *r)
{
	if (k->digits >= KEYS_LEAST ||
		(r->customer_most > 0 && (int)k->digits >= r->customer_least)) {
		bool answered = r->answered;
		redactor_find(r, SAID_BY_CALLER, k->digit, k->digits);
		r->answered = answered; /* as what is said before and behind it says */
		for (size_t i = 0; i < r->finds.n; i++) {
			const struct span *s = &r->finds.span[i];
			for (size_t d = s->at; d < s->at + s->n; d++)
				add(k, r, k->line[d], s->kind, r->finds.keys.p + s->key);
		}
	}
	k->digits = 0;
}

void keys_record(struct keys *k, struct redactor *r, struct jspan record, size_t line)
{
	struct jspan data = {NULL, 0}, type = {NULL, 0};
	int64_t t_ms = jline_get_int(record, "t", 0);
	char digit[4];

	if (!jline_get(record, "type", &type) || !jline_eq(type, "dtmf") ||
		!jline_get(record, "data", &data) ||
		!jline_get_str(data, "digit", digit, sizeof(digit))) {
		/* what is asked next must not decide what was keyed before */
		if (jline_eq(type, "synthesize") || jline_eq(type, "transcript"))
			keys_end(k, r);
		return;
	}
	bool is_digit = digit[0] >= '0' && digit[0] <= '9' && !digit[1];
	if (!is_digit || k->digits == KEYS_MAX || t_ms - k->last_ms > KEYS_GAP_MS)
		keys_end(k, r);
	if (is_digit) {
		k->line[k->digits] = line;
		k->digit[k->digits++] = digit[0];
		k->digit[k->digits] = '\0';
		k->last_ms = t_ms;
	}
}

const struct keys_masked *keys_find(const struct keys *k, size_t line)
{
	for (size_t low = 0, high = k->n; low < high;) {
		size_t mid = (low + high) / 2;
		if (k->masked[mid].line == line)
			return &k->masked[mid];
		if (k->masked[mid].line < line)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}
