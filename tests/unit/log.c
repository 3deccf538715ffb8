#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

static int line_fd;     /* the other end of stderr */
static char line[4096]; /* what came out of it last */

/* Make stderr a socket on which every write(2) is a message of its own, and not that of stdin. */
static void open_stderr(void)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fd) == -1)
		abort();
	dup2(fd[1], 2);
	close(fd[1]);
	line_fd = fd[0];
}

/* The next write to stderr, "" if there was none. */
static const char *next(void)
{
	ssize_t n = recv(line_fd, line, sizeof(line) - 1, 0);

	line[n > 0 ? n : 0] = '\0';
	return line;
}

static void test_forms(void)
{
	log_error("cannot open '%s'", "x");
	is_str(next(), "prog: cannot open 'x'\n", "a message");
	is_str(next(), "", "in one write");
	errno = ENOENT;
	log_error_errno("cannot open '%s'", "x");
	is_int(errno, ENOENT, "errno is preserved");
	is_str(next(), "prog: cannot open 'x': No such file or directory\n", "with its reason");
	errno = EACCES;
	log_warn_errno("%s", "cannot");
	is_str(next(), "prog: cannot: Permission denied\n", "a warning");
	is_str(log_prog(), "prog", "name");
}

static void test_levels(void)
{
	static const char *const name[] = {"error", "warn", "info", "debug"};

	for (int i = 0; i < 4; i++) {
		int n = 0;

		setenv("CALLPIPE_LOG", name[i], 1);
		log_init("prog");
		log_error("1");
		log_warn("2");
		log_info("3");
		log_debug("4");
		while (*next())
			n++;
		is_int(n, i + 1, "messages at level %s", name[i]);
	}
	ok(log_set_level("loud") == -1 && log_set_level("") == -1, "no such level");
	ok(log_set_level("warn") == 0, "a level by name");
	log_info("info");
	is_str(next(), "", "below the level");
	unsetenv("CALLPIPE_LOG");
	log_init("prog");
}

static void test_escapes(void)
{
	static const struct {
		const char *in, *out, *name;
	} t[] = {
		{"a\nb\r\t\x1b[0m\x7f", "a\\nb\\x0d\\x09\\x1b[0m\\x7f", "control characters"},
		{"d\xc3\xa9j\xc3\xa0 \xd9\x85 \xd1\x97 \xe2\x82\xac \xf0\x9f\x93\x9e",
			"d\xc3\xa9j\xc3\xa0 \xd9\x85 \xd1\x97 \xe2\x82\xac \xf0\x9f\x93\x9e",
			"UTF-8 passes"},
		{"\xe9t\xe9", "\\xe9t\\xe9", "Latin-1"},
		{"\xc0\xaf \xe0\x80\xaf", "\\xc0\\xaf \\xe0\\x80\\xaf", "overlong forms"},
		{"\xed\xa0\x80 \xf4\x90\x80\x80", "\\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80",
			"no characters"},
		{"\xc2\x9b[m", "\\xc2\\x9b[m", "C1 controls, which terminals obey"},
		{"\xe2\x82", "\\xe2\\x82", "a character cut off"},
		{"\xff\xfe\x80", "\\xff\\xfe\\x80", "bytes of no character"},
	};
	char want[200];

	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		log_error("%s", t[i].in);
		snprintf(want, sizeof(want), "prog: %s\n", t[i].out);
		is_str(next(), want, "%s", t[i].name);
	}
}

static void test_length(void)
{
	static char text[5000];
	bool whole = true;

	memset(text, 'x', sizeof(text) - 1);
	errno = EIO;
	log_error_errno("%s", text);
	next();
	ok(strlen(line) <= 1024, "at most 1 KiB: %zu", strlen(line));
	ok(strstr(line, "xxx...: Input/output error\n") != NULL,
		"the reason is there all the same");

	/* two-byte characters and escapes of four, at every offset to the limit */
	for (int shift = 0; shift < 8; shift++) {
		memset(text, 'x', (size_t)shift);
		for (size_t i = (size_t)shift; i + 2 < sizeof(text) - 8; i += 3)
			memcpy(text + i, "\xc3\xa9\n", 3);
		log_error("%s", text);
		next();
		whole = whole && strlen(line) <= 1024 &&
			strchr(line, '\n') == line + strlen(line) - 1;
		for (const char *c = line; *c; c++)
			whole = whole && ((*c == '\xc3') == (c[1] == '\xa9'));
	}
	ok(whole, "never cut inside a character");
	log_init(text);
	log_error("%s", "x");
	ok(strlen(next()) < 100 && strstr(line, "...: x\n"), "a long name is cut");
	log_init("prog");
}

static void test_socket(void)
{
	int in = dup(0), out = dup(1);

	fflush(stdout);
	dup2(2, 0);
	log_init("prog");
	log_error("text");
	dup2(in, 0);
	is_str(next(), "", "silent if stderr is the socket on stdin");
	dup2(2, 1);
	log_init("prog");
	log_error("text");
	dup2(out, 1);
	is_str(next(), "", "silent if stderr is the socket on stdout");
	log_init("prog");
	log_error("text");
	is_str(next(), "prog: text\n", "a socket of its own is written to");
	close(in);
	close(out);
}

static void test_stalled(void)
{
	static char page[4096];
	int fd[2], saved = dup(2), lines = 0;
	char want[100];
	ssize_t n;

	if (pipe(fd) == -1)
		abort();
	dup2(fd[1], 2);
	for (int i = 0; i < 10000; i++)
		log_error("a line that nobody reads");
	ok(true, "a reader that does not read holds up nobody");
	while (fcntl(fd[0], F_SETFL, O_NONBLOCK), (n = read(fd[0], page, sizeof(page))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			lines += page[i] == '\n';
	}
	log_error("again");
	n = read(fd[0], page, sizeof(page) - 1);
	page[n > 0 ? n : 0] = '\0';
	snprintf(want, sizeof(want),
		"prog: %d messages lost: standard error was full\nprog: again\n", 10000 - lines);
	is_str(page, want, "what was lost is counted and told");
	close(fd[0]);
	log_error("nobody");
	ok(true, "a reader that has left does not kill");
	dup2(saved, 2);
	close(saved);
	close(fd[1]);
}

int main(void)
{
	open_stderr();
	is_str(log_prog(), program_invocation_short_name, "before log_init, the file's name");
	log_init("prog");
	test_forms();
	test_levels();
	test_escapes();
	test_length();
	test_socket();
	test_stalled();
	return done_testing();
}
