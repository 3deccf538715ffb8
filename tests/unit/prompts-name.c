#include "name.h"

#include "tap.h"

static void named(const char *path, const char *operand, const char *name)
{
	char *operands[] = {(char *)(uintptr_t)operand, NULL}, got[PATH_MAX];
	const char *why;

	name_of(path, operands, got, &why);
	is_str(why ? "" : got, name, "%s of %s", path, operand);
}

int main(void)
{
	named("hello.wav", "hello.wav", "hello");
	named("/a/b/hello.v2.mp3", "/a/b/hello.v2.mp3", "hello.v2");
	named("a/fr/hello.wav", "a", "fr/hello");
	named("a/fr/hello.wav", "a//", "fr/hello");
	named("a/fr/hello.wav", "a/fr", "hello");
	named("a//fr/hello.wav", "a", "fr/hello");
	named("/hello.wav", "/", "hello");
	named("/x/hello.wav", "/", "x/hello");
	named("ab/hello.wav", "a", "hello");
	named("a/../hello.wav", "a", "hello");
	named("a/./x/hello.wav", "a", "hello");
	named("a/x//hello.wav", "a", "hello");
	named("a/x.d/hello", "a", "x.d/hello");
	named("a/.wav", "a", ".wav");
	named("a/..wav", "a", ".");
	named("a/", "a", "");
	named("", "a", "");
	named("a/\xff.wav", "a", "");
	named("a/\xff/hello.wav", "b", "hello");
	named("b/\xd0\xb0.wav", "b", "\xd0\xb0");
	return done_testing();
}
