/* agent: decides what is said, heard and done in a call, as a scenario says.
 */
#include <stdio.h>

#include "base/log.h"
#include "base/opt.h"
#include "check.h"

static struct settings {
	bool check;
} set;

static const struct opt_row rows[] = {
	{"check", 'c', OPT_FLAG, NULL, NULL, "name every mistake of the scenarios given, and exit",
		&set.check},
	{0},
};

static const struct opt_page page = {
	.synopsis = "--check scenario ...",
	.purpose = "Check scenarios: what a service says, hears and decides.",
	.see = "agent(1), callpipe-scenario(5), callpipe-stream(5)",
};

int main(int argc, char **argv)
{
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("agent");
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status >= 0)
		return status;
	if (set.check && first == argc) {
		log_error("cannot check: no scenario is given: see --help");
		return EXIT_USAGE;
	}
	if (set.check)
		return opt_finish(check_scenarios(argv + first, argc - first));
	log_error("cannot run: --check is missing: see --help");
	return EXIT_USAGE;
}
