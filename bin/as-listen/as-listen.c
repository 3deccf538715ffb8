/* as-listen: AudioSocket in, callpipe stream out.
 *
 * stdin is the socket of a call, read live; or a file or pipe with the bytes of one, read as fast
 * as they can be had: then time is the audio received. What the caller says goes through intake
 * (bytes to samples), timeline (samples to chunks of call time) and output (frames to stdout) and
 * is recorded on the way. The loop FIFO of the call directory is merged in. Neither socket nor FIFO
 * is ever left unread, whatever becomes of stdout: Asterisk drops the call if it cannot write.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/opt.h"
#include "batch.h"
#include "call.h"
#include "codec/asock.h"
#include "fifo.h"
#include "intake.h"
#include "output.h"
#include "replay.h"
#include "timeline.h"

#define STAGE "as-listen"
#define CLOCK_MS 500
#define RECV_BYTES 4096
#define READ_BYTES 65536
#define FILE_QUEUE_BYTES \
	65536            /* more output waiting: do not read on (a file waits, a caller does not) */
#define PIPE_BYTES 16384 /* of stdout: 0.7 s at 8 kHz; what is in a pipe cannot be taken back */
#define SLOW_NS \
	(500 * NS_PER_MS) /* more than 2 s of audio waiting for so long: the pipeline is slow */
#define TEXT_BYTES 512

static struct settings {
	const char *rate, *codec, *dir, *replay;
	bool raw;
} set = {.rate = "8000", .codec = "auto"};

static const struct opt_row rows[] = {
	{"rate", 'r', OPT_CHOICE, "8000|16000", "CALLPIPE_RATE", "samples per second of the stream",
		&set.rate},
	{"codec", 'c', OPT_CHOICE, "auto|slin|ulaw|alaw", "CALLPIPE_CODEC",
		"what comes under kind 0x10", &set.codec},
	{"dir", 'd', OPT_STR, "DIR", "CALLPIPE_DIR", "call directory to record into", &set.dir},
	{"raw", 0, OPT_FLAG, NULL, "CALLPIPE_RAW", "write samples instead of the stream", &set.raw},
	{"replay", 0, OPT_STR, "DIR", "CALLPIPE_REPLAY",
		"write the stream of a recorded call again", &set.replay},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] <socket",
	.purpose =
		"Turn the AudioSocket connection of a call into a callpipe stream, and record the caller.",
	.see = "callpipe(7), callpipe-stream(5), callpipe-calldir(5), as-speak(1)",
};

struct listen {
	struct loop loop;
	struct intake intake;
	struct batch batch;
	struct timeline timeline;
	struct record record;
	struct output output;
	struct call call;
	struct dynbuf in;      /* bytes of stdin, less than a message after each round */
	struct fifo fifo;      /* the loop */
	int rate_hz;           /* of the call */
	bool live;             /* stdin is a socket */
	int64_t t0_ns;         /* call time 0, CLOCK_MONOTONIC; live */
	int64_t heard_samples; /* given by intake; not live, this is the time */
	int64_t clock_ms;      /* timestamp of the next clock */
	int64_t slow_since_ns; /* since when too much is queued, CLOCK_MONOTONIC; 0: it is not */
	uint64_t ignored;      /* messages of kinds that mean nothing here */
	bool ended;            /* nothing more is read */
	bool said_slow, said_codec, said_rate; /* reported, once is enough */
	int status;                            /* exit code */
};

static struct listen it;
static struct loop_timer tick_timer, clock_timer;

/* ---- time ---- */

static int64_t call_ns(const struct listen *l)
{
	return l->live ? l->loop.now - l->t0_ns : l->heard_samples * NS_PER_S / l->rate_hz;
}

/* Audio of the caller that the pipeline does not get. */
static int64_t dropped_ms(const struct listen *l)
{
	return (int64_t)(l->output.dropped_chunks * PCM_FRAME_MS +
		l->timeline.discarded_samples * 1000 / (uint64_t)l->rate_hz);
}

/* ---- faults and the end ---- */

