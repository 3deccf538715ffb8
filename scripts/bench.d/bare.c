/* bare: the least a call can cost: one process that every 20 ms reads what has come and sends a frame of noise.
 * Run for each connection on stdin and stdout, beside the servers that `bench calls` compares.
 */
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

#define TICK_NS 20000000

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(void)
{
	static uint8_t in[65536], frame[323] = {0x10, 1, 64};
	int64_t due = now_ns();
	ssize_t n;

	for (size_t i = 3; i < sizeof(frame); i++)
		frame[i] = i % 2 ? 0 : 4; /* samples of 1024: to be heard */
	prctl(PR_SET_TIMERSLACK, 500000); /* as as-speak */
	do {
		int64_t left = due - now_ns();
		struct timespec wait = {.tv_nsec = left > 0 ? left : 0};

		ppoll(NULL, 0, &wait, NULL);
		n = recv(0, in, sizeof(in), MSG_DONTWAIT);
		due += TICK_NS;
	} while (n != 0 && send(1, frame, sizeof(frame), MSG_DONTWAIT | MSG_NOSIGNAL) != -1);
	return 0;
}
