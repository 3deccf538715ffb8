/* transcript: for people: plain text and subtitles. */
#include "record/transcript.h"

#include <string.h>

#include "text/utf8.h"

#define WORDS_MAX (1 << 20) /* bytes of a line: a record of the journal is no longer */
#define CUE_MIN_MS 500      /* shorter, nobody could read it; and a cue has to have a length */

/* How a file of subtitles writes a cue. */
struct cue_form {
	char comma;                /* before the milliseconds */
	const char *bot, *caller;  /* before the words */
	const char *lt, *gt, *amp; /* for characters that mean something there */
};

static const struct cue_form srt = {',', "BOT: ", "CLIENT: ", "\xe2\x80\xb9", "\xe2\x80\xba", "&"};
static const struct cue_form vtt = {'.', "<v Bot>", "<v Client>", "&lt;", "&gt;", "&amp;"};
static const struct cue_form plain = {0, "BOT: ", "CLIENT: ", "<", ">", "&"};

/* A text on one line: what would break it, and everything that cannot be seen, is a blank. */
static void add_folded(struct dynbuf *to, const struct cue_form *form, const char *p, size_t n)
{
	size_t used, begin = to->n;
	uint32_t code;

	for (; n > 0; p += used, n -= used) {
		used = utf8_next(p, n, &code);
		if (utf8_kind(code) == UTF8_BLANK) {
			if (to->n > begin && to->p[to->n - 1] != ' ')
				dynbuf_adds(to, " ");
		} else if (code == '<') {
			dynbuf_adds(to, form->lt);
		} else if (code == '>') {
			dynbuf_adds(to, form->gt);
		} else if (code == '&') {
			dynbuf_adds(to, form->amp);
		} else {
			dynbuf_add(to, p, used);
		}
	}
	while (to->n > begin && to->p[to->n - 1] == ' ')
		dynbuf_truncate(to, to->n - 1);
}

/* What is no words is put in brackets. */
static int add_shown(const struct story_line *l, const struct cue_form *form, struct dynbuf *to)
{
	const char *sound = l->file[0] ? l->file : l->phrase;
	struct dynbuf words;
	int err = 0;

	dynbuf_init(&words, WORDS_MAX);
	if (l->who == STORY_BOT && !l->text[0] && sound[0]) {
		dynbuf_addf(&words, "(%s)", sound);
		if (l->status != STORY_PLAYED)
			dynbuf_adds(&words, TRANSCRIPT_CUT);
	} else if (l->status == STORY_UNCLEAR) {
		dynbuf_adds(&words, "(unclear)");
	} else {
		if (l->kind == STORY_KEYS)
			dynbuf_adds(&words, "(keys) ");
		err = transcript_words(l, &words);
	}
	dynbuf_adds(to, l->who == STORY_BOT ? form->bot : form->caller);
	add_folded(to, form, words.p, words.n);
	err |= dynbuf_failed(&words) ? -1 : dynbuf_adds(to, "\n");
	dynbuf_free(&words);
	return err;
}

static void add_clock(struct dynbuf *to, const struct cue_form *form, int64_t ms)
{
	dynbuf_addf(to, "%02lld:%02d:%02d%c%03d", (long long)(ms / 3600000), (int)(ms / 60000 % 60),
		(int)(ms / 1000 % 60), form->comma, (int)(ms % 1000));
}

static int add_cue(
	const struct story_line *l, const struct cue_form *form, size_t number, struct dynbuf *to)
{
	int64_t t0_ms = max_i64(0, l->t0_ms);

	dynbuf_addf(to, "%s%zu\n", number > 1 ? "\n" : "", number);
	add_clock(to, form, t0_ms);
	dynbuf_adds(to, " --> ");
	add_clock(to, form, max_i64(l->t1_ms, t0_ms + CUE_MIN_MS));
	dynbuf_adds(to, "\n");
	return add_shown(l, form, to);
}

static int add_all(const struct transcript *t, const struct cue_form *form, struct dynbuf *to)
{
	size_t number = 0;
	int err = 0;

	for (size_t i = 0; !err && i < t->story->n_lines; i++) {
		const struct story_line *l = &t->story->lines[i];

		if (!transcript_was_heard(l))
			continue;
		err = form->comma ? add_cue(l, form, ++number, to) : add_shown(l, form, to);
	}
	return err || dynbuf_failed(to) ? -1 : 0;
}

int transcript_txt(const struct transcript *t, struct dynbuf *to)
{
	return add_all(t, &plain, to);
}

int transcript_srt(const struct transcript *t, struct dynbuf *to)
{
	return add_all(t, &srt, to);
}

int transcript_vtt(const struct transcript *t, struct dynbuf *to)
{
	dynbuf_adds(to, "WEBVTT\n\nNOTE call ");
	add_folded(to, &vtt, t->call->name, strlen(t->call->name));
	dynbuf_adds(to,
		"\n\nSTYLE\n::cue(v[voice=\"Bot\"]) { color: #9cf; }\n"
		"::cue(v[voice=\"Client\"]) { color: #fc9; }\n\n");
	return add_all(t, &vtt, to);
}
