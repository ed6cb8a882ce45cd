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

int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size);
size_t LLVMFuzzerCustomMutator(uint8_t *Data, size_t Size, size_t MaxSize, unsigned int Seed);
size_t LLVMFuzzerMutate(uint8_t *Data, size_t Size, size_t MaxSize);

/* Takes numbers and counts from the records, as far as they can be walked. The result need not be valid. */
static void
SumsTake(PRCM_BATCH *Batch, const PRCM_RECORD *Record)
{
    PRCM_LOST Lost = {0};
    if (Record->Kind < PRCM_KIND_COUNT)
    {
        Batch->Delivered[Record->Kind]++;
        Batch->Next.Next = Record->Sequence + 1;
    }
    if (Record->Kind != PRCM_KIND_LOST || Record->Size < sizeof(Lost))
        return;
    memcpy(&Lost, Record, sizeof(Lost));
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Batch->Lost[Kind] += Lost.Evicted[Kind] + Lost.Dropped[Kind];
    Batch->Unknown += Lost.Unknown;
    Batch->Next.Next = Lost.NextSequence;
}

static void
SumsClose(PRCM_BATCH *Batch)
{
    uint64_t Told = Batch->Unknown;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Told += Batch->Delivered[Kind] + Batch->Lost[Kind];
    Batch->Filtered[0] = Batch->Next.Next - 1 - Told;
    Batch->Head = Batch->Next.Next;
    Batch->HeadCaptured[0] = Batch->Head - 1;
}

static void
SumsFit(uint8_t *Bytes, uint32_t Length)
{
    PRCM_BATCH Batch = {.Size = sizeof(Batch), .Number = 1, .First = 1, .Next = {.Instance = 1, .Next = 1}};
    uint32_t At = sizeof(Batch);
    PRCM_RECORD Record;
    while (Length - At >= sizeof(Record))
    {
        memcpy(&Record, Bytes + At, sizeof(Record));
        if (Record.Size < sizeof(Record) || Record.Size % 8 != 0 || Record.Size > Length - At)
            break;
        SumsTake(&Batch, (const void *)(Bytes + At));
        At += Record.Size;
        Batch.RecordCount++;
    }
    Batch.Bytes = At;
    SumsClose(&Batch);
    memcpy(Bytes, &Batch, sizeof(Batch));
}

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
    SumsFit(Fitted, Length);
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
