#include "live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "engine.h"
#include "model.h"
#include "place.h"
#include "recorded.h"
#include "session.h"
#include "stream/filter.h"

struct live {
	struct filter filter;
	struct engine engine;
	struct tool_runner tools;
	struct model_line *model; /* NULL: none is asked */
	struct recorded recorded; /* what came from outside, from a journal */
	struct session session;
	const struct scenario *sc;
	const struct live_settings *set;
	char service[128]; /* of the call */
	json_t *saved;     /* place of an earlier call, not decided upon yet; NULL: none */
	bool began;        /* the engine has started */
};

static void put(void *ctx, const char *type, json_t *data)
{
	struct live *l = ctx;
	char *text;
	size_t n;

	/* where it stands in the stream, for a replay */
	if (strcmp(type, "tool-result") == 0 || recorded_is_answer(type))
		json_object_set_new(data, "frames", json_integer(l->recorded.frames));
	text = json_dumps(data, JSON_COMPACT);
	n = text ? strlen(text) : 0;
	if (text && (n > FRAME_PAYLOAD_MAX || jline_check(text, n) < 0))
		log_warn("a '%s' of %zu bytes is no event: too large, or too deep", type, n);
	else if (!text || filter_put(&l->filter, type, (struct jspan){text, n}) < 0)
		filter_fail(&l->filter, EXIT_SYSTEM, "output", "cannot queue '%s' of %zu bytes",
			type, n);
	free(text);
}

static int tool(void *ctx, const struct tool_spec *spec, json_t *arguments)
{
	struct live *l = ctx;

	if (l->set->replay)
		return recorded_start(&l->recorded, spec->id);
	if (tool_start(&l->tools, spec, arguments) < 0)
		return -1;
	l->filter.busy = tool_busy(&l->tools);
	return 0;
}

static void tool_stop(void *ctx)
{
	struct live *l = ctx;

	if (l->set->replay)
		recorded_cancel(&l->recorded);
	else
		tool_cancel(&l->tools);
}

static void tool_done(void *ctx, const struct tool_end *end)
{
	struct live *l = ctx;

	engine_tool_done(&l->engine, end);
	l->filter.busy = tool_busy(&l->tools);
	filter_settle(&l->filter);
}

static int ask(void *ctx, const struct engine_question *q)
{
	struct live *l = ctx;

	if (l->set->replay)
		return recorded_start(&l->recorded, q->id);
	return l->model ? model_ask(l->model, q) : -1;
}

static void ask_stop(void *ctx)
{
	struct live *l = ctx;

	if (l->model)
		model_cancel(l->model);
}

static void model_event_came(
	void *ctx, const char *type, json_t *data, const struct chat_turn *thinking)
{
	struct live *l = ctx;

	if (recorded_is_answer(type))
		engine_model(&l->engine, type, data, thinking);
	else
		put(l, type, data); /* usage, error: of no meaning to the dialogue */
	if (strcmp(type, "model-result") == 0 && l->engine.converse.at == CONVERSE_REST)
		model_fold(l->model, &l->engine.converse.chat);
	filter_settle(&l->filter);
}

static void model_came_again(void *ctx, const char *type, json_t *data)
{
	struct live *l = ctx;

	engine_model(&l->engine, type, data, NULL);
}

static void keep(struct live *l, json_t *place)
{
	bool finished = json_is_true(json_object_get(place, "finished"));
	char path[PATH_MAX], *text;

	if (finished)
		session_drop(&l->session);
	else if (session_keep(&l->session, l->saved ? l->saved : place) < 0) {
		log_warn_errno("cannot keep the session in '%s'", l->session.dir);
		session_drop(
			&l->session); /* what is there is older: nobody is to go on before what has been done */
	}
	if (!l->set->dir || l->set->replay)
		return;
	text = json_dumps(place, JSON_INDENT(1));
	if (!text || format_path(path, "%s/session.json", l->set->dir) < 0 ||
		replace_file(path, text, strlen(text)) < 0)
		log_warn_errno("cannot write '%s/session.json'", l->set->dir);
	free(text);
}

static void changed(void *ctx)
{
	struct live *l = ctx;
	json_t *place = place_of(&l->engine, l->service, time(NULL));

	if (place)
		keep(l, place);
	json_decref(place);
}

static void resumed(void *ctx, bool taken_up)
{
	struct live *l = ctx;

	log_info("the session of an earlier call is %s", taken_up ? "taken up" : "not wanted");
	json_decref(l->saved);
	l->saved = NULL;
}

/* What an earlier call of the same number left, if it may be gone on with. */
static json_t *take_session(struct live *l, json_t *call)
{
	const char *from = json_string_value(json_object_get(call, "from")),
		   *id = json_string_value(json_object_get(call, "call"));
	uint8_t key[SESSION_KEY_BYTES];
	char what[sizeof(l->service) + 128], path[PATH_MAX];
	json_t *place;

	if (l->set->replay)
		return json_incref(l->recorded.session);
	if (!l->sc->resume || !l->set->session_ttl_s || !l->set->spool || !from || !id ||
		!session_number_known(from))
		return NULL;
	if (session_key(l->set->key_file, l->set->spool, key, path) < 0) {
		log_warn_errno("no session can be resumed: cannot use the key '%s'", path);
		return NULL;
	}
	snprintf(what, sizeof(what), "%s\n%s", l->service, l->sc->name);
	if (session_open(&l->session, l->set->spool, key, from, what, id) < 0) {
		log_warn_errno(
			"no session can be resumed: cannot use '%s/sessions'", l->set->spool);
		return NULL;
	}
	place = session_take(&l->session, l->set->session_ttl_s, time(NULL));
	if (place && !place_usable(l->sc, place)) {
		json_decref(place);
		place = NULL;
	}
	return place;
}

