#include "record/story-build.h"

#include <stdlib.h>
#include <string.h>

#include "text/sentence.h"

#define KEYS_APART_MS 5000 /* keys further apart than this are two answers */
#define KEYS_MAX 60        /* in one line */
#define BAD_LINE_MAX 4096  /* bytes that are kept of a broken line */
#define LOOK_BACK 1000     /* elements that are searched: an answer to them comes sooner */

void *story_memory(struct story *s, size_t n)
{
	struct story_block *block = calloc(1, sizeof(*block) + n);

	if (!block)
		return NULL;
	block->next = s->memory;
	s->memory = block;
	return block->bytes;
}

const char *story_text(struct story_build *b, const char *p, size_t n)
{
	char *text = story_memory(b->s, n + 1);

	if (!text) {
		b->no_memory = true;
		return "";
	}
	if (n)
		memcpy(text, p, n);
	return text;
}

/* One more element of an array; NULL: no memory. */
static void *more(struct story_build *b, void **array, size_t *n, size_t *room, size_t size)
{
	size_t want = *room ? 2 * *room : 16;
	void *p;

	if (*n == *room) {
		p = reallocarray(*array, want, size);
		if (!p) {
			b->no_memory = true;
			return NULL;
		}
		*array = p;
		*room = want;
	}
	p = (char *)*array + (*n)++ * size;
	memset(p, 0, size);
	return p;
}

