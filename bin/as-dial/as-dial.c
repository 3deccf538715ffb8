/* as-dial: a simulated caller, a load generator and a conformance test for AudioSocket servers.
 *
 * script.c reads what a caller does, clip.c what it sounds like; load.c runs the calls: call.c is one of them, act.c
 * its script, hear.c what it receives, meter.c what that means; report.c tells. conform*.c is a tester of its own.
 */
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "audio/file.h"
#include "base/log.h"
#include "base/opt.h"
#include "conform.h"
#include "load.h"

#define NOISE_MS 4000
#define CONFORM_NOISE_DBFS (-65) /* what a caller says who is given nothing to say */
#define MAX_CALLS 10000
#define REPORT_MAX 65536
#define MISTAKES 65536

static struct settings {
	const char *script, *commands, *rate, *frame_bytes, *uuid, *record, *record_sent, *cps,
		*cases, *end_key;
	int64_t calls, quiet_ms, timeout_s, max_duration_s, first_ms, late_ms, close_ms;
	bool json, conformance;
} set = {
	.rate = "8000",
	.cps = "20",
	.quiet_ms = 700,
	.timeout_s = 30,
	.max_duration_s = 3600,
	.first_ms = CONFORM_FIRST_MS,
	.late_ms = CONFORM_LATE_MS,
	.close_ms = CONFORM_CLOSE_MS,
};

static const struct opt_row rows[] = {
	{"script", 's', OPT_STR, "FILE", NULL, "what the caller does; -e help shows the commands",
		&set.script},
	{"execute", 'e', OPT_STR, "COMMANDS", NULL, "the same, in place", &set.commands},
	{"rate", 'r', OPT_CHOICE, "8000|16000", NULL, "samples per second that are sent",
		&set.rate},
	{"frame-bytes", 0, OPT_STR, "N[,N...]", NULL,
		"sizes of the frames, in turn (default: 20 ms)", &set.frame_bytes},
	{"uuid", 'u', OPT_STR, "UUID", NULL, "of the calls (default: random)", &set.uuid},
	{"record", 'o', OPT_STR, "FILE", NULL,
		"WAV of what is heard; %u UUID, %n number of the call", &set.record},
	{"record-sent", 0, OPT_STR, "FILE", NULL, "WAV of what is said", &set.record_sent},
	{"calls", 'n', OPT_INT, "N", NULL, "calls to make, and a summary", &set.calls, 1,
		MAX_CALLS},
	{"cps", 0, OPT_STR, "X", NULL, "calls begun per second", &set.cps},
	{"quiet", 0, OPT_INT, "MS", NULL, "a bot silent for so long has stopped speaking",
		&set.quiet_ms, 20, 60000},
	{"timeout", 0, OPT_INT, "S", NULL, "longest wait for the bot", &set.timeout_s, 1, 3600},
	{"max-duration", 0, OPT_INT, "S", NULL, "of a call", &set.max_duration_s, 1, 14400},
	{"json", 'j', OPT_FLAG, NULL, NULL, "report in JSON on a terminal, too", &set.json},
	{"conformance", 'C', OPT_FLAG, NULL, NULL, "test a server", &set.conformance},
	{"cases", 0, OPT_STR, "NAMES", NULL, "conformance: these only; help lists them",
		&set.cases},
	{"end-key", 0, OPT_STR, "KEY", NULL, "conformance: the server ends the call on it",
		&set.end_key},
	{"first", 0, OPT_INT, "MS", NULL, "conformance: from UUID to first frame", &set.first_ms, 1,
		60000},
	{"late", 0, OPT_INT, "MS", NULL, "conformance: lateness p99", &set.late_ms, 1, 60000},
	{"close", 0, OPT_INT, "MS", NULL, "conformance: until the server closes", &set.close_ms, 1,
		60000},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] host:port [file ...]",
	.purpose =
		"Call an AudioSocket server as Asterisk does, say the files or follow a script, and report what was heard.",
	.see = "callpipe(7), as-answer(1), as-listen(1), as-speak(1)",
};

