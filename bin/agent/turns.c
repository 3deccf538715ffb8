#include "turns.h"

#include <stdio.h>
#include <string.h>

#include "text/utf8.h"

void turns_init(struct turns *t)
{
	*t = (struct turns){.taken = true};
	dynbuf_init(&t->text, TURNS_TEXT_MAX);
}

void turns_free(struct turns *t)
{
	dynbuf_free(&t->text);
}

void turns_forget(struct turns *t)
{
	dynbuf_reset(&t->text);
	t->listen[0] = '\0';
	t->words = t->long_voice = t->going_on = t->joins = false;
	t->taken = true;
}

/* A turn begins, or an answer is taken back for the turn before, which is gone on with. */
static struct turns_act begin(struct turns *t, int64_t at_ms, struct turns_scene scene)
{
	struct turns_act act = {0};

	bool recent = at_ms - t->begun_ms <= TURNS_TURN_MS;

	if (scene.pending && (!t->text.n || recent))
		act.cancel = act.flush = true;
	t->going_on = act.cancel && t->text.n;
	t->joins = !act.cancel && scene.fresh && t->text.n && recent;
	if (t->going_on) {
		t->barged = false;
	} else if (t->joins) {
		t->words = t->long_voice = false;
		t->barged = true;
	} else {
		turns_forget(t);
		t->begun_ms = at_ms;
		t->barged = scene.speaking && !act.cancel;
	}
	t->taken = false;
	return act;
}

static bool under_way(const struct turns *t)
{
	return !t->taken && turns_listening(t);
}

struct turns_act turns_voice_started(
	struct turns *t, int64_t turn, int64_t at_ms, struct turns_scene scene)
{
	struct turns_act act = {0};

	if (!under_way(t))
		act = begin(t, at_ms, scene);
	t->voice = true;
	t->voice_ms = at_ms;
	t->turn = max_i64(t->turn, turn);
	return act;
}

/* These are words: the bot falls silent. Those of a caller who has only gone on take the answer back. */
static struct turns_act are_words(struct turns *t, struct turns_scene scene)
{
	struct turns_act act = {.flush = scene.speaking || t->joins, .cancel = t->joins};

	t->going_on |= t->joins;
	t->joins = false;
	return act;
}

/* The caller has finished: what was it? */
static struct turns_act decide(struct turns *t, struct turns_scene scene)
{
	bool words = t->words || t->long_voice;
	struct turns_act act = {0};

	if (words || t->going_on || (t->text.n && !t->barged)) {
		act.flush = scene.speaking;
		act.take = true;
		t->taken = true;
	} else {
		act.resume = scene.speaking;
		turns_forget(t);
	}
	return act;
}

static struct turns_act decide_if_complete(
	struct turns *t, struct turns_scene scene, struct turns_act act)
{
	return turns_listening(t) ? act : decide(t, scene);
}

/* The voice has lasted until now. */
static struct turns_act lasted(struct turns *t, int64_t now_ms, struct turns_scene scene)
{
	if (t->long_voice || now_ms - t->voice_ms <= TURNS_WORDS_MS)
		return (struct turns_act){0};
	t->long_voice = true;
	return are_words(t, scene);
}

struct turns_act turns_voice_stopped(
	struct turns *t, int64_t turn, int64_t at_ms, bool key, struct turns_scene scene)
{
	struct turns_act act = {0};

	if (!t->voice || turn < t->turn)
		return act;
	t->voice = false;
	if (key) {
		t->void_turn = t->turn;
		return act;
	}
	act = lasted(t, at_ms, scene);
	t->open++;
	t->open_ms = at_ms;
	return act;
}

struct turns_act turns_transcript(struct turns *t, int64_t turn, const char *listen,
	const char *text, enum turns_words words, struct turns_scene scene)
{
	struct turns_act act = {0};

	if (turn <= t->void_turn)
		return act;
	if (!under_way(t)) /* too late, or nobody tells of voices: words all the same */
		act = begin(t, t->open_ms, scene);
	if (t->open > 0)
		t->open--;
	if (text[0] && words != TURNS_SILENCE) {
		if (t->text.n && t->text.n < TURNS_TEXT_MAX)
			dynbuf_adds(&t->text, " ");
		if (!t->text.n)
			snprintf(t->listen, sizeof(t->listen), "%s", listen);
		/* what is too much is not part of it */
		dynbuf_add(
			&t->text, text, utf8_cut(text, strlen(text), TURNS_TEXT_MAX - t->text.n));
	}
	if (words == TURNS_WORDS) {
		struct turns_act now = are_words(t, scene);

		t->words = true;
		act.flush |= now.flush;
		act.cancel |= now.cancel;
	}
	if (turns_listening(t) && t->open_ms - t->begun_ms <= TURNS_TURN_MS)
		return act;
	if (act.cancel) /* nothing of what was said before is left to speak of */
		scene = (struct turns_scene){0};
	struct turns_act then = decide(t, scene);

	then.cancel = act.cancel;
	then.flush = then.flush || act.flush;
	return then;
}

struct turns_act turns_key(struct turns *t, struct turns_scene scene)
{
	struct turns_act act = {.flush = scene.speaking};

	if (turns_listening(t))
		t->void_turn = t->turn;
	t->voice = false;
	t->open = 0;
	if (t->going_on && !t->taken) {
		/* its answer was taken back for a voice that is void now */
		act.take = true;
		t->taken = true;
	} else {
		turns_forget(t);
	}
	return act;
}

struct turns_act turns_time(struct turns *t, int64_t now_ms, struct turns_scene scene)
{
	if (t->voice && now_ms - t->voice_ms > TURNS_VOICE_MS) {
		t->voice = false; /* that it has ended was never told, or gets lost */
		t->open++;
		t->open_ms = now_ms;
	}
	/* that it has ended is told only after the silence */
	if (t->voice)
		return lasted(t, now_ms - scene.end_silence_ms, scene);
	if (t->open > 0 && now_ms - t->open_ms > TURNS_TRANSCRIPT_MS) {
		t->open = 0;
		return decide_if_complete(t, scene, (struct turns_act){0});
	}
	return (struct turns_act){0};
}
