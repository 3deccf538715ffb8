#include "conform.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "codec/jline.h"
#include "conform-cases.h"

#define CASES_MAX 64
#define LINE_MAX_BYTES 2048
/* Calls begin this far apart, so that starting one does not make another late. */
#define STAGGER_NS (250 * NS_PER_MS)
/* No case takes as long; a server cannot hold one up, as every wait in it has an end. */
#define CASE_MAX_S 120

/* Each case is a process of its own: it may block, and needs no state machine. */
struct job {
	const struct conform_case *c;
	unsigned number; /* of the case among all, for its UUIDs */
	bool chosen;     /* to be run */
	pid_t pid;
	int fd;                       /* its result is read from here */
	int64_t start_ns;             /* when it was started */
	enum conform_verdict verdict; /* result */
	bool late;                    /* result: the tester was late */
};

/* All jobs there could be; returns how many. */
static unsigned gather(struct job jobs[CASES_MAX])
{
	static const struct conform_case *const tables[] = {conform_calls, conform_ends};
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		for (const struct conform_case *c = tables[i]; c->name && n < CASES_MAX; c++, n++)
			jobs[n] = (struct job){.c = c, .number = n, .fd = -1};
	}
	return n;
}

static bool is_word(const char *name, const char *s, size_t n)
{
	return strlen(name) == n && memcmp(name, s, n) == 0;
}

/* Choose the cases named, all if names is NULL; -1 if one does not exist. */
static int choose(struct job *jobs, unsigned n, const char *names)
{
	static const char between[] = ", \t\n";

	for (unsigned i = 0; i < n; i++)
		jobs[i].chosen = !names;
	for (const char *s = names; s && *(s += strspn(s, between));) {
		size_t length = strcspn(s, between);
		unsigned i = 0;

		while (i < n && !is_word(jobs[i].c->name, s, length))
			i++;
		if (i == n) {
			log_error("cannot run case '%.*s': there is none of that name",
				(int)min_i64((int64_t)length, 64), s);
			return -1;
		}
		jobs[i].chosen = true;
		s += length;
	}
	return 0;
}

static void print_text(const struct conform_case *c, const struct conform_result *r)
{
	static const char *const verdicts[] = {"PASS", "FAIL", "SKIP"};

	printf("%s  %-15s  %s", verdicts[r->verdict], c->name, r->text);
	if (r->stalls)
		printf("; tester late, times not judged (%u x)", r->stalls);
	putchar('\n');
}

static void print_line(struct dynbuf *line)
{
	dynbuf_adds(line, "}\n");
	fwrite(line->p, 1, line->n, stdout);
	dynbuf_free(line);
}

static void print_json(const struct conform_case *c, const struct conform_result *r, int64_t ms)
{
	static const char *const verdicts[] = {"pass", "fail", "skip"};
	struct dynbuf b;

	dynbuf_init(&b, LINE_MAX_BYTES);
	dynbuf_adds(&b, "{");
	jline_add_str(&b, "case", c->name);
	jline_add_str(&b, "result", verdicts[r->verdict]);
	jline_add_str(&b, "fault", r->fault);
	jline_add_str(&b, "text", r->text);
	jline_add_int(&b, "frames", r->messages);
	dynbuf_addf(&b,
		",\"first_ms\":%.1f,\"late_p50_ms\":%.1f,\"late_p99_ms\":%.1f,"
		"\"late_max_ms\":%.1f,\"gap_max_ms\":%.1f",
		r->first_ms, r->late_p50_ms, r->late_p99_ms, r->late_max_ms, r->gap_ms);
	jline_add_int(&b, "duration_ms", ms);
	jline_add_int(&b, "tester_late", r->stalls);
	print_line(&b);
}

static _Noreturn void run_case(const struct conform_settings *set, const struct job *j, int out)
{
	struct peer *p = malloc(sizeof(*p));
	struct conform_result result;

	alarm(CASE_MAX_S);
	if (!p)
		_exit(EXIT_SYSTEM);
	peer_init(p, set, j->number, 0);
	j->c->run(p);
	peer_result(p, &result);
	_exit(write_all(out, &result, sizeof(result)) < 0 ? EXIT_SYSTEM : EXIT_OK);
}

