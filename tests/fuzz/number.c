/* number: a language, then any bytes as text. Numbers lie in the text one behind the other, their digits are digits,
 * and a number that is written alone is read as itself; what a language says of a number is that number.
 */
#include "text/number.h"

#include "fuzz.h"

#define NUMBERS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct number *n, size_t count, size_t size)
{
	size_t end = 0;

	for (size_t i = 0; i < count; i++) {
		MUST(n[i].at >= end || (i > 0 && n[i].at == n[i - 1].at));
		MUST(n[i].n > 0 && n[i].at + n[i].n <= size);
		end = n[i].at;
		MUST(strlen(n[i].digits) < NUMBER_SIZE && strlen(n[i].apart) < NUMBER_SIZE);
		MUST(strspn(n[i].digits, "0123456789") == strlen(n[i].digits));
		MUST(strspn(n[i].apart, "0123456789") == strlen(n[i].apart));
		MUST(n[i].value >= 0 && n[i].value < 1e30);
		MUST(!n[i].decimals || n[i].joined);
	}
}

static void say_and_hear(const struct text_language *l, double value)
{
	struct dynbuf b;
	struct number n;

	if (value > (double)SAY_MAX)
		return;
	dynbuf_init(&b, 4096);
	l->say((uint64_t)value, MASCULINE, &b);
	MUST(!dynbuf_failed(&b) && number_read(b.p, b.n, l, &n, 1) == 1);
	MUST(n.value == (double)(uint64_t)value);
	dynbuf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const codes[] = {"en", "fr", "ar", "ru", "uk", "xx"};
	struct number n[NUMBERS];

	if (size == 0)
		return 0;
	const struct text_language *l = text_language(codes[data[0] % 6]);
	char *p = fuzz_copy(data + 1, size - 1);
	size_t count = number_read(p, size - 1, l, n, NUMBERS);
	MUST(count <= NUMBERS);
	look_at(n, count, size - 1);
	if (l && count > 0)
		say_and_hear(l, n[0].value);
	free(p);
	return 0;
}
