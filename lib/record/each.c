#include "record/each.h"

#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "record/batch.h"

/* What is not there, or is something else, is the user's; the rest is the system's. */
static int code_of(int err)
{
	switch (err) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case EINVAL:
	case ENAMETOOLONG:
		return EXIT_DATA;
	case ENOMEM:
		return EXIT_SYSTEM;
	default:
		return EXIT_IO;
	}
}

int each_refuse(const char *path)
{
	int code = code_of(errno);

	if (errno == ENOTDIR || (errno == ENOENT && access(path, F_OK) == 0))
		log_error("cannot open call '%s': it is no call directory", path);
	else
		log_error_errno("cannot open call '%s'", path);
	return code;
}

static int open_call(const char *path, struct kept *ret)
{
	return kept_open(path, ret) == 0 ? 0 : each_refuse(path);
}

int each_one(const char *path, each_work *work, void *ctx)
{
	struct kept k;
	int code = open_call(path, &k);

	if (code)
		return code;
	code = work(&k, ctx);
	kept_close(&k);
	return code;
}

static int one_of_many(const char *path, each_work *work, void *ctx)
{
	struct kept k;
	int end = open_call(path, &k);

	if (end)
		return end;
	end = kept_state(&k) == KEPT_RUNNING ? BATCH_SKIPPED : work(&k, ctx);
	kept_close(&k);
	return end;
}

int each_story(const struct kept *k, struct story *ret)
{
	int code;

	if (story_open(k, ret) == 0)
		return 0;
	code = code_of(errno);
	log_error_errno("cannot read '%s/events.jsonl'", k->path);
	return code;
}

int each_call(char *const operands[], each_work *work, void *ctx)
{
	struct batch *b;
	const char *path;
	int code = batch_open(&(struct batch_page){.one = "call", .many = "calls"}, operands, &b);

	if (code)
		return code;
	while ((path = batch_next(b)))
		batch_end(b, one_of_many(path, work, ctx));
	return batch_close(b);
}
