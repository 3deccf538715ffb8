/* Whose turn it is: each rule, then talks with seeded timings against what must hold of them all. */
#include "turns.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"

static const struct turns_scene silent, speaking = {.speaking = true},
					pending = {.speaking = true, .pending = true},
					fresh = {.speaking = true, .fresh = true},
					heard_out = {.speaking = true, .end_silence_ms = 700};

static const char *acts(struct turns_act a)
{
	static char out[64];

	snprintf(out, sizeof(out), "%s%s%s%s", a.cancel ? "cancel " : "", a.flush ? "flush " : "",
		a.resume ? "resume " : "", a.take ? "take" : "");
	return out;
}

/* A voice of so many ms from at on, and its transcript half a second later. */
static struct turns_act say(struct turns *t, int64_t turn, int64_t at, int64_t ms, const char *text,
	enum turns_words words, struct turns_scene scene)
{
	struct turns_act a = turns_voice_started(t, turn, at, scene), b, c;

	if (a.cancel)
		scene = silent;
	b = turns_voice_stopped(t, turn, at + ms, false, scene);
	if (b.flush)
		scene = silent;
	c = turns_transcript(t, turn, "l1", text, words, scene);
	c.cancel |= a.cancel || b.cancel;
	c.flush |= a.flush || b.flush;
	return c;
}

static void test_rules(void)
{
	struct turns t;

	turns_init(&t);
	is_str(acts(say(&t, 1, 1000, 300, "", TURNS_SILENCE, speaking)), "resume ",
		"a cough into the bot");
	is_str(acts(say(&t, 2, 3000, 300, "", TURNS_SILENCE, silent)), "", "a cough into silence");
	is_str(acts(say(&t, 3, 5000, 300, "mm-hm", TURNS_BACKCHANNEL, speaking)), "resume ",
		"a backchannel into the bot");
	is_str(acts(say(&t, 4, 7000, 300, "yes", TURNS_BACKCHANNEL, silent)), "take",
		"the same into silence is an answer");
	is_str(t.text.p, "yes", "and is known");
	is_str(acts(say(&t, 5, 9000, 400, "stop", TURNS_WORDS, speaking)), "flush take",
		"words into the bot");
	is_str(t.listen, "l1", "under which listen is known");
	is_str(acts(say(&t, 6, 11000, 801, "", TURNS_SILENCE, speaking)), "flush take",
		"a voice of more than 800 ms is words");
	is_str(t.text.p, "", "of which nothing was understood");
	is_str(acts(say(&t, 7, 13000, 800, "", TURNS_SILENCE, speaking)), "resume ",
		"one of 800 ms is not");
	is_str(acts(say(&t, 8, 15000, 900, "", TURNS_SILENCE, silent)), "take",
		"into silence, too");
	turns_free(&t);
}

static void test_long_voice(void)
{
	struct turns t;

	turns_init(&t);
	is_str(acts(turns_voice_started(&t, 1, 1000, speaking)), "", "a voice begins");
	ok(turns_listening(&t), "it is listened to");
	is_str(acts(turns_time(&t, 1800, speaking)), "", "800 ms later it may still be a cough");
	is_str(acts(turns_time(&t, 2500, heard_out)), "", "or have ended, and be heard out");
	is_str(acts(turns_time(&t, 1801, speaking)), "flush ", "then it is not");
	is_str(acts(turns_time(&t, 2500, silent)), "", "that is said once");
	is_str(acts(turns_voice_stopped(&t, 1, 2600, false, silent)), "", "it ends");
	is_str(acts(turns_transcript(&t, 1, "", "mm-hm", TURNS_BACKCHANNEL, silent)), "take",
		"and whatever it was, it is the turn");
	is_str(acts(turns_voice_started(&t, 2, 10000, silent)), "", "another begins");
	is_str(acts(turns_voice_stopped(&t, 2, 10400, false, silent)), "", "and ends");
	is_str(acts(turns_time(&t, 20400, silent)), "", "its transcript is waited for");
	is_str(acts(turns_time(&t, 20401, silent)), "", "but not for ever: it was nothing");
	ok(!turns_listening(&t), "then nothing is waited for");
	is_str(acts(turns_transcript(&t, 2, "", "late", TURNS_WORDS, silent)), "take",
		"if it comes after all it is a turn");
	turns_free(&t);
}

