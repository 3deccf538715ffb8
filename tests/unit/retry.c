/* retry: what vendors' errors mean, and say. */
#include "net/retry.h"

#include <stdlib.h>

#include "tap.h"

static const struct {
	int fault, status, should_retry;
	const char *body;
	int first, second; /* verdict after one request, and after two */
	bool counts;
	const char *what;
} judged[] = {
	{HTTP_OK, 200, -1, "", RETRY_OK, RETRY_OK, false, "200"},
	{HTTP_OK, 204, -1, "", RETRY_OK, RETRY_OK, false, "204"},
	{HTTP_OK, 302, -1, "", RETRY_GIVE_UP, RETRY_GIVE_UP, false, "302"},
	{HTTP_OK, 400, -1, "", RETRY_GIVE_UP, RETRY_GIVE_UP, false, "400"},
	{HTTP_OK, 400, -1, "{\"error\":{\"code\":\"tool_use_failed\",\"message\":\"m\"}}",
		RETRY_AGAIN, RETRY_GIVE_UP, false, "a bad call of a tool"},
	{HTTP_OK, 424, -1, "", RETRY_AGAIN, RETRY_GIVE_UP, false, "424"},
	{HTTP_OK, 401, -1, "", RETRY_ACCOUNT, RETRY_ACCOUNT, true, "401"},
	{HTTP_OK, 402, -1, "", RETRY_ACCOUNT, RETRY_ACCOUNT, true, "402"},
	{HTTP_OK, 403, 1, "", RETRY_ACCOUNT, RETRY_ACCOUNT, true, "403"},
	{HTTP_OK, 404, -1, "", RETRY_GIVE_UP, RETRY_GIVE_UP, false, "404"},
	{HTTP_OK, 408, -1, "", RETRY_AGAIN, RETRY_AGAIN, true, "408"},
	{HTTP_OK, 409, -1, "", RETRY_AGAIN, RETRY_AGAIN, false, "409"},
	{HTTP_OK, 413, -1, "", RETRY_GIVE_UP, RETRY_GIVE_UP, false, "413"},
	{HTTP_OK, 422, -1, "", RETRY_GIVE_UP, RETRY_GIVE_UP, false, "422"},
	{HTTP_OK, 429, -1, "slow down", RETRY_AGAIN, RETRY_AGAIN, true, "429"},
	{HTTP_OK, 429, -1,
		"{\"error\":{\"message\":\"You exceeded your current quota\",\"type\":\"insufficient_quota\","
		"\"param\":null,\"code\":\"insufficient_quota\"}}",
		RETRY_ACCOUNT, RETRY_ACCOUNT, true, "no money"},
	{HTTP_OK, 400, -1, "{\"detail\":{\"status\":\"quota_exceeded\",\"message\":\"m\"}}",
		RETRY_ACCOUNT, RETRY_ACCOUNT, true, "no money at ElevenLabs"},
	{HTTP_OK, 429, 0, "", RETRY_GIVE_UP, RETRY_GIVE_UP, true, "429, not to be tried again"},
	{HTTP_OK, 400, 1, "", RETRY_AGAIN, RETRY_AGAIN, false, "400, to be tried again"},
	{HTTP_OK, 498, -1, "", RETRY_AGAIN, RETRY_AGAIN, true, "498"},
	{HTTP_OK, 500, -1, "", RETRY_AGAIN, RETRY_AGAIN, true, "500"},
	{HTTP_OK, 501, -1, "", RETRY_GIVE_UP, RETRY_GIVE_UP, true, "501"},
	{HTTP_OK, 503, -1, "", RETRY_AGAIN, RETRY_AGAIN, true, "503"},
	{HTTP_OK, 529, -1, "", RETRY_AGAIN, RETRY_AGAIN, true, "529"},
	{HTTP_REFUSED, 0, -1, "", RETRY_AGAIN, RETRY_AGAIN, true, "refused"},
	{HTTP_SLOW, 0, -1, "", RETRY_AGAIN, RETRY_AGAIN, true, "silence"},
	{HTTP_SLOW, 401, -1, "", RETRY_ACCOUNT, RETRY_ACCOUNT, true, "401 that does not end"},
	{HTTP_BROKEN, 200, -1, "", RETRY_AGAIN, RETRY_AGAIN, true, "broken"},
	{HTTP_BROKEN, 404, -1, "", RETRY_GIVE_UP, RETRY_GIVE_UP, false, "404 that broke"},
	{HTTP_TLS, 0, -1, "", RETRY_GIVE_UP, RETRY_GIVE_UP, true, "TLS"},
	{HTTP_LONG, 200, -1, "", RETRY_GIVE_UP, RETRY_GIVE_UP, true, "endless"},
	{HTTP_UNABLE, 0, -1, "", RETRY_GIVE_UP, RETRY_GIVE_UP, false, "our own fault"},
};

static void judge(void)
{
	int64_t ms;

	for (size_t i = 0; i < ARRAY_LEN(judged); i++) {
		struct http_reply r = {.fault = (enum http_fault)judged[i].fault,
			.status = judged[i].status,
			.should_retry = judged[i].should_retry,
			.retry_after_ms = -1,
			.error = judged[i].body,
			.error_bytes = strlen(judged[i].body)};
		bool good = judged[i].first == RETRY_OK;

		is_int(retry_judge(&r, 1, false, &ms), judged[i].first, "%s", judged[i].what);
		is_int(retry_judge(&r, 2, false, &ms), judged[i].second, "%s, again",
			judged[i].what);
		is_int(retry_judge(&r, 1, true, &ms),
			judged[i].first == RETRY_AGAIN ? RETRY_GIVE_UP : judged[i].first,
			"%s, when some of it was used", judged[i].what);
		ok(retry_counts(&r) == judged[i].counts && !(good && judged[i].counts),
			"%s %s for a breaker", judged[i].what,
			judged[i].counts ? "counts" : "does not count");
	}
}

