/* The cache filled before it is needed: every phrase of a scenario that is known beforehand. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "scenario/scenario.h"
#include "tts.h"

#define SPEAKABLE_MAX 65536

/* A sentence of the scenario, and what has become of it. */
struct part {
	const struct scenario_sentence *sentence;
	size_t bytes;       /* of its audio */
	const char *status; /* "cached", "made", "missing", "failed" */
	const char *why;    /* "failed" */
};

struct prime {
	struct tts *tts;
	const struct engine *engines[2]; /* of texts: one alone, so that a voice is one */
	const char *code; /* of the last failure of a service; NULL: there was none */
	struct loop loop;
	struct queue queue;
	struct dynbuf sentences;                        /* of struct scenario_sentence */
	size_t next;                                    /* sentence to be queued */
	size_t done;                                    /* sentences that have ended */
	bool terminal;                                  /* a table for people, else lines of JSON */
	bool lost;                                      /* the cache cannot be written */
	char why[WHY_MAX];                              /* of the failure at hand */
	size_t bytes;                                   /* of all */
	size_t made, cached, missing, failed, variable; /* sentences */
};

static size_t count(const struct prime *p)
{
	return p->sentences.n / sizeof(struct scenario_sentence);
}

static const struct scenario_sentence *sentence(const struct prime *p, size_t i)
{
	return (const struct scenario_sentence *)(const void *)p->sentences.p + i;
}

static int64_t ms(const struct prime *p, size_t bytes)
{
	return (int64_t)(bytes / 2) * 1000 / p->tts->voice.rate_hz;
}

