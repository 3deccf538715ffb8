#include "shell.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "check.h"
#include "tool.h"

struct outcome {
	struct loop *loop;
	const char *name; /* of the tool */
	int status;       /* exit code; -1: not yet */
};

static enum exit_code exit_of(const struct tool_end *end)
{
	if (end->status == TOOL_OK)
		return EXIT_OK;
	switch (end->fault) {
	case TOOL_ARGUMENTS:
		return EXIT_DATA;
	case TOOL_BUSY:
		return EXIT_TRY_AGAIN;
	case TOOL_SETTINGS:
		return EXIT_CONFIG;
	default:
		return EXIT_REFUSED;
	}
}

/* Why it failed has been logged. */
static void done(void *ctx, const struct tool_end *end)
{
	struct outcome *o = ctx;

	o->status = exit_of(end);
	if (end->status == TOOL_OK) {
		json_dumpf(end->result, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
		putchar('\n');
		if (end->more)
			log_warn("tool '%s': there are more rows than it may answer with", o->name);
	}
	loop_stop(o->loop);
}

static int run(const struct scenario_tool *tool, json_t *arguments)
{
	struct loop loop;
	struct tool_runner tools;
	struct outcome o = {.loop = &loop, .name = tool->name, .status = -1};
	char key[80];
	int status;

	snprintf(key, sizeof(key), "shell.%lld.%d.t1", (long long)time(NULL), (int)getpid());
	loop_init(&loop);
	tool_init(&tools, &loop, done, &o);
	if (tool_start(&tools, &(struct tool_spec){.id = "t1", .key = key, .tool = tool},
		    arguments) < 0) {
		log_error_errno("cannot run the tool '%s'", tool->name);
		o.status = EXIT_REFUSED;
	}
	/* one with an effect whose time is up is still waited for */
	status = o.status;
	while (tool_running(&tools)) {
		loop.stopped = false;
		if (loop_run(&loop) < 0)
			break;
		status = o.status;
	}
	tool_free(&tools);
	loop_free(&loop);
	return status < 0 ? EXIT_SYSTEM : status;
}

static int check_and_run(const struct scenario_tool *tool, const char *text)
{
	json_error_t err;
	json_t *given = json_loads(text ? text : "{}", JSON_REJECT_DUPLICATES, &err), *arguments;
	char why[TOOL_WHY_MAX];
	int status = EXIT_DATA;

	if (!given) {
		log_error("the arguments are no JSON object: %s", err.text);
	} else if (scenario_arguments(tool, given, &arguments, why, sizeof(why)) < 0) {
		log_error("tool '%s': %s", tool->name, why);
	} else {
		status = run(tool, arguments);
		json_decref(arguments);
	}
	json_decref(given);
	return status;
}

int shell_tool(const char *file, const char *name, const char *arguments)
{
	struct scenario_mistakes mistakes;
	const struct scenario_tool *tool;
	struct scenario *sc;
	int status = EXIT_USAGE,
	    rc = scenario_is_tools(file) ? scenario_tools_load(file, &sc, &mistakes)
					 : scenario_load(file, &agent_options, &sc, &mistakes);

	check_tell(&mistakes);
	if (rc < 0)
		return EXIT_CONFIG;
	signal(SIGPIPE, SIG_IGN);
	tool_reserve_secrets(sc);
	tool = scenario_tool_find(sc, name);
	if (tool)
		status = check_and_run(tool, arguments);
	else
		log_error("no tool is called '%s' in '%s'", name, file);
	scenario_free(sc);
	return status;
}
