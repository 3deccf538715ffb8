#include "model/engine.h"

#include <string.h>

static const struct model_engine *const engines[] = {&model_anthropic, &model_openai};

const char model_engine_names[] = "anthropic, openai";

const struct model_engine *model_engine(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(engines); i++)
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	return NULL;
}
