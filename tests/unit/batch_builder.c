/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "batch_builder.h"

#define INSTANCE 0x01dc5bd0f3a1b2c4u

void
BuilderBegin(BATCH_BUILDER *Builder, const uint64_t Before[PRCM_KIND_COUNT])
{
    PRCM_BATCH *Batch = &Builder->Batch;
    memset(Builder, 0, sizeof(*Builder));
    Batch->Size = Batch->Bytes = sizeof(*Batch);
    Batch->Number = 1;
    Batch->First = 1;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Batch->First += Before[Kind];
    Batch->Next.Instance = INSTANCE;
    Batch->Next.Next = Batch->First;
    Batch->Next.CountsKnown = 1;
    memcpy(Batch->Next.Captured, Before, sizeof(Batch->Next.Captured));
}

/* The last record's size is corrected when bytes are added to it. */
static PRCM_RECORD *
BuilderLast(BATCH_BUILDER *Builder)
{
    uint32_t At = Builder->Batch.Size;
    PRCM_RECORD *Last = NULL;
    while (At < Builder->Batch.Bytes)
    {
        Last = (void *)(Builder->Bytes + At);
        At += Last->Size;
    }
    return Last;
}

static void *
BuilderAppend(BATCH_BUILDER *Builder, uint16_t Kind, uint16_t FixedSize)
{
    PRCM_BATCH *Batch = &Builder->Batch;
    PRCM_RECORD *Record = (void *)(Builder->Bytes + Batch->Bytes);
    assert(FixedSize % 8 == 0 && Batch->Bytes + FixedSize <= BUILDER_BYTES);
    Record->Size = Record->FixedSize = FixedSize;
    Record->Kind = Kind;
    Record->Sequence = Batch->Next.Next;
    Record->Time = 134000000000000000 + (int64_t)Record->Sequence;
    Batch->Bytes += FixedSize;
    Batch->RecordCount++;
    return Record;
}

static void *
BuilderAppendEvent(BATCH_BUILDER *Builder, uint16_t Kind, uint16_t FixedSize, uint32_t ProcessId)
{
    PRCM_BATCH *Batch = &Builder->Batch;
    PRCM_RECORD *Record = BuilderAppend(Builder, Kind, FixedSize);
    Record->Key = ProcessId;
    Record->ThreadId = ProcessId + 4;
    Batch->Next.Next++;
    Batch->Next.Captured[Kind]++;
    Batch->Delivered[Kind]++;
    return Record;
}

PRCM_START *
BuilderAddStart(BATCH_BUILDER *Builder, uint32_t ProcessId)
{
    return BuilderAppendEvent(Builder, PRCM_KIND_START, sizeof(PRCM_START), ProcessId);
}

PRCM_EXIT *
BuilderAddExit(BATCH_BUILDER *Builder, uint32_t ProcessId)
{
    return BuilderAppendEvent(Builder, PRCM_KIND_EXIT, sizeof(PRCM_EXIT), ProcessId);
}

PRCM_IMAGE *
BuilderAddImage(BATCH_BUILDER *Builder, uint32_t ProcessId)
{
    return BuilderAppendEvent(Builder, PRCM_KIND_IMAGE, sizeof(PRCM_IMAGE), ProcessId);
}

PRCM_RECORD *
BuilderAddOther(BATCH_BUILDER *Builder, uint16_t Kind, uint16_t FixedSize)
{
    if (Kind < PRCM_KIND_COUNT)
        return BuilderAppendEvent(Builder, Kind, FixedSize, 0);
    return BuilderAppend(Builder, Kind, FixedSize);
}

PRCM_LOST *
BuilderAddLost(BATCH_BUILDER *Builder, uint32_t Kind, uint64_t Evicted, uint64_t Dropped,
               uint32_t FilteredKind, uint64_t Filtered)
{
    PRCM_BATCH *Batch = &Builder->Batch;
    PRCM_LOST *Lost = BuilderAppend(Builder, PRCM_KIND_LOST, sizeof(*Lost));
    Lost->Evicted[Kind] = Evicted;
    Lost->Dropped[Kind] = Dropped;
    Lost->Filtered = Filtered;
    Lost->NextSequence = Lost->Header.Sequence + Evicted + Dropped + Filtered;
    Batch->Next.Next = Lost->NextSequence;
    Batch->Next.Captured[Kind] += Evicted + Dropped;
    Batch->Next.Captured[FilteredKind] += Filtered;
    Batch->Next.Dropped[Kind] += Dropped;
    Batch->Lost[Kind] += Evicted + Dropped;
    Batch->Filtered[FilteredKind] += Filtered;
    return Lost;
}

PRCM_LOST *
BuilderAddUnknown(BATCH_BUILDER *Builder, uint64_t Count)
{
    PRCM_BATCH *Batch = &Builder->Batch;
    PRCM_LOST *Lost = BuilderAppend(Builder, PRCM_KIND_LOST, sizeof(*Lost));
    Lost->Unknown = Count;
    Lost->NextSequence = Lost->Header.Sequence + Count;
    Batch->Next.Next = Lost->NextSequence;
    Batch->Next.CountsKnown = 0;
    Batch->Unknown += Count;
    return Lost;
}

void
BuilderFilter(BATCH_BUILDER *Builder, uint32_t Kind)
{
    Builder->Batch.Next.Next++;
    Builder->Batch.Next.Captured[Kind]++;
    Builder->Batch.Filtered[Kind]++;
}

void
BuilderSetBytes(BATCH_BUILDER *Builder, PRCM_BYTES *Field, const void *Bytes, uint32_t Length)
{
    PRCM_RECORD *Record = BuilderLast(Builder);
    uint32_t Padded = (Length + 7) / 8 * 8;
    assert(Record && Builder->Batch.Bytes + Padded <= BUILDER_BYTES);
    memcpy((uint8_t *)Record + Record->Size, Bytes, Length);
    *Field = (PRCM_BYTES){PRCM_PRESENT, Record->Size, Length, Length};
    Record->Size += Padded;
    Builder->Batch.Bytes += Padded;
}

void
BuilderSetText(BATCH_BUILDER *Builder, PRCM_BYTES *Field, const char *Ascii)
{
    uint8_t Text[512] = {0};
    uint32_t Length = 0;
    for (; *Ascii; Ascii++)
    {
        assert(Length + 2 <= sizeof(Text));
        Text[Length++] = (uint8_t)*Ascii;
        Text[Length++] = 0;
    }
    BuilderSetBytes(Builder, Field, Text, Length);
}

PRCM_BATCH *
BuilderEnd(BATCH_BUILDER *Builder, uint64_t Ahead)
{
    PRCM_BATCH *Batch = &Builder->Batch;
    Batch->Head = Batch->Next.Next + Ahead;
    memcpy(Batch->HeadCaptured, Batch->Next.Captured, sizeof(Batch->HeadCaptured));
    Batch->HeadCaptured[PRCM_KIND_EXIT] += Ahead;
    if (!Batch->Next.CountsKnown)
    {
        Batch->HeadCaptured[PRCM_KIND_IMAGE] += Batch->Unknown;
        memset(Batch->Next.Captured, 0, sizeof(Batch->Next.Captured));
        memset(Batch->Next.Dropped, 0, sizeof(Batch->Next.Dropped));
    }
    return Batch;
}
