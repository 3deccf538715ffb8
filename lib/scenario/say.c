/* What is said: texts, phrases, and where they are said. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario/load.h"
#include "scenario/spoken.h"

static const char *behind(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s && strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

static const struct template *as_text(struct loading *l, const struct where *at, json_t *v)
{
	const struct template *t = as_template(l, at, v);
	enum spoken how = t ? spoken_check(template_text(t)) : SPOKEN_OK;

	if (how == SPOKEN_NOTHING)
		mistake(l, at, "there is nothing to say in it");
	else if (how == SPOKEN_TOO_LONG)
		mistake(l, at, "a sentence of more than %d bytes", SCENARIO_SENTENCE_MAX);
	return t; // cppcheck-suppress CastIntegerToAddressAtReturn ; it takes the name of the type for C++
}

/* A variant from the members text and file of an object. */
static struct scenario_variant read_variant(
	struct loading *l, const struct where *at, json_t *object)
{
	json_t *text = json_object_get(object, "text");

	return (struct scenario_variant){
		.text = text ? as_text(l, MEMBER(at, "text"), text) : NULL,
		.file = as_file(l, MEMBER(at, "file"), read_string(l, at, object, "file")),
	};
}

static struct scenario_variant as_variant(struct loading *l, const struct where *at, json_t *v)
{
	static const char *const keys[] = {"text", "file", NULL};
	const char *s = json_string_value(v), *file = behind(s, "file:");

	if (file)
		return (struct scenario_variant){.file = as_file(l, at, file)};
	if (behind(s, "phrase:"))
		mistake(l, at, "a phrase is not made of another");
	if (!json_is_object(v))
		return (struct scenario_variant){.text = as_text(l, at, v)};
	read_keys(l, at, v, keys, NULL);
	if (!json_object_get(v, "text") && !json_object_get(v, "file"))
		mistake(l, at, "has no 'text' and no 'file'");
	return read_variant(l, at, v);
}

static void read_variants(
	struct loading *l, const struct where *at, json_t *array, struct scenario_phrase *p)
{
	if (!is_array(l, at, array))
		return;
	p->variants = MEMORY_ARRAY(l->memory, struct scenario_variant, json_array_size(array));
	p->variants_n = json_array_size(array);
	for (size_t i = 0; i < p->variants_n; i++)
		p->variants[i] = as_variant(l, ITEM(at, i), json_array_get(array, i));
}

static struct scenario_phrase *add_phrase(struct loading *l, const char *name)
{
	struct scenario *sc = l->sc;
	struct scenario_phrase *p = memory_get(l->memory, sizeof(*p));

	if (sc->phrases_n == l->phrases_size) {
		struct scenario_phrase **old = sc->phrases;
		l->phrases_size = l->phrases_size ? 2 * l->phrases_size : 64;
		sc->phrases = MEMORY_ARRAY(l->memory, struct scenario_phrase *, l->phrases_size);
		for (size_t i = 0; i < sc->phrases_n; i++)
			sc->phrases[i] = old[i];
	}
	*p = (struct scenario_phrase){.name = name, .index = sc->phrases_n};
	sc->phrases[sc->phrases_n++] = p;
	return p;
}

static void one_variant(
	struct loading *l, struct scenario_phrase *p, struct scenario_variant variant)
{
	p->variants = memory_get(l->memory, sizeof(*p->variants));
	p->variants[0] = variant;
	p->variants_n = 1;
}

static void load_phrase(
	struct loading *l, const struct where *at, json_t *v, struct scenario_phrase *p)
{
	static const char *const keys[] = {"text", "file", "variants", "language", "voice", NULL};
	json_t *variants = json_object_get(v, "variants");

	if (json_is_array(v)) {
		read_variants(l, at, v, p);
		return;
	}
	if (!json_is_object(v)) {
		one_variant(l, p, as_variant(l, at, v));
		return;
	}
	read_keys(l, at, v, keys, NULL);
	p->language = read_language(l, at, v, NULL);
	p->voice = read_string(l, at, v, "voice");
	if (!variants && !json_object_get(v, "text") && !json_object_get(v, "file"))
		mistake(l, at, "has no 'text', no 'file' and no 'variants'");
	else if (!variants)
		one_variant(l, p, read_variant(l, at, v));
	else if (json_object_get(v, "text") || json_object_get(v, "file"))
		mistake(l, at, "has 'variants', so 'text' and 'file' belong into these");
	else
		read_variants(l, MEMBER(at, "variants"), variants, p);
}

/* ---- a folder of recordings ---- */

static const char *in_sounds(struct loading *l, const char *name, const char *end)
{
	const char *folder = l->options.sounds;
	size_t n = strlen(folder);

	return memory_format(
		l->memory, "%s%s%s%s", folder, n && folder[n - 1] != '/' ? "/" : "", name, end);
}

static void load_sounds_texts(struct loading *l)
{
	const char *path = in_sounds(l, "audio_texts", ".json"), *file = l->file;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return;
	l->file = path;
	l->sounds_texts = read_json(l, path);
	l->file = file;
}

