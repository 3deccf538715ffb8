/* as-listen: AudioSocket in, callpipe stream out.
 *
 * stdin is the socket of a call, read live; or a file or pipe with the bytes of one, read as fast
 * as they can be had: then time is the audio received. What the caller says goes through intake
 * (bytes to samples), timeline (samples to chunks of call time) and output (frames to stdout) and
 * is recorded on the way. The loop FIFO of the call directory is merged in. Neither socket nor FIFO
 * is ever left unread, whatever becomes of stdout: Asterisk drops the call if it cannot write.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/opt.h"
#include "listen.h"
#include "replay.h"
#include "stream/call.h"

#define PIPE_BYTES 16384 /* of stdout: 0.7 s at 8 kHz; what is in a pipe cannot be taken back */

static struct settings {
	const char *rate, *codec, *dir, *replay;
	bool raw;
} set = {.rate = "8000", .codec = "auto"};

static const struct opt_row rows[] = {
	{"rate", 'r', OPT_CHOICE, "8000|16000", "CALLPIPE_RATE", "samples per second of the stream",
		&set.rate},
	{"codec", 'c', OPT_CHOICE, "auto|slin|ulaw|alaw", "CALLPIPE_CODEC",
		"what comes under kind 0x10", &set.codec},
	{"dir", 'd', OPT_STR, "DIR", "CALLPIPE_DIR", "call directory to record into", &set.dir},
	{"raw", 0, OPT_FLAG, NULL, NULL, "write samples instead of the stream", &set.raw},
	{"replay", 0, OPT_STR, "DIR", NULL, "write the stream of a recorded call again",
		&set.replay},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] <socket >stream",
	.purpose =
		"Turn the AudioSocket connection of a call into a callpipe stream, and record the caller.",
	.see = "callpipe(7), callpipe-stream(5), callpipe-calldir(5), as-speak(1)",
};

static enum intake_codec codec_of(const char *word)
{
	static const char *const words[] = {"auto", "slin", "ulaw", "alaw"};
	enum intake_codec codec = INTAKE_AUTO;

	while (strcmp(words[codec], word) != 0)
		codec++;
	return codec;
}

static void on_record_news(void *ctx, const char *file, const char *text)
{
	struct listen *l = ctx;

	log_warn("%s", text);
	call_error(&l->call, "record", file, text);
}

/* What cannot be used of a call's directory is said on the stream, and the call goes on. */
static void listen_init(struct listen *l)
{
	struct stat st;
	int err = call_init(&l->call, set.dir, atoi(set.rate), &l->output) < 0 ? errno : 0;

	l->rate_hz = l->call.rate_hz;
	l->live = fstat(STDIN_FILENO, &st) == 0 && S_ISSOCK(st.st_mode);
	if (call_start_ns(&l->t0_ns) < 0)
		log_warn_errno("cannot use 'CALLPIPE_T0_NS'");
	listen_clock_init(l);
	listen_caller_init(l, codec_of(set.codec), set.raw);
	listen_output_init(l, set.raw);
	if (record_open(&l->record, set.dir, !set.raw, l->rate_hz, on_record_news, l) < 0)
		listen_warn(l, "record", "cannot open '%s': %s: the call is not recorded", set.dir,
			strerror(errno));
	if (err)
		listen_warn(l, "call", "cannot use '%s/call.json': %s", set.dir, strerror(err));
	if (l->call.start.n)
		call_begin(&l->call, NULL);
	listen_merge_init(l, set.raw ? NULL : set.dir);
}

static void listen_free(struct listen *l)
{
	record_close(&l->record);
	output_free(&l->output);
	timeline_free(&l->timeline);
	intake_free(&l->intake);
	fifo_close(&l->fifo);
	dynbuf_free(&l->in);
	call_free(&l->call);
	loop_free(&l->loop);
}

/* Everything on the loop. */
static int listen_attach(struct listen *l)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, 0};

	if (loop_add(&l->loop, &l->caller) < 0 || loop_add(&l->loop, &l->fifo_head) < 0 ||
		loop_add(&l->loop, &l->output.outlet.source) < 0)
		return -1;
	if (l->live &&
		(loop_add_timer(&l->loop, &l->tick) < 0 || loop_add_timer(&l->loop, &l->clock) < 0))
		return -1;
	return loop_signals(&l->loop, signals, listen_signal, l);
}

static int listen_run(struct listen *l)
{
	fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE_BYTES); /* fails if it is no pipe */
	loop_init(&l->loop);
	listen_init(l);
	listen_settle(l);
	if (listen_attach(l) < 0 || loop_run(&l->loop) < 0) {
		log_error_errno("cannot wait for 'stdin'");
		l->status = EXIT_SYSTEM;
	}
	listen_free(l);
	return l->status;
}

int main(int argc, char **argv)
{
	static struct listen listen;
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("as-listen");
	status = opt_parse(&page, rows, argc, argv, &first);
	if (status == -1)
		status = opt_no_operands(argv + first);
	if (status != -1)
		return status;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on files ends the recording, not the call */
	if (set.replay)
		return replay_run(set.replay, atoi(set.rate), STDOUT_FILENO);
	return listen_run(&listen);
}