/* A fault the call survives: a line on stderr and an error event. */
PRINTF_LIKE(3, 4)
static void warn(struct listen *l, const char *code, const char *fmt, ...)
{
	char text[TEXT_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_warn("%s", text);
	call_error(&l->call, code, false, NULL, text);
}

/* Nothing more is read; when stdout has taken all, that is all. */
static void finish(struct listen *l)
{
	l->ended = true;
	if (!output_pending(&l->output))
		loop_stop(&l->loop);
}

static void end_call(struct listen *l, const char *cause)
{
	if (l->ended)
		return;
	call_begin(&l->call, NULL);
	if (intake_end(&l->intake) < 0)
		log_warn_errno("cannot convert '%s'", "the last audio");
	timeline_end(&l->timeline, call_ns(l));
	if (l->ignored)
		log_debug("%" PRIu64 " messages of unknown kinds ignored", l->ignored);
	call_end(&l->call, cause);
	finish(l);
}

/* The stream cannot go on: without call-end, which says so to those who read it. */
static void fail(struct listen *l, int status, const char *text)
{
	log_error("%s", text);
	l->status = status;
	call_error(&l->call, "fatal", true, NULL, text);
	finish(l);
}

/* A burst, or the silence after we were stopped, is more than is to be queued, but soon gone. */
static void limit_output(struct listen *l)
{
	if (!l->live || l->output.queued_chunks <= OUTPUT_AUDIO_CHUNKS) {
		l->slow_since_ns = 0;
		return;
	}
	if (!l->slow_since_ns)
		l->slow_since_ns = l->loop.now;
	if (l->loop.now - l->slow_since_ns < SLOW_NS)
		return;
	output_limit(&l->output);
	if (!l->said_slow) {
		l->said_slow = true;
		warn(l, "slow", "the pipeline is slower than the call: caller audio is dropped");
	}
}

/* At the end of every handler. */
static void after(struct listen *l)
{
	int64_t due = timeline_due(&l->timeline);

	/* no silence before call-start, which waits for the UUID if nothing else tells it */
	if (due == INT64_MAX || l->ended || !l->call.begun)
		tick_timer.at_ns = 0;
	else
		tick_timer.at_ns = max_i64(l->t0_ns + due, 1);
	if (!l->output.failed)
		return;
	/* an event that cannot be queued is the end: some filter hangs */
	log_error("cannot write '%s': %s", "standard output",
		l->output.failed == ENOBUFS ? "the pipeline takes no more events"
					    : strerror(l->output.failed));
	l->status = l->output.failed == ENOBUFS ? EXIT_TRY_AGAIN : EXIT_SYSTEM;
	l->ended = true;
	loop_stop(&l->loop);
}

/* ---- caller audio ---- */

static void on_chunk(void *ctx, int64_t timestamp_ms, const int16_t *samples, size_t heard)
{
	struct listen *l = ctx;

	output_audio(&l->output, timestamp_ms, samples, heard);
}

static int on_samples(void *ctx, int64_t arrival, const int16_t *samples, size_t n)
{
	struct listen *l = ctx;

	if (l->live) {
		batch_audio(&l->batch, call_ns(l), samples, n);
		return timeline_frame(&l->timeline, arrival, samples, n);
	}
	l->heard_samples += (int64_t)n;
	if (timeline_frame(&l->timeline, call_ns(l), samples, n) < 0)
		return -1;
	for (; l->clock_ms * NS_PER_MS <= call_ns(l); l->clock_ms += CLOCK_MS)
		call_clock(&l->call, l->clock_ms, dropped_ms(l));
	return 0;
}

static void on_audio(struct listen *l, int from_hz, const struct asock_msg *m)
{
	l->batch.message_bytes = ASOCK_HEADER_BYTES + m->payload_bytes;
	if (intake_message(&l->intake, call_ns(l), from_hz, m->payload, m->payload_bytes) < 0 &&
		!l->said_rate) {
		l->said_rate = true;
		warn(l, "audio", "cannot convert audio of %d Hz to %d Hz: %s", from_hz, l->rate_hz,
			errno == ENOENT ? "libsamplerate is not installed" : strerror(errno));
	}
	if (l->intake.found_g711 && !l->said_codec) {
		l->said_codec = true;
		warn(l, "g711",
			"Asterisk sends G.711 %s as if it were slin: it is decoded; in the dialplan, "
			"use the application AudioSocket(), or Dial(AudioSocket/host:port/uuid/c(slin))",
			l->intake.codec == INTAKE_ULAW ? "u-law" : "A-law");
	}
}

static void on_message(struct listen *l, const struct asock_msg *m)
{
	int from_hz = asock_rate(m->kind);

	if (m->kind == ASOCK_UUID && m->payload_bytes == ASOCK_UUID_BYTES) {
		char uuid[ASOCK_UUID_TEXT];

		asock_uuid_text(m->payload, uuid);
		call_begin(&l->call, uuid);
		return;
	}
	call_begin(&l->call, NULL);
	if (from_hz) {
		on_audio(l, from_hz, m);
	} else if (m->kind == ASOCK_DTMF && m->payload_bytes == 1 &&
		asock_is_digit(m->payload[0])) {
		call_digit(&l->call, m->payload[0], call_ns(l) / NS_PER_MS);
	} else {
		l->ignored++;
		log_debug("message of kind 0x%02x and %d bytes ignored", m->kind, m->payload_bytes);
	}
}

/* ---- stdin ---- */

static short in_mask(void *ctx)
{
	struct listen *l = ctx;
	size_t queued = l->output.writer.event_bytes + l->output.writer.audio_bytes;

	return l->ended || (!l->live && queued > FILE_QUEUE_BYTES) ? -1 : POLLIN;
}

static ssize_t in_read(struct listen *l)
{
	size_t want = l->live ? RECV_BYTES : READ_BYTES;
	void *room = dynbuf_room(&l->in, want);
	ssize_t n;

	if (!room) {
		errno = ENOMEM;
		return -1;
	}
	/* the socket is shared with as-speak: it cannot be made non-blocking */
	n = l->live ? recv(STDIN_FILENO, room, want, MSG_DONTWAIT) : read(STDIN_FILENO, room, want);
	if (n > 0)
		dynbuf_grow(&l->in, (size_t)n);
	return n;
}

static void in_ready(void *ctx, short revents)
{
	struct listen *l = ctx;
	const uint8_t *p;
	struct asock_msg m;
	size_t used = 0;
	ssize_t n = in_read(l);
	int got;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0 && !l->live) {
		char text[TEXT_BYTES];

		snprintf(text, sizeof(text), "cannot read 'standard input': %s", strerror(errno));
		fail(l, EXIT_IO, text);
		return;
	}
	if (n <= 0) {
		if (n < 0)
			log_debug("connection ended: %s", strerror(errno));
		end_call(l, "caller-hangup");
		return;
	}
	limit_output(l);
	p = (const uint8_t *)l->in.p;
	for (; (got = asock_parse(p + used, l->in.n - used, &m)) > 0; used += (size_t)got)
		on_message(l, &m);
	dynbuf_discard(&l->in, used);
	after(l);
}

