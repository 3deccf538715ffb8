#include "turn.h"

#include "tap.h"

int main(void)
{
	struct turn_meter m;
	struct dynbuf b;

	dynbuf_init(&b, 1024);
	turn_init(&m);
	turn_step(&m, TURN_TEXT, 30);
	turn_step(&m, TURN_TEXT, 40);
	turn_step(&m, TURN_AUDIO, 50);
	ok(turn_audible(&m, 90, &b), "the greeting");
	is_str(b.p,
		"{\"turn\":0,\"speech_end\":0,\"text_ms\":30,\"audio_ms\":50,\"audible_ms\":90}",
		"from accept; the first of a step counts");
	dynbuf_reset(&b);
	turn_step(&m, TURN_TEXT, 95);
	ok(!turn_audible(&m, 100, &b) && b.n == 0, "once");
	turn_begin(&m, 3, 5000, 5700);
	turn_step(&m, TURN_TRANSCRIPT, 5800);
	turn_step(&m, TURN_ASKED, 5801);
	turn_step(&m, TURN_FILLER, 5900);
	turn_step(&m, TURN_TOKEN, 6300);
	turn_step(&m, TURN_ASKED, 6400);
	ok(turn_audible(&m, 6500, &b), "an answer");
	is_str(b.p,
		"{\"turn\":3,\"speech_end\":5000,\"endpoint_ms\":700,\"transcript_ms\":800,\"asked_ms\":801,\"token_ms\":1300,"
		"\"filler_ms\":900,\"audible_ms\":1500}",
		"from the end of speech");
	dynbuf_reset(&b);
	turn_begin(&m, -1, 7000, 7000);
	ok(turn_audible(&m, 7100, &b), "a key before any voice");
	is_str(b.p, "{\"speech_end\":7000,\"endpoint_ms\":0,\"audible_ms\":100}", "has no turn");
	dynbuf_free(&b);
	return done_testing();
}