/* What is said, on one line, cut to what fits beside the figures: characters are whole. */
static int shown(const struct scenario_sentence *s)
{
	size_t n = s->n < 52 ? s->n : 52;

	while (n > 0 && n < s->n && ((unsigned char)s->text[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}

static void print_row(struct prime *p, const struct part *part)
{
	const struct scenario_sentence *s = part->sentence;

	printf("%8.1f %8.2f  %-7s  ", (double)part->bytes / 1024, (double)ms(p, part->bytes) / 1000,
		part->status);
	if (s->file)
		printf("%s\n", s->file);
	else
		printf("%s: %.*s%s\n", s->language, shown(s), s->text,
			shown(s) < (int)s->n ? "..." : "");
}

static void print_json(struct prime *p, const struct part *part)
{
	const struct scenario_sentence *s = part->sentence;
	struct dynbuf b;

	dynbuf_init(&b, 1 << 20);
	dynbuf_adds(&b, "{");
	if (s->file) {
		jline_add_str(&b, "file", s->file);
	} else {
		dynbuf_adds(&b, "\"text\":");
		jline_add_quoted(&b, s->text, s->n);
		jline_add_str(&b, "language", s->language);
		if (s->voice)
			jline_add_str(&b, "voice", s->voice);
	}
	jline_add_int(&b, "bytes", (int64_t)part->bytes);
	jline_add_int(&b, "ms", ms(p, part->bytes));
	jline_add_str(&b, "status", part->status);
	if (part->why)
		jline_add_str(&b, "why", part->why);
	printf("%s}\n", b.p);
	dynbuf_free(&b);
}

static void print(struct prime *p, const struct part *part)
{
	p->bytes += part->bytes;
	if (p->terminal)
		print_row(p, part);
	else
		print_json(p, part);
	fflush(stdout);
	p->done++;
}

static void print_sum(const struct prime *p)
{
	const struct {
		const char *name;
		size_t n;
	} counts[] = {{"made", p->made}, {"cached", p->cached}, {"missing", p->missing},
		{"failed", p->failed}, {"variable", p->variable}};
	struct dynbuf b;

	if (p->terminal) {
		printf("%8.1f %8.2f  %zu phrases: %zu made, %zu cached, %zu missing, %zu failed; %zu with variables are made "
		       "in the call\n",
			(double)p->bytes / 1024, (double)ms(p, p->bytes) / 1000, p->done, p->made,
			p->cached, p->missing, p->failed, p->variable);
		return;
	}
	dynbuf_init(&b, 4096);
	dynbuf_adds(&b, "{");
	jline_add_int(&b, "phrases", (int64_t)p->done);
	jline_add_int(&b, "bytes", (int64_t)p->bytes);
	jline_add_int(&b, "ms", ms(p, p->bytes));
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		jline_add_int(&b, counts[i].name, (int64_t)counts[i].n);
	printf("%s}\n", b.p);
	dynbuf_free(&b);
}

static bool room(void *ctx)
{
	return true;
}

static void begin(void *ctx, const struct utterance *u) {}

static void audio(void *ctx, const struct utterance *u, const void *le_bytes, size_t n) {}

static void used(void *ctx, const struct utterance *u, size_t characters) {}

static void error(void *ctx, const struct utterance *u, const char *code, const char *why)
{
	struct prime *p = ctx;

	if (u) {
		snprintf(p->why, sizeof p->why, "%s", why);
		if (u->make.code)
			p->code = u->make.code;
		return;
	}
	log_error("%s", why);
	p->lost = true;
}

static void instead(void *ctx, const struct utterance *u, const char *code, const char *why) {}

static void feed(struct prime *p);

static void end(void *ctx, const struct utterance *u, enum queue_status status)
{
	struct prime *p = ctx;
	struct part part = {.sentence = sentence(p, p->done), .bytes = u->make.audio.n};

	if (status != QUEUE_OK) {
		part.status = "failed";
		part.why = p->why;
		p->failed++;
	} else {
		part.status = u->cached ? "cached" : "made";
		*(u->cached ? &p->cached : &p->made) += 1;
	}
	print(p, &part);
	feed(p);
	if (p->done == count(p))
		loop_stop(&p->loop);
}

static const struct queue_sink sink = {room, begin, audio, end, error, used, instead};

/* The phrase of a sentence; its text is in b. -1: it is too long. */
static int phrase_of(
	struct prime *p, const struct scenario_sentence *s, struct dynbuf *b, struct phrase *ret)
{
	char *text;
	int result;

	*ret = (struct phrase){
		.file = s->file, .language = s->language, .voice = s->voice ? s->voice : ""};
	if (s->file)
		return 0;
	text = strndup(s->text, s->n);
	if (!text)
		return -1;
	result = tts_speakable(text, s->language, b);
	free(text);
	ret->text = b->p;
	return result;
}

/* As many as are made at a time; the end of one lets the next in. */
static void feed(struct prime *p)
{
	while (p->next < count(p) && p->queue.open < p->tts->jobs + 1 &&
		p->next < p->done + p->tts->jobs + 1) {
		const struct scenario_sentence *s = sentence(p, p->next++);
		struct phrase phrase;
		struct dynbuf b;
		int result;

		dynbuf_init(&b, SPEAKABLE_MAX);
		if (phrase_of(p, s, &b, &phrase) == 0)
			result = queue_add(&p->queue, "prime", s->file ? engines_file : p->engines,
				&phrase, false);
		else
			result = queue_add_failed(&p->queue, "prime", "engine", "it is too long");
		dynbuf_free(&b);
		if (result < 0) {
			log_error_errno("cannot go on");
			exit(EXIT_SYSTEM);
		}
	}
}

/* Nothing is made: each is there, or missing. */
static void verify_all(struct prime *p)
{
	for (size_t i = 0; i < count(p); i++) {
		struct part part = {.sentence = sentence(p, i), .status = "missing"};
		const struct engine *e = part.sentence->file ? &engine_file : p->engines[0];
		struct dynbuf b, sound;
		char key[CACHE_KEY_MAX];
		struct phrase phrase;

		dynbuf_init(&b, SPEAKABLE_MAX);
		dynbuf_init(&sound, (size_t)p->tts->voice.rate_hz * 2 * MAKE_MAX_S);
		if (phrase_of(p, part.sentence, &b, &phrase) == 0 &&
			queue_key(&p->tts->voice, e, &phrase, key, p->why) == 0 && *key &&
			cache_get(&p->tts->cache, key, p->tts->voice.rate_hz, &sound))
			part.status = "cached";
		part.bytes = sound.n;
		*(*part.status == 'c' ? &p->cached : &p->missing) += 1;
		print(p, &part);
		dynbuf_free(&sound);
		dynbuf_free(&b);
	}
}

static int collect(void *ctx, const struct scenario_sentence *s)
{
	struct prime *p = ctx;

	p->variable += !s->constant;
	return s->constant ? dynbuf_add(&p->sentences, s, sizeof *s) : 0;
}

static int make_all(struct prime *p)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	p->tts->jobs = cores > 1 ? (size_t)cores : 1;
	if (p->engines[0]->vendor) /* calls come first: one request at a time */
		p->tts->jobs = 1;
	p->tts->network.patient = true;
	if (setpriority(PRIO_PROCESS, 0, 10) < 0) /* calls come first */
		log_debug("cannot be nice");
	loop_init(&p->loop);
	network_run(&p->tts->network, &p->loop);
	queue_init(&p->queue, &p->loop, &p->tts->voice, &p->tts->cache, p->tts->jobs, &sink, p);
	if (tts_signals(&p->loop, &p->queue) < 0)
		return -1;
	feed(p);
	if (p->done < count(p) && loop_run(&p->loop) < 0)
		return -1;
	queue_free(&p->queue);
	network_stop_all(&p->tts->network);
	loop_free(&p->loop);
	return 0;
}

static int prime(struct prime *p, const struct scenario *sc, bool verify)
{
	dynbuf_init(&p->sentences, (size_t)SCENARIO_FILE_MAX * sizeof(struct scenario_sentence));
	p->terminal = isatty(STDOUT_FILENO);
	if (scenario_phrases(sc, collect, p) < 0) {
		log_error("cannot list the phrases of '%s': no memory", sc->path);
		return EXIT_SYSTEM;
	}
	if (p->terminal)
		printf("      KB  seconds\n");
	if (verify) {
		verify_all(p);
	} else if (make_all(p) < 0) {
		log_error_errno("cannot run");
		return EXIT_SYSTEM;
	}
	print_sum(p);
	if (p->missing)
		return EXIT_FALSE;
	return p->lost ? EXIT_IO : p->failed ? tts_exit_code(p->code) : EXIT_OK;
}

static int load(const char *path, struct scenario **ret)
{
	struct scenario_options options = {0};
	struct scenario_mistakes m;
	int result = scenario_load(path, &options, ret, &m);

	for (size_t i = 0; result < 0 && i < m.n; i++)
		log_error("%s", m.line[i]);
	scenario_mistakes_free(&m);
	return result;
}

/* The engine of the scenario, or the first of the list: with the settings that it has in a call. 0, or an exit code after a
 * message. */
static int choose(struct prime *p, const char *name)
{
	struct tts *t = p->tts;
	char why[HTTP_WHY_MAX];
	int status;

	name = name ? name : t->engines[0]->name;
	p->engines[0] = engine_find(name);
	if (!p->engines[0] || !p->engines[0]->keep || !p->engines[0]->texts) {
		log_error("cannot fill the cache with engine '%s'", name);
		return EXIT_CONFIG;
	}
	for (size_t i = 0; t->engines[i]; i++) {
		if (t->engines[i] == p->engines[0])
			return EXIT_OK;
	}
	t->voice.first = p->engines[0];
	network_close(&t->network);
	status = network_open(&t->network, &t->voice, p->engines, why);
	if (status != EXIT_OK)
		log_error("%s", why);
	return status;
}

int tts_prime(struct tts *t, const char *path, bool verify)
{
	struct prime p = {.tts = t};
	struct scenario *sc;
	int status;

	if (!*t->cache.dir) {
		log_error(
			"cannot fill the cache: there is none: --cache, CALLPIPE_CACHE or CALLPIPE_SPOOL");
		return EXIT_CONFIG;
	}
	if (load(path, &sc) < 0)
		return EXIT_DATA;
	status = choose(&p, sc->engine);
	if (status == EXIT_OK)
		status = prime(&p, sc, verify);
	dynbuf_free(&p.sentences);
	scenario_free(sc);
	return status;
}
