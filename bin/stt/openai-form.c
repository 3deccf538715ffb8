#include "openai-form.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "hints.h"

#define WAV_MAX (16 << 20)
#define KEYWORDS_MAX 100
#define KEYWORD_MAX 100 /* bytes */

struct openai_model openai_model(
	const char *name, const char *url, const char *format, const char *stream)
{
	struct openai_model m = {.name = name};

	if (!name || !*name)
		m.name = strstr(url, "api.openai.com") ? "gpt-transcribe"
			: strstr(url, "api.groq.com")  ? "whisper-large-v3-turbo"
						       : "whisper-1";
	m.verbose = strstr(m.name, "whisper") != NULL;
	m.logprobs = strncmp(m.name, "gpt-4o", 6) == 0 && !strstr(m.name, "diarize");
	m.stream = strncmp(m.name, "gpt-", 4) == 0;
	m.keywords = strncmp(m.name, "gpt-transcribe", 14) == 0;
	if (format && strcmp(format, "auto") != 0)
		m.verbose = strcmp(format, "verbose_json") == 0;
	if (stream && strcmp(stream, "auto") != 0)
		m.stream = strcmp(stream, "yes") == 0;
	m.logprobs = m.logprobs && !m.verbose;
	return m;
}

/* ISO 639-1 has two letters; of the few languages Whisper knows beyond it the code has three. */
void openai_language(const char *tag, char ret[4])
{
	size_t n = strcspn(tag, "-_");

	ret[0] = '\0';
	if (n < 2 || n > 3)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!isalpha((unsigned char)tag[i])) {
			ret[0] = '\0';
			return;
		}
		ret[i] = (char)tolower((unsigned char)tag[i]);
	}
	ret[n] = '\0';
}

/* A field. Where its value is, is told by values_place: text moves as it grows. */
static void field(struct openai_form *f, const char *name, const char *value)
{
	if (f->parts == OPENAI_PARTS_MAX)
		return;
	f->part[f->parts++] = (struct http_part){.name = name, .n = strlen(value)};
	dynbuf_adds(&f->text, value);
}

static void values_place(struct openai_form *f)
{
	const char *p = f->text.p;

	for (size_t i = 0; i < f->parts; i++) {
		f->part[i].p = p;
		p += f->part[i].n;
	}
}

/* A phrase as one line, cut to KEYWORD_MAX. */
static void keyword(struct openai_form *f, const char *phrase)
{
	char text[KEYWORD_MAX + 1];
	size_t n = utf8_cut(phrase, strlen(phrase), KEYWORD_MAX);

	memcpy(text, phrase, n);
	text[n] = '\0';
	text_tidy(text);
	if (*text)
		field(f, "keywords[]", text);
}

/* Phrases that have room, whole, with commas between: a text that came before, in which these words stand. */
static void prompt_add(struct openai_form *f, const char *phrase)
{
	size_t n = strlen(f->prompt), more = strlen(phrase) + (n ? 2 : 0);

	if (n + more < sizeof(f->prompt))
		snprintf(f->prompt + n, sizeof(f->prompt) - n, "%s%s", n ? ", " : "", phrase);
}

static void hints_add(struct openai_form *f, const struct openai_model *m, const char *json)
{
	struct hints h;

	if (!json)
		return;
	hints_parse((struct jspan){json, strlen(json)}, &h);
	for (size_t i = 0; i < h.phrases; i++)
		if (!m->keywords)
			prompt_add(f, h.phrase[i]);
		else if (i < KEYWORDS_MAX)
			keyword(f, h.phrase[i]);
	text_tidy(f->prompt);
	if (f->prompt[0] && !strstr(m->name, "diarize"))
		field(f, "prompt", f->prompt);
	hints_free(&h);
}

int openai_form(struct openai_form *f, const struct openai_model *m, const char *temperature,
	const struct turn *t)
{
	char language[4];

	f->parts = 0;
	f->prompt[0] = '\0';
	dynbuf_init(&f->wav, WAV_MAX);
	dynbuf_init(&f->text, 64 << 10);
	turn_wav(t, &f->wav, OPENAI_LEAST_MS);
	openai_language(t->language, language);
	field(f, "model", m->name);
	if (language[0])
		field(f, m->keywords ? "languages[]" : "language", language);
	field(f, "response_format", m->verbose ? "verbose_json" : "json");
	if (temperature && *temperature)
		field(f, "temperature", temperature);
	if (m->stream)
		field(f, "stream", "true");
	if (m->logprobs)
		field(f, "include[]", "logprobs");
	hints_add(f, m, t->hints);
	if (dynbuf_failed(&f->wav) || dynbuf_failed(&f->text) || f->parts == OPENAI_PARTS_MAX)
		return -1;
	values_place(f);
	f->part[f->parts++] = (struct http_part){.name = "file",
		.file = "turn.wav",
		.type = "audio/wav",
		.p = f->wav.p,
		.n = f->wav.n};
	return 0;
}

void openai_form_free(struct openai_form *f)
{
	dynbuf_free(&f->wav);
	dynbuf_free(&f->text);
}
