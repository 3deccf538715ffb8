/* asock: Asterisk AudioSocket messages: kind (1 byte), payload length (2 bytes, big endian), payload.
 *
 * Source: Asterisk documentation, Channel-Drivers/AudioSocket, and res_audiosocket.c of 23.4.1.
 * Audio is 16 bit signed little endian mono. No I/O, no allocation.
 */
#ifndef CALLPIPE_CODEC_ASOCK_H
#define CALLPIPE_CODEC_ASOCK_H

#include "base/util.h"

enum asock_kind {
	ASOCK_END = 0x00,      /* server only: the call's AudioSocket part ends */
	ASOCK_UUID = 0x01,     /* Asterisk only, first: 16 bytes */
	ASOCK_DTMF = 0x03,     /* Asterisk only: 1 byte ASCII 0-9 * # A-D */
	ASOCK_AUDIO_8K = 0x10, /* 0x10-0x18: slin at 8 12 16 24 32 44.1 48 96 192 kHz */
	ASOCK_AUDIO_16K = 0x12,
	ASOCK_AUDIO_LAST = 0x18,
	ASOCK_ERROR = 0xff, /* defined, sent by no version */
};

#define ASOCK_HEADER_BYTES 3
#define ASOCK_UUID_BYTES 16
#define ASOCK_MAX_BYTES (ASOCK_HEADER_BYTES + 65535)
#define ASOCK_UUID_TEXT 37 /* 8-4-4-4-12 hex digits and a NUL */

struct asock_msg {
	uint8_t kind;
	const uint8_t *payload; /* points into the caller's buffer */
	uint16_t payload_bytes;
};

/* One message from n bytes: >0 bytes consumed, 0 more are needed. Every byte sequence is a sequence of
 * messages, so nothing is malformed here; what a kind means is the caller's affair. */
int asock_parse(const uint8_t *p, size_t n, struct asock_msg *ret) MUST_USE;

/* Write a header of ASOCK_HEADER_BYTES. */
void asock_header(uint8_t *p, uint8_t kind, uint16_t payload_bytes);

/* Sample rate of an audio kind in Hz, 0 if kind is not audio; and back, 0 if no kind has that rate. */
int asock_rate(uint8_t kind);
uint8_t asock_audio_kind(int rate_hz);

bool asock_is_digit(uint8_t c);

/* UUID between its 16 bytes and lower case text; -1 if s is not 36 characters 8-4-4-4-12. */
void asock_uuid_text(const uint8_t uuid[ASOCK_UUID_BYTES], char text[ASOCK_UUID_TEXT]);
int asock_uuid_parse(const char *s, uint8_t uuid[ASOCK_UUID_BYTES]) MUST_USE;

#endif
