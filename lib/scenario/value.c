/* Variables: the value at a path, and what conditions make of values. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/condition.h"
#include "scenario/value.h"

bool scenario_path_valid(const char *path)
{
	bool first = true;

	for (;; path++, first = false) {
		size_t n = strspn(
			path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
		if (!n ||
			(isdigit((unsigned char)*path) &&
				(first || strspn(path, "0123456789") != n)))
			return false;
		path += n;
		if (*path != '.')
			return *path == '\0';
	}
}

json_t *scenario_lookup(const json_t *vars, const char *path)
{
	json_t *found = NULL;

	while (vars) {
		size_t n = strcspn(path, ".");
		if (json_is_array(vars))
			found = isdigit((unsigned char)*path)
				? json_array_get(vars, (size_t)strtoul(path, NULL, 10))
				: NULL;
		else
			found = json_object_getn(vars, path, n);
		if (!path[n])
			return found;
		path += n + 1;
		vars = found;
	}
	return NULL;
}

bool value_true(const json_t *v)
{
	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_TRUE:
		return true;
	case JSON_INTEGER:
	case JSON_REAL:
		return json_number_value(v) != 0;
	case JSON_STRING:
		return json_string_length(v) > 0;
	case JSON_ARRAY:
		return json_array_size(v) > 0;
	case JSON_OBJECT:
		return json_object_size(v) > 0;
	default:
		return false;
	}
}

bool value_number(const json_t *v, double *ret)
{
	const char *s = json_string_value(v);
	char *rest;
	double d;

	if (json_is_number(v)) {
		*ret = json_number_value(v);
		return true;
	}
	/* what strtod takes beyond decimal numbers (blanks, hex, inf, nan) is none of ours */
	if (!s || !*s || strspn(s, "+-.0123456789eE") != json_string_length(v))
		return false;
	d = strtod(s, &rest);
	if (*rest || !isfinite(d))
		return false;
	*ret = d;
	return true;
}

bool value_equal(const json_t *a, const json_t *b)
{
	double x, y;

	if (!a || json_is_null(a) || !b || json_is_null(b))
		return (!a || json_is_null(a)) && (!b || json_is_null(b));
	if ((json_is_number(a) || json_is_number(b)) && value_number(a, &x) && value_number(b, &y))
		return x == y;
	return json_equal(a, b);
}

bool value_order(const json_t *a, const json_t *b, int *ret)
{
	double x, y;

	if (json_is_string(a) && json_is_string(b)) {
		*ret = strcmp(json_string_value(a), json_string_value(b));
		return true;
	}
	if (!value_number(a, &x) || !value_number(b, &y))
		return false;
	*ret = (x > y) - (x < y);
	return true;
}