/* What belongs to main. */
struct dial {
	struct load load;
	struct script script;
	struct clip *clip;              /* of the script */
	size_t clips;                   /* loaded */
	struct clip noise;              /* said in a conformance test without a sound */
	uint8_t uuid[ASOCK_UUID_BYTES]; /* --uuid, or a random one */
	struct addrinfo *address;       /* of the server */
	struct call **recorded;         /* calls whose sound is still to be saved */
	size_t recordeds;               /* how many */
	bool json;                      /* report so */
	int status;                     /* exit code of what went wrong beside the calls */
};

/* "host:port" or "[address]:port". */
static int resolve(const char *text, struct addrinfo **ret)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	const char *colon = strrchr(text, ':');
	char host[256];
	size_t n = colon ? (size_t)(colon - text) : 0;
	int64_t port;
	int err;

	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (!n || n >= sizeof host || parse_int(colon + 1, 1, 65535, &port)) {
		log_error("cannot call '%s': not host:port", text);
		return EXIT_USAGE;
	}
	memcpy(host, text, n);
	host[n] = '\0';
	err = getaddrinfo(host, colon + 1, &hints, ret);
	if (!err)
		return EXIT_OK;
	log_error("cannot find '%s': %s", host,
		err == EAI_SYSTEM ? strerror(errno) : gai_strerror(err));
	return err == EAI_AGAIN ? EXIT_TRY_AGAIN : EXIT_REFUSED;
}

static int usage_error(const char *what)
{
	log_error("%s (see as-dial --help)", what);
	return EXIT_USAGE;
}

static void log_lines(const char *lines)
{
	for (size_t n; *lines; lines += n + (lines[n] == '\n')) {
		n = strcspn(lines, "\n");
		log_error("cannot follow script %.*s", (int)n, lines);
	}
}

static int parse_script(struct dial *d, const char *name, const char *text)
{
	struct dynbuf mistakes;
	int ret;

	dynbuf_init(&mistakes, MISTAKES);
	ret = script_parse(name, text, &d->script, &mistakes);
	if (ret && mistakes.n)
		log_lines(mistakes.p);
	else if (ret)
		log_error_errno("cannot follow script '%s'", name);
	dynbuf_free(&mistakes);
	return ret ? EXIT_USAGE : EXIT_OK;
}

static int read_script(struct dial *d, char *const *files, size_t n)
{
	char *text;
	size_t bytes;
	int status;

	if ((set.script != NULL) + (set.commands != NULL) + (n > 0) > 1)
		return usage_error("more than one of --script, --execute and files");
	if (set.commands)
		return parse_script(d, "-e", set.commands);
	if (!set.script)
		return script_of_files(files, n, &d->script) ? EXIT_SYSTEM : EXIT_OK;
	if (read_file(set.script, SCRIPT_MAX_BYTES, &text, &bytes)) {
		log_error_errno("cannot read '%s'", set.script);
		return EXIT_IO;
	}
	status = parse_script(d, set.script, text);
	free(text);
	return status;
}

static int load_clips(struct dial *d)
{
	int rate_hz = d->load.plan.rate_hz;

	d->clip = calloc(d->script.sounds + 1, sizeof *d->clip);
	if (!d->clip)
		return EXIT_SYSTEM;
	for (size_t i = 0; i < d->script.sounds; i++) {
		const struct script_sound *s = &d->script.sound[i];

		if (!s->path && clip_noise(s->dbfs, NOISE_MS, rate_hz, &d->clip[i]))
			return EXIT_SYSTEM;
		if (s->path && clip_load(s->path, rate_hz, &d->clip[i])) {
			log_error("cannot load '%s': %s", s->path, audio_file_error());
			return EXIT_DATA;
		}
		d->clips++;
	}
	return EXIT_OK;
}

static int parse_sizes(struct call_plan *plan)
{
	const char *s = set.frame_bytes;
	char word[8];

	plan->frame_bytes[0] = (size_t)plan->rate_hz / 50 * 2;
	plan->sizes = 1;
	for (plan->sizes = s ? 0 : 1; s && *s && plan->sizes < CALL_SIZES; plan->sizes++) {
		size_t n = strcspn(s, ",");
		int64_t bytes;

		snprintf(word, sizeof word, "%.*s", (int)n, s);
		if (n >= sizeof word || parse_int(word, 2, 65535, &bytes))
			return usage_error("--frame-bytes wants up to 16 numbers from 2 to 65535");
		plan->frame_bytes[plan->sizes] = (size_t)bytes;
		s += n + (s[n] == ',');
	}
	if (!plan->sizes || (s && *s))
		return usage_error("--frame-bytes wants up to 16 numbers from 2 to 65535");
	return EXIT_OK;
}

