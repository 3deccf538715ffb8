#include "dial-inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct call **call_place(struct dialer *d, const char *id)
{
	struct call **at = &d->bucket[hash_text(id) & (DIAL_BUCKETS - 1)];

	while (*at && strcmp((*at)->id, id) != 0)
		at = &(*at)->same;
	return at;
}

struct call *call_add(struct dialer *d, const char *id)
{
	struct call *c, **at = call_place(d, id);

	if (*at || strlen(id) >= sizeof(c->id))
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	*c = (struct call){.d = d, .cause = -1, .since_ns = now_ns()};
	snprintf(c->id, sizeof(c->id), "%s", id);
	*at = c;
	c->next = d->calls;
	c->back = &d->calls;
	if (c->next)
		c->next->back = &c->next;
	d->calls = c;
	d->n++;
	return c;
}

void call_forget(struct call *c)
{
	*call_place(c->d, c->id) = c->same;
	*c->back = c->next;
	if (c->next)
		c->next->back = c->back;
	c->d->n--;
	free(c);
}

/* It is over for us. */
void call_leave(struct call *c)
{
	struct dialer *d = c->d;

	c->phase = GONE;
	c->due_ns = 0;
	if (c->pending)
		return;
	call_forget(c);
	d->on->gone(d->ctx);
}

bool call_awaits(struct call *c, int rc)
{
	c->pending += rc == 0;
	return rc == 0;
}

/* A reply has come. False: it was the last of a call that is gone. */
bool call_replied(struct call *c)
{
	c->pending--;
	if (c->phase != GONE)
		return true;
	call_leave(c);
	return false;
}

void call_due(struct call *c, int64_t in_ns)
{
	struct loop_timer *t = &c->d->timer;

	c->due_ns = now_ns() + in_ns;
	if (!t->at_ns || c->due_ns < t->at_ns)
		t->at_ns = c->due_ns;
}

int64_t call_wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / NS_PER_MS;
}

static void on_hung_up(void *ctx, const struct ari_reply *r) {}

void call_hang_up(struct dialer *d, const char *id)
{
	(void)!ari_delete(d->set.ari, id, on_hung_up, NULL);
}
