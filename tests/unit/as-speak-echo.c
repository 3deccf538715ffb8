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
	ok(!echo_frame(&e, out), "less than 80 ms: not yet");
	echo_put(&e, in + 300, 340);
	ok(echo_frame(&e, out) && out[0] == 1 && out[159] == 160, "80 ms: the first 20");
	while (echo_frame(&e, out))
		n++;
	ok(n == 3 && out[0] == 481, "the next three, then it waits again");
	echo_put(&e, in + 640, 639);
	ok(!echo_frame(&e, out), "until there are 80 ms again");
	echo_put(&e, in + 1279, 1);
	ok(echo_frame(&e, out) && out[0] == 641, "with what was left");
	echo_free(&e);
	ok(echo_init(&e, 8000) == 0, "another");
	echo_put(&e, in, 16 * 160);
	for (n = 0; echo_frame(&e, out); n++)
		;
	ok(n <= 13 && out[159] == 16 * 160, "a burst: the latest %d frames, the oldest are gone",
		n);
	echo_free(&e);
	return done_testing();
}
