#include "intake.h"

#include <stdlib.h>
#include <string.h>

#include "audio/pcm.h"

#define SLIN_BYTES 320            /* 20 ms of 8 kHz: this settles it */
#define JUDGE_MESSAGES 5          /* 100 ms of G.711 */
#define ALIKE 200                 /* difference of two levels that says nothing */
#define G711_GAP (15 * NS_PER_MS) /* the message gap is 20 ms if this is G.711, 10 ms if not */
#define BURST_GAP (5 * NS_PER_MS) /* below: queued up before we began to read, not a cadence */

void intake_init(struct intake *in, int rate_hz, enum intake_codec codec, bool timed,
	int (*give)(void *ctx, int64_t arrival, const int16_t *samples, size_t n), void *ctx)
{
	in->rate_hz = rate_hz;
	in->codec = codec;
	in->timed = timed;
	in->found_g711 = false;
	in->give = give;
	in->ctx = ctx;
	in->held_n = 0;
	in->from_hz = 0;
	in->resample = NULL;
	in->half = false;
}

void intake_free(struct intake *in)
{
	resample_close(in->resample);
	in->resample = NULL;
}

static int open_resample(struct intake *in, int from_hz)
{
	if (from_hz == in->from_hz)
		return 0;
	resample_close(in->resample);
	in->resample = NULL;
	in->from_hz = 0;
	in->half = false;
	if (from_hz != in->rate_hz && resample_open(from_hz, in->rate_hz, &in->resample) < 0)
		return -1;
	in->from_hz = from_hz;
	return 0;
}

static int give(struct intake *in, int64_t arrival, size_t n)
{
	const int16_t *samples = in->samples;

	if (in->resample && resample_run(in->resample, samples, n, false, &samples, &n) < 0)
		return -1;
	return n ? in->give(in->ctx, arrival, samples, n) : 0;
}

static int give_slin(struct intake *in, int64_t arrival, int from_hz, const uint8_t *p, size_t n)
{
	size_t k = 0;

	if (open_resample(in, from_hz) < 0)
		return -1;
	if (in->half && n) {
		in->samples[k++] = get_le16s((const uint8_t[]){in->half_byte, p[0]});
		p++, n--;
		in->half = false;
	}
	pcm_from_le(in->samples + k, p, n / 2);
	if (n % 2) {
		in->half = true;
		in->half_byte = p[n - 1];
	}
	return give(in, arrival, k + n / 2);
}

static int give_g711(struct intake *in, int64_t arrival, const uint8_t *p, size_t n)
{
	int16_t (*decode)(uint8_t) = in->codec == INTAKE_ULAW ? pcm_from_ulaw : pcm_from_alaw;

	if (open_resample(in, 8000) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		in->samples[i] = decode(p[i]);
	return give(in, arrival, n);
}

/* What is held, read as a codec: how loud and how rough it is. Only the right reading is neither.
 * */
static double roughness(const struct intake *in, enum intake_codec codec)
{
	const uint8_t *p = in->held[0];
	size_t step = codec == INTAKE_SLIN ? 2 : 1, n = in->held_n * INTAKE_G711_BYTES / step;
	int before = 0;
	double sum = 0;

	for (size_t i = 0; i < n; i++, p += step) {
		int s = codec == INTAKE_SLIN   ? get_le16s(p)
			: codec == INTAKE_ULAW ? pcm_from_ulaw(*p)
					       : pcm_from_alaw(*p);

		sum += abs(s) + (i ? abs(s - before) : 0);
		before = s;
	}
	return n ? sum / (double)n : 0;
}

static enum intake_codec judge(const struct intake *in, bool last)
{
	double slin = roughness(in, INTAKE_SLIN), ulaw = roughness(in, INTAKE_ULAW);
	double alaw = roughness(in, INTAKE_ALAW), g711 = ulaw <= alaw ? ulaw : alaw;
	enum intake_codec law = ulaw <= alaw ? INTAKE_ULAW : INTAKE_ALAW;
	const int64_t *at = in->held_at + in->held_n;
	int64_t gap;

	if (last || !in->timed || slin - g711 > ALIKE || g711 - slin > ALIKE)
		return g711 < slin ? law : INTAKE_SLIN;
	for (int i = 1; i < JUDGE_MESSAGES; i++) {
		if (at[-i] - at[-i - 1] < BURST_GAP)
			return INTAKE_AUTO;
	}
	gap = (at[-1] - at[-JUDGE_MESSAGES]) / (JUDGE_MESSAGES - 1);
	return gap < G711_GAP ? INTAKE_SLIN : law;
}

static int give_8k(struct intake *in, int64_t arrival, const uint8_t *p, size_t n)
{
	if (in->codec == INTAKE_SLIN || in->codec == INTAKE_AUTO)
		return give_slin(in, arrival, 8000, p, n);
	return give_g711(in, arrival, p, n);
}

static int settle(struct intake *in, enum intake_codec codec)
{
	size_t n = in->held_n;
	int err = 0;

	in->codec = codec;
	in->found_g711 = codec == INTAKE_ULAW || codec == INTAKE_ALAW;
	in->held_n = 0;
	for (size_t i = 0; i < n; i++)
		err |= give_8k(in, in->held_at[i], in->held[i], sizeof(in->held[i]));
	return err;
}

static int hold(struct intake *in, int64_t arrival, const uint8_t *p)
{
	enum intake_codec codec;

	memcpy(in->held[in->held_n], p, sizeof(in->held[0]));
	in->held_at[in->held_n++] = arrival;
	if (in->held_n < JUDGE_MESSAGES)
		return 0;
	codec = judge(in, in->held_n == INTAKE_HELD_MAX);
	return codec == INTAKE_AUTO ? 0 : settle(in, codec);
}

int intake_message(struct intake *in, int64_t arrival, int from_hz, const uint8_t *p, size_t n)
{
	if (n == 0)
		return 0;
	if (from_hz != 8000)
		return give_slin(in, arrival, from_hz, p, n);
	if (in->codec == INTAKE_AUTO && n == INTAKE_G711_BYTES)
		return hold(in, arrival, p);
	/* the last piece of a played file may have any size and come first: it settles nothing */
	if (in->codec == INTAKE_AUTO && (in->held_n || n == SLIN_BYTES)) {
		if (settle(in, in->held_n ? judge(in, true) : INTAKE_SLIN) < 0)
			return -1;
	}
	return give_8k(in, arrival, p, n);
}

int intake_end(struct intake *in)
{
	return in->held_n ? settle(in, judge(in, true)) : 0;
}
