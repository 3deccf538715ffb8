/* English. */
#include "tongue.h"

static const char *const name_before[] = {"my name is", "my name's", "my full name is",
	"the name is", "the name's", "name is", "first name is", "last name is", "surname is",
	"surname", "last name", "my first name", "I'm called", "I am called", "my name",
	"they call me", "under the name of", "under the name", "in the name of", "booked under",
	"registered to", "client name", "customer name", "account holder is", "account holder",
	"name on the account is", "on behalf of", NULL};
static const char *const name_maybe[] = {"I am", "I'm", "this is", "it's", "it is", "call me",
	"name", "here is", "speaking to", "speaking with", "ask for", "for", NULL};
static const char *const name_title[] = {"Mr", "Mrs", "Ms", "Miss", "Mister", "Missus", "Doctor",
	"Dr", "Professor", "sir madam", NULL};
static const char *const name_after[] = {
	"speaking", "is my name", "is the name", "is my full name", NULL};
static const char *const name_asked[] = {"your name", "your full name", "your first name",
	"your last name", "your surname", "who am I speaking", "who is calling", "who's calling",
	"name please", "name on the account", "may I have the name", "what name", NULL};
static const char *const name_link[] = {"van", "der", "den", "de", "la", "von", "bin", "al", "el",
	"del", "da", "di", "st", "mac", "ben", NULL};
static const char *const name_lead[] = {"yes", "yeah", "yep", "sure", "of course", "hello", "hi",
	"okay", "ok", "uh", "um", "er", "well", "it's", "it is", "this is", "I am", "I'm",
	"my name is", "my name's", "name is", "good morning", "good afternoon", "good evening",
	"certainly", NULL};
static const char *const spelled[] = {"spelled", "spelt", "spell it", "spell that", "I spell",
	"that's spelled", "it's spelled", NULL};
static const char *const stop[] = {"a", "about", "account", "again", "agent", "all", "also", "am",
	"an", "and", "any", "anyone", "are", "as", "asked", "ask", "at", "because", "been",
	"before", "bill", "born", "but", "by", "call", "called", "calling", "can", "cannot",
	"can't", "come", "could", "customer", "did", "do", "does", "doesn't", "don't", "email",
	"every", "fine", "for", "from", "get", "give", "go", "going", "good", "got", "had", "has",
	"have", "he", "hello", "help", "her", "here", "hi", "him", "his", "how", "I", "if", "in",
	"is", "isn't", "it", "its", "just", "know", "late", "like", "live", "living", "look",
	"looking", "make", "me", "misspelled", "morning", "mobile", "my", "need", "never", "new",
	"no", "nobody", "not", "now", "number", "of", "okay", "ok", "on", "operator", "or", "order",
	"our", "phone", "please", "problem", "put", "ready", "really", "right", "said", "same",
	"say", "sent", "she", "should", "so", "sorry", "somebody", "someone", "something", "speak",
	"speaking", "spelled", "spelt", "still", "sure", "take", "thank", "thanks", "that",
	"that's", "the", "their", "them", "then", "there", "they", "this", "to", "today",
	"tomorrow", "too", "trying", "two", "unable", "unhappy", "up", "us", "very", "waiting",
	"want", "wanted", "was", "we", "well", "were", "what", "when", "where", "which", "who",
	"why", "will", "with", "without", "wondering", "work", "working", "would", "wrong", "yes",
	"yet", "you", "your", "afraid", "already", "angry", "back", "bit", "busy", "done", "down",
	"glad", "happy", "home", "interested", "internet", "missing", "only", "out", "over", "paid",
	"quite", "technician", "tired", "until", "available", "after", "during", "since", "around",
	"between", "apartment", "flat", "floor", "next", "near", "behind", "repeat", "wait",
	"moment", "minute", "second", "while", "broken", "service", "support", "line", "box",
	"router", "appointment", "delivery", "street", "road", "avenue", "address", "spell", "date",
	"birth", "visiting", "ordering", "buying", "returning", "that'll", "correct", "actually",
	"maybe", "hear", "anything", "nothing", "one", "three", "four", "five", "six", "seven",
	"eight", "nine", "ten", "zero", "oh", "double", "goodbye", "bye", NULL};
static const char *const phone_near[] = {"phone", "telephone", "phone number", "mobile",
	"mobile number", "cell", "cellphone", "landline", "call me", "call me back", "call back",
	"reach me", "ring me", "text me", "whatsapp", "contact number", "number to reach me", "tel",
	"fax", "extension line", NULL};
static const char *const phone_asked[] = {"phone number", "telephone number", "mobile number",
	"your phone", "your mobile", "call you back", "reach you", "your telephone",
	"contact number", NULL};
