#include "stream/outlet.h"

#include <errno.h>
#include <poll.h>

#define WRITES 16 /* of a round, together what a pipe holds */

static short outlet_mask(void *ctx)
{
	const struct outlet *o = ctx;

	if (o->writer.gone)
		return -1;
	return outlet_pending(o) ? POLLOUT : 0;
}

static void outlet_lost(struct outlet *o, int err)
{
	writer_free(&o->writer);
	o->writer.gone = true;
	o->gone(o->ctx, err);
}

static bool writable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) > 0;
}

static void outlet_ready(void *ctx, short revents)
{
	struct outlet *o = ctx;
	int writes = 0;

	/* nothing was waiting to be written, and yet: the error of a pipe, the hang-up of a socket */
	if (!(revents & POLLOUT)) {
		outlet_lost(o, 0);
		return;
	}
	do {
		if (writer_flush(&o->writer, o->begun, o->ctx) < 0) {
			outlet_lost(o, o->writer.gone ? 0 : errno);
			return;
		}
	} while (outlet_pending(o) && ++writes < WRITES && writable(o->writer.fd));
	if (!outlet_pending(o))
		o->drained(o->ctx);
}

void outlet_init(struct outlet *o, int fd, size_t max_event_bytes, void (*drained)(void *ctx),
	void (*gone)(void *ctx, int err), void *ctx)
{
	*o = (struct outlet){.drained = drained, .gone = gone, .ctx = ctx};
	writer_init(&o->writer, fd, max_event_bytes);
	o->source = (struct loop_source){
		.fd = fd, .mask = outlet_mask, .ready = outlet_ready, .ctx = o};
}

void outlet_free(struct outlet *o)
{
	writer_free(&o->writer);
}
