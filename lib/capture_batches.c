/* SPDX-License-Identifier: MIT */
#include "capture_batches.h"

static void
CountsSum(uint64_t Sum[PRCM_KIND_COUNT], const uint64_t Counts[PRCM_KIND_COUNT])
{
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Sum[Kind] += Counts[Kind];
}

/* A hole's time is that of the record behind it, or none. */
static void
TimesTake(CAPTURE_SUMMARY *Summary, PRCM_RECORDS *Records)
{
    bool HasTimes = false;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        HasTimes |= Summary->Delivered[Kind] != 0;
    const PRCM_RECORD *Record;
    while ((Record = PrcmBatchNext(Records)) != NULL)
    {
        if (Record->Kind >= PRCM_KIND_COUNT)
            continue;
        if (!HasTimes || Record->Time < Summary->FirstTime)
            Summary->FirstTime = Record->Time;
        if (!HasTimes || Record->Time > Summary->LastTime)
            Summary->LastTime = Record->Time;
        HasTimes = true;
    }
}

bool
SummaryAdd(CAPTURE_SUMMARY *Summary, const PRCM_BATCH *Batch, PRCM_RECORDS *Records)
{
    if (Batch->RequiredBytes != 0)
        return false;
    if (Summary->BatchCount == 0)
        *Summary = (CAPTURE_SUMMARY){.Instance = Batch->Next.Instance,
                                     .First = Batch->First,
                                     .Next = Batch->First,
                                     .FirstBatch = Batch->Number};
    if (Batch->Next.Instance != Summary->Instance || Batch->First != Summary->Next)
        return false;
    TimesTake(Summary, Records);
    /* The numbers lie one behind the other, so that these sums fit. */
    CountsSum(Summary->Delivered, Batch->Delivered);
    CountsSum(Summary->Filtered, Batch->Filtered);
    CountsSum(Summary->Lost, Batch->Lost);
    Summary->Unknown += Batch->Unknown;
    Summary->Next = Batch->Next.Next;
    Summary->BatchCount++;
    Summary->RecordCount += Batch->RecordCount;
    return true;
}

bool
BatchesSummarise(const void *Raw, uint32_t Bytes, CAPTURE_SUMMARY *Summary)
{
    const uint8_t *At = Raw;
    *Summary = (CAPTURE_SUMMARY){0};
    while (Bytes != 0)
    {
        const CAPTURE_BATCH_PREFIX *Prefix = (const void *)At;
        if (Bytes < sizeof(*Prefix) || Prefix->Reserved != 0 || Prefix->Bytes > Bytes - sizeof(*Prefix) ||
            Prefix->Bytes % 8 != 0)
            return false;
        const PRCM_BATCH *Batch = (const void *)(At + sizeof(*Prefix));
        PRCM_RECORDS Records;
        if (PrcmBatchOpen(Batch, Prefix->Bytes, &Records) != PRCM_OK || Batch->Bytes != Prefix->Bytes ||
            !SummaryAdd(Summary, Batch, &Records))
            return false;
        At += sizeof(*Prefix) + Prefix->Bytes;
        Bytes -= (uint32_t)sizeof(*Prefix) + Prefix->Bytes;
    }
    return Summary->BatchCount != 0;
}

const PRCM_BATCH *
BatchesNext(const uint8_t *Raw, uint32_t Bytes, uint32_t *At)
{
    if (*At == Bytes)
        return NULL;
    const CAPTURE_BATCH_PREFIX *Prefix = (const void *)(Raw + *At);
    *At += (uint32_t)sizeof(*Prefix) + Prefix->Bytes;
    return (const void *)(Prefix + 1);
}

PRCM_RECORDS
BatchRecords(const PRCM_BATCH *Batch)
{
    return (PRCM_RECORDS){(const uint8_t *)Batch + Batch->Size, Batch->Bytes - Batch->Size};
}
