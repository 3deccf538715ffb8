/* What services are asked, to the byte; which part of a setting is whose; and what an answer is taken for. */
#include "network.h"

#include <stdlib.h>

#include "queue.h"
#include "tap.h"

static struct voice voice;
static const char *type;

/* "PATH BODY" for a phrase, or why there is none. */
static const char *ask(
	const char *engine, const char *text, const char *language, const char *wanted, int way)
{
	static char asked[8192];
	struct phrase p = {.text = text, .language = language, .voice = wanted};
	char why[WHY_MAX] = "";
	struct dynbuf path, body;

	dynbuf_init(&path, NETWORK_PATH_MAX);
	dynbuf_init(&body, 4096);
	if (network_request(engine_find(engine), &voice, &p, way, &path, &body, &type, why) < 0)
		snprintf(asked, sizeof(asked), "%s", why);
	else
		snprintf(asked, sizeof(asked), "%s %s", path.p, body.p);
	dynbuf_free(&path);
	dynbuf_free(&body);
	return asked;
}

static const char *simple(const char *engine)
{
	return ask(engine, "Hello.", "en", "", 0);
}

static void fresh(void)
{
	voice = (struct voice){.rate_hz = 8000, .name = "", .table = ""};
}

static void test_openai(void)
{
	fresh();
	is_str(simple("openai"),
		"/audio/speech {\"model\":\"gpt-4o-mini-tts\",\"input\":\"Hello.\",\"voice\":\"alloy\",\"response_format\":\"wav\"}",
		"openai");
	is_str(type, "application/json", "as JSON");
	voice.format = "pcm";
	voice.model = "kokoro";
	voice.speed = 1.5;
	voice.instructions = "Softly.";
	is_str(ask("openai", "\"Так\"\\", "uk", "nova", 0),
		"/audio/speech {\"model\":\"kokoro\",\"input\":\"\\\"Так\\\"\\\\\",\"voice\":\"nova\","
		"\"response_format\":\"pcm\",\"instructions\":\"Softly.\",\"speed\":1.5}",
		"with everything that can be set");
	voice.format = "ulaw";
	is_str(simple("openai"), "there is no format 'ulaw', but: wav pcm", "a format it has not");
	voice.format = "pcm_5";
	is_str(simple("openai"), "the rate of format 'pcm_5' is not within 8000 to 192000",
		"nor a rate");
	voice.format = "";
	voice.speed = 7;
	is_str(simple("openai"), "openai speaks at a speed of 0.25 to 4", "nor a speed");
}

static void test_elevenlabs(void)
{
	fresh();
	is_str(ask("elevenlabs", "Hello.", "uk-UA", "", 0),
		"/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/stream?output_format=pcm_8000 "
		"{\"text\":\"Hello.\",\"model_id\":\"eleven_flash_v2_5\",\"language_code\":\"uk\"}",
		"elevenlabs");
	voice.format = "ulaw";
	voice.model = "eleven_multilingual_v2";
	voice.speed = 1.25;
	is_str(simple("elevenlabs"), "elevenlabs speaks at a speed of 0.7 to 1.2",
		"a speed it has not");
	voice.speed = 0.75;
	is_str(ask("elevenlabs", "Hello.", "en", "../x?y=1", 0),
		"/v1/text-to-speech/..%2Fx%3Fy%3D1/stream?output_format=ulaw_8000 "
		"{\"text\":\"Hello.\",\"model_id\":\"eleven_multilingual_v2\",\"voice_settings\":{\"speed\":0.75}}",
		"a voice stays one part of the path; a model of many languages is told none");
	voice.format = "pcm_22050";
	voice.rate_hz = 16000;
	ok(strstr(simple("elevenlabs"), "=pcm_22050 "), "another rate");
	voice.format = "";
	ok(strstr(simple("elevenlabs"), "=pcm_16000 "), "that of the call");
	voice.format = "alaw";
	ok(strstr(simple("elevenlabs"), "=alaw_8000 "), "but of G.711, which has one");
	ok(!strstr(ask("elevenlabs", "x", "ceb", "", 0), "language_code"), "only ISO 639-1");
}

