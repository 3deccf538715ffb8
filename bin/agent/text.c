#include "text.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "phone.h"

#define LINE_MAX_BYTES 10000

#define INTO_MS 500      /* an interruption, into what is being said */
#define COUGH_MS 150     /* a sound that is no word */
#define MUMBLE_MS 1500   /* words that nobody understands */
#define SILENCE_MS 60000 /* the longest silence that leads to something */

/* ---- doing what a line says ---- */

static void press(struct phone *p, const char *keys)
{
	for (; *keys && !p->over; keys++)
		phone_key(p, *keys);
}

static void act(struct phone *p, const struct talk_line *l)
{
	switch (l->kind) {
	case TALK_CALLER:
		phone_settle(p);
		phone_speak(p, l->text, phone_speech_ms(l->text));
		break;
	case TALK_INTERRUPT:
		phone_into(p, l->ms >= 0 ? l->ms : INTO_MS);
		phone_speak(p, l->text, phone_speech_ms(l->text));
		break;
	case TALK_GOES_ON:
		phone_speak(p, l->text, phone_speech_ms(l->text));
		break;
	case TALK_COUGH:
		phone_into(p, INTO_MS);
		phone_speak(p, "", COUGH_MS);
		break;
	case TALK_MUMBLE:
		phone_settle(p);
		phone_speak(p, "", MUMBLE_MS);
		break;
	case TALK_KEYS:
		phone_settle(p);
		press(p, l->text);
		break;
	case TALK_PRESS:
		press(p, l->text);
		break;
	case TALK_SILENCE:
		if (l->ms < 0) {
			phone_wait(p);
		} else {
			phone_settle(p);
			phone_advance(p, l->ms);
		}
		break;
	case TALK_AMD:
		phone_amd(p, l->text);
		break;
	case TALK_HANGUP:
		phone_hang_up(p);
		break;
	default:
		break;
	}
}

/* It stands in the talk before what it leads to, but behind what it was said into. */
static void act_and_note(struct phone *p, const struct talk_line *l)
{
	struct talk_line *note;

	if (l->kind == TALK_CALLER || l->kind == TALK_MUMBLE || l->kind == TALK_KEYS ||
		l->kind == TALK_SILENCE)
		phone_settle(p);
	else if (l->kind == TALK_INTERRUPT)
		phone_into(p, l->ms >= 0 ? l->ms : INTO_MS);
	else if (l->kind == TALK_COUGH)
		phone_into(p, INTO_MS);
	if (p->over)
		return;
	note = talk_add(p->talk, l->kind, l->text, NULL);
	if (note)
		note->ms = l->ms;
	act(p, l);
}

/* ---- the terminal ---- */

static void print_from(const struct talk *t, size_t *from)
{
	char buf[LINE_MAX_BYTES];

	for (; *from < t->n; (*from)++) {
		if (t->line[*from].kind == TALK_NOTHING)
			continue;
		talk_print(&t->line[*from], buf, sizeof(buf));
		puts(buf);
	}
	fflush(stdout);
}

/* A line that begins with no word of a dialogue is what the caller says. */
static const struct talk_line *typed(struct talk *in, const char *line)
{
	const char *why;
	size_t n = in->n;
	int rc = talk_parse(in, line, &why);

	if (rc > 0)
		return NULL;
	if (rc == 0 && talk_is_caller(&in->line[in->n - 1]))
		return &in->line[in->n - 1];
	while (in->n > n) {
		free(in->line[--in->n].text);
		json_decref(in->line[in->n].json);
		json_decref(in->line[in->n].answer);
	}
	return talk_add(in, TALK_CALLER, line, NULL);
}

static void talk_on(struct phone *p, struct talk *in)
{
	bool terminal = isatty(STDIN_FILENO);
	const struct talk_line *l;
	char *line = NULL;
	size_t size = 0, shown = 0;
	ssize_t n;

	while (!p->over && !p->engine.failed) {
		if (terminal) {
			phone_settle(p);
			print_from(p->talk, &shown);
			if (p->over)
				break;
			fputs("> ", stdout);
			fflush(stdout);
		}
		n = getline(&line, &size, stdin);
		if (n <= 0)
			break;
		line[strcspn(line, "\r\n")] = '\0';
		l = typed(in, line);
		if (!l)
			continue;
		if (terminal)
			act(p, l); /* one has just typed it */
		else
			act_and_note(p, l);
	}
	free(line);
	if (terminal && !p->over)
		putchar('\n'); /* behind the prompt */
	phone_settle(p);
	print_from(p->talk, &shown);
}

