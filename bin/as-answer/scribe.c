#include "scribe.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define JOURNAL "events.jsonl"
#define BOT_AUDIO "bot.s16"
#define CALL_MAX_MS (INT64_C(7) * 24 * 3600 * 1000) /* no call is longer: a bound for offsets */

/* True if *fd is open now; a directory that could not take a file a moment ago may take it
 * later. */
static bool opened(struct scribe *s, int *fd, const char *name)
{
	int flags = fd == &s->journal_fd ? O_APPEND : 0;

	if (*fd == -1)
		*fd = openat(s->dirfd, name, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0640);
	if (*fd == -1)
		s->disk_errno = errno;
	return *fd != -1;
}

int scribe_init(struct scribe *s, int fd, const char *path, int rate_hz)
{
	*s = (struct scribe){.journal_fd = -1, .bot_fd = -1, .rate_hz = rate_hz};
	reader_init(&s->in, fd);
	dynbuf_init(&s->waiting, SCRIBE_WAITING_MAX);
	dynbuf_init(&s->line, FRAME_MAX);
	s->dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dirfd == -1)
		return -1;
	return opened(s, &s->journal_fd, JOURNAL) && opened(s, &s->bot_fd, BOT_AUDIO) ? 0 : -1;
}

void scribe_free(struct scribe *s)
{
	int fd[] = {s->dirfd, s->journal_fd, s->bot_fd};

	for (size_t i = 0; i < ARRAY_LEN(fd); i++) {
		if (fd[i] != -1)
			close(fd[i]);
	}
	reader_free(&s->in);
	dynbuf_free(&s->waiting);
	dynbuf_free(&s->line);
	ledger_free(&s->ledger);
}

/* Write as much as the disk takes; returns how much, and sets disk_errno if that was not all. */
static size_t write_some(struct scribe *s, const char *p, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = write(s->journal_fd, p + done, n - done);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1) {
			s->disk_errno = errno;
			break;
		}
		done += (size_t)got;
	}
	return done;
}

/* The file gets whole lines only: what a full disk took of one is cut off again. */
int scribe_flush(struct scribe *s)
{
	size_t done, whole;

	if (s->waiting.n == 0)
		return 0;
	if (!opened(s, &s->journal_fd, JOURNAL))
		return -1;
	done = whole = write_some(s, s->waiting.p, s->waiting.n);
	while (whole > 0 && s->waiting.p[whole - 1] != '\n')
		whole--;
	if (whole < done && ftruncate(s->journal_fd, s->journal_bytes + (off_t)whole) == -1)
		whole = done;
	s->journal_bytes += (off_t)whole;
	dynbuf_discard(&s->waiting, whole);
	return s->waiting.n == 0 ? 0 : -1;
}

static void put_line(struct scribe *s, const char *p, size_t n)
{
	size_t before = s->waiting.n;

	dynbuf_add(&s->waiting, p, n);
	dynbuf_adds(&s->waiting, "\n");
	if (!dynbuf_failed(&s->waiting))
		return;
	/* a buffer that has failed takes nothing more until it is reset */
	dynbuf_truncate(&s->waiting, before);
	s->waiting.failed = false;
	s->lost_records++;
}

void scribe_note(struct scribe *s, int64_t t_ms, const char *type, struct jspan data)
{
	dynbuf_reset(&s->line);
	dynbuf_addf(&s->line,
		"{\"seq\":%" PRId64 ",\"t\":%" PRId64 ",\"type\":\"%s\",\"data\":", ++s->seq, t_ms,
		type);
	dynbuf_add(&s->line, data.p, data.n);
	dynbuf_adds(&s->line, "}");
	put_line(s, s->line.p, s->line.n);
}

void scribe_close_utterances(struct scribe *s, int64_t t_ms)
{
	struct ledger_entry e;
	struct dynbuf data;

	dynbuf_init(&data, 1024);
	while (ledger_take(&s->ledger, &e)) {
		dynbuf_reset(&data);
		dynbuf_adds(&data, "{");
		jline_add_str(&data, "utterance", e.id);
		jline_add_int(&data, "timestamp", t_ms);
		jline_add_str(&data, "status", "failed");
		jline_add_int(&data, "heard_ms", e.heard_ms);
		dynbuf_adds(&data, "}");
		scribe_note(s, t_ms, "played", (struct jspan){data.p, data.n});
	}
	dynbuf_free(&data);
}

