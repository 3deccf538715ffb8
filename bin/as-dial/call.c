#include "call.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#define MAX_NOTES_BYTES 4096
#define TRACK_MAX_S (4 * 3600)
#define TRACK_FIRST_S 8
#define PHASES (METER_SLOT_NS / CALL_SWEEP_NS)

static void connect_next(struct call *c, int64_t now);

const char *call_end_name(enum call_end end)
{
	static const char *const name[] = {"open", "server-end", "eof", "reset", "hangup",
		"timeout", "unread", "refused", "interrupted", "system"};

	return name[end];
}

bool call_ok(const struct call *c)
{
	bool clean = c->end == CALL_SERVER_END || c->end == CALL_EOF || c->end == CALL_HANGUP;

	return clean && !c->failed.n && !c->illegal_n;
}

/* Sound that no memory is there for is lost: a recording is not worth a call. */
void track_put(struct track *t, size_t at, const int16_t *samples, size_t n)
{
	size_t end = at + n, size = t->size ? t->size : (size_t)t->rate_hz * TRACK_FIRST_S;
	int16_t *p = t->samples;

	if (end > (size_t)t->rate_hz * TRACK_MAX_S)
		return;
	while (size < end)
		size *= 2;
	if (size > t->size) {
		p = reallocarray(p, size, sizeof *p);
		if (!p)
			return;
		t->samples = p;
		t->size = size;
	}
	if (at > t->n)
		memset(p + t->n, 0, (at - t->n) * sizeof *p);
	memcpy(p + at, samples, n * sizeof *p);
	if (end > t->n)
		t->n = end;
}

static void stop_connecting(struct call *c)
{
	if (c->connecting)
		loop_remove(c->plan->loop, &c->source);
	c->connecting = false;
}

/* Asterisk closes at once, whatever may still be unread. */
void call_finish(struct call *c, enum call_end end, int64_t at_ns)
{
	if (c->end != CALL_OPEN)
		return;
	stop_connecting(c);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->end = end;
	c->ended_ns = at_ns;
	if (c->connected_ns)
		meter_end(&c->meter, c->connected_ns, at_ns);
	call_judge(c);
}

void call_queue(struct call *c, const void *p, size_t n)
{
	if (dynbuf_add(&c->out, p, n))
		call_finish(c, CALL_UNREAD, now_ns());
}

static void flush(struct call *c, int64_t now)
{
	ssize_t n;

	if (!c->out.n ||
		(c->hold_until_ns && now < c->hold_until_ns && c->step < c->plan->script->steps))
		return;
	c->hold_until_ns = 0;
	n = send(c->fd, c->out.p, c->out.n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n > 0) {
		if ((size_t)n == c->out.n)
			dynbuf_reset(&c->out);
		else
			dynbuf_discard(&c->out, (size_t)n);
	} else if (errno == EPIPE) {
		/* It had closed before: what it sent until then, and that end, are still to be read. */
		dynbuf_reset(&c->out);
		c->read_at_ns = 0;
	} else if (errno != EAGAIN && errno != EINTR) {
		c->error = errno;
		call_finish(c, CALL_RESET, now);
	}
}

/* Frames of the calls are spread over the sweeps of a slot. */
static int64_t first_slot(const struct call *c, int64_t now)
{
	int64_t sweep = (now - c->plan->grid_ns) / CALL_SWEEP_NS + 1,
		phase = (int64_t)(c->number % PHASES);

	sweep += (phase - sweep % PHASES + PHASES) % PHASES;
	return c->plan->grid_ns + sweep * CALL_SWEEP_NS;
}

static void connected(struct call *c, int64_t now)
{
	uint8_t msg[ASOCK_HEADER_BYTES + ASOCK_UUID_BYTES];

	stop_connecting(c);
	c->connected_ns = c->step_at_ns = c->mark_ns = c->read_ns = now;
	c->send_at_ns = first_slot(c, now);
	asock_header(msg, ASOCK_UUID, ASOCK_UUID_BYTES);
	memcpy(msg + ASOCK_HEADER_BYTES, c->uuid, ASOCK_UUID_BYTES);
	call_queue(c, msg, sizeof msg);
	flush(c, now);
}

