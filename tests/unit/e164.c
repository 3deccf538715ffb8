/* Telephone numbers as people write them, and as they are. All countries: tests/05-numbers.t. */
#include "text/e164.h"

#include <string.h>

#include "tap.h"
#include "text/e164-plan.h"

static void is_number(const char *country, const char *text, const char *want, const char *of,
	enum e164_type type, const char *zones)
{
	struct e164 n;

	ok(e164_parse(text, strlen(text), country, &n) == 0, "'%s' is a number", text);
	is_str(n.number, want, "'%s' in %s is %s", text, country ? country : "no country", want);
	is_str(n.country, of, "of %s", of);
	is_str(e164_type_name(n.type), e164_type_name(type), "%s", e164_type_name(type));
	is_str(n.zones, zones, "in %s", zones);
}

static void is_none(const char *country, const char *text, enum e164_fault want)
{
	struct e164 n;

	ok(e164_parse(text, strlen(text), country, &n) == -1, "'%s' is none", text);
	is_str(e164_why(n.fault), e164_why(want), "'%s': %s", text, e164_why(want));
	ok(!*n.number && !*n.country && !*n.zones && !*n.extension && n.type == E164_UNKNOWN,
		"and nothing is known of it");
}

static void french(void)
{
	static const char *const spellings[] = {"0612345678", "06 12 34 56 78", "06.12.34.56.78",
		"06-12-34-56-78", "+33612345678", "+33 6 12 34 56 78", "+33 (0)6 12 34 56 78",
		"(+33) 6 12 34 56 78", "0033612345678", "00 33 6 12 34 56 78", "33612345678",
		"Tél. : 06 12 34 56 78", "'0612345678", "tel:+33-6-12-34-56-78",
		"tel:612345678;phone-context=+33", "06\u00a012\u00a034\u00a056\u00a078",
		"06\u202f12\u202f34\u202f56\u202f78", "\u202a+33 6 12 34 56 78\u202c",
		"+33(0)612345678", "06 12 34 56 78 ", "\t06\t12\t34\t56\t78", "\ufeff0612345678",
		"06/12/34/56/78", "06–12–34–56–78", "٠٦١٢٣٤٥٦٧٨", "۰۶۱۲۳۴۵۶۷۸",
		"０６１２３４５６７８", "०६१२३४५६७८", "\uff0b33612345678", "+33 06 12 34 56 78",
		"612345678"};

	for (size_t i = 0; i < ARRAY_LEN(spellings); i++)
		is_number("FR", spellings[i], "+33612345678", "FR", E164_MOBILE, "Europe/Paris");
	is_number("FR", "01 45 67 89 10", "+33145678910", "FR", E164_FIXED, "Europe/Paris");
	is_number("FR", "09 72 12 34 56", "+33972123456", "FR", E164_VOIP, "Europe/Paris");
	/* overseas: own codes and zones, dialled as at home */
	is_number("FR", "0590 12 34 56", "+590590123456", "GP", E164_FIXED, "America/Guadeloupe");
	is_number(
		"FR", "+33 596 59 12 34", "+596596591234", "MQ", E164_FIXED, "America/Martinique");
	is_number("FR", "0694 20 12 34", "+594694201234", "GF", E164_MOBILE, "America/Cayenne");
	is_number("FR", "0692 12 34 56", "+262692123456", "RE", E164_MOBILE, "Indian/Reunion");
	is_number("FR", "0639 01 23 45", "+262639012345", "YT", E164_MOBILE, "Indian/Mayotte");
	is_number("FR", "0508 41 12 34", "+508411234", "PM", E164_FIXED, "America/Miquelon");
	is_number("RE", "06 12 34 56 78", "+33612345678", "FR", E164_MOBILE, "Europe/Paris");
	is_number("GP", "0690 00 12 34", "+590690001234", "GP", E164_MOBILE, "America/Guadeloupe");
	is_none("FR", "+262 612 34 56 78", E164_NO_LINE);
}

