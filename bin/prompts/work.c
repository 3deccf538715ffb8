/* work: every source becomes a prompt, if it is not one already; what the prompts say is asked for in groups. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "book.h"
#include "name.h"
#include "place.h"
#include "prompts.h"
#include "record/batch.h"
#include "show.h"
#include "sound.h"
#include "spoken.h"
#include "words.h"

#define SAVE_EVERY_NS (2 * NS_PER_S)
#define HOW "1" /* how sound is made; another number makes all anew */

/* What is taken of a folder. The last ones cannot be read, but left out in silence they would be missed. */
static const char *const suffixes[] = {SPOKEN_END, ".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus",
	".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".w64", ".rf64", ".voc", ".WAV", ".MP3",
	".FLAC", ".OGG", ".OPUS", ".AIF", ".AIFF", ".AU", ".m4a", ".aac", ".wma", ".M4A", NULL};

/* A source on its way. */
struct item {
	char *source;        /* as it was named */
	char name[PATH_MAX]; /* of the prompt; "": it has none */
	char *path;          /* of the prompt, where its words are asked for */
	char *words;         /* as a text has them; NULL: none does */
	bool spoken;         /* the source is that text */
	bool made;           /* now; else it was there */
	struct entry e;      /* what is known of it */
};

struct work {
	const struct settings *set;
	char *const *operands;
	char how[SETTINGS_MAX];        /* the settings, as they are kept */
	char how_spoken[SETTINGS_MAX]; /* of a text */
	struct batch *batch;
	struct book book;
	struct stat dest;               /* the folder */
	json_t *taken;                  /* names of this run: what they were made of */
	struct item waiting[WORDS_MAX]; /* for their words */
	size_t n;                       /* of them */
	int64_t saved_ns;               /* when what is known was saved */
};

static void item_free(struct item *it)
{
	free(it->source);
	free(it->path);
	free(it->words);
	entry_free(&it->e);
}

/* Say it, show it, count it. */
static int failed(const struct item *it, const char *what, const char *why, int code)
{
	log_error("cannot %s '%s': %s", what, it->source, why);
	show("failed", *it->name ? it->name : NULL, it->source, NULL, why);
	return code;
}

static int no_memory(const struct item *it)
{
	return failed(it, "take", strerror(ENOMEM), EXIT_SYSTEM);
}

