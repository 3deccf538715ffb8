#include "recogniser.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"

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

static bool is_said(struct recogniser *r, const char *code)
{
	size_t i = 0;

	for (; i < ARRAY_LEN(r->said) && r->said[i]; i++)
		if (strcmp(r->said[i], code) == 0)
			return true;
	if (i < ARRAY_LEN(r->said))
		r->said[i] = code;
	return false;
}

void recogniser_trouble_once(struct recogniser *r, const char *code, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (is_said(r, code))
		log_info("%s", text);
	else
		r->trouble(r->ctx, code, text);
}

void recogniser_partial(struct recogniser *r, const struct turn *t, const char *text)
{
	if (r->partial)
		r->partial(r->ctx, t, text);
}

void recogniser_seen(struct recogniser *r, const char *name, const char *fmt, ...)
{
	char value[512];
	va_list args;

	if (!r->seen)
		return;
	va_start(args, fmt);
	vsnprintf(value, sizeof(value), fmt, args);
	va_end(args);
	r->seen(r->ctx, name, value);
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
	struct result corrected;

	if (!r->busy)
		return;
	r->busy = false;
	r->timer.at_ns = 0;
	corrected = *ret;
	corrections_apply(r->corrections, ret->language[0] ? ret->language : r->waiting->language,
		corrected.text);
	first_answer(r, &corrected);
	next_start(r);
}

static void too_late(void *ctx, int64_t now)
{
	struct recogniser *r = ctx;

	(void)now;
	recogniser_trouble_once(r, "timeout", "%s has not answered turn %lld within %lld ms",
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
		recogniser_forgotten(r, r->waiting);
		recogniser_done(r, &result_none);
		return;
	}
	r->timer.at_ns = now_ns() + r->set->timeout_ms * NS_PER_MS;
	r->engine->recognise(r, r->waiting);
}

int recogniser_open(struct recogniser *r, struct loop *loop)
{
	char why[CORRECT_WHY_MAX];

	r->loop = loop;
	r->timer = (struct loop_timer){.fire = too_late, .ctx = r};
	if (loop_add_timer(loop, &r->timer) < 0) {
		log_error_errno("cannot set a timer");
		return EXIT_SYSTEM;
	}
	if (corrections_open(r->set->corrections, &r->corrections, why) < 0)
		return opt_refuse(&r->set->corrections, "%s", why);
	return r->engine->open ? r->engine->open(r) : 0;
}

static void language_take(struct recogniser *r, const char *language)
{
	snprintf(r->language, sizeof(r->language), "%s", language);
}

void recogniser_begun(struct recogniser *r, int rate_hz, const char *language)
{
	r->rate_hz = rate_hz;
	language_take(r, language);
}

void recogniser_going(struct recogniser *r)
{
	if (r->engine->going)
		r->engine->going(r);
}

void recogniser_expect(struct recogniser *r, const char *hints, const char *language)
{
	language_take(r, language);
	if (r->engine->expect)
		r->engine->expect(r, hints);
}

void recogniser_started(struct recogniser *r, struct turn *t)
{
	if (r->engine->started)
		r->engine->started(r, t);
}

void recogniser_audio(struct recogniser *r, struct turn *t)
{
	if (r->engine->audio)
		r->engine->audio(r, t);
}

void recogniser_forgotten(struct recogniser *r, struct turn *t)
{
	if (r->engine->forgotten)
		r->engine->forgotten(r, t);
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
		recogniser_forgotten(r, t);
		turn_free(t);
	}
}

void recogniser_close(struct recogniser *r)
{
	recogniser_drop(r);
	if (r->engine->close)
		r->engine->close(r);
	r->state = NULL;
	corrections_close(r->corrections);
	r->corrections = NULL;
	loop_remove_timer(r->loop, &r->timer);
}
