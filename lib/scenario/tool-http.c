/* Tools that are requests: what is declared of them. */
#include <ctype.h>
#include <string.h>

#include "codec/http-head.h"
#include "scenario/load.h"
#include "scenario/tool.h"

#define RETRIES 2 /* if it says nothing else */
#define HEADERS_MAX 16

/* What is being declared. */
struct declaring {
	struct loading *l;
	const struct scenario_tool *tool;
	bool *used; /* of each argument */
};

static const struct scenario_argument *use(
	struct declaring *d, const struct where *at, const char *name)
{
	const struct scenario_argument *a = find_argument(d->l, at, d->tool, name);

	if (a)
		d->used[a - d->tool->arguments] = true;
	return a;
}

/* Every {argument} in a text. */
static void check_text(struct declaring *d, const struct where *at, const char *s)
{
	char name[SCENARIO_NAME_MAX];

	if (strstr(s, "{{"))
		mistake(d->l, at,
			"an argument is {name}, and there are no variables here: see 'given'");
	for (size_t n; *s; s += n ? n : 1) {
		n = tool_brace(s, name);
		if (n)
			(void)use(d, at, name);
	}
}

/* ---- the URL ---- */

static bool host_valid(const char *s, size_t n)
{
	size_t host = 0, colon;

	if (n && *s == '[') { /* an IPv6 address */
		host = strspn(s + 1, "0123456789abcdefABCDEF:.") + 1;
		if (host < 3 || host >= n || s[host] != ']')
			return false;
		host++;
	} else {
		while (host < n &&
			(isalnum((unsigned char)s[host]) || s[host] == '-' || s[host] == '.'))
			host++;
	}
	colon = host;
	if (host < n && s[host] == ':')
		host += 1 + strspn(s + host + 1, "0123456789");
	return colon > 0 && host >= n && host != colon + 1;
}

/* Bytes up to the end of the host. 0: it has been said what is wrong. */
static size_t read_origin(struct loading *l, const struct where *at, const char *url)
{
	size_t scheme = strncmp(url, "https://", 8) == 0 ? 8
		: strncmp(url, "http://", 7) == 0        ? 7
							 : 0;
	size_t n = strcspn(url + scheme, "/?#");

	if (!scheme)
		mistake(l, at, "has to begin with https:// or http://");
	else if (memchr(url + scheme, '{', n))
		mistake(l, at, "the host cannot have arguments in it");
	else if (memchr(url + scheme, '@', n))
		mistake(l, at, "has a user or password in it: a secret is for 'headers'");
	else if (!host_valid(url + scheme, n))
		mistake(l, at, "has no valid host");
	else
		return scheme + n;
	return 0;
}

static void check_segment(
	struct declaring *d, const struct where *at, const char *name, bool in_path)
{
	const struct scenario_argument *a = use(d, at, name);

	if (!a || !in_path)
		return;
	if (!a->required || a->nullable)
		mistake(d->l, at, "the argument '%s' stands in the path: it has to be required",
			name);
	if (a->type == SCENARIO_ARRAY || a->type == SCENARIO_OBJECT)
		mistake(d->l, at, "the argument '%s' stands in the path: it cannot be an %s", name,
			argument_types[a->type]);
}

/* Path and query: what may stand in a URL, and arguments. */
static void check_path(struct declaring *d, const struct where *at, const char *p)
{
	char name[SCENARIO_NAME_MAX];
	bool path = true;
	size_t n;

	for (const char *s = p; *s == '/' && path;) {
		n = strcspn(s + 1, "/?");
		if ((n == 1 && s[1] == '.') || (n == 2 && s[1] == '.' && s[2] == '.'))
			mistake(d->l, at, "cannot have '%.*s' in its path", (int)n, s + 1);
		s += 1 + n;
	}
	for (; *p; p += n) {
		n = tool_brace(p, name);
		if (n) {
			check_segment(d, at, name, path);
			continue;
		}
		n = 1;
		path &= *p != '?';
		if (*p == '#') {
			mistake(d->l, at, "cannot have a '#' in it: nobody would be sent it");
			return;
		}
		if (*p == '%' && isxdigit((unsigned char)p[1]) && isxdigit((unsigned char)p[2]))
			n = 3;
		else if (!isalnum((unsigned char)*p) && !strchr("-._~!$&'()*+,;=:@/?", *p)) {
			mistake(d->l, at, "cannot have a '%c' in it",
				isprint((unsigned char)*p) ? *p : '?');
			return;
		}
	}
}

static void read_url(
	struct declaring *d, const struct where *at, json_t *v, struct scenario_http *http)
{
	const char *url = read_string(d->l, at, v, "url");
	size_t n;

	http->url = http->origin = "";
	if (!json_object_get(v, "url"))
		mistake(d->l, at, "'url' is missing");
	if (!url || !(n = read_origin(d->l, MEMBER(at, "url"), url)))
		return;
	http->url = url;
	http->origin = memory_format(d->l->memory, "%.*s", (int)n, url);
	check_path(d, MEMBER(at, "url"), url + n);
}

/* ---- headers ---- */

static bool in_list(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcasecmp(name, *list) == 0)
			return true;
	return false;
}

