/* SPDX-License-Identifier: MIT
 *
 * libFuzzer: whatever the bytes, PrcmBatchOpen refuses them or all that can be read from them lies
 * within. Run once on the bytes as they are, and once with the header's sums made to fit the records,
 * since few inputs would get past those otherwise.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "batch_sample.h"
#include "fit_batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size);
size_t LLVMFuzzerCustomMutator(uint8_t *Data, size_t Size, size_t MaxSize, unsigned int Seed);
size_t LLVMFuzzerMutate(uint8_t *Data, size_t Size, size_t MaxSize);

int
LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size)
{
    uint32_t Length = (uint32_t)Size;
    OpenAndRead(Data, Length);
    if (Size < sizeof(PRCM_BATCH))
        return 0;
    uint8_t *Fitted = malloc(Size);
    assert(Fitted);
    memcpy(Fitted, Data, Size);
    FitBatch(Fitted, Length);
    OpenAndRead(Fitted, Length);
    free(Fitted);
    return 0;
}

/* An empty input becomes the sample, from which all that is valid can be reached. */
size_t
LLVMFuzzerCustomMutator(uint8_t *Data, size_t Size, size_t MaxSize, unsigned int Seed)
{
    (void)Seed;
    if (Size < sizeof(PRCM_BATCH))
    {
        SAMPLE *Sample = SampleCreate();
        Size = Sample->Batch->Bytes < MaxSize ? Sample->Batch->Bytes : MaxSize;
        memcpy(Data, Sample->Batch, Size);
        free(Sample);
    }
    return LLVMFuzzerMutate(Data, Size, MaxSize);
}