static short connect_mask(void *ctx)
{
	return POLLOUT;
}

static void connect_ready(void *ctx, short revents)
{
	struct call *c = ctx;
	int64_t now = now_ns();
	int error = 0;
	socklen_t n = sizeof error;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &n))
		error = errno;
	if (!error) {
		connected(c, now);
		return;
	}
	c->error = error;
	c->address = c->address->ai_next;
	connect_next(c, now);
}

static int open_socket(struct call *c)
{
	int on = 1;

	c->fd = socket(c->address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return -1;
	if (setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on))
		return -1;
	/* Refused, arrivals are timed by our reads, and the report says so: unstamped. */
	(void)setsockopt(c->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
	return 0;
}

static void connect_next(struct call *c, int64_t now)
{
	stop_connecting(c);
	for (; c->address; c->address = c->address->ai_next) {
		if (c->fd >= 0)
			close(c->fd);
		if (open_socket(c)) {
			c->error = errno;
			call_finish(c, CALL_SYSTEM, now);
			return;
		}
		c->try_until_ns = now + CALL_CONNECT_NS;
		if (!connect(c->fd, c->address->ai_addr, c->address->ai_addrlen)) {
			connected(c, now_ns());
			return;
		}
		if (errno == EINPROGRESS) {
			c->source = (struct loop_source){c->fd, connect_mask, connect_ready, c};
			c->connecting = !loop_add(c->plan->loop, &c->source);
			if (!c->connecting)
				call_finish(c, CALL_SYSTEM, now);
			return;
		}
		c->error = errno;
	}
	call_finish(c, CALL_REFUSED, now);
}

void call_start(struct call *c, struct call_plan *plan, uint64_t number,
	const uint8_t uuid[ASOCK_UUID_BYTES], int64_t now)
{
	*c = (struct call){.plan = plan, .number = number, .fd = -1, .dialled_ns = now};
	memcpy(c->uuid, uuid, ASOCK_UUID_BYTES);
	dynbuf_init(&c->out, CALL_MAX_PENDING);
	dynbuf_init(&c->in, ASOCK_MAX_BYTES);
	dynbuf_init(&c->failed, MAX_NOTES_BYTES);
	dynbuf_init(&c->illegal, MAX_NOTES_BYTES);
	meter_init(&c->meter, plan->quiet_ns);
	c->sent.rate_hz = plan->rate_hz;
	c->address = plan->address;
	connect_next(c, now);
}

void call_sweep(struct call *c, int64_t now, int64_t realtime_ns)
{
	if (!c->connected_ns) {
		if (now < c->try_until_ns)
			return;
		c->error = ETIMEDOUT;
		c->address = c->address->ai_next;
		connect_next(c, now);
		return;
	}
	if (now >= c->read_at_ns)
		call_hear(c, now, realtime_ns);
	if (c->end == CALL_OPEN && now - c->connected_ns > c->plan->max_duration_ns)
		call_finish(c, CALL_TIMEOUT, now);
	if (c->end == CALL_OPEN && now >= c->send_at_ns)
		call_act(c, now);
	if (c->end == CALL_OPEN)
		flush(c, now);
	/* After the flush: the last frames of a script are said before it hangs up. */
	if (c->end == CALL_OPEN && c->step == c->plan->script->steps) {
		call_hear(c, now, realtime_ns);
		call_finish(c, CALL_HANGUP, now);
	}
}

void call_interrupt(struct call *c, int64_t now)
{
	call_finish(c, CALL_INTERRUPTED, now);
}

void call_free(struct call *c)
{
	stop_connecting(c);
	if (c->fd >= 0)
		close(c->fd);
	dynbuf_free(&c->out);
	dynbuf_free(&c->in);
	dynbuf_free(&c->failed);
	dynbuf_free(&c->illegal);
	free(c->heard.samples);
	free(c->sent.samples);
}
