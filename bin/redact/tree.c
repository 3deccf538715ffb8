#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "codec/jline.h"
#include "keys.h"
#include "text/utf8.h"

/* What the members of an object tell of each other. */
struct object {
	enum said_by who;
	bool goods;        /* it is a thing that is sold: its name is nobody's */
	bool event;        /* a tool's or a program's: its name is nobody's */
	bool address;      /* all of it is one */
	bool state;        /* a change of state */
	const char *where; /* the state that it was said in, where_n bytes; NULL: not told */
	size_t where_n;
};

struct walk {
	struct redactor *r;
	const char *p; /* the JSON */
	size_t n, at;  /* its bytes; the next one */
	size_t done;   /* bytes that are in `to`, or stand for what is there */
	struct dynbuf *to;
	struct dynbuf plain; /* a string without escapes */
	size_t *place; /* for each of its bytes, where it is in the JSON; one more for its end */
	size_t places; /* room */
	bool bad;
};

/* ---- strings ---- */

static void blanks(struct walk *w)
{
	while (w->at < w->n && strchr(" \t\r\n", w->p[w->at]) && w->p[w->at])
		w->at++;
}

static uint32_t hex4(const char *p)
{
	char text[5] = {p[0], p[1], p[2], p[3], 0};

	return (uint32_t)strtoul(text, NULL, 16);
}

static void put(struct walk *w, const char *p, size_t n, size_t place)
{
	if (w->plain.n + n >= w->places) {
		size_t size = w->places ? 2 * w->places : 1024;
		size_t *more = reallocarray(w->place, size, sizeof(*more));
		if (!more) {
			w->r->failed = true;
			return;
		}
		w->place = more;
		w->places = size;
	}
	for (size_t i = 0; i < n; i++)
		w->place[w->plain.n + i] = place;
	if (dynbuf_add(&w->plain, p, n) < 0)
		w->r->failed = true;
}

/* An escape at w->at. */
static void escape(struct walk *w)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	size_t at = w->at;
	const char *found = w->at + 1 < w->n ? strchr(from, w->p[w->at + 1]) : NULL;
	char bytes[4];

	if (found && *found) {
		put(w, &to[found - from], 1, at);
		w->at += 2;
		return;
	}
	if (w->at + 6 > w->n) {
		w->bad = true;
		return;
	}
	uint32_t code = hex4(w->p + w->at + 2);
	w->at += 6;
	if (code >= 0xd800 && code < 0xdc00 && w->at + 6 <= w->n) {
		code = 0x10000 + ((code - 0xd800) << 10) + (hex4(w->p + w->at + 2) - 0xdc00);
		w->at += 6;
	}
	put(w, bytes, utf8_encode(code, bytes), at);
}

/* Read the string at w->at, and go behind it. */
static void read_string(struct walk *w)
{
	dynbuf_reset(&w->plain);
	for (w->at++; w->at < w->n && w->p[w->at] != '"' && !w->bad && !w->r->failed;) {
		if (w->p[w->at] == '\\') {
			escape(w);
		} else {
			put(w, &w->p[w->at], 1, w->at);
			w->at++;
		}
	}
	if (w->at >= w->n) {
		w->bad = true;
		return;
	}
	put(w, "", 1, w->at); /* where its end is */
	dynbuf_truncate(&w->plain, w->plain.n ? w->plain.n - 1 : 0);
	w->at++;
}

/* Add masks for the spans that were found in the string that was read last. */
static void write_spans(struct walk *w, unsigned kinds)
{
	struct redactor *r = w->r;

	for (size_t i = 0; !r->learning && i < r->finds.n; i++) {
		const struct span *s = &r->finds.span[i];
		struct dynbuf mask, quoted;
		if (!(kinds & PII_BIT(s->kind)))
			continue;
		dynbuf_init(&mask, 4096);
		dynbuf_init(&quoted, 32768);
		redactor_mask(r, w->plain.p, s, &mask);
		dynbuf_add(w->to, w->p + w->done, w->place[s->at] - w->done);
		if (jline_add_quoted(&quoted, mask.p, mask.n) < 0 || quoted.n < 2)
			r->failed = true;
		else
			dynbuf_add(w->to, quoted.p + 1, quoted.n - 2);
		w->done = w->place[s->at + s->n];
		dynbuf_free(&mask);
		dynbuf_free(&quoted);
	}
}

