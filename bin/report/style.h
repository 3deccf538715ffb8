/* style: what the page looks like, and the script that moves through the sound. */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

extern const char style_css[];
extern const char style_js[];

#endif
