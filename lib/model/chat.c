#include "model/chat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "codec/jline.h"

static const char name_letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

void chat_init(struct chat *c, size_t turns_max)
{
	*c = (struct chat){.turns_max = turns_max < 2 ? 2 : turns_max};
	if (c->turns_max > CHAT_TURNS_MAX)
		c->turns_max = CHAT_TURNS_MAX;
	c->system = strdup("");
}

static void free_calls(struct chat_call *call, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(call[i].id);
		free(call[i].name);
		free(call[i].arguments);
	}
	free(call);
}

static void free_message(struct chat_message *m)
{
	free(m->text);
	free(m->note);
	free_calls(m->call, m->calls);
	free(m->thinking);
	free(m->provider);
	free(m->call_id);
}

void chat_forget_tools(struct chat *c)
{
	for (size_t i = 0; i < c->tools; i++) {
		free(c->tool[i].name);
		free(c->tool[i].description);
		free(c->tool[i].schema);
	}
	c->tools = 0;
}

void chat_free(struct chat *c)
{
	for (size_t i = 0; i < c->messages; i++)
		free_message(&c->message[i]);
	free(c->message);
	chat_forget_tools(c);
	free(c->system);
	free(c->summary);
	*c = (struct chat){0};
}

/* ---- texts ---- */

static bool blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* A copy without blanks at its ends, cut where it is too long; what is no character is replaced. */
static char *keep(const char *s, size_t max)
{
	struct dynbuf b;
	size_t n;
	char *copy;

	while (blank(*s))
		s++;
	n = utf8_cut(s, strlen(s), max);
	while (n > 0 && blank(s[n - 1]))
		n--;
	if (utf8_valid(s, n))
		return strndup(s, n);
	dynbuf_init(&b, max * 3 + 1);
	for (size_t i = 0; i < n;) {
		uint32_t code;
		char out[4];
		i += utf8_next(s + i, n - i, &code);
		dynbuf_add(&b, out, utf8_encode(code, out));
	}
	copy = dynbuf_failed(&b) ? NULL : strdup(b.p);
	dynbuf_free(&b);
	return copy;
}

/* What a user says cannot look like what we say around it. */
static char *keep_said(const char *s, size_t max)
{
	struct dynbuf b;
	char *copy = keep(s, max);

	if (!copy || !strpbrk(copy, "<>"))
		return copy;
	dynbuf_init(&b, max * 3 + 1);
	for (const char *p = copy; *p; p++) {
		if (*p == '<')
			dynbuf_adds(&b, "\u2039");
		else if (*p == '>')
			dynbuf_adds(&b, "\u203a");
		else
			dynbuf_add(&b, p, 1);
	}
	free(copy);
	copy = dynbuf_failed(&b) ? NULL : strdup(b.p);
	dynbuf_free(&b);
	return copy;
}

int chat_system(struct chat *c, const char *text)
{
	char *copy = keep(text, CHAT_SYSTEM_MAX);

	if (!copy)
		return -1;
	free(c->system);
	c->system = copy;
	return 0;
}

/* ---- tools ---- */

static bool name_valid(const char *name)
{
	size_t n = strspn(name, name_letters);

	return n > 0 && n < CHAT_NAME_MAX && !name[n];
}

/* Vendors want the type of the arguments to be "object". */
static char *schema_text(const json_t *schema)
{
	json_t *v = json_is_object(schema) ? json_deep_copy(schema) : json_object();
	char *text = NULL;

	if (v && !json_object_get(v, "properties"))
		json_object_set_new(v, "properties", json_object());
	if (v && json_object_set_new(v, "type", json_string("object")) == 0)
		text = json_dumps(v, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(v);
	return text;
}

int chat_tool(struct chat *c, const char *name, const char *description, const json_t *schema)
{
	struct chat_tool *t = &c->tool[c->tools];

	if (c->tools == CHAT_TOOLS_MAX) {
		errno = E2BIG;
		return -1;
	}
	if (!name_valid(name)) {
		errno = EINVAL;
		return -1;
	}
	*t = (struct chat_tool){.name = strdup(name),
		.description = keep(description, CHAT_TEXT_MAX),
		.schema = schema_text(schema)};
	c->tools++;
	if (t->name && t->description && t->schema)
		return 0;
	free(t->name);
	free(t->description);
	free(t->schema);
	c->tools--;
	errno = ENOMEM;
	return -1;
}

/* ---- messages ---- */

static size_t message_bytes(const struct chat_message *m)
{
	size_t n = strlen(m->text) + (m->note ? strlen(m->note) : 0) +
		(m->thinking ? strlen(m->thinking) : 0);

	for (size_t i = 0; i < m->calls; i++)
		n += strlen(m->call[i].name) + strlen(m->call[i].arguments);
	return n + 64;
}

/* Turns begin where the user says something, and said nothing before. */
static bool turn_begins(const struct chat *c, size_t i)
{
	return c->message[i].role == CHAT_USER && (i == 0 || c->message[i - 1].role != CHAT_USER);
}

static size_t count_turns(const struct chat *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->messages; i++)
		n += turn_begins(c, i);
	return n;
}

