#include "net/curl.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/dl.h"

/* A descriptor that libcurl has something to do with. */
struct curl_socket {
	struct curl_socket *next;
	struct curl_multi *m;
	struct loop_source source;
	short mask; /* what it waits for */
};

struct http_settings curl_settings;

const struct curl_lib *curl_lib(void)
{
	static struct curl_lib lib;
	static bool loaded;
	const struct dl_symbol symbols[] = {
		{"curl_global_init", &lib.global_init},
		{"curl_getdate", &lib.getdate},
		{"curl_free", &lib.free},
		{"curl_easy_init", &lib.easy_init},
		{"curl_easy_cleanup", &lib.easy_cleanup},
		{"curl_easy_setopt", &lib.easy_setopt},
		{"curl_easy_getinfo", &lib.easy_getinfo},
		{"curl_easy_strerror", &lib.easy_strerror},
		{"curl_easy_send", &lib.easy_send},
		{"curl_easy_recv", &lib.easy_recv},
		{"curl_multi_init", &lib.multi_init},
		{"curl_multi_cleanup", &lib.multi_cleanup},
		{"curl_multi_setopt", &lib.multi_setopt},
		{"curl_multi_add_handle", &lib.multi_add_handle},
		{"curl_multi_remove_handle", &lib.multi_remove_handle},
		{"curl_multi_socket_action", &lib.multi_socket_action},
		{"curl_multi_info_read", &lib.multi_info_read},
		{"curl_multi_assign", &lib.multi_assign},
		{"curl_slist_append", &lib.slist_append},
		{"curl_slist_free_all", &lib.slist_free_all},
		{"curl_mime_init", &lib.mime_init},
		{"curl_mime_free", &lib.mime_free},
		{"curl_mime_addpart", &lib.mime_addpart},
		{"curl_mime_name", &lib.mime_name},
		{"curl_mime_filename", &lib.mime_filename},
		{"curl_mime_type", &lib.mime_type},
		{"curl_mime_data", &lib.mime_data},
		{"curl_url", &lib.url},
		{"curl_url_cleanup", &lib.url_cleanup},
		{"curl_url_set", &lib.url_set},
		{"curl_url_get", &lib.url_get},
		{0},
	};

	if (!loaded && dl_load("libcurl.so.4", symbols) == 0)
		loaded = lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	return loaded ? &lib : NULL;
}

/* To read the authorities takes 25 ms. libcurl keeps them for the next connection, if they are of one file alone. */
static void set_authorities(CURL *easy)
{
	const struct curl_lib *lib = curl_lib();
	char *usual = NULL;

	if (curl_settings.ca_file && *curl_settings.ca_file) {
		lib->easy_setopt(easy, CURLOPT_CAINFO, curl_settings.ca_file);
		lib->easy_setopt(easy, CURLOPT_PROXY_CAINFO, curl_settings.ca_file);
	} else if (lib->easy_getinfo(easy, CURLINFO_CAINFO, &usual) || !usual ||
		access(usual, R_OK) != 0) {
		return;
	}
	lib->easy_setopt(easy, CURLOPT_CAPATH, NULL);
	lib->easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
}

CURL *curl_make(void)
{
	const struct curl_lib *lib = curl_lib();
	CURL *easy = lib ? lib->easy_init() : NULL;

	if (!easy)
		return NULL;
	lib->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	lib->easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	lib->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	lib->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	lib->easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	set_authorities(easy);
	if (curl_settings.proxy && *curl_settings.proxy)
		lib->easy_setopt(easy, CURLOPT_PROXY, curl_settings.proxy);
	if (curl_settings.no_proxy && *curl_settings.no_proxy)
		lib->easy_setopt(easy, CURLOPT_NOPROXY, curl_settings.no_proxy);
	return easy;
}

enum http_fault curl_fault(CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return HTTP_OK;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
		return HTTP_REFUSED;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return HTTP_TLS;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTP_SLOW;
	case CURLE_FILESIZE_EXCEEDED:
		return HTTP_LONG;
	case CURLE_OUT_OF_MEMORY:
	case CURLE_FAILED_INIT:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_NOT_BUILT_IN:
	case CURLE_BAD_FUNCTION_ARGUMENT:
	case CURLE_UNKNOWN_OPTION:
		return HTTP_UNABLE;
	default:
		return HTTP_BROKEN;
	}
}

