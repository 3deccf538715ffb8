/* report: a call as a page that one can look at, and listen to. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"
#include "page.h"
#include "record/batch.h"
#include "record/each.h"
#include "record/output.h"

#define FILE_NAME "report.html"
#define PAGE_MAX ((size_t)1 << 30) /* bytes of a page: an hour with its sound is 150 MB */

static struct settings {
	const char *audio;
	bool write, force;
} set = {.audio = "embed"};

static const struct opt_row rows[] = {
	{"audio", 'a', OPT_CHOICE, "embed|link|none", NULL,
		"the sound: in the page, beside it, or not at all", &set.audio},
	{"write", 'w', OPT_FLAG, NULL, NULL, "leave report.html in each call directory",
		&set.write},
	{"force", 'f', OPT_FLAG, NULL, NULL, "with --write: also those that have one", &set.force},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] call-directory >call.html, or report --write [call-directory ...]",
	.purpose =
		"Show a call as one HTML page: both waveforms, the talk, tools, latencies, the sound.",
	.see = "callpipe(7), callpipe-calldir(5), assemble(1), score(1)",
};

static int put(const struct kept *k, const struct dynbuf *b)
{
	if (!set.write)
		return fwrite(b->p, 1, b->n, stdout) == b->n ? 0 : EXIT_IO;
	if (output_write(k->fd, FILE_NAME, b->p, b->n) == 0)
		return 0;
	log_error_errno("cannot write '%s/" FILE_NAME "'", k->path);
	return EXIT_IO;
}

static int report(const struct kept *k, void *ctx)
{
	static const char *const sources[] = {
		"events.jsonl", "recording.mp3", "recording.wav", NULL};
	enum page_audio audio = strcmp(set.audio, "embed") == 0 ? PAGE_EMBED
		: strcmp(set.audio, "link") == 0                ? PAGE_LINK
								: PAGE_NONE;
	struct dynbuf b;
	struct story s;
	int code;

	if (set.write && !set.force && kept_fresh(k, FILE_NAME, sources))
		return BATCH_SKIPPED;
	code = each_story(k, &s);
	if (code)
		return code;
	dynbuf_init(&b, PAGE_MAX);
	if (page_write(k, &s, audio, &b) == 0) {
		code = put(k, &b);
	} else {
		log_error_errno("cannot show '%s'", k->path);
		code = EXIT_IO;
	}
	dynbuf_free(&b);
	story_close(&s);
	return code;
}

int main(int argc, char **argv)
{
	int first, code;

	log_init("report");
	if (ensure_std_fds() == -1)
		return EXIT_SYSTEM;
	code = opt_parse(&page, rows, argc, argv, &first);
	if (code >= 0)
		return code;
	if (set.write)
		return opt_finish(each_call(argv + first, report, NULL));
	if (argc - first != 1) {
		log_error("name one call directory, or several with --write: see --help");
		return EXIT_USAGE;
	}
	/* one page on standard output: then the call may be in progress, too */
	return opt_finish(each_one(argv[first], report, NULL));
}
