#include "feature.h"

#include <sphinxbase/fe.h>
#include <sphinxbase/feat.h>
#include <stdlib.h>

#include "base/dl.h"

#define BASE_SO "libsphinxbase.so.3"
#define WINDOW 4 /* frames of room the library wants at either end */

static struct {
	__typeof__(fe_start_stream) *start_stream;
	__typeof__(fe_start_utt) *start_utt;
	__typeof__(fe_process_frames) *process_frames;
	__typeof__(fe_end_utt) *end_utt;
	__typeof__(fe_get_output_size) *output_size;
	__typeof__(feat_array_alloc) *alloc;
	__typeof__(feat_array_free) *free;
	__typeof__(feat_s2mfc2feat_live) *make;
} base;

int feature_load(void)
{
	static const struct dl_symbol symbols[] = {
		{"fe_start_stream", &base.start_stream},
		{"fe_start_utt", &base.start_utt},
		{"fe_process_frames", &base.process_frames},
		{"fe_end_utt", &base.end_utt},
		{"fe_get_output_size", &base.output_size},
		{"feat_array_alloc", &base.alloc},
		{"feat_array_free", &base.free},
		{"feat_s2mfc2feat_live", &base.make},
		{0},
	};

	return dl_load(BASE_SO, symbols);
}

/* Rows of cepstra, with the pointers to them before. */
static mfcc_t **rows_new(size_t rows, size_t columns)
{
	mfcc_t **row = malloc(rows * (sizeof(*row) + columns * sizeof(**row)));

	for (size_t i = 0; row && i < rows; i++)
		row[i] = (mfcc_t *)(row + rows) + i * columns;
	return row;
}

static int32 cepstra(fe_t *fe, const int16_t *sample, size_t n, mfcc_t **row, int32 rows)
{
	int32 frames = rows - 1, tail = 0;

	if (base.start_utt(fe) < 0 ||
		base.process_frames(fe, &sample, &n, row, &frames, NULL) < 0 ||
		base.end_utt(fe, row[frames], &tail) < 0)
		return 0;
	return frames + tail;
}

/* The front end takes away noise as it gets to know it. Heard twice, it knows that of this utterance, and none of what
 * was said before: in noise that is worth a few words in a hundred. */
static int32 cepstra_clean(fe_t *fe, const int16_t *sample, size_t n, mfcc_t **row, int32 rows)
{
	base.start_stream(fe);
	cepstra(fe, sample, n, row, rows);
	return cepstra(fe, sample, n, row, rows);
}

int feature_make(
	fe_t *fe, feat_t *feat, const int16_t *sample, size_t n, float ****ret, size_t *ret_frames)
{
	size_t left = n;
	int32 frames = 0;
	mfcc_t **row, ***made;

	if (base.process_frames(fe, NULL, &left, NULL, &frames, NULL) < 0)
		return -1;
	frames += 2; /* the tail, and one that what is left of another utterance might make */
	row = rows_new((size_t)frames, (size_t)base.output_size(fe));
	if (!row)
		return -1;
	frames = cepstra_clean(fe, sample, n, row, frames);
	made = frames > 0 ? base.alloc(feat, frames + 2 * WINDOW) : NULL;
	frames = made ? base.make(feat, row, &frames, TRUE, TRUE, made) : 0;
	free(row);
	if (frames > 0) {
		*ret = made;
		*ret_frames = (size_t)frames;
		return 0;
	}
	if (made)
		base.free(made);
	return -1;
}

void feature_free(float ***feature)
{
	base.free(feature);
}
