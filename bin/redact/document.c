#include "document.h"

#include <jansson.h>
#include <string.h>

#include "base/log.h"
#include "codec/jline.h"
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

static int mask_journal(
	struct redactor *r, const char *name, const char *p, size_t n, struct dynbuf *to)
{
	struct lines l = {p, n, 0};
	size_t line, end, bad = 0;
	const char *at;

	while ((at = next_line(&l, &line, &end))) {
		if (line == 0)
			continue;
		size_t before = to ? to->n : 0;
		if (jline_check(at, line) == 0 && tree_mask(r, at, line, to) == 0) {
			if (to && !r->learning)
				dynbuf_adds(to, "\n");
			continue;
		}
		if (to)
			dynbuf_truncate(to, before);
		bad++;
		if (!r->learning)
			log_warn("%s: line %zu is left out: no record", name, l.number);
	}
	return bad ? EXIT_DATA : EXIT_OK;
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

static int mask_text(struct redactor *r, const char *p, size_t n, struct dynbuf *to)
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
	return EXIT_OK;
}

/* ---- all ---- */

static int pass(struct redactor *r, enum document_form form, const char *name, const char *p,
	size_t n, struct dynbuf *to)
{
	switch (form) {
	case DOCUMENT_JOURNAL:
		return mask_journal(r, name, p, n, to);
	case DOCUMENT_JSON:
		return tree_mask(r, p, n, to) < 0 ? EXIT_DATA : EXIT_OK;
	default:
		return mask_text(r, p, n, to);
	}
}

void document_learn(struct redactor *r, enum document_form form, const char *p, size_t n)
{
	redactor_begin(r, true);
	(void)pass(r, form, "", p, n, NULL);
}

int document_mask(struct redactor *r, enum document_form form, const char *name, const char *p,
	size_t n, struct dynbuf *to)
{
	if (form == DOCUMENT_JSON && !is_json(p, n)) {
		log_error("cannot take '%s': it begins like JSON and is none", name);
		return EXIT_DATA;
	}
	document_learn(r, form, p, n);
	redactor_begin(r, false);
	int code = pass(r, form, name, p, n, to);
	if (code == EXIT_DATA && form == DOCUMENT_JSON) {
		log_error("cannot take '%s': it is nested deeper than %d", name, TREE_DEPTH);
		dynbuf_reset(to);
	}
	if (r->failed || dynbuf_failed(to)) {
		log_error("cannot mask '%s': no memory", name);
		return EXIT_SYSTEM;
	}
	return code;
}
