/* How much redact finds and how much it masks for nothing, on the sentences of tests/data/redact/corpus.py: by kind, by
 * language, written and spoken. REDACT_CORPUS=tune: those it was tuned with, and what was missed. */
#include <errno.h>
#include <stdlib.h>

#include "find.h"
#include "tap.h"
#include "tongue.h"

#define LINE_MAX_BYTES 4096
#define VALUES_MAX 4
#define FORMS 2

static const char *const languages[] = {"en", "fr", "ar", "ru", "uk"};
static const char *const forms[FORMS] = {"written", "spoken"};

struct value {
	enum pii kind;
	size_t at, n; /* bytes of the text */
};

struct sentence {
	size_t language, form;
	unsigned asked;
	char text[LINE_MAX_BYTES];
	size_t n; /* its bytes */
	struct value value[VALUES_MAX];
	size_t values;
};

struct count {
	int values, found; /* what there was, and what was masked whole and as what it is */
	int leaked;        /* values of which anything was left */
	int wrong;         /* masks of this kind over nothing personal */
};

static struct count counts[ARRAY_LEN(languages)][FORMS][PII_KINDS];
static int plain[ARRAY_LEN(languages)][FORMS];   /* sentences without anything personal */
static int touched[ARRAY_LEN(languages)][FORMS]; /* and those of which something was masked */
static bool telling;

static size_t index_of(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return i;
	printf("Bail out! '%s' is not known\n", word);
	exit(1);
}

static enum pii kind_of(const char *word, size_t n)
{
	for (enum pii kind = 0; kind < PII_KINDS; kind++)
		if (strlen(pii_name(kind)) == n && strncmp(pii_name(kind), word, n) == 0)
			return kind;
	printf("Bail out! no kind: %s\n", word);
	exit(1);
}

/* {KIND:value} */
static void read_text(const char *p, struct sentence *s)
{
	for (; *p && *p != '\n'; p++) {
		if (*p != '{') {
			s->text[s->n++] = *p;
			continue;
		}
		size_t name = strcspn(++p, ":"), n = strcspn(p + name + 1, "}");
		s->value[s->values++] = (struct value){kind_of(p, name), s->n, n};
		memcpy(s->text + s->n, p + name + 1, n);
		s->n += n;
		p += name + 1 + n;
	}
	s->text[s->n] = '\0';
}

static void read_line(char *line, struct sentence *s)
{
	char *save, *word;

	*s = (struct sentence){.n = 0};
	s->language = index_of(languages, ARRAY_LEN(languages), strtok_r(line, "\t", &save));
	s->form = index_of(forms, FORMS, strtok_r(NULL, "\t", &save));
	word = strtok_r(NULL, "\t", &save);
	s->asked = strcmp(word, "-") == 0 ? 0 : PII_BIT(kind_of(word, strlen(word)));
	read_text(save, s);
}

/* Bytes of the value that are letters or digits and in no span; *ret_kind: one of the spans is of its kind. */
static size_t left(
	const struct sentence *s, const struct value *v, const struct finds *f, bool *ret_kind)
{
	size_t n = 0;

	*ret_kind = false;
	for (size_t at = v->at; at < v->at + v->n; at++) {
		bool in = strchr(" ,.-()", s->text[at]);
		for (size_t i = 0; i < f->n; i++)
			if (at >= f->span[i].at && at < f->span[i].at + f->span[i].n) {
				in = true;
				*ret_kind = *ret_kind || f->span[i].kind == v->kind;
			}
		n += !in;
	}
	return n;
}

static void tell(const char *what, const struct sentence *s, const struct finds *f)
{
	if (!telling)
		return;
	printf("# %s %s: %s  ->", what, languages[s->language], s->text);
	for (size_t i = 0; i < f->n; i++)
		printf(" %s<%.*s>", pii_name(f->span[i].kind), (int)f->span[i].n,
			s->text + f->span[i].at);
	printf("\n");
}

static void judge(const struct sentence *s, const struct finds *f)
{
	struct count *c = counts[s->language][s->form];

	for (size_t i = 0; i < s->values; i++) {
		bool kind;
		size_t n = left(s, &s->value[i], f, &kind);
		c[s->value[i].kind].values++;
		c[s->value[i].kind].found += n == 0 && kind;
		c[s->value[i].kind].leaked += n > 0;
		if (n > 0 || !kind)
			tell(n > 0 ? "left" : "other kind", s, f);
	}
	for (size_t i = 0; i < f->n; i++) {
		bool on = false;
		for (size_t k = 0; k < s->values; k++)
			on = on ||
				(f->span[i].at < s->value[k].at + s->value[k].n &&
					s->value[k].at < f->span[i].at + f->span[i].n);
		if (!on) {
			c[f->span[i].kind].wrong++;
			tell("wrong", s, f);
		}
	}
	plain[s->language][s->form] += s->values == 0;
	touched[s->language][s->form] += s->values == 0 && f->n > 0;
}

