#include "model/reply.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* What thinking stands between. */
static const char *const tags[] = {"<think>", "<thinking>", "<reasoning>"};
static const char *const ends[] = {"</think>", "</thinking>", "</reasoning>"};

void reply_init(struct reply *r)
{
	*r = (struct reply){.block = -1};
	dynbuf_init(&r->words, REPLY_TEXT_MAX);
	dynbuf_init(&r->thinking, REPLY_THINKING_MAX);
	dynbuf_init(&r->thought, REPLY_THINKING_MAX / 2);
	dynbuf_init(&r->signature, REPLY_THINKING_MAX / 2);
	for (size_t i = 0; i < CHAT_CALLS_MAX; i++)
		dynbuf_init(&r->call[i].arguments, REPLY_ARGUMENTS_MAX);
}

void reply_free(struct reply *r)
{
	dynbuf_free(&r->words);
	dynbuf_free(&r->thinking);
	dynbuf_free(&r->thought);
	dynbuf_free(&r->signature);
	for (size_t i = 0; i < CHAT_CALLS_MAX; i++)
		dynbuf_free(&r->call[i].arguments);
}

bool reply_begun(const struct reply *r)
{
	return r->words.n > 0 || r->calls > 0;
}

/* Add to what has a maximum: beyond it, the answer ends there. */
static void add(struct reply *r, struct dynbuf *b, const char *p, size_t n)
{
	if (dynbuf_failed(b) || dynbuf_add(b, p, n) == 0)
		return;
	r->stop = REPLY_LENGTH;
}

static void say(struct reply *r, const char *p, size_t n)
{
	while (r->words.n == 0 && n > 0 && isspace((unsigned char)*p))
		p++, n--;
	if (n > 0)
		add(r, &r->words, p, n);
}

/* What has been held back is no tag: its first byte is said, or thought, the rest is looked at again. */
static void let_go(struct reply *r)
{
	if (r->think == 0)
		say(r, r->raw, 1);
	r->tag_n--;
	memmove(r->tag, r->tag + 1, r->tag_n);
	memmove(r->raw, r->raw + 1, r->tag_n);
}

/* Is what has been held back the beginning of one of these? *ret_whole: all of which, -1: of none. */
static bool begins(const struct reply *r, const char *const *list, size_t n, int *ret_whole)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (strncmp(list[i], r->tag, r->tag_n) != 0)
			continue;
		any = true;
		if (!list[i][r->tag_n])
			*ret_whole = (int)i;
	}
	return any;
}

/* Go on with what has been held back: it is a tag, may be one, or is none. */
static void look(struct reply *r)
{
	while (r->tag_n > 0) {
		int opens = -1, closes = -1;
		bool may = r->think == 0 && begins(r, tags, ARRAY_LEN(tags), &opens);
		may |= r->think == 0 ? begins(r, ends, ARRAY_LEN(ends), &closes)
				     : begins(r, &ends[r->think - 1], 1, &closes);
		if (opens >= 0)
			r->think = opens + 1;
		else if (closes >= 0)
			r->think = 0;
		if (opens >= 0 || closes >= 0)
			r->tag_n = 0;
		else if (may)
			return;
		else
			let_go(r);
	}
}

void reply_add_words(struct reply *r, const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (r->tag_n == 0) {
			const char *tag = memchr(p + i, '<', n - i);
			size_t plain = tag ? (size_t)(tag - p) - i : n - i;
			if (r->think == 0)
				say(r, p + i, plain);
			i += plain;
			if (!tag)
				return;
		}
		r->raw[r->tag_n] = p[i];
		r->tag[r->tag_n++] = (char)tolower((unsigned char)p[i++]);
		look(r);
	}
}

void reply_end(struct reply *r)
{
	while (r->tag_n > 0)
		let_go(r);
}

struct reply_call *reply_new_call(struct reply *r, int64_t index)
{
	if (r->calls == CHAT_CALLS_MAX) {
		r->skipped++;
		return NULL;
	}
	r->call[r->calls].index = index;
	return &r->call[r->calls++];
}

struct reply_call *reply_find_call(struct reply *r, int64_t index)
{
	for (size_t i = r->calls; i > 0; i--)
		if (r->call[i - 1].index == index)
			return &r->call[i - 1];
	return NULL;
}

void reply_add_arguments(struct reply *r, struct reply_call *call, const char *p, size_t n)
{
	if (r->answer && strcmp(call->name, r->answer) == 0)
		add(r, &r->words, p, n);
	else
		add(r, &call->arguments, p, n);
}

const char *reply_string(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

void reply_fail_by(struct reply *r, const json_t *error)
{
	const char *why = json_string_value(error);

	if (r->failed || !error || json_is_null(error))
		return;
	if (!why)
		why = json_string_value(json_object_get(error, "message"));
	if (!why)
		why = json_string_value(json_object_get(error, "type"));
	r->failed = true;
	snprintf(r->why, sizeof(r->why), "%s", why && *why ? why : "an error without a message");
	r->why[utf8_cut(r->why, strlen(r->why), sizeof(r->why) - 1)] = '\0';
	for (char *p = r->why; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
}
