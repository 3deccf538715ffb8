/* A turn's audio, and what a program of the engine command may write. */
#include <stdlib.h>

#include "command.h"
#include "stt.h"
#include "tap.h"

#define MAX_S 2

static struct turn *new_turn(void)
{
	struct turn *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	t->audio_ms = -1;
	return t;
}

/* 20 ms of one value at a time. */
static void add(struct turn *t, int64_t ms, int16_t value)
{
	uint8_t le[320];

	for (int i = 0; i < 160; i++)
		put_le16s(le + 2 * i, value);
	if (turn_audio(t, 8000, ms, le, 160, MAX_S) < 0)
		abort();
}

static void test_audio(void)
{
	struct turn *t = new_turn();

	add(t, 1000, 1);
	add(t, 1020, 2);
	is_int(t->samples, 320, "40 ms");
	add(t, 1060, 4);
	is_int(t->samples, 640, "a gap");
	is_int(t->sample[400], 0, "is silence");
	add(t, 1040, 3);
	is_int(t->samples, 640, "audio that steps back adds nothing");
	is_int(t->sample[400], 3, "it replaces");
	add(t, 980, 9);
	is_int(t->sample[0], 1, "what is before the first is left out");
	add(t, 3000, 9);
	add(t, INT64_MAX, 9);
	is_int(t->samples, 640, "what is beyond the longest turn too");
	add(t, 2990, 5);
	is_int(t->samples, 8000 * MAX_S, "and what sticks out of it");
	is_int(turn_audio(t, 16000, 1000, (const uint8_t *)"xxxx", 2, MAX_S), 0, "another rate");
	is_int(t->sample[0], 1, "is left out");
	turn_free(t);
	turn_free(NULL);
}

static void test_trim(void)
{
	struct turn *t = new_turn();

	for (int i = 0; i < 50; i++)
		add(t, 1000 + 20 * i, (int16_t)i);
	t->start_ms = 1300;
	t->end_ms = 1500;
	turn_trim(t, 100);
	is_int(t->audio_ms, 1200, "begins 100 ms before the voice");
	is_int(t->samples, 8 * 400, "ends 100 ms after it");
	is_int(t->sample[0], 10, "with the samples of that time");
	turn_trim(t, 1000);
	is_int(t->samples, 8 * 400, "more than there is stays");
	t->start_ms = t->end_ms = 9000;
	turn_trim(t, 100);
	is_int(t->samples, 8 * 400, "a voice that is elsewhere cuts nothing");
	turn_free(t);
}

static struct result result;
static const char *why;

static int read_result(const char *s)
{
	return command_result(s, strlen(s), &result, &why);
}

static void test_command(void)
{
	static char long_text[STT_TEXT_MAX + 1];

	is_int(read_result("hello  world\n\n"), 0, "plain text");
	is_str(result.text, "hello world", "tidied");
	ok(result.confidence < 0 && result.start_ms < 0, "nothing else is known");
	is_int(read_result(""), 0, "nothing");
	is_str(result.text, "", "is no words");
	is_int(read_result(
		       "{\"text\":\" yes \",\"confidence\":0.5,\"language\":\"fr\",\"start\":0.25,\"end\":1}\n"),
		0, "JSON");
	is_str(result.text, "yes", "its text");
	is_str(result.language, "fr", "language");
	ok(result.confidence == 0.5, "confidence");
	is_int(result.start_ms, 250, "start");
	is_int(result.end_ms, 1000, "end");
	is_int(read_result("{\"text\":\"x\",\"confidence\":7,\"start\":2,\"end\":1}"), 0,
		"odd members");
	ok(result.confidence < 0 && result.start_ms == -1 && result.end_ms == -1,
		"count as absent");
	is_int(read_result("{\"txt\":\"x\"}"), -1, "JSON without text");
	is_str(why, "writes JSON without a text", "it is said why");
	is_int(read_result("{not json"), 0, "what only looks like JSON is text");
	is_int(read_result("\xff\xfe"), -1, "no UTF-8");
	is_int(command_result("a\0b", 3, &result, &why), -1, "a NUL");
	is_str(why, "writes what is no text", "it is said why");
	memset(long_text, 'x', STT_TEXT_MAX);
	is_int(read_result(long_text), -1, "too much");
	long_text[STT_TEXT_MAX - 1] = '\0';
	is_int(read_result(long_text), 0, "just fits");
}

int main(void)
{
	test_audio();
	test_trim();
	test_command();
	return done_testing();
}
