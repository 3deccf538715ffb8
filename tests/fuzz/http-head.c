/* http-head: any bytes. What is a head is none without its last byte, its fields lie within it, and chunks never grow. */
#include "codec/http-head.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fields(const char *p, size_t n, const struct http_head *h)
{
	struct http_field f;
	char value[16];

	for (size_t pos = 0; http_head_next(h, &pos, &f);) {
		MUST(f.name_n > 0 && f.name >= p && f.name + f.name_n < p + n);
		MUST(f.value >= f.name && f.value + f.value_n <= p + n);
		MUST(!memchr(f.value, '\n', f.value_n) && !memchr(f.value, '\0', f.value_n));
	}
	http_head_get(h, "a", value, sizeof(value));
	MUST(strlen(value) < sizeof(value));
	http_head_has(h, "a", "b");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = fuzz_copy(data, size);
	struct http_head h, shorter;
	bool end;
	int n = http_head_parse(p, size, &h);

	MUST(n >= -1 && n <= (int)size && n <= HTTP_HEAD_MAX);
	if (n > 0) {
		MUST(h.status >= 100 && h.status <= 599);
		fields(p, (size_t)n, &h);
		for (size_t i = 0; i < (size_t)n; i += 1 + i / 16)
			MUST(http_head_parse(p, i, &shorter) == 0);
	}
	MUST(http_chunks(p, size, &end) <= size);
	free(p);
	return 0;
}
