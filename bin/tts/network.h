/* network: what engines have in common that ask a server: text goes there, sound comes back, and is used as it comes.
 *
 * What a vendor wants to be asked is its own: a struct network_vendor in a file of its own. The rest is here: the
 * request is made through its breaker and tried again while there is time; what comes is looked at before it is played, so
 * that an error in a reply that claims to be sound is never heard as noise.
 */
#ifndef TTS_NETWORK_H
#define TTS_NETWORK_H

#include <jansson.h>

#include "engine.h"
#include "net/provider.h"
#include "setting.h"

#define NETWORK_PATH_MAX 4096      /* bytes of a request: path and query */
#define NETWORK_BODY_MAX (1 << 20) /* bytes of its body */
#define NETWORK_FALLBACK_MS 2000 /* who has another to ask does not wait longer for a first byte */

enum network_format { NETWORK_WAV, NETWORK_PCM, NETWORK_ULAW, NETWORK_ALAW };

/* A phrase, and what is set for it. */
struct network_say {
	const struct voice *voice;
	const struct phrase *phrase;
	char model[SETTING_MAX]; /* as set, or the vendor's own; "": it has none */
	char name[SETTING_MAX];  /* of the voice; "": none is set, and none is the vendor's own */
	enum network_format format; /* of the answer */
	int rate_hz;                /* of the answer, if it has no head */
	int way;                    /* of asking, 0 is the first */
};

struct network_request {
	struct dynbuf path; /* behind the base, with its query: initialised */
	json_t *body;       /* an object */
	bool plain;         /* instead, the text as it is */
};

/* What is a vendor's own; NULL or 0 where it has nothing of the kind. */
struct network_vendor {
	const char *url; /* where it is, if nothing else is set */
	enum provider_auth auth;
	const char *header; /* PROVIDER_HEADER: its name */
	const char *key;    /* name of a key of this engine, wherever it is */
	/* The usual name of a key, if the URL is the vendor's: NULL, it is not, or wants none. */
	const char *(*secret)(const char *url);
	const char *model;
	const char *voice;   /* of any language */
	const char *voices;  /* or by language: "en=NAME fr=NAME" */
	const char *formats; /* that it has: "wav pcm", the first is used if none is set */
	int pcm_hz;          /* of `pcm` if no rate is set; 0: that of the call */
	bool query;          /* parameters belong into the query */
	double speed_least, speed_most; /* both 0: it cannot be set */
	/* Add path and members of the body. -1: it cannot say this, why says why. */
	int (*request)(const struct network_say *s, struct network_request *ret, char why[WHY_MAX]);
	int ways; /* that there are to ask: servers of one name are not alike; 0: one */
	/* This status, after the first question in this way, says that it has to be asked in another. */
	bool (*otherwise)(int way, int status);
};

/* A service as it is set. */
struct network_service {
	const struct engine *engine; /* that asks it */
	struct provider provider;
	int way;               /* of asking */
	int64_t asked_ns;      /* the end of its last answer; 0: there was none */
	bool known;            /* it has been answered in this way */
	char refused[WHY_MAX]; /* it will answer no question of ours: why; "": it may */
};

struct network {
	struct http http;
	struct network_service service[ENGINES_MAX];
	size_t n;
	bool patient; /* nobody is on the line: wait for as long as a server asks */
};

/* The settings of a list of engines, those that ask nobody left out; no request is made. 0; or an exit code, why says why
 * as a message. v->network becomes n. The loop is set later. */
int network_open(struct network *n, struct voice *v, const struct engine *const *engines,
	char why[HTTP_WHY_MAX]) MUST_USE;
/* Before the first request, and when no more will come. */
void network_run(struct network *n, struct loop *loop);
void network_stop_all(struct network *n);
void network_close(struct network *n);
/* Have what they need loaded; */
void network_load(struct network *n);
/* and a connection to the first of them ready. */
void network_warm(struct network *n);
/* That of an engine; NULL: it is not in the list. */
struct network_service *network_find(struct network *n, const struct engine *e);

/* The functions of every engine that is a vendor's. */
int network_identify(const struct engine *e, const struct voice *v, const struct phrase *p,
	struct dynbuf *id, char why[WHY_MAX]);
void network_start(struct make *m, const struct phrase *p);
void network_stop(struct make *m);

/* Everything that is set for a phrase, for its vendor. -1: why says what is wrong with it. */
int network_say(const struct engine *e, const struct voice *v, const struct phrase *p, int way,
	struct network_say *ret, char why[WHY_MAX]) MUST_USE;
/* What a phrase is priced by: the model, or the voice where a voice is a model; "" if an engine has none. */
void network_model(const struct engine *e, const struct voice *v, const struct phrase *p,
	char ret[SETTING_MAX]);
/* What is asked, in path and body (both initialised), type its content type. -1: it cannot be, why says why. */
int network_request(const struct engine *e, const struct voice *v, const struct phrase *p, int way,
	struct dynbuf *path, struct dynbuf *body, const char **type, char why[WHY_MAX]) MUST_USE;

/* What the beginning of an answer is. */
enum network_kind {
	NETWORK_SOUND,  /* samples, as far as can be seen */
	NETWORK_RIFF,   /* WAV */
	NETWORK_TEXT,   /* JSON, HTML, a message: to be read, not to be heard */
	NETWORK_FOREIGN /* MP3, Ogg, FLAC */
};
#define NETWORK_LOOK_BYTES 16 /* so many are looked at, if there are */
enum network_kind network_look(const void *p, size_t n, const char *type, enum network_format f);

#define NETWORK_ENGINE(NAME, WHAT, VENDOR) \
	{ \
		.name = (NAME), .what = (WHAT), .texts = true, .keep = true, .counts = true, \
		.vendor = (VENDOR), .identify = network_identify, .start = network_start, \
		.stop = network_stop, \
	}

#endif
