#include "stream/writer.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#define IOV_ITEMS \
	16 /* items gathered into one write: small events fill it, audio fills PIPE_BUF first */

struct writer_item {
	struct writer_item *next;
	size_t n;    /* bytes */
	int64_t tag; /* caller's, see writer_put */
	bool audio;  /* may be dropped until begun */
	bool begun;  /* offered to write(2) */
	char bytes[];
};

void writer_init(struct writer *w, int fd, size_t max_event_bytes)
{
	*w = (struct writer){.fd = fd, .max_event_bytes = max_event_bytes};
}

static size_t *writer_account(struct writer *w, const struct writer_item *it)
{
	return it->audio ? &w->audio_bytes : &w->event_bytes;
}

static void writer_pop(struct writer *w)
{
	struct writer_item *it = w->head;

	*writer_account(w, it) -= it->n;
	w->head = it->next;
	if (!w->head)
		w->tail = NULL;
	w->head_done = 0;
	free(it);
}

void writer_free(struct writer *w)
{
	while (w->head)
		writer_pop(w);
}

int writer_put(struct writer *w, const void *p, size_t n, bool audio, int64_t tag)
{
	struct writer_item *it;

	if (w->gone)
		return 0;
	if (!audio && w->event_bytes + n > w->max_event_bytes) {
		errno = ENOBUFS;
		return -1;
	}
	it = malloc(sizeof(*it) + n);
	if (!it)
		return -1;
	*it = (struct writer_item){.n = n, .tag = tag, .audio = audio};
	memcpy(it->bytes, p, n);
	if (w->tail)
		w->tail->next = it;
	else
		w->head = it;
	w->tail = it;
	*writer_account(w, it) += n;
	return 0;
}

/* Gather what one write may take: whole items as far as PIPE_BUF goes, or a piece of a large one. */
static int writer_gather(
	struct writer *w, struct iovec *iov, void (*begun)(void *, bool, int64_t), void *ctx)
{
	size_t left = PIPE_BUF, skip = w->head_done;
	int n = 0;

	for (struct writer_item *it = w->head; it && left && n < IOV_ITEMS; it = it->next) {
		size_t len = it->n - skip;

		if (len > left) {
			if (n)
				break;
			len = left;
		}
		iov[n++] = (struct iovec){it->bytes + skip, len};
		left -= len;
		skip = 0;
		if (!it->begun && begun)
			begun(ctx, it->audio, it->tag);
		it->begun = true;
	}
	return n;
}

int writer_flush(struct writer *w, void (*begun)(void *ctx, bool audio, int64_t tag), void *ctx)
{
	struct iovec iov[IOV_ITEMS];
	ssize_t done;

	if (!w->head)
		return 0;
	done = writev(w->fd, iov, writer_gather(w, iov, begun, ctx));
	if (done < 0) {
		w->gone = errno == EPIPE || errno == ECONNRESET;
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	}
	while (w->head && (size_t)done >= w->head->n - w->head_done) {
		done -= (ssize_t)(w->head->n - w->head_done);
		writer_pop(w);
	}
	w->head_done += (size_t)done;
	return 0;
}

static size_t left(const struct writer *w)
{
	return w->event_bytes + w->audio_bytes - w->head_done;
}

int writer_flush_all(struct writer *w)
{
	size_t before;

	do {
		before = left(w);
		if (writer_flush(w, NULL, NULL) < 0)
			return -1;
	} while (left(w) < before);
	return 0;
}

bool writer_drop_audio(struct writer *w, int64_t *ret_tag)
{
	struct writer_item **at = &w->head, *before = NULL, *it;

	while (*at && (!(*at)->audio || (*at)->begun)) {
		before = *at;
		at = &before->next;
	}
	it = *at;
	if (!it)
		return false;
	*at = it->next;
	if (w->tail == it)
		w->tail = before;
	w->audio_bytes -= it->n;
	*ret_tag = it->tag;
	free(it);
	return true;
}
