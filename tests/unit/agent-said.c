/* What the bot says: how far it goes ahead, and how much of it was heard. */
#include "said.h"

#include "tap.h"

static struct {
	char text[256];
	int n;
	enum said_end end;
} over;

static void on_over(void *ctx, const struct sentence *s, enum said_end end, size_t n)
{
	(void)ctx;
	snprintf(over.text, sizeof(over.text), "%.*s", (int)n, s->spec.text ? s->spec.text : "");
	over.end = end;
	over.n++;
}

static void queue(struct said *s, const char *text, bool interruptible)
{
	struct said_spec spec = {.kind = SAID_ANSWER,
		.text = text,
		.n = strlen(text),
		.language = "en",
		.interruptible = interruptible};

	if (said_queue(s, &spec, 0) < 0)
		printf("Bail out! no memory\n");
}

static const char *next(struct said *s)
{
	const struct sentence *u = said_next(s, 0);

	return u ? u->id : "none";
}

static void test_ahead(void)
{
	struct said s;

	said_init(&s, on_over, NULL);
	is_str(next(&s), "none", "nothing to say");
	for (int i = 0; i < 5; i++)
		queue(&s, "One two three.", true);
	is_str(next(&s), "u1", "the first");
	is_str(next(&s), "u2", "and the second");
	is_str(next(&s), "none", "are two ahead");
	ok(!said_playing(&s, "u3", 0) && !said_playing(&s, "", 0), "nobody plays what is not sent");
	ok(said_playing(&s, "u1", 10), "the first begins");
	is_str(next(&s), "u3", "so there may be another");
	is_str(next(&s), "none", "and no more");
	said_played(&s, "u1", SAID_PLAYED, 900, 890, 890);
	is_str(over.text, "One two three.", "it was heard");
	is_int(s.heard_end_ms, 900, "until then");
	is_str(next(&s), "none", "two are still ahead");
	said_played(&s, "u9", SAID_PLAYED, 950, 890, 890);
	is_int(over.n, 1, "what is not ours is nothing");

	said_flush(&s, true);
	ok(!said_busy(&s) && !said_waiting(&s), "a flush: nothing is left to say");
	queue(&s, "Four five.", true);
	is_str(next(&s), "u4", "names are not used twice, and what was cleared is not ahead");
	said_played(&s, "u2", SAID_CLEARED, 1000, 0, 0);
	is_str(over.text, "", "of what was cleared in time nothing was heard");
	ok(said_busy(&s) && said_last(&s), "the new sentence is the last");
	said_free(&s);
}

static void test_firm(void)
{
	struct said s;

	said_init(&s, on_over, NULL);
	queue(&s, "You may interrupt.", true);
	queue(&s, "You may not.", false);
	ok(said_interruptible(&s) && said_firm(&s), "one of each");
	said_flush(&s, false);
	ok(!said_interruptible(&s) && said_firm(&s), "what may be interrupted is left out");
	said_free(&s);
}

static void test_lost(void)
{
	struct said s;

	over.n = 0;
	said_init(&s, on_over, NULL);
	queue(&s, "One.", true);
	queue(&s, "Two.", true);
	next(&s);
	next(&s);
	said_time(&s, SAID_BEGIN_MS);
	is_int(over.n, 0, "it has time to begin");
	said_time(&s, SAID_BEGIN_MS + 1);
	ok(over.n == 1 && over.end == SAID_FAILED, "then it has failed, but not the one behind it");
	said_playing(&s, "u2", SAID_BEGIN_MS + 2);
	said_time(&s, SAID_BEGIN_MS + SAID_END_MS + 2);
	is_int(over.n, 1, "one that has begun has more time");
	said_close(&s);
	ok(over.n == 2 && over.end == SAID_CLEARED && !s.head, "the end of the call ends it");
	said_free(&s);
}

int main(void)
{
	test_ahead();
	test_firm();
	test_lost();
	return done_testing();
}
