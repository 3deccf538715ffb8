/* campaign run: a dispatcher. Any number of them, on any number of hosts, work on one database.
 *
 * It claims rows, has their calls made (dial.c), says every third of a lease that it lives, and takes over what others have
 * left. With nothing to do it sleeps: it is woken by NOTIFY, and looks by itself every few seconds.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "asterisk.h"
#include "base/log.h"
#include "call-file.h"
#include "campaign.h"
#include "dial.h"
#include "endpoint.h"
#include "scenario.h"

#define CLAIM_LEAST_NS \
	(25 * NS_PER_MS) /* from one claim to the next: who ends meanwhile is made up for at once */
#define CLAIM_SOON_NS (100 * NS_PER_MS) /* there was something: a bucket fills, a gap ends */
#define CLAIM_IDLE_NS (250 * NS_PER_MS) /* there was nothing; doubles up to the next */
#define CLAIM_LATEST_NS (5 * NS_PER_S)
#define FAILING_NS NS_PER_S       /* a trunk is judged no more often */
#define GOODBYE_NS (2 * NS_PER_S) /* the database may take so long for our last word */

static struct {
	const char *trunk, *ari_app, *from_dir;
	int64_t max_calls, lease_s, idle_s;
} opt = {.trunk = "trunk", .ari_app = "callpipe", .max_calls = 8, .lease_s = 15};

static const struct opt_row rows[] = {
	{"trunk", 0, OPT_STR, "NAME", "CALLPIPE_TRUNK", "the line that is called over", &opt.trunk},
	{"max-calls", 'n', OPT_INT, "N", "CALLPIPE_CAMPAIGN_CALLS",
		"calls of this process at a time", &opt.max_calls, 1, 1000},
	{"lease", 0, OPT_INT, "S", "CALLPIPE_LEASE",
		"after so many seconds of silence others take over its calls", &opt.lease_s, 1,
		3600},
	{"idle", 0, OPT_INT, "S", NULL, "leave after so many seconds without a call; 0: never",
		&opt.idle_s, 0, 86400},
	{"from-dir", 0, OPT_STR, "DIR", "CALLPIPE_FROM_DIR",
		"where as-answer looks for what is known of a call", &opt.from_dir},
	SCENARIO_OPTIONS,
	ASTERISK_OPTIONS,
	{"ari-app", 0, OPT_STR, "NAME", "CALLPIPE_ARI_APP",
		"beginning of the name of its application", &opt.ari_app},
	{0},
};

static struct run {
	struct loop loop;
	struct store *store;
	struct ari *ari;
	struct outcomes *outcomes;
	struct dialer *dialer;
	char node[128], host[65], pid[16], boot[16], max_calls[16], lease[32];
	char asterisk[64], started[32]; /* of Asterisk: its id, seconds since 1970 */

	struct loop_timer beat, claim, goodbye;
	bool beaten;      /* the database knows this node, and this start of Asterisk */
	bool beating;     /* a beat is under way */
	bool introduced;  /* and it says which Asterisk is ours */
	bool claiming;    /* a claim is */
	bool asking_ours; /* what is ours is asked */
	bool draining;
	int64_t asked, got;   /* rows of the last claim */
	int64_t claimed_ns;   /* it was made then */
	int64_t pause_ns;     /* before the next one, if there is nothing */
	int64_t beaten_ns;    /* the last time the database heard of us */
	int64_t beaten_calls; /* of ours it had then; -1: it does not say */
	int64_t recover_ns; /* not before then: those whose leases ran out with the database come back first */
	int64_t busy_ns;    /* the last time there was a call */
	bool failing;       /* calls have ended badly since the trunk was judged */
	int64_t failing_ns; /* it was then */
	enum exit_code status;
} run;

static void claim_in(int64_t ns)
{
	int64_t at = max_i64(now_ns() + ns, run.claimed_ns + CLAIM_LEAST_NS);

	if (!run.claim.at_ns || at < run.claim.at_ns)
		run.claim.at_ns = at;
}

/* ---- the end ---- */

static void leave(enum exit_code status)
{
	run.status = status;
	loop_stop(&run.loop);
}

static void on_said_goodbye(void *ctx, const struct store_reply *r)
{
	leave(EXIT_OK);
}

