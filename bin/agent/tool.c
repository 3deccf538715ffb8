#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "codec/jline.h"
#include "net/http.h"
#include "scenario/tool.h"
#include "tool-run.h"

#define SECRET_MIN 6 /* bytes: shorter ones may be in an answer by chance */

static const struct tool_settings none;
const struct tool_settings *tool_settings = &none;

void tool_set(const struct tool_settings *set)
{
	tool_settings = set;
}

/* said: an object of the names that have been looked for. */
static void warn_missing(const struct scenario_tool *tool, const char *name, json_t *said)
{
	char why[SECRET_WHY_MAX] = "", *secret = NULL;

	if (json_object_get(said, name) || json_object_set_new(said, name, json_true()) < 0)
		return;
	if (secret_find(name, &secret, why) < 0)
		log_warn("tool '%s': %s", tool->name, why);
	else if (!secret)
		log_warn("tool '%s': there is no secret '%s'", tool->name, name);
	secret_free(secret);
}

void tool_warn_missing(const struct scenario *sc)
{
	json_t *said = json_object();
	char why[HTTP_WHY_MAX];
	bool asks = false;

	for (size_t i = 0; i < sc->tools_n; i++)
		asks |= sc->tools[i].http != NULL;
	if (asks && http_check(why) < 0)
		log_warn("%s", why);
	for (size_t i = 0; i < sc->tools_n; i++) {
		const struct scenario_tool *t = &sc->tools[i];

		for (size_t k = 0; t->http && k < t->http->headers_n; k++)
			if (t->http->headers[k].secret)
				warn_missing(t, t->http->headers[k].secret, said);
		if (t->sql)
			warn_missing(t, t->sql->dsn, said);
	}
	json_decref(said);
}

void tool_reserve_secrets(const struct scenario *sc)
{
	for (size_t i = 0; i < sc->tools_n; i++) {
		const struct scenario_tool *t = &sc->tools[i];

		for (size_t k = 0; t->http && k < t->http->headers_n; k++)
			if (t->http->headers[k].secret)
				secret_reserve(t->http->headers[k].secret);
		if (t->sql)
			secret_reserve(t->sql->dsn);
	}
}

void tool_share_breakers(void)
{
	static bool opened;

	if (!opened && breaker_open(tool_settings->spool) < 0)
		log_warn_errno("cannot share breakers in '%s': this call has its own",
			tool_settings->spool);
	opened = true;
}

struct breaker *tool_breaker(const char *what)
{
	char name[BREAKER_NAME_MAX];

	tool_share_breakers();
	snprintf(name, sizeof(name), "tool %s", what);
	return breaker_find(name);
}

const char *tool_status_name(enum tool_status status)
{
	static const char *const name[] = {"ok", "failed", "timeout", "cancelled"};

	return name[status];
}

void tool_init(struct tool_runner *r, struct loop *loop,
	void (*done)(void *ctx, const struct tool_end *end), void *ctx)
{
	*r = (struct tool_runner){.loop = loop, .done = done, .ctx = ctx};
	http_init(&r->http, loop);
}

static void run_free(struct tool_run *t)
{
	loop_remove_timer(t->runner->loop, &t->deadline);
	t->kind->free(t);
	free(t->id);
	free(t->key);
	free(t);
}

static void unlink_run(struct tool_run *t)
{
	struct tool_run **at = &t->runner->head;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
}

/* What others say of themselves goes into events and logs: one line of text in UTF-8. */
static const char *clean(const char *why, char buf[TOOL_WHY_MAX])
{
	bool text = utf8_valid(why, strlen(why));
	size_t n = text ? utf8_cut(why, strlen(why), TOOL_WHY_MAX - 1)
			: strnlen(why, TOOL_WHY_MAX - 1);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)why[i];
		buf[i] = c < ' ' || c == 0x7f ? ' ' : c >= 0x80 && !text ? '?' : why[i];
	}
	buf[n] = '\0';
	return buf;
}

static void report(struct tool_run *t, struct tool_end end)
{
	char why[TOOL_WHY_MAX];

	end.why = clean(end.why ? end.why : "", why);
	end.id = t->id;
	end.ms = (now_ns() - t->start_ns) / NS_PER_MS;
	end.late = t->reported;
	if (end.status == TOOL_FAILED || end.status == TOOL_TIMEOUT)
		log_warn("tool '%s': %s", t->tool->name, end.why);
	t->reported = true;
	t->runner->done(t->runner->ctx, &end);
}

void tool_over(struct tool_run *t, struct tool_end end)
{
	unlink_run(t);
	if (!t->reported || t->tool->effect)
		report(t, end);
	run_free(t);
}

void tool_over_failed(struct tool_run *t, enum tool_fault fault, const char *why)
{
	tool_over(t, (struct tool_end){.status = TOOL_FAILED, .fault = fault, .why = why});
}

