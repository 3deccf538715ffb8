#include "text/number.h"

#include "tap.h"

/* Numbers as digits, with a blank between; "a" behind one that may be an article, "h" a homophone; "+" before one that
 * is joined to the last, "." if by a decimal point. */
static const struct {
	const char *language, *text, *want;
} rows[] = {
	{"en", "", ""},
	{"en", "no number at all", ""},
	{"en", "oh six, twelve, 34, double seven", "0a +6 +12 +34 +77"},
	{"en", "my number is four two one seven thank you", "4 +2 +1a +7"},
	{"en", "one hundred and five and twenty-two thousand three hundred", "105 +22300"},
	{"en", "nineteen eighty-four, fifty five hundred", "19 +84 +5500"},
	{"en", "twelve thirty-four", "12 +34"},
	{"en", "two thousand, five hundred; twenty, five", "2500 +20 +5"},
	{"en", "two dozen boxes, a hundred and two", "24 102"},
	{"en", "two point five", "2 .5"},
	{"en", "for two one", "4h +2 +1a"},
	{"en", "three fives, two zeros, triple oh, double", "555 +00 +000"},
	{"en", "2,500.50 and 12.34.56, 12.5, 1,234,567.89, 4G",
		"250050 +12 +34 +56 +125 +123456789 +4a"},
	{"en", "one million two hundred thousand and six", "1200006"},
	{"en", "0123456789012345678901234567890", "012345678901234567890123 +4567890"},
	{"fr", "zéro six douze trente-quatre quatre-vingt-dix-sept soixante-dix",
		"0 +6 +12 +34 +97 +70"},
	{"fr", "soixante et onze mille deux cents", "71200"},
	{"fr", "vingt-quatre vingt-cinq", "24 +25"},
	{"fr", "vingt quatre-vingt-cinq", "20 +85"},
	{"fr", "soixante-dix sept", "70 +7"},
	{"fr", "quatre vingt douze", "92"},
	{"fr", "mille neuf cent quatre-vingt-quatre; deux millions trois cent mille un",
		"1984 +2300001"},
	{"fr", "j'ai un téléphone neuf", "1a 9a"},
	{"fr", "2 500 euros, 12,50 euros, 2 millions 500", "2500 1250 2000500"},
	{"fr", "deux zéros et nonante-neuf virgule cinq", "00 +99 .5"},
	{"fr", "septante et un huitante-deux octante", "71 +82 +80"},
	{"fr", "06.12.34.56.78 et 1.250,75", "06 +12 +34 +56 +78 +125075"},
	{"ar", "مئة وخمسة وعشرون ألفا وثلاثمئة وواحد", "125301"},
	{"ar", "صفر خمسة خمسة واحد واحد صفرين", "0 +5 +5 +1a +1a +00"},
	{"ar", "خمسة و عشرين", "25"},
	{"ar", "ألفان وخمسمئة مليون وألف ثلاث مئة", "2500 +1001300"},
	{"ar", "تلاتاشر اتنين وعشرين مية وواحد وعشرين ألف", "13 +22 +121000"},
	{"ar", "٠٥٠ ١٢٣ ٤٥٦٧", "050 +123 +4567"},
	{"ru", "ноль шестьдесят семь сто двадцать три сорок пять", "0 +67 +123 +45"},
	{"ru", "пятьсот двадцать одна тысяча шестьсот два, два нуля, три пятёрки",
		"521602 +00 +555"},
	{"ru", "около пятисот, два с половиной, 25 тысяч 300, 25 000", "500 +2 +25300 +25000"},
	{"uk", "нуль шістдесят сім сто двадцять три сорок п'ять", "0 +67 +123 +45"},
	{"uk", "дев’яносто дев'ять тисяч п’ятсот одна", "99501"},
	{"xx", "one 2 drei 4,000", "2 4000"},
};

static void print(const struct number *n, size_t count, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s%s%s%s", i ? " " : "",
			!n[i].joined            ? ""
				: n[i].decimals ? "."
						: "+",
			n[i].digits, n[i].article ? "a" : "", n[i].homophone ? "h" : "");
}

int main(void)
{
	struct number n[32];
	char got[512];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *text = rows[i].text;
		size_t count = number_read(
			text, strlen(text), text_language(rows[i].language), n, 32);
		print(n, count, got, sizeof(got));
		is_str(got, rows[i].want, "%s: %s", rows[i].language, text);
	}
	is_int(number_read("1 2 3", 5, NULL, n, 2), 2, "no more than fit");
	ok(number_read("deux virgule cinq", 17, text_language("fr-FR"), n, 32) == 2 &&
			n[1].decimals,
		"decimals");
	ok(number_read("2,5 et demie", 12, text_language("FR"), n, 32) == 1 && n[0].value == 3,
		"and a half");
	ok(!text_language("f") && !text_language(NULL) && !text_language("fra"),
		"languages not known");
	return done_testing();
}