static void read_header(struct declaring *d, const struct where *at, json_t *v,
	struct scenario_header *h, const char *name)
{
	static const char *const ours[] = {"content-length", "content-type", "host", "connection",
		"transfer-encoding", "expect", "idempotency-key", "x-request-id", NULL};
	static const char *const secrets[] = {"authorization", "proxy-authorization", "cookie",
		"x-api-key", "api-key", "apikey", "x-auth-token", NULL};
	static const char *const keys[] = {"secret", "prefix", NULL};

	*h = (struct scenario_header){.name = name};
	if (!http_is_name(name))
		mistake(d->l, at, "is no name of a header");
	if (in_list(name, ours))
		mistake(d->l, at, "is a header that is made here");
	if (json_is_object(v)) {
		read_keys(d->l, at, v, keys, NULL);
		h->secret = read_secret(d->l, at, v, "secret");
		h->value = read_string(d->l, at, v, "prefix");
		at = h->value ? MEMBER(at, "prefix") : at;
	} else {
		h->value = as_string(d->l, at, v);
		if (h->value && in_list(name, secrets))
			mistake(d->l, at,
				"a secret is not written here, but named: "
				"{\"secret\": \"SHOP_KEY\"}");
	}
	if (!h->value)
		h->value = "";
	if (!http_is_plain(h->value))
		mistake(d->l, at, "cannot have control characters in it");
	if (strchr(h->value, '{'))
		mistake(d->l, at, "a header cannot have arguments in it");
}

static void read_headers(
	struct declaring *d, const struct where *at, json_t *v, struct scenario_http *http)
{
	json_t *headers = json_object_get(v, "headers"), *value;
	const char *name;

	at = MEMBER(at, "headers");
	if (!headers || !is_object(d->l, at, headers, HEADERS_MAX))
		return;
	http->headers = MEMORY_ARRAY(
		d->l->memory, struct scenario_header, json_object_size(headers));
	json_object_foreach(headers, name, value)
		read_header(d, MEMBER(at, name), value, &http->headers[http->headers_n++], name);
}

/* ---- query, form, body ---- */

static json_t *read_fields(struct declaring *d, const struct where *at, json_t *v, const char *key)
{
	json_t *fields = json_object_get(v, key), *value;
	const char *name;

	at = MEMBER(at, key);
	if (!fields || !is_object(d->l, at, fields, SCENARIO_LIST_MAX))
		return NULL;
	json_object_foreach(fields, name, value) {
		if (json_is_string(value))
			check_text(d, MEMBER(at, name), json_string_value(value));
		else if (!json_is_number(value) && !json_is_boolean(value))
			mistake(d->l, MEMBER(at, name),
				"has to be a string, a number, true or false");
	}
	return fields;
}

static void check_json(struct declaring *d, const struct where *at, json_t *v)
{
	const char *key;
	json_t *item;

	if (json_is_string(v))
		check_text(d, at, json_string_value(v));
	json_object_foreach(v, key, item)
		check_json(d, MEMBER(at, key), item);
	for (size_t i = 0; i < json_array_size(v); i++)
		check_json(d, ITEM(at, i), json_array_get(v, i));
}

static json_t *read_body(struct declaring *d, const struct where *at, json_t *v)
{
	json_t *body = json_object_get(v, "body");

	at = MEMBER(at, "body");
	if (body && !json_is_object(body) && !json_is_array(body) && !json_is_true(body))
		mistake(d->l, at, "has to be an object or an array, or true: the arguments");
	for (size_t i = 0; json_is_true(body) && i < d->tool->arguments_n; i++)
		d->used[i] = true;
	check_json(d, at, body);
	return body;
}

static const char *read_method(struct loading *l, const struct where *at, json_t *v, bool body)
{
	static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};
	const char *method = read_string(l, at, v, "method");

	if (!method)
		return body ? "POST" : "GET";
	for (size_t i = 0; methods[i]; i++) {
		if (strcmp(method, methods[i]) != 0)
			continue;
		if (i == 0 && body)
			mistake(l, MEMBER(at, "method"), "GET has no body: use 'query'");
		return methods[i];
	}
	mistake(l, MEMBER(at, "method"), "has to be GET, POST, PUT, PATCH or DELETE");
	return "GET";
}

const struct scenario_http *load_http(struct loading *l, const struct where *at, json_t *v,
	const struct scenario_tool *tool, bool *used)
{
	static const char *const keys[] = {
		"method", "url", "query", "form", "body", "headers", "retries", NULL};
	struct declaring d = {.l = l, .tool = tool, .used = used};
	struct scenario_http *http = memory_get(l->memory, sizeof(*http));

	if (!is_object(l, at, v, SIZE_MAX))
		return NULL;
	read_keys(l, at, v, keys, NULL);
	read_url(&d, at, v, http);
	read_headers(&d, at, v, http);
	http->query = read_fields(&d, at, v, "query");
	http->form = read_fields(&d, at, v, "form");
	http->body = read_body(&d, at, v);
	if (http->form && http->body)
		mistake(l, MEMBER(at, "form"), "there is a 'body' already");
	http->method = read_method(l, at, v, http->form || http->body);
	http->retries = read_int(l, at, v, "retries", 0, 5, RETRIES);
	return http;
}
