#include "decoder.h"

#include <errno.h>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dl.h"
#include "base/log.h"
#include "confidence.h"
#include "feature.h"
#include "grammar.h"
#include "lexicon.h"
#include "pronounce.h"
#include "senones.h"

#define SPHINX_SO "libpocketsphinx.so.3"
#define BASE_SO "libsphinxbase.so.3"
#define FRAME_MS 10
#define SCORES_BUFFER (64 << 10)
#define SOUNDS_MAX 256 /* bytes of the phones of a word */
#define OTHERS_MAX 10  /* ways to say a word */
#define GRAMMAR_MAX (1 << 20)
#define TURN "turn"     /* searches: of the hints, */
#define COUNT "count"   /* of the same with any number of digits, */
#define SOUNDS "sounds" /* of any sounds, */
#define FREE "free"     /* of the language model */
#define WIP "1e-4"
#define LW "3"
#define SURE 0.95 /* a phrase so likely is not tried as a number as well */
#define COUNT_MARGIN \
	200 /* of scores: 1 in 20 numbers of the right length is above it, half of the others */

static struct {
	__typeof__(ps_args) *args;
	__typeof__(ps_init) *init;
	__typeof__(ps_free) *free;
	__typeof__(ps_add_word) *add_word;
	__typeof__(ps_lookup_word) *lookup_word;
	__typeof__(ps_set_jsgf_string) *set_jsgf;
	__typeof__(ps_set_lm_file) *set_lm;
	__typeof__(ps_set_search) *set_search;
	__typeof__(ps_unset_search) *unset_search;
	__typeof__(ps_load_dict) *load_dict;
	__typeof__(ps_start_utt) *start_utt;
	__typeof__(ps_process_raw) *process_raw;
	__typeof__(ps_decode_senscr) *decode_scores;
	__typeof__(ps_get_fe) *get_fe;
	__typeof__(ps_get_feat) *get_feat;
	__typeof__(ps_end_utt) *end_utt;
	__typeof__(ps_get_hyp) *get_hyp;
	__typeof__(ps_seg_iter) *seg_iter;
	__typeof__(ps_seg_next) *seg_next;
	__typeof__(ps_seg_word) *seg_word;
	__typeof__(ps_seg_frames) *seg_frames;
	__typeof__(ps_seg_prob) *seg_prob;
} ps;

static struct {
	__typeof__(cmd_ln_init) *init;
	__typeof__(cmd_ln_free_r) *free;
	__typeof__(err_set_logfp) *set_log;
} base;

struct decoder {
	ps_decoder_t *ps;
	struct lexicon *lexicon;   /* its dictionary */
	struct senones *senones;   /* of the model; NULL: of a kind that the library alone knows */
	char model[PATH_MAX - 64]; /* folder of the model */
	bool sounds;               /* the search for any sounds is loaded */
	bool free_speech;          /* the language model is loaded */
	bool free_failed;          /* it cannot be */
	void (*complain)(void *ctx, const char *code, const char *text);
	void *ctx; /* handed to it */
};

static char reason[512]; /* of the last failure */

PRINTF_LIKE(1, 2) static int fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof reason, fmt, ap);
	va_end(ap);
	return -1;
}

const char *decoder_error(void)
{
	return reason;
}

PRINTF_LIKE(3, 4)
static void complain(struct decoder *d, const char *code, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	d->complain(d->ctx, code, text);
}

static int libraries_load(void)
{
	static const struct dl_symbol of_ps[] = {
		{"ps_args", &ps.args},
		{"ps_init", &ps.init},
		{"ps_free", &ps.free},
		{"ps_add_word", &ps.add_word},
		{"ps_lookup_word", &ps.lookup_word},
		{"ps_set_jsgf_string", &ps.set_jsgf},
		{"ps_set_lm_file", &ps.set_lm},
		{"ps_set_search", &ps.set_search},
		{"ps_unset_search", &ps.unset_search},
		{"ps_load_dict", &ps.load_dict},
		{"ps_start_utt", &ps.start_utt},
		{"ps_process_raw", &ps.process_raw},
		{"ps_decode_senscr", &ps.decode_scores},
		{"ps_get_fe", &ps.get_fe},
		{"ps_get_feat", &ps.get_feat},
		{"ps_end_utt", &ps.end_utt},
		{"ps_get_hyp", &ps.get_hyp},
		{"ps_seg_iter", &ps.seg_iter},
		{"ps_seg_next", &ps.seg_next},
		{"ps_seg_word", &ps.seg_word},
		{"ps_seg_frames", &ps.seg_frames},
		{"ps_seg_prob", &ps.seg_prob},
		{0},
	};
	static const struct dl_symbol of_base[] = {
		{"cmd_ln_init", &base.init},
		{"cmd_ln_free_r", &base.free},
		{"err_set_logfp", &base.set_log},
		{0},
	};

	if (dl_load(BASE_SO, of_base) < 0 || feature_load() < 0)
		return fail(BASE_SO " is %s", errno == ENOENT ? "not installed" : "too old");
	if (dl_load(SPHINX_SO, of_ps) < 0)
		return fail(SPHINX_SO " is %s", errno == ENOENT ? "not installed" : "too old");
	return 0;
}

