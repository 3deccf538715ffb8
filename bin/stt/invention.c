#include "invention.h"

#include <string.h>

#include "base/utf8.h"
#include "text/fold.h"
#include "text/sentence.h"

#define FOLDED_MAX 16384

/* Whisper's own thresholds for giving up a piece. Source: openai/whisper, transcribe(). */
#define NO_SPEECH 0.6
#define LOGPROB (-1.0)
#define COMPRESSION 2.4

/* A piece that may be doubted: the model is not sure of it, or that somebody spoke. */
#define DOUBT_NO_SPEECH 0.2
#define DOUBT_LOGPROB (-0.6)

#define FAST_PER_S 30     /* letters; nobody speaks faster */
#define FAST_LETTERS 20   /* of so few nothing can be said */
#define LOOP_WORDS 16     /* that a few repeat; of digits people say as many */
#define LOOP_TIMES 4      /* so often */
#define LOOP_WORDS_MAX 12 /* the few */

const struct piece piece_unknown = {
	.avg_logprob = 1, .no_speech_prob = -1, .compression_ratio = -1, .ms = -1};

/* Whatever language the caller speaks: models change it where they invent. `*`: whatever follows. */
static const struct {
	const char *language; /* of the line */
	bool doubtful;        /* people say it, too */
	const char *line;
} lines[] = {
	{"en", false, "thanks for watching*"},
	{"en", false, "thank you for watching*"},
	{"en", false, "thank you so much for watching*"},
	{"en", false, "thanks for listening and watching*"},
	{"en", false, "please subscribe"},
	{"en", false, "please subscribe to my channel*"},
	{"en", false, "please subscribe to our channel*"},
	{"en", false, "please like and subscribe*"},
	{"en", false, "don't forget to subscribe*"},
	{"en", false, "don't forget to like and subscribe*"},
	{"en", false, "like and subscribe*"},
	{"en", false, "see you in the next video*"},
	{"en", false, "I'll see you in the next video*"},
	{"en", false, "we'll see you in the next video*"},
	{"en", false, "subtitles by the Amara.org community*"},
	{"en", false, "subtitles made by the community of Amara.org*"},
	{"en", false, "transcription by*"},
	{"en", false, "transcribed by*"},
	{"en", false, "www.mooji.org*"},
	{"en", true, "thank you"},
	{"en", true, "thank you very much"},
	{"en", true, "thank you so much"},
	{"en", true, "thanks"},
	{"en", true, "you"},
	{"en", true, "bye"},
	{"en", true, "bye bye"},
	{"en", true, "okay"},
	{"en", true, "oh"},
	{"en", true, "hmm"},
	{"en", true, "mm-hmm"},
	{"en", true, "the"},
	{"en", true, "so"},
	{"en", true, "I'm sorry"},
	{"fr", false, "sous-titrage ST' 501*"},
	{"fr", false, "sous-titrage Société Radio-Canada*"},
	{"fr", false, "sous-titrage MFP*"},
	{"fr", false, "sous-titres réalisés par*"},
	{"fr", false, "sous-titres réalisés para la communauté*"},
	{"fr", false, "sous-titres fait par*"},
	{"fr", false, "merci d'avoir regardé*"},
	{"fr", false, "merci à tous d'avoir regardé*"},
	{"fr", false, "abonnez-vous*"},
	{"fr", false, "n'oubliez pas de vous abonner*"},
	{"fr", false, "à bientôt pour une nouvelle vidéo*"},
	{"fr", false, "à la prochaine vidéo*"},
	{"fr", true, "merci"},
	{"fr", true, "merci beaucoup"},
	{"fr", true, "au revoir"},
	{"fr", true, "à bientôt"},
	{"fr", true, "bonne journée"},
	{"ar", false, "اشتركوا في القناة*"},
	{"ar", false, "اشترك في القناة*"},
	{"ar", false, "لا تنسوا الاشتراك*"},
	{"ar", false, "لا تنسى الاشتراك*"},
	{"ar", false, "ترجمة نانسي قنقر*"},
	{"ar", false, "شكرا على المشاهدة*"},
	{"ar", false, "شكرا للمشاهدة*"},
	{"ar", false, "شكرا لكم على المشاهدة*"},
	{"ar", true, "شكرا"},
	{"ar", true, "شكرا لكم"},
	{"ar", true, "شكرا جزيلا"},
	{"ar", true, "مع السلامة"},
	{"ru", false, "субтитры сделал*"},
	{"ru", false, "субтитры делал*"},
	{"ru", false, "субтитры создавал*"},
	{"ru", false, "субтитры подогнал*"},
	{"ru", false, "субтитры добавил*"},
	{"ru", false, "редактор субтитров*"},
	{"ru", false, "корректор А.*"},
	{"ru", false, "DimaTorzok*"},
	{"ru", false, "спасибо за просмотр*"},
	{"ru", false, "подписывайтесь на*"},
	{"ru", false, "подпишись на*"},
	{"ru", false, "подпишитесь на*"},
	{"ru", false, "ставьте лайки*"},
	{"ru", false, "продолжение следует"},
	{"ru", false, "до встречи в следующем видео*"},
	{"ru", false, "с вами был Игорь Негода"},
	{"ru", true, "спасибо"},
	{"ru", true, "спасибо за внимание"},
	{"ru", true, "большое спасибо"},
	{"ru", true, "до свидания"},
	{"ru", true, "пока"},
	{"ru", true, "всем пока"},
	{"uk", false, "дякую за перегляд*"},
	{"uk", false, "дякуємо за перегляд*"},
	{"uk", false, "дякую за увагу та перегляд*"},
	{"uk", false, "підписуйтесь на*"},
	{"uk", false, "підписуйтеся на*"},
	{"uk", false, "підпишіться на*"},
	{"uk", false, "ставте лайки*"},
	{"uk", false, "ставте вподобайки*"},
	{"uk", false, "субтитри зробив*"},
	{"uk", false, "субтитри підготував*"},
	{"uk", false, "субтитрувальниця*"},
	{"uk", false, "редактор субтитрів*"},
	{"uk", false, "продовження наступне"},
	{"uk", false, "далі буде"},
	{"uk", false, "до зустрічі в наступному відео*"},
	{"uk", true, "дякую"},
	{"uk", true, "дякую за увагу"},
	{"uk", true, "щиро дякую"},
	{"uk", true, "до побачення"},
	{"uk", true, "бувайте"},
	{"de", false, "Untertitel der Amara.org-Community*"},
	{"de", false, "Untertitel im Auftrag des*"},
	{"de", false, "Untertitelung des ZDF*"},
	{"de", false, "Untertitelung aufgrund der Amara.org-Community*"},
	{"de", false, "vielen Dank fürs Zuschauen*"},
	{"de", false, "danke fürs Zuschauen*"},
	{"de", true, "vielen Dank"},
	{"de", true, "danke"},
	{"de", true, "tschüss"},
	{"es", false, "subtítulos por la comunidad de Amara.org*"},
	{"es", false, "subtítulos realizados por*"},
	{"es", false, "gracias por ver el video*"},
	{"es", false, "suscríbete*"},
	{"es", true, "gracias"},
	{"es", true, "muchas gracias"},
	{"it", false, "sottotitoli creati dalla comunità Amara.org*"},
	{"it", false, "sottotitoli e revisione a cura di*"},
	{"it", false, "grazie per aver guardato*"},
	{"it", true, "grazie"},
	{"it", true, "grazie a tutti"},
	{"pt", false, "legendas pela comunidade Amara.org*"},
	{"pt", false, "obrigado por assistir*"},
	{"pt", false, "inscreva-se no canal*"},
	{"pt", true, "obrigado"},
	{"nl", false, "ondertiteld door de Amara.org gemeenschap*"},
	{"nl", false, "bedankt voor het kijken*"},
	{"nl", true, "bedankt"},
	{"pl", false, "napisy stworzone przez społeczność Amara.org*"},
	{"pl", false, "dziękuję za obejrzenie*"},
	{"pl", false, "dzięki za oglądanie*"},
	{"pl", true, "dziękuję"},
	{"tr", false, "altyazı M.K.*"},
	{"tr", false, "izlediğiniz için teşekkürler*"},
	{"tr", false, "abone olmayı unutmayın*"},
	{"tr", true, "teşekkürler"},
};

