/* ari-inside: what ari.c (the stream) and ari-ask.c (requests) know of each other, nobody else.
 */
#ifndef CAMPAIGN_ARI_INSIDE_H
#define CAMPAIGN_ARI_INSIDE_H

#include "ari.h"
#include "base/dynbuf.h"
#include "net/ws.h"

enum ari_phase {
	ARI_CONNECTING, /* the WebSocket */
	ARI_ASKING,     /* it is there: who is it? */
	ARI_LISTENING,  /* up */
	ARI_PAUSING,    /* before the next try */
	ARI_LOST,       /* given up */
};

struct ari {
	struct loop *loop;
	struct http http;
	const struct ari_handlers *on;
	void *ctx; /* theirs */
	char *base, *app, *password;
	char *auth;   /* value of the header */
	char *stream; /* URL of the WebSocket */
	int64_t answer_ms, ping_ms, again_ms, pause_ms;
	enum ari_phase phase;
	struct ws *ws; /* NULL: none */
	struct loop_timer timer;
	struct ari_info info;    /* of the last up */
	bool known;              /* there was one */
	bool told;               /* that it is down */
	char why[HTTP_WHY_MAX];  /* as told */
	struct ari_call *calls;  /* under way */
	struct ari_call *asking; /* the one for who it is; NULL: none */
	bool *closed;            /* set by ari_close for who is calling handlers; NULL: nobody is */
};

/* Make a request: path is behind the base, with its query, escaped. body: NULL: none; once: see http.h. NULL: no memory. */
struct ari_call *ari_request(struct ari *a, const char *method, const char *path, const char *body,
	bool once, ari_done *done, void *ctx) MUST_USE;
void ari_forget(struct ari_call *c);
void ari_forget_all(struct ari *a);

#endif
