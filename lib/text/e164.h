/* e164: what people write as a telephone number becomes the number itself, with its country, kind of line and time zones.
 *
 *	struct e164 n;
 *	if (e164_parse("06 12 34 56 78", 14, "FR", &n) == -1)
 *		bad_row(line, e164_why(n.fault));
 *	else if (e164_refusal(&n))
 *		bad_row(line, e164_refusal(&n));
 *	else
 *		use(n.number);                   "+33612345678", "FR", mobile, "Europe/Paris"
 *
 * Understood: separators of all kinds, brackets, "(0)", digits of any script, + or the international prefix of the default
 * country, its national prefix with or without a carrier's code, a calling code without + where nothing else is possible,
 * extensions, letters of the keypad, tel: URIs (RFC 3966). What one dials in France for overseas (0590, 0692, ..) is
 * the number of that country (+590, +262, ..). A number is good when it is one of the numbering plan of its country,
 * not only when it is as long as one.
 *
 * Source: ITU-T E.164; numbering plans and time zones: libphonenumber's metadata, see e164-plan.h. Pure: the same text is
 * always the same number; nothing is allocated. About half a microsecond a number: scripts/bench numbers.
 */
#ifndef CALLPIPE_TEXT_E164_H
#define CALLPIPE_TEXT_E164_H

#include "base/util.h"

#define E164_MAX 24           /* bytes of a number with + and its NUL */
#define E164_EXTENSION_MAX 21 /* digits of an extension, and its NUL */

enum e164_type {
	E164_UNKNOWN, /* only of a number with a fault */
	E164_FIXED,
	E164_MOBILE,
	E164_FIXED_OR_MOBILE, /* North America and others: the number does not tell */
	E164_TOLL_FREE,
	E164_PREMIUM,
	E164_SHARED_COST,
	E164_VOIP,
	E164_PERSONAL, /* follows its owner, at a price */
	E164_PAGER,
	E164_UAN, /* one number of a company */
	E164_VOICEMAIL,
};

enum e164_fault {
	E164_FINE,
	E164_EMPTY,         /* nothing, or white space */
	E164_NOT_A_NUMBER,  /* fewer than two digits, or what no number has */
	E164_NEEDS_COUNTRY, /* national, and there is no default country */
	E164_NO_COUNTRY,    /* no such calling code */
	E164_TOO_SHORT,
	E164_TOO_LONG,
	E164_BAD_LENGTH, /* others of this country are shorter, and longer */
	E164_LOCAL,      /* without its area code: nobody outside can dial it */
	E164_EMERGENCY,  /* 15, 112, 911 */
	E164_SHORT_CODE, /* 3BPQ, 118xyz: known within its country alone */
	E164_NO_LINE,    /* as long as a number, but its country gives none that begins so */
};

struct e164 {
	enum e164_fault fault; /* all else is "" or unknown unless it is E164_FINE */
	char number[E164_MAX]; /* +33612345678 */
	char country[4];       /* ISO 3166, two letters; "001": of no country (+800, +870, ..) */
	enum e164_type type;
	const char *
		zones; /* of tz: "Europe/Paris"; where it may be one of several, all of them with & between; static */
	char extension[E164_EXTENSION_MAX]; /* digits to be keyed after the answer; "": none */
};

/* n bytes of UTF-8, in which anything may stand. country: the default, as e164_country() has it; NULL: there is none,
 * only international spellings are good. -1: ret->fault says why. */
int e164_parse(const char *text, size_t n, const char *country, struct e164 *ret) MUST_USE;
/* "too short for a number of its country" */
const char *e164_why(enum e164_fault fault);
/* Why a campaign does not call this good number, by its type: "premium rate number"; NULL: it may. Refused are those
 * that cost who calls or belong to no person: toll free, premium, shared cost, personal, pager, UAN, voicemail. */
const char *e164_refusal(const struct e164 *number);

/* "fixed", "mobile", "fixed_or_mobile", "toll_free", "premium", "shared_cost", "voip", "personal", "pager", "uan",
 * "voicemail", "unknown" */
const char *e164_type_name(enum e164_type type);

/* The country that is meant by "FR", "fr", "33" or "+33": two letters; static. Of several with one calling code the
 * first (1: US, 44: GB). NULL: there is none. */
const char *e164_country(const char *word);
/* Its calling code, 33; 0: no such country. country as e164_country() has it. */
int e164_calling_code(const char *country);

#endif