void scribe_audio(struct scribe *s, int64_t at_ms, const void *le_bytes, size_t bytes)
{
	const char *p = le_bytes;
	off_t at = (off_t)(at_ms * s->rate_hz / 1000 * 2);

	if (!opened(s, &s->bot_fd, BOT_AUDIO)) {
		s->lost_audio_bytes += bytes;
		return;
	}
	while (bytes > 0) {
		ssize_t done = pwrite(s->bot_fd, p, bytes, at);

		if (done == -1 && errno == EINTR)
			continue;
		if (done <= 0) {
			s->disk_errno = done == -1 ? errno : ENOSPC;
			s->lost_audio_bytes += bytes;
			return;
		}
		p += done;
		at += done;
		bytes -= (size_t)done;
	}
}

static void on_hello(struct scribe *s, const struct frame *f)
{
	int64_t pid = frame_int(f, "pid", 0);

	if (pid > 1 && pid <= INT32_MAX)
		s->speaker = (pid_t)pid;
}

static void on_audio(struct scribe *s, const struct frame *f)
{
	int64_t at_ms = frame_int(f, "timestamp", -1);
	char id[LEDGER_ID_MAX];

	if (at_ms < 0 || at_ms > CALL_MAX_MS || frame_int(f, "rate", 0) != s->rate_hz ||
		f->payload_bytes % 2)
		s->lost_audio_bytes += f->payload_bytes;
	else
		scribe_audio(s, at_ms, f->payload, f->payload_bytes);
	if (frame_str(f, "utterance", id, sizeof(id)))
		ledger_heard(&s->ledger, id, frame_int(f, "heard_ms", 0));
}

/* The first of `done` and a fatal error decides; what comes after it is only recorded. */
static void on_outcome(struct scribe *s, const char *type, struct jspan data)
{
	struct jspan v;
	bool fatal = false;

	if (s->verdict[0] || s->fatal[0])
		return;
	if (strcmp(type, "done") == 0) {
		if (!jline_get_str(data, "verdict", s->verdict, sizeof(s->verdict)) ||
			!s->verdict[0])
			strcpy(s->verdict, "?");
	} else if (strcmp(type, "error") == 0 && jline_get(data, "fatal", &v) &&
		jline_bool(v, &fatal) && fatal) {
		if (!jline_get_str(data, "text", s->fatal, sizeof(s->fatal)) || !s->fatal[0])
			strcpy(s->fatal, "fatal error");
	}
}

static void on_journal(struct scribe *s, const struct frame *f)
{
	char type[FRAME_TYPE_MAX];
	struct jspan data, stage;

	put_line(s, f->data.p, f->data.n);
	s->seq = frame_int(f, "seq", s->seq);
	if (!frame_str(f, "type", type, sizeof(type)) || !jline_get(f->data, "data", &data))
		return;
	if (ledger_record(&s->ledger, type, data) == -1)
		s->lost_records++;
	if (strcmp(type, "call-end") == 0)
		s->call_ended = true;
	if (strcmp(type, "error") == 0 && jline_get(data, "stage", &stage) &&
		jline_eq(stage, "as-answer"))
		s->echoed++;
	on_outcome(s, type, data);
}

int scribe_read(struct scribe *s)
{
	struct frame f;
	ssize_t n = reader_fill(&s->in);
	int got;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == -1) {
		s->in.why = strerror(errno);
		return -1;
	}
	s->eof = n == 0;
	while ((got = reader_next(&s->in, &f)) == 1) {
		if (frame_is(&f, "journal"))
			on_journal(s, &f);
		else if (frame_is(&f, "audio-chunk"))
			on_audio(s, &f);
		else if (frame_is(&f, "hello"))
			on_hello(s, &f);
	}
	scribe_flush(s);
	return got == -1 ? -1 : n > 0;
}

void scribe_drain(struct scribe *s)
{
	while (scribe_read(s) == 1)
		continue;
}
