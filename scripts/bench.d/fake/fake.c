/* fake: a recogniser, a model and a voice on loopback that cost next to nothing, so that what is measured beside
 * them is what it costs to use them: Deepgram's live WebSocket, OpenAI's chat completions and speech, ElevenLabs' stream.
 * One process with epoll; it shares no code with lib/. What it answers was made before the first request, but for one word
 * in each sentence, which is another one each time: no phrase is said twice, so no cache has it.
 *
 *	fake SOUND.s16 [MS]
 *
 * SOUND.s16 (8000 Hz) is what every sentence sounds like. The first sentence of an answer, and the first 100 ms of a sound,
 * are sent with the head of the reply: no time is theirs, so all that passes until the caller hears something is ours. What
 * follows comes every MS milliseconds (10; 0: at once), a token of the model, and 100 ms of sound. It prints its port, and,
 * when it is told to end, what it has done: a line of JSON.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "fake.h"

#define CONNECTIONS_MAX 4096

static struct connection *all[CONNECTIONS_MAX], *ticking;
static int epoll_fd, timer_fd, tick_ms = 10;
static uint64_t accepted, questions, sentences, warmed, refused, open_now, open_most;
static volatile sig_atomic_t ending;

_Noreturn void fail(const char *what)
{
	perror(what);
	exit(71);
}

/* ---- connections ---- */

static void watch(struct connection *c, bool writing)
{
	struct epoll_event e = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.fd = c->fd};

	if (c->writing != writing && epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e) == -1)
		fail("epoll_ctl");
	c->writing = writing;
}

static void reply_over(struct connection *c)
{
	if (c->reply && c->out != c->reply->p)
		free(c->out);
	c->reply = NULL;
	c->out = NULL;
	c->sent = c->part = 0;
}

static void drop(struct connection *c)
{
	for (struct connection **at = &ticking; *at; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			break;
		}
	reply_over(c);
	all[c->fd] = NULL;
	close(c->fd);
	free(c->in);
	free(c);
	open_now--;
}

static void arm(void)
{
	struct itimerspec t = {
		.it_value.tv_nsec = tick_ms * 1000000L, .it_interval.tv_nsec = tick_ms * 1000000L};

	timerfd_settime(timer_fd, 0, &t, NULL);
}

/* What is due of a reply. -1: the connection is gone. */
static int push(struct connection *c)
{
	const struct reply *r = c->reply;
	size_t due = r->end[tick_ms ? c->part : r->parts - 1];

	while (c->sent < due) {
		ssize_t n = send(
			c->fd, c->out + c->sent, due - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n == -1 && errno == EAGAIN) {
			watch(c, true);
			return 0;
		}
		if (n == -1)
			return -1;
		c->sent += (size_t)n;
	}
	watch(c, false);
	if (c->sent == r->n) {
		reply_over(c);
		return 0;
	}
	if (!c->ticking) {
		if (!ticking)
			arm();
		c->ticking = true;
		c->next = ticking;
		ticking = c;
	}
	return 0;
}

static void tick(void)
{
	static const struct itimerspec off;
	struct connection *list = ticking, *next;
	uint64_t times;

	if (read(timer_fd, &times, sizeof(times)) != sizeof(times))
		return;
	ticking = NULL;
	for (; list; list = next) {
		next = list->next;
		list->ticking = false;
		if (!list->reply)
			continue;
		if (list->part + 1 < list->reply->parts)
			list->part++;
		if (push(list) == -1)
			drop(list);
	}
	if (!ticking)
		timerfd_settime(timer_fd, 0, &off, NULL);
}

static int start(struct connection *c, const struct reply *r)
{
	static uint64_t names;

	reply_over(c);
	c->reply = r;
	c->out = r->p;
	if (r->name[0]) {
		c->out = malloc(r->n);
		if (!c->out)
			fail("malloc");
		memcpy(c->out, r->p, r->n);
		write_name(c->out + r->name[0], names++);
		write_name(c->out + r->name[1], names++);
	}
	return push(c);
}

int say(struct connection *c, const char *p, size_t n)
{
	return send(c->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)n ? 0 : -1;
}

/* ---- HTTP ---- */