static bool names_calls_apart(const char *record)
{
	return !record || strstr(record, "%n") || (strstr(record, "%u") && !set.uuid);
}

static int configure(struct dial *d)
{
	struct load *l = &d->load;
	char *end;

	l->per_second = strtod(set.cps, &end);
	if (end == set.cps || *end || !(l->per_second > 0 && l->per_second <= 10000))
		return usage_error("--cps wants a number above 0, up to 10000");
	if (set.uuid && asock_uuid_parse(set.uuid, d->uuid))
		return usage_error("--uuid wants 8-4-4-4-12 hexadecimal digits");
	if (set.calls > 1 && !(names_calls_apart(set.record) && names_calls_apart(set.record_sent)))
		return usage_error(
			"several calls are recorded in one file: use %n or %u in its name");
	if (!set.uuid && load_random_uuid(d->uuid))
		return EXIT_SYSTEM;
	l->uuid = set.uuid ? d->uuid : NULL;
	l->calls = set.calls ? (uint64_t)set.calls : 1;
	l->progress = l->calls > 1 && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
	l->plan.rate_hz = atoi(set.rate);
	l->plan.quiet_ns = set.quiet_ms * NS_PER_MS;
	l->plan.timeout_ms = set.timeout_s * 1000;
	l->plan.max_duration_ns = set.max_duration_s * NS_PER_S;
	l->plan.record = set.record != NULL;
	l->plan.record_sent = set.record_sent != NULL;
	d->json = set.json || !isatty(STDOUT_FILENO);
	return parse_sizes(&l->plan);
}

/* Sound is saved when all calls are over: a disk must not delay the others. */
static void on_ended(void *ctx, struct call *c)
{
	struct dial *d = ctx;
	struct dynbuf line;

	dynbuf_init(&line, REPORT_MAX);
	if (d->json)
		report_call_json(c, &line);
	else
		report_call_table(c, &line);
	fwrite(line.p, 1, line.n, stdout);
	fflush(stdout);
	dynbuf_free(&line);
	if (c->end == CALL_SYSTEM)
		d->status = EXIT_SYSTEM;
	if (d->recorded) {
		d->recorded[d->recordeds++] = c;
		return;
	}
	call_free(c);
	free(c);
}

static void save(struct dial *d, const struct call *c, const char *pattern, const struct track *t)
{
	char uuid[ASOCK_UUID_TEXT];
	struct dynbuf path;

	asock_uuid_text(c->uuid, uuid);
	dynbuf_init(&path, 4096);
	for (const char *s = pattern; *s; s++) {
		if (s[0] == '%' && s[1] == 'u')
			dynbuf_adds(&path, uuid), s++;
		else if (s[0] == '%' && s[1] == 'n')
			dynbuf_addf(&path, "%llu", (unsigned long long)c->number), s++;
		else
			dynbuf_add(&path, s, 1);
	}
	if (audio_file_save(
		    path.p, t->rate_hz ? t->rate_hz : d->load.plan.rate_hz, t->samples, t->n)) {
		log_error("cannot write '%s': %s", path.p, audio_file_error());
		d->status = EXIT_IO;
	}
	dynbuf_free(&path);
}

static void save_all(struct dial *d)
{
	for (size_t i = 0; i < d->recordeds; i++) {
		struct call *c = d->recorded[i];

		if (set.record && c->connected_ns)
			save(d, c, set.record, &c->heard);
		if (set.record_sent && c->connected_ns)
			save(d, c, set.record_sent, &c->sent);
		call_free(c);
		free(c);
	}
	free(d->recorded);
}

static int exit_code(const struct dial *d)
{
	const struct totals *t = &d->load.totals;

	if (d->status)
		return d->status;
	if (t->refused == d->load.calls)
		return EXIT_REFUSED;
	return t->ok == d->load.calls ? EXIT_OK : EXIT_FALSE;
}