#define ALL_KINDS (~0u)

/* ---- what a member is ---- */

/* A key in small letters without _ and -. */
static void plain_key(const char *p, size_t n, char *ret, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < n && used + 1 < size; i++)
		if (p[i] != '_' && p[i] != '-' && p[i] != ' ')
			ret[used++] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] + 32) : p[i];
	ret[used] = '\0';
}

static bool is_one(const char *key, const char *list)
{
	size_t n = strlen(key), k;

	for (; *list; list += k + (list[k] == ' ')) {
		k = strcspn(list, " ");
		if (k == n && strncmp(list, key, n) == 0)
			return true;
	}
	return false;
}

static size_t count_digits(const char *p, size_t n, bool *ret_only)
{
	size_t digits = 0;

	*ret_only = n > 0;
	for (size_t i = 0; i < n; i++) {
		digits += p[i] >= '0' && p[i] <= '9';
		*ret_only = *ret_only && p[i] && strchr("0123456789+-.() /", p[i]);
	}
	return digits;
}

static bool has_letters(const char *p, size_t n)
{
	uint32_t code;

	for (size_t i = 0; i < n;) {
		i += utf8_next(p + i, n - i, &code);
		if (utf8_kind(code) == UTF8_LETTER)
			return true;
	}
	return false;
}

static const struct {
	const char *keys;
	enum pii kind;
} personal[] = {
	{"firstname lastname fullname surname familyname givenname middlename maidenname clientname customername "
	 "callername contactname personname holder accountholder cardholder owner ownername prenom nom nomcomplet "
	 "nomdefamille recipient recipientname passenger patient имя фамилия отчество имяклиента імя прізвище الاسم "
	 "اسم",
		PII_NAME},
	{"phone phonenumber telephone telephonenumber tel mobile mobilephone cell cellphone msisdn callerid callernumber "
	 "caller callee ani dnis whatsapp fromnumber tonumber contactphone portable телефон الهاتف",
		PII_PHONE},
	{"email mail emailaddress courriel почта пошта", PII_EMAIL},
	{"card cardnumber pan creditcard", PII_CARD},
	{"iban accountnumber bankaccount rib", PII_IBAN},
	{"address street streetaddress address1 address2 addressline1 addressline2 postaladdress deliveryaddress "
	 "shippingaddress billingaddress homeaddress adresse rue адрес адреса العنوان",
		PII_ADDRESS},
};

/* Is the string that was read last, of this key, all of it one value? */
static bool is_whole(const struct walk *w, const char *key, const struct object *o, enum pii *ret)
{
	const char *p = w->plain.p;
	size_t n = w->plain.n;
	bool only, name = is_one(key, "name") && !o->goods && !o->event;
	size_t digits = count_digits(p, n, &only);

	if (n == 0 || n > 300)
		return false;
	if (o->address) {
		*ret = PII_ADDRESS;
		return has_letters(p, n) || digits > 0;
	}
	*ret = PII_PHONE;
	if (is_one(key, "from to number") && only &&
		digits >= (strcmp(key, "number") == 0 ? 8u : 5u))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(personal); i++) {
		*ret = personal[i].kind;
		if (!is_one(key, personal[i].keys) && !(name && *ret == PII_NAME))
			continue;
		if (*ret == PII_NAME)
			return has_letters(p, n) && !strchr(p, '_') && digits == 0;
		if (*ret == PII_PHONE)
			return only && digits >= 5;
		if (*ret == PII_CARD)
			return only && digits >= 12;
		return *ret == PII_EMAIL   ? strchr(p, '@') != NULL
			: *ret == PII_IBAN ? digits >= 10
					   : has_letters(p, n);
	}
	return false;
}

