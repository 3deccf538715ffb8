#include "greeting.h"

#include <stdio.h>
#include <string.h>

#include "language.h"

#define FIRST_ODDS 4.5F /* a phrase of a kind */
#define MORE_ODDS 1.5F  /* another of it */
#define WEAK_ODDS 2.F   /* the intent machine */
#define ASKS_ODDS (-3.F)
#define SHORT_ODDS (-1.5F)
#define LONG_ODDS 0.4F
#define SHORT_WORDS 4
#define LONG_WORDS 9

/* Patterns (phrase.h), NULL at the end; in the order in which they decide the kind. */
struct words {
	const char *code; /* ISO 639-1 */
	const char *const full[8], *const screening[20], *const voicemail[32], *const ivr[32];
	const char *const asks[16]; /* who is calling? */
};

static const struct words all[] = {
	{"fr",
		.full = {"messagerie est pleine", "messagerie saturée", "messagerie est saturée",
			"boîte vocale est pleine", "plus recevoir de messages",
			"plus recevoir de message"},
		.screening = {"service de filtrage", "filtrage d'appels", "filtre les appels",
			"dites votre nom", "indiquez votre nom", "annoncez votre nom",
			"annoncer votre nom", "enregistrez votre nom", "raison de votre appel",
			"motif de votre appel", "objet de votre appel", "assistant d'appel",
			"appels identifiés"},
		.voicemail = {"laissez un message", "laissez-moi un message",
			"laissez-nous un message", "laissez votre message",
			"laissez moi votre message", "laisser un message", "laisser votre message",
			"laissez vos coordonnées", "laisser vos coordonnées", "après le bip",
			"après le signal", "bip sonore", "signal sonore", "messagerie vocale",
			"sur la messagerie", "sur le répondeur", "boîte vocale",
			"répondeur automatique", "répondeur téléphonique"},
		.ivr = {"tapez", "appuyez sur", "touche étoile", "touche dièse",
			"toutes nos lignes", "nos conseillers", "tous nos conseillers",
			"votre appel est important", "temps d'attente", "peut être enregistré",
			"peut être enregistrée", "susceptible d'être enregistré",
			"merci de patienter", "veuillez patienter", "menu principal"},
		.asks = {"qui est à l'appareil", "c'est qui", "qui êtes-vous", "qui est-ce",
			"vous êtes qui", "c'est de la part de qui", "de la part de qui"}},
	{"en",
		.full = {"mailbox is full", "accept any messages", "accept any more messages",
			"not accepting messages", "voicemail is full"},
		.screening = {"screening service", "call screening", "call assist", "say your name",
			"state your name", "record your name", "reason for calling",
			"reason for your call", "why you're calling", "why you are calling",
			"call is being screened"},
		.voicemail = {"leave a message", "leave me a message", "leave us a message",
			"leave your message", "leave your name", "after the tone", "after the beep",
			"at the tone", "at the beep", "sound of the tone", "record your message",
			"voicemail", "voice mail", "answering machine", "get back to you",
			"automated voice messaging", "not available * message"},
		.ivr = {"press 1", "press 2", "press 3", "press 0", "press one", "press two",
			"press three", "press zero", "press pound", "press the pound", "press star",
			"press the star", "options have changed", "main menu",
			"your call is important", "all of our agents", "all our agents",
			"all of our representatives", "next available", "may be recorded",
			"is being recorded", "listen carefully"},
		.asks = {"who is this", "who's this", "who is calling", "who's calling",
			"who are you", "who am i speaking"}},
	{"ar", .full = {"البريد الصوتي ممتلئ", "صندوق البريد ممتلئ"},
		.screening = {"اذكر اسمك", "قل اسمك", "سجل اسمك", "سبب الاتصال", "سبب اتصالك"},
		.voicemail = {"اترك رسالة", "اترك رسالتك", "أترك رسالتك", "ترك رسالة", "اترك اسمك",
			"بعد الصافرة", "بعد سماع الصافرة", "بعد النغمة", "بعد سماع النغمة",
			"بعد الإشارة", "بعد سماع الإشارة", "البريد الصوتي", "بريد صوتي",
			"صندوق البريد", "المجيب الآلي", "الرد الآلي"},
		.ivr = {"اضغط", "اضغط على", "للتحدث إلى", "جميع الخطوط مشغولة", "يرجى الانتظار",
			"مكالمتك مهمة", "القائمة الرئيسية"},
		.asks = {"مين معي", "من معي", "مين", "من المتكلم", "مين حضرتك"}},
	{"ru", .full = {"ящик переполнен", "почта переполнена"},
		.screening = {"представьтесь", "назовите себя", "назовите ваше имя",
			"назовите своё имя", "цель звонка", "цель вашего звонка",
			"виртуальный секретарь", "голосовой помощник", "голосовой ассистент",
			"передам абоненту"},
		.voicemail = {"оставьте сообщение", "оставьте ваше сообщение",
			"оставьте своё сообщение", "оставьте голосовое сообщение",
			"оставить сообщение", "после сигнала", "после звукового сигнала",
			"после гудка", "голосовая почта", "голосовой почты", "голосовую почту",
			"голосовой ящик", "автоответчик*"},
		.ivr = {"нажмите", "все операторы заняты", "операторы заняты",
			"оставайтесь на линии", "ваш звонок важен", "ваш звонок очень важен",
			"разговор записывается", "может быть записан", "могут быть записаны"},
		.asks = {"кто это", "кто говорит", "с кем я говорю", "вы кто", "кто звонит"}},
	{"uk", .full = {"скринька переповнена", "пошта переповнена"},
		.screening = {"представтеся", "назвіть себе", "назвіть ваше ім'я", "мета дзвінка",
			"мету дзвінка", "голосовий помічник", "віртуальний секретар"},
		.voicemail = {"залиште повідомлення", "залиште ваше повідомлення",
			"залиште своє повідомлення", "залиште голосове повідомлення",
			"залишити повідомлення", "після сигналу", "після звукового сигналу",
			"після гудка", "голосова пошта", "голосової пошти", "голосову пошту",
			"голосова скринька", "автовідповідач*"},
		.ivr = {"натисніть", "усі оператори зайняті", "всі оператори зайняті",
			"оператори зайняті", "залишайтеся на лінії", "ваш дзвінок важливий",
			"розмова записується", "може бути записана"},
		.asks = {"хто це", "хто говорить", "з ким я розмовляю", "ви хто", "хто дзвонить"}},
};

