#include "base/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "CALLPIPE_"
#define ECHO_MIN 6 /* bytes of a secret that give it away */

static const char blanks[] = " \t\r\n";

void secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void secret_hide(char *text, const char *secret)
{
	size_t size = secret ? strlen(secret) : 0;
	size_t min = size < ECHO_MIN ? size : ECHO_MIN;

	for (char *p = text; size && *p; p++) {
		size_t n = 0;

		while (n < size && p[n] == secret[n])
			n++;
		if (n < min)
			continue;
		/* what goes on behind it: the rest, or stars of theirs */
		n += strcspn(p + n, " \t\r\n\"'<>(){}[],;:&\\");
		memset(p, '*', n);
		p += n - 1;
	}
}

/* The secret in n bytes at p, which was found where `where` says. */
static int take(const char *p, size_t n, const char *where, char **ret, char why[SECRET_WHY_MAX])
{
	while (n && strchr(blanks, p[n - 1]))
		n--;
	for (; n && strchr(blanks, *p); p++)
		n--;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f) {
			snprintf(why, SECRET_WHY_MAX, "%s has control characters in it", where);
			return -1;
		}
	}
	if (n == 0 || n > SECRET_MAX) {
		snprintf(why, SECRET_WHY_MAX, "%s is %s", where, n ? "too long" : "empty");
		return -1;
	}
	*ret = strndup(p, n);
	if (!*ret)
		snprintf(why, SECRET_WHY_MAX, "%s", strerror(errno));
	return *ret ? 0 : -1;
}

/* 1: there is no such file. Its name is not said: people put the key itself there. */
static int take_file(const char *path, const char *where, char **ret, char why[SECRET_WHY_MAX])
{
	char *p;
	size_t n;
	int err;

	if (read_file(path, (size_t)2 * SECRET_MAX, &p, &n)) {
		snprintf(why, SECRET_WHY_MAX, "%s: %s", where, strerror(errno));
		return errno == ENOENT || errno == ENOTDIR ? 1 : -1;
	}
	err = take(p, n, where, ret, why);
	explicit_bzero(p, n);
	free(p);
	return err;
}

/* Variable PREFIX NAME, or the file named by PREFIX NAME _FILE. 1: neither is set; one that is empty is not. */
static int from_environment(
	const char *prefix, const char *name, char **ret, char why[SECRET_WHY_MAX])
{
	char variable[96], where[128];
	const char *value;

	snprintf(variable, sizeof variable, "%s%s", prefix, name);
	value = getenv(variable);
	if (value && *value)
		return take(value, strlen(value), variable, ret, why);
	snprintf(variable, sizeof variable, "%s%s_FILE", prefix, name);
	value = getenv(variable);
	if (!value || !*value)
		return 1;
	snprintf(where, sizeof where, "the file of %s", variable);
	return take_file(value, where, ret, why) ? -1 : 0;
}

/* One that is called CALLPIPE_X may be there as X, and the other way round. */
static int from_credentials(const char *name, char **ret, char why[SECRET_WHY_MAX])
{
	static const char *const prefix[] = {"", PREFIX};
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX], where[128];

	if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
		name += strlen(PREFIX);
	for (size_t i = 0; i < ARRAY_LEN(prefix) && !*ret; i++) {
		if (!folder || !*folder || format_path(path, "%s/%s%s", folder, prefix[i], name))
			return 0;
		snprintf(where, sizeof where, "the credential %s%s", prefix[i], name);
		if (take_file(path, where, ret, why) == -1)
			return -1;
		why[0] = '\0';
	}
	return 0;
}

/* ---- what others do not get ---- */

static bool is_word_of(const char *list, const char *name, size_t n)
{
	static const char ends[] = " \t,";

	while (list && *list) {
		size_t word = strcspn(list, ends);

		if (word == n && strncmp(list, name, n) == 0)
			return true;
		list += word;
		list += strspn(list, ends);
	}
	return false;
}

static bool ends_in(const char *name, size_t n, const char *end)
{
	size_t m = strlen(end);

	return n >= m && strncmp(name + n - m, end, m) == 0;
}

/* Names that were looked for, with blanks between. */
static char *wanted;

void secret_reserve(const char *name)
{
	char *more;

	if (is_word_of(wanted, name, strlen(name)) ||
		asprintf(&more, "%s%s%s", wanted ? wanted : "", wanted ? " " : "", name) < 0)
		return;
	free(wanted);
	wanted = more;
}

bool secret_name_valid(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return n > 0 && n < 64 && !name[n] && !(*name >= '0' && *name <= '9');
}

bool secret_is_variable(const char *var)
{
	static const char *const ends[] = {"_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_DSN"};
	size_t n = strcspn(var, "="), skip = 0;

	if (is_word_of(getenv("CALLPIPE_PROGRAM_KEYS"), var, n))
		return false;
	if (n > strlen(PREFIX) && strncmp(var, PREFIX, strlen(PREFIX)) == 0)
		skip = strlen(PREFIX);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (ends_in(var, n, ends[i]))
			return true;
	if (skip && memmem(var, n, "_KEY_", 5) && !ends_in(var, n, "_FILE"))
		return true;
	return is_word_of(wanted, var, n) || is_word_of(wanted, var + skip, n - skip);
}

int secret_find(const char *name, char **ret, char why[SECRET_WHY_MAX])
{
	static const char *const prefix[] = {PREFIX, ""};

	*ret = NULL;
	why[0] = '\0';
	secret_reserve(name);
	for (size_t i = 0; i < ARRAY_LEN(prefix); i++) {
		int err = from_environment(prefix[i], name, ret, why);

		if (err != 1)
			return err;
	}
	return from_credentials(name, ret, why);
}
