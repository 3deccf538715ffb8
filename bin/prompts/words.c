#include "words.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/dynbuf.h"
#include "base/progress.h"
#include "base/spawn.h"

#define LONGEST_S 120      /* that stt takes */
#define TIMEOUT_MS 600000  /* that it knows */
#define OUT_MAX (4U << 20) /* bytes of its answers */
#define WAKE_MS 200

/* Its command line. */
struct command {
	char text[8][256]; /* options */
	char *argv[WORDS_MAX + 8 + 1];
};

PRINTF_LIKE(3, 4) static void option(struct command *c, size_t *n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->text[*n], sizeof(c->text[*n]), fmt, ap);
	va_end(ap);
	c->argv[*n] = c->text[*n];
	*n += 1;
}

static void command_make(struct command *c, const struct settings *set, char *const path[],
	size_t paths, int64_t longest_ms)
{
	size_t n = 0;

	option(c, &n, "stt");
	option(c, &n, "--file");
	option(c, &n, "--json");
	option(c, &n, "--max=%d", (int)min_i64(LONGEST_S, max_i64(30, longest_ms / 1000 + 1)));
	option(c, &n, "--timeout=%d", (int)min_i64(TIMEOUT_MS, 30000 + 4 * longest_ms));
	option(c, &n, "--rate=%d", set->rate_hz);
	if (set->stt)
		option(c, &n, "--engine=%s", set->stt);
	if (set->lang)
		option(c, &n, "--language=%s", set->lang);
	for (size_t i = 0; i < paths; i++)
		c->argv[n++] = path[i];
	c->argv[n] = NULL;
}

static volatile sig_atomic_t running; /* the group of stt; 0: none */

/* It is in a group of its own, which a key on the terminal does not reach. */
static void stop(int sig)
{
	if (running)
		kill(-running, SIGTERM);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void stop_with_us(pid_t pid)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	running = pid;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		if (pid)
			signal(signals[i], stop);
		else
			signal(signals[i], SIG_DFL);
	}
}

/* Its messages are passed on. False: it has closed it. */
static bool pass_on(int fd)
{
	char block[4096];
	ssize_t n = read(fd, block, sizeof(block));

	if (n > 0) {
		progress_wipe();
		(void)!write_all(STDERR_FILENO, block, (size_t)n);
	}
	return n > 0 || (n < 0 && errno == EINTR);
}

/* Until it has closed both; then its exit code, 75 if it was killed. */
static int collect(struct spawn_pipes *p, struct dynbuf *out, void (*wait)(void *ctx), void *ctx)
{
	struct pollfd fds[2] = {{p->out_fd, POLLIN}, {p->err_fd, POLLIN}};
	bool over = false;
	int status;

	close(p->in_fd);
	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (poll(fds, 2, WAKE_MS) < 0 && errno != EINTR)
			break;
		if (fds[0].fd >= 0 && fds[0].revents && !child_read(fds[0].fd, out, &over))
			fds[0].fd = -1;
		if (fds[1].fd >= 0 && fds[1].revents && !pass_on(fds[1].fd))
			fds[1].fd = -1;
		wait(ctx);
	}
	close(p->out_fd);
	close(p->err_fd);
	close(p->pid_fd);
	while (waitpid(p->pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_SYSTEM;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_TRY_AGAIN;
}

/* A line of JSON is of the file that it names. With a failure behind it, no words are no answer. */
static void take(
	const char *line, size_t n, bool failed, char *const path[], size_t paths, char *ret_text[])
{
	json_t *root = json_loadb(line, n, 0, NULL);
	const char *file = json_string_value(json_object_get(root, "file"));
	const char *text = json_string_value(json_object_get(root, "text"));

	for (size_t i = 0; i < paths && file && text && (*text || !failed); i++)
		if (strcmp(path[i], file) == 0 && !ret_text[i])
			ret_text[i] = strdup(text);
	json_decref(root);
}

static void take_all(
	const struct dynbuf *out, bool failed, char *const path[], size_t n, char *ret_text[])
{
	const char *line = out->p, *end;

	for (; (end = strchr(line, '\n')); line = end + 1)
		take(line, (size_t)(end - line), failed, path, n, ret_text);
}

int words_of(const struct settings *set, char *const path[], size_t n, int64_t longest_ms,
	void (*wait)(void *ctx), void *ctx, char *ret_text[], char why[WHY_MAX])
{
	struct spawn_pipes p;
	struct command c = {0};
	struct dynbuf out;
	bool all = true;
	int code;

	memset(ret_text, 0, n * sizeof(*ret_text));
	command_make(&c, set, path, n, longest_ms);
	if (spawn_piped(c.argv, NULL, &p) < 0) {
		snprintf(why, WHY_MAX, "cannot run stt: %s", strerror(errno));
		return EXIT_SYSTEM;
	}
	dynbuf_init(&out, OUT_MAX);
	stop_with_us(p.pid);
	code = collect(&p, &out, wait, ctx);
	stop_with_us(0);
	take_all(&out, code != 0, path, n, ret_text);
	dynbuf_free(&out);
	for (size_t i = 0; i < n; i++)
		all = all && ret_text[i];
	snprintf(why, WHY_MAX, "stt has no text of it, and exited with %d", code);
	return all ? 0 : code ? code : EXIT_BUG;
}
