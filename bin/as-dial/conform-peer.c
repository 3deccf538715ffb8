#include "conform-peer.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/loop.h"
#include "stamp.h"

#define CONNECT_MS 2000 /* as Asterisk */
#define SEND_MS 2000
/* Woken later than this after a deadline of our own, we cannot blame the server. */
#define STALL_NS (10 * NS_PER_MS)

/* What ends a wait, and what is done during it. */
enum { TALK = 1, DEAF = 2, UNTIL_AUDIO = 4, UNTIL_END = 8, UNTIL_EOF = 16, UNTIL_SENT = 32 };
#define UNTIL_ENDS (UNTIL_AUDIO | UNTIL_END | UNTIL_EOF)

struct sending {
	const uint8_t *bytes;
	size_t n; /* bytes left */
};

void peer_init(
	struct peer *p, const struct conform_settings *set, unsigned case_number, unsigned number)
{
	struct check_limits limits = check_limits(set->first_ms, set->late_ms);

	*p = (struct peer){.set = set, .fd = -1, .case_number = case_number, .number = number};
	check_init(&p->check, &limits);
}

void peer_fail(struct peer *p, const char *fmt, ...)
{
	va_list args;

	if (!peer_ok(p))
		return;
	va_start(args, fmt);
	vsnprintf(p->fail, sizeof(p->fail), fmt, args);
	va_end(args);
}

void peer_note(struct peer *p, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(p->note, sizeof(p->note), fmt, args);
	va_end(args);
}

static int64_t call_ms(const struct peer *p)
{
	return (now_ns() - p->connected_ns) / NS_PER_MS;
}

void peer_connect(struct peer *p)
{
	struct pollfd poller = {.events = POLLOUT};
	int one = 1, error = 0, rcvbuf = 2048, mss = 536;
	socklen_t size = sizeof(error);

	if (!peer_ok(p))
		return;
	p->fd = poller.fd = socket(
		p->set->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->fd < 0) {
		peer_fail(p, "no socket: %s", strerror(errno));
		return;
	}
	(void)setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)setsockopt(p->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one));
	if (p->narrow) {
		(void)setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
		(void)setsockopt(p->fd, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof(mss));
	}
	if (p->sndbuf_bytes)
		(void)setsockopt(p->fd, SOL_SOCKET, SO_SNDBUF, &p->sndbuf_bytes, sizeof(int));
	if (connect(p->fd, (const struct sockaddr *)&p->set->addr, p->set->addr_bytes) < 0) {
		error = errno;
		if (error == EINPROGRESS) {
			error = ETIMEDOUT;
			if (poll(&poller, 1, CONNECT_MS) == 1)
				(void)getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &size);
		}
	}
	if (error)
		peer_fail(p, "no connection: %s", strerror(error));
	p->connected_ns = p->frame_ns = now_ns();
}

/* Read all there is, each message with its own time, up to the end message, as Asterisk reads no further;
 * the next call does. -1 when there will be no more. */
static int read_all(struct peer *p)
{
	uint8_t bytes[4096], control[STAMP_CONTROL_BYTES];
	int64_t came;

	for (;;) {
		struct iovec part = {
			bytes, (size_t)min_i64((int64_t)check_want(&p->check), sizeof(bytes))};
		struct msghdr m = {
			.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t n = recvmsg(p->fd, &m, MSG_DONTWAIT);

		if (n > 0) {
			bool ended = p->check.ended;

			(void)stamp_find(&m, p->connected_ns, now_ns(), stamp_realtime_ns(), &came);
			check_bytes(&p->check, bytes, (size_t)n, came);
			if (p->check.ended && !ended)
				return 0;
		} else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			return 0;
		} else {
			p->eof = true;
			p->reset |= n < 0;
			check_close(&p->check);
			return -1;
		}
	}
}

static void write_some(struct peer *p, struct sending *s)
{
	ssize_t n = send(p->fd, s->bytes, s->n, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n >= 0) {
		s->bytes += n;
		s->n -= (size_t)n;
	} else if (errno != EAGAIN && errno != EINTR) {
		/* What the server sent before still counts. */
		p->reset = true;
		(void)read_all(p);
		p->eof = true;
	}
}

/* True when the wait is over; a call that ends by itself is a failure unless that was waited for. */
static bool over(struct peer *p, int how)
{
	if (p->eof) {
		if (!p->stranger && !(how & UNTIL_ENDS))
			peer_fail(p, "the server %s the connection after %lld ms",
				p->reset ? "reset" : "closed", (long long)call_ms(p));
		return true;
	}
	if (p->check.ended && !p->stranger && !(how & (UNTIL_ENDS | UNTIL_SENT)))
		peer_fail(p, "the server ended the call after %lld ms", (long long)call_ms(p));
	return !peer_ok(p) || (how & UNTIL_AUDIO && p->check.messages > 0) ||
		(how & (UNTIL_AUDIO | UNTIL_END) && p->check.ended);
}

void peer_say(struct peer *p, uint8_t *payload, size_t bytes)
{
	size_t i;

	for (i = 0; i + 1 < bytes; i += 2) {
		put_le16s(payload + i, p->set->say[p->said++]);
		p->said %= p->set->say_samples;
	}
	if (i < bytes)
		payload[i] = 0;
}

size_t peer_frame(struct peer *p, uint8_t *frame)
{
	size_t bytes = (size_t)p->set->rate_hz / 50 * 2;

	asock_header(frame, asock_audio_kind(p->set->rate_hz), (uint16_t)bytes);
	peer_say(p, frame + ASOCK_HEADER_BYTES, bytes);
	return ASOCK_HEADER_BYTES + bytes;
}

