/* English. Numbers as both sides of the Atlantic say them: "a hundred and five", "nineteen eighty-four". */
#include <string.h>

#include "text/language.h"

static const struct number_row numbers[] = {
	{0, NUMBER_ZERO, "zero|nought|naught|nil"},
	{0, NUMBER_ARTICLE, "oh"},
	{1, NUMBER_ARTICLE, "one"},
	{2, NUMBER_UNIT, "two"},
	{3, NUMBER_UNIT, "three"},
	{4, NUMBER_UNIT, "four"},
	{5, NUMBER_UNIT, "five"},
	{6, NUMBER_UNIT, "six"},
	{7, NUMBER_UNIT, "seven"},
	{8, NUMBER_UNIT, "eight"},
	{9, NUMBER_UNIT, "nine|niner"},
	{10, NUMBER_TEEN, "ten"},
	{11, NUMBER_TEEN, "eleven"},
	{12, NUMBER_TEEN, "twelve"},
	{13, NUMBER_TEEN, "thirteen"},
	{14, NUMBER_TEEN, "fourteen"},
	{15, NUMBER_TEEN, "fifteen"},
	{16, NUMBER_TEEN, "sixteen"},
	{17, NUMBER_TEEN, "seventeen"},
	{18, NUMBER_TEEN, "eighteen"},
	{19, NUMBER_TEEN, "nineteen"},
	{20, NUMBER_TENS, "twenty"},
	{30, NUMBER_TENS, "thirty"},
	{40, NUMBER_TENS, "forty|fourty"},
	{50, NUMBER_TENS, "fifty"},
	{60, NUMBER_TENS, "sixty"},
	{70, NUMBER_TENS, "seventy"},
	{80, NUMBER_TENS, "eighty"},
	{90, NUMBER_TENS, "ninety"},
	{100, NUMBER_HUNDRED, "hundred|hundreds|a hundred"},
	{12, NUMBER_TIMES, "dozen|a dozen"},
	{1000, NUMBER_TIMES, "thousand|thousands|a thousand"},
	{1000000, NUMBER_TIMES, "million|millions|a million"},
	{1000000000, NUMBER_TIMES, "billion|billions|a billion"},
	{0, NUMBER_AND, "and"},
	{0, NUMBER_FILLER, "uh|um|er|erm|then|dash|hyphen|space"},
	{2, NUMBER_DOUBLE, "double"},
	{3, NUMBER_DOUBLE, "triple|treble"},
	{0, NUMBER_MANY, "zeros|zeroes|ohs|noughts"},
	{1, NUMBER_MANY, "ones"},
	{2, NUMBER_MANY, "twos"},
	{3, NUMBER_MANY, "threes"},
	{4, NUMBER_MANY, "fours"},
	{5, NUMBER_MANY, "fives"},
	{6, NUMBER_MANY, "sixes"},
	{7, NUMBER_MANY, "sevens"},
	{8, NUMBER_MANY, "eights"},
	{9, NUMBER_MANY, "nines"},
	{0, NUMBER_POINT, "point"},
	{0, NUMBER_HALF, "and a half"},
	{0, NUMBER_HOMOPHONE, "o"},
	{1, NUMBER_HOMOPHONE, "won"},
	{2, NUMBER_HOMOPHONE, "to|too"},
	{4, NUMBER_HOMOPHONE, "for|fore"},
	{8, NUMBER_HOMOPHONE, "ate"},
	{0},
};

static const char *const units_words[] = {"zero", "one", "two", "three", "four", "five", "six",
	"seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
	"sixteen", "seventeen", "eighteen", "nineteen"};
