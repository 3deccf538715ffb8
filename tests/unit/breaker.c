/* breaker: states, many processes, some of them killed. `breaker SPOOL NAME` is one process for tests/43-breaker.t. */
#include "net/breaker-file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

static char dir[] = "/tmp/breaker-XXXXXX";
static char path[64];

/* ---- one process of a shell ---- */

static int use(const char *spool, const char *name)
{
	int rc = breaker_open(spool);
	struct breaker *b;

	printf("open: %s\n", rc == 0 ? "ok" : strerror(errno));
	b = breaker_find(name);
	for (int i = 0; i < BREAKER_FAILURES; i++) {
		printf("ask: %s\n", breaker_ask(b) ? "yes" : "no");
		breaker_failure(b);
	}
	printf("ask: %s\n", breaker_ask(b) ? "yes" : "no");
	return 0;
}

/* ---- the file, seen from outside ---- */

static struct breaker_file *outside(void)
{
	int fd = open(path, O_RDWR);
	struct breaker_file *f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd == -1 || f == MAP_FAILED)
		abort();
	close(fd);
	return f;
}

static struct breaker_record *find(struct breaker_file *f, const char *name)
{
	for (size_t i = 0; i < BREAKERS_MAX; i++)
		if (strcmp(f->record[i].name, name) == 0)
			return &f->record[i];
	abort();
}

