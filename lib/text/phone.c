/* Telephone numbers. */
#include <string.h>

#include "text/speaker.h"

#define GROUPS_MAX 12
#define DIGITS_MAX 20
#define DIGITS_MIN 7

struct phone {
	bool plus;    /* it begins with + */
	bool bracket; /* there is a ( */
	char digits[DIGITS_MAX + 1];
	size_t n;                 /* digits */
	size_t group[GROUPS_MAX]; /* digits of each group */
	size_t groups;            /* how many */
	size_t end;               /* offset behind it */
};

/* Country codes of one and of three digits that are met here; others have two. */
static const char *const short_codes[] = {"1", "7"};
static const char *const long_codes[] = {"212", "213", "216", "218", "350", "351", "352", "353",
	"354", "355", "356", "357", "358", "359", "370", "371", "372", "373", "374", "375", "376",
	"377", "380", "381", "382", "385", "386", "387", "389", "420", "421", "961", "962", "963",
	"964", "965", "966", "967", "968", "970", "971", "972", "973", "974", "992", "993", "994",
	"995", "996", "998"};

/* What may stand between two groups: the offset behind it; 0: something else does. */
static size_t behind_separator(const struct speaker *s, size_t i, struct phone *ph)
{
	size_t start = i;

	while (i < start + 3 &&
		(s->p[i] == ' ' || s->p[i] == '.' || s->p[i] == '-' || s->p[i] == '(' ||
			s->p[i] == ')')) {
		if (i > start && s->p[i] == s->p[i - 1])
			return 0;
		ph->bracket = ph->bracket || s->p[i] == '(';
		i++;
	}
	return i > start && is_digit(s->p[i]) ? i : 0;
}

static bool collect(const struct speaker *s, size_t i, struct phone *ph)
{
	*ph = (struct phone){.plus = s->p[i] == '+', .bracket = s->p[i] == '('};
	if (ph->plus || ph->bracket)
		i++;
	while (is_digit(s->p[i])) {
		size_t start = ph->n;
		for (; is_digit(s->p[i]); i++) {
			if (ph->n == DIGITS_MAX)
				return false;
			ph->digits[ph->n++] = s->p[i];
		}
		if (ph->groups == GROUPS_MAX)
			return false;
		ph->group[ph->groups++] = ph->n - start;
		ph->end = i;
		if ((i = behind_separator(s, i, ph)) == 0)
			break;
	}
	return ph->n >= DIGITS_MIN;
}

static bool is_phone(const struct speaker *s, size_t i, const struct phone *ph)
{
	struct amount a;
	bool short_groups = true;

	if (speaker_in_word(s, ph->end) ||
		((s->p[ph->end] == '.' || s->p[ph->end] == ',' || s->p[ph->end] == ':') &&
			is_digit(s->p[ph->end + 1])))
		return false;
	if (ph->plus || ph->bracket)
		return true;
	if (ph->groups == 1)
		return ph->digits[0] == '0' && ph->n >= 9;
	if (ph->digits[0] != '0' && speaker_amount(s, i, &a) && (a.end >= ph->end || a.decimals[0]))
		return false;
	if (ph->groups == 2 && ph->group[0] == 3 && ph->group[1] == 4 && s->p[i + 3] == '-')
		return true;
	for (size_t k = 0; k < ph->groups; k++)
		short_groups = short_groups && ph->group[k] <= 4;
	return short_groups && (ph->digits[0] == '0' || ph->groups >= 3);
}

static bool begins_with_one_of(const char *digits, const char *const *codes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(digits, codes[i], strlen(codes[i])) == 0)
			return true;
	return false;
}

/* Split what was written without blanks as people do. */
static void split(const struct speaker *s, struct phone *ph)
{
	static const size_t nine[] = {2, 3, 2, 2}, ten[] = {3, 3, 2, 2};
	size_t code = 0, rest = ph->n, k = 0;

	if (ph->groups > 1)
		return;
	if (ph->plus)
		code = begins_with_one_of(ph->digits, short_codes, ARRAY_LEN(short_codes))  ? 1
			: begins_with_one_of(ph->digits, long_codes, ARRAY_LEN(long_codes)) ? 3
											    : 2;
	else if (rest == 11 && ph->digits[0] == '8')
		code = 1;
	if (code > 0)
		ph->group[k++] = code;
	rest -= code;
	if (s->language->phone == PHONE_HUNDREDS && (rest == 9 || rest == 10)) {
		memcpy(ph->group + k, rest == 9 ? nine : ten, sizeof(nine));
		ph->groups = k + 4;
		return;
	}
	if (s->language->phone == PHONE_PAIRS) {
		if (rest % 2)
			ph->group[k++] = 1;
		for (rest -= rest % 2; rest > 0 && k < GROUPS_MAX; rest -= 2)
			ph->group[k++] = 2;
	} else {
		for (; rest > 4 && k < GROUPS_MAX - 1; rest -= 3)
			ph->group[k++] = 3;
		if (rest > 0)
			ph->group[k++] = rest;
	}
	ph->groups = k;
}

static void say_group(struct speaker *s, const char *digits, size_t n)
{
	enum phone_style style = s->language->phone;
	size_t most = style == PHONE_DIGITS ? 1 : n <= 2 ? 2 : n == 3 ? 3 : 2;

	for (size_t i = 0; i < n;) {
		size_t left = n - i,
		       take = digits[i] == '0' || most == 1 ? 1
			: left < most                       ? left
							    : most;
		uint64_t value = 0;
		/* A pair must not begin in the middle of another. */
		if (most == 2 && left % 2 == 1)
			take = 1;
		for (size_t k = 0; k < take; k++)
			value = value * 10 + (uint64_t)(digits[i + k] - '0');
		dynbuf_adds(s->ret, i > 0 ? " " : "");
		s->language->say(value, MASCULINE, s->ret);
		i += take;
	}
}

size_t phone_read(struct speaker *s, size_t i)
{
	struct phone ph;
	size_t at = 0;

	if (!collect(s, i, &ph) || !is_phone(s, i, &ph))
		return 0;
	split(s, &ph);
	if (ph.plus)
		dynbuf_addf(s->ret, "%s ", s->language->plus);
	for (size_t k = 0; k < ph.groups; at += ph.group[k++]) {
		dynbuf_adds(s->ret, k > 0 ? s->language->pause : "");
		say_group(s, ph.digits + at, ph.group[k]);
	}
	return ph.end;
}

int phone_format(const struct text_language *language, const char *in, struct dynbuf *ret)
{
	struct speaker s = {.language = language, .p = in, .n = strlen(in)};
	struct phone ph;
	size_t at = 0;

	if (!collect(&s, 0, &ph) || ph.end != s.n)
		return -1;
	if (ph.groups > 1)
		return dynbuf_adds(ret, in);
	split(&s, &ph);
	dynbuf_adds(ret, ph.plus ? "+" : "");
	for (size_t k = 0; k < ph.groups; at += ph.group[k++]) {
		dynbuf_adds(ret, k > 0 ? " " : "");
		dynbuf_add(ret, ph.digits + at, ph.group[k]);
	}
	return dynbuf_failed(ret) ? -1 : 0;
}
