/* call-file: what of a contact, which is anybody's text, goes with a call. */
#include "call-file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static char dir[] = "call-file.XXXXXX";

static struct claim claim(const char *vars)
{
	return (struct claim){.call_id = "0b5c3a52-3b1f-4c11-8c39-94f2a1f6f2a1",
		.phone = "+33612345678",
		.caller_id = "+33162000000",
		.campaign_id = "camp_0badcafe",
		.scenario = "qualify",
		.contact_id = "7",
		.vars = vars,
		.talk_s = 90};
}

#define KNOWN \
	"from=+33162000000\nto=+33612345678\ncampaign=camp_0badcafe\nscenario=qualify\ncontact_id=7\n"

static char *written(const char *vars)
{
	struct claim c = claim(vars);
	static char *text;
	char path[PATH_MAX];
	size_t n;

	free(text);
	text = NULL;
	snprintf(path, sizeof(path), "%s/%s", dir, c.call_id);
	if (call_file_write(dir, &c) < 0 || read_file(path, 1 << 20, &text, &n) < 0)
		return NULL;
	call_file_remove(dir, c.call_id);
	ok(access(path, F_OK) == -1, "and it is removed");
	return text;
}

static const struct {
	const char *what, *vars, *lines;
} cases[] = {
	{"nothing more is known", "", ""},
	{"no JSON", "{\"a\":", ""},
	{"columns", "{\"first_name\": \"Zoé\", \"floor\": 3, \"share\": 0.5, \"vip\": true}",
		"first_name=Zoé\nfloor=3\nshare=0.5\nvip=true\n"},
	{"what is empty, or no word", "{\"a\": \"\", \"b\": null, \"c\": [1], \"d\": {}}", ""},
	{"a line in a value is none", "{\"notes\": \"x\\nfrom=112\\r\\nto=15\"}",
		"notes=x from=112  to=15\n"},
	{"control characters", "{\"notes\": \"a\\u0000b\"}", ""},
	{"a column that is called as what we say ourselves",
		"{\"from\": \"112\", \"to\": \"15\", \"campaign\": \"x\"}", ""},
	{"names that are none",
		"{\"a b\": \"1\", \"1a\": \"1\", \"a=b\": \"1\", \"é\": \"1\", \"\": \"1\","
		" \"abcdefghijklmnopqrstuvwxyzabcdefg\": \"1\", \"_ok1\": \"1\"}",
		"_ok1=1\n"},
};

int main(void)
{
	struct claim c = claim("");
	json_t *variables;
	char big[20000], want[600];

	if (!mkdtemp(dir))
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(want, sizeof(want), KNOWN "%s", cases[i].lines);
		is_str(written(cases[i].vars), want, "%s", cases[i].what);
	}
	/* 255 bytes, then a character of two, which is not cut in half */
	snprintf(big, sizeof(big), "{\"a\": \"%0255dé\"}", 0);
	snprintf(want, sizeof(want), KNOWN "a=%0255d\n", 0);
	is_str(written(big), want, "a long value is cut between two characters");

	/* 100 of 257 bytes and their names: more than as-answer reads */
	{
		json_t *many = json_object();
		char name[8], *text, *file;

		memset(want, 'x', 256);
		want[256] = '\0';
		for (int i = 0; i < 100; i++) {
			snprintf(name, sizeof(name), "v%02d", i);
			json_object_set_new(many, name, json_string(want));
		}
		text = json_dumps(many, 0);
		file = written(text);
		ok(file && strlen(file) <= 16384 && strncmp(file, KNOWN, strlen(KNOWN)) == 0 &&
				strstr(file, "\nv61=") && !strstr(file, "\nv99=") &&
				file[strlen(file) - 1] == '\n',
			"what there is no room for is left out");
		free(text);
		json_decref(many);
	}

	variables = call_file_variables(&c);
	is_str(json_string_value(json_object_get(variables, "CALLUUID")), c.call_id,
		"the id, for the dialplan");
	is_str(json_string_value(json_object_get(variables, "CALLPIPE_TALK_S")), "90",
		"the longest talk");
	json_decref(variables);
	is_int(call_file_write(NULL, &c), 0, "without a folder nothing is written");
	is_int(call_file_write("call-file.nowhere", &c), -1, "a folder that is none");
	rmdir(dir);
	return done_testing();
}
