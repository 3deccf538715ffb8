#include "record/transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text/utf8.h"

#define WORDS_MAX (1 << 20) /* bytes of a line: a record of the journal is no longer */
#define DIGITS 15           /* of a number that is no integer */

/* ---- texts ---- */

bool transcript_was_heard(const struct story_line *l)
{
	return l->who == STORY_CALLER || l->heard_ms > 0;
}

/* A file has no words that could be told apart: it is cut if it was. */
static bool was_cut(const struct story_line *l)
{
	return l->who == STORY_BOT && l->status != STORY_PLAYED &&
		(strcmp(l->heard, l->text) != 0 || !l->text[0]);
}

int transcript_words(const struct story_line *l, struct dynbuf *to)
{
	dynbuf_adds(to, l->heard);
	if (was_cut(l))
		dynbuf_adds(to, l->heard[0] ? TRANSCRIPT_CUT : &TRANSCRIPT_CUT[1]);
	return dynbuf_failed(to) ? -1 : 0;
}

/* ---- members of an object; what is not told is null ---- */

static bool set(json_t *o, const char *key, json_t *value)
{
	return json_object_set_new(o, key, value) == 0;
}

json_t *transcript_string(const char *s)
{
	size_t n = strlen(s), used;
	struct dynbuf b;
	uint32_t code;
	json_t *value;
	char c[4];

	if (utf8_valid(s, n))
		return json_stringn(s, n);
	dynbuf_init(&b, 3 * n + 1);
	for (; n > 0; s += used, n -= used) {
		used = utf8_next(s, n, &code);
		dynbuf_add(&b, c, utf8_encode(code, c));
	}
	value = dynbuf_failed(&b) ? NULL : json_stringn(b.p, b.n);
	dynbuf_free(&b);
	return value;
}

static bool set_text(json_t *o, const char *key, const char *text)
{
	return set(o, key, text && text[0] ? transcript_string(text) : json_null());
}

static bool set_ms(json_t *o, const char *key, int64_t ms)
{
	return set(o, key, ms < 0 ? json_null() : json_integer(ms));
}

static bool set_share(json_t *o, const char *key, double share)
{
	return set(o, key, share < 0 ? json_null() : json_real(share));
}

static bool set_seconds(json_t *o, const char *key, int64_t ms)
{
	return set(o, key, json_real((double)max_i64(0, ms) / 1000));
}

static void time_text(int64_t unix_ms, char buf[TRANSCRIPT_TIME])
{
	time_t s = (time_t)(unix_ms / 1000);
	struct tm tm;
	size_t n;

	buf[0] = '\0';
	if (unix_ms < 0 || !gmtime_r(&s, &tm))
		return;
	n = strftime(buf, TRANSCRIPT_TIME, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, TRANSCRIPT_TIME - n, ".%03dZ", (int)(unix_ms % 1000));
}

void transcript_began(const struct kept *k, char buf[TRANSCRIPT_TIME])
{
	time_text(k->accepted_ms, buf);
}

static bool set_time(json_t *o, const char *key, int64_t unix_ms)
{
	char text[TRANSCRIPT_TIME];

	time_text(unix_ms, text);
	return set_text(o, key, text);
}

/* A value of a result. */
static bool set_value(json_t *o, const char *key, json_t *v)
{
	return set(o, key, v ? json_incref(v) : json_null());
}

/* The same of JSON as text; "" is null. What jansson cannot hold (an integer beyond 64 bits) stays text. */
static bool set_json(json_t *o, const char *key, const char *text)
{
	json_t *v = text[0] ? json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL)
			    : json_null();

	return set(o, key, v ? v : json_string(text));
}

/* ---- the conversation ---- */

static bool set_latency(json_t *o, const char *key, const struct story_latency *l)
{
	json_t *to = json_object();

	return to && set_ms(to, "endpoint", l->endpoint_ms) &&
		set_ms(to, "transcript", l->transcript_ms) && set_ms(to, "text", l->text_ms) &&
		set_ms(to, "audio", l->audio_ms) && set_ms(to, "filler", l->filler_ms) &&
		set_ms(to, "audible", l->audible_ms) && set(o, key, to);
}