static const char *const number_else[] = {"order", "order number", "invoice", "ticket", "tracking",
	"reference", "contract", "parcel", "serial", "product", "article", "item", "model", "part",
	"case", "booking", "confirmation", "barcode", "code", "meter", "pin", "claim", "policy",
	"version", "year", "years", "euros", "dollars", "price", "total", "size", NULL};
static const char *const customer[] = {"customer number", "client number", "account number",
	"membership number", "customer", "client", NULL};
static const char *const card_near[] = {"card", "card number", "credit card", "debit card", "visa",
	"mastercard", "amex", "american express", NULL};
static const char *const iban_near[] = {"iban", "bank account", "account number", NULL};
static const char *const plus[] = {"plus", NULL};
static const char *const email_near[] = {"email", "e-mail", "mail", "email address", "mail address",
	"write to me", "write me", "send it to", "reach me", "contact me", "address is", NULL};
static const char *const email_asked[] = {"email", "e-mail", "mail address", NULL};
static const char *const email_at[] = {"at", "at sign", NULL};
static const char *const email_dot[] = {"dot", "point", "period", "full stop", NULL};
static const char *const email_dash[] = {"dash", "hyphen", "minus", NULL};
static const char *const email_underscore[] = {"underscore", "under score", NULL};
static const char *const email_never[] = {"look", "looked", "looking", "order", "ordered", "buy",
	"bought", "see", "saw", "find", "found", "me", "us", "it", "them", "available", "website",
	"site", "page", "is", "are", "was", "work", "works", "working", "here", "there", "online",
	"us", "shop", "shopping", "login", "that", "this", "one", "stock", "go", "sold", "support",
	"you", "in", "more", "on", NULL};
static const char *const street[] = {"street", "road", "avenue", "lane", "drive", "boulevard",
	"court", "square", "crescent", "terrace", "highway", "gardens", "grove", "close", "way",
	"place", "parade", "hill", "rd", "ave", "blvd", "ln", "st", NULL};
static const char *const house[] = {"number", "house", "house number", NULL};
static const char *const flat[] = {"apartment", "apt", "flat", "unit", "suite", "floor", NULL};
static const char *const city[] = {"city of", "postcode", "post code", "zip", "zip code", NULL};
static const char *const address_near[] = {"I live at", "I live on", "my address is",
	"the address is", "address is", "deliver it to", "deliver to", "deliver them to",
	"ship it to", "living at", "we live at", "home address", "send it to", "we are at",
	"located at", "residing at", NULL};
static const char *const address_asked[] = {"your address", "the address", "delivery address",
	"where do you live", "street and", "postal address", "home address", "deliver to", NULL};
static const char *const unit[] = {"percent", "o'clock", "am", "pm", "times", "people", "boxes",
	"pieces", "tyres", "years old", "days", "weeks", "months", "minutes", "hours", "bucks",
	"grand", NULL};

static const struct tongue_word letters[] = {{"double u", "w"}, {"zed", "z"}, {"zee", "z"},
	{"bee", "b"}, {"cee", "c"}, {"dee", "d"}, {"eff", "f"}, {"gee", "g"}, {"aitch", "h"},
	{"jay", "j"}, {"kay", "k"}, {"ell", "l"}, {"em", "m"}, {"en", "n"}, {"pee", "p"},
	{"queue", "q"}, {"ar", "r"}, {"ess", "s"}, {"tee", "t"}, {"vee", "v"}, {"ex", "x"},
	{"why", "y"}, {"alpha", "a"}, {"bravo", "b"}, {"charlie", "c"}, {"delta", "d"},
	{"echo", "e"}, {"foxtrot", "f"}, {"golf", "g"}, {"hotel", "h"}, {"india", "i"},
	{"juliet", "j"}, {"kilo", "k"}, {"lima", "l"}, {"mike", "m"}, {"november", "n"},
	{"oscar", "o"}, {"papa", "p"}, {"quebec", "q"}, {"romeo", "r"}, {"sierra", "s"},
	{"tango", "t"}, {"uniform", "u"}, {"victor", "v"}, {"whiskey", "w"}, {"x ray", "x"},
	{"yankee", "y"}, {"zulu", "z"}, {0}};
static const struct tongue_word mail[] = {{"g mail", "gmail"}, {"hot mail", "hotmail"},
	{"out look", "outlook"}, {"proton mail", "protonmail"}, {"i cloud", "icloud"}, {0}};

const struct tongue_table tongue_en = {
	.language = &text_en,
	.script = SCRIPT_LATIN,
	.number_first = true,
	.list = {TONGUE_LIST_ROWS},
	.letters = letters,
	.mail = mail,
};
