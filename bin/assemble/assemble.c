/* assemble: what is left of a call, as one recording and as transcripts.
 *
 * For each call directory: the recording from both sides (recording.h), the transcripts from the journal alone
 * (record/transcript.h). What is missing of a call is said, on stderr and in transcript.json, and the rest is used;
 * what is there but cannot be read is a failure, and nothing that it belongs to is made of less.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/opt.h"
#include "files.h"
#include "record/batch.h"
#include "record/each.h"
#include "record/transcript.h"
#include "recording.h"

#define TRANSCRIPT_MAX ((size_t)1 << 30) /* bytes of a file */
#define GAPS_MAX 4                       /* that are found here */

static struct settings {
	const char *layout, *out, *name;
	bool force;
} set = {.layout = "stereo", .name = "short"};

static const struct opt_row rows[] = {
	{"layout", 'l', OPT_CHOICE, "stereo|mix|sequence", NULL,
		"of the recording: a side each, their sum, or one line after the other",
		&set.layout},
	{"out", 'o', OPT_STR, "DIR", NULL, "put the files there, named by call", &set.out},
	{"name", 0, OPT_CHOICE, "short|full", NULL, "full: full_call_assembled_CALL.wav",
		&set.name},
	{"force", 'f', OPT_FLAG, NULL, NULL, "make again what is there", &set.force},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] [call directory ...]",
	.purpose = "Make recording and transcripts of finished calls.",
	.see = "callpipe(7), callpipe-calldir(5), mp3batch(1)",
};

/* A call that is worked on. */
struct work {
	const struct kept *call;
	struct files files;
	struct story story;
	struct recording sides;
	struct transcript_gap gaps[GAPS_MAX]; /* what was found to be missing */
	size_t n_gaps;
	int code; /* exit code of the first failure, 0: none */
};

static enum recording_layout layout(void)
{
	return strcmp(set.layout, "mix") == 0       ? RECORDING_MIX
		: strcmp(set.layout, "stereo") == 0 ? RECORDING_STEREO
						    : RECORDING_SEQUENCE;
}

static void failed(struct work *w, int code)
{
	if (!w->code)
		w->code = code;
}

/* Something is missing, which is no failure. */
static void miss(struct work *w, const char *file, const char *reason)
{
	log_warn("'%s/%s' is missing: %s", w->call->path, file, reason);
	if (w->n_gaps < GAPS_MAX)
		w->gaps[w->n_gaps++] = (struct transcript_gap){file, reason};
}

/* ---- what there is ---- */

static void say_journal(const struct work *w)
{
	const struct story *s = &w->story;

	if (s->n_bads)
		log_warn("'%s/events.jsonl': %zu lines are no records, the first is line %lld: %s",
			w->call->path, s->n_bads, (long long)s->bads[0].number, s->bads[0].why);
	if (s->missing)
		log_warn("'%s/events.jsonl': %lld records were lost", w->call->path,
			(long long)s->missing);
	if (!s->ended)
		log_warn("'%s/events.jsonl': its end is missing", w->call->path);
}

/* -1: there is a journal that cannot be read, or no memory: said. */
static int tell(struct work *w)
{
	struct stat was = {0}, is = {0};
	int err;

	(void)fstatat(w->call->fd, "events.jsonl", &was, AT_SYMLINK_NOFOLLOW);
	err = story_open(w->call, &w->story);
	if (!err) {
		(void)fstatat(w->call->fd, "events.jsonl", &is, AT_SYMLINK_NOFOLLOW);
		say_journal(w);
		if (is.st_size == was.st_size && is.st_ino == was.st_ino)
			return 0;
		log_error("cannot use '%s/events.jsonl': it has changed while it was read",
			w->call->path);
		failed(w, EXIT_TRY_AGAIN);
		story_close(&w->story);
		return -1;
	}
	if (errno == ENOENT) {
		miss(w, "events.jsonl", "there is no journal");
		err = story_none(w->call, &w->story);
	}
	if (err) {
		log_error_errno("cannot read '%s/events.jsonl'", w->call->path);
		failed(w, errno == ENOMEM ? EXIT_SYSTEM : EXIT_DATA);
	}
	return err;
}

static void look_at(struct work *w, const struct recording_side *side)
{
	if (!recording_has(side))
		miss(w, side->name, "there is no such file");
	else if (side->was.st_size % 2)
		miss(w, side->name, "half of its last sample");
}

