/* A model in the dialogue: what it is asked, and what of its answers it is told was heard. */
#include "model-call.h"

static void test_words(void)
{
	begin("words");
	is_int(got.n, 0, "the state speaks for itself first");
	hear_all(0);
	say("Do you have tyres?");
	is_int(got.n, 1, "the model is asked");
	is_str(got.chat,
		"bot: Wheels and Sons. | bot: What can I do for you? | user: Do you have tyres?",
		"with what was heard and said");
	ok(strstr(e.converse.chat.system, "The language of the call is en."),
		"told about the line behind its prompt");
	ok(strstr(e.converse.chat.system, "shop for tyres") ||
			strstr(e.converse.chat.system, "Be brief"),
		"its prompt");
	ok(strstr(e.converse.chat.system, "Wheels and Sons"), "with the variables in it");
	is_int(e.converse.chat.tools, 7, "four tools, and three ways of ours");
	sentence("Yes, we do.");
	is_int(got.says, 3, "a sentence is said as it comes");
	sentence("## All **sizes**.");
	sentence("`Winter` and summer.");
	done("done");
	is_str(got.said, "Wheels and Sons. What can I do for you? Yes, we do. All sizes.",
		"two are ahead of what is heard, without what is for eyes");
	playing(2);
	at(e.now_ms + 1000);
	played(2, "played", 1000, 1000);
	playing(3);
	ok(strstr(got.said, "Winter and summer."), "the third leaves when the first is heard");
	end();
}

static void test_cut(void)
{
	begin("cut");
	hear_all(0);
	say("What do you have?");
	sentence("We have winter tyres and summer tyres.");
	sentence("They all are here.");
	sentence("Nobody hears this.");
	done("done");
	playing(2);
	at(e.now_ms + 2000);
	voice(500); /* as-speak holds it meanwhile */
	words("how much?");
	is_int(got.flushes, 1, "words into the answer cut it off");
	is_int(got.n, 1, "the next question waits for what was heard");
	played(2, "cleared", 1000, 2000);
	is_int(got.n, 1, "of all");
	played(3, "cleared", 0, 1000);
	played(4, "cleared", 0, 1000);
	is_int(got.n, 2, "then it is asked");
	is_str(got.chat,
		"bot: Wheels and Sons. | bot: What can I do for you? | user: What do you have? | bot: We have "
		"winter | user: how much?",
		"the model is told what was heard, and no more");
	sentence("Sixty euros.");
	model("model-wait", json_object());
	at(e.now_ms + 400);
	voice(500);
	ok(got.cancelled, "who goes on before the answer is heard takes it back");
	is_str(got.model, "cancelled", "and the question");
	words("and are they good?");
	played(got.says - 1, "cleared", 0, 1000);
	is_int(got.n, 3, "it is asked once more");
	is_str(strrchr(got.chat, '|'), "| user: how much? and are they good?",
		"both transcripts are one thing the caller said");
	end();
}

static void test_heard_before_end(void)
{
	begin("before");
	hear_all(0);
	say("What do you have?");
	sentence("We have tyres.");
	playing(2);
	at(e.now_ms + 1000);
	played(2, "played", 1000, 1000);
	sentence("And we have rims.");
	playing(3);
	at(e.now_ms + 1500);
	got.cancelled = false;
	voice(900);
	ok(got.cancelled, "a long voice into an answer that still comes breaks it off");
	played(3, "cleared", 1000, 2000);
	words("stop");
	is_int(got.n, 2, "the model is asked anew");
	is_str(strrchr(got.chat, '|') - strlen("bot: We have tyres. And we "),
		"bot: We have tyres. And we | user: stop",
		"the answer that did not come to its end is there as far as it was heard");
	sentence("* Press # for more, or *.");
	ok(strstr(got.said, "Press # for more, or *.") && !strstr(got.said, "* Press"),
		"and goes on: keys are said, what is for eyes is not");
	end();
}

static void test_filler(void)
{
	begin("filler");
	hear_all(0);
	say("Do you have tyres?");
	model("model-wait", json_object());
	ok(strstr(got.said, "One moment."), "an answer that takes its time has a wait phrase");
	playing(2);
	at(e.now_ms + 800);
	played(2, "played", 800, 800);
	at(e.now_ms + 8000);
	ok(strstr(got.said, "Still looking."), "and after a while another");
	sentence("Yes.");
	done("done");
	hear_all(3);
	say("Good.");
	ok(!strstr(got.chat, "moment") && !strstr(got.chat, "looking"), "which the chat has not");
	is_str(strrchr(got.chat, '|') - strlen("user: Do you have tyres? | bot: Yes. "),
		"user: Do you have tyres? | bot: Yes. | user: Good.", "only the answer");
	end();
}

static void test_tools(void)
{
	begin("tools");
	hear_all(0);
	say("Do you have tyres, and is my order there?");
	sentence("Let me look.");
	calls("stock {\"size\":\"R15\"}\nstock {\"size\":\"R16\"}\nfind_order {\"number\":4217}");
	is_int(got.tools, 3, "three tools at once");
	is_str(got.arguments[2], "{\"number\":\"4217\"}", "arguments are put into their types");
	ended(got.tool[1], TOOL_OK, "{\"price\":60}");
	ended(got.tool[0], TOOL_OK, "[]");
	is_int(got.n, 1, "all are waited for");
	playing(2);
	at(e.now_ms + 1000);
	played(2, "played", 1000, 1000);
	ended(got.tool[2], TOOL_FAILED, NULL);
	running_from = got.tools;
	is_int(got.n, 2, "then the model is asked again");
	is_str(strstr(got.chat, "bot: Let"),
		"bot: Let me look.[stock {\"size\":\"R15\"}][stock {\"size\":\"R16\"}][find_order "
		"{\"number\":4217}] | result: {\"price\":60} | result: [] | failed: it would not",
		"with what came of them behind what it said");
	sentence("R16 are sixty.");
	done("done");
	hear_all(3);
	say("And R17?");
	calls("stock {\"size\":\"R17\"}");
	voice(500);
	is_int(got.stopped, 1, "who goes on before anything is heard ends what only reads");
	words("no, R16");
	is_str(strrchr(got.chat, '|'), "| user: And R17? no, R16",
		"and the call is as if it had not been made");
	end();
}

