#include "text/e164.h"

#include <ctype.h>
#include <string.h>

#include "text/e164-plan.h"
#include "text/e164-read.h"

/* A national number: digits 0..9. */
struct national {
	uint8_t digits[E164_TEXT_MAX + 8]; /* 0..9, an area code in front */
	size_t n;                          /* of them */
};

/* What a program matched. */
struct match {
	size_t end; /* digits it took */
	uint8_t group[2 *
		E164_GROUPS]; /* where each begins and ends; nothing, as far as `open` does not say so */
	unsigned set;         /* bit: this end of a group was passed */
};

enum length { LENGTH_FINE, LENGTH_LOCAL, LENGTH_SHORT, LENGTH_LONG, LENGTH_NONE };

static const struct e164_region *region_named(const char *country)
{
	unsigned first, second, at;

	if (!country || !country[0] || !country[1] || country[2])
		return NULL;
	first = (unsigned char)country[0] - 'A';
	second = (unsigned char)country[1] - 'A';
	if (first >= 26 || second >= 26)
		return NULL;
	at = e164_by_name[first * 26 + second];
	return at == E164_NONE ? NULL : &e164_regions[at];
}

/* The main region of a calling code. */
static const struct e164_region *region_of(unsigned code)
{
	return code < 1000 && e164_by_code[code] != E164_NONE ? &e164_regions[e164_by_code[code]]
							      : NULL;
}

static unsigned state_after(unsigned state, unsigned digit)
{
	unsigned head = e164_states[state], before = head & ((2U << digit) - 2);

	return e164_states[state + 1 + (head & 1) + (unsigned)__builtin_popcount(before)];
}

static unsigned label_at(unsigned state)
{
	return e164_states[state] & 1 ? e164_states[state + 1] : 0;
}

/* What the automaton says of the whole; 0: nothing. */
static unsigned label_of(unsigned state, const uint8_t *digits, size_t n)
{
	for (size_t i = 0; i < n && state; i++)
		state = state_after(state, digits[i]);
	return label_at(state);
}

/* Is it as numbers of this region are in general? */
static bool is_general(const struct e164_region *r, const uint8_t *digits, size_t n)
{
	return e164_labels[label_of(r->plan, digits, n)].regions >> r->index & 1;
}

static enum length length_of(const struct e164_region *r, size_t n)
{
	uint32_t bit = n < 32 ? UINT32_C(1) << n : 0;

	if (bit & r->local)
		return LENGTH_LOCAL;
	if (bit & r->lengths)
		return LENGTH_FINE;
	if (!bit || !(r->lengths & ~(bit - 1)))
		return LENGTH_LONG;
	return r->lengths & (bit - 1) ? LENGTH_NONE : LENGTH_SHORT;
}

/* Does the program match at the beginning? Where a way leads nowhere, the latest one left open is taken up again. */
static bool matches(unsigned program, const uint8_t *digits, size_t n, struct match *ret)
{
	struct {
		unsigned pc;    /* where it goes on */
		struct match m; /* with this */
	} open[E164_WAYS];
	size_t ways = 0;
	unsigned pc = program;

	*ret = (struct match){0};
	if (program == E164_NO_PROGRAM)
		return false;
	for (;;) {
		const uint16_t *op = e164_programs + pc;
		bool fits = true;

		switch ((enum e164_op)op[0]) {
		case E164_D:
			fits = ret->end < n && op[1] >> digits[ret->end] & 1;
			ret->end++;
			pc += 2;
			break;
		case E164_T:
			open[ways].pc = op[1];
			open[ways++].m = *ret;
			pc += 2;
			break;
		case E164_J:
			pc = op[1];
			break;
		case E164_S:
			ret->group[op[1]] = (uint8_t)ret->end;
			ret->set |= 1U << op[1];
			pc += 2;
			break;
		case E164_E:
			fits = ret->end == n;
			pc++;
			break;
		case E164_M:
			return true;
		}
		if (fits)
			continue;
		if (!ways)
			return false;
		pc = open[--ways].pc;
		*ret = open[ways].m;
	}
}

/* Without national prefix and carrier's code, or with the area code that was left out; as it is, if it would be no number
 * after that, and was one before. */
