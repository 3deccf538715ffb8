/* e164-plan: the numbering plans of all countries as tables, made by scripts/number-tables.
 *
 * Automata read digits: a state is some words of e164_states, its place is its name, 0 is where nothing fits any more.
 *
 *	word    bit d (1..9): digit d has another state behind it than d - 1; bit 0: a label follows
 *	label   what is known here, if there is one
 *	places  of the states behind the digits: of 0, and of each digit that has a bit
 *
 * Programs match a prefix, the first way that fits (Perl's semantics, not the longest): words of e164_programs. D set: the
 * next digit is one of the set's bits. T place: go on, and there if that leads nowhere. J place: go on there. S n: this is
 * where group n / 2 begins (n even) or ends. E: the number ends here. M: matched.
 *
 * Source: libphonenumber's metadata (PhoneNumberMetadata.xml, ShortNumberMetadata.xml, timezones); ITU-T E.164.
 */
#ifndef CALLPIPE_TEXT_E164_PLAN_H
#define CALLPIPE_TEXT_E164_PLAN_H

#include "text/e164.h"

#define E164_NATIONAL_MAX \
	17            /* digits of a national number; Germany has longer ones than E.164 knows */
#define E164_GROUPS 2 /* of a program */
#define E164_WAYS 14  /* that a program leaves open at once, at most */
#define E164_NONE 255 /* no region */
#define E164_NO_PROGRAM 0xffff

enum e164_op { E164_D, E164_T, E164_J, E164_S, E164_E, E164_M };
enum { E164_LABEL_EMERGENCY = 1, E164_LABEL_SHORT = 2 }; /* of an automaton of short codes */

/* A country, or what has no country, under one calling code. Those of one code stand together, the main one first. */
struct e164_region {
	char name[4]; /* as struct e164 */
	char insert
		[6]; /* digits put in front of group `group` of `national`: an area code that was left out */
	uint16_t code;   /* calling code */
	uint16_t plan;   /* automaton of national numbers; label: index of e164_labels */
	uint16_t shorts; /* of emergency numbers and short codes */
	uint16_t
		tree; /* of time zones, by the beginning of a national number; label: index of e164_zones */
	uint16_t zones; /* of the country, for numbers of no place */
	uint16_t idd;   /* program: the international prefix */
	uint16_t
		trunk; /* program: national prefix, carrier's code, or a number without its area code */
	uint8_t index;    /* within its calling code: bit of e164_label.regions */
	uint8_t group;    /* see insert; 0: what trunk matched is taken off */
	uint32_t lengths; /* bit n: national numbers may have n digits */
	uint32_t local;   /* bit n: n digits reach somebody nearby only */
};

struct e164_label {
	uint8_t region;      /* whose number it is, within the calling code; E164_NONE: nobody's */
	enum e164_type type; /* of the number */
	uint32_t regions;    /* bit: it is as numbers of this region are in general */
};

extern const struct e164_region e164_regions[];
extern const uint8_t e164_by_code[1000];    /* first region of a calling code, or E164_NONE */
extern const uint8_t e164_by_name[26 * 26]; /* region of two letters, AA first, or E164_NONE */
extern const struct e164_label e164_labels[];
extern const char *const e164_zones[];
extern const uint16_t e164_programs[];
extern const uint32_t e164_zeros[]; /* of each script that has digits, in order; UINT32_MAX */
extern const uint16_t e164_states[];

#endif
