#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/log.h"
#include "base/opt.h"
#include "base/spawn.h"
#include "base/words.h"
#include "codec/jline.h"
#include "stream/outlet.h"

#define WAV_MAX (8 << 20)
#define OUT_MAX 65536
#define ERR_MAX 240 /* bytes of its stderr for a message */

struct command {
	struct recogniser *r;
	struct words words;                  /* the command for this turn */
	struct spawn_pipes p;                /* the program; pid 0: none runs */
	struct outlet to;                    /* its stdin */
	bool to_open;                        /* that is not yet closed */
	struct loop_source from, err, ended; /* stdout, stderr, its end */
	struct dynbuf out, said;             /* what came of stdout and stderr */
	bool over;                           /* out is not all */
};

static short reading(void *ctx)
{
	(void)ctx;
	return POLLIN;
}

static void to_close(struct command *c)
{
	if (!c->to_open)
		return;
	loop_remove(c->r->loop, &c->to.source);
	outlet_free(&c->to);
	close(c->p.in_fd);
	c->to_open = false;
}

/* The WAV is written, or the program does not want more of it. */
static void to_drained(void *ctx)
{
	to_close(ctx);
}

static void to_gone(void *ctx, int err)
{
	(void)err;
	to_close(ctx);
}

static void program_drop(struct command *c)
{
	if (!c->p.pid)
		return;
	to_close(c);
	loop_remove(c->r->loop, &c->from);
	loop_remove(c->r->loop, &c->err);
	loop_remove(c->r->loop, &c->ended);
	close(c->p.out_fd);
	close(c->p.err_fd);
	child_end(c->r->loop, c->p.pid, c->p.pid_fd, true);
	c->p.pid = 0;
}

static void program_failed(struct command *c, const char *why)
{
	program_drop(c);
	recogniser_trouble(c->r, "command", "'%s' %s%s%s", c->words.argv[0], why,
		c->said.n ? ": " : "", c->said.p);
	recogniser_done(c->r, &result_none);
}

static void from_ready(void *ctx, short revents)
{
	struct command *c = ctx;

	(void)revents;
	if (!child_read(c->p.out_fd, &c->out, &c->over))
		loop_remove(c->r->loop, &c->from);
	if (c->over)
		program_failed(c, "writes without end");
}

static void err_ready(void *ctx, short revents)
{
	struct command *c = ctx;
	bool over;

	(void)revents;
	if (!child_read(c->p.err_fd, &c->said, &over))
		loop_remove(c->r->loop, &c->err);
}

/* The first line of what it said is enough. */
static void said_cut(struct command *c)
{
	dynbuf_truncate(&c->said, strcspn(c->said.p, "\r\n"));
}

