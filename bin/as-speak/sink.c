#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "audio/pcm.h"
#include "base/log.h"

static void put(struct sink *s, const struct dynbuf *b, bool audio, int64_t tag)
{
	int64_t ms;

	while (audio && s->out.audio_bytes + b->n > SINK_AUDIO_MAX && writer_drop_audio(&s->out, &ms))
		s->lost_ms += ms;
	if (dynbuf_failed(b) || writer_put(&s->out, b->p, b->n, audio, tag) < 0)
		log_warn("cannot pass on a record: the scribe does not read");
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
	put(s, &b, false, 0);
	dynbuf_free(&data);
	dynbuf_free(&b);
}

static int own_scribe(struct sink *s)
{
	int fd = scribe_fork(&s->files, s->rate_hz, (struct jspan){s->recent.p, s->recent.n});

	if (fd < 0)
		return -1;
	writer_init(&s->out, fd, SINK_EVENT_MAX);
	s->own = s->open = true;
	hello(s);
	return 0;
}

static int open_fifo(const char *dir)
{
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s/scribe", dir) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

int sink_open(struct sink *s, const char *dir, const struct scribe_files *files, int rate_hz)
{
	int fd = -1;

	*s = (struct sink){.files = *files, .rate_hz = rate_hz};
	dynbuf_init(&s->recent, SINK_RECENT_MAX + FRAME_PAYLOAD_MAX + FRAME_HEADER_MAX);
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
	return files->journal || files->record ? own_scribe(s) : 0;
}

void sink_free(struct sink *s)
{
	if (s->open) {
		writer_free(&s->out);
		close(s->out.fd);
	}
	dynbuf_free(&s->recent);
}

/* Remember a record, and forget the oldest beyond what a pipe may have swallowed. */
static void remember(struct sink *s, const struct dynbuf *record)
{
	size_t over = 0;

	if (s->own)
		return;
	dynbuf_add(&s->recent, record->p, record->n);
	dynbuf_adds(&s->recent, "\n");
	while (s->recent.n - over > SINK_RECENT_MAX)
		while (s->recent.p[over++] != '\n')
			;
	dynbuf_discard(&s->recent, over);
}

void sink_journal(struct sink *s, int64_t t_ms, const char *type, struct jspan data)
{
	struct dynbuf record, b;

	if (!s->open)
		return;
	dynbuf_init(&record, FRAME_PAYLOAD_MAX);
	dynbuf_init(&b, FRAME_MAX);
	dynbuf_adds(&record, "{");
	jline_add_int(&record, "seq", s->seq + 1);
	jline_add_int(&record, "t", t_ms);
	jline_add_str(&record, "type", type);
	jline_add_raw(&record, "data", data);
	dynbuf_adds(&record, "}");
	if (dynbuf_failed(&record) || frame_add(&b, "journal", (struct jspan){record.p, record.n}) < 0) {
		log_warn("cannot journal a '%s' of %zu bytes: too large", type, data.n);
	} else {
		s->seq++;
		remember(s, &record);
		put(s, &b, false, 0);
	}
	dynbuf_free(&record);
	dynbuf_free(&b);
}

/* What was heard of the utterance goes with the audio, so that the scribe knows it should this process die. */
static void add_audio(struct dynbuf *b, const struct sink *s, const char *utterance, int64_t heard_ms)
{
	dynbuf_adds(b, "{\"type\":\"audio-chunk\",\"data\":{");
	jline_add_int(b, "rate", s->rate_hz);
	jline_add_int(b, "width", 2);
	jline_add_int(b, "channels", 1);
	jline_add_int(b, "timestamp", s->batch_ms);
	if (utterance) {
		jline_add_str(b, "utterance", utterance);
		jline_add_int(b, "heard_ms", heard_ms);
	}
	dynbuf_addf(b, "},\"payload_length\":%zu}\n", s->batch_bytes);
	dynbuf_add(b, s->batch, s->batch_bytes);
}

static void batch_send(struct sink *s, const char *utterance, int64_t heard_ms)
{
	struct dynbuf b;
	int64_t ms = (int64_t)(s->batch_bytes / 2 * 1000) / s->rate_hz;

	dynbuf_init(&b, FRAME_MAX);
	add_audio(&b, s, utterance, heard_ms);
	put(s, &b, true, ms);
	dynbuf_free(&b);
	s->batch_bytes = 0;
}

void sink_audio(struct sink *s, int64_t t_ms, const int16_t *samples, size_t n, const char *utterance, int64_t heard_ms)
{
	if (!s->open)
		return;
	if (s->batch_bytes == 0)
		s->batch_ms = t_ms;
	pcm_to_le(s->batch + s->batch_bytes, samples, n);
	s->batch_bytes += n * 2;
	if (s->batch_bytes + n * 2 > sizeof(s->batch))
		batch_send(s, utterance, heard_ms);
}

void sink_end_audio(struct sink *s)
{
	if (s->open && s->batch_bytes)
		batch_send(s, NULL, 0);
}

void sink_flush(struct sink *s)
{
	struct writer_item *before = NULL;

	while (s->open && writer_pending(&s->out) && s->out.head != before) {
		before = s->out.head;
		if (writer_flush(&s->out, NULL, NULL) == 0)
			continue;
		writer_free(&s->out);
		close(s->out.fd);
		s->open = false;
		if (s->own || (!s->files.journal && !s->files.record))
			log_error_errno("cannot write the record");
		else if (own_scribe(s) < 0)
			log_error_errno("cannot take over the record");
		else
			log_warn("as-answer is gone: the call goes on, and is recorded from here");
	}
}
