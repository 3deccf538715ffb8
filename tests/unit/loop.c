#include "base/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

/* One end of a pipe in a loop, and what happened to it. */
struct end {
	struct loop *loop;
	struct loop_source source;
	struct end *victim; /* removed, and its struct poisoned, when this one is ready */
	struct end *add;    /* added when this one is ready */
	int in, out;        /* the pipe */
	int ready;          /* calls */
	short mask;         /* asked for */
	short revents;      /* of the last call */
	int stop_after;     /* calls, then the loop is stopped; 0: never */
};

static short end_mask(void *ctx)
{
	return ((struct end *)ctx)->mask;
}

static void end_ready(void *ctx, short revents)
{
	struct end *e = ctx;
	char c;

	e->ready++;
	e->revents = revents;
	if (revents & POLLIN)
		(void)!read(e->in, &c, 1);
	if (e->victim) {
		loop_remove(e->loop, &e->victim->source);
		memset(&e->victim->source, 0xee, sizeof(e->victim->source));
		e->victim = NULL;
	}
	if (e->add) {
		if (loop_add(e->loop, &e->add->source) == -1)
			abort();
		e->add = NULL;
	}
	if (e->stop_after && e->ready >= e->stop_after)
		loop_stop(e->loop);
}

static void end_open(struct end *e, struct loop *l, const char *bytes)
{
	int fd[2];

	if (pipe(fd) == -1 || write(fd[1], bytes, strlen(bytes)) != (ssize_t)strlen(bytes))
		abort();
	*e = (struct end){.loop = l, .in = fd[0], .out = fd[1], .mask = POLLIN};
	e->source = (struct loop_source){
		.fd = e->in, .mask = end_mask, .ready = end_ready, .ctx = e};
}

static void end_close(struct end *e)
{
	close(e->in);
	if (e->out != -1)
		close(e->out);
}

/* A timer, and when it fired. */
struct alarm {
	struct loop *loop;
	struct loop_timer timer;
	struct alarm *victim; /* removed and poisoned when this one fires */
	int64_t fired_ns;     /* the time it was told */
	int64_t every_ns;     /* set again so much later; 0: not */
	int fired;            /* calls */
	int stop_after;       /* calls, then the loop is stopped */
};

static void alarm_fire(void *ctx, int64_t now)
{
	struct alarm *a = ctx;

	a->fired++;
	a->fired_ns = now;
	if (a->every_ns)
		a->timer.at_ns = now + a->every_ns;
	if (a->victim) {
		loop_remove_timer(a->loop, &a->victim->timer);
		memset(&a->victim->timer, 0xee, sizeof(a->victim->timer));
	}
	if (a->stop_after && a->fired >= a->stop_after)
		loop_stop(a->loop);
}

static void alarm_add(struct alarm *a, struct loop *l, int64_t at_ns, int stop_after)
{
	*a = (struct alarm){.loop = l, .stop_after = stop_after};
	a->timer = (struct loop_timer){.at_ns = at_ns, .fire = alarm_fire, .ctx = a};
	if (loop_add_timer(l, &a->timer) == -1)
		abort();
}

static void add(struct loop *l, struct end *e)
{
	if (loop_add(l, &e->source) == -1)
		abort();
}

static void test_masks(void)
{
	struct loop l;
	struct end all, none, errors;
	struct alarm stop;

	loop_init(&l);
	end_open(&all, &l, "x");
	end_open(&none, &l, "x");
	end_open(&errors, &l, "x");
	none.mask = -1;
	errors.mask = 0;
	close(none.out);
	none.out = -1;
	add(&l, &all);
	add(&l, &none);
	add(&l, &errors);
	alarm_add(&stop, &l, l.now + 5 * NS_PER_MS, 1);
	ok(loop_run(&l) == 0, "run");
	is_int(all.ready, 1, "POLLIN is ready once");
	is_int(none.ready, 0, "mask -1 is not polled, not even for a hang-up");
	is_int(errors.ready, 0, "mask 0 does not see data");

	close(errors.out);
	errors.out = -1;
	errors.stop_after = 1;
	l.stopped = false;
	ok(loop_run(&l) == 0 && errors.ready == 1 && errors.revents == POLLHUP,
		"mask 0 sees a hang-up");
	loop_free(&l);
	end_close(&all);
	end_close(&none);
	end_close(&errors);
}

