#include "base/dynbuf.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"

static void test_basics(void)
{
	struct dynbuf b;

	dynbuf_init(&b, 10);
	is_str(b.p, "", "empty text before the first add");
	ok(dynbuf_add(&b, NULL, 0) == 0 && b.n == 0, "adding nothing");
	ok(dynbuf_adds(&b, "12345") == 0 && dynbuf_addf(&b, "%d", 67890) == 0, "ten of ten bytes");
	is_str(b.p, "1234567890", "content");
	ok(dynbuf_add(&b, "x", 1) == -1 && dynbuf_failed(&b), "one more fails");
	ok(dynbuf_addf(&b, "%s", "y") == -1, "formatted too");
	is_str(b.p, "1234567890", "nothing of it was added");
	dynbuf_discard(&b, 4);
	is_str(b.p, "567890", "discarded from the front");
	ok(dynbuf_failed(&b), "the failure is remembered");
	dynbuf_truncate(&b, 2);
	is_str(b.p, "56", "cut at the end");
	ok(dynbuf_addf(&b, "%s-%s", "abc", "def") == 0, "room again");
	is_str(b.p, "56abc-def", "formatted text");
	dynbuf_discard(&b, b.n);
	ok(b.n == 0 && b.p[0] == '\0', "all discarded");
	dynbuf_reset(&b);
	ok(!dynbuf_failed(&b), "reset forgets the failure");
	dynbuf_free(&b);
	ok(b.n == 0 && b.p[0] == '\0' && b.max == 10, "as new after free");
	dynbuf_discard(&b, 0);
	dynbuf_truncate(&b, 0);
	dynbuf_reset(&b);
	dynbuf_free(&b);
	is_str(b.p, "", "nothing done to nothing");
}

static void test_room(void)
{
	struct dynbuf b;
	char *room;

	dynbuf_init(&b, 1000);
	room = dynbuf_room(&b, 1000);
	ok(room != NULL, "room for all");
	if (!room)
		return;
	memset(room, 'r', 1000);
	dynbuf_grow(&b, 3);
	is_str(b.p, "rrr", "only what was filled");
	ok(dynbuf_room(&b, 998) == NULL && dynbuf_failed(&b), "room beyond the maximum");
	ok(dynbuf_room(&b, SIZE_MAX) == NULL, "room for everything there is");
	dynbuf_free(&b);
	dynbuf_init(&b, 0);
	ok(dynbuf_adds(&b, "") == 0 && dynbuf_adds(&b, "a") == -1, "maximum 0");
	dynbuf_free(&b);
}

/* Random operations against a plain array. */
static void test_model(uint64_t seed)
{
	enum { MAX = 700 };
	char model[MAX + 1] = "";
	size_t n = 0;
	struct dynbuf b;
	uint64_t state = seed;
	bool same = true;

	dynbuf_init(&b, MAX);
	for (int i = 0; i < 20000 && same; i++) {
		char piece[201];
		size_t len = random_below(&state, 200);
		bool fits = n + len <= MAX;
		int err = 0;

		memset(piece, 'a' + (int)random_below(&state, 26), len);
		piece[len] = '\0';
		switch (random_below(&state, 4)) {
		case 0:
			err = dynbuf_add(&b, piece, len);
			break;
		case 1:
			err = dynbuf_addf(&b, "%s", piece);
			break;
		case 2:
			len = n ? random_below(&state, n + 1) : 0;
			dynbuf_discard(&b, len);
			memmove(model, model + len, n - len + 1);
			n -= len;
			goto compare;
		default:
			n = n ? random_below(&state, n + 1) : 0;
			dynbuf_truncate(&b, n);
			model[n] = '\0';
			goto compare;
		}
		same = (err == 0) == fits;
		if (fits) {
			memcpy(model + n, piece, len + 1);
			n += len;
		}
	compare:
		same = same && b.n == n && strcmp(b.p, model) == 0 && b.size <= MAX + 1;
	}
	ok(same, "20000 random operations, seed %llu", (unsigned long long)seed);
	dynbuf_free(&b);
}

int main(void)
{
	test_basics();
	test_room();
	for (uint64_t seed = 1; seed <= 5; seed++)
		test_model(seed);
	return done_testing();
}
