/* The store of sessions: who finds what, who does not, and two calls at a time. */
#include "session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#define NOW 1790000000

static char spool[] = "/tmp/agent-session.XXXXXX";
static uint8_t key[SESSION_KEY_BYTES];

static struct session open_call(const char *number, const char *service, const char *call)
{
	struct session s;

	if (session_open(&s, spool, key, number, service, call) < 0)
		session_none(&s);
	return s;
}

static int keep(struct session *s, const char *state, int64_t time)
{
	json_t *place = json_pack("{s:s,s:I}", "state", state, "time", (json_int_t)time);
	int rc = session_keep(s, place);

	json_decref(place);
	return rc;
}

/* A call that was cut off there. */
static void cut_off(
	const char *number, const char *service, const char *call, const char *state, int64_t time)
{
	struct session s = open_call(number, service, call);

	ok(keep(&s, state, time) == 0, "%s is kept in '%s'", call, state);
	session_close(&s);
}

/* The state a new call finds; "none". */
static const char *find(const char *number, const char *service, const char *call, int64_t now)
{
	static char state[64];
	struct session s = open_call(number, service, call);
	json_t *place = session_take(&s, 1800, now);

	snprintf(state, sizeof(state), "%s",
		place ? json_string_value(json_object_get(place, "state")) : "none");
	json_decref(place);
	session_close(&s);
	return state;
}

/* Files in the store. */
static int files(void)
{
	char path[200];
	struct dirent *d;
	DIR *dir;
	int n = 0;

	snprintf(path, sizeof(path), "%s/sessions", spool);
	dir = opendir(path);
	while (dir && (d = readdir(dir)))
		n += d->d_name[0] != '.' || strlen(d->d_name) > 2;
	if (dir)
		closedir(dir);
	return n;
}

static void test_numbers(void)
{
	static const char *const unknown[] = {"", "anonymous", "Anonymous", "unknown", "Restricted",
		"private", "unavailable", "sip:anonymous@anonymous.invalid", "12", "+", "s"};

	ok(session_number_known("33612345678") && session_number_known("+33 6 12 34 56 78") &&
			session_number_known("112"),
		"numbers");
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		ok(!session_number_known(unknown[i]), "'%s' is none", unknown[i]);
}

static void test_key(void)
{
	uint8_t again[SESSION_KEY_BYTES];
	char path[PATH_MAX], own[300];
	struct stat st;
	int fd;

	ok(session_key(NULL, spool, key, path) == 0, "a key is made");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "for its owner only");
	ok(session_key(NULL, spool, again, path) == 0 && memcmp(key, again, sizeof(key)) == 0,
		"and is the same the next time");
	snprintf(own, sizeof(own), "%s/key", spool);
	fd = open(own, O_WRONLY | O_CREAT, 0600);
	if (write(fd, "short", 5) != 5)
		abort();
	ok(session_key(own, spool, again, path) == -1 && errno == EINVAL,
		"one of 5 bytes is no secret");
	if (write(fd, "enough, now that is", 19) != 19)
		abort();
	close(fd);
	ok(session_key(own, spool, again, path) == 0 && memcmp(key, again, sizeof(key)) != 0,
		"another is another");
	ok(session_key("/no/such/folder/key", spool, again, path) == -1 && errno == ENOENT,
		"none that cannot be made");
}

static void test_find(void)
{
	is_str(find("33612345678", "support", "c1", NOW), "none", "nothing is there");
	cut_off("33612345678", "support", "c1", "diagnostic", NOW);
	is_str(find("33612345679", "support", "c2", NOW + 5), "none",
		"another number finds nothing");
	is_str(find("33612345678", "sales", "c3", NOW + 5), "none", "nor does another service");
	is_str(find("anonymous", "support", "c4", NOW + 5), "none", "nor one without a number");
	is_str(find("+33 6 12 34 56 78", "support", "c5", NOW + 1800), "diagnostic",
		"the same number does, in time, however it is written");
	is_str(find("33612345678", "support", "c6", NOW + 6), "none", "but only once");
	cut_off("33612345678", "support", "c7", "old", NOW);
	is_str(find("33612345678", "support", "c8", NOW + 1801), "none", "later it is too late");
	is_int(files(), 0, "nothing is left of it");
	cut_off("33612345678", "support", "c9", "first", NOW);
	cut_off("33612345678", "support", "c10", "second", NOW + 10);
	is_str(find("33612345678", "support", "c11", NOW + 20), "second",
		"of two calls the later one counts");
	is_int(files(), 0, "and the other is gone");
}

static void test_live(void)
{
	struct session a = open_call("33612345678", "support", "a"), b;
	json_t *place;
	char path[PATH_MAX];
	struct stat st;

	ok(keep(&a, "one", NOW) == 0 && keep(&a, "two", NOW + 1) == 0, "a call goes on");
	memcpy(path, a.path, sizeof(path));
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "its file is its owner's");
	ok(!strstr(path, "12345678"), "and its name is no number");
	is_str(find("33612345678", "support", "b", NOW + 2), "none",
		"another of the same number does not get it");
	b = open_call("33612345678", "support", "b");
	ok(keep(&b, "other", NOW + 3) == 0, "and is kept itself");
	session_drop(&b);
	is_int(files(), 1, "its end does not touch the first");
	session_close(&b);
	session_close(&a);
	b = open_call("33612345678", "support", "c");
	place = session_take(&b, 1800, NOW + 4);
	is_str(json_string_value(json_object_get(place, "state")), "two",
		"when that is cut off it can be had");
	json_decref(place);
	session_close(&b);
	b = open_call("33612345678", "support", "d");
	ok(keep(&b, "x", NOW) == 0, "one more");
	session_drop(&b);
	session_close(&b);
	is_int(files(), 0, "a finished call leaves nothing");
}

static void test_damage(void)
{
	struct session s = open_call("33612345678", "support", "e");
	char path[PATH_MAX];
	int fd;

	ok(keep(&s, "x", NOW) == 0, "a call");
	memcpy(path, s.path, sizeof(path));
	session_close(&s);
	fd = open(path, O_WRONLY | O_TRUNC);
	if (write(fd, "{\"state\":", 9) != 9)
		abort();
	close(fd);
	is_str(find("33612345678", "support", "f", NOW), "none",
		"a file that is no JSON is nothing");
	is_int(files(), 0, "and does not stay");
	session_none(&s);
	ok(session_open(&s, spool, key, "33612345678", "support", "../x") == -1,
		"a call whose name is no file's name is kept nowhere");
	ok(keep(&s, "x", NOW) == 0 && session_take(&s, 1800, NOW) == NULL, "which harms nobody");
}

int main(void)
{
	char path[200];

	if (!mkdtemp(spool))
		return 1;
	test_numbers();
	test_key();
	test_find();
	test_live();
	test_damage();
	snprintf(path, sizeof(path), "rm -rf %s", spool);
	return system(path) ? 1 : done_testing();
}
