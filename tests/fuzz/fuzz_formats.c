/* SPDX-License-Identifier: MIT
 *
 * libFuzzer: whatever records PrcmBatchOpen accepts, each format makes of them what FormatCheck demands. The first byte, where
 * the header of the batch will be, says which format it is.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "batch_sample.h"
#include "fit_batch.h"
#include "format_check.h"
#include "formats/formats.h"
#include "stream/stream.h"

#define OUTPUT_BYTES 0x2000000u

int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size);
size_t LLVMFuzzerCustomMutator(uint8_t *Data, size_t Size, size_t MaxSize, unsigned int Seed);
size_t LLVMFuzzerMutate(uint8_t *Data, size_t Size, size_t MaxSize);

static const VIEW_HOOKS NoHooks;
static STREAM Stream;
static SINK Sink;
static char Output[OUTPUT_BYTES];
static size_t Used;

static uint32_t
Keep(void *Context, const char *Bytes, size_t Length)
{
    (void)Context;
    assert(Length < OUTPUT_BYTES - Used);
    memcpy(Output + Used, Bytes, Length);
    Used += Length;
    return 0;
}

static void
Begin(void)
{
    static const uint16_t Host[] = {'P', 'C'};
    const PRCM_SUBSCRIPTION Asked = {.Kinds = PRCM_KINDS_ALL};
    const FORMAT_HEADER Header = {.Boot = {.Value = 1, .Status = PRCM_PRESENT}, .Asked = &Asked};
    const FORMAT_ORIGIN Origin = {.Host = {Host, 2}, .HostStatus = PRCM_PRESENT, .Instance = 1};

    StreamBegin(&Stream, &Origin, &Header);
}

static void
Close(const PRCM_BATCH *Batch)
{
    PRCM_ACCOUNT Account = {
        .Instance = 1, .From = Batch->First, .Next = Batch->Next.Next, .Head = Batch->Head};
    CLOSING Closing;

    memcpy(Account.Delivered, Batch->Delivered, sizeof(Account.Delivered));
    memcpy(Account.Lost, Batch->Lost, sizeof(Account.Lost));
    Account.Unknown = Batch->Unknown;
    StreamClose(&Stream, &Account, &Batch->Next, &Closing);
    StreamEnd(&Stream);
}

static void
Show(const FORMAT_NAME *Format, const PRCM_BATCH *Batch, PRCM_RECORDS Records)
{
    Used = 0;
    SinkInit(&Sink, Keep, NULL, false);
    StreamInit(&Stream, Format->Format, &Sink, &NoHooks, PRCM_KINDS_ALL);
    Begin();
    StreamBatch(&Stream, Batch, Records);
    Close(Batch);
    SinkFlush(&Sink);
    StreamDestroy(&Stream);
    Output[Used] = '\0';
    FormatCheck(Format->Name, Output, Used);
}

int
LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size)
{
    PRCM_RECORDS Records;
    uint8_t *Fitted = malloc(Size + 1);
    assert(Fitted);
    memcpy(Fitted, Data, Size);
    if (Size >= sizeof(PRCM_BATCH))
        FitBatch(Fitted, (uint32_t)Size);
    const PRCM_BATCH *Batch = (const void *)Fitted;
    if (PrcmBatchOpen(Batch, (uint32_t)Size, &Records) == PRCM_OK)
        Show(&FormatNames[Data[0] % FORMAT_NAME_COUNT], Batch, Records);
    free(Fitted);
    return 0;
}

/* As fuzz_batch's. */
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
