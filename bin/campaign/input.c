#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/progress.h"
#include "base/utf8.h"

#define CHUNK ((size_t)1 << 18)           /* bytes that are read at a time */
#define ROOM (CSV_RECORD_MAX + 2 * CHUNK) /* UTF-16 may become half as long again */
#define WRITER_MS 10000                   /* so long a pipe is waited for that nobody has opened */

static int refuse(struct input *in, const char *why)
{
	snprintf(in->why, sizeof(in->why), "%s", why);
	return -1;
}

/* A pipe that nobody writes to would hold us up for ever. */
static int wait_for_writer(struct input *in)
{
	struct pollfd p = {.fd = in->fd, .events = POLLIN};

	return poll(&p, 1, WRITER_MS) > 0 ? 0 : refuse(in, "it is a pipe, and nobody writes to it");
}

static int check_kind(struct input *in)
{
	struct stat st;

	if (fstat(in->fd, &st) == -1)
		return refuse(in, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return refuse(in, "it is a folder");
	if (S_ISFIFO(st.st_mode))
		return wait_for_writer(in);
	if (S_ISREG(st.st_mode))
		in->size = st.st_size;
	return 0;
}

int input_open(struct input *in, const char *path)
{
	*in = (struct input){.line = 1, .began_ns = now_ns()};
	sha256_begin(&in->hash);
	dynbuf_init(&in->text, 4 * CSV_RECORD_MAX);
	in->fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
					: open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (in->fd == -1)
		return refuse(in, strerror(errno));
	in->buf = malloc(ROOM);
	if (!in->buf || csv_init(&in->csv, ',') == -1)
		return refuse(in, strerror(ENOMEM));
	return check_kind(in);
}

void input_close(struct input *in)
{
	if (in->fd > 0)
		close(in->fd);
	in->fd = -1;
	free(in->buf);
	in->buf = NULL;
	csv_free(&in->csv);
	dynbuf_free(&in->text);
}

/* ---- bytes ---- */

static ssize_t read_some(struct input *in, void *p, size_t n)
{
	for (;;) {
		ssize_t got = read(in->fd, p, n);

		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
		if (errno == EAGAIN)
			(void)poll(&(struct pollfd){.fd = in->fd, .events = POLLIN}, 1, -1);
	}
}

/* A whole character of UTF-16 at p, n bytes: bytes taken; 0: it is not whole. */
static size_t read_utf16(const struct input *in, const uint8_t *p, size_t n, uint32_t *ret)
{
	bool big = in->encoding == INPUT_UTF16BE;
	uint32_t a, b;

	if (n < 2)
		return 0;
	a = big ? get_be16(p) : (uint16_t)get_le16s(p);
	*ret = a;
	if (a < 0xd800 || a > 0xdfff)
		return 2;
	*ret = UTF8_BAD;
	if (a >= 0xdc00)
		return 2;
	if (n < 4)
		return 0;
	b = big ? get_be16(p + 2) : (uint16_t)get_le16s(p + 2);
	if (b < 0xdc00 || b > 0xdfff)
		return 2;
	*ret = 0x10000 + ((a - 0xd800) << 10) + (b - 0xdc00);
	return 4;
}

static void add_utf16(struct input *in, const uint8_t *p, size_t n)
{
	uint32_t code;
	size_t taken;

	while ((taken = read_utf16(in, p, n, &code))) {
		in->n += utf8_encode(code, in->buf + in->n);
		p += taken;
		n -= taken;
	}
	memmove(in->odd, p, n);
	in->odds = n;
}

/* Which encoding the first bytes are of, and how many of them are its mark. */
static size_t find_mark(struct input *in, const uint8_t *p, size_t n)
{
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		in->utf8 = true;
		return 3;
	}
	if (n >= 2 && memcmp(p, "\xff\xfe", 2) == 0) {
		in->encoding = INPUT_UTF16LE;
		return 2;
	}
	if (n >= 2 && memcmp(p, "\xfe\xff", 2) == 0) {
		in->encoding = INPUT_UTF16BE;
		return 2;
	}
	if (n >= 4 && p[0] && !p[1] && p[2] && !p[3])
		in->encoding = INPUT_UTF16LE;
	else if (n >= 4 && !p[0] && p[1] && !p[2] && p[3])
		in->encoding = INPUT_UTF16BE;
	return 0;
}

