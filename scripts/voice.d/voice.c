/* voice: tool of scripts/train and scripts/bench vad. */
#include "voice.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "learn") == 0)
		return learn_main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "measure") == 0)
		return measure_main(argc - 1, argv + 1);
	fputs("usage: voice learn|measure [options] LIST\n", stderr);
	return EXIT_USAGE;
}
