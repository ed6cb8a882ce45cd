/* SPDX-License-Identifier: MIT */
#include "fit_batch.h"

#include <string.h>

#include "prcm_abi.h"

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

void
FitBatch(uint8_t *Bytes, uint32_t Length)
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
