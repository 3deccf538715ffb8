/* campaign: its commands, and what the command line says to more than one of them.
 *
 * A command is a file with a `const struct command command_NAME`: its page, its options, its function; and a row in the
 * table of campaign.c. Options that are its own are static in its file; one that several commands have is a line below,
 * so that it is the same wherever it stands.
 */
#ifndef CAMPAIGN_CAMPAIGN_H
#define CAMPAIGN_CAMPAIGN_H

#include "base/opt.h"
#include "record/tables.h"

/* LISTENed to by who waits for something to do, or to show: the triggers of 002-campaign.sql NOTIFY it. */
#define CAMPAIGN_CHANNEL "callpipe_campaign"

struct command {
	const char *name;           /* as it stands on the command line */
	struct opt_page page;       /* its synopsis begins with the name */
	const struct opt_row *rows; /* its options */
	/* Gets its operands, NULL at the end; returns an exit code. The options have been set. */
	int (*run)(char *const operands[]);
};

/* An integer whose option was not given: out of its range, so that --help shows no default. */
#define NOT_GIVEN (-1)

struct settings {
	const char *campaign; /* see steer_campaign; NULL: any, or none */
	const char
		*country;   /* numbers without a calling code are of it: FR; NULL: there are none */
	const char *status; /* of contacts, or campaigns; NULL: any */
	const char *from, *to; /* days or times; NULL: any */
	const char *output;    /* file; NULL: stdout */
	const char *spool;     /* where calls are kept */
	const char
		*key_file; /* secret that numbers are hashed with; NULL: phones.key of the spool */
	int64_t limit;     /* rows; 0: as the command likes */
	bool json, csv;    /* form of what is written; neither: a table on a terminal, else JSON */
	bool dry_run;      /* say what would be done, and do nothing */
};
extern struct settings set;

/* Rows of a command's table of options, as {OPTION_JSON}. */
#define OPTION_CAMPAIGN \
	"campaign", 'c', OPT_STR, "CAMPAIGN", NULL, "only this campaign", &set.campaign
#define OPTION_COUNTRY \
	"country", 0, OPT_STR, "CODE", "CALLPIPE_COUNTRY", \
		"numbers without a calling code are of this country: FR, or 33", &set.country
#define OPTION_STATUS "status", 's', OPT_STR, "WORD", NULL, "only those of this status", &set.status
#define OPTION_FROM "from", 0, OPT_STR, "DATE", NULL, "only from this day on", &set.from
#define OPTION_TO "to", 0, OPT_STR, "DATE", NULL, "only up to this day", &set.to
#define OPTION_OUTPUT \
	"output", 'o', OPT_STR, "FILE", NULL, "write there, whole or not at all", &set.output
#define OPTION_SPOOL \
	"spool", 0, OPT_STR, "DIR", "CALLPIPE_SPOOL", "where calls are kept", &set.spool
#define OPTION_KEY_FILE \
	"phone-key-file", 0, OPT_STR, "FILE", "CALLPIPE_PHONE_KEY_FILE", \
		"secret that numbers are hashed with", &set.key_file
#define OPTION_LIMIT \
	"limit", 'n', OPT_INT, "N", NULL, "at most so many", &set.limit, 1, INT64_C(1000000000)
#define OPTION_JSON "json", 'j', OPT_FLAG, NULL, NULL, "write JSON on a terminal, too", &set.json
#define OPTION_CSV "csv", 0, OPT_FLAG, NULL, NULL, "write CSV", &set.csv
#define OPTION_DRY_RUN \
	"dry-run", 0, OPT_FLAG, NULL, NULL, "say what would be done, and do nothing", &set.dry_run

extern const struct command command_contacts;
extern const struct command command_dnc;
extern const struct command command_export;
extern const struct command command_import;
extern const struct command command_init;
extern const struct command command_ari_check;
extern const struct command command_run;
extern const struct command command_launch;
extern const struct command command_list;
extern const struct command command_show;
extern const struct command command_set;
extern const struct command command_pause;
extern const struct command command_resume;
extern const struct command command_stop;
extern const struct command command_retry;
extern const struct command command_call;
extern const struct command command_monitor;
extern const struct command command_explain;
extern const struct command command_trunk;
extern const struct command command_caller_id;
extern const struct command command_retry_rule;
extern const struct command command_hours;
extern const struct command command_holiday;
extern const struct command command_country;

#endif
