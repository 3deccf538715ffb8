/* fake: what its parts know of each other. See fake.c. */
#ifndef FAKE_H
#define FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define IN_MAX 262144
#define PARTS_MAX 1024

/* Bytes, and where each part of them ends that is sent at a time. */
struct reply {
	char *p;
	size_t n;
	size_t end[PARTS_MAX];
	size_t parts;
	size_t name[2]; /* where the word stands; 0: nowhere */
};

struct connection {
	int fd;
	bool live;    /* a WebSocket */
	bool writing; /* waits for EPOLLOUT */
	uint8_t *in;
	size_t in_n;
	const struct reply *reply; /* under way; NULL: none */
	char *out;                 /* its bytes, or a copy of them with words put in */
	size_t sent, part;
	struct connection *next; /* of those that have more to send at the next tick */
	bool ticking;
	uint64_t audio_bytes, final_bytes,
		told_bytes; /* heard; until the last final result; at the last result */
	unsigned rate_hz;
};

extern struct reply answer, speech_24k, speech_pcm, speech_ulaw;
extern uint64_t turns, heard_bytes;

/* said.c: what is said. */
void make_answer(struct reply *r);
void make_voices(const char *path);
void write_name(char *to, uint64_t n);

/* live.c: the WebSocket. -1: the connection is over. */
int upgrade(struct connection *c, const char *head);
/* One frame of a client. >0: its bytes; 0: not whole. */
ssize_t take_frame(struct connection *c, uint8_t *p, size_t have);

/* fake.c */
int say(struct connection *c, const char *p, size_t n);
_Noreturn void fail(const char *what);

#endif