/* The phrase is the recording of its name, whatever was written. */
static void take_recording(struct loading *l, const struct where *at, struct scenario_phrase *p)
{
	json_t *text = json_object_get(json_object_get(l->sounds_texts, p->name), "text");
	struct scenario_variant v = {.file = in_sounds(l, p->name, ".wav")};

	if (access(v.file, R_OK) < 0)
		mistake(l, at, "cannot read '%s': %s", v.file, strerror(errno));
	if (json_string_length(text))
		v.text = text_template(l, at, json_string_value(text));
	one_variant(l, p, v);
}

void load_phrases(struct loading *l, const struct where *at, json_t *v)
{
	const char *name;
	json_t *phrase;

	if (v && !is_object(l, at, v, SCENARIO_LIST_MAX))
		v = NULL;
	names_init(l, &l->phrases, "phrase", at, v);
	if (v && l->options.sounds)
		load_sounds_texts(l);
	json_object_foreach(v, name, phrase) {
		struct scenario_phrase *p = add_phrase(l, name);
		load_phrase(l, MEMBER(at, name), phrase, p);
		if (l->options.sounds)
			take_recording(l, MEMBER(at, name), p);
	}
}

static const struct scenario_phrase *find_phrase(
	struct loading *l, const struct where *at, const char *name)
{
	int i = names_find(l, &l->phrases, at, name, NULL);

	return i < 0 ? NULL : l->sc->phrases[i];
}

static const struct scenario_phrase *as_phrase(struct loading *l, const struct where *at, json_t *v)
{
	static const char *const keys[] = {
		"text", "file", "phrase", "language", "voice", "interruptible", NULL};
	const char *name = behind(json_string_value(v), "phrase:");
	struct scenario_phrase *p;

	if (json_is_object(v)) {
		read_keys(l, at, v, keys, NULL);
		name = read_string(l, at, v, "phrase");
		bool written = json_object_get(v, "text") || json_object_get(v, "file");
		if (written == (json_object_get(v, "phrase") != NULL)) {
			mistake(l, at, "has to have either 'phrase', or 'text', 'file' or both");
			return NULL;
		}
	}
	if (name)
		return find_phrase(l, at, name);
	p = add_phrase(l, NULL);
	one_variant(l, p, json_is_object(v) ? read_variant(l, at, v) : as_variant(l, at, v));
	return p;
}

static struct scenario_say as_say(struct loading *l, const struct where *at, json_t *v)
{
	const struct scenario_phrase *phrase = as_phrase(l, at, v);
	const char *voice = json_is_object(v) ? read_string(l, at, v, "voice") : NULL;
	struct scenario_say say = {
		.phrase = phrase,
		.language = l->manner.language,
		.voice = l->manner.voice,
		.interruptible = l->manner.interruptible,
	};

	/* a voice speaks one language */
	if (phrase && phrase->language && strcmp(phrase->language, say.language) != 0) {
		say.language = phrase->language;
		say.voice = NULL;
	}
	if (phrase && phrase->voice)
		say.voice = phrase->voice;
	if (json_is_object(v)) {
		const char *language = read_language(l, at, v, say.language);
		if (strcmp(language, say.language) != 0)
			say.voice = NULL;
		say.language = language;
		say.interruptible = read_bool(l, at, v, "interruptible", say.interruptible);
	}
	if (voice)
		say.voice = voice;
	return say;
}

struct scenario_says as_says(struct loading *l, const struct where *at, json_t *v)
{
	struct scenario_says says = {.n = 1};

	if (json_is_array(v)) {
		if (!is_array(l, at, v))
			return (struct scenario_says){0};
		says.n = json_array_size(v);
	}
	says.say = MEMORY_ARRAY(l->memory, struct scenario_say, says.n);
	for (size_t i = 0; i < says.n; i++)
		says.say[i] = json_is_array(v) ? as_say(l, ITEM(at, i), json_array_get(v, i))
					       : as_say(l, at, v);
	return says;
}

static struct scenario_says as_plays(struct loading *l, const struct where *at, json_t *v)
{
	struct scenario_words files = as_words(l, at, v);
	struct scenario_says says = {
		.say = MEMORY_ARRAY(l->memory, struct scenario_say, files.n),
		.n = files.n,
	};

	for (size_t i = 0; i < files.n; i++) {
		struct scenario_phrase *p = add_phrase(l, NULL);
		const char *file = as_file(l, json_is_array(v) ? ITEM(at, i) : at, files.word[i]);
		one_variant(l, p, (struct scenario_variant){.file = file});
		says.say[i] = (struct scenario_say){
			.phrase = p,
			.language = l->manner.language,
			.voice = l->manner.voice,
			.interruptible = l->manner.interruptible,
		};
	}
	return says;
}

struct scenario_says read_says(struct loading *l, const struct where *at, json_t *object)
{
	json_t *say = json_object_get(object, "say"), *play = json_object_get(object, "play");

	if (say && play)
		mistake(l, at, "has 'say' and 'play': write \"file:NAME\" in 'say'");
	if (say)
		return as_says(l, MEMBER(at, "say"), say);
	return play ? as_plays(l, MEMBER(at, "play"), play) : (struct scenario_says){0};
}
