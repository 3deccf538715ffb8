/* opt: options as a table. One row parses, documents and reads the environment of an option.
 *
 *	static struct { int64_t max_calls; const char *busy; bool raw; } set = {.max_calls = 50};
 *	static const struct opt_row rows[] = {
 *		{"max-calls", 'n', OPT_INT, "N", "CALLPIPE_MAX_CALLS", "calls at a time",
 *		 &set.max_calls, 1, 10000},
 *		{"busy", 0, OPT_STR, "FILE", "CALLPIPE_BUSY", "played when full", &set.busy},
 *		{"raw", 0, OPT_FLAG, NULL, NULL, "samples only", &set.raw},
 *		{0},
 *	};
 *
 * Order: default in the variable, then environment (an empty variable counts as unset), then
 * command line; what the environment lacks is taken from the configuration file before (conf.h).
 * A variable whose name is one slip away from that of an option is warned of, and
 * has no effect. --help and --version are added to every table. This is the one part of lib that speaks to the
 * user: it prints help, version and mistakes, and tells the tool what to exit with.
 */
#ifndef CALLPIPE_BASE_OPT_H
#define CALLPIPE_BASE_OPT_H

#include "base/util.h"

#define OPT_ROWS_MAX 128

enum opt_kind {
	OPT_FLAG,   /* bool; in the environment 1/0, yes/no, true/false */
	OPT_INT,    /* int64_t within [min, max] */
	OPT_STR,    /* const char *, not copied */
	OPT_CHOICE, /* const char *, one of the words in arg ("auto|slin|ulaw") */
};

struct opt_row {
	const char *name; /* long name; NULL ends the table */
	char letter;      /* short name or 0 */
	enum opt_kind kind;
	const char *arg;  /* name of the argument in --help; the words of an OPT_CHOICE */
	const char *env;  /* environment variable or NULL */
	const char *help; /* one line, no full stop */
	void *var;        /* where it goes; holds the default before */
	int64_t min, max; /* range of an OPT_INT, both 0: any */
};

struct opt_page {
	const char *synopsis; /* after the program's name: "[options] program [argument ...]" */
	const char *purpose;  /* one sentence, what it does */
	const char *see;      /* further manuals: "callpipe(7), callpipe-stream(5)" */
	bool command;         /* the operands are a command: options behind its name are its own */
};

/* Parse environment and command line. Returns -1 to go on, with *ret_first the index of the first
 * operand, or an exit code (0 after --help and --version; after a message 64, or 78 if environment
 * or configuration file are at fault). Options may stand behind operands, up to "--", but for those of
 * a command; argv is put in order then. */
int opt_parse(const struct opt_page *page, const struct opt_row *rows, int argc, char **argv,
	int *ret_first) MUST_USE;

/* Of a variable in the table that was parsed: its value is of the environment, or the configuration file; of the
 * command line. Neither: it is the default. */
bool opt_of_environment(const void *var);
bool opt_of_line(const void *var);
/* Its value turns out to be of no use: a message that names where it came from, and why. Returns 64, or 78 if
 * environment or configuration file are at fault. */
int opt_refuse(const void *var, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Of the options on the command line only those of these names ("json|csv") mean something to what it is about to do; to
 * pass over another one would be to do something else than was asked. -1 to go on, or 64 after a message that it means
 * nothing to whom. */
int opt_only(const char *names, const char *whom) MUST_USE;

/* For a tool that takes no operands: -1 to go on, or an exit code after a message. rest: what stands behind the
 * options, NULL at the end. */
int opt_no_operands(char *const rest[]) MUST_USE;

/* At the end of a tool: flush and close stdout; returns status, or 74 with a message if output was
 * lost. */
int opt_finish(int status) MUST_USE;

#endif