static void test_going_on(void)
{
	struct turns t;

	turns_init(&t);
	is_str(acts(say(&t, 1, 1000, 500, "my number is", TURNS_WORDS, silent)), "take", "a turn");
	is_str(acts(say(&t, 2, 2500, 500, "one two", TURNS_WORDS, pending)), "cancel flush take",
		"gone on with before the answer is heard: it is taken back");
	is_str(t.text.p, "my number is one two", "and both are one turn");
	is_str(acts(say(&t, 3, 4000, 200, "", TURNS_SILENCE, pending)), "cancel flush take",
		"a cough there: the answer is made again");
	is_str(t.text.p, "my number is one two", "to the same");
	is_str(acts(say(&t, 4, 6000, 500, "three", TURNS_WORDS, speaking)), "flush take",
		"once it is heard a turn is a turn");
	is_str(t.text.p, "three", "of its own");

	/* the next voice begins while the recogniser is still at it */
	turns_forget(&t);
	is_str(acts(turns_voice_started(&t, 5, 8000, silent)), "", "a voice");
	is_str(acts(turns_voice_stopped(&t, 5, 8500, false, silent)), "", "ends");
	is_str(acts(turns_voice_started(&t, 6, 8800, silent)), "",
		"another begins before the transcript");
	is_str(acts(turns_transcript(&t, 5, "l2", "I would", TURNS_WORDS, silent)), "",
		"which comes");
	is_str(acts(turns_voice_stopped(&t, 6, 9300, false, silent)), "", "the second ends");
	is_str(acts(turns_transcript(&t, 6, "l3", "like tea", TURNS_WORDS, silent)), "take",
		"now it is complete");
	is_str(t.text.p, "I would like tea", "as one");
	is_str(t.listen, "l2", "under the listen of its first words");

	/* there is a radio */
	is_str(acts(say(&t, 7, 40000, 500, "news", TURNS_WORDS, pending)), "flush take",
		"who goes on half a minute later begins anew");
	is_str(t.text.p, "news", "with what he says then");
	turns_free(&t);
}

static void test_reaction(void)
{
	struct turns t;

	turns_init(&t);
	is_str(acts(say(&t, 1, 1000, 500, "three", TURNS_WORDS, silent)), "take", "a turn");
	is_str(acts(say(&t, 2, 2200, 500, "four", TURNS_WORDS, fresh)), "cancel flush take",
		"words as its answer begins are no reaction to it: it is taken back");
	is_str(t.text.p, "three four", "and both are one turn");
	is_str(acts(say(&t, 3, 3400, 900, "", TURNS_SILENCE, fresh)), "cancel flush take",
		"so is a long voice");
	is_str(acts(say(&t, 4, 5000, 300, "", TURNS_SILENCE, fresh)), "resume ",
		"a cough as an answer begins costs nothing");
	is_str(acts(say(&t, 5, 6000, 300, "five", TURNS_WORDS, fresh)), "flush take",
		"after it the turn is over");
	is_str(t.text.p, "five", "and this is another");
	turns_free(&t);
}

static void test_no_input(void)
{
	struct turns t;

	turns_init(&t);
	is_str(acts(say(&t, 1, 1000, 500, "tea", TURNS_WORDS, silent)), "take", "a turn, long ago");
	turns_forget(&t);
	is_str(acts(say(&t, 2, 90000, 300, "", TURNS_SILENCE, pending)), "cancel flush ",
		"a voice before \"are you there?\" is heard takes that back");
	is_str(t.text.p, "", "and has nothing to do with what was said before");
	turns_free(&t);
}

