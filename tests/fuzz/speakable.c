/* speakable: a language, then any text. What is said is text without a digit, at most 64 bytes for one; and filters take
 * any value.
 */
#include "text/speakable.h"

#include "fuzz.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const codes[] = {"en", "fr", "ar", "ru", "uk", "en-US", "xx"};
	static const char *const filters[] = {
		"digits", "letters", "number", "ordinal", "money", "date", "time", "phone", "none"};
	struct dynbuf text, said, filtered;

	if (size == 0)
		return 0;
	const char *code = codes[data[0] % 7];
	dynbuf_init(&text, size);
	for (size_t i = 1; i < size && data[i]; i++)
		dynbuf_add(&text, data + i, 1);
	dynbuf_init(&said, 64 * text.n + 1);
	dynbuf_init(&filtered, 64 * text.n + 256);
	MUST(speakable(text.p, code, &said) == 0);
	if (data[0] % 7 < 6) {
		MUST(utf8_valid(said.p, said.n));
		MUST(!strpbrk(said.p, "0123456789"));
	}
	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
		if (speakable_filter(filters[i], i % 2 ? "" : "EUR", code, text.p, &filtered) == 0)
			MUST(filtered.n > 0 && strlen(filtered.p) == filtered.n);
	dynbuf_free(&filtered);
	dynbuf_free(&said);
	dynbuf_free(&text);
	return 0;
}
