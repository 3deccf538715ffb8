/* tts: what is to be said becomes sound: sentence by sentence, from the cache or an engine. */
#include "tts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/opt.h"

static struct settings {
	const char *engine;
	const char *command;
	const char *language;
	const char *voice;
	const char *voices;
	const char *url;
	const char *model;
	const char *format;
	const char *instructions;
	const char *speed;
	const char *parameters;
	const char *prices;
	struct http_settings http;
	const char *spool;
	const char *rate;
	int64_t raw_hz;
	int64_t gain_db;
	int64_t timeout_ms;
	int64_t jobs;
	const char *cache;
	int64_t cache_mb;
	int64_t cache_days;
	bool offline;
	const char *say;
	const char *output;
	const char *prime;
	bool verify;
	bool probe;
} set = {
	.engine = "command",
	.command = "espeak-ng --stdin --stdout -b 1 -v {voice}",
	.language = "en",
	.rate = "8000",
	.timeout_ms = 5000,
	.jobs = 2,
	.cache_mb = 500,
	.cache_days = 30,
};

static const struct opt_row rows[] = {
	{"engine", 'e', OPT_STR, "LIST", "CALLPIPE_TTS",
		"what says a text: command, deepgram, elevenlabs, none, openai, piper; the next one what one cannot",
		&set.engine},
	{"command", 'c', OPT_STR, "COMMAND", "CALLPIPE_TTS_COMMAND",
		"program of the engine command: text on stdin, sound on stdout", &set.command},
	{"raw-rate", 0, OPT_INT, "HZ", "CALLPIPE_TTS_RAW_RATE",
		"it writes 16 bit samples of this rate; 0: WAV", &set.raw_hz, 0, 192000},
	{"language", 'l', OPT_STR, "TAG", "CALLPIPE_LANGUAGE", "of a text that does not say it",
		&set.language},
	{"voice", 'v', OPT_STR, "NAME", "CALLPIPE_TTS_VOICE", "for every language", &set.voice},
	{"voices", 0, OPT_STR, "LIST", "CALLPIPE_TTS_VOICES", "by language: 'en=en-us fr=fr-be'",
		&set.voices},
	{"url", 'u', OPT_STR, "URL", "CALLPIPE_TTS_URL", "of a service; default its vendor's own",
		&set.url},
	{"model", 'm', OPT_STR, "NAME", "CALLPIPE_TTS_MODEL", "of a service", &set.model},
	{"format", 0, OPT_STR, "NAME", "CALLPIPE_TTS_FORMAT",
		"of its sound: wav, pcm, ulaw, alaw, as it has them; with a rate: pcm_24000",
		&set.format},
	{"instructions", 0, OPT_STR, "TEXT", "CALLPIPE_TTS_INSTRUCTIONS",
		"how it is to speak, if it can be told", &set.instructions},
	{"speed", 0, OPT_STR, "FACTOR", "CALLPIPE_TTS_SPEED", "of a service: 1.1 is faster",
		&set.speed},
	{"parameters", 0, OPT_STR, "JSON", "CALLPIPE_TTS_PARAMETERS",
		"what else a service is told: '{\"piper\":{\"speaker_id\":1}}'", &set.parameters},
	PRICE_OPTION(set.prices),
	{"spool", 0, OPT_STR, "DIR", "CALLPIPE_SPOOL",
		"where cache and breakers of providers are; without: nowhere", &set.spool},
	HTTP_OPTIONS(set.http),
	{"gain", 'g', OPT_INT, "DB", "CALLPIPE_TTS_GAIN", "louder or softer; files are as they are",
		&set.gain_db, -40, 40},
	{"rate", 'r', OPT_CHOICE, "8000|16000", "CALLPIPE_RATE",
		"samples per second, where call-start does not say it", &set.rate},
	{"timeout", 't', OPT_INT, "MS", "CALLPIPE_TTS_TIMEOUT",
		"an engine that writes nothing for so long has failed", &set.timeout_ms, 100,
		60000},
	{"jobs", 'j', OPT_INT, "N", "CALLPIPE_TTS_JOBS", "sentences made at a time", &set.jobs, 1,
		16},
	{"cache", 'C', OPT_STR, "DIR", "CALLPIPE_CACHE",
		"folder of phrases that were made; default $CALLPIPE_SPOOL/cache", &set.cache},
	{"cache-max", 0, OPT_INT, "MB", "CALLPIPE_CACHE_MAX", "its size", &set.cache_mb, 1,
		1000000},
	{"cache-days", 0, OPT_INT, "DAYS", "CALLPIPE_CACHE_DAYS",
		"what was not used for so long is removed; 0: nothing is", &set.cache_days, 0,
		10000},
	{"offline", 0, OPT_FLAG, NULL, "CALLPIPE_TTS_OFFLINE",
		"a recorded stream: read on when all is said, the same bytes each time",
		&set.offline},
	{"say", 's', OPT_STR, "TEXT", NULL, "say this and exit", &set.say},
	{"output", 'o', OPT_STR, "FILE", NULL, "where to, as WAV; default stdout", &set.output},
	{"prime", 'p', OPT_STR, "SCENARIO", NULL, "put its phrases into the cache and exit",
		&set.prime},
	{"verify", 0, OPT_FLAG, NULL, NULL, "with --prime: make none, exit 1 if one is missing",
		&set.verify},
	{"probe", 0, OPT_FLAG, NULL, NULL,
		"ask each service for a word, show what it answers, and exit", &set.probe},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options]",
	.purpose = "Make sound of what a call's agent says, sentence by sentence.",
	.see = "tts(1), callpipe(7), callpipe-stream(5)",
};

