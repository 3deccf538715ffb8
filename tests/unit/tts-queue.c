/* The order of utterances, with engines that the test itself is: whatever is made first, nothing overtakes, and each has
 * one begin and one end. */
#include "queue.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"

#define RATE 8000
#define SAID_MAX 8192

/* ---- what goes out, in a few letters ---- */

static struct {
	char said
		[SAID_MAX]; /* b: begin, a: audio, e: end, x: error, u: used; with the utterance's name */
	bool room;
	size_t bytes; /* of audio */
} out;

static void say(const char *what, const char *id, const char *more)
{
	size_t n = strlen(out.said);

	snprintf(out.said + n, sizeof(out.said) - n, "%s%s%s ", what, id, more);
}

static bool room(void *ctx)
{
	return out.room;
}

static void begin(void *ctx, const struct utterance *u)
{
	say("b", u->id, "");
}

static void audio(void *ctx, const struct utterance *u, const void *le_bytes, size_t n)
{
	out.bytes += n;
	say("a", u->id, "");
}

static void end(void *ctx, const struct utterance *u, enum queue_status status)
{
	static const char *const names[] = {"ok", "cancelled", "failed"};

	say("e", u->id, names[status]);
}

static void error(void *ctx, const struct utterance *u, const char *code, const char *why)
{
	say("x", u ? u->id : "", why);
}

static void used(void *ctx, const struct utterance *u, size_t characters)
{
	say("u", u->id, "");
}

static const struct queue_sink sink = {room, begin, audio, end, error, used};

/* ---- the engine ---- */

static struct make *making[16]; /* by the number in the text */
static int running;             /* engines begun and not over */

static int identify(const struct engine *e, const struct voice *v, const struct phrase *p,
	struct dynbuf *id, char why[WHY_MAX])
{
	return 0;
}

static void start(struct make *m, const struct phrase *p)
{
	make_format(m, RATE, 0);
	making[atoi(p->text)] = m;
	running++;
}

static void stop(struct make *m)
{
	running--;
}

static const struct engine hand = {
	.name = "hand", .texts = true, .identify = identify, .start = start, .stop = stop};
static const struct engine *const hands[] = {&hand, NULL};

static void give(int i, size_t samples)
{
	static int16_t loud[RATE];

	for (size_t k = 0; k < RATE; k++)
		loud[k] = 8000;
	if (make_bytes(making[i], loud, samples * 2) < 0)
		running = -100;
}

static void done(int i)
{
	running--;
	make_end(making[i]);
}

static void fail(int i)
{
	running--;
	make_fail(making[i], "broken");
}

/* ---- the tests ---- */

static const struct voice voice = {
	.rate_hz = RATE, .command = "", .name = "", .table = "", .timeout_ms = 1000};
static struct loop loop;
static struct cache cache;
static struct queue queue;

static void fresh(size_t jobs)
{
	memset(&out, 0, sizeof(out));
	out.room = true;
	running = 0;
	queue_init(&queue, &loop, &voice, &cache, jobs, &sink, NULL);
}

static void add(const char *id)
{
	struct phrase p = {.text = id, .language = "en", .voice = ""};

	if (queue_add(&queue, id, hands, &p, false) < 0)
		abort();
}

static const char *said(void)
{
	static char text[SAID_MAX];

	memcpy(text, out.said, sizeof(text));
	out.said[0] = '\0';
	return text;
}

static void test_order(void)
{
	fresh(2);
	add("1");
	add("2");
	add("3");
	is_int(running, 2, "as many are made as there are jobs");
	give(2, 100);
	done(2);
	is_str(said(), "", "the second waits for the first");
	is_int(running, 1, "and so does the third");
	give(1, 400);
	is_str(said(), "b1 a1 ", "the first is sent as it comes");
	give(1, 800);
	is_str(said(), "a1 ", "the rest of a small first piece, too");
	done(1);
	is_str(said(), "e1ok b2 a2 e2ok ", "then the second");
	is_int(running, 1, "now the third is made");
	fail(3);
	is_str(said(), "b3 x3broken e3failed ", "one that fails has begin and end");
	ok(!queue.head && queue.open == 0, "nothing is left");
	queue_free(&queue);
}

/* A filler that is a file. */
static void add_filler(const char *id)
{
	struct phrase p = {.text = id, .file = "wait.wav", .language = "", .voice = ""};

	if (queue_add(&queue, id, hands, &p, true) < 0)
		abort();
}