static int job_start(struct job *j, const struct conform_settings *set)
{
	pid_t parent = getpid();
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	j->start_ns = now_ns();
	j->pid = fork();
	if (j->pid == 0) {
		/* Dies with us, whatever we die of. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_SYSTEM);
		run_case(set, j, fds[1]);
	}
	close(fds[1]);
	j->fd = fds[0];
	return j->pid < 0 ? -1 : 0;
}

static void job_finish(struct job *j, bool json)
{
	struct conform_result r;
	int status = 0;
	bool whole = read(j->fd, &r, sizeof(r)) == sizeof(r);

	(void)waitpid(j->pid, &status, 0);
	close(j->fd);
	j->fd = -1;
	if (!whole) {
		r = (struct conform_result){.verdict = CONFORM_FAIL, .first_ms = -1};
		snprintf(r.text, sizeof(r.text), "the case broke off (wait status %d)", status);
	}
	j->verdict = r.verdict;
	j->late = r.stalls > 0;
	if (json)
		print_json(j->c, &r, (now_ns() - j->start_ns) / NS_PER_MS);
	else
		print_text(j->c, &r);
	fflush(stdout);
}

/* Run the chosen cases of a wave side by side, started one by one. */
static int run_wave(
	const struct conform_settings *set, enum conform_wave wave, struct job *jobs, unsigned n)
{
	unsigned i = 0, running = 0;
	int64_t next = now_ns();

	for (;;) {
		struct pollfd polls[CASES_MAX];

		while (i < n && (!jobs[i].chosen || jobs[i].c->wave != wave))
			i++;
		if (i == n && running == 0)
			return 0;
		if (i < n && now_ns() >= next) {
			if (job_start(&jobs[i], set) < 0) {
				log_error_errno("cannot start case '%s'", jobs[i].c->name);
				return -1;
			}
			i++, running++;
			next += STAGGER_NS;
			continue;
		}
		for (unsigned k = 0; k < n; k++)
			polls[k] = (struct pollfd){.fd = jobs[k].fd, .events = POLLIN};
		if (poll(polls, n, i < n ? (int)((next - now_ns()) / NS_PER_MS) + 1 : -1) <= 0)
			continue;
		for (unsigned k = 0; k < n; k++) {
			if (polls[k].revents) {
				job_finish(&jobs[k], set->json);
				running--;
			}
		}
	}
}

struct tally {
	unsigned count[CONFORM_SKIP + 1]; /* cases by verdict */
	unsigned late;                    /* cases in which the tester was late */
	struct dynbuf skipped;            /* names of those skipped, a blank between them */
};

static void tally(const struct job *jobs, unsigned n, struct tally *t)
{
	for (unsigned i = 0; i < n; i++) {
		if (!jobs[i].chosen)
			continue;
		t->count[jobs[i].verdict]++;
		t->late += jobs[i].late;
		if (jobs[i].verdict == CONFORM_SKIP)
			dynbuf_addf(&t->skipped, "%s%s", t->skipped.n ? " " : "", jobs[i].c->name);
	}
}

static void print_tally(const struct tally *t, int64_t ms)
{
	const unsigned *count = t->count;

	printf("%u passed, %u failed, %u skipped in %.1f s\n", count[CONFORM_PASS],
		count[CONFORM_FAIL], count[CONFORM_SKIP], (double)ms / 1000);
	if (t->skipped.n)
		printf("not tested: %s\n", t->skipped.p);
	if (t->late)
		printf("tester late in %u cases: this machine is too busy to judge all times\n",
			t->late);
}

static void print_tally_json(const struct tally *t, int64_t ms)
{
	struct dynbuf b;

	dynbuf_init(&b, LINE_MAX_BYTES);
	dynbuf_adds(&b, "{\"summary\":true");
	jline_add_int(&b, "passed", t->count[CONFORM_PASS]);
	jline_add_int(&b, "failed", t->count[CONFORM_FAIL]);
	jline_add_int(&b, "skipped", t->count[CONFORM_SKIP]);
	jline_add_str(&b, "not_tested", t->skipped.n ? t->skipped.p : "");
	jline_add_int(&b, "tester_late", t->late);
	jline_add_int(&b, "duration_ms", ms);
	print_line(&b);
}

/* A server that is not there is no server that fails: one line says so, not one for each case. */
static bool anybody_there(const struct conform_settings *set)
{
	int fd = socket(set->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool there = fd >= 0 &&
		connect(fd, (const struct sockaddr *)&set->addr, set->addr_bytes) == 0;

	if (!there)
		log_error_errno("cannot test the server: no connection");
	if (fd >= 0)
		close(fd);
	return there;
}

int conform_run(const struct conform_settings *set)
{
	struct job jobs[CASES_MAX];
	struct tally t = {0};
	unsigned n = gather(jobs);
	int64_t start = now_ns();

	if (choose(jobs, n, set->cases) < 0)
		return EXIT_USAGE;
	if (!anybody_there(set))
		return EXIT_REFUSED;
	fflush(stdout);
	for (enum conform_wave wave = 0; wave < CONFORM_WAVES; wave++)
		if (run_wave(set, wave, jobs, n) < 0)
			return EXIT_SYSTEM;
	dynbuf_init(&t.skipped, LINE_MAX_BYTES);
	tally(jobs, n, &t);
	(set->json ? print_tally_json : print_tally)(&t, (now_ns() - start) / NS_PER_MS);
	dynbuf_free(&t.skipped);
	return t.count[CONFORM_FAIL] ? EXIT_FALSE : EXIT_OK;
}

void conform_list(void)
{
	struct job jobs[CASES_MAX];
	unsigned n = gather(jobs);

	for (unsigned i = 0; i < n; i++)
		printf("%-15s  %s\n%17s(%s)\n", jobs[i].c->name, jobs[i].c->shows, "",
			jobs[i].c->fact);
}
