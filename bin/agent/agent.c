/* agent: decides what is said, heard and done in a call, as a scenario says.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"
#include "check.h"
#include "live.h"
#include "probe.h"
#include "shell.h"
#include "stream/price.h"
#include "text.h"
#include "tool.h"

static struct settings {
	const char *scenario;
	bool check, text;
	const char *spool;
	int64_t session_ttl_s;
	const char *session_key_file;
	const char *replay;
	const char *models;
	const char *prices;
	bool probe;
	const char *tool;
	struct tool_settings tools;
	struct http_settings http;
} set = {.session_ttl_s = 1800, .tools = {.connections = 20}};

static const struct opt_row rows[] = {
	{"scenario", 's', OPT_STR, "FILE", "CALLPIPE_SCENARIO", "what is said, heard and done",
		&set.scenario},
	{"sounds", 0, OPT_STR, "DIR", "CALLPIPE_SOUNDS",
		"phrases are the recordings of this folder, as prompts makes it",
		&agent_options.sounds},
	{"check", 'c', OPT_FLAG, NULL, NULL,
		"name every mistake of the scenarios, tools or models given, and exit", &set.check},
	{"text", 't', OPT_FLAG, NULL, NULL, "talk on the terminal, or run the dialogues given",
		&set.text},
	{"spool", 0, OPT_STR, "DIR", "CALLPIPE_SPOOL",
		"where sessions and breakers of providers are; without: nowhere", &set.spool},
	{"session-ttl", 0, OPT_INT, "S", "CALLPIPE_SESSION_TTL",
		"how long a call that was cut off can be gone on with", &set.session_ttl_s, 0,
		604800},
	{"session-key-file", 0, OPT_STR, "FILE", "CALLPIPE_SESSION_KEY_FILE",
		"secret that sessions are named with; made in the spool if not given",
		&set.session_key_file},
	{"models", 0, OPT_STR, "FILE", "CALLPIPE_MODELS", "the language models that are asked",
		&set.models},
	{"replay", 0, OPT_STR, "DIR", NULL,
		"run no tool, ask no model: what came from outside is taken from this recorded call",
		&set.replay},
	{"probe", 0, OPT_FLAG, NULL, NULL,
		"ask each model for a sentence, show what it answers, and exit", &set.probe},
	{"tool", 0, OPT_STR, "FILE", NULL, "run one tool of this file, or scenario: NAME [JSON]",
		&set.tool},
	{"sql-connections", 0, OPT_INT, "N", "CALLPIPE_SQL_CONNECTIONS",
		"connections of all calls to a database at a time", &set.tools.connections, 1,
		1000},
	PRICE_OPTION(set.prices),
	HTTP_OPTIONS(set.http),
	{0},
};

static const struct opt_page page = {
	.synopsis =
		"[options] | --check file ... | --text [dialogue ...] | --tool=FILE name [json] | --probe",
	.purpose = "Lead the dialogue of a call as a scenario says.",
	.see = "agent(1), callpipe-scenario(5), callpipe-tools(5), callpipe-stream(5)",
};

/* The scenario that was loaded last, and its path. */
static struct scenario *loaded;
static char *loaded_path;

static void unload(void)
{
	scenario_free(loaded);
	free(loaded_path);
	loaded = NULL;
	loaded_path = NULL;
}

static const struct scenario *load(const char *path)
{
	struct scenario_mistakes mistakes;

	if (loaded && strcmp(loaded_path, path) == 0)
		return loaded;
	unload();
	if (scenario_load(path, &agent_options, &loaded, &mistakes) < 0)
		loaded = NULL;
	check_tell(&mistakes);
	loaded_path = strdup(path);
	if (!loaded_path)
		unload();
	return loaded;
}

static struct models *models;

/* The models, if any are given. */
static int load_models(void)
{
	if (!set.models || !*set.models)
		return EXIT_OK;
	return check_load_models(set.models, &models) < 0 ? EXIT_CONFIG : EXIT_OK;
}

static int run_text(char *const *files, int n)
{
	const struct scenario *sc;

	signal(SIGPIPE, SIG_IGN);
	if (n > 0)
		return opt_finish(text_check(files, n, set.scenario, models, load));
	if (!set.scenario) {
		log_error("cannot talk: no scenario is given: see --help");
		return EXIT_USAGE;
	}
	sc = load(set.scenario);
	return sc ? opt_finish(text_talk(sc, models)) : EXIT_CONFIG;
}

static int run_live(void)
{
	struct live_settings live = {
		.dir = getenv("CALLPIPE_DIR"),
		.spool = set.spool,
		.key_file = set.session_key_file,
		.session_ttl_s = set.session_ttl_s,
		.replay = set.replay,
		.models = models,
	};
	const struct scenario *sc;
	char why[PRICE_WHY_MAX];
	int status;

	if (!set.scenario) {
		log_error("cannot run: no scenario is given: see --help");
		return EXIT_USAGE;
	}
	if (price_open(set.prices, &live.price, why) < 0)
		return opt_refuse(&set.prices, "%s", why);
	sc = load(set.scenario);
	status = sc ? live_run(sc, &live) : EXIT_CONFIG;
	price_close(live.price);
	return status;
}

/* What tools are run with. */
static void set_tools(void)
{
	set.tools.spool = set.spool;
	tool_set(&set.tools);
	http_set(&set.http);
}

static int run_tool(char *const *words, int n)
{
	if (n != 1 && n != 2) {
		log_error(
			"cannot run a tool: its name, and perhaps arguments, are wanted: see --help");
		return EXIT_USAGE;
	}
	return opt_finish(shell_tool(set.tool, words[0], words[1]));
}

static int run_probe(char *const *rest)
{
	int status = opt_no_operands(rest);

	if (status != -1)
		return status;
	if (!set.models) {
		log_error("cannot probe: no models are given: see --help");
		return EXIT_USAGE;
	}
	return opt_finish(probe_models(set.models));
}

int main(int argc, char **argv)
{
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("agent");
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status >= 0)
		return status;
	if (agent_options.sounds && !*agent_options.sounds)
		agent_options.sounds = NULL;
	if (set.check && first == argc) {
		log_error("cannot check: no file is given: see --help");
		return EXIT_USAGE;
	}
	if (set.check)
		return opt_finish(check_files(argv + first, argc - first));
	set_tools();
	if (set.probe)
		return run_probe(argv + first);
	if (set.tool)
		return run_tool(argv + first, argc - first);
	status = load_models();
	if (status == EXIT_OK && set.text)
		status = run_text(argv + first, argc - first);
	else if (status == EXIT_OK && (status = opt_no_operands(argv + first)) == -1)
		status = run_live();
	unload();
	models_free(models);
	return status;
}
