/* redact-find: what was asked, then any bytes as a text, and as JSON if they are. Spans lie in the text one behind the
 * other, between characters; JSON that is masked is JSON, and the same one where nothing was found.
 */
#include "codec/jline.h"
#include "fuzz.h"
#include "known.h"
#include "redactor.h"
#include "text/utf8.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct finds *f, const char *p, size_t n)
{
	size_t end = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct span *s = &f->span[i];
		MUST(s->at >= end && s->n > 0 && s->at + s->n <= n);
		MUST(s->kind < PII_KINDS && s->key < f->keys.n);
		end = s->at + s->n;
		if (!utf8_valid(p, n))
			continue;
		MUST((p[s->at] & 0xc0) != 0x80);
		MUST(end == n || (p[end] & 0xc0) != 0x80);
	}
}

static void mask_json(struct redactor *r, const char *p, size_t n)
{
	struct dynbuf once;

	dynbuf_init(&once, 40 * n + 4096);
	redactor_reset(r);
	MUST(tree_mask(r, p, n, NULL) == 0);
	redactor_begin(r, false);
	MUST(tree_mask(r, p, n, &once) == 0);
	MUST(!r->failed && jline_check(once.p, once.n) == 0);
	if (r->known.n == 0)
		MUST(once.n == n && memcmp(once.p, p, n) == 0);
	dynbuf_free(&once);
}

static void mask_text(struct redactor *r, unsigned asked, const char *p, size_t n)
{
	struct dynbuf out;

	dynbuf_init(&out, 400 * n + 4096);
	redactor_reset(r);
	for (int pass = 0; pass < 2; pass++) {
		redactor_begin(r, pass == 0);
		r->asked = asked;
		redactor_text(r, SAID_BY_CALLER, p, n, &out);
		look_at(&r->finds, p, n);
	}
	MUST(!r->failed && !dynbuf_failed(&out));
	MUST(!utf8_valid(p, n) || utf8_valid(out.p, out.n));
	dynbuf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const states[] = {"name", NULL};
	static struct redactor r;
	static bool open;

	if (!open)
		MUST(redactor_open(&r, states) == 0);
	open = true;
	if (size == 0)
		return 0;
	r.partial = data[0] & 0x80;
	r.customer_least = 4;
	r.customer_most = 8;
	char *p = fuzz_copy(data + 1, size - 1);
	mask_text(&r, data[0] & 0x7f, p, size - 1);
	if (jline_check(p, size - 1) == 0)
		mask_json(&r, p, size - 1);
	free(p);
	return 0;
}
