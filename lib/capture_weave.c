/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "capture_weave.h"

#define WORD_BYTES  4u
#define BATCH_BYTES (sizeof(CAPTURE_BATCH_PREFIX) + sizeof(PRCM_BATCH))
#define HEAD_BYTES  8u /* of a record: Size, Kind, FixedSize */
#define MAX_CLASSES 16u

/* Records of one kind and length. */
typedef struct CLASS
{
    uint16_t Kind;
    uint16_t FixedSize;
} CLASS;

/* Where everything is in a payload. */
typedef struct PLAN
{
    uint32_t *Batches; /* offsets, one for each */
    uint32_t *Records;
    uint32_t *Some; /* of the class that is woven */
    uint32_t BatchCount;
    uint32_t RecordCount;
    CLASS Classes[MAX_CLASSES];
    uint32_t ClassCount;
} PLAN;

void
WeaveFree(CAPTURE_WEAVE *Weave)
{
    BufferFree(&Weave->Woven);
    BufferFree(&Weave->Heads);
    BufferFree(&Weave->Places);
}

bool
WeaveReserve(CAPTURE_WEAVE *Weave, uint32_t Bytes)
{
    uint32_t Places = Bytes / (uint32_t)BATCH_BYTES + 2 * (Bytes / HEAD_BYTES);
    return BufferReserve(&Weave->Woven, Bytes) && BufferReserve(&Weave->Heads, Bytes) &&
           BufferReserve(&Weave->Places, Places * (uint32_t)sizeof(uint32_t));
}

/* Has memory for as many as there can be. false: there are more. */
static bool
PlanMake(const CAPTURE_WEAVE *Weave, uint32_t Bytes, uint32_t BatchCount, PLAN *Plan)
{
    if (BatchCount > Bytes / BATCH_BYTES)
        return false;
    memset(Plan, 0, sizeof(*Plan));
    Plan->Batches = (void *)Weave->Places.Bytes;
    Plan->Records = Plan->Batches + Bytes / BATCH_BYTES;
    Plan->Some = Plan->Records + Bytes / HEAD_BYTES;
    Plan->BatchCount = BatchCount;
    return true;
}

/* The head of a record, at any alignment of 4. */
static PRCM_RECORD
HeadAt(const uint8_t *At)
{
    PRCM_RECORD Head = {0};
    memcpy(&Head, At, HEAD_BYTES);
    return Head;
}

/* Notes a record's class. false: it cannot be woven. */
static bool
PlanClass(PLAN *Plan, const PRCM_RECORD *Head)
{
    uint32_t At = 0;
    if (Head->FixedSize < HEAD_BYTES || Head->FixedSize % WORD_BYTES != 0 || Head->Size < Head->FixedSize)
        return false;
    while (At < Plan->ClassCount &&
           (Plan->Classes[At].Kind != Head->Kind || Plan->Classes[At].FixedSize != Head->FixedSize))
        At++;
    if (At == MAX_CLASSES)
        return false;
    if (At == Plan->ClassCount)
        Plan->Classes[Plan->ClassCount++] = (CLASS){Head->Kind, Head->FixedSize};
    return true;
}

/* The records of a class, into Some. */
static uint32_t
PlanSelect(PLAN *Plan, const uint8_t *Raw, const CLASS *Class)
{
    uint32_t Count = 0;
    for (uint32_t At = 0; At < Plan->RecordCount; At++)
    {
        PRCM_RECORD Head = HeadAt(Raw + Plan->Records[At]);
        if (Head.Kind == Class->Kind && Head.FixedSize == Class->FixedSize)
            Plan->Some[Count++] = Plan->Records[At];
    }
    return Count;
}

/* Words From to To of each place: a column for each word, of its lowest bytes, then the next higher ones, and so on.
 * Where the columns end. */
