#include "rows.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "calllog.h"
#include "db/copy.h"
#include "record/phone-key.h"
#include "record/story.h"

#define LOADER "3" /* other rows are made of the same files: a number greater by one */
#define TABLE_MAX ((size_t)64 << 20)
#define FILE_MAX ((size_t)1 << 20)

const char *const rows_columns[ROWS_TABLES] = {
	[ROWS_CALL] =
		"call_id, uuid, service, campaign_id, phone_number, direction, caller_id, status, disposition,"
		" cause, tech_cause, amd_result, amd_cause, amd_ms, final_sentiment, is_interested, opt_out,"
		" slot_wish, transfer_to, duration, billsec, recording_path, assembled_audio_path,"
		" transcript_path, mp3_path, call_dir, language, turns, talk_over_ms, bot_ms, caller_ms,"
		" prompt_version, summary, quality_score, quality, cost, result, source, journal_bytes, broken_lines, crashed,"
		" answered_at, started_at, ended_at",
	[ROWS_INTERACTION] =
		"call_interaction (call_id, question_number, asked, question_played, transcription, sentiment,"
		" confidence, response_duration, played_at)",
	[ROWS_TURN] =
		"call_turn (call_id, turn_number, turn, speaker, kind, status, text, heard_text, t0_ms, t1_ms,"
		" state, conf, sentiment, sentiment_conf, endpoint_ms, stt_ms, llm_ms, tts_ms, response_ms, audio_file)",
	[ROWS_ACTION] =
		"call_action (call_id, action_number, type, parameters, result, status, error, ms, t_ms)",
	[ROWS_EVENT] = "call_event (call_id, event_number, t_ms, type, data)",
};

/* What of a directory is in the rows. */
static const char *const files[] = {"events.jsonl", "call.json", "verdict", "recording.wav",
	"recording.mp3", "transcript.json", "score.json", "summary.json", NULL};

/* The assembled one has the name of the call in its own. */
static void assembled_name(const struct kept *k, char ret[NAME_MAX + 1])
{
	snprintf(ret, NAME_MAX + 1, "full_call_assembled_%.200s.wav", k->name);
}

void rows_source(const struct kept *k, char ret[ROWS_SOURCE_MAX])
{
	size_t n = (size_t)snprintf(ret, ROWS_SOURCE_MAX, LOADER);
	char assembled[NAME_MAX + 1];
	struct stat st;

	assembled_name(k, assembled);
	for (size_t i = 0; i < ARRAY_LEN(files) && n < ROWS_SOURCE_MAX; i++) {
		if (fstatat(k->fd, files[i] ? files[i] : assembled, &st, AT_SYMLINK_NOFOLLOW) == -1)
			continue;
		n += (size_t)snprintf(ret + n, ROWS_SOURCE_MAX - n,
			" %zu:%" PRIx64 ".%" PRIx64 ".%lx", i, (int64_t)st.st_size,
			(int64_t)st.st_mtim.tv_sec, (unsigned long)st.st_mtim.tv_nsec);
	}
}

/* Begin a row of that call. */
static struct dynbuf *row(struct rows *r, enum rows_table table)
{
	copy_text(&r->table[table], r->id);
	r->n[table]++;
	return &r->table[table];
}

/* ---- call ---- */

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* That of the last answer of which a sentiment decided; if none did, of the last that liked or disliked. NULL: nothing
 * was said. */
static const char *final_sentiment(const struct story *s)
{
	const char *decided = NULL, *other = NULL;

	for (size_t i = 0; i < s->n_heards; i++) {
		const char *this = s->heards[i].sentiment;
		bool takes_side = is(this, "positive") || is(this, "negative");
		if (!*this)
			continue;
		if (is(s->heards[i].match, "sentiment") && !is(this, "interrogative"))
			decided = this;
		if (takes_side || !other)
			other = takes_side ? this : "neutral";
	}
	return decided ? decided : other;
}

static bool caller_spoke(const struct story *s)
{
	for (size_t i = 0; i < s->n_lines; i++)
		if (s->lines[i].who == STORY_CALLER && s->lines[i].text[0])
			return true;
	return false;
}

