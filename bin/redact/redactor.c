#include "redactor.h"

#include <stdlib.h>
#include <string.h>

#include "text/fold.h"
#include "text/utf8.h"

int redactor_open(struct redactor *r, const char *const *states)
{
	*r = (struct redactor){.learning = true};
	if (tongues_open(r->tongues) < 0)
		return -1;
	r->name_states = phrases_make(states);
	if (!r->name_states) {
		tongues_close(r->tongues);
		return -1;
	}
	return 0;
}

void redactor_close(struct redactor *r)
{
	tongues_close(r->tongues);
	phrases_free(r->name_states);
	known_free(&r->known);
	finds_free(&r->finds);
}

void redactor_reset(struct redactor *r)
{
	known_free(&r->known);
	redactor_begin(r, true);
}

void redactor_begin(struct redactor *r, bool learning)
{
	r->learning = learning;
	r->asked = 0;
	r->answered = r->name_state = r->too_long = false;
}

void redactor_state(struct redactor *r, const char *state, size_t n)
{
	struct pieces s;

	if (pieces_split(state, n, &s) < 0) {
		r->failed = true;
		return;
	}
	r->name_state = phrases_in(r->name_states, &s, 0, s.n);
	pieces_free(&s);
}

/* ---- finding ---- */

static void learn(struct redactor *r)
{
	for (size_t i = 0; r->learning && i < r->finds.n; i++) {
		const struct span *s = &r->finds.span[i];
		if (known_add(&r->known, s->kind, r->finds.keys.p + s->key) < 0)
			r->failed = true;
	}
}

static void hear_question(struct redactor *r, const char *text, size_t n)
{
	unsigned asked;

	if (find_asked(r->tongues, text, n, &asked) < 0)
		r->failed = true;
	else
		r->asked = r->answered ? asked : r->asked | asked;
	r->answered = false;
}

void redactor_find(struct redactor *r, enum said_by who, const char *text, size_t n)
{
	struct find_context c = {.said_by_bot = who != SAID_BY_CALLER,
		.customer_least = r->customer_least,
		.customer_most = r->customer_most,
		.known = &r->known};

	if (who == SAID_BY_CALLER) {
		c.asked = r->asked ? r->asked : r->name_state ? PII_BIT(PII_NAME) : 0;
		r->answered = true;
	}
	if (n > REDACTOR_TEXT_MAX) {
		r->too_long = true;
		r->finds.n = 0;
		return;
	}
	if (find_spans(r->tongues, &c, text, n, &r->finds) < 0) {
		r->failed = true;
		r->finds.n = 0;
	}
	if (who == SAID_BY_BOT)
		hear_question(r, text, n);
	learn(r);
}

/* Digits and a plus alone, as they are compared; of a card or account letters too. */
static void plain_key(enum pii kind, const char *text, size_t n, struct dynbuf *key)
{
	uint32_t code;

	for (size_t i = 0; i < n;) {
		i += utf8_next(text + i, n - i, &code);
		int digit = utf8_digit(code);
		if (digit >= 0)
			dynbuf_addf(key, "%d", digit);
		else if (code == '+' && key->n == 0 && kind == PII_PHONE)
			dynbuf_adds(key, "+");
		else if (kind == PII_IBAN && code < 0x80 && utf8_kind(code) == UTF8_LETTER)
			dynbuf_addf(key, "%c", (int)utf8_lower(code) - 32);
	}
}

void redactor_whole(struct redactor *r, enum pii kind, const char *text, size_t n)
{
	struct finds *f = &r->finds;
	struct dynbuf key;

	dynbuf_init(&key, 4 * n + 64);
	if (kind == PII_NAME || kind == PII_ADDRESS)
		(void)!fold_text(text, n, &key);
	else if (kind == PII_EMAIL)
		for (size_t i = 0; i < n; i++)
			dynbuf_addf(&key, "%c",
				text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
	else
		plain_key(kind, text, n, &key);
	f->n = 0;
	if (!f->size && !(f->span = calloc(f->size = 4, sizeof(*f->span))))
		f->size = 0;
	dynbuf_free(&f->keys);
	dynbuf_init(&f->keys, 4 * n + 256);
	if (!f->size || dynbuf_failed(&key) || dynbuf_add(&f->keys, key.p, key.n + 1) < 0)
		r->failed = true;
	else
		f->span[f->n++] = (struct span){kind, 0, n, 0};
	dynbuf_free(&key);
	learn(r);
}

/* ---- masks that leave a part ---- */

static void mask_digits(
	const char *key, size_t first, size_t last, const char *stars, struct dynbuf *to)
{
	size_t n = strlen(key);

	if (n < first + last + 3)
		first = last = 0;
	dynbuf_add(to, key, first);
	dynbuf_adds(to, stars);
	dynbuf_add(to, key + n - last, last);
}

static void mask_name(const char *text, size_t n, struct dynbuf *to)
{
	struct pieces s;

	if (pieces_split(text, n, &s) < 0)
		return;
	for (size_t i = 0, words = 0; i < s.n; i++) {
		uint32_t code;
		if (s.p[i].kind != PIECE_WORD)
			continue;
		size_t first = utf8_next(text + s.p[i].at, s.p[i].n, &code);
		dynbuf_addf(to, "%s%.*s***", words++ ? " " : "", (int)first, text + s.p[i].at);
	}
	pieces_free(&s);
}

static void mask_email(const char *key, struct dynbuf *to)
{
	const char *dot = strrchr(key, '.');
	uint32_t code;
	size_t first = utf8_next(key, strlen(key), &code);

	dynbuf_addf(to, "%.*s***@***%s", (int)first, key, dot ? dot : "");
}

static void mask_part(const char *text, const struct span *s, const char *key, struct dynbuf *to)
{
	size_t n = strlen(key);

	switch (s->kind) {
	case PII_NAME:
		mask_name(text + s->at, s->n, to);
		break;
	case PII_PHONE:
		mask_digits(key, n > 9 ? n - 7 : n > 7 ? 2 : 0, n > 7 ? 4 : 0, "***", to);
		break;
	case PII_EMAIL:
		mask_email(key, to);
		break;
	case PII_CARD:
		mask_digits(key, 4, 4, " **** **** ", to);
		break;
	case PII_IBAN:
		mask_digits(key, 4, 4, "***", to);
		break;
	default:
		dynbuf_adds(to, "***");
	}
}

void redactor_mask(struct redactor *r, const char *text, const struct span *s, struct dynbuf *to)
{
	const char *key = r->finds.keys.p + s->key;

	if (r->partial) {
		mask_part(text, s, key, to);
		return;
	}
	int number = known_number(&r->known, s->kind, key);
	if (number < 0 || dynbuf_addf(to, "[%s_%d]", pii_name(s->kind), number) < 0)
		r->failed = true;
}

void redactor_text(
	struct redactor *r, enum said_by who, const char *text, size_t n, struct dynbuf *to)
{
	size_t done = 0;

	redactor_find(r, who, text, n);
	for (size_t i = 0; !r->learning && i < r->finds.n; i++) {
		const struct span *s = &r->finds.span[i];
		dynbuf_add(to, text + done, s->at - done);
		redactor_mask(r, text, s, to);
		done = s->at + s->n;
	}
	if (!r->learning && dynbuf_add(to, text + done, n - done) < 0)
		r->failed = true;
}
