#include "stream/verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static char dir[] = "/tmp/verdict-XXXXXX";

static bool holds(const char *path, const char *want)
{
	char *text = NULL;
	size_t n;
	bool same = read_file(path, 1000, &text, &n) == 0 && strcmp(text, want) == 0;

	free(text);
	return same;
}

static void test_words(void)
{
	static const char *const good[] = {"hangup", "caller-hangup", "timeout", "error",
		"transfer a", "transfer Sales_2.night-shift"};
	static const char *const bad[] = {"", "?", "hang", "hangup ", "Hangup", "busy", "transfer",
		"transfer ", "transfer  a", "transfer a b", "transfer a\n", "transfer sip:a@b"};
	char name[VERDICT_NAME_MAX + 1], transfer[VERDICT_MAX];

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ok(verdict_valid(good[i]), "'%s'", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ok(!verdict_valid(bad[i]), "not case %zu", i);
	memset(name, 'n', sizeof(name));
	name[VERDICT_NAME_MAX - 1] = '\0';
	snprintf(transfer, sizeof(transfer), "transfer %s", name);
	ok(verdict_name_valid(name) && verdict_valid(transfer), "a name of 64 bytes");
	name[VERDICT_NAME_MAX - 1] = 'n';
	name[VERDICT_NAME_MAX] = '\0';
	snprintf(transfer, sizeof(transfer), "transfer %s", name);
	ok(!verdict_name_valid(name) && !verdict_valid(transfer), "and not of 65");
}

static void test_write(void)
{
	char here[64], there[64];

	snprintf(here, sizeof(here), "%s/verdict", dir);
	snprintf(there, sizeof(there), "%s/by-uuid", dir);
	is_int(verdict_write(here, there, "transfer sales"), 0, "to two files");
	ok(holds(here, "transfer sales\n") && holds(there, "transfer sales\n"), "a line each");
	ok(verdict_write("", there, "busy") == 0 && holds(there, "busy\n") &&
			holds(here, "transfer sales\n"),
		"to one");
	ok(verdict_write("/nowhere/verdict", there, "error") == -1 && errno == ENOENT &&
			holds(there, "error\n"),
		"one that fails does not keep it from the other");
	unlink(here);
	unlink(there);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	test_words();
	test_write();
	is_int(rmdir(dir), 0, "nothing else was written");
	return done_testing();
}