static int cache_open(struct tts *t)
{
	char dir[PATH_MAX] = "";

	if (!set.cache && set.spool && *set.spool && format_path(dir, "%s/cache", set.spool) < 0)
		return -1;
	return cache_init(&t->cache, set.cache ? set.cache : dir);
}

static int read_speed(double *ret)
{
	char *end;

	*ret = 0;
	if (!set.speed)
		return EXIT_OK;
	*ret = strtod(set.speed, &end);
	if (end == set.speed || *end || !(*ret >= 0.1 && *ret <= 10))
		return opt_refuse(&set.speed, "it is no number of 0.1 to 10");
	return EXIT_OK;
}

/* An object for each engine that is named. */
static int read_parameters(json_t **ret)
{
	json_error_t error;
	json_t *object = NULL, *of_engine;
	const char *name;

	*ret = NULL;
	if (!set.parameters)
		return EXIT_OK;
	*ret = object = json_loads(set.parameters, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(object))
		return opt_refuse(&set.parameters, "it is no object of JSON");
	json_object_foreach(object, name, of_engine) {
		if (!engine_find(name) || !engine_find(name)->vendor || !json_is_object(of_engine))
			return opt_refuse(&set.parameters,
				"'%s' is not the name of a service, with an object", name);
	}
	return EXIT_OK;
}

/* What services are asked with. */
static int services_take(struct tts *t)
{
	char why[HTTP_WHY_MAX];
	int status;

	http_set(&set.http);
	t->voice.url = set.url;
	t->voice.model = set.model;
	t->voice.format = set.format;
	t->voice.instructions = set.instructions;
	status = read_speed(&t->voice.speed);
	if (status == EXIT_OK)
		status = read_parameters(&t->voice.parameters);
	if (status != EXIT_OK)
		return status;
	status = network_open(&t->network, &t->voice, t->engines, why);
	if (status != EXIT_OK)
		log_error("%s", why);
	else if (t->network.n > 0 && breaker_open(set.spool) < 0)
		log_warn_errno("cannot share the state of services in '%s'", set.spool);
	return status;
}

/* 0, or an exit code after a message. */
static int settings_take(struct tts *t)
{
	char why[PRICE_WHY_MAX];

	*t = (struct tts){
		.voice = {.rate_hz = atoi(set.rate), /* one of the words of its row */
			.command = set.command,
			.name = set.voice ? set.voice : "",
			.table = set.voices ? set.voices : "",
			.raw_hz = (int)set.raw_hz,
			.gain_db = (double)set.gain_db,
			.timeout_ms = set.timeout_ms},
		.language = set.language,
		.jobs = (size_t)set.jobs,
		.offline = set.offline,
		.cache_bytes = set.cache_mb << 20,
		.cache_days = set.cache_days,
	};
	if (engine_list(set.engine, t->engines) < 0)
		return opt_refuse(&set.engine, "there are %s", engine_names());
	t->voice.first = t->engines[0];
	if (price_open(set.prices, &t->price, why) < 0)
		return opt_refuse(&set.prices, "%s", why);
	if (set.raw_hz && set.raw_hz < 8000)
		return opt_refuse(&set.raw_hz, "it is not within 8000 to 192000");
	if (cache_open(t) < 0) {
		log_error_errno("cannot use the cache");
		return EXIT_CONFIG;
	}
	return services_take(t);
}

static int misuse(const char *what)
{
	log_error("%s: see --help", what);
	return EXIT_USAGE;
}

static int run(struct tts *t)
{
	if (set.say && set.prime)
		return misuse("cannot use --say with --prime");
	if (set.probe && (set.say || set.prime))
		return misuse("cannot use --probe with --say or --prime");
	if (set.output && !set.say)
		return misuse("cannot use --output without --say");
	if (set.verify && !set.prime)
		return misuse("cannot use --verify without --prime");
	if (set.probe)
		return opt_finish(tts_probe(t));
	if (set.prime)
		return opt_finish(tts_prime(t, set.prime, set.verify));
	if (!set.say)
		return tts_filter(t);
	if (!set.output && isatty(STDOUT_FILENO))
		return misuse("cannot write sound to a terminal without --output");
	return tts_say(t, set.say, set.output);
}

int main(int argc, char **argv)
{
	static struct tts t;
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("tts");
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of the file that meets it */
	signal(SIGPIPE, SIG_IGN); /* a program that does not read its text has its exit code */
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status == -1)
		status = opt_no_operands(argv + first);
	if (status != -1)
		return status;
	status = settings_take(&t);
	if (status == EXIT_OK)
		status = run(&t);
	network_close(&t.network);
	price_close(t.price);
	json_decref(t.voice.parameters);
	if (cache_tidy(&t.cache, t.cache_bytes, t.cache_days) < 0)
		log_warn_errno("cannot tidy up '%s'", t.cache.dir);
	return status;
}