/* ---- the loop FIFO ---- */

static short fifo_mask(void *ctx)
{
	struct listen *l = ctx;

	return l->ended || l->fifo.fd == -1 ? -1 : POLLIN;
}

static void on_loop_frame(void *ctx, const struct frame *f)
{
	struct listen *l = ctx;

	call_frame(&l->call, f);
}

static void fifo_ready(void *ctx, short revents)
{
	struct listen *l = ctx;
	const char *why = fifo_read(&l->fifo, on_loop_frame, l);

	if (why) {
		fifo_close(&l->fifo);
		warn(l, "loop", "cannot go on with 'loop': %s: it is closed", why);
	}
	after(l);
}

/* ---- stdout ---- */

static short out_mask(void *ctx)
{
	struct listen *l = ctx;

	if (l->output.writer.gone)
		return -1;
	return output_pending(&l->output) ? POLLOUT : 0;
}

static void out_ready(void *ctx, short revents)
{
	struct listen *l = ctx;

	if (!output_pending(&l->output) && revents & POLLERR) {
		output_gone(&l->output);
	} else if (output_flush(&l->output) < 0) {
		log_error_errno("cannot write '%s'", "standard output");
		l->status = EXIT_IO;
		output_gone(&l->output);
		l->ended = true;
	}
	/* without a reader: a call is listened to and recorded to its end, a file is not */
	if (l->output.writer.gone && !l->live && l->record.dir_fd == -1)
		l->ended = true;
	if (l->ended && !output_pending(&l->output))
		loop_stop(&l->loop);
}

/* ---- timers and signals ---- */

static void tick(void *ctx, int64_t now)
{
	struct listen *l = ctx;

	if (!l->ended) {
		limit_output(l);
		timeline_tick(&l->timeline, now - l->t0_ns);
		batch_off(&l->batch);
	}
	after(l);
}

static void clock_tick(void *ctx, int64_t now)
{
	struct listen *l = ctx;
	int64_t ms = (now - l->t0_ns) / NS_PER_MS / CLOCK_MS * CLOCK_MS;

	record_flush(&l->record);
	clock_timer.at_ns = l->t0_ns + (ms + CLOCK_MS) * NS_PER_MS;
	call_clock(&l->call, ms, dropped_ms(l));
	after(l);
}

