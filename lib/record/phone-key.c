#include "record/phone-key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/log.h"

#define KEY_BYTES 32
#define KEY_FILE_MAX 4096
#define KEY_FILE_MIN 16
#define DIGITS_MIN 3

static uint8_t key[SHA256_BYTES]; /* of the hashes */
static bool have_key;

bool phone_digits(const char *number, const char *country, char ret[PHONE_DIGITS_MAX + 1])
{
	char digits[PHONE_DIGITS_MAX + 1] = "";
	size_t n = 0, skip = 0;

	for (const char *c = number; *c && n < PHONE_DIGITS_MAX; c++)
		if (*c >= '0' && *c <= '9')
			digits[n++] = *c;
	digits[n] = '\0';
	if (strncmp(digits, "00", 2) == 0) {
		skip = 2;
		country = "";
	} else if (digits[0] == '0' && country && *country && !strchr(number, '+')) {
		skip = 1;
	} else {
		country = "";
	}
	snprintf(ret, PHONE_DIGITS_MAX + 1, "%.8s%.*s", country, PHONE_DIGITS_MAX - 8,
		digits + skip);
	return strlen(ret) >= DIGITS_MIN;
}

/* The first one writes it; who comes second reads what the first has written. */
static int make_key(const char *path)
{
	uint8_t bytes[KEY_BYTES];
	char temp[PATH_MAX];
	int fd, err;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes) ||
		format_path(temp, "%s.%d", path, (int)getpid()) == -1)
		return -1;
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return -1;
	err = write_all(fd, bytes, sizeof(bytes)) == -1 || fsync(fd) == -1 ? -1 : 0;
	close(fd);
	if (!err && link(temp, path) == -1 && errno != EEXIST)
		err = -1;
	unlink(temp);
	return err;
}

int phone_key(const char *file, const char *spool, bool make)
{
	char path[PATH_MAX], *text;
	size_t n;
	int err;

	if (have_key)
		return 0;
	err = file ? format_path(path, "%s", file) : format_path(path, "%s/phones.key", spool);
	if (!err && make && !file && access(path, F_OK) == -1 && errno == ENOENT)
		err = make_key(path);
	if (!err && access(path, F_OK) == -1 && errno == ENOENT && !make && !file)
		return 0;
	if (!err && read_file(path, KEY_FILE_MAX, &text, &n) == 0) {
		errno = EINVAL; /* too short to be secret */
		err = n < KEY_FILE_MIN ? -1 : 0;
		sha256(text, n, key);
		free(text);
	} else {
		err = -1;
	}
	if (err)
		log_error_errno("cannot use the key '%s'", path);
	have_key = !err;
	return err;
}

bool phone_has_key(void)
{
	return have_key;
}

bool phone_hash(const char *number, const char *country, uint8_t ret[SHA256_BYTES])
{
	char digits[PHONE_DIGITS_MAX + 1];

	if (!have_key || !phone_digits(number, country, digits))
		return false;
	hmac_sha256(key, sizeof(key), digits, strlen(digits), ret);
	return true;
}

const char *phone_hex(const uint8_t hash[SHA256_BYTES], char buf[PHONE_HEX])
{
	memcpy(buf, "\\x", 2);
	hex_text(hash, SHA256_BYTES, buf + 2);
	return buf;
}