/* As if the time of its word were over. */
static void pass_time(const char *name)
{
	struct breaker_file *f = outside();
	struct breaker_record *r = find(f, name);
	uint32_t now = (uint32_t)(now_ns() / NS_PER_MS);
	uint64_t word = r->word;

	__atomic_compare_exchange_n(&r->word, &word, (word & ~(uint64_t)UINT32_MAX) | now, false,
		__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	munmap(f, sizeof(*f));
}

static struct breaker_view view(const char *name)
{
	struct breaker_view v[BREAKERS_MAX];
	int n = breaker_list(dir, v, ARRAY_LEN(v));

	for (int i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return v[i];
	return (struct breaker_view){.failures = -1};
}

static bool opens(struct breaker *b)
{
	for (int i = 0; i < BREAKER_FAILURES; i++) {
		if (!breaker_ask(b))
			return false;
		breaker_failure(b);
	}
	return !breaker_ask(b);
}

/* Run in a child; true if it returns true. */
static bool in_child(bool (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(fn() ? 0 : 1);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- states ---- */

static void test_states(void)
{
	struct breaker *b = breaker_find("stt a"), *other = breaker_find("stt b");

	ok(breaker_find("stt a") == b && other != b, "a breaker for a name");
	for (int i = 0; i < BREAKER_FAILURES - 1; i++)
		breaker_failure(b);
	ok(breaker_ask(b), "4 failures leave it closed");
	breaker_success(b);
	for (int i = 0; i < BREAKER_FAILURES - 1; i++)
		breaker_failure(b);
	ok(breaker_ask(b) && view("stt a").failures == 4, "not in a row: no more than 4");
	breaker_failure(b);
	ok(!breaker_ask(b), "the fifth opens it");
	ok(breaker_ask(other), "the other goes on");
	breaker_success(b);
	ok(!breaker_ask(b), "what went before says nothing");
	ok(view("stt a").state == BREAKER_OPEN && view("stt a").open_left_ms > 25000 &&
			view("stt a").open_left_ms <= BREAKER_OPEN_MS,
		"others see that");
	pass_time("stt a");
	is_int(view("stt a").state, BREAKER_HALF_OPEN, "half open");
	ok(breaker_ask(b), "one goes");
	ok(!breaker_ask(b), "no other");
	breaker_failure(b);
	ok(!breaker_ask(b), "it fails: open");
	is_int(view("stt a").opened, 2, "for the second time");
	pass_time("stt a");
	ok(breaker_ask(b), "another probe");
	breaker_abandon(b);
	ok(breaker_ask(b), "is given up: the next one");
	breaker_success(b);
	ok(breaker_ask(b) && breaker_ask(b), "succeeds: closed");
	breaker_abandon(b);
	is_int(view("stt a").failures, 0, "and forgets the failures");
	is_int(view("stt a").failed, 10, "but for the total");
	is_int(view("stt a").requests, 7, "all requests are counted");
	breaker_success(NULL);
	breaker_failure(NULL);
	breaker_abandon(NULL);
	ok(breaker_ask(NULL), "none at all lets all pass");
}

static struct breaker *probed;
static int told[2];

static bool take_and_die(void)
{
	if (!breaker_ask(probed))
		return false;
	raise(SIGKILL);
	return true;
}

static bool asks(void)
{
	return breaker_ask(probed);
}

static bool asks_and_succeeds(void)
{
	if (!breaker_ask(probed))
		return false;
	breaker_success(probed);
	return true;
}

static void test_probes(void)
{
	pid_t pid;
	char c;

	probed = breaker_find("stt probed");
	ok(opens(probed), "opens");
	ok(!in_child(asks), "for others, too");
	pass_time("stt probed");
	in_child(take_and_die);
	ok(in_child(asks_and_succeeds), "killed with the probe: the next one has it");
	ok(in_child(asks), "and closes it for all");

	ok(opens(probed) && pipe(told) == 0, "open again");
	pass_time("stt probed");
	pid = fork();
	if (pid == 0) {
		c = breaker_ask(probed) ? 'y' : 'n';
		(void)!write(told[1], &c, 1);
		for (;;)
			pause();
	}
	ok(read(told[0], &c, 1) == 1 && c == 'y', "one who has the probe, and lives,");
	ok(!breaker_ask(probed), "keeps it");
	breaker_success(probed);
	breaker_abandon(probed);
	ok(!breaker_ask(probed), "whatever others say");
	pass_time("stt probed");
	ok(breaker_ask(probed), "but not for ever");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	breaker_success(probed);
	ok(breaker_ask(probed), "closed");
}

/* ---- many processes ---- */

#define MANY 12
#define NAMES 20
#define KILLS 200

static _Noreturn void hammer(uint64_t seed)
{
	char name[32];

	for (;;) {
		struct breaker *b;

		snprintf(name, sizeof(name), "many %d", (int)random_below(&seed, NAMES));
		b = breaker_find(name);
		if (!breaker_ask(b)) {
			if (random_below(&seed, 4) == 0)
				pass_time(name);
			continue;
		}
		switch (random_below(&seed, 4)) {
		case 0:
			breaker_success(b);
			break;
		case 1:
			breaker_abandon(b);
			break;
		default:
			breaker_failure(b);
		}
	}
}

/* Each name once, and what is said of it can be. */
static bool is_sound(void)
{
	struct breaker_view v[BREAKERS_MAX];
	int n = breaker_list(dir, v, ARRAY_LEN(v)), many = 0;

	for (int i = 0; i < n; i++) {
		for (int k = 0; k < i; k++)
			if (strcmp(v[i].name, v[k].name) == 0)
				return false;
		if (strncmp(v[i].name, "many ", 5) != 0)
			continue;
		many++;
		if (v[i].failed > v[i].requests || v[i].opened > v[i].failed ||
			v[i].open_left_ms > BREAKER_OPEN_MS ||
			(v[i].state == BREAKER_CLOSED && v[i].failures >= BREAKER_FAILURES))
			return false;
	}
	return many == NAMES;
}

/* Of so many who ask at the same time one has the probe. */
static int count_probes(const char *name)
{
	int go[2], said[2], yes = 0;
	char c;

	if (pipe(go) == -1 || pipe(said) == -1)
		abort();
	for (int i = 0; i < MANY; i++)
		if (fork() == 0) {
			close(go[1]);
			(void)!read(go[0], &c, 1); /* until the parent closes it */
			c = breaker_ask(breaker_find(name)) ? 'y' : 'n';
			(void)!write(said[1], &c, 1);
			(void)!read(told[0], &c, 1); /* the probe's owner lives */
			_exit(0);
		}
	close(go[0]);
	close(go[1]);
	for (int i = 0; i < MANY; i++)
		yes += read(said[0], &c, 1) == 1 && c == 'y';
	for (int i = 0; i < MANY; i++)
		(void)!write(told[1], "", 1);
	for (int i = 0; i < MANY; i++)
		wait(NULL);
	close(said[0]);
	close(said[1]);
	return yes;
}

static void test_many(void)
{
	uint64_t seed = 43;
	pid_t pid[MANY];
	int kills = 0, once = 0;

	for (int i = 0; i < MANY; i++)
		if ((pid[i] = fork()) == 0)
			hammer(1000 + (uint64_t)i);
	for (int round = 0; round < KILLS; round++) {
		int i = (int)random_below(&seed, MANY);

		usleep((useconds_t)random_below(&seed, 1500));
		kills += kill(pid[i], SIGKILL) == 0;
		waitpid(pid[i], NULL, 0);
		if ((pid[i] = fork()) == 0)
			hammer((uint64_t)round);
	}
	for (int i = 0; i < MANY; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
	is_int(kills, KILLS, "so many are killed among %d", MANY);
	ok(is_sound(), "each provider has one record, and it makes sense");
	for (int i = 0; i < 20; i++) {
		struct breaker *b = breaker_find("many probes");

		if (!opens(b))
			break;
		pass_time("many probes");
		once += count_probes("many probes") == 1;
		pass_time("many probes");
		if (breaker_ask(b))
			breaker_success(b);
	}
	is_int(once, 20, "of %d who ask at once, one has the probe, 20 times", MANY);
}

/* ---- the file ---- */

static bool is_there(void)
{
	return access(path, F_OK) == 0;
}

static void write_garbage(size_t n)
{
	static char garbage[50000];
	uint64_t seed = n;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	random_fill(&seed, garbage, n);
	if (fd == -1 || write_all(fd, garbage, n) == -1)
		abort();
	close(fd);
}

static bool opens_here(void)
{
	return breaker_open(dir) == 0 && opens(breaker_find("stt again"));
}

/* It is mapped, and cut off. */
static void test_cut(void)
{
	struct breaker *b = breaker_find("stt cut");

	ok(opens(b), "open");
	if (truncate(path, 100) == -1)
		abort();
	ok(breaker_ask(b), "a file that is cut off under our hands: a new one");
	is_int(view("stt cut").requests, 1, "with what is since");
	unlink(path);
	ok(opens(b) && is_there() && view("stt cut").opened == 1, "one that is removed, too");
	write_garbage(sizeof(struct breaker_file));
	ok(breaker_ask(b) && view("stt cut").requests == 1, "and one that is written over");
}

static void test_replaced(void)
{
	size_t sizes[] = {
		0, 1, 100, sizeof(struct breaker_file) - 1, sizeof(struct breaker_file), 50000};
	struct breaker_view v[4];
	int made = 0, one = 0;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		pid_t pid[MANY];

		unlink(path);
		write_garbage(sizes[i]);
		if (breaker_list(dir, v, ARRAY_LEN(v)) != -1 || errno != EILSEQ)
			continue;
		for (int k = 0; k < MANY; k++)
			if ((pid[k] = fork()) == 0)
				_exit(!(breaker_open(dir) == 0 &&
					breaker_ask(breaker_find("stt crowd"))));
		for (int k = 0; k < MANY; k++) {
			int status;

			waitpid(pid[k], &status, 0);
			made += status == 0;
		}
		one += view("stt crowd").requests == MANY;
	}
	is_int(made, 6 * MANY, "files that are cut off or garbage are replaced");
	is_int(one, 6, "by one that all have, also those who come at once");
	ok(in_child(opens_here) && view("stt again").state == BREAKER_OPEN, "and works");
}

static bool closed_after_boot(void)
{
	return breaker_open(dir) == 0 && breaker_ask(breaker_find("stt again"));
}

static void test_boot(void)
{
	struct breaker_file *f = outside();

	f->boot++;
	ok(view("stt again").state == BREAKER_CLOSED, "after a reboot what was open is closed");
	is_int(view("stt again").opened, 1, "and counted");
	f->boot--;
	ok(view("stt again").state == BREAKER_OPEN, "(so it was)");
	f->boot++;
	munmap(f, sizeof(*f));
	ok(in_child(closed_after_boot), "for who opens it");
	is_int(view("stt again").requests, 6, "which goes on counting");
}

static void test_room(void)
{
	char name[200];
	struct breaker *b = NULL;

	for (int i = 0; i < BREAKERS_MAX + 2; i++) {
		snprintf(name, sizeof(name), "room %d", i);
		b = breaker_find(name);
	}
	ok(b && opens(b), "more than there is room for: one's own");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	b = breaker_find(name);
	name[150] = 'y';
	ok(b && b != breaker_find(name), "long names that differ at the end are two");
}

static bool works_alone(void)
{
	return breaker_open(path) == -1 && errno == ENOTDIR && opens(breaker_find("stt alone"));
}

static bool works_without(void)
{
	return breaker_open(NULL) == 0 && breaker_open("") == 0 && opens(breaker_find("stt none"));
}

static bool no_file(void)
{
	return breaker_open(dir) == -1 && errno == EISDIR && opens(breaker_find("stt alone"));
}

int main(int argc, char **argv)
{
	struct breaker_view v[2];

	if (argc == 3)
		return use(argv[1], argv[2]);
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/breakers", dir);
	ok(in_child(works_without), "without a spool it is one's own");
	is_int(breaker_list(dir, v, 2), 0, "a spool without a file");
	ok(!is_there(), "has none made by looking");
	is_int(breaker_open(dir), 0, "it is made");
	test_states();
	test_probes();
	test_many();
	ok(in_child(works_alone), "no spool, but a file: an error, and one's own");
	test_room();
	test_cut();
	test_replaced();
	test_boot();
	unlink(path);
	if (mkdir(path, 0700) == -1)
		return 1;
	ok(in_child(no_file), "a folder in its place stays");
	rmdir(path);
	if (rmdir(dir) == -1)
		ok(false, "nothing is left in the spool: %s", strerror(errno));
	return done_testing();
}
