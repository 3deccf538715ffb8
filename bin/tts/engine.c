#include "engine.h"

#include <string.h>

static const struct engine *const engines[] = {
	&engine_command,
	&engine_file,
	&engine_none,
};

const struct engine *engine_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(engines); i++) {
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	}
	return NULL;
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
