#include "sphinx.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "audio/pcm.h"
#include "base/child.h"
#include "base/log.h"
#include "base/spawn.h"
#include "stream/outlet.h"
#include "stream/reader.h"
#include "worker.h"

#define CHUNK_SAMPLES 16000
#define OUT_MAX (16 << 20) /* bytes of turns that may wait for the worker: far above any use */
#define MARGIN_MS 200 /* of silence kept around the voice: normalisation does worse with more */
#define NICE 10
#define MODEL "/usr/share/pocketsphinx/model/en-us"

struct sphinx {
	struct recogniser *r;
	pid_t pid;                    /* the worker; 0: none */
	int pid_fd;                   /* of it */
	int fd;                       /* our end of what connects us */
	struct outlet out;            /* to it */
	struct reader in;             /* from it */
	struct loop_source in_source; /* the same on the loop */
	bool turn;                    /* it has one */
	bool failed;                  /* there is no use in another worker */
	bool foreign;                 /* it has been said that a language is not ours */
};

static short in_mask(void *ctx)
{
	(void)ctx;
	return POLLIN;
}

static void nothing(void *ctx)
{
	(void)ctx;
}

/* The worker has gone: its end of file says so as well. */
static void gone(void *ctx, int err)
{
	(void)ctx;
	(void)err;
}

static void worker_drop(struct sphinx *s)
{
	if (!s->pid)
		return;
	loop_remove(s->r->loop, &s->in_source);
	loop_remove(s->r->loop, &s->out.source);
	outlet_free(&s->out);
	reader_free(&s->in);
	close(s->fd);
	child_end(s->r->loop, s->pid, s->pid_fd, false);
	s->pid = 0;
	s->turn = false;
}

/* The worker is of no use any more; why is said by the caller. */
static void worker_lost(struct sphinx *s)
{
	bool turn = s->turn;

	worker_drop(s);
	if (turn)
		recogniser_done(s->r, &result_none);
}

static double number_get(const struct frame *fr, const char *key, double fallback)
{
	struct jspan v;
	double x = fallback;

	if (frame_get(fr, key, &v))
		jline_number(v, &x);
	return x;
}

static void worker_says(struct sphinx *s, const struct frame *fr)
{
	char text[512], code[32];

	if (frame_is(fr, "result") && s->turn) {
		struct result ret = result_none;

		frame_str(fr, "text", ret.text, sizeof(ret.text));
		snprintf(ret.language, sizeof(ret.language), "en");
		ret.confidence = number_get(fr, "confidence", -1);
		ret.score = number_get(fr, "score", 0);
		ret.words_ms = frame_int(fr, "words_ms", 0);
		ret.start_ms = frame_int(fr, "start", -1);
		ret.end_ms = frame_int(fr, "end", -1);
		s->turn = false;
		recogniser_done(s->r, &ret);
	} else if (frame_is(fr, "trouble")) {
		frame_str(fr, "text", text, sizeof(text));
		frame_str(fr, "code", code, sizeof(code));
		recogniser_trouble(s->r, strcmp(code, "word") == 0 ? "word" : "hints", "%s", text);
	} else if (frame_is(fr, "failed")) {
		frame_str(fr, "text", text, sizeof(text));
		s->failed = true;
		recogniser_trouble(s->r, "engine", "%s", text);
		worker_lost(s);
	}
}

static void in_ready(void *ctx, short revents)
{
	struct sphinx *s = ctx;
	struct frame fr;
	ssize_t n = reader_fill(&s->in);
	int got = 0;

	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	while (s->pid && (got = reader_next(&s->in, &fr)) > 0)
		worker_says(s, &fr);
	if (s->pid && (n <= 0 || got < 0)) {
		recogniser_trouble(s->r, "worker", "the worker of pocketsphinx has died%s",
			s->turn ? ": a turn is lost" : "");
		worker_lost(s);
	}
}

/* In the worker: never returns. */
static void worker_main(const struct settings *set, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_OK);
	if (nice(NICE) == -1 && errno)
		_exit(EXIT_SYSTEM);
	_exit(worker_run(STDIN_FILENO, set->model && *set->model ? set->model : MODEL));
}

