#include "tool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/log.h"
#include "base/spawn.h"
#include "codec/jline.h"

struct tool_run {
	struct tool_run *next;
	struct tool_runner *runner;
	char *id, *name;
	bool effect;
	bool reported; /* done has been called: what comes is of no interest, or late */
	struct spawn_pipes child;
	struct loop_source in, out, err, end; /* its stdin, stdout, stderr, and its end */
	struct loop_timer deadline;
	int64_t start_ns;
	char *text;               /* arguments as JSON */
	size_t text_bytes, given; /* of it, and how many it has taken */
	struct dynbuf result;     /* what it has written */
	struct dynbuf complaint;  /* what it has written to stderr */
	bool too_long;            /* result is not all */
};

const char *tool_status_name(enum tool_status status)
{
	static const char *const name[] = {"ok", "failed", "timeout", "cancelled"};

	return name[status];
}

void tool_init(struct tool_runner *r, struct loop *loop,
	void (*done)(void *ctx, const struct tool_end *end), void *ctx)
{
	*r = (struct tool_runner){.loop = loop, .done = done, .ctx = ctx};
}

static void shut(struct tool_run *t, struct loop_source *s)
{
	if (s->fd == -1)
		return;
	loop_remove(t->runner->loop, s);
	close(s->fd);
	s->fd = -1;
}

static void run_free(struct tool_run *t)
{
	shut(t, &t->in);
	shut(t, &t->out);
	shut(t, &t->err);
	shut(t, &t->end);
	loop_remove_timer(t->runner->loop, &t->deadline);
	free(t->text);
	free(t->id);
	free(t->name);
	dynbuf_free(&t->result);
	dynbuf_free(&t->complaint);
	free(t);
}

static void report(struct tool_run *t, enum tool_status status, json_t *result, const char *why)
{
	struct tool_end end = {
		.id = t->id,
		.status = status,
		.result = result,
		.ms = (now_ns() - t->start_ns) / NS_PER_MS,
		.late = t->reported,
		.why = why,
	};

	if (status == TOOL_FAILED || status == TOOL_TIMEOUT)
		log_warn("tool '%s': %s", t->name, why);
	t->reported = true;
	t->runner->done(t->runner->ctx, &end);
}

static void kill_all(struct tool_run *t)
{
	kill(-t->child.pid, SIGKILL);
	shut(t, &t->in);
	shut(t, &t->out);
}

static short writes(void *ctx)
{
	return POLLOUT;
}

static short reads(void *ctx)
{
	return POLLIN;
}

