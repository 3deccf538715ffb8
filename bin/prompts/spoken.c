#include "spoken.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sound.h"
#include "text/utf8.h"

static int fail(char why[WHY_MAX], int code, const char *reason)
{
	snprintf(why, WHY_MAX, "%s", reason);
	return code;
}

bool spoken_is(const char *path)
{
	size_t n = strlen(path), end = strlen(SPOKEN_END);

	return n > end && strcmp(path + n - end, SPOKEN_END) == 0;
}

/* The path with another end: malloc'd; NULL: no such file, or no memory. */
static char *with_end(const char *path, size_t n, const char *end)
{
	char *other;

	if (asprintf(&other, "%.*s%s", (int)n, path, end) < 0)
		return NULL;
	if (access(other, F_OK) == 0)
		return other;
	free(other);
	return NULL;
}

char *spoken_recording(const char *path, const char *const ends[])
{
	char *other = NULL;

	for (; *ends && !other; ends++)
		if (strcmp(*ends, SPOKEN_END) != 0)
			other = with_end(path, strlen(path) - strlen(SPOKEN_END), *ends);
	return other;
}

char *spoken_beside(const char *path)
{
	const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');

	return dot && dot > (slash ? slash + 1 : path)
		? with_end(path, (size_t)(dot - path), SPOKEN_END)
		: NULL;
}

/* Every row of blanks and line feeds becomes one blank, but at the ends. */
static void in_one_line(char *s)
{
	char *to = s;

	for (const char *p = s; *p; p++) {
		bool blank = strchr(" \t\r\n", *p);
		if (!blank)
			*to++ = *p;
		else if (to > s && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
}

int spoken_read(const char *path, char **ret, char why[WHY_MAX])
{
	char *text, *words;
	size_t n;

	if (read_file(path, SPOKEN_MAX, &text, &n) < 0)
		return errno == EFBIG ? fail(why, EXIT_DATA, "the text is longer than 8 KiB")
				      : fail(why, EXIT_IO, strerror(errno));
	words = text;
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
		words += 3;
	if (!utf8_valid(text, n) || strlen(text) != n) {
		free(text);
		return fail(why, EXIT_DATA, "the text is no UTF-8");
	}
	in_one_line(words);
	*ret = strdup(words);
	free(text);
	if (!*ret)
		return fail(why, EXIT_SYSTEM, strerror(errno));
	if (**ret)
		return 0;
	free(*ret);
	*ret = NULL;
	return fail(why, EXIT_DATA, "there is nothing to say in the text");
}

/* Its exit code; 75 if it was killed, 71 if it cannot be run. It is in our group: a key on the terminal ends both. */
static int run(char *const argv[])
{
	posix_spawnattr_t attr;
	sigset_t ignored;
	int status, err;
	pid_t pid;

	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	sigaddset(&ignored, SIGXFSZ);
	if (posix_spawnattr_init(&attr) != 0)
		return EXIT_SYSTEM;
	err = posix_spawnattr_setsigdefault(&attr, &ignored);
	err = err ? err : posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	err = err ? err : posix_spawnp(&pid, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	if (err)
		return EXIT_SYSTEM;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_SYSTEM;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_TRY_AGAIN;
}

static int say(const struct settings *set, const char *words, const char *file, char why[WHY_MAX])
{
	char rate[32], language[64], output[PATH_MAX + 16], *text;
	char *argv[6] = {(char[]){"tts"}, rate, output};
	int n = 3, code;

	snprintf(rate, sizeof(rate), "--rate=%d", set->rate_hz);
	snprintf(output, sizeof(output), "--output=%s", file);
	if (asprintf(&text, "--say=%s", words) < 0)
		return fail(why, EXIT_SYSTEM, strerror(ENOMEM));
	argv[n++] = text;
	if (set->lang &&
		snprintf(language, sizeof(language), "--language=%s", set->lang) <
			(int)sizeof(language))
		argv[n] = language;
	code = run(argv);
	free(text);
	if (code)
		snprintf(why, WHY_MAX, "tts has not said it, and exited with %d", code);
	return code;
}

int spoken_make(const struct settings *set, const char *words, int dirfd, const char *name,
	struct entry *e, char why[WHY_MAX])
{
	const char *folder = getenv("TMPDIR");
	char file[PATH_MAX];
	struct source s;
	int fd, code;

	if (format_path(file, "%s/prompt.XXXXXX", folder && *folder ? folder : "/tmp") < 0)
		return fail(why, EXIT_SYSTEM, strerror(ENAMETOOLONG));
	fd = mkstemp(file);
	if (fd < 0)
		return fail(why, EXIT_IO, strerror(errno));
	close(fd);
	code = say(set, words, file, why);
	code = code ? code : source_open(file, &s, why);
	code = code ? code : sound_make(set, &s, dirfd, name, e, why);
	unlink(file);
	return code;
}
