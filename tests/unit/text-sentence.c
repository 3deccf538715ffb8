#include "text/sentence.h"

#include <stdlib.h>

#include "base/dynbuf.h"
#include "random.h"
#include "tap.h"
#include "text/utf8.h"

/* "|" stands where one sentence ends and the next begins. */
static const char *const rows[] = {
	"",
	"Hello",
	"Hello.",
	"Hello. | How are you? | Fine!",
	"What?! | No... | Yes… | Ok",
	"It costs 3.50 dollars. | Call 12.34.56.",
	"Mail me at info@example.com. | Thanks.",
	"Dr. Smith and Mrs. Jones met J. R. R. Tolkien at 5 p.m. today.",
	"Come at 5 p.m. | Bring the box.",
	"The U.S. Army.",
	"Use e.g. Internet, i.e. the web.",
	"Boxes, bags, etc. | They are here.",
	"Boxes, bags, etc. are here.",
	"1. Unplug the box. | 2. Wait. | 3. Plug it in.",
	"It is 25. | That is all.",
	"Version 2.0 is here. | It is approx. five times faster.",
	"He said \"Stop.\" | Then he left.",
	"He said (yes!) and left. | (Really.) | Good.",
	"Well... perhaps. | Well... | Perhaps.",
	"« Quoi ? » dit-il. | « Où ? » | Là.",
	"Line one | line two | line three",
	"No. 5 is alive.",
	"Your total is $5. | Pay now.",
	/* French */
	"Bonjour ! | Comment allez-vous ? | Très bien.",
	"M. Dupont et Mme. Durand habitent av. Foch.",
	"Il dit : « Quoi ? » | Puis il part.",
	"Le n° 5, c.-à-d. le dernier. | Merci.",
	"Cela fait 12,50 €. | Merci.",
	"J. Dupont. | Oui.",
	/* Russian, Ukrainian */
	"Здравствуйте! | Чем могу помочь? | Жду.",
	"Ул. Ленина, д. 5, кв. 12. | Спасибо.",
	"Он родился в 1990 г. | Потом уехал.",
	"г. Москва далеко.",
	"Цена 500 руб. | Спасибо.",
	"Цена 500 руб. за штуку.",
	"И т.д. | Потом всё.",
	"И т.д. и т.п. | Всё.",
	"Т.е. да. | Нет.",
	"Вул. Хрещатик, буд. 1. | Дякую.",
	"Це коштує 25 грн. | Дякую!",
	"А. С. Пушкин. | Да.",
	/* Arabic */
	"مرحباً. | كيف حالك؟ | بخير!",
	"د. أحمد هنا. | شكراً.",
	"السعر ٣٫٥٠ ريال. | حسناً",
	"نعم؛ لا، ربما. | انتهى۔ | شكرا",
	"السعر 62.50 ر.س. | هل أؤكد الطلب؟",
	/* nothing to say */
	"... | Yes.",
};

/* Split text and put it together with " | ". */
static void split(const char *text, size_t n, struct dynbuf *ret)
{
	size_t pos = 0, bytes;
	const char *p;

	dynbuf_reset(ret);
	while (sentence_next(text, n, &pos, &p, &bytes)) {
		if (ret->n)
			dynbuf_adds(ret, " | ");
		dynbuf_add(ret, p, bytes);
	}
}

/* The same of a text that comes in pieces of 1 to `most` bytes. */
static void split_pieces(
	const char *text, size_t n, uint64_t *seed, uint64_t most, struct dynbuf *ret)
{
	size_t pos = 0, bytes, have = 0;
	const char *p;

	dynbuf_reset(ret);
	while (have < n) {
		have += 1 + random_below(seed, most);
		have = have < n ? have : n;
		char *piece = strndup(text, have); /* a sanitizer sees who reads on */
		while (sentence_sure(piece, have, &pos, &p, &bytes)) {
			dynbuf_adds(ret, ret->n ? " | " : "");
			dynbuf_add(ret, p, bytes);
		}
		free(piece);
	}
	while (sentence_next(text, n, &pos, &p, &bytes)) {
		dynbuf_adds(ret, ret->n ? " | " : "");
		dynbuf_add(ret, p, bytes);
	}
}

