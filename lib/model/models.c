#include "model/models.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "base/secret.h"
#include "model/engine.h"

struct reading {
	const char *path;
	models_mistake *tell;
	void *ctx;
	bool wrong; /* a mistake was told */
};

/* where: "providers[1].url"; "": the file as a whole. */
static void mistake(struct reading *rd, const char *where, const char *fmt, ...) PRINTF_LIKE(3, 4);

static void mistake(struct reading *rd, const char *where, const char *fmt, ...)
{
	char line[1024];
	int n = snprintf(
		line, sizeof(line), "%.300s: %.200s%s", rd->path, where, *where ? ": " : "");
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	va_end(ap);
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	rd->wrong = true;
	rd->tell(rd->ctx, line);
}

/* An object of the file, and where it is. */
struct place {
	const json_t *v;
	char path[64]; /* "providers[1]."; "": the file itself */
};

static const char *in(const struct place *at, const char *key, char path[128])
{
	snprintf(path, 128, "%s%.60s", at->path, key);
	return path;
}

static void read_keys(struct reading *rd, const struct place *at, const char *const *known)
{
	const char *key;
	char path[128];
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)at->v, key, v) {
		const char *best = NULL;
		size_t least = 3;
		bool found = strcmp(key, "comment") == 0;
		for (const char *const *k = known; *k && !found; k++) {
			size_t far = near_distance(*k, key);
			found = far == 0;
			if (far < least) {
				least = far;
				best = *k;
			}
		}
		if (found)
			continue;
		if (best)
			mistake(rd, in(at, key, path), "unknown key (did you mean '%s'?)", best);
		else
			mistake(rd, in(at, key, path), "unknown key");
	}
}

static const char *read_string(
	struct reading *rd, const struct place *at, const char *key, const char *fallback)
{
	const json_t *v = json_object_get(at->v, key);
	char path[128];

	if (!v)
		return fallback;
	if (!json_is_string(v))
		mistake(rd, in(at, key, path), "has to be a string");
	else if (!json_string_length(v))
		mistake(rd, in(at, key, path), "is empty");
	else
		return json_string_value(v);
	return fallback;
}

static int64_t read_int(struct reading *rd, const struct place *at, const char *key, int64_t min,
	int64_t max, int64_t fallback)
{
	const json_t *v = json_object_get(at->v, key);
	char path[128];

	if (!v)
		return fallback;
	if (json_is_integer(v) && json_integer_value(v) >= min && json_integer_value(v) <= max)
		return json_integer_value(v);
	mistake(rd, in(at, key, path), "has to be an integer from %lld to %lld", (long long)min,
		(long long)max);
	return fallback;
}

static bool read_bool(struct reading *rd, const struct place *at, const char *key, bool fallback)
{
	const json_t *v = json_object_get(at->v, key);
	char path[128];

	if (!v)
		return fallback;
	if (!json_is_boolean(v))
		mistake(rd, in(at, key, path), "has to be true or false");
	return json_is_true(v);
}

/* ---- one provider ---- */

static bool all_of(const char *s, const char *letters, size_t max)
{
	size_t n = strspn(s, letters);

	return n > 0 && n <= max && !s[n];
}

static void read_name(struct reading *rd, const struct place *at, struct models *m)
{
	struct model *model = &m->model[m->n];
	char path[128];

	model->name = read_string(rd, at, "name", NULL);
	if (!model->name) {
		if (!json_object_get(at->v, "name"))
			mistake(rd, in(at, "name", path), "is missing");
		return;
	}
	if (!all_of(model->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
		    MODELS_NAME_MAX - 1))
		mistake(rd, in(at, "name", path), "has to be 1 to %d letters, digits, '_' or '-'",
			MODELS_NAME_MAX - 1);
	if (models_find(m, model->name))
		mistake(rd, in(at, "name", path), "'%.63s' is there twice", model->name);
}

static void read_engine(struct reading *rd, const struct place *at, struct model *model)
{
	const char *name = read_string(rd, at, "engine", NULL);
	char path[128];

	if (!name) {
		if (!json_object_get(at->v, "engine"))
			mistake(rd, in(at, "engine", path), "is missing");
		return;
	}
	model->engine = model_engine(name);
	if (!model->engine)
		mistake(rd, in(at, "engine", path), "'%.40s' is none of: %s", name,
			model_engine_names);
}

