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
#define BLOCK_MAX 1600   /* samples: 100 ms at 16 kHz */

/* Silence before the first 10 ms that can be heard is left out: a caller who has been waiting need not wait for it
 * too. Samples of it in a block. */
static size_t leading_silence(const int16_t *samples, size_t n, int rate_hz)
{
	size_t step = (size_t)rate_hz / 100, from = 0;

	while (from + step <= n && !pcm_audible(samples + from, step))
		from += step;
	return n - from < step ? n : from;
}

static int put(const int16_t *samples, size_t n)
{
	uint8_t le[2 * BLOCK_MAX];

	pcm_to_le(le, samples, n);
	return write_all(STDIN_FILENO, le, 2 * n);
}

/* Of a file in which nothing can be heard, its length is what is left. */
static int put_silence(size_t n)
{
	static const int16_t silence[BLOCK_MAX];

	while (n > 0) {
		size_t now = n < BLOCK_MAX ? n : BLOCK_MAX;

		if (put(silence, now) < 0)
			return -1;
		n -= now;
	}
	return 0;
}

/* Samples of f to stdin, which is the pipe, block by block: the beginning is heard while the rest is converted. */
static int copy(struct audio_file *f, const char *path, int rate_hz)
{
	int16_t block[BLOCK_MAX];
	size_t size = (size_t)rate_hz / 10, skipped = 0, sent = 0, from;
	ssize_t n;

	while ((n = audio_file_read(f, block, size)) > 0) {
		from = sent ? 0 : leading_silence(block, (size_t)n, rate_hz);
		skipped += from;
		sent += (size_t)n - from;
		if (skipped + sent > (size_t)rate_hz * PLAYER_STORE_S) {
			log_error("cannot play '%s' to its end: longer than %d s", path,
				PLAYER_STORE_S);
			return EXIT_DATA;
		}
		if (put(block + from, (size_t)n - from) < 0)
			return EXIT_IO;
	}
	if (n < 0) {
		log_error("cannot read '%s' to its end: %s", path, audio_file_error());
		return EXIT_DATA;
	}
	return sent == 0 && put_silence(skipped) < 0 ? EXIT_IO : EXIT_OK;
}

/* Half a sample at the end of what goes down the pipe says that the rest is missing. */
static _Noreturn void helper(const char *path, int rate_hz)
{
	struct audio_file *f;
	int status;

	if (audio_file_open(path, rate_hz, &f) < 0) {
		log_error("cannot read '%s': %s", path, audio_file_error());
		_exit(EXIT_DATA);
	}
	status = copy(f, path, rate_hz);
	if (status == EXIT_DATA && write_all(STDIN_FILENO, "", 1) < 0)
		status = EXIT_IO;
	_exit(status);
}

static void end(struct prompt *pr)
{
	player_complete(pr->player, pr->id,
		pr->samples > 0 && !pr->has_odd ? PLAYED_PLAYED : PLAYED_FAILED);
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
