/* Turns from scores: no sound, no net. */
#include "audio/endpoint.h"

#include "tap.h"

static struct endpoint e;
static struct dynlog {
	char text[2048];
	size_t n;
} told;

static void on_event(void *ctx, const struct endpoint_event *ev)
{
	(void)ctx;
	told.n += (size_t)snprintf(told.text + told.n, sizeof(told.text) - told.n,
		"%s%lld@%lld%s%s ", ev->what == ENDPOINT_STARTED ? "+" : "-", (long long)ev->turn,
		(long long)ev->at_ms, ev->cause ? "=" : "", ev->cause ? ev->cause : "");
}

static const struct endpoint_set usual = {
	.silent = {0.7F, 3},
	.bot = {0.85F, 5},
	.stay = 0.5F,
	.quiet = 0.F,
	.echo_margin_db = 6.F,
	.end_silence_ms = 700,
	.max_ms = 8000,
};

static int64_t now_ms; /* of the next frame */

static void begin_with(const struct endpoint_set *set)
{
	endpoint_init(&e, set, on_event, NULL);
	told.n = 0;
	told.text[0] = '\0';
	now_ms = 0;
}

static void begin(void)
{
	begin_with(&usual);
}

/* What has been told since the last time. */
static const char *news(void)
{
	told.n = 0;
	return told.text;
}

static void quiet_news(void)
{
	told.n = 0;
	told.text[0] = '\0';
}

static void hear_at(int64_t at_ms, float score, float level_db)
{
	endpoint_frame(&e,
		&(struct endpoint_frame){
			.at_ms = at_ms, .score = score, .level_db = level_db, .floor_db = -55.F});
	now_ms = at_ms + 20;
}

/* ms of this score. */
static void hear(int ms, float score, float level_db)
{
	quiet_news();
	for (; ms > 0; ms -= 20)
		hear_at(now_ms, score, level_db);
}

static void voice(int ms)
{
	hear(ms, 0.95F, -20.F);
}

static void silence(int ms)
{
	hear(ms, 0.02F, -60.F);
}

static void test_turn(void)
{
	begin();
	silence(1000);
	voice(40);
	is_str(news(), "", "40 ms are no voice yet");
	voice(20);
	is_str(news(), "+1@1000 ", "60 ms are one; it began with the first");
	voice(440);
	is_str(news(), "", "it goes on");
	silence(680);
	is_str(news(), "", "680 ms of silence are a pause");
	silence(20);
	is_str(news(), "-1@1500=silence ",
		"700 are its end, told with the time of the voice's end");
	voice(60);
	silence(700);
	is_str(news(), "-2@2260=silence ", "the next number");
	hear(400, 0.65F, -20.F);
	is_str(news(), "", "a score below the threshold begins nothing");
	hear(100, 0.65F, -20.F);
	voice(60);
	is_str(news(), "+3@3260 ",
		"but what leads to a voice belongs to it, as far as it is 200 ms long");
}

static void test_dips(void)
{
	begin();
	voice(200);
	for (int i = 0; i < 4; i++) {
		silence(600);
		voice(100);
	}
	is_str(news(), "", "pauses below the limit end nothing");
	silence(300);
	voice(20);
	silence(380);
	is_str(news(), "-1@3000=silence ", "a click in the silence is no voice");
	begin();
	voice(200);
	silence(60);
	voice(20);
	silence(680);
	is_str(news(), "", "a dip is bridged: the voice behind it counts");
	silence(20);
	is_str(news(), "-1@280=silence ", "to its end");
	begin();
	voice(200);
	silence(680);
	voice(40);
	is_str(news(), "", "a voice that begins while the last frame of silence passes goes on");
	voice(200);
	silence(700);
	is_str(news(), "-1@1120=silence ", "as the same turn");
}

static void test_limits(void)
{
	begin();
	voice(200);
	silence(400);
	endpoint_limits(&e, 300, 8000);
	is_str(news(), "-1@200=silence ",
		"a shorter limit ends at once what has been silent for so long");
	begin();
	voice(200);
	silence(400);
	endpoint_limits(&e, 1000, 8000);
	silence(580);
	is_str(news(), "", "a longer one holds at once");
	silence(20);
	is_str(news(), "-1@200=silence ", "to the millisecond");
	begin();
	voice(7980);
	is_str(news(), "+1@0 ", "just below the longest");
	voice(20);
	is_str(news(), "-1@8000=max +2@8000 ",
		"the longest turn ends, and the voice is the next one");
	silence(700);
	is_str(news(), "-2@8000=silence ", "which may be empty");
	begin();
	endpoint_limits(&e, 5000, 2000);
	voice(1000);
	silence(1000);
	is_str(news(), "-1@1000=max ",
		"no next one if nobody speaks; its end is that of the voice");
	begin();
	endpoint_limits(&e, 700, 0);
	voice(60000);
	is_str(news(), "+1@0 ", "0 is no limit");
	endpoint_end(&e);
	is_str(news(), "-1@60000=silence ", "the end of the call is one of the turn");
	endpoint_end(&e);
	quiet_news();
	is_str(news(), "", "once");
}

