#include "line.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/pcm.h"

void line_init(struct line *l, int fd, int rate_hz, bool raw)
{
	struct stat st;

	*l = (struct line){
		.fd = fd,
		.socket = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode),
		.raw = raw,
		.kind = asock_audio_kind(rate_hz),
		.samples = pcm_frame_samples(rate_hz),
	};
}

/* Send what fits; the bytes sent. Every error of a socket is the end of the call (asterisk.md section 2). */
static size_t send_some(struct line *l, const uint8_t *p, size_t n)
{
	ssize_t done;

	do
		done = send(l->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (done < 0 && errno == EINTR);
	if (done < 0 && errno != EAGAIN)
		l->gone = true;
	return done < 0 ? 0 : (size_t)done;
}

static void send_whole(struct line *l, const uint8_t *p, size_t n)
{
	size_t done;

	if (l->rest_bytes) {
		done = send_some(l, l->rest, l->rest_bytes);
		l->rest_bytes -= done;
		memmove(l->rest, l->rest + done, l->rest_bytes);
	}
	if (l->rest_bytes) {
		l->lost++;
		return;
	}
	done = send_some(l, p, n);
	if (done == 0)
		l->lost++;
	else if (done < n)
		memcpy(l->rest, p + done, l->rest_bytes = n - done);
}

static int put(struct line *l, const uint8_t *p, size_t n)
{
	if (l->gone)
		return 0;
	if (l->socket) {
		send_whole(l, p, n);
		return 0;
	}
	if (write_all(l->fd, p, n) == 0)
		return 0;
	l->gone = true;
	return errno == EPIPE ? 0 : -1;
}

int line_send(struct line *l, const int16_t *samples)
{
	uint8_t msg[LINE_FRAME_BYTES];
	size_t bytes = l->samples * 2;

	asock_header(msg, l->kind, (uint16_t)bytes);
	pcm_to_le(msg + ASOCK_HEADER_BYTES, samples, l->samples);
	return l->raw ? put(l, msg + ASOCK_HEADER_BYTES, bytes)
		      : put(l, msg, ASOCK_HEADER_BYTES + bytes);
}

int line_end(struct line *l)
{
	uint8_t end[ASOCK_HEADER_BYTES];

	asock_header(end, ASOCK_END, 0);
	return l->raw ? 0 : put(l, end, sizeof(end));
}
