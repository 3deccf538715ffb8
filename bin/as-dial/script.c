#include "script.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/asock.h"

#define MAX_WORDS 64
#define NOISE_DBFS (-50)
#define MAX_S 3600
#define MAX_BURST_MS 10000

struct parser {
	const char *name;        /* of the script */
	int line;                /* from 1 */
	char *word[MAX_WORDS];   /* of the command */
	size_t words;            /* of the command */
	struct script *script;   /* made so far */
	struct dynbuf *mistakes; /* found so far */
	bool bad;                /* a mistake in this or an earlier command */
};

struct command {
	const char *name;
	void (*parse)(struct parser *p);
	enum script_op op; /* of the simple ones */
	const char *usage;
	const char *what; /* it does */
};

static void PRINTF_LIKE(2, 3) mistake(struct parser *p, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	dynbuf_addf(p->mistakes, "%s:%d: %s\n", p->name, p->line, text);
	p->bad = true;
}

/* Seconds, "2" or "0.5", as milliseconds. */
static bool seconds(struct parser *p, const char *word, int64_t *ret_ms)
{
	char *end;
	double s = strtod(word, &end);

	if (end == word || *end || !(s >= 0 && s <= MAX_S) || strpbrk(word, "xX")) {
		mistake(p, "'%s' is not a time in seconds, 0 to %d", word, MAX_S);
		return false;
	}
	*ret_ms = lrint(s * 1000);
	return true;
}

static bool integer(struct parser *p, const char *word, const char *what, int64_t min, int64_t max,
	int64_t *ret)
{
	if (!parse_int(word, min, max, ret))
		return true;
	mistake(p, "'%s' is not %s, %lld to %lld", word, what, (long long)min, (long long)max);
	return false;
}

static void *grow(void *list, size_t n, size_t size)
{
	/* To the next power of two when the list is full. */
	if (n & (n - 1))
		return list;
	return reallocarray(list, n ? 2 * n : 1, size);
}

static struct script_step *step_add(struct script *s, enum script_op op, int line)
{
	struct script_step *list = grow(s->step, s->steps, sizeof *list);

	if (!list)
		return NULL;
	s->step = list;
	list[s->steps] = (struct script_step){.op = op, .line = line, .ms = -1};
	return &list[s->steps++];
}

static int sound_add(struct script *s, const struct script_sound *sound, size_t *ret)
{
	struct script_sound *list = grow(s->sound, s->sounds, sizeof *list);

	if (!list)
		return -1;
	s->sound = list;
	list[s->sounds] = *sound;
	*ret = s->sounds++;
	return 0;
}

static int sound_find(struct script *s, const char *path, int dbfs, size_t *ret)
{
	struct script_sound sound = {.dbfs = dbfs};

	for (size_t i = 0; i < s->sounds; i++) {
		const struct script_sound *have = &s->sound[i];

		if (path ? have->path && !strcmp(have->path, path)
			 : !have->path && have->dbfs == dbfs) {
			*ret = i;
			return 0;
		}
	}
	if (path && !(sound.path = strdup(path)))
		return -1;
	if (sound_add(s, &sound, ret)) {
		free(sound.path);
		return -1;
	}
	return 0;
}

static struct script_step *add(struct parser *p, enum script_op op)
{
	struct script_step *step;

	if (p->script->steps >= SCRIPT_MAX_STEPS) {
		mistake(p, "more than %d steps", SCRIPT_MAX_STEPS);
		return NULL;
	}
	step = step_add(p->script, op, p->line);
	if (!step)
		mistake(p, "no memory");
	return step;
}

/* A step with a sound: a file, or noise of a level. */
static void add_sound(struct parser *p, enum script_op op, const char *path, int dbfs, int64_t ms)
{
	struct script_step *step = add(p, op);

	if (!step)
		return;
	step->ms = ms;
	if (sound_find(p->script, path, dbfs, &step->clip))
		mistake(p, "no memory");
}

static const struct command *command_find(const char *name);

static void usage(struct parser *p)
{
	mistake(p, "usage: %s", command_find(p->word[0])->usage);
}