/* ---- the walk ---- */

static int value(struct walk *w, const char *key, const struct object *o, int depth);

/* Go behind a value without looking at it. */
static void skip(struct walk *w)
{
	int depth = 0;

	do {
		blanks(w);
		if (w->at >= w->n)
			return;
		char c = w->p[w->at];
		if (c == '"') {
			for (w->at++; w->at < w->n && w->p[w->at] != '"'; w->at++)
				w->at += w->p[w->at] == '\\';
			w->at++;
		} else {
			depth += (c == '{' || c == '[') - (c == '}' || c == ']');
			w->at++;
			while (!strchr("{}[],:\"", c) && w->at < w->n &&
				!strchr(" \t\r\n{}[],:\"", w->p[w->at]))
				w->at++;
		}
	} while (depth > 0 && w->at < w->n);
}

static enum said_by speaker(const char *word)
{
	if (is_one(word, "bot agent assistant system synthesize"))
		return SAID_BY_BOT;
	if (is_one(word, "client caller user customer human transcript transcriptpartial"))
		return SAID_BY_CALLER;
	return SAID_BY_NOBODY;
}

/* One member, of a look ahead. */
static void consider(struct object *o, const char *key, const char *text, size_t n)
{
	char word[32];

	plain_key(text, n, word, sizeof(word));
	if (is_one(key, "speaker role who side") ||
		(is_one(key, "type") && o->who == SAID_BY_NOBODY))
		o->who = speaker(word);
	if (is_one(key, "type"))
		o->state = strcmp(word, "state") == 0;
	if (is_one(key, "type") && is_one(word, "toolcall toolresult"))
		o->event = true;
	if (is_one(key,
		    "price sku stock quantity qty brand model currency barcode unit units size weight"))
		o->goods = true;
	if (is_one(key, "arguments parameters"))
		o->event = true;
	if (is_one(key, "state")) {
		o->where = text;
		o->where_n = n;
	}
}

/* What the members of the object at w->at, behind its brace, say. */
static void look_ahead(struct walk *w, struct object *o)
{
	size_t at = w->at;
	char key[48];

	for (blanks(w); w->at < w->n && w->p[w->at] == '"' && !w->bad; blanks(w)) {
		read_string(w);
		plain_key(w->plain.p, w->plain.n, key, sizeof(key));
		blanks(w);
		w->at++; /* : */
		blanks(w);
		size_t from = w->at;
		skip(w);
		bool string = from < w->n && w->p[from] == '"' && w->at > from + 1;
		consider(o, key, w->p + from + string, string ? w->at - from - 2 : 0);
		blanks(w);
		if (w->at >= w->n || w->p[w->at] != ',')
			break;
		w->at++;
		blanks(w);
	}
	w->at = at;
}

static int object(struct walk *w, const char *outer, const struct object *in, int depth)
{
	struct object o = {.who = in->who,
		.address = is_one(
			outer, "address adresse deliveryaddress shippingaddress billingaddress")};
	char key[48];

	w->at++;
	/* data of a record: what the record is, tells its type */
	o.event = strcmp(outer, "data") == 0 && in->event;
	o.state = strcmp(outer, "data") == 0 && in->state;
	bool state = o.state;
	look_ahead(w, &o);
	o.state = o.state || state;
	if (o.who != SAID_BY_NOBODY && o.where)
		redactor_state(w->r, o.where, o.where_n);
	for (blanks(w); w->at < w->n && w->p[w->at] != '}'; blanks(w)) {
		if (w->p[w->at] != '"')
			return -1;
		read_string(w);
		plain_key(w->plain.p, w->plain.n, key, sizeof(key));
		redactor_find(w->r, SAID_BY_NOBODY, w->plain.p, w->plain.n);
		write_spans(w,
			PII_BIT(PII_PHONE) | PII_BIT(PII_EMAIL) | PII_BIT(PII_CARD) |
				PII_BIT(PII_IBAN));
		blanks(w);
		w->at++;
		if (value(w, key, &o, depth + 1) < 0)
			return -1;
		blanks(w);
		if (w->at < w->n && w->p[w->at] == ',')
			w->at++;
	}
	w->at++;
	return 0;
}