/* The prompt in the folder is the one that we have made. */
static bool is_there(const struct work *w, const struct item *it)
{
	char hash[HASH_MAX], file[PATH_MAX];
	int fd, err;

	if (format_path(file, "%s.wav", it->name) < 0)
		return false;
	fd = openat(w->book.dirfd, file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	err = hash_file(fd, hash);
	close(fd);
	return err == 0 && strcmp(hash, it->e.made) == 0;
}

/* Make it, if it is not there already. 0, or an exit code after a message. */
static int make(struct work *w, struct item *it, const struct source *s)
{
	const char *how = it->spoken ? w->how_spoken : w->how;
	char why[WHY_MAX];
	int code;

	if (!w->set->force && strcmp(it->e.source, s->hash) == 0 &&
		strcmp(it->e.settings, how) == 0 && is_there(w, it))
		return 0;
	if (it->spoken)
		code = spoken_make(w->set, it->words, w->book.dirfd, it->name, &it->e, why);
	else
		code = sound_make(w->set, s, w->book.dirfd, it->name, &it->e, why);
	if (code)
		return failed(it, code == EXIT_IO ? "write the prompt of" : "take", why, code);
	memcpy(it->e.source, s->hash, sizeof(it->e.source));
	memcpy(it->e.settings, how, sizeof(it->e.settings));
	it->made = true;
	return 0;
}

/* A text is of a sound: another sound, and it is none. One that nobody has made here is somebody's own. -1: no
 * memory. */
static int settle_text(struct entry *e)
{
	if (*e->text_of && strcmp(e->text_of, e->source) != 0) {
		*e->text_of = '\0';
		return entry_set(&e->heard, NULL) < 0 ? -1 : entry_set(&e->text, "");
	}
	if (!*e->text_of && *e->text)
		memcpy(e->text_of, e->source, sizeof(e->text_of));
	return 0;
}

/* The words that a text has for it: the source itself, or one beside it. 0, or how the item ends. */
static int read_words(const struct work *w, struct item *it)
{
	char *other, why[WHY_MAX];
	int code = 0;

	if (!w->set->texts)
		return 0;
	it->spoken = spoken_is(it->source);
	other = it->spoken ? spoken_recording(it->source, suffixes) : spoken_beside(it->source);
	if (it->spoken && other)
		code = BATCH_SKIPPED; /* it is taken with the recording */
	else if (it->spoken || other)
		code = spoken_read(it->spoken ? it->source : other, &it->words, why);
	free(other);
	return code > 0 ? failed(it, "take", why, code) : code;
}

/* It says what a text says, whatever else was known. */
static int settle_words(struct item *it)
{
	if (!it->words)
		return settle_text(&it->e);
	memcpy(it->e.text_of, it->e.source, sizeof(it->e.text_of));
	return entry_set(&it->e.text, it->words);
}

/* Its words are to be asked for. A text that differs from what was heard was put right by a person. */
static bool wants_words(const struct settings *set, const struct entry *e)
{
	if (!set->transcribe)
		return false;
	if (!*e->text)
		return !*e->text_of || !e->heard || *e->heard || set->force;
	return set->force && e->heard && strcmp(e->heard, e->text) == 0;
}

static void save_now_and_then(struct work *w)
{
	const char *what;

	if (now_ns() - w->saved_ns < SAVE_EVERY_NS)
		return;
	(void)!book_save(&w->book, &what); /* what cannot be is said at the end */
	w->saved_ns = now_ns();
}

/* It has all that it can have. */
static void finish(struct work *w, struct item *it)
{
	int end = it->made ? 0 : BATCH_SKIPPED;

	if (book_put(&w->book, it->name, &it->e) < 0)
		end = no_memory(it);
	else
		show(it->made ? "made" : "same", it->name, it->source, &it->e, NULL);
	batch_end(w->batch, end);
	save_now_and_then(w);
}

static void still_there(void *ctx)
{
	struct work *w = ctx;

	batch_show(w->batch);
}

/* What was made stays, also without words. */
static void heard(struct work *w, struct item *it, char *text, int code, const char *why)
{
	if (text && (entry_set(&it->e.heard, text) < 0 || entry_set(&it->e.text, text) < 0)) {
		batch_end(w->batch, no_memory(it));
	} else if (text) {
		memcpy(it->e.text_of, it->e.source, sizeof(it->e.text_of));
		it->made = true;
		finish(w, it);
	} else {
		(void)!book_put(&w->book, it->name, &it->e);
		batch_end(w->batch, failed(it, "transcribe", why, code));
	}
}

/* The words of all that wait. */
static void ask(struct work *w)
{
	char *path[WORDS_MAX], *text[WORDS_MAX], why[WHY_MAX];
	int64_t longest_ms = 0;
	int code;

	if (w->n == 0)
		return;
	for (size_t i = 0; i < w->n; i++) {
		path[i] = w->waiting[i].path;
		longest_ms = max_i64(longest_ms, w->waiting[i].e.ms);
	}
	code = words_of(w->set, path, w->n, longest_ms, still_there, w, text, why);
	for (size_t i = 0; i < w->n; i++) {
		heard(w, &w->waiting[i], text[i], code, why);
		free(text[i]);
		item_free(&w->waiting[i]);
	}
	w->n = 0;
}

/* One name, one prompt. 0, or how the item ends. */
static int take_name(struct work *w, struct item *it)
{
	const char *reason, *other;
	char why[WHY_MAX];

	name_of(it->source, w->operands, it->name, &reason);
	if (reason) {
		*it->name = '\0';
		return failed(it, "take", reason, EXIT_DATA);
	}
	other = json_string_value(json_object_get(w->taken, it->name));
	if (!other)
		return json_object_set_new(w->taken, it->name, json_string(it->source)) < 0
			? no_memory(it)
			: 0;
	if (strcmp(other, it->source) == 0)
		return BATCH_SKIPPED; /* named twice */
	snprintf(why, sizeof(why), "'%.200s' is the prompt of '%.200s'", it->name, other);
	return failed(it, "take", why, EXIT_DATA);
}

/* The prompt of a source, but for its words. 0, or how the item ends. */
static int prepare(struct work *w, struct item *it)
{
	char why[WHY_MAX];
	struct source s;
	int end;

	if (place_has(&w->dest, it->source))
		return failed(it, "take", "it is in the folder that prompts go to", EXIT_DATA);
	end = source_open(it->source, &s, why);
	if (end)
		return failed(it, "take", why, end);
	end = read_words(w, it);
	end = end ? end : take_name(w, it);
	if (end)
		return end;
	if (book_get(&w->book, it->name, &it->e) < 0)
		return no_memory(it);
	end = make(w, it, &s);
	if (end)
		return end;
	return settle_words(it) < 0 ? no_memory(it) : 0;
}

/* An item that has its prompt, and is to have its words, waits; false: it cannot. */
static bool wait_for_words(struct work *w, struct item *it)
{
	if (asprintf(&it->path, "%s%s/%s.wav", *w->book.path == '-' ? "./" : "", w->book.path,
		    it->name) < 0) {
		it->path = NULL;
		batch_end(w->batch, no_memory(it));
		return false;
	}
	/* that it is made is known before its words are */
	if (book_put(&w->book, it->name, &it->e) == 0)
		save_now_and_then(w);
	w->n++;
	return true;
}

static void work(struct work *w, const char *path)
{
	struct item *it = &w->waiting[w->n];
	int end;

	*it = (struct item){.source = strdup(path)};
	end = it->source ? prepare(w, it) : EXIT_SYSTEM;
	if (end)
		batch_end(w->batch, end);
	else if (!wants_words(w->set, &it->e))
		finish(w, it);
	else if (wait_for_words(w, it))
		it = NULL;
	if (it)
		item_free(it);
	if (w->n == WORDS_MAX)
		ask(w);
}

static int run(struct work *w)
{
	const char *path, *what;
	int status;

	while ((path = batch_next(w->batch)))
		work(w, path);
	ask(w);
	what = NULL;
	if (book_save(&w->book, &what) < 0)
		log_error_errno("cannot write '%s/%s'", w->book.path, what);
	else
		what = NULL;
	status = batch_close(w->batch);
	return !status && what ? EXIT_IO : status;
}

int work_run(const struct settings *set, char *const sources[], const char *dest)
{
	const struct batch_page page = {"prompt", "prompts", set->texts ? suffixes : suffixes + 1};
	static struct work w;
	int code, fd;

	w = (struct work){.set = set, .operands = sources, .saved_ns = now_ns()};
	if (set->norm)
		snprintf(w.how, sizeof(w.how), HOW " norm %g %d", set->norm_dbov, set->rate_hz);
	else
		snprintf(w.how, sizeof(w.how), HOW " %+g %d", set->gain_db, set->rate_hz);
	snprintf(w.how_spoken, sizeof(w.how_spoken), "%.40s %.20s", w.how,
		set->lang ? set->lang : "-");
	code = place_open(dest, sources, &fd, &w.dest);
	if (code)
		return code;
	code = book_open(&w.book, fd, dest);
	if (code)
		return code;
	w.taken = json_object();
	code = batch_open(&page, sources, &w.batch);
	if (code == 0)
		code = run(&w);
	json_decref(w.taken);
	book_close(&w.book);
	close(fd);
	return code;
}
