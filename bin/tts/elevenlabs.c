/* elevenlabs: /v1/text-to-speech/{voice}/stream. Source: ElevenLabs API reference, "Stream speech". */
#include <string.h>

#include "network.h"

static const char *secret(const char *url)
{
	return provider_is_at(url, "elevenlabs.io") ? "ELEVENLABS_API_KEY" : NULL;
}

/* Those that are bound to no language refuse to be told one: all called _v1 or _v2. */
static bool takes_language(const char *model)
{
	size_t n = strlen(model);

	return n < 3 || (strcmp(model + n - 3, "_v1") != 0 && strcmp(model + n - 3, "_v2") != 0);
}

static int request(const struct network_say *s, struct network_request *ret, char why[WHY_MAX])
{
	static const char *const names[] = {[NETWORK_WAV] = "wav",
		[NETWORK_PCM] = "pcm",
		[NETWORK_ULAW] = "ulaw",
		[NETWORK_ALAW] = "alaw"};
	const char *language = s->phrase->language;
	size_t primary = strcspn(language, "-_");

	ret->body = json_pack("{s:s, s:s}", "text", s->phrase->text, "model_id", s->model);
	if (primary == 2 && takes_language(s->model)) /* ISO 639-1 */
		json_object_set_new(ret->body, "language_code", json_stringn(language, primary));
	if (s->voice->speed != 0)
		json_object_set_new(
			ret->body, "voice_settings", json_pack("{s:f}", "speed", s->voice->speed));
	dynbuf_adds(&ret->path, "/v1/text-to-speech/");
	if (http_escape(&ret->path, s->name) < 0)
		return -1;
	return dynbuf_addf(&ret->path, "/stream?output_format=%s_%d", names[s->format], s->rate_hz);
}

static const struct network_vendor vendor = {
	.url = "https://api.elevenlabs.io",
	.auth = PROVIDER_HEADER,
	.header = "xi-api-key",
	.key = "TTS_KEY_ELEVENLABS",
	.secret = secret,
	.model = "eleven_flash_v2_5",
	.voice = "JBFqnCBsd6RMkjVDRZzb",
	.formats = "pcm ulaw alaw wav",
	.speed_least = 0.7,
	.speed_most = 1.2,
	.request = request,
};

const struct engine engine_elevenlabs = NETWORK_ENGINE("elevenlabs", "ElevenLabs", &vendor);