/* A word for each phone, of which a grammar makes the sounds between words. */
static int sounds_load(struct decoder *d)
{
	char word[16];

	for (size_t i = 0; i < grammar_phones_n; i++) {
		snprintf(word, sizeof(word), GRAMMAR_SOUND "%s", grammar_phones[i]);
		if (ps.add_word(d->ps, word, grammar_phones[i], 0) < 0)
			return fail("pocketsphinx cannot take '%s' for a word", word);
	}
	return 0;
}

static int dictionary_path(const struct decoder *d, char ret[PATH_MAX])
{
	return format_path(ret, "%s/cmudict-en-us.dict", d->model);
}

static int model_load(struct decoder *d)
{
	char hmm[PATH_MAX], dict[PATH_MAX];
	cmd_ln_t *config;

	if (format_path(hmm, "%s/en-us", d->model) < 0 || dictionary_path(d, dict) < 0)
		return fail("the name of the model is too long");
	if (access(hmm, R_OK | X_OK) < 0 || lexicon_open(dict, &d->lexicon) < 0)
		return fail("there is no model in '%s': %s", d->model, strerror(errno));
	/* all senones: a score is then relative to the best of all, not to the best of those in the grammar */
	config = base.init(NULL, ps.args(), TRUE, "-hmm", hmm, "-wip", WIP, "-lw", LW,
		"-compallsen", "yes", "-remove_silence", "no", NULL);
	d->ps = config ? ps.init(config) : NULL;
	if (config)
		base.free(config);
	if (!d->ps)
		return fail("pocketsphinx cannot load the model in '%s'", d->model);
	if (senones_open(hmm, &d->senones) < 0 && errno != ENOTSUP && errno != ENOENT)
		return fail("cannot load the model in '%s': %s", d->model, strerror(errno));
	return sounds_load(d);
}

int decoder_open(const char *model,
	void (*complain_fn)(void *ctx, const char *code, const char *text), void *ctx,
	struct decoder **ret)
{
	struct decoder *d;

	if (libraries_load() < 0)
		return -1;
	base.set_log(NULL);
	d = calloc(1, sizeof(*d));
	if (!d)
		return fail("%s", strerror(ENOMEM));
	d->complain = complain_fn;
	d->ctx = ctx;
	if (snprintf(d->model, sizeof(d->model), "%s", model) >= (int)sizeof(d->model)) {
		free(d);
		return fail("the name of the model is too long");
	}
	if (model_load(d) < 0) {
		decoder_close(d);
		return -1;
	}
	*ret = d;
	return 0;
}

void decoder_close(struct decoder *d)
{
	if (d->ps)
		ps.free(d->ps);
	senones_close(d->senones);
	lexicon_close(d->lexicon);
	free(d);
}

/* All words, in the place of the few that grammars have asked for: searches over those are made anew. */
static int dictionary_load(struct decoder *d)
{
	char dict[PATH_MAX];

	ps.unset_search(d->ps, TURN);
	ps.unset_search(d->ps, COUNT);
	ps.unset_search(d->ps, SOUNDS);
	d->sounds = false;
	return dictionary_path(d, dict) < 0 || ps.load_dict(d->ps, dict, NULL, NULL) < 0
		? -1
		: sounds_load(d);
}

void decoder_expect_free(struct decoder *d)
{
	char lm[PATH_MAX];

	if (d->free_speech || d->free_failed)
		return;
	if (format_path(lm, "%s/en-us.lm.bin", d->model) < 0 || dictionary_load(d) < 0 ||
		ps.set_lm(d->ps, FREE, lm) < 0) {
		d->free_failed = true;
		complain(d, "hints",
			"cannot load a language model from '%s': turns without hints give no words",
			d->model);
		return;
	}
	d->free_speech = true;
}

/* The other ways to say a word. */
static void word_add_others(struct decoder *d, const char *word)
{
	char other[GRAMMAR_WORD_MAX + 8], sounds[SOUNDS_MAX];

	for (int i = 2; i < OTHERS_MAX; i++) {
		snprintf(other, sizeof(other), "%s(%d)", word, i);
		if (!lexicon_find(d->lexicon, other, sounds, sizeof(sounds)) ||
			ps.add_word(d->ps, other, sounds, 0) < 0)
			return;
	}
}

