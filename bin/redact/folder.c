#include "folder.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/version.h"
#include "document.h"
#include "record/batch.h"
#include "record/journal.h"
#include "record/output.h"
#include "record/transcript.h"
#include "tree.h"

#define FILE_MAX (64 << 20) /* bytes of a transcript */
#define JSON_NAME "redacted.json"
#define TEXT_NAME "redacted.txt"

/* ---- is it done? ---- */

/* How it was made, as it stands in the file. */
static bool made_so(json_t *v, const char *settings)
{
	json_t *o = json_object_get(v, "redaction");
	const char *version = json_string_value(json_object_get(o, "version")),
		   *as = json_string_value(json_object_get(o, "settings"));

	return version && as && strcmp(version, CALLPIPE_VERSION) == 0 && strcmp(as, settings) == 0;
}

static bool is_done(const struct kept *k, const char *settings)
{
	static const char *const sources[] = {"events.jsonl", "call.json", "verdict", NULL};

	if (!kept_fresh(k, JSON_NAME, sources) || !kept_fresh(k, TEXT_NAME, sources))
		return false;
	json_t *v = kept_json(k, JSON_NAME);
	bool same = made_so(v, settings);
	json_decref(v);
	return same;
}

/* ---- what it is made from ---- */

/* All records of the journal: who was named in it and when does not matter to what they teach. */
static int learn_journal(struct redactor *r, const struct kept *k)
{
	int fd = kept_file(k, "events.jsonl", NULL);
	struct journal_record record;
	struct journal j;

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (journal_open(fd, &j) == -1)
		return -1;
	redactor_begin(r, true);
	while (journal_next(&j, &record))
		if (!record.bad)
			(void)!tree_mask(r, record.line.p, record.line.n, NULL);
	bool failed = j.failed;
	journal_close(&j);
	return failed ? -1 : 0;
}

static void learn_call(struct redactor *r, const struct kept *k)
{
	redactor_begin(r, true);
	for (const char *const *number = (const char *const[]){k->from, k->to, NULL}; *number;
		number++)
		if (strlen(*number) >= 5 && strspn(*number, "+0123456789") == strlen(*number))
			redactor_whole(r, PII_PHONE, *number, strlen(*number));
}

/* Add the transcript, masked, with the member that tells how it was made: which is not masked. */
static int mask_json(struct redactor *r, const struct kept *k, const struct transcript *t,
	const char *settings, struct dynbuf *to)
{
	json_t *made = json_pack("{s:s,s:s}", "version", CALLPIPE_VERSION, "settings", settings);
	char *member = made ? json_dumps(made, 0) : NULL;
	struct dynbuf plain, out;
	int code = EXIT_SYSTEM;

	dynbuf_init(&plain, FILE_MAX);
	dynbuf_init(&out, 2 * FILE_MAX);
	if (!member || transcript_json(t, &plain) < 0)
		log_error("cannot write the transcript of '%s': it is too large", k->path);
	else
		code = document_mask(r, DOCUMENT_JSON, k->path, plain.p, plain.n, &out);
	if (code == EXIT_OK) {
		dynbuf_addf(to, "{\n \"redaction\": %s,", member);
		dynbuf_add(to, out.p + 1, out.n - 1); /* behind its brace */
	}
	free(member);
	json_decref(made);
	dynbuf_free(&plain);
	dynbuf_free(&out);
	return code;
}

static int mask_text(
	struct redactor *r, const struct kept *k, const struct transcript *t, struct dynbuf *to)
{
	struct dynbuf plain;
	int code = EXIT_SYSTEM;

	dynbuf_init(&plain, FILE_MAX);
	if (transcript_txt(t, &plain) < 0)
		log_error("cannot write the transcript of '%s': it is too large", k->path);
	else
		code = document_mask(r, DOCUMENT_TEXT, k->path, plain.p, plain.n, to);
	dynbuf_free(&plain);
	return code;
}

/* ---- the files ---- */

static int put(const struct kept *k, const char *name, const struct dynbuf *b)
{
	if (output_write(k->fd, name, b->p, b->n) == 0)
		return EXIT_OK;
	log_error_errno("cannot write '%s/%s'", k->path, name);
	return EXIT_IO;
}

static int redact_story(
	struct redactor *r, const struct kept *k, const struct story *s, const char *settings)
{
	struct transcript t = {.call = k, .story = s};
	struct dynbuf json, text;
	int code = EXIT_OK;

	dynbuf_init(&json, 2 * FILE_MAX);
	dynbuf_init(&text, 2 * FILE_MAX);
	redactor_reset(r);
	learn_call(r, k);
	if (learn_journal(r, k) == -1) {
		log_error_errno("cannot read '%s/events.jsonl'", k->path);
		code = EXIT_IO;
	}
	if (code == EXIT_OK)
		code = mask_json(r, k, &t, settings, &json);
	if (code == EXIT_OK)
		code = mask_text(r, k, &t, &text);
	/* redacted.json last: it tells that both are there. */
	if (code == EXIT_OK)
		code = put(k, TEXT_NAME, &text);
	if (code == EXIT_OK)
		code = put(k, JSON_NAME, &json);
	dynbuf_free(&json);
	dynbuf_free(&text);
	return code;
}

static int open_story(const struct kept *k, struct story *s)
{
	if (story_open(k, s) == 0)
		return EXIT_OK;
	if (errno == ENOENT && story_none(k, s) == 0)
		return EXIT_OK;
	log_error_errno("cannot read the journal of '%s'", k->path);
	return EXIT_IO;
}

int folder_redact(const struct kept *k, void *work)
{
	const struct folder_work *w = work;
	struct story s;
	int code;

	if (!w->again && is_done(k, w->settings))
		return BATCH_SKIPPED;
	code = open_story(k, &s);
	if (code == EXIT_OK) {
		code = redact_story(w->r, k, &s, w->settings);
		story_close(&s);
	}
	return code;
}
