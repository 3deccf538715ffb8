#include "ari.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ari-inside.h"
#include "base/base64.h"
#include "base/secret.h"

#define ANSWER_MS 5000
#define PING_MS 10000
#define AGAIN_MS 250
#define AGAIN_MAX_MS 10000

bool ari_is_up(const struct ari *a)
{
	return a->phase == ARI_LISTENING;
}

/* No stream, no question. */
static void hang_up(struct ari *a)
{
	if (a->ws)
		ws_drop(a->ws);
	a->ws = NULL;
	if (a->asking)
		ari_forget(a->asking);
}

/* False: it has been closed by who was told. */
static bool tell_down(struct ari *a, const char *why)
{
	char shown[HTTP_WHY_MAX];
	bool closed = false;

	snprintf(shown, sizeof(shown), "%s", why);
	secret_hide(shown, a->password);
	if (a->told && strcmp(a->why, shown) == 0)
		return true;
	memcpy(a->why, shown, sizeof(a->why));
	a->told = true;
	a->closed = &closed; /* cppcheck-suppress autoVariables; it is taken back below */
	a->on->down(a->ctx, shown);
	if (!closed)
		a->closed = NULL;
	return !closed;
}

/* Up to a quarter less, by the clock: programs that lost the same Asterisk do not all come at once. */
static int64_t next_pause_ns(struct ari *a)
{
	int64_t ns = a->pause_ms * NS_PER_MS;

	a->pause_ms = min_i64(a->pause_ms * 2, AGAIN_MAX_MS);
	return ns - now_ns() / 64 % (ns / 4 + 1);
}

static void down(struct ari *a, const char *why)
{
	hang_up(a);
	a->phase = ARI_PAUSING;
	a->timer.at_ns = now_ns() + next_pause_ns(a);
	(void)tell_down(a, why);
}

static void lost(struct ari *a, const char *why)
{
	hang_up(a);
	a->phase = ARI_LOST;
	a->timer.at_ns = 0;
	if (tell_down(a, why))
		a->on->lost(a->ctx, a->why);
}

static void copy(char *ret, size_t size, const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	snprintf(ret, size, "%s", s ? s : "");
}

static void on_info(void *ctx, const struct ari_reply *r)
{
	struct ari *a = ctx;
	const json_t *system = json_object_get(r->json, "system");
	struct ari_info was = a->info, *info = &a->info;
	char why[HTTP_WHY_MAX];
	bool restarted;

	if (r->outcome != ARI_DONE) {
		snprintf(why, sizeof(why), "it does not say who it is: %.200s", r->why);
		down(a, why);
		return;
	}
	copy(info->asterisk_id, sizeof(info->asterisk_id), system, "entity_id");
	copy(info->version, sizeof(info->version), system, "version");
	copy(info->startup_time, sizeof(info->startup_time), json_object_get(r->json, "status"),
		"startup_time");
	info->startup_ms = ari_time_ms(info->startup_time);
	if (!*info->startup_time) {
		*info = was;
		down(a, "it does not say since when it has been running: is this Asterisk's /ari?");
		return;
	}
	restarted = a->known && strcmp(was.asterisk_id, info->asterisk_id) == 0 &&
		strcmp(was.startup_time, info->startup_time) != 0;
	a->known = true;
	a->told = false;
	a->pause_ms = a->again_ms;
	a->phase = ARI_LISTENING;
	a->on->up(a->ctx, info, restarted);
}

static void on_opened(void *ctx)
{
	struct ari *a = ctx;

	a->phase = ARI_ASKING;
	a->timer.at_ns = 0;
	a->asking = ari_request(a, "GET", "/asterisk/info", NULL, false, on_info, a);
	if (!a->asking) {
		a->phase =
			ARI_PAUSING; /* no memory: the ws is dropped by the timer, not within its own call */
		a->timer.at_ns = now_ns() + next_pause_ns(a);
	}
}

static void strange(struct ari *a, const char *why)
{
	if (a->on->strange)
		a->on->strange(a->ctx, why);
}

static void take(struct ari *a, const struct ari_event *e)
{
	bool ours = strcmp(e->app, a->app) == 0;

	if (e->kind == ARI_REPLACED && ours)
		lost(a, "another program has connected to Asterisk with the name of our application");
	else if (a->phase != ARI_LISTENING)
		return; /* who is told that it is up looks at what there is */
	else if (!ours)
		strange(a, "an event of another application");
	else if (e->kind != ARI_REPLACED)
		a->on->event(a->ctx, e);
}

static void on_message(void *ctx, bool text, const void *p, size_t n)
{
	struct ari *a = ctx;
	struct ari_event e;
	const char *why = "it is no text";

	if (!text || ari_event_parse(p, n, &e, &why) == -1) {
		strange(a, why);
		return;
	}
	take(a, &e); /* may close all */
	ari_event_free(&e);
}

