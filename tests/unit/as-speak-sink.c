#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink.h"

#include "tap.h"

#define RATE 8000
#define SLOT 160 /* samples of 20 ms */

static char dir[] = "/tmp/sink.XXXXXX";
static char path[PATH_MAX];
static int scribe = -1;

/* What the scribe was sent since the last time, its bytes of audio as dots. */
static const char *sent(struct sink *s)
{
	static char text[16 << 10];
	ssize_t n;

	sink_flush(s);
	n = read(scribe, text, sizeof(text) - 1);
	for (ssize_t i = 0; i < n; i++)
		text[i] = text[i] ? text[i] : '.';
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void open_call(struct sink *s)
{
	static const struct scribe_files files = {.journal = "", .record = ""};

	ok(mkdtemp(dir), "a directory");
	snprintf(path, sizeof(path), "%s/scribe", dir);
	ok(mkfifo(path, 0600) == 0 && (scribe = open(path, O_RDONLY | O_NONBLOCK)) >= 0,
		"a scribe's fifo");
	ok(sink_open(s, dir, &files, RATE, false) == 0, "a call's scribe is found");
	ok(strstr(sent(s), "\"hello\""), "and greeted");
}

int main(void)
{
	static const int16_t silence[SLOT];
	struct sink s;
	const char *text;
	int64_t t_ms = 0;

	open_call(&s);
	for (int k = 0; k < 9; k++, t_ms += 20)
		sink_audio(&s, t_ms, silence, SLOT, "u", 20 * (k + 1));
	is_str(sent(&s), "", "audio goes ten slots at a time");
	sink_audio(&s, t_ms, silence, SLOT, NULL, 0);
	text = sent(&s);
	ok(strstr(text, "\"utterance\":\"u\",\"heard_ms\":180}"),
		"a slot that was lost at the end of a batch hides nothing of what was heard in it");

	for (int k = 0; k < 10; k++)
		sink_audio(&s, t_ms + 20 * k, silence, SLOT, NULL, 0);
	text = sent(&s);
	ok(strstr(text, "audio-chunk") && !strstr(text, "utterance"),
		"a batch in which nothing is said speaks of no utterance");

	sink_audio(&s, t_ms, silence, SLOT, "u", 200);
	sink_audio(&s, t_ms + 20, silence, SLOT, "v", 20);
	sink_end_audio(&s);
	ok(strstr(sent(&s), "\"utterance\":\"v\",\"heard_ms\":20}"), "of two, the last one counts");

	sink_close(&s);
	close(scribe);
	unlink(path);
	rmdir(dir);
	return done_testing();
}
