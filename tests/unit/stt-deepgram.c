/* stt: what is asked of Deepgram, what it answers, the ledger of what was sent, the words of a turn. */
#include "deepgram-terms.h"
#include "deepgram-words.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"

static const char *target(const char *model, const char *language, const char *phrases)
{
	static struct dynbuf b;
	struct deepgram_terms terms = {0};
	struct deepgram_wish w = {.model = model,
		.language = language,
		.parameters = "a=b",
		.rate_hz = 8000,
		.term = terms.term};
	char *at;

	deepgram_terms_add(&terms, phrases);
	w.terms = terms.n;
	dynbuf_free(&b);
	dynbuf_init(&b, 4096);
	if (deepgram_target(&b, &w) < 0)
		return "-";
	deepgram_terms_free(&terms);
	at = strstr(b.p, "&channels=1&interim_results=true");
	memmove(at, at + 32, strlen(at + 32) + 1);
	return b.p;
}

static void targets(void)
{
	is_str(target("nova-3", "en", NULL),
		"/v1/listen?model=nova-3&language=en&encoding=linear16&sample_rate=8000&a=b",
		"a request");
	is_str(target("nova-3-medical", "fr-CA", "{\"phrases\":[\"a b\",\"дім\",\"a b\",\"\"]}"),
		"/v1/listen?model=nova-3-medical&language=fr-CA&encoding=linear16&sample_rate=8000&a=b"
		"&keyterm=a%20b&keyterm=%D0%B4%D1%96%D0%BC",
		"phrases, once");
	is_str(target("nova-2", "fr-FR", "{\"phrases\":[\"mobile  phone\",\"x&y=z\"]}"),
		"/v1/listen?model=nova-2&language=fr&encoding=linear16&sample_rate=8000&a=b"
		"&keywords=mobile%3A1&keywords=phone%3A1&keywords=x%26y%3Dz%3A1",
		"words; no region that is not known");
	is_str(target("m&n", "", NULL),
		"/v1/listen?model=m%26n&encoding=linear16&sample_rate=8000&a=b", "no language");
}

static void terms(void)
{
	struct deepgram_terms t = {0};
	char hints[64];

	for (int i = 0; i < DEEPGRAM_TERMS_MAX; i++) {
		snprintf(hints, sizeof(hints), "{\"phrases\":[\"p%d\"]}", i);
		deepgram_terms_add(&t, hints);
	}
	is_int(t.n, DEEPGRAM_TERMS_MAX, "phrases add up");
	deepgram_terms_add(&t, "{\"phrases\":[\"p5\"]}");
	is_int(t.n, DEEPGRAM_TERMS_MAX, "one that is there");
	deepgram_terms_add(&t, "{\"digits\":4}");
	is_int(t.n, DEEPGRAM_TERMS_MAX, "none");
	deepgram_terms_add(&t, "{\"phrases\":[\"p7\",\"new\",\"newer\"]}");
	is_int(t.n, 3, "too many: those of the latest");
	is_str(t.term[1], "new", "they are");
	deepgram_terms_free(&t);
}

static struct deepgram_said said;

static int read_text(const char *s)
{
	return deepgram_read(s, strlen(s), &said);
}

static void messages(void)
{
	is_int(read_text(
		       "{\"type\":\"Results\",\"channel_index\":[0,1],\"duration\":1.98,\"start\":5.99,"
		       "\"is_final\":true,\"speech_final\":true,\"from_finalize\":true,\"channel\":{"
		       "\"alternatives\":[{\"transcript\":\"Hello.\",\"confidence\":0.99,\"languages\":[\"en\"],"
		       "\"words\":[{\"word\":\"hello\",\"start\":6.1,\"end\":6.5,\"confidence\":0.99}]}]}}"),
		0, "the documents' example");
	ok(said.results && said.is_final && said.from_finalize, "what it is");
	ok(said.start_s == 5.99 && said.duration_s == 1.98 && said.first_s == 6.1 &&
			said.last_s == 6.5,
		"its times");
	is_str(said.text, "Hello.", "its words");
	is_str(said.language, "en", "its language");
	is_int(read_text("{\"type\":\"Results\"}"), 0, "nothing in it");
	ok(said.results && !said.is_final && !*said.text && said.confidence < 0 && said.first_s < 0,
		"is nothing");
	is_int(read_text(
		       "{\"type\":\"Results\",\"start\":1e300,\"duration\":\"x\",\"channel\":{\"alternatives\":"
		       "[{\"transcript\":7,\"confidence\":5,\"words\":[{\"start\":-1,\"end\":2}]}]}}"),
		0, "nonsense in it");
	ok(said.start_s == 0 && said.duration_s == 0 && said.confidence < 0 && said.first_s < 0,
		"is nothing");
	is_int(read_text("{\"type\":\"UtteranceEnd\",\"last_word_end\":-1}"), 0, "another");
	ok(!said.results, "is not one of Results");
	is_int(read_text("{\"transcript\":\"x\"}"), -1, "no type");
	is_int(read_text("[1]"), -1, "no object");
	is_int(read_text("{"), -1, "no JSON");
}

