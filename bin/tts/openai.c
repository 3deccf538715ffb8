/* openai: /audio/speech, of OpenAI and of every server that has taken it over (Groq, speaches, Kokoro, LocalAI).
 *
 * WAV is asked for, because its head says the rate, in which such servers differ. Source: OpenAI API reference 2.3.0,
 * createSpeech.
 */
#include <string.h>

#include "network.h"

static const char *secret(const char *url)
{
	return provider_is_at(url, "groq.com")      ? "GROQ_API_KEY"
		: provider_is_at(url, "openai.com") ? "OPENAI_API_KEY"
						    : NULL;
}

static int request(const struct network_say *s, struct network_request *ret, char why[WHY_MAX])
{
	const struct voice *v = s->voice;

	ret->body = json_pack("{s:s, s:s, s:s, s:s}", "model", s->model, "input", s->phrase->text,
		"voice", s->name, "response_format", s->format == NETWORK_WAV ? "wav" : "pcm");
	if (v->instructions && *v->instructions)
		json_object_set_new(ret->body, "instructions", json_string(v->instructions));
	if (v->speed != 0)
		json_object_set_new(ret->body, "speed", json_real(v->speed));
	return dynbuf_adds(&ret->path, "/audio/speech");
}

static const struct network_vendor vendor = {
	.url = "https://api.openai.com/v1",
	.auth = PROVIDER_BEARER,
	.key = "TTS_KEY_OPENAI",
	.secret = secret,
	.model = "gpt-4o-mini-tts",
	.voice = "alloy",
	.formats = "wav pcm",
	.pcm_hz = 24000,
	.speed_least = 0.25,
	.speed_most = 4,
	.request = request,
};

const struct engine engine_openai = NETWORK_ENGINE("openai", "OpenAI and compatible", &vendor);
