/* SPDX-License-Identifier: MIT
 *
 * The reader, from block to block. It does one step at a time until one of them has an item to tell.
 */
#include "capture_reader.h"
#include "result.h"

void
ReaderDamage(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item, uint32_t Why, uint64_t Bytes)
{
    Item->Type = PRCM_ITEM_DAMAGE;
    Item->Why = Why;
    Item->Bytes = Bytes;
    Reader->Damaged = true;
    Reader->Totals.Damages++;
    Reader->Totals.DamagedBytes += Bytes;
    RunsForget(&Reader->Runs);
}

/* Tells of a file what its first block says. */
static PRCM_RESULT
StepFile(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    CAPTURE_SCAN *Scan = &Reader->Scan;
    const CAPTURE_HEADER *Block = &Scan->Header.Block;
    bool Good;
    ScanBegin(Scan, &Reader->File);
    PRCM_RESULT Result = ScanAt(Scan, 0, &Good);
    if (Result != PRCM_OK)
        return Result;
    Item->Type = PRCM_ITEM_FILE;
    if (Good)
        Item->FileId = Block->FileId;
    if (Good && BlockIsKnown(Block) && BlockHeaderIsWellFormed(&Scan->Header) &&
        Block->Kind == CAPTURE_KIND_FILE)
        Item->Time = Scan->Header.File.Time;
    Reader->Totals.Files++;
    if (!Good)
        ScanBegin(Scan, &Reader->File);
    Scan->At = Reader->From;
    Reader->Step = STEP_BLOCK;
    return PRCM_OK;
}

static void
ReaderTellEnd(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    const CAPTURE_SCAN *Scan = &Reader->Scan;
    Item->Type = PRCM_ITEM_FILE_END;
    Item->Bytes = Reader->TornBytes = Scan->Bytes;
    Item->Why = Scan->Why;
    Reader->Closed = Reader->Ended && Scan->Bytes == 0;
    Item->Closed = Reader->Closed;
    Reader->Totals.ClosedFiles += Item->Closed;
    Reader->Totals.TornBytes += Scan->Bytes;
    Reader->Totals.Bytes += Scan->Bytes;
    Reader->Step = STEP_NEXT;
}

/* The facts before the place that was sought, one block at a time. */
static PRCM_RESULT
StepAhead(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    if (Reader->AheadAt == Reader->AheadCount)
    {
        Reader->AheadCount = Reader->AheadAt = 0;
        Reader->Scan.At = Reader->From;
        return PRCM_OK;
    }
    bool Good;
    uint64_t Offset = Reader->Ahead[Reader->AheadAt];
    PRCM_RESULT Result = ScanAt(&Reader->Scan, Offset, &Good);
    if (Result != PRCM_OK)
        return Result;
    Reader->AheadAt++;
    if (Good)
    {
        Reader->Step = STEP_TAKE;
        return PRCM_OK;
    }
    Item->Offset = Offset;
    ReaderDamage(Reader, Item, PRCM_DAMAGE_HEADER, 0);
    return PRCM_OK;
}

static PRCM_RESULT
StepBlock(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    SCAN_FOUND Found;
    if (Reader->AheadCount != 0)
        return StepAhead(Reader, Item);
    PRCM_RESULT Result = ScanNext(&Reader->Scan, &Found);
    if (Result != PRCM_OK)
        return Result;
    Item->Offset = Reader->Scan.Offset;
    if (Found == SCAN_END)
    {
        ReaderTellEnd(Reader, Item);
        return PRCM_OK;
    }
    Reader->Totals.Bytes += Reader->Scan.Bytes;
    if (Found == SCAN_DAMAGE)
    {
        ReaderDamage(Reader, Item, Reader->Scan.Why, Reader->Scan.Bytes);
        Reader->NumberKnown = false;
        return PRCM_OK;
    }
    const CAPTURE_HEADER *Block = &Reader->Scan.Header.Block;
    uint64_t Expected = Reader->Number;
    if (Reader->NumberKnown && Block->Number < Expected)
    {
        ReaderDamage(Reader, Item, PRCM_DAMAGE_NUMBER, Reader->Scan.Bytes);
        return PRCM_OK;
    }
    bool Missing = Reader->NumberKnown && Block->Number > Expected;
    Reader->Number = Block->Number + 1;
    Reader->NumberKnown = true;
    Reader->Step = STEP_TAKE;
    if (Missing)
        ReaderDamage(Reader, Item, PRCM_DAMAGE_NUMBER, 0);
    return PRCM_OK;
}

static void
ReaderTellUnknown(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    const CAPTURE_HEADER *Block = &Reader->Scan.Header.Block;
    Item->Type = PRCM_ITEM_UNKNOWN;
    Item->Kind = Block->Kind;
    Item->Version = Block->Version;
    Item->Bytes = Reader->Scan.Bytes;
    Reader->Totals.UnknownBlocks++;
}