static void on_goodbye(void *ctx, int64_t now)
{
	leave(EXIT_OK);
}

/* Nothing is under way. */
static void say_goodbye(void)
{
	if (run.goodbye.at_ns)
		return;
	run.goodbye.at_ns = now_ns() + GOODBYE_NS;
	run.beat.at_ns = 0;
	if (!store_is_up(run.store) ||
		store_ask(run.store, "DELETE FROM node WHERE node_id = $1",
			(const char *const[]){run.node}, 1, NULL, on_said_goodbye, NULL) < 0)
		leave(EXIT_OK);
}

/* Told to end: are all calls over, or at least safe? */
static void look_whether_done(void)
{
	if (run.draining && !run.claiming &&
		(dialer_calls(run.dialer) == 0 ||
			(!store_is_up(run.store) && !dialer_busy(run.dialer))))
		say_goodbye();
}

static void drain(const char *why)
{
	run.draining = true;
	run.claim.at_ns = 0;
	dialer_drain(run.dialer);
	log_info("%s: no more calls; %zu are under way", why, dialer_calls(run.dialer));
	look_whether_done();
}

static void on_signal(void *ctx, int sig)
{
	if (!run.draining) {
		drain("told to end");
		return;
	}
	log_warn("told to end at once: %zu calls are left to other dispatchers",
		dialer_calls(run.dialer));
	leave(EXIT_OK);
}

/* ---- what is ours ---- */

/* Dialled by an Asterisk to which we are not connected (any more). */
static bool elsewhere(const struct db_row *row)
{
	const char *asterisk = db_loop_cell(row, 2).text;

	return asterisk && *asterisk && run.asterisk[0] && strcmp(asterisk, run.asterisk) != 0;
}

static void on_ours(void *ctx, const struct db_row *row)
{
	const char *id = db_loop_cell(row, 0).text, *state = db_loop_cell(row, 1).text;

	if (id && state && !dialer_ours_have(run.dialer, id) && !elsewhere(row))
		dialer_recover(run.dialer, id, state);
}

static void on_all_ours(void *ctx, const struct store_reply *r)
{
	run.asking_ours = false;
	if (r->end == STORE_DONE)
		dialer_ours_end(run.dialer);
}

/* A claim whose answer was lost has rows of ours that we do not know; what others took over is not ours any more, nor is
 * what another Asterisk has dialled: it is for who is connected to that. */
static void ask_ours(void)
{
	if (run.asking_ours)
		return;
	dialer_ours_begin(run.dialer);
	if (store_ask(run.store,
		    "WITH away AS (UPDATE call SET owner = NULL, lease_until = clock_timestamp()"
		    " WHERE owner = $1 AND ended_at IS NULL AND direction = 'outbound'"
		    " AND state <> 'claimed' AND asterisk_id <> $2 RETURNING call_id)"
		    " SELECT call_id, state, asterisk_id FROM call WHERE owner = $1"
		    " AND ended_at IS NULL AND direction = 'outbound'"
		    " AND call_id NOT IN (SELECT call_id FROM away)",
		    (const char *const[]){run.node, run.asterisk[0] ? run.asterisk : NULL}, 2,
		    on_ours, on_all_ours, NULL) == 0)
		run.asking_ours = true;
}

/* ---- what others have left ---- */

static void on_left(void *ctx, const struct db_row *row)
{
	const char *id = db_loop_cell(row, 0).text, *state = db_loop_cell(row, 1).text;

	if (id && state && !elsewhere(row))
		dialer_recover(run.dialer, id, state);
}

static void on_all_left(void *ctx, const struct store_reply *r)
{
	if (r->end == STORE_REFUSED)
		log_warn("cannot look for calls that others have left: %s", r->why);
}

static void take_over(void)
{
	if (!ari_is_up(run.ari) || now_ns() < run.recover_ns)
		return;
	(void)!store_ask(run.store,
		"SELECT call_id, state, asterisk_id FROM campaign_expired($1, $2::interval)",
		(const char *const[]){run.node, run.lease}, 2, on_left, on_all_left, NULL);
}

/* ---- heartbeats ---- */

static void on_count(void *ctx, const struct db_row *row)
{
	const char *text = db_loop_cell(row, 0).text;

	run.beaten_calls = text ? strtoll(text, NULL, 10) : -1;
}