static void strip_trunk(
	const struct e164_region *r, const uint8_t *digits, size_t n, struct national *ret)
{
	struct match m;
	size_t put = 0;

	if (n && matches(r->trunk, digits, n, &m)) {
		const uint8_t *group = &m.group[2 * (size_t)(r->group ? r->group - 1 : 0)];

		if (r->group && m.set >> (2 * r->group - 1) & 1) {
			for (const char *c = r->insert; *c; c++)
				ret->digits[put++] = *c - '0';
			memcpy(ret->digits + put, digits + group[0], group[1] - group[0]);
			put += group[1] - group[0];
		}
		memcpy(ret->digits + put, digits + m.end, n - m.end);
		ret->n = put + n - m.end;
		if (is_general(r, ret->digits, ret->n) || !is_general(r, digits, n))
			return;
	}
	memcpy(ret->digits, digits, n);
	ret->n = n;
}

/* A calling code at the beginning: its digits, 1 to 3; 0: there is none. */
static size_t take_code(const uint8_t *digits, size_t n, const struct e164_region **ret)
{
	unsigned code = 0;

	for (size_t i = 0; i < n && i < 3; i++) {
		code = 10 * code + digits[i];
		*ret = code ? region_of(code) : NULL;
		if (*ret)
			return i + 1;
		if (!code)
			break;
	}
	return 0;
}

/* The digits after + or an international prefix. */
static enum e164_fault from_abroad(const uint8_t *digits, size_t n,
	const struct e164_region **ret_region, struct national *ret)
{
	size_t code;

	if (n <= 2)
		return E164_TOO_SHORT;
	code = take_code(digits, n, ret_region);
	if (!code)
		return E164_NO_COUNTRY;
	ret->n = n - code;
	memcpy(ret->digits, digits + code, ret->n);
	return E164_FINE;
}

/* Digits as they are dialled at home: 1 if there is a calling code in front, after the international prefix or because it
 * can be nothing else; 0 if there is none; -1: *ret_fault. */
static int from_home(const struct e164_region *home, const uint8_t *digits, size_t n,
	const struct e164_region **ret_region, struct national *ret, enum e164_fault *ret_fault)
{
	const struct e164_region *main = NULL;
	struct match m;
	size_t code;

	if (matches(home->idd, digits, n, &m) && !(m.end < n && digits[m.end] == 0)) {
		*ret_fault = from_abroad(digits + m.end, n - m.end, ret_region, ret);
		return *ret_fault == E164_FINE ? 1 : -1;
	}
	code = take_code(digits, n, &main);
	if (code && main->code == home->code) {
		strip_trunk(home, digits + code, n - code, ret);
		*ret_region = main;
		if ((!is_general(home, digits, n) && is_general(home, ret->digits, ret->n)) ||
			length_of(home, n) == LENGTH_LONG)
			return 1;
	}
	*ret_region = home;
	ret->n = n;
	memcpy(ret->digits, digits, n);
	return 0;
}

/* Mainland France and its departments overseas have one plan of ten digits and several calling codes: who dials 0590.. or
 * 0692.. in Paris reaches +590 590.. and +262 692.., and 01.. in Cayenne is +33 1... (The metadata has all of 05 in
 * +33.) Saint-Pierre-et-Miquelon has six digits behind its 508. Source: ARCEP, decision 2018-0881, numbering plan.
 * written: with a calling code; then only +33 is looked at, since many put it in front of any number of ten digits. */
static const struct e164_region *french(
	const struct e164_region *r, bool written, struct national *national)
{
	static const struct {
		uint16_t prefix, code;
	} overseas[] = {{262, 262}, {263, 262}, {269, 262}, {508, 508}, {590, 590}, {594, 594},
		{596, 596}, {639, 262}, {690, 590}, {691, 590}, {692, 262}, {693, 262}, {694, 594},
		{696, 596}, {697, 596}};
	const uint8_t *digits = national->digits;
	unsigned prefix, code = 33;
	size_t cut;

	if (national->n != 9 ||
		(r->code != 33 &&
			(written ||
				(r->code != 262 && r->code != 590 && r->code != 594 &&
					r->code != 596 && r->code != 508))))
		return r;
	prefix = 100U * digits[0] + 10U * digits[1] + digits[2];
	for (size_t i = 0; i < ARRAY_LEN(overseas); i++)
		if (overseas[i].prefix == prefix)
			code = overseas[i].code;
	cut = code == 508 ? 3 : 0;
	if (code == r->code ||
		e164_labels[label_of(region_of(code)->plan, digits + cut, 9 - cut)].region ==
			E164_NONE)
		return r;
	memmove(national->digits, digits + cut, 9 - cut);
	national->n -= cut;
	return region_of(code);
}