static void test_effect(void)
{
	begin("effect");
	hear_all(0);
	say("Order four.");
	calls("order {\"size\":\"R16\",\"quantity\":4}\nleave {\"exit\":\"done\"}");
	is_int(got.tools, 1, "an order is on its way");
	say("wait");
	is_int(got.stopped, 0, "it is not broken off");
	is_int(got.n, 1, "and waited for");
	ended(got.tool[0], TOOL_OK, "{\"number\":7}");
	running_from = got.tools;
	is_int(got.n, 2, "before the model is asked");
	is_str(strstr(got.chat, "| failed"),
		"| failed: not done: the caller went on | result: {\"number\":7} | user: wait",
		"the order is made, and the caller has not left");
	is_str(got.state, "talk", "nor the dialogue");
	end();
}

static void test_late(void)
{
	json_t *result = json_object();

	begin("late");
	hear_all(0);
	say("Order four.");
	calls("order {\"size\":\"R16\",\"quantity\":4}");
	ended(got.tool[0], TOOL_TIMEOUT, NULL);
	running_from = got.tools;
	is_str(strrchr(got.chat, '|'),
		"| failed: it takes too long: it is not known whether it will be done",
		"an order that takes too long may still be done");
	sentence("I do not know yet.");
	done("done");
	hear_all(2);
	say("So?");
	engine_tool_done(&e,
		&(struct tool_end){
			.id = got.tool[0], .status = TOOL_OK, .result = result, .late = true});
	json_decref(result);
	voice(500);
	words("is it?");
	is_str(strrchr(got.chat, '|'), "| user: So? is it?", "who goes on is answered");
	ok(strstr(got.chat,
		   "user: (The tool order, which took too long, has done its work after all.) | user: So?"),
		"with what has become of it, which nobody takes back");
	end();
}

static void test_exits(void)
{
	begin("exits");
	hear_all(0);
	say("Order four.");
	calls("order {\"size\":\"R16\",\"quantity\":4}\nleave {\"exit\":\"done\"}");
	ended(got.tool[0], TOOL_FAILED, NULL);
	is_str(got.state, "talk", "who leaves because of something that was not done does not");
	is_str(strstr(got.chat, "| failed"),
		"| failed: it would not | failed: not done: something before it was not done",
		"and is told");
	sentence("It did not work.");
	calls("goal {\"goal\":\"callback\"}\ngoal {\"goal\":\"callback\"}");
	hear_all(2);
	is_int(got.n, 2, "the model need not be asked for that");
	say("Bye then");
	ok(strstr(got.results, "{\"goals\":[\"callback\"]}") != NULL, "once");
	calls("leave {\"exit\":\"done\"}");
	is_str(got.state, "bye", "an exit is a state");
	end();
}

static void test_rules(void)
{
	begin("rules");
	hear_all(0);
	say("Do you have tyres?");
	sentence("Yes.");
	done("done");
	hear_all(2);
	say("I want to speak to a person");
	is_int(got.n, 1, "rules of the scenario are valid");
	is_str(got.state, "people", "and lead out");
	end();

	begin("keys");
	hear_all(0);
	for (const char *k = "4217"; *k; k++)
		event("dtmf",
			json_pack("{s:s%,s:I}", "digit", k, (size_t)1, "timestamp",
				(json_int_t)e.now_ms));
	is_int(got.n, 0, "keys are gathered");
	at(e.now_ms + 3500);
	is_int(got.n, 1, "and put to the model");
	ok(strstr(got.chat, "user: 4217 | user: (The caller pressed these keys.)"), "in one piece");
	sentence("That is an order.");
	event("dtmf", json_pack("{s:s,s:I}", "digit", "0", "timestamp", (json_int_t)e.now_ms));
	is_str(got.state, "people", "one that has a rule is answered by it at once");
	ok(got.cancelled, "and the model is not wanted any more");
	end();
}

static void test_gone(void)
{
	begin("gone");
	hear_all(0);
	say("Hello?");
	done("failed");
	is_str(got.state, "problem", "if nobody answers that is a technical problem");
	end();

	begin("broke");
	hear_all(0);
	say("Hello?");
	sentence("Good day.");
	done("truncated");
	is_str(got.state, "talk", "an answer that breaks off is what was said of it");
	end();
}

static void test_resumed(void)
{
	json_t *saved = json_pack("{s:s,s:s,s:{},s:[{s:s,s:s},{s:s,s:s,s:b}]}", "scenario", "shop",
		"state", "silent", "variables", "talk", "who", "caller", "text", "I need tyres.",
		"who", "bot", "text", "Which size", "cut", 1);

	begin_again("resumed", saved);
	json_decref(saved);
	hear_all(0);
	say("yes");
	is_int(got.n, 1, "a call that was cut off goes on");
	is_str(got.chat, "bot: Shall we go on? | user: I need tyres. | bot: Which size | user: yes",
		"and the model knows what was said in it");
	end();
}

int main(void)
{
	if (!load())
		return 1;
	test_words();
	test_cut();
	test_heard_before_end();
	test_filler();
	test_tools();
	test_effect();
	test_late();
	test_exits();
	test_rules();
	test_gone();
	test_resumed();
	scenario_free(sc);
	return done_testing();
}