/* The library has it, or now has. */
static bool word_known(void *ctx, const char *word)
{
	struct decoder *d = ctx;
	char sounds[SOUNDS_MAX], *known = ps.lookup_word(d->ps, word);

	free(known);
	if (known)
		return true;
	if (lexicon_find(d->lexicon, word, sounds, sizeof(sounds)) &&
		ps.add_word(d->ps, word, sounds, 0) >= 0) {
		word_add_others(d, word);
		return true;
	}
	if (pronounce_word(word, sounds, sizeof(sounds)) == 0 &&
		ps.add_word(d->ps, word, sounds, 0) >= 0)
		return true;
	complain(d, "word", "cannot pronounce '%s': its phrase is not expected", word);
	return false;
}

/* What is decoded. */
struct turn_audio {
	const int16_t *sample; /* at DECODER_RATE_HZ */
	size_t n;
	char *scores; /* how well each sound fits, as a file; NULL: every search finds out itself */
	size_t scores_bytes;
};

static void scores_make(struct decoder *d, struct turn_audio *a)
{
	float ***feature;
	size_t frames;

	if (!d->senones ||
		feature_make(ps.get_fe(d->ps), ps.get_feat(d->ps), a->sample, a->n, &feature,
			&frames) < 0)
		return;
	if (senones_score(d->senones, feature, frames, &a->scores, &a->scores_bytes) < 0)
		a->scores = NULL;
	feature_free(feature);
}

static bool scores_decode(struct decoder *d, const struct turn_audio *a)
{
	FILE *f = fmemopen(a->scores, a->scores_bytes, "r");
	int frames;

	if (!f)
		return false;
	setvbuf(f, NULL, _IOFBF, SCORES_BUFFER);
	frames = ps.decode_scores(d->ps, f);
	fclose(f);
	return frames >= 0;
}

static bool samples_decode(struct decoder *d, const struct turn_audio *a)
{
	if (ps.start_utt(d->ps) < 0)
		return false;
	ps.process_raw(d->ps, a->sample, a->n, FALSE, TRUE);
	return ps.end_utt(d->ps) >= 0;
}

/* Run a search over the samples: its score. False: nothing fits. */
static bool decode(
	struct decoder *d, const char *search, const struct turn_audio *a, int32_t *ret_score)
{
	const char *text;

	if (ps.set_search(d->ps, search) < 0)
		return false;
	if (!(a->scores ? scores_decode(d, a) : samples_decode(d, a)))
		return false;
	text = ps.get_hyp(d->ps, ret_score);
	return text && *text;
}

/* "read(2)" is a second way to say "read". */
static void word_add(struct result *ret, const char *word)
{
	size_t n = strlen(ret->text);

	snprintf(ret->text + n, sizeof(ret->text) - n, "%s%.*s", n ? " " : "",
		(int)strcspn(word, "("), word);
}

/* The words of the last search, without silence, noise and sounds, where they are, and how well they fit. False: there
 * are none. */
static bool words_find(struct decoder *d, struct result *ret)
{
	int frames = 0, first, last;
	int32_t acoustic, total = 0;

	*ret = result_none;
	for (ps_seg_t *seg = ps.seg_iter(d->ps); seg; seg = ps.seg_next(seg)) {
		const char *word = ps.seg_word(seg);

		if (strchr("<[(+" GRAMMAR_SOUND, word[0]))
			continue;
		word_add(ret, word);
		ps.seg_frames(seg, &first, &last);
		ps.seg_prob(seg, &acoustic, NULL, NULL);
		frames += last - first + 1;
		total += acoustic;
		if (ret->start_ms < 0)
			ret->start_ms = (int64_t)first * FRAME_MS;
		ret->end_ms = (int64_t)(last + 1) * FRAME_MS;
	}
	if (!frames)
		return false;
	ret->score = (double)total / frames;
	ret->words_ms = (int64_t)frames * FRAME_MS;
	return true;
}

/* The words of the last search have a score: how sure are they? What is said of it is what scripts/bench stt --fit
 * reads. */
static void confidence_set(
	struct result *ret, enum confidence_way way, const struct turn_audio *a, double score)
{
	int64_t turn_ms = (int64_t)a->n * 1000 / DECODER_RATE_HZ;

	ret->score = score;
	ret->confidence = confidence_of(way, score, ret->words_ms, turn_ms);
	log_debug("as %s: score %.3f over %lld of %lld ms: '%s'", confidence_way_name[way], score,
		(long long)ret->words_ms, (long long)turn_ms, ret->text);
}

