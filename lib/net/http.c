#include "net/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "net/http-call.h"

#define CA_MAX (8 << 20) /* bytes of a file of authorities */
#define WARM_MS 10000    /* for a connection that nobody waits for */
#define CONNECTIONS 16L  /* kept, of all servers together */

struct http_state {
	struct loop *loop;
	struct curl_multi multi;
	struct http_call *calls;           /* all that are under way */
	struct http_call *due, **due_last; /* those that have something to tell, in order */
	struct loop_timer
		timer; /* the next deadline, or now. Behind libcurl's: one round for both */
	bool inside;   /* handlers are being called */
	bool gone;     /* freed by one: the struct goes behind it */
};

void http_init(struct http *h, struct loop *loop)
{
	*h = (struct http){.loop = loop};
}

void http_set(const struct http_settings *set)
{
	curl_settings = *set;
}

int http_check(char why[HTTP_WHY_MAX])
{
	const char *path = curl_settings.ca_file, *wrong = NULL;
	struct stat st;
	char *text;
	size_t n;

	if (!path || !*path)
		return 0;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		wrong = "it is no file";
	else if (read_file(path, CA_MAX, &text, &n) < 0)
		wrong = strerror(errno);
	else {
		if (!strstr(text, "-----BEGIN "))
			wrong = "there is no certificate in it";
		free(text);
	}
	if (wrong)
		snprintf(why, HTTP_WHY_MAX, "cannot use the authorities of '%.120s': %s", path,
			wrong);
	return wrong ? -1 : 0;
}

void http_due(struct http_call *c)
{
	struct http_state *st = c->state;

	st->timer.at_ns = st->loop->now;
	if (c->due)
		return;
	c->due = true;
	c->due_next = NULL;
	*st->due_last = c;
	st->due_last = &c->due_next;
}

static void due_leave(struct http_call *c)
{
	struct http_state *st = c->state;

	if (!c->due)
		return;
	c->due = false;
	for (struct http_call **at = &st->due; *at; at = &(*at)->due_next) {
		if (*at != c)
			continue;
		*at = c->due_next;
		if (!*at)
			st->due_last = at;
		break;
	}
}

/* Out of libcurl: what is not whole is closed. */
static void stop(struct http_call *c)
{
	if (c->easy && c->state->multi.multi)
		curl_lib()->multi_remove_handle(c->state->multi.multi, c->easy);
	http_release(c);
}

static void call_free(struct http_call *c)
{
	dynbuf_free(&c->lines);
	dynbuf_free(&c->body);
	dynbuf_free(&c->error_body);
	free(c->warms);
	free(c);
}

/* No longer among those that are under way. */
static void leave(struct http_call *c)
{
	stop(c);
	due_leave(c);
	*c->back = c->next;
	if (c->next)
		c->next->back = c->back;
	c->gone = true;
}

void http_cancel(struct http_call *c)
{
	if (c->gone)
		return;
	leave(c);
	/* else it is freed behind the handler */
	if (!c->telling)
		call_free(c);
}

/* It has ended, which is told in the next round: never from http_start. */
static void end(struct http_call *c, CURLcode code)
{
	http_conclude(c, code);
	stop(c);
	c->ended = true;
	http_due(c);
}

static void on_done(void *ctx, CURL *easy, CURLcode code)
{
	struct http_call *c = NULL;

	curl_lib()->easy_getinfo(easy, CURLINFO_PRIVATE, &c);
	end(c, code);
}

/* False: it has been cancelled. */
static bool tell_lines(struct http_call *c)
{
	struct dynbuf lines = c->lines;

	dynbuf_init(&c->lines, lines.max);
	for (size_t i = 0; i < lines.n && !c->gone;) {
		const char *name = lines.p + i, *value = name + strlen(name) + 1;

		i = (size_t)(value + strlen(value) + 1 - lines.p);
		c->on.header(c->ctx, name, value);
	}
	dynbuf_free(&lines);
	return !c->gone;
}

/* What is new of it. Handlers may do anything: cancel this or another, free all, start. */
static void tell_all(struct http_call *c)
{
	bool good = c->reply.status >= 200 && c->reply.status < 300;

	if (c->head_done && c->on.header && c->lines.n && !tell_lines(c))
		return;
	if (c->head_done && good && !c->head_told) {
		c->head_told = true;
		if (c->on.head)
			c->on.head(c->ctx, &c->reply);
	}
	if (!c->gone && c->body.n) {
		struct dynbuf body = c->body;

		/* more may come when a handler goes to libcurl */
		dynbuf_init(&c->body, body.max);
		if (c->on.body)
			c->on.body(c->ctx, body.p, body.n);
		if (c->body.n) {
			dynbuf_free(&body);
		} else {
			dynbuf_free(&c->body);
			dynbuf_reset(&body);
			c->body = body;
		}
	}
	if (!c->gone && c->ended && !c->body.n) {
		c->on.end(c->ctx, &c->reply);
		if (!c->gone)
			leave(c);
	}
}

static void tell(struct http_call *c)
{
	c->telling = true;
	tell_all(c);
	c->telling = false;
	if (c->gone)
		call_free(c);
}

/* A deadline is past: so it ends. */
static bool overdue(struct http_call *c, int64_t now)
{
	const struct {
		int64_t at, ms;
		const char *text;
	} line[] = {
		{c->connect_at, c->connect_ms, "not connected within"},
		{c->first_at, c->first_ms, "no answer within"},
		{c->idle_at, c->idle_ms, "nothing more for"},
		{c->total_at, c->total_ms, "not done within"},
	};

	for (size_t i = 0; i < ARRAY_LEN(line); i++) {
		if (line[i].at && line[i].at <= now) {
			http_conclude_fault(
				c, HTTP_SLOW, "%s %lld ms", line[i].text, (long long)line[i].ms);
			return true;
		}
	}
	return false;
}

