#include "stamp.h"

#include <string.h>
#include <time.h>

int64_t stamp_realtime_ns(void)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	return wall.tv_sec * NS_PER_S + wall.tv_nsec - now_ns();
}

bool stamp_find(
	struct msghdr *msg, int64_t after_ns, int64_t now, int64_t realtime_ns, int64_t *ret_ns)
{
	*ret_ns = now;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		struct timespec t;
		int64_t at;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof t);
		at = t.tv_sec * NS_PER_S + t.tv_nsec - realtime_ns;
		if (at < after_ns - NS_PER_S || at > now + NS_PER_S)
			return false;
		*ret_ns = min_i64(max_i64(at, after_ns), now);
		return true;
	}
	return false;
}
