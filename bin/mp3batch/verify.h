/* verify: whether an MP3 can take the place of its source, by decoding it.
 *
 * The judge is another program than the maker: libmpg123 (loaded on first use), not libmp3lame. The file is read back
 * from the disk, has to decode from its first to its last byte without an error and to have the checksum that it
 * carries; then its profile is compared with that of the source (profile.h).
 * Source of the frame with the checksum: Mp3 Info Tag revision 1 specification, gabriel.mp3-tech.org/mp3infotag.html.
 */
#ifndef MP3BATCH_VERIFY_H
#define MP3BATCH_VERIFY_H

#include "profile.h"

/* Decode the MP3 into *ret, to be freed on success: 0, or an exit code after why(). */
int verify_decode(int fd, struct profile *ret) MUST_USE;

#endif