/* Where mobile numbers tell the place: Mexico, Argentina, Brazil, Indonesia, China. */
static bool is_of_place(const struct e164 *number, unsigned code)
{
	return number->type == E164_FIXED || number->type == E164_FIXED_OR_MOBILE ||
		(number->type == E164_MOBILE &&
			(code == 52 || code == 54 || code == 55 || code == 62 || code == 86));
}

static const char *zones_of(
	const struct e164 *number, const struct e164_region *r, const struct national *national)
{
	unsigned state = r->tree, label = r->zones;

	if (is_of_place(number, r->code))
		for (size_t i = 0; i < national->n && state; i++) {
			state = state_after(state, national->digits[i]);
			if (label_at(state))
				label = label_at(state);
		}
	return e164_zones[label];
}

static void write_number(
	const struct e164_region *r, const struct national *national, struct e164 *ret)
{
	char *p = ret->number;
	unsigned code = r->code;

	*p++ = '+';
	if (code >= 100)
		*p++ = '0' + code / 100;
	if (code >= 10)
		*p++ = '0' + code / 10 % 10;
	*p++ = '0' + code % 10;
	for (size_t i = 0; i < national->n; i++)
		*p++ = '0' + national->digits[i];
	*p = '\0';
}

/* Why the digits are no number of this calling code. */
static enum e164_fault no_number(const struct e164_region *r, size_t n)
{
	static const enum e164_fault faults[] = {
		[LENGTH_FINE] = E164_NO_LINE,
		[LENGTH_LOCAL] = E164_LOCAL,
		[LENGTH_SHORT] = E164_TOO_SHORT,
		[LENGTH_LONG] = E164_TOO_LONG,
		[LENGTH_NONE] = E164_BAD_LENGTH,
	};

	return faults[length_of(r - r->index, n)];
}

/* National digits, as they were dialled in r. */
static enum e164_fault number_in(
	const struct e164_region *r, bool written, struct national *national, struct e164 *ret)
{
	const struct e164_label *label;
	struct national bare;
	enum length length;

	if (national->n < 2)
		return E164_TOO_SHORT;
	strip_trunk(r, national->digits, national->n, &bare);
	length = length_of(r, bare.n);
	if (length == LENGTH_FINE || length == LENGTH_LONG)
		*national = bare;
	if (national->n < 2)
		return E164_TOO_SHORT;
	if (national->n > E164_NATIONAL_MAX)
		return E164_TOO_LONG;
	r = french(r, written, national);
	label = &e164_labels[label_of(r->plan, national->digits, national->n)];
	/* a digit is missing, where with the national prefix there are as many as there should be */
	if (label->region == E164_NONE)
		return length == LENGTH_SHORT ? E164_TOO_SHORT : no_number(r, national->n);
	r += label->region - r->index;
	write_number(r, national, ret);
	memcpy(ret->country, r->name, sizeof(ret->country));
	ret->type = label->type;
	ret->zones = zones_of(ret, r, national);
	return E164_FINE;
}

static enum e164_fault number_of(
	const struct e164_spelling *s, const struct e164_region *home, struct e164 *ret)
{
	const struct e164_region *r = NULL;
	struct national national;
	enum e164_fault fault;
	int written = 1;

	if (s->plus) {
		fault = from_abroad(s->digits, s->n, &r, &national);
		/* a + in front of a national number is a slip, if what follows begins with the calling code */
		if (fault == E164_NO_COUNTRY && home &&
			from_home(home, s->digits, s->n, &r, &national, &fault) == 0)
			fault = E164_NO_COUNTRY;
		if (fault != E164_FINE)
			return fault;
	} else if (!home) {
		return E164_NEEDS_COUNTRY;
	} else {
		unsigned code = label_of(home->shorts, s->digits, s->n);

		if (code == E164_LABEL_EMERGENCY)
			return E164_EMERGENCY;
		written = from_home(home, s->digits, s->n, &r, &national, &fault);
		if (written == -1)
			return fault;
		fault = number_in(r, written, &national, ret);
		return fault != E164_FINE && code == E164_LABEL_SHORT ? E164_SHORT_CODE : fault;
	}
	return number_in(r, written, &national, ret);
}

