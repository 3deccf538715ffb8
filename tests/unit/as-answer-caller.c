#include "caller.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/jline.h"
#include "random.h"
#include "tap.h"

#define UUID "7f000001-1111-4222-8333-444455556666"

static struct caller c;

static const char *get(const char *name)
{
	const char *v = caller_get(&c, name);

	return v ? v : "(none)";
}

static void parse(const char *text)
{
	c = (struct caller){0};
	caller_parse(&c, text, strlen(text));
}

static const char *from_uuid(const char *uuid)
{
	c = (struct caller){0};
	caller_from_uuid(&c, uuid);
	return get("from");
}

static void test_uuid(void)
{
	is_str(from_uuid("ca11ffff-3361-1223-344f-176722560042"), "33611223344",
		"a number in the UUID");
	is_str(from_uuid("ca111234-5678-9012-345f-176722560042"), "123456789012345",
		"the longest number");
	is_str(from_uuid("ca11ffff-ffff-ffff-ff0f-176722560042"), "0", "the shortest");
	is_str(from_uuid("ca11ffff-ffff-ffff-ffff-176722560042"), "(none)",
		"no number, all padding");
	is_str(from_uuid("ca11ff1f-3361-1223-344f-176722560042"), "(none)",
		"padding within the number");
	is_str(from_uuid("ca11ffff-3361-1223-3440-176722560042"), "(none)",
		"no f behind the number");
	is_str(from_uuid("ca11ffff-3361-a223-344f-176722560042"), "(none)",
		"a letter in the number");
	is_str(from_uuid("ca11ffff-3361-1223-344f-17672256004a"), "(none)", "a letter behind it");
	is_str(from_uuid("ca12ffff-3361-1223-344f-176722560042"), "(none)", "another beginning");
	is_str(from_uuid(UUID), "(none)", "a random UUID");
}

static void test_lines(void)
{
	parse("from=+33611223344\nto=100\r\ncampaign=may\n# from=1\n\nx_1=a=b \t\nbad name=1\n=1\nnothing\n9=1\nlast=end");
	is_str(get("from"), "+33611223344", "from");
	is_str(get("to"), "100", "a carriage return is no part of a value");
	is_str(get("x_1"), "a=b", "an equals sign is, blanks at the end are not");
	is_str(get("last"), "end", "a last line without its end");
	is_int(c.vars, 5, "five variables");
	is_int(c.ignored, 4, "four lines are none");
	parse("a=1\na=2\nb=\n");
	is_str(get("a"), "2", "the last of two counts");
	is_str(get("b"), "(none)", "an empty value is none");
	parse("a=x\033[2Jy\177\n");
	is_str(get("a"), "x [2Jy ", "control characters become blanks");
}

static void test_bounds(void)
{
	char text[20000], *p = text;

	for (int i = 0; i < 40; i++)
		p += sprintf(p, "v%d=%0400d\n", i, i);
	parse(text);
	is_int(c.vars, CALLER_VARS_MAX, "no more variables than there is room for");
	is_int(c.ignored, 8, "the others are counted");
	is_int(strlen(get("v3")), CALLER_VALUE_MAX - 1, "a long value is cut");
	parse("a2345678901234567890123456789012=1\na23456789012345678901234567890123=1\n");
	is_int(c.vars, 1, "a name of 32 bytes is one, of 33 is none");
}

static void test_json(void)
{
	struct dynbuf b;
	struct jspan obj, vars;
	int good = 0;

	dynbuf_init(&b, 20000);
	parse("to=100\nx=1\nfrom=\"\\\xff\ny=2\n");
	dynbuf_adds(&b, "{\"a\":1");
	is_int(caller_json(&c, &b, 1000), 0, "everything fits");
	dynbuf_adds(&b, "}");
	is_str(b.p,
		"{\"a\":1,\"from\":\"\\\"\\\\\xef\xbf\xbd\",\"to\":\"100\",\"vars\":{\"x\":\"1\",\"y\":\"2\"}}",
		"members, then vars; quoted, UTF-8 made valid");
	for (size_t max = 8; max < 80; max++) {
		dynbuf_reset(&b);
		dynbuf_adds(&b, "{\"a\":1");
		caller_json(&c, &b, max - 1);
		dynbuf_adds(&b, "}");
		good += b.n <= max && jline_check(b.p, b.n) == 0;
	}
	is_int(good, 72, "any bound is kept, and what is written is JSON");
	obj = (struct jspan){b.p, b.n};
	ok(jline_get(obj, "vars", &vars), "vars are there at last");
	dynbuf_free(&b);
}

static void test_garbage(void)
{
	uint64_t seed = 1;
	struct dynbuf b;
	char junk[3000];
	int good = 0;

	dynbuf_init(&b, 20000);
	for (int i = 0; i < 200; i++) {
		random_fill(&seed, junk, sizeof(junk));
		for (size_t k = 0; k < sizeof(junk); k += 1 + random_below(&seed, 40))
			junk[k] = "\n=ab\"\\\0\r"[random_below(&seed, 8)];
		c = (struct caller){0};
		caller_parse(&c, junk, sizeof(junk));
		dynbuf_reset(&b);
		dynbuf_adds(&b, "{\"a\":1");
		caller_json(&c, &b, 8000);
		dynbuf_adds(&b, "}");
		good += b.n <= 8001 && jline_check(b.p, b.n) == 0;
	}
	is_int(good, 200, "200 files of rubbish make 200 objects");
	dynbuf_free(&b);
}

static void put(const char *dir, const char *text, size_t n)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/" UUID, dir);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd == -1 || write(fd, text, n) != (ssize_t)n || close(fd) == -1)
		abort();
}

static int load(const char *dir)
{
	c = (struct caller){0};
	return caller_load(&c, dir, UUID) == -1 ? errno : 0;
}

static void test_file(void)
{
	char dir[] = "/tmp/caller-XXXXXX", path[256], big[CALLER_FILE_MAX + 100];
	size_t n;

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/" UUID, dir);
	is_int(load(dir), ENOENT, "no file");
	put(dir, "from=12\nto=34\n", 14);
	is_int(load(dir), 0, "a file");
	is_str(get("to"), "34", "is read");

	memset(big, '#', sizeof(big));
	memcpy(big, "a=1\n", 4);
	memcpy(big + CALLER_FILE_MAX - 5, "\nb=12345\n", 9);
	put(dir, big, sizeof(big));
	is_int(load(dir), 0, "a file that is too long");
	is_str(get("a"), "1", "its beginning is read");
	is_str(get("b"), "(none)", "a line that is cut is none");

	unlink(path);
	is_int(mkfifo(path, 0600), 0, "a FIFO");
	is_int(load(dir), EINVAL, "is refused, without waiting");
	unlink(path);
	is_int(symlink("/etc/passwd", path), 0, "a link");
	is_int(load(dir), ELOOP, "is refused");
	unlink(path);
	for (n = 0; n < sizeof(path) - 1; n++)
		path[n] = 'x';
	path[n] = '\0';
	is_int(load(path), ENOENT, "no such directory");
	rmdir(dir);
}

int main(void)
{
	test_uuid();
	test_lines();
	test_bounds();
	test_json();
	test_garbage();
	test_file();
	return done_testing();
}
