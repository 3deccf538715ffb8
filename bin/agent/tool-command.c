/* Tools that are programs. */
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
#include "tool-run.h"

struct program {
	struct tool_run *run;
	struct spawn_pipes child;
	bool running;                         /* there is a child to be waited for */
	struct loop_source in, out, err, end; /* its stdin, stdout, stderr, and its end */
	char *text;                           /* arguments as JSON */
	size_t text_bytes, given;             /* of it, and how many it has taken */
	struct dynbuf result;                 /* what it has written */
	struct dynbuf complaint;              /* what it has written to stderr */
	bool too_long;                        /* result is not all */
};

static void shut(struct program *p, struct loop_source *s)
{
	if (s->fd == -1)
		return;
	loop_remove(p->run->runner->loop, s);
	close(s->fd);
	s->fd = -1;
}

static void kill_all(struct program *p)
{
	kill(-p->child.pid, SIGKILL);
	shut(p, &p->in);
	shut(p, &p->out);
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
	struct program *p = ctx;
	size_t n = p->text_bytes - p->given;
	ssize_t done = write(p->in.fd, p->text + p->given, n < PIPE_BUF ? n : PIPE_BUF);

	if (done < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (done > 0)
		p->given += (size_t)done;
	if (done < 0 || p->given == p->text_bytes)
		shut(p, &p->in);
}

static void out_ready(void *ctx, short revents)
{
	struct program *p = ctx;

	if (!child_read(p->out.fd, &p->result, &p->too_long))
		shut(p, &p->out);
}

static void err_ready(void *ctx, short revents)
{
	struct program *p = ctx;
	bool more;

	if (!child_read(p->err.fd, &p->complaint, &more))
		shut(p, &p->err);
}

/* What is still in the pipe; a child of the tool that keeps it open is not waited for, nor one that fills it. */
static void take_rest(struct program *p, struct loop_source *s, struct dynbuf *b, bool *too_long)
{
	if (s->fd == -1)
		return;
	child_read_rest(s->fd, b, too_long);
	shut(p, s);
}

static void log_complaint(struct program *p)
{
	char *save, *line = strtok_r(p->complaint.p, "\n", &save);

	for (; p->complaint.n && line; line = strtok_r(NULL, "\n", &save))
		log_warn("tool '%s': %s", p->run->tool->name, line);
}

/* Why its answer cannot be used; "": it can. */
static enum tool_fault fault_of(struct program *p, int status, char why[TOOL_WHY_MAX])
{
	if (WIFSIGNALED(status))
		snprintf(why, TOOL_WHY_MAX, "killed by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		snprintf(why, TOOL_WHY_MAX, "exit code %d", WEXITSTATUS(status));
	else if (p->too_long)
		snprintf(why, TOOL_WHY_MAX, "its answer is longer than %d bytes", TOOL_RESULT_MAX);
	else if (dynbuf_failed(&p->result))
		snprintf(why, TOOL_WHY_MAX, "%s", strerror(ENOMEM));
	else
		return TOOL_FINE;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? TOOL_ANSWER : TOOL_NO;
}

static void ended(void *ctx, short revents)
{
	struct program *p = ctx;
	char why[TOOL_WHY_MAX] = "";
	enum tool_fault fault;
	siginfo_t is = {0};
	int status = 0;
	bool more = false;

	if (waitid(P_PID, (id_t)p->child.pid, &is, WEXITED | WNOHANG | WNOWAIT) < 0 || !is.si_pid)
		return;
	if (!p->run->tool
			->effect) /* what it has left behind has nobody to answer; its group is its own until it is reaped */
		kill(-p->child.pid, SIGKILL);
	if (waitpid(p->child.pid, &status, WNOHANG) != p->child.pid)
		return;
	p->running = false;
	take_rest(p, &p->out, &p->result, &p->too_long);
	take_rest(p, &p->err, &p->complaint, &more);
	log_complaint(p);
	fault = fault_of(p, status, why);
	if (fault == TOOL_FINE)
		tool_over_text(p->run, &p->result, 0, (struct tool_secrets){0});
	else
		tool_over_failed(p->run, fault, why);
}

static int watch(struct program *p)
{
	struct loop *l = p->run->runner->loop;
	struct loop_source *s[] = {&p->in, &p->out, &p->err, &p->end};

	p->in = (struct loop_source){.fd = p->child.in_fd, .mask = writes, .ready = give, .ctx = p};
	p->out = (struct loop_source){
		.fd = p->child.out_fd, .mask = reads, .ready = out_ready, .ctx = p};
	p->err = (struct loop_source){
		.fd = p->child.err_fd, .mask = reads, .ready = err_ready, .ctx = p};
	p->end = (struct loop_source){
		.fd = p->child.pid_fd, .mask = reads, .ready = ended, .ctx = p};
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		if (loop_add(l, s[i]) < 0)
			return -1;
	return 0;
}

static int start(struct tool_run *t, json_t *arguments)
{
	struct program *p = calloc(1, sizeof(*p));
	char id[160], *env[] = {id, NULL};

	if (!p)
		return -1;
	t->state = p;
	p->run = t;
	p->in.fd = p->out.fd = p->err.fd = p->end.fd = -1;
	dynbuf_init(&p->result, TOOL_RESULT_MAX);
	dynbuf_init(&p->complaint, TOOL_COMPLAINT_MAX);
	p->text = json_dumps(arguments, JSON_COMPACT);
	if (!p->text)
		return -1;
	p->text_bytes = strlen(p->text);
	snprintf(id, sizeof(id), "CALLPIPE_TOOL_ID=%s", t->key);
	if (spawn_piped((char *const *)(uintptr_t)t->tool->command, env, &p->child) < 0)
		return -1;
	p->running = true;
	if (watch(p) == 0)
		return 0;
	kill_all(p);
	waitpid(p->child.pid, NULL, 0);
	p->running = false;
	return -1;
}

static bool stop(struct tool_run *t, bool slow)
{
	kill_all(t->state);
	return false;
}

static void free_program(struct tool_run *t)
{
	struct program *p = t->state;

	if (!p)
		return;
	if (p->running && !t->tool->effect) {
		kill_all(p);
		waitpid(p->child.pid, NULL, 0);
	}
	shut(p, &p->in);
	shut(p, &p->out);
	shut(p, &p->err);
	shut(p, &p->end);
	free(p->text);
	dynbuf_free(&p->result);
	dynbuf_free(&p->complaint);
	free(p);
}

const struct tool_kind tool_command = {.start = start, .stop = stop, .free = free_program};
