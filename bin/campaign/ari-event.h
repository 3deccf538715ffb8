/* ari-event: what Asterisk says in its event stream, as structs. Pure: bytes in, events out.
 *
 * Nothing is believed: what is missing, of another type, too long or out of range reads as if it were not there ("", -1,
 * NULL), unknown types are ARI_OTHER, and an event about a channel without an id is none. A caller still has to ask
 * whether it knows the channel.
 *
 * Source: Asterisk 23.4.1, rest-api/api-docs/events.json and channels.json; recorded events.
 */
#ifndef CAMPAIGN_ARI_EVENT_H
#define CAMPAIGN_ARI_EVENT_H

#include <jansson.h>

#include "base/util.h"

#define ARI_ID_MAX 150 /* bytes of a channel id, with its NUL: AST_MAX_PUBLIC_UNIQUEID */

enum ari_kind {
	ARI_OTHER,        /* a type that nobody here needs, or knows */
	ARI_STASIS_START, /* the channel is in our hands: from now on it can be dialled */
	ARI_STATE_CHANGE, /* state */
	ARI_DIAL,         /* dialstatus: "", RINGING, PROGRESS, ANSWER, BUSY, .. */
	ARI_DESTROYED,    /* it has ended: cause, cause_txt, tech_cause */
	ARI_REPLACED,     /* another program has taken our application */
};

enum ari_state {
	ARI_STATE_NONE, /* not said, or a word we do not know */
	ARI_DOWN,       /* not dialled yet */
	ARI_RESERVED,
	ARI_OFFHOOK,
	ARI_DIALING,
	ARI_RING,
	ARI_RINGING,
	ARI_UP, /* answered */
	ARI_BUSY,
};

/* A channel as it was at that moment. Strings belong to the event or the reply. */
struct ari_channel {
	const char *id;
	enum ari_state state;
	const json_t *variables; /* channelvars: see ari_variable; NULL: none */
};

struct ari_event {
	enum ari_kind kind;
	const char *app;            /* whose events these are */
	struct ari_channel channel; /* of a Dial: the one that is dialled. id "": about none */
	const char *dialstatus;
	int cause;      /* Q.850; -1: not said */
	int tech_cause; /* SIP status, when the end was no normal one; 0: none */
	const char *cause_txt;
	json_t *json; /* all of it */
};

/* A message of the stream. 0; -1: it is no event: no JSON, no object, without a type, or about a channel without a
 * usable id; why says which, and nothing has to be freed. */
int ari_event_parse(const void *p, size_t n, struct ari_event *ret, const char **why) MUST_USE;
void ari_event_free(struct ari_event *e);

/* A channel object, as GET /channels/ID has it. -1: it has no usable id. */
int ari_channel_read(const json_t *json, struct ari_channel *ret) MUST_USE;
/* One of its variables that ari.conf's channelvars names: "" if it is not set, or not sent. */
const char *ari_variable(const struct ari_channel *c, const char *name);
/* "2026-11-21T02:14:46.356+0000" in ms since 1970; 0: it is no time. */
int64_t ari_time_ms(const char *s);

#endif
