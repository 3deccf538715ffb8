/* deepgram: /v1/speak. Its voices are its models, each of one language. Source: Deepgram API specification of July 2026,
 * /v1/speak.
 */
#include <stdio.h>
#include <string.h>

#include "network.h"

static const char *secret(const char *url)
{
	return provider_is_at(url, "deepgram.com") ? "DEEPGRAM_API_KEY" : NULL;
}

/* The documents disagree on what comes without: everything is said. */
static int request(const struct network_say *s, struct network_request *ret, char why[WHY_MAX])
{
	static const char *const encodings[] = {[NETWORK_WAV] = "linear16",
		[NETWORK_PCM] = "linear16",
		[NETWORK_ULAW] = "mulaw",
		[NETWORK_ALAW] = "alaw"};
	const char *model = *s->model ? s->model : s->name;

	if (!*model) {
		snprintf(why, WHY_MAX, "it has no voice for language '%.40s'", s->phrase->language);
		return -1;
	}
	ret->body = json_pack("{s:s}", "text", s->phrase->text);
	dynbuf_adds(&ret->path, "/v1/speak?model=");
	if (http_escape(&ret->path, model) < 0)
		return -1;
	if (s->voice->speed != 0)
		dynbuf_addf(&ret->path, "&speed=%g", s->voice->speed);
	return dynbuf_addf(&ret->path, "&encoding=%s&container=%s&sample_rate=%d",
		encodings[s->format], s->format == NETWORK_WAV ? "wav" : "none", s->rate_hz);
}

static const struct network_vendor vendor = {
	.url = "https://api.deepgram.com",
	.auth = PROVIDER_TOKEN,
	.key = "TTS_KEY_DEEPGRAM",
	.secret = secret,
	.voices =
		"en=aura-2-thalia-en es=aura-2-celeste-es de=aura-2-viktoria-de nl=aura-2-rhea-nl "
		"fr=aura-2-agathe-fr it=aura-2-livia-it ja=aura-2-izanami-ja",
	.formats = "pcm ulaw alaw wav",
	.query = true,
	.speed_least = 0.7,
	.speed_most = 1.5,
	.request = request,
};

const struct engine engine_deepgram = NETWORK_ENGINE("deepgram", "Deepgram Aura", &vendor);
