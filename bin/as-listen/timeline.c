#include "timeline.h"

#include <stdlib.h>
#include <string.h>

#define NONE INT64_MAX

#define PATIENCE_MS 100 /* without a frame, then silence is put in */
#define SNAP_MS 16 /* what comes after a hole and is this near to what was before it, follows it */
#define GATHER_MS 20 /* audio after a hole is collected for this, or for as long as frames are */
#define GATHER_LONG_MS 60
#define GATHER_MAX_MS 10000 /* collected at most */
#define PART_MS 500         /* of the window of late[] */
#define CORRECT_MS 5        /* an offset beyond this is corrected in silence */
#define FORCE_MS 14 /* and beyond this anywhere: 20 is the promise, and what is known is 2 s old */
#define NOTCH_MS 2  /* length of the quiet place that is looked for to put silence in */

static int64_t ms(const struct timeline *t, int64_t n)
{
	return n * t->rate_hz / 1000;
}

static int64_t samples_of(const struct timeline *t, int64_t ns)
{
	return ns * t->rate_hz / NS_PER_S;
}

void timeline_init(struct timeline *t, int rate_hz, bool fill,
	void (*emit)(void *ctx, int64_t timestamp_ms, const int16_t *samples, size_t heard),
	void *ctx)
{
	*t = (struct timeline){
		.rate_hz = rate_hz,
		.chunk_samples = pcm_frame_samples(rate_hz),
		.fill = fill,
		.emit = emit,
		.ctx = ctx,
		.state = TIMELINE_HOLE,
	};
	floor_init(&t->floor);
	t->longest = ms(t, GATHER_MS);
}

void timeline_free(struct timeline *t)
{
	free(t->gathered);
	t->gathered = NULL;
}

/* Give out the first chunk of what has been placed. */
static void give(struct timeline *t, size_t heard)
{
	int64_t at = t->pos - (int64_t)t->chunk_n;

	t->emit(t->ctx, at / (int64_t)t->chunk_samples * PCM_FRAME_MS, t->chunk, heard);
	t->chunk_n -= t->chunk_samples;
	memmove(t->chunk, t->chunk + t->chunk_samples, t->chunk_n * sizeof(*t->chunk));
}

static int64_t smallest(const int64_t *v, size_t n)
{
	int64_t min = NONE;

	while (n--)
		min = min_i64(min, v[n]);
	return min;
}

static void observe(struct timeline *t, int64_t arrival, int64_t late)
{
	int64_t part = arrival / ms(t, PART_MS);

	for (; t->late_part < part; t->late_part++) {
		memmove(t->late + 1, t->late, sizeof(t->late) - sizeof(*t->late));
		t->late[0] = NONE;
		if (smallest(t->late, TIMELINE_WINDOW) == NONE)
			t->late_part = part - 1;
	}
	t->late[0] = min_i64(t->late[0], late);
}

static void observe_anew(struct timeline *t, int64_t arrival, int64_t late)
{
	for (size_t i = 0; i < TIMELINE_WINDOW; i++)
		t->late[i] = NONE;
	t->late_part = arrival / ms(t, PART_MS);
	t->late[0] = late;
}

/* How many samples of silence are missing before what comes next (negative: too many). */
static int64_t offset(struct timeline *t)
{
	int64_t newest = smallest(t->late, 2), all;

	/* packets were lost in a gap too short to be a hole: what was before it counts no more */
	if (t->late[1] != NONE && newest > (int64_t)t->chunk_samples) {
		for (size_t i = 2; i < TIMELINE_WINDOW; i++)
			t->late[i] = NONE;
		return newest;
	}
	/* what arrives before it was said has been placed too late: no delay explains that */
	all = smallest(t->late, TIMELINE_WINDOW);
	return all < 0 || t->late[TIMELINE_WINDOW - 1] != NONE ? all : 0;
}

/* Where the quietest window of w samples of the chunk begins. */
static size_t quietest(const struct timeline *t, size_t w)
{
	int64_t sum = 0, min;
	size_t at = 0;

	for (size_t i = 0; i < w; i++)
		sum += abs(t->chunk[i]);
	min = sum;
	for (size_t i = w; i < t->chunk_samples; i++) {
		sum += abs(t->chunk[i]) - abs(t->chunk[i - w]);
		if (sum < min) {
			min = sum;
			at = i - w + 1;
		}
	}
	return at;
}

