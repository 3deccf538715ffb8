/* Verdicts from voices, pauses and signals: no sound. */
#include "judge.h"

#include "tap.h"

static struct judge j;
static char told[512]; /* "human@1500 machine/voicemail+beep@9000 " */
static int64_t now_ms;
static bool bot;
static bool perhaps;
static float level_db;

static const struct judge_set usual = {
	.human = 2.2F,
	.machine = 2.94F,
	.silence_ms = 4000,
	.max_ms = 8000,
	.watch_ms = 30000,
	.message_silence_ms = 2000,
	.message_max_ms = 25000,
};

static void on_event(void *ctx, const struct judge_event *ev)
{
	size_t n = strlen(told);

	(void)ctx;
	snprintf(told + n, sizeof(told) - n, "%s%s%s%s%s@%lld ", verdict_name(ev->verdict),
		ev->kind ? "/" : "", ev->kind ? ev->kind : "", ev->message ? "+" : "",
		ev->message ? ev->message : "", (long long)ev->at_ms);
}

static void begin_with(const struct judge_set *set)
{
	judge_init(&j, set, on_event, NULL);
	told[0] = '\0';
	now_ms = 0;
	bot = perhaps = false;
	level_db = -20.F;
}

static void begin(void)
{
	begin_with(&usual);
}

static void frames(int64_t ms, bool voice, enum cadence_signal signal)
{
	static const struct cadence_pulse pulse = {.hz = 1000, .from_ms = 0, .to_ms = 300};

	for (; ms >= 20; ms -= 20, now_ms += 20, signal = CADENCE_NONE)
		judge_frame(&j,
			&(struct judge_frame){.at_ms = now_ms,
				.level_db = level_db,
				.voice = voice,
				.perhaps = perhaps,
				.bot = bot,
				.signal = signal,
				.pulse = &pulse});
}

static void talk(int64_t ms)
{
	frames(ms, true, CADENCE_NONE);
}

static void silence(int64_t ms)
{
	frames(ms, false, CADENCE_NONE);
}

static void hear(enum cadence_signal signal)
{
	frames(20, false, signal);
}

/* What has been told, without the times. */
static const char *kinds(void)
{
	static char names[512];
	char *to = names;

	for (const char *p = told; *p; p++) {
		if (*p == '@')
			p += strcspn(p, " ");
		*to++ = *p;
	}
	*to = '\0';
	return names;
}

static int64_t at(void)
{
	const char *p = strrchr(told, '@');
	long long ms = -1;

	if (p)
		(void)!sscanf(p, "@%lld", &ms);
	return ms;
}

static void test_people(void)
{
	static const int words[] = {200, 300, 600, 1000, 1500, 2000};
	int64_t before = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		begin();
		silence(400);
		talk(words[i]);
		silence(4000);
		is_str(kinds(), "human ", "%d ms and silence", words[i]);
		int64_t waited = at() - 400 - words[i];
		ok(waited >= 400 && waited <= 2400 && (i < 3 || waited >= before),
			"decided %lld ms behind it: the more than a word is said the later",
			(long long)waited);
		before = waited;
	}
	begin();
	silence(400);
	talk(60);
	silence(6000);
	is_str(kinds(), "silence ", "60 ms are no word");
}

static void test_machines(void)
{
	begin();
	silence(400);
	talk(8000);
	is_str(kinds(), "machine ", "who talks on is a machine");
	ok(at() >= 400 + 2600 && at() <= 400 + 3800, "after some 3 s (%lld)", (long long)at());
	begin();
	for (int i = 0; i < 8; i++) {
		talk(700);
		silence(220);
	}
	is_str(kinds(), "machine ", "who breathes, too");
	begin();
	talk(500);
	silence(900);
	is_str(kinds(), "human ", "a hello, it seems");
	talk(5500);
	is_str(kinds(), "human machine ", "that goes on: a machine after all");
	begin();
	bot = true;
	level_db = -36.F;
	talk(6000);
	is_str(kinds(), "", "soft, and only while the bot speaks: it may be echo");
	bot = false;
	talk(500);
	is_str(kinds(), "machine ", "it goes on behind the bot: it was none");
}

static void test_pauses(void)
{
	begin();
	talk(600);
	silence(4000);
	int64_t clear = at() - 600;
	begin();
	talk(600);
	perhaps = true;
	silence(300);
	perhaps = false;
	silence(4000);
	is_int(at() - 600, clear + 300, "what may be a voice is no pause");
	begin();
	talk(600);
	perhaps = true;
	silence(4000);
	is_str(kinds(), "human ", "but it is not waited for without end");
	ok(at() - 600 <= clear + 800, "as on a line with an echo (%lld)", (long long)at());
	begin();
	for (int i = 0; i < 8; i++) {
		talk(500);
		silence(340);
	}
	is_str(kinds(), "machine ", "who goes on behind pauses is a machine");
	ok(at() <= 6 * 840, "by its sixth phrase: that is less talk than in one go (%lld)",
		(long long)at());
}