static int worker_start(struct sphinx *s)
{
	pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	s->pid = spawn_helper(pair[1]);
	if (s->pid == 0)
		worker_main(s->r->set, parent);
	close(pair[1]);
	s->pid_fd = s->pid < 0 ? -1 : pidfd_open(s->pid, 0);
	if (s->pid_fd < 0) { /* one that is there ends at the end of what it reads */
		s->pid = 0;
		close(pair[0]);
		return -1;
	}
	s->fd = pair[0];
	reader_init(&s->in, s->fd);
	outlet_init(&s->out, s->fd, OUT_MAX, nothing, gone, s);
	s->in_source = (struct loop_source){
		.fd = s->fd, .mask = in_mask, .ready = in_ready, .ctx = s};
	if (loop_add(s->r->loop, &s->in_source) < 0 || loop_add(s->r->loop, &s->out.source) < 0) {
		worker_drop(s);
		return -1;
	}
	return 0;
}

/* True if there is a worker; why not has been said. */
static bool worker_ready(struct sphinx *s)
{
	if (s->pid)
		return true;
	if (s->failed)
		return false;
	if (worker_start(s) == 0)
		return true;
	recogniser_trouble(
		s->r, "worker", "cannot start a worker for pocketsphinx: %s", strerror(errno));
	return false;
}

static int send_frame(struct sphinx *s, struct dynbuf *b)
{
	int rc = dynbuf_failed(b) ? -1 : writer_put(&s->out.writer, b->p, b->n, false, 0);

	dynbuf_free(b);
	return rc;
}

static int send_turn(struct sphinx *s, const struct turn *t)
{
	struct dynbuf b, data;

	dynbuf_init(&data, STT_HINTS_MAX + 256);
	dynbuf_addf(&data, "{\"rate\":%d,\"samples\":%zu", t->rate_hz, t->samples);
	if (t->hints)
		jline_add_raw(&data, "hints", (struct jspan){t->hints, strlen(t->hints)});
	dynbuf_adds(&data, "}");
	dynbuf_init(&b, OUT_MAX);
	if (dynbuf_failed(&data) || frame_add(&b, "turn", (struct jspan){data.p, data.n}) < 0)
		b.failed = true;
	dynbuf_free(&data);
	for (size_t done = 0, n; done < t->samples; done += n) {
		int16_t le[CHUNK_SAMPLES];

		n = t->samples - done < CHUNK_SAMPLES ? t->samples - done : CHUNK_SAMPLES;
		pcm_to_le(le, t->sample + done, n);
		frame_add_audio(&b, t->rate_hz, 0, NULL, le, n * sizeof(*le));
	}
	return send_frame(s, &b);
}

static void sphinx_expect(struct recogniser *r, const char *hints)
{
	struct sphinx *s = r->state;
	struct dynbuf b;

	if (!worker_ready(s))
		return;
	dynbuf_init(&b, FRAME_HEADER_MAX);
	dynbuf_addf(&b, "{\"type\":\"expect\",\"data\":{\"free\":%s}}\n", hints ? "false" : "true");
	if (send_frame(s, &b) < 0)
		recogniser_trouble(r, "worker", "cannot write to the worker: %s", strerror(errno));
}

static bool language_ours(struct sphinx *s, const char *language)
{
	if (strncasecmp(language, "en", 2) == 0 && (!language[2] || language[2] == '-'))
		return true;
	if (!s->foreign)
		recogniser_trouble(
			s->r, "language", "pocketsphinx knows English, not '%s'", language);
	s->foreign = true;
	return false;
}

static void sphinx_recognise(struct recogniser *r, struct turn *t)
{
	struct sphinx *s = r->state;

	if (!language_ours(s, t->language) || !worker_ready(s)) {
		recogniser_done(r, &result_none);
		return;
	}
	s->turn = true;
	turn_trim(t, MARGIN_MS);
	if (send_turn(s, t) < 0) {
		recogniser_trouble(r, "worker", "cannot write to the worker: %s", strerror(errno));
		worker_lost(s);
	}
}

static void sphinx_cancel(struct recogniser *r)
{
	worker_drop(r->state);
}

static int sphinx_open(struct recogniser *r)
{
	struct sphinx *s = calloc(1, sizeof(*s));

	if (!s) {
		log_error_errno("cannot use pocketsphinx");
		return EXIT_SYSTEM;
	}
	s->r = r;
	r->state = s;
	return 0;
}

static void sphinx_close(struct recogniser *r)
{
	if (!r->state)
		return;
	worker_drop(r->state);
	free(r->state);
}

const struct engine engine_sphinx = {
	.name = "pocketsphinx",
	.open = sphinx_open,
	.expect = sphinx_expect,
	.recognise = sphinx_recognise,
	.cancel = sphinx_cancel,
	.close = sphinx_close,
	.metered = true,
};
