/* What each language says of numbers, ordinals, nouns; and that what is said is heard as the same number. */
#include "text/language.h"

#include "random.h"
#include "tap.h"
#include "text/number.h"

static const char *const codes[] = {"en", "fr", "ar", "ru", "uk"};

/* The number that is heard when n is said; -1: none or several. */
static double heard(const struct text_language *l, uint64_t n, enum gender gender, struct dynbuf *b)
{
	struct number number[4];

	dynbuf_reset(b);
	l->say(n, gender, b);
	return number_read(b->p, b->n, l, number, 4) == 1 ? number[0].value : -1;
}

static void test_round_trip(const struct text_language *l)
{
	uint64_t seed = 5, n = 0;
	struct dynbuf b;
	int wrong = 0, tried = 0;

	dynbuf_init(&b, 4096);
	for (int i = 0; i < 9000 && wrong < 5; i++) {
		static const uint64_t below[] = {1000000, 100000, 1000000000, SAY_MAX};
		n = i < 3000 ? (uint64_t)i : random_below(&seed, below[i % 4]);
		for (int gender = MASCULINE; gender <= FEMININE; gender++, tried++)
			if (heard(l, n, (enum gender)gender, &b) != (double)n) {
				printf("# %s %llu '%s'\n", l->code, (unsigned long long)n, b.p);
				wrong++;
			}
	}
	is_int(wrong, 0, "%s: %d numbers are heard as they are said", l->code, tried);
	dynbuf_free(&b);
}

static const struct {
	const char *language;
	uint64_t n;
	enum gender gender;
	const char *said;
} numbers[] = {
	{"en", 0, NEUTER, "zero"},
	{"en", 21, NEUTER, "twenty-one"},
	{"en", 100, NEUTER, "one hundred"},
	{"en", 115, NEUTER, "one hundred and fifteen"},
	{"en", 1001, NEUTER, "one thousand and one"},
	{"en", 2026, NEUTER, "two thousand and twenty-six"},
	{"en", 1234567, NEUTER,
		"one million two hundred and thirty-four thousand five hundred and sixty-seven"},
	{"fr", 0, MASCULINE, "zéro"},
	{"fr", 1, FEMININE, "une"},
	{"fr", 17, MASCULINE, "dix-sept"},
	{"fr", 21, MASCULINE, "vingt et un"},
	{"fr", 21, FEMININE, "vingt et une"},
	{"fr", 22, MASCULINE, "vingt-deux"},
	{"fr", 70, MASCULINE, "soixante-dix"},
	{"fr", 71, MASCULINE, "soixante et onze"},
	{"fr", 72, MASCULINE, "soixante-douze"},
	{"fr", 77, MASCULINE, "soixante-dix-sept"},
	{"fr", 80, MASCULINE, "quatre-vingts"},
	{"fr", 81, MASCULINE, "quatre-vingt-un"},
	{"fr", 81, FEMININE, "quatre-vingt-une"},
	{"fr", 91, MASCULINE, "quatre-vingt-onze"},
	{"fr", 99, MASCULINE, "quatre-vingt-dix-neuf"},
	{"fr", 100, MASCULINE, "cent"},
	{"fr", 101, MASCULINE, "cent un"},
	{"fr", 200, MASCULINE, "deux cents"},
	{"fr", 201, MASCULINE, "deux cent un"},
	{"fr", 1000, MASCULINE, "mille"},
	{"fr", 1100, MASCULINE, "mille cent"},
	{"fr", 2000, MASCULINE, "deux mille"},
	{"fr", 80000, MASCULINE, "quatre-vingt mille"},
	{"fr", 200000, MASCULINE, "deux cent mille"},
	{"fr", 21000, FEMININE, "vingt et un mille"},
	{"fr", 1000000, MASCULINE, "un million"},
	{"fr", 200000000, MASCULINE, "deux cents millions"},
	{"fr", 80000080, MASCULINE, "quatre-vingts millions quatre-vingts"},
	{"ru", 1, MASCULINE, "один"},
	{"ru", 1, FEMININE, "одна"},
	{"ru", 1, NEUTER, "одно"},
	{"ru", 22, FEMININE, "двадцать две"},
	{"ru", 40, MASCULINE, "сорок"},
	{"ru", 1000, MASCULINE, "тысяча"},
	{"ru", 2000, MASCULINE, "две тысячи"},
	{"ru", 5000, MASCULINE, "пять тысяч"},
	{"ru", 21000, MASCULINE, "двадцать одна тысяча"},
	{"ru", 12000, MASCULINE, "двенадцать тысяч"},
	{"ru", 111000, MASCULINE, "сто одиннадцать тысяч"},
	{"ru", 2000001, FEMININE, "два миллиона одна"},
	{"ru", 1234567, MASCULINE, "миллион двести тридцать четыре тысячи пятьсот шестьдесят семь"},
	{"uk", 1, FEMININE, "одна"},
	{"uk", 2, FEMININE, "дві"},
	{"uk", 519, MASCULINE, "п'ятсот дев'ятнадцять"},
	{"uk", 1000, MASCULINE, "тисяча"},
	{"uk", 22000, MASCULINE, "двадцять дві тисячі"},
	{"uk", 5000000, MASCULINE, "п'ять мільйонів"},
	{"ar", 3, MASCULINE, "ثلاثة"},
	{"ar", 3, FEMININE, "ثلاث"},
	{"ar", 11, MASCULINE, "أحد عشر"},
	{"ar", 12, FEMININE, "اثنتي عشرة"},
	{"ar", 15, MASCULINE, "خمسة عشر"},
	{"ar", 21, MASCULINE, "واحد وعشرين"},
	{"ar", 21, FEMININE, "إحدى وعشرين"},
	{"ar", 125, MASCULINE, "مئة وخمسة وعشرين"},
	{"ar", 200, MASCULINE, "مئتين"},
	{"ar", 1000, MASCULINE, "ألف"},
	{"ar", 2000, MASCULINE, "ألفين"},
	{"ar", 3000, MASCULINE, "ثلاثة آلاف"},
	{"ar", 11000, MASCULINE, "أحد عشر ألفا"},
	{"ar", 100000, MASCULINE, "مئة ألف"},
	{"ar", 2026, MASCULINE, "ألفين وستة وعشرين"},
};

