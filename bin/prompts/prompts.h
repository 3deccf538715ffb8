/* prompts: what its parts share. */
#ifndef CALLPIPE_PROMPTS_H
#define CALLPIPE_PROMPTS_H

#include "base/util.h"

#define WHY_MAX 512

struct settings {
	bool norm;        /* bring speech to norm_dbov; else make all louder or softer by gain_db */
	double norm_dbov; /* active speech level */
	double gain_db;
	int rate_hz;      /* of the prompts */
	bool force;       /* make what is there, too */
	bool transcribe;  /* make words of them */
	bool texts;       /* NAME.txt is spoken, or is the words of a recording */
	const char *stt;  /* its engine; NULL: as stt decides */
	const char *lang; /* what they speak, a BCP 47 tag; NULL: as stt decides */
};

/* Make prompts of the sources, NULL at the end, in the folder dest. Returns an exit code. */
int work_run(const struct settings *set, char *const sources[], const char *dest) MUST_USE;

#endif
