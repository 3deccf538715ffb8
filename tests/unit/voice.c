#include "audio/voice.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "audio/file.h"
#include "tap.h"

#define SOUNDS "/usr/share/asterisk/sounds/en_US_f_Allison/"

static void test_open(void)
{
	struct voice *v;

	errno = 0;
	ok(voice_open(11025, &v) < 0 && errno == EINVAL, "8 and 16 kHz only");
}

/* A second of silence, then a recording. */
static void test_prompt(int rate_hz)
{
	int16_t *s, zero[320] = {0};
	size_t n;
	struct voice *v;
	float most = 0;
	int hit = 0, frames;

	if (audio_file_load(SOUNDS "vm-intro.wav", rate_hz, 60, &s, &n) < 0 ||
		voice_open(rate_hz, &v) < 0)
		abort();
	for (int i = 0; i < 50; i++) {
		float p = voice_frame(v, zero);
		most = p > most ? p : most;
	}
	ok(most < VOICE_STAY, "%d Hz: silence is no voice (%.2f)", rate_hz, (double)most);
	ok(voice_level_db(v) <= -119 && voice_floor_db(v) <= -119, "and as quiet as can be");
	frames = (int)(n / (size_t)(rate_hz / 50));
	for (int i = 0; i < frames; i++)
		hit += voice_frame(v, s + i * (rate_hz / 50)) > VOICE_STAY;
	ok(hit > frames * 7 / 10, "%d Hz: a prompt is voice (%d of %d frames)", rate_hz, hit,
		frames);
	voice_close(v);
	free(s);
}

int main(void)
{
	test_open();
	test_prompt(8000);
	test_prompt(16000);
	return done_testing();
}
