/* stt, engine openai: the request as a form, replies in all their shapes, and what is invented. */
#include <math.h>
#include <stdlib.h>

#include "invention.h"
#include "openai-form.h"
#include "openai-reply.h"
#include "random.h"
#include "tap.h"

/* ---- the request ---- */

static int16_t sound[16000];

static struct turn turn_of(const char *language, const char *hints)
{
	struct turn t = {.sample = sound, .samples = 16000, .rate_hz = 8000, .hints = NULL};

	snprintf(t.language, sizeof(t.language), "%s", language);
	if (hints)
		t.hints = strdup(hints);
	return t;
}

/* "name=value name=value", without the file. */
static const char *form_text(struct openai_form *f)
{
	static char text[4000];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < f->parts; i++)
		if (!f->part[i].file)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s=%.*s", n ? " " : "",
				f->part[i].name, (int)f->part[i].n, (const char *)f->part[i].p);
	return text;
}

static void test_form(void)
{
	static const struct {
		const char *model, *url, *format, *stream, *temperature, *language, *hints, *want;
	} rows[] = {
		{NULL, "https://api.openai.com/v1", "auto", "auto", NULL, "uk-UA",
			"{\"phrases\":[\"Інтернет\",\" два  слова \"]}",
			"model=gpt-transcribe languages[]=uk response_format=json stream=true "
			"keywords[]=Інтернет keywords[]=два слова"},
		{NULL, "https://api.groq.com/openai/v1", "auto", "auto", "0", "fr-FR",
			"{\"phrases\":[\"oui\",\"non\"],\"digits\":4}",
			"model=whisper-large-v3-turbo language=fr response_format=verbose_json "
			"temperature=0 prompt=oui, non"},
		{"", "http://127.0.0.1:8080/v1", NULL, NULL, "", "", NULL,
			"model=whisper-1 response_format=verbose_json"},
		{"gpt-4o-mini-transcribe", "https://api.openai.com/v1", "auto", "no", NULL, "en",
			"{\"phrases\":[\"box\"]}",
			"model=gpt-4o-mini-transcribe language=en response_format=json "
			"include[]=logprobs prompt=box"},
		{"gpt-4o-transcribe-diarize", "https://api.openai.com/v1", "auto", "auto", NULL,
			"en", "{\"phrases\":[\"box\"]}",
			"model=gpt-4o-transcribe-diarize language=en response_format=json stream=true"},
		{"whisper-1", "https://api.openai.com/v1", "json", "yes", NULL, "xx1", NULL,
			"model=whisper-1 response_format=json stream=true"},
		{"Systran/faster-whisper-small", "http://h:8000/v1", "auto", "auto", NULL, "yue",
			NULL,
			"model=Systran/faster-whisper-small language=yue response_format=verbose_json"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct openai_model m = openai_model(
			rows[i].model, rows[i].url, rows[i].format, rows[i].stream);
		struct turn t = turn_of(rows[i].language, rows[i].hints);
		struct openai_form f;

		ok(openai_form(&f, &m, rows[i].temperature, &t) == 0, "a form for %s", m.name);
		is_str(form_text(&f), rows[i].want, "its fields");
		openai_form_free(&f);
		free(t.hints);
	}
}

static void test_wav(void)
{
	struct openai_model m = openai_model("whisper-1", "", NULL, NULL);
	struct turn t = turn_of("en", NULL);
	struct openai_form f;
	const struct http_part *part;
	const uint8_t *p;

	for (size_t i = 0; i < ARRAY_LEN(sound); i++)
		sound[i] = (int16_t)i;
	ok(openai_form(&f, &m, NULL, &t) == 0, "a sound");
	part = &f.part[f.parts - 1];
	p = part->p;
	is_str(part->name, "file", "its name");
	ok(strcmp(part->file, "turn.wav") == 0 && strcmp(part->type, "audio/wav") == 0,
		"file and type");
	is_int(part->n, 44 + 32000, "its bytes");
	ok(memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WAVEfmt ", 8) == 0, "is a WAV");
	ok(p[20] == 1 && p[22] == 1 && p[24] == 0x40 && p[25] == 0x1f && p[34] == 16,
		"PCM, mono, 8000 Hz, 16 bit");
	ok(memcmp(p + 36, "data\0\x7d\0\0", 8) == 0, "with all of the turn");
	ok(p[44 + 2000] == 0xe8 && p[45 + 2000] == 3, "in its order");
	openai_form_free(&f);
	t.samples = 800;
	ok(openai_form(&f, &m, NULL, &t) == 0, "a tenth of a second");
	is_int(f.part[f.parts - 1].n, 44 + OPENAI_LEAST_MS * 16, "is made longer");
	p = f.part[f.parts - 1].p;
	ok(p[44 + 1598] == 0x1f && p[44 + 1600] == 0 && p[44 + 1601] == 0, "by silence behind it");
	openai_form_free(&f);
}

static void test_many_hints(void)
{
	struct openai_model m = openai_model("gpt-transcribe", "", NULL, NULL);
	struct openai_form f;
	struct dynbuf b;
	struct turn t;

	dynbuf_init(&b, 100000);
	dynbuf_adds(&b, "{\"phrases\":[");
	for (int i = 0; i < 1000; i++)
		dynbuf_addf(&b, "%s\"phrase %d\"", i ? "," : "", i);
	dynbuf_adds(&b, "]}");
	t = turn_of("en", b.p);
	ok(openai_form(&f, &m, NULL, &t) == 0 && f.parts == 4 + 100 + 1, "of many hints the first");
	openai_form_free(&f);
	m = openai_model("whisper-1", "", NULL, NULL);
	ok(openai_form(&f, &m, NULL, &t) == 0 && strlen(f.prompt) <= OPENAI_PROMPT_MAX &&
			strlen(f.prompt) > OPENAI_PROMPT_MAX - 20,
		"as a prompt: as many as there is room for");
	ok(strncmp(strrchr(f.prompt, ','), ", phrase ", 9) == 0, "whole ones: %s",
		strrchr(f.prompt, ','));
	openai_form_free(&f);
	free(t.hints);
	dynbuf_free(&b);
}

/* ---- replies ---- */

static char partials[2000];

static void on_partial(void *ctx, const char *text)
{
	size_t n = strlen(partials);

	(void)ctx;
	snprintf(partials + n, sizeof(partials) - n, "[%s]", text);
}

/* In pieces of that many bytes. -1: no transcript. */
static int reply_of(const char *text, size_t step, struct result *ret, char why[OPENAI_WHY_MAX])
{
	struct openai_reply r;
	size_t n = strlen(text);
	int rc;

	partials[0] = why[0] = '\0';
	openai_reply_init(&r, "yes, no, operator", 3000);
	r.partial = on_partial;
	for (size_t at = 0; at < n; at += step)
		openai_reply_add(&r, text + at, at + step < n ? step : n - at);
	rc = openai_reply_end(&r, ret, why);
	openai_reply_free(&r);
	return rc;
}

#define SEGMENT(text, start, end, logprob, silence, ratio) \
	"{\"id\":0,\"start\":" start ",\"end\":" end ",\"text\":\"" text \
	"\",\"tokens\":[1],\"temperature\":0.0,\"avg_logprob\":" logprob \
	",\"compression_ratio\":" ratio ",\"no_speech_prob\":" silence "}"
#define VERBOSE(segments) \
	"{\"task\":\"transcribe\",\"language\":\"ukrainian\",\"duration\":3.2,\"text\":\"unused\"," \
	"\"segments\":[" segments "]}"

static void test_replies(void)
{
	static const struct {
		const char *reply, *text, *language;
		double confidence;
		int64_t start_ms, end_ms;
		const char *used; /* unit, n */
	} rows[] = {
		{"{\"text\":\"Hello there.\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,"
		 "\"output_tokens\":45,\"total_tokens\":59,\"input_token_details\":{}}}",
			"Hello there.", "", -1, -1, -1, "input_tokens 14 output_tokens 45"},
		{"{\"text\":\" Hello\\nthere \\n\"}", "Hello there", "", -1, -1, -1, ""},
		{"\r\n{\"text\":\"\"}", "", "", -1, -1, -1, ""},
		{"{\"text\":\"Oui.\",\"languages\":[{\"code\":\"fr\"}],"
		 "\"usage\":{\"type\":\"duration\",\"seconds\":3}}",
			"Oui.", "fr", -1, -1, -1, "seconds 3"},
		{"{\"text\":\"Yes\",\"logprobs\":[{\"token\":\"Yes\",\"logprob\":-0.1,\"bytes\":[89]},"
		 "{\"token\":\"!\",\"logprob\":-0.3}]}",
			"Yes", "", 0.8187, -1, -1, ""},
		{VERBOSE(SEGMENT(" Доброго дня.", "0.5", "1.5", "-0.2", "0.01", "1.2")),
			"Доброго дня.", "uk", 0.8187, 500, 1500, ""},
		{VERBOSE(SEGMENT(" one", "0", "1", "-0.1", "0.0", "0.8") "," SEGMENT(
			 " two", "1", "4", "-0.5", "0.0", "0.8")),
			"one two", "uk", 0.6811, 0, 3000, ""},
		{"{\"language\":\"english\",\"duration\":2,\"text\":\"hi\",\"segments\":[" SEGMENT(
			 "hi", "0.0", "2.0", "-0.2", "0.0",
			 "1") "],\"words\":[{\"word\":\"hi\",\"start\":0.7,\"end\":1.1}]}",
			"hi", "en", 0.8187, 700, 1100, ""},
		/* whisper.cpp: more members, and no compression ratio */
		{"{\"task\":\"transcribe\",\"language\":\"english\",\"duration\":1.1,\"text\":\" Goodbye.\\n\","
		 "\"segments\":[{\"id\":0,\"text\":\" Goodbye.\",\"start\":0.0,\"end\":1.0,\"tokens\":[1],"
		 "\"words\":[{\"word\":\" Goodbye\",\"start\":0.1,\"end\":0.5,\"t_dtw\":-1,\"probability\":0.9}],"
		 "\"temperature\":0,\"avg_logprob\":-0.2,\"no_speech_prob\":0.0}],"
		 "\"detected_language\":\"english\",\"detected_language_probability\":0.99,"
		 "\"language_probabilities\":{\"en\":0.99}}",
			"Goodbye.", "en", 0.8187, 0, 1000, ""},
		/* what is not what it should be is as if it were not there */
		{"{\"text\":\"x\",\"segments\":5,\"usage\":7,\"language\":[],\"words\":{},\"logprobs\":\"\"}",
			"x", "", -1, -1, -1, ""},
		{"{\"text\":\"x\",\"segments\":[5,{\"text\":7},{\"text\":\"y\",\"start\":\"0\",\"end\":-1}]}",
			"y", "", -1, -1, -1, ""},
		/* streams */
		{"data: {\"type\":\"transcript.text.delta\",\"delta\":\"Good\"}\n\n"
		 "data: {\"type\":\"transcript.text.delta\",\"delta\":\"bye\"}\n\n"
		 "data: {\"type\":\"transcript.text.done\",\"text\":\"Goodbye\",\"usage\":{\"type\":\"tokens\","
		 "\"input_tokens\":3,\"output_tokens\":2}}\n\ndata: [DONE]\n\n",
			"Goodbye", "", -1, -1, -1, "input_tokens 3 output_tokens 2"},
		{"event: x\r\ndata: {\"type\":\"transcript.text.done\",\"text\":\"Да\",\"logprobs\":[{\"logprob\":-0.2}],"
		 "\"languages\":[{\"code\":\"ru\"}]}\r\n\r\n",
			"Да", "ru", 0.8187, -1, -1, ""},
		{"data: {\"type\":\"transcript.text.delta\",\"delta\":\"No end\"}\n\n", "No end",
			"", -1, -1, -1, ""},
		/* faster-whisper-server: a transcript a segment */
		{": comment\ndata: {\"text\":\" Hello\"}\n\ndata: {\"text\":\" there.\"}\n\n",
			"Hello there.", "", -1, -1, -1, ""},
		/* inventions */
		{VERBOSE(SEGMENT(" Доброго дня.", "0", "1", "-0.2", "0.01", "1.2") "," SEGMENT(
			 " Дякую за перегляд!", "1", "2", "-0.2", "0.01", "1.2")),
			"Доброго дня.", "uk", 0.8187, 0, 1000, ""},
		{VERBOSE(SEGMENT(" You", "0", "1", "-1.2", "0.9", "0.5")), "", "uk", -1, -1, -1,
			""},
		{"{\"text\":\"Yes, no, operator.\"}", "", "", -1, -1, -1, ""},
	};
	size_t steps[] = {100000, 1, 7};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
			char why[OPENAI_WHY_MAX], used[100] = "";
			struct result ret;
			size_t n = 0;
			bool fine = reply_of(rows[i].reply, steps[k], &ret, why) == 0;

			if (!fine || strcmp(ret.text, rows[i].text) != 0) {
				ok(false, "row %zu, %zu bytes at a time: '%s' %s", i, steps[k],
					fine ? ret.text : "", why);
				continue;
			}
			for (size_t u = 0; u < ARRAY_LEN(ret.used) && ret.used[u].unit; u++)
				n += (size_t)snprintf(used + n, sizeof(used) - n, "%s%s %g",
					n ? " " : "", ret.used[u].unit, ret.used[u].n);
			ok(strcmp(ret.language, rows[i].language) == 0 &&
					fabs(ret.confidence - rows[i].confidence) < 0.001 &&
					ret.start_ms == rows[i].start_ms &&
					ret.end_ms == rows[i].end_ms &&
					strcmp(used, rows[i].used) == 0,
				"row %zu, %zu at a time: '%s' %s %.3f %lld %lld '%s'", i, steps[k],
				ret.text, ret.language, ret.confidence, (long long)ret.start_ms,
				(long long)ret.end_ms, used);
		}
}

static void test_partials(void)
{
	char why[OPENAI_WHY_MAX];
	struct result ret;

	ok(reply_of("data: {\"type\":\"transcript.text.delta\",\"delta\":\"One\"}\n\n"
		    "data: {\"type\":\"transcript.text.delta\",\"delta\":\" \"}\n\n"
		    "data: {\"type\":\"transcript.text.delta\",\"delta\":\"two\"}\n\n"
		    "data: {\"type\":\"transcript.text.done\",\"text\":\"One, two\"}\n\n",
		   5, &ret, why) == 0,
		"a stream");
	is_str(partials, "[One][One][One two]", "its words so far");
	is_str(ret.text, "One, two", "and at last");
}

static void test_bad_replies(void)
{
	static const struct {
		const char *reply, *why;
	} rows[] = {
		{"", "no transcript"},
		{"   ", "no transcript"},
		{"<html>Bad gateway</html>", "no transcript"},
		{"{\"text\":", "no JSON"},
		{"{\"text\":5}", "no transcript"},
		{"{}", "no transcript"},
		{"{\"error\":{\"message\":\"The model is overloaded\",\"type\":\"server_error\"}}",
			"The model is overloaded"},
		{"data: {\"error\":{\"message\":\"It broke\"}}\n\n", "It broke"},
		{"data: {\"type\":\"transcript.text.delta\",\"delta\":\"One\"}\n\n"
		 "data: {\"type\":\"error\",\"error\":{\"message\":\"It broke\"}}\n\n",
			"It broke"},
		{"data: {\n\n", "no transcript"},
		{"data: [DONE]\n\n", "no transcript"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char why[OPENAI_WHY_MAX];
		struct result ret;

		ok(reply_of(rows[i].reply, 3, &ret, why) == -1 && strstr(why, rows[i].why),
			"bad reply %zu: %s", i, why);
	}
}

static void test_long(void)
{
	char why[OPENAI_WHY_MAX];
	struct result ret;
	struct dynbuf b;
	bool whole;

	dynbuf_init(&b, 100000);
	dynbuf_adds(&b, "{\"segments\":[");
	for (int i = 0; i < 3000; i++)
		dynbuf_addf(&b, "%s{\"text\":\"слово%d\"}", i ? "," : "", i);
	dynbuf_adds(&b, "],\"text\":\"x\"}");
	whole = reply_of(b.p, 1000, &ret, why) == 0;
	ok(whole && strlen(ret.text) < STT_TEXT_MAX && strlen(ret.text) > STT_TEXT_MAX - 100,
		"a text without end is cut");
	ok(whole && strncmp(ret.text + strlen(ret.text) - 14, "слово", 10) != 0, "and valid");
	dynbuf_free(&b);
}

/* ---- inventions ---- */

static void test_inventions(void)
{
	static const struct {
		const char *text;
		double logprob, silence, ratio;
		int64_t ms;
		const char *left;
	} rows[] = {
		{"Thanks for watching!", 1, -1, -1, -1, ""},
		{"Hello. Thanks for watching!", 1, -1, -1, -1, "Hello."},
		{"I want to cancel. Please subscribe to my channel. Today.", 1, -1, -1, -1,
			"I want to cancel. Today."},
		{"Субтитры сделал DimaTorzok", -0.1, 0, 1, 2000, ""},
		{"Редактор субтитров А.Синецкая Корректор А.Егорова", -0.1, 0, 1, 3000, ""},
		{"Sous-titrage ST' 501", -0.1, 0, 1, 2000, ""},
		{"اشتركوا في القناة", -0.1, 0, 1, 2000, ""},
		{"Дякую за перегляд!", -0.1, 0, 1, 2000, ""},
		{"Untertitel im Auftrag des ZDF für funk, 2017", -0.1, 0, 1, 3000, ""},
		/* callers say this */
		{"Thank you.", -0.2, 0.01, 0.6, 900, "Thank you."},
		{"Thank you.", 1, -1, -1, 900, "Thank you."},
		{"Thank you.", -0.9, 0.01, 0.6, 900, ""},
		{"Дякую.", -0.2, 0.5, 0.6, 900, ""},
		{"Дякую, до побачення.", -0.9, 0.5, 0.6, 1500, "Дякую, до побачення."},
		{"Please subscribe me to the paper", -0.3, 0, 1, 2500,
			"Please subscribe me to the paper"},
		{"Thanks for watching over her", -0.3, 0, 1, 2500, ""}, /* that much it costs */
		/* figures */
		{"hm well", -1.2, 0.8, 0.6, 900, ""},
		{"hm well", -1.2, 0.3, 0.6, 900, "hm well"},
		{"hm well", -0.3, 0.8, 0.6, 900, "hm well"},
		{"no no no no no no no no", -0.3, 0, 2.6, 3000, ""},
		{"and then we have and then we have and then we have and then we have and then we have",
			1, -1, -1, 20000, ""},
		{"zero zero zero five five five two two two one one one", 1, -1, -1, 8000,
			"zero zero zero five five five two two two one one one"},
		{"This sentence is much too long for so short a sound", 1, -1, -1, 600, ""},
		{"This sentence is not too long for so short a sound", 1, -1, -1, 2600,
			"This sentence is not too long for so short a sound"},
		{"", 1, -1, -1, 0, ""},
		{"?!", 1, -1, -1, 900, "?!"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[STT_TEXT_MAX];
		struct piece p = {rows[i].logprob, rows[i].silence, rows[i].ratio, rows[i].ms};
		const char *why;

		snprintf(text, sizeof(text), "%s", rows[i].text);
		why = invention_clean(text, &p);
		ok(strcmp(text, rows[i].left) == 0, "'%s' %g %g %g %lld: '%s', %s", rows[i].text,
			p.avg_logprob, p.no_speech_prob, p.compression_ratio, (long long)p.ms, text,
			why ? why : "kept");
	}
	ok(!invention_is_echo("operator", "operator"), "one hint may be said");
	ok(!invention_is_echo("yes, no", "yes, no"), "or two");
	ok(invention_is_echo("Yes. No. Operator.", "yes, no, operator"), "a list is said back");
}

/* No bytes do harm. */
static void test_random(void)
{
	static const char *const parts[] = {"{\"text\":\"", "Thanks for watching! ", "\"}",
		"data: ", "\n\n", "{\"type\":\"transcript.text.delta\",\"delta\":\"a\"}",
		"\xff\xfe", "\\ud83d", "\"segments\":[", "{\"error\":", "[DONE]",
		"yes yes yes yes yes yes yes yes ", "\r", "1e999", ":"};
	uint64_t seed = 5;
	int done = 0;

	for (int i = 0; i < 3000; i++) {
		char why[OPENAI_WHY_MAX], text[2000] = "";
		struct result ret;
		size_t n = 0;

		for (size_t k = random_below(&seed, 12); k > 0; k--)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
				parts[random_below(&seed, ARRAY_LEN(parts))]);
		done += reply_of(text, 1 + random_below(&seed, 30), &ret, why) == 0 || why[0];
	}
	is_int(done, 3000, "garbage is a transcript, or said");
}

int main(void)
{
	test_form();
	test_wav();
	test_many_hints();
	test_replies();
	test_partials();
	test_bad_replies();
	test_long();
	test_inventions();
	test_random();
	is_str(openai_language_code("Haitian Creole"), "ht", "a language");
	is_str(openai_language_code("klingon"), "", "none");
	return done_testing();
}
