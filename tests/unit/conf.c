#include "base/conf.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

/* The value of A that the text sets, "(none)" if none, "line N: why" after a mistake. */
static const char *value_of(const char *text, size_t n)
{
	static char result[200];
	struct conf_error err;

	unsetenv("A");
	if (conf_apply(text, n, &err) == -1)
		snprintf(result, sizeof(result), "line %d: %s", err.line, err.why);
	else
		snprintf(result, sizeof(result), "%s", getenv("A") ? getenv("A") : "(none)");
	return result;
}

/* What sh makes of the same text. */
static const char *sh_value_of(const char *text)
{
	static char result[200];
	char path[] = "/tmp/callpipe-conf-XXXXXX", command[200];
	int fd = mkstemp(path);
	size_t n = 0;
	FILE *p;

	result[0] = '\0';
	if (fd == -1 || write_all(fd, text, strlen(text)) == -1)
		abort();
	close(fd);
	snprintf(command, sizeof(command), "unset A; . %s && printf %%s \"${A-(none)}\"", path);
	p = popen(command, "r");
	if (p) {
		n = fread(result, 1, sizeof(result) - 1, p);
		pclose(p);
	}
	result[n] = '\0';
	unlink(path);
	return result;
}

/* Each value is also what systemd.exec(5) says of EnvironmentFile=, and what sh says here. */
static void test_values(void)
{
	static const struct {
		const char *text, *want;
	} t[] = {
		{"", "(none)"},
		{"\n\n", "(none)"},
		{"# A=1", "(none)"},
		{"  # A=1\n\t\n", "(none)"},
		{"B=1\n", "(none)"},
		{"A=1", "1"},
		{"A=1\n", "1"},
		{"  A=1  \t\n", "1"},
		{"A=\n", ""},
		{"A=''\n", ""},
		{"A=\"\"\n", ""},
		{"A=a#b=c,d%e/f:g@h!i*j?k[l]{m}+n-o^p\n", "a#b=c,d%e/f:g@h!i*j?k[l]{m}+n-o^p"},
		{"A='two words, $HOME `x` \\n \"q\"' \n", "two words, $HOME `x` \\n \"q\""},
		{"A=\"it's \\\"so\\\" \\$5 \\\\ \\` \\n \\a\"\n", "it's \"so\" $5 \\ ` \\n \\a"},
		{"A='one\ntwo'\n", "one\ntwo"},
		{"A=\"one\ntwo \\\nthree\"\n", "one\ntwo three"},
		{"A=1\nA=2\n", "2"},
		{"A=1\nB=3\nA=\n", ""},
		{"A=caf\xc3\xa9\n", "caf\xc3\xa9"},
	};

	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		is_str(value_of(t[i].text, strlen(t[i].text)), t[i].want, "value %zu", i);
		is_str(sh_value_of(t[i].text), t[i].want, "the same for sh");
	}
	unsetenv("B");
}

static void test_mistakes(void)
{
	static const char no[] = "not NAME=value", quote[] = "a character that has to be quoted",
			  after[] = "text after the value", open[] = "a quote is not closed",
			  dollar[] = "$ or ` without a backslash before it",
			  control[] = "the file has control characters (perhaps CR LF line ends)";
	static const struct {
		const char *text;
		int line;
		const char *why;
	} t[] = {
		{"A", 1, no},
		{"A\n=1", 1, no},
		{"=1", 1, no},
		{"1A=1", 1, no},
		{"A-B=1", 1, no},
		{"A =1", 1, no},
		{"export A=1", 1, no},
		{"; comment", 1, no},
		{"\n\nA= 1\n", 3, after},
		{"A=1 2", 1, after},
		{"A=1 # one", 1, after},
		{"A='1'2", 1, after},
		{"A='1''2'", 1, after},
		{"B='1\n2\n3'\nA=x y", 4, after},
		{"A=a'b'", 1, quote},
		{"A=a\\ b", 1, quote},
		{"A=$B", 1, quote},
		{"A=`b`", 1, quote},
		{"A=a;b", 1, quote},
		{"A=~/x", 1, quote},
		{"A=1&", 1, quote},
		{"\nA='1\n\n", 2, open},
		{"A=\"1\\\"", 1, open},
		{"A=\"\\", 1, open},
		{"A=\"$B\"", 1, dollar},
		{"A=\"`b`\"", 1, dollar},
		{"A=1\r\n", 0, control},
		{"A='\x1b'\n", 0, control},
		{"# x\\\nA=1\n", 1, "a comment ends in a backslash"},
	};
	char want[200];

	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		snprintf(want, sizeof(want), "line %d: %s", t[i].line, t[i].why);
		is_str(value_of(t[i].text, strlen(t[i].text)), want, "mistake %zu", i);
		ok(!getenv("A") && !getenv("B"), "nothing is set");
	}
	is_str(value_of("A=1\0B=2", 7),
		"line 0: the file has control characters (perhaps CR LF line ends)", "a NUL");
}

