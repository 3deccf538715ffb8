/* campaign ari-check: can Asterisk call for us? What is missing, in words, and what to do about it.
 *
 * No call is placed. Whether the dialplan has a place cannot be asked of ARI as such: it evaluates dialplan functions for a
 * channel (read: resource_channels.c, ast_ari_channels_get_channel_var), so a Local channel is made, not dialled, asked for
 * DIALPLAN_EXISTS(), and removed. An undialled Local channel runs no dialplan (read: core_local.c looks for the extension
 * in local_call). The same channel shows whether ari.conf has the channelvars, and that events come.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ari-judge.h"
#include "asterisk.h"
#include "base/dynbuf.h"
#include "base/log.h"
#include "campaign.h"

#define STREAM_NS (8 * NS_PER_S) /* for the stream, and for the channel to be ours */
#define TRUNKS_MAX 64
#define TEXT_MAX 512

static const struct opt_row rows[] = {
	ASTERISK_OPTIONS,
	{OPTION_JSON},
	{0},
};

static struct check {
	struct loop loop;
	struct ari *ari;
	struct findings found;
	char app[64], channel[64];
	char *trunk[TRUNKS_MAX]; /* endpoints: "PJSIP/%s@trunk" */
	size_t trunks, at;       /* how many; the one that is asked for */
	bool answers;            /* it has said who it is */
	struct ari_info info;    /* the stream is there; "": not yet */
	char down[HTTP_WHY_MAX]; /* why it is not; "": nobody has said so */
	bool asked;              /* Asterisk was */
	bool made;               /* there may be a channel of ours */
	bool replied, entered;   /* Asterisk said that it is there; its StasisStart came */
	struct loop_timer late;
	enum exit_code status;
} it;

static void finish(enum exit_code status)
{
	it.status = status;
	loop_stop(&it.loop);
}

/* No memory for a request: all of them are made here. */
static void must(int rc)
{
	if (rc == 0)
		return;
	log_error("no memory");
	finish(EXIT_SYSTEM);
}

/* ---- the dialplan ---- */

static void on_removed(void *ctx, const struct ari_reply *r)
{
	finish(EXIT_OK);
}

static void remove_channel(void)
{
	it.late.at_ns = 0;
	must(ari_delete(it.ari, it.channel, on_removed, NULL));
}

static void on_place(void *ctx, const struct ari_reply *r)
{
	judge_place(&it.found, asterisk_set.context, asterisk_set.extension, r);
	remove_channel();
}

/* When the channel is there and is ours, whichever is said first. */
static void ask_place(void)
{
	struct dynbuf path;

	if (!it.replied || !it.entered)
		return;
	it.late.at_ns = 0;
	dynbuf_init(&path, 4096);
	dynbuf_addf(&path, "/channels/%s/variable?variable=DIALPLAN_EXISTS%%28", it.channel);
	(void)!http_escape(&path, asterisk_set.context);
	dynbuf_adds(&path, "%2C");
	(void)!http_escape(&path, asterisk_set.extension);
	dynbuf_adds(&path, "%2C1%29");
	must(dynbuf_failed(&path) ? -1 : ari_ask(it.ari, path.p, on_place, NULL));
	dynbuf_free(&path);
}

static void on_made(void *ctx, const struct ari_reply *r)
{
	if (r->outcome == ARI_DONE) {
		judge_variables(&it.found, r->json);
		it.replied = true;
		ask_place();
		return;
	}
	if (r->outcome == ARI_DENIED) {
		finding_add(&it.found, FINDING_MISSING, "rights",
			"read_only = no for this user in ari.conf, then 'module reload res_ari.so'",
			"the user '%s' may not make channels: %s", asterisk_set.user, r->why);
		finish(EXIT_OK);
		return;
	}
	finding_add(&it.found, FINDING_MISSING, "channels",
		"see what Asterisk logs, and whether res_ari_channels.so is loaded",
		"no channel can be made: %s", r->why);
	remove_channel(); /* it may have been made all the same */
}

static void make_channel(void)
{
	char endpoint[TEXT_MAX];
	struct ari_create c = {.channel = it.channel, .endpoint = endpoint};

	snprintf(endpoint, sizeof(endpoint), "Local/%s@%s", asterisk_set.extension,
		asterisk_set.context);
	it.made = true;
	it.late.at_ns = now_ns() + STREAM_NS;
	must(ari_create(it.ari, &c, on_made, NULL));
}

