#include <errno.h>
#include <poll.h>
#include <string.h>

#include "listen.h"

static short merge_mask(void *ctx)
{
	struct listen *l = ctx;

	return l->ended || l->fifo.fd == -1 ? -1 : POLLIN;
}

static void on_loop_frame(void *ctx, const struct frame *f)
{
	struct listen *l = ctx;

	if (frame_is(f, "listen"))
		batch_listen(&l->batch, frame_int(f, "end_silence_ms", -1));
	call_frame(&l->call, f);
}

static void merge_ready(void *ctx, short revents)
{
	struct listen *l = ctx;
	const char *why = fifo_read(&l->fifo, on_loop_frame, l);

	if (why) {
		fifo_close(&l->fifo);
		listen_warn(l, "loop", "cannot go on with 'loop': %s: it is closed", why);
	}
	listen_settle(l);
}

void listen_merge_init(struct listen *l, const char *dir)
{
	l->fifo.fd = -1;
	if (dir && fifo_open(&l->fifo, dir) < 0)
		listen_warn(l, "loop", "cannot open 'loop': %s",
			errno == EINVAL ? "not a FIFO" : strerror(errno));
	l->fifo_head = (struct loop_source){
		.fd = l->fifo.fd, .mask = merge_mask, .ready = merge_ready, .ctx = l};
}