static void delays(void)
{
	struct http_reply r = {
		.status = 503, .should_retry = -1, .retry_after_ms = 1234, .error = ""};
	static const int64_t most[] = {500, 1000, 2000, 4000, 8000, 8000, 8000};
	int64_t ms, first = -1;
	bool differ = false;

	ok(retry_judge(&r, 3, false, &ms) == RETRY_AGAIN && ms == 1234, "as the server asks for");
	r.retry_after_ms = 0;
	ok(retry_judge(&r, 3, false, &ms) == RETRY_AGAIN && ms == 0,
		"at once, if it asks for that");
	r.retry_after_ms = -1;
	for (int attempt = 1; attempt <= (int)ARRAY_LEN(most); attempt++) {
		bool within = true;

		for (int i = 0; i < 100; i++) {
			within = within && retry_judge(&r, attempt, false, &ms) == RETRY_AGAIN &&
				ms <= most[attempt - 1] && ms >= most[attempt - 1] * 3 / 4;
			differ = differ || (first >= 0 && ms != first);
			first = ms;
		}
		ok(within, "after %d requests %lld ms, less up to a quarter", attempt,
			(long long)most[attempt - 1]);
	}
	ok(differ, "by lot");
	ok(retry_judge(&r, 1000000, false, &ms) == RETRY_AGAIN && ms <= 8000, "never more");
}

static const struct {
	const char *body, *message, *code;
} said[] = {
	{"", "", ""},
	{"{\"error\":{\"message\":\"Incorrect API key\",\"type\":\"invalid_request_error\",\"param\":null,"
	 "\"code\":\"invalid_api_key\"}}",
		"Incorrect API key", "invalid_api_key"},
	{"{\n  \"error\": {\n    \"message\": \"Rate limit\",\n    \"type\": \"tokens\",\n    \"code\": "
	 "null\n  }\n}\n",
		"Rate limit", "tokens"},
	{"{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}",
		"Loading model", "unavailable_error"},
	{"{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"},"
	 "\"request_id\":\"req_1\"}",
		"Overloaded", "overloaded_error"},
	{"{\"error\":\"model 'x' not found\"}", "model 'x' not found", ""},
	{"{\"err_code\":\"INVALID_AUTH\",\"err_msg\":\"Invalid credentials.\",\"request_id\":\"uuid\"}",
		"Invalid credentials.", "INVALID_AUTH"},
	{"{\"category\":\"INVALID_JSON\",\"message\":\"Invalid JSON submitted.\",\"details\":\"d\"}",
		"Invalid JSON submitted.", "INVALID_JSON"},
	{"{\"detail\":{\"status\":\"voice_not_found\",\"message\":\"A voice was not found\"}}",
		"A voice was not found", "voice_not_found"},
	{"{\"detail\": [{\"loc\": [\"body\", \"text\"], \"msg\": \"field required\", \"type\": \"missing\"}, "
	 "{\"msg\": \"other\"}]}",
		"field required", "missing"},
	{"{\"detail\":\"Not Found\"}", "Not Found", ""},
	{"{\"error_code\":\"concurrency_limited\",\"title\":\"Too many\",\"message\":\"m\"}", "m",
		"concurrency_limited"},
	{"{\"error\":{\"code\":429,\"message\":\"Quota\",\"status\":\"RESOURCE_EXHAUSTED\"}}",
		"Quota", "RESOURCE_EXHAUSTED"},
	{"{\"error\":{\"message\":\"a\\nb\\u0007\\u00e9\\u20ac\"}}", "a b \xc3\xa9\xe2\x82\xac",
		""},
	{"{\"what\":1}", "{\"what\":1}", ""},
	{"{\"error\":{\"message\":\"cut", "{\"error\":{\"message\":\"cut", ""},
	{"Too many requests\n", "Too many requests", ""},
	{"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>x</body></html>",
		"502 Bad Gateway", ""},
	{"<!doctype html><p>No <b>luck</b>", "No luck", ""},
	{"  \n", "", ""},
	{"\x01\x02\x1b[31mred", "[31mred", ""},
	{"{\"detail\":[]}", "{\"detail\":[]}", ""},
	{"{\"error\":null,\"message\":\"m\"}", "m", ""},
};

static void messages(void)
{
	char message[256], code[64], big[600];

	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		retry_message(said[i].body, strlen(said[i].body), message, sizeof message, code,
			sizeof code);
		is_str(message, said[i].message, "message %zu", i);
		is_str(code, said[i].code, "code %zu", i);
	}
	for (size_t i = 0; i + 2 < sizeof big; i += 2)
		memcpy(big + i, "\xc3\xa9", 2);
	retry_message(big, 598, message, 100, code, sizeof code);
	is_int(strlen(message), 98, "what is too long is cut between characters");
	retry_message("a\0b", 3, message, sizeof message, code, sizeof code);
	is_str(message, "a b", "a NUL is a blank");
}

int main(void)
{
	judge();
	delays();
	messages();
	return done_testing();
}
