/* tests/data/language/speakable.tsv, what filters make, and what holds for any text. */
#include "text/speakable.h"

#include "random.h"
#include "tap.h"
#include "text/utf8.h"

static struct dynbuf b;

static void test_table(void)
{
	FILE *f = fopen("tests/data/language/speakable.tsv", "r");
	char line[2048];
	int rows = 0;

	ok(f != NULL, "the table");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		char *text = strchr(line, '\t'), *said = text ? strchr(text + 1, '\t') : NULL;
		if (!said) {
			ok(false, "a row without three columns: %s", line);
			continue;
		}
		*text++ = *said++ = '\0';
		ok(speakable(text, line, &b) == 0, "%s: %s", line, text);
		is_str(b.p, said, "is said");
		rows++;
	}
	if (f)
		fclose(f);
	ok(rows > 30, "%d rows", rows);
}

static const struct {
	const char *name, *argument, *language, *in, *out; /* out NULL: it fails */
	const char *said; /* what speakable makes of it; NULL: not looked at */
} filters[] = {
	{"digits", "", "en", "4217", "4 2 1 7", "four two one seven"},
	{"digits", "", "xx", "4217", "4 2 1 7", NULL},
	{"digits", "", "en", "AB-42", "4 2", "four two"},
	{"digits", "", "en", "none", NULL, NULL},
	{"letters", "", "en", "AB-12", "A B 1 2", "A B one two"},
	{"letters", "", "ru", "Ж5", "Ж 5", "Ж пять"},
	{"number", "", "en", "0042", "42", "forty-two"},
	{"number", "", "en", "1234567", "1,234,567",
		"one million two hundred and thirty-four thousand five hundred and sixty-seven"},
	{"number", "", "en", "-1234.50", "-1234.50",
		"minus one thousand two hundred and thirty-four point five zero"},
	{"number", "", "fr", "12345.5",
		"12\xc2\xa0"
		"345,5",
		"douze mille trois cent quarante-cinq virgule cinq"},
	{"number", "", "en", "000", "0", "zero"},
	{"number", "", "en", "1e5", NULL, NULL},
	{"number", "", "en", "12.", NULL, NULL},
	{"number", "", "en", "1234567890123", NULL, NULL},
	{"ordinal", "", "en", "3", "3rd", "third"},
	{"ordinal", "", "en", "12", "12th", "twelfth"},
	{"ordinal", "", "fr", "1", "1er", "premier"},
	{"ordinal", "", "fr", "2", "2e", "deuxième"},
	{"ordinal", "", "ru", "3", "3-й", "третий"},
	{"ordinal", "", "uk", "3", "3-й", "третій"},
	{"ordinal", "", "ar", "3", "الثالث", "الثالث"},
	{"ordinal", "", "en", "x", NULL, NULL},
	{"money", "EUR", "en", "12.5", "€12.50", "twelve euros and fifty cents"},
	{"money", "USD", "en", "1000", "$1000", "one thousand dollars"},
	{"money", "", "fr", "12.50", "12,50 €", "douze euros et cinquante centimes"},
	{"money", "EUR", "fr", "80", "80 €", "quatre-vingts euros"},
	{"money", "UAH", "uk", "2", "2 ₴", "дві гривні"},
	{"money", "", "uk", "4250.00", "4250 ₴", "чотири тисячі двісті п'ятдесят гривень"},
	{"money", "RUB", "ru", "21.01", "21,01 ₽", "двадцать один рубль одна копейка"},
	{"money", "SAR", "ar", "3", "3 ر.س", "ثلاثة ريالات"},
	{"money", "XYZ", "en", "3", NULL, NULL},
	{"money", "EUR", "en", "much", NULL, NULL},
	{"date", "", "en", "2026-12-24", "24 December 2026",
		"the twenty-fourth of December twenty twenty-six"},
	{"date", "", "fr", "2027-01-01T10:00:00Z", "1er janvier 2027",
		"premier janvier deux mille vingt-sept"},
	{"date", "", "ru", "2026-05-02", "2 мая 2026 года",
		"второго мая две тысячи двадцать шестого года"},
	{"date", "", "uk", "2026-05-02", "2 травня 2026 року",
		"другого травня дві тисячі двадцять шостого року"},
	{"date", "", "ar", "2026-05-02", "2 مايو 2026", "الثاني من مايو عام ألفين وستة وعشرين"},
	{"date", "", "en", "24/12/2026", NULL, NULL},
	{"date", "", "en", "2026-13-24", NULL, NULL},
	{"time", "", "en", "14:30:00", "14:30", "two thirty p.m."},
	{"time", "", "fr", "2026-12-24T09:05:00Z", "9:05", "neuf heures cinq"},
	{"time", "", "en", "noon", NULL, NULL},
	{"time", "", "en", "25:00", NULL, NULL},
	{"phone", "", "fr", "+33612345678", "+33 6 12 34 56 78",
		"plus trente-trois, six, douze, trente-quatre, cinquante-six, soixante-dix-huit"},
	{"phone", "", "fr", "0612345678", "06 12 34 56 78",
		"zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit"},
	{"phone", "", "uk", "+380671234567", "+380 67 123 45 67",
		"плюс триста вісімдесят, шістдесят сім, сто двадцять три, сорок п'ять, шістдесят сім"},
	{"phone", "", "en", "020 7946 0018", "020 7946 0018", NULL},
	{"phone", "", "en", "5551", NULL, NULL},
	{"phone", "", "en", "anonymous", NULL, NULL},
	{"shout", "", "en", "x", NULL, NULL},
	{"date", "", "xx", "2026-12-24", NULL, NULL},
};

