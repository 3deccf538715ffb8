/* campaign: ARI: settings that cannot be; and with arguments, a client for tests/fake/ari-live.py:
 * campaign-ari URL APP [NAME=VALUE..]. It writes a line for what happens, and does what lines of its stdin say:
 *
 *	create ID ENDPOINT [CALLER]   dial ID SECONDS   continue ID CONTEXT EXTEN   delete ID
 *	get ID   channels   subscribe ID   ask PATH   close   closing WHAT (in the next handler of that kind)
 *	calls N WINDOW   that many calls from create to their end, so many at a time
 */
#include "ari.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static const char *const outcomes[] = {[ARI_DONE] = "done",
	[ARI_MISSING] = "missing",
	[ARI_CONFLICT] = "conflict",
	[ARI_DENIED] = "denied",
	[ARI_REJECTED] = "rejected",
	[ARI_FAILED] = "failed",
	[ARI_NOT_SENT] = "not-sent",
	[ARI_UNKNOWN] = "unknown"};

static struct client {
	struct loop loop;
	struct ari *ari;
	char in[4096];
	size_t n;
	char closing[16]; /* the handler that closes */
	int calls, begun, ended, wrong, window;
} it;

static bool closes(const char *what)
{
	if (strcmp(it.closing, what) != 0)
		return false;
	ari_close(it.ari);
	it.ari = NULL;
	printf("closed in %s\n", what);
	return true;
}

static void on_up(void *ctx, const struct ari_info *info, bool restarted)
{
	printf("up %s %s %d %d\n", info->asterisk_id, info->version, info->startup_ms > 0,
		restarted);
	closes("up");
}

static void on_down(void *ctx, const char *why)
{
	printf("down %s\n", why);
	closes("down");
}

static void on_lost(void *ctx, const char *why)
{
	printf("lost %s\n", why);
	closes("lost");
}

static void on_strange(void *ctx, const char *why)
{
	printf("strange %s\n", why);
}

static void on_done(void *what, const struct ari_reply *r)
{
	printf("%s %s %d", (char *)what, outcomes[r->outcome], r->status);
	if (r->json) {
		char *text = json_dumps(r->json, JSON_COMPACT | JSON_SORT_KEYS);

		printf(" %s", text);
		free(text);
	}
	printf("%s%s\n", *r->why ? " " : "", r->why);
	if (it.ari)
		closes("done");
}

/* --- calls one after the other */

static void on_step(void *ctx, const struct ari_reply *r)
{
	it.wrong += r->outcome != ARI_DONE;
}

static void begin_calls(void)
{
	static json_t *variables;

	if (!variables)
		variables = json_pack("{s:s}", "CALLPIPE_AMD", "tell");
	while (it.begun < it.calls && it.begun - it.ended < it.window) {
		char id[32], endpoint[64];
		struct ari_create c = {.channel = id,
			.endpoint = endpoint,
			.caller_number = "33100000000",
			.variables = variables};

		snprintf(id, sizeof(id), "call-%d", it.begun);
		snprintf(endpoint, sizeof(endpoint), "PJSIP/336%08d@trunk", it.begun++);
		it.wrong += ari_create(it.ari, &c, on_step, NULL);
	}
}

static void step(const struct ari_event *e)
{
	const char *id = e->channel.id;

	if (e->kind == ARI_STASIS_START)
		it.wrong += ari_dial(it.ari, id, 5, on_step, NULL);
	else if (e->kind == ARI_DIAL && strcmp(e->dialstatus, "ANSWER") == 0)
		it.wrong += ari_continue(it.ari, id, "callpipe-outbound", "s", on_step, NULL);
	if (e->kind != ARI_DESTROYED)
		return;
	it.wrong += e->cause != 16 || strcmp(ari_variable(&e->channel, "AMDSTATUS"), "HUMAN") != 0;
	if (++it.ended == it.calls)
		printf("called %d wrong %d\n", it.calls, it.wrong);
	begin_calls();
}

