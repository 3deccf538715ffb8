#include "accept.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static const uint8_t uuid_header[ASOCK_HEADER_BYTES] = {ASOCK_UUID, 0, ASOCK_UUID_BYTES};

void accept_tune(int fd)
{
	/* a host that is gone is noticed within 15 s, whether we send or only wait */
	static const struct {
		int level, name, value;
	} options[] = {
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_NODELAY, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, 6},
		{IPPROTO_TCP, TCP_KEEPINTVL, 3},
		{IPPROTO_TCP, TCP_KEEPCNT, 3},
		{IPPROTO_TCP, TCP_USER_TIMEOUT, 15000},
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		int value = options[i].value;

		setsockopt(fd, options[i].level, options[i].name, &value, sizeof(value));
	}
}

/* Wait until fd is readable; false at the deadline. */
static bool readable(int fd, int64_t deadline_ns)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	sigset_t none;

	sigemptyset(&none);
	for (;;) {
		int64_t left = max_i64(deadline_ns - now_ns(), 0);
		struct timespec ts = {.tv_sec = left / NS_PER_S, .tv_nsec = left % NS_PER_S};
		int n = ppoll(&p, 1, &ts, &none);

		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
	}
}

enum accept_result accept_uuid(
	int fd, int64_t deadline_ns, uint8_t uuid[ASOCK_UUID_BYTES], const char **ret_why)
{
	uint8_t msg[ASOCK_HEADER_BYTES + ASOCK_UUID_BYTES];
	size_t n = 0;

	while (n < sizeof(msg)) {
		ssize_t got;

		if (!readable(fd, deadline_ns)) {
			*ret_why = n ? "no whole UUID in time" : "no byte in time";
			return ACCEPT_ALIEN;
		}
		got = recv(fd, msg + n, sizeof(msg) - n, MSG_DONTWAIT);
		if (got == -1 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0) {
			*ret_why = "closed within the UUID";
			return n ? ACCEPT_ALIEN : ACCEPT_EOF;
		}
		n += (size_t)got;
		if (memcmp(msg, uuid_header, n < sizeof(uuid_header) ? n : sizeof(uuid_header)) !=
			0) {
			*ret_why = "no AudioSocket";
			return ACCEPT_ALIEN;
		}
	}
	memcpy(uuid, msg + ASOCK_HEADER_BYTES, ASOCK_UUID_BYTES);
	return ACCEPT_CALL;
}