static void on_ended(void *ctx, const struct ws_end *end)
{
	struct ari *a = ctx;
	char why[HTTP_WHY_MAX];
	bool denied = end->status == 401 || end->status == 403;

	a->ws = NULL;
	if (denied)
		snprintf(why, sizeof(why),
			"it refuses the user or the password for events (HTTP status %d)",
			end->status);
	else if (end->status == 404)
		snprintf(why, sizeof(why),
			"there is no /events (HTTP status 404): is res_ari loaded?");
	else
		snprintf(why, sizeof(why), "%.250s", end->why);
	if (denied && !a->known)
		lost(a, why);
	else
		down(a, why);
}

static void connect_stream(struct ari *a)
{
	static const struct ws_handlers on = {
		.opened = on_opened, .message = on_message, .ended = on_ended};
	const struct http_header header = {"Authorization", a->auth};
	const struct ws_request q = {.url = a->stream,
		.headers = &header,
		.headers_n = 1,
		.protocol = "ari",
		.connect_ms = a->answer_ms,
		.ping_ms = a->ping_ms};

	hang_up(a);
	a->phase = ARI_CONNECTING;
	a->ws = ws_open(a->loop, &q, &on, a);
	if (!a->ws)
		down(a, "there is no memory");
}

static void on_timer(void *ctx, int64_t now)
{
	struct ari *a = ctx;

	if (a->phase == ARI_PAUSING)
		connect_stream(a);
}

/* http://host/ari -> ws://host/ari/events?app=NAME */
static char *stream_url(const struct ari *a)
{
	struct dynbuf b;

	dynbuf_init(&b, 8192);
	dynbuf_addf(&b, "ws%s/events?app=", a->base + strlen("http"));
	if (http_escape(&b, a->app) == 0)
		return b.p;
	dynbuf_free(&b);
	return NULL;
}

static char *auth_value(const char *user, const char *password)
{
	struct dynbuf b;
	char *pair;
	int n = asprintf(&pair, "%s:%s", user, password);

	if (n < 0)
		return NULL;
	dynbuf_init(&b, (size_t)n * 2 + 64);
	dynbuf_adds(&b, "Basic ");
	base64_add(&b, pair, (size_t)n);
	secret_free(pair);
	return b.p;
}

/* What cannot be: NULL, it can. */
static const char *mistake(const struct ari_settings *set)
{
	bool http = strncmp(set->url, "http://", 7) == 0 || strncmp(set->url, "https://", 8) == 0;

	if (!http || strpbrk(set->url, "?# ") || !strstr(set->url, "://")[3])
		return "the URL of ARI has to be like http://127.0.0.1:8088/ari";
	if (!*set->app || strpbrk(set->app, ", \t\r\n"))
		return "the name of the application has to be one word without commas";
	if (!*set->user || strchr(set->user, ':'))
		return "the user of ARI has to be a name without a colon";
	return NULL;
}

static char *copy_base(const char *url)
{
	size_t n = strlen(url);

	while (n && url[n - 1] == '/')
		n--;
	return strndup(url, n);
}

static int copy_settings(struct ari *a, const struct ari_settings *set)
{
	a->answer_ms = set->answer_ms ? set->answer_ms : ANSWER_MS;
	a->ping_ms = set->ping_ms ? set->ping_ms : PING_MS;
	a->again_ms = a->pause_ms = set->again_ms ? set->again_ms : AGAIN_MS;
	a->base = copy_base(set->url);
	a->app = strdup(set->app);
	a->password = strdup(set->password);
	a->auth = auth_value(set->user, set->password);
	a->stream = a->base && a->app ? stream_url(a) : NULL;
	return a->base && a->app && a->password && a->auth && a->stream ? 0 : -1;
}

void ari_close(struct ari *a)
{
	if (a->closed)
		*a->closed = true;
	hang_up(a);
	ari_forget_all(a);
	http_free(&a->http);
	loop_remove_timer(a->loop, &a->timer);
	free(a->base);
	free(a->app);
	free(a->stream);
	secret_free(a->password);
	secret_free(a->auth);
	free(a);
}

struct ari *ari_open(struct loop *loop, const struct ari_settings *set,
	const struct ari_handlers *on, void *ctx, char why[HTTP_WHY_MAX])
{
	const char *wrong = mistake(set);
	struct ari *a = wrong ? NULL : calloc(1, sizeof(*a));

	snprintf(why, HTTP_WHY_MAX, "%s", wrong ? wrong : "there is no memory");
	if (!a)
		return NULL;
	*a = (struct ari){.loop = loop, .on = on, .ctx = ctx, .phase = ARI_PAUSING};
	a->timer = (struct loop_timer){.fire = on_timer, .ctx = a, .at_ns = now_ns()};
	http_init(&a->http, loop);
	if (loop_add_timer(loop, &a->timer) == -1 || copy_settings(a, set) == -1) {
		ari_close(a);
		return NULL;
	}
	return a;
}
