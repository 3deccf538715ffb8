#include "net/ws.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <wslay/wslay.h>

#include "base/dl.h"
#include "net/line.h"
#include "net/ws-reply.h"

#define READ_BYTES 4096
#define READS_MAX 32          /* in a row: then others have their turn */
#define BYE_NS (2 * NS_PER_S) /* for a goodbye, or for the body of a refusal */

/* libwslay, loaded on first use. */
static struct {
	__typeof__(wslay_event_context_client_init) *init;
	__typeof__(wslay_event_context_free) *free;
	__typeof__(wslay_event_config_set_max_recv_msg_length) *set_max;
	__typeof__(wslay_event_recv) *recv;
	__typeof__(wslay_event_send) *send;
	__typeof__(wslay_event_queue_msg) *queue_msg;
	__typeof__(wslay_event_queue_close) *queue_close;
	__typeof__(wslay_event_set_error) *set_error;
	__typeof__(wslay_event_want_write) *want_write;
	__typeof__(wslay_event_get_read_enabled) *read_enabled;
	__typeof__(wslay_event_get_close_received) *close_received;
	__typeof__(wslay_event_get_status_code_sent) *code_sent;
	__typeof__(wslay_event_get_status_code_received) *code_received;
} lay;

enum phase {
	PHASE_CONNECT, /* there is no connection yet */
	PHASE_SHAKE,   /* the request is on its way, or the reply */
	PHASE_OPEN,
	PHASE_LEAVE, /* it has ended, but for a goodbye of ours that is on its way */
	PHASE_OVER,  /* it is to be told */
};

struct ws {
	struct loop *loop;
	const struct ws_handlers *on;
	void *ctx; /* theirs */
	enum phase phase;
	struct line line;
	struct dynbuf request; /* of the handshake */
	char key[WS_KEY_MAX];
	char protocol[64];           /* asked for; "": none */
	struct ws_reply reply;       /* behind it may be frames */
	bool refused;                /* the reply is a refusal: its body comes */
	struct loop_timer timer;     /* the next of the times below */
	int64_t connect_ms, ping_ms; /* as asked for; 0: none */
	int64_t deadline_ns;         /* of what is under way; 0: none */
	int64_t heard_ns;            /* last byte of the peer */
	bool pinged;                 /* since then */
	int reads;                   /* in a row */
	bool more;                   /* there may be more to read than poll knows of */
	wslay_event_context_ptr frames;
	struct dynbuf text;    /* a message with its NUL */
	uint64_t queued, gone; /* bytes of frames since the beginning: made, sent */
	bool waited;           /* room is to be told */
	bool closing;          /* ws_close was called, with: */
	int close_code;        /* 0: it is queued */
	char close_reason[124];
	int depth; /* handlers may be running */
	bool dropped;
	struct ws_end end;
};

static void over(struct ws *w, enum http_fault fault, const char *why)
{
	if (w->phase >= PHASE_LEAVE)
		return;
	w->phase = PHASE_OVER;
	w->end.fault = fault;
	snprintf(w->end.why, sizeof(w->end.why), "%s", why);
}

/* A frame of ours on the line: bytes. */
static uint64_t frame_bytes(size_t n)
{
	return 6 + (n < 126 ? 0 : n < 65536 ? 2 : 8) + n;
}

/* Bytes not sent yet. */
static size_t waiting(const struct ws *w)
{
	return w->queued > w->gone ? (size_t)(w->queued - w->gone) : 0;
}

/* What wslay asks for. */

