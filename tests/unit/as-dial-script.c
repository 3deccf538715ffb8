/* Scripts of a caller: what they mean, and what is said of those that mean nothing. Clips: where a voice is. */
#include "script.h"

#include <math.h>

#include "audio/pcm.h"
#include "clip.h"
#include "tap.h"

static struct script s;
static struct dynbuf why;

static int parse(const char *text)
{
	dynbuf_reset(&why);
	script_free(&s);
	return script_parse("x", text, &s, &why);
}

static void step_is(size_t i, enum script_op op, int line, int64_t ms, const char *what)
{
	ok(i < s.steps && s.step[i].op == op && s.step[i].line == line && s.step[i].ms == ms, "%s",
		what);
}

static void test_commands(void)
{
	is_int(parse("# a call\nsay a.wav b.wav; wait\n  wait 2.5 ;;\r\n\ndtmf 12#; barge 'c d.wav' after 300\n"
		     "noise -40 1.5; noise 2\nsilence 1; silence 0.02; hold 4\nburst 200; expect audio\n"
		     "expect silence within 3; expect end within 0.5\nhangup"),
		0, "every command");
	is_int((int64_t)s.steps, 16, "a step each, say one for each file");
	step_is(0, STEP_SAY, 2, -1, "say");
	ok(!strcmp(s.sound[s.step[1].clip].path, "b.wav"), "its second file");
	step_is(2, STEP_WAIT, 2, -1, "wait");
	step_is(3, STEP_WAIT, 3, 2500, "wait with a time");
	step_is(4, STEP_DTMF, 5, -1, "dtmf");
	is_str(s.step[4].digits, "12#", "its keys: # begins no comment there");
	step_is(5, STEP_BARGE, 5, 300, "barge");
	is_str(s.sound[s.step[5].clip].path, "c d.wav", "a quoted name");
	step_is(6, STEP_NOISE, 6, 1500, "noise with a level");
	is_int(s.sound[s.step[6].clip].dbfs, -40, "the level");
	is_int(s.sound[s.step[7].clip].dbfs, -50, "the level if none is given");
	step_is(9, STEP_SILENCE, 7, 20, "silence in decimals");
	step_is(10, STEP_HOLD, 7, 4000, "hold");
	step_is(11, STEP_BURST, 8, 200, "burst");
	step_is(12, STEP_EXPECT_AUDIO, 8, -1, "expect audio");
	step_is(13, STEP_EXPECT_SILENCE, 9, 3000, "expect silence");
	step_is(14, STEP_EXPECT_END, 9, 500, "expect end");
	step_is(15, STEP_HANGUP, 10, -1, "hangup");
	ok(!parse("say a; say b; say a") && s.sounds == 2 && s.step[0].clip == s.step[2].clip,
		"a file is loaded once");
	ok(!parse("say a\"b c\"d") && !strcmp(s.sound[0].path, "ab cd"), "quotes inside a word");
}

static void wrong(const char *text, const char *want)
{
	ok(parse(text) == -1 && !strcmp(why.p, want), "%.*s", (int)strcspn(want, "\n"), want);
	if (strcmp(why.p, want) != 0)
		printf("# %s", why.p);
}

static void test_mistakes(void)
{
	wrong("", "x:1: no command\n");
	wrong("say\nsya a", "x:1: usage: say FILE...\nx:2: unknown command 'sya'\n");
	wrong("hangup\n\nwait two; hold; hangup now",
		"x:3: 'two' is not a time in seconds, 0 to 3600\nx:3: usage: hold S\nx:3: usage: hangup\n");
	wrong("silence -1", "x:1: '-1' is not a time in seconds, 0 to 3600\n");
	wrong("silence nan", "x:1: 'nan' is not a time in seconds, 0 to 3600\n");
	wrong("hold 3601", "x:1: '3601' is not a time in seconds, 0 to 3600\n");
	wrong("dtmf 12x", "x:1: 'x' is not a key: 0-9 * # A-D\n");
	wrong("dtmf", "x:1: usage: dtmf KEYS\n");
	wrong("barge a 300", "x:1: usage: barge FILE after MS\n");
	wrong("barge a after -1", "x:1: '-1' is not a time in milliseconds, 0 to 3600000\n");
	wrong("noise 3 1", "x:1: '3' is not a level in dBFS, -90 to 0\n");
	wrong("burst 10001", "x:1: '10001' is not a time in milliseconds, 0 to 10000\n");
	wrong("expect", "x:1: usage: expect audio|silence|end [within S]\n");
	wrong("expect noise", "x:1: usage: expect audio|silence|end [within S]\n");
	wrong("expect end in 3", "x:1: usage: expect audio|silence|end [within S]\n");
	wrong("say 'a b\nhangup", "x:1: missing '\n");
}

static void wrong_repeated(const char *part, int times, const char *want)
{
	struct dynbuf text;

	dynbuf_init(&text, SCRIPT_MAX_BYTES);
	while (times-- > 0)
		dynbuf_adds(&text, part);
	wrong(text.p, want);
	dynbuf_free(&text);
}

static void test_limits(void)
{
	wrong_repeated("hangup\n", SCRIPT_MAX_STEPS + 1, "x:1001: more than 1000 steps\n");
	wrong_repeated("say ", 65, "x:1: more than 64 words\n");
}

static void test_files(void)
{
	char a[] = "a", b[] = "b", *files[] = {a, b, a};

	script_free(&s);
	ok(!script_of_files(files, 3, &s) && s.steps == 5 && s.sounds == 2, "files are said,");
	ok(s.step[3].op == STEP_WAIT && s.step[4].op == STEP_HANGUP,
		"waited for, and hung up after");
	is_str(script_op_name(STEP_EXPECT_SILENCE), "expect silence", "the name of a step");
}

static void test_voice(void)
{
	int16_t samples[1000] = {[200] = 20000, [500] = -400, [700] = 250};
	struct clip c = {.samples = samples, .n = 1000}, noise;

	clip_find_voice(&c);
	ok(c.voiced_from == 200 && c.voiced_to == 501, "voice: within 36 dB of the peak");
	memset(samples, 0, sizeof samples);
	clip_find_voice(&c);
	ok(c.voiced_from == 1000 && c.voiced_to == 0, "silence has none");
	if (!ok(!clip_noise(-40, 1000, 8000, &noise), "noise is made"))
		return;
	is_int((int64_t)noise.n, 8000, "as long as wanted");
	ok(fabs(20 * log10(pcm_rms(noise.samples, noise.n) / 32768) + 40) < 0.2, "of -40 dBFS");
	clip_free(&noise);
}

int main(void)
{
	dynbuf_init(&why, 65536);
	test_commands();
	test_mistakes();
	test_limits();
	test_files();
	test_voice();
	script_free(&s);
	dynbuf_free(&why);
	return done_testing();
}
