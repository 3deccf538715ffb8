#include "lastword.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "audio/file.h"
#include "base/log.h"

static void finish(struct lastword *w)
{
	w->timer.at_ns = 0;
	loop_remove(w->loop, &w->in);
	loop_remove_timer(w->loop, &w->timer);
	if (w->done)
		w->done(w->ctx);
	else
		loop_stop(w->loop);
}

static short want_in(void *ctx)
{
	(void)ctx;
	return POLLIN;
}

static void on_in(void *ctx, short revents)
{
	struct lastword *w = ctx;
	char dropped[16384];
	ssize_t n = recv(w->in_fd, dropped, sizeof(dropped), MSG_DONTWAIT);

	(void)revents;
	if (n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR)))
		return;
	w->closed = true;
	finish(w);
}

/* Send what is left in out: true if the line has all of it. */
static bool flush(struct lastword *w)
{
	ssize_t n = send(w->out_fd, w->out + w->out_done, w->out_bytes - w->out_done,
		MSG_DONTWAIT | MSG_NOSIGNAL);

	/* an error is the other end's; reading will say so */
	if (n > 0)
		w->out_done += (size_t)n;
	return w->out_done == w->out_bytes;
}

/* The next frame of the phrase, or of the silence after it. */
static void make_frame(struct lastword *w)
{
	size_t samples = pcm_frame_samples(w->rate_hz);
	size_t left = w->samples - w->said;
	size_t n = left < samples ? left : samples;

	w->out_bytes = ASOCK_HEADER_BYTES + 2 * samples;
	w->out_done = 0;
	memset(w->out, 0, w->out_bytes);
	asock_header(w->out, asock_audio_kind(w->rate_hz), (uint16_t)(2 * samples));
	if (n > 0)
		pcm_to_le(w->out + ASOCK_HEADER_BYTES, w->phrase + w->said, n);
	else
		w->tail_frames--;
	w->said += n;
}

static void make_end(struct lastword *w, int64_t now)
{
	asock_header(w->out, ASOCK_END, 0);
	w->out_bytes = ASOCK_HEADER_BYTES;
	w->out_done = 0;
	w->ended = true;
	w->give_up_ns = now + LASTWORD_DRAIN_S * NS_PER_S;
}

static void on_slot(void *ctx, int64_t now)
{
	struct lastword *w = ctx;
	int64_t slot;

	if (w->ended && now >= w->give_up_ns) {
		shutdown(w->out_fd, SHUT_RDWR);
		finish(w);
		return;
	}
	ticker_take(&w->tick, now);
	w->timer.at_ns = ticker_due(&w->tick);
	slot = w->tick.slot - 1;
	/* a line that does not take a frame loses the slots meanwhile, never a part of a message */
	if (!flush(w))
		return;
	if (w->ended) {
		w->timer.at_ns = w->give_up_ns;
		return;
	}
	if (w->said == w->samples && w->tail_frames == 0) {
		make_end(w, now);
		if (flush(w))
			w->timer.at_ns = w->give_up_ns;
		return;
	}
	make_frame(w);
	flush(w);
	if (w->out_done > 0 && w->sent)
		w->sent(w->ctx, slot * PCM_FRAME_MS, w->out + ASOCK_HEADER_BYTES,
			w->out_bytes - ASOCK_HEADER_BYTES);
}

static void load(struct lastword *w, const char *path)
{
	int max_s = LASTWORD_PHRASE_MAX_S;

	if (audio_file_load(path, w->rate_hz, max_s, &w->phrase, &w->samples) == 0)
		w->tail_frames = LASTWORD_TAIL_FRAMES;
	else
		log_error("cannot play '%s': %s", path, audio_file_error());
}

int lastword_start(struct lastword *w, int64_t t0_ns, const char *path)
{
	int64_t now;

	if (path)
		load(w, path);
	now = now_ns();
	ticker_init(&w->tick, t0_ns);
	w->tick.slot = (now - t0_ns + TICK_NS - 1) / TICK_NS;
	w->in = (struct loop_source){.fd = w->in_fd, .mask = want_in, .ready = on_in, .ctx = w};
	w->timer = (struct loop_timer){.at_ns = ticker_due(&w->tick), .fire = on_slot, .ctx = w};
	if (w->ended)
		w->timer.at_ns = w->give_up_ns = now + LASTWORD_DRAIN_S * NS_PER_S;
	if (loop_add(w->loop, &w->in) == -1 || loop_add_timer(w->loop, &w->timer) == -1)
		return -1;
	return 0;
}

void lastword_cut(struct lastword *w)
{
	w->said = w->samples;
	w->tail_frames = 0;
}

void lastword_free(struct lastword *w)
{
	free(w->phrase);
	w->phrase = NULL;
}
