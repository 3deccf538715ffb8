#include "text/fold.h"

#include "random.h"
#include "tap.h"
#include "text/utf8.h"

static const struct {
	const char *text, *folded;
} rows[] = {
	{"", ""},
	{" \t\n ", ""},
	{"?!... —", ""},
	{"Hello,  World!", "hello world"},
	{"mm-hm", "mm hm"},
	{"I don't know, can’t say; isn't it?", "i dont know cant say isnt it"},
	{"it's 5 o'clock", "it s 5 o clock"},
	{"n't", "n t"},
	{"isn'tx", "isn tx"},
	{"wi-fi / Wi‑Fi", "wi fi wi fi"},
	{"(a)b[c]", "a b c"},
	/* French */
	{"Déjà-vu, à l’Hôtel « Où ça ? »", "deja vu a l hotel ou ca"},
	{"l'internet", "l internet"},
	{"D'ACCORD", "d accord"},
	{"Œuvre, cœur, ex æquo", "oeuvre coeur ex aequo"},
	{"quatre-vingt-dix-neuf", "quatre vingt dix neuf"},
	{"e\xcc\x81te\xcc\x81", "ete"},
	{"Straße, İstanbul, Łódź, Ångström, ﬁnal", "strasse istanbul lodz angstrom final"},
	{"１２ Ａｂ", "12 ab"},
	{"n° 5, № 6, m²", "n 5 no 6 m2"},
	/* Arabic */
	{"أهلاً وسهلاً", "اهلا وسهلا"},
	{"إلى الأمام", "الي الامام"},
	{"آسف", "اسف"},
	{"ٱلسلام", "السلام"},
	{"مئة", "ميه"},
	{"مية", "ميه"},
	{"مائة", "مايه"},
	{"مسؤول", "مسوول"},
	{"شيء", "شي"},
	{"ء", ""},
	{"نعم ء لا", "نعم لا"},
	{"صيدليّة النّور", "صيدليه النور"},
	{"مــرحــبــا", "مرحبا"},
	{"یک کتاب", "يك كتاب"},
	{"٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹", "0123456789 0123456789"},
	{"كم السعر؟ عشرة، أو أكثر؛", "كم السعر عشره او اكثر"},
	{"ﻣﺮﺣﺒﺎ ﻻ", "مرحبا لا"},
	{"ﺁﺃﺇﺍﺏﺓﺕﻯﻱﻼﻼ", "اااابهتييلالا"},
	{"ه‌ه", "هه"},
	/* Russian, Ukrainian */
	{"Ёлка, ещё", "елка еще"},
	{"е\xcc\x88лка", "елка"},
	{"Мой и мои", "мой и мои"},
	{"и\xcc\x86од", "йод"},
	{"И\xcc\x86од", "йод"},
	{"п'ять, п’ять, пʼять", "пять пять пять"},
	{"об'єкт", "обєкт"},
	{"Київ, Киiв", "киів киів"},
	{"ґрунт, Ґанок", "грунт ганок"},
	{"кіт и кит", "кіт и кит"},
	{"це є не е", "це є не е"},
	{"Bот тaк", "bот так"},
	{"'слово' \"слово\"", "слово слово"},
	{"кое-что", "кое что"},
	{"Алло 5G", "алло 5g"},
	/* no text */
	{"a\xff\x80z", "a z"},
	{"\xe2\x82", ""},
	{"😀 да 👍🏽", "да"},
	{"a\xc2\xad"
	 "b\xe2\x80\x8b"
	 "c",
		"abc"},
};

static void test_examples(void)
{
	struct dynbuf b, again;

	dynbuf_init(&b, 65536);
	dynbuf_init(&again, 65536);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ok(fold_text(rows[i].text, strlen(rows[i].text), &b) == 0, "row %zu", i);
		is_str(b.p, rows[i].folded, "is folded");
		ok(fold_text(b.p, b.n, &again) == 0 && strcmp(again.p, b.p) == 0, "and stays so");
	}
	dynbuf_free(&again);
	dynbuf_free(&b);
}

/* Characters that meet each other in the rules, at random. */
static void test_idempotent(void)
{
	static const char *const parts[] = {"a", "n", "'", "t", "т", "и", "\xcc\x86", "\xcc\x88",
		"і", "i", "é", "œ", "ء", "ئ", "ﻼ", "٣", "é", " ", ".", "\xff", "１", "Ё", "п", "’",
		"ñ", "ß", "\xe2\x80\x8c", "ς"};
	struct dynbuf text, b, again;
	uint64_t seed = 1;
	bool same = true, small = true, plain = true;

	dynbuf_init(&text, 4096);
	dynbuf_init(&b, 65536);
	dynbuf_init(&again, 65536);
	for (int round = 0; round < 20000 && same; round++) {
		dynbuf_reset(&text);
		for (uint64_t n = random_below(&seed, 12); n > 0; n--)
			dynbuf_adds(&text, parts[random_below(&seed, ARRAY_LEN(parts))]);
		same = fold_text(text.p, text.n, &b) == 0 && fold_text(b.p, b.n, &again) == 0 &&
			strcmp(b.p, again.p) == 0;
		small = small && b.n <= text.n * 2;
		plain = plain && utf8_valid(b.p, b.n) && !strstr(b.p, "  ") && b.p[0] != ' ' &&
			(b.n == 0 || b.p[b.n - 1] != ' ');
		if (!same)
			printf("# '%s': '%s', then '%s'\n", text.p, b.p, again.p);
	}
	ok(same, "folding what is folded changes nothing");
	ok(small, "two bytes for one at most");
	ok(plain, "valid, single blanks between words");
	dynbuf_free(&again);
	dynbuf_init(&again, 3);
	ok(fold_text("abcd", 4, &again) < 0, "a buffer that is too small is said");
	dynbuf_free(&again);
	dynbuf_free(&b);
	dynbuf_free(&text);
}

int main(void)
{
	test_examples();
	test_idempotent();
	return done_testing();
}