static int run(const char *set)
{
	struct tongue tongues[TONGUES];
	struct find_context c = {.known = NULL};
	struct finds finds = {.n = 0};
	char command[128], line[LINE_MAX_BYTES];
	struct sentence s;
	int lines = 0;

	if (tongues_open(tongues) < 0)
		return -1;
	snprintf(command, sizeof(command), "python3 tests/data/redact/corpus.py %s", set);
	FILE *p = popen(command, "r");
	if (!p)
		return -1;
	for (; fgets(line, sizeof(line), p); lines++) {
		read_line(line, &s);
		c.asked = s.asked;
		if (find_spans(tongues, &c, s.text, s.n, &finds) < 0)
			return -1;
		judge(&s, &finds);
	}
	finds_free(&finds);
	tongues_close(tongues);
	return pclose(p) == 0 ? lines : -1;
}

static struct count sum_kind(enum pii kind, size_t form)
{
	struct count all = {0};

	for (size_t l = 0; l < ARRAY_LEN(languages); l++) {
		const struct count *c = &counts[l][form][kind];
		all.values += c->values;
		all.found += c->found;
		all.leaked += c->leaked;
		all.wrong += c->wrong;
	}
	return all;
}

static void print_table(void)
{
	printf("# kind      form     %8s %8s %8s %8s %8s %8s   wrong\n", "all", "en", "fr", "ar",
		"ru", "uk");
	for (enum pii kind = 0; kind < PII_CUSTOMER; kind++)
		for (size_t form = 0; form < FORMS; form++) {
			struct count all = sum_kind(kind, form);
			printf("# %-9s %-8s %8.3f", pii_name(kind), forms[form],
				(double)all.found / all.values);
			for (size_t l = 0; l < ARRAY_LEN(languages); l++)
				printf(" %8.3f",
					(double)counts[l][form][kind].found /
						counts[l][form][kind].values);
			printf(" %7d\n", all.wrong);
		}
	for (size_t form = 0; form < FORMS; form++) {
		int n = 0, t = 0;
		printf("# nothing   %-8s", forms[form]);
		for (size_t l = 0; l < ARRAY_LEN(languages); l++) {
			n += plain[l][form];
			t += touched[l][form];
		}
		printf(" %8.4f", (double)t / n);
		for (size_t l = 0; l < ARRAY_LEN(languages); l++)
			printf(" %8.4f", (double)touched[l][form] / plain[l][form]);
		printf("\n");
	}
}

/* What is asked of each kind, of written and spoken together in a language, and of all. */
static const struct {
	enum pii kind;
	double all, each;
} wanted[] = {{PII_PHONE, .97, .95}, {PII_EMAIL, .97, .95}, {PII_CARD, .97, .95},
	{PII_IBAN, .97, .95}, {PII_NAME, .90, .90}, {PII_ADDRESS, .90, .90}};

static void check_kind(size_t i)
{
	enum pii kind = wanted[i].kind;
	struct count w = sum_kind(kind, 0), s = sum_kind(kind, 1);
	double share = (double)(w.found + s.found) / (w.values + s.values);

	ok(share >= wanted[i].all, "%s: %.3f found of %d", pii_name(kind), share,
		w.values + s.values);
	for (size_t l = 0; l < ARRAY_LEN(languages); l++) {
		const struct count *a = &counts[l][0][kind], *b = &counts[l][1][kind];
		double one = (double)(a->found + b->found) / (a->values + b->values);
		ok(one >= wanted[i].each, "%s %s: %.3f", pii_name(kind), languages[l], one);
	}
}

int main(void)
{
	const char *set = getenv("REDACT_CORPUS");
	int n = 0, t = 0;

	telling = set != NULL;
	ok(run(set ? set : "report") > 3000, "the sentences are read");
	print_table();
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		check_kind(i);
	for (size_t l = 0; l < ARRAY_LEN(languages); l++)
		for (size_t form = 0; form < FORMS; form++) {
			n += plain[l][form];
			t += touched[l][form];
		}
	ok(t <= n / 100, "%d of %d sentences with nothing personal are touched", t, n);
	return done_testing();
}