/* For the journal, and a replay. */
static void tell_session(struct live *l)
{
	json_t *data = json_copy(l->saved);

	json_object_del(data, "talk");
	if (data)
		put(l, "session", data);
	json_decref(data);
}

/* With the first frame, which is call-start: of a stream without one nothing is known. */
static void begin(struct live *l, json_t *data, bool known)
{
	json_t *call = known ? json_incref(data) : json_object();
	const char *service = json_string_value(json_object_get(call, "service"));

	l->began = true;
	snprintf(l->service, sizeof(l->service), "%s", service ? service : l->sc->name);
	l->saved = take_session(l, call);
	if (l->saved)
		tell_session(l);
	engine_start(&l->engine, call, l->saved);
	json_decref(call);
}

/* The data of a frame as a tree, an object. */
static json_t *data_of(const struct frame *fr)
{
	json_t *data = json_loadb(fr->data.p, fr->data.n, 0, NULL), *under;

	if (!json_is_object(data)) {
		json_decref(data);
		return json_object();
	}
	if (fr->under.p && (under = json_loadb(fr->under.p, fr->under.n, 0, NULL))) {
		json_object_update_missing(data, under);
		json_decref(under);
	}
	return data;
}

/* Loop events that end here; errors go on, to the journal. */
static bool ends_here(const struct frame *fr)
{
	return frame_int(fr, "loop", 0) != 0 &&
		(frame_is(fr, "playing") || frame_is(fr, "played") || frame_is(fr, "listen"));
}

static enum filter_verdict handle(struct live *l, const struct frame *fr)
{
	enum filter_verdict verdict = FILTER_CONSUME;
	json_t *data = NULL;

	if (frame_is(fr, "call-end"))
		verdict = FILTER_PASS; /* the last word: what the end leads to stands before it */
	else if (!ends_here(fr))
		filter_pass(&l->filter, fr);
	if (!l->began || !frame_is(fr, "audio-chunk"))
		data = data_of(fr);
	if (!l->began)
		begin(l, data, frame_is(fr, "call-start"));
	/* Half a second behind the greeting, which must not wait for it. */
	if (l->model && frame_is(fr, "clock"))
		model_warm(l->model);
	if (frame_is(fr, "clock"))
		engine_time(&l->engine, l->filter.stream_ms);
	else if (!frame_is(fr, "audio-chunk"))
		engine_event(&l->engine, fr->type, data);
	json_decref(data);
	return verdict;
}

static enum filter_verdict on_frame(void *ctx, const struct frame *fr)
{
	struct live *l = ctx;
	enum filter_verdict verdict = handle(l, fr);

	l->recorded.frames += !frame_is(fr, "audio-chunk");
	recorded_deliver(&l->recorded);
	if (l->engine.failed)
		filter_fail(
			&l->filter, EXIT_SYSTEM, "memory", "cannot go on: %s", strerror(ENOMEM));
	return verdict;
}

/* The reader has left without a call-end: for the dialogue that is the same. */
static void on_end(void *ctx)
{
	struct live *l = ctx;
	json_t *data = json_object();

	if (l->began && !l->filter.ended)
		engine_event(&l->engine, "call-end", data);
	json_decref(data);
}

static int open_models(struct live *l)
{
	if (!l->set->models) {
		log_error(
			"cannot run '%s': it asks a model, and there are no --models", l->sc->path);
		return EXIT_CONFIG;
	}
	l->engine.converse.chat.turns_max = l->set->models->turns;
	l->model = model_open(l->set->models, l->set->price, &l->filter.loop, model_event_came, l);
	return l->model ? EXIT_OK : EXIT_CONFIG;
}

int live_run(const struct scenario *sc, const struct live_settings *set)
{
	static struct live l;
	struct engine_port port = {.put = put,
		.tool = tool,
		.tool_cancel = tool_stop,
		.ask = ask,
		.ask_cancel = ask_stop,
		.changed = changed,
		.resumed = resumed,
		.ctx = &l};
	int status;

	l = (struct live){.sc = sc, .set = set};
	l.filter = (struct filter){
		.stage = "agent", .on_frame = on_frame, .on_end = on_end, .ctx = &l};
	session_none(&l.session);
	if (filter_init(&l.filter, STDIN_FILENO, STDOUT_FILENO) < 0 ||
		engine_init(&l.engine, sc, &port) < 0) {
		log_error_errno("cannot start");
		return EXIT_SYSTEM;
	}
	tool_init(&l.tools, &l.filter.loop, tool_done, &l);
	if (!set->replay)
		tool_warn_missing(sc);
	recorded_init(&l.recorded, tool_done, model_came_again, &l);
	status = set->replay ? recorded_load(&l.recorded, set->replay) : EXIT_OK;
	if (status == EXIT_OK && sc->models && !set->replay)
		status = open_models(&l);
	if (status == EXIT_OK)
		status = filter_run(&l.filter);
	tool_free(&l.tools);
	model_close(l.model);
	recorded_free(&l.recorded);
	session_close(&l.session);
	engine_free(&l.engine);
	json_decref(l.saved);
	filter_free(&l.filter);
	return status;
}
