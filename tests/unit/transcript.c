/* transcript: what was heard, as JSON, text and subtitles. */
#include "record/transcript.h"

#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

#define REC(seq, t, type, data) \
	"{\"seq\":" #seq ",\"t\":" #t ",\"type\":\"" type "\",\"data\":" data "}\n"

static char dir[] = "/tmp/callpipe-transcript-XXXXXX";
static struct dynbuf out;

/* A call with this journal. */
static struct transcript open_call(
	const char *path, const char *journal, struct kept *k, struct story *s)
{
	char file[PATH_MAX];
	FILE *f;

	if (journal) {
		snprintf(file, sizeof(file), "%s/events.jsonl", path);
		f = fopen(file, "w");
		if (!f || fputs(journal, f) < 0 || fclose(f))
			abort();
	}
	if (kept_open(path, k) || story_open(k, s))
		abort();
	return (struct transcript){.call = k, .story = s};
}

static const char *written(
	int (*write)(const struct transcript *t, struct dynbuf *to), const struct transcript *t)
{
	dynbuf_reset(&out);
	if (write(t, &out))
		abort();
	return out.p;
}

static void has(const char *text, const char *part)
{
	const char *first = part + strspn(part, "\n");

	ok(strstr(text, part) != NULL, "there is: %.*s", (int)strcspn(first, "\n"), first);
}

static void has_not(const char *text, const char *part)
{
	ok(strstr(text, part) == NULL, "there is no: %s", part);
}

static json_t *line(json_t *root, size_t i)
{
	return json_array_get(json_object_get(root, "conversation"), i);
}

static const char *text_of(json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "(none)";
}

static void test_real(void)
{
	struct story s;
	struct kept k;
	struct transcript t = open_call("tests/data/call", NULL, &k, &s);
	json_t *root;

	t.audio = "recording.wav";
	root = json_loads(written(transcript_json, &t), 0, NULL);
	if (!ok(root != NULL, "it is JSON"))
		return;
	is_int(json_array_size(json_object_get(root, "conversation")), 11, "what was heard");
	is_int(json_array_size(json_object_get(root, "unheard")), 1, "what was not");
	is_int(json_array_size(json_object_get(root, "missing")), 0, "nothing is missing");
	ok(json_real_value(json_object_get(root, "duration_seconds")) == 25.26, "duration");
	is_str(text_of(root, "started_at"), "2026-11-25T23:02:05.187Z", "began");
	is_str(text_of(root, "ended_at"), "2026-11-25T23:02:30.447Z", "ended");
	is_str(text_of(root, "assembled_audio"), "recording.wav", "its sound");
	is_str(text_of(line(root, 2), "speaker"), "CLIENT", "who");
	is_str(text_of(line(root, 2), "transcription"), "four seven one one", "what");
	is_str(text_of(line(root, 2), "timestamp"), "2026-11-25T23:02:10.417Z", "when");
	is_int(json_integer_value(json_object_get(line(root, 2), "t1")), 8450, "until");
	is_int(json_integer_value(
		       json_object_get(json_object_get(line(root, 2), "latency_ms"), "audible")),
		1760, "the answer took");
	is_str(text_of(line(root, 4), "text"), "Is it your" TRANSCRIPT_CUT,
		"no more than was heard");
	is_str(text_of(line(root, 4), "planned"),
		"Is it your Internet connection, or your mobile phone?", "and what was planned");
	json_decref(root);
	has(written(transcript_txt, &t), "BOT: Is it your" TRANSCRIPT_CUT "\nCLIENT: mobile\n");
	has_not(out.p, "Internet connection");
	has(written(transcript_srt, &t),
		"\n\n3\n00:00:05,230 --> 00:00:08,450\nCLIENT: four seven one one\n\n4\n");
	has(written(transcript_vtt, &t),
		"\n\n3\n00:00:05.230 --> 00:00:08.450\n<v Client>four seven one one\n\n4\n");
	ok(strncmp(out.p, "WEBVTT\n\n", 8) == 0, "a WebVTT file");
	story_close(&s);
	kept_close(&k);
}

#define SAY(seq, name, text) \
	REC(seq, 1, "synthesize", "{\"utterance\":\"" name "\",\"turn\":0,\"text\":\"" text "\"}")

