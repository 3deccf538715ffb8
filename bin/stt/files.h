/* files: stt on sound files: a line for each. */
#ifndef CALLPIPE_STT_FILES_H
#define CALLPIPE_STT_FILES_H

#include "recogniser.h"

struct files {
	char **path;       /* NULL at the end */
	const char *hints; /* JSON object, or NULL */
	int rate_hz;       /* that they are brought to */
	bool json;         /* a line of JSON, not the words alone */
};

/* Returns the exit code. */
int files_run(const struct settings *set, const struct engine *engine,
	const struct files *files) MUST_USE;
/* A file as a turn; silence as one. 0, or an exit code after a message. */
int files_turn(
	const char *path, int rate_hz, const struct settings *set, struct turn **ret) MUST_USE;
int files_silence(int64_t ms, int rate_hz, const struct settings *set, struct turn **ret) MUST_USE;

#endif