int e164_parse(const char *text, size_t n, const char *country, struct e164 *ret)
{
	const struct e164_region *home = region_named(country);
	struct e164_spelling spelling;

	*ret = (struct e164){.zones = ""};
	ret->fault = e164_read(text, n, &spelling);
	if (ret->fault != E164_FINE)
		return -1;
	ret->fault = number_of(&spelling, home, ret);
	/* 00 is what most of the world dials for abroad: also where it is not, and nothing else fits */
	if (ret->fault != E164_FINE && !spelling.plus && spelling.n > 4 && !spelling.digits[0] &&
		!spelling.digits[1] && spelling.digits[2]) {
		spelling.plus = true;
		spelling.n -= 2;
		memmove(spelling.digits, spelling.digits + 2, spelling.n);
		if (number_of(&spelling, NULL, ret) == E164_FINE)
			ret->fault = E164_FINE;
	}
	if (ret->fault != E164_FINE)
		return -1;
	memcpy(ret->extension, spelling.extension, sizeof(ret->extension));
	return 0;
}

const char *e164_why(enum e164_fault fault)
{
	static const char *const words[] = {
		[E164_FINE] = "it is a number",
		[E164_EMPTY] = "no number",
		[E164_NOT_A_NUMBER] = "not a telephone number",
		[E164_NEEDS_COUNTRY] = "a national number, and no country is set",
		[E164_NO_COUNTRY] = "no country has this calling code",
		[E164_TOO_SHORT] = "too short for a number of its country",
		[E164_TOO_LONG] = "too long for a number of its country",
		[E164_BAD_LENGTH] =
			"its country has shorter and longer numbers, but none of this length",
		[E164_LOCAL] = "the area code is missing",
		[E164_EMERGENCY] = "an emergency number",
		[E164_SHORT_CODE] = "a short code, not a subscriber's number",
		[E164_NO_LINE] = "its country has no numbers that begin so",
	};

	return words[fault];
}

const char *e164_refusal(const struct e164 *number)
{
	switch (number->type) {
	case E164_UNKNOWN:
		return "not a telephone number";
	case E164_TOLL_FREE:
		return "a toll free number: it costs its owner, who is no person";
	case E164_PREMIUM:
		return "a premium rate number";
	case E164_SHARED_COST:
		return "a shared cost number";
	case E164_PERSONAL:
		return "a personal number: it costs more than its country says";
	case E164_PAGER:
		return "a pager: nobody answers";
	case E164_UAN:
		return "a company's universal number";
	case E164_VOICEMAIL:
		return "a voicemail access number";
	case E164_FIXED:
	case E164_MOBILE:
	case E164_FIXED_OR_MOBILE:
	case E164_VOIP:
		break;
	}
	return NULL;
}

const char *e164_type_name(enum e164_type type)
{
	static const char *const names[] = {
		[E164_UNKNOWN] = "unknown",
		[E164_FIXED] = "fixed",
		[E164_MOBILE] = "mobile",
		[E164_FIXED_OR_MOBILE] = "fixed_or_mobile",
		[E164_TOLL_FREE] = "toll_free",
		[E164_PREMIUM] = "premium",
		[E164_SHARED_COST] = "shared_cost",
		[E164_VOIP] = "voip",
		[E164_PERSONAL] = "personal",
		[E164_PAGER] = "pager",
		[E164_UAN] = "uan",
		[E164_VOICEMAIL] = "voicemail",
	};

	return names[type];
}

const char *e164_country(const char *word)
{
	const struct e164_region *r;
	char name[3] = "";

	if (*word == '+')
		word++;
	if (strlen(word) == 2 && isalpha((unsigned char)word[0])) {
		name[0] = (char)toupper((unsigned char)word[0]);
		name[1] = (char)toupper((unsigned char)word[1]);
		r = region_named(name);
	} else {
		unsigned code = 0;

		if (!*word || strlen(word) > 3 || *word == '0' || word[strspn(word, "0123456789")])
			return NULL;
		for (; *word; word++)
			code = 10 * code + (unsigned)(*word - '0');
		r = region_of(code);
	}
	return r && isalpha((unsigned char)r->name[0]) ? r->name : NULL;
}

int e164_calling_code(const char *country)
{
	const struct e164_region *r = region_named(country);

	return r ? r->code : 0;
}