static void send_frame(struct peer *p)
{
	uint8_t frame[PEER_FRAME_MAX];
	struct sending s = {frame, peer_frame(p, frame)};

	p->frame_ns += TICK_NS;
	write_some(p, &s);
	if (s.n > 0 && !p->eof)
		peer_fail(p, "the server did not read: Asterisk cannot send and hangs up");
}

void peer_backlog(struct peer *p, int64_t settle_ms)
{
	int64_t now = now_ns();

	check_backlog(&p->check, now, now + settle_ms * NS_PER_MS);
}

/* Wait until something comes, there is room to send, or it is time for something. */
static void sleep_until(struct peer *p, int how, int64_t at)
{
	short events = (short)((how & DEAF ? 0 : POLLIN) | (how & UNTIL_SENT ? POLLOUT : 0));
	struct pollfd poller = {.fd = p->fd, .events = events};
	int64_t left = max_i64(at - now_ns(), 0);
	struct timespec time = {left / NS_PER_S, left % NS_PER_S};

	if (how & DEAF)
		poller.fd = -1;
	if (ppoll(&poller, 1, &time, NULL) < 0)
		return;
	if (now_ns() - at > STALL_NS) {
		p->stalls += !(how & DEAF);
		peer_backlog(p, 0);
	}
}

static void run(struct peer *p, int64_t ms, int how, struct sending *s)
{
	int64_t start = now_ns(), until = start + ms * NS_PER_MS;

	p->frame_ns = max_i64(p->frame_ns, start);
	while (!over(p, how)) {
		int64_t now = now_ns(), next = min_i64(until, now + TICK_NS);

		if (s->n > 0)
			write_some(p, s);
		if (how & UNTIL_SENT && s->n == 0)
			break;
		if (now >= until)
			break;
		if (how & TALK && now >= p->frame_ns)
			send_frame(p);
		if (how & TALK)
			next = min_i64(next, p->frame_ns);
		sleep_until(p, how, next);
		if (how & DEAF || p->eof)
			continue;
		if (read_all(p) == 0 && !(how & UNTIL_EOF))
			check_time(&p->check, now_ns());
	}
}

void peer_send(struct peer *p, const void *bytes, size_t n)
{
	struct sending s = {bytes, n};

	if (!peer_ok(p))
		return;
	run(p, SEND_MS, UNTIL_SENT, &s);
	if (s.n > 0 && !p->eof)
		peer_fail(
			p, "the server did not read: %zu of %zu bytes not sent after 2 s", s.n, n);
}

void peer_flush(struct peer *p)
{
	int left = 1;

	for (int i = 0; i < SEND_MS / 20 && left > 0 && peer_ok(p); i++) {
		peer_wait(p, 20);
		if (ioctl(p->fd, SIOCOUTQ, &left) < 0)
			return;
	}
	if (left > 0)
		peer_fail(p, "the server did not read: %d bytes not taken after 2 s", left);
}

/* Run for ms; true if what is waited for has come. */
static bool wait_for(struct peer *p, int64_t ms, int how)
{
	struct sending none = {NULL, 0};

	if (!peer_ok(p))
		return false;
	run(p, ms, how, &none);
	return how & UNTIL_AUDIO  ? p->check.messages > 0
		: how & UNTIL_END ? p->check.ended
				  : p->eof;
}

void peer_talk(struct peer *p, int64_t ms)
{
	(void)wait_for(p, ms, TALK);
}
void peer_wait(struct peer *p, int64_t ms)
{
	(void)wait_for(p, ms, 0);
}

void peer_deaf(struct peer *p, int64_t ms)
{
	int n = 0;

	(void)wait_for(p, ms, TALK | DEAF);
	if (p->fd >= 0 && !ioctl(p->fd, FIONREAD, &n))
		p->unread_bytes = (size_t)n;
	peer_backlog(p, PEER_SETTLE_MS);
}

bool peer_until_audio(struct peer *p, int64_t ms)
{
	return wait_for(p, ms, UNTIL_AUDIO);
}
bool peer_until_end(struct peer *p, int64_t ms)
{
	return wait_for(p, ms, TALK | UNTIL_END);
}
bool peer_until_eof(struct peer *p, int64_t ms)
{
	return wait_for(p, ms, UNTIL_EOF);
}

void peer_end(struct peer *p)
{
	int error = 0;
	socklen_t size = sizeof(error);

	for (int i = 0; i < 5 && peer_ok(p) && !p->reset; i++) {
		send_frame(p);
		if (p->eof)
			(void)poll(NULL, 0, 20);
		else
			(void)wait_for(p, 20, UNTIL_EOF);
	}
	if (!peer_ok(p))
		return;
	peer_shut(p);
	if (!p->eof && !wait_for(p, p->set->close_ms, UNTIL_EOF))
		peer_fail(p, "still open %lld ms after it was closed on both sides",
			(long long)p->set->close_ms);
	(void)getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (p->reset || error)
		peer_fail(
			p, "the server closed without reading to the end: a reset after 00 00 00");
}

void peer_open(struct peer *p)
{
	check_open(&p->check, now_ns());
}

void peer_shut(struct peer *p)
{
	if (p->fd >= 0)
		(void)shutdown(p->fd, SHUT_WR);
}

void peer_close(struct peer *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

void peer_reset(struct peer *p)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	if (p->fd >= 0)
		(void)setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	peer_close(p);
}
