#include "stream/verdict.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool verdict_name_valid(const char *name)
{
	size_t n = strspn(
		name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

	return n >= 1 && n < VERDICT_NAME_MAX && name[n] == '\0';
}

bool verdict_valid(const char *verdict)
{
	static const char transfer[] = "transfer ";
	static const char *const word[] = {"hangup", "caller-hangup", "timeout", "error"};

	for (size_t i = 0; i < ARRAY_LEN(word); i++) {
		if (strcmp(verdict, word[i]) == 0)
			return true;
	}
	return strncmp(verdict, transfer, sizeof(transfer) - 1) == 0 &&
		verdict_name_valid(verdict + sizeof(transfer) - 1);
}

int verdict_write(const char *path, const char *path_by_uuid, const char *verdict)
{
	const char *to[] = {path, path_by_uuid};
	char line[VERDICT_MAX + 1];
	int n = snprintf(line, sizeof(line), "%.*s\n", VERDICT_MAX - 1, verdict), err = 0;

	for (size_t i = 0; i < ARRAY_LEN(to); i++) {
		if (*to[i] && replace_file(to[i], line, (size_t)n) < 0)
			err = errno;
	}
	errno = err;
	return err ? -1 : 0;
}
