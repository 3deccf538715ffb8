#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/log.h"
#include "base/version.h"
#include "codec/prom.h"
#include "net/breaker.h"
#include "stream/slots.h"

static bool same_kind(const struct slot *a, const struct slot *b)
{
	return a->state == b->state && strcmp(a->service, b->service) == 0;
}

/* Calls in progress by service and state: few of either, so one that was before is soon found. */
static void write_live(const struct slots_view *v, struct dynbuf *b)
{
	struct dynbuf labels;

	dynbuf_init(&labels, 1024);
	(void)!prom_family(b, "callpipe_calls_in_progress", "gauge",
		"Calls on the line, or at their last work.");
	if (v->lives == 0)
		(void)!prom_sample(b, "callpipe_calls_in_progress", "", 0);
	for (size_t i = 0; i < v->lives; i++) {
		const struct slot *s = &v->live[i];
		size_t same = 0, first = 0;

		while (!same_kind(&v->live[first], s))
			first++;
		if (first != i)
			continue;
		for (size_t k = i; k < v->lives; k++)
			same += same_kind(&v->live[k], s);
		dynbuf_reset(&labels);
		(void)!prom_label(&labels, "service", s->service);
		(void)!prom_label(&labels, "state",
			s->state < SLOT_STATES ? slot_state_name[s->state] : "unknown");
		(void)!prom_sample(b, "callpipe_calls_in_progress", labels.p, (double)same);
	}
	dynbuf_free(&labels);
}

static void write_counters(const struct slots_view *v, struct dynbuf *b)
{
	struct dynbuf labels;

	dynbuf_init(&labels, 256);
	(void)!prom_family(
		b, "callpipe_connections_total", "counter", "Connections, by what became of them.");
	for (size_t i = 0; i < SLOTS_COUNTERS; i++) {
		dynbuf_reset(&labels);
		(void)!prom_label(&labels, "what", slots_counter_name[i]);
		(void)!prom_sample(b, "callpipe_connections_total", labels.p, (double)v->count[i]);
	}
	dynbuf_free(&labels);
}

static int write_disk(const char *spool, struct dynbuf *b)
{
	struct statvfs st;

	if (statvfs(spool, &st) == -1)
		return -1;
	(void)!prom_family(b, "callpipe_spool_bytes", "gauge", "Size of the disk of the spool.");
	(void)!prom_sample(
		b, "callpipe_spool_bytes", "", (double)st.f_blocks * (double)st.f_frsize);
	(void)!prom_family(b, "callpipe_spool_free_bytes", "gauge", "Room that is left on it.");
	(void)!prom_sample(
		b, "callpipe_spool_free_bytes", "", (double)st.f_bavail * (double)st.f_frsize);
	return 0;
}

enum of_provider { REQUESTS, FAILED, OPENED };

static double provider_value(const struct breaker_view *p, enum of_provider what)
{
	switch (what) {
	case REQUESTS:
		return (double)p->requests;
	case FAILED:
		return (double)p->failed;
	case OPENED:
		return (double)p->opened;
	}
	return 0;
}

/* Each provider is in one of the states: 1, and 0 in the others. */
static void write_states(
	const struct breaker_view *p, size_t n, struct dynbuf *b, struct dynbuf *labels)
{
	(void)!prom_family(b, "callpipe_provider_state", "gauge",
		"Of its breaker: closed (requests go), open (none goes), half-open (one is tried).");
	for (size_t i = 0; i < n; i++)
		for (int s = BREAKER_CLOSED; s <= BREAKER_HALF_OPEN; s++) {
			dynbuf_reset(labels);
			(void)!prom_label(labels, "provider", p[i].name);
			(void)!prom_label(
				labels, "state", breaker_state_name((enum breaker_state)s));
			(void)!prom_sample(b, "callpipe_provider_state", labels->p,
				p[i].state == (enum breaker_state)s);
		}
}

/* A file that is of no use is replaced by the next call that needs one: other figures are not held up by it. */
static void write_providers(const char *spool, struct dynbuf *b)
{
	static const struct {
		const char *name, *help;
	} families[] = {
		[REQUESTS] = {"callpipe_provider_requests_total", "Requests to providers."},
		[FAILED] = {"callpipe_provider_failures_total",
			"Those that failed by the provider's fault."},
		[OPENED] = {"callpipe_provider_opened_total", "How often its breaker has opened."},
	};
	struct breaker_view p[BREAKERS_MAX];
	struct dynbuf labels;
	int n = breaker_list(spool, p, ARRAY_LEN(p));

	if (n == -1)
		log_warn_errno("cannot read the breakers in '%s'", spool);
	if (n <= 0)
		return;
	dynbuf_init(&labels, 1024);
	write_states(p, (size_t)n, b, &labels);
	for (size_t f = 0; f < ARRAY_LEN(families); f++) {
		(void)!prom_family(b, families[f].name, "counter", families[f].help);
		for (int i = 0; i < n; i++) {
			dynbuf_reset(&labels);
			(void)!prom_label(&labels, "provider", p[i].name);
			(void)!prom_sample(b, families[f].name, labels.p,
				provider_value(&p[i], (enum of_provider)f));
		}
	}
	dynbuf_free(&labels);
}

int host_write(const char *spool, struct dynbuf *b)
{
	struct slots_view v = {0};

	if (slots_view(spool, &v) == -1 && errno != ENOENT)
		return -1;
	(void)!prom_family(b, "callpipe_info", "gauge", "The version that counts.");
	(void)!prom_sample(b, "callpipe_info", "version=\"" CALLPIPE_VERSION "\"", 1);
	write_live(&v, b);
	write_counters(&v, b);
	write_providers(spool, b);
	free(v.live);
	if (write_disk(spool, b) == -1)
		return -1;
	if (dynbuf_failed(b)) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}