static void test_keys(void)
{
	struct turns t;

	turns_init(&t);
	is_str(acts(turns_key(&t, speaking)), "flush ", "a key interrupts");
	is_str(acts(turns_key(&t, silent)), "", "if there is something");
	is_str(acts(turns_voice_started(&t, 1, 1000, silent)), "", "a voice");
	is_str(acts(turns_key(&t, silent)), "", "and a key");
	ok(!turns_listening(&t), "voids it");
	is_str(acts(turns_voice_stopped(&t, 1, 1200, true, silent)), "", "its end means nothing");
	is_str(acts(turns_transcript(&t, 1, "", "one", TURNS_WORDS, silent)), "",
		"nor its transcript");
	is_str(acts(say(&t, 2, 3000, 300, "two", TURNS_WORDS, silent)), "take",
		"the next is none of its business");
	is_str(acts(turns_voice_started(&t, 3, 3500, pending)), "cancel flush ", "gone on with");
	is_str(acts(turns_key(&t, silent)), "take",
		"then a key: what was taken back is answered after all");
	is_str(t.text.p, "two", "as it was");
	turns_free(&t);
}

/* ---- seeded talks ---- */

/* What the world does in a talk, and what has to hold. */
struct world {
	struct turns t;
	uint64_t seed;
	int64_t now;
	int64_t turn;
	struct turns_scene scene;
	int64_t scene_until;     /* then the bot begins to be heard, or has finished */
	bool active;             /* a voice */
	int64_t voice_ms, until; /* it began, it ends */
	struct {
		int64_t turn, due;
		int word; /* what was said: a number of its own; 0: nothing */
		bool backchannel;
	} wait[8]; /* transcripts under way */
	int waits, words;
	int64_t last_due;
	/* words of the turn that is not complete, and of the one that was taken last */
	char open[2048], taken[2048];
	bool long_voice, spoke; /* in the open turn: a voice of more than 800 ms; words */
	bool redo;              /* an answer was taken back for it */
	int problems, takes, flushes, resumes, cancels;
};

static void problem(struct world *w, const char *what)
{
	printf("# at %lld: %s: open '%s', taken '%s', text '%s'\n", (long long)w->now, what,
		w->open, w->taken, w->t.text.p);
	w->problems++;
}

static void apply(struct world *w, struct turns_act a)
{
	bool was_speaking = w->scene.speaking;

	w->takes += a.take;
	w->flushes += a.flush;
	w->resumes += a.resume;
	w->cancels += a.cancel;
	if (a.cancel && !w->scene.pending)
		problem(w, "cancelled what could not be");
	if (a.cancel && !a.flush)
		problem(w, "cancelled without a flush");
	if (a.flush && !was_speaking)
		problem(w, "flushed silence");
	if (a.resume && (a.flush || a.take || !was_speaking))
		problem(w, "resumed what was not to be");
	if (a.resume && (w->long_voice || w->spoke))
		problem(w, "resumed over words");
	if (a.cancel) {
		memcpy(w->open, w->taken, sizeof(w->open));
		w->redo = w->open[0];
	}
	if (a.flush || a.cancel)
		w->scene = silent;
	if (a.resume || (!a.take && !turns_listening(&w->t) && !w->active)) {
		w->open[0] = '\0';
		w->long_voice = w->spoke = w->redo = false;
	}
	if (a.take) {
		if (strcmp(w->t.text.p, w->open) != 0)
			problem(w, "took other words than were said");
		if (w->active || w->waits)
			problem(w, "took half a turn");
		if (was_speaking && !a.flush)
			problem(w, "took a turn and let the bot speak on");
		if (was_speaking && !w->long_voice && !w->spoke && !w->redo)
			problem(w, "took a cough for a turn");
		memcpy(w->taken, w->open, sizeof(w->taken));
		w->open[0] = '\0';
		w->long_voice = w->spoke = w->redo = false;
		w->scene = pending;
		w->scene_until = w->now + 50 + (int64_t)random_below(&w->seed, 900);
	}
}

