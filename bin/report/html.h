/* html: text as HTML. Source: HTML Living Standard, 13.3. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/dynbuf.h"

/* A text, with what means something in HTML, quotes too, written so that it does not; control characters and what is
 * no UTF-8 become U+FFFD. */
void html_text(struct dynbuf *b, const char *s);

#endif
