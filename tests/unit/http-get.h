/* http-get: requests to tests/fake/http-faults.py, each with what came of it.
 *
 *	struct get g = {0};
 *	struct http_request q = {0};
 *	ask(&g, &q, "/ok");	// until it is over
 */
#ifndef CALLPIPE_TESTS_HTTP_GET_H
#define CALLPIPE_TESTS_HTTP_GET_H

#include "net/http.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/dynbuf.h"
#include "base/spawn.h"
#include "tap.h"

#define GUARD_MS 20000 /* nothing here takes so long */

static struct loop loop;
static struct http http;
static char base[64]; /* "http://127.0.0.1:PORT" */

/* One request, and what came of it. */
struct get {
	struct http_call *call;
	struct dynbuf body, lines;
	struct http_reply reply;
	char error[HTTP_ERROR_MAX + 1];
	int heads, pieces, ends;
	int cancel_in;     /* 1: cancel in header, 2: head, 3: body, 4: end; -1: free all in body */
	struct get *other; /* to cancel instead of this */
	int *left;         /* how many are still to end; the loop stops at 0 */
};

static inline void gone(struct get *g)
{
	g->call = NULL;
	if (--*g->left <= 0)
		loop_stop(&loop);
}

static inline bool cancel_at(struct get *g, int where)
{
	struct get *victim = g->other ? g->other : g;

	if (g->cancel_in != where || !victim->call)
		return false;
	http_cancel(victim->call);
	gone(victim);
	return victim == g;
}

static inline void on_header(void *ctx, const char *name, const char *value)
{
	struct get *g = ctx;

	dynbuf_addf(&g->lines, "%s: %s\n", name, value);
	cancel_at(g, 1);
}

static inline void on_head(void *ctx, const struct http_reply *r)
{
	struct get *g = ctx;

	g->heads++;
	g->reply = *r;
	cancel_at(g, 2);
}

static inline void on_body(void *ctx, const void *p, size_t n)
{
	struct get *g = ctx;

	g->pieces++;
	dynbuf_add(&g->body, p, n);
	if (g->cancel_in == -1) {
		http_free(&http);
		loop_stop(&loop);
		g->call = NULL;
		return;
	}
	cancel_at(g, 3);
}

static inline void on_end(void *ctx, const struct http_reply *r)
{
	struct get *g = ctx;

	g->ends++;
	g->reply = *r;
	snprintf(g->error, sizeof g->error, "%s", r->error);
	if (!cancel_at(g, 4))
		gone(g);
}

static const struct http_handlers handlers = {
	.header = on_header, .head = on_head, .body = on_body, .end = on_end};

static inline void get_start(struct get *g, const struct http_request *q, int *left)
{
	dynbuf_free(&g->body);
	dynbuf_free(&g->lines);
	dynbuf_init(&g->body, 1 << 26);
	dynbuf_init(&g->lines, 1 << 20);
	g->left = left;
	g->heads = g->pieces = g->ends = 0;
	g->call = http_start(&http, q, &handlers, g);
	if (!g->call)
		abort();
	if (g->ends || g->heads)
		printf("not ok - told from http_start\n");
}

static inline void get_free(struct get *g)
{
	dynbuf_free(&g->body);
	dynbuf_free(&g->lines);
}

static inline void too_long(void *ctx, int64_t now)
{
	printf("not ok - the loop hangs\n");
	fflush(stdout);
	_exit(1);
}

/* Until loop_stop. */
static inline void run(void)
{
	struct loop_timer guard = {.at_ns = now_ns() + GUARD_MS * NS_PER_MS, .fire = too_long};

	loop.stopped = false;
	if (loop_add_timer(&loop, &guard) || loop_run(&loop))
		abort();
	loop_remove_timer(&loop, &guard);
}

static inline void stop_fire(void *ctx, int64_t now)
{
	loop_stop(&loop);
}

static inline void run_for(int64_t how_long)
{
	struct loop_timer t = {.at_ns = now_ns() + how_long * NS_PER_MS, .fire = stop_fire};

	if (loop_add_timer(&loop, &t))
		abort();
	run();
	loop_remove_timer(&loop, &t);
}

static inline const char *url(const char *path)
{
	static char s[8][512];
	static int i;

	i = (i + 1) % 8;
	snprintf(s[i], sizeof s[i], "%s%s", base, path);
	return s[i];
}

static inline void ask(struct get *g, struct http_request *q, const char *path)
{
	int left = 1;

	q->url = url(path);
	get_start(g, q, &left);
	run();
}

/* Numbers the server counts. */
static inline long count(const char *name)
{
	struct get g = {0};
	struct http_request q = {0};
	const char *at;
	long n = 0;

	ask(&g, &q, "/stats");
	at = strstr(g.body.p, name);
	if (at)
		n = strtol(at + strlen(name) + 2, NULL, 10);
	get_free(&g);
	return n;
}

static inline bool mapped(const char *name)
{
	char *p;
	size_t n;
	bool found;

	if (read_file("/proc/self/maps", 1 << 22, &p, &n))
		return true;
	found = strstr(p, name);
	free(p);
	return found;
}

static inline bool has(const struct get *g, const char *text)
{
	return strstr(g->body.p, text) != NULL;
}

static inline void server_start(struct spawn_pipes *s)
{
	char program[] = "/usr/bin/python3", file[] = "tests/fake/http-faults.py";
	char *argv[] = {program, file, NULL}, *env[] = {NULL};
	char port[16] = "";

	if (spawn_piped(argv, env, s) || read(s->out_fd, port, sizeof port - 1) <= 0) {
		printf("Bail out! %s does not start\n", file);
		exit(1);
	}
	snprintf(base, sizeof base, "http://127.0.0.1:%d", atoi(port));
}

static inline void server_end(struct spawn_pipes *s)
{
	close(s->in_fd);
	waitpid(s->pid, NULL, 0);
}

#endif
