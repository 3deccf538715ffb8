/* ari: Asterisk's REST interface on the loop: requests over HTTP, events over one WebSocket.
 *
 * How a person is called, and what that rests on. "Read": in Asterisk's source of several versions, not measured; "measured":
 * on a running Asterisk 23.4.1; "seen": told by others who run it. No create, dial and continue in a row was measured.
 *
 *	1 POST /channels/create   A channel that is not dialled: nobody rings. It is subscribed to, then handed to Stasis on a
 *	                          thread of its own, so the reply may come before it is there, or its events before the reply
 *	                          (read: res/ari/resource_channels.c, ari_channel_thread). An id in use is answered by 409
 *	                          (measured). If the application has no WebSocket, Stasis fails and the channel is hung up
 *	                          (read: res_stasis.c, stasis_app_exec).
 *	2 StasisStart             state Down. Before it a dial is answered by 409 "not in Stasis application" (seen, under
 *	                          load). There is no second one when the phone is answered: that is ChannelStateChange Up and
 *	                          Dial ANSWER; any event with state Up says so (seen: node-ari-client issues 92, 148).
 *	3 POST /channels/ID/dial  The one request that rings. 404: no such channel; 409: not Down, or not in Stasis: then this
 *	                          request has dialled nobody. 204 comes before the INVITE: the dial is a command to the
 *	                          channel's thread, and a second request that comes before anything has rung is taken, too
 *	                          (read: control.c, stasis_app_control_dial). So there is never a second one.
 *	                          timeout= hangs up what is not answered. Then the cause is 19, in versions before 2025 0 or 16
 *	                          (asterisk pull request 1203, issue 963), and there is no last Dial (seen: 148): a call that
 *	                          never was Up and ended with 0 or 16 was not answered.
 *	4 POST ID/continue        Leaves the application for the dialplan. A channel that create made has no PBX: Stasis itself
 *	                          runs one for it when it is left and not hung up (read: the end of stasis_app_exec,
 *	                          ast_pbx_run_args; before that it departs from the bridge in which dialled channels wait).
 *	                          412 while it is Down. For channels of POST /channels the same continue was measured.
 *	5 ChannelDestroyed        cause, tech_cause. Comes behind continue, too: the application stays subscribed until the end
 *	                          (read; measured for POST /channels).
 *
 * When the WebSocket goes: the application is deactivated, its events are lost, channels stay as they are, those in Stasis
 * wait there until somebody hangs up; its subscriptions stay as long as there is a channel, and are there again when it
 * connects (read: stasis/app.c, app_is_finished, app_update). After every (re)connect the world has to be looked at: see
 * up(). A second WebSocket of the same name takes the application over; the first is told ApplicationReplaced (measured).
 *
 * Callbacks come from the loop, never from within a call here. Nothing blocks.
 */
#ifndef CAMPAIGN_ARI_H
#define CAMPAIGN_ARI_H

#include "ari-event.h"
#include "net/http.h"

struct ari; /* one Asterisk and one application of it */

struct ari_settings {
	const char *url;      /* http://127.0.0.1:8088/ari */
	const char *app;      /* name of the application: one for each dispatcher */
	const char *user;     /* of ari.conf */
	const char *password; /* never shown, never on a line of a log */
	int64_t answer_ms;    /* so long a reply may take; 0: 5000 */
	int64_t ping_ms;      /* silence on the stream after which it is tried; 0: 10000 */
	int64_t again_ms;     /* first pause before a reconnect; doubles up to 10 s; 0: 250 */
};

/* Who answers. */
struct ari_info {
	char asterisk_id[64];
	char version[64];
	char startup_time
		[64]; /* as it says it: another one means that it was restarted, and all channels are gone */
	int64_t startup_ms; /* since 1970, by its clock; 0: not said */
};

