#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "net/http-call.h"

#define AGAIN_MAX_S 86400   /* a server that is away for longer is away */
#define UNIX_TIME_MIN_S 1e9 /* x-ratelimit-reset: from here on it is a time, below it a delay */

void http_reply_init(struct http_call *c)
{
	c->reply = (struct http_reply){
		.retry_after_ms = -1,
		.should_retry = -1,
		.error = "",
		.start_ns = c->reply.start_ns,
		.connect_ns = c->reply.connect_ns,
	};
	c->again = (struct http_again){-1, -1, -1, -1, -1, -1};
}

static bool is_good(int status)
{
	return status >= 200 && status < 300;
}

/* What may be shown: one line. */
static void copy_text(char *ret, size_t size, const char *text)
{
	size_t n = strlen(text);

	while (n && strchr("\r\n .", text[n - 1]))
		n--;
	if (n >= size)
		n = size - 1;
	for (size_t i = 0; i < n; i++)
		ret[i] = (char)((unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i]);
	ret[n] = '\0';
	utf8_repair(ret);
}

/* A number of seconds, times scale, as milliseconds; -1: none. */
static int64_t as_ms(const char *value, double scale)
{
	char *end;
	double d = strtod(value, &end);

	if (end == value || *end || !isfinite(d))
		return -1;
	d *= scale;
	return d < 0 ? 0 : (int64_t)((d > AGAIN_MAX_S ? AGAIN_MAX_S : d) * 1000);
}

static int64_t wall_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

/* From the server's own clock if it says it; -1: it is not known. */
static int64_t until_ms(const struct http_again *a, int64_t at_s)
{
	int64_t left = at_s - (a->date_s >= 0 ? a->date_s : wall_s());

	return at_s < 0 ? -1 : min_i64(max_i64(left, 0), AGAIN_MAX_S) * 1000;
}

static int64_t retry_after_ms(const struct http_again *a)
{
	const int64_t ms[] = {
		a->ms, a->after_ms, until_ms(a, a->after_s), a->reset_ms, until_ms(a, a->reset_s)};

	for (size_t i = 0; i < ARRAY_LEN(ms); i++)
		if (ms[i] >= 0)
			return ms[i];
	return -1;
}

static void take_retry_after(struct http_again *a, const char *value)
{
	a->after_ms = as_ms(value, 1);
	a->after_s = a->after_ms < 0 ? curl_lib()->getdate(value, NULL) : -1;
}

static void take_rate_reset(struct http_again *a, const char *value)
{
	double d = strtod(value, NULL);
	bool time = d >= UNIX_TIME_MIN_S && d < 1e12;

	a->reset_s = time ? (int64_t)d : -1;
	a->reset_ms = time ? -1 : as_ms(value, 1);
}

static void take_type(struct http_reply *r, const char *value)
{
	size_t n = strcspn(value, "; \t");

	snprintf(r->type, sizeof r->type, "%.*s", (int)n, value);
}

static void take_named(struct http_call *c, const char *name, const char *value)
{
	static const char *const ids[] = {"x-request-id", "request-id", "dg-request-id"};
	struct http_reply *r = &c->reply;

	if (strcasecmp(name, "content-type") == 0)
		take_type(r, value);
	else if (strcasecmp(name, "retry-after-ms") == 0)
		c->again.ms = as_ms(value, 0.001);
	else if (strcasecmp(name, "retry-after") == 0)
		take_retry_after(&c->again, value);
	else if (strcasecmp(name, "x-ratelimit-reset") == 0)
		take_rate_reset(&c->again, value);
	else if (strcasecmp(name, "date") == 0)
		c->again.date_s = curl_lib()->getdate(value, NULL);
	else if (strcasecmp(name, "x-should-retry") == 0)
		r->should_retry = strcasecmp(value, "true") == 0 ? 1
			: strcasecmp(value, "false") == 0        ? 0
								 : -1;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		if (strcasecmp(name, ids[i]) == 0)
			copy_text(r->request_id, sizeof r->request_id, value);
}

/* A line without its end. */
static void take_line(struct http_call *c, char *line)
{
	char *colon = strchr(line, ':'), *value;

	if (!colon || colon == line || *line == ' ' || *line == '\t')
		return;
	*colon = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	take_named(c, line, value);
	if (!c->on.header)
		return;
	dynbuf_add(&c->lines, line, strlen(line) + 1);
	dynbuf_add(&c->lines, value, strlen(value) + 1);
}

/* The head is whole; of 1xx another one comes. */
static void head_end(struct http_call *c)
{
	struct http_reply *r = &c->reply;

	if (r->status < 200)
		return;
	r->retry_after_ms = retry_after_ms(&c->again);
	c->head_done = true;
	http_due(c);
}

