#include "base/opt.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/dynbuf.h"
#include "base/log.h"
#include "base/near.h"
#include "base/version.h"

#define HELP_COLUMNS 100
#define HELP_LEFT_MAX 34
#define WHY_BYTES 256

/* What getopt_long returns: the letter, or LONG plus the number of the row; beyond the rows: */
enum { LONG = 256, HELP = 1 << 16, VERSION };

/* Of the last opt_parse: its rows, and where each has its value from. */
static const struct opt_row *parsed;
static enum source { DEFAULT, ENVIRONMENT, LINE } source[OPT_ROWS_MAX];

static size_t count_rows(const struct opt_row *rows)
{
	size_t n = 0;

	while (rows[n].name)
		n++;
	return n;
}

static bool is_word_of(const char *words, const char *s)
{
	size_t n = strlen(s);

	for (;;) {
		size_t word = strcspn(words, "|");

		if (word == n && strncmp(words, s, n) == 0)
			return true;
		words += word;
		if (!*words++)
			return false;
	}
}

static int parse_flag(const char *s, bool *ret)
{
	if (is_word_of("1|yes|true", s))
		*ret = true;
	else if (is_word_of("0|no|false", s))
		*ret = false;
	else
		return -1;
	return 0;
}

/* Set the variable of a row; -1, and why not. */
static int set_value(const struct opt_row *row, const char *value, char *why)
{
	bool any = row->min == 0 && row->max == 0;
	int64_t min = any ? INT64_MIN : row->min, max = any ? INT64_MAX : row->max;

	switch (row->kind) {
	case OPT_FLAG:
		snprintf(why, WHY_BYTES, "must be 1, 0, yes, no, true or false");
		return parse_flag(value, row->var);
	case OPT_INT:
		if (any)
			snprintf(why, WHY_BYTES, "must be an integer");
		else
			snprintf(why, WHY_BYTES, "must be an integer from %" PRId64 " to %" PRId64,
				min, max);
		return parse_int(value, min, max, row->var);
	case OPT_CHOICE:
		snprintf(why, WHY_BYTES, "must be one of %s", row->arg);
		if (!is_word_of(row->arg, value))
			return -1;
		break;
	case OPT_STR:
		break;
	}
	*(const char **)row->var = value;
	return 0;
}

/* A number out of its own range stands for none. */
static bool in_range(const struct opt_row *row, int64_t n)
{
	return (row->min == 0 && row->max == 0) || (n >= row->min && n <= row->max);
}

/* Text for the right column of --help. */
static void describe(struct dynbuf *b, const struct opt_row *row)
{
	const char *sep = row->env ? ", " : "";
	const char *s;
	bool number = row->kind == OPT_INT && in_range(row, *(int64_t *)row->var);

	dynbuf_adds(b, row->help);
	s = row->kind == OPT_STR || row->kind == OPT_CHOICE ? *(const char **)row->var : NULL;
	if (!row->env && !number && !s)
		return;
	dynbuf_addf(b, " [%s", row->env ? row->env : "");
	if (number)
		dynbuf_addf(b, "%sdefault %" PRId64, sep, *(int64_t *)row->var);
	else if (s)
		dynbuf_addf(b, "%sdefault %s", sep, s);
	dynbuf_adds(b, "]");
}

/* Print text from a column on, broken between words; the cursor is at column `at`. */
static void print_wrapped(const char *text, int at, int column)
{
	bool first = true;

	if (at && at + 2 > column) {
		putchar('\n');
		at = 0;
	}
	at += printf("%*s", column - at, "");
	while (*text) {
		int word = (int)strcspn(text, " ");

		if (!first && at + 1 + word > HELP_COLUMNS) {
			at = printf("\n%*s", column, "") - 1;
			first = true;
		}
		at += printf("%s%.*s", first ? "" : " ", word, text);
		first = false;
		text += word;
		text += *text == ' ';
	}
	putchar('\n');
}

/* Left column of --help: "  -n, --max-calls=N". */
static void name_row(struct dynbuf *b, const struct opt_row *row)
{
	dynbuf_reset(b);
	if (row->letter)
		dynbuf_addf(b, "  -%c, --%s", row->letter, row->name);
	else
		dynbuf_addf(b, "      --%s", row->name);
	if (row->kind != OPT_FLAG)
		dynbuf_addf(b, "=%s", row->arg);
}

