/* mp3batch: recordings of calls, and other sound files, become MP3, many at a time. */
#include <sched.h>
#include <stdio.h>

#include "base/log.h"
#include "base/opt.h"
#include "item.h"
#include "place.h"
#include "pool.h"

static const char *bitrate = "V5";
static const char *older = "0";
static int64_t workers;
static struct settings set = {.channels = 1};

static const struct opt_row rows[] = {
	{"bitrate", 'b', OPT_STR, "RATE", NULL,
		"V0 (best) to V9: as many bits as it needs; 128k: constant", &bitrate},
	{"workers", 'j', OPT_INT, "N", NULL,
		"files at a time; default: a quarter more than processors", &workers, 1, POOL_MAX},
	{"delete-raw", 0, OPT_FLAG, NULL, NULL,
		"remove what was encoded, once the MP3 was decoded and found to be a copy",
		&set.delete_raw},
	{"older-than", 0, OPT_STR, "AGE", NULL,
		"only what ended so long ago: 90s, 15m, 24h, 30d, 4w", &older},
	{"rate", 'r', OPT_INT, "HZ", NULL, "of .s16 and .raw outside of a call directory",
		&set.rate_hz, SOURCE_RATE_MIN_HZ, SOURCE_RATE_MAX_HZ},
	{"channels", 'c', OPT_INT, "N", NULL, "of .s16 and .raw", &set.channels, 1, 2},
	{"force", 'f', OPT_FLAG, NULL, NULL, "encode again what is encoded", &set.force},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] [call-directory | sound-file ...]",
	.purpose =
		"Encode recordings to MP3, several at a time, and remove them if asked and safe.",
	.see = "assemble(1), callpipe-calldir(5), callpipe(7)",
};

/* A quarter more than there are processors, and at least one: a worker whose MP3 is on its way to the disk computes
 * nothing, and that takes some milliseconds to the seventy of a minute of sound. */
static int64_t enough_workers(void)
{
	cpu_set_t cpus;
	int64_t n = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus) : 1;

	return min_i64(n + max_i64(1, n / 4), POOL_MAX);
}

static int check_options(void)
{
	if (encode_parse(bitrate, &set.want) == -1) {
		log_error("cannot use --bitrate '%s': must be V0 to V9, or 8k to 320k", bitrate);
		return EXIT_USAGE;
	}
	if (parse_age(older, &set.older_s) == -1) {
		log_error("cannot use --older-than '%s': must be a number and s, m, h, d or w",
			older);
		return EXIT_USAGE;
	}
	if (!workers)
		workers = enough_workers();
	return 0;
}

static int work(const char *path)
{
	return item_work(&set, path);
}

int main(int argc, char **argv)
{
	const struct batch_page items = {.one = "recording",
		.many = "recordings",
		.suffixes = place_suffixes,
		.calls = true};
	struct batch *b;
	int first, code, err;

	if (ensure_std_fds() == -1)
		return EXIT_SYSTEM;
	log_init("mp3batch");
	code = opt_parse(&page, rows, argc, argv, &first);
	if (code != -1)
		return code;
	code = check_options();
	if (code)
		return code;
	code = batch_open(&items, argv + first, &b);
	if (code)
		return code;
	err = pool_run(b, (int)workers, work);
	code = batch_close(b);
	return opt_finish(err ? err : code);
}
