/* Files of models, and what is wrong with them. */
#include "model/models.h"

#include <stdlib.h>
#include <unistd.h>

#include "model/engine.h"
#include "tap.h"

static char path[PATH_MAX];

struct told {
	struct dynbuf lines; /* without the path, "|" between */
};

static void tell(void *ctx, const char *line)
{
	struct told *t = ctx;
	size_t n = strlen(path);

	if (strncmp(line, path, n) == 0 && strncmp(line + n, ": ", 2) == 0)
		line += n + 2;
	dynbuf_addf(&t->lines, "%s%s", t->lines.n ? "|" : "", line);
}

static struct models *load(const char *text, struct told *t)
{
	struct models *m = NULL;

	dynbuf_init(&t->lines, 65536);
	if (replace_file(path, text, strlen(text)) < 0 || models_load(path, tell, t, &m) < 0)
		return NULL;
	return m;
}

static const struct {
	const char *text, *want;
} rows[] = {
	{"", "line 1, column 0: '[' or '{' expected near end of file"},
	{"[]", "has to be an object"},
	{"{}", "providers: is missing"},
	{"{\"providers\":[]}", "providers: has to be an array, not empty"},
	{"{\"providers\":{}}", "providers: has to be an array, not empty"},
	{"{\"providers\":[7]}", "providers[0]: has to be an object"},
	{"{\"providers\":[{}]}",
		"providers[0].name: is missing|providers[0].engine: is missing|providers[0].model: is missing: what the vendor calls it"},
	{"{\"providers\":[{\"name\":\"a b\",\"engine\":\"opanai\",\"model\":\"\"}]}",
		"providers[0].name: has to be 1 to 63 letters, digits, '_' or '-'|providers[0].engine: 'opanai' is none of: anthropic, openai|providers[0].model: is empty"},
	{"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"model\":\"m\"},{\"name\":\"a\",\"engine\":\"openai\",\"model\":7}]}",
		"providers[1].name: 'a' is there twice|providers[1].model: has to be a string"},
	{"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"model\":\"m\",\"secret\":\"sk-very-secret\"}]}",
		"providers[0].secret: has to be the name of a secret, capitals, digits and '_', such as OPENAI_API_KEY; the secret itself does not stand here"},
	{"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"model\":\"m\",\"url\":\"ftp://x\"},{\"name\":\"b\",\"engine\":\"openai\",\"model\":\"m\",\"url\":\"https://\"},"
	 "{\"name\":\"c\",\"engine\":\"openai\",\"model\":\"m\",\"url\":\"https://u:p@x/\"},{\"name\":\"d\",\"engine\":\"openai\",\"model\":\"m\",\"url\":\"http://x y\"}]}",
		"providers[0].url: has to be http://HOST... or https://HOST...|providers[1].url: has to be http://HOST... or https://HOST...|providers[2].url: has to be without '@', '?' and '#': keys are named by 'secret'|providers[3].url: has a blank in it"},
	{"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"model\":\"m\",\"parameters\":{\"max_tokens\":7,\"stream\":false,\"temperature\":1}},{\"name\":\"b\",\"engine\":\"openai\",\"model\":\"m\",\"parameters\":[]}]}",
		"providers[0].parameters.stream: is not a parameter: it is set for each request|providers[0].parameters.max_tokens: is set by 'max_output', and named by 'limit'|providers[1].parameters: has to be an object"},
	{"{\"providers\":[{\"name\":\"a\",\"engine\":\"anthropic\",\"model\":\"m\",\"limit\":\"max\",\"max_output\":0,\"cache\":1,\"schema\":\"no\",\"modle\":1,\"zzz\":2,\"comment\":3}]}",
		"providers[0].modle: unknown key (did you mean 'model'?)|providers[0].zzz: unknown key|providers[0].limit: has to be max_tokens or max_completion_tokens|providers[0].max_output: has to be an integer from 1 to 100000|providers[0].cache: has to be true or false|providers[0].schema: has to be true or false, or of anthropic \"tool\" or \"format\""},
	{"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"model\":\"m\",\"schema\":\"tool\"},{\"name\":\"b\",\"engine\":\"openai\",\"model\":\"m\",\"schema\":0}]}",
		"providers[0].schema: has to be true or false, or of anthropic \"tool\" or \"format\"|providers[1].schema: has to be true or false"},
	{"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"model\":\"m\"}],\"wait_ms\":1.5,\"give_up_ms\":5000,\"budget_ms\":4000,\"total_ms\":200,\"idle\":1,\"history\":{\"turns\":1,\"summary\":\"b\"}}",
		"idle: unknown key|wait_ms: has to be an integer from 100 to 60000|budget_ms: is less than give_up_ms|total_ms: is less than give_up_ms|history.turns: has to be an integer from 2 to 200|history.summary: no provider is called 'b'"},
	{"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"model\":\"m\",\"name\":\"b\"}]}",
		"line 1, column 62: duplicate object key near '\"name\"'"},
};

