#include "net/line.h"

#include <string.h>

#define FOREVER_MS (3600 * 1000L) /* deadlines are the owner's */

static void ended(void *ctx, CURL *easy, CURLcode code)
{
	struct line *l = ctx;
	const struct curl_lib *lib = curl_lib();
	curl_socket_t fd = CURL_SOCKET_BAD;

	(void)easy;
	if (code == CURLE_OK)
		lib->easy_getinfo(l->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (code == CURLE_OK && fd == CURL_SOCKET_BAD)
		code = CURLE_COULDNT_CONNECT;
	l->source.fd = fd;
	if (code == CURLE_OK && loop_add(l->multi.loop, &l->source) < 0)
		code = CURLE_OUT_OF_MEMORY;
	l->connected = code == CURLE_OK;
	l->opened(l->ctx, curl_fault(code), *l->trouble ? l->trouble : lib->easy_strerror(code));
}

int line_open(struct line *l, struct loop *loop, const char *url)
{
	const struct curl_lib *lib = curl_lib();

	l->multi.done = ended;
	l->multi.ctx = l;
	l->easy = NULL;
	if (curl_multi_open(&l->multi, loop) < 0)
		return -1;
	l->easy = curl_make();
	if (!l->easy || lib->easy_setopt(l->easy, CURLOPT_URL, url) != CURLE_OK) {
		line_close(l);
		return -1;
	}
	lib->easy_setopt(l->easy, CURLOPT_ERRORBUFFER, l->trouble);
	lib->easy_setopt(l->easy, CURLOPT_CONNECT_ONLY, 1L);
	lib->easy_setopt(l->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	lib->easy_setopt(l->easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
	lib->easy_setopt(l->easy, CURLOPT_CONNECTTIMEOUT_MS, FOREVER_MS);
	if (lib->multi_add_handle(l->multi.multi, l->easy) != CURLM_OK) {
		line_close(l);
		return -1;
	}
	return 0;
}

void line_close(struct line *l)
{
	const struct curl_lib *lib = curl_lib();

	if (l->connected)
		loop_remove(l->multi.loop, &l->source);
	l->connected = false;
	if (l->easy) {
		lib->multi_remove_handle(l->multi.multi, l->easy);
		lib->easy_cleanup(l->easy);
	}
	l->easy = NULL;
	curl_multi_close(&l->multi);
}

size_t line_take(struct line *l, void *p, size_t n)
{
	size_t got = 0;
	CURLcode rc;

	if (l->eof)
		return 0;
	rc = curl_lib()->easy_recv(l->easy, p, n, &got);
	if (rc == CURLE_OK && got)
		return got;
	l->eof = rc != CURLE_AGAIN;
	return 0;
}

size_t line_put(struct line *l, const void *p, size_t n)
{
	size_t room;

	if (l->out_at == l->out_n)
		l->out_at = l->out_n = 0;
	room = LINE_OUT_MAX - l->out_n;
	n = n < room ? n : room;
	memcpy(l->out + l->out_n, p, n);
	l->out_n += n;
	return n;
}

size_t line_push(struct line *l)
{
	size_t all = 0;

	while (!l->failed && l->out_at < l->out_n) {
		size_t sent = 0;
		CURLcode rc = curl_lib()->easy_send(
			l->easy, l->out + l->out_at, l->out_n - l->out_at, &sent);

		if (rc == CURLE_AGAIN || (rc == CURLE_OK && !sent))
			break;
		l->failed = rc != CURLE_OK;
		l->out_at += sent;
		all += sent;
	}
	return all;
}
