/* asterisk: which Asterisk, as whom, and where calls go there: what the command line says to run and to ari-check alike.
 */
#ifndef CAMPAIGN_ASTERISK_H
#define CAMPAIGN_ASTERISK_H

#include "ari.h"
#include "base/opt.h"

struct asterisk {
	const char *url, *user;
	const char *endpoint; /* what is dialled: PJSIP/%s@trunk; NULL: what the trunk says */
	const char *context, *extension; /* where answered calls go to in the dialplan */
	struct http_settings http;       /* whom to trust, and through which proxy */
};
extern struct asterisk asterisk_set;

/* Rows of a table of options. */
#define ASTERISK_OPTIONS \
	{"ari-url", 0, OPT_STR, "URL", "CALLPIPE_ARI_URL", "Asterisk's REST interface", \
		&asterisk_set.url}, \
		{"ari-user", 0, OPT_STR, "NAME", "CALLPIPE_ARI_USER", "user of ari.conf", \
			&asterisk_set.user}, \
		{"endpoint", 0, OPT_STR, "TEXT", "CALLPIPE_ENDPOINT", \
			"what Asterisk dials: 'PJSIP/%s@trunk'; default that of the trunk", \
			&asterisk_set.endpoint}, \
		{"context", 0, OPT_STR, "NAME", "CALLPIPE_CONTEXT", \
			"where answered calls go to in the dialplan", &asterisk_set.context}, \
		{"extension", 0, OPT_STR, "NAME", "CALLPIPE_EXTENSION", "and there", \
			&asterisk_set.extension}, \
		HTTP_OPTIONS(asterisk_set.http)

/* Connect, as an application of this name. NULL: it has been said why, a setting is wrong. */
struct ari *asterisk_open(
	struct loop *loop, const char *app, const struct ari_handlers *on, void *ctx) MUST_USE;

#endif
