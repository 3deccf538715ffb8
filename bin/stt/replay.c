#include "replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "stream/filter.h"

#define JOURNAL_MAX (256 << 20) /* bytes: that of a call of days */
#define WAITING_MAX 64          /* turns that are over and not answered */

struct record {
	const char *type; /* of the event: one of types */
	bool whole;       /* it is a transcript, which answers */
	int64_t turn;     /* its number */
	int64_t frames;   /* of the stream before it; -1: it does not say */
	char *data;       /* JSON object, malloc'd */
};

struct replay {
	struct filter f;
	struct record *record; /* in their order */
	size_t records, next;
	int64_t frames;               /* events of the stream so far */
	int64_t waiting[WAITING_MAX]; /* turns, oldest first */
	size_t waitings;
	bool missing_said; /* that there is no transcript of a turn */
};

/* All that stt has said in the call: who comes behind it counts events, too. */
static const char *const types[] = {"transcript", "transcript-partial", "usage", "error"};

static const char *type_of(struct jspan obj)
{
	struct jspan type, data, stage, v;
	bool fatal = false;

	if (!jline_get(obj, "type", &type) || !jline_get(obj, "data", &data) || data.p[0] != '{')
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (!jline_eq(type, types[i]))
			continue;
		if (i < 2)
			return types[i];
		if (jline_get(data, "fatal", &v))
			jline_bool(v, &fatal); /* the end of that call is not that of this one */
		if (!fatal && jline_get(data, "stage", &stage) && jline_eq(stage, "stt"))
			return types[i];
	}
	return NULL;
}

/* A line of the journal; most are of no interest. -1: no memory. */
static int line_take(struct replay *r, const char *line, size_t n)
{
	struct jspan obj = {line, n}, data;
	const char *type = jline_check(line, n) == 0 ? type_of(obj) : NULL;
	struct record *record;

	if (!type)
		return 0;
	jline_get(obj, "data", &data);
	record = reallocarray(r->record, r->records + 1, sizeof(*record));
	if (!record)
		return -1;
	r->record = record;
	record += r->records;
	*record = (struct record){
		.type = type,
		.whole = type == types[0],
		.turn = jline_get_int(data, "turn", -1),
		.frames = jline_get_int(data, "frames", -1),
		.data = strndup(data.p, data.n),
	};
	r->records += record->data != NULL;
	return record->data ? 0 : -1;
}

/* What does not say where it stood, stood with the words: an error before them, what they used behind. */
static void frames_complete(struct replay *r)
{
	int64_t frames = 0;

	for (size_t i = 0; i < r->records; i++) {
		struct record *record = &r->record[i];
		size_t words = i;

		while (strcmp(record->type, "error") == 0 && words < r->records &&
			r->record[words].frames < 0)
			words++;
		if (words < r->records && r->record[words].frames >= 0)
			frames = r->record[words].frames;
		record->frames = frames;
	}
}

static int journal_load(struct replay *r, const char *dir)
{
	char path[PATH_MAX], *text, *end;
	size_t n;
	int rc = 0;

	if (format_path(path, "%s/events.jsonl", dir) < 0 ||
		read_file(path, JOURNAL_MAX, &text, &n) < 0) {
		log_error_errno("cannot read '%s/events.jsonl'", dir);
		return EXIT_IO;
	}
	for (char *line = text; !rc && line < text + n; line = end + 1) {
		end = memchr(line, '\n', n - (size_t)(line - text));
		if (!end)
			end = text + n;
		rc = line_take(r, line, (size_t)(end - line));
	}
	free(text);
	frames_complete(r);
	if (!rc)
		return 0;
	log_error_errno("cannot keep the transcripts of '%s'", dir);
	return EXIT_SYSTEM;
}

static void put(struct replay *r, const char *type, const char *data)
{
	struct dynbuf b;

	dynbuf_init(&b, FRAME_PAYLOAD_MAX);
	dynbuf_adds(&b, data);
	filter_add(&r->f, type, &b);
	dynbuf_free(&b);
}

/* The turn that has waited longest has its transcript. */
static void waiting_take(struct replay *r)
{
	r->waitings--;
	memmove(r->waiting, r->waiting + 1, r->waitings * sizeof(r->waiting[0]));
}

/* Each turn is answered, also one that was none in the call: vad may have other settings now. */
static void missing_put(struct replay *r)
{
	char data[64];

	if (!r->missing_said)
		filter_warn(&r->f, "replay", "the recorded call has no transcript of turn %lld",
			(long long)r->waiting[0]);
	r->missing_said = true;
	snprintf(data, sizeof(data), "{\"turn\":%lld,\"text\":\"\"}", (long long)r->waiting[0]);
	put(r, "transcript", data);
	waiting_take(r);
}

/* What stood here in the call. all: nothing can come any more, so that it is too late to wait. */
static void deliver(struct replay *r, bool all)
{
	while (!r->f.failed && r->next < r->records) {
		const struct record *record = &r->record[r->next];

		if (record->whole && r->waitings && record->turn > r->waiting[0]) {
			missing_put(r);
			continue;
		}
		if (record->frames > r->frames && !all)
			return;
		if (record->whole && (!r->waitings || record->turn < r->waiting[0])) {
			/* later than here in this stream, or of no turn of it */
			if (!r->waitings && !all)
				return;
			r->next++;
			continue;
		}
		if (!all || r->waitings || record->type != types[1])
			put(r, record->type, record->data);
		if (record->whole)
			waiting_take(r);
		r->next++;
	}
	while (!r->f.failed && r->waitings)
		missing_put(r);
}

static void on_stopped(struct replay *r, const struct frame *fr)
{
	char cause[16];

	frame_str(fr, "cause", cause, sizeof(cause));
	if (strcmp(cause, "key") == 0)
		return;
	if (r->waitings == WAITING_MAX)
		missing_put(r);
	if (!r->f.failed)
		r->waiting[r->waitings++] = frame_int(fr, "turn", 0);
}

static enum filter_verdict on_frame(void *ctx, const struct frame *fr)
{
	struct replay *r = ctx;
	bool end = frame_is(fr, "call-end");
	struct jspan v;

	deliver(r, false);
	if (frame_is(fr, "audio-chunk") && !frame_get(fr, "utterance", &v))
		return FILTER_CONSUME;
	r->frames += !frame_is(fr, "audio-chunk");
	if (frame_is(fr, "voice-stopped"))
		on_stopped(r, fr);
	if (end)
		deliver(r, true);
	return FILTER_PASS;
}

int replay_run(const char *dir)
{
	static struct replay r;
	int status;

	r = (struct replay){.f = {.stage = "stt", .on_frame = on_frame, .ctx = &r}};
	status = journal_load(&r, dir);
	if (!status && filter_init(&r.f, STDIN_FILENO, STDOUT_FILENO) < 0) {
		log_error_errno("cannot wait for 'stdin'");
		status = EXIT_SYSTEM;
	}
	if (!status)
		status = filter_run(&r.f);
	filter_free(&r.f);
	for (size_t i = 0; i < r.records; i++)
		free(r.record[i].data);
	free(r.record);
	return status;
}
