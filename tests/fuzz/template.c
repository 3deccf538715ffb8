/* template: any text with variables in it. Exercises template_parse and template_expand: a constant one expands to
 * itself, and what a text is made of does not depend on how much room there is.
 */
#include "scenario/template.h"

#include "fuzz.h"
#include "scenario/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char variables[] =
	"{\"a\": 1, \"b\": \"AB12 \xc3\xa9\", \"c\": {\"d\": [true, {\"e\": null}, \"x\", [1]], \"f\": \"\"}, \"g\": -2.5}";

/* Fails for a text that begins with A, doubles others. */
static int filter(void *ctx, const char *name, const char *argument, const char *language,
	const char *in, struct dynbuf *out)
{
	if (*in == 'A')
		return -1;
	return dynbuf_addf(out, "%s%s", in, in);
}

static void expand(const struct template *t, const char *text, const json_t *vars)
{
	struct dynbuf whole, small;

	dynbuf_init(&whole, TEMPLATE_RESULT_MAX);
	int result = template_expand(t, vars, "en", filter, NULL, &whole);
	if (template_constant(t))
		MUST(result == 0 && strcmp(whole.p, text) == 0);
	dynbuf_init(&small, whole.n);
	MUST(template_expand(t, vars, "en", filter, NULL, &small) == result);
	MUST(result < 0 || (small.n == whole.n && memcmp(small.p, whole.p, whole.n) == 0));
	dynbuf_free(&small);
	if (result == 0 && whole.n > 0) {
		dynbuf_init(&small, whole.n - 1);
		MUST(template_expand(t, vars, "en", filter, NULL, &small) == -1);
		dynbuf_free(&small);
	}
	dynbuf_free(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *vars = json_loads(variables, 0, NULL);
	char *text = malloc(size + 1);
	const char *why = NULL;
	size_t at = SIZE_MAX;

	memcpy(text, data, size);
	text[size] = '\0';
	struct template *t = template_parse(text, &why, &at);
	if (t) {
		MUST(strcmp(template_text(t), text) == 0);
		MUST(template_constant(t) == !template_path(t, 0));
		for (size_t i = 0; template_path(t, i); i++)
			MUST(scenario_path_valid(template_path(t, i)));
		expand(t, text, vars);
		json_t *v = template_value(t, vars, "en", filter, NULL);
		json_decref(v);
	} else {
		MUST(why && at <= strlen(text));
	}
	template_free(t);
	free(text);
	json_decref(vars);
	return 0;
}