static void others(void)
{
	is_number("US", "(212) 555-0123", "+12125550123", "US", E164_FIXED_OR_MOBILE,
		"America/New_York");
	is_number("FR", "+1 808 555 0123", "+18085550123", "US", E164_FIXED_OR_MOBILE,
		"Pacific/Honolulu");
	is_number("US", "1-416-555-0123", "+14165550123", "CA", E164_FIXED_OR_MOBILE,
		"America/Toronto");
	is_number("GB", "07400 123456", "+447400123456", "GB", E164_MOBILE, "Europe/London");
	is_number("GB", "01481 257000", "+441481257000", "GG", E164_FIXED, "Europe/Guernsey");
	is_number("IT", "06 4521 1234", "+390645211234", "IT", E164_FIXED, "Europe/Rome");
	is_number("FR", "+39 06 698 12345", "+390669812345", "VA", E164_FIXED, "Europe/Vatican");
	is_number("AR", "011 15 2345 6789", "+5491123456789", "AR", E164_MOBILE,
		"America/Argentina/Buenos_Aires");
	is_number(
		"BR", "0 15 21 3345 6789", "+552133456789", "BR", E164_FIXED, "America/Sao_Paulo");
	is_number("BM", "460 1234", "+14414601234", "BM", E164_FIXED, "Atlantic/Bermuda");
	is_number("DE", "030/12345678", "+493012345678", "DE", E164_FIXED, "Europe/Berlin");
	is_number("UA", "050 123 45 67", "+380501234567", "UA", E164_MOBILE, "Europe/Kyiv");
	is_number("RU", "8 (912) 345-67-89", "+79123456789", "RU", E164_MOBILE,
		"Asia/Anadyr&Asia/Irkutsk&Asia/Kamchatka&Asia/Krasnoyarsk&Asia/Magadan&Asia/Novosibirsk&"
		"Asia/Omsk&Asia/Sakhalin&Asia/Vladivostok&Asia/Yakutsk&Asia/Yekaterinburg&Europe/Moscow&"
		"Europe/Samara");
	is_number("US", "011 33 6 12 34 56 78", "+33612345678", "FR", E164_MOBILE, "Europe/Paris");
	is_number("US", "0033 6 12 34 56 78", "+33612345678", "FR", E164_MOBILE, "Europe/Paris");
	is_number(NULL, "0033 6 12 34 56 78", "+33612345678", "FR", E164_MOBILE, "Europe/Paris");
	is_number(NULL, "+800 1234 5678", "+80012345678", "001", E164_TOLL_FREE, "");
}

