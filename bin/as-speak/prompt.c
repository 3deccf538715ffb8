#include "prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "audio/file.h"
#include "audio/pcm.h"
#include "base/log.h"
#include "base/spawn.h"

#define READ_BYTES 16000 /* a second at 8 kHz */

/* Samples before the first 10 ms that can be heard: a caller who has been waiting need not wait for these too. */
static size_t leading_silence(const int16_t *samples, size_t n, int rate_hz)
{
	size_t step = (size_t)rate_hz / 100, from = 0;

	while (from + step < n && !pcm_audible(samples + from, step))
		from += step;
	return from + step < n ? from : 0;
}

/* Samples of path to stdin, which is the pipe. */
static _Noreturn void helper(const char *path, int rate_hz)
{
	int16_t *samples;
	size_t n, from;

	if (audio_file_load(path, rate_hz, PLAYER_STORE_S, &samples, &n) < 0) {
		log_error("cannot read '%s': %s", path, audio_file_error());
		_exit(EXIT_DATA);
	}
	from = leading_silence(samples, n, rate_hz);
	pcm_to_le(samples, samples, n);
	_exit(write_all(STDIN_FILENO, samples + from, (n - from) * sizeof(*samples)) < 0 ? EXIT_IO
											 : EXIT_OK);
}

static void end(struct prompt *pr)
{
	player_complete(pr->player, pr->id, pr->samples > 0 ? PLAYED_PLAYED : PLAYED_FAILED);
	loop_remove(pr->loop, &pr->source);
	close(pr->source.fd);
	pr->over = true;
}

static void ready(void *ctx, short revents)
{
	struct prompt *pr = ctx;
	uint8_t buf[1 + READ_BYTES];
	ssize_t n = read(pr->source.fd, buf + 1, READ_BYTES);
	size_t from = pr->has_odd ? 0 : 1, bytes;

	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end(pr);
		return;
	}
	buf[0] = pr->odd;
	bytes = (size_t)n + 1 - from;
	pr->has_odd = bytes % 2;
	pr->odd = buf[n];
	pr->samples += bytes / 2;
	player_audio(pr->player, pr->id, buf + from, bytes / 2);
}

static short mask(void *ctx)
{
	(void)ctx;
	return POLLIN;
}

int prompt_start(struct prompt *pr, struct loop *loop, struct player *player, const char *id,
	const char *path)
{
	int fds[2];
	pid_t pid;

	player_synthesize(player,
		&(struct utterance_spec){
			.id = id, .kind = UTTERANCE_PROMPT, .turn = 0, .interruptible = false});
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	pid = spawn_helper(fds[1]);
	if (pid == 0)
		helper(path, player->rate_hz);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return -1;
	}
	*pr = (struct prompt){
		.loop = loop,
		.source = {.fd = fds[0], .mask = mask, .ready = ready, .ctx = pr},
		.player = player,
		.id = id,
	};
	return loop_add(loop, &pr->source);
}

void prompt_wait(struct prompt *pr)
{
	while (!pr->over)
		ready(pr, POLLIN);
}