/* Kinds of lines, and text that would break a format. */
static void test_lines(void)
{
	struct story s;
	struct kept k;
	struct transcript t = open_call(dir,
		SAY(1, "u1", "a <b> & c --> d\\n\\n2\\n00:00:00.000 e") REC(2, 10, "playing",
			"{\"utterance\":\"u1\",\"timestamp\":0}") REC(3, 900, "played",
			"{\"utterance\":\"u1\",\"timestamp\":900,\"status\":\"played\",\"heard_ms\":900,\"total_ms\":900}")
			SAY(4, "u2", "Nobody hears this.") REC(5, 950, "played",
				"{\"utterance\":\"u2\",\"timestamp\":950,\"status\":\"cleared\",\"heard_ms\":0}")
				REC(6, 1000, "dtmf", "{\"digit\":\"1\",\"timestamp\":1000}") REC(7,
					3000, "transcript",
					"{\"turn\":1,\"text\":\"\",\"start\":2000,\"end\":2900}") REC(8,
					3010, "synthesize",
					"{\"utterance\":\"u3\",\"turn\":1,\"file\":\"q1.wav\"}") REC(9,
					3020, "playing",
					"{\"utterance\":\"u3\",\"timestamp\":3020}") REC(10, 3500,
					"played",
					"{\"utterance\":\"u3\",\"timestamp\":3500,\"status\":\"cleared\",\"heard_ms\":480,\"total_ms\":2000}")
					REC(11, 3600, "result",
						"{\"interested\":true,\"sentiment\":\"positive\",\"big\":99999999999999999999}"),
		&k, &s);
	json_t *root = transcript_tree(&t);

	is_str(written(transcript_txt, &t),
		"BOT: a <b> & c --> d 2 00:00:00.000 e\nCLIENT: (keys) 1\nCLIENT: (unclear)\n"
		"BOT: (q1.wav)" TRANSCRIPT_CUT "\n",
		"a line of text for each that was heard");
	has(written(transcript_vtt, &t),
		"\n1\n00:00:00.000 --> 00:00:00.900\n<v Bot>a &lt;b&gt; &amp; c --&gt; d 2 00:00:00.000 e\n\n2\n"
		"00:00:01.000 --> 00:00:01.500\n<v Client>(keys) 1\n\n");
	has(written(transcript_srt, &t), "c --\xe2\x80\xba d 2 00:00:00.000 e\n\n2\n00:00:01,000");
	is_int(json_array_size(json_object_get(root, "conversation")), 4, "what was heard");
	is_str(text_of(json_array_get(json_object_get(root, "unheard"), 0), "planned"),
		"Nobody hears this.", "and, apart, what was not");
	ok(json_is_true(json_object_get(root, "interested")), "of the result");
	is_str(text_of(root, "final_sentiment"), "positive", "of the result");
	is_str(text_of(json_array_get(json_object_get(root, "missing"), 0), "reason"), "its end",
		"the journal has no end");
	is_str(text_of(line(root, 3), "audio_file"), "q1.wav", "a sound file");
	json_decref(root);
	story_close(&s);
	kept_close(&k);
}

static void test_nothing(void)
{
	static const struct transcript_gap gap = {"bot.s16", "not there"};
	struct story s;
	struct kept k;
	struct transcript t = open_call(dir, "", &k, &s);
	json_t *root;

	t.gaps = &gap;
	t.n_gaps = 1;
	is_str(written(transcript_txt, &t), "", "nobody said anything");
	is_str(written(transcript_srt, &t), "", "nor is there a cue");
	root = transcript_tree(&t);
	is_str(text_of(json_array_get(json_object_get(root, "missing"), 0), "file"), "bot.s16",
		"what others miss is said, too");
	json_decref(root);
	story_close(&s);
	kept_close(&k);
}

int main(void)
{
	char cmd[PATH_MAX];

	if (!mkdtemp(dir))
		return 1;
	dynbuf_init(&out, 1 << 24);
	test_real();
	test_lines();
	test_nothing();
	dynbuf_free(&out);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	return system(cmd) != 0 || done_testing();
}
