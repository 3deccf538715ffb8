/* English. */
#include "language.h"

static const char *const yes[] = {"yes", "yeah", "yep", "yup", "ya", "yah", "aye", "yes please",
	"sure", "sure thing", "of course", "certainly", "definitely", "absolutely", "indeed",
	"exactly", "precisely", "correct", "that's right", "that's correct", "that's it",
	"that's me", "this is he", "this is she", "speaking", "ok", "okay", "alright", "all right",
	"that's fine", "sounds good", "sounds great", "go ahead", "please do", "perfect", "great",
	"excellent", "wonderful", "fantastic", "awesome", "brilliant", "lovely", "affirmative",
	"agreed", "i agree", "i am interested", "i'm interested", "interested", "i'd love to",
	"i would love to", "i'd like that", "with pleasure", "gladly", "it's working", "it worked",
	"working now", "that works", "that worked", "it's fixed", "it's back", "very good",
	"very well", "good idea", "confirmed", "i confirm", "why yes", "it's done", "^i do$",
	"^i am$", "^it is$", "^it does$", "^it did$", "^i would$", "^i will$", "^done$", "true",
	"it works", "works now", "^right$", "right yes", "fine", "^i have$", "^we do$", "^we are$",
	NULL};

static const char *const no[] = {"no", "nope", "nah", "no no", "no thanks", "no thank you",
	"not at all", "absolutely not", "definitely not", "certainly not", "of course not",
	"no way", "never", "not interested", "not * interested", "don't want", "doesn't interest",
	"don't need", "don't like", "don't care", "don't think so", "not now", "not right now",
	"not today", "no time", "don't have time", "don't have the time", "negative", "i refuse",
	"i decline", "forget it", "not correct", "not right", "that's wrong", "that's not right",
	"that's not it", "incorrect", "wrong", "doesn't work", "does not work", "didn't work",
	"did not work", "isn't working", "not working", "is not working", "still not working",
	"still not", "still nothing", "still doesn't", "still isn't", "not yet", "no luck",
	"not me", "that's not me", "no longer interested", "no interest", "not for me",
	"didn't help", "stopped working", "^i don't$", "^i do not$", "^i'm not$", "^i am not$",
	"^i won't$", "^i can't$", "^it doesn't$", "^it does not$", "^it isn't$", "^it didn't$",
	"^it's not$", "i'd rather you didn't", NULL};

static const char *const operator[] = {"operator", "agent", "representative", "human",
	"human being", "real person", "live person", "actual person", "a person", "somebody",
	"speak to someone", "talk to someone", "speak with someone", "talk with someone",
	"speak to * manager", "talk to * manager", "supervisor", "manager", "customer service",
	"customer support", "advisor", "adviser", "technician", "receptionist", "reception",
	"front desk", "switchboard", "transfer me", "connect me", "put me through", "real human",
	NULL};

static const char *const repeat[] = {"repeat", "say that again", "say it again", "say again",
	"come again", "once more", "one more time", "pardon", "pardon me", "i beg your pardon",
	"^what$", "^what was that$", "^sorry$", "^sorry what$", "^excuse me$", "huh",
	"what did you say", "what was that", "didn't catch", "did not catch", "didn't get that",
	"didn't hear", "did not hear", "can't hear", "cannot hear", "don't understand",
	"do not understand", "didn't understand", "did not understand", "not following", "louder",
	"speak up", "slower", "slow down", "more slowly", "^hello$", "^hello hello$",
	"are you there", "can you hear me", "you're breaking up", "can you repeat",
	"could you repeat", "can you say that again", "could you say that again",
	"can you say it again", "what did you just say", "what do you say", "what are you saying",
	NULL};

static const char *const wait[] = {"wait", "hold on", "hang on", "one moment", "just a moment",
	"a moment", "one second", "just a second", "a second", "one sec", "just a sec", "a sec",
	"one minute", "just a minute", "give me a minute", "give me a second", "hold the line",
	"bear with me", "let me check", "let me look", "let me see", "let me get", "let me find",
	"i'm looking", NULL};

static const char *const bye[] = {"goodbye", "good bye", "bye", "bye-bye", "see you",
	"talk to you later", "have a nice day", "have a good day", "have a good one", "take care",
	"cheerio", "i'm hanging up", "that's all", "that is all", "that'll be all",
	"that will be all", "nothing else", "good night", NULL};

