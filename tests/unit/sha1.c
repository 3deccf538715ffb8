/* Vectors of RFC 3174 and FIPS 180-4, lengths around a block, and those of RFC 4648 for base64. */
#include "base/sha1.h"

#include "base/base64.h"
#include "tap.h"

static const char *hash(const char *p, size_t n)
{
	static char out[2 * SHA1_BYTES + 1];
	uint8_t bytes[SHA1_BYTES];

	sha1(p, n, bytes);
	for (int i = 0; i < SHA1_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	return out;
}

static const char *base64(const char *p, size_t n)
{
	static char out[64];
	struct dynbuf b;

	dynbuf_init(&b, sizeof(out));
	base64_add(&b, p, n);
	snprintf(out, sizeof(out), "%s", b.p);
	dynbuf_free(&b);
	return out;
}

int main(void)
{
	static const char *const want[] = {
		"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
	char a[200];

	is_str(hash("", 0), "da39a3ee5e6b4b0d3255bfef95601890afd80709", "nothing");
	is_str(hash("abc", 3), "a9993e364706816aba3e25717850c26c9cd0d89d", "abc");
	is_str(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
		"84983e441c3bd26ebaae4aa1f95129e5e54670f1", "two blocks");
	memset(a, 'a', sizeof(a));
	is_str(hash(a, 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a", "55 bytes");
	is_str(hash(a, 56), "c2db330f6083854c99d4b5bfb6e8f29f201be699", "56 bytes");
	is_str(hash(a, 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d", "64 bytes");
	is_str(hash(a, 200), "e61cfffe0d9195a525fc6cf06ca2d77119c24a40", "200 bytes");
	for (size_t n = 0; n < 7; n++)
		is_str(base64("foobar", n), want[n], "base64 of %zu bytes", n);
	is_str(base64("\xff\xef\xbe", 3), "/+++", "its last letters");
	return done_testing();
}