static void test_removal(void)
{
	struct loop l;
	struct end a, b, c, late;
	struct alarm t1, t2;

	loop_init(&l);
	end_open(&a, &l, "x");
	end_open(&b, &l, "x");
	end_open(&c, &l, "xy");
	end_open(&late, &l, "x");
	a.victim = &b;
	a.add = &late;
	c.victim = &c;
	add(&l, &a);
	add(&l, &b);
	add(&l, &c);
	alarm_add(&t1, &l, 1, 0);
	alarm_add(&t2, &l, 1, 0);
	t1.victim = &t2;
	late.stop_after = 1;
	ok(loop_run(&l) == 0, "run");
	is_int(a.ready, 1, "the first source is called");
	is_int(b.ready, 0, "one removed in the same round is not");
	is_int(c.ready, 1, "one that removes itself is called no more");
	is_int(late.ready, 1, "one added in a callback is called in the next round");
	ok(t1.fired == 1 && t2.fired == 0, "a timer removes another");
	loop_free(&l);
	end_close(&a);
	end_close(&b);
	end_close(&c);
	end_close(&late);
}

static void test_many(void)
{
	enum { MANY = 300 };
	static struct end e[MANY];
	struct loop l;
	struct alarm stop;
	int called = 0;

	loop_init(&l);
	for (int i = 0; i < MANY; i++) {
		end_open(&e[i], &l, "x");
		add(&l, &e[i]);
	}
	for (int i = 0; i < MANY; i += 3)
		loop_remove(&l, &e[i].source);
	alarm_add(&stop, &l, l.now, 1);
	ok(loop_run(&l) == 0, "run");
	for (int i = 0; i < MANY; i++)
		called += e[i].ready == (i % 3 ? 1 : 0);
	is_int(called, MANY, "of %d sources all that are left are called once", MANY);
	loop_free(&l);
	for (int i = 0; i < MANY; i++)
		end_close(&e[i]);
}

static void test_timers(void)
{
	struct loop l;
	struct alarm past, unset, soon, every;
	struct end data;
	int64_t start = now_ns();

	loop_init(&l);
	end_open(&data, &l, "x");
	add(&l, &data);
	alarm_add(&past, &l, 1, 0);
	alarm_add(&unset, &l, 0, 0);
	alarm_add(&every, &l, start, 0);
	every.every_ns = 100 * 1000;
	alarm_add(&soon, &l, start + 50 * NS_PER_MS, 1);
	ok(loop_run(&l) == 0, "run");
	is_int(past.fired, 1, "a time in the past fires once");
	is_int(unset.fired, 0, "time 0 is not set");
	ok(soon.fired_ns >= start + 50 * NS_PER_MS, "never too early");
	ok(every.fired > 66, "set again in its callback, %d times", every.fired);
	ok(past.fired_ns == l.now || past.fired_ns < soon.fired_ns, "the time of the round");
	is_int(data.ready, 1, "sources have their turn beside timers that are always due");
	loop_free(&l);
	end_close(&data);

	/* always due: the sources must not starve */
	loop_init(&l);
	end_open(&data, &l, "xyz");
	data.stop_after = 3;
	add(&l, &data);
	alarm_add(&every, &l, 1, 0);
	every.every_ns = -NS_PER_S;
	ok(loop_run(&l) == 0 && data.ready == 3 && every.fired >= 2, "a timer that is always due");
	loop_free(&l);
	end_close(&data);
}

static void test_stop(void)
{
	struct loop l;
	struct end a, b;
	struct alarm t;

	loop_init(&l);
	end_open(&a, &l, "x");
	end_open(&b, &l, "x");
	a.stop_after = 1;
	add(&l, &a);
	add(&l, &b);
	alarm_add(&t, &l, 1, 0);
	ok(loop_run(&l) == 0, "run");
	ok(a.ready == 1 && b.ready == 0 && t.fired == 0, "no callback after loop_stop");
	ok(loop_run(&l) == 0 && a.ready == 1, "a stopped loop does not start");
	loop_free(&l);
	end_close(&a);
	end_close(&b);
}

static int last_signal, signals_seen;

