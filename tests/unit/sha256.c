/* SHA-256 against the examples of FIPS 180 and RFC 4231, and against itself in pieces. */
#include "base/sha256.h"

#include "random.h"
#include "tap.h"

static const char *hash(const void *p, size_t n)
{
	static char hex[SHA256_HEX];
	uint8_t digest[SHA256_BYTES];
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, p, n);
	sha256_end(&s, digest);
	sha256_hex(digest, hex);
	return hex;
}

static const char *hmac(const void *key, size_t key_bytes, const void *p, size_t n)
{
	static char hex[SHA256_HEX];
	uint8_t digest[SHA256_BYTES];

	sha256_hmac(key, key_bytes, p, n, digest);
	sha256_hex(digest, hex);
	return hex;
}

/* NIST, Secure Hash Algorithm examples, and the long message of FIPS 180-2, B.3. */
static void test_examples(void)
{
	static char a[1000000];

	is_str(hash("", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"nothing");
	is_str(hash("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"abc");
	is_str(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "two blocks");
	memset(a, 'a', sizeof a);
	is_str(hash(a, sizeof a),
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "a million a");
}

/* RFC 4231, cases 1 to 4, 6 and 7. */
static void test_hmac(void)
{
	uint8_t key[131], text[50];

	memset(key, 0x0b, 20);
	is_str(hmac(key, 20, "Hi There", 8),
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", "case 1");
	is_str(hmac("Jefe", 4, "what do ya want for nothing?", 28),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "case 2");
	memset(key, 0xaa, sizeof key);
	memset(text, 0xdd, sizeof text);
	is_str(hmac(key, 20, text, 50),
		"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe", "case 3");
	for (int i = 0; i < 25; i++)
		key[i] = (uint8_t)(i + 1);
	memset(text, 0xcd, sizeof text);
	is_str(hmac(key, 25, text, 50),
		"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b", "case 4");
	memset(key, 0xaa, sizeof key);
	is_str(hmac(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", "case 6");
	is_str(hmac(key, 131,
		       "This is a test using a larger than block-size key and a larger than "
		       "block-size data. The key needs to be hashed before being used by the HMAC "
		       "algorithm.",
		       152),
		"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2", "case 7");
}

/* Every length around the blocks, cut anywhere: the same digest. */
static void test_pieces(void)
{
	uint8_t bytes[200], digest[SHA256_BYTES];
	char hex[SHA256_HEX];
	uint64_t seed = 1;
	int wrong = 0;

	random_fill(&seed, bytes, sizeof bytes);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		struct sha256 s;
		size_t done = 0;

		sha256_init(&s);
		while (done < n) {
			size_t now = 1 + random_below(&seed, n - done);

			sha256_add(&s, bytes + done, now);
			done += now;
		}
		sha256_end(&s, digest);
		sha256_hex(digest, hex);
		wrong += strcmp(hex, hash(bytes, n)) != 0;
	}
	is_int(wrong, 0, "in pieces as at once");
}

int main(void)
{
	test_examples();
	test_hmac();
	test_pieces();
	return done_testing();
}
