/* What a call, a sentence alone and the filling of the cache have in common. */
#include <signal.h>
#include <string.h>

#include "text/speakable.h"
#include "tts.h"

int tts_speakable(const char *text, const char *language, struct dynbuf *ret)
{
	if (speakable(text, language, ret) < 0)
		return -1;
	for (size_t i = 0; i < ret->n; i++) {
		if ((unsigned char)ret->p[i] < ' ' || ret->p[i] == 0x7f)
			ret->p[i] = ' ';
	}
	return 0;
}

int tts_exit_code(const char *code)
{
	static const char *const for_now[] = {"refused", "timeout", "broken", "busy", "breaker"};

	if (code && provider_is_refusal(code))
		return EXIT_REFUSED;
	for (size_t i = 0; code && i < ARRAY_LEN(for_now); i++) {
		if (strcmp(code, for_now[i]) == 0)
			return EXIT_TRY_AGAIN;
	}
	return EXIT_SYSTEM;
}

/* Engines have groups of their own: nobody else ends them. */
static void on_signal(void *ctx, int sig)
{
	sigset_t set_of_it;

	queue_free(ctx);
	signal(sig, SIG_DFL);
	raise(sig);
	sigemptyset(&set_of_it);
	sigaddset(&set_of_it, sig);
	sigprocmask(SIG_UNBLOCK, &set_of_it, NULL);
}

int tts_signals(struct loop *l, struct queue *q)
{
	static const int sigs[] = {SIGTERM, SIGINT, SIGHUP, 0};

	return loop_signals(l, sigs, on_signal, q);
}
