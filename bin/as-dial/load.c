#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "stamp.h"

struct run {
	struct load *load;
	struct loop loop;
	struct loop_timer sweep;
	struct call **active; /* calls going on */
	size_t actives;       /* how many */
	uint64_t begun;       /* calls */
	int64_t start_ns;     /* of the first call */
	int64_t progress_ns;  /* next line of progress */
	bool stopping;        /* begin no more */
	int error;            /* errno that ended it; 0: none */
};

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

int load_random_uuid(uint8_t uuid[ASOCK_UUID_BYTES])
{
	if (getrandom(uuid, ASOCK_UUID_BYTES, 0) != ASOCK_UUID_BYTES)
		return -1;
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40); /* RFC 9562: version 4 */
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
	return 0;
}

static int begin_call(struct run *r, int64_t now)
{
	const uint8_t *uuid = r->load->uuid;
	uint8_t random[ASOCK_UUID_BYTES];
	struct call *c = calloc(1, sizeof *c);

	if (!c || (!uuid && load_random_uuid(random))) {
		r->error = errno;
		free(c);
		return -1;
	}
	r->begun++;
	r->active[r->actives++] = c;
	call_start(c, &r->load->plan, r->begun, uuid ? uuid : random, now);
	return 0;
}

static void begin_calls(struct run *r, int64_t now)
{
	struct load *l = r->load;

	while (!r->stopping && r->begun < l->calls &&
		(double)(now - r->start_ns) >= (double)r->begun / l->per_second * 1e9) {
		if (begin_call(r, now)) {
			loop_stop(&r->loop);
			return;
		}
	}
}

static void sweep_calls(struct run *r, int64_t now)
{
	int64_t realtime = stamp_realtime_ns();
	size_t kept = 0;

	for (size_t i = 0; i < r->actives; i++) {
		struct call *c = r->active[i];

		if (c->end == CALL_OPEN)
			call_sweep(c, now, realtime);
		if (c->end == CALL_OPEN) {
			r->active[kept++] = c;
			continue;
		}
		totals_add(&r->load->totals, c);
		r->load->ended(r->load->ctx, c);
	}
	r->actives = kept;
}

static void show_progress(struct run *r, int64_t now)
{
	const struct totals *t = &r->load->totals;

	if (!r->load->progress || now < r->progress_ns)
		return;
	r->progress_ns = now + NS_PER_S;
	fprintf(stderr,
		"\r%" PRIu64 " of %" PRIu64 " calls begun, %zu going on, %" PRIu64
		" failed, %" PRId64 " s\033[K",
		r->begun, r->load->calls, r->actives, t->calls - t->ok,
		(now - r->start_ns) / NS_PER_S);
}

static void on_sweep(void *ctx, int64_t now)
{
	struct run *r = ctx;
	const struct load *l = r->load;

	now = now_ns(); /* a connect that was ready in this round was timed later than its wake-up */
	begin_calls(r, now);
	sweep_calls(r, now);
	show_progress(r, now);
	if (!r->actives && (r->stopping || r->begun == l->calls))
		loop_stop(&r->loop);
	now = now_ns();
	r->sweep.at_ns = l->plan.grid_ns +
		((now - l->plan.grid_ns) / CALL_SWEEP_NS + 1) * CALL_SWEEP_NS;
}

static void on_signal(void *ctx, int sig)
{
	struct run *r = ctx;

	r->stopping = true;
	for (size_t i = 0; i < r->actives; i++)
		call_interrupt(r->active[i], now_ns());
}

static int run(struct run *r)
{
	static const int sigs[] = {SIGINT, SIGTERM, 0};
	int64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	r->sweep = (struct loop_timer){now_ns(), on_sweep, r};
	r->start_ns = r->load->plan.grid_ns = r->sweep.at_ns;
	if (loop_signals(&r->loop, sigs, on_signal, r) || loop_add_timer(&r->loop, &r->sweep) ||
		loop_run(&r->loop))
		return -1;
	r->load->totals.cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	r->load->totals.send_late_ns = r->load->plan.send_late_ns;
	if (r->load->progress)
		fputs("\r\033[K", stderr);
	errno = r->error;
	return r->error ? -1 : 0;
}

int load_run(struct load *l)
{
	struct run r = {.load = l, .active = calloc(l->calls, sizeof(struct call *))};
	int ret;

	if (!r.active)
		return -1;
	loop_init(&r.loop);
	l->plan.loop = &r.loop;
	ret = run(&r);
	for (size_t i = 0; i < r.actives; i++) {
		call_free(r.active[i]);
		free(r.active[i]);
	}
	free(r.active);
	loop_free(&r.loop);
	return ret;
}
