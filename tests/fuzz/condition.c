/* condition: any bytes as a condition. Exercises condition_parse, and what is parsed: it holds or not, its paths are
 * paths, and it means the same in parentheses and the opposite behind a not.
 */
#include "scenario/condition.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char variables[] =
	"{\"a\": 1, \"b\": \"01\", \"c\": {\"d\": [true, {\"e\": null}, \"x\"], \"f\": \"\"}, \"g\": -2.5}";

/* -1: no condition. */
static int holds(const char *text, size_t n, const json_t *vars)
{
	const char *why = NULL;
	size_t at = SIZE_MAX;
	struct condition *c = condition_parse(text, n, &why, &at);

	if (!c) {
		MUST(why && at <= n);
		return -1;
	}
	int result = condition_eval(c, vars);
	MUST(condition_eval(c, NULL) == condition_eval(c, NULL));
	for (size_t i = 0; condition_path(c, i); i++)
		MUST(scenario_path_valid(condition_path(c, i)));
	condition_free(c);
	return result;
}

/* The text with something before and behind it. */
static int wrapped(const char *before, const uint8_t *data, size_t size, const char *behind,
	const json_t *vars)
{
	size_t n = strlen(before) + size + strlen(behind);
	char *text = malloc(n + 1);

	memcpy(text, before, strlen(before));
	memcpy(text + strlen(before), data, size);
	memcpy(text + strlen(before) + size, behind, strlen(behind) + 1);
	int result = holds(text, n, vars);
	free(text);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *vars = json_loads(variables, 0, NULL);
	char *text = fuzz_copy(data, size);
	int result = holds(text, size, vars);

	if (result >= 0 && size < CONDITION_MAX - 16) {
		/* where there is no more room for parentheses it is no condition any more */
		int in = wrapped("(", data, size, ")", vars);
		MUST(in == result || in < 0);
		MUST(wrapped("true and (", data, size, ")", vars) == in);
		MUST(wrapped("false or (", data, size, ")", vars) == in);
		int not = wrapped("not (", data, size, ")", vars);
		MUST(not == !result || not < 0);
	}
	free(text);
	json_decref(vars);
	return 0;
}