/* Where turn n begins, from 0; behind the last message if there are not so many. What stands before the first thing a
 * user said is part of the first turn. */
static size_t find_turn(const struct chat *c, size_t n)
{
	size_t before = 0;

	for (size_t i = 0; n > 0 && i < c->messages; i++)
		if (turn_begins(c, i) && before++ == n)
			return i;
	return n > 0 ? c->messages : 0;
}

static void drop(struct chat *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		c->bytes -= message_bytes(&c->message[i]);
		free_message(&c->message[i]);
	}
	c->messages -= n;
	memmove(c->message, c->message + n, c->messages * sizeof(*c->message));
}

/* Nobody has folded it, and it grows too large: the oldest turns go, the last stays. */
static void bound(struct chat *c)
{
	while (c->bytes > CHAT_TOTAL_MAX || count_turns(c) > 2 * c->turns_max) {
		size_t second = find_turn(c, 1);
		if (second == c->messages)
			return;
		drop(c, second);
	}
}

/* A message whose parts are all there is taken, else freed. */
static int add(struct chat *c, struct chat_message *m, bool whole)
{
	if (whole && c->bytes > 2 * CHAT_TOTAL_MAX) {
		free_message(m);
		errno = E2BIG;
		return -1;
	}
	if (whole && c->messages == c->size) {
		size_t size = c->size ? 2 * c->size : 16;
		struct chat_message *more = realloc(c->message, size * sizeof(*more));
		if (more) {
			c->message = more;
			c->size = size;
		}
	}
	if (!whole || c->messages == c->size) {
		free_message(m);
		errno = ENOMEM;
		return -1;
	}
	m->id = ++c->last_id;
	c->message[c->messages++] = *m;
	c->bytes += message_bytes(m);
	bound(c);
	return 0;
}

int chat_user(struct chat *c, const char *text, const char *note)
{
	struct chat_message m = {.role = CHAT_USER, .text = keep_said(text, CHAT_TEXT_MAX)};

	if (note)
		m.note = keep(note, CHAT_TEXT_MAX);
	return add(c, &m, m.text && !note == !m.note);
}

int chat_data(struct chat *c, const char *text)
{
	struct chat_message m = {.role = CHAT_USER, .text = keep_said(text, CHAT_TOTAL_MAX)};

	return add(c, &m, m.text);
}

/* Vendors refuse a question with a name that no tool can have. */
static char *keep_name(const char *name)
{
	size_t n = utf8_cut(name, strlen(name), CHAT_NAME_MAX - 1);
	char *copy = n > 0 ? strndup(name, n) : strdup("unknown");

	for (char *p = copy; p && *p; p++)
		if (!strchr(name_letters, *p))
			*p = '_';
	return copy;
}

/* .. and some one whose arguments are no object. */
static char *keep_arguments(const char *text)
{
	json_t *v = json_loads(text, 0, NULL);
	struct dynbuf b;
	char *copy;

	if (json_is_object(v)) {
		json_decref(v);
		return strdup(text);
	}
	json_decref(v);
	dynbuf_init(&b, 8 * CHAT_RESULT_MAX);
	dynbuf_adds(&b, "{");
	jline_add_str(&b, "malformed", text);
	dynbuf_adds(&b, "}");
	copy = dynbuf_failed(&b) ? strdup("{}") : strdup(b.p);
	dynbuf_free(&b);
	return copy;
}

static bool copy_calls(struct chat_message *m, const struct chat_turn *turn)
{
	bool whole = true;

	if (turn->calls == 0)
		return true;
	m->call = calloc(turn->calls, sizeof(*m->call));
	if (!m->call)
		return false;
	m->calls = turn->calls;
	for (size_t i = 0; i < m->calls; i++) {
		m->call[i] = (struct chat_call){.id = strdup(turn->call[i].id),
			.name = keep_name(turn->call[i].name),
			.arguments = keep_arguments(turn->call[i].arguments)};
		whole = whole && m->call[i].id && m->call[i].name && m->call[i].arguments;
	}
	return whole;
}

