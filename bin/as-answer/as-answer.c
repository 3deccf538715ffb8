/* as-answer [options] program [argument ...]: answers one call, its connection on stdin and
 * stdout.
 *
 * Take the UUID, a slot, make the call directory, run the program, see it to its end. What is
 * not a call costs no process and no directory; a call for which there is no room hears so; a
 * call that cannot go on hears so.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "accept.h"
#include "base/log.h"
#include "base/opt.h"
#include "status.h"
#include "supervise.h"

static struct {
	int64_t max_calls, busy_calls, uuid_timeout_ms, max_duration_s, linger_s;
	const char *busy, *fallback, *spool, *from_dir, *rate, *service;
	bool status;
} set = {
	.max_calls = 50,
	.busy_calls = 5,
	.uuid_timeout_ms = 2000,
	.max_duration_s = 3600,
	.linger_s = 15,
	.spool = "/var/spool/callpipe",
	.rate = "8000",
};

static const struct opt_row rows[] = {
	{"max-calls", 'n', OPT_INT, "N", "CALLPIPE_MAX_CALLS", "calls at a time", &set.max_calls, 0,
		SLOTS_CALLS_MAX},
	{"busy", 0, OPT_STR, "FILE", "CALLPIPE_BUSY", "played to a call beyond them", &set.busy},
	{"busy-calls", 0, OPT_INT, "N", "CALLPIPE_BUSY_CALLS",
		"calls at a time that hear it; others end at once", &set.busy_calls, 0,
		SLOTS_BUSY_MAX},
	{"uuid-timeout", 0, OPT_INT, "MS", "CALLPIPE_UUID_TIMEOUT",
		"time for a connection to say which call it is", &set.uuid_timeout_ms, 10, 60000},
	{"max-duration", 0, OPT_INT, "S", "CALLPIPE_MAX_DURATION", "longest call, 0 for no limit",
		&set.max_duration_s, 0, 604800},
	{"fallback", 0, OPT_STR, "FILE", "CALLPIPE_FALLBACK", "played when the pipeline has failed",
		&set.fallback},
	{"linger", 0, OPT_INT, "S", "CALLPIPE_LINGER",
		"time for the filters' last work when the call is over", &set.linger_s, 0, 3600},
	{"spool", 0, OPT_STR, "DIR", "CALLPIPE_SPOOL", "where calls are kept", &set.spool},
	{"from-dir", 0, OPT_STR, "DIR", "CALLPIPE_FROM_DIR",
		"where the dialplan leaves numbers, in files named by UUID", &set.from_dir},
	{"rate", 0, OPT_CHOICE, "8000|16000", "CALLPIPE_RATE", "samples per second of the call",
		&set.rate},
	{"service", 0, OPT_STR, "NAME", "CALLPIPE_SERVICE", "name of the service in the records",
		&set.service},
	{"status", 0, OPT_FLAG, NULL, NULL, "show the calls of this host and exit", &set.status},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] program [argument ...]\n       as-answer --status [--spool=DIR]",
	.purpose =
		"Answer one AudioSocket call on stdin and stdout with a pipeline, and supervise it.",
	.see = "as-listen(1), as-speak(1), callpipe(7), callpipe-calldir(5)",
	.command = true,
};

/* From here on a signal to end waits for its time: in accept_uuid, then in a loop. */
static void arrange_signals(void)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, SIGTERM);
	sigaddset(&s, SIGINT);
	sigaddset(&s, SIGHUP);
	sigprocmask(SIG_BLOCK, &s, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* Nothing that runs here may have the line as its stderr: one byte of text on it ends the call. */
static int divert_stderr(void)
{
	int fd;

	if (!same_file(2, 0) && !same_file(2, 1))
		return 0;
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return fd == -1 || dup2(fd, 2) == -1 || close(fd) == -1 ? -1 : 0;
}

/* The service is the program's name; of PATH/NAME/call it is NAME. */
static const char *service_name(const char *program)
{
	static char path[PATH_MAX];
	char *name;

	snprintf(path, sizeof(path), "%s", program);
	name = basename(path);
	if (strcmp(name, "call") != 0 || !strchr(program, '/'))
		return name;
	snprintf(path, sizeof(path), "%s", program);
	name = realpath(dirname(path), NULL);
	if (name) {
		snprintf(path, sizeof(path), "%s", name);
		free(name);
	}
	return basename(path);
}

/* A file that is named by nothing is none. */
static const char *given(const char *path)
{
	return path && *path ? path : NULL;
}

/* Said with every call, not only with the one that needs it. */
static void look_for_phrase(const char *option, const char *path)
{
	if (path && access(path, R_OK) == -1)
		log_warn_errno("cannot read the phrase of --%s '%s'", option, path);
}

static const char *absolute(const char *path)
{
	static char full[PATH_MAX];
	char cwd[PATH_MAX];

	if (path[0] == '/')
		return path;
	if (!getcwd(cwd, sizeof(cwd)) ||
		snprintf(full, sizeof(full), "%s/%s", cwd, path) >= (int)sizeof(full))
		return path;
	return full;
}

static void learn_caller(struct call_info *info)
{
	caller_from_uuid(&info->caller, info->uuid);
	if (set.from_dir && caller_load(&info->caller, set.from_dir, info->uuid) == -1 &&
		errno != ENOENT)
		log_warn_errno("cannot read the number in '%s/%s'", set.from_dir, info->uuid);
	if (info->caller.ignored)
		log_warn("ignored %zu lines of '%s/%s'", info->caller.ignored, set.from_dir,
			info->uuid);
}

static void describe_slot(
	struct slots *slots, const char *call, enum slot_state state, int64_t t0_ns)
{
	struct slot s = {.state = state, .pid = getpid()};
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	s.accepted_ms = (ts.tv_sec * NS_PER_S + ts.tv_nsec - (now_ns() - t0_ns)) / NS_PER_MS;
	snprintf(s.call, sizeof(s.call), "%s", call);
	snprintf(s.service, sizeof(s.service), "%s", set.service);
	slots_describe(slots, &s);
}

static void on_term(void *ctx, int sig)
{
	(void)sig;
	lastword_cut(ctx);
}

/* A call without a pipeline: a phrase, or none, and the end. */
static int speak_only(const struct call_info *info, int64_t t0_ns, const char *phrase)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, 0};
	struct loop loop;
	struct lastword word = {.loop = &loop, .in_fd = 0, .out_fd = 1, .rate_hz = info->rate_hz};
	int err;

	loop_init(&loop);
	err = loop_signals(&loop, signals, on_term, &word) == -1 ||
		lastword_start(&word, t0_ns, phrase) == -1 || loop_run(&loop) == -1;
	if (err)
		log_error_errno("cannot speak on the line");
	lastword_free(&word);
	loop_free(&loop);
	return err ? EXIT_SYSTEM : EXIT_OK;
}

