#include "stream/call.h"

#include <errno.h>
#include <stdlib.h>

#include "tap.h"

/* Call time 0 with this in the environment: what call_start_ns returns, and whether it is now. */
static int start_with(const char *t0, int64_t *ret, bool *ret_now)
{
	int64_t before = now_ns();
	int rc;

	if (t0)
		setenv("CALLPIPE_T0_NS", t0, 1);
	else
		unsetenv("CALLPIPE_T0_NS");
	rc = call_start_ns(ret);
	*ret_now = before <= *ret && *ret <= now_ns();
	return rc;
}

int main(void)
{
	static const char *const bad[] = {"x", "0", "-1", "1.5", "9223372036854775807"};
	int64_t t0;
	bool now;

	ok(start_with(NULL, &t0, &now) == 0 && now, "without a variable it is now");
	ok(start_with("", &t0, &now) == 0 && now, "an empty one is none");
	ok(start_with("12345", &t0, &now) == 0 && t0 == 12345, "else what it says");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ok(start_with(bad[i], &t0, &now) == -1 && now, "'%s' is refused, and it is now",
			bad[i]);
	ok(errno == ERANGE, "the future is out of range");
	return done_testing();
}
