#include "player.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/pcm.h"

/* at least: however small the pieces a voice comes in, they take little more room */
#define CHUNK_SAMPLES 1600

/* The digits of a constant, for messages. */
#define DIGITS_OF(x) #x
#define DIGITS(x) DIGITS_OF(x)

struct chunk {
	struct chunk *next;
	size_t size;    /* samples it has room for */
	size_t n, done; /* samples it holds, and how many of them have been played */
	int16_t s[];
};

struct utterance {
	struct utterance *next;
	char id[UTTERANCE_ID_MAX];
	enum utterance_kind kind;
	int64_t turn; /* -1: none */
	bool interruptible;
	bool begun;                 /* its first sample has been on the line */
	bool complete;              /* audio-stop has come */
	bool spilled;               /* audio was lost for want of room */
	enum played_status outcome; /* how it ends once all of it has been played */
	struct chunk *head, *tail;  /* audio waiting */
	uint64_t heard, total;      /* samples played, samples received */
	int64_t dry_since_ms;       /* its turn to play, and nothing there; -1: not so */
	int64_t end_ms;             /* call time of the end of what has been heard; once begun */
};

void player_init(struct player *p, int rate_hz, int64_t resume_after_ms,
	void (*emit)(void *ctx, const struct player_event *ev), void *ctx)
{
	*p = (struct player){
		.rate_hz = rate_hz,
		.emit = emit,
		.ctx = ctx,
		.turn = -1,
		.resume_at_ms = -1,
		.resume_after_ms = resume_after_ms,
	};
}

static int64_t samples_ms(const struct player *p, uint64_t samples)
{
	return (int64_t)(samples * 1000 / (uint64_t)p->rate_hz);
}

static struct utterance *find(const struct player *p, const char *id)
{
	struct utterance *u = p->head;

	while (u && strcmp(u->id, id) != 0)
		u = u->next;
	return u;
}

static void report(struct player *p, const char *id, const char *text)
{
	p->emit(p->ctx,
		&(struct player_event){.what = PLAYER_ERROR,
			.id = id,
			.turn = -1,
			.at_ms = p->now_ms,
			.text = text});
}

/* Cleared utterances are remembered until their audio-stop, so that what was still under way is not taken
 * for something new. */
static size_t cut_slot(const struct player *p, const char *id)
{
	size_t i = 0;

	while (i < PLAYER_CUT_MAX && strcmp(p->cut[i], id) != 0)
		i++;
	return i;
}

static bool was_cut(const struct player *p, const char *id)
{
	return cut_slot(p, id) < PLAYER_CUT_MAX;
}

static void cut_forget(struct player *p, const char *id)
{
	if (was_cut(p, id))
		p->cut[cut_slot(p, id)][0] = '\0';
}

static void cut_add(struct player *p, const char *id)
{
	snprintf(p->cut[p->cut_next], UTTERANCE_ID_MAX, "%s", id);
	p->cut_next = (p->cut_next + 1) % PLAYER_CUT_MAX;
}

static void utterance_free(struct player *p, struct utterance *u)
{
	while (u->head) {
		struct chunk *c = u->head;

		u->head = c->next;
		p->stored_samples -= c->n - c->done;
		free(c);
	}
	free(u);
}

/* Unlink u, say what became of it, forget it. */
static void finish(struct player *p, struct utterance *u, enum played_status status)
{
	struct utterance **at = &p->head, *before = NULL;

	while (*at != u) {
		before = *at;
		at = &before->next;
	}
	*at = u->next;
	if (p->tail == u)
		p->tail = before;
	p->open--;
	if (!u->complete)
		cut_add(p, u->id);
	p->emit(p->ctx,
		&(struct player_event){
			.what = PLAYER_PLAYED,
			.id = u->id,
			.turn = u->turn,
			.at_ms = u->begun ? u->end_ms : p->now_ms,
			.status = status,
			.heard_ms = samples_ms(p, u->heard),
			.total_ms = samples_ms(p, u->total),
		});
	utterance_free(p, u);
}

static void finish_all(struct player *p, enum played_status status)
{
	while (p->head)
		finish(p, p->head, status);
}

void player_close(struct player *p, enum played_status status)
{
	p->closed = true;
	finish_all(p, status);
}

void player_free(struct player *p)
{
	while (p->head) {
		struct utterance *u = p->head;

		p->head = u->next;
		utterance_free(p, u);
	}
}

/* The answer takes the place of wait phrases that nobody has heard yet: those before this one, NULL: all. */
static void cancel_fillers(struct player *p, const struct utterance *before)
{
	struct utterance *next;

	for (struct utterance *u = p->head; u && u != before; u = next) {
		next = u->next;
		if (u->kind == UTTERANCE_FILLER && !u->begun)
			finish(p, u, PLAYED_CLEARED);
	}
}

