#include "player.h"

#include <stdlib.h>
#include <string.h>

#include "audio/pcm.h"
#include "random.h"
#include "tap.h"

#define FRAME 160
#define IDS 40

static char said[4096]; /* events, as text */
static int played[IDS]; /* how often, by the number in the id */

static void emit(void *ctx, const struct player_event *ev)
{
	static const char *const status[] = {"played", "cleared", "failed"};
	size_t n = strlen(said);

	(void)ctx;
	if (ev->what == PLAYER_PLAYED)
		played[atoi(ev->id + 1) % IDS]++;
	if (n > sizeof(said) - 200)
		return;
	if (ev->what == PLAYER_PLAYING)
		sprintf(said + n, "%s playing %lld;", ev->id, (long long)ev->at_ms);
	else if (ev->what == PLAYER_PLAYED)
		sprintf(said + n, "%s %s %lld/%lld;", ev->id, status[ev->status],
			(long long)ev->heard_ms, (long long)ev->total_ms);
	else
		sprintf(said + n, "%s: error;", ev->id);
}

static struct player p;
static int64_t now_ms;
static int16_t out[FRAME];

static void fresh(void)
{
	player_free(&p);
	player_init(&p, 8000, 1500, emit, NULL);
	said[0] = '\0';
	now_ms = 0;
}

static void ask(const char *id, enum utterance_kind kind, bool interruptible)
{
	player_synthesize(&p,
		&(struct utterance_spec){
			.id = id,
			.kind = kind,
			.turn = -1,
			.interruptible = interruptible,
		});
}

static void give(const char *id, size_t samples, bool whole)
{
	static uint8_t le[8000 * 2 * 20];

	if (!le[0])
		memset(le, 1, sizeof(le));
	player_audio(&p, id, le, samples);
	if (whole)
		player_complete(&p, id, PLAYED_PLAYED);
}

static void say(const char *id, size_t frames)
{
	ask(id, UTTERANCE_ANSWER, true);
	give(id, frames * FRAME, true);
}

/* So many frames; how many of them were heard. */
static int frames(int n)
{
	int heard = 0;

	for (int i = 0; i < n; i++, now_ms += 20)
		heard += player_frame(&p, now_ms, out) != NULL;
	return heard;
}

static void test_order(void)
{
	fresh();
	is_int(frames(3), 0, "nothing to say");
	say("u1", 2);
	ask("u2", UTTERANCE_ANSWER, true);
	give("u2", 80, true);
	say("u3", 1);
	is_int(frames(5), 4, "three utterances without a gap");
	is_str(said,
		"u1 playing 60;u1 played 40/40;u2 playing 100;u2 played 10/10;u3 playing 110;u3 played 20/20;",
		"to the sample");
	fresh();
	ask("u1", UTTERANCE_ANSWER, true);
	say("u2", 1);
	is_int(frames(10), 0, "an utterance without audio holds up the next");
	give("u1", 40, false);
	ok(player_frame(&p, now_ms, out) && out[39] && !out[40], "a piece of it, then silence");
	now_ms += 20;
	give("u1", 0, true);
	is_int(frames(2), 1, "then the next");
	is_str(said, "u1 playing 200;u1 played 5/5;u2 playing 220;u2 played 20/20;", "in order");
}

