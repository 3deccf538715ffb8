/* wav: whether a WAV file is all there. libsndfile makes do with what it finds, and says nothing.
 *
 * Source: Multimedia Programming Interface and Data Specifications 1.0 (RIFF), EBU Tech 3306 (RF64).
 */
#ifndef MP3BATCH_WAV_H
#define MP3BATCH_WAV_H

#include "base/util.h"

/* 0 if the file of so many bytes is a WAV and has the samples that it promises, or an exit code after why(). A data
 * chunk of 0 or about 2^31 or 2^32 bytes is of a writer that could not go back to fill in its size: it goes to the
 * end of the file. */
int wav_whole(int fd, int64_t bytes) MUST_USE;

#endif
