/* calllog: finished calls in PostgreSQL: from their directories into the tables, and out of them for people and
 * programs. The directories are the truth: what is in the tables can be made again.
 */
#include "calllog.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"
#include "text/e164.h"

static const struct opt_row rows[] = {
	{"wait", 0, OPT_INT, "S", "CALLPIPE_DB_WAIT",
		"so many seconds a database that is gone is waited for", &set.wait_s, 0, 86400},
	{"status", 's', OPT_STR, "WORD", NULL, "only calls of this status or disposition",
		&set.status},
	{"campaign", 'c', OPT_STR, "ID", NULL, "only calls of this campaign", &set.campaign},
	{"sentiment", 0, OPT_STR, "WORD", NULL, "only calls of this final sentiment",
		&set.sentiment},
	{"phone", 0, OPT_STR, "NUMBER", NULL, "only calls with this number", &set.phone},
	{"from", 0, OPT_STR, "DATE", NULL, "only calls that began on this day or later", &set.from},
	{"to", 0, OPT_STR, "DATE", NULL, "only calls that began on this day or earlier", &set.to},
	{"limit", 'n', OPT_INT, "N", NULL, "at most so many, the latest first", &set.limit, 1,
		INT64_C(1000000000)},
	{"output", 'o', OPT_STR, "FILE", NULL, "write there, whole or not at all", &set.output},
	{"json", 'j', OPT_FLAG, NULL, NULL, "write JSON on a terminal, too", &set.json},
	{"csv", 0, OPT_FLAG, NULL, NULL, "list, stats: write CSV", &set.csv},
	{"by", 0, OPT_CHOICE, "day|campaign|prompt", NULL, "stats: figures of each of them",
		&set.by},
	{"calls", 0, OPT_FLAG, NULL, NULL, "export: every call, not the last of each person",
		&set.calls},
	{"dry-run", 0, OPT_FLAG, NULL, NULL, "erase, retain: say what would be removed",
		&set.dry_run},
	{"force", 0, OPT_FLAG, NULL, NULL, "erase: also a number that many have talked to",
		&set.force},
	{"raw", 0, OPT_STR, "AGE", "CALLPIPE_RETAIN_RAW", "retain: so long raw sound is kept",
		&set.raw},
	{"recordings", 0, OPT_STR, "AGE", "CALLPIPE_RETAIN_RECORDINGS", "retain: recordings",
		&set.recordings},
	{"transcripts", 0, OPT_STR, "AGE", "CALLPIPE_RETAIN_TRANSCRIPTS",
		"retain: transcripts and summaries", &set.transcripts},
	{"words", 0, OPT_STR, "AGE", "CALLPIPE_RETAIN_WORDS", "retain: journals, and what was said",
		&set.words},
	{"numbers", 0, OPT_STR, "AGE", "CALLPIPE_RETAIN_NUMBERS",
		"retain: numbers, and the directory of a call", &set.numbers},
	{"spool", 0, OPT_STR, "DIR", "CALLPIPE_SPOOL", "where calls are kept", &set.spool},
	{"phone-key-file", 0, OPT_STR, "FILE", "CALLPIPE_PHONE_KEY_FILE",
		"secret that numbers are hashed with", &set.key_file},
	{"country", 0, OPT_STR, "CODE", "CALLPIPE_COUNTRY",
		"numbers that begin with one 0 are of this country: FR, or 33", &set.country},
	{0},
};

static const struct opt_page page = {
	.synopsis = "command [options] [operand ...]",
	.purpose =
		"Finished calls in PostgreSQL. Commands: init, load, list, show, export, stats, erase,"
		" retain.",
	.see = "callpipe-calldir(5), callpipe(7)",
};

/* Options that mean something to each; what the environment says is for all. */
#define EVERY "wait|spool|phone-key-file|country"
#define CHOICE EVERY "|status|campaign|sentiment|phone|from|to|output|json|csv"

static const struct command {
	const char *name;
	const char *options;
	int (*run)(char *const operands[]);
} commands[] = {
	{"init", EVERY, tables_init},
	{"load", EVERY, command_load},
	{"list", CHOICE "|limit", command_list},
	{"show", EVERY "|json", command_show},
	{"export", CHOICE "|limit|calls", command_export},
	{"stats", CHOICE "|by", command_stats},
	{"erase", EVERY "|dry-run|force", command_erase},
	{"retain", EVERY "|dry-run|raw|recordings|transcripts|words|numbers", command_retain},
};

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* The calling code of --country, which may be named by its letters. -1, or an exit code after a message. */
static int take_country(void)
{
	static char code[8];
	const char *country;

	if (!set.country || !*set.country)
		return -1;
	country = e164_country(set.country);
	if (!country)
		return opt_refuse(&set.country, "no such country: FR, or 33");
	snprintf(code, sizeof(code), "%d", e164_calling_code(country));
	set.country = code;
	return -1;
}

int main(int argc, char **argv)
{
	const struct command *command;
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("calllog");
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status != -1)
		return status;
	if (!argv[first]) {
		log_error("name a command: see --help");
		return EXIT_USAGE;
	}
	command = find(argv[first]);
	if (!command) {
		log_error("unknown command '%s': see --help", argv[first]);
		return EXIT_USAGE;
	}
	status = opt_only(command->options, command->name);
	if (status != -1)
		return status;
	status = take_country();
	if (status != -1)
		return status;
	return opt_finish(command->run(argv + first + 1));
}
