#include "codec/asock.h"

#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "tap.h"

static void test_parse(void)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t n;
		int consumed, kind, payload_bytes;
	} rows[] = {
		{"nothing", "", 0, 0, 0, 0},
		{"one byte", "\x10", 1, 0, 0, 0},
		{"two bytes", "\x10\x01", 2, 0, 0, 0},
		{"end", "\0\0\0", 3, 3, ASOCK_END, 0},
		{"end, and a byte after it", "\0\0\0\x10", 4, 3, ASOCK_END, 0},
		{"uuid",
			"\x01\0\x10"
			"0123456789abcdef",
			19, 19, ASOCK_UUID, 16},
		{"uuid without its last byte",
			"\x01\0\x10"
			"0123456789abcde",
			18, 0, 0, 0},
		{"digit", "\x03\0\1#", 4, 4, ASOCK_DTMF, 1},
		{"audio of no samples", "\x10\0\0", 3, 3, ASOCK_AUDIO_8K, 0},
		{"audio of odd length", "\x12\0\3abc", 6, 6, ASOCK_AUDIO_16K, 3},
		{"error code", "\xff\0\1\1", 4, 4, ASOCK_ERROR, 1},
		{"unknown kind", "\x42\0\2ab", 5, 5, 0x42, 2},
		{"the length is big endian", "\x10\1\0", 3, 0, 0, 0},
		{"HTTP is a long message of kind G", "GET / HTTP/1.1\r\n\r\n", 18, 0, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct asock_msg m = {.kind = 0xee};
		int got = asock_parse((const uint8_t *)rows[i].bytes, rows[i].n, &m);

		is_int(got, rows[i].consumed, "parse %s", rows[i].name);
		if (rows[i].consumed == 0) {
			is_int(m.kind, 0xee, "%s: nothing set", rows[i].name);
			continue;
		}
		ok(m.kind == rows[i].kind && m.payload_bytes == rows[i].payload_bytes &&
				m.payload == (const uint8_t *)rows[i].bytes + 3,
			"%s: kind and payload", rows[i].name);
	}
}

static void test_largest(void)
{
	uint8_t *p = calloc(1, ASOCK_MAX_BYTES);
	struct asock_msg m;

	asock_header(p, ASOCK_AUDIO_LAST, 65535);
	is_int(asock_parse(p, ASOCK_MAX_BYTES - 1, &m), 0, "largest message less one byte");
	is_int(asock_parse(p, ASOCK_MAX_BYTES, &m), ASOCK_MAX_BYTES, "largest message");
	is_int(m.payload_bytes, 65535, "its payload");
	free(p);
}

static void test_kinds(void)
{
	static const int hz[] = {8000, 12000, 16000, 24000, 32000, 44100, 48000, 96000, 192000};
	bool same = true, others = true, digits = true;

	for (int kind = 0; kind < 256; kind++) {
		bool audio = kind >= 0x10 && kind <= 0x18;
		same &= asock_rate((uint8_t)kind) == (audio ? hz[kind - 0x10] : 0);
		digits &= asock_is_digit((uint8_t)kind) ==
			(kind && strchr("0123456789*#ABCD", kind));
	}
	ok(same, "the rate of every kind");
	ok(digits, "16 bytes are digits");
	for (int rate = 1; rate <= 200000; rate++) {
		uint8_t kind = asock_audio_kind(rate);
		others &= kind == 0 || asock_rate(kind) == rate;
	}
	ok(others, "no other rate has a kind");
	for (int i = 0; i < 9; i++)
		is_int(asock_audio_kind(hz[i]), 0x10 + i, "kind of %d Hz", hz[i]);
	is_int(asock_audio_kind(0), 0, "no kind has rate 0");
}

static void test_uuid(void)
{
	static const char *const refused[] = {
		"",
		"0",
		"123e4567e89b12d3a456426614174000",
		"{123e4567-e89b-12d3-a456-426614174000}",
		"urn:uuid:123e4567-e89b-12d3-a456-426614174000",
		" 123e4567-e89b-12d3-a456-426614174000",
		"123e4567-e89b-12d3-a456-426614174000 ",
		"123e4567-e89b-12d3-a456-42661417400",
		"123e4567-e89b-12d3-a456-42661417400g",
		"123e4567-e89b-12d3-a456_426614174000",
		"123e4567e-89b-12d3-a456-426614174000",
		"123e4567-e89b-12d3-a456-4266141740/0",
		"123e4567-e89b-12d3-a456-426614174:00",
		"123e4567-e89b-12d3-a456-4266141740@0",
		"123e4567-e89b-12d3-a456-42661417400\x80",
	};
	static const uint8_t want[ASOCK_UUID_BYTES] = {0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b, 0x12,
		0xd3, 0xa4, 0x56, 0x42, 0x66, 0x14, 0x17, 0x40, 0x00};
	uint8_t uuid[ASOCK_UUID_BYTES] = {0};
	char text[ASOCK_UUID_TEXT];

	is_int(asock_uuid_parse("123E4567-e89b-12d3-A456-426614174000", uuid), 0, "either case");
	ok(memcmp(uuid, want, sizeof(uuid)) == 0, "its bytes");
	asock_uuid_text(uuid, text);
	is_str(text, "123e4567-e89b-12d3-a456-426614174000", "text is lower case");
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		is_int(asock_uuid_parse(refused[i], uuid), -1, "refused: '%s'", refused[i]);
	ok(memcmp(uuid, want, sizeof(uuid)) == 0, "what is refused changes nothing");

	uint64_t state = 7;
	bool same = true;
	for (int i = 0; i < 1000; i++) {
		uint8_t back[ASOCK_UUID_BYTES];
		random_fill(&state, uuid, sizeof(uuid));
		asock_uuid_text(uuid, text);
		same &= asock_uuid_parse(text, back) == 0 && memcmp(back, uuid, sizeof(uuid)) == 0;
	}
	ok(same, "1000 UUIDs to text and back");
}