static void test_answers(void)
{
	begin();
	talk(500);
	silence(900);
	bot = true;
	silence(2000);
	bot = false;
	judge_played(&j, 2000);
	talk(7000);
	is_str(kinds(), "human ", "a long answer to the bot is no machine's");
	is_int(judge_need(&j), JUDGE_TONES, "only a beep could still be");
	silence(30000);
	is_int(judge_need(&j), JUDGE_NOTHING, "and not for ever");
	begin();
	talk(500);
	silence(900);
	judge_played(&j, 100);
	talk(6000);
	is_str(kinds(), "human machine ", "a bot of 0.1 s has said nothing");
	begin();
	bot = true;
	silence(3000);
	bot = false;
	judge_played(&j, 3000);
	silence(400);
	talk(3900);
	silence(3500);
	is_str(kinds(), "human ", "who hears the bot out and then talks for 4 s answers it");
	begin();
	bot = true;
	silence(3000);
	bot = false;
	judge_played(&j, 3000);
	talk(6000);
	is_str(kinds(), "machine ", "a greeting that begins late is known later");
}

static void test_signals(void)
{
	begin();
	talk(1000);
	silence(900);
	hear(CADENCE_BEEP);
	is_str(kinds(), "human machine/voicemail+beep ", "a beep makes a machine of a person");
	begin();
	talk(5000);
	hear(CADENCE_BEEP);
	hear(CADENCE_BEEP);
	is_str(kinds(), "machine machine/voicemail+beep ", "it tells the kind, once");
	begin();
	talk(500);
	silence(3000);
	judge_played(&j, 2000);
	silence(2000);
	hear(CADENCE_BEEP);
	hear(CADENCE_BUSY);
	is_str(kinds(), "human ", "a beep in a talk is none, and busy its end");
	begin();
	talk(500);
	silence(900);
	hear(CADENCE_SIT);
	is_str(kinds(), "human tone/sit ", "three rising tones overrule a voice");
	is_int(judge_need(&j), JUDGE_NOTHING, "and are the last word");
	begin();
	talk(400);
	frames(20, true, CADENCE_BEEP);
	talk(300);
	silence(2000);
	is_str(kinds(), "human ", "a beep in the middle of a word is a vowel");
	begin();
	hear(CADENCE_RINGBACK);
	silence(2000);
	talk(500);
	silence(1000);
	is_str(kinds(), "tone/ringback human ", "who answers behind a ringing is heard");
	begin();
	hear(CADENCE_CNG);
	talk(5000);
	is_str(kinds(), "fax/cng ", "a fax is one");
}

static void test_messages(void)
{
	struct judge_set set = usual;

	set.after_beep = true;
	begin_with(&set);
	talk(5000);
	is_int(judge_need(&j), JUDGE_ALL, "a message waits");
	silence(2500);
	is_str(kinds(), "machine machine+silence ", "for a silence");
	ok(at() >= 7000 && at() <= 7040, "of two seconds (%lld)", (long long)at());
	silence(30000);
	hear(CADENCE_BEEP);
	is_str(kinds(), "machine machine+silence machine/voicemail ",
		"told once; a late beep tells the kind");
	set.message_max_ms = 3000;
	begin_with(&set);
	talk(9000);
	is_str(kinds(), "machine machine+limit ", "or for its limit");
}

static void test_time(void)
{
	begin();
	judge_clock(&j, 3000);
	is_str(kinds(), "", "three seconds without audio");
	judge_clock(&j, 4500);
	is_str(kinds(), "silence ", "four");
	begin();
	judge_end(&j);
	is_str(kinds(), "", "a call without anything ends without a verdict");
	begin();
	talk(300);
	judge_end(&j);
	judge_end(&j);
	is_str(kinds(), "notsure ", "one that ends too early is not sure, once");
	begin();
	for (int i = 0; i < 6; i++) {
		talk(60);
		silence(1600);
	}
	is_str(kinds(), "notsure ", "nothing for 8 s that is a word, and no silence");
}

int main(void)
{
	test_people();
	test_machines();
	test_pauses();
	test_answers();
	test_signals();
	test_messages();
	test_time();
	return done_testing();
}