static void on_beaten(void *ctx, const struct store_reply *r)
{
	run.beating = false;
	if (r->end == STORE_REFUSED)
		log_warn("cannot tell the database that this node lives: %s", r->why);
	if (r->end != STORE_DONE)
		return;
	run.beaten_ns = now_ns();
	if (!run.beaten && run.introduced) {
		run.beaten = true;
		claim_in(0);
	} else if (!run.beaten && run.asterisk[0] && run.beat.at_ns) {
		run.beat.at_ns = now_ns(); /* it was sent before we knew */
	}
	if (run.beaten_calls != (int64_t)dialer_calls(run.dialer))
		ask_ours();
	take_over();
}

static void beat(void)
{
	const char *started = run.asterisk[0] ? run.started : NULL;
	const char *asterisk = run.asterisk[0] ? run.asterisk : NULL;

	if (run.beating || !store_is_up(run.store))
		return;
	if (store_ask_first(run.store,
		    "SELECT campaign_beat($1, $2, $3::integer, $4, $5::integer, $6::interval,"
		    " clock_timestamp(), $7, to_timestamp($8::float8))",
		    (const char *const[]){run.node, run.host, run.pid, run.boot, run.max_calls,
			    run.lease, asterisk, started},
		    8, on_count, on_beaten, NULL) == 0) {
		run.beating = true;
		run.introduced = asterisk != NULL;
	}
}

static void on_beat(void *ctx, int64_t now)
{
	run.beat.at_ns = now + opt.lease_s * NS_PER_S / 3;
	beat();
}

/* ---- the trunk ---- */

static void on_paused(void *ctx, const struct db_row *row)
{
	log_warn("campaign %s is paused: trunk '%s' fails too often", db_loop_cell(row, 0).text,
		opt.trunk);
}

static void on_judged(void *ctx, const struct store_reply *r)
{
	if (r->end == STORE_REFUSED)
		log_warn("cannot judge trunk '%s': %s", opt.trunk, r->why);
}

static void judge_trunk(int64_t now)
{
	if (!run.failing || now - run.failing_ns < FAILING_NS)
		return;
	run.failing = false;
	run.failing_ns = now;
	(void)!store_ask(run.store, "SELECT campaign_trunk_check($1)",
		(const char *const[]){opt.trunk}, 1, on_paused, on_judged, NULL);
}

/* ---- claims ---- */

static void on_claimed_row(void *ctx, const struct db_row *row)
{
	run.got++;
	dialer_claimed(run.dialer, row);
}

static void on_claimed(void *ctx, const struct store_reply *r)
{
	run.claiming = false;
	if (r->end == STORE_REFUSED)
		log_error("cannot claim calls: %s", r->why);
	if (run.got > 0) {
		run.pause_ns = CLAIM_IDLE_NS;
		run.busy_ns = now_ns();
		claim_in(CLAIM_SOON_NS);
	} else {
		claim_in(run.pause_ns);
		run.pause_ns = min_i64(2 * run.pause_ns, CLAIM_LATEST_NS);
	}
	look_whether_done();
}

static bool may_claim(int64_t now)
{
	return run.beaten && !run.draining && !run.claiming && store_is_up(run.store) &&
		ari_is_up(run.ari) && now - run.beaten_ns < opt.lease_s * NS_PER_S;
}

static void on_claim(void *ctx, int64_t now)
{
	char slots[24];

	run.claim.at_ns = 0;
	if (dialer_calls(run.dialer) > 0)
		run.busy_ns = now;
	if (opt.idle_s && now - run.busy_ns > opt.idle_s * NS_PER_S && !run.draining) {
		drain("nothing to call");
		return;
	}
	claim_in(CLAIM_LATEST_NS);
	if (!may_claim(now))
		return;
	judge_trunk(now);
	run.asked = opt.max_calls - (int64_t)dialer_calls(run.dialer);
	run.got = 0;
	if (run.asked <= 0)
		return;
	snprintf(slots, sizeof(slots), "%lld", (long long)run.asked);
	if (store_ask(run.store,
		    "SELECT " CLAIM_COLUMNS
		    " FROM campaign_claim($1, $2, $3::integer, $4::interval)",
		    (const char *const[]){run.node, opt.trunk, slots, run.lease}, 4, on_claimed_row,
		    on_claimed, NULL) == 0) {
		run.claiming = true;
		run.claimed_ns = now;
	}
}

