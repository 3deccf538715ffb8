/* asock: any bytes are messages. Exercises asock_parse on a stream in pieces of several sizes, asock_header by writing
 * each message again, and the UUID text.
 */
#include "codec/asock.h"

#include <strings.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Take messages off a stream that arrives `piece` bytes at a time; returns how many bytes they were. */
static size_t receive(const uint8_t *data, size_t size, size_t piece, size_t *ret_messages)
{
	size_t taken = 0, arrived = 0;

	*ret_messages = 0;
	while (arrived < size) {
		struct asock_msg m;
		int n;
		arrived = size - arrived < piece ? size : arrived + piece;
		uint8_t *have = fuzz_copy(data + taken, arrived - taken);
		size_t used = 0;
		while ((n = asock_parse(have + used, arrived - taken - used, &m)) > 0) {
			uint8_t header[ASOCK_HEADER_BYTES];
			asock_header(header, m.kind, m.payload_bytes);
			MUST(n == ASOCK_HEADER_BYTES + m.payload_bytes);
			MUST(memcmp(header, data + taken + used, sizeof(header)) == 0);
			MUST(m.payload == have + used + ASOCK_HEADER_BYTES);
			MUST(asock_rate(m.kind) == 0 ||
				asock_audio_kind(asock_rate(m.kind)) == m.kind);
			used += (size_t)n;
			++*ret_messages;
		}
		MUST(n == 0 && arrived - taken - used < ASOCK_MAX_BYTES);
		free(have);
		taken += used;
	}
	return taken;
}

static void try_uuid(const uint8_t *data, size_t size)
{
	uint8_t uuid[ASOCK_UUID_BYTES] = {0}, back[ASOCK_UUID_BYTES];
	char text[ASOCK_UUID_TEXT];

	memcpy(uuid, data, size < sizeof(uuid) ? size : sizeof(uuid));
	asock_uuid_text(uuid, text);
	MUST(strlen(text) == ASOCK_UUID_TEXT - 1);
	MUST(asock_uuid_parse(text, back) == 0 && memcmp(back, uuid, sizeof(uuid)) == 0);

	char *s = malloc(size + 1);
	memcpy(s, data, size);
	s[size] = '\0';
	if (asock_uuid_parse(s, uuid) == 0) {
		asock_uuid_text(uuid, text);
		MUST(strcasecmp(s, text) == 0);
	}
	free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[] = {1, 2, 3, 19, 323, 342, 4096};
	size_t messages, again;
	size_t whole = receive(data, size, size, &messages);

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
		if (size / pieces[i] < 4096)
			MUST(receive(data, size, pieces[i], &again) == whole && again == messages);
	try_uuid(data, size);
	return 0;
}