static void test_barge_in(void)
{
	fresh();
	say("u1", 100);
	frames(10);
	player_voice_started(&p, 1);
	is_int(frames(200), 0, "a voice pauses, for as long as it lasts");
	player_voice_stopped(&p);
	is_int(frames(74), 0, "silence until the automatic resume");
	is_int(frames(1), 1, "after 1500 ms");
	player_voice_started(&p, 2);
	player_resume(&p, 1);
	is_int(frames(1), 0, "a resume for an older turn is ignored");
	player_voice_started(&p, 3);
	player_voice_stopped(&p);
	player_resume(&p, 3);
	is_int(frames(10), 10, "one for the latest is not");
	player_flush(&p);
	is_str(said, "u1 playing 0;u1 cleared 420/2000;", "flush after a resume still flushes");

	fresh();
	player_voice_started(&p, 1);
	say("u1", 5);
	ask("u2", UTTERANCE_PROMPT, false);
	give("u2", FRAME, true);
	is_int(frames(50), 0, "no start while the caller speaks");
	player_voice_stopped(&p);
	is_int(frames(6), 6, "then at once");
	ask("u3", UTTERANCE_PROMPT, false);
	give("u3", 10 * FRAME, true);
	player_voice_started(&p, 2);
	player_pause(&p);
	is_int(frames(10), 10, "what may not be interrupted is not");

	fresh();
	say("u1", 100);
	frames(1);
	player_pause(&p);
	player_voice_started(&p, 1);
	player_voice_stopped(&p);
	is_int(frames(500), 0, "the agent's pause has no automatic end");
	player_resume(&p, 1);
	player_key(&p);
	is_int(frames(74), 0, "a key pauses");
	is_int(frames(1), 1, "and resumes by itself");
}

static void test_answers(void)
{
	fresh();
	ask("u1", UTTERANCE_FILLER, true);
	ask("u2", UTTERANCE_ANSWER, true);
	player_synthesize(&p, &(struct utterance_spec){.id = "u3", .turn = 2});
	ok(!player_answers(&p, "u1", 2) && !player_answers(&p, "u9", 2),
		"a filler answers nothing, nor does what is not there");
	ok(player_answers(&p, "u2", 2), "what is of no turn may answer any");
	ok(player_answers(&p, "u3", 2) && !player_answers(&p, "u3", 3),
		"an answer its own turn, and none behind it");
}

static void test_fillers(void)
{
	fresh();
	ask("u1", UTTERANCE_FILLER, true);
	give("u1", 10 * FRAME, true);
	ask("u2", UTTERANCE_FILLER, true);
	frames(1);
	ok(p.heard_kind == UTTERANCE_FILLER, "also when it is heard");
	say("u3", 1);
	is_int(frames(10), 10, "one begun plays out");
	is_str(said,
		"u1 playing 0;u2 cleared 0/0;u1 played 200/200;u3 playing 200;u3 played 20/20;",
		"one not begun gives way to the answer");
}

static void test_slow_voice(void)
{
	fresh();
	ask("u1", UTTERANCE_ANSWER, true);
	frames(2);
	ask("u2", UTTERANCE_FILLER, true);
	ask("u3", UTTERANCE_FILLER, true);
	give("u2", FRAME, true);
	is_int(frames(2), 1, "a filler is heard before what has no sound yet");
	give("u1", 2 * FRAME, true);
	frames(3);
	is_str(said, "u2 playing 40;u2 played 20/20;u3 cleared 0/0;u1 playing 80;u1 played 40/40;",
		"fillers in their order; when that has a sound, what is unbegun of them gives way");
	fresh();
	ask("u4", UTTERANCE_ANSWER, true);
	give("u4", 3 * FRAME, false);
	ask("u5", UTTERANCE_FILLER, true);
	give("u5", FRAME, true);
	give("u4", 0, true);
	frames(5);
	is_str(said, "u4 playing 0;u4 played 60/60;u5 playing 60;u5 played 20/20;",
		"behind what has one");
}

static void test_late(void)
{
	fresh();
	ask("u1", UTTERANCE_ANSWER, true);
	give("u1", FRAME, false);
	player_flush(&p);
	give("u1", FRAME, false);
	ok(player_expects(&p, "u1") && frames(1) == 0,
		"late audio of a cleared utterance is dropped");
	give("u1", 0, true);
	ok(!player_expects(&p, "u1"), "until its audio-stop");
	give("u2", FRAME, false);
	give("u2", FRAME, false);
	ask("u1", UTTERANCE_ANSWER, true);
	ask("u1", UTTERANCE_ANSWER, true);
	is_str(said, "u1 cleared 0/20;u2: error;u1: error;",
		"a stranger is told of once, a second announcement too");
	player_close(&p, PLAYED_FAILED);
	say("u3", 1);
	is_int(frames(5), 0, "after the end nothing is played");
	is_str(said, "u1 cleared 0/20;u2: error;u1: error;u1 failed 0/0;u3 cleared 0/0;",
		"what is asked for is cleared");
}