/* A tool that does not read its arguments may do so: that it has ended is seen elsewhere. */
static void give(void *ctx, short revents)
{
	struct tool_run *t = ctx;
	size_t n = t->text_bytes - t->given;
	ssize_t done = write(t->in.fd, t->text + t->given, n < PIPE_BUF ? n : PIPE_BUF);

	if (done < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (done > 0)
		t->given += (size_t)done;
	if (done < 0 || t->given == t->text_bytes)
		shut(t, &t->in);
}

static void out_ready(void *ctx, short revents)
{
	struct tool_run *t = ctx;

	if (!child_read(t->out.fd, &t->result, &t->too_long))
		shut(t, &t->out);
}

static void err_ready(void *ctx, short revents)
{
	struct tool_run *t = ctx;
	bool more;

	if (!child_read(t->err.fd, &t->complaint, &more))
		shut(t, &t->err);
}

/* What is still in the pipe; a child of the tool that keeps it open is not waited for, nor one that fills it. */
static void take_rest(struct tool_run *t, struct loop_source *s, struct dynbuf *b, bool *too_long)
{
	if (s->fd == -1)
		return;
	child_read_rest(s->fd, b, too_long);
	shut(t, s);
}

static void log_complaint(struct tool_run *t)
{
	char *save, *line = strtok_r(t->complaint.p, "\n", &save);

	for (; t->complaint.n && line; line = strtok_r(NULL, "\n", &save))
		log_warn("tool '%s': %s", t->name, line);
}

static bool blank(const struct dynbuf *b)
{
	return strspn(b->p, " \t\r\n") == b->n;
}

/* It can be told in an event: written anew it may be longer, and it may be too deep. */
static bool can_be_told(json_t *result)
{
	json_t *data = json_pack("{s:O}", "result", result);
	char *text = json_dumps(data, JSON_COMPACT);
	size_t n = text ? strlen(text) : 0;
	bool can = n > 0 && n <= TOOL_TOLD_MAX && jline_check(text, n) == 0;

	free(text);
	json_decref(data);
	return can;
}

/* What it has answered; NULL and why if that cannot be used. */
static json_t *answer(struct tool_run *t, int status, char why[160])
{
	json_error_t err;
	json_t *result = NULL;

	if (WIFSIGNALED(status))
		snprintf(why, 160, "killed by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		snprintf(why, 160, "exit code %d", WEXITSTATUS(status));
	else if (t->too_long)
		snprintf(why, 160, "its answer is longer than %d bytes", TOOL_RESULT_MAX);
	else if (dynbuf_failed(&t->result))
		snprintf(why, 160, "%s", strerror(ENOMEM));
	else if (blank(&t->result))
		return json_null();
	else if (!(result = json_loadb(t->result.p, t->result.n,
			   JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &err)))
		snprintf(why, 160, "its answer is no JSON: line %d: %.100s", err.line, err.text);
	if (result && !can_be_told(result)) {
		snprintf(why, 160, "its answer is too large, or too deep, for an event");
		json_decref(result);
		return NULL;
	}
	return result;
}

static void unlink_run(struct tool_run *t)
{
	struct tool_run **at = &t->runner->head;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
}

static void ended(void *ctx, short revents)
{
	struct tool_run *t = ctx;
	char why[160] = "";
	siginfo_t is = {0};
	json_t *result;
	int status = 0;
	bool more = false;

	if (waitid(P_PID, (id_t)t->child.pid, &is, WEXITED | WNOHANG | WNOWAIT) < 0 || !is.si_pid)
		return;
	if (!t->effect) /* what it has left behind has nobody to answer; its group is its own until it is reaped */
		kill(-t->child.pid, SIGKILL);
	if (waitpid(t->child.pid, &status, WNOHANG) != t->child.pid)
		return;
	take_rest(t, &t->out, &t->result, &t->too_long);
	take_rest(t, &t->err, &t->complaint, &more);
	log_complaint(t);
	unlink_run(t);
	if (!t->reported || t->effect) {
		result = answer(t, status, why);
		report(t, result ? TOOL_OK : TOOL_FAILED, result, why);
		json_decref(result);
	}
	run_free(t);
}

static void out_of_time(void *ctx, int64_t now)
{
	struct tool_run *t = ctx;

	if (t->reported)
		return;
	if (!t->effect)
		kill_all(t);
	report(t, TOOL_TIMEOUT, NULL, "it took too long");
}

static int watch(struct tool_run *t)
{
	struct loop *l = t->runner->loop;
	struct loop_source *s[] = {&t->in, &t->out, &t->err, &t->end};

	t->in = (struct loop_source){.fd = t->child.in_fd, .mask = writes, .ready = give, .ctx = t};
	t->out = (struct loop_source){
		.fd = t->child.out_fd, .mask = reads, .ready = out_ready, .ctx = t};
	t->err = (struct loop_source){
		.fd = t->child.err_fd, .mask = reads, .ready = err_ready, .ctx = t};
	t->end = (struct loop_source){
		.fd = t->child.pid_fd, .mask = reads, .ready = ended, .ctx = t};
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		if (loop_add(l, s[i]) < 0)
			return -1;
	return loop_add_timer(l, &t->deadline);
}

int tool_start(struct tool_runner *r, const struct tool_spec *spec, json_t *arguments)
{
	struct tool_run *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -1;
	t->runner = r;
	t->in.fd = t->out.fd = t->err.fd = t->end.fd = -1;
	t->effect = spec->effect;
	t->start_ns = now_ns();
	t->deadline = (struct loop_timer){
		.fire = out_of_time, .ctx = t, .at_ns = t->start_ns + spec->timeout_ms * NS_PER_MS};
	dynbuf_init(&t->result, TOOL_RESULT_MAX);
	dynbuf_init(&t->complaint, TOOL_COMPLAINT_MAX);
	t->id = strdup(spec->id);
	t->name = strdup(spec->name);
	t->text = json_dumps(arguments, JSON_COMPACT);
	errno = ENOMEM;
	if (t->id && t->name && t->text && spawn_piped(spec->argv, spec->env, &t->child) == 0) {
		t->text_bytes = strlen(t->text);
		if (watch(t) == 0) {
			t->next = r->head;
			r->head = t;
			return 0;
		}
		kill_all(t);
		waitpid(t->child.pid, NULL, 0);
	}
	err = errno;
	run_free(t);
	errno = err;
	return -1;
}

void tool_cancel(struct tool_runner *r)
{
	struct tool_run *t = r->head;

	while (t) {
		if (t->reported || t->effect) {
			t = t->next;
			continue;
		}
		kill_all(t);
		report(t, TOOL_CANCELLED, NULL, "nobody needs the answer any more");
		t = r->head; /* done may have started others */
	}
}

bool tool_busy(const struct tool_runner *r)
{
	const struct tool_run *t = r->head;

	while (t && !t->effect)
		t = t->next;
	return t;
}

void tool_free(struct tool_runner *r)
{
	while (r->head) {
		struct tool_run *t = r->head;

		r->head = t->next;
		if (!t->effect) {
			kill_all(t);
			waitpid(t->child.pid, NULL, 0);
		}
		run_free(t);
	}
}