static const char *status_of(const struct story *s)
{
	static const char *const good[] = {"hangup", "caller-hangup", "timeout"};

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (is(s->verdict, good[i]))
			return "completed";
	return strncmp(s->verdict, "transfer", 8) == 0 ? "completed" : "failed";
}

/* As the scenario says; otherwise, of a call that a campaign made, by the rules of campaigns. */
static const char *disposition_of(const struct kept *k, const struct story *s)
{
	json_t *interested = json_object_get(s->result, "interested");

	if (s->disposition[0] || !k->campaign[0])
		return s->disposition;
	if (json_is_true(interested))
		return "Leads";
	if (is(status_of(s), "failed") || is(s->amd, "machine") || is(s->amd, "fax") ||
		is(s->amd, "tone") || !caller_spoke(s))
		return "No_answer";
	return "Not_interested";
}

static void copy_interest(struct dynbuf *b, const struct story *s)
{
	json_t *interested = json_object_get(s->result, "interested");

	if (json_is_boolean(interested))
		copy_bool(b, json_is_true(interested));
	else
		copy_null(b);
}

/* The path of a file of the directory, if it is there. */
static void copy_path(struct dynbuf *b, const struct kept *k, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	bool there = fstatat(k->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		format_path(path, "%s/%s", k->path, name) == 0;

	copy_text(b, there ? path : NULL);
}

static void copy_tree(struct dynbuf *b, const json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	copy_json(b, text);
	free(text);
}

static const char *member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void copy_score(struct dynbuf *b, const struct kept *k)
{
	json_t *summary = kept_json(k, "summary.json"), *score = kept_json(k, "score.json");
	json_t *overall = json_object_get(score, "overall");

	copy_text(b, member(summary, "summary"));
	copy_share(b, json_is_number(overall) ? json_number_value(overall) : -1);
	copy_tree(b, score);
	json_decref(summary);
	json_decref(score);
}

static void copy_cost(struct dynbuf *b, const struct story *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_usages; i++)
		json_array_append_new(list,
			json_pack("{s:s,s:s,s:s,s:f,s:f}", "stage", s->usages[i].stage, "unit",
				s->usages[i].unit, "engine", s->usages[i].engine, "n",
				s->usages[i].n, "cost", s->usages[i].cost));
	copy_tree(b, s->n_usages ? list : NULL);
	json_decref(list);
}

struct sums {
	int64_t turns, bot_ms, caller_ms; /* see the columns */
};

static struct sums sum(const struct story *s)
{
	struct sums sums = {0};

	for (size_t i = 0; i < s->n_lines; i++) {
		sums.turns += s->lines[i].who == STORY_CALLER;
		sums.bot_ms += s->lines[i].who == STORY_BOT ? s->lines[i].heard_ms : 0;
	}
	for (size_t i = 0; i < s->n_voices; i++)
		sums.caller_ms += max_i64(0, s->voices[i].t1_ms - s->voices[i].t0_ms);
	return sums;
}

/* "voicemail: beep of 1000 Hz, 320 ms" */
static void copy_amd_cause(struct dynbuf *b, const struct story *s)
{
	char cause[256];

	snprintf(cause, sizeof(cause), "%s%s%s", s->amd_kind,
		s->amd_kind[0] && s->amd_reason[0] ? ": " : "", s->amd_reason);
	copy_text(b, cause);
}

static void who_and_how(struct dynbuf *b, const struct kept *k, const struct story *s)
{
	bool outbound = k->campaign[0];

	copy_text(b, k->uuid);
	copy_text(b, k->service);
	copy_text(b, k->campaign);
	copy_text(b, outbound ? k->to : k->from);
	copy_text(b, outbound ? "outbound" : "inbound");
	copy_text(b, outbound ? k->from : k->to);
	copy_text(b, status_of(s));
	copy_text(b, disposition_of(k, s));
	copy_text(b, s->verdict);
	copy_text(b, s->hangup_cause[0] ? s->hangup_cause : s->cause);
	copy_text(b, s->amd);
	copy_amd_cause(b, s);
	copy_ms(b, s->amd_ms);
	copy_text(b, final_sentiment(s));
	copy_interest(b, s);
	copy_bool(b, json_is_true(json_object_get(s->result, "opt_out")));
	copy_text(b, member(s->result, "slot"));
	copy_text(b, s->transfer_to);
	copy_seconds(b, s->over_ms);
	copy_seconds(b, s->over_ms);
}