static void bot(struct world *w)
{
	if (w->now < w->scene_until || w->active)
		return;
	if (w->scene.pending) {
		w->scene = speaking;
		w->scene_until = w->now + (int64_t)random_below(&w->seed, 4000);
		turns_forget(&w->t);
		w->taken[0] = '\0';
	} else if (w->scene.speaking) {
		w->scene = silent;
		w->scene_until = w->now + 3000;
	} else if (random_below(&w->seed, 400) == 0) {
		w->scene = speaking;
		w->scene_until = w->now + (int64_t)random_below(&w->seed, 4000);
	}
}

static void caller(struct world *w)
{
	if (!w->active && w->waits < 7 && random_below(&w->seed, 60) == 0) {
		w->active = true;
		w->voice_ms = w->now;
		w->until = w->now + 100 + (int64_t)random_below(&w->seed, 1600);
		apply(w, turns_voice_started(&w->t, ++w->turn, w->now, w->scene));
	} else if (w->active && w->now >= w->until) {
		int64_t due = w->now + 200 + (int64_t)random_below(&w->seed, 1500);

		w->active = false;
		w->long_voice |= w->now - w->voice_ms > TURNS_WORDS_MS;
		w->last_due = due > w->last_due ? due : w->last_due + 20; /* they come in order */
		w->wait[w->waits].turn = w->turn;
		w->wait[w->waits].due = w->last_due;
		w->wait[w->waits].backchannel = random_below(&w->seed, 4) == 0;
		w->wait[w->waits++].word = random_below(&w->seed, 4) ? ++w->words : 0;
		apply(w, turns_voice_stopped(&w->t, w->turn, w->now, false, w->scene));
	}
}

static void recogniser(struct world *w)
{
	char text[32] = "";
	enum turns_words words = TURNS_SILENCE;
	int64_t turn;

	if (!w->waits || w->now < w->wait[0].due)
		return;
	turn = w->wait[0].turn;
	if (w->wait[0].word) {
		words = w->wait[0].backchannel ? TURNS_BACKCHANNEL : TURNS_WORDS;
		snprintf(text, sizeof(text), "w%d", w->wait[0].word);
		snprintf(w->open + strlen(w->open), sizeof(w->open) - strlen(w->open), "%s%s",
			w->open[0] ? " " : "", text);
		w->spoke |= words == TURNS_WORDS;
	}
	memmove(w->wait, w->wait + 1, sizeof(w->wait) - sizeof(w->wait[0]));
	w->waits--;
	apply(w, turns_transcript(&w->t, turn, "", text, words, w->scene));
}

static void test_seeds(void)
{
	int takes = 0, flushes = 0, resumes = 0, cancels = 0, problems = 0;

	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct world w = {.seed = seed};

		turns_init(&w.t);
		for (; w.now < 25000; w.now += 20) { /* shorter than TURNS_TURN_MS */
			bot(&w);
			caller(&w);
			recogniser(&w);
			if (w.now % 500 == 0) {
				if (w.active && w.now - w.voice_ms > TURNS_WORDS_MS)
					w.long_voice = true;
				apply(&w, turns_time(&w.t, w.now, w.scene));
			}
		}
		turns_free(&w.t);
		if (w.problems)
			printf("# seed %d\n", (int)seed);
		problems += w.problems;
		takes += w.takes;
		flushes += w.flushes;
		resumes += w.resumes;
		cancels += w.cancels;
	}
	is_int(problems, 0, "300 talks without a problem");
	ok(takes > 1000 && flushes > 500 && resumes > 20 && cancels > 300,
		"in which much happened: %d turns, %d flushes, %d resumes, %d answers taken back",
		takes, flushes, resumes, cancels);
}

int main(void)
{
	test_rules();
	test_long_voice();
	test_going_on();
	test_reaction();
	test_no_input();
	test_keys();
	test_seeds();
	return done_testing();
}