/* As Asterisk writes it. */
static const char *said(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static void on_event(void *ctx, const struct ari_event *e)
{
	if (it.calls) {
		step(e);
		return;
	}
	printf("event %s %s %s", said(e->json, "type"), *e->channel.id ? e->channel.id : "-",
		said(json_object_get(e->json, e->kind == ARI_DIAL ? "peer" : "channel"), "state"));
	if (e->kind == ARI_DIAL)
		printf(" %s", e->dialstatus);
	if (e->kind == ARI_DESTROYED)
		printf(" %d %d", e->cause, e->tech_cause);
	if (strcmp(said(e->json, "type"), "ChannelVarset") == 0)
		printf(" %s=%s", said(e->json, "variable"), said(e->json, "value"));
	putchar('\n');
	closes("event");
}

/* --- orders */

static const char *const orders[] = {
	"create", "dial", "continue", "delete", "get", "channels", "subscribe", "ask"};

static int order(size_t i, char *const word[6])
{
	void *what = (void *)(uintptr_t)orders[i];
	const char *a = word[1], *b = word[2];
	struct ari_create c = {.channel = a, .endpoint = b, .caller_number = word[3]};

	switch (i) {
	case 0:
		return ari_create(it.ari, &c, on_done, what);
	case 1:
		return ari_dial(it.ari, a, atoi(b), on_done, what);
	case 2:
		return ari_continue(it.ari, a, b, word[3], on_done, what);
	case 3:
		return ari_delete(it.ari, a, on_done, what);
	case 4:
		return ari_get(it.ari, a, on_done, what);
	case 5:
		return ari_ask(it.ari, "/channels", on_done, what);
	case 6:
		return ari_subscribe(it.ari, a, on_done, what);
	default:
		return ari_ask(it.ari, a, on_done, what);
	}
}

static void make_order(char *const word[6])
{
	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		if (strcmp(orders[i], word[0]) == 0 && (!it.ari || order(i, word) == -1))
			printf("%s cannot be\n", word[0]);
}

static void obey(char *line)
{
	char *word[6] = {0}, *save;

	for (size_t i = 0; i < 5; i++)
		word[i] = strtok_r(i ? NULL : line, " ", &save);
	if (!word[0])
		return;
	if (strcmp(word[0], "close") == 0) {
		ari_close(it.ari);
		it.ari = NULL;
		printf("closed\n");
	} else if (strcmp(word[0], "closing") == 0) {
		snprintf(it.closing, sizeof(it.closing), "%s", word[1]);
	} else if (strcmp(word[0], "calls") == 0) {
		it.calls = atoi(word[1]);
		it.window = atoi(word[2]);
		begin_calls();
	} else {
		make_order(word);
	}
}

static short want(void *ctx)
{
	return POLLIN;
}

static void ready(void *ctx, short revents)
{
	ssize_t got = read(0, it.in + it.n, sizeof(it.in) - 1 - it.n);
	char *end;

	if (got <= 0) {
		loop_stop(&it.loop);
		return;
	}
	it.n += (size_t)got;
	it.in[it.n] = '\0';
	while ((end = strchr(it.in, '\n'))) {
		*end = '\0';
		obey(it.in);
		it.n -= (size_t)(end + 1 - it.in);
		memmove(it.in, end + 1, it.n + 1);
	}
}

static const struct ari_handlers on = {
	.up = on_up, .down = on_down, .lost = on_lost, .event = on_event, .strange = on_strange};

static int64_t value(char **arg, const char *name)
{
	for (; *arg; arg++)
		if (strncmp(*arg, name, strlen(name)) == 0)
			return atoll(*arg + strlen(name));
	return 0;
}

static int client(char **arg)
{
	struct loop_source in = {.fd = 0, .mask = want, .ready = ready};
	struct ari_settings set = {.url = arg[1],
		.app = arg[2],
		.user = "callpipe",
		.password = getenv("PASSWORD"),
		.answer_ms = value(arg + 3, "answer="),
		.ping_ms = value(arg + 3, "ping="),
		.again_ms = value(arg + 3, "again=")};
	char why[HTTP_WHY_MAX];

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	loop_init(&it.loop);
	it.ari = ari_open(&it.loop, &set, &on, NULL, why);
	if (!it.ari || loop_add(&it.loop, &in) == -1 || loop_run(&it.loop) == -1)
		return 1;
	if (it.ari)
		ari_close(it.ari);
	loop_free(&it.loop);
	return 0;
}

static const char *refusal(struct ari_settings set)
{
	static char why[HTTP_WHY_MAX];
	struct ari *a;

	why[0] = '\0';
	set.password = "p";
	a = ari_open(&it.loop, &set, &on, NULL, why);
	if (!a)
		return why;
	ari_close(a);
	return "";
}

int main(int argc, char **argv)
{
	if (argc > 2)
		return client(argv);
	loop_init(&it.loop);
	is_str(refusal((struct ari_settings){.url = "http://h/ari/", .app = "a", .user = "u"}), "",
		"settings that can be");
	is_str(refusal((struct ari_settings){.url = "ftp://h/ari", .app = "a", .user = "u"}),
		"the URL of ARI has to be like http://127.0.0.1:8088/ari", "not HTTP");
	is_str(refusal((struct ari_settings){.url = "http://h/ari?x", .app = "a", .user = "u"}),
		"the URL of ARI has to be like http://127.0.0.1:8088/ari", "with a query");
	is_str(refusal((struct ari_settings){.url = "http://h/ari", .app = "a,b", .user = "u"}),
		"the name of the application has to be one word without commas",
		"two applications");
	is_str(refusal((struct ari_settings){.url = "http://h/ari", .app = "a", .user = "u:p"}),
		"the user of ARI has to be a name without a colon", "a user with a colon");
	loop_free(&it.loop);
	return done_testing();
}
