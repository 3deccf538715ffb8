#include "place.h"

#include <string.h>

static bool built_in(const char *name)
{
	for (size_t i = 0; scenario_variables[i]; i++)
		if (strcmp(scenario_variables[i], name) == 0)
			return true;
	return false;
}

json_t *place_of(const struct engine *e, const char *service, int64_t now_s)
{
	json_t *vars = json_object(), *value,
	       *call = json_object_get(json_object_get(e->d.vars, "call"), "call");
	const char *name;

	json_object_foreach(e->d.vars, name, value)
		if (!built_in(name))
			json_object_set(vars, name, value);
	return json_pack("{s:O*,s:s,s:s,s:s,s:b,s:I,s:o,s:O*,s:O}", "call", call, "service",
		service, "scenario", e->sc->name, "state", e->d.state ? e->d.state->name : "",
		"finished", e->finished, "time", (json_int_t)now_s, "variables", vars, "result",
		json_object_get(e->d.vars, "result"), "talk", e->memory);
}

bool place_usable(const struct scenario *sc, json_t *place)
{
	const char *scenario = json_string_value(json_object_get(place, "scenario")),
		   *state = json_string_value(json_object_get(place, "state"));
	const struct scenario_state *st = state ? scenario_state_find(sc, state) : NULL;

	return scenario && strcmp(scenario, sc->name) == 0 && st && st != sc->resume &&
		json_is_object(json_object_get(place, "variables")) &&
		!json_is_true(json_object_get(place, "finished"));
}
