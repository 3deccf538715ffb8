#include "meter.h"

#include <string.h>

static void answer(struct answers *a, int64_t ns)
{
	if (a->n < METER_ANSWERS)
		a->ns[a->n++] = ns;
}

void meter_init(struct meter *m, int64_t quiet_ns)
{
	memset(m, 0, sizeof *m);
	m->quiet_ns = quiet_ns;
	m->old_pos_ns = -1;
}

int64_t meter_due(const struct meter *m)
{
	return m->frames ? m->anchor_ns + m->pos_ns : 0;
}

struct meter_arrival meter_at(const struct meter *m, int64_t at_ns)
{
	at_ns = max_i64(at_ns, m->last_frame_ns);
	return (struct meter_arrival){at_ns, at_ns, at_ns};
}

/* In doubt for the server: what our own late reading hides must not count as its lateness. */
struct meter_arrival meter_between(const struct meter *m, int64_t after_ns, int64_t before_ns)
{
	struct meter_arrival a = {.after_ns = max_i64(after_ns, m->last_frame_ns)};

	a.before_ns = max_i64(before_ns, a.after_ns);
	a.at_ns = m->frames ? min_i64(max_i64(meter_due(m), a.after_ns), a.before_ns) : a.before_ns;
	return a;
}

static void count_run(struct meter *m, bool together)
{
	m->run = together ? m->run + 1 : 1;
	if (m->run == METER_BURST_MIN)
		m->bursts++;
	if (m->run > m->burst_max)
		m->burst_max = m->run;
}

static void restart(struct meter *m, int64_t arrival_ns, int64_t late_ns)
{
	int64_t slots = (late_ns + METER_SLOT_NS / 2) / METER_SLOT_NS;

	m->old_anchor_ns = m->anchor_ns;
	m->old_floor_ns = m->floor_ns;
	m->old_pos_ns = m->pos_ns;
	m->gaps++;
	m->pos_ns += slots * METER_SLOT_NS;
	m->anchor_ns = m->floor_ns = arrival_ns - m->pos_ns;
}

/* The frame that seemed to begin a new line was the first of a burst. */
static void undo_restart(struct meter *m)
{
	m->anchor_ns = m->old_anchor_ns;
	m->floor_ns = m->old_floor_ns;
	m->pos_ns = m->old_pos_ns + m->last_duration_ns;
}

static void place(struct meter *m, int64_t arrival_ns, struct meter_place *p)
{
	bool together = m->frames && arrival_ns - m->last_frame_ns < METER_BURST_NS;

	if (!m->frames)
		m->anchor_ns = m->floor_ns = m->first_frame_ns = arrival_ns;
	count_run(m, together);
	if (together && m->old_pos_ns >= 0) {
		p->last_pos_ns = m->old_pos_ns;
		undo_restart(m);
	}
	m->old_pos_ns = -1;
	p->late_ns = arrival_ns - (m->anchor_ns + m->pos_ns);
	if (p->late_ns < 0) {
		m->anchor_ns = max_i64(m->anchor_ns + p->late_ns, m->floor_ns - METER_LEAD_NS);
		p->late_ns = 0;
	} else if (p->late_ns > METER_RESTART_NS && !together) {
		restart(m, arrival_ns, p->late_ns);
	}
	p->pos_ns = m->pos_ns;
}

/* The server's clock may differ from ours, and no more than that is followed. */
static int64_t drift(int64_t off_ns, int64_t duration_ns)
{
	int64_t most = duration_ns / 10000;

	return min_i64(max_i64(off_ns, -most), most);
}

static void lead(struct meter *m, const struct meter_arrival *a, int64_t duration_ns)
{
	int64_t ahead;

	if (!m->frames)
		m->start_ns = a->after_ns;
	ahead = m->start_ns + m->sound_ns - a->before_ns;
	m->lead_ns = max_i64(m->lead_ns, ahead);
	m->start_ns -= drift(ahead, duration_ns);
	m->sound_ns += duration_ns;
}

static void heard(struct meter *m, int64_t arrival_ns)
{
	if (m->barge_ns && m->last_audible_ns && arrival_ns - m->last_audible_ns >= m->quiet_ns) {
		answer(&m->barge_in, max_i64(m->last_audible_ns - m->barge_ns, 0));
		m->barge_ns = 0;
	}
	if (m->voice_end_ns && arrival_ns > m->voice_end_ns) {
		bool spoke_on = m->last_audible_ns &&
			arrival_ns - m->last_audible_ns < METER_RUN_NS;

		answer(&m->response, spoke_on ? -1 : arrival_ns - m->voice_end_ns);
		m->voice_end_ns = 0;
	}
	if (!m->first_audible_ns)
		m->first_audible_ns = arrival_ns;
	m->last_audible_ns = arrival_ns;
}

struct meter_place meter_frame(
	struct meter *m, const struct meter_arrival *a, int64_t duration_ns, bool audible)
{
	struct meter_place p = {.last_pos_ns = -1};

	place(m, a->at_ns, &p);
	lead(m, a, duration_ns);
	hist_add(&m->late, p.late_ns);
	m->frames++;
	m->pos_ns += duration_ns;
	/* The floor stays with the server's clock, whichever way that differs. */
	m->floor_ns += drift(m->anchor_ns - m->floor_ns, duration_ns);
	m->anchor_ns += duration_ns / 10000;
	m->last_duration_ns = duration_ns;
	m->last_frame_ns = a->at_ns;
	if (audible)
		heard(m, a->at_ns);
	return p;
}

double meter_speed(const struct meter *m)
{
	int64_t time_ns = m->last_frame_ns - m->first_frame_ns;

	return time_ns > 0 ? (double)(m->sound_ns - m->last_duration_ns) / (double)time_ns : -1;
}

static void close_barge_in(struct meter *m)
{
	if (m->barge_ns)
		answer(&m->barge_in, max_i64(m->last_audible_ns - m->barge_ns, 0));
	m->barge_ns = 0;
}

static void close_response(struct meter *m)
{
	if (m->voice_end_ns)
		answer(&m->response, -1);
	m->voice_end_ns = 0;
}

void meter_ask_barge_in(struct meter *m, int64_t ns)
{
	close_barge_in(m);
	if (m->last_audible_ns && ns - m->last_audible_ns < METER_RUN_NS)
		m->barge_ns = ns;
	else
		answer(&m->barge_in, -1);
}

void meter_ask_response(struct meter *m, int64_t ns)
{
	close_response(m);
	m->voice_end_ns = ns;
}

bool meter_quiet(const struct meter *m, int64_t now)
{
	return now - m->last_audible_ns >= m->quiet_ns;
}

/* Time decides what was due, never what came: of a server that is too fast more comes than is due. */
void meter_end(struct meter *m, int64_t start_ns, int64_t end_ns)
{
	int64_t from = m->frames ? m->last_frame_ns + METER_SLOT_NS : start_ns,
		missed = max_i64(end_ns - from, 0) / METER_SLOT_NS,
		span = m->last_frame_ns - m->first_frame_ns;

	m->due = (uint64_t)missed;
	if (m->frames)
		m->due += (uint64_t)((span + METER_SLOT_NS / 2) / METER_SLOT_NS) + 1;
	if (missed > METER_RESTART_NS / METER_SLOT_NS)
		m->gaps++;
	close_barge_in(m);
	close_response(m);
}