static void test_filters(void)
{
	struct dynbuf out;

	dynbuf_init(&out, 4096);
	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		dynbuf_reset(&out);
		int result = speakable_filter(filters[i].name, filters[i].argument,
			filters[i].language, filters[i].in, &out);
		is_int(result, filters[i].out ? 0 : -1, "%s %s of '%s' in %s", filters[i].name,
			filters[i].argument, filters[i].in, filters[i].language);
		is_str(out.p, filters[i].out ? filters[i].out : "", "is written so");
		if (filters[i].said && speakable(out.p, filters[i].language, &b) == 0)
			is_str(b.p, filters[i].said, "and said so");
	}
	dynbuf_free(&out);
}

/* Signs and digits in any order: nothing that is said has a digit in it, it is text, and not too long. */
static void test_random(void)
{
	static const char *const parts[] = {"0", "1", "12", "2026", "5", "00", ".", ",", ":", "-",
		"/", " ", " ", "+", "(", ")", "€", "$", "%", " h", "h", "km", "er", "th", "-й", "T",
		"Z", "грн", "р.", "г.", "ريال", "мая", "May ", "@", "a.b", "www.", "№", "R", "–",
		"٣", "\xff", "\xc2\xa0", "’", "p.m.", "and", "و", "1,000", "'"};
	static const char *const codes[] = {"en", "fr", "ar", "ru", "uk", "en-US"};
	struct dynbuf text;
	uint64_t seed = 3;
	bool digits = false, valid = true, small = true;

	dynbuf_init(&text, 4096);
	for (int round = 0; round < 20000 && !digits && valid && small; round++) {
		const char *code = codes[round % 6];
		dynbuf_reset(&text);
		for (size_t n = random_below(&seed, 14); n > 0; n--)
			dynbuf_adds(&text, parts[random_below(&seed, ARRAY_LEN(parts))]);
		small = speakable(text.p, code, &b) == 0 && b.n <= 64 * text.n;
		digits = strpbrk(b.p, "0123456789") != NULL;
		valid = utf8_valid(b.p, b.n);
		if (digits || !valid || !small)
			printf("# %s '%s': '%s'\n", code, text.p, b.p);
	}
	ok(!digits, "no digit is left");
	ok(valid, "it is text");
	ok(small, "and at most 64 bytes for one");
	dynbuf_free(&text);
}

int main(void)
{
	dynbuf_init(&b, 65536);
	test_table();
	test_filters();
	test_random();
	dynbuf_free(&b);
	dynbuf_init(&b, 8);
	ok(speakable("1000000", "en", &b) < 0, "a buffer that is too small is said");
	dynbuf_free(&b);
	return done_testing();
}
