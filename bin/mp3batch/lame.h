/* lame: the functions of libmp3lame, loaded on first use.
 */
#ifndef MP3BATCH_LAME_H
#define MP3BATCH_LAME_H

#include <lame/lame.h>

#include "base/util.h"

extern struct lame_functions {
	__typeof__(lame_init) *init;
	__typeof__(lame_init_params) *init_params;
	__typeof__(lame_close) *close;
	__typeof__(lame_set_in_samplerate) *set_in_samplerate;
	__typeof__(lame_set_out_samplerate) *set_out_samplerate;
	__typeof__(lame_set_num_channels) *set_num_channels;
	__typeof__(lame_set_num_samples) *set_num_samples;
	__typeof__(lame_set_mode) *set_mode;
	__typeof__(lame_set_VBR) *set_vbr;
	__typeof__(lame_set_VBR_quality) *set_vbr_quality;
	__typeof__(lame_set_brate) *set_brate;
	__typeof__(lame_set_write_id3tag_automatic) *set_tag_automatic;
	__typeof__(lame_set_errorf) *set_errorf;
	__typeof__(lame_set_msgf) *set_msgf;
	__typeof__(lame_set_debugf) *set_debugf;
	__typeof__(lame_encode_buffer) *encode;
	__typeof__(lame_encode_buffer_interleaved) *encode_interleaved;
	__typeof__(lame_encode_flush) *flush;
	__typeof__(lame_get_id3v2_tag) *get_tag;
	__typeof__(lame_get_lametag_frame) *get_info_frame;
	__typeof__(id3tag_init) *tag_init;
	__typeof__(id3tag_v2_only) *tag_v2_only;
	__typeof__(id3tag_set_fieldvalue_utf16) *set_field_utf16;
} lame;

/* 0, or an exit code after why(). */
int lame_load(void) MUST_USE;

#endif