static void ledger(void)
{
	struct sent s;
	const struct sent_part *p;
	uint64_t seed = 7;
	int wrong = 0;

	sent_init(&s, 8000);
	ok(!sent_find(&s, 0), "nothing was sent");
	sent_add(&s, 800, 1000, 1);
	sent_add(&s, 800, 1100, 1);
	sent_add(&s, 8000, 60000, 2);
	is_int(s.parts, 2, "what goes on is one part");
	p = sent_find(&s, 0.15);
	ok(p && p->id == 1, "a time in the first");
	is_int(p ? sent_call_ms(&s, p, 0.15) : 0, 1150, "in call time");
	p = sent_find(&s, 0.7);
	ok(p && p->id == 2, "in the second");
	is_int(p ? sent_call_ms(&s, p, 0.7) : 0, 60500, "in call time");
	p = sent_find(&s, 1.2);
	ok(p && p->id == 2, "the very end");
	ok(!sent_find(&s, 9), "what has not been");
	sent_init(&s, 16000);
	for (int64_t id = 1, at = 0, ms = 0; id < 500;
		id++) { /* each time a random pause, and a turn */
		int64_t n = 320 * (1 + (int64_t)random_below(&seed, 500));

		ms += (int64_t)random_below(&seed, 9000);
		for (int64_t left = n; left; left -= 320)
			sent_add(&s, 320, ms + (n - left) / 16, id);
		p = sent_find(&s, ((double)at + (double)n / 2) / 16000);
		wrong += !p || p->id != id ||
			llabs(sent_call_ms(&s, p, ((double)at + (double)n / 2) / 16000) - ms -
				n / 32) > 1;
		at += n;
		ms += n / 16;
	}
	is_int(wrong, 0, "five hundred turns, with what is older forgotten");
	is_int(s.parts, SENT_PARTS_MAX, "it does not grow");
}

static void result(struct deepgram_words *w, const struct sent *s, double start, double duration,
	bool final, const char *text, double confidence)
{
	struct deepgram_said r = {.results = true,
		.start_s = start,
		.duration_s = duration,
		.is_final = final,
		.confidence = confidence,
		.first_s = *text ? start + 0.1 : -1,
		.last_s = *text ? start + duration - 0.1 : -1};

	snprintf(r.text, sizeof(r.text), "%s", text);
	deepgram_words_add(w, &r, s, sent_find(s, start));
}

static void joined(void)
{
	static struct deepgram_words w;
	struct sent s;
	struct turn t = {.audio_ms = 5000, .rate_hz = 8000};
	struct result ret;
	static char big[STT_TEXT_MAX];

	sent_init(&s, 8000);
	sent_add(&s, 80000, 5000, 1);
	deepgram_words_init(&w);
	result(&w, &s, 0, 1, false, "one", 0.5);
	result(&w, &s, 0, 2, false, "one too", 0.5);
	result(&w, &s, 0, 2, true, "one two", 0.8);
	is_int(w.frozen_ms, 7000, "frozen so far");
	result(&w, &s, 2, 1, true, "", 0);
	result(&w, &s, 3, 1, false, "three", 0.6);
	deepgram_words_result(&w, &t, &ret);
	is_str(ret.text, "one two three", "what is final, and what is not");
	is_int((int)(ret.confidence * 1000), (7 * 800 + 5 * 600) / 12, "confidence, by length");
	is_int(ret.start_ms, 100, "from the first word");
	is_int(ret.end_ms, 3900, "to the last");
	result(&w, &s, 3, 1, true, "tree", 0.6);
	deepgram_words_result(&w, &t, &ret);
	is_str(ret.text, "one two tree", "the last is final too");
	memset(big, 'x', sizeof(big) - 8);
	result(&w, &s, 4, 1, true, big, 0.6);
	result(&w, &s, 5, 1, true, "дддд", 0.6);
	deepgram_words_result(&w, &t, &ret);
	is_int(strlen(ret.text), STT_TEXT_MAX - 1, "no more than there is room for");
}

int main(void)
{
	targets();
	terms();
	messages();
	ledger();
	joined();
	return done_testing();
}
