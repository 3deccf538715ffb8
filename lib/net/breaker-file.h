/* breaker-file: the records of breakers that all processes of a host share. Parts of breaker.c, nobody else's.
 *
 * spool/breakers, in the byte order of the host:
 *
 *	  0  magic, 8 bytes
 *	  8  boot: which start of this host the words are of
 *	192  records of 192 bytes, BREAKERS_MAX of them:
 *		  0  id: hash of the name; 0: free. Taken from the first one on, never given back
 *		  8  word: the state, all of it, so that one compare-and-swap changes it; see breaker.c
 *		 16  opened  24  requests  32  failed: totals
 *		 40  name, NUL-terminated. Whoever finds it missing writes it: the first may have been killed before
 *
 * It is always whole: it is made beside its place, and one that is of no use loses its name first, under a lock that
 * nobody waits for. So each process sees at its next request that its file has no name any more, and takes the new one.
 */
#ifndef CALLPIPE_NET_BREAKER_FILE_H
#define CALLPIPE_NET_BREAKER_FILE_H

#include "net/breaker.h"

struct breaker_record {
	uint64_t id; /* see above, as of the others */
	uint64_t word;
	uint64_t opened, requests, failed;
	char name[BREAKER_NAME_MAX];
	char reserved[56]; /* 0 */
};

struct breaker_file {
	uint64_t magic, boot;
	char reserved[176]; /* 0 */
	struct breaker_record record[BREAKERS_MAX];
};

/* Map spool/breakers, made or replaced if need be. -1 with errno: none is mapped. */
int breaker_file_open(const char *spool) MUST_USE;
/* Is it still the one of that name, and whole? Else another is taken. Returns how many there were so far; 0: there is
 * none. Records of another number are of no use any more. */
unsigned breaker_file_check(void);
/* The record of a name in the file that is mapped; NULL: there is no room. */
struct breaker_record *breaker_file_record(const char *name);
/* A copy of spool/breakers as it is: 1; 0: there is none; -1 with errno. *ret_now: its words are of this start of the host. */
int breaker_file_read(const char *spool, struct breaker_file *ret, bool *ret_now) MUST_USE;

#endif
