#include "audio/voice.h"

#include <errno.h>
#include <stdlib.h>

#include "audio/voice-features.h"
#include "audio/voice-weights.h"

struct voice {
	float state[VOICE_STATE];       /* of the network */
	struct voice_features features; /* of the sound */
};

int voice_open(int rate_hz, struct voice **ret)
{
	if (rate_hz != 8000 && rate_hz != 16000) {
		errno = EINVAL;
		return -1;
	}
	struct voice *v = calloc(1, sizeof *v);
	if (!v)
		return -1;
	voice_features_init(&v->features, rate_hz);
	*ret = v;
	return 0;
}

void voice_close(struct voice *v)
{
	free(v);
}

float voice_frame(struct voice *v, const int16_t *samples)
{
	float x[VOICE_FEATURES];

	voice_features_frame(&v->features, samples, x);
	return voice_network(&voice_weights, v->state, x);
}

float voice_level_db(const struct voice *v)
{
	return voice_features_level_db(&v->features);
}

float voice_floor_db(const struct voice *v)
{
	return voice_features_floor_db(&v->features);
}
