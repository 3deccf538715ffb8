#include "audio/resample.h"

#include <errno.h>
#include <samplerate.h>
#include <stdlib.h>
#include <string.h>

#include "audio/decimate.h"
#include "audio/pcm.h"
#include "base/dl.h"

/* 90 % of the band at 121 dB: at 8 kHz all of the telephone band (3.4 kHz), which the fast one cuts at 3.2. */
#define CONVERTER SRC_SINC_MEDIUM_QUALITY
#define PIECE DECIMATE_PIECE /* samples handed to the library at a time */

static struct {
	__typeof__(src_new) *new;
	__typeof__(src_process) *process;
	__typeof__(src_reset) *reset;
	__typeof__(src_delete) *delete;
} src;

struct resample {
	SRC_STATE *state;      /* NULL: both rates are the same, or one is a part of the other: */
	struct decimate *part; /* NULL: not that either */
	double ratio;          /* output samples for each input sample */
	float *out;            /* result of the last call */
	size_t out_n;          /* samples in it */
	size_t out_size;       /* samples allocated */
	int16_t *whole; /* the same in whole numbers; has room for as many as out, if it is there */
	/* before piece_in: the library takes its end as overlapping what follows */
	float piece_out[PIECE]; /* converted */
	float piece_in[PIECE];  /* to convert */
};

int resample_open(int from_hz, int to_hz, struct resample **ret)
{
	static const struct dl_symbol symbols[] = {
		{"src_new", &src.new},
		{"src_process", &src.process},
		{"src_reset", &src.reset},
		{"src_delete", &src.delete},
		{0},
	};
	int error;

	if (from_hz < 8000 || from_hz > 192000 || to_hz < 8000 || to_hz > 192000) {
		errno = EINVAL;
		return -1;
	}
	bool part = from_hz > to_hz && from_hz % to_hz == 0;
	if (from_hz != to_hz && !part && !src.new &&dl_load("libsamplerate.so.0", symbols) < 0)
		return -1;
	struct resample *r = calloc(1, sizeof *r);
	if (!r)
		return -1;
	r->ratio = (double)to_hz / from_hz;
	if ((part && decimate_open(from_hz / to_hz, &r->part) < 0) ||
		(from_hz != to_hz && !part && !(r->state = src.new(CONVERTER, 1, &error)))) {
		free(r);
		errno = ENOMEM;
		return -1;
	}
	*ret = r;
	return 0;
}

void resample_close(struct resample *r)
{
	if (!r)
		return;
	if (r->state)
		src.delete(r->state);
	decimate_close(r->part);
	free(r->out);
	free(r->whole);
	free(r);
}

/* Room for n more samples; there is memory to point to even if that is none. */
static int reserve(struct resample *r, size_t n)
{
	if (r->out && r->out_size - r->out_n >= n)
		return 0;
	size_t size = (r->out_n + n + 1) * 2;
	float *out = reallocarray(r->out, size, sizeof *out);
	if (!out)
		return -1;
	r->out = out;
	r->out_size = size;
	free(r->whole);
	r->whole = NULL;
	return 0;
}

/* The first n samples of piece_in through the library, until it takes and gives no more. */
static int convert(struct resample *r, size_t n, bool last)
{
	SRC_DATA d = {
		.data_in = r->piece_in,
		.input_frames = (long)n,
		.data_out = r->piece_out,
		.output_frames = PIECE,
		.end_of_input = last,
		.src_ratio = r->ratio,
	};

	do {
		if (reserve(r, PIECE) < 0)
			return -1;
		if (src.process(r->state, &d) != 0) {
			errno = EINVAL;
			return -1;
		}
		d.data_in += d.input_frames_used;
		d.input_frames -= d.input_frames_used;
		memcpy(r->out + r->out_n, r->piece_out,
			(size_t)d.output_frames_gen * sizeof(float));
		r->out_n += (size_t)d.output_frames_gen;
	} while (d.input_frames_used > 0 || d.output_frames_gen > 0);
	return 0;
}

/* n samples of one of the two kinds, from where it stands, to floats. */
static void take(float *to, const int16_t *whole, const float *in, size_t at, size_t n)
{
	for (size_t i = 0; whole && i < n; i++)
		to[i] = whole[at + i];
	if (in && n > 0)
		memcpy(to, in + at, n * sizeof *in);
}

/* A piece through the filter. */
static int part_of(struct resample *r, size_t n, bool last)
{
	if (reserve(r, 2 * PIECE) < 0)
		return -1;
	r->out_n += decimate_run(r->part, r->piece_in, n, r->out + r->out_n);
	if (last)
		r->out_n += decimate_end(r->part, r->out + r->out_n);
	return 0;
}

static int convert_all(
	struct resample *r, const int16_t *whole, const float *in, size_t n, bool last)
{
	size_t at = 0;

	do {
		size_t piece = n - at < PIECE ? n - at : PIECE;
		take(r->piece_in, whole, in, at, piece);
		at += piece;
		if ((r->part ? part_of : convert)(r, piece, last && at == n) < 0)
			return -1;
	} while (at < n);
	return last && r->state && src.reset(r->state) != 0 ? -1 : 0;
}

static int run(struct resample *r, const int16_t *whole, const float *in, size_t n, bool last)
{
	r->out_n = 0;
	if (r->state || r->part)
		return convert_all(r, whole, in, n, last);
	if (reserve(r, n) < 0)
		return -1;
	take(r->out, whole, in, 0, n);
	r->out_n = n;
	return 0;
}

int resample_run(struct resample *r, const int16_t *in, size_t n, bool last, const int16_t **ret,
	size_t *ret_n)
{
	if (run(r, in, NULL, n, last) < 0)
		return -1;
	if (!r->whole && !(r->whole = calloc(r->out_size, sizeof *r->whole)))
		return -1;
	for (size_t i = 0; i < r->out_n; i++)
		r->whole[i] = pcm_from_float(r->out[i]);
	*ret = r->whole;
	*ret_n = r->out_n;
	return 0;
}

int resample_run_float(
	struct resample *r, const float *in, size_t n, bool last, const float **ret, size_t *ret_n)
{
	if (run(r, NULL, in, n, last) < 0)
		return -1;
	*ret = r->out;
	*ret_n = r->out_n;
	return 0;
}
