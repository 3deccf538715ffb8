/* as-speak: the end of a call's pipeline. Reads the stream on stdin, plays its audio to Asterisk on stdout, a frame
 * every 20 ms from the first to the last, and keeps the truth of what was heard.
 *
 * The clock is the loop: a timer wakes it in each slot, it reads what has come, makes one frame, sends it, records
 * it. If stdout is no socket, the stream's own time takes the timer's place, and a file is rendered as fast as it
 * can be read.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/opt.h"
#include "speak.h"
#include "stream/call.h"

#define TIMER_SLACK_NS 500000

static struct settings {
	const char *rate;
	const char *prompt;
	bool echo;
	bool raw;
	const char *journal;
	const char *record;
	int64_t resume_after_ms;
	int64_t realtime;
} set = {.rate = "8000", .resume_after_ms = 1500};

static const struct opt_row rows[] = {
	{"rate", 'r', OPT_CHOICE, "8000|16000", "CALLPIPE_RATE",
		"samples per second; 16000 is message kind 0x12", &set.rate},
	{"prompt", 'p', OPT_STR, "FILE", "CALLPIPE_SPEAK_PROMPT", "sound file to play first",
		&set.prompt},
	{"echo", 'e', OPT_FLAG, NULL, "CALLPIPE_SPEAK_ECHO", "play back what the caller says",
		&set.echo},
	{"raw", 0, OPT_FLAG, NULL, "CALLPIPE_SPEAK_RAW",
		"write samples (s16le) instead of AudioSocket messages", &set.raw},
	{"journal", 'j', OPT_STR, "FILE", "CALLPIPE_JOURNAL",
		"append records here when there is no call directory", &set.journal},
	{"record", 'w', OPT_STR, "FILE", "CALLPIPE_RECORD",
		"record here (s16le) when there is no call directory", &set.record},
	{"resume-after", 0, OPT_INT, "MS", "CALLPIPE_RESUME_AFTER",
		"from end of voice to automatic resume", &set.resume_after_ms, 100, 5000},
	{"realtime", 0, OPT_INT, "PRIO", "CALLPIPE_REALTIME",
		"SCHED_RR priority, if allowed (0: none)", &set.realtime, 0, 99},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options]",
	.purpose = "Play a callpipe stream to Asterisk, a frame every 20 ms.",
	.see = "as-speak(1), as-answer(1), callpipe-stream(5), callpipe-calldir(5)",
};

/* Where a scribe of our own writes: the files of the call directory if there is one, as as-answer
 * would. */
static int record_files(struct scribe_files *ret, const char *dir)
{
	const char *journal = set.journal ? set.journal : "",
		   *record = set.record ? set.record : "";

	*ret = (struct scribe_files){0};
	if (dir) {
		if (scribe_files_of(ret, dir, getenv("CALLPIPE_SPOOL"), getenv("CALLPIPE_UUID")) ==
			0)
			return 0;
		log_error_errno("cannot write to '%s'", dir);
	} else if (format_path(ret->journal, "%s", journal) < 0) {
		log_error_errno("cannot open '%s'", journal);
	} else if (format_path(ret->record, "%s", record) < 0) {
		log_error_errno("cannot open '%s'", record);
	} else {
		return 0;
	}
	return -1;
}

/* A little ahead of everything else on the machine; it is no error if that is not allowed. */
static void realtime(void)
{
	struct sched_param param = {.sched_priority = (int)set.realtime};

	if (set.realtime && sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &param) < 0)
		log_debug("no real-time priority: %s", strerror(errno));
	/* Frames of several calls that are due within it leave in one wake-up of the processor, which costs more than
	 * the frames. */
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
}

static int start_record(struct speak *s)
{
	static struct scribe_files files;

	if (record_files(&files, s->dir) < 0)
		return -1;
	if (sink_open(&s->sink, s->dir, &files, s->rate_hz, !s->live) < 0) {
		if (s->dir)
			log_error_errno("cannot open '%s/scribe'", s->dir);
		else
			log_error_errno("cannot start a scribe of '%s'",
				*files.journal ? files.journal : files.record);
		return -1;
	}
	speak_skipped(s, 0, s->ticker.slot);
	return 0;
}

