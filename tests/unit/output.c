/* output: whole or not at all, and what crashes leave behind. */
#include "record/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

static int dirfd_of(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static const char *content(int dir, const char *name)
{
	static char buf[64];
	int fd = openat(dir, name, O_RDONLY);
	ssize_t n = fd == -1 ? -1 : read(fd, buf, sizeof(buf) - 1);

	close(fd);
	if (n < 0)
		return NULL;
	buf[n] = '\0';
	return buf;
}

/* A process that is killed while it writes. */
static void crash(int dir, const char *name)
{
	struct output o;
	pid_t pid = fork();

	if (pid == 0) {
		if (output_open(&o, dir, name) || write_all(o.fd, "half", 4))
			_exit(1);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static int parts(int dir)
{
	char cmd[128];
	int n = 0;
	FILE *p;

	snprintf(cmd, sizeof(cmd), "ls -A /proc/%d/fd/%d/ | grep -c part$", (int)getpid(), dir);
	p = popen(cmd, "r");
	if (!p || fscanf(p, "%d", &n) != 1)
		abort();
	pclose(p);
	return n;
}

int main(void)
{
	char path[] = "/tmp/callpipe-output-XXXXXX", cmd[160];
	struct output o, other;
	int dir;

	if (!mkdtemp(path) || (dir = dirfd_of(path)) == -1)
		return 1;
	is_int(output_write(dir, "x.txt", "old", 3), 0, "a file is written");
	is_int(output_open(&o, dir, "x.txt"), 0, "it is to be replaced");
	is_int(output_open(&other, dir, "x.txt"), 0, "by two at once");
	is_int(write_all(o.fd, "new", 3) | write_all(other.fd, "third", 5), 0, "both write");
	is_str(content(dir, "x.txt"), "old", "until then the old one is there");
	is_int(output_commit(&o), 0, "the first is there");
	is_str(content(dir, "x.txt"), "new", "whole");
	output_drop(&o);
	is_str(content(dir, "x.txt"), "new", "to drop it then is harmless");
	output_drop(&other);
	is_int(parts(dir), 0, "what is dropped leaves nothing");
	is_int(output_open(&o, dir, "a/b"), -1, "no slash in a name");
	is_int(output_open(&o, dir, "gone"), 0, "a folder that goes away");
	output_drop(&o);

	crash(dir, "y");
	is_int(parts(dir), 1, "a crash leaves a part");
	is_int(output_open(&o, dir, "z"), 0, "who makes another file");
	is_int(parts(dir), 2, "does not remove it");
	output_drop(&o);
	is_int(output_open(&other, dir, "y"), 0, "who makes the same file");
	is_int(parts(dir), 1, "removes it");
	is_int(output_open(&o, dir, "y"), 0, "another");
	is_int(parts(dir), 2, "but not one that is being written, however slowly");
	output_drop(&o);
	output_drop(&other);
	close(dir);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", path);
	return system(cmd) != 0 || done_testing();
}
