/* page: a call as one HTML page that needs nothing else: no network, no file beside it.
 *
 * Whatever the caller said or was told by a tool is text here, never markup; a Content-Security-Policy in the page
 * lets nothing run but our own script.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/dynbuf.h"
#include "record/story.h"

enum page_audio { PAGE_EMBED, PAGE_LINK, PAGE_NONE };

/* Append the page. -1 with errno: it has no room (ENOMEM), or a recording cannot be read. */
int page_write(const struct kept *k, const struct story *s, enum page_audio audio,
	struct dynbuf *b) MUST_USE;

#endif