static int turn_away(struct slots *slots, const struct scribe_files *files,
	const struct call_info *info, int64_t t0_ns)
{
	bool hears = slots_take(slots, SLOTS_FOR_BUSY, set.busy_calls) == 1;

	log_warn("call %s: all %d calls are taken", info->uuid, (int)set.max_calls);
	if (hears)
		describe_slot(slots, info->uuid, SLOT_PLAYING_BUSY, t0_ns);
	slots_count(slots, hears ? SLOTS_BUSY : SLOTS_REFUSED);
	if (scribe_verdict(files, "busy") == -1)
		log_error_errno("cannot write verdict 'busy' of call %s", info->uuid);
	return speak_only(info, t0_ns, hears ? set.busy : NULL);
}

/* Not even a place to keep the call in. */
static int apologise(struct slots *slots, const struct scribe_files *files,
	const struct call_info *info, int64_t t0_ns)
{
	log_error_errno("cannot make a directory for call %s in '%s'", info->uuid, set.spool);
	describe_slot(slots, info->uuid, SLOT_FALLBACK, t0_ns);
	slots_count(slots, SLOTS_ERRORS);
	if (scribe_verdict(files, "error") == -1)
		log_error_errno("cannot write verdict 'error' of call %s", info->uuid);
	speak_only(info, t0_ns, set.fallback);
	return EXIT_SYSTEM;
}

/* What this call has to do without. */
static void report_lacks(struct record *r, int slots_errno)
{
	const struct calldir *dir = r->dir;

	if (slots_errno)
		record_report(r, "slots",
			"cannot use '%s/slots': %s: the number of calls is not limited", set.spool,
			strerror(slots_errno));
	if (dir->spool_errno)
		record_report(r, "spool", "cannot keep the call in '%s': %s: its record is in '%s'",
			set.spool, strerror(dir->spool_errno), dir->path);
	if (dir->vars_left)
		record_report(r, "vars",
			"cannot keep %zu variables of the caller: call.json has no room for them",
			dir->vars_left);
}

