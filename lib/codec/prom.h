/* prom: figures in the text format of Prometheus, written.
 *
 * Source: prometheus.io/docs/instrumenting/exposition_formats, text format 0.0.4. Names are the caller's to choose
 * well; values of labels are whatever they are, and are escaped; what is no UTF-8 becomes U+FFFD. No I/O.
 */
#ifndef CALLPIPE_CODEC_PROM_H
#define CALLPIPE_CODEC_PROM_H

#include "base/dynbuf.h"

/* The two lines that introduce a family. type: "counter", "gauge", "histogram". -1 once the buffer has failed. */
int prom_family(struct dynbuf *b, const char *name, const char *type, const char *help);

/* One more label: `a="1",b="2"`. */
int prom_label(struct dynbuf *labels, const char *name, const char *value);

/* A sample: `name{labels} value`; labels as prom_label made them, "" for none. An integer is written as one, and
 * there is no NaN. */
int prom_sample(struct dynbuf *b, const char *name, const char *labels, double value);

#endif
