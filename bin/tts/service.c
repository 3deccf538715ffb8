/* Services as they are set: where they are, with which key, and what of it decides how they sound. */
#include <stdio.h>
#include <string.h>

#include "network.h"

#define WARM_NS (4 * NS_PER_S) /* servers drop an idle connection after 5 s, or later */

struct network_service *network_find(struct network *n, const struct engine *e)
{
	for (size_t i = 0; n && i < n->n; i++) {
		if (n->service[i].engine == e)
			return &n->service[i];
	}
	return NULL;
}

/* ---- what is set ---- */

/* A URL of the vendor's own has a price, and wants a key. */
static int open_service(
	struct network *n, const struct voice *v, const struct engine *e, char why[HTTP_WHY_MAX])
{
	const struct network_vendor *vendor = e->vendor;
	const struct phrase none = {.text = "", .language = "", .voice = ""};
	struct network_service *s = &n->service[n->n];
	char url[SETTING_MAX], reason[WHY_MAX] = "its URL is too long";
	struct network_say say;
	struct provider_spec spec = {
		.stage = "tts", .engine = e->name, .auth = vendor->auth, .header = vendor->header};
	size_t secrets = 0;

	if (setting_get(v, e->name, v->url ? v->url : "", url) < 0 ||
		network_say(e, v, &none, 0, &say, reason) < 0) {
		snprintf(why, HTTP_WHY_MAX, "cannot use engine '%s': %.200s", e->name, reason);
		return EXIT_CONFIG;
	}
	spec.url = *url ? url : vendor->url;
	/* what is meant for one vendor is not told another */
	if (!v->first || v->first == e)
		spec.secrets[secrets++] = "TTS_KEY";
	spec.secrets[secrets++] = vendor->key;
	spec.secrets[secrets] = vendor->secret ? vendor->secret(spec.url) : NULL;
	spec.needs_key = spec.secrets[secrets];
	s->engine = e;
	n->n++;
	return provider_open(&s->provider, &spec, &n->http, why);
}

int network_open(struct network *n, struct voice *v, const struct engine *const *engines,
	char why[HTTP_WHY_MAX])
{
	int status = EXIT_OK;

	*n = (struct network){0};
	v->network = n;
	for (; *engines && status == EXIT_OK; engines++) {
		if ((*engines)->vendor)
			status = open_service(n, v, *engines, why);
	}
	return status;
}

void network_run(struct network *n, struct loop *loop)
{
	http_init(&n->http, loop);
}

void network_stop_all(struct network *n)
{
	if (n->http.loop)
		http_free(&n->http);
}

void network_close(struct network *n)
{
	for (size_t i = 0; i < n->n; i++)
		provider_close(&n->service[i].provider);
	n->n = 0;
}

void network_load(struct network *n)
{
	if (n->n > 0)
		http_load(&n->http);
}

/* With TLS there are two or three trips before the first question; what was asked of late is still there. */
void network_warm(struct network *n)
{
	const struct network_service *s = n->service;

	if (n->n > 0 && strncmp(s->provider.base, "https:", 6) == 0 && !*s->refused &&
		now_ns() - s->asked_ns > WARM_NS)
		http_warm(&n->http, s->provider.base);
}

/* ---- what decides how it sounds ---- */

int network_identify(const struct engine *e, const struct voice *v, const struct phrase *p,
	struct dynbuf *id, char why[WHY_MAX])
{
	struct network_service *s = network_find(v->network, e);
	struct dynbuf path, body;
	const char *type;
	int result;

	dynbuf_init(&path, NETWORK_PATH_MAX);
	dynbuf_init(&body, NETWORK_BODY_MAX);
	result = network_request(e, v, p, 0, &path, &body, &type, why);
	if (result == 0) {
		dynbuf_addf(id, "%s %g ", s ? provider_host(s->provider.base) : "", v->gain_db);
		dynbuf_add(id, path.p, path.n + 1); /* with its end */
		result = dynbuf_add(id, body.p, body.n);
	}
	dynbuf_free(&path);
	dynbuf_free(&body);
	return result;
}
