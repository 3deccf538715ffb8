/* campaign: events of Asterisk as structs: the recorded ones, and lies. */
#include "ari-event.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"

#define RECORDED "tests/data/ari/events.jsonl"

static int parse(const char *text, struct ari_event *e)
{
	const char *why;

	return ari_event_parse(text, strlen(text), e, &why);
}

/* Why it is none; "": it is one. */
static const char *refusal(const char *text)
{
	struct ari_event e;
	const char *why = "";

	if (ari_event_parse(text, strlen(text), &e, &why) == 0)
		ari_event_free(&e);
	return why;
}

static void times(void)
{
	is_int(ari_time_ms("1970-01-01T00:00:00.001+0000"), 1, "the first millisecond");
	is_int(ari_time_ms("2026-11-21T02:14:46.356+0000"), INT64_C(1795227286356),
		"as Asterisk writes");
	is_int(ari_time_ms("2026-11-21T03:14:46.356+0100"), INT64_C(1795227286356),
		"in another zone");
	is_int(ari_time_ms("2026-11-20T22:44:46.356-03:30"), INT64_C(1795227286356),
		"with a colon");
	is_int(ari_time_ms("2026-11-21T02:14:46Z"), INT64_C(1795227286000), "without milliseconds");
	static const char *const none[] = {"", "2026", "2026-11-21 02:14:46Z",
		"2026-13-21T02:14:46Z", "2026-11-21T02:14:46", "2026-11-21T02:14:46.35Z",
		"2026-11-21T02:14:46.356+00", "2026-11-21T02:14:46.356+0000x",
		"1969-11-21T02:14:46Z", "2026-11-21T24:14:46Z", "2026-11-21T02:14:46.356+0060",
		"-026-11-21T02:14:46Z"};
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		is_int(ari_time_ms(none[i]), 0, "no time: '%s'", none[i]);
}

struct tally {
	int lines, other, starts, destroyed, dials;
	char ended[64]; /* of the first call */
	int cause;      /* of the first that ended */
};

static void count(struct tally *t, const struct ari_event *e)
{
	t->lines++;
	t->other += e->kind == ARI_OTHER;
	t->starts += e->kind == ARI_STASIS_START;
	t->dials += e->kind == ARI_DIAL && strcmp(e->dialstatus, "ANSWER") == 0 &&
		e->channel.state == ARI_UP;
	if (e->kind != ARI_DESTROYED || t->destroyed++ > 0)
		return;
	snprintf(t->ended, sizeof(t->ended), "%s %s %s %s", e->channel.id, e->cause_txt,
		ari_variable(&e->channel, "AMDCAUSE"), ari_variable(&e->channel, "TRYSTATUS"));
	t->cause = e->cause;
}

static void recorded(void)
{
	FILE *f = fopen(RECORDED, "r");
	char *line = NULL;
	size_t size = 0;
	struct tally t = {0};
	struct ari_event e;
	bool all = f != NULL;

	while (f && getline(&line, &size, f) > 0) {
		if (parse(line, &e) == -1) {
			all = false;
			continue;
		}
		all = all && *e.channel.id && strcmp(e.app, "camp") == 0;
		count(&t, &e);
		ari_event_free(&e);
	}
	ok(all, "every recorded event is one");
	is_int(t.lines, 56, "all of them");
	is_int(t.other, 36, "dialplan steps, variables and what leaves Stasis mean nothing here");
	is_int(t.starts, 3, "three channels came");
	is_int(t.dials, 3, "and were answered");
	is_int(t.destroyed, 5, "five ended, two of them the other halves");
	is_str(t.ended, "job-raw-1 Normal Clearing HUMAN-803-800 FAILED", "the end says all of it");
	is_int(t.cause, 16, "with its cause");
	free(line);
	if (f)
		fclose(f);
}

