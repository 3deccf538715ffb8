#include "record/judge.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/log.h"
#include "base/spawn.h"
#include "base/words.h"
#include "model/ask.h"

#define OUTPUT_MAX 4000 /* tokens of a model's answer, thinking included */

/* A program that is asked. */
struct asked {
	struct spawn_pipes p;
	const char *in;    /* what is left for its stdin */
	size_t in_n;       /* bytes of it */
	struct dynbuf out; /* what it has written */
	bool over;         /* that was more than JUDGE_ANSWER_MAX */
	struct dynbuf err; /* its messages, the first of them */
	int64_t end_ns;    /* when its time is over, monotonic */
};

static void shut(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

static void feed(struct asked *a)
{
	ssize_t n = write(a->p.in_fd, a->in, a->in_n < PIPE_BUF ? a->in_n : PIPE_BUF);

	if (n > 0) {
		a->in += n;
		a->in_n -= (size_t)n;
	}
	if (a->in_n == 0 || (n < 0 && errno != EINTR)) /* who does not read to the end need not */
		shut(&a->p.in_fd);
}

static void drain(int *fd, struct dynbuf *to, bool *ret_over)
{
	if (!child_read(*fd, to, ret_over))
		shut(fd);
}

/* Until it has closed its output, or time is over: then -1. */
static int converse(struct asked *a)
{
	bool unimportant; /* whether its messages are more than is kept */

	while (a->p.out_fd != -1 || a->p.err_fd != -1) {
		struct pollfd fds[] = {{a->p.in_fd, POLLOUT, 0}, {a->p.out_fd, POLLIN, 0},
			{a->p.err_fd, POLLIN, 0}};
		int64_t left_ms = (a->end_ns - now_ns()) / NS_PER_MS;

		if (left_ms <= 0)
			return -1;
		if (poll(fds, ARRAY_LEN(fds), (int)min_i64(left_ms, 60000)) <= 0)
			continue;
		if (fds[0].revents)
			feed(a);
		if (fds[1].revents)
			drain(&a->p.out_fd, &a->out, &a->over);
		if (fds[2].revents)
			drain(&a->p.err_fd, &a->err, &unimportant);
	}
	return 0;
}

/* Wait for it; its group goes with it. The wait status. */
static int reap(struct asked *a)
{
	struct pollfd p = {a->p.pid_fd, POLLIN, 0};
	int status = 0;

	(void)!poll(&p, 1, (int)max_i64(0, min_i64(60000, (a->end_ns - now_ns()) / NS_PER_MS)));
	kill(-a->p.pid, SIGKILL);
	while (waitpid(a->p.pid, &status, 0) == -1 && errno == EINTR)
		;
	shut(&a->p.pid_fd);
	shut(&a->p.in_fd);
	shut(&a->p.out_fd);
	shut(&a->p.err_fd);
	return status;
}

/* The first line of its messages, for ours. */
static void complain(const struct asked *a, int status, char why[JUDGE_WHY_MAX])
{
	int n = (int)strcspn(a->err.p, "\n");

	if (WIFSIGNALED(status))
		snprintf(why, JUDGE_WHY_MAX, "it was ended by signal %d", WTERMSIG(status));
	else
		snprintf(why, JUDGE_WHY_MAX, "exit %d%s%.*s", WEXITSTATUS(status), n ? ": " : "",
			n < 180 ? n : 180, a->err.p);
}

static int run(struct asked *a, int64_t timeout_ms, char why[JUDGE_WHY_MAX])
{
	bool late;
	int status;

	a->end_ns = now_ns() + timeout_ms * NS_PER_MS;
	late = converse(a) == -1;
	status = reap(a);
	if (late)
		snprintf(why, JUDGE_WHY_MAX, "no answer after %lld ms", (long long)timeout_ms);
	else if (status != 0)
		complain(a, status, why);
	else if (a->over || dynbuf_failed(&a->out))
		snprintf(why, JUDGE_WHY_MAX, "its answer is longer than 1 MiB");
	return *why ? -1 : 0;
}

static int parse(const struct dynbuf *out, json_t **ret, char why[JUDGE_WHY_MAX])
{
	json_error_t e;
	json_t *answer = json_loadb(out->p, out->n, JSON_REJECT_DUPLICATES, &e);

	if (!answer)
		snprintf(why, JUDGE_WHY_MAX, "its answer is no JSON: line %d: %.160s", e.line,
			e.text);
	else if (!json_is_object(answer))
		snprintf(why, JUDGE_WHY_MAX, "its answer is no object");
	if (*why) {
		json_decref(answer);
		return -1;
	}
	*ret = answer;
	return 0;
}

static int ask_command(
	const struct judge *j, const json_t *question, json_t **ret, char why[JUDGE_WHY_MAX])
{
	static char *const env[] = {NULL};
	char *text = json_dumps(question, JSON_COMPACT);
	struct asked a = {.in = text, .in_n = text ? strlen(text) : 0};
	struct words words;
	int err = -1;

	why[0] = '\0';
	dynbuf_init(&a.out, JUDGE_ANSWER_MAX);
	dynbuf_init(&a.err, 4096);
	signal(SIGPIPE, SIG_IGN);
	if (!text)
		snprintf(why, JUDGE_WHY_MAX, "no memory");
	else if (words_split(j->command, NULL, &words, why) == 0) {
		if (spawn_piped(words.argv, env, &a.p) == -1)
			snprintf(why, JUDGE_WHY_MAX, "cannot run '%.100s': %s", words.argv[0],
				strerror(errno));
		else
			err = run(&a, j->timeout_ms, why);
	}
	if (!err)
		err = parse(&a.out, ret, why);
	dynbuf_free(&a.out);
	dynbuf_free(&a.err);
	free(text);
	return err;
}

static int ask_models(struct judge *j, const char *task, const json_t *schema,
	const json_t *question, json_t **ret, char why[JUDGE_WHY_MAX])
{
	const struct model *model = NULL;
	struct chat chat;
	struct model_question q = {.chat = &chat, .schema = schema, .max_output = OUTPUT_MAX};
	char *text = json_dumps(question, JSON_COMPACT);
	char long_why[HTTP_WHY_MAX] = "no memory";
	int err = -1;

	chat_init(&chat, 2);
	if (text && chat_system(&chat, task) == 0 && chat_data(&chat, text) == 0)
		err = ask_json(&j->asker, &q, ret, NULL, &model, long_why) == 0 ? 0 : -1;
	if (!err)
		err = json_object_set_new(*ret, "model", json_string(model->model));
	snprintf(why, JUDGE_WHY_MAX, "%.*s", JUDGE_WHY_MAX - 1, err ? long_why : "");
	chat_free(&chat);
	free(text);
	return err;
}

int judge_ask(struct judge *j, const char *task, const json_t *schema, const json_t *question,
	json_t **ret, char why[JUDGE_WHY_MAX])
{
	if (j->command && *j->command)
		return ask_command(j, question, ret, why);
	return ask_models(j, task, schema, question, ret, why);
}

static void say_mistake(void *ctx, const char *line)
{
	log_error("%s", line);
}

/* A judge has more time than a caller would wait. */
static int open_models(struct judge *j, const char *stage, const char *path)
{
	struct models *m;
	char why[HTTP_WHY_MAX];
	int code;

	if (models_load(path, say_mistake, NULL, &m) < 0)
		return EXIT_CONFIG;
	m->give_up_ms = m->budget_ms = m->idle_ms = m->total_ms = j->timeout_ms;
	loop_init(&j->loop);
	code = asker_open(&j->asker, stage, m, &j->loop, why);
	if (code == 0) {
		j->models = m;
		return 0;
	}
	log_error("%s", why);
	loop_free(&j->loop);
	models_free(m);
	return code;
}

int judge_open(struct judge *j, const char *stage, const char *command, const char *models,
	int64_t timeout_ms)
{
	*j = (struct judge){.command = command, .timeout_ms = timeout_ms};
	return models && *models ? open_models(j, stage, models) : 0;
}

void judge_close(struct judge *j)
{
	if (!j->models)
		return;
	asker_close(&j->asker);
	loop_free(&j->loop);
	models_free(j->models);
}

bool judge_sampled(const char *call, int64_t percent)
{
	uint64_t h = hash_text(call);

	return (int64_t)((h ^ h >> 32) % 100) < percent;
}