static uint8_t *
ColumnsWeave(uint8_t *Out, const uint8_t *Raw, const uint32_t *Places, uint32_t Count, uint32_t From,
             uint32_t To)
{
    for (uint32_t At = From; At < To; At += WORD_BYTES)
    {
        uint32_t Before = 0;
        for (uint32_t Index = 0; Index < Count; Index++)
        {
            uint32_t Word;
            memcpy(&Word, Raw + Places[Index] + At, sizeof(Word));
            uint32_t Step = Word - Before;
            Before = Word;
            Out[Index] = (uint8_t)Step;
            Out[Index + Count] = (uint8_t)(Step >> 8);
            Out[Index + 2 * Count] = (uint8_t)(Step >> 16);
            Out[Index + 3 * Count] = (uint8_t)(Step >> 24);
        }
        Out += WORD_BYTES * Count;
    }
    return Out;
}

static const uint8_t *
ColumnsUnweave(const uint8_t *In, uint8_t *Raw, const uint32_t *Places, uint32_t Count, uint32_t From,
               uint32_t To)
{
    for (uint32_t At = From; At < To; At += WORD_BYTES)
    {
        uint32_t Word = 0;
        for (uint32_t Index = 0; Index < Count; Index++)
        {
            Word += In[Index] | (uint32_t)In[Index + Count] << 8 | (uint32_t)In[Index + 2 * Count] << 16 |
                    (uint32_t)In[Index + 3 * Count] << 24;
            memcpy(Raw + Places[Index] + At, &Word, sizeof(Word));
        }
        In += WORD_BYTES * Count;
    }
    return In;
}

/* Finds everything in a good payload. */
static bool
PlanWalk(PLAN *Plan, const uint8_t *Raw)
{
    uint32_t At = 0;
    for (uint32_t Index = 0; Index < Plan->BatchCount; Index++)
    {
        const PRCM_BATCH *Batch = (const void *)(Raw + At + sizeof(CAPTURE_BATCH_PREFIX));
        if (Batch->Size != sizeof(*Batch))
            return false;
        Plan->Batches[Index] = At;
        At += BATCH_BYTES;
        for (uint32_t Record = 0; Record < Batch->RecordCount; Record++)
        {
            PRCM_RECORD Head = HeadAt(Raw + At);
            if (!PlanClass(Plan, &Head))
                return false;
            Plan->Records[Plan->RecordCount++] = At;
            At += Head.Size;
        }
    }
    return true;
}

bool
WeaveBatches(CAPTURE_WEAVE *Weave, const uint8_t *Raw, uint32_t Bytes, uint32_t BatchCount)
{
    PLAN Plan;
    if (!WeaveReserve(Weave, Bytes) || !PlanMake(Weave, Bytes, BatchCount, &Plan) || !PlanWalk(&Plan, Raw))
        return false;
    uint8_t *Out = ColumnsWeave(Weave->Woven.Bytes, Raw, Plan.Batches, BatchCount, 0, BATCH_BYTES);
    Out = ColumnsWeave(Out, Raw, Plan.Records, Plan.RecordCount, 0, HEAD_BYTES);
    for (uint32_t Class = 0; Class < Plan.ClassCount; Class++)
    {
        uint32_t Count = PlanSelect(&Plan, Raw, &Plan.Classes[Class]);
        Out = ColumnsWeave(Out, Raw, Plan.Some, Count, HEAD_BYTES, Plan.Classes[Class].FixedSize);
    }
    for (uint32_t At = 0; At < Plan.RecordCount; At++)
    {
        PRCM_RECORD Head = HeadAt(Raw + Plan.Records[At]);
        memcpy(Out, Raw + Plan.Records[At] + Head.FixedSize, Head.Size - Head.FixedSize);
        Out += Head.Size - Head.FixedSize;
    }
    return true;
}

