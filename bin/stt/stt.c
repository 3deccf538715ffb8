/* stt: speech to text: a filter of a call's stream, or of sound files. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"
#include "call.h"
#include "files.h"
#include "hints.h"
#include "probe.h"
#include "replay.h"
#include "stream/price.h"

static struct settings set = {
	.engine = "pocketsphinx",
	.language = "en",
	.wait = "auto",
	.timeout_ms = 10000,
	.max_s = 30,
	.reject_percent = 25,
	.format = "auto",
	.stream = "auto",
};
static const char *dir, *rate = "8000", *phrases, *replay;
static int64_t digits = HINTS_NO_DIGITS;
static bool file, json, probe;

static const struct opt_row rows[] = {
	{"engine", 'e', OPT_STR, "NAME", "CALLPIPE_STT",
		"pocketsphinx, command, deepgram, openai or none", &set.engine},
	{"command", 'c', OPT_STR, "COMMAND", "CALLPIPE_STT_COMMAND",
		"program of the engine command", &set.command},
	{"model", 'm', OPT_STR, "MODEL", "CALLPIPE_STT_MODEL",
		"of deepgram, openai: its name; of pocketsphinx: its folder", &set.model},
	{"url", 'u', OPT_STR, "URL", "CALLPIPE_STT_URL", "where deepgram or openai is", &set.url},
	{"format", 0, OPT_CHOICE, "auto|json|verbose_json", "CALLPIPE_STT_FORMAT",
		"what openai answers", &set.format},
	{"stream", 0, OPT_CHOICE, "auto|yes|no", "CALLPIPE_STT_STREAM",
		"words of openai as it finds them", &set.stream},
	{"temperature", 0, OPT_STR, "0..1", "CALLPIPE_STT_TEMPERATURE", "of the model of openai",
		&set.temperature},
	{"parameters", 0, OPT_STR, "QUERY", "CALLPIPE_STT_PARAMETERS",
		"more to ask deepgram for, as in a URL", &set.parameters},
	{"language", 'l', OPT_STR, "TAG", "CALLPIPE_LANGUAGE", "expected if a listen does not say",
		&set.language},
	{"timeout", 't', OPT_INT, "MS", "CALLPIPE_STT_TIMEOUT", "for the transcript of one turn",
		&set.timeout_ms, 100, 600000},
	{"max", 0, OPT_INT, "S", "CALLPIPE_STT_MAX", "longest turn, more is cut off", &set.max_s, 1,
		120},
	{"reject", 0, OPT_INT, "PERCENT", "CALLPIPE_STT_REJECT", "less confidence is no words",
		&set.reject_percent, 0, 100},
	{"corrections", 0, OPT_STR, "FILE", "CALLPIPE_STT_CORRECTIONS",
		"what is written, and what was said", &set.corrections},
	PRICE_OPTION(set.prices),
	{"wait", 'w', OPT_CHOICE, "auto|yes|no", "CALLPIPE_STT_WAIT",
		"hold the stream while a turn is recognised", &set.wait},
	{"spool", 0, OPT_STR, "DIR", "CALLPIPE_SPOOL",
		"where breakers of providers are; without: nowhere", &set.spool},
	HTTP_OPTIONS(set.http),
	{"dir", 'd', OPT_STR, "DIR", "CALLPIPE_DIR", "call directory, for hints_ref", &dir},
	{"replay", 0, OPT_STR, "DIR", NULL,
		"ask nobody: transcripts are taken from this recorded call", &replay},
	{"probe", 0, OPT_FLAG, NULL, NULL, "ask the service once, show what it answers, and exit",
		&probe},
	{"file", 'f', OPT_FLAG, NULL, NULL, "recognise sound files", &file},
	{"hints", 0, OPT_STR, "PHRASES", NULL, "with --file: what may be heard, parted by '|'",
		&phrases},
	{"digits", 0, OPT_INT, "N", NULL, "with --file: N digits may be heard, 0: any number",
		&digits, 0, HINTS_DIGITS_MAX},
	{"rate", 'r', OPT_CHOICE, "8000|16000", "CALLPIPE_RATE",
		"with --file: bring them to this rate first", &rate},
	{"json", 'j', OPT_FLAG, NULL, NULL, "with --file: write JSON", &json},
	{0},
};

static const struct opt_page page = {
	.synopsis =
		"[options] <stream >stream, or stt [options] --file file ..., or stt [options] --probe [file]",
	.purpose = "Make words of what the caller says.",
	.see = "callpipe(7), callpipe-stream(5), vad(1), agent(1)",
};

static int misuse(const char *what, const char *why)
{
	log_error("cannot use '%s': %s", what, why);
	return EXIT_USAGE;
}

static int run_files(const struct engine *engine, char **paths)
{
	struct files files = {.path = paths, .rate_hz = atoi(rate), .json = json};
	char *hints;
	int status;

	if (!*paths)
		return misuse("--file", "no file is named: see --help");
	if (hints_json(phrases, (int)digits, &hints) < 0 && (phrases || digits != HINTS_NO_DIGITS))
		return misuse("--hints", "they are too long");
	files.hints = hints;
	status = files_run(&set, engine, &files);
	free(hints);
	return status;
}

int main(int argc, char **argv)
{
	const struct engine *engine;
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("stt");
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status != -1)
		return status;
	engine = engine_find(set.engine);
	if (!engine)
		return opt_refuse(
			&set.engine, "there are pocketsphinx, command, deepgram, openai and none");
	signal(SIGPIPE, SIG_IGN);
	if (replay && (probe || file))
		return misuse("--replay", "it is for a stream: see --help");
	if (probe && file)
		return misuse("--file", "--probe takes its file without it");
	if (!file && (phrases || json || digits != HINTS_NO_DIGITS))
		return misuse(phrases  ? "--hints"
				: json ? "--json"
				       : "--digits",
			"it is for --file: see --help");
	if (probe && argv[first] && argv[first + 1])
		return misuse(argv[first + 1], "--probe takes one file");
	if (probe)
		return probe_run(&set, engine, argv[first], atoi(rate));
	if (file)
		return run_files(engine, argv + first);
	if (argv[first])
		return misuse(argv[first], "files need --file: see --help");
	return replay ? replay_run(replay) : call_run(&set, engine, dir);
}
