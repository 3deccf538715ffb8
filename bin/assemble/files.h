/* files: where what is made of a call goes, under which names, and whether it is there already. */
#ifndef CALLPIPE_ASSEMBLE_FILES_H
#define CALLPIPE_ASSEMBLE_FILES_H

#include "record/kept.h"

enum files_kind { FILES_WAV, FILES_TXT, FILES_SRT, FILES_VTT, FILES_JSON, FILES_KINDS };

struct files {
	int dirfd;                             /* of the folder: the call directory, or --out */
	bool apart;                            /* it is --out */
	char names[FILES_KINDS][NAME_MAX + 1]; /* of the files */
	char mp3[NAME_MAX + 1];                /* what mp3batch makes of the first */
};

/* The names. out_fd: of --out, -1: the call directory. full: those of the seed, with the call in them. -1: they would
 * be too long. */
int files_name(struct files *f, const struct kept *k, int out_fd, bool full) MUST_USE;

/* True if the file of this comment is there, or has become an MP3, and is not older than the call; or if there is
 * nothing to make it of. */
bool files_has_recording(const struct files *f, const struct kept *k, const char *comment);
/* True if all transcripts are. */
bool files_has_transcripts(const struct files *f, const struct kept *k);
/* The recording that is there, of whatever layout; NULL: none. */
const char *files_recording(const struct files *f);

/* False if the transcript in --out is of another call of that name: a UUID may be used again on another day. */
bool files_are_of(const struct files *f, const struct kept *k);

#endif
