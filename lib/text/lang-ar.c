/* Arabic: the standard language, and numbers as they are said in Egypt, the Levant and the Gulf. */
#include <stdlib.h>
#include <string.h>

#include "text/language.h"

/* Folded, ة and ه are one letter, and so are أ and ا, ئ and ي. */
static const struct number_row numbers[] = {
	{0, NUMBER_ZERO, "صفر|زيرو"},
	{1, NUMBER_ARTICLE, "واحد|واحدة|وحدة|إحدى|أحد"},
	{2, NUMBER_UNIT, "اثنان|اثنين|اثنتان|اثنتين|اتنين|إثنين|ثنين|تنتين|ثنتين"},
	{3, NUMBER_UNIT, "ثلاثة|ثلاث|تلاتة|تلات|ثلاثه|تلت|ثلث"},
	{4, NUMBER_UNIT, "أربعة|أربع"},
	{5, NUMBER_UNIT, "خمسة|خمس"},
	{6, NUMBER_UNIT, "ستة|ست"},
	{7, NUMBER_UNIT, "سبعة|سبع"},
	{8, NUMBER_UNIT, "ثمانية|ثماني|ثمان|تمانية|تمان|تمن|ثمنية"},
	{9, NUMBER_UNIT, "تسعة|تسع"},
	{10, NUMBER_TEEN, "عشرة|عشر"},
	{11, NUMBER_TEEN, "أحد عشر|إحدى عشرة|حداشر|احداشر|احدعش|إحدعشر|حدعش|حداعش"},
	{12, NUMBER_TEEN,
		"اثنا عشر|اثني عشر|اثنتا عشرة|اثنتي عشرة|اتناشر|اطناشر|اثنعش|اثناعش|اتنعش|طنعش|اثنعشر"},
	{13, NUMBER_TEEN,
		"ثلاثة عشر|ثلاث عشرة|تلاتاشر|تلتاشر|تلطاشر|ثلاثطعش|ثلطعش|تلتعش|تلطعش|ثلاثتعش|ثلثتعش"},
	{14, NUMBER_TEEN, "أربعة عشر|أربع عشرة|أربعتاشر|اربعطاشر|أربعطعش|أربعتعش"},
	{15, NUMBER_TEEN, "خمسة عشر|خمس عشرة|خمستاشر|خمسطاشر|خمسطعش|خمستعش|خمسطعشر"},
	{16, NUMBER_TEEN, "ستة عشر|ست عشرة|ستاشر|سطاشر|سطعش|ستعش|ستطعش"},
	{17, NUMBER_TEEN, "سبعة عشر|سبع عشرة|سبعتاشر|سبعطاشر|سبعطعش|سبعتعش"},
	{18, NUMBER_TEEN,
		"ثمانية عشر|ثماني عشرة|تمنتاشر|تمنطاشر|تمانتاشر|ثمنطعش|تمنطعش|تمنتعش|ثمنتعش|ثمانطعش"},
	{19, NUMBER_TEEN, "تسعة عشر|تسع عشرة|تسعتاشر|تسعطاشر|تسعطعش|تسعتعش"},
	{20, NUMBER_TENS, "عشرون|عشرين"},
	{30, NUMBER_TENS, "ثلاثون|ثلاثين|تلاتين"},
	{40, NUMBER_TENS, "أربعون|أربعين"},
	{50, NUMBER_TENS, "خمسون|خمسين"},
	{60, NUMBER_TENS, "ستون|ستين"},
	{70, NUMBER_TENS, "سبعون|سبعين"},
	{80, NUMBER_TENS, "ثمانون|ثمانين|تمانين"},
	{90, NUMBER_TENS, "تسعون|تسعين"},
	{100, NUMBER_HUNDRED, "مئة|مائة|مية|ميت|مئات"},
	{200, NUMBER_HUNDREDS, "مئتان|مئتين|مائتان|مائتين|ميتين|مئتا|مئتي|مائتا|مائتي"},
	{300, NUMBER_HUNDREDS, "ثلاثمئة|ثلاثمائة|ثلاثمية|تلتمية|تلاتمية|ثلثمية|تلتميت"},
	{400, NUMBER_HUNDREDS, "أربعمئة|أربعمائة|أربعمية|ربعمية|ربعميت"},
	{500, NUMBER_HUNDREDS, "خمسمئة|خمسمائة|خمسمية|خمسميت|خمسميه"},
	{600, NUMBER_HUNDREDS, "ستمئة|ستمائة|ستمية|ستميت"},
	{700, NUMBER_HUNDREDS, "سبعمئة|سبعمائة|سبعمية|سبعميت"},
	{800, NUMBER_HUNDREDS, "ثمانمئة|ثمانمائة|ثمانيمئة|ثمنمية|تمنمية|ثمانمية|تمانمية|تمنميت"},
	{900, NUMBER_HUNDREDS, "تسعمئة|تسعمائة|تسعمية|تسعميت"},
	{12, NUMBER_TIMES, "دزينة|درزن"},
	{1000, NUMBER_TIMES, "ألف|ألفا|آلاف|تلاف|الآف"},
	{2000, NUMBER_THOUSANDS, "ألفان|ألفين|ألفي"},
	{1000000, NUMBER_TIMES, "مليون|مليونا|ملايين"},
	{2000000, NUMBER_THOUSANDS, "مليونان|مليونين|مليوني"},
	{1000000000, NUMBER_TIMES, "مليار|مليارا|مليارات|بليون"},
	{2000000000, NUMBER_THOUSANDS, "ملياران|مليارين|ملياري"},
	{0, NUMBER_AND, "و"},
	{0, NUMBER_FILLER, "اه|آه|يعني|ثم|بعدين"},
	{2, NUMBER_DOUBLE, "دبل|مكرر|مرتين"},
	{0, NUMBER_MANY, "أصفار"},
	{0, NUMBER_TWICE, "صفرين|صفران"},
	{2, NUMBER_TWICE, "اثنينين"},
	{3, NUMBER_TWICE, "ثلاثتين|تلاتتين"},
	{4, NUMBER_TWICE, "أربعتين"},
	{5, NUMBER_TWICE, "خمستين"},
	{6, NUMBER_TWICE, "ستتين"},
	{7, NUMBER_TWICE, "سبعتين"},
	{8, NUMBER_TWICE, "ثمانيتين|تمانيتين"},
	{9, NUMBER_TWICE, "تسعتين"},
	{0, NUMBER_POINT, "فاصلة|فاصل|نقطة"},
	{0, NUMBER_HALF, "ونصف|ونص|و نصف|و نص"},
	{0},
};

