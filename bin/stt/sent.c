#include "sent.h"

#include <stdlib.h>
#include <string.h>

void sent_init(struct sent *s, int rate_hz)
{
	*s = (struct sent){.rate_hz = rate_hz};
}

void sent_add(struct sent *s, int64_t samples, int64_t call_ms, int64_t id)
{
	struct sent_part *last = s->parts ? &s->part[s->parts - 1] : NULL;

	if (last && last->id == id &&
		llabs(last->call_ms + last->n * 1000 / s->rate_hz - call_ms) <= 1) {
		last->n += samples;
		s->total += samples;
		return;
	}
	if (s->parts == SENT_PARTS_MAX)
		memmove(s->part, s->part + 1, --s->parts * sizeof(s->part[0]));
	s->part[s->parts++] = (struct sent_part){s->total, samples, call_ms, id};
	s->total += samples;
}

const struct sent_part *sent_find(const struct sent *s, double seconds)
{
	double at = seconds * s->rate_hz;

	for (size_t i = s->parts; i-- > 0;)
		if (at >= (double)s->part[i].at)
			return at <= (double)s->total + s->rate_hz ? &s->part[i] : NULL;
	return NULL;
}

int64_t sent_call_ms(const struct sent *s, const struct sent_part *p, double seconds)
{
	double into_ms = seconds * 1000 - (double)p->at * 1000 / s->rate_hz;

	return p->call_ms + (int64_t)(into_ms + 0.5);
}
