#include "ari-judge.h"

#include <stdio.h>
#include <string.h>

#include "endpoint.h"

static const struct {
	const char *name, *what, *todo;
	enum finding_state without;
} modules[] = {
	{"app_audiosocket.so", "no call reaches callpipe",
		"'module load app_audiosocket.so', with res_audiosocket.so; both come with Asterisk 18 and newer",
		FINDING_MISSING},
	{"app_exec.so", "TryExec() is not there, and a call is hung up when its pipeline ends",
		"'module load app_exec.so'", FINDING_MISSING},
	{"app_amd.so", "AMD() is not there: machines are not told by Asterisk",
		"amd.conf has to exist (pipelines/deploy/asterisk/amd.conf), then 'module load app_amd.so'; or leave it to amd(1)",
		FINDING_WARNING},
	{"app_userevent.so", "UserEvent() is not there: the dialplan cannot tell what AMD found",
		"'module load app_userevent.so'", FINDING_WARNING},
};

/* NULL: Asterisk does not have it. */
static const char *module_state(const json_t *list, const char *name)
{
	size_t i;
	const json_t *one;

	json_array_foreach(list, i, one) {
		const char *s = json_string_value(json_object_get(one, "name"));

		if (s && strcmp(s, name) == 0) {
			s = json_string_value(json_object_get(one, "status"));
			return s ? s : "";
		}
	}
	return NULL;
}

void judge_modules(struct findings *f, const struct ari_reply *r)
{
	int running = 0;

	if (r->outcome != ARI_DONE)
		finding_add(f, FINDING_UNKNOWN, "modules", "have res_ari_asterisk.so loaded",
			"which modules there are cannot be asked: %s", r->why);
	for (size_t i = 0; r->outcome == ARI_DONE && i < ARRAY_LEN(modules); i++) {
		const char *state = module_state(r->json, modules[i].name);

		if (state && strcmp(state, "Running") == 0)
			running++;
		else
			finding_add(f, modules[i].without, "modules", modules[i].todo,
				"%s is not %s: %s", modules[i].name, state ? "running" : "loaded",
				modules[i].what);
	}
	if (running == (int)ARRAY_LEN(modules))
		finding_add(f, FINDING_OK, "modules", NULL,
			"AudioSocket(), TryExec(), AMD() and UserEvent() are there");
}

void judge_version(struct findings *f, const char *version)
{
	static const int minors[] = {[20] = 14, [21] = 9, [22] = 4};
	int major = 0, minor = 0;

	if (sscanf(version, "%d.%d", &major, &minor) != 2)
		finding_add(f, FINDING_UNKNOWN, "version", NULL,
			"'%.60s' is no release: AudioSocket() has to be of 20.14, 21.9, 22.4 or newer",
			version);
	else if (major < 20 || (major < (int)ARRAY_LEN(minors) && minor < minors[major]))
		finding_add(f, FINDING_WARNING, "version", "Asterisk 20.14, 21.9, 22.4 or newer",
			"%.60s: AudioSocket() sends no keys, and only TryExec() keeps a call when it ends",
			version);
	else
		finding_add(f, FINDING_OK, "version", NULL, "Asterisk %.60s", version);
}

bool judge_endpoint_path(const char *endpoint, struct dynbuf *path)
{
	struct endpoint_place place;

	if (endpoint_place(endpoint, &place) == -1)
		return false;
	dynbuf_adds(path, "/endpoints/");
	(void)!http_escape(path, place.technology);
	dynbuf_adds(path, "/");
	(void)!http_escape(path, place.name);
	return true;
}

void judge_trunk(struct findings *f, const char *trunk, const struct ari_reply *r)
{
	const char *state = json_string_value(json_object_get(r->json, "state"));

	if (r->outcome == ARI_MISSING)
		finding_add(f, FINDING_MISSING, "trunk",
			"an endpoint of that name in pjsip.conf, see pipelines/deploy/asterisk/pjsip-trunk.conf, or the right name in the trunk's endpoint",
			"%s: Asterisk has no such endpoint", trunk);
	else if (r->outcome != ARI_DONE || !state)
		finding_add(f, FINDING_UNKNOWN, "trunk", "have res_ari_endpoints.so loaded",
			"%s: its state cannot be asked: %s", trunk, r->why);
	else if (strcmp(state, "online") == 0)
		finding_add(f, FINDING_OK, "trunk", NULL, "%s is online", trunk);
	else if (strcmp(state, "offline") == 0)
		finding_add(f, FINDING_MISSING, "trunk",
			"see 'pjsip show endpoints' and 'pjsip show contacts': is it registered, does it answer OPTIONS?",
			"%s is offline: calls over it fail at once", trunk);
	else
		finding_add(f, FINDING_WARNING, "trunk",
			"qualify_frequency = 60 in its aor, and Asterisk knows whether it is there",
			"%s: Asterisk does not know its state ('%s')", trunk, state);
}

#define WANTED "AMDSTATUS,AMDCAUSE,CALLUUID,TRYSTATUS,CALLPIPE_END"

void judge_variables(struct findings *f, const json_t *channel)
{
	const json_t *vars = json_object_get(channel, "channelvars");
	size_t n;

	for (const char *name = WANTED; *name; name += n + (name[n] == ',')) {
		n = strcspn(name, ",");
		if (json_object_getn(vars, name, n))
			continue;
		finding_add(f, FINDING_WARNING, "channelvars",
			"channelvars = " WANTED
			" under [general] of ari.conf, then 'module reload res_ari.so'",
			"events do not carry %.*s: what AMD found, or that nobody was there to talk, is not known",
			(int)n, name);
		return;
	}
	finding_add(f, FINDING_OK, "channelvars", NULL,
		"events carry what AMD found and how talks ended");
}

void judge_place(
	struct findings *f, const char *context, const char *extension, const struct ari_reply *r)
{
	const char *value = json_string_value(json_object_get(r->json, "value"));

	if (r->outcome != ARI_DONE || !value)
		finding_add(f, FINDING_UNKNOWN, "dialplan",
			"have func_dialplan.so loaded, or look with 'dialplan show'",
			"whether there is an extension '%s' in '%s' cannot be asked: %s", extension,
			context, r->why);
	else if (strcmp(value, "1") != 0)
		finding_add(f, FINDING_MISSING, "dialplan",
			"#include pipelines/deploy/asterisk/extensions-outbound.conf in extensions.conf, then 'dialplan reload'",
			"there is no extension '%s' in the context '%s': answered calls would be hung up",
			extension, context);
	else
		finding_add(f, FINDING_OK, "dialplan", NULL, "answered calls go to %s,%s,1",
			context, extension);
}