static int print_help(const struct opt_page *page, const struct opt_row *rows)
{
	static const struct opt_row standard[] = {
		{.name = "help", .help = "show this and exit"},
		{.name = "version", .help = "show the version and exit"},
		{0},
	};
	const struct opt_row *tables[] = {rows, standard};
	struct dynbuf left, right;
	int column = 0;

	dynbuf_init(&left, 4096);
	dynbuf_init(&right, 4096);
	printf("Usage: %s %s\n", log_prog(), page->synopsis);
	print_wrapped(page->purpose, 0, 0);
	putchar('\n');
	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		for (const struct opt_row *row = tables[t]; row->name; row++) {
			name_row(&left, row);
			if ((int)left.n + 2 > column && left.n + 2 <= HELP_LEFT_MAX)
				column = (int)left.n + 2;
		}
	}
	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		for (const struct opt_row *row = tables[t]; row->name; row++) {
			name_row(&left, row);
			dynbuf_reset(&right);
			describe(&right, row);
			fputs(left.p, stdout);
			print_wrapped(right.p, (int)left.n, column);
		}
	}
	if (page->see)
		printf("\nSee also: %s\n", page->see);
	dynbuf_free(&left);
	dynbuf_free(&right);
	return opt_finish(EXIT_OK);
}

/* What getopt_long wants to know, made from the rows. */
struct getopt_tables {
	struct option *longs; /* both malloc'd */
	char *letters;
};

static int make_tables(const struct opt_row *rows, bool command, struct getopt_tables *t)
{
	size_t n = count_rows(rows);
	char *c;

	t->longs = calloc(n + 3, sizeof(*t->longs));
	t->letters = calloc(n + 2, 2);
	if (!t->longs || !t->letters)
		return -1;
	c = stpcpy(t->letters, command ? "+:" : ":");
	for (size_t i = 0; i < n; i++) {
		int arg = rows[i].kind == OPT_FLAG ? no_argument : required_argument;

		t->longs[i] = (struct option){rows[i].name, arg, NULL, LONG + (int)i};
		if (rows[i].letter) {
			*c++ = rows[i].letter;
			if (arg == required_argument)
				*c++ = ':';
		}
	}
	t->longs[n] = (struct option){"help", no_argument, NULL, HELP};
	t->longs[n + 1] = (struct option){"version", no_argument, NULL, VERSION};
	return 0;
}

static const struct opt_row *find_row(const struct opt_row *rows, int code)
{
	if (code >= LONG)
		return &rows[code - LONG];
	while (rows->name && rows->letter != code)
		rows++;
	return rows->name ? rows : NULL;
}

/* getopt_long has returned '?' or ':': say what is wrong with the option. */
static int refuse(int code, char **argv)
{
	const char *option = argv[optind - 1];
	int n = (int)strcspn(option, "=");

	if (code == ':' && optopt < LONG)
		log_error("option '-%c' needs an argument: see --help", optopt);
	else if (code == ':')
		log_error("option '%s' needs an argument: see --help", option);
	else if (optopt >= LONG)
		log_error("option '%.*s' takes no argument: see --help", n, option);
	else if (optopt)
		log_error("unknown option '-%c': see --help", optopt);
	else
		log_error("unknown option '%.*s': see --help", n, option);
	return EXIT_USAGE;
}

static int set_from_line(const struct opt_row *row, const char *value)
{
	char why[WHY_BYTES];

	if (set_value(row, row->kind == OPT_FLAG ? "1" : value, why) == 0) {
		source[row - parsed] = LINE;
		return -1;
	}
	log_error("cannot use --%s '%s': %s", row->name, value, why);
	return EXIT_USAGE;
}

/* Go through the command line: once to answer --help and find unknown options, while the variables
 * still hold their defaults, and once, with set, to set them. -1 to go on, or an exit code. */
static int walk(
	const struct opt_page *page, const struct opt_row *rows, int argc, char **argv, bool set)
{
	struct getopt_tables t;
	int status = -1;

	if (make_tables(rows, page->command, &t) == -1) {
		log_error_errno("cannot read the options");
		status = EXIT_SYSTEM;
	}
	optind = 0; /* glibc: start anew */
	opterr = 0;
	while (status == -1) {
		int code = getopt_long(argc, argv, t.letters, t.longs, NULL);

		if (code == -1)
			break;
		if (code == '?' || code == ':') {
			status = refuse(code, argv);
		} else if (code == HELP) {
			status = print_help(page, rows);
		} else if (code == VERSION) {
			printf("%s (callpipe) %s\n", log_prog(), CALLPIPE_VERSION);
			status = opt_finish(EXIT_OK);
		} else if (set) {
			status = set_from_line(find_row(rows, code), optarg);
		}
	}
	free(t.longs);
	free(t.letters);
	return status;
}

static int read_environment(const struct opt_row *rows)
{
	const char *word;

	for (; rows->name; rows++) {
		const char *value = rows->env ? getenv(rows->env) : NULL;
		char why[WHY_BYTES];

		if (!value || !*value)
			continue;
		if (set_value(rows, value, why) == 0) {
			source[rows - parsed] = ENVIRONMENT;
			continue;
		}
		log_error("cannot use %s '%s': %s", rows->env, value, why);
		return EXIT_CONFIG;
	}
	word = getenv("CALLPIPE_LOG");
	if (word && *word && log_set_level(word) == -1) {
		log_error(
			"cannot use CALLPIPE_LOG '%s': must be one of error|warn|info|debug", word);
		return EXIT_CONFIG;
	}
	return -1;
}