/* ---- numbers ---- */

/* Spoken Arabic knows the oblique case only (عشرين, not عشرون), and in the standard language it is the one that
 * stands behind verbs and prepositions, where prices and times are: so numbers are said in it, and in a pause, without
 * vowels of case. 3 to 10 have the gender that the noun has not; numbers without a noun are said as of a masculine one. */
static const char *const units_words[2][11] = {
	{"صفر", "واحد", "اثنين", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة"},
	{"صفر", "واحدة", "اثنتين", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر"}};
static const char *const teens_words[2][10] = {
	{"عشرة", "أحد عشر", "اثني عشر", "ثلاثة عشر", "أربعة عشر", "خمسة عشر", "ستة عشر", "سبعة عشر",
		"ثمانية عشر", "تسعة عشر"},
	{"عشر", "إحدى عشرة", "اثنتي عشرة", "ثلاث عشرة", "أربع عشرة", "خمس عشرة", "ست عشرة",
		"سبع عشرة", "ثماني عشرة", "تسع عشرة"}};
static const char *const tens_words[] = {
	"", "", "عشرين", "ثلاثين", "أربعين", "خمسين", "ستين", "سبعين", "ثمانين", "تسعين"};
static const char *const hundreds_words[] = {
	"", "مئة", "مئتين", "ثلاثمئة", "أربعمئة", "خمسمئة", "ستمئة", "سبعمئة", "ثمانمئة", "تسعمئة"};

static void say_below_100(uint64_t n, int feminine, struct dynbuf *ret)
{
	if (n <= 10)
		dynbuf_adds(ret, units_words[feminine][n]);
	else if (n < 20)
		dynbuf_adds(ret, teens_words[feminine][n - 10]);
	else if (n % 10 == 0)
		dynbuf_adds(ret, tens_words[n / 10]);
	else if (n % 10 == 1 && feminine)
		dynbuf_addf(ret, "إحدى و%s", tens_words[n / 10]);
	else
		dynbuf_addf(ret, "%s و%s", units_words[feminine][n % 10], tens_words[n / 10]);
}

static void say_below_1000(uint64_t n, int feminine, struct dynbuf *ret)
{
	if (n >= 100)
		dynbuf_addf(ret, "%s%s", hundreds_words[n / 100], n % 100 ? " و" : "");
	if (n < 100 || n % 100)
		say_below_100(n % 100, feminine, ret);
}

/* How a noun stands behind n: 3 to 10 plural, 11 to 99 accusative, otherwise as behind a hundred. */
static const char *noun_behind(uint64_t n, const struct noun *noun)
{
	uint64_t last = n % 100;

	return last >= 3 && last <= 10 ? noun->few : last >= 11 ? noun->many : noun->part;
}

static void say(uint64_t n, enum gender gender, struct dynbuf *ret)
{
	static const struct {
		uint64_t value;
		struct noun noun;
	} large[] = {{1000000000, {MASCULINE, "مليار", "مليارات", "مليارا", "مليار", "مليارين"}},
		{1000000, {MASCULINE, "مليون", "ملايين", "مليونا", "مليون", "مليونين"}},
		{1000, {MASCULINE, "ألف", "آلاف", "ألفا", "ألف", "ألفين"}}};
	bool more = false;

	for (size_t i = 0; i < ARRAY_LEN(large); i++) {
		uint64_t count = n / large[i].value;
		if (count == 0)
			continue;
		dynbuf_adds(ret, more ? " و" : "");
		if (count > 2) {
			say_below_1000(count, 0, ret);
			dynbuf_adds(ret, " ");
		}
		dynbuf_adds(ret,
			count == 1           ? large[i].noun.one
				: count == 2 ? large[i].noun.two
					     : noun_behind(count, &large[i].noun));
		n %= large[i].value;
		more = true;
	}
	if (n > 0 || !more) {
		dynbuf_adds(ret, more ? " و" : "");
		say_below_1000(n, gender == FEMININE, ret);
	}
}

/* One and two are the noun itself: ريال واحد, ريالين. */
static void say_counted(uint64_t n, const struct noun *noun, struct dynbuf *ret)
{
	if (n == 1) {
		dynbuf_addf(ret, "%s %s", noun->one, noun->gender == FEMININE ? "واحدة" : "واحد");
	} else if (n == 2) {
		dynbuf_adds(ret, noun->two);
	} else {
		say(n, noun->gender, ret);
		dynbuf_addf(ret, " %s", noun_behind(n, noun));
	}
}

static void say_decimals(uint64_t n, const char *decimals, struct dynbuf *ret)
{
	say(n, MASCULINE, ret);
	dynbuf_adds(ret, " فاصلة");
	for (; *decimals == '0' && decimals[1]; decimals++)
		dynbuf_adds(ret, " صفر");
	dynbuf_adds(ret, " ");
	if (strlen(decimals) <= 3)
		say(strtoull(decimals, NULL, 10), MASCULINE, ret);
	else
		for (; *decimals; decimals++)
			dynbuf_addf(ret, "%s%s", units_words[0][*decimals - '0'],
				decimals[1] ? " " : "");
}

/* الأول, الثاني عشر, الحادي والعشرين; feminine: الثانية عشرة. Beyond 99 as a number with "number" before it. */
static void say_ordinal_of(uint64_t n, bool feminine, struct dynbuf *ret)
{
	static const char *const words[2][11] = {
		{"صفر", "الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع",
			"الثامن", "التاسع", "العاشر"},
		{"صفر", "الأولى", "الثانية", "الثالثة", "الرابعة", "الخامسة", "السادسة", "السابعة",
			"الثامنة", "التاسعة", "العاشرة"}};
	const char *first = feminine ? "الحادية" : "الحادي";

	if (n == 0 || n > 99) {
		dynbuf_adds(ret, "رقم ");
		say(n, MASCULINE, ret);
	} else if (n <= 10) {
		dynbuf_adds(ret, words[feminine][n]);
	} else if (n < 20) {
		dynbuf_addf(ret, "%s %s", n == 11 ? first : words[feminine][n - 10],
			feminine ? "عشرة" : "عشر");
	} else {
		if (n % 10)
			dynbuf_addf(ret, "%s و", n % 10 == 1 ? first : words[feminine][n % 10]);
		dynbuf_addf(ret, "ال%s", tens_words[n / 10]);
	}
}

static void say_ordinal(uint64_t n, const char *ending, struct dynbuf *ret)
{
	say_ordinal_of(n, false, ret);
}

/* ---- dates and times ---- */

static void say_date(const struct date *d, const char *before, struct dynbuf *ret)
{
	static const char *const names[] = {"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو",
		"يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"};

	say_ordinal((uint64_t)d->day, "", ret);
	dynbuf_addf(ret, " من %s", names[d->month - 1]);
	if (d->year > 0) {
		dynbuf_adds(ret, " عام ");
		say((uint64_t)d->year, MASCULINE, ret);
	}
}

/* الساعة الثانية والنصف مساء. */
static void say_time(const struct time_of_day *t, const char *before, struct dynbuf *ret)
{
	static const struct noun minutes = {
		FEMININE, "دقيقة", "دقائق", "دقيقة", "دقيقة", "دقيقتين"};
	int hour = t->hour % 12 == 0 ? 12 : t->hour % 12;
	bool afternoon = t->half ? t->half == 'p' : t->hour >= 12;

	dynbuf_adds(
		ret, strcmp(before, "الساعه") == 0 || strcmp(before, "ساعه") == 0 ? "" : "الساعة ");
	if (hour == 1)
		dynbuf_adds(ret, "الواحدة");
	else
		say_ordinal_of((uint64_t)hour, true, ret);
	if (t->minute == 15 || t->minute == 20 || t->minute == 30) {
		dynbuf_adds(ret,
			t->minute == 15           ? " والربع"
				: t->minute == 20 ? " والثلث"
						  : " والنصف");
	} else if (t->minute > 0) {
		dynbuf_adds(ret, " و");
		say_counted((uint64_t)t->minute, &minutes, ret);
	}
	dynbuf_adds(ret, !afternoon ? " صباحا" : hour == 12 ? " ظهرا" : " مساء");
}

/* ---- units ---- */

#define M(one, two, few, many) \
	{ \
		MASCULINE, one, few, many, one, two \
	}
#define F(one, two, few) \
	{ \
		FEMININE, one, few, one, one, two \
	}

static const struct unit units[] = {
	{"%|٪", {MASCULINE, "بالمئة", "بالمئة", "بالمئة", "بالمئة", "اثنين بالمئة"}, {0}},
	{"كم/س",
		M("كيلومتر في الساعة", "كيلومترين في الساعة", "كيلومترات في الساعة",
			"كيلومترا في الساعة"),
		{0}},
	{"كم|km", M("كيلومتر", "كيلومترين", "كيلومترات", "كيلومترا"), {0}},
	{"م|m", M("متر", "مترين", "أمتار", "مترا"), {0}},
	{"سم|cm", M("سنتيمتر", "سنتيمترين", "سنتيمترات", "سنتيمترا"), {0}},
	{"ملم|مم|mm", M("ملليمتر", "ملليمترين", "ملليمترات", "ملليمترا"), {0}},
	{"كغ|كجم|kg", M("كيلوغرام", "كيلوغرامين", "كيلوغرامات", "كيلوغراما"), {0}},
	{"غ|جم|g", M("غرام", "غرامين", "غرامات", "غراما"), {0}},
	{"ملغ|مجم|mg", M("ملليغرام", "ملليغرامين", "ملليغرامات", "ملليغراما"), {0}},
	{"ل|L", M("لتر", "لترين", "لترات", "لترا"), {0}},
	{"مل|ml", M("ملليلتر", "ملليلترين", "ملليلترات", "ملليلترا"), {0}},
	{"°C|°م", F("درجة مئوية", "درجتين مئويتين", "درجات مئوية"), {0}},
	{"°", F("درجة", "درجتين", "درجات"), {0}},
	{"د", F("دقيقة", "دقيقتين", "دقائق"), {0}},
	{"دقيقة|دقائق", F("دقيقة", "دقيقتين", "دقائق"), {0}},
	{"ساعة|ساعات", F("ساعة", "ساعتين", "ساعات"), {0}},
	{"يوم|أيام|يوما", M("يوم", "يومين", "أيام", "يوما"), {0}},
	{"علبة|علب", F("علبة", "علبتين", "علب"), {0}},
	{"حبة|حبات", F("حبة", "حبتين", "حبات"), {0}},
	{0},
};

static const struct unit currencies[] = {
	{"ر.س|ر.س.|ريال|SAR", M("ريال", "ريالين", "ريالات", "ريالا"), F("هللة", "هللتين", "هللات")},
	{"ج.م|ج.م.|جنيه|EGP", M("جنيه", "جنيهين", "جنيهات", "جنيها"),
		M("قرش", "قرشين", "قروش", "قرشا")},
	{"د.إ|د.إ.|درهم|AED", M("درهم", "درهمين", "دراهم", "درهما"),
		M("فلس", "فلسين", "فلوس", "فلسا")},
	{"د.ك|د.ك.|KWD", M("دينار", "دينارين", "دنانير", "دينارا"), {0}},
	{"د.أ|JOD|دينار", M("دينار", "دينارين", "دنانير", "دينارا"), {0}},
	{"ل.س|SYP", F("ليرة", "ليرتين", "ليرات"), M("قرش", "قرشين", "قروش", "قرشا")},
	{"د.م.|MAD", M("درهم", "درهمين", "دراهم", "درهما"),
		M("سنتيم", "سنتيمين", "سنتيمات", "سنتيما")},
	{"$|USD|دولار", M("دولار", "دولارين", "دولارات", "دولارا"),
		M("سنت", "سنتين", "سنتات", "سنتا")},
	{"€|EUR|يورو", M("يورو", "يوروين", "يورو", "يورو"), M("سنت", "سنتين", "سنتات", "سنتا")},
	{"£|GBP", M("جنيه إسترليني", "جنيهين إسترلينيين", "جنيهات إسترلينية", "جنيها إسترلينيا"),
		M("بنس", "بنسين", "بنسات", "بنسا")},
	{"₴|UAH", F("هريفنيا", "هريفنيتين", "هريفنيات"), {0}},
	{"₽|RUB", M("روبل", "روبلين", "روبلات", "روبلا"), {0}},
	{0},
};

static const struct abbreviation abbreviations[] = {
	{"د.", "دكتور"},
	{"أ.", "أستاذ"},
	{"م.", "مهندس"},
	{"ص.ب.", "صندوق بريد"},
	{"ص.ب", "صندوق بريد"},
	{"إلخ.", "إلى آخره"},
	{"إلخ", "إلى آخره"},
	{"الخ", "إلى آخره"},
	{"№", "رقم"},
	{"&", "و"},
	{"+", "زائد"},
	{"=", "يساوي"},
	{"½", "نصف"},
	{"¼", "ربع"},
	{"¾", "ثلاثة أرباع"},
	{0},
};

const struct text_language text_ar = {
	.code = "ar",
	.numbers = numbers,
	.units_first = true,
	.decimal = '.',
	.prefix = "و",
	.say = say,
	.say_counted = say_counted,
	.say_decimals = say_decimals,
	.say_ordinal = say_ordinal,
	.say_date = say_date,
	.say_time = say_time,
	.units = units,
	.currencies = currencies,
	.abbreviations = abbreviations,
	.ordinals = "",
	.months = {"يناير|كانون الثاني|جانفي", "فبراير|شباط|فيفري", "مارس|آذار",
		"أبريل|إبريل|نيسان|أفريل", "مايو|أيار|ماي", "يونيو|حزيران|جوان",
		"يوليو|تموز|جويلية", "أغسطس|آب|أوت", "سبتمبر|أيلول", "أكتوبر|تشرين الأول",
		"نوفمبر|تشرين الثاني", "ديسمبر|كانون الأول"},
	.am = "ص|صباحا|صباحًا|صباحاً",
	.pm = "م|مساء|مساءً",
	.cents_and = " و",
	.minus = "ناقص",
	.to = "إلى",
	.plus = "زائد",
	.at = "آت",
	.dot = "نقطة",
	.dash = "شرطة",
	.underscore = "شرطة سفلية",
	.over = "على",
	.slash = "شرطة مائلة",
	.pause = "، ",
	.phone = PHONE_DIGITS,
};