static void call_row(
	struct rows *r, const struct kept *k, const struct story *s, int64_t journal_bytes)
{
	struct dynbuf *b = row(r, ROWS_CALL);
	char assembled[NAME_MAX + 1];
	struct sums sums = sum(s);
	uint8_t hash[SHA256_BYTES];

	who_and_how(b, k, s);
	copy_path(b, k, "recording.wav");
	assembled_name(k, assembled);
	copy_path(b, k, assembled);
	copy_path(b, k, "transcript.json");
	copy_path(b, k, "recording.mp3");
	copy_text(b, k->path);
	copy_text(b, s->language);
	copy_int(b, sums.turns);
	copy_int(b, s->talk_over_ms);
	copy_int(b, sums.bot_ms);
	copy_int(b, sums.caller_ms);
	copy_text(b, member(s->result, "prompt"));
	copy_score(b, k);
	copy_cost(b, s);
	copy_tree(b, s->result);
	copy_text(b, r->source);
	copy_int(b, journal_bytes);
	copy_int(b, (int64_t)s->n_bads);
	copy_bool(b, !s->verdict[0]);
	copy_time(b, k->accepted_ms);
	copy_time(b, k->accepted_ms);
	copy_time(b, k->accepted_ms + s->over_ms);
	if (phone_hash(k->campaign[0] ? k->to : k->from, set.country, hash))
		copy_bytes(b, hash, sizeof(hash));
	else
		copy_null(b);
	copy_end(b);
}

/* ---- call_turn ---- */

static int64_t step_ms(int64_t from_ms, int64_t to_ms)
{
	return from_ms < 0 || to_ms < 0 ? -1 : max_i64(0, to_ms - from_ms);
}

static void copy_latency(struct dynbuf *b, const struct story_latency *l)
{
	copy_ms(b, l->endpoint_ms);
	copy_ms(b, step_ms(l->endpoint_ms, l->transcript_ms));
	copy_ms(b, step_ms(max_i64(l->endpoint_ms, l->transcript_ms), l->text_ms));
	copy_ms(b, step_ms(l->text_ms, l->audio_ms));
	copy_ms(b, l->audible_ms);
}

static void turn_row(
	struct rows *r, const struct story_line *l, const struct story_latency *latency)
{
	struct dynbuf *b = row(r, ROWS_TURN);

	copy_int(b, (int64_t)r->n[ROWS_TURN]);
	copy_ms(b, l->turn);
	copy_text(b, story_who_name(l->who));
	copy_text(b, story_kind_name(l->kind));
	copy_text(b, story_status_name(l->status));
	copy_text(b, l->text[0] ? l->text : l->file[0] ? l->file : l->phrase);
	copy_string(b, is(l->text, l->heard) ? NULL : l->heard);
	copy_ms(b, l->t0_ms);
	copy_ms(b, l->t1_ms);
	copy_text(b, l->state);
	copy_share(b, l->confidence);
	copy_text(b, l->sentiment);
	copy_share(b, l->sentiment[0] ? l->sentiment_confidence : -1);
	copy_latency(b, latency);
	copy_text(b, l->file);
	copy_end(b);
}

static void turn_rows(struct rows *r, const struct story *s)
{
	static const struct story_latency none = {-1, -1, -1, -1, -1, -1};
	bool greeted = false;

	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];
		bool greets = l->who == STORY_BOT && !greeted;

		greeted |= greets;
		turn_row(r, l,
			greets                                          ? &s->greeting
				: l->who == STORY_CALLER && l->answered ? &l->latency
									: &none);
	}
}

/* ---- call_interaction ---- */

/* Was it said to this question, after the one before was over? */
static bool answers(const struct story_line *l, const struct story_heard *h, int64_t before_turn)
{
	if (l->who != STORY_CALLER || l->turn > h->turn)
		return false;
	return is(h->by, "keys") ? l->kind == STORY_KEYS && l->turn == h->turn
				 : l->kind == STORY_VOICE && l->turn > before_turn;
}