static void on_gone(void *ctx)
{
	look_whether_done();
	if (!run.draining && run.got >= run.asked)
		claim_in(0);
}

static void on_failing(void *ctx)
{
	run.failing = true;
	claim_in(FAILING_NS);
}

/* ---- database and Asterisk ---- */

static void on_store_up(void *ctx)
{
	static bool again;

	log_info("connected to the database");
	run.beaten = false;
	run.beating = false;
	if (again)
		run.recover_ns = now_ns() + opt.lease_s * NS_PER_S;
	again = true;
	beat();
	dialer_store_up(run.dialer);
	outcomes_inherit(run.outcomes, run.store);
	ask_ours();
}

static void on_store_down(void *ctx, const char *why)
{
	log_warn("no database, so nobody is called: %s", why);
	look_whether_done();
}

static void on_notified(void *ctx, const char *payload)
{
	run.pause_ns = CLAIM_IDLE_NS;
	if (!run.draining)
		claim_in(0);
}

static void on_ari_up(void *ctx, const struct ari_info *info, bool restarted)
{
	bool other = run.asterisk[0] && strcmp(run.asterisk, info->asterisk_id) != 0;

	log_info("connected to Asterisk %s%s", info->version,
		restarted       ? ", which was restarted"
			: other ? ", which is another one than before"
				: "");
	if (other)
		dialer_ari_other(run.dialer);
	snprintf(run.asterisk, sizeof(run.asterisk), "%s", info->asterisk_id);
	snprintf(run.started, sizeof(run.started), "%lld.%03d",
		(long long)(info->startup_ms / 1000), (int)(info->startup_ms % 1000));
	run.beaten = run.introduced = false; /* its start goes into the rows that are dialled */
	beat();
	dialer_ari_up(run.dialer, restarted);
}

static void on_ari_down(void *ctx, const char *why)
{
	log_warn("no Asterisk, so nobody is called: %s", why);
	if (run.dialer)
		dialer_ari_down(run.dialer);
}

static void on_ari_lost(void *ctx, const char *why)
{
	log_error("cannot be an application of Asterisk: %s", why);
	leave(EXIT_CONFIG);
}

static void on_ari_event(void *ctx, const struct ari_event *e)
{
	dialer_event(run.dialer, e);
}

static void on_ari_strange(void *ctx, const char *why)
{
	log_warn("Asterisk says what is no event: %s", why);
}

/* ---- the beginning ---- */

/* The tables are there, and the trunk is in them. */
static int check_database(enum exit_code *ret)
{
	struct db db;
	int err;

	if (tables_open(&db, ret) < 0)
		return -1;
	err = db_query(&db,
		"INSERT INTO trunk (name, endpoint) VALUES ($1, coalesce($2, " ENDPOINT_OF_TRUNK
		"))"
		" ON CONFLICT DO NOTHING",
		(const char *const[]){opt.trunk, asterisk_set.endpoint}, 2, NULL);
	if (err == 0)
		/* nodes that were killed a day ago */
		err = db_query(&db,
			"DELETE FROM node n WHERE heartbeat_at < now() - interval '1 day' AND NOT EXISTS"
			" (SELECT FROM call c WHERE c.owner = n.node_id AND c.ended_at IS NULL)",
			NULL, 0, NULL);
	if (err < 0)
		*ret = tables_say(&db, "use the trunk");
	db_close(&db);
	return err;
}

/* A name that no other process has, or will have. */
static int name_node(void)
{
	uint32_t lot;

	if (gethostname(run.host, sizeof(run.host) - 1) < 0 ||
		getrandom(&lot, sizeof(lot), 0) != sizeof(lot))
		return -1;
	snprintf(run.pid, sizeof(run.pid), "%d", (int)getpid());
	snprintf(run.boot, sizeof(run.boot), "%08x", lot);
	snprintf(run.node, sizeof(run.node), "%s-%s-%s", run.host, run.pid, run.boot);
	snprintf(run.max_calls, sizeof(run.max_calls), "%lld", (long long)opt.max_calls);
	snprintf(run.lease, sizeof(run.lease), "%lld seconds", (long long)opt.lease_s);
	return 0;
}