static void drop(struct timeline *t, size_t n)
{
	int16_t *p = t->chunk + quietest(t, n);

	memmove(p, p + n, (size_t)(t->chunk + t->chunk_n - p - n) * sizeof(*p));
	t->chunk_n -= n;
	t->pos -= (int64_t)n;
	t->dropped_samples += n;
}

static void insert(struct timeline *t, size_t n)
{
	size_t notch = (size_t)ms(t, NOTCH_MS);
	int16_t *p = t->chunk + quietest(t, notch) + notch / 2;

	memmove(p + n, p, (size_t)(t->chunk + t->chunk_n - p) * sizeof(*p));
	memset(p, 0, n * sizeof(*p));
	t->chunk_n += n;
	t->pos += (int64_t)n;
	t->inserted_samples += n;
}

/* Correct the offset in the chunk that is now full, if it is time to. */
static void correct(struct timeline *t)
{
	int64_t off = offset(t), size = off < 0 ? -off : off;
	bool quiet = floor_quiet(&t->floor, t->chunk, t->chunk_samples);

	if (size <= ms(t, CORRECT_MS) || (!quiet && size <= ms(t, FORCE_MS)))
		return;
	/* its beginning has been given out before the hole */
	if (t->pos - (int64_t)t->chunk_samples < t->hole)
		return;
	size = min_i64(size, (int64_t)t->chunk_samples);
	if (off < 0)
		drop(t, (size_t)size);
	else
		insert(t, (size_t)size);
	for (size_t i = 0; i < TIMELINE_WINDOW; i++) {
		if (t->late[i] != NONE)
			t->late[i] -= off < 0 ? -size : size;
	}
}

/* Place audio, or with NULL silence, behind what has been placed. */
static void place(struct timeline *t, const int16_t *samples, int64_t n)
{
	while (n > 0) {
		int64_t piece = min_i64((int64_t)(t->chunk_samples - t->chunk_n), n);

		if (samples) {
			memcpy(t->chunk + t->chunk_n, samples, (size_t)piece * sizeof(*samples));
			samples += piece;
		} else {
			memset(t->chunk + t->chunk_n, 0, (size_t)piece * sizeof(*samples));
		}
		n -= piece;
		t->chunk_n += (size_t)piece;
		t->pos += piece;
		if (samples && t->chunk_n == t->chunk_samples)
			correct(t);
		while (t->chunk_n >= t->chunk_samples)
			give(t, t->chunk_samples);
	}
}

static void hole_begin(struct timeline *t)
{
	t->hole = t->pos;
	memset(t->edge, 0, sizeof(t->edge));
	memcpy(t->edge, t->chunk, t->chunk_n * sizeof(*t->chunk));
	t->state = TIMELINE_HOLE;
}

/* Put in silence to the end of the chunk. */
static void hole_fill(struct timeline *t)
{
	size_t heard = t->chunk_n, n = t->chunk_samples - heard;

	memset(t->chunk + heard, 0, n * sizeof(*t->chunk));
	t->chunk_n += n;
	t->pos += (int64_t)n;
	give(t, heard);
}

/* Continue at a place within the hole: over silence that was put in, or after some more of it. */
static void hole_end(struct timeline *t, int64_t at)
{
	int64_t n = (int64_t)t->chunk_samples;

	if (at >= t->pos) {
		place(t, NULL, at - t->pos);
		return;
	}
	if (at / n == t->hole / n)
		memcpy(t->chunk, t->edge, t->chunk_samples * sizeof(*t->chunk));
	else
		memset(t->chunk, 0, t->chunk_samples * sizeof(*t->chunk));
	t->chunk_n = (size_t)(at % n);
	t->pos = at;
}

static void gather_begin(struct timeline *t, int64_t arrival)
{
	t->state = TIMELINE_GATHER;
	t->gathered_n = 0;
	t->gathered_start = NONE;
	t->gathered_until = arrival + t->longest;
}

/* Forget the oldest so that n more stay below the maximum. */
static void gather_limit(struct timeline *t, size_t n)
{
	size_t max = (size_t)ms(t, GATHER_MAX_MS), over;

	if (t->gathered_n + n <= max)
		return;
	over = t->gathered_n + n - max;
	if (over > t->gathered_n)
		over = t->gathered_n;
	t->gathered_n -= over;
	memmove(t->gathered, t->gathered + over, t->gathered_n * sizeof(*t->gathered));
	t->gathered_start += (int64_t)over;
	t->discarded_samples += over;
}

