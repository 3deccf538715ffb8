#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "codec/http-head.h"
#include "net/http-call.h"

/* What is wrong with it; NULL: nothing. A value is never said. */
static const char *mistake(const struct http_request *q)
{
	if (!q->url || !http_is_plain(q->url) || strchr(q->url, ' '))
		return "the URL has blanks or control characters in it";
	if (strncasecmp(q->url, "http://", 7) != 0 && strncasecmp(q->url, "https://", 8) != 0)
		return "the URL begins with neither http: nor https:";
	if (!strstr(q->url, "://")[3] || strchr("/?#", strstr(q->url, "://")[3]))
		return "the URL names no host";
	if (q->method && !http_is_name(q->method))
		return "the method is none";
	for (size_t i = 0; i < q->headers_n; i++) {
		if (!http_is_name(q->headers[i].name))
			return "the name of a header is none";
		if (!http_is_plain(q->headers[i].value))
			return "a header has control characters in it";
	}
	for (size_t i = 0; i < q->parts_n; i++) {
		const struct http_part *part = &q->parts[i];

		if (!http_is_plain(part->name) || (part->file && !http_is_plain(part->file)) ||
			(part->type && !http_is_plain(part->type)))
			return "a part has control characters in its name or type";
	}
	return NULL;
}

static int add_line(struct http_call *c, const char *name, const char *value)
{
	struct curl_slist *list;
	struct dynbuf b;

	dynbuf_init(&b, 1 << 20);
	/* libcurl takes a name with nothing behind its colon for one to be left out */
	dynbuf_addf(&b, *value ? "%s: %s" : "%s;", name, value);
	list = dynbuf_failed(&b) ? NULL : curl_lib()->slist_append(c->headers, b.p);
	if (b.size)
		explicit_bzero(b.p, b.n);
	dynbuf_free(&b);
	if (!list)
		return -1;
	c->headers = list;
	return 0;
}

static int leave_out(struct http_call *c, const char *name)
{
	struct curl_slist *list = curl_lib()->slist_append(c->headers, name);

	if (!list)
		return -1;
	c->headers = list;
	return 0;
}

/* Nothing that was not asked for: no type that a body does not have, no waiting for a 100. */
static int add_headers(struct http_call *c, const struct http_request *q)
{
	bool typed = false;

	for (size_t i = 0; i < q->headers_n; i++) {
		if (add_line(c, q->headers[i].name, q->headers[i].value))
			return -1;
		typed = typed || strcasecmp(q->headers[i].name, "Content-Type") == 0;
	}
	if (!typed && !q->parts_n && leave_out(c, "Content-Type:"))
		return -1;
	if (leave_out(c, "Expect:"))
		return -1;
	curl_lib()->easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
	return 0;
}

static int add_part(struct http_call *c, const struct http_part *part)
{
	const struct curl_lib *lib = curl_lib();
	curl_mimepart *m = lib->mime_addpart(c->mime);

	if (!m || lib->mime_name(m, part->name) || lib->mime_data(m, part->p, part->n))
		return -1;
	if (part->file && lib->mime_filename(m, part->file))
		return -1;
	return part->type && lib->mime_type(m, part->type) ? -1 : 0;
}

static int add_parts(struct http_call *c, const struct http_request *q)
{
	const struct curl_lib *lib = curl_lib();

	c->mime = lib->mime_init(c->easy);
	if (!c->mime)
		return -1;
	for (size_t i = 0; i < q->parts_n; i++)
		if (add_part(c, &q->parts[i]))
			return -1;
	return lib->easy_setopt(c->easy, CURLOPT_MIMEPOST, c->mime) ? -1 : 0;
}

static int set_method(struct http_call *c, const struct http_request *q)
{
	const struct curl_lib *lib = curl_lib();
	const char *usual = "GET";

	if (q->parts_n) {
		usual = "POST";
		if (add_parts(c, q))
			return -1;
	} else if (q->body || (q->method && strcmp(q->method, "POST") == 0)) {
		usual = "POST";
		lib->easy_setopt(c->easy, CURLOPT_POST, 1L);
		lib->easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body_bytes);
		if (lib->easy_setopt(
			    c->easy, CURLOPT_COPYPOSTFIELDS, q->body ? q->body : (const void *)""))
			return -1;
	} else if (q->method && strcmp(q->method, "HEAD") == 0) {
		usual = "HEAD";
		lib->easy_setopt(c->easy, CURLOPT_NOBODY, 1L);
	}
	if (!q->method || strcmp(q->method, usual) == 0)
		return 0;
	return lib->easy_setopt(c->easy, CURLOPT_CUSTOMREQUEST, q->method) ? -1 : 0;
}