static void test_precedence(void)
{
	struct conf_error err;

	setenv("A", "mine", 1);
	setenv("E", "", 1);
	ok(conf_apply("A=1\nE=1\nN=1\n", 12, &err) == 0, "three variables");
	is_str(getenv("A"), "mine", "one in the environment stays");
	is_str(getenv("E"), "", "also an empty one");
	is_str(getenv("N") ? getenv("N") : "", "1", "a new one is set");
	unsetenv("N");
}

static void test_load(void)
{
	char path[] = "/tmp/callpipe-conf-XXXXXX", big[CONF_MAX_BYTES + 1];
	struct conf_error err;
	int fd = mkstemp(path);

	setenv("CALLPIPE_CONF", "", 1);
	ok(conf_load(&err) == 0, "no file");
	setenv("CALLPIPE_CONF", path, 1);
	ok(write_all(fd, "L=1\nbad\n", 8) == 0 && conf_load(&err) == -1 && err.line == 2 &&
			!getenv("L"),
		"a mistake, nothing is set");
	is_str(err.path, path, "and the file's name");
	ok(ftruncate(fd, 4) == 0 && conf_load(&err) == 0 && getenv("L"), "a good file");
	memset(big, '#', sizeof(big));
	ok(pwrite(fd, big, sizeof(big), 0) > 0 && conf_load(&err) == -1 && err.line == 0,
		"too large");
	is_str(err.why, "File too large", "in words");
	close(fd);
	unlink(path);
	ok(conf_load(&err) == -1 && err.line == 0, "a named file has to be there");
	is_str(err.why, "No such file or directory", "in words");
	unsetenv("CALLPIPE_CONF");
	if (access(CONF_DEFAULT, F_OK) == -1)
		ok(conf_load(&err) == 0, "%s does not have to be there", CONF_DEFAULT);
	unsetenv("L");
}

/* Any bytes end in a setting or in words, on a line that exists. */
static void test_random(uint64_t seed)
{
	static const char bytes[] = "AB=='\"\\$`# \t\n\n12x;";
	char text[40];
	uint64_t state = seed;
	bool sane = true;

	for (int i = 0; i < 50000; i++) {
		size_t n = random_below(&state, sizeof(text));
		int lines = 1;
		struct conf_error err;
		char *exact = malloc(n + !n);

		for (size_t k = 0; k < n; k++) {
			exact[k] = bytes[random_below(&state, sizeof(bytes) - 1)];
			lines += exact[k] == '\n';
		}
		if (conf_apply(exact, n, &err) == -1)
			sane = sane && err.why && err.line >= 1 && err.line <= lines;
		free(exact);
		unsetenv("A");
		unsetenv("B");
	}
	ok(sane, "50000 random texts, seed %llu", (unsigned long long)seed);
}

int main(void)
{
	test_values();
	test_mistakes();
	test_precedence();
	test_load();
	test_random(1);
	test_random(2);
	return done_testing();
}