/* ---- trunks ---- */

static void ask_trunk(void);

static void on_trunk(void *ctx, const struct ari_reply *r)
{
	judge_trunk(&it.found, it.trunk[it.at], r);
	it.at++;
	ask_trunk();
}

static void ask_trunk(void)
{
	struct dynbuf path;

	if (it.at == it.trunks) {
		make_channel();
		return;
	}
	dynbuf_init(&path, 1024);
	if (judge_endpoint_path(it.trunk[it.at], &path)) {
		must(ari_ask(it.ari, path.p, on_trunk, NULL));
	} else {
		finding_add(&it.found, FINDING_UNKNOWN, "trunk", "name one like 'PJSIP/%s@trunk'",
			"%s is not the endpoint of a trunk", it.trunk[it.at]);
		it.at++;
		ask_trunk();
	}
	dynbuf_free(&path);
}

/* ---- who it is, and its stream ---- */

static void on_modules(void *ctx, const struct ari_reply *r)
{
	judge_modules(&it.found, r);
	ask_trunk();
}

/* When it answers, and the stream is there, whichever comes first. */
static void go_on(void)
{
	it.late.at_ns = now_ns() + STREAM_NS;
	if (!it.answers || !*it.info.startup_time)
		return;
	it.late.at_ns = 0;
	finding_add(&it.found, FINDING_OK, "events", NULL, "they come; Asterisk runs since %s",
		it.info.startup_time);
	judge_version(&it.found, it.info.version);
	must(ari_ask(it.ari, "/asterisk/modules", on_modules, NULL));
}

static void on_up(void *ctx, const struct ari_info *info, bool restarted)
{
	bool again = *it.info.startup_time;

	it.info = *info;
	it.down[0] = '\0';
	if (!again)
		go_on();
}

static void no_stream(const char *why)
{
	finding_add(&it.found, FINDING_MISSING, "events",
		"res_http_websocket.so and res_ari_events.so have to be loaded; sessionlimit of http.conf counts these streams, too",
		"the stream of events does not come: %s", why);
	finish(EXIT_OK);
}

static void on_down(void *ctx, const char *why)
{
	/* before that, the question who it is says more; once it was there, what is under way does */
	snprintf(it.down, sizeof(it.down), "%s", why);
	if (it.answers && !*it.info.startup_time)
		no_stream(why);
}

static void on_lost(void *ctx, const char *why) {}

static void on_event(void *ctx, const struct ari_event *e)
{
	if (e->kind != ARI_STASIS_START || strcmp(e->channel.id, it.channel) != 0)
		return;
	it.entered = true;
	ask_place();
}

static void on_late(void *ctx, int64_t now)
{
	if (!it.made) {
		no_stream("nothing is said on it");
		return;
	}
	finding_add(&it.found, FINDING_MISSING, "events",
		"have res_stasis.so and app_stasis.so loaded",
		"a channel was made, and no StasisStart came");
	remove_channel();
}

static bool explain_refusal(const struct ari_reply *r)
{
	if (r->outcome == ARI_DENIED)
		finding_add(&it.found, FINDING_MISSING, "credentials",
			"[NAME] with type = user and password = .. in ari.conf, 'module reload res_ari.so'; the same password in the file that CALLPIPE_ARI_PASSWORD_FILE names",
			"Asterisk refuses the user '%s' or the password: %s", asterisk_set.user,
			r->why);
	else if (r->status)
		finding_add(&it.found, FINDING_MISSING, "asterisk",
			"enabled = yes in ari.conf and http.conf; the URL ends in /ari, behind the prefix of http.conf if there is one",
			"at %s is no REST interface of Asterisk: %s", asterisk_set.url, r->why);
	else
		finding_add(&it.found, FINDING_MISSING, "asterisk",
			"is it running? enabled = yes, bindaddr and bindport in http.conf, then 'module reload http'",
			"at %s nobody answers: %s", asterisk_set.url, r->why);
	return r->status != 0;
}