static void parse_say(struct parser *p)
{
	if (p->words < 2)
		usage(p);
	for (size_t i = 1; i < p->words; i++)
		add_sound(p, STEP_SAY, p->word[i], 0, -1);
}

static void parse_barge(struct parser *p)
{
	int64_t ms = 0;

	if (p->words != 4 || strcmp(p->word[2], "after") != 0)
		usage(p);
	else if (integer(p, p->word[3], "a time in milliseconds", 0, MAX_S * 1000, &ms))
		add_sound(p, STEP_BARGE, p->word[1], 0, ms);
}

static void parse_noise(struct parser *p)
{
	int64_t dbfs = NOISE_DBFS, ms = 0;

	if (p->words != 2 && p->words != 3)
		usage(p);
	else if ((p->words == 2 || integer(p, p->word[1], "a level in dBFS", -90, 0, &dbfs)) &&
		seconds(p, p->word[p->words - 1], &ms))
		add_sound(p, STEP_NOISE, NULL, (int)dbfs, ms);
}

static void parse_dtmf(struct parser *p)
{
	const char *digits = p->word[1];
	struct script_step *step;

	if (p->words != 2 || !*digits || strlen(digits) > SCRIPT_MAX_DIGITS) {
		usage(p);
		return;
	}
	for (const char *d = digits; *d; d++) {
		if (!asock_is_digit((uint8_t)*d)) {
			mistake(p, "'%c' is not a key: 0-9 * # A-D", *d);
			return;
		}
	}
	step = add(p, STEP_DTMF);
	if (step)
		memcpy(step->digits, digits, strlen(digits) + 1);
}

/* A command with a time: wait [S], silence S, hold S. */
static void parse_time(struct parser *p)
{
	const struct command *c = command_find(p->word[0]);
	struct script_step *step;
	int64_t ms = -1;

	if (p->words > 2 || (p->words == 1 && c->op != STEP_WAIT))
		usage(p);
	else if ((p->words == 1 || seconds(p, p->word[1], &ms)) && (step = add(p, c->op)))
		step->ms = ms;
}

static void parse_burst(struct parser *p)
{
	struct script_step *step;
	int64_t ms = 0;

	if (p->words != 2)
		usage(p);
	else if (integer(p, p->word[1], "a time in milliseconds", 0, MAX_BURST_MS, &ms) &&
		(step = add(p, STEP_BURST)))
		step->ms = ms;
}

static void parse_expect(struct parser *p)
{
	static const char *const what[] = {"audio", "silence", "end"};
	struct script_step *step;
	int64_t ms = -1;

	if ((p->words != 2 && p->words != 4) ||
		(p->words == 4 && strcmp(p->word[2], "within") != 0)) {
		usage(p);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(what); i++) {
		if (strcmp(p->word[1], what[i]) != 0)
			continue;
		if ((p->words == 2 || seconds(p, p->word[3], &ms)) &&
			(step = add(p, STEP_EXPECT_AUDIO + i)))
			step->ms = ms;
		return;
	}
	usage(p);
}

static void parse_hangup(struct parser *p)
{
	if (p->words != 1)
		usage(p);
	else
		(void)add(p, STEP_HANGUP);
}

static const struct command commands[] = {
	{"say", parse_say, STEP_SAY, "say FILE...", "say the files, one after the other"},
	{"barge", parse_barge, STEP_BARGE, "barge FILE after MS",
		"say the file so many milliseconds after the bot has begun to speak"},
	{"wait", parse_time, STEP_WAIT, "wait [S]",
		"until the bot has spoken and fallen silent, at most so many seconds"},
	{"dtmf", parse_dtmf, STEP_DTMF, "dtmf KEYS", "press keys: at most 64 of 0-9 * # A-D"},
	{"noise", parse_noise, STEP_NOISE, "noise [DBFS] S", "white noise for so many seconds"},
	{"silence", parse_time, STEP_SILENCE, "silence S", "frames of silence for so many seconds"},
	{"hold", parse_time, STEP_HOLD, "hold S", "no frames for so many seconds"},
	{"burst", parse_burst, STEP_BURST, "burst MS",
		"hold frames back for so many milliseconds, then send them at once"},
	{"expect", parse_expect, STEP_EXPECT_AUDIO, "expect audio|silence|end [within S]",
		"of the bot, within so many seconds"},
	{"hangup", parse_hangup, STEP_HANGUP, "hangup", "close the connection"},
};