static int make_calls(struct dial *d)
{
	struct load *l = &d->load;
	struct dynbuf text;
	struct rlimit files;

	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	if (set.record || set.record_sent) {
		d->recorded = calloc(l->calls, sizeof(struct call *));
		if (!d->recorded)
			return EXIT_SYSTEM;
	}
	l->plan.address = d->address;
	l->plan.script = &d->script;
	l->plan.clip = d->clip;
	l->ended = on_ended;
	l->ctx = d;
	dynbuf_init(&text, REPORT_MAX);
	if (!d->json)
		report_head_table(&text);
	fwrite(text.p, 1, text.n, stdout);
	dynbuf_reset(&text);
	if (load_run(l)) {
		log_error_errno("cannot go on calling");
		d->status = EXIT_SYSTEM;
	}
	if (set.calls)
		(d->json ? report_totals_json : report_totals_table)(&l->totals, &text);
	fwrite(text.p, 1, text.n, stdout);
	dynbuf_free(&text);
	save_all(d);
	return exit_code(d);
}

/* A name may have several addresses and the test wants one: that of a server on IPv4, if there is any. */
static int conformance(struct dial *d)
{
	const struct addrinfo *a = d->address;
	struct conform_settings c = {
		.rate_hz = d->load.plan.rate_hz,
		.cases = set.cases,
		.end_digit = set.end_key ? set.end_key[0] : 0,
		.first_ms = set.first_ms,
		.late_ms = set.late_ms,
		.close_ms = set.close_ms,
		.json = d->json,
	};

	if (set.end_key && (strlen(set.end_key) != 1 || !asock_is_digit((uint8_t)set.end_key[0])))
		return usage_error("--end-key wants one of 0-9 * # A-D");
	for (const struct addrinfo *i = a->ai_next; i; i = i->ai_next)
		if (i->ai_family == AF_INET)
			a = i;
	memcpy(&c.addr, a->ai_addr, a->ai_addrlen);
	c.addr_bytes = a->ai_addrlen;
	memcpy(c.uuid, d->uuid, sizeof c.uuid);
	for (size_t i = 0; i < d->script.steps && !c.say_samples; i++) {
		if (d->script.step[i].op == STEP_SAY) {
			c.say = d->clip[d->script.step[i].clip].samples;
			c.say_samples = d->clip[d->script.step[i].clip].n;
		}
	}
	if (!c.say_samples) {
		if (clip_noise(CONFORM_NOISE_DBFS, NOISE_MS, c.rate_hz, &d->noise))
			return EXIT_SYSTEM;
		c.say = d->noise.samples;
		c.say_samples = d->noise.n;
	}
	return conform_run(&c);
}

static int run(struct dial *d, int argc, char **argv)
{
	int status;

	if (argc < 1)
		return usage_error("which server? host:port is missing");
	if ((status = configure(d)) || (status = resolve(argv[0], &d->address)) ||
		(status = read_script(d, argv + 1, (size_t)argc - 1)) || (status = load_clips(d)))
		return status;
	return set.conformance ? conformance(d) : make_calls(d);
}

static void help_commands(void)
{
	struct dynbuf text;

	dynbuf_init(&text, REPORT_MAX);
	script_help(&text);
	fwrite(text.p, 1, text.n, stdout);
	dynbuf_free(&text);
}

int main(int argc, char **argv)
{
	static struct dial d;
	int first, status;

	if (ensure_std_fds())
		return EXIT_SYSTEM;
	log_init("as-dial");
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of the file that meets it */
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status >= 0)
		return status;
	if (set.cases) /* cases are of the conformance run, of nothing else */
		set.conformance = true;
	if (set.cases && !strcmp(set.cases, "help")) {
		conform_list();
		return opt_finish(EXIT_OK);
	}
	if (set.commands && !strcmp(set.commands, "help")) {
		help_commands();
		return opt_finish(EXIT_OK);
	}
	status = run(&d, argc - first, argv + first);
	for (size_t i = 0; i < d.clips; i++)
		clip_free(&d.clip[i]);
	free(d.clip);
	clip_free(&d.noise);
	script_free(&d.script);
	if (d.address)
		freeaddrinfo(d.address);
	return opt_finish(status);
}
