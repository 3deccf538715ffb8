#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/jline.h"

#define MS(ns) ((double)(ns) / 1e6)

void totals_add(struct totals *t, const struct call *c)
{
	const struct meter *m = &c->meter;

	t->calls++;
	t->ok += call_ok(c);
	t->refused += c->end == CALL_REFUSED;
	t->frames += m->frames;
	t->frames_due += m->due;
	t->bursts += m->bursts;
	t->gaps += m->gaps;
	t->illegal += c->illegal_n;
	t->unstamped += c->unstamped;
	t->lead_ns = max_i64(t->lead_ns, m->lead_ns);
	hist_merge(&t->late, &m->late);
	if (m->first_audible_ns)
		hist_add(&t->first_audible, m->first_audible_ns - c->connected_ns);
	for (size_t i = 0; i < m->response.n; i++)
		if (m->response.ns[i] >= 0)
			hist_add(&t->response, m->response.ns[i]);
	if (c->connected_ns)
		t->call_ns += c->ended_ns - c->connected_ns;
}

/* Time since then, or -1 if one of the two never was. */
static int64_t since(int64_t then_ns, int64_t ns)
{
	return then_ns && ns ? ns - then_ns : -1;
}

static void add_ms(struct dynbuf *to, const char *key, int64_t ns)
{
	if (ns < 0)
		dynbuf_addf(to, ",\"%s\":null", key);
	else
		dynbuf_addf(to, ",\"%s\":%.1f", key, MS(ns));
}

static void add_speed(struct dynbuf *to, double speed)
{
	if (speed < 0)
		dynbuf_adds(to, ",\"speed\":null");
	else
		dynbuf_addf(to, ",\"speed\":%.3f", speed);
}

static void add_answers(struct dynbuf *to, const char *key, const struct answers *a)
{
	dynbuf_addf(to, ",\"%s\":[", key);
	for (size_t i = 0; i < a->n; i++) {
		const char *comma = i ? "," : "";

		if (a->ns[i] < 0)
			dynbuf_addf(to, "%snull", comma);
		else
			dynbuf_addf(to, "%s%.1f", comma, MS(a->ns[i]));
	}
	dynbuf_adds(to, "]");
}

/* Lines as an array of strings. */
static void add_lines(struct dynbuf *to, const char *key, const struct dynbuf *lines)
{
	const char *s = lines->p, *end = s + lines->n, *next;

	dynbuf_addf(to, ",\"%s\":[", key);
	for (; s < end; s = next + 1) {
		next = memchr(s, '\n', (size_t)(end - s));
		if (!next)
			next = end;
		if (s > lines->p)
			dynbuf_adds(to, ",");
		jline_add_quoted(to, s, (size_t)(next - s));
	}
	dynbuf_adds(to, "]");
}

static void add_line_figures(
	struct dynbuf *to, uint64_t frames, uint64_t due, const struct hist *late)
{
	dynbuf_addf(to, ",\"frames\":%" PRIu64 ",\"frames_due\":%" PRIu64, frames, due);
	add_ms(to, "late_p50_ms", hist_quantile(late, 500));
	add_ms(to, "late_p99_ms", hist_quantile(late, 990));
	add_ms(to, "late_max_ms", late->n ? late->max_ns : -1);
}

void report_call_json(const struct call *c, struct dynbuf *to)
{
	const struct meter *m = &c->meter;
	char uuid[ASOCK_UUID_TEXT];

	asock_uuid_text(c->uuid, uuid);
	dynbuf_addf(to, "{\"call\":%" PRIu64 ",\"uuid\":\"%s\",\"ok\":%s,\"end\":\"%s\"", c->number,
		uuid, call_ok(c) ? "true" : "false", call_end_name(c->end));
	if (c->error)
		jline_add_str(to, "error", strerror(c->error));
	add_lines(to, "failed_expects", &c->failed);
	add_lines(to, "illegal", &c->illegal);
	add_ms(to, "connect_ms", since(c->dialled_ns, c->connected_ns));
	add_ms(to, "duration_ms", since(c->connected_ns, c->ended_ns));
	add_ms(to, "first_frame_ms", since(c->connected_ns, m->first_frame_ns));
	add_ms(to, "first_audible_ms", since(c->connected_ns, m->first_audible_ns));
	add_line_figures(to, m->frames, m->due, &m->late);
	add_ms(to, "lead_ms", m->frames ? m->lead_ns : -1);
	add_speed(to, meter_speed(m));
	dynbuf_addf(to,
		",\"bursts\":%" PRIu64 ",\"burst_max\":%" PRIu64 ",\"gaps\":%" PRIu64
		",\"unstamped\":%" PRIu64,
		m->bursts, m->burst_max, m->gaps, c->unstamped);
	add_answers(to, "barge_in_ms", &m->barge_in);
	add_answers(to, "response_ms", &m->response);
	dynbuf_adds(to, "}\n");
}

