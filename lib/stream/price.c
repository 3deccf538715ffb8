#include "stream/price.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/jline.h"

#define FILE_MAX (1 << 20)
#define KEY_MAX 256

struct price {
	json_t *of; /* object of objects: ENGINE MODEL, unit */
};

/* As in a table, and in an event; like: what it costs where the table has no price of its own. */
static const struct {
	const char *one, *many, *like;
} units[] = {
	{"second", "seconds"},
	{"character", "characters"},
	{"input_token", "input_tokens"},
	{"output_token", "output_tokens"},
	{"cached_token", "cached_tokens", "input_token"},
};

static bool is_unit(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcmp(units[i].one, name) == 0)
			return true;
	return false;
}

static int check_row(const char *key, json_t *row, char why[PRICE_WHY_MAX])
{
	const char *unit;
	json_t *value;

	if (!json_is_object(row)) {
		snprintf(why, PRICE_WHY_MAX, "'%.80s' is no object of units", key);
		return -1;
	}
	json_object_foreach(row, unit, value) {
		if (!is_unit(unit)) {
			snprintf(why, PRICE_WHY_MAX,
				"'%.40s' of '%.80s' is no unit: second, character, input_token, "
				"output_token, cached_token",
				unit, key);
			return -1;
		}
		if (!json_is_number(value) || json_number_value(value) < 0) {
			snprintf(why, PRICE_WHY_MAX, "'%.40s' of '%.80s' is no price", unit, key);
			return -1;
		}
	}
	return 0;
}

/* A slip in a name would be found when the bill comes. */
static int check(json_t *o, char why[PRICE_WHY_MAX])
{
	json_t *value, *prices = json_object_get(o, "prices");
	const char *key;

	if (!json_is_object(prices)) {
		snprintf(why, PRICE_WHY_MAX, "it has no object 'prices'");
		return -1;
	}
	json_object_foreach(o, key, value) {
		if (strcmp(key, "prices") == 0 ||
			(strcmp(key, "currency") == 0 && json_is_string(value)))
			continue;
		snprintf(why, PRICE_WHY_MAX, "'%.80s' means nothing there", key);
		return -1;
	}
	json_object_foreach(prices, key, value)
		if (check_row(key, value, why) == -1)
			return -1;
	return 0;
}

int price_open(const char *path, struct price **ret, char why[PRICE_WHY_MAX])
{
	json_error_t e;
	json_t *o;
	char *text;
	size_t n;

	*ret = NULL;
	if (!path || !*path)
		return 0;
	if (read_file(path, FILE_MAX, &text, &n) == -1) {
		snprintf(why, PRICE_WHY_MAX, "%s", strerror(errno));
		return -1;
	}
	o = json_loadb(text, n, JSON_REJECT_DUPLICATES, &e);
	free(text);
	if (!o) {
		snprintf(why, PRICE_WHY_MAX, "line %d: %s", e.line, e.text);
		return -1;
	}
	if (check(o, why) == -1) {
		json_decref(o);
		return -1;
	}
	*ret = malloc(sizeof(**ret));
	if (*ret)
		(*ret)->of = json_incref(json_object_get(o, "prices"));
	else
		snprintf(why, PRICE_WHY_MAX, "%s", strerror(errno));
	json_decref(o);
	return *ret ? 0 : -1;
}

void price_close(struct price *p)
{
	if (!p)
		return;
	json_decref(p->of);
	free(p);
}

/* The price of one unit; -1: there is none. */
static double price_one(const struct price *p, const char *key, const char *unit)
{
	json_t *value = json_object_get(json_object_get(p->of, key), unit);

	return value ? json_number_value(value) : -1;
}

/* Of this model, or of all of the engine. */
static double price_unit(
	const struct price *p, const char *key, const char *engine, const char *unit)
{
	double one = price_one(p, key, unit);

	return one < 0 ? price_one(p, engine, unit) : one;
}

double price_of(
	const struct price *p, const char *engine, const char *model, const char *unit, double n)
{
	char key[KEY_MAX];
	double one = -1;

	if (!p || n < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (strcmp(units[i].many, unit) != 0)
			continue;
		snprintf(key, sizeof(key), "%s %s", engine, model ? model : "");
		one = price_unit(p, key, engine, units[i].one);
		if (one < 0 && units[i].like)
			one = price_unit(p, key, engine, units[i].like);
	}
	return one < 0 ? -1 : one * n;
}

int price_usage(struct dynbuf *data, const struct price *p, const char *stage, const char *engine,
	const char *model, const char *unit, double n)
{
	double cost = price_of(p, engine, model, unit, n);

	dynbuf_adds(data, "{");
	jline_add_str(data, "stage", stage);
	jline_add_str(data, "unit", unit);
	dynbuf_addf(data, ",\"n\":%.*f", strcmp(unit, "seconds") == 0 ? 2 : 0, n);
	jline_add_str(data, "engine", engine);
	if (model)
		jline_add_str(data, "model", model);
	if (cost >= 0)
		dynbuf_addf(data, ",\"cost\":%.9g", cost);
	return dynbuf_adds(data, "}");
}