static void test_deepgram(void)
{
	fresh();
	is_str(simple("deepgram"),
		"/v1/speak?model=aura-2-thalia-en&encoding=linear16&container=none&sample_rate=8000 "
		"{\"text\":\"Hello.\"}",
		"deepgram");
	voice.format = "alaw";
	voice.speed = 0.9;
	is_str(ask("deepgram", "Bonjour.", "fr-CA", "", 0),
		"/v1/speak?model=aura-2-agathe-fr&speed=0.9&encoding=alaw&container=none&sample_rate=8000 "
		"{\"text\":\"Bonjour.\"}",
		"a voice by language");
	voice.format = "wav";
	ok(strstr(ask("deepgram", "x", "en", "aura-2-zeus-en", 0), "=aura-2-zeus-en&"),
		"one by name");
	ok(strstr(simple("deepgram"), "&encoding=linear16&container=wav&sample_rate=8000"), "WAV");
	is_str(ask("deepgram", "Слухаю.", "uk", "", 0), "it has no voice for language 'uk'",
		"a language it does not speak");
	voice.model = "aura-luna-en";
	ok(strstr(simple("deepgram"), "=aura-luna-en&"), "a model is a voice");
}

static void test_piper(void)
{
	fresh();
	is_str(simple("piper"), "/synthesize {\"text\":\"Hello.\"}", "piper");
	is_str(ask("piper", "{\"a\"}", "en", "x", 1), "/ {\"a\"}", "an old one: the text");
	is_str(type, "text/plain; charset=utf-8", "as text");
	voice.speed = 2;
	voice.name = "uk_UA-lada-x_low";
	is_str(ask("piper", "Hello.", "uk", "", 2),
		"/ {\"text\":\"Hello.\",\"voice\":\"uk_UA-lada-x_low\",\"length_scale\":0.5}",
		"another old one");
}

static void test_parameters(void)
{
	fresh();
	voice.parameters = json_loads(
		"{\"elevenlabs\":{\"voice_settings\":{\"stability\":0.3},\"seed\":7,\"language_code\":null},"
		"\"deepgram\":{\"tag\":\"a b\",\"mip_opt_out\":true,\"n\":3}}",
		0, NULL);
	voice.speed = 0.8;
	is_str(ask("elevenlabs", "x", "en", "v", 0),
		"/v1/text-to-speech/v/stream?output_format=pcm_8000 "
		"{\"text\":\"x\",\"model_id\":\"eleven_flash_v2_5\",\"voice_settings\":{\"speed\":0.8,\"stability\":0.3},\"seed\":7}",
		"parameters are added, put into what is there, left out");
	is_str(ask("deepgram", "x", "en", "aura-2-zeus-en", 0),
		"/v1/speak?model=aura-2-zeus-en&speed=0.8&encoding=linear16&container=none&sample_rate=8000"
		"&tag=a%20b&mip_opt_out=true&n=3 {\"text\":\"x\"}",
		"or to the query");
	json_decref(voice.parameters);
}

static void test_settings(void)
{
	static const struct {
		const char *setting, *engine, *want;
	} cases[] = {
		{"nova", "openai", "nova"},
		{"nova", "piper", ""},
		{"nova piper:lada", "piper", "lada"},
		{"nova piper:lada", "openai", "nova"},
		{"piper:lada openai:nova", "openai", "nova"},
		{"piper:lada", "openai", ""},
		{"http://h:1/v1", "openai", "http://h:1/v1"},
		{"piper:http://p:2 http://h:1", "openai", "http://h:1"},
		{"a b", "openai", "a b"},
		{"nosuch:a b", "openai", "nosuch:a b"},
		{" piper:x ", "piper", "x"},
	};
	char ret[SETTING_MAX], much[2 * SETTING_MAX];
	struct phrase p = {.text = "", .language = "uk-UA", .voice = "alto"};

	fresh();
	voice.first = engine_find("openai");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (setting_get(&voice, cases[i].engine, cases[i].setting, ret) < 0)
			abort();
		is_str(ret, cases[i].want, "'%s' of %s", cases[i].setting, cases[i].engine);
	}
	memset(much, 'x', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	ok(setting_get(&voice, "openai", much, ret) < 0, "one that is too long");
	ok(setting_voice(&voice, "openai", &p, "", ret) == 0 && strcmp(ret, "alto") == 0,
		"the voice of a phrase is one of the first engine");
	voice.table = "en=a uk=b piper:uk=c piper:uk-UA=d";
	ok(setting_voice(&voice, "piper", &p, "", ret) == 0 && strcmp(ret, "d") == 0,
		"another has one by language");
	p.voice = "";
	ok(setting_voice(&voice, "openai", &p, "uk=z", ret) == 0 && strcmp(ret, "b") == 0,
		"a table of voices");
	p.language = "fr";
	ok(setting_voice(&voice, "openai", &p, "fr=z", ret) == 0 && strcmp(ret, "z") == 0,
		"the vendor's own");
}

