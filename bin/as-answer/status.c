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

static void print_table(const struct slots_view *v, int64_t now_ms)
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

static void print_json(const struct slots_view *v, int64_t now_ms)
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
	dynbuf_adds(&b, "]}");
	puts(b.p);
	dynbuf_free(&b);
}

int status_print(const char *spool)
{
	struct slots_view v;

	if (slots_view(spool, &v) == -1) {
		log_error_errno("cannot read the slots in '%s'", spool);
		return EXIT_IO;
	}
	if (isatty(1))
		print_table(&v, unix_ms());
	else
		print_json(&v, unix_ms());
	free(v.live);
	return opt_finish(EXIT_OK);
}