static const char *const anger[] = {"fuck*", "shit", "shitty", "bullshit", "damn", "damn it",
	"goddamn", "asshole*", "bastard*", "bitch*", "idiot", "idiots", "idiotic", "stupid",
	"moron*", "screw you", "go to hell", "shut up", "piss off", "pissed off", "crap",
	"ridiculous", "outrageous", "unacceptable", "disgraceful", "disgusting", "useless", "angry",
	"furious", "livid", "fed up", "sick of", "sick and tired", "had enough", "what the hell",
	"for god's sake", "for christ's sake", "scam", "scammer*", "fraud", "rip-off", "thieves",
	"harassing", "harassment", "my lawyer", "sue you", "complaint", "terrible service",
	"waste of time", "wasting my time", "joke of a", "leave me alone", NULL};

static const char *const opt_out[] = {"don't call me", "do not call me", "don't call again",
	"do not call again", "don't call * again", "don't call anymore", "never call",
	"stop calling", "stop * calling", "quit calling", "take me off", "take my number off",
	"remove me", "remove my number", "remove my name", "delete my number", "delete my data",
	"unsubscribe", "opt out", "opt me out", "do not call list", "don't contact me",
	"do not contact me", "no more calls", "lose my number", NULL};

static const char *const unsure[] = {"don't know", "do not know", "dunno", "not sure", "i'm unsure",
	"no idea", "maybe", "perhaps", "it depends", "that depends", "depends", "we'll see",
	"i guess", "hard to say", "can't say", "don't remember", "do not remember",
	"can't remember", "i forgot", "i've forgotten", "forgotten", "don't have it",
	"do not have it", "haven't got it", "let me think", "i'll think about it", "need to think",
	"have to think", NULL};

static const char *const help[] = {"help", "help me", "what can i say", "what are my options",
	"what are the options", "options", "menu", "main menu", "what should i do", "what do i do",
	"how does this work", "i'm lost", "i'm confused", NULL};

static const char *const machine[] = {"voicemail", "voice mail", "mailbox", "answering machine",
	"leave a message", "leave me a message", "leave us a message", "leave your message",
	"leave your name", "after the tone", "after the beep", "at the tone", "at the beep",
	"sound of the tone", "can't come to the phone", "cannot come to the phone",
	"can't take your call", "cannot take your call", "unable to take your call",
	"unable to answer", "not available", "is unavailable", "isn't available",
	"you have reached", "you've reached", "get back to you", "return your call",
	"as soon as possible", "record your message", "the person you are calling",
	"the party you are calling", "the number you have dialed", "the number you have dialled",
	"the number you are calling", "has been forwarded", "not accepting calls",
	"state your name", "mailbox is full", "press pound", "press the pound", "press the hash",
	NULL};

static const char *const idioms_yes[] = {"why not", "no problem", "no problems", "not a problem",
	"no worries", "no issue", "no doubt", "no objection", "no objections", "not bad",
	"not too bad", "not half bad", "don't mind", "do not mind", "wouldn't mind",
	"wouldn't hurt", "can't complain", "could be worse", "couldn't be better",
	"couldn't agree more", "can't wait", "nothing against", "not against", "you bet",
	"by all means", "be my guest", "fair enough", "i think so", "i guess so", "i suppose so",
	"i believe so", "i hope so", "if you like", "if you want", "i'm in", "i'm game",
	"count me in", "yes indeed", "no more problems", "no longer broken", "could be interesting",
	"might be interested", "couldn't hurt", "i'm all for it", "no question", NULL};

static const char *const idioms_no[] = {"no good", "yeah right", "yeah no", "yes no", "sure no",
	"i'm good", "i'm good thanks", "i'm fine", "i'm fine thanks", "i'm all set", "all set",
	"i'm okay thanks", "i'll pass", "pass", "over my dead body", "you must be joking",
	"you're kidding", "are you kidding", "out of the question", "not really", "not exactly",
	"not quite", "not particularly", "not necessarily", "not in the slightest", "no use",
	"get lost", "i think not", "i guess not", "i suppose not", "i'm afraid not", "i doubt it",
	"thanks but no thanks", "no can do", "another time", "some other time", "bad time",
	"not a good time", "i'd rather not", "rather not", "i already have one", "already have one",
	"who cares", "couldn't care less", "far from it", "hardly", "as if", "like hell", NULL};

static const char *const idioms_neutral[] = {"hello", "hi", "good morning", "good afternoon",
	"good evening", "please", "thanks", "thank you", "thank you very much", "excuse me",
	"sorry", "i see", "well", "so", "you know", "i'm listening", "have a nice day",
	"have a good day", "how are you", "right now", "right away", "i'd like", "i would like",
	"would like", "looks like", "like this", NULL};

