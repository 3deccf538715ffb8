#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audio/pcm.h"
#include "base/log.h"

/* alone, not in a call: what may wait before the scribe is waited for */
#define PATIENT_BYTES (64 << 10)

static bool put(struct sink *s, const struct dynbuf *b, bool audio, int64_t tag)
{
	int64_t ms;

	if (s->patient && s->out.event_bytes + s->out.audio_bytes > PATIENT_BYTES)
		sink_drain(s, 0);
	while (audio && s->out.audio_bytes + b->n > SINK_AUDIO_MAX &&
		writer_drop_audio(&s->out, &ms))
		s->lost_ms += ms;
	return !dynbuf_failed(b) && writer_put(&s->out, b->p, b->n, audio, tag) == 0;
}

static void hello(struct sink *s)
{
	struct dynbuf data, b;

	dynbuf_init(&data, 256);
	dynbuf_init(&b, 512);
	dynbuf_adds(&data, "{");
	jline_add_int(&data, "pid", getpid());
	jline_add_int(&data, "rate", s->rate_hz);
	dynbuf_adds(&data, "}");
	frame_add(&b, "hello", (struct jspan){data.p, data.n});
	if (!put(s, &b, false, 0))
		log_error_errno("cannot speak to the scribe");
	dynbuf_free(&data);
	dynbuf_free(&b);
}

static int own_scribe(struct sink *s, const struct scribe_tail *tail)
{
	int fd;

	s->own = scribe_fork(s->files, s->rate_hz, tail, &fd);
	if (s->own < 0)
		return -1;
	writer_init(&s->out, fd, SINK_EVENT_MAX);
	s->open = true;
	hello(s);
	return 0;
}

