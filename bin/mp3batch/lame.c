#include "lame.h"

#include "base/dl.h"
#include "why.h"

struct lame_functions lame;

int lame_load(void)
{
	static const struct dl_symbol symbols[] = {{"lame_init", &lame.init},
		{"lame_init_params", &lame.init_params}, {"lame_close", &lame.close},
		{"lame_set_in_samplerate", &lame.set_in_samplerate},
		{"lame_set_out_samplerate", &lame.set_out_samplerate},
		{"lame_set_num_channels", &lame.set_num_channels},
		{"lame_set_num_samples", &lame.set_num_samples}, {"lame_set_mode", &lame.set_mode},
		{"lame_set_VBR", &lame.set_vbr}, {"lame_set_VBR_quality", &lame.set_vbr_quality},
		{"lame_set_brate", &lame.set_brate},
		{"lame_set_write_id3tag_automatic", &lame.set_tag_automatic},
		{"lame_set_errorf", &lame.set_errorf}, {"lame_set_msgf", &lame.set_msgf},
		{"lame_set_debugf", &lame.set_debugf}, {"lame_encode_buffer", &lame.encode},
		{"lame_encode_buffer_interleaved", &lame.encode_interleaved},
		{"lame_encode_flush", &lame.flush}, {"lame_get_id3v2_tag", &lame.get_tag},
		{"lame_get_lametag_frame", &lame.get_info_frame}, {"id3tag_init", &lame.tag_init},
		{"id3tag_v2_only", &lame.tag_v2_only},
		{"id3tag_set_fieldvalue_utf16", &lame.set_field_utf16}, {0}};

	if (dl_load("libmp3lame.so.0", symbols) == -1)
		return why(EXIT_CONFIG, "libmp3lame is not installed");
	return 0;
}
