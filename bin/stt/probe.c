#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"
#include "files.h"
#include "net/provider.h"

struct probe {
	struct loop loop;
	struct recogniser r;
	bool any;   /* something of a service was seen */
	int status; /* exit code so far */
	int asked;  /* requests: those that follow a failure are not shown */
};

static void seen(void *ctx, const char *name, const char *value)
{
	struct probe *p = ctx;

	p->any = true;
	p->asked += strcmp(name, "request") == 0;
	if (p->asked <= 1)
		printf("%s: %s\n", name, value);
}

static void trouble(void *ctx, const char *code, const char *text)
{
	struct probe *p = ctx;
	p->any = true;
	printf("failed: %s\n", text);
	if (p->status != EXIT_REFUSED)
		p->status = provider_is_refusal(code) ? EXIT_REFUSED : EXIT_TRY_AGAIN;
}

static void partial(void *ctx, const struct turn *turn, const char *text)
{
	(void)ctx;
	(void)turn;
	printf("so far: %s\n", text);
}

static void answered(void *ctx, struct turn *t, const struct result *ret)
{
	struct probe *p = ctx;

	if (p->any && p->status == EXIT_OK) {
		printf("text: %s\n", ret->text);
		if (ret->confidence >= 0)
			printf("confidence: %.2f\n", ret->confidence);
		if (ret->language[0])
			printf("language: %s\n", ret->language);
		for (size_t i = 0; i < ARRAY_LEN(ret->used) && ret->used[i].unit; i++)
			printf("used: %.2f %s\n", ret->used[i].n, ret->used[i].unit);
	}
	turn_free(t);
	loop_stop(&p->loop);
}

static int ask(struct probe *p, const char *path, int rate_hz)
{
	struct turn *t;
	int status = path ? files_turn(path, rate_hz, p->r.set, &t)
			  : files_silence(1000, rate_hz, p->r.set, &t);

	if (status)
		return status;
	recogniser_begun(&p->r, rate_hz, t->language);
	recogniser_expect(&p->r, NULL, t->language);
	recogniser_started(&p->r, t);
	recogniser_audio(&p->r, t);
	recogniser_put(&p->r, t);
	if (recogniser_pending(&p->r) && loop_run(&p->loop) < 0) {
		log_error_errno("cannot wait for the recogniser");
		return EXIT_SYSTEM;
	}
	if (p->any)
		return p->status;
	log_error("cannot probe: the engine '%s' asks no service", p->r.engine->name);
	return EXIT_CONFIG;
}

int probe_run(
	const struct settings *set, const struct engine *engine, const char *path, int rate_hz)
{
	struct settings alone = *set;
	static struct probe p;
	int status;

	alone.spool = NULL; /* a provider that calls leave alone is asked all the same */
	p = (struct probe){
		.r = {.set = &alone,
			.engine = engine,
			.answered = answered,
			.trouble = trouble,
			.partial = partial,
			.seen = seen,
			.ctx = &p},
	};
	loop_init(&p.loop);
	status = recogniser_open(&p.r, &p.loop);
	if (!status) {
		printf("engine: %s\n", engine->name);
		if (p.r.model)
			printf("model: %s\n", p.r.model);
		status = ask(&p, path, rate_hz);
	}
	recogniser_close(&p.r);
	loop_free(&p.loop);
	return opt_finish(status);
}
