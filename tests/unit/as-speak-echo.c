#include "echo.h"

#include "tap.h"

int main(void)
{
	int16_t in[16 * 160], out[160] = {7};
	struct echo e;
	int n = 0;

	for (int i = 0; i < 16 * 160; i++)
		in[i] = (int16_t)(i + 1);
	if (!ok(echo_init(&e, 8000) == 0, "init"))
		return done_testing();
	ok(!echo_frame(&e, out) && out[0] == 7, "nothing to play, nothing touched");
	echo_put(&e, in, 300);
	ok(!echo_frame(&e, out), "less than 40 ms: not yet");
	echo_put(&e, in + 300, 100);
	ok(echo_frame(&e, out) && out[0] == 1 && out[159] == 160, "40 ms: the first 20");
	ok(echo_frame(&e, out) && out[0] == 161 && !echo_frame(&e, out),
		"the next, then it waits again");
	echo_put(&e, in + 400, 239);
	ok(!echo_frame(&e, out), "until there are 40 ms again");
	echo_put(&e, in + 639, 1);
	ok(echo_frame(&e, out) && out[0] == 321, "with what was left");
	echo_free(&e);
	ok(echo_init(&e, 8000) == 0, "another");
	echo_put(&e, in, 16 * 160);
	while (echo_frame(&e, out))
		n++;
	ok(n <= 11 && out[159] == 16 * 160, "a burst: the latest %d frames, the oldest are gone",
		n);
	echo_free(&e);
	return done_testing();
}
