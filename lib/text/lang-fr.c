/* French. Numbers as in France; septante, huitante, octante and nonante are understood. */
#include <stdlib.h>
#include <string.h>

#include "text/language.h"

static const struct number_row numbers[] = {
	{0, NUMBER_ZERO, "zéro"},
	{1, NUMBER_ARTICLE, "un|une"},
	{2, NUMBER_UNIT, "deux"},
	{3, NUMBER_UNIT, "trois"},
	{4, NUMBER_UNIT, "quatre"},
	{5, NUMBER_UNIT, "cinq"},
	{6, NUMBER_UNIT, "six"},
	{7, NUMBER_UNIT, "sept"},
	{8, NUMBER_UNIT, "huit"},
	{9, NUMBER_ARTICLE, "neuf"}, /* or: new */
	{10, NUMBER_TEEN, "dix"},
	{11, NUMBER_TEEN, "onze"},
	{12, NUMBER_TEEN, "douze"},
	{13, NUMBER_TEEN, "treize"},
	{14, NUMBER_TEEN, "quatorze"},
	{15, NUMBER_TEEN, "quinze"},
	{16, NUMBER_TEEN, "seize"},
	{17, NUMBER_TEEN, "dix-sept"},
	{18, NUMBER_TEEN, "dix-huit"},
	{19, NUMBER_TEEN, "dix-neuf"},
	{20, NUMBER_TENS, "vingt"},
	{30, NUMBER_TENS, "trente"},
	{40, NUMBER_TENS, "quarante"},
	{50, NUMBER_TENS, "cinquante"},
	{60, NUMBER_TENS, "soixante"},
	{70, NUMBER_TENS, "septante"},
	{80, NUMBER_TENS, "quatre-vingt|quatre-vingts|huitante|octante"},
	{90, NUMBER_TENS, "nonante"},
	{100, NUMBER_HUNDRED, "cent|cents"},
	{10, NUMBER_TIMES, "dizaine|dizaines|une dizaine"},
	{12, NUMBER_TIMES, "douzaine|douzaines|une douzaine"},
	{15, NUMBER_TIMES, "quinzaine|une quinzaine"},
	{20, NUMBER_TIMES, "vingtaine|une vingtaine"},
	{1000, NUMBER_TIMES, "mille|milles"},
	{1000000, NUMBER_TIMES, "million|millions"},
	{1000000000, NUMBER_TIMES, "milliard|milliards"},
	{0, NUMBER_AND, "et"},
	{0, NUMBER_FILLER, "euh|heu|puis|ensuite|tiret"},
	{2, NUMBER_DOUBLE, "double|deux fois le"},
	{3, NUMBER_DOUBLE, "triple|trois fois le"},
	{0, NUMBER_MANY, "zéros"},
	{0, NUMBER_POINT, "virgule"},
	{0, NUMBER_HALF, "et demi|et demie"},
	{0},
};

static const char *const units_words[] = {"zéro", "un", "deux", "trois", "quatre", "cinq", "six",
	"sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize",
	"dix-sept", "dix-huit", "dix-neuf"};
static const char *const tens_words[] = {"", "", "vingt", "trente", "quarante", "cinquante",
	"soixante", "soixante", "quatre-vingt", "quatre-vingt"};

static const char *unit_word(uint64_t n, enum gender gender)
{
	return n == 1 && gender == FEMININE ? "une" : units_words[n];
}

/* last: nothing but a noun follows, so that vingt takes its s. */
static void say_below_100(uint64_t n, enum gender gender, bool last, struct dynbuf *ret)
{
	uint64_t tens = n / 10, rest = tens == 7 || tens == 9 ? n % 10 + 10 : n % 10;

	if (n < 20)
		dynbuf_adds(ret, unit_word(n, gender));
	else if (rest == 0)
		dynbuf_addf(ret, "%s%s", tens_words[tens], tens == 8 && last ? "s" : "");
	else if ((rest == 1 || rest == 11) && tens < 8)
		dynbuf_addf(ret, "%s et %s", tens_words[tens], unit_word(rest, gender));
	else
		dynbuf_addf(ret, "%s-%s", tens_words[tens], unit_word(rest, gender));
}

static void say_below_1000(uint64_t n, enum gender gender, bool last, struct dynbuf *ret)
{
	if (n >= 200)
		dynbuf_addf(ret, "%s ", units_words[n / 100]);
	if (n >= 100)
		dynbuf_addf(ret, "cent%s%s", n >= 200 && n % 100 == 0 && last ? "s" : "",
			n % 100 ? " " : "");
	if (n < 100 || n % 100)
		say_below_100(n % 100, gender, last, ret);
}

