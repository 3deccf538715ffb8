#include "document.h"

#include <jansson.h>
#include <string.h>

#include "base/log.h"
#include "codec/jline.h"
#include "keys.h"
#include "tree.h"

/* ---- what it is ---- */

static bool is_json(const char *p, size_t n)
{
	json_error_t error;
	json_t *v = json_loadb(p, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

	json_decref(v);
	return v != NULL;
}

/* Lines of objects, or nearly so: how many there are. */
static size_t records(const char *p, size_t n, size_t most)
{
	size_t found = 0;

	for (size_t k; n > 0 && found < most; p += k, n -= k) {
		const char *end = memchr(p, '\n', n);
		k = end ? (size_t)(end - p) + 1 : n;
		size_t line = end ? k - 1 : k;
		found += line > 1 && jline_check(p, line) == 0;
	}
	return found;
}

enum document_form document_form(const char *p, size_t n)
{
	size_t blank = 0;

	while (blank < n && strchr(" \t\r\n", p[blank]) && p[blank])
		blank++;
	if (blank == n || (p[blank] != '{' && p[blank] != '['))
		return DOCUMENT_TEXT;
	if (records(p, n, 2) > 1)
		return DOCUMENT_JOURNAL;
	const char *end = memchr(p, '\n', n);
	size_t line = end ? (size_t)(end - p) : n;
	struct jspan record = {p, line}, type;
	if (jline_check(p, line) == 0 && (line + 1 < n || jline_get(record, "seq", &type)))
		return DOCUMENT_JOURNAL;
	return DOCUMENT_JSON;
}

/* ---- lines ---- */

struct lines {
	const char *p;
	size_t left;   /* bytes */
	size_t number; /* of the last line, from 1 */
};

/* The next line, *ret_n bytes without its end, *ret_end bytes of that. */
static const char *next_line(struct lines *l, size_t *ret_n, size_t *ret_end)
{
	const char *p = l->p, *end;

	if (l->left == 0)
		return NULL;
	end = memchr(p, '\n', l->left);
	*ret_n = end ? (size_t)(end - p) : l->left;
	*ret_end = end ? 1 : 0;
	l->p += *ret_n + *ret_end;
	l->left -= *ret_n + *ret_end;
	l->number++;
	return p;
}

/* ---- a journal ---- */

static bool is_record(const char *p, size_t n)
{
	return n > 0 && n <= REDACTOR_TEXT_MAX && jline_check(p, n) == 0;
}

/* Which keys are part of what. */
static void learn_keys(struct redactor *r, const char *p, size_t n, struct keys *keys)
{
	struct lines l = {p, n, 0};
	size_t line, end;
	const char *at;

	while ((at = next_line(&l, &line, &end)))
		if (is_record(at, line)) {
			keys_record(keys, r, (struct jspan){at, line}, l.number);
			(void)!tree_mask(r, at, line, NULL);
		}
	keys_end(keys, r);
}

static int mask_records(struct redactor *r, const struct keys *keys, const char *name,
	const char *p, size_t n, struct dynbuf *to)
{
	struct lines l = {p, n, 0};
	size_t line, end, bad = 0;
	const char *at;

	while ((at = next_line(&l, &line, &end))) {
		if (line == 0)
			continue;
		size_t before = to->n;
		r->keyed = keys_find(keys, l.number);
		if (is_record(at, line) && tree_mask(r, at, line, to) == 0) {
			dynbuf_adds(to, "\n");
			continue;
		}
		dynbuf_truncate(to, before);
		bad++;
		log_warn("%s: line %zu is left out: no record", name, l.number);
	}
	return bad ? EXIT_DATA : EXIT_OK;
}

static int mask_journal(
	struct redactor *r, const char *name, const char *p, size_t n, struct dynbuf *to)
{
	struct keys keys = {.n = 0};
	int code = EXIT_OK;

	redactor_begin(r, true);
	learn_keys(r, p, n, &keys);
	redactor_begin(r, false);
	code = mask_records(r, &keys, name, p, n, to);
	r->keyed = NULL;
	keys_free(&keys);
	return code;
}

/* ---- text ---- */

/* Who says a line: "BOT: ...", "[00:12] CLIENT: ...", "<v Bot>..."; bytes before what is said. */
static size_t prefix(const char *p, size_t n, enum said_by *who)
{
	static const struct {
		const char *mark;
		enum said_by who;
	} marks[] = {{"BOT:", SAID_BY_BOT}, {"AGENT:", SAID_BY_BOT}, {"CLIENT:", SAID_BY_CALLER},
		{"CALLER:", SAID_BY_CALLER}, {"USER:", SAID_BY_CALLER}, {"<v Bot>", SAID_BY_BOT},
		{"<v Client>", SAID_BY_CALLER}, {"<v Caller>", SAID_BY_CALLER}};
	size_t at = 0;

	if (n > 0 && p[0] == '[') {
		const char *end = memchr(p, ']', n);
		at = end ? (size_t)(end - p) + 1 : 0;
	}
	while (at < n && p[at] == ' ')
		at++;
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		size_t k = strlen(marks[i].mark);
		if (n - at >= k && strncasecmp(p + at, marks[i].mark, k) == 0) {
			*who = marks[i].who;
			return at + k;
		}
	}
	return 0;
}

static void mask_text(struct redactor *r, const char *p, size_t n, struct dynbuf *to)
{
	struct lines l = {p, n, 0};
	enum said_by who = SAID_BY_NOBODY;
	size_t line, end;
	const char *at;

	while ((at = next_line(&l, &line, &end))) {
		size_t before = prefix(at, line, &who);
		if (to && !r->learning)
			dynbuf_add(to, at, before);
		redactor_text(r, who, at + before, line - before, to);
		if (to && !r->learning && end)
			dynbuf_adds(to, "\n");
	}
}

/* ---- all ---- */

static int mask_json(
	struct redactor *r, const char *name, const char *p, size_t n, struct dynbuf *to)
{
	if (!is_json(p, n)) {
		log_error("cannot take '%s': it begins like JSON and is none", name);
		return EXIT_DATA;
	}
	redactor_begin(r, true);
	int err = tree_mask(r, p, n, NULL);
	redactor_begin(r, false);
	if (!err && tree_mask(r, p, n, to) == 0)
		return EXIT_OK;
	log_error("cannot take '%s': it is nested deeper than %d", name, TREE_DEPTH);
	dynbuf_reset(to);
	return EXIT_DATA;
}

int document_mask(struct redactor *r, enum document_form form, const char *name, const char *p,
	size_t n, struct dynbuf *to)
{
	int code = EXIT_OK;

	if (form == DOCUMENT_JOURNAL) {
		code = mask_journal(r, name, p, n, to);
	} else if (form == DOCUMENT_JSON) {
		code = mask_json(r, name, p, n, to);
	} else {
		redactor_begin(r, true);
		mask_text(r, p, n, NULL);
		redactor_begin(r, false);
		mask_text(r, p, n, to);
	}
	if (r->too_long) {
		log_error("cannot take '%s': there is a line or string of more than %d MiB", name,
			REDACTOR_TEXT_MAX >> 20);
		dynbuf_reset(to);
		return EXIT_DATA;
	}
	if (r->failed || dynbuf_failed(to)) {
		log_error("cannot mask '%s': no memory", name);
		return EXIT_SYSTEM;
	}
	return code;
}