enum known { NOTHING, DOUBTFUL, CREDITS };

/* A line as it is compared, for all the process: folded once. NULL: no memory. */
static const char *line_folded(size_t i, bool *ret_begins)
{
	static char *folded[ARRAY_LEN(lines)];
	size_t n = strlen(lines[i].line);
	struct dynbuf b;

	*ret_begins = lines[i].line[n - 1] == '*';
	if (folded[i])
		return folded[i];
	dynbuf_init(&b, FOLDED_MAX);
	if (fold_text(lines[i].line, n - *ret_begins, &b) == 0)
		folded[i] = strdup(b.p);
	dynbuf_free(&b);
	return folded[i];
}

/* A line with `*` at its end begins the text, or is all of it. */
static bool is_line(const char *text, size_t i)
{
	bool begins;
	const char *line = line_folded(i, &begins);
	size_t n = line ? strlen(line) : 0;

	if (!line || strncmp(text, line, n) != 0)
		return false;
	return text[n] == '\0' || (begins && text[n] == ' ');
}

static enum known find(const char *text, size_t n)
{
	struct dynbuf folded;
	enum known is = NOTHING;

	dynbuf_init(&folded, FOLDED_MAX);
	if (fold_text(text, n, &folded) == 0 && folded.n)
		for (size_t i = 0; i < ARRAY_LEN(lines) && is == NOTHING; i++)
			if (is_line(folded.p, i))
				is = lines[i].doubtful ? DOUBTFUL : CREDITS;
	dynbuf_free(&folded);
	return is;
}