static int64_t earliest(const struct http_call *c)
{
	const int64_t at[] = {c->connect_at, c->first_at, c->idle_at, c->total_at};
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < ARRAY_LEN(at); i++)
		if (at[i])
			first = min_i64(first, at[i]);
	return first;
}

static void rearm(struct http_state *st)
{
	int64_t at = INT64_MAX;

	for (struct http_call *c = st->calls; c; c = c->next)
		if (!c->ended)
			at = min_i64(at, earliest(c));
	st->timer.at_ns = st->due ? st->loop->now : at == INT64_MAX ? 0 : at;
}

static void on_timer(void *ctx, int64_t now)
{
	struct http_state *st = ctx;

	for (struct http_call *c = st->calls; c; c = c->next) {
		if (!c->ended && overdue(c, now))
			end(c, CURLE_OK);
	}
	st->inside = true;
	for (struct http_call *c; !st->gone && (c = st->due);) {
		st->due = c->due_next;
		if (!st->due)
			st->due_last = &st->due;
		c->due = false;
		tell(c);
	}
	st->inside = false;
	if (st->gone)
		free(st);
	else
		rearm(st);
}

static int multi_open(struct http_state *st)
{
	if (st->multi.multi)
		return 0;
	if (curl_multi_open(&st->multi, st->loop))
		return -1;
	curl_lib()->multi_setopt(st->multi.multi, CURLMOPT_MAXCONNECTS, CONNECTIONS);
	return 0;
}

static struct http_state *state_of(struct http *h)
{
	struct http_state *st = h->state;

	if (st)
		return st;
	st = calloc(1, sizeof(*st));
	if (!st)
		return NULL;
	st->loop = h->loop;
	st->due_last = &st->due;
	st->multi.done = on_done;
	st->multi.ctx = st;
	st->timer = (struct loop_timer){.fire = on_timer, .ctx = st};
	/* without libcurl requests fail, each by itself */
	(void)!multi_open(st);
	if (loop_add_timer(h->loop, &st->timer)) {
		curl_multi_close(&st->multi);
		free(st);
		return NULL;
	}
	h->state = st;
	return st;
}

void http_free(struct http *h)
{
	struct http_state *st = h->state;

	h->state = NULL;
	if (!st)
		return;
	for (struct http_call *c = st->calls, *next; c; c = next) {
		next = c->next;
		http_cancel(c);
	}
	curl_multi_close(&st->multi);
	loop_remove_timer(st->loop, &st->timer);
	if (st->inside)
		st->gone = true;
	else
		free(st);
}

static void set_deadlines(struct http_call *c, const struct http_request *q)
{
	int64_t now = now_ns();

	c->reply.start_ns = now;
	c->connect_ms = q->connect_ms;
	c->first_ms = q->first_ms;
	c->idle_ms = q->idle_ms;
	c->total_ms = q->total_ms;
	c->connect_at = q->connect_ms ? now + q->connect_ms * NS_PER_MS : 0;
	c->first_at = q->first_ms ? now + q->first_ms * NS_PER_MS : 0;
	c->total_at = q->total_ms ? now + q->total_ms * NS_PER_MS : 0;
}

static void begin(struct http_call *c, const struct http_request *q)
{
	struct http_state *st = c->state;

	if (multi_open(st)) {
		http_conclude_fault(c, HTTP_UNABLE, "libcurl.so.4 is not installed, or too old");
		end(c, CURLE_OK);
	} else if (http_prepare(c, q)) {
		end(c, CURLE_OK);
	} else if (curl_lib()->multi_add_handle(st->multi.multi, c->easy)) {
		http_conclude_fault(c, HTTP_UNABLE, "no memory");
		end(c, CURLE_OK);
	}
}

struct http_call *http_start(
	struct http *h, const struct http_request *q, const struct http_handlers *on, void *ctx)
{
	struct http_state *st = state_of(h);
	struct http_call *c = st ? calloc(1, sizeof(*c)) : NULL;

	if (!c)
		return NULL;
	c->state = st;
	c->on = *on;
	c->ctx = ctx;
	c->max = q->max_bytes ? q->max_bytes : HTTP_BODY_MAX;
	dynbuf_init(&c->lines, HTTP_HEADERS_MAX * 2);
	dynbuf_init(&c->body, c->max);
	dynbuf_init(&c->error_body, HTTP_ERROR_MAX);
	set_deadlines(c, q);
	http_reply_init(c);
	c->next = st->calls;
	c->back = &st->calls;
	if (c->next)
		c->next->back = &c->next;
	st->calls = c;
	begin(c, q);
	if (!st->inside)
		rearm(st);
	return c;
}

void http_load(struct http *h)
{
	(void)!state_of(h); /* a request will tell what is wrong */
}

static void warm_end(void *ctx, const struct http_reply *r) {}

/* A connection comes only with a request; this one asks for nothing, and carries no key. */
void http_warm(struct http *h, const char *url)
{
	static const struct http_handlers on = {.end = warm_end};
	const char *host = strstr(url, "://");
	size_t n = host ? (size_t)(host + 3 - url) : 0;
	struct http_request q = {.method = "HEAD", .connect_ms = WARM_MS, .total_ms = WARM_MS};
	struct http_call *c;
	char *root;

	if (!host || asprintf(&root, "%.*s/", (int)(n + strcspn(url + n, "/?#")), url) == -1)
		return;
	for (c = h->state ? h->state->calls : NULL; c; c = c->next) {
		if (c->warms && strcmp(c->warms, root) == 0) {
			free(root);
			return;
		}
	}
	q.url = root;
	c = http_start(h, &q, &on, NULL);
	if (c)
		c->warms = root;
	else
		free(root);
}