/* A connection: what was sent, and how far it has been taken off the other end. */
struct wire {
	uint8_t *bytes;
	size_t n, size;
};

static void send_message(struct wire *w, uint8_t kind, uint16_t payload_bytes, uint64_t *state)
{
	if (w->size - w->n < ASOCK_MAX_BYTES) {
		w->size = w->size * 2 + ASOCK_MAX_BYTES;
		w->bytes = realloc(w->bytes, w->size);
	}
	asock_header(w->bytes + w->n, kind, payload_bytes);
	random_fill(state, w->bytes + w->n + ASOCK_HEADER_BYTES, payload_bytes);
	w->n += (size_t)ASOCK_HEADER_BYTES + payload_bytes;
}

static void send_call(struct wire *w, uint64_t *state)
{
	static const uint16_t sizes[] = {
		0, 1, 2, 29, 160, 224, 255, 256, 257, 320, 321, 640, 65535};

	send_message(w, ASOCK_UUID, ASOCK_UUID_BYTES, state);
	for (size_t i = random_below(state, 60); i > 0; i--) {
		uint8_t kind = random_below(state, 8) ? ASOCK_AUDIO_8K
						      : (uint8_t)random_next(state);
		/* The largest is one in a hundred or so, not one in thirteen. */
		size_t which = random_below(
			state, ARRAY_LEN(sizes) - (random_below(state, 8) != 0));
		send_message(w, kind, sizes[which], state);
	}
	send_message(w, ASOCK_END, 0, state);
}

/* A receiver that gets `chunk` bytes at a time (0: of any size), holds only what it has not consumed, and writes each
 * message again. True if that is what was sent; *ret_audio is the sum of audio bytes. */
static bool receive(const struct wire *w, size_t chunk, uint64_t *state, size_t *ret_audio)
{
	size_t got = 0, start = 0, rebuilt = 0;
	bool same = true;

	*ret_audio = 0;
	while (got < w->n) {
		size_t n = chunk ? chunk
				 : 1 + random_below(state, random_below(state, 2) ? 7 : 2000);
		got = got + n < w->n ? got + n : w->n;
		/* A copy of its own, so that a sanitizer sees a byte read too far. */
		uint8_t *have = malloc(got - start);
		memcpy(have, w->bytes + start, got - start);
		size_t used = 0;
		struct asock_msg m;
		int consumed;
		while ((consumed = asock_parse(have + used, got - start - used, &m)) > 0) {
			uint8_t header[ASOCK_HEADER_BYTES];
			asock_header(header, m.kind, m.payload_bytes);
			same &= memcmp(header, w->bytes + rebuilt, sizeof(header)) == 0 &&
				memcmp(m.payload, w->bytes + rebuilt + sizeof(header),
					m.payload_bytes) == 0;
			rebuilt += sizeof(header) + m.payload_bytes;
			used += (size_t)consumed;
			*ret_audio += asock_rate(m.kind) ? m.payload_bytes : 0;
		}
		start += used;
		free(have);
	}
	return same && rebuilt == w->n && start == w->n;
}

static void test_any_split(void)
{
	for (uint64_t seed = 1; seed <= 200; seed++) {
		uint64_t state = seed;
		struct wire w = {0};
		size_t whole, parts;

		send_call(&w, &state);
		bool same = receive(&w, w.n, &state, &whole);
		for (int i = 0; i < 3; i++)
			same &= receive(&w, 0, &state, &parts) && parts == whole;
		same &= w.n > 40000 || (receive(&w, 1, &state, &parts) && parts == whole);
		if (!same || seed % 50 == 0)
			ok(same, "any split gives the same messages, seeds up to %d", (int)seed);
		free(w.bytes);
	}
}

int main(void)
{
	test_parse();
	test_largest();
	test_kinds();
	test_uuid();
	test_any_split();
	return done_testing();
}
