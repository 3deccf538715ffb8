#include "book.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "record/output.h"

#define TEXTS "audio_texts.json"
#define MADE ".prompts.json"
#define FILE_MAX_BYTES (64U << 20)

/* What is wrong with a file of ours, and with which of its members; NULL: nothing. */
static const char *wrong(json_t *root, const char **ret_name)
{
	const char *name;
	json_t *value, *text;

	*ret_name = "";
	if (!json_is_object(root))
		return "it is no object";
	json_object_foreach(root, name, value) {
		*ret_name = name;
		text = json_object_get(value, "text");
		if (!json_is_object(value))
			return "is no object";
		if (text && !json_is_string(text))
			return "has a text that is no string";
	}
	return NULL;
}

static int parse(const char *path, const char *text, size_t n, json_t **ret)
{
	const char *what, *name;
	json_error_t error;
	json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);

	if (!root) {
		log_error("cannot read '%s': line %d: %s", path, error.line, error.text);
		return EXIT_DATA;
	}
	what = wrong(root, &name);
	if (what) {
		log_error("cannot read '%s': %s%s%s", path, name, *name ? " " : "", what);
		json_decref(root);
		return EXIT_DATA;
	}
	*ret = root;
	return 0;
}

/* The object in a file; an empty one if there is no file. 0, or an exit code after a message. */
static int load(const char *folder, const char *name, json_t **ret)
{
	char path[PATH_MAX], *text;
	size_t n;
	int code;

	if (format_path(path, "%s/%s", folder, name) < 0) {
		log_error_errno("cannot read '%s' there", name);
		return EXIT_IO;
	}
	if (read_file(path, FILE_MAX_BYTES, &text, &n) < 0) {
		if (errno != ENOENT) {
			log_error_errno("cannot read '%s'", path);
			return EXIT_IO;
		}
		*ret = json_object();
		return *ret ? 0 : EXIT_SYSTEM;
	}
	code = parse(path, text, n, ret);
	free(text);
	return code;
}

/* Without ours everything is made again; without the texts they would be lost. */
int book_open(struct book *b, int dirfd, const char *path)
{
	int code;

	*b = (struct book){.dirfd = dirfd, .path = path};
	code = load(path, TEXTS, &b->texts_on_disk);
	if (code)
		return code;
	if (load(path, MADE, &b->made_on_disk)) {
		log_warn("every prompt in '%s' is made again", path);
		b->made_on_disk = json_object();
	}
	b->texts = json_deep_copy(b->texts_on_disk);
	b->made = json_deep_copy(b->made_on_disk);
	if (b->texts && b->made && b->made_on_disk)
		return 0;
	log_error("cannot keep what is in '%s': no memory", path);
	book_close(b);
	return EXIT_SYSTEM;
}

void book_close(struct book *b)
{
	json_decref(b->texts);
	json_decref(b->made);
	json_decref(b->texts_on_disk);
	json_decref(b->made_on_disk);
}

void entry_free(struct entry *e)
{
	free(e->heard);
	free(e->text);
	e->heard = e->text = NULL;
}

int entry_set(char **text, const char *to)
{
	char *copy = to ? strdup(to) : NULL;

	if (to && !copy)
		return -1;
	free(*text);
	*text = copy;
	return 0;
}

static void get(const json_t *object, const char *name, char *to, size_t size)
{
	const char *s = json_string_value(json_object_get(object, name));

	snprintf(to, size, "%s", s ? s : "");
}

/* A text that is gone is the one that was heard. */
int book_get(const struct book *b, const char *name, struct entry *ret)
{
	const json_t *made = json_object_get(b->made, name),
		     *texts = json_object_get(b->texts, name);
	const char *heard = json_string_value(json_object_get(made, "heard"));
	const char *text = json_string_value(json_object_get(texts, "text"));

	*ret = (struct entry){
		.bytes = json_integer_value(json_object_get(made, "bytes")),
		.ms = json_integer_value(json_object_get(made, "ms")),
		.gain_db = json_number_value(json_object_get(made, "gain_db")),
		.limited_db = json_number_value(json_object_get(made, "limited_db")),
		.level_dbov = json_number_value(json_object_get(made, "level_dbov")),
	};
	get(made, "source", ret->source, sizeof(ret->source));
	get(made, "settings", ret->settings, sizeof(ret->settings));
	get(made, "made", ret->made, sizeof(ret->made));
	get(made, "text_of", ret->text_of, sizeof(ret->text_of));
	if (!text)
		text = heard ? heard : "";
	if (entry_set(&ret->heard, heard) < 0 || entry_set(&ret->text, text) < 0) {
		entry_free(ret);
		return -1;
	}
	return 0;
}

/* Two places are enough for a decibel. */
static json_t *decibel(double db)
{
	return json_real(round(db * 100) / 100);
}

static json_t *made_of(const struct entry *e)
{
	json_t *made = json_pack("{s:s, s:s, s:s, s:I, s:I, s:o, s:o, s:o}", "source", e->source,
		"settings", e->settings, "made", e->made, "bytes", (json_int_t)e->bytes, "ms",
		(json_int_t)e->ms, "gain_db", decibel(e->gain_db), "limited_db",
		decibel(e->limited_db), "level_dbov", decibel(e->level_dbov));

	if (made && *e->text_of)
		json_object_set_new(made, "text_of", json_string(e->text_of));
	if (made && e->heard)
		json_object_set_new(made, "heard", json_string(e->heard));
	return made;
}

int book_put(struct book *b, const char *name, const struct entry *e)
{
	json_t *texts = json_object_get(b->texts, name), *file = json_sprintf("%s.wav", name);

	if (!texts) {
		texts = json_object();
		json_object_set_new(b->texts, name, texts);
	}
	/* others' members of it stay */
	if (json_object_set_new(texts, "file", file) < 0 ||
		json_object_set_new(texts, "duration", json_real((double)e->ms / 1000)) < 0 ||
		json_object_set_new(texts, "text", json_string(e->text)) < 0 ||
		json_object_set_new(b->made, name, made_of(e)) < 0) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

int share_file(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	return fchmod(fd, 0644 & ~mask);
}

static int write_json(int dirfd, const char *name, const json_t *root)
{
	char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
	struct output o;
	int result = -1;

	if (!text) {
		errno = ENOMEM;
		return -1;
	}
	if (output_open(&o, dirfd, name) == 0) {
		if (share_file(o.fd) == 0 && write_all(o.fd, text, strlen(text)) == 0 &&
			write_all(o.fd, "\n", 1) == 0)
			result = output_commit(&o);
		output_drop(&o);
	}
	free(text);
	return result;
}

static int save(struct book *b, const char *name, const json_t *now, json_t **on_disk)
{
	json_t *copy;

	if (json_equal(now, *on_disk))
		return 0;
	if (write_json(b->dirfd, name, now) < 0)
		return -1;
	copy = json_deep_copy(now);
	if (!copy)
		return 0; /* then it is written again */
	json_decref(*on_disk);
	*on_disk = copy;
	return 0;
}

/* The texts first: killed between the two, we do not take an old text for one of a new sound. */
int book_save(struct book *b, const char **ret_what)
{
	*ret_what = TEXTS;
	if (save(b, TEXTS, b->texts, &b->texts_on_disk) < 0)
		return -1;
	*ret_what = MADE;
	return save(b, MADE, b->made, &b->made_on_disk);
}