size_t http_take_header(char *p, size_t size, size_t n, void *call)
{
	struct http_call *c = call;
	char line[4096];
	size_t got = n;

	c->head_bytes += n;
	if (c->head_bytes > HTTP_HEADERS_MAX) {
		http_conclude_fault(c, HTTP_BROKEN, "the headers of the reply are too long");
		return 0;
	}
	while (n && strchr("\r\n \t", p[n - 1]))
		n--;
	if (c->head_done)
		return got; /* behind the body */
	if (n == 0) {
		head_end(c);
	} else if (n < sizeof line) {
		memcpy(line, p, n);
		line[n] = '\0';
		if (strncmp(line, "HTTP/", 5) == 0) {
			const char *code = strchr(line, ' ');

			http_reply_init(c);
			dynbuf_reset(&c->lines);
			c->reply.http2 = strncmp(line, "HTTP/2", 6) == 0;
			c->reply.status = code ? atoi(code) : 0;
		} else {
			take_line(c, line);
		}
	}
	return got;
}

/* False: of an error enough has been seen. */
static bool take_error(struct http_call *c, const char *p, size_t n)
{
	size_t room = HTTP_ERROR_MAX - c->error_body.n;

	dynbuf_add(&c->error_body, p, n < room ? n : room);
	return c->got <= HTTP_ERROR_CUT;
}

size_t http_take_body(char *p, size_t size, size_t n, void *call)
{
	struct http_call *c = call;

	if (!c->reply.first_ns)
		c->reply.first_ns = now_ns();
	c->first_at = 0;
	c->idle_at = c->idle_ms ? now_ns() + c->idle_ms * NS_PER_MS : 0;
	c->got += n;
	http_due(c);
	if (!is_good(c->reply.status))
		return take_error(c, p, n) ? n : 0;
	if (c->got > c->max) {
		http_conclude_fault(c, HTTP_LONG, "the reply has more than %zu bytes", c->max);
		return 0;
	}
	if (dynbuf_add(&c->body, p, n)) {
		http_conclude_fault(c, HTTP_UNABLE, "no memory");
		return 0;
	}
	return n;
}

void http_conclude_fault(struct http_call *c, enum http_fault fault, const char *fmt, ...)
{
	va_list ap;

	c->fault = c->reply.fault = fault;
	va_start(ap, fmt);
	vsnprintf(c->reply.why, sizeof c->reply.why, fmt, ap);
	va_end(ap);
}

/* Not connected: a proxy that said no, and not the server, has been asked. */
static bool proxy_refused(struct http_call *c)
{
	long code = 0;

	curl_lib()->easy_getinfo(c->easy, CURLINFO_HTTP_CONNECTCODE, &code);
	if (c->reply.status || code < 300)
		return false;
	http_conclude_fault(c, HTTP_REFUSED, "the proxy refuses: HTTP status %ld", code);
	return true;
}

/* A handshake that broke off, as connections do, tells nothing of whom to trust. libcurl has one code for both, and these
 * words for the former. */
static bool handshake_broke(const struct http_call *c, CURLcode code)
{
	static const char *const words[] = {
		"OpenSSL SSL_connect: ", "Recv failure: ", "Send failure: ", "unexpected eof"};

	for (size_t i = 0; i < ARRAY_LEN(words) && code == CURLE_SSL_CONNECT_ERROR; i++)
		if (strstr(c->error, words[i]))
			return true;
	return false;
}

static void conclude_code(struct http_call *c, CURLcode code)
{
	struct http_reply *r = &c->reply;
	enum http_fault fault = curl_fault(code);

	if (proxy_refused(c))
		return;
	/* the list of authorities is our own file */
	if (code == CURLE_SSL_CACERT_BADFILE)
		fault = HTTP_UNABLE;
	/* ours is known; so it speaks anything but HTTP */
	if (code == CURLE_UNSUPPORTED_PROTOCOL || handshake_broke(c, code))
		fault = HTTP_BROKEN;
	if (code == CURLE_OPERATION_TIMEDOUT) {
		http_conclude_fault(
			c, HTTP_SLOW, "not connected within %lld ms", (long long)c->connect_ms);
		return;
	}
	c->fault = r->fault = fault;
	copy_text(r->why, sizeof r->why, c->error[0] ? c->error : curl_lib()->easy_strerror(code));
}

void http_conclude(struct http_call *c, CURLcode code)
{
	struct http_reply *r = &c->reply;
	bool seen = c->head_done && !is_good(r->status) && c->got > HTTP_ERROR_CUT;

	r->end_ns = now_ns();
	if (c->fault == HTTP_OK && code != CURLE_OK && !seen)
		conclude_code(c, code);
	r->error = c->error_body.p;
	r->error_bytes = c->error_body.n;
	if (c->fault == HTTP_OK && !is_good(r->status))
		snprintf(r->why, sizeof r->why, "HTTP status %d", r->status);
}
