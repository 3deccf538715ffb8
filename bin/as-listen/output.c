#include "output.h"

#include <errno.h>

#include "audio/pcm.h"

/* A tag names a chunk: when it is, and how much of it is the caller's. */
#define TAG_BITS 16

static int64_t tag_of(int64_t timestamp_ms, size_t heard)
{
	return timestamp_ms << TAG_BITS | (int64_t)heard;
}

void output_init(struct output *o, int fd, int rate_hz, bool raw, struct record *record)
{
	*o = (struct output){.record = record, .rate_hz = rate_hz, .raw = raw};
	writer_init(&o->writer, fd, OUTPUT_EVENT_BYTES);
	dynbuf_init(&o->frame, FRAME_MAX);
}

void output_free(struct output *o)
{
	writer_free(&o->writer);
	dynbuf_free(&o->frame);
}

void output_gone(struct output *o)
{
	int fd = o->writer.fd;

	writer_free(&o->writer);
	writer_init(&o->writer, fd, OUTPUT_EVENT_BYTES);
	o->writer.gone = true;
	o->queued_chunks = 0;
}

static void put_event(struct output *o, const struct frame *f)
{
	if (o->raw || o->writer.gone)
		return;
	if (writer_put(&o->writer, f->raw, f->raw_bytes, false, 0) < 0)
		o->failed = errno;
	else
		record_event(o->record, f);
}

void output_event(struct output *o, const char *type, struct jspan data)
{
	struct frame f;
	const char *why;

	dynbuf_reset(&o->frame);
	if (frame_add(&o->frame, type, data) < 0 ||
		frame_parse(o->frame.p, o->frame.n, &f, &why) <= 0) {
		o->failed = EMSGSIZE;
		return;
	}
	put_event(o, &f);
}

void output_frame(struct output *o, const struct frame *f)
{
	put_event(o, f);
}

void output_audio(struct output *o, int64_t timestamp_ms, const int16_t *samples, size_t heard)
{
	size_t n = pcm_frame_samples(o->rate_hz);
	uint8_t le[OUTPUT_CHUNK_BYTES_MAX];

	pcm_to_le(le, samples, n);
	record_audio(o->record, timestamp_ms, le, 2 * n);
	if (o->writer.gone)
		return;
	dynbuf_reset(&o->frame);
	if (o->raw)
		dynbuf_add(&o->frame, le, 2 * n);
	else
		frame_add_audio(&o->frame, o->rate_hz, timestamp_ms, NULL, le, 2 * n);
	if (dynbuf_failed(&o->frame) ||
		writer_put(&o->writer, o->frame.p, o->frame.n, true, tag_of(timestamp_ms, heard)) <
			0) {
		o->failed = ENOMEM;
		return;
	}
	o->queued_chunks++;
}

void output_limit(struct output *o)
{
	int64_t tag;

	while (o->queued_chunks > OUTPUT_AUDIO_CHUNKS && writer_drop_audio(&o->writer, &tag)) {
		o->queued_chunks--;
		o->dropped_chunks++;
	}
}

static void on_begun(void *ctx, bool audio, int64_t tag)
{
	struct output *o = ctx;

	if (!audio) {
		record_begun_event(o->record);
		return;
	}
	o->queued_chunks--;
	record_begun_audio(o->record, tag >> TAG_BITS, (size_t)(tag & ((1 << TAG_BITS) - 1)));
}

int output_flush(struct output *o)
{
	if (writer_flush(&o->writer, on_begun, o) == 0)
		return 0;
	if (!o->writer.gone)
		return -1;
	output_gone(o);
	return 0;
}
