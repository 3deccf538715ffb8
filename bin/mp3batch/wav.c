#include "wav.h"

#include <string.h>
#include <unistd.h>

#include "why.h"

#define HEAD 12         /* bytes of the RIFF header */
#define CHUNK 8         /* of that of a chunk */
#define OPEN 0x7fff0000 /* data sizes from here on tell nothing: sox and ffmpeg on a pipe */

static uint32_t get_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Place of the data chunk's content and its size; -1: there is none. */
static int find_data(int fd, int64_t bytes, int64_t *ret_at, int64_t *ret_size)
{
	uint8_t chunk[CHUNK];
	int64_t at = HEAD, size;

	while (at + CHUNK <= bytes && pread(fd, chunk, CHUNK, at) == CHUNK) {
		size = get_le32(chunk + 4);
		if (memcmp(chunk, "data", 4) == 0) {
			*ret_at = at + CHUNK;
			*ret_size = size;
			return 0;
		}
		at += CHUNK + size + (size & 1);
	}
	return -1;
}

int wav_whole(int fd, int64_t bytes)
{
	uint8_t head[HEAD];
	int64_t at, size;

	if (bytes == 0)
		return why(EXIT_DATA, "it is empty");
	if (bytes < HEAD || pread(fd, head, HEAD, 0) != HEAD ||
		(memcmp(head, "RIFF", 4) != 0 && memcmp(head, "RF64", 4) != 0) ||
		memcmp(head + 8, "WAVE", 4) != 0)
		return why(EXIT_DATA, "it is no WAV");
	if (find_data(fd, bytes, &at, &size) == -1)
		return why(EXIT_DATA, "it is cut off before its samples");
	if (size > 0 && size < OPEN && at + size > bytes)
		return why(EXIT_DATA, "it is cut off: %lld of %lld bytes of samples are there",
			(long long)(bytes - at), (long long)size);
	return 0;
}