static void test_limits(void)
{
	char id[16];

	fresh();
	ask("u1", UTTERANCE_ANSWER, true);
	for (int i = 0; i < 16; i++)
		give("u1", 8000 * 20, false);
	ok(p.stored_samples == 8000 * PLAYER_STORE_S, "300 s are kept");
	give("u1", 0, true);
	is_int(frames(300 * 50 + 10), 300 * 50, "and played");
	is_str(said, "u1: error;u1 playing 0;u1 failed 300000/320000;",
		"it ends as failed, and why is told of once");
	is_int(p.stored_samples, 0, "nothing is left");

	fresh();
	ask("u1", UTTERANCE_ANSWER, true);
	for (int i = 0; i < 100000; i++)
		give("u1", 1, false);
	ok(p.stored_samples == 100000 && frames(10) == 10, "the smallest pieces add up");
	player_voice_started(&p, 1);
	frames((PLAYER_STALL_S * 1000) / 20 + 100);
	player_voice_stopped(&p);
	player_resume(&p, 1);
	frames(100000 / FRAME - 10 + 1);
	is_int(p.open, 1, "a pause is no stall");
	frames((PLAYER_STALL_S * 1000) / 20 + 1);
	is_str(said, "u1 playing 0;u1: error;u1 failed 12500/12500;",
		"a voice that sends nothing for 30 s has failed");

	fresh();
	for (int i = 0; i <= PLAYER_OPEN_MAX; i++) {
		snprintf(id, sizeof(id), "u%d", i);
		ask(id, UTTERANCE_PROMPT, true);
	}
	is_str(said, "u1024: error;u1024 failed 0/0;", "one utterance too many");
}

/* Whatever happens, each utterance gets exactly one played, and the store counts what is in it. */
static void test_random(uint64_t seed)
{
	bool open[IDS] = {false};
	int asked[IDS] = {0};
	bool right = true;

	fresh();
	memset(played, 0, sizeof(played));
	for (int i = 0; i < 20000 && right; i++) {
		size_t k = random_below(&seed, IDS);
		char id[16];

		snprintf(id, sizeof(id), "u%zu", k);
		switch (random_below(&seed, 12)) {
		case 0:
			open[k] = played[k] < asked[k];
			ask(id, (enum utterance_kind)random_below(&seed, 3),
				random_below(&seed, 4));
			asked[k] += !open[k];
			break;
		case 1:
		case 2:
			give(id, random_below(&seed, 2000), random_below(&seed, 2));
			break;
		case 3:
			player_voice_started(&p, (int64_t)random_below(&seed, 100));
			break;
		case 4:
			player_voice_stopped(&p);
			break;
		case 5:
			player_resume(&p, (int64_t)random_below(&seed, 200));
			break;
		case 6:
			if (random_below(&seed, 10) == 0)
				player_flush(&p);
			else if (random_below(&seed, 5) == 0)
				player_pause(&p);
			break;
		case 7:
			player_fail(&p, id, "because");
			break;
		default:
			frames(1 + (int)random_below(&seed, 20));
		}
		for (k = 0; k < IDS; k++)
			right = right && (asked[k] - played[k] == 0 || asked[k] - played[k] == 1);
	}
	player_close(&p, PLAYED_CLEARED);
	right = right && memcmp(asked, played, sizeof(asked)) == 0;
	ok(right && p.stored_samples == 0 && p.open == 0, "20000 random events: one played each");
}

int main(void)
{
	test_order();
	test_barge_in();
	test_answers();
	test_fillers();
	test_slow_voice();
	test_late();
	test_limits();
	for (uint64_t seed = 1; seed <= 10; seed++)
		test_random(seed);
	player_free(&p);
	return done_testing();
}