static const struct words *words_of(const struct utterance *u)
{
	for (size_t i = 0; u->language && i < ARRAY_LEN(all); i++)
		if (strcmp(all[i].code, u->language->code) == 0)
			return &all[i];
	return NULL;
}

/* How many of them were said, at most two; ret_text: the first. */
static int said(const struct utterance *u, const char *const *list, size_t n,
	char ret_text[GREETING_TEXT_MAX])
{
	int found = 0;
	struct match m;

	for (size_t i = 0; i < n && list[i] && found < 2; i++) {
		if (!understand_words(u, list[i], &m))
			continue;
		if (!found++ && !ret_text[0])
			snprintf(ret_text, GREETING_TEXT_MAX, "%s", list[i]);
	}
	return found;
}

static void kind_hear(const struct utterance *u, const char *kind, const char *const *list,
	size_t n, struct greeting *g)
{
	int found = said(u, list, n, g->text);

	if (!found)
		return;
	g->odds += FIRST_ODDS + (found > 1 ? MORE_ODDS : 0.F);
	g->phrase = true;
	if (!g->kind)
		g->kind = kind;
}

static int count_words(const struct utterance *u)
{
	int n = u->folded.n > 0;

	for (size_t i = 0; i < u->folded.n; i++)
		n += u->folded.p[i] == ' ';
	return n;
}

void greeting_hear(const struct utterance *u, struct greeting *ret)
{
	const struct words *w = words_of(u);
	char text[GREETING_TEXT_MAX] = "";
	int n = count_words(u);

	*ret = (struct greeting){0};
	if (!w || understand_nothing(u))
		return;
	kind_hear(u, "full", w->full, ARRAY_LEN(w->full), ret);
	kind_hear(u, "screening", w->screening, ARRAY_LEN(w->screening), ret);
	kind_hear(u, "voicemail", w->voicemail, ARRAY_LEN(w->voicemail), ret);
	kind_hear(u, "ivr", w->ivr, ARRAY_LEN(w->ivr), ret);
	if (!ret->phrase && understand_intent(u, "machine", NULL)) {
		ret->odds += WEAK_ODDS;
		ret->phrase = true;
	}
	if (ret->phrase) {
		ret->odds += n >= LONG_WORDS ? LONG_ODDS : 0.F;
		return;
	}
	if (said(u, w->asks, ARRAY_LEN(w->asks), text))
		ret->odds += ASKS_ODDS;
	else
		ret->odds += n <= SHORT_WORDS ? SHORT_ODDS : n >= LONG_WORDS ? LONG_ODDS : 0.F;
}