static bool is_secret(const char *text, struct tool_secrets secrets)
{
	for (size_t i = 0; i < secrets.n; i++)
		if (secrets.text[i] && strlen(secrets.text[i]) >= SECRET_MIN &&
			strstr(text, secrets.text[i]))
			return true;
	return false;
}

static bool has_secret(json_t *v, struct tool_secrets secrets)
{
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_string(v))
		return is_secret(json_string_value(v), secrets);
	json_object_foreach(v, key, item) {
		if (is_secret(key, secrets) || has_secret(item, secrets))
			return true;
	}
	json_array_foreach(v, i, item) {
		if (has_secret(item, secrets))
			return true;
	}
	return false;
}

/* It can be told in an event: written anew it may be longer, and it may be too deep. NULL: yes, or why not. */
static const char *cannot_be_told(json_t *result, struct tool_secrets secrets)
{
	json_t *data = json_pack("{s:O}", "result", result);
	char *text = json_dumps(data, JSON_COMPACT);
	size_t n = text ? strlen(text) : 0;
	const char *why = NULL;

	if (!n || n > TOOL_TOLD_MAX || jline_check(text, n) < 0)
		why = "its answer is too large, or too deep, for an event";
	else if (has_secret(result, secrets))
		why = "its answer has a secret in it";
	free(text);
	json_decref(data);
	return why;
}

void tool_over_json(
	struct tool_run *t, json_t *result, struct tool_end end, struct tool_secrets secrets)
{
	const char *why = result ? cannot_be_told(result, secrets) : strerror(ENOMEM);

	end.status = why ? TOOL_FAILED : TOOL_OK;
	end.fault = why ? TOOL_ANSWER : TOOL_FINE;
	end.why = why;
	end.result = why ? NULL : result;
	tool_over(t, end);
	json_decref(result);
}

void tool_over_text(
	struct tool_run *t, const struct dynbuf *text, int code, struct tool_secrets secrets)
{
	struct tool_end end = {.status = TOOL_FAILED, .fault = TOOL_ANSWER, .code = code};
	json_error_t err;
	char why[160];
	json_t *result;

	if (strspn(text->p, " \t\r\n") == text->n) {
		tool_over_json(t, json_null(), end, secrets);
		return;
	}
	result = json_loadb(text->p, text->n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &err);
	if (result) {
		tool_over_json(t, result, end, secrets);
		return;
	}
	snprintf(why, sizeof(why), "its answer is no JSON: line %d: %.100s", err.line, err.text);
	end.why = why;
	tool_over(t, end);
}

/* End one that only reads, and say how. */
static void stop(struct tool_run *t, struct tool_end end)
{
	bool ended = t->kind->stop(t, end.status == TOOL_TIMEOUT);

	if (ended)
		unlink_run(t);
	report(t, end);
	if (ended)
		run_free(t);
}

static void out_of_time(void *ctx, int64_t now)
{
	static const struct tool_end end = {
		.status = TOOL_TIMEOUT, .fault = TOOL_BUSY, .why = "it took too long"};
	struct tool_run *t = ctx;

	if (t->reported)
		return;
	if (t->tool->effect)
		report(t, end);
	else
		stop(t, end);
}

int64_t tool_until(const struct tool_run *t)
{
	int64_t ms = t->tool->timeout_ms;

	return t->start_ns + (t->tool->effect ? max_i64(ms, TOOL_EFFECT_MS) : ms) * NS_PER_MS;
}

int tool_start(struct tool_runner *r, const struct tool_spec *spec, json_t *arguments)
{
	struct tool_run *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -1;
	t->runner = r;
	t->tool = spec->tool;
	t->kind = spec->tool->http ? &tool_http : spec->tool->sql ? &tool_sql : &tool_command;
	t->start_ns = now_ns();
	t->deadline = (struct loop_timer){.fire = out_of_time,
		.ctx = t,
		.at_ns = t->start_ns + spec->tool->timeout_ms * NS_PER_MS};
	t->id = strdup(spec->id);
	t->key = strdup(spec->key);
	errno = ENOMEM;
	if (t->id && t->key && t->kind->start(t, arguments) == 0) {
		if (loop_add_timer(r->loop, &t->deadline) == 0) {
			t->next = r->head;
			r->head = t;
			return 0;
		}
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
		// NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what is freed has been taken out of the list
		if (t->reported || t->tool->effect) {
			t = t->next;
			continue;
		}
		stop(t,
			(struct tool_end){.status = TOOL_CANCELLED,
				.why = "nobody needs the answer any more"});
		t = r->head; /* done may have started others */
	}
}

bool tool_busy(const struct tool_runner *r)
{
	const struct tool_run *t = r->head;

	while (t && !t->tool->effect)
		t = t->next;
	return t;
}

void tool_free(struct tool_runner *r)
{
	while (r->head) {
		struct tool_run *t = r->head;

		r->head = t->next;
		run_free(t);
	}
	http_free(&r->http);
}
