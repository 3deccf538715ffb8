/* numbers [--time N]: lines "COUNTRY TAB TEXT" from standard input, and what e164_parse makes of each: a line
 *
 *	+33612345678 TAB FR TAB mobile TAB Europe/Paris TAB extension
 *
 * or "- TAB fault TAB why" (fault: the number of enum e164_fault). COUNTRY may be empty. --time N: all lines N times over;
 * instead how many lines, how many of them are numbers, and the nanoseconds a line of the quickest round.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/e164.h"

#define TEXT_MAX (INT64_C(256) << 20) /* bytes of input */

struct text {
	char *bytes; /* of the input */
	size_t n;    /* of them */
};

static void tell(const struct e164 *number)
{
	if (number->fault != E164_FINE)
		printf("-\t%d\t%s\n", (int)number->fault, e164_why(number->fault));
	else
		printf("%s\t%s\t%s\t%s\t%s\n", number->number, number->country,
			e164_type_name(number->type), number->zones, number->extension);
}

/* All lines: how many, and *ret_good of them are numbers. */
static size_t each(const struct text *text, bool told, size_t *ret_good)
{
	const char *end = text->bytes + text->n;
	size_t n = 0;

	*ret_good = 0;
	for (const char *line = text->bytes; line < end; n++) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		const char *tab = memchr(line, '\t', (size_t)(end - line));
		char country[3] = "";
		struct e164 number;

		if (!stop)
			stop = end;
		if (tab && tab < stop) {
			if (tab - line == 2)
				memcpy(country, line, 2);
			line = tab + 1;
		}
		*ret_good += e164_parse(line, (size_t)(stop - line),
				     *country ? e164_country(country) : NULL, &number) == 0;
		if (told)
			tell(&number);
		line = stop + 1;
	}
	return n;
}

static int read_all(struct text *ret)
{
	size_t got;

	ret->bytes = malloc(TEXT_MAX);
	ret->n = 0;
	if (!ret->bytes)
		return -1;
	while ((got = fread(ret->bytes + ret->n, 1, TEXT_MAX - ret->n, stdin)) > 0)
		ret->n += got;
	return 0;
}

int main(int argc, char **argv)
{
	long rounds = argc == 3 && strcmp(argv[1], "--time") == 0 ? strtol(argv[2], NULL, 10) : 0;
	int64_t best = INT64_MAX;
	struct text text;
	size_t n = 0, good;

	if (read_all(&text) == -1)
		return EXIT_SYSTEM;
	if (!rounds)
		n = each(&text, true, &good);
	for (long i = 0; i < rounds; i++) {
		int64_t from = now_ns(), ns;

		n = each(&text, false, &good);
		ns = now_ns() - from;
		best = ns < best ? ns : best;
	}
	if (rounds && n)
		printf("%zu %zu %.1f\n", n, good, (double)best / (double)n);
	free(text.bytes);
	return 0;
}
