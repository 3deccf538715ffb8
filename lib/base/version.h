/* version: the one place that says which callpipe this is. */
#ifndef CALLPIPE_BASE_VERSION_H
#define CALLPIPE_BASE_VERSION_H

#ifndef CALLPIPE_VERSION
#define CALLPIPE_VERSION "0.1"
#endif

#endif
