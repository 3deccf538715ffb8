/* curl: what http and ws have in common: libcurl loaded on first use, handles set up alike, a multi handle on the loop.
 *
 * Nothing blocks: names are resolved by a thread of libcurl's own, which is not waited for when a handle is given up.
 *
 * Source: libcurl 7.88, libcurl-multi(3), CURLMOPT_SOCKETFUNCTION(3), CURLOPT_QUICK_EXIT(3).
 */
#ifndef CALLPIPE_NET_CURL_H
#define CALLPIPE_NET_CURL_H

#include <curl/curl.h>

#include "net/http.h"

/* The macros that check types of options do not see through these: a number is a long, 1L. */
struct curl_lib {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_getdate) *getdate;
	__typeof__(curl_free) *free;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
	CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_easy_send) *easy_send;
	__typeof__(curl_easy_recv) *easy_recv;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
	CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
	__typeof__(curl_multi_add_handle) *multi_add_handle;
	__typeof__(curl_multi_remove_handle) *multi_remove_handle;
	__typeof__(curl_multi_socket_action) *multi_socket_action;
	__typeof__(curl_multi_info_read) *multi_info_read;
	__typeof__(curl_multi_assign) *multi_assign;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
	__typeof__(curl_mime_init) *mime_init;
	__typeof__(curl_mime_free) *mime_free;
	__typeof__(curl_mime_addpart) *mime_addpart;
	__typeof__(curl_mime_name) *mime_name;
	__typeof__(curl_mime_filename) *mime_filename;
	__typeof__(curl_mime_type) *mime_type;
	__typeof__(curl_mime_data) *mime_data;
	__typeof__(curl_url) *url;
	__typeof__(curl_url_cleanup) *url_cleanup;
	__typeof__(curl_url_set) *url_set;
	__typeof__(curl_url_get) *url_get;
};

/* NULL: it is not installed, or too old. */
const struct curl_lib *curl_lib(void);

/* What http_set was told. */
extern struct http_settings curl_settings;

/* A handle with what all of ours have: no signals, TLS verified, authorities and proxies as set, no redirects. NULL: no
 * memory. */
CURL *curl_make(void) MUST_USE;
/* What the end of a transfer that has no reply means. */
enum http_fault curl_fault(CURLcode code);

/* A multi handle on the loop. */
struct curl_multi {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer timer; /* as libcurl wants it */
	struct curl_socket *sockets;
	/* a transfer has ended; it is still in the multi handle. May add and remove transfers, and close all */
	void (*done)(void *ctx, CURL *easy, CURLcode code);
	void *ctx;
	bool *gone; /* set by close, for who is inside; NULL: nobody is */
};

/* Set done and ctx first. -1: no memory, or no libcurl. */
int curl_multi_open(struct curl_multi *m, struct loop *loop) MUST_USE;
/* Not from a callback of libcurl itself. */
void curl_multi_close(struct curl_multi *m);

#endif
