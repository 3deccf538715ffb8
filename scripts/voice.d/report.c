#include "report.h"

#include <stdio.h>

#include "detect.h"

#define PEER 3 /* mode 2 of WebRTC, beside which figures stand */

static double share(int64_t n, int64_t of)
{
	return of > 0 ? (double)n / (double)of : 0;
}

/* One line of JSON, ours beside a mode of theirs. */
static void emit(const char *name, const char *figure, const char *unit, bool more, double ours,
	int mode, double theirs)
{
	printf("{\"bench\":\"vad\",\"row\":\"%s\",\"figure\":\"%s\",\"value\":%.4f,\"unit\":\"%s\",\"better\":\"%s\","
	       "\"peer\":\"webrtc-%d\",\"peer_value\":%.4f",
		name, figure, ours, unit, more ? "higher" : "lower", mode, theirs);
	if (theirs > 0)
		printf(",\"ratio\":%.4f", ours / theirs);
	puts("}");
}

static void emit_row(const struct report_row *r)
{
	const struct score_counts *a = &r->counts[0], *b = &r->counts[PEER];
	int mode = PEER - 1;

	emit(r->name, "hit", "share", true, share(a->hit, a->active), mode,
		share(b->hit, b->active));
	emit(r->name, "false_alarm", "share", false, share(a->wrong, a->silent), mode,
		share(b->wrong, b->silent));
	emit(r->name, "auc", "area", true, score_auc(a), mode,
		(1 + share(b->hit, b->active) - share(b->wrong, b->silent)) / 2);
	for (int m = 0; m < DETECT_MODES; m++) {
		const struct score_counts *peer = &r->counts[1 + m];
		emit(r->name, "hit_at_same_false_alarm", "share", true,
			score_hit_at(a->held_yes, a->held_no, share(peer->wrong, peer->silent)), m,
			share(peer->hit, peer->active));
	}
	emit(r->name, "onset_p50", "ms", false, score_delay_ms(a->onset, 0.5), mode,
		score_delay_ms(b->onset, 0.5));
	emit(r->name, "onset_p95", "ms", false, score_delay_ms(a->onset, 0.95), mode,
		score_delay_ms(b->onset, 0.95));
	emit(r->name, "missed_segments", "share", false, share(a->missed, a->segments), mode,
		share(b->missed, b->segments));
	emit(r->name, "cut_ends", "share", false, share(a->cut, a->segments), mode,
		share(b->cut, b->segments));
	emit(r->name, "turn_begun_p50", "ms", false, score_delay_ms(a->begun, 0.5), mode,
		score_delay_ms(b->begun, 0.5));
	emit(r->name, "turn_begun_p95", "ms", false, score_delay_ms(a->begun, 0.95), mode,
		score_delay_ms(b->begun, 0.95));
	emit(r->name, "turns_unheard", "share", false, share(a->unheard, a->waited), mode,
		share(b->unheard, b->waited));
	emit(r->name, "ends_not_found", "share", false, share(a->lost, a->ends), mode,
		share(b->lost, b->ends));
	emit(r->name, "turns_idle", "share", false, share(a->idle, a->alone), mode,
		share(b->idle, b->alone));
	emit(r->name, "false_starts", "per minute", false, share(a->starts * 3000, a->silent), mode,
		share(b->starts * 3000, b->silent));
}

static void show_frames(const struct report_row *r)
{
	const struct score_counts *a = &r->counts[0];

	fprintf(stderr, "%-10s %5.3f %5.3f %5.3f %5.3f %5.3f %4.0f/%-4.0f %5.3f %5.3f |", r->name,
		share(a->hit, a->active), share(a->wrong, a->silent), score_auc(a),
		score_hit_at(a->yes, a->no, 0.01), score_hit_at(a->yes, a->no, 0.05),
		score_delay_ms(a->onset, 0.5), score_delay_ms(a->onset, 0.95),
		share(a->missed, a->segments), share(a->cut, a->segments));
	for (int m = 0; m < DETECT_MODES; m++) {
		const struct score_counts *b = &r->counts[1 + m];
		double same = score_hit_at(a->held_yes, a->held_no, share(b->wrong, b->silent)),
		       hit = share(b->hit, b->active);
		fprintf(stderr, " %5.3f %5.3f %5.3f%c", hit, share(b->wrong, b->silent), same,
			same < hit ? '!' : ' ');
	}
	fputc('\n', stderr);
}

static void show_turns(const struct report_row *r)
{
	static const int shown[] = {0, PEER, PEER + 1};

	fprintf(stderr, "%-10s", r->name);
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		const struct score_counts *c = &r->counts[shown[i]];
		fprintf(stderr, " | %4.0f/%-4.0f %5.3f %5.3f %5.3f %5.2f",
			score_delay_ms(c->begun, 0.5), score_delay_ms(c->begun, 0.95),
			share(c->unheard, c->waited), share(c->lost, c->ends),
			share(c->idle, c->alone), share(c->starts * 3000, c->silent));
	}
	fputc('\n', stderr);
}

void report(const struct report_row *row, int row_n, int64_t frames_all)
{
	fprintf(stderr, "frames:    %5s %5s %5s %5s %5s %9s %5s %5s | %-18s %-18s %-18s %-17s\n",
		"hit", "false", "AUC", "@1%", "@5%", "onset ms", "miss", "cut", "WebRTC 0: same",
		"WebRTC 1: same", "WebRTC 2: same", "WebRTC 3: same");
	for (int i = 0; i < row_n; i++) {
		emit_row(&row[i]);
		show_frames(&row[i]);
	}
	fputs("(WebRTC: its hit and false alarms, and our hit at as many; !: less than its)\n\n",
		stderr);
	fprintf(stderr, "turns:    ");
	for (int i = 0; i < 3; i++)
		fprintf(stderr, " | %9s %5s %5s %5s %5s",
			i == 0           ? "begun ms"
				: i == 1 ? "WebRTC 2"
					 : "WebRTC 3",
			"never", "noend", "idle", "false");
	fputc('\n', stderr);
	for (int i = 0; i < row_n; i++)
		show_turns(&row[i]);
	emit("all", "us_per_frame", "us", false, detect_cost.us[0] / (double)frames_all, PEER - 1,
		detect_cost.us[PEER] / (double)frames_all);
	emit("all", "us_per_frame_with_turns", "us", false,
		detect_cost.turns_us / (double)frames_all, PEER - 1,
		detect_cost.us[PEER] / (double)frames_all);
	fprintf(stderr, "%.2f us a frame of 20 ms, WebRTC 2: %.2f; %lld minutes of scenes\n",
		detect_cost.us[0] / (double)frames_all, detect_cost.us[PEER] / (double)frames_all,
		(long long)(frames_all / 3000));
}
