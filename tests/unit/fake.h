/* fake: a server of tests/fake beside a test in C: it prints its port, and ends when its stdin does.
 */
#ifndef CALLPIPE_TESTS_FAKE_H
#define CALLPIPE_TESTS_FAKE_H

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAKE_PORT_MAX 16

/* argument: of the program. *ret_in: its stdin. */
static inline pid_t fake_start(
	const char *program, const char *argument, char port[FAKE_PORT_MAX], int *ret_in)
{
	int in[2], out[2];
	pid_t pid;

	signal(SIGPIPE, SIG_IGN);
	memset(port, 0, FAKE_PORT_MAX);
	if (pipe(in) < 0 || pipe(out) < 0)
		abort();
	pid = fork();
	if (pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		execlp("python3", "python3", program, argument, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	if (pid < 0 || read(out[0], port, FAKE_PORT_MAX - 1) <= 0)
		abort();
	close(out[0]);
	port[strcspn(port, "\n")] = '\0';
	*ret_in = in[1];
	return pid;
}

static inline void fake_stop(pid_t pid, int in)
{
	close(in);
	waitpid(pid, NULL, 0);
}

#endif
