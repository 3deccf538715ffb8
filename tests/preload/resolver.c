/* resolver: names without a name server.
 *
 *	LD_PRELOAD=build/tests/preload/resolver.so RESOLVER_MS=2000 tool ...
 *
 * NAME.loop.test is 127.0.0.1; NAME.slow.test is too, after $RESOLVER_MS; of any other NAME.test nobody knows.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);

	return n >= m && strcmp(s + n - m, with) == 0;
}

int getaddrinfo(
	const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	const char *text = getenv("RESOLVER_MS");
	long ms = text ? strtol(text, NULL, 10) : 0;

	*(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
	if (!name || !ends(name, ".test"))
		return next(name, service, hints, ret);
	if (ends(name, ".slow.test")) {
		struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

		nanosleep(&t, NULL);
	} else if (!ends(name, ".loop.test")) {
		return EAI_NONAME;
	}
	return next("127.0.0.1", service, hints, ret);
}