static const char *const tens_words[] = {
	"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
static const char *const ordinal_units[] = {"zeroth", "first", "second", "third", "fourth", "fifth",
	"sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
	"fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"};
static const char *const ordinal_tens[] = {"", "", "twentieth", "thirtieth", "fortieth", "fiftieth",
	"sixtieth", "seventieth", "eightieth", "ninetieth"};

static void say_below_100(uint64_t n, struct dynbuf *ret)
{
	if (n < 20)
		dynbuf_adds(ret, units_words[n]);
	else
		dynbuf_addf(ret, "%s%s%s", tens_words[n / 10], n % 10 ? "-" : "",
			n % 10 ? units_words[n % 10] : "");
}

static void say(uint64_t n, enum gender gender, struct dynbuf *ret)
{
	static const struct {
		uint64_t value;
		const char *word;
	} large[] = {{1000000000, "billion"}, {1000000, "million"}, {1000, "thousand"},
		{100, "hundred"}};
	bool more = false;

	for (size_t i = 0; i < ARRAY_LEN(large); i++) {
		if (n < large[i].value)
			continue;
		dynbuf_adds(ret, more ? " " : "");
		say(n / large[i].value, gender, ret);
		dynbuf_addf(ret, " %s", large[i].word);
		n %= large[i].value;
		more = true;
	}
	if (n > 0 || !more) {
		dynbuf_adds(ret, more ? " and " : "");
		say_below_100(n, ret);
	}
}

static void say_counted(uint64_t n, const struct noun *noun, struct dynbuf *ret)
{
	say(n, noun->gender, ret);
	dynbuf_addf(ret, " %s", n == 1 ? noun->one : noun->many);
}

static void say_decimals(uint64_t n, const char *decimals, struct dynbuf *ret)
{
	say(n, NEUTER, ret);
	dynbuf_adds(ret, " point");
	for (; *decimals; decimals++)
		dynbuf_addf(ret, " %s", units_words[*decimals - '0']);
}

static void say_ordinal(uint64_t n, const char *ending, struct dynbuf *ret)
{
	uint64_t last = n % 100;

	if (n >= 100) {
		say(n - last, NEUTER, ret);
		if (last == 0) {
			dynbuf_adds(ret, "th");
			return;
		}
		dynbuf_adds(ret, " and ");
	}
	if (last < 20)
		dynbuf_adds(ret, ordinal_units[last]);
	else if (last % 10 == 0)
		dynbuf_adds(ret, ordinal_tens[last / 10]);
	else
		dynbuf_addf(ret, "%s-%s", tens_words[last / 10], ordinal_units[last % 10]);
}

/* 2006: two thousand and six; 1905: nineteen oh five; 2026: twenty twenty-six. */
static void say_year(uint64_t year, struct dynbuf *ret)
{
	uint64_t low = year % 100;

	if (year < 1100 || year > 9999 || (year / 10) % 100 == 0) {
		say(year, NEUTER, ret);
		return;
	}
	say_below_100(year / 100, ret);
	dynbuf_adds(ret, low == 0 ? " hundred" : low < 10 ? " oh " : " ");
	if (low > 0)
		say_below_100(low, ret);
}

static void say_date(const struct date *d, const char *before, struct dynbuf *ret)
{
	static const char *const names[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};

	if (d->month_first) {
		dynbuf_addf(ret, "%s ", names[d->month - 1]);
		say_ordinal((uint64_t)d->day, "", ret);
	} else {
		dynbuf_adds(ret, strcmp(before, "the") == 0 ? "" : "the ");
		say_ordinal((uint64_t)d->day, "", ret);
		dynbuf_addf(ret, " of %s", names[d->month - 1]);
	}
	if (d->year > 0) {
		dynbuf_adds(ret, d->month_first ? ", " : " ");
		say_year((uint64_t)d->year, ret);
	}
}

static void say_time(const struct time_of_day *t, const char *before, struct dynbuf *ret)
{
	int hour = t->hour % 12 == 0 ? 12 : t->hour % 12;

	if (t->half == 0 && t->minute == 0 && t->hour % 12 == 0) {
		dynbuf_adds(ret, t->hour == 12 ? "noon" : "midnight");
		return;
	}
	say_below_100((uint64_t)hour, ret);
	if (t->minute > 0) {
		dynbuf_adds(ret, t->minute < 10 ? " oh " : " ");
		say_below_100((uint64_t)t->minute, ret);
	}
	bool afternoon = t->half ? t->half == 'p' : t->hour >= 12;
	dynbuf_adds(ret, afternoon ? " p.m." : " a.m.");
}

#define NOUN(one, many) \
	{ \
		NEUTER, one, NULL, many, NULL, NULL \
	}

static const struct unit units[] = {
	{"%", NOUN("percent", "percent"), {0}},
	{"km/h", NOUN("kilometre per hour", "kilometres per hour"), {0}},
	{"mph", NOUN("mile per hour", "miles per hour"), {0}},
	{"km", NOUN("kilometre", "kilometres"), {0}},
	{"m", NOUN("metre", "metres"), {0}},
	{"cm", NOUN("centimetre", "centimetres"), {0}},
	{"mm", NOUN("millimetre", "millimetres"), {0}},
	{"kg", NOUN("kilogram", "kilograms"), {0}},
	{"g", NOUN("gram", "grams"), {0}},
	{"mg", NOUN("milligram", "milligrams"), {0}},
	{"lb|lbs", NOUN("pound", "pounds"), {0}},
	{"l|L", NOUN("litre", "litres"), {0}},
	{"ml|mL", NOUN("millilitre", "millilitres"), {0}},
	{"h|hr|hrs", NOUN("hour", "hours"), {0}},
	{"min|mins", NOUN("minute", "minutes"), {0}},
	{"s|sec|secs", NOUN("second", "seconds"), {0}},
	{"ms", NOUN("millisecond", "milliseconds"), {0}},
	{"°C", NOUN("degree Celsius", "degrees Celsius"), {0}},
	{"°F", NOUN("degree Fahrenheit", "degrees Fahrenheit"), {0}},
	{"°", NOUN("degree", "degrees"), {0}},
	{"GB", NOUN("gigabyte", "gigabytes"), {0}},
	{"MB", NOUN("megabyte", "megabytes"), {0}},
	{"Mbit/s|Mbps", NOUN("megabit per second", "megabits per second"), {0}},
	{0},
};

static const struct unit currencies[] = {
	{"$|US$|USD|dollar|dollars", NOUN("dollar", "dollars"), NOUN("cent", "cents")},
	{"£|GBP|pound|pounds", NOUN("pound", "pounds"), NOUN("penny", "pence")},
	{"€|EUR|euro|euros", NOUN("euro", "euros"), NOUN("cent", "cents")},
	{"₴|UAH", NOUN("hryvnia", "hryvnias"), NOUN("kopiyka", "kopiykas")},
	{"₽|RUB", NOUN("rouble", "roubles"), NOUN("kopeck", "kopecks")},
	{"SAR", NOUN("riyal", "riyals"), NOUN("halala", "halalas")},
	{"EGP", NOUN("Egyptian pound", "Egyptian pounds"), NOUN("piastre", "piastres")},
	{"AED", NOUN("dirham", "dirhams"), NOUN("fils", "fils")},
	{"CHF", NOUN("franc", "francs"), NOUN("centime", "centimes")},
	{"CAD", NOUN("Canadian dollar", "Canadian dollars"), NOUN("cent", "cents")},
	{0},
};

static const struct abbreviation abbreviations[] = {
	{"Mr.", "Mister"},
	{"Mrs.", "Missis"},
	{"Ms.", "Miz"},
	{"Dr.", "Doctor"},
	{"Prof.", "Professor"},
	{"e.g.", "for example"},
	{"i.e.", "that is"},
	{"etc.", "et cetera"},
	{"vs.", "versus"},
	{"No.", "number"},
	{"approx.", "approximately"},
	{"&", "and"},
	{"№", "number"},
	{"+", "plus"},
	{"=", "equals"},
	{"½", "one half"},
	{"¼", "one quarter"},
	{"¾", "three quarters"},
	{0},
};

static const char *ordinal_ending(uint64_t n)
{
	static const char *const endings[] = {"th", "st", "nd", "rd"};

	return n % 10 > 3 || n / 10 % 10 == 1 ? "th" : endings[n % 10];
}

const struct text_language text_en = {
	.code = "en",
	.numbers = numbers,
	.tens_hundred = true,
	.decimal = '.',
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
	.ordinals = "st|nd|rd|th",
	.months = {"January|Jan", "February|Feb", "March|Mar", "April|Apr", "May", "June|Jun",
		"July|Jul", "August|Aug", "September|Sep|Sept", "October|Oct", "November|Nov",
		"December|Dec"},
	.am = "am|a.m.|AM|A.M.|a.m",
	.pm = "pm|p.m.|PM|P.M.|p.m",
	.cents_and = " and ",
	.minus = "minus",
	.to = "to",
	.plus = "plus",
	.at = "at",
	.dot = "dot",
	.dash = "dash",
	.underscore = "underscore",
	.over = "slash",
	.slash = "slash",
	.pause = ", ",
	.phone = PHONE_DIGITS,
};
