/* mp3-bare: what libmp3lame does by itself: N processes, each encodes every Nth of the WAV files named, with V5.
 * No tag, no fsync, no look at what is in the file: 44 bytes of header, one channel at 8000 Hz. */
#include <lame/lame.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK 8192

static void encode(const char *path)
{
	static unsigned char out[BLOCK * 5 / 4 + 7200];
	static short samples[BLOCK];
	lame_global_flags *g = lame_init();
	FILE *in = fopen(path, "rb"), *mp3;
	char name[4096];
	size_t n;

	snprintf(name, sizeof(name), "%s.mp3", path);
	mp3 = fopen(name, "wb+");
	if (!in || !mp3 || fseek(in, 44, SEEK_SET))
		exit(1);
	lame_set_in_samplerate(g, 8000);
	lame_set_out_samplerate(g, 8000);
	lame_set_num_channels(g, 1);
	lame_set_mode(g, MONO);
	lame_set_VBR(g, vbr_default);
	lame_set_VBR_quality(g, 5);
	if (lame_init_params(g))
		exit(1);
	while ((n = fread(samples, 2, BLOCK, in)) > 0)
		fwrite(out, 1,
			(size_t)lame_encode_buffer(g, samples, samples, (int)n, out, sizeof(out)),
			mp3);
	fwrite(out, 1, (size_t)lame_encode_flush(g, out, sizeof(out)), mp3);
	n = lame_get_lametag_frame(g, out, sizeof(out));
	fseek(mp3, 0, SEEK_SET);
	fwrite(out, 1, n, mp3);
	fclose(in);
	if (fclose(mp3))
		exit(1);
	lame_close(g);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1, status, failed = 0;

	for (int i = 0; i < n; i++)
		if (fork() == 0) {
			for (int k = 2 + i; k < argc; k += n)
				encode(argv[k]);
			exit(0);
		}
	while (wait(&status) > 0)
		failed |= status;
	return failed != 0;
}
