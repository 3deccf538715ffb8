/* Records of a table: RFC 4180, what people make of it, and quotes that are not closed. */
#include "codec/csv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/dynbuf.h"
#include "random.h"
#include "tap.h"

static struct dynbuf b;

static void describe(const struct csv_record *r, int64_t line)
{
	static const char *const faults[] = {"", "quote", "long", "many"};

	if (r->fault == CSV_REST)
		return;
	dynbuf_addf(&b, "%s%lld%s", b.n ? " " : "", (long long)line, faults[r->fault]);
	if (r->fault == CSV_FINE)
		for (size_t i = 0; i < r->n; i++)
			dynbuf_adds(&b, "["), dynbuf_add(&b, r->fields[i].p, r->fields[i].n),
				dynbuf_adds(&b, "]");
	else if (r->raw.n < 100)
		dynbuf_addf(&b, "<%.*s>", (int)r->raw.n, r->raw.p);
	if (!r->ended && r->fault != CSV_TOO_LONG)
		dynbuf_adds(&b, ".");
}

/* All records; bytes are given `step` more at a time, at an end where an allocation ends. */
static const char *read_all(const char *text, size_t n, char delimiter, size_t step)
{
	size_t at = 0, have = 0;
	struct csv_record r;
	int64_t line = 1;
	struct csv c;

	dynbuf_reset(&b);
	if (csv_init(&c, delimiter) == -1)
		return "no memory";
	for (;;) {
		char *copy = malloc(have - at + 1);
		size_t taken;

		memcpy(copy, text + at, have - at);
		taken = csv_next(&c, copy, have - at, have == n, &r);
		if (taken) {
			describe(&r, line);
			line += (int64_t)r.lines;
			at += taken;
		}
		free(copy);
		if (!taken && have == n)
			break;
		if (!taken)
			have = have + step > n ? n : have + step;
	}
	csv_free(&c);
	return b.p;
}

static void is_read(char delimiter, const char *text, const char *want)
{
	size_t n = strlen(text);

	is_str(read_all(text, n, delimiter, n), want, "%s", want);
	is_str(read_all(text, n, delimiter, 1), want, "the same, byte by byte");
}

static void test_long(void)
{
	size_t n = CSV_RECORD_MAX;
	char *text = malloc(4 * n);

	memset(text, 'a', 4 * n);
	memcpy(text, "x,y\n", 4);
	memcpy(text + 3 * n, "\nz\n", 3);
	is_str(read_all(text, 3 * n + 3, ',', 1 << 16), "1[x][y] 2long 3[z]",
		"a line that is too long is passed over, and the next one is read");
	memcpy(text + 4, "\"bc\nd,e\n", 8);
	is_str(read_all(text, 3 * n + 3, ',', 1 << 16), "1[x][y] 2quote<\"bc> 3[d][e] 4long 5[z]",
		"a quote that is not closed for so long costs a line");
	memset(text, 'a', n);
	text[n] = '\n';
	is_str(read_all(text, n + 1, ',', n), "1long", "as long as a record may be, and no end");
	text[n - 1] = '\n';
	dynbuf_reset(&b);
	ok(strlen(read_all(text, n, ',', n)) == n + 2, "as long as a record may be, and whole");
	free(text);
}

static void test_many(void)
{
	char text[CSV_FIELDS_MAX + 8];

	memset(text, ',', sizeof(text));
	memcpy(text + sizeof(text) - 4, "\nb,c", 4);
	read_all(text, sizeof(text), ',', sizeof(text));
	ok(strncmp(b.p, "1many ", 6) == 0 || strncmp(b.p, "1many<", 6) == 0, "too many fields");
	is_str(strrchr(b.p, ' '), " 2[b][c].", "and the next record is read");
}

/* What is written by the rules is read as it was. */
static void test_random(void)
{
	static const char letters[] = "ab,;\"\r\n\t ";
	uint64_t seed = 4180;
	bool same = true;

	for (int round = 0; round < 3000 && same; round++) {
		struct dynbuf text, want;
		size_t records = 1 + random_below(&seed, 4);

		dynbuf_init(&text, 1 << 16);
		dynbuf_init(&want, 1 << 16);
		for (size_t i = 0; i < records; i++) {
			size_t fields = 1 + random_below(&seed, 3);
			for (size_t k = 0; k < fields; k++) {
				size_t n = random_below(&seed, 6);
				dynbuf_adds(&text, k ? ",\"" : "\"");
				dynbuf_adds(&want, "[");
				for (size_t j = 0; j < n; j++) {
					char c = letters[random_below(&seed, sizeof(letters) - 1)];
					dynbuf_add(&text, "\"\"", c == '"' ? 2 : 0);
					dynbuf_add(&text, &c, c != '"');
					dynbuf_add(&want, &c, 1);
				}
				dynbuf_adds(&text, "\"");
				dynbuf_adds(&want, "]");
			}
			dynbuf_adds(&text, "\n");
		}
		read_all(text.p, text.n, ',', 1 + random_below(&seed, 9));
		/* without the numbers of lines, which stand behind a blank */
		for (char *p = b.p, *to = b.p; p; p++) {
			if (p == b.p || (p[0] == ' ' && p[-1] == ']' && p[1] >= '0' && p[1] <= '9'))
				p += strcspn(p, "[");
			*to++ = *p;
			if (!*p)
				break;
		}
		same = strcmp(b.p, want.p) == 0;
		if (!same)
			printf("# '%s' became '%s', not '%s'\n", text.p, b.p, want.p);
		dynbuf_free(&text);
		dynbuf_free(&want);
	}
	ok(same, "3000 tables that were written are read as they were");
}

int main(void)
{
	dynbuf_init(&b, 16 << 20);
	is_read(',', "", "");
	is_read(',', "a", "1[a].");
	is_read(',', "a,b\n", "1[a][b]");
	is_read(',', "a,b\r\nc,\rd\n\ne", "1[a][b] 2[c][] 3[d] 4[] 5[e].");
	is_read(';', "a;b,c\n", "1[a][b,c]");
	is_read('\t', "a\t\"b\tc\"", "1[a][b\tc].");
	is_read(',', "\"a,\"\"b\"\"\r\nc\",d\ne", "1[a,\"b\"\r\nc][d] 3[e].");
	is_read(',', "\"a\rb\"\nc\n", "1[a\rb] 3[c]");
	is_read(',', "a \"b\" c,5\"\n", "1[a \"b\" c][5\"]");
	is_read(',', "a, \"b, c\" ,d\n", "1[a][b, c ][d]");
	is_read(',', "\"Jean\" Dupont,x\n", "1[Jean Dupont][x]");
	is_read(',', "\"\",\"\"\"\"\n", "1[][\"]");
	is_read(',', "a,\"b\nc,d\ne\n", "1quote<a,\"b> 2[c][d] 3[e]");
	is_read(',', "a,\"b\nc,\"d\"\n", "1quote<a,\"b> 2[c][d]");
	is_read(',', "a,\"b", "1quote<a,\"b>.");
	is_read(',', "\"", "1quote<\">.");
	is_read(',', ",\n", "1[][]");
	is_str(read_all("a\0b,c\n", 6, ',', 6), "1[a", "a NUL is a byte as any other");
	ok(!csv_why(CSV_FINE), "nothing is wrong with a record");
	is_str(csv_why(CSV_OPEN_QUOTE), "a quote is not closed", "or what it is");
	test_long();
	test_many();
	test_random();
	dynbuf_free(&b);
	return done_testing();
}
