/* ari-judge: what an answer of Asterisk means for who wants to call through it, as findings.
 */
#ifndef CAMPAIGN_ARI_JUDGE_H
#define CAMPAIGN_ARI_JUDGE_H

#include "ari.h"
#include "base/dynbuf.h"
#include "finding.h"

/* GET /asterisk/modules: are those there that calls need? */
void judge_modules(struct findings *f, const struct ari_reply *r);
/* "23.4.1": AudioSocket() lets the dialplan go on since 20.14, 21.9, 22.4. */
void judge_version(struct findings *f, const char *version);
/* "PJSIP/%s@trunk" -> "/endpoints/PJSIP/trunk", added to path. False: it is none of a trunk, see endpoint.h. */
bool judge_endpoint_path(const char *endpoint, struct dynbuf *path) MUST_USE;
/* GET of that. */
void judge_trunk(struct findings *f, const char *trunk, const struct ari_reply *r);
/* A channel: do events carry what ari.conf's channelvars have to name? */
void judge_variables(struct findings *f, const json_t *channel);
/* GET ../variable?variable=DIALPLAN_EXISTS(context,extension,1) of a channel. */
void judge_place(
	struct findings *f, const char *context, const char *extension, const struct ari_reply *r);

#endif