/* Tell of what has ended. False: all was closed by that. */
static bool ends_tell(struct curl_multi *m, const bool *gone)
{
	CURLMsg *msg;
	int left;

	while (!*gone && (msg = curl_lib()->multi_info_read(m->multi, &left))) {
		CURL *easy = msg->easy_handle;
		CURLcode code = msg->data.result;

		if (msg->msg == CURLMSG_DONE)
			m->done(m->ctx, easy, code);
	}
	return !*gone;
}

static void act(struct curl_multi *m, curl_socket_t fd, int what)
{
	bool gone = false, *outer = m->gone;
	int running;

	m->gone = &gone; /* cppcheck-suppress autoVariables; it is taken back below */
	curl_lib()->multi_socket_action(m->multi, fd, what, &running);
	if (ends_tell(m, &gone))
		m->gone = outer;
	else if (outer)
		*outer = true;
}

static short socket_mask(void *ctx)
{
	return ((struct curl_socket *)ctx)->mask;
}

static void socket_ready(void *ctx, short revents)
{
	struct curl_socket *s = ctx;
	int what = (revents & POLLIN ? CURL_CSELECT_IN : 0) |
		(revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
		(revents & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);

	/* a peer that has gone may have left something to be read */
	if (revents & POLLHUP && s->mask & POLLIN)
		what |= CURL_CSELECT_IN;
	act(s->m, s->source.fd, what);
}

static void socket_drop(struct curl_socket *s)
{
	struct curl_socket **at = &s->m->sockets;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	loop_remove(s->m->loop, &s->source);
	free(s);
}

static struct curl_socket *socket_add(struct curl_multi *m, curl_socket_t fd)
{
	struct curl_socket *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	*s = (struct curl_socket){.m = m,
		.next = m->sockets,
		.source = {.fd = fd, .mask = socket_mask, .ready = socket_ready, .ctx = s}};
	if (loop_add(m->loop, &s->source) < 0) {
		free(s);
		return NULL;
	}
	m->sockets = s;
	curl_lib()->multi_assign(m->multi, fd, s);
	return s;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket)
{
	struct curl_socket *s = socket;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (s)
			socket_drop(s);
		return 0;
	}
	if (!s && !(s = socket_add(ctx, fd)))
		return -1;
	s->mask = (short)((what & CURL_POLL_IN ? POLLIN : 0) |
		(what & CURL_POLL_OUT ? POLLOUT : 0));
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *ctx)
{
	struct curl_multi *m = ctx;

	(void)multi;
	m->timer.at_ns = ms < 0 ? 0 : now_ns() + ms * NS_PER_MS;
	return 0;
}

static void timer_fire(void *ctx, int64_t now)
{
	(void)now;
	act(ctx, CURL_SOCKET_TIMEOUT, 0);
}

int curl_multi_open(struct curl_multi *m, struct loop *loop)
{
	const struct curl_lib *lib = curl_lib();

	m->loop = loop;
	m->sockets = NULL;
	m->gone = NULL;
	m->timer = (struct loop_timer){.fire = timer_fire, .ctx = m};
	m->multi = lib ? lib->multi_init() : NULL;
	if (!m->multi)
		return -1;
	if (loop_add_timer(loop, &m->timer) < 0) {
		lib->multi_cleanup(m->multi);
		m->multi = NULL;
		return -1;
	}
	lib->multi_setopt(m->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	lib->multi_setopt(m->multi, CURLMOPT_SOCKETDATA, m);
	lib->multi_setopt(m->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	lib->multi_setopt(m->multi, CURLMOPT_TIMERDATA, m);
	return 0;
}

void curl_multi_close(struct curl_multi *m)
{
	struct curl_socket *s;

	if (!m->multi)
		return;
	if (m->gone)
		*m->gone = true;
	m->gone = NULL;
	curl_lib()->multi_cleanup(m->multi);
	m->multi = NULL;
	while ((s = m->sockets)) {
		m->sockets = s->next;
		loop_remove(m->loop, &s->source);
		free(s);
	}
	loop_remove_timer(m->loop, &m->timer);
}