static int start_own_mind(struct speak *s)
{
	s->echoing = set.echo;
	s->own_mind = set.prompt || set.echo;
	if (set.echo && echo_init(&s->echo, s->rate_hz) < 0) {
		log_error_errno("cannot keep the echo");
		return -1;
	}
	if (!set.prompt)
		return 0;
	if (prompt_start(&s->prompt, &s->filter.loop, &s->player, "prompt", set.prompt) < 0) {
		log_error_errno("cannot play '%s'", set.prompt);
		return -1;
	}
	if (!s->live) /* a file is rendered alike every time */
		prompt_wait(&s->prompt);
	return 0;
}

static int start_clock(struct speak *s)
{
	static const int sigs[] = {SIGUSR1, SIGTERM, SIGINT, 0};
	int64_t t0_ns;

	if (call_start_ns(&t0_ns) < 0)
		log_warn_errno("cannot use 'CALLPIPE_T0_NS'");
	s->tick = (struct loop_timer){.fire = speak_tick, .ctx = s};
	ticker_init(&s->ticker, s->live ? t0_ns : 0);
	s->clock_ns = now_ns();
	if (s->live) {
		/* the slots before us are gone: to send them now would be a burst */
		s->ticker.slot = (s->clock_ns - s->ticker.start_ns) / TICK_NS;
		s->tick.at_ns = ticker_due(&s->ticker);
		loop_remove(&s->filter.loop, &s->filter.in_source); /* the clock reads the stream */
		s->stream = (struct loop_source){.fd = STDIN_FILENO,
			.mask = speak_stream_mask,
			.ready = speak_stream_ready,
			.ctx = s};
		if (loop_add(&s->filter.loop, &s->stream) < 0)
			return -1;
	}
	if (loop_add_timer(&s->filter.loop, &s->tick) < 0)
		return -1;
	return loop_signals(&s->filter.loop, sigs, speak_signal, s);
}

static void init(struct speak *s)
{
	s->dir = getenv("CALLPIPE_DIR");
	s->rate_hz = atoi(set.rate); /* one of the words of its row */
	s->resume_after_ms = set.resume_after_ms;
	s->stopped_ms = -1;
	s->filter = (struct filter){
		.stage = "as-speak", .on_frame = speak_frame, .ctx = s, .sink = true, .busy = true};
	line_init(&s->line, STDOUT_FILENO, s->rate_hz, set.raw);
	s->live = s->line.socket;
	player_init(&s->player, s->rate_hz, s->resume_after_ms, speak_player_event, s);
	turn_init(&s->turn);
}

/* Everything a call needs, the clock first; -1, and it has been said what is missing. */
static int start(struct speak *s)
{
	init(s);
	if (filter_init(&s->filter, STDIN_FILENO, STDOUT_FILENO) < 0 || start_clock(s) < 0) {
		log_error_errno("cannot start the clock");
		return -1;
	}
	if (start_record(s) < 0 || start_own_mind(s) < 0)
		return -1;
	if (upstream_open(&s->upstream, s->own_mind ? NULL : s->dir) < 0) {
		log_error_errno("cannot open '%s/loop'", s->dir);
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct speak s;
	int first, status, record;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("as-speak");
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of the file that meets it */
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status == -1)
		status = opt_no_operands(argv + first);
	if (status != -1)
		return status;
	realtime();
	if (start(&s) < 0)
		return EXIT_SYSTEM;
	status = filter_run(&s.filter);
	record = speak_finish(&s);
	upstream_close(&s.upstream);
	player_free(&s.player);
	if (s.echoing)
		echo_free(&s.echo);
	filter_free(&s.filter);
	return status ? status : record;
}
