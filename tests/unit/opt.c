#include "base/opt.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "tap.h"

static char out[8192], err[4096]; /* what the last tool wrote */

static void slurp(int fd, char *buf, size_t size)
{
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	n = read(fd, buf, size - 1);
	buf[n > 0 ? n : 0] = '\0';
	close(fd);
}

static bool command = true; /* the operands of tool are one */

/* A tool that prints its settings; returns its exit code. */
static int tool(int argc, char **argv)
{
	struct {
		int64_t calls, any, limit;
		const char *busy, *format;
		bool raw;
	} set = {.calls = 50, .any = -1, .format = "auto"};
	const struct opt_row rows[] = {
		{"max-calls", 'n', OPT_INT, "N", "CALLPIPE_MAX_CALLS", "calls at a time",
			&set.calls, 1, 10000},
		{"busy", 0, OPT_STR, "FILE", "CALLPIPE_BUSY", "played when full", &set.busy, 0, 0},
		{"raw", 'r', OPT_FLAG, NULL, "CALLPIPE_RAW", "samples only", &set.raw, 0, 0},
		{"format", 'f', OPT_CHOICE, "auto|slin|ulaw", "CALLPIPE_FORMAT",
			"how the bytes of the caller's audio are to be understood, for those who "
			"do not trust what "
			"their telephone system says of them",
			&set.format, 0, 0},
		{"limit", 0, OPT_INT, "N", NULL, "none if not given", &set.limit, 1, 9},
		{"any", 0, OPT_INT, "N", NULL, "any number", &set.any, 0, 0},
		{"an-option-with-a-very-long-name", 0, OPT_STR, "ARGUMENT", NULL, "its text",
			&set.busy, 0, 0},
		{0},
	};
	const struct opt_page page = {"[options] program [argument ...]", "Does this and that.",
		"callpipe(7), callpipe-stream(5)", command};
	int first = -1, status;

	log_init("prog");
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status != -1)
		return status;
	if (set.any == 13)
		return opt_refuse(&set.any, "it brings %s", "bad luck");
	if (set.raw && set.any == 14)
		return opt_refuse(&set.raw, opt_of_line(&set.raw) ? "of the line" : "of elsewhere");
	if (set.busy && *set.busy == '?')
		return opt_refuse(&set.busy, "it is a question");
	if (set.any == 15 && (status = opt_only("any|max-calls", "cats")) != -1)
		return status;
	printf("%d %s %d %s %d first %d\n", (int)set.calls, set.busy ? set.busy : "-", set.raw,
		set.format, (int)set.any, first);
	return opt_finish(EXIT_OK);
}