static void on_signal(void *ctx, int sig)
{
	last_signal = sig;
	signals_seen++;
	loop_stop(ctx);
}

static void test_signals(void)
{
	static const int sigs[] = {SIGUSR1, SIGCHLD, SIGHUP, 0};
	struct loop l;
	pid_t child;

	loop_init(&l);
	signal(SIGHUP, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	ok(loop_signals(&l, sigs, on_signal, &l) == 0, "asked for signals");
	raise(SIGUSR1);
	ok(loop_run(&l) == 0 && last_signal == SIGUSR1, "a signal without any source or timer");

	l.stopped = false;
	child = fork();
	if (child == 0)
		_exit(3);
	ok(loop_run(&l) == 0 && last_signal == SIGCHLD,
		"the end of a child, SIGCHLD ignored before");
	ok(waitpid(child, NULL, 0) == child, "which can be waited for");

	l.stopped = false;
	signals_seen = 0;
	raise(SIGHUP);
	raise(SIGUSR1);
	ok(loop_run(&l) == 0 && signals_seen == 1 && last_signal == SIGUSR1,
		"a hang-up ignored from the start stays ignored");
	loop_free(&l);
	raise(SIGUSR1);
	ok(true, "a late signal does not kill");
}

static volatile sig_atomic_t interruptions;

static void on_interruption(int sig)
{
	(void)sig;
	interruptions++;
}

static void test_interrupted(void)
{
	struct sigaction count = {.sa_handler = on_interruption};
	struct itimerval every_ms = {{0, 1000}, {0, 1000}}, off = {0};
	struct loop l;
	struct alarm t;

	sigaction(SIGALRM, &count, NULL);
	loop_init(&l);
	alarm_add(&t, &l, l.now + 20 * NS_PER_MS, 1);
	setitimer(ITIMER_REAL, &every_ms, NULL);
	ok(loop_run(&l) == 0 && t.fired == 1, "a poll that is interrupted goes on");
	ok(interruptions > 0, "%d times", (int)interruptions);
	setitimer(ITIMER_REAL, &off, NULL);
	loop_free(&l);
}

static void test_ticker(void)
{
	struct ticker t;
	int64_t start = 12345 * NS_PER_MS, sum = 0, last = -1;
	uint64_t seed = 1;
	bool once = true, place = true;

	ticker_init(&t, start);
	is_int(ticker_due(&t), start, "slot 0 is due at the start");
	is_int(ticker_take(&t, start), 0, "in time");
	is_int(ticker_due(&t), start + TICK_NS, "the next is due a period later");
	is_int(ticker_take(&t, start + TICK_NS + TICK_RESTART_NS), 0,
		"60 ms late: nothing skipped");
	is_int(ticker_due(&t), start + 2 * TICK_NS, "and the clock does not shift");
	is_int(ticker_take(&t, start + 2 * TICK_NS + TICK_RESTART_NS + 1), 3,
		"later: three are skipped");
	is_int(t.slot, 6, "slot 5 was served, 6 is next");
	is_int(ticker_take(&t, start + 6 * TICK_NS - 5), 0, "a little early is in time");
	is_int(ticker_take(&t, start + 7 * TICK_NS + 3600 * NS_PER_S), 180000, "an hour late");

	/* an hour of a process that is now and then kept waiting, up to 300 ms */
	ticker_init(&t, start);
	for (int64_t now = start; t.slot < 180000; now = max_i64(now, ticker_due(&t))) {
		int64_t skipped;

		now += random_below(&seed, 100) ? (int64_t)random_below(&seed, NS_PER_MS)
						: (int64_t)random_below(&seed, 300) * NS_PER_MS;
		skipped = ticker_take(&t, now);
		sum += skipped + 1;
		once = once && t.slot - 1 == last + skipped + 1;
		last = t.slot - 1;
		place = place && now >= start + last * TICK_NS &&
			now - (start + last * TICK_NS) <= TICK_RESTART_NS;
	}
	ok(once && sum == t.slot, "every slot is served or skipped exactly once");
	ok(place, "served at its place in call time, at most 60 ms late");
}

int main(void)
{
	test_masks();
	test_removal();
	test_many();
	test_timers();
	test_stop();
	test_ticker();
	test_interrupted();
	test_signals();
	return done_testing();
}
