/* metrics: figures of finished calls and of the host, for Prometheus: each call is read once. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/opt.h"
#include "count.h"
#include "host.h"

#define TEXT_MAX (16 << 20) /* bytes of all figures */

static struct settings {
	const char *spool, *state, *output;
} set = {.spool = "/var/spool/callpipe"};

static const struct opt_row rows[] = {
	{"spool", 0, OPT_STR, "DIR", "CALLPIPE_SPOOL", "where calls are kept", &set.spool},
	{"state", 0, OPT_STR, "FILE", "CALLPIPE_METRICS_STATE",
		"what has been counted so far; default: metrics.state in the spool", &set.state},
	{"output", 'o', OPT_STR, "FILE", "CALLPIPE_METRICS_OUTPUT",
		"replace this file; default: standard output", &set.output},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options]",
	.purpose = "Count finished calls, and show their figures and the host's to Prometheus.",
	.see = "callpipe(7), callpipe-calldir(5), as-answer(1)",
};

/* Count a call, if it is over and its journal can be read. True: it is never to be looked at again. */
static bool count(struct ledger *l, const char *path)
{
	struct story s;
	struct kept k;
	bool over;

	if (kept_open(path, &k) == -1) {
		if (errno == ENOENT || errno == ENOTDIR || errno == EMFILE)
			return false; /* being made or removed, or no call */
		log_warn_errno("cannot open call '%s'", path);
		return true;
	}
	over = kept_state(&k) != KEPT_RUNNING;
	if (over && (story_open(&k, &s) == 0 || (errno == ENOENT && story_none(&k, &s) == 0))) {
		count_call(l, &k, &s);
		story_close(&s);
	} else if (over) {
		log_warn_errno("cannot read '%s/events.jsonl'", path);
		over = errno != ENOMEM && errno != EMFILE;
	}
	kept_close(&k);
	return over;
}

/* The calls of a day that are not counted yet. -1 after a message. */
static int scan(struct ledger *l, const char *day)
{
	char folder[PATH_MAX], path[PATH_MAX];
	struct ledger_day *seen;
	struct dirent *e;
	DIR *d;
	int err = 0;

	d = format_path(folder, "%s/calls/%s", set.spool, day) == 0 ? opendir(folder) : NULL;
	if (!d) {
		if (errno == ENOENT)
			return 0;
		log_error_errno("cannot read '%s'", folder);
		return -1;
	}
	seen = ledger_day(l, day);
	while (!err && (e = readdir(d))) {
		if (e->d_name[0] == '.' || ledger_seen(seen, e->d_name))
			continue;
		if (format_path(path, "%s/%s", folder, e->d_name) == 0 && count(l, path))
			err = ledger_see(l, seen, e->d_name);
	}
	closedir(d);
	if (err)
		log_error("no memory");
	return err;
}

/* Yesterday, then today, UTC: a call stands under the day on which it began. */
static int scan_days(struct ledger *l)
{
	time_t now = time(NULL);
	char day[LEDGER_DAY_MAX];
	struct tm tm;

	for (int i = LEDGER_DAYS - 1; i >= 0; i--) {
		time_t at = now - (time_t)i * 86400;

		strftime(day, sizeof(day), "%Y/%m/%d", gmtime_r(&at, &tm));
		if (scan(l, day) == -1)
			return EXIT_IO;
	}
	return 0;
}

/* node_exporter reads whole files only: a new one takes the place of the old one. */
static int put(const struct dynbuf *text)
{
	if (!set.output || !*set.output)
		return fwrite(text->p, 1, text->n, stdout) == text->n ? 0 : EXIT_IO;
	if (replace_file(set.output, text->p, text->n) == 0)
		return 0;
	log_error_errno("cannot write '%s'", set.output);
	return EXIT_IO;
}

static int show(const struct ledger *l)
{
	struct dynbuf text;
	int code = 0;

	dynbuf_init(&text, TEXT_MAX);
	if (host_write(set.spool, &text) == -1) {
		log_error_errno("cannot read the state of '%s'", set.spool);
		code = EXIT_IO;
	} else if (count_write(l, &text) == -1) {
		log_error("there are too many figures");
		code = EXIT_BUG;
	} else {
		code = put(&text);
	}
	dynbuf_free(&text);
	return code;
}

int main(int argc, char **argv)
{
	char state[PATH_MAX];
	struct ledger l;
	int first, code;

	log_init("metrics");
	if (ensure_std_fds() == -1)
		return EXIT_SYSTEM;
	code = opt_parse(&page, rows, argc, argv, &first);
	if (code < 0)
		code = opt_no_operands(argv + first);
	if (code >= 0)
		return code;
	if (format_path(state, "%s%s", set.state && *set.state ? set.state : set.spool,
		    set.state && *set.state ? "" : "/metrics.state") == -1) {
		log_error_errno("cannot open the state");
		return EXIT_USAGE;
	}
	code = ledger_open(&l, state);
	if (!code)
		code = scan_days(&l);
	if (!code)
		code = ledger_save(
			&l); /* first: what was shown and not kept would be counted again */
	if (!code)
		code = show(&l);
	ledger_close(&l);
	return opt_finish(code);
}