/* Take out the sentences that are credits. */
static bool credits_take(char *text)
{
	size_t pos = 0, n, to = 0, all = strlen(text);
	const char *sentence;
	bool any = false;

	while (sentence_next(text, all, &pos, &sentence, &n)) {
		if (find(sentence, n) == CREDITS) {
			any = true;
			continue;
		}
		if (to && text + to < sentence)
			text[to++] = ' ';
		/* what is kept moves towards the beginning, over what has been read */
		memmove(text + to, sentence, n);
		to += n;
	}
	if (any)
		text[to] = '\0';
	return any;
}

/* Words of a folded text, from the word at w on, that repeat the `few` before them. */
static size_t repeated(const char *const *word, size_t words, size_t w, size_t few)
{
	size_t n = 0;

	while (w + n < words && strcspn(word[w + n], " ") == strcspn(word[w + n - few], " ") &&
		strncmp(word[w + n], word[w + n - few], strcspn(word[w + n], " ")) == 0)
		n++;
	return n;
}

static bool is_loop(const char *text)
{
	const char *word[512];
	struct dynbuf folded;
	size_t words = 0;
	bool is = false;

	dynbuf_init(&folded, FOLDED_MAX);
	if (fold_text(text, strlen(text), &folded) == 0)
		for (char *p = folded.p; *p && words < ARRAY_LEN(word);
			p += strcspn(p, " "), p += *p == ' ')
			word[words++] = p;
	for (size_t few = 1; few <= LOOP_WORDS_MAX && !is; few++)
		for (size_t w = few; w < words && !is; w++) {
			size_t all = repeated(word, words, w, few) + few;

			is = all >= LOOP_WORDS && all >= LOOP_TIMES * few;
		}
	dynbuf_free(&folded);
	return is;
}

static bool is_too_fast(const char *text, int64_t ms)
{
	int64_t letters = 0;

	for (const char *p = text; *p; p++)
		letters += ((unsigned char)*p & 0xc0) != 0x80;
	return ms > 0 && letters > FAST_LETTERS && letters * 1000 > ms * FAST_PER_S;
}

static bool is_doubted(const struct piece *p)
{
	return p->no_speech_prob > DOUBT_NO_SPEECH || p->avg_logprob < DOUBT_LOGPROB;
}

/* Why all of it is invented; NULL: it is not. */
static const char *all_invented(const char *text, const struct piece *p)
{
	if (p->no_speech_prob > NO_SPEECH && p->avg_logprob < LOGPROB)
		return "nobody speaks";
	if (p->compression_ratio > COMPRESSION || is_loop(text))
		return "it repeats itself";
	if (is_too_fast(text, p->ms))
		return "nobody speaks so fast";
	switch (find(text, strlen(text))) {
	case CREDITS:
		return "it ends a film";
	case DOUBTFUL:
		return is_doubted(p) ? "it is said where nothing is heard" : NULL;
	case NOTHING:
		break;
	}
	return NULL;
}

const char *invention_clean(char *text, const struct piece *p)
{
	const char *why;

	if (!*text)
		return NULL;
	why = all_invented(text, p);
	if (why)
		*text = '\0';
	else if (credits_take(text))
		why = "it ends a film";
	return why;
}

bool invention_is_echo(const char *text, const char *prompt)
{
	struct dynbuf a, b;
	size_t blanks = 0;
	bool is = false;

	dynbuf_init(&a, FOLDED_MAX);
	dynbuf_init(&b, FOLDED_MAX);
	if (fold_text(text, strlen(text), &a) == 0 && fold_text(prompt, strlen(prompt), &b) == 0) {
		for (const char *c = a.p; *c; c++)
			blanks += *c == ' ';
		is = blanks >= 2 && strcmp(a.p, b.p) == 0;
	}
	dynbuf_free(&a);
	dynbuf_free(&b);
	return is;
}