static void test_keys(void)
{
	begin();
	voice(500);
	quiet_news();
	endpoint_key(&e, 480);
	is_str(news(), "-1@480=key ", "a key ends the turn");
	voice(180);
	is_str(news(), "", "for 200 ms nothing is a voice");
	voice(60);
	is_str(news(), "+2@680 ", "then there is a new turn");
	begin();
	silence(100);
	voice(40);
	endpoint_key(&e, 140);
	voice(220);
	is_str(news(), "", "what was on the way to a voice is forgotten");
	silence(500);
	voice(200);
	endpoint_key(&e, 5000);
	ok(endpoint_muted(&e, 4800) && !endpoint_muted(&e, 4760) && endpoint_muted(&e, 5199) &&
			!endpoint_muted(&e, 5200),
		"200 ms on either side");
}

static void test_time(void)
{
	begin();
	voice(200);
	silence(400);
	hear_at(300, 0.02F, -60.F);
	silence(560);
	is_str(news(), "", "time that steps back is silence that is heard again, and counts once");
	silence(20);
	is_str(news(), "-1@200=silence ", "to the end of it");
	begin();
	voice(200);
	hear_at(1500, 0.02F, -60.F);
	quiet_news();
	silence(660);
	is_str(news(), "", "audio that is missing is no silence");
	silence(20);
	is_str(news(), "-1@200=silence ", "what is heard is");
	begin();
	voice(200);
	quiet_news();
	endpoint_clock(&e, 2000);
	is_str(news(), "", "no audio for a while");
	endpoint_clock(&e, 2500);
	is_str(news(), "-1@200=silence ", "for too long: nobody is heard any more");
	begin();
	voice(1000);
	silence(700);
	quiet_news();
	for (int64_t at = 940; at < 1140; at += 20)
		hear_at(at, 0.95F, -20.F);
	is_str(news(), "+2@1000 ",
		"late audio of what was over is a new turn, not before the end of the last");
}

static void test_bot(void)
{
	begin();
	silence(200);
	endpoint_playing(&e);
	voice(80);
	is_str(news(), "", "over the bot 80 ms are no voice yet");
	voice(20);
	is_str(news(), "+1@200 ", "100 are");
	silence(700);
	hear(1000, 0.8F, -20.F);
	is_str(news(), "", "nor is a score that is enough in silence");
	silence(100);
	endpoint_played(&e, now_ms);
	silence(240);
	hear(100, 0.8F, -20.F);
	is_str(news(), "+2@2340 ", "a moment after it has ended it is");
}

static void test_echo(void)
{
	begin();
	endpoint_playing(&e);
	for (int i = 0; i < 5; i++) {
		hear(400, 0.95F, -36.F);
		is_str(news(), "", "an echo is no voice");
		silence(200);
	}
	hear(100, 0.95F, -18.F);
	is_str(news(), "+1@3000 ", "a caller who is louder is one, as fast");
	hear(1000, 0.95F, -36.F);
	is_str(news(), "-1@3100=silence ", "and has ended although the echo goes on");
	begin();
	endpoint_playing(&e);
	silence(3000);
	hear(100, 0.95F, -38.F);
	is_str(news(), "+1@3000 ", "where there is no echo a low voice is heard");
	begin_with(&(struct endpoint_set){.silent = usual.silent,
		.bot = usual.bot,
		.stay = usual.stay,
		.end_silence_ms = 700});
	endpoint_playing(&e);
	hear(100, 0.95F, -50.F);
	is_str(news(), "+1@0 ", "without a guard it always is");
	begin();
	endpoint_playing(&e);
	for (int i = 0; i < 4; i++) {
		hear(200, 0.95F, -22.F);
		ok(e.active, "an echo louder than any is taken for a caller: the bot stops for it");
		silence(1000);
	}
	hear(400, 0.95F, -23.F);
	is_str(news(), "", "but not a fifth time");
}

static void test_quiet(void)
{
	struct endpoint_set set = usual;

	set.quiet = 0.2F;
	begin_with(&set);
	for (int i = 0; i < 100; i++)
		endpoint_frame(&e,
			&(struct endpoint_frame){
				.at_ms = i * 20LL, .level_db = -75.F, .floor_db = -75.F});
	now_ms = 2000;
	for (int i = 0; i < 3; i++)
		endpoint_frame(&e,
			&(struct endpoint_frame){.at_ms = now_ms + i * 20LL,
				.score = 0.55F,
				.level_db = -30.F,
				.floor_db = -75.F});
	is_str(news(), "+1@2000 ", "on a quiet line a lower score will do");
	begin_with(&set);
	for (int i = 0; i < 200; i++)
		endpoint_frame(&e,
			&(struct endpoint_frame){.at_ms = i * 20LL,
				.score = 0.55F,
				.level_db = -30.F,
				.floor_db = -40.F});
	ok(!e.active, "on a noisy one it will not");
}

int main(void)
{
	test_turn();
	test_dips();
	test_limits();
	test_keys();
	test_time();
	test_bot();
	test_echo();
	test_quiet();
	return done_testing();
}
