/* calllog: its commands, and what the command line says to all of them.
 */
#ifndef CALLLOG_CALLLOG_H
#define CALLLOG_CALLLOG_H

#include "db/table.h"
#include "record/tables.h"

struct settings {
	int64_t wait_s;    /* so long a database that is gone is waited for */
	const char *spool; /* where calls are kept */
	const char
		*key_file; /* secret that numbers are hashed with; NULL: phones.key of the spool */
	const char
		*country; /* calling code of numbers that begin with one 0; NULL: there are none */

	/* which calls, and as what: see choice.h, table.h */
	const char *status, *campaign, *sentiment, *phone; /* NULL: any */
	const char *from, *to;                             /* days or times */
	int64_t limit;                                     /* calls; 0: as the command likes */
	const char *output;                                /* file; NULL: stdout */
	bool json, csv;
	const char *by; /* stats: what calls are put together by; NULL: as its operand says */
	bool calls;     /* export: every call, not the last of each person */
	bool dry_run;   /* erase, retain: change nothing */
	bool force;     /* erase: also a number that is a line of ours */
	const char *raw, *recordings, *transcripts, *words, *numbers; /* ages of retain */
};
extern struct settings set;

/* Write what a statement with choice_where finds, to where the command line says. */
enum exit_code write_found(const char *sql, enum table_form form, bool upright);

/* Each gets its operands, NULL at the end, and returns an exit code. */
int command_load(char *const operands[]) MUST_USE;
int command_list(char *const operands[]) MUST_USE;
int command_show(char *const operands[]) MUST_USE;
int command_export(char *const operands[]) MUST_USE;
int command_stats(char *const operands[]) MUST_USE;
int command_erase(char *const operands[]) MUST_USE;
int command_retain(char *const operands[]) MUST_USE;

#endif
