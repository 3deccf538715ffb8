#include "sound.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/pcm.h"
#include "base/base64.h"

#define SOUND_MAX (512 << 20) /* bytes of a recording: in base64 a page has no room for more */

static const struct {
	const char *name, *type;
} kinds[] = {{"recording.mp3", "audio/mpeg"}, {"recording.wav", "audio/wav"}};

/* All of a file of the call; NULL with errno. */
static uint8_t *load(const struct kept *k, const char *name, size_t *ret_n)
{
	int64_t bytes;
	int fd = kept_file(k, name, &bytes), saved;
	uint8_t *p = NULL;
	ssize_t n = -1;

	if (fd != -1 && bytes > SOUND_MAX)
		errno = EFBIG;
	else if (fd != -1 && (p = malloc((size_t)bytes + 1)))
		n = 1;

	for (*ret_n = 0; n > 0 && *ret_n < (size_t)bytes; *ret_n += (size_t)max_i64(n, 0))
		n = read(fd, p + *ret_n, (size_t)bytes - *ret_n);
	saved = errno;
	if (fd != -1)
		close(fd);
	if (n < 0) {
		free(p);
		p = NULL;
	}
	errno = saved;
	return p;
}

/* Both sides as stereo, caller left. */
static int embed_sides(const struct kept *k, struct dynbuf *b)
{
	static const char *const names[] = {"caller.s16", "bot.s16"};
	size_t n[2] = {0}, longer;
	uint8_t *side[2], *wav;
	int err = 0;

	for (int c = 0; c < 2; c++) {
		side[c] = load(k, names[c], &n[c]);
		if (!side[c] && errno != ENOENT)
			err = errno;
	}
	longer = (size_t)max_i64((int64_t)n[0], (int64_t)n[1]) / 2;
	wav = longer && !err ? calloc(1, PCM_WAV_HEAD_BYTES + longer * 4) : NULL;
	if (wav) {
		pcm_wav_head(wav, k->rate_hz, 2, (uint32_t)(longer * 4));
		for (int c = 0; c < 2; c++)
			for (size_t i = 0; side[c] && i < n[c] / 2; i++)
				memcpy(wav + PCM_WAV_HEAD_BYTES + i * 4 + 2 * c, side[c] + 2 * i,
					2);
		dynbuf_adds(b, "<audio controls preload=\"metadata\" src=\"data:audio/wav;base64,");
		base64_add(b, wav, PCM_WAV_HEAD_BYTES + longer * 4);
		dynbuf_adds(b, "\"></audio>\n");
	} else if (longer && !err) {
		err = ENOMEM;
	}
	free(wav);
	free(side[0]);
	free(side[1]);
	errno = err;
	return err ? -1 : 0;
}

int sound_embed(const struct kept *k, struct dynbuf *b)
{
	size_t n;
	uint8_t *p;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		p = load(k, kinds[i].name, &n);
		if (!p && errno != ENOENT)
			return -1;
		if (!p)
			continue;
		dynbuf_addf(b, "<audio controls preload=\"metadata\" src=\"data:%s;base64,",
			kinds[i].type);
		base64_add(b, p, n);
		dynbuf_adds(b, "\"></audio>\n");
		free(p);
		return 0;
	}
	return embed_sides(k, b);
}

int sound_link(const struct kept *k, struct dynbuf *b)
{
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (fstatat(k->fd, kinds[i].name, &st, AT_SYMLINK_NOFOLLOW) == -1)
			continue;
		dynbuf_addf(b, "<audio controls preload=\"metadata\" src=\"%s\"></audio>\n",
			kinds[i].name);
		break;
	}
	return 0;
}
