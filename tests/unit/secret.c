/* secret: where keys are looked for, in which order, and that no message has any of them. */
#include "base/secret.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static char folder[PATH_MAX];

static const char *put(const char *name, const void *p, size_t n)
{
	static char path[PATH_MAX];

	if (format_path(path, "%s/%s", folder, name) || replace_file(path, p, n))
		printf("Bail out! cannot write '%s'\n", path);
	return path;
}

static void found(const char *name, const char *want, const char *text)
{
	char *got, why[SECRET_WHY_MAX];

	is_int(secret_find(name, &got, why), 0, "%s", text);
	if (want)
		is_str(got, want, "%s: it", text);
	else
		ok(!got, "%s: nothing", text);
	is_str(why, "", "%s: no word", text);
	secret_free(got);
}

static void refused(const char *name, const char *want, const char *text)
{
	char *got, why[SECRET_WHY_MAX];

	is_int(secret_find(name, &got, why), -1, "%s", text);
	ok(!got, "%s: nothing", text);
	is_str(why, want, "%s: why", text);
}

static void hidden(const char *said, const char *want, const char *text)
{
	char got[64];

	snprintf(got, sizeof got, "%s", said);
	secret_hide(got, "sk-0123456789");
	is_str(got, want, "%s", text);
}

int main(void)
{
	char said[] = "no sk-12, sk-1234567890, sk-123**90 and (sk-1234567890)";
	static char long_key[SECRET_MAX + 2];
	const char *tmp = getenv("TMPDIR");

	if (format_path(folder, "%s/secret-XXXXXX", tmp ? tmp : "/tmp") || !mkdtemp(folder))
		return 1;
	clearenv();
	ok(!secret_is_variable("ACME_PIN=1"), "a variable like another");
	found("ACME_PIN", NULL, "none");
	ok(secret_is_variable("ACME_PIN=1"), "that was looked for");
	ok(secret_is_variable("CALLPIPE_ACME_PIN=1"), "by its other name");
	found("ACME_KEY", NULL, "none");
	ok(secret_is_variable("SHOP_DSN=host=x password=y"), "of a database");
	ok(!secret_is_variable("ACME_KEY_FILE=1"), "a file is no secret");
	ok(secret_is_variable("OPENAI_API_KEY=1"), "a vendor's");
	ok(secret_is_variable("CALLPIPE_STT_KEY=1"), "of stt");
	ok(secret_is_variable("CALLPIPE_TTS_KEY_PIPER=1"), "of an engine");
	ok(!secret_is_variable("CALLPIPE_TTS_KEY_PIPER_FILE=1"), "its file is none");
	ok(!secret_is_variable("CALLPIPE_SPOOL=/x"), "no secret");
	ok(!secret_is_variable("PATH"), "nor this");
	setenv("CALLPIPE_PROGRAM_KEYS", "OTHER, ACME_KEY OPENAI_API_KEY", 1);
	ok(!secret_is_variable("ACME_KEY=1"), "asked for");
	ok(!secret_is_variable("OPENAI_API_KEY=1"), "asked for, too");
	ok(secret_is_variable("GROQ_API_KEY=1"), "not asked for");
	unsetenv("CALLPIPE_PROGRAM_KEYS");
	secret_hide(said, "sk-1234567890");
	is_str(said, "no sk-12, *************, ********** and (*************)",
		"what is said back of a key");
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	found("ACME_KEY", NULL, "a folder of credentials without it");
	put("ACME_KEY", "\n credential \r\n", 15);
	found("ACME_KEY", "credential", "a credential, trimmed");
	put("FILE_KEY", "from-file\n", 10);
	setenv("ACME_KEY_FILE", put("FILE_KEY", "from-file\n", 10), 1);
	found("ACME_KEY", "from-file", "a file comes before a credential");
	setenv("ACME_KEY", "plain", 1);
	found("ACME_KEY", "plain", "a variable before a file");
	setenv("CALLPIPE_ACME_KEY_FILE", put("FILE_KEY", "own-file", 8), 1);
	found("ACME_KEY", "own-file", "our own file before the usual variable");
	setenv("CALLPIPE_ACME_KEY", " own key\t", 1);
	found("ACME_KEY", "own key", "our own variable before all");
	setenv("CALLPIPE_ACME_KEY", "", 1);
	found("ACME_KEY", "own-file", "a variable that is empty is not set");

	setenv("CALLPIPE_ACME_KEY_FILE", "/sk-this-is-a-key", 1);
	refused("ACME_KEY", "the file of CALLPIPE_ACME_KEY_FILE: No such file or directory",
		"a file that is not there");
	setenv("CALLPIPE_ACME_KEY_FILE", put("FILE_KEY", "sk-a\nsk-b\n", 10), 1);
	refused("ACME_KEY", "the file of CALLPIPE_ACME_KEY_FILE has control characters in it",
		"two lines");
	setenv("CALLPIPE_ACME_KEY_FILE", put("FILE_KEY", "sk\0x", 4), 1);
	refused("ACME_KEY", "the file of CALLPIPE_ACME_KEY_FILE has control characters in it",
		"a NUL");
	setenv("CALLPIPE_ACME_KEY_FILE", put("FILE_KEY", " \n", 2), 1);
	refused("ACME_KEY", "the file of CALLPIPE_ACME_KEY_FILE is empty", "nothing but blanks");
	setenv("CALLPIPE_ACME_KEY_FILE", folder, 1);
	refused("ACME_KEY", "the file of CALLPIPE_ACME_KEY_FILE: Is a directory", "a folder");
	memset(long_key, 'x', sizeof long_key - 1);
	setenv("CALLPIPE_ACME_KEY", long_key, 1);
	refused("ACME_KEY", "CALLPIPE_ACME_KEY is too long", "a key that is too long");
	long_key[SECRET_MAX] = '\0';
	setenv("CALLPIPE_ACME_KEY", long_key, 1);
	found("ACME_KEY", long_key, "the longest");
	secret_free(NULL);
	hidden("no key 'sk-0123456789'!", "no key '*************'!", "a key in a message");
	hidden("sk-0123***89 sk-0123", "************ *******", "as much of it as they tell");
	hidden("a risk-free sk-01 sk", "a risk-free sk-01 sk", "so little gives nothing away");
	hidden("sk-0123456789sk-0123456789", "**************************", "twice");
	secret_hide(long_key, NULL);
	is_int((int)strspn(long_key, "x"), SECRET_MAX, "where there is none nothing is hidden");

	unlink(put("ACME_KEY", "", 0));
	unlink(put("FILE_KEY", "", 0));
	rmdir(folder);
	return done_testing();
}
