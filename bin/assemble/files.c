#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/transcript.h"
#include "wave.h"

static int name(char buf[NAME_MAX + 1], const char *before, const char *call, const char *after)
{
	int n = snprintf(buf, NAME_MAX + 1, "%s%s%s", before, call, after);

	errno = ENAMETOOLONG;
	return n > NAME_MAX ? -1 : 0;
}

int files_name(struct files *f, const struct kept *k, int out_fd, bool full)
{
	static const char *const ends[FILES_KINDS] = {".wav", ".txt", ".srt", ".vtt", ".json"};
	bool apart = out_fd != -1;
	const char *call = apart || full ? k->name : "";
	const char *sound = full ? "full_call_assembled_" : apart ? "" : "recording";
	const char *text = full ? "transcript_" : apart ? "" : "transcript";

	*f = (struct files){.dirfd = apart ? out_fd : k->fd, .apart = apart};
	for (int i = 0; i < FILES_KINDS; i++)
		if (name(f->names[i], i == FILES_WAV ? sound : text, call, ends[i]) == -1)
			return -1;
	return name(f->mp3, sound, call, ".mp3");
}

bool files_has_recording(const struct files *f, const struct kept *k, const char *comment)
{
	static const char *const sources[] = {"caller.s16", "bot.s16", NULL};

	if (faccessat(k->fd, sources[0], F_OK, AT_SYMLINK_NOFOLLOW) == -1 &&
		faccessat(k->fd, sources[1], F_OK, AT_SYMLINK_NOFOLLOW) == -1)
		return true;
	if (kept_fresh_in(k, f->dirfd, f->names[FILES_WAV], sources))
		return wave_is(f->dirfd, f->names[FILES_WAV], comment);
	return kept_fresh_in(k, f->dirfd, f->mp3, sources);
}

bool files_has_transcripts(const struct files *f, const struct kept *k)
{
	static const char *const sources[] = {"call.json", "events.jsonl", "verdict", NULL};

	for (int i = FILES_TXT; i < FILES_KINDS; i++)
		if (!kept_fresh_in(k, f->dirfd, f->names[i], sources))
			return false;
	return true;
}

const char *files_recording(const struct files *f)
{
	if (faccessat(f->dirfd, f->names[FILES_WAV], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return f->names[FILES_WAV];
	return faccessat(f->dirfd, f->mp3, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? f->mp3 : NULL;
}

bool files_are_of(const struct files *f, const struct kept *k)
{
	char began[TRANSCRIPT_TIME];
	const char *theirs;
	json_t *root;
	bool same;
	int fd;

	if (!f->apart || !k->accepted_at[0]) /* then it is not known when it began */
		return true;
	fd = openat(f->dirfd, f->names[FILES_JSON], O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return true;
	root = json_loadfd(fd, 0, NULL);
	close(fd);
	theirs = json_string_value(json_object_get(root, "started_at"));
	transcript_began(k, began);
	same = !theirs || strcmp(theirs, began) == 0;
	json_decref(root);
	return same;
}