static void append(struct player *p, struct utterance *u)
{
	if (p->tail)
		p->tail->next = u;
	else
		p->head = u;
	p->tail = u;
	p->open++;
}

/* Before what has no sound yet, behind other wait phrases. */
static void insert_first(struct player *p, struct utterance *u)
{
	struct utterance **at = &p->head;

	while (*at && (*at)->kind == UTTERANCE_FILLER)
		at = &(*at)->next;
	if (!*at || (*at)->total > 0) {
		append(p, u);
		return;
	}
	u->next = *at;
	*at = u;
	p->open++;
}

static void refuse(struct player *p, const struct utterance_spec *spec, enum played_status status)
{
	cut_add(p, spec->id);
	p->emit(p->ctx,
		&(struct player_event){
			.what = PLAYER_PLAYED,
			.id = spec->id,
			.turn = spec->turn,
			.at_ms = p->now_ms,
			.status = status,
		});
}

void player_synthesize(struct player *p, const struct utterance_spec *spec)
{
	struct utterance *u;

	if (find(p, spec->id)) {
		report(p, spec->id, "utterance announced twice: the second is taken as the first");
		return;
	}
	cut_forget(p, spec->id);
	if (p->closed) {
		refuse(p, spec, PLAYED_CLEARED);
		return;
	}
	if (spec->kind == UTTERANCE_ANSWER)
		cancel_fillers(p, NULL);
	u = p->open < PLAYER_OPEN_MAX ? malloc(sizeof(*u)) : NULL;
	if (!u) {
		report(p, spec->id, "too many utterances are waiting: this one is not played");
		refuse(p, spec, PLAYED_FAILED);
		return;
	}
	*u = (struct utterance){
		.kind = spec->kind,
		.turn = spec->turn,
		.interruptible = spec->interruptible,
		.outcome = PLAYED_PLAYED,
		.dry_since_ms = -1,
	};
	snprintf(u->id, sizeof(u->id), "%s", spec->id);
	if (u->kind == UTTERANCE_FILLER)
		insert_first(p, u);
	else
		append(p, u);
}

bool player_expects(const struct player *p, const char *id)
{
	return find(p, id) || was_cut(p, id);
}

bool player_answers(const struct player *p, const char *id, int64_t turn)
{
	const struct utterance *u = find(p, id);

	return u && u->kind != UTTERANCE_FILLER && (u->turn < 0 || u->turn >= turn);
}

static void spill(struct player *p, struct utterance *u, const char *text)
{
	if (!u->spilled)
		report(p, u->id, text);
	u->spilled = true;
	u->outcome = PLAYED_FAILED;
}

void player_fail(struct player *p, const char *id, const char *text)
{
	struct utterance *u = find(p, id);

	if (u)
		spill(p, u, text);
}

/* A chunk at the end of u with room, for at least one of so many samples; NULL without memory. */
static struct chunk *chunk_with_room(struct utterance *u, size_t samples)
{
	struct chunk *c = u->tail;

	if (c && c->n < c->size)
		return c;
	if (samples < CHUNK_SAMPLES)
		samples = CHUNK_SAMPLES;
	c = malloc(sizeof(*c) + samples * sizeof(c->s[0]));
	if (!c)
		return NULL;
	*c = (struct chunk){.size = samples};
	if (u->tail)
		u->tail->next = c;
	else
		u->head = c;
	u->tail = c;
	return c;
}

static void store(struct player *p, struct utterance *u, const uint8_t *le, size_t samples)
{
	while (samples > 0) {
		struct chunk *c = chunk_with_room(u, samples);
		size_t n;

		if (!c) {
			spill(p, u, "no memory: the rest of this utterance is lost");
			return;
		}
		n = samples < c->size - c->n ? samples : c->size - c->n;
		pcm_from_le(c->s + c->n, le, n);
		c->n += n;
		p->stored_samples += n;
		le += n * sizeof(c->s[0]);
		samples -= n;
	}
}

void player_audio(struct player *p, const char *id, const void *le_bytes, size_t samples)
{
	struct utterance *u = find(p, id);

	if (!u) {
		if (!was_cut(p, id)) {
			report(p, id, "audio of an utterance that was not announced");
			cut_add(p, id); /* said once */
		}
		return;
	}
	if (u->total == 0 && u->kind != UTTERANCE_FILLER)
		cancel_fillers(p, u);
	u->total += samples;
	if (p->stored_samples + samples > (size_t)p->rate_hz * PLAYER_STORE_S)
		spill(p, u,
			"more than " DIGITS(
				PLAYER_STORE_S) " s of audio are waiting: the rest of this utterance is lost");
	if (!u->spilled)
		store(p, u, le_bytes, samples);
}

