#include "audio/tone.h"

#include <math.h>
#include <string.h>

#include "audio/pcm.h"

#define FRAME (TONE_WINDOW / 2) /* samples of 20 ms at 8 kHz */
#define HALF (TONE_FFT / 2)
#define BIN_HZ (8000.F / TONE_FFT)
#define FIRST_BIN \
	6 /* below 94 Hz there is hum, and the pitch of deep voices, which phones cut off */
#define LINE_BINS 4   /* either side of a line: the width of the window's own spectrum */
#define BEAT_BINS 6   /* the same of two lines that the window cannot part */
#define SECOND 0.016F /* a second line is at most 18 dB below the first */
#define SHARE 0.93F   /* of the power, in the lines */
#define SHARE_ONE 0.96F
#define ALIKE_HZ 9.F /* a line stays where it is: a voice does not */
#define RUN_KEY 2
#define RUN_ONE 3 /* a vowel of a high voice whose pitch is cut off is close to a single line */
#define BEAT_LOW_HZ 390.F
#define BEAT_HIGH_HZ 500.F
#define BEAT_SPREAD_HZ 19.F /* a line alone: 14.4 */
#define TWIST 12.F          /* power of one line of a key by the other's, at most */

void tone_init(struct tone *t, int rate_hz)
{
	*t = (struct tone){.rate_hz = rate_hz};
	for (int i = 0; i < TONE_WINDOW; i++)
		t->window[i] = 0.5F -
			0.5F * cosf(2.F * (float)M_PI * ((float)i + 0.5F) / TONE_WINDOW);
	for (int i = 0; i < HALF; i++) {
		float at = 2.F * (float)M_PI * (float)i / TONE_FFT;

		t->turn[i][0] = cosf(at);
		t->turn[i][1] = -sinf(at);
	}
}

static void heard_add(struct tone *t, const int16_t *samples)
{
	float *to = t->heard + FRAME;

	memmove(t->heard, to, FRAME * sizeof(*to));
	if (t->rate_hz == 8000) {
		for (int i = 0; i < FRAME; i++)
			to[i] = samples[i];
	} else {
		for (int i = 0; i < FRAME; i++)
			to[i] = (float)(samples[2 * i] + samples[2 * i + 1]) / 2.F;
	}
}

/* Bits of i in reverse: HALF is 2^8. */
static int reversed(int i)
{
	int r = 0;

	for (int bit = 1; bit < HALF; bit <<= 1) {
		r = r << 1 | (i & 1);
		i >>= 1;
	}
	return r;
}

/* In place, HALF complex numbers in the order of reversed(). */
static void transform(const struct tone *t, float (*z)[2])
{
	for (int size = 2; size <= HALF; size *= 2) {
		for (int at = 0; at < HALF; at += size) {
			for (int i = 0; i < size / 2; i++) {
				const float *w = t->turn[i * (TONE_FFT / size)];
				float *a = z[at + i], *b = z[at + i + size / 2];
				float re = b[0] * w[0] - b[1] * w[1],
				      im = b[0] * w[1] + b[1] * w[0];

				b[0] = a[0] - re;
				b[1] = a[1] - im;
				a[0] += re;
				a[1] += im;
			}
		}
	}
}

/* Power of the bins 0 to HALF - 1 of the window. */
static void spectrum(const struct tone *t, float power[HALF])
{
	float z[HALF][2];

	/* even samples are the real part, odd ones the imaginary: half the work */
	for (int i = 0; i < HALF; i++) {
		float *to = z[reversed(i)];
		bool in = 2 * i < TONE_WINDOW;

		to[0] = in ? t->heard[2 * i] * t->window[2 * i] : 0.F;
		to[1] = in ? t->heard[2 * i + 1] * t->window[2 * i + 1] : 0.F;
	}
	transform(t, z);
	for (int k = 0; k < HALF; k++) {
		const float *a = z[k], *b = z[(HALF - k) % HALF], *w = t->turn[k];
		float even_re = (a[0] + b[0]) / 2.F, even_im = (a[1] - b[1]) / 2.F;
		float odd_re = (a[1] + b[1]) / 2.F, odd_im = (b[0] - a[0]) / 2.F;
		float re = even_re + odd_re * w[0] - odd_im * w[1];
		float im = even_im + odd_re * w[1] + odd_im * w[0];

		power[k] = re * re + im * im;
	}
}

