/* item: one call directory, or one sound file, and what becomes of it.
 */
#ifndef MP3BATCH_ITEM_H
#define MP3BATCH_ITEM_H

#include "encode.h"

struct settings {
	struct encode_want want;
	int64_t rate_hz;  /* of files without a header; 0: not told */
	int64_t channels; /* of them */
	int64_t older_s;  /* what ended less than so many seconds ago is left alone */
	bool delete_raw;  /* remove what was encoded, once that is sure */
	bool force;       /* encode what is encoded already */
};

/* Do it: as batch_end wants it; what failed has been said. */
int item_work(const struct settings *set, const char *path);

#endif