static bool
ReaderTake(PRCM_CAPTURE_READER *Reader)
{
    switch (Reader->Scan.Header.Block.Kind)
    {
    case CAPTURE_KIND_FACTS:
        return ReaderTakeFacts(Reader);
    case CAPTURE_KIND_PLACE:
        return ReaderTakePlace(Reader);
    case CAPTURE_KIND_BATCHES:
        return ReaderTakeBatches(Reader);
    case CAPTURE_KIND_INDEX:
    case CAPTURE_KIND_END:
        return ReaderTakeIndex(Reader);
    default:
        return true;
    }
}

static PRCM_RESULT
StepTake(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    const CAPTURE_HEADER *Block = &Reader->Scan.Header.Block;
    uint32_t Why;
    PRCM_RESULT Result = PayloadRead(&Reader->Payload, &Reader->Scan, &Why);
    if (Result != PRCM_OK)
        return Result;
    Reader->Step = STEP_BLOCK;
    Reader->PayloadAt = 0;
    Item->Offset = Reader->Scan.Offset;
    Reader->Ended = Why == PRCM_DAMAGE_NONE && BlockIsKnown(Block) && Block->Kind == CAPTURE_KIND_END;
    if (Why == PRCM_DAMAGE_NONE && !BlockIsKnown(Block))
        ReaderTellUnknown(Reader, Item);
    else if (Why == PRCM_DAMAGE_NONE && !ReaderTake(Reader))
        Why = PRCM_DAMAGE_CONTENT;
    if (Why != PRCM_DAMAGE_NONE)
    {
        Reader->Step = STEP_BLOCK;
        ReaderDamage(Reader, Item, Why, Reader->Scan.Bytes);
        return PRCM_OK;
    }
    Reader->Totals.Blocks++;
    Reader->Totals.RawBytes += Block->RawBytes;
    return PRCM_OK;
}

/* The next file of a folder, if there is one. */
static PRCM_RESULT
ReaderNextFile(PRCM_CAPTURE_READER *Reader)
{
    if (Reader->OrderAt + 1 >= Reader->Order.Count)
        return PRCM_ERROR_NO_CAPTURE;
    uint32_t Before = Reader->OrderAt++;
    PRCM_RESULT Result = ReaderOpenFile(Reader);
    if (Result != PRCM_OK && Result != PRCM_ERROR_NO_CAPTURE)
        Reader->OrderAt = Before;
    return Result;
}

static PRCM_RESULT
StepNext(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    PRCM_RESULT Result = ReaderNextFile(Reader);
    if (Result != PRCM_ERROR_NO_CAPTURE)
        return Result;
    Item->Type = PRCM_ITEM_END;
    if (Reader->File.Close != NULL)
        Reader->Step = STEP_AGAIN;
    return PRCM_OK;
}

/* All was read; but the last file may have grown since. */
static PRCM_RESULT
StepAgain(PRCM_CAPTURE_READER *Reader)
{
    Reader->Totals.TornBytes -= Reader->TornBytes;
    Reader->Totals.Bytes -= Reader->TornBytes;
    Reader->Totals.ClosedFiles -= Reader->Closed;
    Reader->TornBytes = 0;
    Reader->Closed = false;
    Reader->Step = STEP_BLOCK;
    return PRCM_OK;
}

static PRCM_RESULT
ReaderStep(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    switch (Reader->Step)
    {
    case STEP_FILE:
        return StepFile(Reader, Item);
    case STEP_BLOCK:
        return StepBlock(Reader, Item);
    case STEP_TAKE:
        return StepTake(Reader, Item);
    case STEP_FACTS:
        return ReaderStepFacts(Reader, Item);
    case STEP_SESSION:
        return ReaderStepSession(Reader, Item);
    case STEP_BATCHES:
        return ReaderStepBatches(Reader, Item);
    case STEP_BATCH:
        return ReaderStepBatch(Reader, Item);
    case STEP_INDEX:
        return ReaderStepIndex(Reader, Item);
    case STEP_AGAIN:
        return StepAgain(Reader);
    default:
        return StepNext(Reader, Item);
    }
}

PRCM_RESULT
PrcmCaptureNext(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    if (Reader == NULL || Item == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_RESULT Result = PRCM_OK;
    *Item = (PRCM_CAPTURE_ITEM){0};
    while (Result == PRCM_OK && Item->Type == 0)
        Result = ReaderStep(Reader, Item);
    if (Reader->OrderAt < Reader->Order.Count)
        Item->Name = Reader->Order.Files[Reader->OrderAt].Name;
    return Result;
}
