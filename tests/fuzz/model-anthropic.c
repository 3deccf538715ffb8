/* model-anthropic: any bytes as a stream of Messages: what is read of it fits, is the same however it is cut, and can be sent
 * back. */
#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_model(&model_anthropic, data, size);
	return 0;
}