static bool set_words(json_t *o, const char *key, const struct story_line *l)
{
	struct dynbuf words;
	bool done;

	dynbuf_init(&words, WORDS_MAX);
	done = transcript_words(l, &words) == 0 && set(o, key, json_stringn(words.p, words.n));
	dynbuf_free(&words);
	return done;
}

/* What a line has whether it was heard or not. */
static bool add_common(json_t *o, const struct story_line *l)
{
	return set_ms(o, "t0", l->t0_ms) && set_ms(o, "t1", l->t1_ms) &&
		set(o, "kind", json_string(story_kind_name(l->kind))) &&
		set(o, "status", json_string(story_status_name(l->status))) &&
		set(o, "caller_turn", json_integer(l->turn)) &&
		set_text(o, "language", l->language) && set_text(o, "state", l->state);
}

static bool add_bot(json_t *o, const struct story_line *l)
{
	return set_text(o, "utterance", l->utterance) && set_ms(o, "heard_ms", l->heard_ms) &&
		set_ms(o, "total_ms", l->total_ms) && set_text(o, "phrase", l->phrase) &&
		(!was_cut(l) || set_text(o, "planned", l->text));
}

static bool add_caller(json_t *o, const struct story_line *l)
{
	return set_text(o, "engine", l->engine) &&
		set_share(o, "sentiment_confidence",
			l->sentiment[0] ? l->sentiment_confidence : -1) &&
		(!l->answered || set_latency(o, "latency_ms", &l->latency));
}

/* First the members of the seed, in its order. */
static json_t *line_tree(const struct transcript *t, const struct story_line *l, size_t turn)
{
	bool bot = l->who == STORY_BOT;
	json_t *o = json_object();
	bool done = o && set(o, "turn", json_integer((json_int_t)turn)) &&
		set(o, "speaker", json_string(bot ? "BOT" : "CLIENT")) &&
		set_text(o, "audio_file", l->file) &&
		set_words(o, bot ? "text" : "transcription", l) &&
		set_seconds(o, "duration", bot ? l->heard_ms : l->t1_ms - l->t0_ms) &&
		set_text(o, "sentiment", l->sentiment) &&
		set_share(o, "confidence", l->confidence) &&
		set_time(o, "timestamp", t->call->accepted_ms + max_i64(0, l->t0_ms)) &&
		add_common(o, l) && (bot ? add_bot(o, l) : add_caller(o, l));

	if (done)
		return o;
	json_decref(o);
	return NULL;
}

/* A line of the bot that never reached the line. */
static json_t *unheard_tree(const struct story_line *l)
{
	json_t *o = json_object();

	if (o && set_text(o, "utterance", l->utterance) && set_text(o, "planned", l->text) &&
		set_text(o, "audio_file", l->file) && set_text(o, "phrase", l->phrase) &&
		add_common(o, l))
		return o;
	json_decref(o);
	return NULL;
}

static bool add_lines(const struct transcript *t, json_t *root)
{
	json_t *talk = json_array(), *unheard = json_array(), *o;
	bool done = set(root, "conversation", talk) && set(root, "unheard", unheard);

	for (size_t i = 0; done && i < t->story->n_lines; i++) {
		const struct story_line *l = &t->story->lines[i];

		if (transcript_was_heard(l)) {
			o = line_tree(t, l, json_array_size(talk) + 1);
			done = json_array_append_new(talk, o) == 0;
		} else {
			done = json_array_append_new(unheard, unheard_tree(l)) == 0;
		}
	}
	return done;
}

/* ---- what was done ---- */

static json_t *action_tree(const struct story_action *a)
{
	json_t *o = json_object();

	if (o && set_ms(o, "t", a->t_ms) && set_text(o, "name", a->name) &&
		set_json(o, "parameters", a->arguments) && set_json(o, "result", a->result) &&
		set_text(o, "status", a->status) && set_text(o, "error", a->error) &&
		set_ms(o, "ms", a->ms) && set(o, "late", json_boolean(a->late)) &&
		set_text(o, "state", a->state))
		return o;
	json_decref(o);
	return NULL;
}

static bool add_actions(const struct transcript *t, json_t *root)
{
	json_t *all = json_array();
	bool done = set(root, "actions", all);

	for (size_t i = 0; done && i < t->story->n_actions; i++)
		done = json_array_append_new(all, action_tree(&t->story->actions[i])) == 0;
	return done;
}