/* What decides the sound decides the name in the cache, and nothing else does. */
static void test_identity(void)
{
	static const struct {
		const char *url, *model, *key;
	} cases[] = {
		{"http://a/v1", "m", "k1"},
		{"http://a/v1", "m", "k2"},
		{"http://u:p@a/v1", "m", "k1"},
		{"http://b/v1", "m", "k1"},
		{"http://a/v1", "n", "k1"},
	};
	static const struct phrase p = {.text = "x", .language = "en", .voice = ""};
	const struct engine *list[2] = {engine_find("openai"), NULL};
	char key[8][CACHE_KEY_MAX], why[HTTP_WHY_MAX];
	struct network n;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fresh();
		voice.first = list[0];
		voice.url = cases[i].url;
		voice.model = cases[i].model;
		setenv("CALLPIPE_TTS_KEY", cases[i].key, 1);
		if (network_open(&n, &voice, list, why) != EXIT_OK ||
			queue_key(&voice, list[0], &p, key[i], why) < 0)
			printf("# %s\n", why);
		network_close(&n);
	}
	is_str(key[1], key[0], "another key: the same sound");
	is_str(key[2], key[0], "a password in the URL too");
	ok(strcmp(key[3], key[0]) != 0, "another host is another");
	ok(strcmp(key[4], key[0]) != 0, "another model too");
}

static void test_look(void)
{
	static const struct {
		const char *p;
		size_t n;
		const char *type;
		enum network_format format;
		enum network_kind kind;
	} cases[] = {
		{"RIFF\xff\xff\xff\xffWAVE", 12, "text/html", NETWORK_WAV, NETWORK_RIFF},
		{"RIFF\xff\xff\xff\xffWAVE", 12, "", NETWORK_PCM, NETWORK_RIFF},
		{"{\"error\":\"it is late\"}", 21, "audio/pcm", NETWORK_PCM, NETWORK_TEXT},
		{"{\"error\":\"it is late\"}", 21, "", NETWORK_ULAW, NETWORK_TEXT},
		{"<!doctype html>\r\n<html>", 23, "text/html", NETWORK_WAV, NETWORK_TEXT},
		{"\nInternal error of it", 21, "", NETWORK_PCM, NETWORK_TEXT},
		{"UUUUUUUUUUUUUUUUUUUUUUUU", 24, "audio/alaw", NETWORK_ALAW, NETWORK_SOUND},
		{"UUUUUUUUUUUUUUUUUUUUUUUU", 24, "text/plain", NETWORK_ALAW, NETWORK_TEXT},
		{"\0\0\1\0\2\0\377\377\0\0\1\0\2\0\0\0", 16, "text/html", NETWORK_PCM,
			NETWORK_SOUND},
		{"\0\0\1\0\2\0\377\377\0\0\1\0\2\0\0\0", 16, "application/json", NETWORK_PCM,
			NETWORK_SOUND},
		{"ID3\4\0\0\0\0\0\0\0\0\0\0\0\0", 16, "", NETWORK_PCM, NETWORK_FOREIGN},
		{"\377\373\220d\0\0\0\0\0\0\0\0\0\0\0\0", 16, "audio/mpeg", NETWORK_PCM,
			NETWORK_FOREIGN},
		{"OggS\0\2\0\0\0\0\0\0\0\0\0\0", 16, "", NETWORK_ULAW, NETWORK_FOREIGN},
		{"\1\0", 2, "", NETWORK_PCM, NETWORK_SOUND},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is_int(network_look(cases[i].p, cases[i].n, cases[i].type, cases[i].format),
			cases[i].kind, "an answer: %zu", i);
}

static void test_list(void)
{
	const struct engine *list[ENGINES_MAX + 1];

	ok(engine_list("elevenlabs,openai,command", list) == 0 && list[0] == &engine_elevenlabs &&
			list[1] == &engine_openai && list[2] == &engine_command && !list[3],
		"a list of engines");
	ok(engine_list("", list) < 0 && engine_list("openai,", list) < 0 &&
			engine_list("openai,openai", list) < 0 && engine_list("file", list) < 0 &&
			engine_list("openai, command", list) < 0,
		"lists that are none");
}

int main(void)
{
	test_openai();
	test_elevenlabs();
	test_deepgram();
	test_piper();
	test_parameters();
	test_settings();
	test_identity();
	test_look();
	test_list();
	return done_testing();
}