#define MORE(b, what) \
	more((b), (void **)&(b)->s->what, &(b)->s->n_##what, &(b)->room.what, sizeof(*(b)->s->what))

/* ---- members of an event ---- */

static const char *text_of(struct story_build *b, struct jspan data, const char *key)
{
	struct jspan v;
	char *text;
	bool got;

	if (!jline_get(data, key, &v) || v.n < 2 || v.p[0] != '"')
		return "";
	text = malloc(v.n); /* unescaped it is shorter */
	got = text && jline_str(v, text, v.n);
	if (!text)
		b->no_memory = true;
	const char *kept = got ? story_text(b, text, strlen(text)) : "";
	free(text);
	return kept;
}

static const char *json_of(struct story_build *b, struct jspan data, const char *key)
{
	struct jspan v;

	return jline_get(data, key, &v) ? story_text(b, v.p, v.n) : "";
}

static double number_of(struct jspan data, const char *key, double fallback)
{
	struct jspan v;

	if (jline_get(data, key, &v))
		(void)!jline_number(v, &fallback);
	return fallback;
}

static bool true_of(struct jspan data, const char *key)
{
	struct jspan v;
	bool yes = false;

	return jline_get(data, key, &v) && jline_bool(v, &yes) && yes;
}

static int64_t ms_of(struct jspan data, const char *key)
{
	return min_i64(JOURNAL_MS_MAX, max_i64(-1, jline_get_int(data, key, -1)));
}

/* Members of a further object, the last of a name counts. A number that is too large for an integer is one that is
 * none; what cannot be held at all is left out. */
static void merge(struct story_build *b, json_t **object, struct jspan data)
{
	json_t *more_of = json_loadb(data.p, data.n, JSON_ALLOW_NUL, NULL);

	if (!more_of)
		more_of = json_loadb(
			data.p, data.n, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
	if (!json_is_object(more_of)) {
		json_decref(more_of);
		return;
	}
	if (*object) {
		b->no_memory |= json_object_update(*object, more_of) == -1;
		json_decref(more_of);
	} else {
		*object = more_of;
	}
}

/* Where to stop a search that goes back through n elements: no journal is to cost the square of its length. */
static size_t back(size_t n)
{
	return n > LOOK_BACK ? n - LOOK_BACK : 0;
}

/* ---- what the bot says ---- */

static struct story_line *add_line(struct story_build *b, enum story_who who, enum story_kind kind)
{
	struct story_line *l = MORE(b, lines);

	if (l)
		*l = (struct story_line){.who = who,
			.kind = kind,
			.t0_ms = -1,
			.t1_ms = -1,
			.turn = b->turn,
			.text = "",
			.heard = "",
			.file = "",
			.phrase = "",
			.utterance = "",
			.language = "",
			.engine = "",
			.state = b->state,
			.total_ms = -1,
			.confidence = -1,
			.sentiment = "",
			.sentiment_confidence = -1};
	return l;
}

static void take_synthesize(struct story_build *b, const struct journal_record *r)
{
	char kind[16] = "";
	struct story_line *l = add_line(b, STORY_BOT, STORY_ANSWER);

	if (!l)
		return;
	jline_get_str(r->data, "kind", kind, sizeof(kind));
	if (strcmp(kind, "filler") == 0)
		l->kind = STORY_FILLER;
	else if (strcmp(kind, "prompt") == 0)
		l->kind = STORY_PROMPT;
	l->status = STORY_OPEN;
	l->turn = jline_get_int(r->data, "turn", b->turn);
	l->utterance = text_of(b, r->data, "utterance");
	l->text = text_of(b, r->data, "text");
	l->file = text_of(b, r->data, "file");
	l->phrase = text_of(b, r->data, "phrase");
	l->language = text_of(b, r->data, "language");
}

/* The latest line of that utterance; the prompt of as-speak has none before it plays. */
static struct story_line *line_of(struct story_build *b, const struct journal_record *r)
{
	const char *name = text_of(b, r->data, "utterance");
	struct story_line *l;

	for (size_t n = b->s->n_lines, i = n; i-- > back(n);) {
		l = &b->s->lines[i];
		if (l->who == STORY_BOT && strcmp(l->utterance, name) == 0)
			return l;
	}
	l = add_line(b, STORY_BOT, STORY_PROMPT);
	if (l) {
		l->status = STORY_OPEN;
		l->utterance = name;
	}
	return l;
}

static void take_playing(struct story_build *b, const struct journal_record *r)
{
	struct story_line *l = line_of(b, r);

	if (l && l->t0_ms == -1)
		l->t0_ms = ms_of(r->data, "timestamp");
}

static void take_played(struct story_build *b, const struct journal_record *r)
{
	struct story_line *l = line_of(b, r);
	char status[16] = "";

	if (!l)
		return;
	jline_get_str(r->data, "status", status, sizeof(status));
	l->status = strcmp(status, "played") == 0 ? STORY_PLAYED
		: strcmp(status, "cleared") == 0  ? STORY_CLEARED
						  : STORY_FAILED;
	l->t1_ms = ms_of(r->data, "timestamp");
	l->heard_ms = max_i64(0, ms_of(r->data, "heard_ms"));
	l->total_ms = ms_of(r->data, "total_ms");
	if (l->t0_ms == -1)
		l->t0_ms = l->t1_ms;
	if (l->status == STORY_PLAYED)
		l->heard = l->text;
	else
		l->heard = story_text(b, l->text,
			sentence_heard(l->text, strlen(l->text), l->heard_ms, l->total_ms));
}

/* ---- what the caller says ---- */

static void take_voice_started(struct story_build *b, const struct journal_record *r)
{
	struct story_span *v = MORE(b, voices);

	b->turn = jline_get_int(r->data, "turn", b->turn);
	b->key_ms = -1;
	if (v)
		*v = (struct story_span){ms_of(r->data, "timestamp"), -1};
}

static void take_voice_stopped(struct story_build *b, const struct journal_record *r)
{
	if (b->s->n_voices)
		b->s->voices[b->s->n_voices - 1].t1_ms = ms_of(r->data, "timestamp");
}

static void take_transcript(struct story_build *b, const struct journal_record *r)
{
	struct story_line *l = add_line(b, STORY_CALLER, STORY_VOICE);

	if (!l)
		return;
	l->turn = jline_get_int(r->data, "turn", b->turn);
	l->text = l->heard = text_of(b, r->data, "text");
	l->status = l->text[0] ? STORY_HEARD : STORY_UNCLEAR;
	l->language = text_of(b, r->data, "language");
	l->engine = text_of(b, r->data, "engine");
	l->confidence = number_of(r->data, "confidence", -1);
	l->t0_ms = ms_of(r->data, "start");
	l->t1_ms = ms_of(r->data, "end");
	if (b->s->n_voices && (l->t0_ms == -1 || l->t1_ms == -1)) {
		l->t0_ms = b->s->voices[b->s->n_voices - 1].t0_ms;
		l->t1_ms = b->s->voices[b->s->n_voices - 1].t1_ms;
	}
	if (l->t0_ms == -1)
		l->t0_ms = r->t_ms;
	l->t1_ms = max_i64(l->t0_ms, l->t1_ms);
}

/* A key belongs to the one before if nothing came in between and it came soon. */
static void take_dtmf(struct story_build *b, const struct journal_record *r)
{
	int64_t told_ms = ms_of(r->data, "timestamp"), at_ms = told_ms == -1 ? r->t_ms : told_ms;
	bool more_keys = b->key_ms != -1 && at_ms - b->key_ms <= KEYS_APART_MS &&
		strlen(b->s->lines[b->key_line].text) < KEYS_MAX;
	struct story_line *l;
	char keys[KEYS_MAX + 16], key[8];

	/* what is longer is no key */
	if (!jline_get_str(r->data, "digit", key, sizeof(key)))
		return;

	if (more_keys) {
		l = &b->s->lines[b->key_line];
	} else {
		l = add_line(b, STORY_CALLER, STORY_KEYS);
		b->key_line = b->s->n_lines - 1;
		if (l)
			l->t0_ms = at_ms;
	}
	if (!l)
		return;
	b->key_ms = l->t1_ms = at_ms;
	snprintf(keys, sizeof(keys), "%s%s", l->text, key);
	l->text = l->heard = story_text(b, keys, strlen(keys));
	l->status = STORY_HEARD;
	l->confidence = 1;
}

static void take_turn(struct story_build *b, const struct journal_record *r)
{
	struct story_latency latency = {ms_of(r->data, "endpoint_ms"),
		ms_of(r->data, "transcript_ms"), ms_of(r->data, "text_ms"),
		ms_of(r->data, "audio_ms"), ms_of(r->data, "filler_ms"),
		ms_of(r->data, "audible_ms")};
	int64_t turn = jline_get_int(r->data, "turn", -1);

	if (turn == 0 && b->s->greeting.audible_ms == -1)
		b->s->greeting = latency;
	for (size_t n = b->s->n_lines, i = n; i-- > back(n);) {
		struct story_line *l = &b->s->lines[i];

		if (l->who == STORY_CALLER && (l->turn == turn || l->kind == STORY_KEYS)) {
			if (!l->answered)
				l->latency = latency;
			l->answered = true;
			return;
		}
	}
}

/* ---- what is decided ---- */

static void take_state(struct story_build *b, const struct journal_record *r)
{
	struct story_state *st = MORE(b, states);

	if (!st)
		return;
	*st = (struct story_state){r->t_ms, text_of(b, r->data, "from"), text_of(b, r->data, "to")};
	b->state = st->to;
	b->key_ms = -1;
}

static void take_heard(struct story_build *b, const struct journal_record *r)
{
	struct story_heard *h = MORE(b, heards);

	if (!h)
		return;
	*h = (struct story_heard){.t_ms = r->t_ms,
		.turn = jline_get_int(r->data, "turn", b->turn),
		.state = text_of(b, r->data, "state"),
		.question = jline_get_int(r->data, "question", 0),
		.by = text_of(b, r->data, "by"),
		.match = text_of(b, r->data, "match"),
		.intent = text_of(b, r->data, "intent"),
		.sentiment = text_of(b, r->data, "sentiment"),
		.confidence = number_of(r->data, "confidence", -1)};
	for (size_t n = b->s->n_lines, i = n; i-- > back(n) && strcmp(h->by, "voice") == 0;) {
		struct story_line *l = &b->s->lines[i];

		if (l->kind == STORY_VOICE && l->turn == h->turn) {
			l->sentiment = h->sentiment;
			l->sentiment_confidence = h->confidence;
			return;
		}
	}
}

static void take_tool_call(struct story_build *b, const struct journal_record *r)
{
	struct story_action *a = MORE(b, actions);

	if (a)
		*a = (struct story_action){.t_ms = r->t_ms,
			.ms = -1,
			.id = text_of(b, r->data, "id"),
			.name = text_of(b, r->data, "name"),
			.arguments = json_of(b, r->data, "arguments"),
			.result = "",
			.status = "",
			.error = "",
			.state = b->state,
			.effect = true_of(r->data, "effect")};
}

static void take_tool_result(struct story_build *b, const struct journal_record *r)
{
	const char *id = text_of(b, r->data, "id");

	for (size_t n = b->s->n_actions, i = n; i-- > back(n);) {
		struct story_action *a = &b->s->actions[i];

		if (strcmp(a->id, id) != 0)
			continue;
		a->result = json_of(b, r->data, "result");
		a->status = text_of(b, r->data, "status");
		a->error = text_of(b, r->data, "error");
		a->ms = ms_of(r->data, "ms");
		a->late = true_of(r->data, "late");
		return;
	}
}

static void take_result(struct story_build *b, const struct journal_record *r)
{
	merge(b, &b->s->result, r->data);
}

static void take_session(struct story_build *b, const struct journal_record *r)
{
	merge(b, &b->s->session, r->data);
}

static void take_pace(struct story_build *b, const struct journal_record *r)
{
	merge(b, &b->s->pace, r->data);
}

static void take_transfer(struct story_build *b, const struct journal_record *r)
{
	b->s->transfer_to = text_of(b, r->data, "to");
	b->s->transfer_reason = text_of(b, r->data, "reason");
	b->s->transfer_summary = text_of(b, r->data, "summary");
}

static void take_hangup(struct story_build *b, const struct journal_record *r)
{
	b->s->hangup_cause = text_of(b, r->data, "cause");
}

static void take_error(struct story_build *b, const struct journal_record *r)
{
	struct story_error *e = MORE(b, errors);

	if (e)
		*e = (struct story_error){r->t_ms, text_of(b, r->data, "stage"),
			text_of(b, r->data, "code"), text_of(b, r->data, "text"),
			true_of(r->data, "fatal")};
}

static void take_usage(struct story_build *b, const struct journal_record *r)
{
	const char *stage = text_of(b, r->data, "stage"), *unit = text_of(b, r->data, "unit"),
		   *engine = text_of(b, r->data, "engine");
	struct story_usage *u = NULL;

	for (size_t n = b->s->n_usages, i = back(n); i < n && !u; i++)
		if (strcmp(b->s->usages[i].stage, stage) == 0 &&
			strcmp(b->s->usages[i].unit, unit) == 0 &&
			strcmp(b->s->usages[i].engine, engine) == 0)
			u = &b->s->usages[i];
	if (!u && (u = MORE(b, usages)))
		*u = (struct story_usage){.stage = stage, .unit = unit, .engine = engine};
	if (!u)
		return;
	u->n += number_of(r->data, "n", 0);
	u->cost += number_of(r->data, "cost", 0);
}

/* The last verdict counts, with the time and the reason it was first told with: a beep behind it is no later one. */
static void take_amd(struct story_build *b, const struct journal_record *r)
{
	const char *verdict = text_of(b, r->data, "verdict"), *kind = text_of(b, r->data, "kind");
	bool again = strcmp(verdict, b->s->amd) == 0;

	if (kind[0] || !again)
		b->s->amd_kind = kind;
	b->s->amd_confidence = number_of(r->data, "confidence", -1);
	if (again)
		return;
	b->s->amd = verdict;
	b->s->amd_reason = text_of(b, r->data, "reason");
	b->s->amd_ms = ms_of(r->data, "ms");
}

static void take_audio_start(struct story_build *b, const struct journal_record *r)
{
	b->s->sounds++;
	b->s->cached += true_of(r->data, "cached");
}

static void take_clock(struct story_build *b, const struct journal_record *r)
{
	b->s->dropped_ms = max_i64(b->s->dropped_ms, jline_get_int(r->data, "dropped_ms", 0));
}

static void take_fallback(struct story_build *b, const struct journal_record *r)
{
	b->s->fallback = true;
}

/* The end message is sent: the call is over, whatever the filters still do. */
static void take_ended(struct story_build *b, const struct journal_record *r)
{
	if (b->s->over_ms == -1)
		b->s->over_ms = r->t_ms;
}

static void take_call_end(struct story_build *b, const struct journal_record *r)
{
	b->s->cause = text_of(b, r->data, "cause");
	take_ended(b, r);
}

static void take_verdict(struct story_build *b, const struct journal_record *r)
{
	const char *verdict = text_of(b, r->data, "verdict");

	if (verdict[0])
		b->s->verdict = verdict;
	b->s->ended |= strcmp(r->type, "verdict") == 0; /* `done` is not the end */
}

void story_take(struct story_build *b, const struct journal_record *r)
{
	static const struct {
		const char *type;
		void (*take)(struct story_build *b, const struct journal_record *r);
	} takes[] = {{"synthesize", take_synthesize}, {"audio-start", take_audio_start},
		{"playing", take_playing}, {"played", take_played},
		{"voice-started", take_voice_started}, {"voice-stopped", take_voice_stopped},
		{"transcript", take_transcript}, {"dtmf", take_dtmf}, {"turn", take_turn},
		{"heard", take_heard}, {"state", take_state}, {"tool-call", take_tool_call},
		{"tool-result", take_tool_result}, {"result", take_result},
		{"session", take_session}, {"pace", take_pace}, {"transfer", take_transfer},
		{"hangup", take_hangup}, {"error", take_error}, {"usage", take_usage},
		{"amd", take_amd}, {"clock", take_clock}, {"fallback", take_fallback},
		{"ended", take_ended}, {"call-end", take_call_end}, {"done", take_verdict},
		{"verdict", take_verdict}};

	b->s->records++;
	b->s->missing += r->missing;
	b->s->end_ms = max_i64(b->s->end_ms, r->t_ms);
	for (size_t i = 0; i < ARRAY_LEN(takes); i++)
		if (strcmp(takes[i].type, r->type) == 0) {
			takes[i].take(b, r);
			return;
		}
}

void story_take_bad(struct story_build *b, const struct journal_record *r)
{
	struct story_bad *bad = MORE(b, bads);
	char plain[3 * BAD_LINE_MAX + 1];
	struct dynbuf line;

	if (!bad)
		return;
	/* through JSON's quoting, which leaves UTF-8 only, and back; where there is a NUL it stays quoted */
	dynbuf_init(&line, (size_t)8 * BAD_LINE_MAX);
	*bad = (struct story_bad){r->number, r->bad, ""};
	if (jline_add_quoted(&line, r->line.p, (size_t)min_i64((int64_t)r->line.n, BAD_LINE_MAX)) ==
		0)
		bad->line = jline_str((struct jspan){line.p, line.n}, plain, sizeof(plain))
			? story_text(b, plain, strlen(plain))
			: story_text(b, line.p + 1, line.n - 2);
	dynbuf_free(&line);
}
