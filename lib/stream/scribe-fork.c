#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "stream/scribe.h"

#define TAIL_BYTES (2 * FRAME_PAYLOAD_MAX) /* of the journal: its last record is in there */
#define RETRY_MS 500                       /* how often a full disk is tried again */
#define LAST_RETRIES 10                    /* after the end of the call */

int scribe_verdict(const struct scribe_files *files, const char *verdict)
{
	const char *path[] = {files->verdict, files->verdict_by_uuid};
	char line[SCRIBE_VERDICT_MAX + 1];
	int n = snprintf(line, sizeof(line), "%s\n", verdict), err = 0;

	for (size_t i = 0; i < ARRAY_LEN(path); i++)
		if (path[i] && replace_file(path[i], line, (size_t)n) < 0)
			err = errno;
	errno = err;
	return err ? -1 : 0;
}

static int64_t line_seq(const char *p, size_t n)
{
	return jline_check(p, n) == 0 ? jline_get_int((struct jspan){p, n}, "seq", 0) : 0;
}

/* Where the journal stands: its last whole record's seq. Half a record, of a scribe that died, is cut off. */
static int64_t journal_last_seq(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END), from = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
	char *tail = malloc(TAIL_BYTES);
	const char *nl, *before;
	ssize_t n = fd < 0 || !tail ? 0 : pread(fd, tail, TAIL_BYTES, from);
	int64_t seq = 0;

	nl = n > 0 ? memrchr(tail, '\n', (size_t)n) : NULL;
	if (nl) {
		before = nl > tail ? memrchr(tail, '\n', (size_t)(nl - tail)) : NULL;
		before = before ? before + 1 : tail;
		seq = line_seq(before, (size_t)(nl - before));
	}
	if (n > 0 && (!nl || nl + 1 < tail + n) && (nl || from == 0) &&
	    ftruncate(fd, from + (nl ? nl + 1 - tail : 0)) < 0)
		log_warn_errno("cannot cut half a record off '%s'", path);
	free(tail);
	if (fd >= 0)
		close(fd);
	return seq;
}

/* Write the records that the scribe before us did not. */
static void take_over(struct scribe *s, struct jspan recent)
{
	int64_t last = s->files.journal ? journal_last_seq(s->files.journal) : 0;
	const char *p = recent.p, *end = recent.p + recent.n, *nl;

	for (; p < end && (nl = memchr(p, '\n', (size_t)(end - p))); p = nl + 1)
		if (line_seq(p, (size_t)(nl - p)) > last)
			scribe_line(s, p, (size_t)(nl - p));
}

/* All that comes, and the verdict as soon as it is known: as-speak waits for our signal before it ends the call. */
static void work(struct scribe *s, pid_t parent)
{
	struct pollfd p = {.fd = s->in.fd, .events = POLLIN};
	bool told = false;

	while (!s->in.eof) {
		poll(&p, 1, s->waiting.n ? RETRY_MS : -1);
		if (scribe_read(s) < 0)
			return;
		if (told || !s->verdict[0])
			continue;
		if (scribe_verdict(&s->files, s->verdict) < 0)
			log_error_errno("cannot write the verdict '%s'", s->verdict);
		kill(parent, SIGUSR1);
		told = true;
	}
}

static int finish(struct scribe *s)
{
	for (int i = 0; i < LAST_RETRIES && scribe_flush(s) < 0; i++)
		poll(NULL, 0, RETRY_MS);
	if (s->waiting.n)
		log_error("cannot write '%s': %s: %zu bytes of records are lost", s->files.journal,
		          strerror(s->disk_errno), s->waiting.n);
	if (s->lost_audio_bytes)
		log_error("cannot write '%s': %s: %llu bytes of audio are lost", s->files.record,
		          strerror(s->disk_errno), (unsigned long long)s->lost_audio_bytes);
	return s->waiting.n || s->lost_audio_bytes || s->lost_records ? EXIT_IO : EXIT_OK;
}

static _Noreturn void child(int fd, const struct scribe_files *files, int rate_hz, struct jspan recent, pid_t parent)
{
	struct scribe s;

	/* The line belongs to as-speak alone; and a call that is told to end still has its record finished. */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	scribe_init(&s, fd, files, rate_hz);
	take_over(&s, recent);
	work(&s, parent);
	_exit(finish(&s));
}

int scribe_fork(const struct scribe_files *files, int rate_hz, struct jspan recent)
{
	int fds[2];
	pid_t parent = getpid(), pid;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	pid = fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return -1;
	}
	if (pid == 0) {
		close(fds[1]);
		child(fds[0], files, rate_hz, recent, parent);
	}
	close(fds[0]);
	return fds[1];
}
