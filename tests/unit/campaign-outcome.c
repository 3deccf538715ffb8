/* campaign: outcome: what a disk that was full for a moment leaves in the file. */
#include "outcome.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tap.h"

static char dir[] = "outcome.XXXXXX";

static void limit(rlim_t bytes)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_FSIZE, &r) == -1)
		abort();
	r.rlim_cur = bytes;
	if (setrlimit(RLIMIT_FSIZE, &r) == -1)
		abort();
}

int main(void)
{
	const struct outcome o = {
		.kind = OUTCOME_LOST, .call = "0b5c3a52", .node = "node", .why = "nobody knows"};
	static const char line[] = "[\"lost\",\"0b5c3a52\",\"node\",\"nobody knows\",null,null]\n";
	char path[PATH_MAX], want[3 * sizeof(line)], *text = NULL;
	struct outcomes *f;
	size_t n;

	signal(SIGXFSZ, SIG_IGN);
	if (!mkdtemp(dir) || outcomes_open(dir, "node", &f) < 0)
		return 1;
	snprintf(path, sizeof(path), "%s/campaign/node.outcomes", dir);
	is_int(outcomes_keep(f, &o), 0, "one is kept");
	limit(sizeof(line) + 9);
	errno = 0;
	is_int(outcomes_keep(f, &o), -1, "one has no room");
	is_int(errno, EFBIG, "and why is told");
	limit(RLIM_INFINITY);
	is_int(outcomes_keep(f, &o), 0, "it is kept later");
	snprintf(want, sizeof(want), "%s%s", line, line);
	if (read_file(path, 1 << 20, &text, &n) < 0)
		return 1;
	is_str(text, want, "no half of a line is between them");
	free(text);
	outcomes_told(f);
	outcomes_told(f);
	outcomes_close(f);
	ok(access(path, F_OK) == -1, "what was told is removed");
	snprintf(path, sizeof(path), "%s/campaign", dir);
	rmdir(path);
	rmdir(dir);
	return done_testing();
}
