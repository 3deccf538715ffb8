#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "scenario/load.h"

char *read_text(struct loading *l, const struct where *at, const char *path, size_t max)
{
	struct stat st;
	char *text = NULL;
	size_t n;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		mistake(l, at, "cannot read '%s': %s", path,
			S_ISDIR(st.st_mode) ? strerror(EISDIR) : "it is no file");
	} else if (read_file(path, max, &text, &n) < 0) {
		if (errno == ENOMEM)
			memory_none(l->memory);
		if (errno == EFBIG)
			mistake(l, at, "cannot read '%s': larger than %zu KiB", path, max / 1024);
		else
			mistake(l, at, "cannot read '%s': %s", path, strerror(errno));
		return NULL;
	} else if (strlen(text) != n || !utf8_valid(text, n)) {
		mistake(l, at, "'%s' is no text in UTF-8", path);
		free(text);
		return NULL;
	}
	return text;
}

bool is_object(struct loading *l, const struct where *at, json_t *v, size_t max)
{
	if (!json_is_object(v))
		mistake(l, at, "has to be an object");
	else if (json_object_size(v) > max)
		mistake(l, at, "more than %zu", max);
	else
		return true;
	return false;
}

bool is_array(struct loading *l, const struct where *at, json_t *v)
{
	if (!json_is_array(v))
		mistake(l, at, "has to be an array");
	else if (json_array_size(v) > SCENARIO_LIST_MAX)
		mistake(l, at, "more than %d", SCENARIO_LIST_MAX);
	else if (json_array_size(v) == 0)
		mistake(l, at, "is empty");
	else
		return true;
	return false;
}

static bool in_list(const char *key, const char *const *list)
{
	for (; list && *list; list++) {
		if (strcmp(*list, key) == 0)
			return true;
	}
	return false;
}

void read_keys(struct loading *l, const struct where *at, json_t *object, const char *const *a,
	const char *const *b)
{
	const char *key;
	json_t *v;

	json_object_foreach(object, key, v) {
		struct nearest near = {.name = key};
		if (in_list(key, a) || in_list(key, b) || strcmp(key, "comment") == 0)
			continue;
		for (const char *const *k = a; k && *k; k++)
			nearest_try(&near, *k);
		for (const char *const *k = b; k && *k; k++)
			nearest_try(&near, *k);
		mistake(l, MEMBER(at, key), "unknown key%s", nearest_text(l, &near));
	}
}

const char *as_string(struct loading *l, const struct where *at, json_t *v)
{
	if (!json_is_string(v))
		mistake(l, at, "has to be a string");
	else if (!json_string_length(v))
		mistake(l, at, "is empty");
	else
		return json_string_value(v);
	return NULL;
}

bool is_plain(struct loading *l, const struct where *at, json_t *v)
{
	bool plain = true;
	const char *key;
	json_t *item;

	if (json_is_string(v) && strstr(json_string_value(v), "{{")) {
		mistake(l, at, "cannot have variables in it");
		return false;
	}
	json_object_foreach(v, key, item)
		plain &= is_plain(l, MEMBER(at, key), item);
	for (size_t i = 0; i < json_array_size(v); i++)
		plain &= is_plain(l, ITEM(at, i), json_array_get(v, i));
	return plain;
}

const char *read_string(struct loading *l, const struct where *at, json_t *object, const char *key)
{
	json_t *v = json_object_get(object, key);

	return v ? as_string(l, MEMBER(at, key), v) : NULL;
}

int read_int(struct loading *l, const struct where *at, json_t *object, const char *key, int min,
	int max, int fallback)
{
	json_t *v = json_object_get(object, key);

	if (!v)
		return fallback;
	if (json_is_integer(v) && json_integer_value(v) >= min && json_integer_value(v) <= max)
		return (int)json_integer_value(v);
	mistake(l, MEMBER(at, key), "has to be an integer from %d to %d", min, max);
	return fallback;
}

bool read_bool(
	struct loading *l, const struct where *at, json_t *object, const char *key, bool fallback)
{
	json_t *v = json_object_get(object, key);

	if (!v)
		return fallback;
	if (!json_is_boolean(v))
		mistake(l, MEMBER(at, key), "has to be true or false");
	return json_is_true(v);
}

bool read_true(struct loading *l, const struct where *at, json_t *object, const char *key)
{
	json_t *v = json_object_get(object, key);

	if (v && !json_is_true(v))
		mistake(l, MEMBER(at, key), "has to be true, or left out");
	return v;
}

const char *read_language(
	struct loading *l, const struct where *at, json_t *object, const char *fallback)
{
	const char *s = read_string(l, at, object, "language"), *p = s;

	if (!s)
		return fallback;
	for (size_t n; *p; p += n + (p[n] == '-')) {
		n = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
		if (!n || n > 8 || (p == s && (n < 2 || isdigit((unsigned char)*p))) ||
			(p[n] && p[n] != '-') || (p[n] == '-' && !p[n + 1])) {
			mistake(l, MEMBER(at, "language"),
				"'%s' is no language tag, such as 'en' or 'fr-FR'", s);
			return fallback;
		}
	}
	return s;
}

struct scenario_words as_words(struct loading *l, const struct where *at, json_t *v)
{
	struct scenario_words words = {0};