static void on_info(void *ctx, const struct ari_reply *r)
{
	if (r->outcome == ARI_DENIED) {
		(void)explain_refusal(r);
		finish(EXIT_CONFIG);
	} else if (r->outcome != ARI_DONE) {
		finish(explain_refusal(r) ? EXIT_CONFIG : EXIT_TRY_AGAIN);
	} else {
		finding_add(&it.found, FINDING_OK, "asterisk", NULL,
			"answers at %s, and takes the user '%s'", asterisk_set.url,
			asterisk_set.user);
		it.answers = true;
		if (*it.down && !*it.info.startup_time)
			no_stream(it.down); /* that was said first, and is not said twice */
		else
			go_on();
	}
}

/* ---- all of it ---- */

static int add_trunk(const char *endpoint)
{
	if (it.trunks == TRUNKS_MAX)
		return 0;
	it.trunk[it.trunks] = strdup(endpoint);
	return it.trunk[it.trunks] ? (it.trunks++, 0) : -1;
}

/* Those of the database, if it can be asked. */
static int trunks_of_database(void)
{
	struct db db;
	PGresult *rows_found = NULL;
	int rc = 0;

	if (db_open(&db) == -1 ||
		db_query(&db, "SELECT endpoint FROM trunk WHERE enabled ORDER BY name", NULL, 0,
			&rows_found) == -1)
		finding_add(&it.found, FINDING_UNKNOWN, "trunk",
			"name them: campaign ari-check 'PJSIP/%s@trunk'",
			"the database cannot be asked for trunks: %s", db.why);
	else if (PQntuples(rows_found) == 0)
		finding_add(&it.found, FINDING_WARNING, "trunk",
			"campaign trunk add, or name one: campaign ari-check 'PJSIP/%s@trunk'",
			"the database has no trunk");
	for (int i = 0; rows_found && rc == 0 && i < PQntuples(rows_found); i++)
		rc = add_trunk(PQgetvalue(rows_found, i, 0));
	PQclear(rows_found);
	db_close(&db);
	return rc;
}

static int find_trunks(char *const operands[])
{
	int rc = 0;

	if (asterisk_set.endpoint && !*operands)
		return add_trunk(asterisk_set.endpoint);
	if (!*operands)
		return trunks_of_database();
	for (; *operands && rc == 0; operands++)
		rc = add_trunk(*operands);
	return rc;
}

static int open_ari(void)
{
	static const struct ari_handlers on = {
		.up = on_up, .down = on_down, .lost = on_lost, .event = on_event};

	snprintf(it.app, sizeof(it.app), "callpipe-check-%d", (int)getpid());
	snprintf(it.channel, sizeof(it.channel), "callpipe-check-%d-%lld", (int)getpid(),
		(long long)now_ns());
	it.ari = asterisk_open(&it.loop, it.app, &on, NULL);
	it.asked = it.ari != NULL;
	return it.asked ? 0 : -1;
}

static enum exit_code run_checks(void)
{
	enum exit_code status;

	signal(SIGPIPE, SIG_IGN);
	loop_init(&it.loop);
	it.late = (struct loop_timer){.fire = on_late};
	if (open_ari() == -1) {
		status = EXIT_CONFIG;
	} else if (loop_add_timer(&it.loop, &it.late) == -1 ||
		ari_ask(it.ari, "/asterisk/info", on_info, NULL) == -1 ||
		loop_run(&it.loop) == -1) {
		log_error("no memory");
		status = EXIT_SYSTEM;
	} else {
		status = it.status;
	}
	if (it.ari)
		ari_close(it.ari);
	loop_free(&it.loop);
	return status;
}

static int run(char *const operands[])
{
	enum exit_code status;
	int rc = 0;

	if (find_trunks(operands) == -1) {
		log_error("no memory");
		return EXIT_SYSTEM;
	}
	status = run_checks();
	if (it.asked && status != EXIT_SYSTEM) {
		rc = set.json ? findings_write_json(&it.found) : findings_write_text(&it.found);
		if (status == EXIT_OK && it.found.of[FINDING_MISSING])
			status = EXIT_FALSE;
	}
	findings_free(&it.found);
	while (it.trunks)
		free(it.trunk[--it.trunks]);
	return rc == -1 ? EXIT_IO : status;
}

const struct command command_ari_check = {
	.name = "ari-check",
	.page = {.synopsis = "ari-check [options] [endpoint ...]",
		.purpose = "Say whether Asterisk can call for us, what is missing, and what to do."
			   " No call is placed.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