/* ---- the recording ---- */

/* True: it is there now. */
static bool record(struct work *w)
{
	const char *name = w->files.names[FILES_WAV];
	struct output o;
	int code;

	if (output_open(&o, w->files.dirfd, name) == -1) {
		log_error_errno("cannot make '%s' of '%s'", name, w->call->path);
		failed(w, EXIT_IO);
		return false;
	}
	code = recording_write(&w->sides, layout(), o.fd);
	if (!code && output_commit(&o) == 0)
		return true;
	if (code)
		log_error("cannot make '%s' of '%s': %s", name, w->call->path, w->sides.reason);
	else
		log_error_errno("cannot make '%s' of '%s'", name, w->call->path);
	output_drop(&o);
	failed(w, code ? code : EXIT_IO);
	return false;
}

/* True: there is a new one. */
static bool make_recording(struct work *w)
{
	const char *side;
	bool made = false;

	if (recording_open(&w->sides, w->call, &side) == -1) {
		log_error_errno("cannot read '%s/%s'", w->call->path, side);
		failed(w, EXIT_DATA);
		return false;
	}
	look_at(w, &w->sides.caller);
	look_at(w, &w->sides.bot);
	w->sides.story = &w->story;
	if ((recording_has(&w->sides.caller) || recording_has(&w->sides.bot)) &&
		(set.force ||
			!files_has_recording(&w->files, w->call, recording_comment(layout()))))
		made = record(w);
	recording_close(&w->sides);
	return made;
}

/* ---- the transcripts ---- */

static void make_transcripts(struct work *w)
{
	static int (*const writers[FILES_KINDS])(const struct transcript *t, struct dynbuf *to) = {
		[FILES_TXT] = transcript_txt,
		[FILES_SRT] = transcript_srt,
		[FILES_VTT] = transcript_vtt,
		[FILES_JSON] = transcript_json,
	};
	const struct transcript t = {.call = w->call,
		.story = &w->story,
		.audio = files_recording(&w->files),
		.gaps = w->gaps,
		.n_gaps = w->n_gaps};
	struct dynbuf text;

	dynbuf_init(&text, TRANSCRIPT_MAX);
	for (int i = FILES_TXT; i < FILES_KINDS; i++) {
		dynbuf_reset(&text);
		errno = ENOMEM;
		if (writers[i](&t, &text) == -1 ||
			output_write(w->files.dirfd, w->files.names[i], text.p, text.n) == -1) {
			log_error_errno(
				"cannot make '%s' of '%s'", w->files.names[i], w->call->path);
			failed(w, errno == ENOMEM ? EXIT_SYSTEM : EXIT_IO);
			break; /* the others would not go better */
		}
	}
	dynbuf_free(&text);
}

/* ---- a call ---- */

static bool is_done(const struct work *w)
{
	return !set.force && files_has_transcripts(&w->files, w->call) &&
		files_has_recording(&w->files, w->call, recording_comment(layout()));
}

static int assemble(struct work *w, int out_fd)
{
	bool told, made;

	if (files_name(&w->files, w->call, out_fd, strcmp(set.name, "full") == 0) == -1) {
		log_error_errno("cannot name the files of '%s'", w->call->path);
		return EXIT_DATA;
	}
	if (!files_are_of(&w->files, w->call)) {
		log_error("cannot put '%s' into '%s': there is another call of that name",
			w->call->path, set.out);
		return EXIT_DATA;
	}
	if (is_done(w))
		return BATCH_SKIPPED;
	told = tell(w) == 0;
	made = make_recording(w);
	if (told && (made || set.force || !files_has_transcripts(&w->files, w->call)))
		make_transcripts(w);
	if (told)
		story_close(&w->story);
	return w->code;
}

static int assemble_call(const struct kept *k, void *out_fd)
{
	struct work w = {.call = k, .code = 0};

	return assemble(&w, *(const int *)out_fd);
}

static int assemble_all(char *const operands[])
{
	int out_fd = -1, code;

	if (set.out) {
		out_fd = open(set.out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (out_fd == -1) {
			log_error_errno("cannot use --out '%s'", set.out);
			return EXIT_IO;
		}
	}
	code = each_call(operands, assemble_call, &out_fd);
	if (out_fd != -1)
		close(out_fd);
	return code;
}

int main(int argc, char **argv)
{
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("assemble");
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status != -1)
		return status;
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of writing */
	return assemble_all(argv + first);
}
