/* Vectors of FIPS 180-4 and RFC 4231. */
#include "base/hmac.h"

#include <stdlib.h>

#include "tap.h"

static const char *hex(const uint8_t *p)
{
	static char out[2 * SHA256_BYTES + 1];

	for (int i = 0; i < SHA256_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", p[i]);
	return out;
}

static const char *hash(const char *p, size_t n)
{
	static uint8_t out[SHA256_BYTES];

	sha256(p, n, out);
	return hex(out);
}

static const char *mac(const char *key, size_t key_bytes, const char *p, size_t n)
{
	static uint8_t out[SHA256_BYTES];

	hmac_sha256(key, key_bytes, p, n, out);
	return hex(out);
}

static void test_sha256(void)
{
	char *a = malloc(1000000);

	if (!a)
		abort();
	memset(a, 'a', 1000000);
	is_str(hash("", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"nothing");
	is_str(hash("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"abc");
	is_str(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
		"two blocks, for the length does not fit into the first");
	is_str(hash(a, 1000000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
		"a million a");
	struct sha256 s;
	uint8_t parts[SHA256_BYTES], whole[SHA256_BYTES];

	sha256(a, 1000, whole);
	sha256_begin(&s);
	sha256_add(&s, a, 1);
	sha256_add(&s, a, 63);
	sha256_add(&s, a, 0);
	sha256_add(&s, a, 936);
	sha256_end(&s, parts);
	ok(memcmp(parts, whole, sizeof(parts)) == 0, "in parts");
	free(a);
}

static void test_hmac(void)
{
	char key[131], data[50];

	memset(key, 0x0b, 20);
	is_str(mac(key, 20, "Hi There", 8),
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", "RFC 4231, 1");
	is_str(mac("Jefe", 4, "what do ya want for nothing?", 28),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "RFC 4231, 2");
	memset(key, 0xaa, sizeof(key));
	memset(data, 0xdd, sizeof(data));
	is_str(mac(key, 20, data, sizeof(data)),
		"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe", "RFC 4231, 3");
	is_str(mac(key, sizeof(key), "Test Using Larger Than Block-Size Key - Hash Key First", 54),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
		"RFC 4231, 6: a key longer than a block");
}

int main(void)
{
	test_sha256();
	test_hmac();
	return done_testing();
}