struct ari_handlers {
	/* The stream is there and /asterisk/info is known. What happened while it was not is not told: ask for
	 * each channel (ari_get), and have its events again (ari_subscribe).
	 * restarted: it is another start of the same Asterisk than at the last up. Another asterisk_id is another
	 * Asterisk, to which the address leads now: of the channels of the one before nothing is known. */
	void (*up)(void *ctx, const struct ari_info *info, bool restarted);
	/* It is not: why, as the end of a sentence; it is tried again by itself. Said once for each up, and once at the
	 * start if the first try fails, then again only if the reason is another. */
	void (*down)(void *ctx, const char *why);
	/* Another program has taken the application, or user and password are refused from the first try on: no more is
	 * tried. down has been told. */
	void (*lost)(void *ctx, const char *why);
	/* Only between up and down. The event is of our application, and freed behind the call. */
	void (*event)(void *ctx, const struct ari_event *e);
	/* A message that is none; may be NULL. */
	void (*strange)(void *ctx, const char *why);
};

/* What became of a request. */
enum ari_outcome {
	ARI_DONE,     /* 2xx */
	ARI_MISSING,  /* 404: no such channel (or application, ..) */
	ARI_CONFLICT, /* 409: the id is in use; or it is not in the state for that */
	ARI_DENIED,   /* 401, 403: user, password, read_only */
	ARI_REJECTED, /* another 4xx: what was asked cannot be */
	ARI_FAILED, /* 5xx: "Allocation failed": the trunk has no registration, the endpoint is none */
	ARI_NOT_SENT, /* certainly never reached Asterisk */
	ARI_UNKNOWN,  /* no reply: it may have been done or not */
};
/* Of a dial, all but ARI_DONE and ARI_UNKNOWN say for certain that this request dialled nobody: it is made over a
 * connection of its own, since libcurl repeats a request that an old one has lost. */

struct ari_reply {
	enum ari_outcome outcome;
	int status;         /* 0: none */
	const char *why;    /* not done: one line, the end of a sentence */
	const json_t *json; /* done, and it has a body of JSON; else NULL; gone behind the call */
};

typedef void ari_done(void *ctx, const struct ari_reply *r);

struct ari_create {
	const char *channel;       /* its id */
	const char *endpoint;      /* PJSIP/33612345678@trunk */
	const char *caller_number; /* NULL or "": the trunk's own */
	const json_t *variables;   /* object of strings, may be NULL */
};

/* NULL: no memory, or a setting that cannot be; why, HTTP_WHY_MAX bytes, says which. Begins to connect. The strings of
 * set are copied. on and ctx have to live until ari_close. */
struct ari *ari_open(struct loop *loop, const struct ari_settings *set,
	const struct ari_handlers *on, void *ctx, char why[HTTP_WHY_MAX]) MUST_USE;
/* Nothing is called any more; requests under way are forgotten, which is not to say that they are not carried out. */
void ari_close(struct ari *a);
bool ari_is_up(const struct ari *a);

/* Each may be made at any time, up or down; done is called once, or never after ari_close. -1: no memory. */
int ari_create(struct ari *a, const struct ari_create *c, ari_done *done, void *ctx) MUST_USE;
int ari_dial(
	struct ari *a, const char *channel, int64_t ring_s, ari_done *done, void *ctx) MUST_USE;
int ari_continue(struct ari *a, const char *channel, const char *context, const char *extension,
	ari_done *done, void *ctx) MUST_USE;
/* Hang up, as normal. ARI_DONE and ARI_MISSING both mean that it is not there any more, or soon. */
int ari_delete(struct ari *a, const char *channel, ari_done *done, void *ctx) MUST_USE;
/* How it is: see ari_channel_read. */
int ari_get(struct ari *a, const char *channel, ari_done *done, void *ctx) MUST_USE;
/* Have its events again: a channel that lives on after a reconnect. The application forgets its subscriptions when it is
 * made anew. */
int ari_subscribe(struct ari *a, const char *channel, ari_done *done, void *ctx) MUST_USE;
/* Any GET: path behind the base, "/endpoints/PJSIP/trunk". */
int ari_ask(struct ari *a, const char *path, ari_done *done, void *ctx) MUST_USE;

#endif
