#include "encode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lame.h"
#include "why.h"

#define BLOCK 4608 /* frames given to the encoder at a time: four of MPEG-1, eight of MPEG-2 */
#define WORST (BLOCK * 5 / 4 + 7200) /* bytes that it may make of them (lame.h) */
#define TAG_MAX 16384                /* bytes of the ID3v2 tag: its texts are shorter */
#define OUT (65536 + WORST)

/* MP3 that is on its way to the file. */
struct sink {
	int fd;
	size_t n;               /* bytes waiting */
	unsigned char out[OUT]; /* them */
};

int encode_parse(const char *text, struct encode_want *ret)
{
	char number[8];
	size_t n = strlen(text);
	int64_t v;

	if ((text[0] == 'V' || text[0] == 'v') && parse_int(text + 1, 0, 9, &v) == 0) {
		*ret = (struct encode_want){.vbr = true, .quality = (int)v};
		return 0;
	}
	if (n > 0 && (text[n - 1] == 'k' || text[n - 1] == 'K'))
		n--;
	if (n >= sizeof(number))
		return -1;
	memcpy(number, text, n);
	number[n] = '\0';
	if (parse_int(number, 8, 320, &v) == -1)
		return -1;
	*ret = (struct encode_want){.kbps = (int)v};
	return 0;
}

/* What libmp3lame says is in its return values. */
static void hush(const char *format, va_list ap) {}

/* The rates of MPEG audio; any other is brought to the next by libmp3lame. */
static bool is_mpeg_rate(int hz)
{
	static const int rates[] = {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};

	for (size_t i = 0; i < ARRAY_LEN(rates); i++)
		if (rates[i] == hz)
			return true;
	return false;
}

/* Two channels stay two: joint stereo would put what it rounds off of the bot's voice into the caller's silence, and
 * they have nothing in common that it could save. */
static int configure(lame_global_flags *g, const struct encode_want *want, const struct source *s)
{
	int err = lame.set_in_samplerate(g, s->rate_hz) | lame.set_num_channels(g, s->channels) |
		lame.set_num_samples(g, (unsigned long)s->frames) |
		lame.set_mode(g, s->channels == 2 ? STEREO : MONO) | lame.set_errorf(g, hush) |
		lame.set_msgf(g, hush) | lame.set_debugf(g, hush);

	if (is_mpeg_rate(s->rate_hz))
		err |= lame.set_out_samplerate(g, s->rate_hz);
	if (want->vbr)
		err |= lame.set_vbr(g, vbr_default) | lame.set_vbr_quality(g, (float)want->quality);
	else
		err |= lame.set_brate(g, want->kbps);
	lame.set_tag_automatic(g, 0);
	return err;
}

static int drain(struct sink *k, size_t keep)
{
	if (k->n <= keep)
		return 0;
	if (write_all(k->fd, k->out, k->n) == -1)
		return why_errno("cannot write");
	k->n = 0;
	return 0;
}

/* Take what the encoder has made. */
static int took(struct sink *k, int made)
{
	if (made < 0)
		return why(EXIT_BUG, "libmp3lame: error %d", made);
	k->n += (size_t)made;
	return drain(k, OUT - WORST);
}

static int encode_block(
	lame_global_flags *g, int channels, int16_t *samples, size_t frames, struct sink *k)
{
	unsigned char *to = k->out + k->n;

	if (channels == 2)
		return took(k, lame.encode_interleaved(g, samples, (int)frames, to, WORST));
	return took(k, lame.encode(g, samples, samples, (int)frames, to, WORST));
}

static int encode_all(
	lame_global_flags *g, struct source *s, struct sink *k, struct profile *profile)
{
	int16_t samples[2 * BLOCK];
	ssize_t n = 0;
	int err = 0;

	while (!err && (n = source_read(s, samples, BLOCK)) > 0) {
		if (profile)
			profile_add(profile, samples, (size_t)n);
		err = encode_block(g, s->channels, samples, (size_t)n, k);
	}
	if (n < 0)
		return (int)-n;
	if (!err)
		err = took(k, lame.flush(g, k->out + k->n, WORST));
	if (!err && profile && profile_end(profile) == -1)
		err = why(EXIT_SYSTEM, "no memory");
	return err ? err : drain(k, 0);
}

/* The frame that tells of the whole, in the place that was kept for it: behind the tag. A frame of a very low constant
 * bit rate has no room for it. */
static int write_info(lame_global_flags *g, int fd, size_t tag_bytes, bool needed)
{
	unsigned char frame[2880 + 4]; /* the largest frame there is */
	size_t n = lame.get_info_frame(g, frame, sizeof(frame));

	if (n > sizeof(frame))
		return why(EXIT_BUG, "libmp3lame: a frame of %zu bytes", n);
	if (n == 0 && needed)
		return why(EXIT_CONFIG,
			"at so few bits an MP3 cannot tell its length, and "
			"would not be a copy");
	if (pwrite(fd, frame, n, (off_t)tag_bytes) != (ssize_t)n)
		return why_errno("cannot write");
	return 0;
}

static int run(lame_global_flags *g, struct source *s, struct sink *k, struct profile *profile)
{
	size_t tag = lame.get_tag(g, k->out, TAG_MAX);
	int err;

	if (tag > TAG_MAX)
		return why(EXIT_BUG, "libmp3lame: a tag of %zu bytes", tag);
	k->n = tag;
	err = encode_all(g, s, k, profile);
	return err ? err : write_info(g, k->fd, tag, profile != NULL);
}

int encode(const struct encode_want *want, struct source *s, const struct tags *t, int fd,
	struct profile *profile)
{
	lame_global_flags *g;
	struct sink *k;
	int err = lame_load();

	if (err)
		return err;
	k = calloc(1, sizeof(*k));
	g = lame.init();
	if (!k || !g || tags_set(t, g) == -1) {
		err = why(EXIT_SYSTEM, "no memory");
	} else if (configure(g, want, s) || lame.init_params(g) < 0) {
		err = why(EXIT_DATA, "libmp3lame refuses %d Hz at this bit rate", s->rate_hz);
	} else {
		k->fd = fd;
		err = run(g, s, k, profile);
	}
	if (g)
		lame.close(g);
	free(k);
	return err;
}