static void test_mistakes(void)
{
	struct told t;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ok(!load(rows[i].text, &t), "mistakes %zu", i);
		is_str(t.lines.p, rows[i].want, "mistakes %zu are told", i);
		dynbuf_free(&t.lines);
	}
	struct models *m;
	dynbuf_init(&t.lines, 65536);
	ok(models_load("/nowhere/models.json", tell, &t, &m) < 0, "a file that is not there");
	is_str(t.lines.p, "/nowhere/models.json: cannot read it: No such file or directory",
		"is told");
	dynbuf_free(&t.lines);
}

static void test_good(void)
{
	struct told t;
	struct models *m = load(
		"{\"providers\":[{\"name\":\"groq\",\"engine\":\"openai\",\"url\":\"https://api.groq.com/openai/v1\",\"model\":\"x/y\",\"secret\":\"GROQ_API_KEY\",\"parameters\":{\"reasoning_effort\":\"low\"},\"max_output\":200},"
		"{\"name\":\"claude\",\"engine\":\"anthropic\",\"model\":\"c\",\"schema\":\"format\"},{\"name\":\"gpt\",\"engine\":\"openai\",\"model\":\"g\",\"schema\":false},"
		"{\"name\":\"own\",\"engine\":\"anthropic\",\"url\":\"http://127.0.0.1:8080\",\"model\":\"q\",\"limit\":\"max_completion_tokens\"}],"
		"\"max_output\":150,\"wait_ms\":700,\"history\":{\"turns\":8,\"summary\":\"own\"}}",
		&t);

	if (!ok(m, "a good file: %s", t.lines.p))
		return;
	is_int(m->n, 4, "its models");
	ok(m->model[0].engine == &model_openai && m->model[1].engine == &model_anthropic,
		"their engines");
	is_str(m->model[0].secret, "GROQ_API_KEY", "a secret by name");
	is_str(m->model[1].secret, "ANTHROPIC_API_KEY", "a vendor's usual one");
	ok(!m->model[3].secret, "which goes to nobody else");
	is_str(m->model[1].url, "https://api.anthropic.com/v1", "a vendor's own URL");
	is_str(m->model[0].limit, "max_tokens", "what the limit is called by most");
	is_str(m->model[2].limit, "max_completion_tokens", "and by OpenAI");
	is_str(m->model[3].limit, "max_completion_tokens", "and if said");
	ok(m->model[0].max_output == 200 && m->model[1].max_output == 150, "limits");
	ok(m->model[1].cache && !m->model[3].cache && !m->model[0].cache,
		"a cache is marked for where it is known");
	ok(m->model[1].schema && m->model[1].format && !m->model[2].schema, "a schema");
	ok(m->wait_ms == 700 && m->give_up_ms == 4000 && m->budget_ms == 10000 &&
			m->idle_ms == 5000 && m->total_ms == 30000 && m->turns == 8,
		"times");
	ok(m->summary == &m->model[3] && models_find(m, "gpt") == &m->model[2] &&
			!models_find(m, "x"),
		"by name");
	models_free(m);
	dynbuf_free(&t.lines);
}

int main(void)
{
	const char *dir = getenv("TMPDIR");

	if (format_path(path, "%s/models.%d.json", dir ? dir : "/tmp", (int)getpid()) < 0)
		return 1;
	test_mistakes();
	test_good();
	unlink(path);
	return done_testing();
}