static void test_examples(void)
{
	struct dynbuf text, got;
	uint64_t seed = 1;

	dynbuf_init(&text, 65536);
	dynbuf_init(&got, 65536);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *want = rows[i], *glue = strncmp(want, "Line", 4) ? " " : "\n";
		dynbuf_reset(&text);
		for (const char *p = want; *p; p++)
			if (strncmp(p, " | ", 3) == 0 && (dynbuf_adds(&text, glue), p += 2))
				continue;
			else
				dynbuf_add(&text, p, 1);
		split(text.p, text.n, &got);
		want = strncmp(want, "... | ", 6) ? want : want + 6;
		is_str(got.p, want, "row %zu", i);
		split_pieces(text.p, text.n, &seed, 1, &got);
		is_str(got.p, want, "row %zu, byte by byte", i);
	}
	dynbuf_free(&got);
	dynbuf_free(&text);
}

/* A sentence of words, commas and no end; every piece ends where it should. */
static void test_long(void)
{
	struct dynbuf text;
	size_t pos = 0, n, pieces = 0, bytes = 0;
	const char *p;
	bool fits = true, clauses = true;

	dynbuf_init(&text, 65536);
	for (int i = 0; i < 2000; i++)
		dynbuf_addf(&text, "слово%d%s ", i, i % 20 == 19 ? "," : "");
	while (sentence_next(text.p, text.n, &pos, &p, &n)) {
		fits = fits && n <= SENTENCE_MAX && n > SENTENCE_MAX / 4 - 1 && utf8_valid(p, n);
		clauses = clauses && p[n - 1] == ',';
		pieces++;
		bytes += n + 1;
		if (pos == text.n)
			break;
	}
	ok(fits && pieces > 2000 * 14 / 1024, "a long sentence is cut into pieces that fit");
	ok(clauses, "at its commas");
	is_int(bytes, text.n, "and nothing is lost");
	dynbuf_reset(&text);
	for (int i = 0; i < 3000; i++)
		dynbuf_adds(&text, i % 100 == 99 ? "й " : "й");
	pos = 0;
	ok(sentence_next(text.p, text.n, &pos, &p, &n) && n == 5 * 201 - 1,
		"without commas between words");
	dynbuf_reset(&text);
	for (int i = 0; i < 1000; i++)
		dynbuf_adds(&text, "€");
	pos = 0;
	ok(!sentence_next(text.p, text.n, &pos, &p, &n), "nothing to say, however long");
	dynbuf_reset(&text);
	for (int i = 0; i < 1000; i++)
		dynbuf_adds(&text, "語");
	pos = 0;
	ok(sentence_next(text.p, text.n, &pos, &p, &n) && n == 1023 && utf8_valid(p, n),
		"without blanks between characters");
	dynbuf_free(&text);
}

/* Words and marks at random: pieces fit, follow each other, and each alone is one sentence again. */
static void test_random(void)
{
	static const char *const parts[] = {"a", "Bcd", ".", " ", "5", "?", "!", "…", "Dr", "etc",
		"г", "Да", "»", "\"", " ", " ", "\n", "،", "؟", "п.м", "-"};
	struct dynbuf text, again;
	uint64_t seed = 7;
	bool good = true;

	dynbuf_init(&text, 65536);
	dynbuf_init(&again, 65536);
	for (int round = 0; round < 20000 && good; round++) {
		size_t pos = 0, n;
		const char *p, *last;
		dynbuf_reset(&text);
		for (uint64_t k = random_below(&seed, 20); k > 0; k--)
			dynbuf_adds(&text, parts[random_below(&seed, ARRAY_LEN(parts))]);
		last = text.p;
		while (good && sentence_next(text.p, text.n, &pos, &p, &n)) {
			good = p >= last && n > 0 && p + n <= text.p + pos && pos <= text.n;
			last = p + n;
			split(p, n, &again);
			good = good && again.n == n && memcmp(again.p, p, n) == 0;
		}
		if (!good)
			printf("# '%s': '%.*s': '%s'\n", text.p, (int)n, p, again.p);
	}
	ok(good, "a sentence is one sentence");
	dynbuf_free(&again);
	dynbuf_free(&text);
}

