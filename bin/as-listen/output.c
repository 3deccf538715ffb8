#include "output.h"

#include <errno.h>

#include "audio/pcm.h"

/* A tag names a chunk: when it is, and how much of it is the caller's. */
#define TAG_BITS 16

static int64_t tag_of(int64_t timestamp_ms, size_t heard)
{
	return timestamp_ms << TAG_BITS | (int64_t)heard;
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

static void on_drained(void *ctx)
{
	struct output *o = ctx;

	o->drained(o->ctx);
}

static void on_gone(void *ctx, int err)
{
	struct output *o = ctx;

	o->queued_chunks = 0;
	o->closed = true;
	o->gone(o->ctx, err);
}

void output_init(struct output *o, int fd, int rate_hz, bool raw, struct record *record)
{
	*o = (struct output){.record = record, .rate_hz = rate_hz, .raw = raw};
	outlet_init(&o->outlet, fd, OUTPUT_EVENT_BYTES, on_drained, on_gone, o);
	o->outlet.begun = on_begun;
	dynbuf_init(&o->frame, FRAME_MAX);
}

void output_free(struct output *o)
{
	outlet_free(&o->outlet);
	dynbuf_free(&o->frame);
}

/* Nothing goes past a frame that did not fit. */
static void fail(struct output *o, int err)
{
	o->failed = err;
	o->closed = true;
}

void output_frame(struct output *o, const struct frame *f)
{
	if (o->raw || o->closed)
		return;
	if (writer_put(&o->outlet.writer, f->raw, f->raw_bytes, false, 0) < 0)
		fail(o, errno);
	else
		record_event(o->record, f);
}

void output_event(struct output *o, const char *type, struct jspan data)
{
	struct frame f;
	const char *why;

	dynbuf_reset(&o->frame);
	if (frame_add(&o->frame, type, data) < 0 ||
		frame_parse(o->frame.p, o->frame.n, &f, &why) <= 0)
		fail(o, ENOMEM);
	else
		output_frame(o, &f);
}

void output_last(struct output *o, const char *type, struct jspan data)
{
	if (o->outlet.writer.gone)
		return;
	o->closed = false;
	o->outlet.writer.max_event_bytes += FRAME_MAX;
	output_event(o, type, data);
	o->closed = true;
}

void output_audio(struct output *o, int64_t timestamp_ms, const int16_t *samples, size_t heard)
{
	size_t n = pcm_frame_samples(o->rate_hz);
	uint8_t le[OUTPUT_CHUNK_BYTES_MAX];

	pcm_to_le(le, samples, n);
	record_audio(o->record, timestamp_ms, le, 2 * n);
	if (o->closed)
		return;
	dynbuf_reset(&o->frame);
	if (o->raw)
		dynbuf_add(&o->frame, le, 2 * n);
	else
		frame_add_audio(&o->frame, o->rate_hz, timestamp_ms, NULL, le, 2 * n);
	if (dynbuf_failed(&o->frame) ||
		writer_put(&o->outlet.writer, o->frame.p, o->frame.n, true,
			tag_of(timestamp_ms, heard)) < 0) {
		fail(o, ENOMEM);
		return;
	}
	o->queued_chunks++;
}

void output_limit(struct output *o)
{
	int64_t tag;

	while (o->queued_chunks > OUTPUT_AUDIO_CHUNKS &&
		writer_drop_audio(&o->outlet.writer, &tag)) {
		o->queued_chunks--;
		o->dropped_chunks++;
	}
}