static void test_filler(void)
{
	fresh(2);
	add("1");
	add("2");
	add_filler("3");
	is_int(running, 3, "a filler is made beside the others");
	give(3, 1000);
	done(3);
	is_str(said(), "b3 a3 a3 e3ok ", "and is sent before what is still made");
	give(1, 1000);
	add_filler("4");
	is_str(said(), "b1 a1 a1 ", "but not into what has begun");
	done(1);
	give(2, 10);
	done(2);
	give(4, 10);
	done(4);
	is_str(said(), "e1ok b2 a2 e2ok b4 a4 e4ok ", "nor before what comes next then");
	queue_free(&queue);
}

static void test_pieces(void)
{
	fresh(1);
	out.room = false;
	add("1");
	give(1, RATE);
	is_str(said(), "", "nothing is sent where there is no room");
	ok(queue_waits(&queue), "something waits");
	out.room = true;
	queue_advance(&queue);
	/* 100 ms, 3 times 3840 bytes, the rest of 16000 */
	is_str(said(), "b1 a1 a1 a1 a1 a1 ", "a small piece, then larger ones");
	is_int(out.bytes, RATE * 2, "all of it");
	ok(!queue_waits(&queue), "nothing waits");
	done(1);
	queue.whole = true;
	add("2");
	give(2, 2000);
	is_str(said(), "e1ok ", "one that is to be whole is not sent in part");
	ok(!queue_waits(&queue), "nor does it wait for room");
	done(2);
	is_str(said(), "b2 a2 a2 e2ok ", "but when it is made");
	queue_free(&queue);
}

static void test_cancel(void)
{
	fresh(2);
	add("1");
	add("2");
	add("3");
	give(1, 1000);
	said();
	queue_cancel(&queue);
	is_str(said(), "e1cancelled b2 e2cancelled b3 e3cancelled ", "each has its end");
	is_int(running, 0, "engines are stopped");
	add("4");
	fail(4);
	is_str(said(), "b4 x4broken e4failed ", "and it goes on");
	add("5");
	queue_free(&queue);
	is_int(running, 0, "freed: engines are stopped");
	is_str(said(), "", "and nothing is said");
}

static void test_none(void)
{
	static const struct engine *const silence[] = {&engine_none, NULL};
	struct phrase p = {.text = "  ", .language = "en", .voice = ""};

	fresh(2);
	add("1");
	ok(queue_add(&queue, "2", hands, &p, false) == 0 &&
			queue_add_failed(&queue, "3", "stream", "no") == 0,
		"three");
	is_str(said(), "", "wait for the first, also what is over already");
	done(1);
	is_str(said(), "b1 x1it has written nothing e1failed b2 e2ok b3 x3no e3failed ",
		"no sound at all is a failure, no text is none");
	p.text = "12345";
	ok(queue_add(&queue, "4", silence, &p, false) == 0, "silence");
	is_int(out.bytes, 5 * 65 / 20 * 20 * RATE / 1000 * 2,
		"of the length that speech would have");
	queue_free(&queue);
}

/* Any order of events: the ends come in the order of the beginnings, each once. */
static void test_any(void)
{
	static const char *const name[] = {"0", "1", "2", "3", "4", "5", "6", "7"};
	uint64_t seed = 7;
	int wrong = 0;

	for (int round = 0; round < 300; round++) {
		int next_end = 0, added = 0;
		const char *at;

		fresh(1 + random_below(&seed, 4));
		memset(making, 0, sizeof(making));
		for (int step = 0; step < 200; step++) {
			int i = (int)random_below(&seed, 8);

			out.room = random_below(&seed, 3) > 0;
			if (added < 8 && random_below(&seed, 6) == 0)
				add(name[added++]);
			if (making[i] && making[i]->state == MAKE_RUNNING) {
				struct make *m = making[i];
				size_t what = random_below(&seed, 8);

				if (what < 2)
					making[i] = NULL;
				if (what == 0) {
					running--;
					make_fail(m, "broken");
				} else if (what == 1) {
					running--;
					make_end(m);
				} else {
					give(i, random_below(&seed, 3000));
				}
			}
			queue_advance(&queue);
		}
		out.room = true;
		queue_advance(&queue);
		queue_cancel(&queue);
		for (at = out.said; *at; at = strchr(at, ' ') + 1) {
			if (*at == 'b' || *at == 'a' || *at == 'x')
				wrong += at[1] - '0' != next_end;
			if (*at == 'e')
				wrong += at[1] - '0' != next_end++;
		}
		wrong += next_end != added || running != 0;
	}
	is_int(wrong, 0, "300 rounds of anything: in order, each once");
}

int main(void)
{
	loop_init(&loop);
	if (cache_init(&cache, NULL) < 0)
		return 1;
	test_order();
	test_filler();
	test_pieces();
	test_cancel();
	test_none();
	test_any();
	loop_free(&loop);
	return done_testing();
}
