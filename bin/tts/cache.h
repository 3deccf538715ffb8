/* cache: phrases that have been made, addressed by content: a file of samples each.
 *
 *	DIR/ab/abcdef....8000.31200.5f3a6c01.s16
 *
 * ab..: SHA-256 of what decides how it sounds; then rate in Hz, samples, CRC-32 of the bytes. The file is nothing but
 * samples, 16 bit little endian, so that anything can play it; what is cut off or damaged is seen by its name, removed,
 * and made again. It is written under another name and renamed when it is whole, so that any number of processes may
 * share a folder. Its mtime is that of its last use, to the day.
 */
#ifndef TTS_CACHE_H
#define TTS_CACHE_H

#include "base/dynbuf.h"

#define CACHE_KEY_MAX 65 /* bytes, with its NUL */

struct cache {
	char dir[PATH_MAX]; /* "": there is none */
	bool failed;        /* a phrase could not be kept: no more are, in this run */
	unsigned added;     /* phrases, in this run */
};

/* dir may be missing, it is made when the first phrase is kept; NULL or "": no cache. -1: the name is too long. */
int cache_init(struct cache *c, const char *dir) MUST_USE;
/* The name of what these bytes describe. */
void cache_key(const void *id, size_t n, char key[CACHE_KEY_MAX]);
/* Add the samples of a phrase to audio, if it is there, whole, and fits; otherwise false. */
bool cache_get(struct cache *c, const char *key, int rate_hz, struct dynbuf *audio);
/* Keep it. -1 with errno: it is not kept, and will not be tried again. */
int cache_put(struct cache *c, const char *key, int rate_hz, const void *bytes, size_t n) MUST_USE;

/* Remove what was not used for so many days, then the oldest until at most max_bytes are left. Another process that does the same is not
 * waited for. -1 with errno: the folder cannot be read. */
int cache_sweep(struct cache *c, int64_t max_bytes, int64_t max_days) MUST_USE;
/* The same if something was added, and the last time is an hour ago. */
int cache_tidy(struct cache *c, int64_t max_bytes, int64_t max_days) MUST_USE;

/* CRC-32 of IEEE 802.3, as gzip and cksum -a crc32b have it. */
uint32_t cache_crc(const void *p, size_t n);

#endif
