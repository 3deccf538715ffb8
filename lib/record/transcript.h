/* transcript: what was heard in a call, by both sides, as JSON, as plain text and as subtitles.
 *
 * All of them are made from the story alone, so they never disagree. What the bot was to say and nobody heard is not
 * in them as said: a line that was cut off ends where it was, with TRANSCRIPT_CUT behind it; one that never reached
 * the line is only in the JSON, apart from the conversation.
 *
 * Source: callpipe-calldir(5), TRANSCRIPT.JSON; WebVTT (W3C, 2019) for .vtt.
 */
#ifndef CALLPIPE_RECORD_TRANSCRIPT_H
#define CALLPIPE_RECORD_TRANSCRIPT_H

#include <jansson.h>

#include "base/dynbuf.h"
#include "record/story.h"

#define TRANSCRIPT_CUT " \xe2\x80\x94" /* behind what was heard of a line: an em dash */

#define TRANSCRIPT_TIME 64 /* bytes for a time, with its NUL */

/* Something that should be there and is not. */
struct transcript_gap {
	const char *file;   /* of the call directory */
	const char *reason; /* what is missing of it */
};

struct transcript {
	const struct kept *call;
	const struct story *story;
	const char *audio;                 /* name of the assembled file; NULL: there is none */
	const struct transcript_gap *gaps; /* beside those that the story tells */
	size_t n_gaps;                     /* of them */
};

/* A string of JSON, with U+FFFD where s, the name of a file perhaps, is no UTF-8; NULL: no memory. */
json_t *transcript_string(const char *s) MUST_USE;

/* The members of transcript.json, a new reference; NULL: no memory. */
json_t *transcript_tree(const struct transcript *t) MUST_USE;

/* `started_at`: when the call began, RFC 3339; "" if it cannot be told. */
void transcript_began(const struct kept *k, char buf[TRANSCRIPT_TIME]);

/* The files. -1: no memory, or more than the buffer may grow to. */
int transcript_json(const struct transcript *t, struct dynbuf *to) MUST_USE;
int transcript_txt(const struct transcript *t, struct dynbuf *to) MUST_USE;
int transcript_srt(const struct transcript *t, struct dynbuf *to) MUST_USE;
int transcript_vtt(const struct transcript *t, struct dynbuf *to) MUST_USE;

/* True if something of the line was on the line: only then it is in the conversation. */
bool transcript_was_heard(const struct story_line *l);

/* The words of a line that was heard, with TRANSCRIPT_CUT where the bot was cut off, added to the buffer. ""
 * where there were none. -1: as above. */
int transcript_words(const struct story_line *l, struct dynbuf *to) MUST_USE;

#endif