/* The strongest bin, leaving out some about another. */
static int peak(const float power[HALF], int without, int bins)
{
	int best = -1;

	for (int k = FIRST_BIN; k < HALF - 1; k++)
		if ((without < 0 || k < without - bins || k > without + bins) &&
			power[k] >= power[k - 1] && power[k] >= power[k + 1] &&
			(best < 0 || power[k] > power[best]))
			best = k;
	return best;
}

/* Where the line is between bins: the top of a parabola through the logarithms. */
static float line_hz(const float power[HALF], int k)
{
	float a = logf(power[k - 1] + 1e-9F), b = logf(power[k] + 1e-9F),
	      c = logf(power[k + 1] + 1e-9F), down = a - 2.F * b + c;

	return ((float)k + (down < 0.F ? 0.5F * (a - c) / down : 0.F)) * BIN_HZ;
}

/* Power about a line, taken out of the spectrum. */
static float line_take(float power[HALF], int k, int bins)
{
	float sum = 0.F;

	for (int i = k - bins < 0 ? 0 : k - bins; i <= k + bins && i < HALF; i++) {
		sum += power[i];
		power[i] = 0.F;
	}
	return sum;
}

static bool beats(float hz)
{
	return hz > BEAT_LOW_HZ && hz < BEAT_HIGH_HZ;
}

static float spread(const float power[HALF], int k)
{
	float sum = 0.F, first = 0.F, second = 0.F;

	for (int i = k - BEAT_BINS; i <= k + BEAT_BINS; i++) {
		if (i < 0 || i >= HALF)
			continue;
		sum += power[i];
		first += power[i] * (float)(i - k);
		second += power[i] * (float)((i - k) * (i - k));
	}
	first /= sum;
	return sqrtf(fmaxf(second / sum - first * first, 0.F)) * BIN_HZ;
}

static void lines_sort(struct tone_lines *l)
{
	if (l->n == 2 && l->hz[0] > l->hz[1]) {
		float hz = l->hz[0], power = l->power[0];

		l->hz[0] = l->hz[1];
		l->power[0] = l->power[1];
		l->hz[1] = hz;
		l->power[1] = power;
	}
}

/* One or two lines that hold nearly all of the power, or none. */
static struct tone_lines lines_find(float power[HALF])
{
	struct tone_lines l = {0};
	float total = 0.F;
	int first, second;

	for (int k = FIRST_BIN; k < HALF; k++)
		total += power[k];
	first = peak(power, -1, 0);
	if (first < 0 || total <= 0.F)
		return l;
	l.hz[0] = line_hz(power, first);
	l.spread_hz = spread(power, first);
	second = peak(power, first, LINE_BINS);
	l.hz[1] = second < 0 ? 0.F : line_hz(power, second);
	/* a beat fills the gap between its lines, and leaves nothing of a second one */
	l.power[0] = line_take(power, first, beats(l.hz[0]) ? BEAT_BINS : LINE_BINS);
	l.power[1] = second < 0 ? 0.F : line_take(power, second, LINE_BINS);
	if (l.power[0] >= SHARE_ONE * total && l.power[1] < SECOND * l.power[0])
		l.n = 1;
	else if (l.power[0] + l.power[1] >= SHARE * total && l.power[1] >= SECOND * l.power[0])
		l.n = 2;
	lines_sort(&l);
	return l;
}

static bool near(float hz, float want_hz, float by_hz)
{
	return fabsf(hz - want_hz) <= by_hz;
}

static bool alike(const struct tone_lines *a, const struct tone_lines *b)
{
	if (a->n != b->n || a->n == 0)
		return false;
	if (a->n == 1 && beats(a->hz[0]) && beats(b->hz[0]))
		return true;
	return near(a->hz[0], b->hz[0], ALIKE_HZ) &&
		(a->n == 1 || near(a->hz[1], b->hz[1], ALIKE_HZ));
}

