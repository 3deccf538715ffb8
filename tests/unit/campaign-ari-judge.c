/* campaign: what answers of Asterisk mean: versions, endpoints, states. */
#include "ari-judge.h"

#include "tap.h"

/* The state of the only finding. */
static const char *only(struct findings *f)
{
	static char state[32];
	const json_t *one = json_array_get(f->list, 0);

	snprintf(state, sizeof(state), "%s",
		json_array_size(f->list) == 1 ? json_string_value(json_object_get(one, "state"))
					      : "-");
	findings_free(f);
	return state;
}

static void versions(void)
{
	static const char *const of[][2] = {{"23.4.1", "ok"}, {"20.14.0", "ok"},
		{"20.13.9", "warning"}, {"21.9.0", "ok"}, {"21.8.2", "warning"},
		{"22.4.0-rc1", "ok"}, {"22.3.0", "warning"}, {"23.0.0", "ok"},
		{"18.26.4", "warning"}, {"16.2.1~dfsg", "warning"}, {"100.0", "ok"},
		{"GIT-master-f0c1c1a7b7", "unknown"}, {"certified/20.7-cert3", "unknown"},
		{"", "unknown"}};
	struct findings f = {0};

	for (size_t i = 0; i < ARRAY_LEN(of); i++) {
		judge_version(&f, of[i][0]);
		is_str(only(&f), of[i][1], "version '%s'", of[i][0]);
	}
}

static const char *path(const char *endpoint)
{
	static struct dynbuf b;

	dynbuf_free(&b);
	dynbuf_init(&b, 1024);
	return judge_endpoint_path(endpoint, &b) ? b.p : "-";
}

static void endpoints(void)
{
	is_str(path("PJSIP/%s@trunk"), "/endpoints/PJSIP/trunk", "number and trunk");
	is_str(path("PJSIP/%n@my trunk/2"), "-", "no such form");
	is_str(path("PJSIP/%s@my trunk?"), "/endpoints/PJSIP/my%20trunk%3F", "no part of a URL");
	is_str(path("PJSIP/trunk/sip:%s@sip.example.com"), "/endpoints/PJSIP/trunk",
		"trunk and URI");
	is_str(path("IAX2/carrier/%s"), "/endpoints/IAX2/carrier", "another technology");
	is_str(path("PJSIP/%n@50%%"), "/endpoints/PJSIP/50%25", "a percent sign");
	is_str(path("PJSIP/phone"), "-", "one phone, whatever the number");
	is_str(path("PJSIP/%s"), "-", "no trunk");
	is_str(path("Local/%s@context"), "-", "a place in the dialplan");
	is_str(path("trunk"), "-", "a name alone");
	is_str(path(""), "-", "nothing");
	path("PJSIP/a");
}

static const char *trunk(const char *json, enum ari_outcome outcome)
{
	struct findings f = {0};
	json_t *body = json ? json_loads(json, 0, NULL) : NULL;
	struct ari_reply r = {.outcome = outcome, .why = "why", .json = body};
	const char *state;

	judge_trunk(&f, "PJSIP/%s@t", &r);
	state = only(&f);
	json_decref(body);
	return state;
}

static void trunks(void)
{
	is_str(trunk("{\"state\":\"online\"}", ARI_DONE), "ok", "online");
	is_str(trunk("{\"state\":\"offline\"}", ARI_DONE), "missing", "offline");
	is_str(trunk("{\"state\":\"unknown\"}", ARI_DONE), "warning", "unknown");
	is_str(trunk("{\"state\":7}", ARI_DONE), "unknown", "a state that is none");
	is_str(trunk("[]", ARI_DONE), "unknown", "no object");
	is_str(trunk(NULL, ARI_MISSING), "missing", "there is none");
	is_str(trunk(NULL, ARI_FAILED), "unknown", "it cannot be asked");
}

static void modules(void)
{
	struct findings f = {0};
	json_t *list = json_loads("[{\"name\":\"app_audiosocket.so\",\"status\":7},7,{}]", 0, NULL);
	struct ari_reply r = {.outcome = ARI_DONE, .why = "", .json = list};

	judge_modules(&f, &r);
	is_int(f.of[FINDING_MISSING], 2, "modules that are not there, of a list that is none");
	is_int(f.of[FINDING_WARNING], 2, "and those that calls can do without");
	findings_free(&f);
	json_decref(list);
}

int main(void)
{
	versions();
	endpoints();
	trunks();
	modules();
	return done_testing();
}