static const char *const questions[] = {"^what", "what is", "what's", "what are", "what do",
	"what does", "what kind", "what time", "what for", "^who", "who is", "who's", "who are",
	"^why", "why do", "why are", "why is", "^when", "when is", "when will", "^where",
	"where are", "where is", "where do", "^how", "how much", "how many", "how long", "how do",
	"how does", "how did", "how can", "how come", "which one", "^which", "^is it", "^is this",
	"^is that", "^is there", "^are you", "^are there", "^do you", "^do i", "^does it",
	"^did you", "^can you", "^can i", "^could you", "^could i", "^would you", "^will you",
	"^will it", "^have you", "^am i", "are you a robot", "is this a robot", "what's this about",
	"is it free", "and you are", NULL};

static const char *const positive[] = {"good", "nice", "well", "better", "best", "happy", "glad",
	"pleased", "satisfied", "useful", "helpful", "interesting", "curious", "like", "love",
	"enjoy", "want", "need", "cool", "super", "amazing", "beautiful", "friendly", "easy",
	"fast", "quick", "cheap", "recommend", "trust", "appreciate", "works", "working", "solved",
	"fixed", "possible", "hopefully", NULL};

static const char *const negative[] = {"bad", "worse", "worst", "awful", "terrible", "horrible",
	"poor", "sad", "unhappy", "disappointed", "disappointing", "dissatisfied", "annoying",
	"annoyed", "annoys", "upset", "hate", "dislike", "problem", "problems", "issue", "issues",
	"trouble", "broken", "broke", "slow", "expensive", "difficult", "hard", "complicated",
	"impossible", "unfortunately", "busy", "tired", "boring", "spam", "sorry to say", "nothing",
	"fails", "failed", "failing", "crashed", "dead", NULL};

static const char *const negations[] = {"not", "don't", "doesn't", "didn't", "isn't", "aren't",
	"wasn't", "won't", "wouldn't", "can't", "cannot", "couldn't", "shouldn't", "haven't",
	"hasn't", "hadn't", "without", "neither", "nor", "hardly", NULL};

static const char *const backchannels[] = {"yes", "yeah", "yep", "yup", "ok", "okay", "right",
	"sure", "alright", "all right", "hm*", "mm*", "mhm", "mh*", "m", "uh", "uh-huh", "uhhuh",
	"um", "umm", "ah", "aha", "oh", "i see", "good", "great", "fine", "got it", "of course",
	"exactly", "true", "cool", "nice", "really", "wow", "perfect", "so", "well", "and", NULL};

static const char *const mailbox_full[] = {"mailbox is full", "accept any messages",
	"accept any more messages", "not accepting messages", "voicemail is full", NULL};

static const char *const screening[] = {"screening service", "call screening", "call assist",
	"say your name", "state your name", "record your name", "reason for calling",
	"reason for your call", "why you're calling", "why you are calling",
	"call is being screened", NULL};

static const char *const voicemail[] = {"leave a message", "leave me a message",
	"leave us a message", "leave your message", "leave your name", "after the tone",
	"after the beep", "at the tone", "at the beep", "sound of the tone", "record your message",
	"voicemail", "voice mail", "answering machine", "get back to you",
	"automated voice messaging", "not available * message", NULL};

static const char *const ivr[] = {"press 1", "press 2", "press 3", "press 0", "press one",
	"press two", "press three", "press zero", "press pound", "press the pound", "press star",
	"press the star", "options have changed", "main menu", "your call is important",
	"all of our agents", "all our agents", "all of our representatives", "next available",
	"may be recorded", "is being recorded", "listen carefully", NULL};

static const char *const who_calls[] = {"who is this", "who's this", "who is calling",
	"who's calling", "who are you", "who am i speaking", NULL};

const struct language language_en = {
	.code = "en",
	.yes = yes,
	.no = no,
	.operator= operator,
	.repeat = repeat,
	.wait = wait,
	.bye = bye,
	.anger = anger,
	.opt_out = opt_out,
	.unsure = unsure,
	.help = help,
	.machine = machine,
	.idioms_yes = idioms_yes,
	.idioms_no = idioms_no,
	.idioms_neutral = idioms_neutral,
	.questions = questions,
	.positive = positive,
	.negative = negative,
	.negations = negations,
	.backchannels = backchannels,
	.mailbox_full = mailbox_full,
	.screening = screening,
	.voicemail = voicemail,
	.ivr = ivr,
	.who_calls = who_calls,
};