static char key_of(const struct tone_lines *l)
{
	static const float low[] = {697, 770, 852, 941}, high[] = {1209, 1336, 1477, 1633};
	static const char keys[] = "123A456B789C*0#D";

	if (l->n != 2 || l->power[0] > TWIST * l->power[1] || l->power[1] > TWIST * l->power[0])
		return 0;
	for (int i = 0; i < 16; i++)
		if (near(l->hz[0], low[i / 4], 0.02F * low[i / 4] + 2.F) &&
			near(l->hz[1], high[i % 4], 0.02F * high[i % 4] + 2.F))
			return keys[i];
	return 0;
}

static enum tone_kind kind_of_two(const struct tone_lines *l)
{
	static const struct {
		float hz[2];
		enum tone_kind kind;
	} pairs[] = {
		{{350, 440}, TONE_DIAL},
		{{480, 620}, TONE_BUSY},
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (near(l->hz[0], pairs[i].hz[0], 12.F) && near(l->hz[1], pairs[i].hz[1], 15.F))
			return pairs[i].kind;
	/* two partials of a voice */
	if (near(l->hz[1], 2.F * l->hz[0], 0.06F * l->hz[0]) || l->hz[0] < 300.F)
		return TONE_NONE;
	return TONE_OTHER;
}

static enum tone_kind kind_of_one(const struct tone_lines *l, float spread_hz)
{
	if (beats(l->hz[0]) && spread_hz > BEAT_SPREAD_HZ)
		return TONE_RINGBACK;
	if (near(l->hz[0], 430.F, 32.F))
		return TONE_PROGRESS;
	if (near(l->hz[0], 1100.F, 40.F))
		return TONE_CNG;
	if (near(l->hz[0], 2100.F, 20.F))
		return TONE_CED;
	return l->hz[0] < 300.F ? TONE_NONE : TONE_BEEP;
}

static enum tone_kind kind_of(const struct tone *t)
{
	if (t->digit)
		return t->run >= RUN_KEY ? TONE_DTMF : TONE_NONE;
	if (t->run < RUN_ONE)
		return TONE_NONE;
	return t->lines.n == 2 ? kind_of_two(&t->lines) : kind_of_one(&t->lines, t->spread_hz);
}

static void nothing(struct tone *t)
{
	t->kind = TONE_NONE;
	t->digit = 0;
	t->ms = 0;
}

bool tone_frame(struct tone *t, const int16_t *samples)
{
	struct tone_lines before = t->lines;
	float power[HALF], sum = 0.F;

	heard_add(t, samples);
	for (int i = 0; i < TONE_WINDOW; i++)
		sum += t->heard[i] * t->heard[i];
	/* half the square of full scale is the power of its sine */
	t->level_db = 10.F * log10f(sum / TONE_WINDOW / (32768.F * 32768.F / 2.F) + 1e-12F);
	if (t->level_db < TONE_LEAST_DB) {
		t->run = 0;
		t->lines.n = 0;
		nothing(t);
		return false;
	}
	spectrum(t, power);
	t->lines = lines_find(power);
	t->run = t->lines.n == 0 ? 0 : alike(&t->lines, &before) ? t->run + 1 : 1;
	t->spread_hz = t->run <= 1 ? t->lines.spread_hz
				   : t->spread_hz + (t->lines.spread_hz - t->spread_hz) * 0.3F;
	t->digit = key_of(&t->lines);
	t->kind = kind_of(t);
	if (t->kind == TONE_NONE) {
		nothing(t);
		return false;
	}
	t->ms += PCM_FRAME_MS;
	return true;
}

void tone_skip(struct tone *t, const int16_t *samples)
{
	heard_add(t, samples);
	t->run = 0;
	t->lines.n = 0;
	nothing(t);
}

const char *tone_name(enum tone_kind kind)
{
	static const char *const names[] = {
		[TONE_NONE] = "none",
		[TONE_DTMF] = "dtmf",
		[TONE_DIAL] = "dial",
		[TONE_RINGBACK] = "ringback",
		[TONE_BUSY] = "busy",
		[TONE_PROGRESS] = "progress",
		[TONE_CNG] = "cng",
		[TONE_CED] = "ced",
		[TONE_BEEP] = "beep",
		[TONE_OTHER] = "other",
	};

	return names[kind];
}
