#include "line.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/pcm.h"

/* A socket that is full of what nobody reads would speak it all in one burst later. TCP_NOTSENT_LOWAT makes it
 * writable only while less than so much has not left; what is on its way, on a long line too, does not count. As
 * all of it fits one segment, a frame is then taken whole or not at all. */
void line_init(struct line *l, int fd, int rate_hz, bool raw)
{
	struct stat st;
	int lowat;

	*l = (struct line){
		.fd = fd,
		.socket = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode),
		.raw = raw,
		.kind = asock_audio_kind(rate_hz),
		.samples = pcm_frame_samples(rate_hz),
	};
	lowat = LINE_QUEUE_FRAMES * (int)(ASOCK_HEADER_BYTES + 2 * l->samples);
	if (l->socket) /* no TCP, no such option: its messages are taken whole anyway */
		setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, sizeof(lowat));
}

/* Send what fits; the bytes sent. Every error of a socket is the end of the call, as res_audiosocket.c treats it. */
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

void line_flush(struct line *l)
{
	size_t done;

	if (l->gone || l->rest_bytes == 0)
		return;
	done = send_some(l, l->rest, l->rest_bytes);
	l->rest_bytes -= done;
	memmove(l->rest, l->rest + done, l->rest_bytes);
}

static bool writable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) == 1;
}

bool line_ready(struct line *l)
{
	if (!l->socket || l->gone)
		return true;
	line_flush(l);
	if (l->rest_bytes == 0 && writable(l->fd))
		return true;
	l->lost++;
	return false;
}

/* All of it, now or behind what was begun before it. */
static int put(struct line *l, const uint8_t *p, size_t n)
{
	if (l->gone)
		return 0;
	if (l->socket) {
		memcpy(l->rest + l->rest_bytes, p, n);
		l->rest_bytes += n;
		line_flush(l);
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

void line_shutdown(struct line *l)
{
	if (l->socket)
		shutdown(l->fd, SHUT_RDWR);
	l->gone = true;
}