static int open_fifo(const char *dir)
{
	char path[PATH_MAX];

	if (format_path(path, "%s/scribe", dir) < 0)
		return -1;
	return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

int sink_open(struct sink *s, const char *dir, const struct scribe_files *files, int rate_hz,
	bool patient)
{
	int fd = -1;

	*s = (struct sink){.files = files, .rate_hz = rate_hz, .patient = patient, .own = -1};
	dynbuf_init(&s->recent, SINK_PIPE_BYTES + SINK_EVENT_MAX + FRAME_PAYLOAD_MAX);
	dynbuf_init(&s->recent_audio, 2 * SINK_PIPE_BYTES);
	if (dir)
		fd = open_fifo(dir);
	if (fd >= 0) {
		writer_init(&s->out, fd, SINK_EVENT_MAX);
		s->open = true;
		hello(s);
		return 0;
	}
	/* No reader: as-answer is gone already. */
	if (dir && errno != ENXIO)
		return -1;
	return *files->journal || *files->record ? own_scribe(s, NULL) : 0;
}

bool sink_alone(const struct sink *s)
{
	struct pollfd p = {.fd = s->out.fd};

	return !s->open || s->own >= 0 || (poll(&p, 1, 0) == 1 && p.revents & POLLERR);
}

void sink_close(struct sink *s)
{
	if (s->open) {
		if (writer_pending(&s->out))
			log_error("cannot pass on %zu bytes of records: the scribe does not read",
				s->out.event_bytes + s->out.audio_bytes);
		writer_free(&s->out);
		close(s->out.fd);
		s->open = false;
	}
	dynbuf_free(&s->recent);
	dynbuf_free(&s->recent_audio);
}

int sink_wait(struct sink *s)
{
	int status;

	if (s->own < 0)
		return s->broken ? EXIT_IO : EXIT_OK;
	while (waitpid(s->own, &status, 0) < 0) {
		if (errno != EINTR)
			return EXIT_SYSTEM;
	}
	return WIFEXITED(status) && !s->broken ? WEXITSTATUS(status) : EXIT_IO;
}

/* Remember a record, and forget those that the scribe must have read: they are further back than what still waits
 * here and what a pipe holds. */
static void remember(struct sink *s, const struct dynbuf *record)
{
	size_t over = 0;

	if (s->own >= 0)
		return;
	dynbuf_add(&s->recent, record->p, record->n);
	dynbuf_adds(&s->recent, "\n");
	while (s->recent.n - over > SINK_PIPE_BYTES + s->out.event_bytes) {
		while (s->recent.p[over++] != '\n')
			;
	}
	dynbuf_discard(&s->recent, over);
}

static void remember_audio(struct sink *s)
{
	if (s->own >= 0)
		return;
	if (s->recent_audio.n + s->batch_bytes > 2 * SINK_PIPE_BYTES)
		dynbuf_discard(&s->recent_audio, s->recent_audio.n - SINK_PIPE_BYTES);
	dynbuf_add(&s->recent_audio, s->batch, s->batch_bytes);
}

int sink_journal(struct sink *s, int64_t t_ms, const char *type, struct jspan data)
{
	struct dynbuf record, b;
	bool fits;

	if (!s->open)
		return 0;
	dynbuf_init(&record, FRAME_PAYLOAD_MAX);
	dynbuf_init(&b, FRAME_MAX);
	dynbuf_adds(&record, "{");
	jline_add_int(&record, "seq", s->seq + 1);
	jline_add_int(&record, "t", t_ms);
	jline_add_str(&record, "type", type);
	jline_add_raw(&record, "data", data);
	dynbuf_adds(&record, "}");
	fits = !dynbuf_failed(&record) &&
		frame_add(&b, "journal", (struct jspan){record.p, record.n}) == 0;
	if (fits && put(s, &b, false, 0)) {
		s->seq++;
		remember(s, &record);
	} else if (s->lost_records++ == 0 && fits) {
		log_error("cannot pass on a record: the scribe does not read");
	}
	dynbuf_free(&record);
	dynbuf_free(&b);
	return fits ? 0 : -1;
}

/* What was heard of the utterance goes with the audio, so that the scribe knows it should this process die. */
static void add_audio(struct dynbuf *b, const struct sink *s)
{
	dynbuf_adds(b, "{\"type\":\"audio-chunk\",\"data\":{");
	jline_add_int(b, "rate", s->rate_hz);
	jline_add_int(b, "width", 2);
	jline_add_int(b, "channels", 1);
	jline_add_int(b, "timestamp", s->batch_ms);
	if (s->heard_id[0]) {
		jline_add_str(b, "utterance", s->heard_id);
		jline_add_int(b, "heard_ms", s->heard_ms);
	}
	dynbuf_addf(b, "},\"payload_length\":%zu}\n", s->batch_bytes);
	dynbuf_add(b, s->batch, s->batch_bytes);
}

static void batch_send(struct sink *s)
{
	struct dynbuf b;
	int64_t ms = (int64_t)(s->batch_bytes / 2 * 1000) / s->rate_hz;

	dynbuf_init(&b, FRAME_MAX);
	add_audio(&b, s);
	if (!put(s, &b, true, ms))
		s->lost_ms += ms;
	remember_audio(s);
	dynbuf_free(&b);
	s->sent_ms = s->batch_ms + ms;
	s->batch_bytes = 0;
	s->heard_id[0] = '\0';
}

void sink_audio(struct sink *s, int64_t t_ms, const int16_t *samples, size_t n,
	const char *utterance, int64_t heard_ms)
{
	if (!s->open)
		return;
	if (s->batch_bytes == 0)
		s->batch_ms = t_ms;
	pcm_to_le(s->batch + s->batch_bytes, samples, n);
	s->batch_bytes += n * 2;
	if (utterance) { /* what came after it in this batch may be lost slots */
		snprintf(s->heard_id, sizeof(s->heard_id), "%s", utterance);
		s->heard_ms = heard_ms;
	}
	if (s->batch_bytes + n * 2 > sizeof(s->batch))
		batch_send(s);
}

void sink_end_audio(struct sink *s)
{
	if (s->open && s->batch_bytes)
		batch_send(s);
}

/* As-answer is dead, or our own child is. What was on its way is written again by a child of ours. */
static void take_over(struct sink *s)
{
	int64_t ms = (int64_t)(s->recent_audio.n / 2 * 1000) / s->rate_hz;
	struct scribe_tail tail = {
		.records = {s->recent.p, s->recent.n},
		.audio = s->recent_audio.p,
		.audio_bytes = s->recent_audio.n,
		.audio_ms = s->sent_ms - ms,
	};

	writer_free(&s->out);
	close(s->out.fd);
	s->open = false;
	if (s->own >= 0 || !*s->files->journal) {
		s->broken = true;
		log_error_errno("cannot write the record");
	} else if (own_scribe(s, &tail) < 0) {
		s->broken = true;
		log_error_errno("cannot take over the record");
	} else {
		log_warn("as-answer is gone: the call goes on, and is recorded from here");
	}
}

void sink_flush(struct sink *s)
{
	while (s->open && writer_flush_all(&s->out) < 0)
		take_over(s);
}

void sink_drain(struct sink *s, int64_t give_up_ns)
{
	int64_t left_ns = 0;

	while (s->open && writer_pending(&s->out)) {
		struct pollfd p = {.fd = s->out.fd, .events = POLLOUT};

		if (give_up_ns && (left_ns = give_up_ns - now_ns()) <= 0)
			return;
		poll(&p, 1, give_up_ns ? (int)(left_ns / NS_PER_MS) + 1 : -1);
		sink_flush(s);
	}
}