static void read_url(struct reading *rd, const struct place *at, struct model *model)
{
	const char *host;
	char path[128];

	model->url = read_string(rd, at, "url", model->engine ? model->engine->url : "");
	if (!*model->url)
		return;
	host = strncmp(model->url, "https://", 8) == 0   ? model->url + 8
		: strncmp(model->url, "http://", 7) == 0 ? model->url + 7
							 : NULL;
	if (!host || !*host || *host == '/')
		mistake(rd, in(at, "url", path), "has to be http://HOST... or https://HOST...");
	else if (strpbrk(host, "@?#"))
		mistake(rd, in(at, "url", path),
			"has to be without '@', '?' and '#': keys are named by 'secret'");
	else
		for (const char *p = host; *p; p++)
			if ((unsigned char)*p <= ' ' || *p == 0x7f) {
				mistake(rd, in(at, "url", path), "has a blank in it");
				break;
			}
}

/* A key goes to the vendor whose it is, and elsewhere only if the file says so. */
static const char *usual_secret(const struct model *model)
{
	static const struct {
		const char *host, *secret;
	} rows[] = {
		{"api.openai.com", "OPENAI_API_KEY"},
		{"api.groq.com", "GROQ_API_KEY"},
		{"api.anthropic.com", "ANTHROPIC_API_KEY"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (provider_is_at(model->url, rows[i].host))
			return rows[i].secret;
	return NULL;
}

/* Somebody who writes the key itself here is told so, and it is not told to anybody. */
static void read_secret(struct reading *rd, const struct place *at, struct model *model)
{
	char path[128];

	model->secret = read_string(rd, at, "secret", usual_secret(model));
	if (model->secret && !secret_name_valid(model->secret))
		mistake(rd, in(at, "secret", path),
			"has to be the name of a secret, capitals, digits and '_', such as "
			"OPENAI_API_KEY; the secret itself does not stand here");
}

static void read_parameters(struct reading *rd, const struct place *at, struct model *model)
{
	static const char *const ours[] = {"model", "messages", "system", "stream", "tools",
		"tool_choice", "functions", "response_format", "cache_control", "max_tokens",
		"max_completion_tokens", "n", NULL};
	const json_t *v = json_object_get(at->v, "parameters");
	char path[128], key[64];

	if (!v)
		return;
	if (!json_is_object(v)) {
		mistake(rd, in(at, "parameters", path), "has to be an object");
		return;
	}
	model->parameters = v;
	for (const char *const *k = ours; *k; k++) {
		if (!json_object_get(v, *k))
			continue;
		snprintf(key, sizeof(key), "parameters.%s", *k);
		mistake(rd, in(at, key, path), "%s",
			strncmp(*k, "max_", 4) == 0
				? "is set by 'max_output', and named by 'limit'"
				: "is not a parameter: it is set for each request");
	}
}

/* true, false, or of anthropic how: "tool" (true), "format". */
static void read_schema(struct reading *rd, const struct place *at, struct model *model)
{
	const json_t *v = json_object_get(at->v, "schema");
	const char *how = json_string_value(v);
	char path[128];

	model->schema = true;
	if (!how) {
		model->schema = read_bool(rd, at, "schema", true);
		return;
	}
	model->format = strcmp(how, "format") == 0;
	if (model->engine != &model_anthropic || (!model->format && strcmp(how, "tool") != 0))
		mistake(rd, in(at, "schema", path),
			"has to be true or false, or of anthropic \"tool\" or \"format\"");
}

static void read_limits(struct reading *rd, const struct place *at, struct model *model,
	const struct models *m, int64_t max_output)
{
	static const char openai_limit[] = "max_completion_tokens";
	const char *limit = model->engine ? model->engine->limit : "";
	char path[128];

	if (model->engine == &model_openai && provider_is_at(model->url, "api.openai.com"))
		limit = openai_limit;
	model->limit = read_string(rd, at, "limit", limit);
	if (strcmp(model->limit, limit) != 0 && strcmp(model->limit, "max_tokens") != 0 &&
		strcmp(model->limit, openai_limit) != 0)
		mistake(rd, in(at, "limit", path), "has to be max_tokens or %s", openai_limit);
	model->max_output = read_int(rd, at, "max_output", 1, 100000, max_output);
	model->cache = read_bool(rd, at, "cache",
		model->engine == &model_anthropic &&
			provider_is_at(model->url, "api.anthropic.com"));
	read_schema(rd, at, model);
}

static void read_model(struct reading *rd, const json_t *v, struct models *m, int64_t max_output)
{
	static const char *const known[] = {"name", "engine", "url", "model", "secret",
		"parameters", "limit", "max_output", "cache", "schema", NULL};
	struct place at = {.v = v};
	struct model *model = &m->model[m->n];
	char path[128];

	snprintf(path, sizeof(path), "providers[%zu]", m->n);
	if (!json_is_object(v)) {
		mistake(rd, path, "has to be an object");
		return;
	}
	snprintf(at.path, sizeof(at.path), "providers[%zu].", m->n);
	read_keys(rd, &at, known);
	read_name(rd, &at, m);
	read_engine(rd, &at, model);
	read_url(rd, &at, model);
	model->model = read_string(rd, &at, "model", NULL);
	if (!json_object_get(v, "model"))
		mistake(rd, in(&at, "model", path), "is missing: what the vendor calls it");
	read_secret(rd, &at, model);
	read_parameters(rd, &at, model);
	read_limits(rd, &at, model, m, max_output);
}

/* ---- the file ---- */

static void read_providers(struct reading *rd, const struct place *top, struct models *m)
{
	const json_t *list = json_object_get(top->v, "providers"), *v;
	int64_t max_output = read_int(rd, top, "max_output", 1, 100000, 300);
	size_t i;

	if (!json_is_array(list) || json_array_size(list) == 0) {
		mistake(rd, "providers", "%s",
			list ? "has to be an array, not empty" : "is missing");
		return;
	}
	if (json_array_size(list) > MODELS_MAX) {
		mistake(rd, "providers", "more than %d", MODELS_MAX);
		return;
	}
	json_array_foreach(list, i, v) {
		read_model(rd, v, m, max_output);
		m->n++;
	}
}

static void read_times(struct reading *rd, const struct place *top, struct models *m)
{
	m->wait_ms = read_int(rd, top, "wait_ms", 100, 60000, 800);
	m->give_up_ms = read_int(rd, top, "give_up_ms", 100, 120000, 4000);
	m->budget_ms = read_int(rd, top, "budget_ms", 100, 300000,
		m->n > 1 ? max_i64(10000, m->give_up_ms) : m->give_up_ms);
	m->idle_ms = read_int(rd, top, "idle_ms", 100, 120000, 5000);
	m->total_ms = read_int(rd, top, "total_ms", 100, 600000, max_i64(30000, m->budget_ms));
	if (m->budget_ms < m->give_up_ms)
		mistake(rd, "budget_ms", "is less than give_up_ms");
	if (m->total_ms < m->give_up_ms)
		mistake(rd, "total_ms", "is less than give_up_ms");
}

static void read_history(struct reading *rd, const struct place *top, struct models *m)
{
	static const char *const known[] = {"turns", "summary", NULL};
	struct place at = {.v = json_object_get(top->v, "history"), .path = "history."};
	const char *name;

	m->turns = 20;
	if (!at.v)
		return;
	if (!json_is_object(at.v)) {
		mistake(rd, "history", "has to be an object");
		return;
	}
	read_keys(rd, &at, known);
	m->turns = (size_t)read_int(rd, &at, "turns", 2, CHAT_TURNS_MAX, 20);
	name = read_string(rd, &at, "summary", NULL);
	if (name)
		m->summary = models_find(m, name);
	if (name && !m->summary)
		mistake(rd, "history.summary", "no provider is called '%.63s'", name);
}

static json_t *read_json(struct reading *rd)
{
	json_error_t error;
	json_t *v;
	char *text;
	size_t n;

	if (read_file(rd->path, MODELS_FILE_MAX, &text, &n) < 0) {
		mistake(rd, "", "cannot read it: %s", strerror(errno));
		return NULL;
	}
	v = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	free(text);
	if (!v)
		mistake(rd, "", "line %d, column %d: %s", error.line, error.column, error.text);
	if (!v || json_is_object(v))
		return v;
	mistake(rd, "", "has to be an object");
	json_decref(v);
	return NULL;
}

int models_load(const char *path, models_mistake *tell, void *ctx, struct models **ret)
{
	static const char *const known[] = {"providers", "wait_ms", "give_up_ms", "budget_ms",
		"idle_ms", "total_ms", "max_output", "history", NULL};
	struct reading rd = {.path = path, .tell = tell, .ctx = ctx};
	struct models *m = calloc(1, sizeof(*m));
	struct place top = {0};

	if (m) {
		m->path = strdup(path);
		m->file = read_json(&rd);
	} else {
		mistake(&rd, "", "no memory");
	}
	if (m && m->file) {
		top.v = m->file;
		read_keys(&rd, &top, known);
		read_providers(&rd, &top, m);
		read_times(&rd, &top, m);
		read_history(&rd, &top, m);
	}
	if (rd.wrong) {
		models_free(m);
		return -1;
	}
	*ret = m;
	return 0;
}

void models_free(struct models *m)
{
	if (!m)
		return;
	json_decref(m->file);
	free(m->path);
	free(m);
}

const struct model *models_find(const struct models *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->model[i].name && strcmp(m->model[i].name, name) == 0)
			return &m->model[i];
	return NULL;
}