static int answer_request(struct connection *c, const char *head)
{
	static const char none[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
	static const char no[] =
		"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

	if (strncmp(head, "GET /v1/listen?", 15) == 0)
		return upgrade(c, head);
	if (strncmp(head, "POST /v1/chat/completions ", 26) == 0) {
		questions++;
		return start(c, &answer);
	}
	if (strncmp(head, "POST /v1/audio/speech ", 22) == 0) {
		sentences++;
		return start(c, &speech_24k);
	}
	if (strncmp(head, "POST /v1/text-to-speech/", 24) == 0) {
		const char *format = strstr(head, "output_format=");

		sentences++;
		return start(c,
			format && strncmp(format + 14, "ulaw", 4) == 0 ? &speech_ulaw
								       : &speech_pcm);
	}
	if (strncmp(head, "HEAD ", 5) == 0) { /* makes a connection for later */
		warmed++;
		return say(c, none, sizeof(none) - 1);
	}
	refused++;
	return say(c, no, sizeof(no) - 1);
}

/* One request. >0: its bytes; 0: not whole; -1: the connection is over. */
static ssize_t take_request(struct connection *c, uint8_t *p, size_t have)
{
	uint8_t *end = memmem(p, have, "\r\n\r\n", 4);
	const char *length;
	size_t n;

	if (!end)
		return 0;
	end[2] = '\0';
	length = strcasestr((char *)p, "\r\ncontent-length:");
	n = (size_t)(end + 4 - p) + (length ? (size_t)atol(length + 17) : 0);
	if (n > IN_MAX)
		return -1;
	if (have < n) {
		end[2] = '\r';
		return 0;
	}
	return answer_request(c, (char *)p) == -1 ? -1 : (ssize_t)n;
}

static void readable(struct connection *c)
{
	size_t at = 0;
	ssize_t n = recv(c->fd, c->in + c->in_n, IN_MAX - c->in_n, MSG_DONTWAIT);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		drop(c);
		return;
	}
	c->in_n += (size_t)n;
	do {
		n = c->live ? take_frame(c, c->in + at, c->in_n - at)
			    : take_request(c, c->in + at, c->in_n - at);
		if (n == -1) {
			drop(c);
			return;
		}
		at += (size_t)n;
	} while (n > 0);
	c->in_n -= at;
	memmove(c->in, c->in + at, c->in_n);
}

static void accept_all(int listener)
{
	static const int one = 1;
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) != -1) {
		struct connection *c = fd < CONNECTIONS_MAX ? calloc(1, sizeof(*c)) : NULL;
		struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};

		if (!c || !(c->in = malloc(IN_MAX)) ||
			epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e) == -1)
			fail("accept");
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		c->fd = fd;
		all[fd] = c;
		accepted++;
		open_now++;
		if (open_now > open_most)
			open_most = open_now;
	}
}

static void on_end(int sig)
{
	(void)sig;
	ending = 1;
}

static int listen_loopback(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&a, n) == -1 || listen(fd, 1024) == -1 ||
		getsockname(fd, (struct sockaddr *)&a, &n) == -1)
		fail("listen");
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

static void serve(int listener)
{
	struct epoll_event e[64];

	while (!ending) {
		int n = epoll_wait(epoll_fd, e, 64, -1);

		for (int i = 0; i < n; i++) {
			int fd = e[i].data.fd;

			if (fd == listener)
				accept_all(fd);
			else if (fd == timer_fd)
				tick();
			else if (all[fd] && all[fd]->reply && (e[i].events & EPOLLOUT) &&
				push(all[fd]) == -1)
				drop(all[fd]);
			else if (all[fd] && (e[i].events & ~(uint32_t)EPOLLOUT))
				readable(all[fd]);
		}
	}
}

int main(int argc, char **argv)
{
	struct epoll_event e = {.events = EPOLLIN};
	struct sigaction end = {.sa_handler = on_end};
	struct rusage used;
	int listener;

	if (argc < 2) {
		fprintf(stderr, "usage: fake SOUND.s16 [MS]\n");
		return 64;
	}
	if (argc > 2)
		tick_ms = atoi(argv[2]);
	make_answer(&answer);
	make_voices(argv[1]);
	sigaction(SIGTERM, &end, NULL);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	listener = listen_loopback();
	e.data.fd = listener;
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &e);
	e.data.fd = timer_fd;
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &e);
	serve(listener);
	getrusage(RUSAGE_SELF, &used);
	printf("{\"connections\":%" PRIu64 ",\"open_most\":%" PRIu64 ",\"open\":%" PRIu64
	       ",\"turns\":%" PRIu64 ",\"questions\":%" PRIu64 ",\"sentences\":%" PRIu64
	       ",\"warmed\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"heard_s\":%" PRIu64
	       ",\"cpu_ms\":%ld}\n",
		accepted, open_most, open_now, turns, questions, sentences, warmed, refused,
		heard_bytes / 16000,
		(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000L +
			(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000);
	return 0;
}
