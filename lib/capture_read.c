/* SPDX-License-Identifier: MIT
 *
 * The reader, from block to block. It does one step at a time until one of them has an item to tell.
 */
#include <stdlib.h>

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

static void
ReaderBeginFile(PRCM_CAPTURE_READER *Reader)
{
    ScanBegin(&Reader->Scan, &Reader->File);
    Reader->NumberKnown = false;
    Reader->Ended = false;
    Reader->TornBytes = 0;
    Reader->SoughtFrom = 0;
    Reader->Step = STEP_FILE;
}

/* Tells of a file what its first block says. */
static PRCM_RESULT
StepFile(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    CAPTURE_SCAN *Scan = &Reader->Scan;
    const CAPTURE_HEADER *Block = &Scan->Header.Block;
    bool Good;
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
    ScanBegin(Scan, &Reader->File);
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
    Item->Closed = Reader->Ended && Scan->Bytes == 0;
    Reader->Totals.ClosedFiles += Item->Closed;
    Reader->Totals.TornBytes += Scan->Bytes;
    Reader->Totals.Bytes += Scan->Bytes;
    Reader->Step = STEP_NEXT;
}

static PRCM_RESULT
StepBlock(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    SCAN_FOUND Found;
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
        ReaderDamage(Reader, Item, Why, Reader->Scan.Bytes);
        return PRCM_OK;
    }
    Reader->Totals.Blocks++;
    Reader->Totals.RawBytes += Block->RawBytes;
    return PRCM_OK;
}

/* All is read; the file may have grown since. */
static PRCM_RESULT
StepNext(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item)
{
    Item->Type = PRCM_ITEM_END;
    Reader->Totals.TornBytes -= Reader->TornBytes;
    Reader->Totals.Bytes -= Reader->TornBytes;
    Reader->Totals.ClosedFiles -= Reader->Ended && Reader->TornBytes == 0;
    Reader->TornBytes = 0;
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
    return Result;
}

/* Whether anything in the file is a block. */
static PRCM_RESULT
ReaderProbe(PRCM_CAPTURE_READER *Reader)
{
    SCAN_FOUND Found;
    ScanBegin(&Reader->Scan, &Reader->File);
    PRCM_RESULT Result = ScanNext(&Reader->Scan, &Found);
    if (Result != PRCM_OK || Found != SCAN_END || Reader->Scan.Why == PRCM_DAMAGE_PARTIAL)
        return Result;
    return ResultNote(PRCM_ERROR_CAPTURE, 0);
}

PRCM_RESULT
PrcmCaptureOpen(const PRCM_CAPTURE_FILE *File, PRCM_CAPTURE_READER **Reader)
{
    if (File == NULL || Reader == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    *Reader = NULL;
    PRCM_CAPTURE_READER *Opened = calloc(1, sizeof(*Opened));
    if (Opened == NULL)
    {
        File->Close(File->Context);
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    }
    Opened->File = *File;
    PRCM_RESULT Result = PayloadInit(&Opened->Payload);
    if (Result == PRCM_OK)
        Result = ReaderProbe(Opened);
    if (Result == PRCM_OK)
    {
        ReaderBeginFile(Opened);
        *Reader = Opened;
        return PRCM_OK;
    }
    uint32_t Error = PrcmLastSystemError();
    PrcmCaptureClose(Opened);
    return ResultNote(Result, Error);
}

void
PrcmCaptureClose(PRCM_CAPTURE_READER *Reader)
{
    if (Reader == NULL)
        return;
    if (Reader->File.Close != NULL)
        Reader->File.Close(Reader->File.Context);
    PayloadDestroy(&Reader->Payload);
    RunsDestroy(&Reader->Runs);
    free(Reader);
}

uint32_t
PrcmCaptureAccountCount(const PRCM_CAPTURE_READER *Reader)
{
    return Reader->Runs.Count;
}

PRCM_RESULT
PrcmCaptureAccount(const PRCM_CAPTURE_READER *Reader, uint32_t Index, PRCM_CAPTURE_ACCOUNT *Account)
{
    if (Reader == NULL || Account == NULL || Index >= Reader->Runs.Count)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    *Account = Reader->Runs.Runs[Index].Public;
    uint64_t Lost = 0;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Lost |= Account->Lost[Kind];
    Account->Complete = Lost == 0 && Account->Unknown == 0 && Account->Missing == 0;
    return PRCM_OK;
}

void
PrcmCaptureTotals(const PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_TOTALS *Totals)
{
    *Totals = Reader->Totals;
}