/* Run tool with a command line, words parted by blanks; its exit code. */
static int run(const char *line)
{
	char *copy = strdup(line), *argv[20] = {NULL}, prog[] = "prog";
	int argc = 0, fd1 = fileno(tmpfile()), fd2 = fileno(tmpfile()), status = -1;
	pid_t pid;

	argv[argc++] = prog;
	for (char *word = strtok(copy, " "); word && argc < 19; word = strtok(NULL, " "))
		argv[argc++] = word;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fd1, 1);
		dup2(fd2, 2);
		exit(tool(argc, argv));
	}
	waitpid(pid, &status, 0);
	slurp(fd1, out, sizeof(out));
	slurp(fd2, err, sizeof(err));
	free(copy);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_values(void)
{
	static const struct {
		const char *command, *out;
	} t[] = {
		{"", "50 - 0 auto -1 first 1\n"},
		{"-n 7 --busy=x --raw prog -n 9", "7 x 1 auto -1 first 5\n"},
		{"-rn7 -fslin", "7 - 1 slin -1 first 3\n"},
		{"--max-calls 10000 --any=-9223372036854775808 -- -n",
			"10000 - 0 auto 0 first 5\n"},
		{"-n 1 -n 2 --busy a --busy b", "2 b 0 auto -1 first 9\n"},
		{"- -n 3", "50 - 0 auto -1 first 1\n"},
		{"--busy=", "50  0 auto -1 first 2\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		int status = run(t[i].command);

		is_str(out, t[i].out, "prog %s", t[i].command);
		ok(status == 0 && !*err, "exit 0, no message");
	}
}

/* What only the tool itself can find out. */
static void test_refuse(void)
{
	is_int(run("--any=13"), EXIT_USAGE, "refused by the tool: of the line");
	is_str(err, "prog: cannot use --any '13': it brings bad luck\n", "says which option");
	setenv("CALLPIPE_BUSY", "?", 1);
	is_int(run(""), EXIT_CONFIG, "of the environment: a mistake of the configuration");
	is_str(err, "prog: cannot use CALLPIPE_BUSY '?': it is a question\n",
		"says which variable");
	is_int(run("--busy=?!"), EXIT_USAGE, "of both: the line's");
	is_str(err, "prog: cannot use --busy '?!': it is a question\n", "is what counts");
	is_int(run("--raw --any=14"), EXIT_USAGE, "of a flag");
	is_str(err, "prog: cannot use --raw: of the line\n", "it has no value to be named");
	setenv("CALLPIPE_RAW", "1", 1);
	is_int(run("--any=14"), EXIT_CONFIG, "of a flag of the environment");
	is_str(err, "prog: cannot use CALLPIPE_RAW: of elsewhere\n", "which is not the line");
	unsetenv("CALLPIPE_BUSY");
	is_int(run("--any=15 -n 7"), EXIT_OK,
		"what means something, and what the environment says");
	is_int(run("--any=15 --raw"), EXIT_USAGE, "what means nothing");
	is_str(err, "prog: cannot use --raw: it means nothing to cats\n", "is said");
	is_int(run("--any=15 -f slin"), EXIT_USAGE, "by its letter");
	is_str(err, "prog: cannot use --format 'slin': it means nothing to cats\n", "too");
	unsetenv("CALLPIPE_RAW");
}

/* Where the operands are no command. */
static void test_behind_operands(void)
{
	command = false;
	is_int(run("file -n 7 other --raw"), 0, "options behind operands");
	is_str(out, "7 - 1 auto -1 first 4\n", "are taken, and the operands stand last");
	is_int(run("file -- -n 7"), 0, "--");
	is_str(out, "50 - 0 auto -1 first 2\n", "ends them");
	is_int(run("file --no-such other"), EXIT_USAGE, "one that is not there");
	is_str(err, "prog: unknown option '--no-such': see --help\n", "is named");
	is_int(run("file -n"), EXIT_USAGE, "one without its argument");
	is_str(err, "prog: option '-n' needs an argument: see --help\n", "is named");
	command = true;
}

static void test_mistakes(void)
{
	static const struct {
		const char *command, *err;
	} t[] = {
		{"--x", "prog: unknown option '--x': see --help\n"},
		{"--x=1", "prog: unknown option '--x': see --help\n"},
		{"-x", "prog: unknown option '-x': see --help\n"},
		{"-rx", "prog: unknown option '-x': see --help\n"},
		{"-n 3 --x --help", "prog: unknown option '--x': see --help\n"},
		{"--raw=1", "prog: option '--raw' takes no argument: see --help\n"},
		{"--help=1", "prog: option '--help' takes no argument: see --help\n"},
		{"--busy", "prog: option '--busy' needs an argument: see --help\n"},
		{"-n", "prog: option '-n' needs an argument: see --help\n"},
		{"-n 0", "prog: cannot use --max-calls '0': must be an integer from 1 to 10000\n"},
		{"-n 5x",
			"prog: cannot use --max-calls '5x': must be an integer from 1 to 10000\n"},
		{"--any x\n", "prog: cannot use --any 'x\\n': must be an integer\n"},
		{"--format sli",
			"prog: cannot use --format 'sli': must be one of auto|slin|ulaw\n"},
		{"--format auto|slin",
			"prog: cannot use --format 'auto|slin': must be one of auto|slin|ulaw\n"},
		{"--format=", "prog: cannot use --format '': must be one of auto|slin|ulaw\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		int status = run(t[i].command);

		is_str(err, t[i].err, "prog %s", t[i].command);
		ok(status == EXIT_USAGE && !*out, "exit 64, no output");
	}
}

static void test_environment(void)
{
	setenv("CALLPIPE_MAX_CALLS", "8", 1);
	setenv("CALLPIPE_BUSY", "/b c", 1);
	setenv("CALLPIPE_RAW", "yes", 1);
	setenv("CALLPIPE_FORMAT", "ulaw", 1);
	ok(run("") == 0, "from the environment");
	is_str(out, "8 /b c 1 ulaw -1 first 1\n", "all kinds");
	run("-n 9");
	is_str(out, "9 /b c 1 ulaw -1 first 3\n", "the command line is above it");
	setenv("CALLPIPE_RAW", "", 1);
	run("");
	is_str(out, "8 /b c 0 ulaw -1 first 1\n", "empty is unset");
	setenv("CALLPIPE_RAW", "2", 1);
	is_int(run(""), EXIT_CONFIG, "a bad flag is exit 78");
	is_str(err, "prog: cannot use CALLPIPE_RAW '2': must be 1, 0, yes, no, true or false\n",
		"and a message");
	setenv("CALLPIPE_RAW", "false", 1);
	setenv("CALLPIPE_MAX_CALLS", "many", 1);
	is_int(run("-n 9"), EXIT_CONFIG, "a bad number too");
	is_str(err,
		"prog: cannot use CALLPIPE_MAX_CALLS 'many': must be an integer from 1 to 10000\n",
		"message");
	is_int(run("--help"), 0, "--help in spite of it");
	ok(strstr(out, "[CALLPIPE_MAX_CALLS, default 50]") != NULL,
		"with the default, not the environment");
	unsetenv("CALLPIPE_MAX_CALLS");
	setenv("CALLPIPE_LOG", "loud", 1);
	is_int(run(""), EXIT_CONFIG, "a bad level of messages");
	is_str(err, "prog: cannot use CALLPIPE_LOG 'loud': must be one of error|warn|info|debug\n",
		"message");
	unsetenv("CALLPIPE_LOG");
	unsetenv("CALLPIPE_RAW");
	unsetenv("CALLPIPE_BUSY");
	unsetenv("CALLPIPE_FORMAT");
}

/* The tool has CALLPIPE_MAX_CALLS, _BUSY, _RAW and _FORMAT. */
static void test_slips(void)
{
	static const struct {
		const char *name, *meant; /* NULL: nothing is said */
	} t[] = {
		{"CALLPIPE_MAXCALLS", "CALLPIPE_MAX_CALLS"},
		{"CALLPIPE_MAX_CALL", "CALLPIPE_MAX_CALLS"},
		{"CALLPIPE_MAXCALL", "CALLPIPE_MAX_CALLS"},
		{"CALLPIPE_MXA_CALLS", "CALLPIPE_MAX_CALLS"},
		{"CALPIPE_FORMAT", "CALLPIPE_FORMAT"},
		{"CALLPIPE_BUSI", "CALLPIPE_BUSY"},
		{"CALLPIPE_RAW_", "CALLPIPE_RAW"},
		{"CALLPIPE_RATE", NULL},
		{"CALLPIPE_BUSY_CALLS", NULL},
		{"CALLPIPE_A_NAME_OF_MORE_LETTERS_THAN_ARE_COMPARED", NULL},
		{"___", NULL},
	};
	char want[200] = "";

	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		setenv(t[i].name, "3", 1);
		if (t[i].meant)
			snprintf(want, sizeof(want), "prog: cannot use '%s': did you mean %s?\n",
				t[i].name, t[i].meant);
		else
			want[0] = '\0';
		is_int(run(""), EXIT_OK, "%s: exit 0", t[i].name);
		is_str(err, want, "%s", t[i].meant ? t[i].meant : "is somebody else's");
		is_str(out, "50 - 0 auto -1 first 1\n", "and no effect");
		unsetenv(t[i].name);
	}
}

static void test_file(void)
{
	char path[] = "/tmp/callpipe-opt-XXXXXX", want[100];
	int fd = mkstemp(path);
	static const char good[] = "# tools\nCALLPIPE_MAX_CALLS=6\nCALLPIPE_BUSY='/x y'\n";

	setenv("CALLPIPE_CONF", path, 1);
	ok(write_all(fd, good, strlen(good)) == 0 && run("") == 0, "from the configuration file");
	is_str(out, "6 /x y 0 auto -1 first 1\n", "its values");
	setenv("CALLPIPE_BUSY", "/z", 1);
	run("-n 5");
	is_str(out, "5 /z 0 auto -1 first 3\n", "environment and command line are above it");
	unsetenv("CALLPIPE_BUSY");
	ok(write_all(fd, "CALLPIPE_RWA=1\n", 15) == 0 && run("") == 0, "a slip in it");
	is_str(err, "prog: cannot use 'CALLPIPE_RWA': did you mean CALLPIPE_RAW?\n", "is found");
	ok(write_all(fd, "a b\n", 4) == 0 && run("") == EXIT_CONFIG, "a mistake in it is exit 78");
	snprintf(want, sizeof(want), "prog: cannot read '%s': line 5: not NAME=value\n", path);
	is_str(err, want, "and a message with its line");
	close(fd);
	unlink(path);
	is_int(run(""), EXIT_CONFIG, "a file that is named has to be there");
	snprintf(want, sizeof(want), "prog: cannot read '%s': No such file or directory\n", path);
	is_str(err, want, "message");
	setenv("CALLPIPE_CONF", "", 1);
}

static void test_pages(void)
{
	static const char help[] =
		"Usage: prog [options] program [argument ...]\n"
		"Does this and that.\n"
		"\n"
		"  -n, --max-calls=N            calls at a time [CALLPIPE_MAX_CALLS, default 50]\n"
		"      --busy=FILE              played when full [CALLPIPE_BUSY]\n"
		"  -r, --raw                    samples only [CALLPIPE_RAW]\n"
		"  -f, --format=auto|slin|ulaw  how the bytes of the caller's audio are to be "
		"understood, for those\n"
		"                               who do not trust what their telephone system "
		"says of them\n"
		"                               [CALLPIPE_FORMAT, default auto]\n"
		"      --limit=N                none if not given\n"
		"      --any=N                  any number [default -1]\n"
		"      --an-option-with-a-very-long-name=ARGUMENT\n"
		"                               its text\n"
		"      --help                   show this and exit\n"
		"      --version                show the version and exit\n"
		"\n"
		"See also: callpipe(7), callpipe-stream(5)\n";

	ok(run("-n 3 --help") == 0 && !*err, "--help exits 0");
	is_str(out, help, "its text");
	ok(run("--version --help") == 0 && !*err, "--version exits 0");
	is_str(out, "prog (callpipe) 0.1\n", "its text");
}

/* Exit code of --version with its output on fd. */
static int version_to(int fd, char *message, size_t size)
{
	int fd2 = fileno(tmpfile()), status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		char prog[] = "prog", version[] = "--version", *argv[] = {prog, version, NULL};

		signal(SIGPIPE, SIG_IGN);
		dup2(fd, 1);
		dup2(fd2, 2);
		exit(tool(2, argv));
	}
	close(fd);
	waitpid(pid, &status, 0);
	slurp(fd2, message, size);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_finish(void)
{
	int fd[2];

	is_int(version_to(open("/dev/full", O_WRONLY), err, sizeof(err)), EXIT_IO,
		"a full disk is exit 74");
	is_str(err, "prog: cannot write 'standard output': No space left on device\n",
		"and a message");
	if (pipe(fd) == -1)
		abort();
	close(fd[0]);
	is_int(version_to(fd[1], err, sizeof(err)), 0, "a reader that has left is a normal end");
	is_str(err, "", "without a message");
}

int main(void)
{
	setenv("CALLPIPE_CONF", "", 1);
	unsetenv("CALLPIPE_LOG");
	test_values();
	test_refuse();
	test_behind_operands();
	test_mistakes();
	test_environment();
	test_slips();
	test_file();
	test_pages();
	test_finish();
	return done_testing();
}
