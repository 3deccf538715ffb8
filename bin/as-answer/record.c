#include "record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "stream/frame.h"

int64_t record_ms(const struct record *r)
{
	return (now_ns() - r->t0_ns) / NS_PER_MS;
}

static void note(
	struct record *r, int64_t t_ms, const char *type, const char *key, const char *value)
{
	struct dynbuf data;

	dynbuf_init(&data, 1024);
	dynbuf_adds(&data, "{");
	jline_add_str(&data, key, value);
	dynbuf_adds(&data, "}");
	scribe_note(r->scribe, t_ms, type, (struct jspan){data.p, data.n});
	dynbuf_free(&data);
}

void record_report(struct record *r, const char *code, const char *fmt, ...)
{
	struct dynbuf *data = &r->report[r->reports];
	struct dynbuf looped, frame;
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_error("call %s: %s", r->dir->call, text);
	dynbuf_init(data, PIPE_BUF);
	dynbuf_init(&looped, PIPE_BUF);
	dynbuf_init(&frame, PIPE_BUF);
	if (frame_error_data(data, "as-answer", text, code, false) == 0)
		r->reports++;
	dynbuf_add(&looped, data->p, data->n - 1);
	dynbuf_adds(&looped, ",\"loop\":1}");
	if (dynbuf_failed(data) || dynbuf_failed(&looped) ||
		frame_add(&frame, "error", (struct jspan){looped.p, looped.n}) == -1 ||
		write(r->dir->loop_fd, frame.p, frame.n) != (ssize_t)frame.n)
		log_warn("call %s: cannot tell the pipeline of '%s'", r->dir->call, code);
	dynbuf_free(&looped);
	dynbuf_free(&frame);
}

void record_loss(struct record *r)
{
	if (r->scribe->disk_errno == 0 || r->loss_reported)
		return;
	r->loss_reported = true;
	record_report(r, "record",
		"cannot write the record in '%s': %s: journal waits in memory, audio is lost",
		r->dir->path, strerror(r->scribe->disk_errno));
}

void record_heard(struct record *r, const char *type, struct jspan data)
{
	struct jspan stage;

	if (strcmp(type, "error") == 0 && jline_get(data, "stage", &stage) &&
		jline_eq(stage, "as-answer"))
		r->echoed++;
}

void record_failure(struct record *r, const char *code, const char *fmt, va_list args)
{
	r->fail_code = code;
	r->fail_ms = record_ms(r);
	vsnprintf(r->fail_text, sizeof(r->fail_text), fmt, args);
}

void record_verdict(struct record *r, const char *verdict)
{
	snprintf(r->verdict, sizeof(r->verdict), "%s", verdict);
	if (scribe_verdict(r->scribe->files, r->verdict) == -1)
		log_error_errno("cannot write verdict '%s' of call %s", r->verdict, r->dir->call);
}

void record_close(struct record *r)
{
	struct dynbuf data;

	scribe_drain(r->scribe);
	if (r->fail_code && !r->fail_noted) {
		r->fail_noted = true;
		dynbuf_init(&data, 1024);
		frame_error_data(&data, "as-answer", r->fail_text, r->fail_code, true);
		scribe_note(r->scribe, r->fail_ms, "error", (struct jspan){data.p, data.n});
		dynbuf_free(&data);
	}
	scribe_close_utterances(r->scribe, record_ms(r));
}

void record_fallback(struct record *r, const char *path)
{
	note(r, record_ms(r), "fallback", "file", path);
}

void record_finish(struct record *r, const char *verdict)
{
	record_close(r);
	for (size_t i = 0; i < r->reports; i++) {
		if (i >= r->echoed)
			scribe_note(r->scribe, record_ms(r), "error",
				(struct jspan){r->report[i].p, r->report[i].n});
		dynbuf_free(&r->report[i]);
	}
	if (!r->verdict[0])
		record_verdict(r, verdict);
	if (!r->scribe->call_ended)
		note(r, record_ms(r), "call-end", "cause", r->verdict);
	note(r, record_ms(r), "verdict", "verdict", r->verdict);
	if (scribe_flush(r->scribe) == -1 || r->scribe->lost_records || r->scribe->lost_audio_bytes)
		log_error("call %s: lost %" PRIu64
			  " journal records and %zu bytes of journal, %" PRIu64 " bytes of audio",
			r->dir->call, r->scribe->lost_records, r->scribe->waiting.n,
			r->scribe->lost_audio_bytes);
}
