/* scenario: any bytes as a scenario. Exercises scenario_load: there is a scenario or there are mistakes, one line
 * each. A scenario keeps what its header promises: every state listens or leaves, and a chain of states that do not
 * listen has an end.
 */
#include "scenario/scenario.h"

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Follow the ways that are always taken, without a condition. */
static void follow(const struct scenario *sc, const struct scenario_state *st)
{
	size_t n = 0;

	for (; !st->listens && st->entry->way == SCENARIO_GOTO; st = st->entry->target)
		MUST(++n <= sc->states_n && st->entry->target);
}

static int check_sentence(void *ctx, const struct scenario_sentence *s)
{
	MUST(!s->file == !!s->text && s->language);
	MUST(s->file || (s->n > 0 && (!s->constant || s->n <= SCENARIO_SENTENCE_MAX)));
	++*(size_t *)ctx;
	return 0;
}

static void check_rules(const struct scenario_state *st)
{
	const struct scenario_rule *r = NULL;
	size_t n = 0;

	while ((r = scenario_next_rule(st, ~0U, r))) {
		MUST(r->step && r->path &&
			(r->input != SCENARIO_DIGITS || (r->min >= 1 && r->max >= r->min)));
		n++;
	}
	MUST(n == st->rules_n);
}

static void check(const struct scenario *sc)
{
	size_t sentences = 0;

	MUST(sc->start && sc->states_n > 0);
	for (size_t i = 0; i < sc->states_n; i++) {
		const struct scenario_state *st = &sc->states[i];
		MUST(st->index == i && scenario_state_find(sc, st->name) == st);
		MUST(st->entry && (!st->listens || st->entry->way == SCENARIO_STAY));
		check_rules(st);
		follow(sc, st);
	}
	MUST(scenario_phrases(sc, check_sentence, &sentences) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct scenario_options options = {0};
	struct scenario_mistakes m;
	struct scenario *sc;
	char path[64];
	int fd = memfd_create("scenario", 0);

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (scenario_load(path, &options, &sc, &m) == 0) {
		MUST(m.n == 0);
		check(sc);
		scenario_free(sc);
	} else {
		MUST(m.n > 0);
		for (size_t i = 0; i < m.n; i++)
			MUST(m.line[i][0] && !strpbrk(m.line[i], "\n\r"));
	}
	scenario_mistakes_free(&m);
	close(fd);
	return 0;
}
