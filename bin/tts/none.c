/* none: no voice, but the time it would take: silence of about that length. For tests, and where only the course of a
 * dialogue is of interest. */
#include "engine.h"

#define CHARACTER_MS 65 /* English is spoken at about 15 letters a second */
#define PIECE_MS 20

static int identify(const struct engine *e, const struct voice *v, const struct phrase *p,
	struct dynbuf *id, char why[WHY_MAX])
{
	return 0;
}

static void start(struct make *m, const struct phrase *p)
{
	static const uint8_t silence[192000 / 1000 * PIECE_MS * 2];
	size_t piece = (size_t)m->voice->rate_hz / 1000 * PIECE_MS * 2;

	make_format(m, m->voice->rate_hz, 0);
	for (size_t left = phrase_characters(p) * CHARACTER_MS; left >= PIECE_MS;
		left -= PIECE_MS) {
		if (make_bytes(m, silence, piece) < 0)
			return;
	}
	make_end(m);
}

static void stop(struct make *m) {}

const struct engine engine_none = {
	.name = "none",
	.what = "silence for as long as it would take",
	.texts = true,
	.identify = identify,
	.start = start,
	.stop = stop,
};
