#include "hold.h"

#include "stream/frame.h"

static struct hold_item *item(struct hold *h, int i)
{
	return &h->item[(h->first + i) % HOLD_FRAMES_MAX];
}

void hold_init(struct hold *h)
{
	h->first = h->n = 0;
	for (int i = 0; i < HOLD_FRAMES_MAX; i++)
		dynbuf_init(&h->item[i].raw, FRAME_MAX);
}

void hold_free(struct hold *h)
{
	for (int i = 0; i < HOLD_FRAMES_MAX; i++)
		dynbuf_free(&h->item[i].raw);
	h->n = 0;
}

int hold_put(struct hold *h, int64_t at_ms, int64_t to_ms, const void *raw, size_t bytes)
{
	struct hold_item *it;

	while (h->n && item(h, h->n - 1)->at_ms >= at_ms)
		h->n--;
	if (h->n == HOLD_FRAMES_MAX)
		hold_take(h);
	it = item(h, h->n);
	dynbuf_reset(&it->raw);
	if (dynbuf_add(&it->raw, raw, bytes) < 0)
		return -1;
	it->at_ms = at_ms;
	it->to_ms = to_ms;
	h->n++;
	return 0;
}

void hold_drop(struct hold *h, int64_t until_ms)
{
	while (h->n && item(h, 0)->to_ms <= until_ms)
		hold_take(h);
}

const struct hold_item *hold_take(struct hold *h)
{
	struct hold_item *it = item(h, 0);

	if (h->n == 0)
		return NULL;
	h->first = (h->first + 1) % HOLD_FRAMES_MAX;
	h->n--;
	return it;
}