static int gather(struct timeline *t, int64_t arrival, const int16_t *samples, size_t n)
{
	int64_t start;

	gather_limit(t, n);
	if (t->gathered_n + n > t->gathered_size) {
		size_t size = (t->gathered_n + n) * 2;
		int16_t *p = reallocarray(t->gathered, size, sizeof(*p));

		if (!p)
			return -1;
		t->gathered = p;
		t->gathered_size = size;
	}
	memcpy(t->gathered + t->gathered_n, samples, n * sizeof(*samples));
	t->gathered_n += n;
	start = arrival - (int64_t)t->gathered_n;
	/* a burst that is still coming: its end tells where it belongs */
	if (start < t->gathered_start - ms(t, GATHER_MS))
		t->gathered_until = arrival + t->longest;
	t->gathered_start = min_i64(t->gathered_start, start);
	return 0;
}

static void gather_end(struct timeline *t)
{
	int64_t n = (int64_t)t->chunk_samples, start = t->gathered_start;
	int64_t over = t->hole - start, skip = 0;

	if (t->hole == 0 && over > 0 && over <= 2 * n) {
		/* the frame under way when the call was accepted: no loss, as call time begins here */
		skip = min_i64(over, (int64_t)t->gathered_n);
	} else if (over > n) {
		skip = min_i64(over, (int64_t)t->gathered_n);
		t->discarded_samples += (uint64_t)skip;
	}
	if (start < t->hole + ms(t, SNAP_MS))
		start = t->hole;
	observe_anew(t, t->arrival, t->gathered_start + skip - start);
	hole_end(t, start);
	t->state = TIMELINE_RUN;
	place(t, t->gathered + skip, (int64_t)t->gathered_n - skip);
}

/* A frame that follows the one before. */
static void follow(struct timeline *t, int64_t arrival, const int16_t *samples, int64_t n)
{
	int64_t late = arrival - (t->pos + n);

	if (late < -(int64_t)t->chunk_samples) {
		int64_t skip = min_i64(-late, n);

		t->discarded_samples += (uint64_t)skip;
		samples += skip;
		n -= skip;
		late += skip;
	}
	if (n == 0)
		return;
	observe(t, arrival, late);
	place(t, samples, n);
}

int timeline_frame(struct timeline *t, int64_t now, const int16_t *samples, size_t n)
{
	int64_t arrival = samples_of(t, now);

	if (n == 0)
		return 0;
	t->longest = max_i64(t->longest, min_i64((int64_t)n, ms(t, GATHER_LONG_MS)));
	if (t->state == TIMELINE_GATHER && arrival >= t->gathered_until)
		gather_end(t);
	if (t->state == TIMELINE_RUN && arrival - t->arrival >= ms(t, PATIENCE_MS))
		hole_begin(t);
	if (t->state == TIMELINE_HOLE)
		gather_begin(t, arrival);
	t->arrival = arrival;
	if (t->state == TIMELINE_GATHER)
		return gather(t, arrival, samples, n);
	follow(t, arrival, samples, (int64_t)n);
	return 0;
}

void timeline_tick(struct timeline *t, int64_t now)
{
	int64_t at = samples_of(t, now);

	if (t->state == TIMELINE_GATHER && at >= t->gathered_until)
		gather_end(t);
	if (!t->fill)
		return;
	if (t->state == TIMELINE_RUN && at - t->arrival >= ms(t, PATIENCE_MS))
		hole_begin(t);
	while (t->state == TIMELINE_HOLE && t->pos + ms(t, PATIENCE_MS) <= at)
		hole_fill(t);
}

int64_t timeline_due(const struct timeline *t)
{
	int64_t at;

	if (t->state == TIMELINE_GATHER)
		at = t->gathered_until;
	else if (!t->fill)
		return INT64_MAX;
	else
		at = (t->state == TIMELINE_RUN ? t->arrival : t->pos) + ms(t, PATIENCE_MS);
	return (at * NS_PER_S + t->rate_hz - 1) / t->rate_hz;
}

void timeline_end(struct timeline *t, int64_t now)
{
	int64_t at = samples_of(t, now);

	if (t->state == TIMELINE_GATHER)
		gather_end(t);
	if (!t->fill && at > t->pos)
		place(t, NULL, at - t->pos);
	if (t->chunk_n > 0)
		place(t, NULL, (int64_t)(t->chunk_samples - t->chunk_n));
}
