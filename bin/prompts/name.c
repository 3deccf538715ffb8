#include "name.h"

#include <stdio.h>
#include <string.h>

#include "text/utf8.h"

/* What is behind the folder and a slash; NULL: path is not in it, or leaves it again. */
static const char *below(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	const char *rest;

	while (n > 1 && folder[n - 1] == '/')
		n--;
	if (n == 0 || strncmp(path, folder, n) != 0 || (path[n] != '/' && folder[n - 1] != '/'))
		return NULL;
	rest = path + n + strspn(path + n, "/");
	for (const char *part = rest; *part; part += strspn(part, "/")) {
		size_t k = strcspn(part, "/");

		if (strncmp(part + k, "//", 2) == 0 || (k == 1 && part[0] == '.') ||
			(k == 2 && memcmp(part, "..", 2) == 0))
			return NULL;
		part += k;
	}
	return *rest ? rest : NULL;
}

void name_of(const char *path, char *const operands[], char ret[PATH_MAX], const char **ret_why)
{
	const char *slash = strrchr(path, '/'), *name = NULL, *dot;
	size_t n;

	for (; *operands && !name; operands++)
		name = below(path, *operands);
	if (!name)
		name = slash ? slash + 1 : path;
	n = strlen(name);
	slash = strrchr(name, '/');
	dot = strrchr(name, '.');
	if (dot && dot > (slash ? slash + 1 : name))
		n = (size_t)(dot - name);
	*ret_why = n == 0 || n >= PATH_MAX ? "it has no name"
		: !utf8_valid(name, n)     ? "its name is no UTF-8"
					   : NULL;
	snprintf(ret, PATH_MAX, "%.*s", (int)(n < PATH_MAX ? n : PATH_MAX - 1), name);
}