/* However it is cut, a text that comes in pieces has the sentences of the whole. */
static void test_pieces(void)
{
	static const char *const parts[] = {"a", "Bcd", ".", " ", "5", "?", "!", "…", "Dr", "etc",
		"г", "Да", "»", "\"", " ", " ", "\n", "،", "؟", "п.м", "-", "\xe2\x80", "語", "(",
		"U.S", "1.", "word word, word word word "};
	struct dynbuf text, whole, pieces;
	uint64_t seed = 11;
	bool good = true;

	dynbuf_init(&text, 65536);
	dynbuf_init(&whole, 65536);
	dynbuf_init(&pieces, 65536);
	for (int round = 0; round < 6000 && good; round++) {
		uint64_t many = round % 20 ? 20 : 400;
		dynbuf_reset(&text);
		for (uint64_t k = random_below(&seed, many); k > 0; k--)
			dynbuf_adds(&text,
				parts[random_below(&seed,
					      round % 40 ? ARRAY_LEN(parts)
							 : ARRAY_LEN(parts) * 8) %
					ARRAY_LEN(parts)]);
		split(text.p, text.n, &whole);
		split_pieces(text.p, text.n, &seed, round % 20 ? 4 : 60, &pieces);
		good = pieces.n == whole.n && memcmp(pieces.p, whole.p, whole.n) == 0;
		if (!good)
			printf("# '%s': '%s': '%s'\n", text.p, whole.p, pieces.p);
	}
	ok(good, "in pieces as whole");
	dynbuf_reset(&text);
	for (int i = 0; i < 300; i++)
		dynbuf_adds(&text, "слово ");
	split(text.p, text.n, &whole);
	split_pieces(text.p, text.n, &seed, 3, &pieces);
	is_str(pieces.p, whole.p, "one too long is cut in the same places");
	dynbuf_free(&pieces);
	dynbuf_free(&whole);
	dynbuf_free(&text);
}

/* When a sentence is sure. */
static void test_sure(void)
{
	/* "|": it is given when this much has come */
	static const char *const sure[] = {"Hello. W|", "Hello! W|", "Hello?\nW|", "Wait... N|",
		"One\n|", "It costs 3.50 euros. T|", "Mr. Smith came. \"|N", "Oui ! L|"};
	bool good = true;

	for (size_t i = 0; i < ARRAY_LEN(sure); i++) {
		size_t n = strcspn(sure[i], "|"), pos = 0, bytes;
		const char *p;
		for (size_t have = 0; have < n && good; have++)
			good = !sentence_sure(sure[i], have, &pos, &p, &bytes);
		bool given = sentence_sure(sure[i], n, &pos, &p, &bytes);
		good = good && given == (sure[i][n + 1] == '\0');
		if (!good)
			printf("# '%s'\n", sure[i]);
	}
	ok(good, "a sentence is given with the first letter of the next, not before");
}

static void test_heard(void)
{
	static const char text[] = "One two three four.";
	static const char arabic[] =
		"\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 \xd8\xa8\xd9\x83"; /* marhaban bik */

	is_int(sentence_heard(text, 19, 0, 1000), 0, "nothing was heard");
	is_int(sentence_heard(text, 19, 1000, 1000), 19, "all of it");
	is_int(sentence_heard(text, 19, 1200, 1000), 19, "more than there was");
	is_int(sentence_heard(text, 19, 500, 0), 0, "how much there was is not known");
	is_int(sentence_heard(text, 19, 500, 1000), 7,
		"half of it: the third word was not finished");
	is_int(sentence_heard(text, 19, 20, 1000), 0, "not one word");
	is_int(sentence_heard(arabic, sizeof(arabic) - 1, 900, 1000), 10,
		"between words, not within a letter");
	for (int64_t ms = 0; ms <= 1000; ms++) {
		size_t n = sentence_heard(text, 19, ms, 1000);

		if (n != 0 && n != 3 && n != 7 && n != 13 && n != 19) {
			ok(false, "%d ms: cut within a word, at %zu", (int)ms, n);
			return;
		}
	}
	ok(true, "wherever it is cut, it is between two words");
}

int main(void)
{
	test_examples();
	test_long();
	test_random();
	test_pieces();
	test_sure();
	test_heard();
	return done_testing();
}