static void program_ended(void *ctx, short revents)
{
	struct command *c = ctx;
	struct result ret = result_none;
	siginfo_t info = {0};
	const char *why;
	bool said_more = false;
	char text[64];

	(void)revents;
	/* it is reaped by child_end, which needs its group's leader to be there still */
	if (waitid(P_PID, (id_t)c->p.pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || !info.si_pid)
		return;
	child_read_rest(c->p.out_fd, &c->out, &c->over);
	child_read_rest(c->p.err_fd, &c->said, &said_more);
	said_cut(c);
	if (info.si_code != CLD_EXITED || info.si_status != 0) {
		snprintf(text, sizeof(text), "%s %d",
			info.si_code == CLD_EXITED ? "exits with" : "was killed by signal",
			info.si_status);
		program_failed(c, text);
		return;
	}
	if (c->over) {
		program_failed(c, "writes without end");
		return;
	}
	if (command_result(c->out.p, c->out.n, &ret, &why) < 0) {
		program_failed(c, why);
		return;
	}
	program_drop(c);
	recogniser_done(c->r, &ret);
}

static int result_json(struct jspan obj, struct result *ret, const char **ret_why)
{
	double x;
	struct jspan v;

	*ret_why = "writes JSON without a text";
	if (!jline_get(obj, "text", &v) || !jline_str(v, ret->text, sizeof(ret->text)))
		return -1;
	if (jline_get(obj, "confidence", &v) && jline_number(v, &x) && x >= 0 && x <= 1)
		ret->confidence = x;
	jline_get_str(obj, "language", ret->language, sizeof(ret->language));
	if (jline_get(obj, "start", &v) && jline_number(v, &x) && x >= 0 && x < 86400)
		ret->start_ms = (int64_t)(x * 1000);
	if (jline_get(obj, "end", &v) && jline_number(v, &x) && x >= 0 && x < 86400)
		ret->end_ms = (int64_t)(x * 1000);
	if (ret->start_ms < 0 || ret->end_ms < ret->start_ms)
		ret->start_ms = ret->end_ms = -1;
	return 0;
}

int command_result(const char *out, size_t n, struct result *ret, const char **ret_why)
{
	json_t *text;

	*ret = result_none;
	while (n && strchr(" \t\r\n", out[n - 1]))
		n--;
	if (n && out[0] == '{' && jline_check(out, n) == 0) {
		if (result_json((struct jspan){out, n}, ret, ret_why) < 0)
			return -1;
		text_tidy(ret->text);
		return 0;
	}
	*ret_why = "writes what is no text";
	if (n >= sizeof(ret->text) || memchr(out, '\0', n))
		return -1;
	text = json_stringn(out, n); /* NULL: no UTF-8 */
	if (!text)
		return -1;
	json_decref(text);
	memcpy(ret->text, out, n);
	ret->text[n] = '\0';
	text_tidy(ret->text);
	return 0;
}

/* Nothing but a language tag is told to the program: else "". */
static const char *tag(const char *language)
{
	bool is = !language[strspn(
		language, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")];

	return is ? language : "";
}

static int words_for(struct command *c, const char *language, int rate_hz, char why[WORDS_WHY_MAX])
{
	const char *line = c->r->set->command;
	struct words_value values[] = {
		{"language", tag(language), strlen(tag(language))}, {"rate"}, {NULL}};
	char rate[16];

	values[1].value = rate;
	values[1].n = (size_t)snprintf(rate, sizeof(rate), "%d", rate_hz);
	return words_split(line ? line : "", values, &c->words, why);
}

static int program_start(struct command *c, const struct turn *t)
{
	char language[STT_LANGUAGE_MAX + 32], *env[] = {language, NULL};
	struct dynbuf wav;
	int rc;

	snprintf(language, sizeof(language), "CALLPIPE_LANGUAGE=%s", tag(t->language));
	if (spawn_piped(c->words.argv, env, &c->p) < 0) {
		c->p.pid = 0;
		return -1;
	}
	outlet_init(&c->to, c->p.in_fd, WAV_MAX, to_drained, to_gone, c);
	c->to_open = true;
	c->from = (struct loop_source){
		.fd = c->p.out_fd, .mask = reading, .ready = from_ready, .ctx = c};
	c->err = (struct loop_source){
		.fd = c->p.err_fd, .mask = reading, .ready = err_ready, .ctx = c};
	c->ended = (struct loop_source){
		.fd = c->p.pid_fd, .mask = reading, .ready = program_ended, .ctx = c};
	dynbuf_init(&wav, WAV_MAX);
	turn_wav(t, &wav, 0);
	rc = dynbuf_failed(&wav) ? -1 : writer_put(&c->to.writer, wav.p, wav.n, false, 0);
	dynbuf_free(&wav);
	if (rc < 0 || loop_add(c->r->loop, &c->to.source) < 0 ||
		loop_add(c->r->loop, &c->from) < 0 || loop_add(c->r->loop, &c->err) < 0 ||
		loop_add(c->r->loop, &c->ended) < 0) {
		program_drop(c);
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

static void command_recognise(struct recogniser *r, struct turn *t)
{
	struct command *c = r->state;
	char why[WORDS_WHY_MAX];

	dynbuf_reset(&c->out);
	dynbuf_reset(&c->said);
	c->over = false;
	if (words_for(c, t->language, t->rate_hz, why) < 0)
		recogniser_trouble(r, "command", "cannot recognise: %s", why);
	else if (program_start(c, t) == 0)
		return;
	else
		recogniser_trouble(
			r, "command", "cannot run '%s': %s", c->words.argv[0], strerror(errno));
	recogniser_done(r, &result_none);
}

static void command_cancel(struct recogniser *r)
{
	program_drop(r->state);
}

static int command_open(struct recogniser *r)
{
	struct command *c = calloc(1, sizeof(*c));
	char why[WORDS_WHY_MAX];

	r->state = c;
	if (!c) {
		log_error_errno("cannot use a command");
		return EXIT_SYSTEM;
	}
	c->r = r;
	dynbuf_init(&c->out, OUT_MAX);
	dynbuf_init(&c->said, ERR_MAX);
	if (!r->set->command || !*r->set->command)
		return opt_refuse(
			&r->set->engine, "it needs a program: --command or CALLPIPE_STT_COMMAND");
	/* every turn has a language of its own, but a slip is told now */
	if (words_for(c, "en", 8000, why) == 0)
		return 0;
	return opt_refuse(&r->set->command, "%s", why);
}

static void command_close(struct recogniser *r)
{
	struct command *c = r->state;

	if (!c)
		return;
	program_drop(c);
	dynbuf_free(&c->out);
	dynbuf_free(&c->said);
	free(c);
}

const struct engine engine_command = {
	.name = "command",
	.open = command_open,
	.recognise = command_recognise,
	.cancel = command_cancel,
	.close = command_close,
	.metered = true,
};