static int run_call(struct slots *slots, int slots_errno, struct scribe_files *files,
	const struct call_info *info, int64_t t0_ns, char **argv)
{
	struct calldir dir;
	struct scribe scribe;
	struct record record = {.t0_ns = t0_ns, .dir = &dir, .scribe = &scribe};
	struct supervise s = {
		.t0_ns = t0_ns,
		.info = info,
		.spool = set.spool,
		.fallback = set.fallback,
		.linger_s = set.linger_s,
		.max_duration_s = set.max_duration_s,
		.argv = argv,
		.slots = slots,
		.dir = &dir,
		.scribe = &scribe,
		.record = &record,
	};
	int err, status;

	if (calldir_open(&dir, set.spool, info) == -1)
		return apologise(slots, files, info, t0_ns);
	describe_slot(slots, dir.call, SLOT_NEW, t0_ns);
	slots_count(slots, SLOTS_ANSWERED);
	report_lacks(&record, slots_errno);
	err = scribe_files_of(files, dir.path, set.spool, info->uuid);
	if (scribe_init(&scribe, dir.scribe_fd, files, info->rate_hz) == -1 || err)
		log_error_errno("cannot write the record in '%s'", dir.path);
	status = supervise_run(&s);
	scribe_free(&scribe);
	calldir_close(&dir);
	return status;
}

/* For a scanner nothing is made, not even the folder it would be counted in. */
static int no_call(enum accept_result result, const char *why)
{
	struct slots slots;

	if (result == ACCEPT_ALIEN)
		log_info("closed a connection that is no call: %s", why);
	if (slots_open(&slots, set.spool) == 0) {
		slots_count(&slots, SLOTS_SCANNERS);
		slots_close(&slots);
	}
	return result == ACCEPT_EOF ? EXIT_OK : EXIT_DATA;
}

static int answer(int64_t t0_ns, char **argv)
{
	static struct call_info info;
	static struct scribe_files files;
	uint8_t uuid[ASOCK_UUID_BYTES];
	enum accept_result result;
	struct slots slots;
	int slots_errno, taken;
	const char *why;

	wall_time(info.accepted_at, sizeof(info.accepted_at));
	accept_tune(0);
	result = accept_uuid(0, t0_ns + set.uuid_timeout_ms * NS_PER_MS, uuid, &why);
	if (result != ACCEPT_CALL)
		return no_call(result, why);

	look_for_phrase("busy", set.busy);
	look_for_phrase("fallback", set.fallback);
	asock_uuid_text(uuid, info.uuid);
	info.service = set.service;
	info.rate_hz = atoi(set.rate);
	if (scribe_files_of(&files, NULL, set.spool, info.uuid) == 0)
		verdict_prepare(set.spool, files.verdict_by_uuid); /* makes the spool, too */
	slots_errno = slots_open(&slots, set.spool) == -1 ? errno : 0;
	taken = slots_errno ? -1 : slots_take(&slots, SLOTS_FOR_CALL, set.max_calls);
	if (taken == 0)
		return turn_away(&slots, &files, &info, t0_ns);
	if (taken == -1 && !slots_errno)
		slots_errno = errno;
	learn_caller(&info);
	return run_call(&slots, slots_errno, &files, &info, t0_ns, argv);
}

int main(int argc, char **argv)
{
	int64_t t0_ns = now_ns();
	socklen_t size = sizeof(int);
	int first, status, type;

	if (ensure_std_fds() == -1)
		return EXIT_SYSTEM;
	log_init("as-answer");
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status >= 0)
		return status;
	if (!given(set.spool)) {
		log_error("--spool must name a directory");
		return EXIT_USAGE;
	}
	set.spool = absolute(set.spool);
	if (set.status && first < argc) {
		log_error("cannot use '%s': --status takes no operands: see --help", argv[first]);
		return EXIT_USAGE;
	}
	if (set.status)
		return status_print(set.spool);
	if (first == argc) {
		log_error("which program answers? see --help");
		return EXIT_USAGE;
	}
	if (getsockopt(0, SOL_SOCKET, SO_TYPE, &type, &size) == -1) {
		log_error_errno("cannot answer on stdin: run me under a super-server");
		return EXIT_USAGE;
	}
	if (!same_file(0, 1)) {
		log_error("cannot answer: stdout is not the connection that stdin is");
		return EXIT_CONFIG;
	}
	set.busy = given(set.busy);
	set.fallback = given(set.fallback);
	set.from_dir = given(set.from_dir);
	set.service = given(set.service);
	if (!set.service)
		set.service = service_name(argv[first]);
	umask(027);
	arrange_signals();
	if (divert_stderr() == -1)
		return EXIT_SYSTEM;
	return answer(t0_ns, argv + first);
}
