/* A line of progress: on a terminal alone, and gone before a message. */
#include "base/progress.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "tap.h"

/* What a process of its own writes to stderr, without carriage returns that a terminal adds. */
static const char *written(int to, int from, void (*work)(void))
{
	static char got[512];
	ssize_t n;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(to, STDERR_FILENO);
		log_init("t");
		work();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	n = read(from, got, sizeof(got) - 1);
	got[n > 0 ? n : 0] = '\0';
	return got;
}

static void draw(void)
{
	bool due = progress_due();

	progress_show("%d rows", 5);
	if (due && !progress_due())
		progress_show("6 rows");
	log_warn("line %d", 7);
	progress_wipe();
	progress_show("8 rows");
	progress_wipe();
}

int main(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), slave = -1, ends[2];

	if (master != -1 && grantpt(master) == 0 && unlockpt(master) == 0)
		slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	ok(slave != -1, "there is a terminal");
	is_str(written(slave, master, draw),
		"\r\033[Kt: 5 rows\r\033[Kt: 6 rows\r\033[Kt: line 7\r\n\r\033[Kt: 8 rows\r\033[K",
		"it is drawn over itself, and wiped once, before a message or when told to");
	ok(pipe2(ends, O_NONBLOCK) == 0, "there is a pipe");
	is_str(written(ends[1], ends[0], draw), "t: line 7\n",
		"elsewhere there are messages alone");
	return done_testing();
}