/* ---- what is missing ---- */

static bool add_gap(json_t *all, const char *file, const char *reason, int64_t line)
{
	json_t *o = json_object();

	return json_array_append_new(all, o) == 0 && set_text(o, "file", file) &&
		set_text(o, "reason", reason) && (!line || set(o, "line", json_integer(line)));
}

static bool add_gaps(const struct transcript *t, json_t *root)
{
	static const char journal[] = "events.jsonl";
	const struct story *s = t->story;
	json_t *all = json_array();
	char lost[64];
	bool done = set(root, "missing", all);

	for (size_t i = 0; done && i < t->n_gaps; i++)
		done = add_gap(all, t->gaps[i].file, t->gaps[i].reason, 0);
	for (size_t i = 0; done && i < s->n_bads; i++)
		done = add_gap(all, journal, s->bads[i].why, s->bads[i].number);
	snprintf(lost, sizeof(lost), "%lld records were lost", (long long)s->missing);
	if (done && s->missing)
		done = add_gap(all, journal, lost, 0);
	if (done && !s->ended && s->records)
		done = add_gap(all, journal, "its end", 0);
	return done;
}

/* ---- the call ---- */

/* Members that a scenario may give its result: the first that is there. */
static json_t *result_of(const struct transcript *t, const char *key, const char *other)
{
	json_t *v = json_object_get(t->story->result, key);

	return v ? v : json_object_get(t->story->result, other);
}

/* That of the result; otherwise that of the last words of which it is known. */
static bool set_final_sentiment(const struct transcript *t, json_t *o)
{
	json_t *v = result_of(t, "final_sentiment", "sentiment");
	const char *last = "";

	for (size_t i = 0; i < t->story->n_lines; i++)
		if (t->story->lines[i].sentiment[0])
			last = t->story->lines[i].sentiment;
	return v ? set_value(o, "final_sentiment", v) : set_text(o, "final_sentiment", last);
}

/* The person: who was called in a campaign, otherwise who called. */
static const char *phone_of(const struct kept *k)
{
	return k->campaign[0] && k->to[0] ? k->to : k->from;
}

static bool add_call(const struct transcript *t, json_t *root)
{
	const struct kept *k = t->call;
	const struct story *s = t->story;

	return set_text(root, "call_id", k->name) && set_text(root, "phone_number", phone_of(k)) &&
		set_text(root, "campaign_id", k->campaign) &&
		set_text(root, "amd_result", s->amd) &&
		set_seconds(root, "duration_seconds", s->over_ms) &&
		set_time(root, "started_at", k->accepted_ms) &&
		set_time(root, "ended_at", k->accepted_ms + max_i64(0, s->over_ms)) &&
		set_final_sentiment(t, root) &&
		set_value(root, "interested", result_of(t, "interested", "is_interested")) &&
		set_text(root, "assembled_audio", t->audio);
}

static bool add_facts(const struct transcript *t, json_t *root)
{
	const struct kept *k = t->call;
	const struct story *s = t->story;

	return set_text(root, "service", k->service) && set_text(root, "from", k->from) &&
		set_text(root, "to", k->to) && set_text(root, "language", s->language) &&
		set_text(root, "verdict", s->verdict) &&
		set_text(root, "disposition", s->disposition) &&
		set_text(root, "transfer_reason", s->transfer_reason) &&
		set_text(root, "transfer_summary", s->transfer_summary) &&
		set_latency(root, "greeting_ms", &s->greeting) &&
		set_value(root, "result", s->result);
}

json_t *transcript_tree(const struct transcript *t)
{
	json_t *root = json_object();

	if (root && add_call(t, root) && add_lines(t, root) && add_facts(t, root) &&
		add_actions(t, root) && add_gaps(t, root))
		return root;
	json_decref(root);
	return NULL;
}

static int add_dump(const char *p, size_t n, void *to)
{
	return dynbuf_add(to, p, n);
}

int transcript_json(const struct transcript *t, struct dynbuf *to)
{
	json_t *root = transcript_tree(t);
	int err = root ? json_dump_callback(
				 root, add_dump, to, JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS))
		       : -1;

	json_decref(root);
	return err == -1 || dynbuf_adds(to, "\n") == -1 ? -1 : 0;
}