/* Connections to a server that has HTTP/2 are shared: what comes while one is being made waits for it. Without TLS it is
 * not known, and not tried. */
static void set_version(struct http_call *c, const struct http_request *q)
{
	const struct curl_lib *lib = curl_lib();
	bool tls = strncasecmp(q->url, "https:", 6) == 0;

	lib->easy_setopt(c->easy, CURLOPT_HTTP_VERSION,
		(long)(tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
	lib->easy_setopt(c->easy, CURLOPT_PIPEWAIT, tls ? 1L : 0L);
}

/* What is there when a request goes out is connected. */
static int on_connected(void *call, char *ip, char *own_ip, int port, int own_port)
{
	struct http_call *c = call;
	long made = 0;

	c->connect_at = 0;
	curl_lib()->easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &made);
	if (made)
		c->reply.connect_ns = now_ns();
	return CURL_PREREQFUNC_OK;
}

static void set_callbacks(struct http_call *c)
{
	const struct curl_lib *lib = curl_lib();

	lib->easy_setopt(c->easy, CURLOPT_PRIVATE, c);
	lib->easy_setopt(c->easy, CURLOPT_ERRORBUFFER, c->error);
	lib->easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, http_take_header);
	lib->easy_setopt(c->easy, CURLOPT_HEADERDATA, c);
	lib->easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, http_take_body);
	lib->easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
	lib->easy_setopt(c->easy, CURLOPT_PREREQFUNCTION, on_connected);
	lib->easy_setopt(c->easy, CURLOPT_PREREQDATA, c);
	/* a proxy's headers are not the server's */
	lib->easy_setopt(c->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

int http_prepare(struct http_call *c, const struct http_request *q)
{
	const struct curl_lib *lib = curl_lib();
	const char *wrong = mistake(q);

	if (wrong) {
		http_conclude_fault(c, HTTP_UNABLE, "%s", wrong);
		return -1;
	}
	c->easy = curl_make();
	if (!c->easy || lib->easy_setopt(c->easy, CURLOPT_URL, q->url) || add_headers(c, q) ||
		set_method(c, q)) {
		http_conclude_fault(c, HTTP_UNABLE, "no memory");
		return -1;
	}
	set_callbacks(c);
	set_version(c, q);
	lib->easy_setopt(c->easy, CURLOPT_USERAGENT, "callpipe/" CALLPIPE_VERSION);
	lib->easy_setopt(c->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	if (q->once)
		lib->easy_setopt(c->easy, CURLOPT_FRESH_CONNECT, 1L);
	/* ours is the deadline; libcurl's lets it try a second address before that */
	if (q->connect_ms > 0 && q->connect_ms < INT_MAX)
		lib->easy_setopt(c->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)q->connect_ms);
	return 0;
}

void http_release(struct http_call *c)
{
	const struct curl_lib *lib = curl_lib();

	if (c->easy)
		lib->easy_cleanup(c->easy);
	c->easy = NULL;
	if (c->mime)
		lib->mime_free(c->mime);
	c->mime = NULL;
	for (struct curl_slist *h = c->headers; h; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	if (c->headers)
		lib->slist_free_all(c->headers);
	c->headers = NULL;
}

int http_escape(struct dynbuf *b, const char *value)
{
	for (; *value; value++) {
		bool digit = *value >= '0' && *value <= '9';
		bool letter = (*value >= 'a' && *value <= 'z') || (*value >= 'A' && *value <= 'Z');

		if (digit || letter || strchr("-._~", *value))
			dynbuf_add(b, value, 1);
		else
			dynbuf_addf(b, "%%%02X", (unsigned char)*value);
	}
	return dynbuf_failed(b) ? -1 : 0;
}
