#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/spawn.h"
#include "stream/scribe.h"

#define RETRY_MS 500    /* how often a full disk is tried again */
#define LAST_RETRIES 10 /* after the end of the call */

/* Learn from the journal where the call stands. Half a record, of a scribe that died, is cut off. */
static void read_journal(struct scribe *s, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	off_t whole = 0;
	ssize_t n = 0;

	while (f && (n = getline(&line, &size, f)) > 0 && line[n - 1] == '\n') {
		if (jline_check(line, (size_t)n - 1) == 0)
			scribe_learn(s, (struct jspan){line, (size_t)n - 1});
		whole += n;
	}
	if (n > 0 && truncate(path, whole) < 0)
		log_warn_errno("cannot cut half a record off '%s'", path);
	free(line);
	if (f)
		fclose(f);
}

/* Write what the scribe before us did not. Audio has its place: written twice it is the same. */
static void take_over(struct scribe *s, const struct scribe_tail *tail)
{
	const char *p = tail->records.p, *end = p + tail->records.n, *nl;

	if (*s->files->journal)
		read_journal(s, s->files->journal);
	for (; p < end && (nl = memchr(p, '\n', (size_t)(end - p))); p = nl + 1) {
		struct jspan record = {p, (size_t)(nl - p)};

		if (jline_get_int(record, "seq", 0) <= s->seq)
			continue;
		scribe_line(s, record.p, record.n);
		scribe_learn(s, record);
	}
	scribe_flush(s);
	scribe_audio(s, tail->audio_ms, tail->audio, tail->audio_bytes);
}

static void tell(const struct scribe *s, const char *verdict, pid_t parent)
{
	if (scribe_verdict(s->files, verdict) < 0)
		log_error_errno("cannot write the verdict '%s'", verdict);
	if (getppid() == parent)
		kill(parent, SIGUSR1);
}

/* All that comes, and the verdict as soon as it is known: as-speak waits for our signal before it ends the call. */
static void work(struct scribe *s, pid_t parent)
{
	struct pollfd p = {.fd = s->in.fd, .events = POLLIN};
	bool told = false;

	while (!s->in.eof) {
		if (!told && s->verdict[0]) {
			tell(s, s->verdict, parent);
			told = true;
		}
		poll(&p, 1, s->waiting.n ? RETRY_MS : -1);
		if (scribe_read(s) < 0) {
			log_error("cannot read records: %s", s->in.why);
			s->lost_records++;
			break;
		}
	}
	scribe_close_utterances(s, s->t_ms);
	if (!told)
		tell(s, s->verdict[0] ? s->verdict : "error", parent);
}

static int finish(struct scribe *s)
{
	for (int i = 0; i < LAST_RETRIES && scribe_flush(s) < 0; i++)
		poll(NULL, 0, RETRY_MS);
	if (s->waiting.n)
		log_error("cannot write '%s': %s: %zu bytes of records are lost", s->files->journal,
			strerror(s->disk_errno), s->waiting.n);
	if (s->lost_records)
		log_error("cannot write '%s': %llu records are lost", s->files->journal,
			(unsigned long long)s->lost_records);
	if (s->lost_audio_bytes)
		log_error("cannot write '%s': %s: %llu bytes of audio are lost", s->files->record,
			strerror(s->disk_errno), (unsigned long long)s->lost_audio_bytes);
	return s->waiting.n || s->lost_audio_bytes || s->lost_records ? EXIT_IO : EXIT_OK;
}

static _Noreturn void helper(
	const struct scribe_files *files, int rate_hz, const struct scribe_tail *tail, pid_t parent)
{
	struct scribe s;

	/* a call that is told to end still has its record finished */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	if (scribe_init(&s, STDIN_FILENO, files, rate_hz) < 0)
		log_warn_errno("cannot open the record yet");
	if (tail)
		take_over(&s, tail);
	work(&s, parent);
	_exit(finish(&s));
}

pid_t scribe_fork(
	const struct scribe_files *files, int rate_hz, const struct scribe_tail *tail, int *ret_fd)
{
	pid_t parent = getpid(), pid;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	pid = spawn_helper(fds[0]);
	if (pid == 0)
		helper(files, rate_hz, tail, parent);
	close(fds[0]);
	if (pid < 0)
		close(fds[1]);
	else
		*ret_fd = fds[1];
	return pid;
}