static ssize_t on_send(
	wslay_event_context_ptr frames, const uint8_t *p, size_t n, int flags, void *ctx)
{
	struct ws *w = ctx;
	size_t put = line_put(&w->line, p, n);

	(void)flags;
	if (put)
		return (ssize_t)put;
	lay.set_error(frames, WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static size_t take(struct ws *w, void *p, size_t n)
{
	size_t got = line_take(&w->line, p, n);

	if (got) {
		w->heard_ns = w->loop->now;
		w->pinged = false;
	}
	return got;
}

static ssize_t on_recv(wslay_event_context_ptr frames, uint8_t *p, size_t n, int flags, void *ctx)
{
	struct ws *w = ctx;
	size_t left = w->reply.in.n - w->reply.at, got;

	(void)flags;
	if (!w->dropped && left) { /* they came with the reply */
		n = n < left ? n : left;
		memcpy(p, w->reply.in.p + w->reply.at, n);
		w->reply.at += n;
		return (ssize_t)n;
	}
	w->more = w->reads++ == READS_MAX;
	if (!w->dropped && !w->more && (got = take(w, p, n)))
		return (ssize_t)got;
	lay.set_error(frames, WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static int on_mask(wslay_event_context_ptr frames, uint8_t *p, size_t n, void *ctx)
{
	(void)ctx;
	if (getrandom(p, n, 0) == (ssize_t)n)
		return 0;
	lay.set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

/* For people: no control characters. */
static void reason_take(struct ws *w, const uint8_t *p, size_t n)
{
	if (n >= sizeof(w->end.reason))
		n = sizeof(w->end.reason) - 1;
	for (size_t i = 0; i < n; i++)
		w->end.reason[i] = (char)(p[i] < ' ' || p[i] == 0x7f ? ' ' : p[i]);
	w->end.reason[n] = '\0';
}

static void text_take(struct ws *w, const uint8_t *p, size_t n)
{
	dynbuf_reset(&w->text);
	if (dynbuf_add(&w->text, p, n) == 0)
		w->on->message(w->ctx, true, w->text.p, w->text.n);
	else
		over(w, HTTP_UNABLE, "there is no memory for a message");
}

static void on_message(
	wslay_event_context_ptr frames, const struct wslay_event_on_msg_recv_arg *arg, void *ctx)
{
	struct ws *w = ctx;

	(void)frames;
	if (w->dropped || w->phase != PHASE_OPEN)
		return;
	if (arg->opcode == WSLAY_TEXT_FRAME)
		text_take(w, arg->msg, arg->msg_length);
	else if (arg->opcode == WSLAY_BINARY_FRAME)
		w->on->message(w->ctx, false, arg->msg, arg->msg_length);
	else if (arg->opcode == WSLAY_PING)
		w->queued += frame_bytes(arg->msg_length); /* wslay answers it */
	else if (arg->opcode == WSLAY_CONNECTION_CLOSE && arg->msg_length > 2)
		reason_take(w, arg->msg + 2, arg->msg_length - 2);
}

static int frames_open(struct ws *w)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_recv,
		.send_callback = on_send,
		.genmask_callback = on_mask,
		.on_msg_recv_callback = on_message,
	};
	static const struct dl_symbol symbols[] = {
		{"wslay_event_context_client_init", &lay.init},
		{"wslay_event_context_free", &lay.free},
		{"wslay_event_config_set_max_recv_msg_length", &lay.set_max},
		{"wslay_event_recv", &lay.recv},
		{"wslay_event_send", &lay.send},
		{"wslay_event_queue_msg", &lay.queue_msg},
		{"wslay_event_queue_close", &lay.queue_close},
		{"wslay_event_set_error", &lay.set_error},
		{"wslay_event_want_write", &lay.want_write},
		{"wslay_event_get_read_enabled", &lay.read_enabled},
		{"wslay_event_get_close_received", &lay.close_received},
		{"wslay_event_get_status_code_sent", &lay.code_sent},
		{"wslay_event_get_status_code_received", &lay.code_received},
		{0},
	};

	if (!lay.init && dl_load("libwslay.so.1", symbols) < 0)
		return -1;
	if (lay.init(&w->frames, &callbacks, w) != 0) {
		w->frames = NULL;
		return -1;
	}
	lay.set_max(w->frames, WS_MESSAGE_MAX);
	return 0;
}

/* Out. */

static void say_goodbye(struct ws *w)
{
	size_t n = strlen(w->close_reason);

	if (lay.queue_close(
		    w->frames, (uint16_t)w->close_code, (const uint8_t *)w->close_reason, n) == 0)
		w->queued += frame_bytes(2 + n);
	w->close_code = 0;
}

static bool out_waits(const struct ws *w)
{
	return line_waiting(&w->line) || (w->phase >= PHASE_OPEN && lay.want_write(w->frames));
}

static void push(struct ws *w)
{
	size_t sent;

	do {
		if (w->phase >= PHASE_OPEN && w->close_code && !out_waits(w))
			say_goodbye(w); /* it would overtake what waits */
		if (w->phase >= PHASE_OPEN && lay.want_write(w->frames) && lay.send(w->frames) < 0)
			over(w, HTTP_UNABLE, "frames cannot be made");
		sent = line_push(&w->line);
		w->gone += w->phase >= PHASE_OPEN ? sent : 0;
	} while (sent && out_waits(w) && !line_waiting(&w->line));
}

static void room_tell(struct ws *w)
{
	if (!w->waited || w->phase != PHASE_OPEN || waiting(w))
		return;
	w->waited = false;
	if (w->on->room && !w->dropped)
		w->on->room(w->ctx);
}

/* In: the reply to the handshake. */

static void header_tell(void *ctx, const char *name, const char *value)
{
	struct ws *w = ctx;

	if (w->on->header && !w->dropped)
		w->on->header(w->ctx, name, value);
}

static void opened(struct ws *w)
{
	w->phase = PHASE_OPEN;
	w->deadline_ns = w->closing ? w->deadline_ns : 0;
	if (!w->dropped)
		w->on->opened(w->ctx);
}

static void reply_judge(struct ws *w, bool last)
{
	enum ws_verdict verdict = ws_reply_read(
		&w->reply, w->key, *w->protocol ? w->protocol : NULL, last);

	w->end.status = w->reply.status;
	if (verdict == WS_REPLY_YES)
		opened(w);
	else if (verdict == WS_REPLY_NO)
		over(w, HTTP_OK, w->reply.why);
	else if (verdict == WS_REPLY_STRANGE)
		over(w, HTTP_BROKEN, w->reply.why);
	else if (w->reply.status && !w->refused) {
		w->refused = true;
		w->deadline_ns = w->loop->now + BYE_NS;
	}
}

static void pull_reply(struct ws *w)
{
	while (w->phase == PHASE_SHAKE) {
		char *to = dynbuf_room(&w->reply.in, READ_BYTES);
		size_t got = to ? take(w, to, READ_BYTES) : 0;

		if (!got && to && !w->line.eof)
			return;
		dynbuf_grow(&w->reply.in, got);
		reply_judge(w, !got);
	}
}

/* In: frames. */

static void leave(struct ws *w, enum http_fault fault)
{
	w->phase = PHASE_LEAVE;
	w->end.fault = fault;
	w->more = false;
	w->deadline_ns = w->loop->now + BYE_NS;
}

static void pull_frames(struct ws *w)
{
	int rc;

	w->reads = 0;
	w->more = false;
	rc = lay.recv(w->frames);
	if (rc == WSLAY_ERR_NOMEM)
		over(w, HTTP_UNABLE, "there is no memory for a message");
	if (waiting(w) > 2 * WS_WAITING_MAX) /* answers to pings, which nobody else counts */
		over(w, HTTP_BROKEN, "the other side reads nothing");
	if (w->phase != PHASE_OPEN)
		return;
	if (lay.close_received(w->frames)) {
		leave(w, HTTP_OK);
		w->end.code = lay.code_received(w->frames);
		snprintf(w->end.why, sizeof(w->end.why), "closed with code %d%s%s", w->end.code,
			*w->end.reason ? ": " : "", w->end.reason);
	} else if (rc < 0 || !lay.read_enabled(w->frames)) {
		leave(w, HTTP_BROKEN);
	} else if (w->line.eof || (w->line.failed && !w->more)) {
		over(w, w->closing ? HTTP_OK : HTTP_BROKEN,
			"the connection broke without a goodbye");
	}
}

/* What wslay did not like is known by what it said. */
static void left(struct ws *w)
{
	int code = lay.code_sent(w->frames);
	const char *what = code == WSLAY_CODE_MESSAGE_TOO_BIG   ? "a message is too long"
		: code == WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA ? "a text is no UTF-8"
								: "what comes is no WebSocket";

	w->phase = PHASE_OVER;
	if (w->end.fault == HTTP_OK)
		return;
	if (code == WSLAY_CODE_MESSAGE_TOO_BIG)
		w->end.fault = HTTP_LONG;
	snprintf(w->end.why, sizeof(w->end.why), "%s", what);
}

/* Life. */

static void ws_free(struct ws *w)
{
	line_close(&w->line);
	loop_remove_timer(w->loop, &w->timer);
	if (w->frames)
		lay.free(w->frames);
	if (w->request.p && w->request.n)
		explicit_bzero(w->request.p, w->request.n); /* there are keys in it */
	dynbuf_free(&w->request);
	ws_reply_free(&w->reply);
	dynbuf_free(&w->text);
	explicit_bzero(w->line.out, sizeof(w->line.out));
	free(w);
}

static void timer_set(struct ws *w)
{
	int64_t at = w->deadline_ns ? w->deadline_ns : INT64_MAX;

	if (w->phase == PHASE_OPEN && w->ping_ms)
		at = min_i64(at, w->heard_ns + w->ping_ms * NS_PER_MS * (w->pinged ? 2 : 1));
	if (w->more || w->phase == PHASE_OVER)
		at = w->loop->now;
	w->timer.at_ns = at == INT64_MAX ? 0 : at;
}

/* After everything: w may be no more. */
static void settle(struct ws *w)
{
	if (!w->dropped && w->phase != PHASE_OVER) {
		timer_set(w);
		return;
	}
	if (!w->dropped) {
		w->depth++; /* for those who drop it there */
		w->end.retry_after_ms = w->reply.retry_after_ms;
		w->on->ended(w->ctx, &w->end);
	}
	ws_free(w);
}

static void work(struct ws *w)
{
	w->depth++;
	push(w);
	if (w->phase == PHASE_SHAKE)
		pull_reply(w);
	if (w->phase == PHASE_OPEN)
		pull_frames(w);
	push(w);
	if (w->phase == PHASE_LEAVE && (!out_waits(w) || w->line.failed))
		left(w);
	room_tell(w);
	w->depth--;
	settle(w);
}

static void too_late(struct ws *w)
{
	char why[64];

	snprintf(why, sizeof(why), "no WebSocket within %lld ms", (long long)w->connect_ms);
	if (w->closing && w->phase != PHASE_LEAVE)
		over(w, HTTP_OK, "nobody says goodbye");
	else if (w->refused)
		reply_judge(w, true);
	else if (w->phase == PHASE_LEAVE)
		left(w);
	else
		over(w, HTTP_SLOW, why);
}

static void ping(struct ws *w, int64_t now)
{
	int64_t silent_ns = now - w->heard_ns, ping_ns = w->ping_ms * NS_PER_MS;
	const struct wslay_event_msg msg = {.opcode = WSLAY_PING};

	if (w->phase != PHASE_OPEN || !w->ping_ms || silent_ns < ping_ns)
		return;
	if (silent_ns >= 2 * ping_ns)
		over(w, HTTP_SLOW, "the other side does not answer a ping");
	else if (!w->pinged && lay.queue_msg(w->frames, &msg) == 0)
		w->queued += frame_bytes(0);
	w->pinged = true;
}

static void timer_fire(void *ctx, int64_t now)
{
	struct ws *w = ctx;

	if (w->deadline_ns && now >= w->deadline_ns)
		too_late(w);
	ping(w, now);
	if (w->phase == PHASE_CONNECT || w->phase == PHASE_OVER)
		settle(w);
	else
		work(w);
}

static short mask(void *ctx)
{
	struct ws *w = ctx;

	return (short)((w->phase == PHASE_LEAVE ? 0 : POLLIN) | (out_waits(w) ? POLLOUT : 0));
}

static void ready(void *ctx, short revents)
{
	(void)revents;
	work(ctx);
}

static void connected(void *ctx, enum http_fault fault, const char *why)
{
	struct ws *w = ctx;

	if (fault != HTTP_OK) {
		over(w, fault, why);
		settle(w);
		return;
	}
	w->phase = PHASE_SHAKE;
	line_put(&w->line, w->request.p, w->request.n);
	work(w);
}

/* All that can go wrong before there is a connection; it is told by the loop. */
static void start(struct ws *w, const struct ws_request *q)
{
	struct ws_url url;

	if (!curl_lib() || frames_open(w) < 0)
		over(w, HTTP_UNABLE, "there is no libcurl or libwslay");
	else if (ws_url(q->url, &url) < 0)
		over(w, HTTP_UNABLE, "this is no URL of a WebSocket");
	else if (ws_key(w->key) < 0 ||
		ws_request_add(&w->request, url.host, url.target, w->key, q) < 0)
		over(w, HTTP_UNABLE, "the request cannot be written");
	else if (line_open(&w->line, w->loop, url.origin) < 0)
		over(w, HTTP_UNABLE, "libcurl cannot begin");
}

struct ws *ws_open(
	struct loop *loop, const struct ws_request *q, const struct ws_handlers *on, void *ctx)
{
	struct ws *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->loop = loop;
	w->on = on;
	w->ctx = ctx;
	w->end = (struct ws_end){.code = 1006, .error = w->reply.error};
	w->connect_ms = q->connect_ms;
	w->ping_ms = q->ping_ms;
	w->timer = (struct loop_timer){.fire = timer_fire, .ctx = w};
	w->line.source = (struct loop_source){.mask = mask, .ready = ready, .ctx = w};
	w->line.opened = connected;
	w->line.ctx = w;
	dynbuf_init(&w->request, LINE_OUT_MAX);
	ws_reply_init(&w->reply);
	w->reply.header = header_tell;
	w->reply.ctx = w;
	dynbuf_init(&w->text, WS_MESSAGE_MAX);
	snprintf(w->protocol, sizeof(w->protocol), "%s", q->protocol ? q->protocol : "");
	if (loop_add_timer(loop, &w->timer) < 0) {
		free(w);
		return NULL;
	}
	if (q->connect_ms)
		w->deadline_ns = now_ns() + q->connect_ms * NS_PER_MS;
	start(w, q);
	timer_set(w);
	return w;
}

int ws_send(struct ws *w, bool text, const void *p, size_t n)
{
	const struct wslay_event_msg msg = {
		.opcode = text ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME, .msg = p, .msg_length = n};

	if (w->closing || w->phase > PHASE_OPEN || waiting(w) + n > WS_WAITING_MAX ||
		lay.queue_msg(w->frames, &msg) != 0)
		return -1;
	w->queued += frame_bytes(n);
	w->waited = true;
	if (w->depth || w->phase != PHASE_OPEN)
		return 0;
	push(w); /* it spares a round of the loop */
	timer_set(w);
	return 0;
}

void ws_close(struct ws *w, int code, const char *reason)
{
	if (w->closing || w->phase > PHASE_OPEN)
		return;
	w->closing = true;
	w->close_code = code;
	snprintf(w->close_reason, sizeof(w->close_reason), "%s", reason ? reason : "");
	w->deadline_ns = now_ns() + BYE_NS;
	if (w->depth)
		return;
	push(w);
	timer_set(w);
}

void ws_drop(struct ws *w)
{
	w->dropped = true;
	if (!w->depth)
		ws_free(w);
}
