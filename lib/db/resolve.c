#include "db/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dynbuf.h"

#define HOSTS_MAX 8
#define LOOK_NS (5 * NS_PER_MS) /* how often it is looked whether there is an answer */
#define LIST_MAX 4096

/* What glibc's thread works on: it outlives a resolve that is forgotten meanwhile. */
struct lookup {
	struct gaicb query[HOSTS_MAX];
	struct gaicb *list[HOSTS_MAX];
	struct addrinfo hints;
	char host[HOSTS_MAX][256];
};

struct resolve {
	struct loop *loop;
	struct loop_timer look;
	void (*done)(void *ctx, const struct resolved *r, const char *why);
	void *ctx;
	struct lookup *lookup;
	int n; /* hosts */
	char port[HOSTS_MAX][16];
};

static bool is_address(const char *s)
{
	unsigned char address[16];

	return !*s || *s == '/' || *s == '@' || inet_pton(AF_INET, s, address) == 1 ||
		inet_pton(AF_INET6, s, address) == 1;
}

/* Item i of a list with commas; NULL: there is none, or it is too long. */
static const char *item(const char *list, int i, char *ret, size_t size)
{
	size_t n;

	for (; i > 0; i--) {
		list = strchr(list, ',');
		if (!list)
			return NULL;
		list++;
	}
	n = strcspn(list, ",");
	if (n >= size)
		return NULL;
	memcpy(ret, list, n);
	ret[n] = '\0';
	return ret;
}

bool resolve_needless(const char *host)
{
	char one[256];

	for (int i = 0; item(host, i, one, sizeof(one)); i++)
		if (!is_address(one))
			return false;
	return true;
}

static bool under_way(const struct resolve *r)
{
	for (int i = 0; i < r->n; i++)
		if (gai_error(r->lookup->list[i]) == EAI_INPROGRESS)
			return true;
	return false;
}

static void add(struct dynbuf *b, const char *s)
{
	if (b->n)
		dynbuf_adds(b, ",");
	dynbuf_adds(b, s);
}

static void finish(struct resolve *r)
{
	struct dynbuf host, address, port;
	char why[160] = "no host has an address", text[NI_MAXHOST];
	struct resolved found;
	int n = 0;

	dynbuf_init(&host, LIST_MAX);
	dynbuf_init(&address, LIST_MAX);
	dynbuf_init(&port, LIST_MAX);
	for (int i = 0; i < r->n; i++) {
		const struct gaicb *q = r->lookup->list[i];
		int err = gai_error(r->lookup->list[i]);

		if (err)
			snprintf(why, sizeof(why), "cannot find the host '%.80s': %s",
				r->lookup->host[i], gai_strerror(err));
		for (const struct addrinfo *a = err ? NULL : q->ar_result; a; a = a->ai_next) {
			if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0,
				    NI_NUMERICHOST))
				continue;
			add(&host, r->lookup->host[i]);
			add(&address, text);
			if (n++)
				dynbuf_adds(&port, ","); /* an empty one is an item, too */
			dynbuf_adds(&port, r->port[i]);
		}
	}
	found = (struct resolved){.host = host.p, .hostaddr = address.p, .port = port.p};
	r->done(r->ctx, n && !dynbuf_failed(&host) && !dynbuf_failed(&address) ? &found : NULL,
		why);
	dynbuf_free(&host);
	dynbuf_free(&address);
	dynbuf_free(&port);
}

static void look(void *ctx, int64_t now)
{
	struct resolve *r = ctx;

	if (under_way(r))
		r->look.at_ns = now + LOOK_NS;
	else
		finish(r);
}

static void set_query(struct resolve *r, int i, const char *ports)
{
	struct lookup *l = r->lookup;
	const char *port = item(ports, i, r->port[i], sizeof(r->port[i]));

	if (!port && !item(ports, 0, r->port[i], sizeof(r->port[i])))
		r->port[i][0] = '\0';
	l->query[i] = (struct gaicb){.ar_name = l->host[i], .ar_request = &l->hints};
	l->list[i] = &l->query[i];
}

struct resolve *resolve_start(struct loop *loop, const char *host, const char *port,
	void (*done)(void *ctx, const struct resolved *r, const char *why), void *ctx)
{
	struct resolve *r = calloc(1, sizeof(*r));
	struct lookup *l = calloc(1, sizeof(*l));

	if (!r || !l) {
		free(r);
		free(l);
		return NULL;
	}
	*r = (struct resolve){.loop = loop, .done = done, .ctx = ctx, .lookup = l};
	r->look = (struct loop_timer){.fire = look, .ctx = r, .at_ns = now_ns()};
	l->hints = (struct addrinfo){.ai_socktype = SOCK_STREAM};
	for (; r->n < HOSTS_MAX && item(host, r->n, l->host[r->n], sizeof(l->host[0])); r->n++)
		set_query(r, r->n, port);
	if (loop_add_timer(loop, &r->look) == 0 &&
		getaddrinfo_a(GAI_NOWAIT, l->list, r->n, NULL) == 0)
		return r;
	r->n = 0;
	resolve_free(r);
	return NULL;
}

void resolve_free(struct resolve *r)
{
	if (!r)
		return;
	loop_remove_timer(r->loop, &r->look);
	for (int i = 0; i < r->n; i++)
		gai_cancel(r->lookup->list[i]);
	if (!under_way(r)) {
		for (int i = 0; i < r->n; i++)
			if (r->lookup->query[i].ar_result)
				freeaddrinfo(r->lookup->query[i].ar_result);
		free(r->lookup);
	} /* else it is the thread's, for good */
	free(r);
}
