/* picture: both sides of a call on one time axis, and how long answers took, as SVG. Source: SVG 1.1. */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include "base/dynbuf.h"
#include "record/story.h"

/* Length of the picture: the call, or its longer recording. */
int64_t picture_ms(const struct kept *k, const struct story *s);
void picture_wave(const struct kept *k, const struct story *s, struct dynbuf *b);
/* One answer as a bar, drawn so that longest_ms would fill it. */
void picture_answer(const struct story_latency *t, int64_t longest_ms, struct dynbuf *b);
/* What its colours mean. */
void picture_legend(struct dynbuf *b);

#endif
