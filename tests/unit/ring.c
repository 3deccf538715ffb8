#include "base/ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

static void test_basics(void)
{
	struct ring r;
	char out[16] = "";
	size_t n;

	if (!ok(ring_init(&r, 8) == 0, "init"))
		return;
	ring_peek(&r, &n);
	ok(n == 0 && ring_space(&r) == 8, "empty");
	ok(ring_put(&r, "abcdef", 6) == 0 && ring_space(&r) == 2, "six of eight");
	ok(ring_put(&r, "xyz", 3) == -1 && ring_space(&r) == 2, "all or nothing");
	ok(ring_get(&r, out, 4) == 4 && memcmp(out, "abcd", 4) == 0, "oldest first");
	ok(ring_put(&r, "ghijkl", 6) == 0 && ring_space(&r) == 0, "around the end");
	ok(memcmp(ring_peek(&r, &n), "efgh", 4) == 0 && n == 4,
		"peek stops at the end of the storage");
	ok(ring_get(&r, NULL, 3) == 3, "dropped");
	ok(ring_get(&r, out, 16) == 5 && memcmp(out, "hijkl", 5) == 0, "the rest, in order");
	ok(ring_get(&r, out, 1) == 0 && r.start == 0, "empty again, at the front");
	ok(ring_put(&r, "12345678", 8) == 0 && ring_put(&r, "9", 1) == -1, "full to the last byte");
	ok(ring_put(&r, "", 0) == 0, "nothing fits always");
	ring_free(&r);
	ok(ring_space(&r) == 0 && r.p == NULL, "freed");
}

static long resident_pages(void)
{
	long pages = -1;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%*d %ld", &pages) != 1)
		pages = -1;
	if (f)
		fclose(f);
	return pages;
}

static void test_memory(void)
{
	static char frame[320];
	struct ring r;
	long before, after;

	if (!ok(ring_init(&r, 64 << 20) == 0, "a ring of 64 MiB"))
		return;
	before = resident_pages();
	for (int i = 0; i < 500000; i++) {
		if (ring_put(&r, frame, sizeof(frame)) == -1 ||
			ring_get(&r, NULL, sizeof(frame)) == 0)
			break;
	}
	after = resident_pages();
	ok(before > 0 && after - before < (4 << 20) / sysconf(_SC_PAGESIZE),
		"160 MB went through, %ld pages touched", after - before);
	ring_free(&r);
}

/* A counter goes in and must come out, whatever the sizes. */
static void test_model(uint64_t seed, size_t size)
{
	uint8_t in = 0, out = 0, buf[100];
	size_t used = 0;
	struct ring r;
	bool right = ring_init(&r, size) == 0;

	for (int i = 0; i < 50000 && right; i++) {
		size_t n = random_below(&seed, sizeof(buf)), got;

		if (random_below(&seed, 2)) {
			for (size_t k = 0; k < n; k++)
				buf[k] = (uint8_t)(in + k);
			right = (ring_put(&r, buf, n) == 0) == (used + n <= size);
			if (used + n <= size) {
				in = (uint8_t)(in + n);
				used += n;
			}
		} else {
			got = ring_get(&r, buf, n);
			right = got == (n < used ? n : used);
			for (size_t k = 0; k < got; k++)
				right = right && buf[k] == out++;
			used -= got;
		}
		right = right && ring_space(&r) == size - used;
	}
	ok(right, "50000 random operations on %zu bytes", size);
	ring_free(&r);
}

int main(void)
{
	static const size_t size[] = {1, 2, 7, 64, 99, 1000};

	test_basics();
	test_memory();
	for (size_t i = 0; i < ARRAY_LEN(size); i++)
		test_model(i + 1, size[i]);
	return done_testing();
}
