#include "engine.h"

#include <string.h>

static const struct engine *const engines[] = {
	&engine_command,
	&engine_deepgram,
	&engine_elevenlabs,
	&engine_file,
	&engine_none,
	&engine_openai,
	&engine_piper,
};

const struct engine *const engines_file[] = {&engine_file, NULL};

const struct engine *engine_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(engines); i++) {
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	}
	return NULL;
}

static bool listed(const struct engine *const *list, size_t n, const struct engine *e)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == e)
			return true;
	}
	return false;
}

int engine_list(const char *names, const struct engine *ret[ENGINES_MAX + 1])
{
	size_t n = 0;
	char name[16];

	do {
		size_t length = strcspn(names, ",");

		if (length >= sizeof(name) || n == ENGINES_MAX)
			return -1;
		memcpy(name, names, length);
		name[length] = '\0';
		ret[n] = engine_find(name);
		if (!ret[n] || !ret[n]->texts || listed(ret, n, ret[n]))
			return -1;
		names += length;
		n++;
	} while (*names++);
	ret[n] = NULL;
	return 0;
}

const char *engine_names(void)
{
	static char names[256];

	names[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(engines); i++) {
		if (!engines[i]->texts)
			continue;
		strncat(names, *names ? ", " : "", sizeof names - strlen(names) - 1);
		strncat(names, engines[i]->name, sizeof names - strlen(names) - 1);
	}
	return names;
}