static int open_ari(enum exit_code *ret)
{
	static const struct ari_handlers on = {.up = on_ari_up,
		.down = on_ari_down,
		.lost = on_ari_lost,
		.event = on_ari_event,
		.strange = on_ari_strange};
	char app[200];

	*ret = EXIT_CONFIG;
	/* one WebSocket an application: a second one would take its events away */
	snprintf(app, sizeof(app), "%.64s-%s", opt.ari_app, run.node);
	run.ari = asterisk_open(&run.loop, app, &on, NULL);
	return run.ari ? 0 : -1;
}

static bool has_scenario(const char *name)
{
	return scenario_check(name) == 0;
}

static int open_all(enum exit_code *ret)
{
	static const struct store_handlers on = {
		.up = on_store_up, .down = on_store_down, .notified = on_notified};
	bool told_here = opt.from_dir && *opt.from_dir; /* so who answers is on this host */
	static const struct dialer_handlers dialing = {.gone = on_gone, .failing = on_failing};
	struct dialer_settings dial = {.loop = &run.loop,
		.node = run.node,
		.endpoint = asterisk_set.endpoint,
		.context = asterisk_set.context,
		.extension = asterisk_set.extension,
		.from_dir = told_here ? opt.from_dir : NULL,
		.has_scenario = told_here ? has_scenario : NULL,
		.lease_ms = opt.lease_s * 1000};

	if (outcomes_open(set.spool, run.node, &run.outcomes) < 0) {
		log_error_errno("cannot use '%s/campaign'", set.spool);
		*ret = EXIT_IO;
		return -1;
	}
	if (open_ari(ret) < 0)
		return -1;
	run.store = store_open(&run.loop, CAMPAIGN_CHANNEL, &on, NULL);
	dial.store = run.store;
	dial.ari = run.ari;
	dial.outcomes = run.outcomes;
	run.dialer = run.store ? dialer_open(&dial, &dialing, NULL) : NULL;
	if (!run.dialer) {
		log_error("no memory");
		*ret = EXIT_SYSTEM;
		return -1;
	}
	return 0;
}

static int begin(enum exit_code *ret)
{
	static const int signals[] = {SIGTERM, SIGINT, 0};

	run.beat = (struct loop_timer){
		.at_ns = now_ns() + opt.lease_s * NS_PER_S / 3, .fire = on_beat};
	run.claim = (struct loop_timer){.at_ns = now_ns() + CLAIM_IDLE_NS, .fire = on_claim};
	run.goodbye = (struct loop_timer){.fire = on_goodbye};
	run.pause_ns = CLAIM_IDLE_NS;
	run.busy_ns = now_ns();
	*ret = EXIT_SYSTEM;
	if (name_node() < 0 || loop_signals(&run.loop, signals, on_signal, NULL) < 0 ||
		loop_add_timer(&run.loop, &run.beat) < 0 ||
		loop_add_timer(&run.loop, &run.claim) < 0 ||
		loop_add_timer(&run.loop, &run.goodbye) < 0) {
		log_error_errno("cannot begin");
		return -1;
	}
	return open_all(ret);
}

static int command(char *const operands[])
{
	enum exit_code status;
	int code = opt_no_operands(operands);

	if (code != -1)
		return code;
	if (asterisk_set.endpoint && !endpoint_check(asterisk_set.endpoint))
		return opt_refuse(&asterisk_set.endpoint, "%s", ENDPOINT_FORM);
	signal(SIGPIPE, SIG_IGN);
	if (check_database(&status) < 0)
		return status;
	loop_init(&run.loop);
	if (begin(&status) == 0) {
		log_info("node %s, trunk %s", run.node, opt.trunk);
		if (loop_run(&run.loop) < 0) {
			log_error_errno("cannot go on");
			run.status = EXIT_SYSTEM;
		}
		status = run.status;
	}
	dialer_close(run.dialer);
	if (run.ari)
		ari_close(run.ari);
	store_close(run.store);
	outcomes_close(run.outcomes);
	loop_free(&run.loop);
	return status;
}

const struct command command_run = {
	.name = "run",
	.page = {.synopsis = "run [options]",
		.purpose = "Call the people of the active campaigns, until told to end.",
		.see = "campaign(1), callpipe(7)"},
	.rows = rows,
	.run = command,
};