static void add_quantiles(struct dynbuf *to, const char *name, const struct hist *h)
{
	char key[40];

	for (int i = 0; i < 2; i++) {
		snprintf(key, sizeof key, "%s_p%d_ms", name, i ? 99 : 50);
		add_ms(to, key, hist_quantile(h, i ? 990 : 500));
	}
	snprintf(key, sizeof key, "%s_max_ms", name);
	add_ms(to, key, h->n ? h->max_ns : -1);
}

static double cpu_ms_per_call_second(const struct totals *t)
{
	return t->call_ns ? MS(t->cpu_ns) / ((double)t->call_ns / 1e9) : 0;
}

void report_totals_json(const struct totals *t, struct dynbuf *to)
{
	dynbuf_addf(to,
		"{\"summary\":true,\"calls\":%" PRIu64 ",\"ok\":%" PRIu64 ",\"failed\":%" PRIu64
		",\"refused\":%" PRIu64,
		t->calls, t->ok, t->calls - t->ok, t->refused);
	add_line_figures(to, t->frames, t->frames_due, &t->late);
	add_ms(to, "lead_max_ms", t->frames ? t->lead_ns : -1);
	add_quantiles(to, "first_audible", &t->first_audible);
	add_quantiles(to, "response", &t->response);
	dynbuf_addf(to,
		",\"bursts\":%" PRIu64 ",\"gaps\":%" PRIu64 ",\"illegal\":%" PRIu64
		",\"unstamped\":%" PRIu64,
		t->bursts, t->gaps, t->illegal, t->unstamped);
	dynbuf_addf(to, ",\"call_seconds\":%.1f,\"cpu_ms_per_call_second\":%.3f",
		(double)t->call_ns / 1e9, cpu_ms_per_call_second(t));
	add_ms(to, "send_late_max_ms", t->send_late_ns);
	dynbuf_adds(to, "}\n");
}

void report_head_table(struct dynbuf *to)
{
	dynbuf_adds(to,
		"call result end         audible  frames     due late p50   p99   max gaps bursts response barge-in\n");
}

static void cell_ms(struct dynbuf *to, int width, int64_t ns)
{
	if (ns < 0)
		dynbuf_addf(to, " %*s", width, "-");
	else
		dynbuf_addf(to, " %*.1f", width, MS(ns));
}

static void cells_line(
	struct dynbuf *to, int64_t audible, uint64_t frames, uint64_t due, const struct hist *late)
{
	cell_ms(to, 9, audible);
	dynbuf_addf(to, " %7" PRIu64 " %7" PRIu64, frames, due);
	cell_ms(to, 8, hist_quantile(late, 500));
	cell_ms(to, 5, hist_quantile(late, 990));
	cell_ms(to, 5, late->n ? late->max_ns : -1);
}

static void notes(struct dynbuf *to, const char *what, const struct dynbuf *lines)
{
	const char *s = lines->p;

	for (size_t n; *s; s += n + (s[n] == '\n')) {
		n = strcspn(s, "\n");
		dynbuf_addf(to, "     %s: %.*s\n", what, (int)n, s);
	}
}

void report_call_table(const struct call *c, struct dynbuf *to)
{
	const struct meter *m = &c->meter;

	dynbuf_addf(to, "%4" PRIu64 " %-6s %-11s", c->number, call_ok(c) ? "ok" : "FAILED",
		call_end_name(c->end));
	cells_line(to, since(c->connected_ns, m->first_audible_ns), m->frames, m->due, &m->late);
	dynbuf_addf(to, " %4" PRIu64 " %6" PRIu64, m->gaps, m->bursts);
	cell_ms(to, 8, m->response.n ? m->response.ns[0] : -1);
	cell_ms(to, 8, m->barge_in.n ? m->barge_in.ns[0] : -1);
	dynbuf_adds(to, "\n");
	notes(to, "expected", &c->failed);
	notes(to, "illegal", &c->illegal);
	if (c->error)
		dynbuf_addf(to, "     error: %s\n", strerror(c->error));
}

void report_totals_table(const struct totals *t, struct dynbuf *to)
{
	dynbuf_addf(to, " all %-6s %" PRIu64 " of %-5" PRIu64, t->ok == t->calls ? "ok" : "FAILED",
		t->ok, t->calls);
	cells_line(to, hist_quantile(&t->first_audible, 500), t->frames, t->frames_due, &t->late);
	dynbuf_addf(to, " %4" PRIu64 " %6" PRIu64, t->gaps, t->bursts);
	cell_ms(to, 8, hist_quantile(&t->response, 500));
	dynbuf_addf(to,
		"\n     audible p99 %.1f max %.1f ms, own CPU %.2f ms a call-second, own frames at most %.1f ms late\n",
		MS(hist_quantile(&t->first_audible, 990)), MS(t->first_audible.max_ns),
		cpu_ms_per_call_second(t), MS(t->send_late_ns));
}