void script_help(struct dynbuf *to)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		dynbuf_addf(to, "%-36s%s\n", commands[i].usage, commands[i].what);
}

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

const char *script_op_name(enum script_op op)
{
	switch (op) {
	case STEP_EXPECT_AUDIO:
		return "expect audio";
	case STEP_EXPECT_SILENCE:
		return "expect silence";
	case STEP_EXPECT_END:
		return "expect end";
	default:
		for (size_t i = 0; i < ARRAY_LEN(commands); i++)
			if (commands[i].op == op)
				return commands[i].name;
		return "";
	}
}

static void run_command(struct parser *p)
{
	const struct command *c = p->words ? command_find(p->word[0]) : NULL;

	if (c)
		c->parse(p);
	else if (p->words)
		mistake(p, "unknown command '%s'", p->word[0]);
	p->words = 0;
}

/* Take the word at s, in place: quotes vanish. Returns what follows it; the byte after the word is the
 * caller's to overwrite with NUL, *ret_end. */
static char *take_word(struct parser *p, char *s, char **ret_end)
{
	char *to = s;

	while (*s && !strchr(" \t\r\n;", *s)) {
		char quote = *s;

		if (quote != '"' && quote != '\'') {
			*to++ = *s++;
			continue;
		}
		for (s++; *s && *s != quote && *s != '\n'; s++)
			*to++ = *s;
		if (*s == quote)
			s++;
		else
			mistake(p, "missing %c", quote);
	}
	*ret_end = to;
	return s;
}

static void parse_text(struct parser *p, char *s)
{
	bool bol = true;

	while (*s) {
		char *word = s, *end, stop;

		if (*s == '\n' || *s == ';') {
			run_command(p);
			bol = *s++ == '\n' ? (p->line++, true) : bol;
			continue;
		}
		if (*s == ' ' || *s == '\t' || *s == '\r') {
			s++;
			continue;
		}
		if (bol && *s == '#') {
			s += strcspn(s, "\n");
			continue;
		}
		bol = false;
		s = take_word(p, s, &end);
		stop = *s;
		*end = '\0';
		if (p->words < MAX_WORDS)
			p->word[p->words++] = word;
		else
			mistake(p, "more than %d words", MAX_WORDS);
		/* The NUL may have replaced the separator, which still ends the command. */
		if (stop == '\n' || stop == ';') {
			run_command(p);
			p->line += stop == '\n';
			bol = stop == '\n';
		}
		s += stop != '\0';
	}
	run_command(p);
}

int script_parse(const char *name, const char *text, struct script *ret, struct dynbuf *mistakes)
{
	struct parser p = {.name = name, .line = 1, .script = ret, .mistakes = mistakes};
	char *copy;

	memset(ret, 0, sizeof *ret);
	copy = strdup(text);
	if (!copy)
		return -1;
	parse_text(&p, copy);
	free(copy);
	if (!p.bad && !ret->steps)
		mistake(&p, "no command");
	return p.bad ? -1 : 0;
}

int script_of_files(char *const *paths, size_t n, struct script *ret)
{
	memset(ret, 0, sizeof *ret);
	for (size_t i = 0; i < n; i++) {
		struct script_step *step = step_add(ret, STEP_SAY, 1);

		if (!step || sound_find(ret, paths[i], 0, &step->clip))
			return -1;
	}
	return step_add(ret, STEP_WAIT, 1) && step_add(ret, STEP_HANGUP, 1) ? 0 : -1;
}

void script_free(struct script *s)
{
	for (size_t i = 0; i < s->sounds; i++)
		free(s->sound[i].path);
	free(s->sound);
	free(s->step);
	memset(s, 0, sizeof *s);
}