/* All that was said to it. */
static void gather(const struct story *s, const struct story_heard *h, int64_t before_turn,
	struct dynbuf *text, int64_t *ret_ms)
{
	*ret_ms = -1;
	for (size_t i = 0; i < s->n_lines && !is(h->by, "silence"); i++) {
		const struct story_line *l = &s->lines[i];
		if (!answers(l, h, before_turn) || (is(h->by, "keys") && !is(l->state, h->state)))
			continue;
		dynbuf_addf(text, "%s%s", text->n && l->text[0] ? " " : "", l->text);
		*ret_ms = max_i64(0, *ret_ms) + max_i64(0, l->t1_ms - l->t0_ms);
	}
}

/* When the question began: the first of what was said in that state since the answer before. -1: unknown */
static int64_t asked_ms(const struct story *s, const struct story_heard *h, int64_t since_ms)
{
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];
		if (l->who == STORY_BOT && l->kind != STORY_FILLER && is(l->state, h->state) &&
			l->t0_ms >= since_ms && l->t0_ms <= h->t_ms)
			return l->t0_ms;
	}
	return -1;
}

/* Number of a question, and how often it has been asked by now. */
struct numbered {
	int64_t number, asked;
};

static void interaction_row(struct rows *r, const struct kept *k, struct numbered nr,
	const char *question, const char *text, const char *sentiment, double confidence,
	int64_t response_ms, int64_t at_ms)
{
	struct dynbuf *b = row(r, ROWS_INTERACTION);

	copy_int(b, nr.number);
	copy_int(b, nr.asked);
	copy_text(b, question);
	copy_text(b, text);
	copy_text(b, sentiment);
	copy_share(b, confidence);
	copy_seconds(b, response_ms);
	if (at_ms < 0)
		copy_null(b);
	else
		copy_time(b, k->accepted_ms + at_ms);
	copy_end(b);
}

/* A journal of before `heard` was known: each answer is one to a question. */
static void interactions_of_lines(struct rows *r, const struct kept *k, const struct story *s)
{
	int64_t question_ms = -1;

	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];
		if (l->who == STORY_BOT && l->kind != STORY_FILLER && question_ms == -1)
			question_ms = l->t0_ms;
		if (l->who != STORY_CALLER)
			continue;
		interaction_row(r, k, (struct numbered){(int64_t)r->n[ROWS_INTERACTION] + 1, 1},
			l->state, l->text, NULL, l->confidence, l->t1_ms - l->t0_ms, question_ms);
		question_ms = -1;
	}
}

/* As the scenario numbers its questions; one without a number is that behind the highest so far. */
static struct numbered number_of(const struct story *s, size_t i)
{
	struct numbered nr = {s->heards[i].question, 1};
	int64_t highest = 0;

	for (size_t before = 0; before < i; before++) {
		int64_t n = s->heards[before].question;
		nr.asked += n > 0 && n == nr.number;
		highest = n > 0 ? max_i64(highest, n) : highest + 1;
	}
	if (nr.number <= 0)
		nr.number = highest + 1;
	return nr;
}

static void interaction_rows(struct rows *r, const struct kept *k, const struct story *s)
{
	int64_t turn = -1, since_ms = 0;
	struct dynbuf text;

	if (!s->n_heards)
		interactions_of_lines(r, k, s);
	dynbuf_init(&text, FILE_MAX);
	for (size_t i = 0; i < s->n_heards; i++) {
		const struct story_heard *h = &s->heards[i];
		int64_t response_ms;

		dynbuf_reset(&text);
		gather(s, h, turn, &text, &response_ms);
		interaction_row(r, k, number_of(s, i), h->state, text.p, h->sentiment,
			h->sentiment[0] ? h->confidence : -1, response_ms,
			asked_ms(s, h, since_ms));
		turn = max_i64(turn, h->turn);
		since_ms = h->t_ms;
	}
	dynbuf_free(&text);
}

/* ---- call_action, call_event ---- */

static void action_rows(struct rows *r, const struct story *s)
{
	for (size_t i = 0; i < s->n_actions; i++) {
		const struct story_action *a = &s->actions[i];
		struct dynbuf *b = row(r, ROWS_ACTION);

		copy_int(b, (int64_t)r->n[ROWS_ACTION]);
		copy_text(b, a->name[0] ? a->name : "?");
		copy_json(b, a->arguments);
		copy_json(b, a->result);
		copy_text(b,
			!a->status[0]                 ? "pending"
				: is(a->status, "ok") ? "success"
						      : "failed");
		copy_text(b, a->error[0] || is(a->status, "ok") ? a->error : a->status);
		copy_ms(b, a->ms);
		copy_ms(b, a->t_ms);
		copy_end(b);
	}
}