static void on_signal(void *ctx, int sig)
{
	struct listen *l = ctx;

	/* the second one: do not wait for the pipeline */
	if (l->ended)
		loop_stop(&l->loop);
	end_call(l, "terminated");
	after(l);
}

static struct loop_source sources[] = {
	{STDIN_FILENO, in_mask, in_ready, &it},
	{-1, fifo_mask, fifo_ready, &it},
	{STDOUT_FILENO, out_mask, out_ready, &it},
};
static struct loop_timer tick_timer = {0, tick, &it}, clock_timer = {0, clock_tick, &it};
static const int signals[] = {SIGTERM, SIGINT, SIGHUP, 0};

/* ---- beginning ---- */

static void on_record_news(void *ctx, const char *file, const char *text)
{
	struct listen *l = ctx;

	log_warn("%s", text);
	call_error(&l->call, "record", false, file, text);
}

static int64_t t0_of_call(void)
{
	const char *s = getenv("CALLPIPE_T0_NS");
	int64_t now = now_ns(), t0;

	if (!s || !*s)
		return now;
	if (parse_int(s, 1, now, &t0) == 0)
		return t0;
	log_warn_errno("cannot use CALLPIPE_T0_NS '%s'", s);
	return now;
}

static void listen_init(struct listen *l)
{
	static const char *const codecs[] = {"auto", "slin", "ulaw", "alaw"};
	enum intake_codec codec = INTAKE_AUTO;
	struct stat st;
	int err = call_init(&l->call, set.dir, atoi(set.rate), &l->output) < 0 ? errno : 0;

	l->rate_hz = l->call.rate_hz;
	while (strcmp(codecs[codec], set.codec) != 0)
		codec++;
	l->live = fstat(STDIN_FILENO, &st) == 0 && S_ISSOCK(st.st_mode);
	l->t0_ns = t0_of_call();
	l->clock_ms = CLOCK_MS;
	l->fifo.fd = -1;
	dynbuf_init(&l->in, ASOCK_MAX_BYTES + READ_BYTES);
	batch_init(&l->batch, l->live ? STDIN_FILENO : -1);
	intake_init(&l->intake, l->rate_hz, codec, l->live, on_samples, l);
	timeline_init(&l->timeline, l->rate_hz, !set.raw, on_chunk, l);
	output_init(&l->output, STDOUT_FILENO, l->rate_hz, set.raw, &l->record);
	if (record_open(&l->record, set.dir, !set.raw, l->rate_hz, on_record_news, l) < 0)
		warn(l, "record", "cannot open '%s': %s: the call is not recorded", set.dir,
			strerror(errno));
	if (err)
		warn(l, "call", "cannot use '%s/call.json': %s", set.dir, strerror(err));
	if (l->call.start.n)
		call_begin(&l->call, NULL);
	if (set.dir && !set.raw && fifo_open(&l->fifo, set.dir) < 0)
		warn(l, "loop", "cannot open 'loop': %s",
			errno == EINVAL ? "not a FIFO" : strerror(errno));
}

static void listen_free(struct listen *l)
{
	record_close(&l->record);
	output_free(&l->output);
	timeline_free(&l->timeline);
	intake_free(&l->intake);
	fifo_close(&l->fifo);
	dynbuf_free(&l->in);
	call_free(&l->call);
	loop_free(&l->loop);
}

static int listen_run(struct listen *l)
{
	int err = 0;

	fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE_BYTES); /* fails if it is no pipe */
	loop_init(&l->loop);
	listen_init(l);
	sources[1].fd = l->fifo.fd;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		err |= loop_add(&l->loop, &sources[i]);
	if (l->live) {
		clock_timer.at_ns = l->t0_ns + CLOCK_MS * NS_PER_MS;
		err |= loop_add_timer(&l->loop, &tick_timer);
		err |= loop_add_timer(&l->loop, &clock_timer);
		after(l);
	}
	err |= loop_signals(&l->loop, signals, on_signal, l);
	if (err || loop_run(&l->loop) < 0) {
		log_error_errno("cannot begin");
		l->status = EXIT_SYSTEM;
	}
	listen_free(l);
	return l->status;
}

int main(int argc, char **argv)
{
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init(STAGE);
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status != -1)
		return status;
	if (argv[first]) {
		log_error("cannot use '%s': no arguments are taken: see --help", argv[first]);
		return EXIT_USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on files ends the recording, not the call */
	if (set.replay)
		return replay_run(set.replay, atoi(set.rate), STDOUT_FILENO);
	return listen_run(&it);
}
