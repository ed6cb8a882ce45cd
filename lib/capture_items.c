/* SPDX-License-Identifier: MIT
 *
 * What is in a block, item by item.
 */
#include <string.h>

#include "capture_batches.h"
#include "capture_fact.h"
#include "capture_reader.h"
#include "result.h"
#include "token.h"

bool
ReaderTakeFacts(PRCM_CAPTURE_READER *Reader)
{
    const CAPTURE_ANY_HEADER *Header = &Reader->Scan.Header;
    uint32_t Left = Header->Block.RawBytes;
    uint32_t Count = 0;
    const uint8_t *At = Reader->Payload.Raw.Bytes;
    for (; Left != 0; Count++)
    {
        const PRCM_FACT *Fact = (const void *)At;
        if (!FactIsWellFormed(Fact, Left))
            return false;
        At += Fact->Size;
        Left -= Fact->Size;
    }
    Reader->Step = STEP_FACTS;
    return Count == Header->Facts.FactCount;
}

PRCM_RESULT
ReaderStepFacts(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    if (Reader->PayloadAt == Reader->Scan.Header.Block.RawBytes)
    {
        Reader->Step = STEP_BLOCK;
        return PRCM_OK;
    }
    const PRCM_FACT *Fact = (const void *)(Reader->Payload.Raw.Bytes + Reader->PayloadAt);
    Reader->PayloadAt += Fact->Size;
    if (!FactIsKnown(Fact))
    {
        Reader->Totals.UnknownFacts++;
        return PRCM_OK;
    }
    Reader->Totals.Facts++;
    Item->Type = PRCM_ITEM_FACT;
    Item->Offset = Reader->Scan.Offset;
    Item->Fact = Fact;
    return PRCM_OK;
}

static void
GapTell(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item, uint64_t Instance, const RUN_GAP *Gap,
        uint32_t Why)
{
    Item->Type = PRCM_ITEM_GAP;
    Item->Why = Reader->Damaged ? PRCM_GAP_DAMAGED : Why;
    Item->Offset = Reader->Scan.Offset;
    Item->Instance = Instance;
    Item->First = Gap->First;
    Item->Next = Gap->Next;
    Item->KindsKnown = Gap->KindsKnown;
    memcpy(Item->Missing, Gap->Missing, sizeof(Item->Missing));
    Reader->Totals.Gaps++;
}

bool
ReaderTakePlace(PRCM_CAPTURE_READER *Reader)
{
    const CAPTURE_PLACE_HEADER *Place = &Reader->Scan.Header.Place;
    Reader->Step = STEP_SESSION;
    return Place->Block.RawBytes == 0 && TokenIsWellFormed(&Place->Token) && TokenAddsUp(&Place->Token);
}