/* Steals data. */
static void event_row(struct rows *r, int64_t t_ms, const char *type, json_t *data)
{
	struct dynbuf *b = row(r, ROWS_EVENT);

	copy_int(b, (int64_t)r->n[ROWS_EVENT]);
	copy_ms(b, t_ms);
	copy_text(b, type);
	copy_tree(b, data);
	copy_end(b);
	json_decref(data);
}

static void bad_rows(struct rows *r, const struct kept *k, const struct story *s)
{
	for (size_t i = 0; i < s->n_bads; i++) {
		const struct story_bad *bad = &s->bads[i];
		log_warn("'%s/events.jsonl' line %" PRId64 " is set aside: %s", k->path,
			bad->number, bad->why);
		event_row(r, -1, "bad-line",
			json_pack("{s:I,s:s,s:s}", "line", (json_int_t)bad->number, "reason",
				bad->why, "text", bad->line));
	}
	if (s->missing)
		event_row(r, -1, "missing", json_pack("{s:I}", "records", (json_int_t)s->missing));
	r->broken_lines = (int64_t)s->n_bads;
}

static void event_rows(struct rows *r, const struct kept *k, const struct story *s)
{
	for (size_t i = 0; i < s->n_states; i++)
		event_row(r, s->states[i].t_ms, "state",
			json_pack("{s:s,s:s}", "from", s->states[i].from, "to", s->states[i].to));
	for (size_t i = 0; i < s->n_heards; i++)
		event_row(r, s->heards[i].t_ms, "heard",
			json_pack("{s:s,s:s,s:s,s:s,s:I}", "state", s->heards[i].state, "by",
				s->heards[i].by, "match", s->heards[i].match, "intent",
				s->heards[i].intent, "turn", (json_int_t)s->heards[i].turn));
	for (size_t i = 0; i < s->n_errors; i++)
		event_row(r, s->errors[i].t_ms, "error",
			json_pack("{s:s,s:s,s:s,s:b}", "stage", s->errors[i].stage, "code",
				s->errors[i].code, "text", s->errors[i].text, "fatal",
				s->errors[i].fatal));
	if (s->transfer_to[0])
		event_row(r, -1, "transfer",
			json_pack("{s:s,s:s,s:s}", "to", s->transfer_to, "reason",
				s->transfer_reason, "summary", s->transfer_summary));
	if (s->pace)
		event_row(r, -1, "pace", json_incref(s->pace));
	if (s->session)
		event_row(r, -1, "session", json_incref(s->session));
	bad_rows(r, k, s);
}

/* ---- all ---- */

int rows_make(const struct kept *k, struct rows *ret)
{
	struct rows r = {0};
	struct story s;
	int64_t bytes = 0;
	int fd = kept_file(k, "events.jsonl", &bytes), err;

	if (fd != -1)
		close(fd);
	rows_source(k, r.source); /* before it is read: what changes meanwhile is loaded again */
	err = story_open(k, &s);
	if (err == -1 && errno == ENOENT)
		err = story_none(k, &s);
	if (err == -1)
		return -1;
	snprintf(r.id, sizeof(r.id), "%s", k->name);
	for (int i = 0; i < ROWS_TABLES; i++)
		dynbuf_init(&r.table[i], TABLE_MAX);
	call_row(&r, k, &s, bytes);
	interaction_rows(&r, k, &s);
	turn_rows(&r, &s);
	action_rows(&r, &s);
	event_rows(&r, k, &s);
	story_close(&s);
	for (int i = 0; i < ROWS_TABLES; i++)
		err |= dynbuf_failed(&r.table[i]) ? -1 : 0;
	if (err) {
		rows_free(&r);
		errno = ENOMEM;
		return -1;
	}
	*ret = r;
	return 0;
}

void rows_free(struct rows *r)
{
	for (int i = 0; i < ROWS_TABLES; i++)
		dynbuf_free(&r->table[i]);
}