static const struct {
	const char *language;
	uint64_t n;
	const char *ending, *said;
} ordinals[] = {
	{"en", 1, "st", "first"},
	{"en", 12, "th", "twelfth"},
	{"en", 20, "th", "twentieth"},
	{"en", 23, "rd", "twenty-third"},
	{"en", 100, "th", "one hundredth"},
	{"en", 101, "st", "one hundred and first"},
	{"fr", 1, "er", "premier"},
	{"fr", 1, "re", "première"},
	{"fr", 1, "ère", "première"},
	{"fr", 2, "e", "deuxième"},
	{"fr", 2, "nde", "seconde"},
	{"fr", 3, "e", "troisième"},
	{"fr", 4, "ème", "quatrième"},
	{"fr", 5, "e", "cinquième"},
	{"fr", 9, "e", "neuvième"},
	{"fr", 21, "e", "vingt et unième"},
	{"fr", 80, "e", "quatre-vingtième"},
	{"fr", 200, "e", "deux centième"},
	{"fr", 1000, "e", "millième"},
	{"ru", 1, "й", "первый"},
	{"ru", 2, "й", "второй"},
	{"ru", 3, "й", "третий"},
	{"ru", 3, "я", "третья"},
	{"ru", 3, "го", "третьего"},
	{"ru", 6, "й", "шестой"},
	{"ru", 40, "й", "сороковой"},
	{"ru", 21, "е", "двадцать первое"},
	{"ru", 100, "й", "сотый"},
	{"ru", 2000, "го", "двухтысячного"},
	{"ru", 2026, "го", "две тысячи двадцать шестого"},
	{"uk", 1, "й", "перший"},
	{"uk", 2, "га", "друга"},
	{"uk", 3, "тя", "третя"},
	{"uk", 3, "й", "третій"},
	{"uk", 3, "го", "третього"},
	{"uk", 7, "го", "сьомого"},
	{"uk", 2026, "го", "дві тисячі двадцять шостого"},
	{"ar", 1, "", "الأول"},
	{"ar", 11, "", "الحادي عشر"},
	{"ar", 24, "", "الرابع والعشرين"},
	{"ar", 30, "", "الثلاثين"},
};

/* The first currency of each language, by number. */
static const struct {
	const char *language;
	uint64_t n;
	const char *said;
} amounts[] = {
	{"en", 1, "one dollar"},
	{"en", 2, "two dollars"},
	{"en", 0, "zero dollars"},
	{"fr", 0, "zéro euro"},
	{"fr", 1, "un euro"},
	{"fr", 80, "quatre-vingts euros"},
	{"fr", 1000000, "un million d'euros"},
	{"fr", 1000001, "un million un euros"},
	{"ru", 1, "один рубль"},
	{"ru", 3, "три рубля"},
	{"ru", 5, "пять рублей"},
	{"ru", 11, "одиннадцать рублей"},
	{"ru", 21, "двадцать один рубль"},
	{"ru", 112, "сто двенадцать рублей"},
	{"ru", 1000, "тысяча рублей"},
	{"uk", 1, "одна гривня"},
	{"uk", 2, "дві гривні"},
	{"uk", 5, "п'ять гривень"},
	{"uk", 22, "двадцять дві гривні"},
	{"uk", 14, "чотирнадцять гривень"},
	{"ar", 1, "ريال واحد"},
	{"ar", 2, "ريالين"},
	{"ar", 3, "ثلاثة ريالات"},
	{"ar", 10, "عشرة ريالات"},
	{"ar", 11, "أحد عشر ريالا"},
	{"ar", 99, "تسعة وتسعين ريالا"},
	{"ar", 100, "مئة ريال"},
	{"ar", 103, "مئة وثلاثة ريالات"},
	{"ar", 1000, "ألف ريال"},
};

static void test_said(void)
{
	struct dynbuf b;

	dynbuf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++, dynbuf_reset(&b)) {
		text_language(numbers[i].language)->say(numbers[i].n, numbers[i].gender, &b);
		is_str(b.p, numbers[i].said, "%s %llu", numbers[i].language,
			(unsigned long long)numbers[i].n);
	}
	for (size_t i = 0; i < ARRAY_LEN(ordinals); i++, dynbuf_reset(&b)) {
		text_language(ordinals[i].language)
			->say_ordinal(ordinals[i].n, ordinals[i].ending, &b);
		is_str(b.p, ordinals[i].said, "%s %llu%s", ordinals[i].language,
			(unsigned long long)ordinals[i].n, ordinals[i].ending);
	}
	for (size_t i = 0; i < ARRAY_LEN(amounts); i++, dynbuf_reset(&b)) {
		const struct text_language *l = text_language(amounts[i].language);
		l->say_counted(amounts[i].n, &l->currencies[0].noun, &b);
		is_str(b.p, amounts[i].said, "%s %llu of its money", amounts[i].language,
			(unsigned long long)amounts[i].n);
	}
	dynbuf_free(&b);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		test_round_trip(text_language(codes[i]));
	test_said();
	return done_testing();
}
