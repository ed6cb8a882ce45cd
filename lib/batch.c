/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "record.h"
#include "result.h"
#include "token.h"

/* Kinds with this bit are no events: they bear no number of their own and are in no count. A newer driver may
 * have some that are unknown here. */
#define KIND_NO_EVENT 0x8000u

/* What a batch's records come to, to be held against its header. */
typedef struct TALLY
{
    uint64_t Lowest; /* number that the next record may have */
    uint64_t End;    /* number that every record must stay below */
    uint64_t Delivered[PRCM_KIND_COUNT];
    uint64_t Lost[PRCM_KIND_COUNT];
    uint64_t Unknown;
    bool AddsUp;
} TALLY;

static bool
HeaderIsWellFormed(const PRCM_BATCH *Batch, uint32_t Length)
{
    if (Length < sizeof(*Batch) || Batch->Size < sizeof(*Batch) || Batch->Size % 8 != 0 ||
        Batch->Size > Batch->Bytes || Batch->Bytes > Length)
        return false;
    if (Batch->Number == 0 || Batch->First == 0 || !TokenIsWellFormed(&Batch->Next) ||
        Batch->Next.Next < Batch->First || Batch->Head < Batch->Next.Next)
        return false;
    if (Batch->RequiredBytes == 0)
        return true;
    return Batch->RequiredBytes > Batch->Bytes && Batch->Bytes == Batch->Size && Batch->RecordCount == 0 &&
           Batch->First == Batch->Next.Next;
}

static bool
EventTally(TALLY *Tally, const PRCM_RECORD *Record)
{
    if (Record->Kind >= PRCM_KIND_COUNT || Record->Sequence < Tally->Lowest || Record->Sequence >= Tally->End)
        return false;
    Tally->Lowest = Record->Sequence + 1;
    Tally->Delivered[Record->Kind]++;
    return true;
}

static bool
HoleAddsUp(const PRCM_LOST *Hole)
{
    uint64_t Missing = Hole->Unknown;
    if (!CountsAdd(Hole->Evicted, PRCM_KIND_COUNT, &Missing) ||
        !CountsAdd(Hole->Dropped, PRCM_KIND_COUNT, &Missing) || Missing == 0)
        return false;
    return CountsAdd(&Hole->Filtered, 1, &Missing) && Missing == Hole->NextSequence - Hole->Header.Sequence;
}

static bool
HoleTally(TALLY *Tally, const PRCM_LOST *Hole)
{
    if (Hole->Header.Key != 0 || Hole->Header.Sequence < Tally->Lowest ||
        Hole->NextSequence <= Hole->Header.Sequence || Hole->NextSequence > Tally->End)
        return false;
    Tally->Lowest = Hole->NextSequence;
    if (!HoleAddsUp(Hole))
    {
        Tally->AddsUp = false;
        return true;
    }
    /* Holes that add up lie one behind the other below End, so their sums fit. */
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Tally->Lost[Kind] += Hole->Evicted[Kind] + Hole->Dropped[Kind];
    Tally->Unknown += Hole->Unknown;
    return true;
}

static bool
RecordTally(TALLY *Tally, const PRCM_RECORD *Record)
{
    if (Record->Kind == PRCM_KIND_LOST)
        return HoleTally(Tally, (const void *)Record);
    return (Record->Kind & KIND_NO_EVENT) != 0 || EventTally(Tally, Record);
}

static bool
RecordsTally(TALLY *Tally, const PRCM_BATCH *Batch)
{
    const uint8_t *At = (const uint8_t *)Batch + Batch->Size;
    uint32_t Left = Batch->Bytes - Batch->Size;
    for (uint32_t Index = 0; Index < Batch->RecordCount; Index++)
    {
        const PRCM_RECORD *Record = (const void *)At;
        if (Left < sizeof(*Record) || !RecordIsWellFormed(Record, Left) || !RecordTally(Tally, Record))
            return false;
        At += Record->Size;
        Left -= Record->Size;
    }
    return Left == 0;
}

static bool
NumbersAddUp(const PRCM_BATCH *Batch)
{
    uint64_t Sum = Batch->Unknown;
    return CountsAdd(Batch->Delivered, PRCM_KIND_COUNT, &Sum) &&
           CountsAdd(Batch->Filtered, PRCM_KIND_COUNT, &Sum) &&
           CountsAdd(Batch->Lost, PRCM_KIND_COUNT, &Sum) && Sum == Batch->Next.Next - Batch->First;
}

static bool
RecordsMatchHeader(const PRCM_BATCH *Batch, const TALLY *Tally)
{
    return memcmp(Batch->Delivered, Tally->Delivered, sizeof(Tally->Delivered)) == 0 &&
           memcmp(Batch->Lost, Tally->Lost, sizeof(Tally->Lost)) == 0 && Batch->Unknown == Tally->Unknown;
}

/* Between the ends of the stream: what this batch took in lies below its Next, and that lies below the head.
 * Sums by kind fit, for NumbersAddUp found that those over all kinds do. */
static bool
PositionsAddUp(const PRCM_BATCH *Batch)
{
    uint64_t Head = 0;
    if (!TokenAddsUp(&Batch->Next) || !CountsAdd(Batch->HeadCaptured, PRCM_KIND_COUNT, &Head) ||
        Head != Batch->Head - 1)
        return false;
    if (!Batch->Next.CountsKnown)
        return true;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        uint64_t Taken = Batch->Delivered[Kind] + Batch->Filtered[Kind] + Batch->Lost[Kind];
        if (Taken > Batch->Next.Captured[Kind] || Batch->Next.Captured[Kind] > Batch->HeadCaptured[Kind])
            return false;
    }
    return true;
}

PRCM_RESULT
PrcmBatchOpen(const void *Bytes, uint32_t Length, PRCM_RECORDS *Records)
{
    if (Bytes == NULL || Records == NULL || (uintptr_t)Bytes % 8 != 0)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    const PRCM_BATCH *Batch = Bytes;
    *Records = (PRCM_RECORDS){0};
    if (!HeaderIsWellFormed(Batch, Length))
        return ResultNote(PRCM_ERROR_BATCH, 0);
    TALLY Tally = {.Lowest = Batch->First, .End = Batch->Next.Next, .AddsUp = true};
    if (!RecordsTally(&Tally, Batch))
        return ResultNote(PRCM_ERROR_BATCH, 0);
    if (!Tally.AddsUp || !NumbersAddUp(Batch) || !RecordsMatchHeader(Batch, &Tally) || !PositionsAddUp(Batch))
        return ResultNote(PRCM_ERROR_ACCOUNT, 0);
    Records->At = (const uint8_t *)Batch + Batch->Size;
    Records->Left = Batch->Bytes - Batch->Size;
    return PRCM_OK;
}

const PRCM_RECORD *
PrcmBatchNext(PRCM_RECORDS *Records)
{
    while (Records->Left != 0)
    {
        const PRCM_RECORD *Record = (const void *)Records->At;
        Records->At += Record->Size;
        Records->Left -= Record->Size;
        if (RecordIsKnown(Record))
            return Record;
    }
    return NULL;
}

const void *
PrcmRecordBytes(const PRCM_RECORD *Record, const PRCM_BYTES *Field)
{
    return Field->Length != 0 ? (const uint8_t *)Record + Field->Offset : NULL;
}
