/* endpoint: what Asterisk dials over a trunk, as a template: PJSIP/%s@trunk.
 *
 * %s is the number, +33612345678; %n the same without its +; %% a percent sign; nothing else stands behind a %. It is
 * TECHNOLOGY/WHERE, with one number in it: %s or %n, once. Who takes one from people asks endpoint_check, and what is filled
 * or looked for has passed the same.
 */
#ifndef CAMPAIGN_ENDPOINT_H
#define CAMPAIGN_ENDPOINT_H

#include "base/util.h"

#define ENDPOINT_MAX 256 /* bytes of a filled one, with its NUL */
/* Said of what is none. */
#define ENDPOINT_FORM "as PJSIP/%s@trunk, in which %s is the number"
/* In SQL: that of a trunk of which nothing is said; $1 is its name. */
#define ENDPOINT_OF_TRUNK "'PJSIP/%s@' || replace($1, '%', '%%')"

/* Can every number be called with it? */
bool endpoint_check(const char *template) MUST_USE;
/* With this number, in E.164. -1: it is none, or too long. */
int endpoint_fill(char ret[ENDPOINT_MAX], const char *template, const char *phone) MUST_USE;

/* What Asterisk knows a trunk as: GET /endpoints/TECHNOLOGY/NAME. */
struct endpoint_place {
	char technology[ENDPOINT_MAX];
	char name[ENDPOINT_MAX];
};
/* PJSIP/%s@trunk, PJSIP/trunk/sip:%s@host -> PJSIP, trunk. -1: it is none, or of no trunk: Local/.., PJSIP/%s. */
int endpoint_place(const char *template, struct endpoint_place *ret) MUST_USE;

#endif