static void faults(void)
{
	char wide[600];

	is_none("FR", "", E164_EMPTY);
	is_none("FR", " \t\u00a0", E164_EMPTY);
	is_none("FR", "unknown", E164_NOT_A_NUMBER);
	is_none("FR", "-", E164_NOT_A_NUMBER);
	is_none("FR", "3,36123E+10", E164_NOT_A_NUMBER);
	is_none("FR", "=cmd|' /C calc'!A0", E164_NOT_A_NUMBER);
	is_none("FR", "jean@example.org", E164_NOT_A_NUMBER);
	is_none("FR", "06 12 34 \xff\xfe 56 78", E164_NOT_A_NUMBER);
	is_none(NULL, "06 12 34 56 78", E164_NEEDS_COUNTRY);
	is_none("FR", "+999 12 34 56 78", E164_NO_COUNTRY);
	is_none("FR", "+0612345678", E164_NO_COUNTRY);
	is_none("FR", "06 12 34 56 7", E164_TOO_SHORT);
	is_none("FR", "06 12 34 56 78 9", E164_TOO_LONG);
	is_none("FR", "06 12 34 56 78 / 06 98 76 54 32", E164_TOO_LONG);
	is_none("FR", "+1 268 555 01", E164_TOO_SHORT);
	is_none("US", "555 0123", E164_LOCAL);
	is_none("AD", "+376 1234567", E164_BAD_LENGTH);
	is_none("FR", "15", E164_EMERGENCY);
	is_none("FR", "17", E164_EMERGENCY);
	is_none("FR", "18", E164_EMERGENCY);
	is_none("FR", "112", E164_EMERGENCY);
	is_none("US", "911", E164_EMERGENCY);
	is_none("GB", "999", E164_EMERGENCY);
	is_none("FR", "3949", E164_SHORT_CODE);
	is_none("FR", "36 19", E164_SHORT_CODE);
	is_none("FR", "118 218", E164_SHORT_CODE);
	is_none("FR", "06 99 99 99 99 99 99 99 99 99 99 99", E164_TOO_LONG);
	is_none("US", "(055) 555-0123", E164_NO_LINE);
	memset(wide, '1', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	is_none("FR", wide, E164_TOO_LONG);
	for (size_t i = 0; i < 250; i++)
		wide[i] = i % 2 ? ' ' : '0';
	wide[250] = '\0';
	is_none("HU", wide, E164_TOO_LONG);
}

static void extensions(void)
{
	static const struct {
		const char *text, *extension;
	} some[] = {{"01 45 67 89 10 x12", "12"}, {"01 45 67 89 10 ext. 345", "345"},
		{"0145678910,,12", "12"}, {"0145678910;12#", "12"}, {"0145678910 - 12#", "12"},
		{"tel:+33145678910;ext=7", "7"}, {"0145678910 extensión 5", "5"},
		{"0145678910 доб. 77", "77"}, {"0145678910 #12345678901234567890", NULL},
		{"0145678910 ext 12345678901234567890", "12345678901234567890"}, {"0145678910", ""},
		{"0145678910 x302/x2303", "302"}};

	for (size_t i = 0; i < ARRAY_LEN(some); i++) {
		struct e164 n;
		int got = e164_parse(some[i].text, strlen(some[i].text), "FR", &n);

		if (!some[i].extension) {
			ok(got == -1, "'%s' is none", some[i].text);
			continue;
		}
		is_str(n.number, "+33145678910", "'%s' is a number", some[i].text);
		is_str(n.extension, some[i].extension, "and has the extension '%s'",
			some[i].extension);
	}
	is_number("US", "1-800-FLOWERS", "+18003569377", "US", E164_TOLL_FREE,
		"America/Adak&America/Anchorage&America/Boise&America/Chicago&America/Denver&"
		"America/Juneau&America/Los_Angeles&America/New_York&America/North_Dakota/Center&"
		"America/Phoenix&Pacific/Honolulu");
}

static void refusals(void)
{
	static const struct {
		const char *country, *text;
		enum e164_type type;
		bool refused;
	} some[] = {{"FR", "0612345678", E164_MOBILE, false},
		{"FR", "0145678910", E164_FIXED, false}, {"FR", "0972123456", E164_VOIP, false},
		{"US", "2125550123", E164_FIXED_OR_MOBILE, false},
		{"FR", "0801234567", E164_TOLL_FREE, true},
		{"FR", "0899123456", E164_PREMIUM, true},
		{"FR", "0810123456", E164_SHARED_COST, true}, {"FR", "0806123456", E164_UAN, true},
		{"GB", "07012345678", E164_PERSONAL, true}, {"GB", "07640123456", E164_PAGER, true},
		{"IT", "33101234501", E164_VOICEMAIL, true}};

	for (size_t i = 0; i < ARRAY_LEN(some); i++) {
		struct e164 n;

		ok(e164_parse(some[i].text, strlen(some[i].text), some[i].country, &n) == 0,
			"%s is a number", some[i].text);
		is_str(e164_type_name(n.type), e164_type_name(some[i].type), "%s",
			e164_type_name(some[i].type));
		ok((e164_refusal(&n) != NULL) == some[i].refused, "%s",
			some[i].refused ? e164_refusal(&n) : "it may be called");
	}
}

static void countries(void)
{
	is_str(e164_country("FR"), "FR", "FR");
	is_str(e164_country("fr"), "FR", "fr");
	is_str(e164_country("33"), "FR", "33");
	is_str(e164_country("+44"), "GB", "+44");
	is_str(e164_country("1"), "US", "1");
	ok(!e164_country("XX") && !e164_country("") && !e164_country("+") && !e164_country("999") &&
			!e164_country("FRA") && !e164_country("001") && !e164_country("800") &&
			!e164_country("0033") && !e164_country("f") && !e164_country("é"),
		"others are none");
	is_int(e164_calling_code("RE"), 262, "RE: 262");
	is_int(e164_calling_code("XX"), 0, "XX: none");
	is_int(e164_calling_code(NULL), 0, "nothing: none");
	for (unsigned i = 0; i < 26 * 26; i++) {
		const char name[] = {(char)('A' + i / 26), (char)('A' + i % 26), '\0'};

		if (e164_by_name[i] != E164_NONE && strcmp(e164_country(name), name) != 0)
			ok(false, "%s is itself", name);
	}
}

int main(void)
{
	french();
	others();
	faults();
	extensions();
	refusals();
	countries();
	return done_testing();
}
