/* A word is all of a breaker's state: 2 bits enum breaker_state, 8 bits failures in a row, 22 bits of a pid (half open:
 * whose the probe is), 32 bits of CLOCK_MONOTONIC in ms, when it is over: open becomes half open, the probe is lost. A time
 * that cannot be is over.
 */
#include "net/breaker-file.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAILURES_SHOWN_MAX 255

struct breaker {
	struct breaker *next; /* of this process */
	char name[BREAKER_NAME_MAX];
	struct breaker_record *record; /* in the file, or own */
	struct breaker_record own;     /* where there is no file, or no room in it */
	unsigned of;                   /* which file it is in, as breaker_file_check says */
};

/* A word, in parts. */
struct state {
	enum breaker_state is;
	unsigned failures; /* in a row */
	pid_t pid;         /* half open: whose the probe is */
	uint32_t until_ms; /* CLOCK_MONOTONIC, its lower bits */
};

static struct breaker *all; /* that were asked for */

/* ---- words ---- */

static uint32_t now_ms(void)
{
	return (uint32_t)(now_ns() / NS_PER_MS);
}

static uint64_t pack(struct state s)
{
	return (uint64_t)s.is << 62 | (uint64_t)s.failures << 54 |
		(uint64_t)(s.pid & 0x3fffff) << 32 | s.until_ms;
}

static struct state unpack(uint64_t word)
{
	struct state s = {
		.is = (enum breaker_state)(word >> 62),
		.failures = (unsigned)(word >> 54) & FAILURES_SHOWN_MAX,
		.pid = (pid_t)(word >> 32 & 0x3fffff),
		.until_ms = (uint32_t)word,
	};

	if (s.is > BREAKER_HALF_OPEN)
		s.is = BREAKER_CLOSED;
	return s;
}

/* Until it is over. More than it can be at most is of another start of the host, or of 49 days ago. */
static uint32_t left_ms(uint32_t until_ms, uint32_t now, uint32_t most)
{
	uint32_t left = until_ms - now;

	return left <= most ? left : 0;
}

/* A process of another PID namespace counts as dead: then there are two probes. */
static bool is_alive(pid_t pid)
{
	return pid > 0 && (kill(pid, 0) == 0 || errno != ESRCH);
}

/* True if a probe can go. */
static bool is_half_open(const struct state *s, uint32_t now)
{
	if (s->is == BREAKER_OPEN)
		return left_ms(s->until_ms, now, BREAKER_OPEN_MS) == 0;
	return left_ms(s->until_ms, now, BREAKER_PROBE_MS) == 0 || !is_alive(s->pid);
}

static unsigned one_more(unsigned failures)
{
	return failures < FAILURES_SHOWN_MAX ? failures + 1 : failures;
}

/* ---- records ---- */

static struct breaker_record *record_of(struct breaker *b)
{
	unsigned of = breaker_file_check();

	if (b->record && b->of == of)
		return b->record;
	b->of = of;
	b->record = of ? breaker_file_record(b->name) : NULL;
	if (!b->record)
		b->record = &b->own;
	return b->record;
}

int breaker_open(const char *spool)
{
	return spool && *spool ? breaker_file_open(spool) : 0;
}

