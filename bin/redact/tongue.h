/* tongue: what redact knows of a language: what stands before a name, how an address is put, what is said for @.
 *
 * One file holds one table (tongue-en.c ...); a new language is such a file and its line in tongue.c. Lists are of
 * phrases (piece.h), written as people write, NULL at the end.
 */
#ifndef REDACT_TONGUE_H
#define REDACT_TONGUE_H

#include "piece.h"
#include "text/language.h"

/* The lists of a table. */
enum tongue_list {
	NAME_BEFORE, /* a name follows: my name is, signé */
	NAME_MAYBE,  /* a name follows if it begins with a capital: I am, c'est */
	NAME_TITLE,  /* a name follows, and the title may be left standing: Mrs */
	NAME_AFTER,  /* a name stands before: speaking, à l'appareil */
	NAME_ASKED,  /* in a question: a name is the answer */
	NAME_LINK,   /* within a name: van, de la, بن */
	NAME_LEAD,   /* before the name in an answer: yes, it's */
	SPELLED,     /* single letters follow that are a name */
	STOP,        /* ends a name or a street; never within one */
	PHONE_NEAR,  /* the digits beside it are those of a telephone */
	PHONE_ASKED, /* in a question */
	NUMBER_ELSE, /* the digits behind it are something else: order, invoice */
	CUSTOMER,    /* the digits behind it, or the answer, are a customer's number */
	CARD_NEAR,   /* digits of a payment card */
	IBAN_NEAR,   /* an account */
	PLUS,        /* before a country code */
	EMAIL_NEAR,  /* an address follows: email is */
	EMAIL_ASKED, /* in a question */
	EMAIL_AT,    /* @ */
	EMAIL_DOT,
	EMAIL_DASH,
	EMAIL_UNDERSCORE,
	EMAIL_NEVER,   /* before "at" it is no mailbox: look, order */
	STREET,        /* kinds of streets */
	HOUSE,         /* before a house number */
	FLAT,          /* before the number of a flat, a floor, an entrance */
	CITY,          /* before the name of a place */
	ADDRESS_NEAR,  /* an address follows: I live at */
	ADDRESS_ASKED, /* in a question */
	UNIT,          /* behind a number that is an amount, where text/language.h has none */
	TONGUE_LISTS,
};

enum tongue_script { SCRIPT_LATIN, SCRIPT_CYRILLIC, SCRIPT_ARABIC };

/* A letter by its name, or a part of an address that is said otherwise than it is written. */
struct tongue_word {
	const char *said;    /* one word or several, folded; NULL ends the list */
	const char *written; /* ASCII */
};

struct tongue_table {
	const struct text_language *language;
	enum tongue_script script;
	bool number_first;                     /* 12 Baker Street; else Baker street 12 */
	bool street_first;                     /* rue de la Paix; else Baker Street */
	const char *const *list[TONGUE_LISTS]; /* NULL: none */
	const struct tongue_word *letters;     /* names of letters */
	const struct tongue_word *mail; /* providers and ends of domains: джимейл, ком */
};

/* Each list of a language stands in its file under the name it has here, in lower case. */
#define TONGUE_LIST_ROWS \
	[NAME_BEFORE] = name_before, [NAME_MAYBE] = name_maybe, [NAME_TITLE] = name_title, \
	[NAME_AFTER] = name_after, [NAME_ASKED] = name_asked, [NAME_LINK] = name_link, \
	[NAME_LEAD] = name_lead, [SPELLED] = spelled, [STOP] = stop, [PHONE_NEAR] = phone_near, \
	[PHONE_ASKED] = phone_asked, [NUMBER_ELSE] = number_else, [CUSTOMER] = customer, \
	[CARD_NEAR] = card_near, [IBAN_NEAR] = iban_near, [PLUS] = plus, \
	[EMAIL_NEAR] = email_near, [EMAIL_ASKED] = email_asked, [EMAIL_AT] = email_at, \
	[EMAIL_DOT] = email_dot, [EMAIL_DASH] = email_dash, [EMAIL_UNDERSCORE] = email_underscore, \
	[EMAIL_NEVER] = email_never, [STREET] = street, [HOUSE] = house, [FLAT] = flat, \
	[CITY] = city, [ADDRESS_NEAR] = address_near, [ADDRESS_ASKED] = address_asked, \
	[UNIT] = unit

extern const struct tongue_table tongue_en, tongue_fr, tongue_ar, tongue_ru, tongue_uk;

/* A table made ready. */
struct tongue {
	const struct tongue_table *table;
	struct phrases *list[TONGUE_LISTS];
	struct phrases *units; /* amounts, from text/language.h */
};

#define TONGUES 5

/* All of them, in the order of tongue.c. -1: no memory. */
int tongues_open(struct tongue ret[TONGUES]) MUST_USE;
void tongues_close(struct tongue t[TONGUES]);

/* What a word of a list is written as, the longest at piece i; *ret_n its pieces. NULL: none. */
const char *tongue_written(
	const struct tongue_word *list, const struct pieces *s, size_t i, size_t *ret_n);

#endif