PRCM_RESULT
ReaderStepSession(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    const CAPTURE_PLACE_HEADER *Place = &Reader->Scan.Header.Place;
    const PRCM_TOKEN *Token = &Place->Token;
    RUN_GAP Gap;
    CAPTURE_RUN *Run = RunsFind(&Reader->Runs, Token->Instance, Token->Next);
    if (Run == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    if (RunPlace(Run, Token, Place->LastBatch, &Gap))
    {
        /* One that goes on from another file's end says so. */
        GapTell(Reader, Item, Token->Instance, &Gap,
                Place->LastBatch != 0 ? PRCM_GAP_FILE_MISSING : PRCM_GAP_NOT_RECORDED);
        return PRCM_OK;
    }
    Item->Type = PRCM_ITEM_SESSION;
    Item->Offset = Reader->Scan.Offset;
    Item->Instance = Token->Instance;
    Item->First = Token->Next;
    Reader->Step = STEP_BLOCK;
    return PRCM_OK;
}

bool
ReaderTakeBatches(PRCM_CAPTURE_READER *Reader)
{
    const CAPTURE_BATCHES_HEADER *Header = &Reader->Scan.Header.Batches;
    CAPTURE_SUMMARY Summary;
    Reader->Step = STEP_BATCHES;
    return BatchesSummarise(Reader->Payload.Raw.Bytes, Header->Block.RawBytes, &Summary) &&
           memcmp(&Summary, &Header->Summary, sizeof(Summary)) == 0;
}

/* The next batch of the payload: what was told before is passed over, what is missing before it is told. */
PRCM_RESULT
ReaderStepBatches(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    const CAPTURE_BATCHES_HEADER *Header = &Reader->Scan.Header.Batches;
    RUN_GAP Gap;
    CAPTURE_RUN *Run = RunsFind(&Reader->Runs, Header->Summary.Instance, Header->Summary.First);
    if (Run == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    if (Reader->PayloadAt == 0)
        RunTakeTimes(Run, &Header->Summary);
    const PRCM_BATCH *Batch =
        BatchesNext(Reader->Payload.Raw.Bytes, Header->Block.RawBytes, &Reader->PayloadAt);
    if (Batch == NULL)
    {
        Reader->Step = STEP_BLOCK;
        return PRCM_OK;
    }
    if (RunHas(Run, Batch))
    {
        Item->Type = PRCM_ITEM_REPEATED;
        Item->Offset = Reader->Scan.Offset;
        Item->Instance = Batch->Next.Instance;
        Item->First = Batch->First;
        Item->Next = Batch->Next.Next;
        return PRCM_OK;
    }
    Reader->Batch = Batch;
    Reader->Step = STEP_BATCH;
    if (RunReach(Run, Batch, &Gap))
        GapTell(Reader, Item, Batch->Next.Instance, &Gap, PRCM_GAP_NOT_RECORDED);
    return PRCM_OK;
}

PRCM_RESULT
ReaderStepBatch(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    const PRCM_BATCH *Batch = Reader->Batch;
    Item->Offset = Reader->Scan.Offset;
    /* Taken in the step before, when it did not add up. */
    if (Reader->BatchFirst == 0)
    {
        CAPTURE_RUN *Run = RunsFind(&Reader->Runs, Batch->Next.Instance, Batch->First);
        if (Run == NULL)
            return ResultNote(PRCM_ERROR_MEMORY, 0);
        Reader->BatchFirst = Batch->First > Run->At.Next ? Batch->First : Run->At.Next;
        if (!RunTake(Run, Batch))
        {
            ReaderDamage(Reader, Item, PRCM_DAMAGE_ACCOUNT, 0);
            return PRCM_OK;
        }
    }
    Item->Type = PRCM_ITEM_BATCH;
    Item->Instance = Batch->Next.Instance;
    Item->First = Reader->BatchFirst;
    Item->Next = Batch->Next.Next;
    Item->Batch = Batch;
    Item->Records = BatchRecords(Batch);
    Reader->BatchFirst = 0;
    Reader->Damaged = false;
    Reader->Step = STEP_BATCHES;
    return PRCM_OK;
}

static uint32_t
IndexUnit(const CAPTURE_HEADER *Block)
{
    return Block->Kind == CAPTURE_KIND_END ? sizeof(CAPTURE_LEAF) : sizeof(CAPTURE_ENTRY);
}

bool
ReaderTakeIndex(PRCM_CAPTURE_READER *Reader)
{
    const CAPTURE_INDEX_HEADER *Header = &Reader->Scan.Header.Index;
    uint64_t Bytes = (uint64_t)Header->EntryCount * IndexUnit(&Header->Block);
    if (Header->Block.Kind == CAPTURE_KIND_END)
        Bytes += sizeof(CAPTURE_TRAILER);
    Reader->Step = STEP_INDEX;
    return Bytes == Header->Block.RawBytes;
}

/* What the index has and was not read, is missing. */
PRCM_RESULT
ReaderStepIndex(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    const CAPTURE_INDEX_HEADER *Header = &Reader->Scan.Header.Index;
    uint32_t Unit = IndexUnit(&Header->Block);
    if (Reader->PayloadAt == Header->EntryCount * Unit)
    {
        Reader->Step = STEP_BLOCK;
        return PRCM_OK;
    }
    const void *At = Reader->Payload.Raw.Bytes + Reader->PayloadAt;
    const CAPTURE_LEAF *Leaf = At;
    const CAPTURE_ENTRY *Entry = At;
    bool IsLeaf = Header->Block.Kind == CAPTURE_KIND_END;
    uint64_t Instance = IsLeaf ? Leaf->Instance : Entry->Summary.Instance;
    uint64_t First = IsLeaf ? Leaf->Next : Entry->Summary.First;
    uint64_t Next = IsLeaf ? Leaf->Next : Entry->Summary.Next;
    Reader->PayloadAt += Unit;
    if (Instance == 0 || (IsLeaf ? Leaf->Offset : Entry->Offset) < Reader->From)
        return PRCM_OK;
    RUN_GAP Gap;
    CAPTURE_RUN *Run = RunsFind(&Reader->Runs, Instance, First);
    if (Run == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    if (RunExpect(Run, Next, &Gap))
        GapTell(Reader, Item, Instance, &Gap, PRCM_GAP_DAMAGED);
    return PRCM_OK;
}