int text_talk(const struct scenario *sc, const struct models *models)
{
	struct talk in = {0}, talk = {0};
	json_t *call = json_pack("{s:s,s:s}", "call", "text", "service", sc->name);
	struct phone p;
	int status = EXIT_OK;

	if (!call || phone_start(&p, sc, models, call, NULL, NULL, &talk) < 0) {
		log_error("cannot start: %s", strerror(ENOMEM));
		status = EXIT_SYSTEM;
	} else {
		talk_on(&p, &in);
	}
	phone_free(&p);
	json_decref(call);
	talk_free(&in);
	talk_free(&talk);
	return status;
}

/* ---- files ---- */

/* What happened between two lines of the caller's, against what was to happen. */
struct part {
	const struct talk *talk;
	size_t from, to; /* lines */
};

static struct part part_from(const struct talk *t, size_t from)
{
	struct part p = {.talk = t, .from = from, .to = from};

	while (p.to < t->n && !talk_is_caller(&t->line[p.to]))
		p.to++;
	return p;
}

static bool has_kind(const struct part *p, enum talk_kind kind)
{
	for (size_t i = p->from; i < p->to; i++)
		if (p->talk->line[i].kind == kind)
			return true;
	return false;
}

/* `*` in the expected text stands for anything; JSON that is told has to be equal. */
static bool same(const struct talk_line *want, const struct talk_line *got)
{
	if (want->kind != got->kind)
		return false;
	if (want->text && got->text && strcmp(want->text, got->text) != 0 &&
		fnmatch(want->text, got->text, 0) != 0)
		return false;
	return !want->json || json_equal(want->json, got->json);
}

/* Of a kind: lines in the same order. What the bot says has to be all told or not at all. */
static bool kind_as_expected(const struct part *want, const struct part *got, enum talk_kind kind)
{
	bool strict = kind == TALK_BOT || kind == TALK_WAIT;
	size_t g = got->from;

	if (!has_kind(want, kind))
		return true;
	for (size_t w = want->from; w < want->to; w++) {
		if (want->talk->line[w].kind != kind)
			continue;
		while (g < got->to &&
			(got->talk->line[g].kind != kind ||
				(!strict && !same(&want->talk->line[w], &got->talk->line[g]))))
			g++;
		if (g == got->to || !same(&want->talk->line[w], &got->talk->line[g]))
			return false;
		g++;
	}
	while (strict && g < got->to && got->talk->line[g].kind != kind)
		g++;
	return !strict || g == got->to;
}

static bool as_expected(const struct part *want, const struct part *got)
{
	for (int kind = TALK_BOT; kind <= TALK_END; kind++)
		if (!kind_as_expected(want, got, (enum talk_kind)kind))
			return false;
	return true;
}

static void print_part(const struct part *p, const char *mark, const struct part *other)
{
	char buf[LINE_MAX_BYTES];

	for (size_t i = p->from; i < p->to; i++) {
		const struct talk_line *l = &p->talk->line[i];

		if (l->kind < TALK_BOT || (other && !has_kind(other, l->kind)))
			continue; /* nobody asked for it */
		talk_print(l, buf, sizeof(buf));
		printf("%s %s\n", mark, buf);
	}
}

static void print_difference(const char *path, const struct part *want, const struct part *got)
{
	const struct talk *t = want->talk;
	char buf[LINE_MAX_BYTES];
	int number = 1;

	if (want->from > 0)
		number = t->line[want->from - 1].number;
	printf("%s:%d: not as expected\n", path, number);
	if (want->from > 0 && talk_is_caller(&t->line[want->from - 1])) {
		talk_print(&t->line[want->from - 1], buf, sizeof(buf));
		printf("  %s\n", buf);
	}
	print_part(want, "-", NULL);
	print_part(got, "+", want);
}

static size_t count_results(const struct talk *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->line[i].kind == TALK_RESULT;
	return n;
}