/* Puts the batches' heads in their places, once the records' heads say how long those are. */
static bool
PlanPlace(PLAN *Plan, const uint8_t *Heads, uint32_t Bytes, uint8_t *Raw)
{
    const uint8_t *Records = Heads + Plan->BatchCount * BATCH_BYTES;
    uint32_t At = 0;
    uint32_t Record = 0;
    for (uint32_t Index = 0; Index < Plan->BatchCount; Index++)
    {
        PRCM_BATCH Batch;
        const uint8_t *Head = Heads + Index * BATCH_BYTES;
        memcpy(&Batch, Head + sizeof(CAPTURE_BATCH_PREFIX), sizeof(Batch));
        if (BATCH_BYTES > Bytes - At)
            return false;
        memcpy(Raw + At, Head, BATCH_BYTES);
        At += BATCH_BYTES;
        for (uint32_t End = Record + Batch.RecordCount; Record < End; Record++)
        {
            PRCM_RECORD Found = HeadAt(Records + Record * HEAD_BYTES);
            if (!PlanClass(Plan, &Found) || Found.Size > Bytes - At)
                return false;
            Plan->Records[Record] = At;
            memcpy(Raw + At, Records + Record * HEAD_BYTES, HEAD_BYTES);
            At += Found.Size;
        }
    }
    /* What is left to unweave is then as long as what is left of the bytes. */
    return At == Bytes;
}

/* How many records the batches say they have. false: more than Bytes can hold. */
static bool
PlanCount(PLAN *Plan, const uint8_t *Heads, uint32_t Bytes)
{
    uint32_t Most = (Bytes - Plan->BatchCount * (uint32_t)BATCH_BYTES) / HEAD_BYTES;
    for (uint32_t Index = 0; Index < Plan->BatchCount; Index++)
    {
        PRCM_BATCH Batch;
        memcpy(&Batch, Heads + Index * BATCH_BYTES + sizeof(CAPTURE_BATCH_PREFIX), sizeof(Batch));
        if (Batch.RecordCount > Most - Plan->RecordCount)
            return false;
        Plan->RecordCount += Batch.RecordCount;
    }
    return true;
}

/* Heads one behind the other, for their places are not known yet. */
static const uint8_t *
HeadsUnweave(const uint8_t *In, uint8_t *Heads, uint32_t *Places, uint32_t Count, uint32_t HeadBytes)
{
    for (uint32_t Index = 0; Index < Count; Index++)
        Places[Index] = Index * HeadBytes;
    return ColumnsUnweave(In, Heads, Places, Count, 0, HeadBytes);
}

bool
UnweaveBatches(CAPTURE_WEAVE *Weave, const uint8_t *Woven, uint32_t Bytes, uint32_t BatchCount, uint8_t *Raw)
{
    PLAN Plan;
    if (!PlanMake(Weave, Bytes, BatchCount, &Plan))
        return false;
    uint8_t *Heads = Weave->Heads.Bytes;
    Woven = HeadsUnweave(Woven, Heads, Plan.Batches, BatchCount, BATCH_BYTES);
    if (!PlanCount(&Plan, Heads, Bytes))
        return false;
    Woven = HeadsUnweave(Woven, Heads + BatchCount * BATCH_BYTES, Plan.Records, Plan.RecordCount, HEAD_BYTES);
    if (!PlanPlace(&Plan, Heads, Bytes, Raw))
        return false;
    for (uint32_t Class = 0; Class < Plan.ClassCount; Class++)
    {
        uint32_t Count = PlanSelect(&Plan, Raw, &Plan.Classes[Class]);
        Woven = ColumnsUnweave(Woven, Raw, Plan.Some, Count, HEAD_BYTES, Plan.Classes[Class].FixedSize);
    }
    for (uint32_t At = 0; At < Plan.RecordCount; At++)
    {
        PRCM_RECORD Head = HeadAt(Raw + Plan.Records[At]);
        memcpy(Raw + Plan.Records[At] + Head.FixedSize, Woven, Head.Size - Head.FixedSize);
        Woven += Head.Size - Head.FixedSize;
    }
    return true;
}
