/* prompts: what a bot says, made ready beforehand: recorded files for the telephone, phrases for the cache. */
#include "prompts.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audio/level.h"
#include "base/log.h"
#include "base/opt.h"

#define GAIN_MAX_DB 40
#define NORM_MIN_DBOV (-40)
#define NORM_MAX_DBOV (-10)

static struct {
	const char *gain;
	const char *rate;
	bool force;
	bool transcribe;
	bool texts;
	const char *stt;
	const char *language;
	const char *speak;
	bool verify;
} set = {.gain = "0", .rate = "8000"};

static const struct opt_row rows[] = {
	{"gain", 'g', OPT_STR, "DB", NULL,
		"louder or softer, -40 to 40 dB; norm: speech at -22 dBov, or norm:DBOV",
		&set.gain},
	{"rate", 'r', OPT_CHOICE, "8000|16000", "CALLPIPE_RATE", "samples per second", &set.rate},
	{"force", 'f', OPT_FLAG, NULL, NULL, "make again what has not changed", &set.force},
	{"transcribe", 't', OPT_FLAG, NULL, NULL, "put down what they say, as stt hears it",
		&set.transcribe},
	{"texts", 0, OPT_FLAG, NULL, NULL,
		"take texts, too: NAME.txt is spoken by tts, or is the words of a recording beside it",
		&set.texts},
	{"stt", 0, OPT_STR, "NAME", "CALLPIPE_STT", "its engine", &set.stt},
	{"language", 'l', OPT_STR, "TAG", "CALLPIPE_LANGUAGE", "that they speak", &set.language},
	{"speak", 's', OPT_STR, "SCENARIO", NULL,
		"put the phrases of this scenario into the cache, by tts", &set.speak},
	{"verify", 0, OPT_FLAG, NULL, NULL, "with --speak: make none, exit 1 if one is missing",
		&set.verify},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] source ... folder, or prompts [options] --speak=SCENARIO",
	.purpose = "Make ready what a bot says: recorded prompts, and the phrases of a scenario.",
	.see = "agent(1), stt(1), tts(1), callpipe(7)",
};

static int misuse(const char *what)
{
	log_error("%s: see --help", what);
	return EXIT_USAGE;
}

/* The cache is tts's own, and so is the way to fill it. */
static int speak(char *const rest[])
{
	static char tts[] = "tts", verify[] = "--verify";
	char prime[PATH_MAX + 16], rate[32], language[64];
	char *argv[6] = {tts, prime, rate};
	int n = 3;

	if (*rest)
		return misuse("cannot use --speak with files");
	if (set.force || set.transcribe || set.texts || strcmp(set.gain, "0") != 0)
		return misuse("cannot use --gain, --force, --transcribe or --texts with --speak");
	if (snprintf(prime, sizeof(prime), "--prime=%s", set.speak) >= (int)sizeof(prime) ||
		(set.language &&
			snprintf(language, sizeof(language), "--language=%s", set.language) >=
				(int)sizeof(language)))
		return misuse("cannot use so long a name");
	snprintf(rate, sizeof(rate), "--rate=%s", set.rate);
	if (set.language)
		argv[n++] = language;
	if (set.verify)
		argv[n++] = verify;
	execvp(argv[0], argv);
	log_error_errno("cannot run 'tts'");
	return EXIT_SYSTEM;
}

/* "3", "+3", "-3", "norm", "norm:-26". */
static int gain_parse(const char *s, struct settings *ret)
{
	int64_t db;

	ret->norm = strncmp(s, "norm", 4) == 0;
	ret->norm_dbov = LEVEL_LINE_DBOV;
	if (strcmp(s, "norm") == 0)
		return 0;
	if (ret->norm ? s[4] != ':' || parse_int(s + 5, NORM_MIN_DBOV, NORM_MAX_DBOV, &db) < 0
		      : parse_int(*s == '+' ? s + 1 : s, -GAIN_MAX_DB, GAIN_MAX_DB, &db) < 0)
		return -1;
	*(ret->norm ? &ret->norm_dbov : &ret->gain_db) = (double)db;
	return 0;
}

static int make(char **operands)
{
	struct settings s = {
		.rate_hz = strcmp(set.rate, "16000") == 0 ? 16000 : 8000,
		.force = set.force,
		.transcribe = set.transcribe,
		.texts = set.texts,
		.stt = set.stt,
		.lang = set.language,
	};
	size_t n = 0;
	char *dest;

	if (set.verify)
		return misuse("cannot use --verify without --speak");
	if (gain_parse(set.gain, &s) < 0)
		return opt_refuse(&set.gain, "must be -40 to 40, norm, or norm:-40 to norm:-10");
	while (operands[n])
		n++;
	if (n == 0)
		return misuse("name what prompts are made of, and the folder they go to");
	dest = operands[n - 1];
	operands[n - 1] = NULL;
	return work_run(&s, operands, dest);
}

int main(int argc, char **argv)
{
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("prompts");
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of the file that meets it */
	signal(SIGPIPE, SIG_IGN);
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status != -1)
		return status;
	if (set.speak)
		return speak(argv + first);
	return opt_finish(make(argv + first));
}