/* Results are told all or not at all, over the whole file. */
static bool results_missing(const struct talk *want, const struct talk *got, const char *path)
{
	size_t w = count_results(want), g = count_results(got);
	char buf[LINE_MAX_BYTES];

	if (w == 0 || w == g)
		return false;
	printf("%s: %zu results, not %zu\n", path, g, w);
	for (size_t i = 0; i < got->n; i++) {
		if (got->line[i].kind != TALK_RESULT)
			continue;
		talk_print(&got->line[i], buf, sizeof(buf));
		printf("+ %s\n", buf);
	}
	return true;
}

/* Every line of the caller's begins a part; the first part is what the bot does before. */
static int compare(const struct talk *want, const struct talk *got, const char *path)
{
	size_t w = 0, g = 0;

	while (w < want->n && want->line[w].kind <= TALK_SESSION)
		w++;
	for (;;) {
		struct part pw = part_from(want, w), pg = part_from(got, g);

		if (!as_expected(&pw, &pg)) {
			print_difference(path, &pw, &pg);
			return EXIT_FALSE;
		}
		if (pw.to == want->n)
			break;
		if (pg.to == got->n) {
			printf("%s:%d: the call is over before\n", path, want->line[pw.to].number);
			return EXIT_FALSE;
		}
		w = pw.to + 1;
		g = pg.to + 1;
	}
	return results_missing(want, got, path) ? EXIT_FALSE : EXIT_OK;
}

static const struct talk_line *line_of(const struct talk *t, enum talk_kind kind)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->line[i].kind == kind)
			return &t->line[i];
	return NULL;
}

static void run_plan(struct phone *p, const struct talk *plan)
{
	for (size_t i = 0; i < plan->n && !p->over && !p->engine.failed; i++)
		if (talk_is_caller(&plan->line[i]))
			act_and_note(p, &plan->line[i]);
	phone_settle(p);
	/* what happens when the caller is silent for good is not part of it, nor is a hang-up nobody wrote */
}

static int run_file(const char *path, const struct talk *plan, const struct scenario *sc,
	const struct models *models)
{
	const struct talk_line *told = line_of(plan, TALK_CALL),
			       *saved = line_of(plan, TALK_SESSION);
	json_t *call = told ? json_copy(told->json) : json_object();
	struct talk talk = {0};
	struct phone p;
	int status = EXIT_SYSTEM;

	if (!json_object_get(call, "call"))
		json_object_set_new(call, "call", json_string("text"));
	if (!call ||
		phone_start(&p, sc, models, call, saved ? saved->json : NULL, plan, &talk) < 0) {
		log_error("cannot start: %s", strerror(ENOMEM));
	} else {
		run_plan(&p, plan);
		status = compare(plan, &talk, path);
	}
	phone_free(&p);
	json_decref(call);
	talk_free(&talk);
	return status;
}

/* The scenario that a dialogue names, from its own folder. */
static int scenario_path(
	const struct talk *plan, const char *file, const char *given, char path[PATH_MAX])
{
	const struct talk_line *named = line_of(plan, TALK_SCENARIO);
	const char *slash = strrchr(file, '/');

	if (!named && !given) {
		log_error("cannot run '%s': it names no scenario, and none is given", file);
		return EXIT_USAGE;
	}
	if (format_path(path, "%.*s%s",
		    named && named->text[0] != '/' && slash ? (int)(slash - file + 1) : 0, file,
		    named ? named->text : given) < 0) {
		log_error_errno("cannot run '%s'", file);
		return EXIT_DATA;
	}
	return EXIT_OK;
}

int text_check(char *const *files, int n, const char *scenario, const struct models *models,
	const struct scenario *(*load)(const char *path))
{
	int worst = EXIT_OK, failed = 0;

	for (int i = 0; i < n; i++) {
		const struct scenario *sc;
		struct talk plan = {0};
		char path[PATH_MAX];
		int status = talk_read(&plan, files[i]);

		if (status == EXIT_OK)
			status = scenario_path(&plan, files[i], scenario, path);
		if (status == EXIT_OK) {
			sc = load(path);
			status = sc ? run_file(files[i], &plan, sc, models) : EXIT_CONFIG;
		}
		talk_free(&plan);
		failed += status != EXIT_OK;
		if (status > worst)
			worst = status;
	}
	printf("%d dialogue%s, %d not as expected\n", n, n == 1 ? "" : "s", failed);
	return worst;
}
