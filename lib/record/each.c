#include "record/each.h"

#include <errno.h>

#include "base/log.h"
#include "record/batch.h"

static int one(const char *path, each_work *work, void *ctx)
{
	struct kept k;
	int end;

	if (kept_open(path, &k) == -1) {
		log_error_errno("cannot open call '%s'", path);
		return errno == EACCES ? EXIT_IO : EXIT_DATA;
	}
	end = kept_state(&k) == KEPT_RUNNING ? BATCH_SKIPPED : work(&k, ctx);
	kept_close(&k);
	return end;
}

int each_call(char *const operands[], each_work *work, void *ctx)
{
	struct batch *b;
	const char *path;
	int code = batch_open(&(struct batch_page){.one = "call", .many = "calls"}, operands, &b);

	if (code)
		return code;
	while ((path = batch_next(b)))
		batch_end(b, one(path, work, ctx));
	return batch_close(b);
}