/* A search for what is hinted at. -1: nothing is left of it. */
static int hints_load_search(
	struct decoder *d, const char *search, const struct hints *h, bool within)
{
	struct dynbuf jsgf;
	int rc;

	dynbuf_init(&jsgf, GRAMMAR_MAX);
	rc = grammar_build(h, within, word_known, d, &jsgf);
	if (rc == 0)
		rc = jsgf.n ? ps.set_jsgf(d->ps, search, jsgf.p) : -1;
	dynbuf_free(&jsgf);
	return rc;
}

static bool sounds_load_search(struct decoder *d)
{
	struct dynbuf jsgf;

	if (d->sounds)
		return true;
	dynbuf_init(&jsgf, GRAMMAR_MAX);
	d->sounds = grammar_sounds(&jsgf) == 0 && ps.set_jsgf(d->ps, SOUNDS, jsgf.p) == 0;
	dynbuf_free(&jsgf);
	return d->sounds;
}

/* Who gives another number of digits than was asked for must not be heard to have given as many: if any number of them
 * fits that much better, it is what was said. */
static void digits_count(struct decoder *d, const struct turn_audio *a, const struct hints *h,
	struct result *ret, int32_t *score)
{
	struct hints any = *h;
	int32_t other;

	any.digits = HINTS_ANY_DIGITS;
	if (hints_load_search(d, COUNT, &any, false) == 0 && decode(d, COUNT, a, &other) &&
		(!ret->text[0] || other - *score >= COUNT_MARGIN)) {
		words_find(d, ret);
		*score = other;
	}
}

/* The turn as nothing but phrases, or digits. False: nothing is left of the hints. */
static bool alone_decode(struct decoder *d, const struct turn_audio *a, const struct hints *h,
	int32_t sounds, struct result *ret)
{
	int32_t score = 0;

	*ret = result_none;
	if (hints_load_search(d, TURN, h, false) < 0)
		return false;
	if (decode(d, TURN, a, &score))
		words_find(d, ret);
	if (h->digits > 0)
		digits_count(d, a, h, ret, &score);
	if (!ret->text[0])
		return true;
	confidence_set(ret, h->phrases ? CONFIDENCE_PHRASE : CONFIDENCE_DIGITS, a,
		(double)(score - sounds) * FRAME_MS / (double)ret->words_ms);
	return true;
}

static void within_decode(
	struct decoder *d, const struct turn_audio *a, const struct hints *h, struct result *ret)
{
	int32_t score;

	*ret = result_none;
	if (hints_load_search(d, TURN, h, true) == 0 && decode(d, TURN, a, &score) &&
		words_find(d, ret))
		confidence_set(ret, CONFIDENCE_WITHIN, a, ret->score);
}

/* Each in a search of its own: in one grammar the sounds around a phrase, which fit whatever is said, would leave
 * nothing else in the beam. A phrase among sounds is what is left if the turn as a whole is none, and no number. */
static void hints_decode(
	struct decoder *d, const struct turn_audio *a, const struct hints *h, struct result *ret)
{
	struct hints phrases = *h, digits = *h;
	struct result other;
	bool any = false;
	int32_t sounds;

	phrases.digits = HINTS_NO_DIGITS;
	digits.phrases = 0;
	if (!sounds_load_search(d) || !decode(d, SOUNDS, a, &sounds))
		return;
	if (h->phrases)
		any |= alone_decode(d, a, &phrases, sounds, ret);
	if (h->digits != HINTS_NO_DIGITS && ret->confidence < SURE) {
		any |= alone_decode(d, a, &digits, sounds, &other);
		if (other.confidence > ret->confidence)
			*ret = other;
	}
	if (!any)
		complain(d, "hints", "there is nothing in these hints that could be expected");
	if (any && h->phrases && ret->confidence < 0.5) {
		within_decode(d, a, &phrases, &other);
		if (other.confidence > ret->confidence)
			*ret = other;
	}
}

void decoder_run(struct decoder *d, const int16_t *sample, size_t n, const struct hints *h,
	struct result *ret)
{
	struct turn_audio audio = {.sample = sample, .n = n};
	int32_t score;

	*ret = result_none;
	if (hints_any(h)) {
		scores_make(d, &audio);
		hints_decode(d, &audio, h, ret);
		free(audio.scores);
		return;
	}
	decoder_expect_free(
		d); /* a search of two passes, which the library cannot do over scores */
	if (d->free_speech && decode(d, FREE, &audio, &score))
		words_find(d, ret);
}
