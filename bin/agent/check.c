#include "check.h"

#include <stdio.h>

#include "base/log.h"
#include "understand.h"

static bool understands(const char *language, const char *intent)
{
	return understand_intent_words(language, intent ? intent : "yes") != NULL;
}

struct scenario_options agent_options = {.understands = understands};

void check_tell(struct scenario_mistakes *mistakes)
{
	for (size_t i = 0; i < mistakes->n; i++)
		log_error("%s", mistakes->line[i]);
	scenario_mistakes_free(mistakes);
}

static void say_mistake(void *ctx, const char *line)
{
	log_error("%s", line);
}

int check_load_models(const char *file, struct models **ret)
{
	return models_load(file, say_mistake, NULL, ret);
}

struct contents {
	size_t sentences, open, files; /* constant sentences, texts with variables, sounds */
};

static int count(void *ctx, const struct scenario_sentence *s)
{
	struct contents *c = ctx;

	if (s->file)
		c->files++;
	else if (s->constant)
		c->sentences++;
	else
		c->open++;
	return 0;
}

/* A file of tools alone. */
static int check_tools(const char *file)
{
	struct scenario_mistakes mistakes;
	struct scenario *sc;
	int result = scenario_tools_load(file, &sc, &mistakes);

	check_tell(&mistakes);
	if (result < 0)
		return EXIT_DATA;
	printf("%s: ok tools=%zu\n", file, sc->tools_n);
	scenario_free(sc);
	return EXIT_OK;
}

static bool is_models(const char *file)
{
	json_t *o = json_load_file(file, 0, NULL);
	bool yes = json_object_get(o, "providers") != NULL;

	json_decref(o);
	return yes;
}

static int check_models(const char *file)
{
	struct models *m;

	if (check_load_models(file, &m) < 0)
		return EXIT_DATA;
	printf("%s: ok models=%zu\n", file, m->n);
	models_free(m);
	return EXIT_OK;
}

static int check_scenario(const char *file)
{
	struct scenario_mistakes mistakes;
	struct contents c = {0};
	struct scenario *sc;
	int result = scenario_load(file, &agent_options, &sc, &mistakes);

	check_tell(&mistakes);
	if (result < 0)
		return EXIT_DATA;
	result = scenario_phrases(sc, count, &c);
	if (result < 0)
		log_error("cannot list the phrases of '%s': no memory", file);
	else
		printf("%s: ok states=%zu tools=%zu sentences=%zu open=%zu files=%zu\n", file,
			sc->states_n, sc->tools_n, c.sentences, c.open, c.files);
	scenario_free(sc);
	return result < 0 ? EXIT_SYSTEM : EXIT_OK;
}

int check_files(char *const *files, int n)
{
	int status = EXIT_OK;

	for (int i = 0; i < n; i++) {
		int code = is_models(files[i])        ? check_models(files[i])
			: scenario_is_tools(files[i]) ? check_tools(files[i])
						      : check_scenario(files[i]);

		if (code != EXIT_OK)
			status = code;
	}
	return status;
}
