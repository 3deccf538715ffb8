#include <string.h>

#include "command.h"
#include "deepgram.h"
#include "openai.h"
#include "recogniser.h"
#include "sphinx.h"

/* Hears nothing, at once: what a call costs without a recogniser. */
static void none_recognise(struct recogniser *r, struct turn *t)
{
	(void)t;
	recogniser_done(r, &result_none);
}

static const struct engine engine_none = {.name = "none", .recognise = none_recognise};

static const struct engine *const engines[] = {
	&engine_sphinx, &engine_command, &engine_deepgram, &engine_openai, &engine_none};

const struct engine *engine_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(engines); i++)
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	return NULL;
}