static int array(struct walk *w, const char *key, const struct object *in, int depth)
{
	w->at++;
	for (blanks(w); w->at < w->n && w->p[w->at] != ']'; blanks(w)) {
		if (value(w, key, in, depth + 1) < 0)
			return -1;
		blanks(w);
		if (w->at < w->n && w->p[w->at] == ',')
			w->at++;
	}
	w->at++;
	return 0;
}

static void string(struct walk *w, const char *key, const struct object *o)
{
	bool said = is_one(key, "text transcription transcript heard planned content message said");
	enum pii kind;

	read_string(w);
	if (w->bad || w->r->failed)
		return;
	if (o->state && strcmp(key, "to") == 0) {
		redactor_state(w->r, w->plain.p, w->plain.n);
		return;
	}
	const struct keys_masked *keyed = strcmp(key, "digit") == 0 ? w->r->keyed : NULL;
	if (keyed) {
		redactor_whole(w->r, keyed->kind, keyed->key, strlen(keyed->key));
		if (w->r->finds.n > 0)
			w->r->finds.span[0].n = w->plain.n;
	} else if (is_whole(w, key, o, &kind))
		redactor_whole(w->r, kind, w->plain.p, w->plain.n);
	else
		redactor_find(w->r, said ? o->who : SAID_BY_NOBODY, w->plain.p, w->plain.n);
	write_spans(w, ALL_KINDS);
}

/* A number that is masked becomes a string. */
static void number(struct walk *w, const char *key, const struct object *o)
{
	size_t from = w->at;
	enum pii kind;

	skip(w);
	dynbuf_reset(&w->plain);
	dynbuf_add(&w->plain, w->p + from, w->at - from);
	if (w->plain.n < 7 || strspn(w->plain.p, "0123456789") != w->plain.n)
		return;
	bool whole = is_whole(w, key, o, &kind);
	if (!whole && check_card(w->plain.p, w->plain.n)) {
		whole = true;
		kind = PII_CARD;
	}
	for (size_t i = 0; !whole && i < w->r->known.n; i++) {
		const struct known_value *v = &w->r->known.value[i];
		whole = v->kind == PII_PHONE && w->plain.n >= 9 &&
			known_same(PII_PHONE, v->key, w->plain.p);
		kind = v->kind;
	}
	if (!whole)
		return;
	redactor_whole(w->r, kind, w->plain.p, w->plain.n);
	if (w->r->learning || w->r->finds.n == 0)
		return;
	dynbuf_add(w->to, w->p + w->done, from - w->done);
	dynbuf_adds(w->to, "\"");
	redactor_mask(w->r, w->plain.p, &w->r->finds.span[0], w->to);
	dynbuf_adds(w->to, "\"");
	w->done = w->at;
}

static int value(struct walk *w, const char *key, const struct object *o, int depth)
{
	blanks(w);
	if (depth > TREE_DEPTH || w->at >= w->n || w->bad)
		return -1;
	switch (w->p[w->at]) {
	case '{':
		return object(w, key, o, depth);
	case '[':
		return array(w, key, o, depth);
	case '"':
		string(w, key, o);
		return w->bad ? -1 : 0;
	default:
		number(w, key, o);
		return 0;
	}
}

int tree_mask(struct redactor *r, const char *p, size_t n, struct dynbuf *to)
{
	struct walk w = {.r = r, .p = p, .n = n, .to = to};
	struct object none = {.who = SAID_BY_NOBODY};

	dynbuf_init(&w.plain, n + 64);
	int err = value(&w, "", &none, 0);
	if (!err && !r->learning && dynbuf_add(to, p + w.done, n - w.done) < 0)
		r->failed = true;
	dynbuf_free(&w.plain);
	free(w.place);
	return err;
}
