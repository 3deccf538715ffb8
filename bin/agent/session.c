#include "session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hmac.h"

#define NAME_BYTES 16 /* of the hash, in the name of a file */

bool session_number_known(const char *number)
{
	static const char *const withheld[] = {"anonymous", "unknown", "restricted", "private",
		"unavailable", "withheld", "asterisk"};
	int digits = 0;

	for (size_t i = 0; i < ARRAY_LEN(withheld); i++)
		if (strcasestr(number, withheld[i]))
			return false;
	for (; *number; number++)
		digits += *number >= '0' && *number <= '9';
	return digits >= 3;
}

/* The first one writes it; who comes second reads what the first has written. */
static int make_key(const char *path)
{
	uint8_t key[SESSION_KEY_BYTES];
	char temp[PATH_MAX];
	int fd, rc;

	if (getrandom(key, sizeof(key), 0) != sizeof(key) ||
		format_path(temp, "%s.%d", path, (int)getpid()) < 0)
		return -1;
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	rc = write_all(fd, key, sizeof(key));
	close(fd);
	if (rc == 0 && link(temp, path) < 0 && errno != EEXIST)
		rc = -1;
	unlink(temp);
	return rc;
}

int session_key(const char *file, const char *spool, uint8_t key[SESSION_KEY_BYTES], char *ret_path)
{
	char *text;
	size_t n;

	if (file ? format_path(ret_path, "%s", file) < 0
		 : format_path(ret_path, "%s/sessions.key", spool) < 0)
		return -1;
	if (access(ret_path, F_OK) < 0 && errno == ENOENT && make_key(ret_path) < 0)
		return -1;
	if (read_file(ret_path, 4096, &text, &n) < 0)
		return -1;
	if (n < 16) {
		free(text);
		errno = EINVAL; /* too short to be secret */
		return -1;
	}
	sha256(text, n, key);
	free(text);
	return 0;
}

void session_none(struct session *s)
{
	*s = (struct session){.fd = -1};
}

static bool file_name(const char *call)
{
	return call[0] && call[0] != '.' && strlen(call) < 100 &&
		strspn(call, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
		strlen(call);
}

/* Numbers are compared by their digits: "+33 6 12" is "33612". */
static void name_of(struct session *s, const uint8_t key[SESSION_KEY_BYTES], const char *number,
	const char *service)
{
	char what[512];
	uint8_t hash[SHA256_BYTES];
	size_t n = 0;

	for (; *number && n < 64; number++)
		if (*number >= '0' && *number <= '9')
			what[n++] = *number;
	n += (size_t)snprintf(what + n, sizeof(what) - n, "\n%.400s", service);
	hmac_sha256(key, SESSION_KEY_BYTES, what, n, hash);
	hex_text(hash, NAME_BYTES, s->name);
}

int session_open(struct session *s, const char *spool, const uint8_t key[SESSION_KEY_BYTES],
	const char *number, const char *service, const char *call)
{
	session_none(s);
	if (!session_number_known(number) || !file_name(call)) {
		errno = EINVAL;
		return -1;
	}
	name_of(s, key, number, service);
	if (format_path(s->path, "%s/sessions/%s.%s", spool, s->name, call) < 0 ||
		format_path(s->temp, "%s/sessions/.%s", spool, call) < 0 ||
		format_path(s->dir, "%s/sessions", spool) < 0)
		return -1;
	if (mkdir(s->dir, 0700) < 0 && errno != EEXIST) {
		s->dir[0] = '\0';
		return -1;
	}
	return 0;
}

static int lock(int fd)
{
	struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_SETLK, &all);
}

/* Open a file of the store that no call is in. -1: there is one, or the file is gone. */
static int open_free(int dir_fd, const char *name, struct stat *st)
{
	int fd = openat(dir_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct stat now;

	if (fd < 0)
		return -1;
	/* it may have been replaced or taken before it was locked */
	if (lock(fd) < 0 || fstat(fd, st) < 0 ||
		fstatat(dir_fd, name, &now, AT_SYMLINK_NOFOLLOW) < 0 || now.st_ino != st->st_ino ||
		now.st_dev != st->st_dev || !S_ISREG(st->st_mode)) {
		close(fd);
		return -1;
	}
	return fd;
}

static json_t *read_state(int fd, const struct stat *st)
{
	json_t *state = NULL;
	char *text;

	if (st->st_size > SESSION_MAX || !(text = malloc((size_t)st->st_size + 1)))
		return NULL;
	if (pread(fd, text, (size_t)st->st_size, 0) == st->st_size)
		state = json_loadb(text, (size_t)st->st_size, 0, NULL);
	free(text);
	if (!json_is_object(state)) {
		json_decref(state);
		return NULL;
	}
	return state;
}

static int64_t time_of(json_t *state)
{
	return json_integer_value(json_object_get(state, "time"));
}

/* Of two the newer one; the other is dropped. */
static json_t *newer(json_t *a, json_t *b)
{
	if (!a || (b && time_of(b) > time_of(a))) {
		json_decref(a);
		return b;
	}
	json_decref(b);
	return a;
}

json_t *session_take(struct session *s, int64_t ttl_s, int64_t now_s)
{
	DIR *dir = s->dir[0] ? opendir(s->dir) : NULL;
	json_t *found = NULL;
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		bool ours = strncmp(d->d_name, s->name, strlen(s->name)) == 0;
		struct stat st;
		int fd;

		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
			fstatat(dirfd(dir), d->d_name, &st, 0) < 0 ||
			(!ours && now_s - st.st_mtime <= ttl_s))
			continue;
		fd = open_free(dirfd(dir), d->d_name, &st);
		if (fd < 0)
			continue;
		if (ours)
			found = newer(found, read_state(fd, &st));
		unlinkat(dirfd(dir), d->d_name, 0);
		close(fd);
	}
	if (dir)
		closedir(dir);
	if (found && (now_s - time_of(found) > ttl_s || time_of(found) > now_s + 60)) {
		json_decref(found);
		found = NULL;
	}
	return found;
}

int session_keep(struct session *s, json_t *state)
{
	char *text;
	int fd, rc = -1, err;

	if (!s->dir[0])
		return 0;
	text = json_dumps(state, JSON_COMPACT);
	if (!text) {
		errno = ENOMEM;
		return -1;
	}
	fd = open(s->temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && lock(fd) == 0 && write_all(fd, text, strlen(text)) == 0)
		rc = rename(s->temp, s->path);
	err = errno;
	free(text);
	if (rc < 0) {
		if (fd >= 0) {
			unlink(s->temp);
			close(fd);
		}
		errno = err;
		return -1;
	}
	if (s->fd != -1)
		close(s->fd);
	s->fd = fd;
	return 0;
}

void session_drop(struct session *s)
{
	if (s->fd == -1)
		return;
	unlink(s->path);
	close(s->fd);
	s->fd = -1;
}

void session_close(struct session *s)
{
	if (s->fd != -1)
		close(s->fd);
	session_none(s);
}
