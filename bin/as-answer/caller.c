#include "caller.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/asock.h"
#include "codec/jline.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

/* The three that are members of their own in call.json. */
static const char *const first[] = {"from", "to", "campaign"};

static bool is_first(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(first); i++) {
		if (strcmp(name, first[i]) == 0)
			return true;
	}
	return false;
}

const char *caller_get(const struct caller *c, const char *name)
{
	for (size_t i = 0; i < c->vars; i++) {
		if (strcmp(c->var[i].name, name) == 0)
			return c->var[i].value;
	}
	return NULL;
}

static struct caller_var *find_or_add(struct caller *c, const char *name)
{
	for (size_t i = 0; i < c->vars; i++) {
		if (strcmp(c->var[i].name, name) == 0)
			return &c->var[i];
	}
	return c->vars < CALLER_VARS_MAX ? &c->var[c->vars++] : NULL;
}

/* Set a variable; the value is cut to its bound, and what is not printable becomes a blank. */
static void set(struct caller *c, const char *name, const char *value, size_t n)
{
	struct caller_var *v = find_or_add(c, name);

	if (!v) {
		c->ignored++;
		return;
	}
	if (n >= sizeof(v->value))
		n = sizeof(v->value) - 1;
	snprintf(v->name, sizeof(v->name), "%s", name);
	for (size_t i = 0; i < n; i++)
		v->value[i] = (unsigned char)value[i] < ' ' || value[i] == 0x7f ? ' ' : value[i];
	v->value[n] = '\0';
}

void caller_from_uuid(struct caller *c, const char *uuid)
{
	char hex[ASOCK_UUID_TEXT];
	const char *number;
	size_t n = 0;

	for (const char *p = uuid; *p && n < sizeof(hex) - 1; p++) {
		if (*p != '-')
			hex[n++] = *p;
	}
	hex[n] = '\0';
	if (n != 32 || memcmp(hex, "ca11", 4) != 0 || hex[19] != 'f' ||
		strspn(hex + 20, DIGITS) != 12)
		return;
	hex[19] = '\0';
	number = hex + 4 + strspn(hex + 4, "f");
	if (*number && strspn(number, DIGITS) == strlen(number))
		set(c, "from", number, strlen(number));
}

/* One line without its end. */
static void parse_line(struct caller *c, const char *line, size_t n)
{
	const char *equal = memchr(line, '=', n);
	size_t name_bytes = equal ? (size_t)(equal - line) : 0;
	char name[CALLER_NAME_MAX];
	const char *value;

	while (n > 0 && memchr(" \t\r", line[n - 1], 3))
		n--;
	if (n == 0 || line[0] == '#')
		return;
	if (name_bytes == 0 || name_bytes >= sizeof(name)) {
		c->ignored++;
		return;
	}
	memcpy(name, line, name_bytes);
	name[name_bytes] = '\0';
	if (strspn(name, LETTERS DIGITS) != name_bytes || strchr(DIGITS, name[0])) {
		c->ignored++;
		return;
	}
	value = equal + 1;
	if (value < line + n)
		set(c, name, value, (size_t)(line + n - value));
}

void caller_parse(struct caller *c, const char *text, size_t n)
{
	const char *end = text + n;

	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *next = nl ? nl + 1 : end;

		parse_line(c, text, (size_t)((nl ? nl : end) - text));
		text = next;
	}
}

int caller_load(struct caller *c, const char *dir, const char *uuid)
{
	char text[CALLER_FILE_MAX], path[PATH_MAX];
	struct stat st;
	ssize_t n;
	int fd, err;

	if (format_path(path, "%s/%s", dir, uuid) == -1)
		return -1;
	/* others may write here: no link, and nothing that would keep us waiting */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return -1;
	n = -1;
	errno = EINVAL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read(fd, text, sizeof(text));
	err = errno;
	close(fd);
	errno = err;
	if (n == -1)
		return -1;
	/* a line that is cut off is none */
	if ((size_t)n == sizeof(text)) {
		while (n > 0 && text[n - 1] != '\n')
			n--;
	}
	caller_parse(c, text, (size_t)n);
	return 0;
}

/* Add a member unless the buffer would grow beyond max bytes. */
static bool add(struct dynbuf *b, const struct caller_var *v, size_t max)
{
	size_t before = b->n;

	jline_add_str(b, v->name, v->value);
	if (b->n <= max)
		return true;
	dynbuf_truncate(b, before);
	return false;
}

size_t caller_json(const struct caller *c, struct dynbuf *b, size_t max)
{
	static const char vars[] = ",\"vars\":{";
	size_t left = 0;
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(first); i++) {
		for (size_t k = 0; k < c->vars; k++) {
			if (strcmp(c->var[k].name, first[i]) == 0)
				left += !add(b, &c->var[k], max);
		}
	}
	for (size_t k = 0; k < c->vars; k++) {
		if (is_first(c->var[k].name))
			continue;
		if (!any && b->n + sizeof(vars) <= max) {
			dynbuf_adds(b, vars);
			any = true;
		}
		left += !any || !add(b, &c->var[k], max - 1);
	}
	if (any)
		dynbuf_adds(b, "}");
	return left;
}
