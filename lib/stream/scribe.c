#include "stream/scribe.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CALL_MAX_MS (INT64_C(7) * 24 * 3600 * 1000) /* no call is longer: a bound for offsets */

static int file_path(char path[PATH_MAX], const char *dir, const char *folder, const char *name)
{
	path[0] = '\0';
	if (!dir || !name || format_path(path, "%s/%s%s", dir, folder, name) == 0)
		return 0;
	path[0] = '\0';
	return -1;
}

int scribe_files_of(struct scribe_files *ret, const char *dir, const char *spool, const char *uuid)
{
	int err = 0;

	err |= file_path(ret->journal, dir, "", "events.jsonl");
	err |= file_path(ret->record, dir, "", "bot.s16");
	err |= file_path(ret->verdict, dir, "", "verdict");
	err |= file_path(ret->verdict_by_uuid, spool, "verdicts/", uuid);
	return err;
}

/* True if *fd is open now; a directory that could not take a file a moment ago may take it later. */
static bool opened(struct scribe *s, int *fd, const char *path, int flags)
{
	if (*fd == -1)
		*fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0640);
	if (*fd == -1)
		s->disk_errno = errno;
	return *fd != -1;
}

static bool journal_opened(struct scribe *s)
{
	return opened(s, &s->journal_fd, s->files->journal, O_APPEND);
}

static bool record_opened(struct scribe *s)
{
	return opened(s, &s->bot_fd, s->files->record, 0);
}

int scribe_init(struct scribe *s, int fd, const struct scribe_files *files, int rate_hz)
{
	*s = (struct scribe){.files = files, .journal_fd = -1, .bot_fd = -1, .rate_hz = rate_hz};
	reader_init(&s->in, fd);
	dynbuf_init(&s->waiting, SCRIBE_WAITING_MAX);
	dynbuf_init(&s->line, FRAME_MAX);
	if (*files->journal && !journal_opened(s))
		return -1;
	return *files->record && !record_opened(s) ? -1 : 0;
}

void scribe_free(struct scribe *s)
{
	if (s->journal_fd != -1)
		close(s->journal_fd);
	if (s->bot_fd != -1)
		close(s->bot_fd);
	reader_free(&s->in);
	dynbuf_free(&s->waiting);
	dynbuf_free(&s->line);
	ledger_free(&s->ledger);
}

/* Write of what waits as much as the disk takes; returns how much. */
static size_t write_some(struct scribe *s)
{
	size_t done = 0;

	while (done < s->waiting.n) {
		ssize_t n = write(s->journal_fd, s->waiting.p + done, s->waiting.n - done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			s->disk_errno = n == -1 ? errno : ENOSPC;
			break;
		}
		done += (size_t)n;
	}
	return done;
}

/* The file gets whole lines only: what a full disk took of one is cut off again. */
int scribe_flush(struct scribe *s)
{
	size_t done, whole;
	off_t end;

	if (s->waiting.n == 0)
		return 0;
	if (!journal_opened(s))
		return -1;
	done = whole = write_some(s);
	while (whole > 0 && s->waiting.p[whole - 1] != '\n')
		whole--;
	if (whole < done) {
		end = lseek(s->journal_fd, 0, SEEK_CUR);
		/* where nothing can be cut off, the rest of the line follows some time */
		if (end == -1 || ftruncate(s->journal_fd, end - (off_t)(done - whole)) == -1)
			whole = done;
	}
	dynbuf_discard(&s->waiting, whole);
	return s->waiting.n ? -1 : 0;
}

void scribe_line(struct scribe *s, const char *p, size_t n)
{
	size_t before = s->waiting.n;

	if (!*s->files->journal)
		return;
	dynbuf_add(&s->waiting, p, n);
	dynbuf_adds(&s->waiting, "\n");
	if (!dynbuf_failed(&s->waiting))
		return;
	/* none of it, and room for the next */
	dynbuf_truncate(&s->waiting, before);
	s->waiting.failed = false;
	s->lost_records++;
}

void scribe_note(struct scribe *s, int64_t t_ms, const char *type, struct jspan data)
{
	dynbuf_reset(&s->line);
	dynbuf_addf(&s->line,
		"{\"seq\":%" PRId64 ",\"t\":%" PRId64 ",\"type\":\"%s\",\"data\":", s->seq + 1,
		t_ms, type);
	dynbuf_add(&s->line, data.p, data.n);
	dynbuf_adds(&s->line, "}");
	if (dynbuf_failed(&s->line)) {
		s->lost_records++;
		return;
	}
	scribe_line(s, s->line.p, s->line.n);
	s->seq++;
	s->t_ms = t_ms;
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

	if (!*s->files->record)
		return;
	if (!record_opened(s)) {
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

void scribe_learn(struct scribe *s, struct jspan record)
{
	char type[FRAME_TYPE_MAX];
	struct jspan data;

	s->seq = jline_get_int(record, "seq", s->seq);
	s->t_ms = jline_get_int(record, "t", s->t_ms);
	if (!jline_get_str(record, "type", type, sizeof(type)) || !jline_get(record, "data", &data))
		return;
	if (ledger_record(&s->ledger, type, data) == -1)
		s->lost_records++;
	if (strcmp(type, "call-end") == 0)
		s->call_ended = true;
	on_outcome(s, type, data);
	if (s->on_record)
		s->on_record(s->ctx, type, data);
}

int scribe_read(struct scribe *s)
{
	struct frame f;
	ssize_t n = reader_fill(&s->in);
	int got;

	if (n == -1 && (errno == EAGAIN || errno == EINTR)) {
		scribe_flush(s);
		return 0;
	}
	if (n == -1) {
		s->in.why = strerror(errno);
		return -1;
	}
	s->eof = n == 0;
	while ((got = reader_next(&s->in, &f)) == 1) {
		if (frame_is(&f, "journal")) {
			scribe_line(s, f.data.p, f.data.n);
			scribe_learn(s, f.data);
		} else if (frame_is(&f, "audio-chunk")) {
			on_audio(s, &f);
		} else if (frame_is(&f, "hello")) {
			on_hello(s, &f);
		}
	}
	scribe_flush(s);
	return got == -1 ? -1 : n > 0;
}

void scribe_drain(struct scribe *s)
{
	while (scribe_read(s) == 1)
		continue;
}

int scribe_verdict(const struct scribe_files *files, const char *verdict)
{
	return verdict_write(files->verdict, files->verdict_by_uuid, verdict);
}