/* A name without its underscores; "" if it is too long to be compared. */
static void squeeze(const char *name, size_t n, char out[NEAR_BYTES + 1])
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		if (name[i] == '_')
			continue;
		if (used == NEAR_BYTES) {
			used = 0;
			break;
		}
		out[used++] = name[i];
	}
	out[used] = '\0';
}

/* The variable that was meant by this name; NULL: it is one itself, or resembles none. One slip of the fingers is
 * forgiven, and underscores. What is further away may be another tool's or a service's own: CALLPIPE_STT_TIMEOUT is
 * two from CALLPIPE_TTS_TIMEOUT. */
static const char *slip_of(const struct opt_row *rows, const char *name, size_t n)
{
	char a[NEAR_BYTES + 1], b[NEAR_BYTES + 1];
	const char *meant = NULL;

	squeeze(name, n, a);
	for (; *a && rows->name; rows++) {
		if (!rows->env)
			continue;
		if (strncmp(rows->env, name, n) == 0 && !rows->env[n])
			return NULL;
		squeeze(rows->env, strlen(rows->env), b);
		if (near_is_slip(a, b))
			meant = rows->env;
	}
	return meant;
}

/* What nearly has the name of an option's variable would be taken for nothing. */
static void warn_of_slips(const struct opt_row *rows)
{
	for (char **var = environ; *var; var++) {
		size_t n = strcspn(*var, "=");
		const char *meant = slip_of(rows, *var, n);

		if (meant)
			log_warn("cannot use '%.*s': did you mean %s?", (int)n, *var, meant);
	}
}

int opt_parse(const struct opt_page *page, const struct opt_row *rows, int argc, char **argv,
	int *ret_first)
{
	struct conf_error err;
	int status;

	if (count_rows(rows) > OPT_ROWS_MAX) {
		log_error("there are more than %d options", OPT_ROWS_MAX);
		return EXIT_BUG;
	}
	parsed = rows;
	memset(source, 0, sizeof(source));
	status = walk(page, rows, argc, argv, false);
	if (status != -1)
		return status;
	if (conf_load(&err) == -1) {
		if (err.line)
			log_error("cannot read '%s': line %d: %s", err.path, err.line, err.why);
		else
			log_error("cannot read '%s': %s", err.path, err.why);
		return EXIT_CONFIG;
	}
	status = read_environment(rows);
	if (status == -1)
		warn_of_slips(rows);
	if (status == -1)
		status = walk(page, rows, argc, argv, true);
	if (status == -1)
		*ret_first = optind;
	return status;
}

static const struct opt_row *row_of(const void *var)
{
	const struct opt_row *row = parsed;

	while (row->var != var)
		row++;
	return row;
}

bool opt_of_environment(const void *var)
{
	return source[row_of(var) - parsed] == ENVIRONMENT;
}

bool opt_of_line(const void *var)
{
	return source[row_of(var) - parsed] == LINE;
}

int opt_refuse(const void *var, const char *fmt, ...)
{
	const struct opt_row *row = row_of(var);
	bool env = opt_of_environment(var);
	char why[WHY_BYTES], value[WHY_BYTES] = "";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (row->kind == OPT_INT)
		snprintf(value, sizeof(value), " '%" PRId64 "'", *(const int64_t *)var);
	else if (row->kind != OPT_FLAG)
		snprintf(value, sizeof(value), " '%s'", *(const char *const *)var);
	log_error("cannot use %s%s%s: %s", env ? "" : "--", env ? row->env : row->name, value, why);
	return env ? EXIT_CONFIG : EXIT_USAGE;
}

int opt_only(const char *names, const char *whom)
{
	for (const struct opt_row *row = parsed; row->name; row++)
		if (source[row - parsed] == LINE && !is_word_of(names, row->name))
			return opt_refuse(row->var, "it means nothing to %s", whom);
	return -1;
}

int opt_no_operands(char *const rest[])
{
	if (!rest[0])
		return -1;
	log_error("cannot use '%s': no operands are taken: see --help", rest[0]);
	return EXIT_USAGE;
}

int opt_finish(int status)
{
	bool lost = ferror(stdout);

	if (fclose(stdout) == EOF) {
		if (errno == EPIPE)
			return status;
		lost = true;
	} else {
		errno = EIO; /* an earlier write failed; its errno is gone */
	}
	if (!lost)
		return status;
	log_error_errno("cannot write '%s'", "standard output");
	return EXIT_IO;
}