	if (!is_plain(l, at, v))
		return words;
	if (json_is_string(v)) {
		words.word = MEMORY_ARRAY(l->memory, const char *, 1);
		words.word[0] = as_string(l, at, v);
		words.n = words.word[0] != NULL;
		return words;
	}
	if (!json_is_array(v)) {
		mistake(l, at, "has to be a string or an array of strings");
		return words;
	}
	if (!is_array(l, at, v))
		return words;
	words.word = MEMORY_ARRAY(l->memory, const char *, json_array_size(v));
	for (size_t i = 0; i < json_array_size(v); i++) {
		const char *s = as_string(l, ITEM(at, i), json_array_get(v, i));
		size_t k = 0;
		while (s && k < words.n && strcmp(words.word[k], s) != 0)
			k++;
		if (s && k < words.n)
			mistake(l, ITEM(at, i), "'%s' stands here twice", s);
		else if (s)
			words.word[words.n++] = s;
	}
	return words;
}

static void undo_regex(void *p)
{
	regfree(p);
}

static bool compile(
	struct loading *l, const struct where *at, const char *pattern, int flags, regex_t *ret)
{
	char why[128];
	int code = strlen(pattern) > 1024 ? -1 : regcomp(ret, pattern, REG_EXTENDED | flags);

	if (code == 0) {
		memory_defer(l->memory, undo_regex, ret);
		return true;
	}
	if (code < 0)
		snprintf(why, sizeof(why), "longer than 1024 bytes");
	else
		regerror(code, ret, why, sizeof(why));
	mistake(l, at, "no regular expression: %s", why);
	return false;
}

const regex_t *as_regex(struct loading *l, const struct where *at, json_t *v)
{
	const char *pattern = as_string(l, at, v);
	regex_t *regex = memory_get(l->memory, sizeof(*regex));

	return pattern && compile(l, at, pattern, 0, regex) ? regex : NULL;
}

struct scenario_regexes as_regexes(struct loading *l, const struct where *at, json_t *v)
{
	struct scenario_words patterns = as_words(l, at, v);
	struct scenario_regexes list = {
		.regex = MEMORY_ARRAY(l->memory, regex_t, patterns.n),
	};

	for (size_t i = 0; i < patterns.n; i++)
		list.n += compile(l, json_is_array(v) ? ITEM(at, i) : at, patterns.word[i],
			REG_ICASE, &list.regex[list.n]);
	return list;
}

static void add_use(struct loading *l, const struct where *at, const char *variable)
{
	struct use *u = memory_get(l->memory, sizeof(*u));

	*u = (struct use){
		.next = l->uses, .file = l->file, .place = where_path(l, at), .variable = variable};
	l->uses = u;
}

/* What is wrong, and in which place of a text. */
static void say_at(struct loading *l, const struct where *at, const char *why, const char *rest)
{
	if (*rest)
		mistake(l, at, "%s, at: %.20s", why, rest);
	else
		mistake(l, at, "%s, at the end", why);
}

static void undo_template(void *p)
{
	template_free(p);
}

static void undo_condition(void *p)
{
	condition_free(p);
}

const struct template *text_template(struct loading *l, const struct where *at, const char *text)
{
	const char *why, *variable;
	struct template *t;
	size_t n;

	t = template_parse(text, &why, &n);
	if (!t) {
		if (errno == ENOMEM)
			memory_none(l->memory);
		say_at(l, at, why, text + n);
		return NULL;
	}
	memory_defer(l->memory, undo_template, t);
	for (size_t i = 0; (variable = template_path(t, i)); i++)
		add_use(l, at, variable);
	return t; // cppcheck-suppress CastIntegerToAddressAtReturn ; it takes the name of the type for C++
}

const struct template *as_template(struct loading *l, const struct where *at, json_t *v)
{
	const char *text = as_string(l, at, v);

	return text ? text_template(l, at, text)
		    : NULL; // cppcheck-suppress CastIntegerToAddressAtReturn
}

const struct condition *as_condition(struct loading *l, const struct where *at, json_t *v)
{
	const char *text = as_string(l, at, v), *why, *variable;
	struct condition *c;
	size_t n;

	if (!text)
		return NULL;
	c = condition_parse(text, strlen(text), &why, &n);
	if (!c) {
		if (errno == ENOMEM)
			memory_none(l->memory);
		say_at(l, at, why, text + n);
		return NULL;
	}
	memory_defer(l->memory, undo_condition, c);
	for (size_t i = 0; (variable = condition_path(c, i)); i++)
		add_use(l, at, variable);
	return c;
}

const char *beside(struct loading *l, const char *name)
{
	if (*name == '/')
		return name;
	while (strncmp(name, "./", 2) == 0 && name[2] != '/')
		name += 2;
	return memory_format(l->memory, "%s%s", l->folder, name);
}

const char *as_file(struct loading *l, const struct where *at, const char *name)
{
	const char *path;

	if (!name)
		return NULL;
	if (strstr(name, "{{")) {
		mistake(l, at, "a file name cannot have variables in it");
		return NULL;
	}
	path = beside(l, name);
	if (access(path, R_OK) < 0)
		mistake(l, at, "cannot read '%s': %s", path, strerror(errno));
	return path;
}

void set_variable(struct loading *l, const struct where *at, const char *name)
{
	for (size_t i = 0; scenario_variables[i]; i++) {
		if (strcmp(scenario_variables[i], name) == 0) {
			mistake(l, at, "'%s' is the agent's own, and is not set", name);
			return;
		}
	}
	if (!variable_valid(name))
		mistake(l, at, "'%s' is no name of a variable", name);
	else if (json_object_set_new(l->set, name, json_true()) < 0)
		memory_none(l->memory);
}
