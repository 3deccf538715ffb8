#include "deepgram-form.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "net/http.h"

static void value_add(struct dynbuf *b, const char *name, const char *value)
{
	dynbuf_addf(b, "%s%s=", b->n && b->p[b->n - 1] != '?' ? "&" : "", name);
	if (http_escape(b, value) < 0)
		return; /* the buffer has failed */
}

/* The vendor knows few regions, and refuses what it does not know: others go. */
static void language_add(struct dynbuf *b, const char *tag)
{
	static const char *const known[] = {"da-DK", "de-CH", "en-AU", "en-GB", "en-IN", "en-NZ",
		"en-US", "es-419", "fr-CA", "ko-KR", "nl-BE", "pt-BR", "pt-PT", "sv-SE", "th-TH",
		"zh-CN", "zh-HK", "zh-TW"};
	char language[STT_LANGUAGE_MAX];

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(tag, known[i]) == 0) {
			value_add(b, "language", tag);
			return;
		}
	snprintf(language, sizeof(language), "%.*s", (int)strcspn(tag, "-_"), tag);
	if (*language)
		value_add(b, "language", language);
}

/* Nova-3 takes phrases; models before it words with a weight. */
static void terms_add(struct dynbuf *b, const struct deepgram_wish *w)
{
	bool phrases = strncmp(w->model, "nova-3", 6) == 0 || strncmp(w->model, "flux", 4) == 0;
	char word[DEEPGRAM_TERM_MAX + 4];

	for (size_t i = 0; i < w->terms; i++) {
		const char *s = w->term[i];

		if (phrases)
			value_add(b, "keyterm", s);
		for (size_t n; !phrases && *s; s += n + (s[n] == ' ')) {
			n = strcspn(s, " ");
			snprintf(word, sizeof(word), "%.*s:1", (int)n, s);
			if (n)
				value_add(b, "keywords", word);
		}
	}
}

int deepgram_target(struct dynbuf *b, const struct deepgram_wish *w)
{
	char rate[16];

	snprintf(rate, sizeof(rate), "%d", w->rate_hz);
	dynbuf_adds(b, "/v1/listen?");
	value_add(b, "model", w->model);
	language_add(b, w->language);
	value_add(b, "encoding", "linear16");
	value_add(b, "sample_rate", rate);
	value_add(b, "channels", "1");
	value_add(b, "interim_results", "true");
	if (*w->parameters)
		dynbuf_addf(b, "&%s", w->parameters);
	terms_add(b, w);
	return dynbuf_failed(b) ? -1 : 0;
}

/* A number within reason, or fallback. */
static double number(const json_t *tree, const char *key, double fallback)
{
	const json_t *v = json_object_get(tree, key);
	double x = json_is_number(v) ? json_number_value(v) : fallback;

	return isfinite(x) && fabs(x) < 1e9 ? x : fallback;
}

static void copy(char *to, size_t size, const json_t *v)
{
	const char *s = json_is_string(v) ? json_string_value(v) : "";
	size_t n = utf8_cut(s, strlen(s), size - 1);

	memcpy(to, s, n);
	to[n] = '\0';
}

static void words_read(const json_t *words, struct deepgram_said *ret)
{
	size_t n = json_array_size(words);

	if (!n)
		return;
	ret->first_s = number(json_array_get(words, 0), "start", -1);
	ret->last_s = number(json_array_get(words, n - 1), "end", -1);
	if (ret->first_s < 0 || ret->last_s < ret->first_s)
		ret->first_s = ret->last_s = -1;
	if (!*ret->language)
		copy(ret->language, sizeof(ret->language),
			json_object_get(json_array_get(words, 0), "language"));
}

static void results_read(const json_t *tree, struct deepgram_said *ret)
{
	const json_t *best = json_array_get(
		json_object_get(json_object_get(tree, "channel"), "alternatives"), 0);

	ret->results = true;
	ret->start_s = number(tree, "start", 0);
	ret->duration_s = number(tree, "duration", 0);
	ret->is_final = json_is_true(json_object_get(tree, "is_final"));
	ret->from_finalize = json_is_true(json_object_get(tree, "from_finalize"));
	ret->confidence = number(best, "confidence", -1);
	if (ret->confidence > 1)
		ret->confidence = -1;
	copy(ret->text, sizeof(ret->text), json_object_get(best, "transcript"));
	copy(ret->language, sizeof(ret->language),
		json_array_get(json_object_get(best, "languages"), 0));
	words_read(json_object_get(best, "words"), ret);
}

int deepgram_read(const char *p, size_t n, struct deepgram_said *ret)
{
	json_t *tree = json_loadb(p, n, 0, NULL);
	const char *type = json_string_value(json_object_get(tree, "type"));
	int rc = type ? 0 : -1;

	*ret = (struct deepgram_said){.confidence = -1, .first_s = -1, .last_s = -1};
	if (type && strcmp(type, "Results") == 0)
		results_read(tree, ret);
	json_decref(tree);
	return rc;
}