static void lies(void)
{
	struct ari_event e;

	is_str(refusal(""), "it is no JSON", "nothing");
	is_str(refusal("{\"type\":\"StasisStart\""), "it is no JSON", "half of it");
	is_str(refusal("[1]"), "it is no object", "an array");
	is_str(refusal("{}"), "it has no type", "an empty object");
	is_str(refusal("{\"type\":7,\"channel\":{\"id\":\"a\"}}"), "it has no type",
		"a type that is a number");
	is_str(refusal("{\"type\":\"Dial\",\"channel\":{\"id\":\"a\"}}"),
		"it is about a channel without an id", "a Dial without a peer");
	is_str(refusal("{\"type\":\"ChannelDestroyed\",\"channel\":[]}"),
		"it is about a channel without an id", "a channel that is none");
	is_str(refusal("{\"type\":\"ChannelDestroyed\",\"channel\":{\"id\":12}}"),
		"it is about a channel without an id", "an id that is a number");
	is_str(refusal("{\"type\":\"A\",\"type\":\"B\"}"), "it is no JSON", "two types");
	is_str(refusal("{\"type\":\"EndpointStateChange\",\"endpoint\":{}}"), "",
		"about no channel");

	ok(parse("{\"type\":\"ChannelDestroyed\",\"channel\":{\"id\":\"a\",\"state\":\"Wild\",\"caller\":7,"
		 "\"dialplan\":null,\"channelvars\":[1],\"creationtime\":9},\"cause\":\"17\","
		 "\"tech_cause\":-3,\"cause_txt\":{},\"timestamp\":\"soon\",\"application\":[]}",
		   &e) == 0,
		"members of other types");
	is_int(e.cause, -1, "a cause that is a text is none");
	is_int(e.tech_cause, 0, "nor a status below 0");
	is_int(e.channel.state, ARI_STATE_NONE, "a state that is not known");
	is_str(e.cause_txt, "", "no text");
	is_str(ari_variable(&e.channel, "AMDSTATUS"), "", "no variables");
	is_str(e.app, "", "no application");
	ari_event_free(&e);
	ok(parse("{\"type\":\"ChannelDestroyed\",\"channel\":{\"id\":\"a\"},\"cause\":4294967312}",
		   &e) == 0,
		"a cause of 33 bits");
	is_int(e.cause, -1, "is none either");
	ari_event_free(&e);
}

static void ids(void)
{
	char text[1024];

	snprintf(text, sizeof(text), "{\"type\":\"StasisStart\",\"channel\":{\"id\":\"%0149d\"}}",
		7);
	is_str(refusal(text), "", "an id of 149 bytes");
	snprintf(text, sizeof(text), "{\"type\":\"StasisStart\",\"channel\":{\"id\":\"%0150d\"}}",
		7);
	is_str(refusal(text), "it is about a channel without an id", "of 150");
}

/* Any cut and any changed byte of a real one: no crash, and what is read is text. */
static void broken(void)
{
	static const char real[] =
		"{\"type\":\"ChannelDestroyed\",\"channel\":{\"id\":\"a\",\"state\":\"Up\",\"channelvars\":{\"X\":\"y\"}},"
		"\"cause\":17,\"cause_txt\":\"User busy\",\"tech_cause\":486,\"timestamp\":\"2026-11-21T02:14:46.356+0000\"}";
	char text[sizeof(real)];
	uint64_t seed = 6;
	struct ari_event e;
	const char *why;
	int good = 0;

	for (size_t n = 0; n < sizeof(real) - 1; n++)
		good += ari_event_parse(real, n, &e, &why) == 0;
	is_int(good, 0, "no part of an event is one");
	for (int i = 0; i < 20000; i++) {
		memcpy(text, real, sizeof(real));
		text[random_below(&seed, sizeof(real) - 1)] = (char)random_next(&seed);
		if (ari_event_parse(text, sizeof(real) - 1, &e, &why) == -1)
			continue;
		good += (e.cause >= -1 && e.cause < 128 && e.tech_cause >= 0 &&
				strlen(e.channel.id) < ARI_ID_MAX)
			? 1
			: -1000000;
		ari_event_free(&e);
	}
	ok(good > 0, "one wrong byte: whatever is read is in range");
}

int main(void)
{
	times();
	recorded();
	lies();
	ids();
	broken();
	return done_testing();
}