void player_complete(struct player *p, const char *id, enum played_status outcome)
{
	struct utterance *u = find(p, id);

	if (u) {
		u->complete = true;
		if (!u->spilled)
			u->outcome = outcome;
	} else {
		cut_forget(p, id);
	}
}

void player_voice_started(struct player *p, int64_t turn)
{
	p->voice = true;
	p->turn = max_i64(p->turn, turn);
	p->resume_at_ms = -1;
	if (p->head && p->head->begun && p->head->interruptible && p->paused == PAUSE_NONE)
		p->paused = PAUSE_VOICE;
}

static void resume_later(struct player *p)
{
	if (p->paused == PAUSE_VOICE)
		p->resume_at_ms = p->now_ms + p->resume_after_ms;
}

void player_voice_stopped(struct player *p)
{
	p->voice = false;
	resume_later(p);
}

/* A key interrupts like a voice, and there is no more to come of the voice that was under way. */
void player_key(struct player *p)
{
	player_voice_started(p, p->turn);
	player_voice_stopped(p);
}

void player_pause(struct player *p)
{
	p->paused = PAUSE_AGENT;
	p->resume_at_ms = -1;
}

static void resume(struct player *p)
{
	p->paused = PAUSE_NONE;
	p->resume_at_ms = -1;
}

void player_resume(struct player *p, int64_t turn)
{
	if (turn >= p->turn)
		resume(p);
}

void player_flush(struct player *p)
{
	finish_all(p, PLAYED_CLEARED);
	resume(p);
}

void player_last_words(struct player *p)
{
	p->last_words = true;
}

static bool may_play(const struct player *p, const struct utterance *u)
{
	if (!u->interruptible || p->last_words)
		return true;
	return p->paused == PAUSE_NONE && (u->begun || !p->voice);
}

/* Up to n samples of u; fewer when it has no more at the moment. */
static size_t take(struct player *p, struct utterance *u, int16_t *out, size_t n)
{
	size_t got = 0;

	while (got < n && u->head) {
		struct chunk *c = u->head;
		size_t k = c->n - c->done < n - got ? c->n - c->done : n - got;

		memcpy(out + got, c->s + c->done, k * sizeof(*out));
		c->done += k;
		got += k;
		if (c->done == c->n) {
			u->head = c->next;
			if (!u->head)
				u->tail = NULL;
			free(c);
		}
	}
	u->heard += got;
	p->stored_samples -= got;
	return got;
}

static void begin(struct player *p, struct utterance *u, size_t offset)
{
	u->begun = true;
	p->emit(p->ctx,
		&(struct player_event){
			.what = PLAYER_PLAYING,
			.id = u->id,
			.turn = u->turn,
			.at_ms = p->now_ms + samples_ms(p, offset),
		});
}

/* Its turn to play, and nothing there: true while that may still change. */
static bool dry(struct player *p, struct utterance *u)
{
	if (u->complete)
		return false;
	if (u->dry_since_ms < 0)
		u->dry_since_ms = p->now_ms;
	if (p->now_ms - u->dry_since_ms < PLAYER_STALL_S * 1000)
		return true;
	report(p, u->id, "no audio for " DIGITS(PLAYER_STALL_S) " s: given up");
	u->outcome = PLAYED_FAILED;
	return false;
}

const char *player_frame(struct player *p, int64_t now_ms, int16_t *out)
{
	size_t n = pcm_frame_samples(p->rate_hz), got = 0;
	const char *heard = NULL;

	p->now_ms = now_ms;
	if (p->resume_at_ms >= 0 && now_ms >= p->resume_at_ms && !p->voice)
		resume(p);
	while (got < n && p->head && may_play(p, p->head)) {
		struct utterance *u = p->head;
		size_t k;

		if (u->head && !u->begun)
			begin(p, u, got);
		k = take(p, u, out + got, n - got);
		got += k;
		if (k > 0) {
			u->dry_since_ms = -1;
			u->end_ms = now_ms + samples_ms(p, got);
			snprintf(p->heard_id, sizeof(p->heard_id), "%s", u->id);
			p->heard_kind = u->kind;
			p->heard_turn = u->turn;
			heard = p->heard_id;
		}
		if (u->head)
			break;
		if (dry(p, u))
			break;
		finish(p, u, u->outcome);
	}
	if (p->head && !may_play(p, p->head))
		p->head->dry_since_ms = -1; /* its voice has time as long as it may not be heard */
	memset(out + got, 0, (n - got) * sizeof(*out));
	return heard;
}

int64_t player_heard_ms(const struct player *p)
{
	return p->head ? samples_ms(p, p->head->heard) : 0;
}