static void say(uint64_t n, enum gender gender, struct dynbuf *ret)
{
	static const struct {
		uint64_t value;
		const char *word;
	} large[] = {{1000000000, "milliard"}, {1000000, "million"}};
	bool more = false;

	for (size_t i = 0; i < ARRAY_LEN(large); i++) {
		uint64_t count = n / large[i].value;
		if (count == 0)
			continue;
		dynbuf_adds(ret, more ? " " : "");
		say_below_1000(count, MASCULINE, true, ret);
		dynbuf_addf(ret, " %s%s", large[i].word, count > 1 ? "s" : "");
		n %= large[i].value;
		more = true;
	}
	if (n >= 1000) {
		dynbuf_adds(ret, more ? " " : "");
		if (n >= 2000) {
			say_below_1000(n / 1000, MASCULINE, false, ret);
			dynbuf_adds(ret, " ");
		}
		dynbuf_adds(ret, "mille");
		n %= 1000;
		more = true;
	}
	if (n > 0 || !more) {
		dynbuf_adds(ret, more ? " " : "");
		say_below_1000(n, gender, true, ret);
	}
}

/* Nouns stand in the singular up to 1,99; behind a whole million with de. */
static void say_counted(uint64_t n, const struct noun *noun, struct dynbuf *ret)
{
	const char *word = n < 2 ? noun->one : noun->many;
	bool vowel = strchr("aeiouh", word[0]) || strncmp(word, "é", 2) == 0;

	say(n, noun->gender, ret);
	dynbuf_addf(ret, " %s%s", n == 0 || n % 1000000 ? "" : vowel ? "d'" : "de ", word);
}

static void say_decimals(uint64_t n, const char *decimals, struct dynbuf *ret)
{
	say(n, MASCULINE, ret);
	dynbuf_adds(ret, " virgule");
	for (; *decimals == '0' && decimals[1]; decimals++)
		dynbuf_adds(ret, " zéro");
	dynbuf_adds(ret, " ");
	if (strlen(decimals) <= 3)
		say(strtoull(decimals, NULL, 10), MASCULINE, ret);
	else
		for (; *decimals; decimals++)
			dynbuf_addf(
				ret, "%s%s", units_words[*decimals - '0'], decimals[1] ? " " : "");
}

/* premier, première, second, cinquième, neuvième, quatre-vingtième: the ending is put onto the last word. */
static void say_ordinal(uint64_t n, const char *ending, struct dynbuf *ret)
{
	bool feminine = strcmp(ending, "re") == 0 || strcmp(ending, "ère") == 0 ||
		strcmp(ending, "ere") == 0;

	if (n == 1) {
		dynbuf_adds(ret, feminine ? "première" : "premier");
		return;
	}
	if (n == 2 && ending[0] == 'n') {
		dynbuf_adds(ret, strcmp(ending, "nde") == 0 ? "seconde" : "second");
		return;
	}
	say(n, MASCULINE, ret);
	if (dynbuf_failed(ret))
		return;
	char last = ret->p[ret->n - 1];
	if (last == 'e' || (last == 's' && (n % 100 == 80 || (n >= 200 && n % 100 == 0))))
		dynbuf_truncate(ret, ret->n - 1);
	if (last == 'f') {
		dynbuf_truncate(ret, ret->n - 1);
		dynbuf_adds(ret, "v");
	}
	dynbuf_adds(ret, last == 'q' ? "uième" : "ième");
}

static void say_date(const struct date *d, const char *before, struct dynbuf *ret)
{
	static const char *const names[] = {"janvier", "février", "mars", "avril", "mai", "juin",
		"juillet", "août", "septembre", "octobre", "novembre", "décembre"};

	if (d->day == 1)
		dynbuf_adds(ret, "premier");
	else
		say_below_100((uint64_t)d->day, MASCULINE, true, ret);
	dynbuf_addf(ret, " %s", names[d->month - 1]);
	if (d->year > 0) {
		dynbuf_adds(ret, " ");
		say((uint64_t)d->year, MASCULINE, ret);
	}
}

static void say_time(const struct time_of_day *t, const char *before, struct dynbuf *ret)
{
	int hour = t->hour % 12 + (t->half == 'p' ? 12 : t->half == 'a' ? 0 : t->hour / 12 * 12);

	if (t->minute == 0 && hour % 12 == 0) {
		dynbuf_adds(ret, hour == 12 ? "midi" : "minuit");
		return;
	}
	say_below_100((uint64_t)hour, FEMININE, true, ret);
	dynbuf_adds(ret, hour < 2 ? " heure" : " heures");
	if (t->minute > 0) {
		dynbuf_adds(ret, " ");
		say_below_100((uint64_t)t->minute, FEMININE, true, ret);
	}
}

#define M(one, many) \
	{ \
		MASCULINE, one, NULL, many, NULL, NULL \
	}
#define F(one, many) \
	{ \
		FEMININE, one, NULL, many, NULL, NULL \
	}

