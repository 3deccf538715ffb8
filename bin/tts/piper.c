/* piper: the HTTP server that comes with Piper. Source: piper1-gpl and rhasspy/piper, http_server.py, of three generations:
 *
 *	POST /synthesize	JSON		piper1-gpl
 *	POST /			the text	rhasspy/piper
 *	POST /			JSON		piper1-gpl, earlier
 *
 * The text goes before JSON: the old one would read braces and quotes aloud, whereas the one that wants JSON refuses a text.
 */
#include "network.h"

enum { WAY_SYNTHESIZE, WAY_TEXT, WAY_JSON, WAYS };

static int request(const struct network_say *s, struct network_request *ret, char why[WHY_MAX])
{
	ret->plain = s->way == WAY_TEXT;
	if (!ret->plain) {
		ret->body = json_pack("{s:s}", "text", s->phrase->text);
		if (*s->name)
			json_object_set_new(ret->body, "voice", json_string(s->name));
		if (s->voice->speed != 0) /* of each sound */
			json_object_set_new(
				ret->body, "length_scale", json_real(1 / s->voice->speed));
	}
	return dynbuf_adds(&ret->path, s->way == WAY_SYNTHESIZE ? "/synthesize" : "/");
}

/* There is no such page; or it does not understand what it was told, for which its answer is 415, 400 or 500. */
static bool otherwise(int way, int status)
{
	return status == 404 || status == 405 ||
		(way == WAY_TEXT && (status == 400 || status == 415 || status == 500));
}

static const struct network_vendor vendor = {
	.url = "http://127.0.0.1:5000",
	.auth = PROVIDER_BEARER,
	.key = "TTS_KEY_PIPER",
	.formats = "wav",
	.speed_least = 0.25,
	.speed_most = 4,
	.request = request,
	.ways = WAYS,
	.otherwise = otherwise,
};

const struct engine engine_piper = NETWORK_ENGINE("piper", "Piper's HTTP server", &vendor);