int chat_assistant(struct chat *c, const char *text, const struct chat_turn *turn, int64_t *ret_id)
{
	struct chat_message m = {.role = CHAT_ASSISTANT, .text = keep(text, CHAT_TEXT_MAX)};
	bool whole = m.text && (!turn || copy_calls(&m, turn));

	if (turn && turn->thinking && turn->provider) {
		m.thinking = strdup(turn->thinking);
		m.provider = strdup(turn->provider);
		whole = whole && m.thinking && m.provider;
	}
	if (add(c, &m, whole) < 0)
		return -1;
	if (ret_id)
		*ret_id = c->last_id;
	return 0;
}

int chat_heard(struct chat *c, int64_t id, const char *text)
{
	for (size_t i = 0; i < c->messages; i++) {
		struct chat_message *m = &c->message[i];
		if (m->id != id)
			continue;
		char *copy = keep(text, CHAT_TEXT_MAX);
		if (!copy)
			return -1;
		c->bytes -= message_bytes(m);
		free(m->text);
		m->text = copy;
		c->bytes += message_bytes(m);
	}
	return 0;
}

void chat_back(struct chat *c, int64_t id)
{
	while (c->messages > 0 && c->message[c->messages - 1].id > id) {
		struct chat_message *m = &c->message[--c->messages];

		c->bytes -= message_bytes(m);
		free_message(m);
	}
}

int chat_result(struct chat *c, const char *call_id, const char *text, bool failed)
{
	struct chat_message m = {
		.role = CHAT_RESULT,
		.text = keep(text, CHAT_RESULT_MAX),
		.call_id = strdup(call_id),
		.failed = failed,
	};

	return add(c, &m, m.text && m.call_id);
}

static bool id_used(const struct chat *c, const char *id)
{
	for (size_t i = 0; i < c->messages; i++)
		for (size_t k = 0; k < c->message[i].calls; k++)
			if (strcmp(c->message[i].call[k].id, id) == 0)
				return true;
	return false;
}

void chat_call_id(const struct chat *c, const char *id, size_t nth, char ret[CHAT_NAME_MAX])
{
	if (name_valid(id) && !id_used(c, id))
		snprintf(ret, CHAT_NAME_MAX, "%s", id);
	else
		snprintf(ret, CHAT_NAME_MAX, "call_%lld_%zu", (long long)c->last_id + 1, nth + 1);
}

/* ---- what is folded ---- */

bool chat_full(const struct chat *c)
{
	return count_turns(c) > c->turns_max || c->bytes > CHAT_TOTAL_MAX / 2;
}

/* Index behind the older half of the turns. */
static size_t older_half(const struct chat *c)
{
	size_t turns = count_turns(c), keep_turns = c->turns_max / 2;

	if (c->bytes > CHAT_TOTAL_MAX / 2 && turns / 2 < keep_turns)
		keep_turns = turns / 2;
	if (keep_turns < 1)
		keep_turns = 1;
	return turns > keep_turns ? find_turn(c, turns - keep_turns) : 0;
}

static void tell(struct dynbuf *b, const struct chat_message *m)
{
	if (m->role == CHAT_USER && *m->text)
		dynbuf_addf(b, "Caller: %s\n", m->text);
	if (m->role == CHAT_ASSISTANT && *m->text)
		dynbuf_addf(b, "Agent: %s\n", m->text);
	for (size_t i = 0; i < m->calls; i++)
		dynbuf_addf(b, "Agent called %s: %s\n", m->call[i].name, m->call[i].arguments);
	if (m->role == CHAT_RESULT)
		dynbuf_addf(b, "%s: %.*s\n", m->failed ? "It failed" : "Result",
			(int)utf8_cut(m->text, strlen(m->text), 1024), m->text);
}

int chat_fold_text(struct chat *c, struct dynbuf *ret)
{
	size_t n = older_half(c);

	if (c->summary)
		dynbuf_addf(ret, "Before: %s\n", c->summary);
	for (size_t i = 0; i < n; i++)
		tell(ret, &c->message[i]);
	c->folding = n > 0 ? c->message[n - 1].id : 0;
	return dynbuf_failed(ret) ? -1 : 0;
}

void chat_fold(struct chat *c, const char *summary)
{
	size_t n = 0;
	char *copy = summary ? keep_said(summary, CHAT_TEXT_MAX) : NULL;

	if (c->folding == 0 && older_half(c) > 0)
		c->folding = c->message[older_half(c) - 1].id;
	while (n < c->messages && c->message[n].id <= c->folding)
		n++;
	drop(c, n);
	c->folding = 0;
	if (!copy || !*copy) {
		free(copy);
		return;
	}
	free(c->summary);
	c->summary = copy;
}