/* Spreadsheets and archives, which are no tables in text. */
static const char *other_kind(const uint8_t *p, size_t n)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *why;
	} kinds[] = {
		{"PK\3\4", 4, "it is a spreadsheet or an archive: save it as CSV"},
		{"\xd0\xcf\x11\xe0", 4, "it is a spreadsheet: save it as CSV"},
		{"\x1f\x8b", 2, "it is compressed with gzip: use zcat FILE | campaign import -"},
		{"%PDF", 4, "it is a PDF"},
		{"\xff\xfe\0\0", 4, "it is UTF-32: save it as UTF-8"},
		{"\0\0\xfe\xff", 4, "it is UTF-32: save it as UTF-8"},
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (n >= kinds[i].n && memcmp(p, kinds[i].bytes, kinds[i].n) == 0)
			return kinds[i].why;
	return NULL;
}

/* Read on, to behind what is in buf. */
static int refill(struct input *in)
{
	uint8_t chunk[sizeof(in->odd) + CHUNK], *p = chunk;
	bool first = in->bytes == 0;
	ssize_t got;

	if (in->at) {
		in->n -= in->at;
		memmove(in->buf, in->buf + in->at, in->n);
		in->at = 0;
	}
	memcpy(chunk, in->odd, in->odds);
	got = read_some(in, chunk + in->odds, CHUNK);
	if (got == -1)
		return refuse(in, strerror(errno));
	sha256_add(&in->hash, chunk + in->odds, (size_t)got);
	in->bytes += got;
	in->ended = got == 0;
	got += (ssize_t)in->odds;
	in->odds = 0;
	if (first) {
		const char *why = other_kind(p, (size_t)got);
		size_t mark = find_mark(in, p, (size_t)got);

		if (why)
			return refuse(in, why);
		p += mark;
		got -= (ssize_t)mark;
	}
	if (in->encoding == INPUT_UTF8) {
		memcpy(in->buf + in->n, p, (size_t)got);
		in->n += (size_t)got;
	} else {
		add_utf16(in, p, (size_t)got);
		if (in->ended && in->odds)
			in->n += utf8_encode(UTF8_BAD, in->buf + in->n);
	}
	return 0;
}

/* ---- records ---- */

int input_peek(struct input *in, const char **ret, size_t *ret_n)
{
	while (!in->ended && in->n - in->at < CSV_RECORD_MAX)
		if (refill(in) == -1)
			return -1;
	*ret = in->buf + in->at;
	*ret_n = in->n - in->at;
	return 0;
}

int input_next(struct input *in, struct csv_record *ret, int64_t *ret_line)
{
	for (;;) {
		size_t taken = csv_next(&in->csv, in->buf + in->at, in->n - in->at, in->ended, ret);

		if (!taken && in->ended)
			return 0;
		if (!taken && refill(in) == -1)
			return -1;
		*ret_line = in->line;
		in->at += taken;
		in->line += (int64_t)ret->lines;
		if (taken && ret->fault != CSV_REST)
			return 1;
	}
}

void input_progress(const struct input *in, int64_t records)
{
	double s, share;
	char left[48] = "";

	if (!progress_due())
		return;
	s = (double)(now_ns() - in->began_ns) / NS_PER_S;
	if (in->size > 0 && in->bytes > 0) {
		share = (double)min_i64(in->bytes, in->size) / (double)in->size;
		snprintf(left, sizeof(left), ", %.0f %%, %.0f s left", 100 * share, s / share - s);
	}
	progress_show("%" PRId64 " rows, %.0f/s%s", records, s > 0 ? (double)records / s : 0, left);
}

/* ---- characters ---- */

static bool is_ascii(const char *p, size_t n)
{
	uint64_t word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		if (word & UINT64_C(0x8080808080808080))
			return false;
	}
	while (n--)
		if ((unsigned char)*p++ & 0x80)
			return false;
	return true;
}

bool input_is_windows(struct input *in, struct csv_field raw)
{
	if (is_ascii(raw.p, raw.n))
		return false;
	if (in->encoding != INPUT_UTF8 || utf8_valid(raw.p, raw.n)) {
		in->utf8 = true;
		return false;
	}
	if (in->utf8) {
		in->damaged_rows++;
		return false;
	}
	in->windows_rows++;
	return true;
}

/* 0x80 to 0x9f; those that are not assigned are the control characters of ISO 8859-1. Source: WHATWG, Encoding. */
static const uint16_t windows[32] = {0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c,
	0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e,
	0x0178};

struct csv_field input_text(
	struct input *in, struct csv_field f, bool is_windows, struct dynbuf *buf)
{
	size_t before = buf->n;

	if (!is_windows || is_ascii(f.p, f.n))
		return f;
	for (size_t i = 0; i < f.n; i++) {
		unsigned char c = (unsigned char)f.p[i];
		char out[4];

		dynbuf_add(
			buf, out, utf8_encode(c >= 0x80 && c < 0xa0 ? windows[c - 0x80] : c, out));
	}
	return (struct csv_field){buf->p + before, buf->n - before};
}