/* One that is too long is told apart by its hash. */
static void name_copy(char to[BREAKER_NAME_MAX], const char *name)
{
	int n = BREAKER_NAME_MAX - 18;

	memset(to, 0, BREAKER_NAME_MAX);
	if (strlen(name) < BREAKER_NAME_MAX)
		memcpy(to, name, strlen(name));
	else
		snprintf(to, BREAKER_NAME_MAX, "%.*s~%016llx", n, name,
			(unsigned long long)hash_text(name));
	for (char *p = to; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = '?';
}

struct breaker *breaker_find(const char *name)
{
	char as[BREAKER_NAME_MAX];
	struct breaker *b;

	name_copy(as, name);
	for (b = all; b; b = b->next)
		if (strcmp(b->name, as) == 0)
			return b;
	b = calloc(1, sizeof(*b));
	if (!b)
		return NULL;
	memcpy(b->name, as, sizeof(as));
	b->next = all;
	all = b;
	record_of(b);
	return b;
}

static void count(uint64_t *what)
{
	__atomic_fetch_add(what, 1, __ATOMIC_RELAXED);
}

static bool change(struct breaker_record *r, uint64_t *word, struct state to)
{
	return __atomic_compare_exchange_n(
		&r->word, word, pack(to), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

bool breaker_ask(struct breaker *b)
{
	struct breaker_record *r;
	uint64_t word;
	uint32_t now = now_ms();
	struct state s;

	if (!b)
		return true;
	r = record_of(b);
	word = __atomic_load_n(&r->word, __ATOMIC_ACQUIRE);
	do {
		s = unpack(word);
		if (s.is == BREAKER_CLOSED)
			break;
		if (!is_half_open(&s, now))
			return false;
		s.is = BREAKER_HALF_OPEN;
		s.pid = getpid();
		s.until_ms = now + BREAKER_PROBE_MS;
	} while (!change(r, &word, s));
	count(&r->requests);
	return true;
}

/* Of a request that went before it was opened, or of a probe that was lost, nothing is made: only the probe decides. */
static bool is_mine(const struct state *s)
{
	return s->is == BREAKER_HALF_OPEN && s->pid == getpid();
}

void breaker_success(struct breaker *b)
{
	struct breaker_record *r;
	uint64_t word;
	struct state s;

	if (!b)
		return;
	r = record_of(b);
	word = __atomic_load_n(&r->word, __ATOMIC_ACQUIRE);
	do {
		s = unpack(word);
		if (word == 0 || (s.is != BREAKER_CLOSED && !is_mine(&s)))
			return;
	} while (!change(r, &word, (struct state){.is = BREAKER_CLOSED}));
}

void breaker_failure(struct breaker *b)
{
	struct breaker_record *r;
	uint64_t word;
	uint32_t now = now_ms();
	struct state s;
	bool opens;

	if (!b)
		return;
	r = record_of(b);
	count(&r->failed);
	word = __atomic_load_n(&r->word, __ATOMIC_ACQUIRE);
	do {
		s = unpack(word);
		s.failures = one_more(s.failures);
		opens = s.is == BREAKER_CLOSED ? s.failures >= BREAKER_FAILURES : is_mine(&s);
		if (opens) {
			s.is = BREAKER_OPEN;
			s.pid = 0;
			s.until_ms = now + BREAKER_OPEN_MS;
		}
	} while (!change(r, &word, s));
	if (opens)
		count(&r->opened);
}

/* The probe is for the next who asks. */
void breaker_abandon(struct breaker *b)
{
	struct breaker_record *r;
	uint64_t word;
	uint32_t now = now_ms();
	struct state s;

	if (!b)
		return;
	r = record_of(b);
	word = __atomic_load_n(&r->word, __ATOMIC_ACQUIRE);
	do {
		s = unpack(word);
		if (!is_mine(&s))
			return;
		s.is = BREAKER_OPEN;
		s.pid = 0;
		s.until_ms = now;
	} while (!change(r, &word, s));
}

/* ---- what others see ---- */

const char *breaker_state_name(enum breaker_state s)
{
	static const char *const name[] = {
		[BREAKER_CLOSED] = "closed",
		[BREAKER_OPEN] = "open",
		[BREAKER_HALF_OPEN] = "half-open",
	};

	return (size_t)s < ARRAY_LEN(name) ? name[s] : "unknown";
}

static struct breaker_view view_of(const struct breaker_record *r, bool same_boot)
{
	uint32_t now = now_ms();
	struct state s = unpack(same_boot ? r->word : 0);
	struct breaker_view v = {
		.state = s.is,
		.failures = s.failures,
		.opened = (int64_t)r->opened,
		.requests = (int64_t)r->requests,
		.failed = (int64_t)r->failed,
	};

	memcpy(v.name, r->name, sizeof(v.name));
	if (s.is == BREAKER_OPEN && is_half_open(&s, now))
		v.state = BREAKER_HALF_OPEN;
	else if (s.is == BREAKER_OPEN)
		v.open_left_ms = left_ms(s.until_ms, now, BREAKER_OPEN_MS);
	return v;
}

int breaker_list(const char *spool, struct breaker_view *ret, size_t max)
{
	struct breaker_file *f = malloc(sizeof(*f));
	bool now = false;
	int n = f ? breaker_file_read(spool, f, &now) : -1;

	if (n <= 0) {
		free(f);
		return n;
	}
	n = 0;
	for (size_t i = 0; i < BREAKERS_MAX && (size_t)n < max; i++) {
		struct breaker_record *r = &f->record[i];

		/* its name may not be written yet, or is no name */
		r->name[sizeof(r->name) - 1] = '\0';
		if (r->id && r->id == hash_text(r->name))
			ret[n++] = view_of(r, now);
	}
	free(f);
	return n;
}
