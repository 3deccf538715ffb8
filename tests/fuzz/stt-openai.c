/* openai-reply: any bytes as what a server answers. However they are cut, they mean the same; what is made of them is text,
 * within its bounds. */
#include "openai-reply.h"

#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_reply(const uint8_t *data, size_t size, size_t step, struct result *ret)
{
	struct openai_reply r;
	char why[OPENAI_WHY_MAX];
	int rc;

	openai_reply_init(&r, "yes, no, operator", 3000);
	for (size_t at = 0; at < size; at += step) {
		size_t n = step < size - at ? step : size - at;
		char *piece = fuzz_copy(data + at, n);

		openai_reply_add(&r, piece, n);
		free(piece);
	}
	rc = openai_reply_end(&r, ret, why);
	MUST(rc == 0 || (strlen(why) > 0 && strlen(why) < sizeof(why)));
	openai_reply_free(&r);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result whole, cut;
	int rc;

	if (size > 20000) /* it is the shapes that matter */
		return 0;
	rc = read_reply(data, size, size + 1, &whole);
	MUST(read_reply(data, size, 3, &cut) == rc);
	if (rc)
		return 0;
	MUST(strcmp(whole.text, cut.text) == 0 && whole.start_ms == cut.start_ms);
	MUST(strlen(whole.text) < sizeof(whole.text) && utf8_valid(whole.text, strlen(whole.text)));
	MUST(whole.confidence <= 1 && (whole.confidence >= 0 || whole.confidence == -1) &&
		whole.start_ms <= whole.end_ms);
	MUST(whole.end_ms <= 3000);
	return 0;
}
