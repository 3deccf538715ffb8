#include "net/retry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/utf8.h"
#include "codec/jline.h"

#define FIRST_DELAY_MS 500
#define DELAY_MAX_MS 8000
#define CODE_MAX 64

/* ---- what errors say ---- */

/* One line for people: no control characters, single blanks, cut between characters. */
static void one_line(const char *p, size_t n, char *ret, size_t size)
{
	size_t m = 0;

	for (size_t i = 0; i < n && m + 1 < size; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c > 0x20 && c != 0x7f)
			ret[m++] = p[i];
		else if (m && ret[m - 1] != ' ')
			ret[m++] = ' ';
	}
	if (m + 1 == size) {
		while (m && ((unsigned char)ret[m - 1] & 0xc0) == 0x80)
			m--;
		if (m && (unsigned char)ret[m - 1] >= 0xc0)
			m--;
	}
	while (m && ret[m - 1] == ' ')
		m--;
	ret[m] = '\0';
	utf8_repair(ret);
}

/* Of a page the title, else what stands between its tags. */
static void page_text(const char *p, size_t n, char *ret, size_t size)
{
	const char *title = memmem(p, n, "<title>", 7);
	const char *end = title ? memmem(title, n - (size_t)(title - p), "</title>", 8) : NULL;
	char *text;
	size_t m = 0;
	bool tag = false;

	if (end) {
		one_line(title + 7, (size_t)(end - title - 7), ret, size);
		return;
	}
	text = malloc(n + 1);
	for (size_t i = 0; text && i < n; i++) {
		tag = tag || p[i] == '<';
		if (!tag)
			text[m++] = p[i];
		else if (p[i] == '>')
			tag = false;
	}
	one_line(text ? text : "", m, ret, size);
	free(text);
}

/* A string that is not empty; false: it is none. */
static bool take_string(struct jspan v, char *ret, size_t size)
{
	char *text = v.p ? malloc(v.n + 1) : NULL;

	ret[0] = '\0';
	if (text && jline_str(v, text, v.n + 1))
		one_line(text, strlen(text), ret, size);
	free(text);
	return ret[0] != '\0';
}

static bool take_member(struct jspan obj, const char *const *keys, char *ret, size_t size)
{
	struct jspan v;

	for (; *keys; keys++)
		if (jline_get(obj, *keys, &v) && take_string(v, ret, size))
			return true;
	return false;
}

/* The object that says what is wrong: {"error":{..}}, {"detail":{..}}, {"detail":[{..}, ..]}, or all of it. */
static struct jspan object_of(struct jspan all)
{
	static const char *const keys[] = {"error", "detail"};
	struct jspan v;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!jline_get(all, keys[i], &v))
			continue;
		/* of several the first */
		if (v.n > 2 && v.p[0] == '[' && v.p[1] == '{')
			v = (struct jspan){v.p + 1, v.n - 2};
		if (v.p[0] == '{')
			return v;
	}
	return all;
}

/* p is one checked object. */
static void object_text(
	const char *p, size_t n, char *ret, size_t size, char *code, size_t code_size)
{
	static const char *const messages[] = {"message", "err_msg", "msg", "error", "detail",
		"description", "title", "details", NULL};
	static const char *const codes[] = {
		"code", "err_code", "error_code", "type", "status", "category", NULL};
	struct jspan all = {p, n}, inner = object_of(all);

	if (!take_member(inner, messages, ret, size) && !take_member(all, messages, ret, size))
		one_line(p, n, ret, size);
	take_member(inner, codes, code, code_size);
}

void retry_message(const char *body, size_t n, char *ret, size_t size, char *code, size_t code_size)
{
	char *flat = malloc(n + 1);

	ret[0] = code[0] = '\0';
	if (!flat)
		return;
	/* line ends stand between tokens only: as they are sent, made to be read */
	for (size_t i = 0; i < n; i++)
		flat[i] = body[i] ? (char)(strchr("\r\n\t", body[i]) ? ' ' : body[i]) : ' ';
	flat[n] = '\0';
	if (jline_check(flat, n) == 0)
		object_text(flat, n, ret, size, code, code_size);
	else if (flat[strspn(flat, " ")] == '<')
		page_text(flat, n, ret, size);
	else
		one_line(flat, n, ret, size);
	free(flat);
}

/* ---- what to do about them ---- */

static bool is_good(const struct http_reply *r)
{
	return r->fault == HTTP_OK && r->status >= 200 && r->status < 300;
}

/* Money, or a key: whatever the status. */
static bool is_account(const struct http_reply *r, const char *code)
{
	static const char *const codes[] = {"insufficient_quota", "quota_exceeded", "billing_error",
		"billing_hard_limit_reached", "billing_not_active", "account_deactivated",
		"access_terminated", "invalid_api_key"};

	if (r->status >= 401 && r->status <= 403)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(codes) && r->status >= 400; i++)
		if (strcasecmp(code, codes[i]) == 0)
			return true;
	return false;
}

static void code_of(const struct http_reply *r, char code[CODE_MAX])
{
	char message[256];

	code[0] = '\0';
	if (r->error && r->error_bytes)
		retry_message(r->error, r->error_bytes, message, sizeof message, code, CODE_MAX);
}

static bool status_again(const struct http_reply *r, const char *code, int attempt)
{
	switch (r->status) {
	case 408:
	case 409:
	case 425:
	case 429:
	case 498:
		return true;
	case 400: /* a model that wrote a call of a tool that is none: it may do better */
	case 424:
		return attempt == 1 && (r->status == 424 || strcmp(code, "tool_use_failed") == 0);
	case 501:
	case 505:
		return false;
	default:
		return r->status >= 500;
	}
}

static int64_t delay_ms(const struct http_reply *r, int attempt)
{
	int64_t ms = FIRST_DELAY_MS;
	uint16_t lot = 0;

	if (r->retry_after_ms >= 0)
		return r->retry_after_ms;
	for (int i = 1; i < attempt && ms < DELAY_MAX_MS; i++)
		ms *= 2;
	ms = min_i64(ms, DELAY_MAX_MS);
	(void)!getrandom(&lot, sizeof lot, GRND_NONBLOCK);
	return ms - ms * lot / (4 * 65536);
}

enum retry_verdict retry_judge(
	const struct http_reply *r, int attempt, bool begun, int64_t *ret_delay_ms)
{
	char code[CODE_MAX];
	bool again;

	*ret_delay_ms = 0;
	if (is_good(r))
		return RETRY_OK;
	code_of(r, code);
	if (is_account(r, code))
		return RETRY_ACCOUNT;
	/* a status that is an error says more than how its body ended */
	if (r->status >= 300)
		again = r->should_retry >= 0 ? r->should_retry : status_again(r, code, attempt);
	else
		again = r->fault == HTTP_REFUSED || r->fault == HTTP_SLOW ||
			r->fault == HTTP_BROKEN;
	if (begun || !again)
		return RETRY_GIVE_UP;
	*ret_delay_ms = delay_ms(r, attempt);
	return RETRY_AGAIN;
}

bool retry_counts(const struct http_reply *r)
{
	char code[CODE_MAX];

	if (is_good(r))
		return false;
	if (r->status < 300)
		return r->fault != HTTP_UNABLE;
	code_of(r, code);
	return r->status >= 500 || r->status == 408 || r->status == 429 || r->status == 498 ||
		is_account(r, code);
}