static const struct unit units[] = {
	{"%", M("pour cent", "pour cent"), {0}},
	{"km/h", M("kilomètre heure", "kilomètres heure"), {0}},
	{"km", M("kilomètre", "kilomètres"), {0}},
	{"m", M("mètre", "mètres"), {0}},
	{"cm", M("centimètre", "centimètres"), {0}},
	{"mm", M("millimètre", "millimètres"), {0}},
	{"kg", M("kilo", "kilos"), {0}},
	{"g", M("gramme", "grammes"), {0}},
	{"mg", M("milligramme", "milligrammes"), {0}},
	{"l|L", M("litre", "litres"), {0}},
	{"ml|mL", M("millilitre", "millilitres"), {0}},
	{"min|mn", F("minute", "minutes"), {0}},
	{"s|sec", F("seconde", "secondes"), {0}},
	{"j", M("jour", "jours"), {0}},
	{"°C", M("degré", "degrés"), {0}},
	{"°", M("degré", "degrés"), {0}},
	{"Go", M("giga", "gigas"), {0}},
	{"Mo", M("méga", "mégas"), {0}},
	{"Mbit/s|Mb/s", M("mégabit par seconde", "mégabits par seconde"), {0}},
	{"minute|minutes", F("minute", "minutes"), {0}},
	{"seconde|secondes", F("seconde", "secondes"), {0}},
	{"heure|heures", F("heure", "heures"), {0}},
	{"semaine|semaines", F("semaine", "semaines"), {0}},
	{"année|années", F("année", "années"), {0}},
	{"fois", F("fois", "fois"), {0}},
	{"personne|personnes", F("personne", "personnes"), {0}},
	{"boîte|boîtes", F("boîte", "boîtes"), {0}},
	{0},
};

static const struct unit currencies[] = {
	{"€|EUR|euros|euro", M("euro", "euros"), M("centime", "centimes")},
	{"$|USD|dollar|dollars", M("dollar", "dollars"), M("cent", "cents")},
	{"£|GBP", F("livre", "livres"), M("penny", "pence")},
	{"CHF", M("franc", "francs"), M("centime", "centimes")},
	{"₴|UAH", F("hryvnia", "hryvnias"), M("kopeck", "kopecks")},
	{"₽|RUB", M("rouble", "roubles"), M("kopeck", "kopecks")},
	{"SAR", M("riyal", "riyals"), M("halala", "halalas")},
	{"EGP", F("livre égyptienne", "livres égyptiennes"), F("piastre", "piastres")},
	{"MAD", M("dirham", "dirhams"), M("centime", "centimes")},
	{"AED", M("dirham", "dirhams"), M("fils", "fils")},
	{0},
};

static const struct abbreviation abbreviations[] = {
	{"M.", "Monsieur"},
	{"MM.", "Messieurs"},
	{"Mme.", "Madame"},
	{"Mme", "Madame"},
	{"Mmes", "Mesdames"},
	{"Mlle.", "Mademoiselle"},
	{"Mlle", "Mademoiselle"},
	{"Dr.", "Docteur"},
	{"Dr", "Docteur"},
	{"Pr.", "Professeur"},
	{"Pr", "Professeur"},
	{"Me.", "Maître"},
	{"av.", "avenue"},
	{"bd.", "boulevard"},
	{"bd", "boulevard"},
	{"tél.", "téléphone"},
	{"c.-à-d.", "c'est-à-dire"},
	{"p.ex.", "par exemple"},
	{"etc.", "et cetera"},
	{"env.", "environ"},
	{"n°", "numéro"},
	{"N°", "numéro"},
	{"nº", "numéro"},
	{"№", "numéro"},
	{"&", "et"},
	{"+", "plus"},
	{"=", "égale"},
	{"½", "un demi"},
	{"¼", "un quart"},
	{"¾", "trois quarts"},
	{0},
};

static const char *ordinal_ending(uint64_t n)
{
	return n == 1 ? "er" : "e";
}

const struct text_language text_fr = {
	.code = "fr",
	.numbers = numbers,
	.wide_tens = 1 << 6 | 1 << 8,
	.decimal = ',',
	.say = say,
	.say_counted = say_counted,
	.say_decimals = say_decimals,
	.say_ordinal = say_ordinal,
	.ordinal_ending = ordinal_ending,
	.say_date = say_date,
	.say_time = say_time,
	.units = units,
	.currencies = currencies,
	.abbreviations = abbreviations,
	.ordinals = "er|re|ère|nde|nd|e|ème|ième|eme",
	.months = {"janvier|janv.|janv", "février|févr.|févr", "mars", "avril|avr.", "mai", "juin",
		"juillet|juil.", "août", "septembre|sept.", "octobre|oct.", "novembre|nov.",
		"décembre|déc."},
	.cents_and = " et ",
	.minus = "moins",
	.to = "à",
	.plus = "plus",
	.at = "arobase",
	.dot = "point",
	.dash = "tiret",
	.underscore = "tiret bas",
	.over = "sur",
	.slash = "barre oblique",
	.pause = ", ",
	.phone = PHONE_PAIRS,
};
