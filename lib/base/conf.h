/* conf: the configuration file: environment variables for all tools, in a form that sh (`. file`)
 * and systemd (EnvironmentFile=) read alike. What one of them would understand otherwise is
 * refused here:
 *
 *	# a comment
 *	CALLPIPE_MAX_CALLS=50
 *	CALLPIPE_BUSY='/srv/prompts/all lines busy.wav'
 *	CALLPIPE_NAME="back\\slash, \"quote\", \$dollar, \`backquote\`"
 *
 * No blanks around "=", no export, no expansions, no text after the value. Quoted values may go
 * over several lines.
 *
 * Source: systemd.exec(5), EnvironmentFile=; POSIX.1-2017, XCU 2.2 Quoting.
 */
#ifndef CALLPIPE_BASE_CONF_H
#define CALLPIPE_BASE_CONF_H

#include "base/util.h"

#define CONF_DEFAULT "/etc/callpipe/callpipe.conf"
#define CONF_MAX_BYTES 65536

struct conf_error {
	const char *path; /* file */
	int line;         /* line of the mistake, from 1; 0: the file as a whole */
	const char *why;  /* in words */
};

/* Set the variables of a text that are not in the environment; of one set twice the last counts.
 * Nothing is set if there is a mistake anywhere: -1, line and why. */
int conf_apply(const char *text, size_t n, struct conf_error *err) MUST_USE;

/* The same for the file that CALLPIPE_CONF names (empty: none). Without that, for CONF_DEFAULT, if
 * it is there and may be read: under systemd, its variables are in the environment already. */
int conf_load(struct conf_error *err) MUST_USE;

#endif
