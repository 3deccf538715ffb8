/* What every command has: the options. */
#include "calllog.h"

struct settings set = {.wait_s = 300,
	.spool = "/var/spool/callpipe",
	.raw = "7d",
	.recordings = "30d",
	.transcripts = "30d",
	.words = "90d",
	.numbers = "365d"};
