#include "status.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/opt.h"
#include "codec/jline.h"
#include "net/breaker.h"

static int64_t unix_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / NS_PER_MS;
}

/* A call whose as-answer has been killed is finished by its pipeline alone. */
static const char *state_name(const struct slot *c)
{
	if (c->pid > 0 && kill(c->pid, 0) == -1 && errno == ESRCH)
		return "unattended";
	return slot_state_name[c->state];
}

struct providers {
	struct breaker_view of[BREAKERS_MAX];
	size_t n;
};

static void print_providers(const struct providers *p)
{
	if (!p->n)
		return;
	printf("\n%-58s %-16s %8s %8s\n", "PROVIDER", "STATE", "REQUESTS", "FAILED");
	for (size_t i = 0; i < p->n; i++) {
		const struct breaker_view *b = &p->of[i];
		char state[32];

		if (b->state == BREAKER_OPEN)
			snprintf(state, sizeof(state), "open, %" PRId64 " s",
				(b->open_left_ms + 999) / 1000);
		else if (b->failures && b->state == BREAKER_CLOSED)
			snprintf(state, sizeof(state), "%" PRId64 " failures", b->failures);
		else
			snprintf(state, sizeof(state), "%s", breaker_state_name(b->state));
		printf("%-58s %-16s %8" PRId64 " %8" PRId64 "\n", b->name, state, b->requests,
			b->failed);
	}
}

static void print_table(const struct slots_view *v, const struct providers *p, int64_t now_ms)
{
	printf("%-42s %-16s %-10s %8s %8s\n", "CALL", "SERVICE", "STATE", "PID", "AGE");
	for (size_t i = 0; i < v->lives; i++) {
		const struct slot *c = &v->live[i];
		int64_t age_s = max_i64(now_ms - c->accepted_ms, 0) / 1000;

		printf("%-42s %-16s %-10s %8d %5" PRId64 ":%02d\n", c->call, c->service,
			state_name(c), (int)c->pid, age_s / 60, (int)(age_s % 60));
	}
	printf("%zu live", v->lives);
	for (int i = 0; i < SLOTS_COUNTERS; i++)
		printf(", %" PRIu64 " %s", v->count[i], slots_counter_name[i]);
	putchar('\n');
	print_providers(p);
}

static void add_call(struct dynbuf *b, const struct slot *c, int64_t now_ms)
{
	dynbuf_adds(b, "{");
	jline_add_str(b, "call", c->call);
	jline_add_str(b, "service", c->service);
	jline_add_str(b, "state", state_name(c));
	jline_add_int(b, "pid", c->pid);
	jline_add_int(b, "accepted_ms", c->accepted_ms);
	jline_add_int(b, "age_ms", max_i64(now_ms - c->accepted_ms, 0));
	dynbuf_adds(b, "}");
}

static void add_provider(struct dynbuf *b, const struct breaker_view *p)
{
	dynbuf_adds(b, "{");
	jline_add_str(b, "name", p->name);
	jline_add_str(b, "state", breaker_state_name(p->state));
	jline_add_int(b, "failures", p->failures);
	jline_add_int(b, "requests", p->requests);
	jline_add_int(b, "failed", p->failed);
	jline_add_int(b, "opened", p->opened);
	if (p->state == BREAKER_OPEN)
		jline_add_int(b, "open_left_ms", p->open_left_ms);
	dynbuf_adds(b, "}");
}

static void print_json(const struct slots_view *v, const struct providers *p, int64_t now_ms)
{
	struct dynbuf b;

	dynbuf_init(&b, 8 << 20);
	dynbuf_adds(&b, "{");
	jline_add_int(&b, "live", (int64_t)v->lives);
	for (int i = 0; i < SLOTS_COUNTERS; i++)
		jline_add_int(&b, slots_counter_name[i], (int64_t)v->count[i]);
	dynbuf_adds(&b, ",\"calls\":[");
	for (size_t i = 0; i < v->lives; i++) {
		if (i > 0)
			dynbuf_adds(&b, ",");
		add_call(&b, &v->live[i], now_ms);
	}
	dynbuf_adds(&b, "],\"providers\":[");
	for (size_t i = 0; i < p->n; i++) {
		if (i > 0)
			dynbuf_adds(&b, ",");
		add_provider(&b, &p->of[i]);
	}
	dynbuf_adds(&b, "]}");
	puts(b.p);
	dynbuf_free(&b);
}

/* A file that is of no use is replaced by the next call that needs one: no reason to show no calls. */
static void read_providers(const char *spool, struct providers *ret)
{
	int n = breaker_list(spool, ret->of, ARRAY_LEN(ret->of));

	ret->n = n > 0 ? (size_t)n : 0;
	if (n == -1)
		log_warn_errno("cannot read the breakers in '%s'", spool);
}

int status_print(const char *spool)
{
	struct providers p;
	struct slots_view v;

	if (slots_view(spool, &v) == -1) {
		log_error_errno("cannot read the slots in '%s'", spool);
		return EXIT_IO;
	}
	read_providers(spool, &p);
	if (isatty(1))
		print_table(&v, &p, unix_ms());
	else
		print_json(&v, &p, unix_ms());
	free(v.live);
	return opt_finish(EXIT_OK);
}
