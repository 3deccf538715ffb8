#include "recogniser.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"

static void next_start(struct recogniser *r);

void recogniser_trouble(struct recogniser *r, const char *code, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	r->trouble(r->ctx, code, text);
}

/* Take the first out of the line, and say what it was. */
static void first_answer(struct recogniser *r, const struct result *ret)
{
	struct turn *t = r->waiting;

	r->waiting = t->next;
	t->next = NULL;
	r->answered(r->ctx, t, ret);
}

void recogniser_done(struct recogniser *r, const struct result *ret)
{
	if (!r->busy)
		return;
	r->busy = false;
	r->timer.at_ns = 0;
	first_answer(r, ret);
	next_start(r);
}

static void too_late(void *ctx, int64_t now)
{
	struct recogniser *r = ctx;

	(void)now;
	recogniser_trouble(r, "timeout", "%s has not answered turn %lld within %lld ms",
		r->engine->name, (long long)r->waiting->number, (long long)r->set->timeout_ms);
	if (r->engine->cancel)
		r->engine->cancel(r);
	recogniser_done(r, &result_none);
}

/* An engine that answers at once comes back here by recogniser_done: at most as deep as turns may wait. */
static void next_start(struct recogniser *r)
{
	if (r->busy || !r->waiting)
		return;
	r->busy = true;
	if (!r->waiting->samples) {
		recogniser_done(r, &result_none);
		return;
	}
	r->timer.at_ns = now_ns() + r->set->timeout_ms * NS_PER_MS;
	r->engine->recognise(r, r->waiting);
}

int recogniser_open(struct recogniser *r, struct loop *loop)
{
	r->loop = loop;
	r->timer = (struct loop_timer){.fire = too_late, .ctx = r};
	if (loop_add_timer(loop, &r->timer) < 0) {
		log_error_errno("cannot set a timer");
		return EXIT_SYSTEM;
	}
	return r->engine->open ? r->engine->open(r) : 0;
}

void recogniser_expect(struct recogniser *r, const char *hints)
{
	if (r->engine->expect)
		r->engine->expect(r, hints);
}

void recogniser_put(struct recogniser *r, struct turn *t)
{
	struct turn **end = &r->waiting;
	int n = 0;

	for (; *end; end = &(*end)->next)
		n++;
	*end = t;
	if (n >= RECOGNISER_WAITING_MAX) {
		recogniser_trouble(r, "slow", "%d turns wait for %s: turn %lld is not recognised",
			n, r->engine->name, (long long)t->number);
		t->samples =
			0; /* answered with nothing when its time comes, so that the order stays */
	}
	next_start(r);
}

void recogniser_drop(struct recogniser *r)
{
	if (r->engine->cancel)
		r->engine->cancel(r);
	r->busy = false;
	r->timer.at_ns = 0;
	while (r->waiting) {
		struct turn *t = r->waiting;

		r->waiting = t->next;
		turn_free(t);
	}
}

void recogniser_close(struct recogniser *r)
{
	recogniser_drop(r);
	if (r->engine->close)
		r->engine->close(r);
	r->state = NULL;
	loop_remove_timer(r->loop, &r->timer);
}
