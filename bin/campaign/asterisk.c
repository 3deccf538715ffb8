#include "asterisk.h"

#include "base/log.h"
#include "base/secret.h"

struct asterisk asterisk_set = {.url = "http://127.0.0.1:8088/ari",
	.user = "callpipe",
	.context = "callpipe-outbound",
	.extension = "s"};

/* NULL: it has been said why. */
static char *find_password(void)
{
	char why[SECRET_WHY_MAX], *password = NULL;

	if (secret_find("ARI_PASSWORD", &password, why) == -1)
		log_error("cannot use the password of ARI: %s", why);
	else if (!password)
		log_error("there is no password for ARI: set CALLPIPE_ARI_PASSWORD_FILE or"
			  " CALLPIPE_ARI_PASSWORD");
	return password;
}

struct ari *asterisk_open(
	struct loop *loop, const char *app, const struct ari_handlers *on, void *ctx)
{
	struct ari_settings set = {.url = asterisk_set.url, .app = app, .user = asterisk_set.user};
	char why[HTTP_WHY_MAX], *password;
	struct ari *ari;

	http_set(&asterisk_set.http);
	if (http_check(why) < 0) {
		log_error("%s", why);
		return NULL;
	}
	password = find_password();
	if (!password)
		return NULL;
	set.password = password;
	ari = ari_open(loop, &set, on, ctx, why);
	secret_free(password);
	if (!ari)
		log_error("cannot use Asterisk: %s", why);
	return ari;
}
