/* deepgram-form: any bytes as a message. What is read is bounded and text; it makes words whatever is in it. */
#include "deepgram-words.h"

#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct deepgram_words w;
	struct deepgram_said said;
	struct sent sent;
	struct turn t = {.rate_hz = 8000};
	struct result ret;
	char *p = fuzz_copy(data, size);

	sent_init(&sent, 8000);
	sent_add(&sent, 8000, 1000, 1);
	deepgram_words_init(&w);
	if (deepgram_read(p, size, &said) == 0 && said.results) {
		const struct sent_part *part = sent_find(&sent, said.start_s);

		MUST(strlen(said.text) < sizeof(said.text) &&
			utf8_valid(said.text, strlen(said.text)));
		MUST(said.confidence <= 1 && said.last_s >= said.first_s);
		for (int i = 0; part && i < 3; i++)
			deepgram_words_add(&w, &said, &sent, part);
		deepgram_words_result(&w, &t, &ret);
		MUST(strlen(ret.text) < sizeof(ret.text) && utf8_valid(ret.text, strlen(ret.text)));
		MUST(ret.start_ms <= ret.end_ms);
	}
	free(p);
	return 0;
}
