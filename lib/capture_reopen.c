/* SPDX-License-Identifier: MIT
 *
 * Going on with a file. Its headers are walked to the end, and the payloads near the end read, as those are what a
 * crash may have left in any state: whatever was written since the last flush, in any order.
 */
#include "capture_batches.h"
#include "capture_file.h"
#include "capture_scan.h"
#include "capture_writer.h"
#include "result.h"

/* Far more than is written between two flushes. */
#define DOUBTFUL_BYTES (64u * 1024u * 1024u)

typedef struct REOPEN
{
    PRCM_CAPTURE_WRITER *Writer;
    CAPTURE_SCAN Scan;
    CAPTURE_PAYLOAD Payload;
    uint64_t Size;
    uint64_t GoodEnd;   /* of the last block that is as it was written */
    uint64_t EndOffset; /* of an END block; 0: none */
    uint64_t EndBytes;
    uint64_t BatchesOffset; /* of the last BATCHES block; 0: none since the last PLACE */
    uint32_t Why;           /* what is wrong with the first bytes behind GoodEnd */
    bool HasToken;
    PRCM_TOKEN Token;
} REOPEN;

static void
TokenTake(REOPEN *Reopen)
{
    const CAPTURE_ANY_HEADER *Header = &Reopen->Scan.Header;
    if (Header->Block.Kind == CAPTURE_KIND_PLACE)
    {
        Reopen->Token = Header->Place.Token;
        Reopen->BatchesOffset = 0;
    }
    else if (Header->Block.Kind == CAPTURE_KIND_BATCHES)
    {
        /* Good enough to go on from, should the payload be damaged. */
        const CAPTURE_SUMMARY *Summary = &Header->Batches.Summary;
        Reopen->Token = (PRCM_TOKEN){.Instance = Summary->Instance, .Next = Summary->Next};
        Reopen->BatchesOffset = Reopen->Scan.Offset;
    }
    else
        return;
    Reopen->HasToken = true;
}

static PRCM_RESULT
IndexTake(REOPEN *Reopen)
{
    CAPTURE_INDEX *Index = &Reopen->Writer->Index;
    const CAPTURE_ANY_HEADER *Header = &Reopen->Scan.Header;
    if (!BlockIsKnown(&Header->Block) || Header->Block.Kind != CAPTURE_KIND_INDEX)
    {
        IndexAdd(Index, Header, Reopen->Scan.Offset);
        return PRCM_OK;
    }
    if (!IndexReserve(Index))
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    IndexAddLeaf(Index, Header, Reopen->Scan.Offset);
    return PRCM_OK;
}

/* *Why: whether the block is as it was written, as far as that is in doubt. */
static PRCM_RESULT
BlockDoubt(REOPEN *Reopen, uint32_t *Why)
{
    const CAPTURE_SCAN *Scan = &Reopen->Scan;
    *Why = PRCM_DAMAGE_NONE;
    if (Reopen->Size - Scan->Offset <= DOUBTFUL_BYTES)
        return PayloadRead(&Reopen->Payload, Scan, Why);
    if (BlockIsKnown(&Scan->Header.Block) && !BlockHeaderIsWellFormed(&Scan->Header))
        *Why = PRCM_DAMAGE_CONTENT;
    return PRCM_OK;
}

static PRCM_RESULT
BlockTake(REOPEN *Reopen)
{
    const CAPTURE_SCAN *Scan = &Reopen->Scan;
    uint32_t Why;
    PRCM_RESULT Result = BlockDoubt(Reopen, &Why);
    if (Result != PRCM_OK)
        return Result;
    if (Why != PRCM_DAMAGE_NONE)
    {
        if (Reopen->Why == PRCM_DAMAGE_NONE)
            Reopen->Why = Why;
        return PRCM_OK;
    }
    if (Scan->Header.Block.Kind == CAPTURE_KIND_END && BlockIsKnown(&Scan->Header.Block))
    {
        Reopen->EndOffset = Scan->Offset;
        Reopen->EndBytes = Scan->Bytes;
        return PRCM_OK;
    }
    if (BlockIsKnown(&Scan->Header.Block))
        TokenTake(Reopen);
    Reopen->GoodEnd = Scan->Offset + Scan->Bytes;
    Reopen->Why = PRCM_DAMAGE_NONE;
    Reopen->Writer->Number = Scan->Header.Block.Number + 1;
    return IndexTake(Reopen);
}

static PRCM_RESULT
Walk(REOPEN *Reopen)
{
    SCAN_FOUND Found = SCAN_BLOCK;
    while (Found != SCAN_END)
    {
        PRCM_RESULT Result = ScanNext(&Reopen->Scan, &Found);
        if (Result == PRCM_OK && Found == SCAN_BLOCK)
            Result = BlockTake(Reopen);
        if (Result != PRCM_OK)
            return Result;
        if (Found != SCAN_BLOCK && Reopen->Why == PRCM_DAMAGE_NONE)
            Reopen->Why = Reopen->Scan.Why;
    }
    return PRCM_OK;
}

/* The token with its counts, from the last batch itself. */
static PRCM_RESULT
TokenComplete(REOPEN *Reopen)
{
    bool Good;
    uint32_t Why = PRCM_DAMAGE_NONE;
    CAPTURE_SUMMARY Summary;
    if (Reopen->BatchesOffset == 0)
        return PRCM_OK;
    PRCM_RESULT Result = ScanAt(&Reopen->Scan, Reopen->BatchesOffset, &Good);
    if (Result == PRCM_OK && Good)
        Result = PayloadRead(&Reopen->Payload, &Reopen->Scan, &Why);
    uint32_t Bytes = Reopen->Scan.Header.Block.RawBytes;
    if (Result != PRCM_OK || !Good || Why != PRCM_DAMAGE_NONE ||
        !BatchesSummarise(Reopen->Payload.Raw.Bytes, Bytes, &Summary))
        return Result;
    const PRCM_BATCH *Batch;
    uint32_t At = 0;
    while ((Batch = BatchesNext(Reopen->Payload.Raw.Bytes, Bytes, &At)) != NULL)
        Reopen->Token = Batch->Next;
    return PRCM_OK;
}

/* A file of which not even the first block was finished is begun again. */
static PRCM_RESULT
MakeWhole(REOPEN *Reopen, const PRCM_CAPTURE_OPTIONS *Options)
{
    PRCM_CAPTURE_WRITER *Writer = Reopen->Writer;
    if (Reopen->GoodEnd == 0 && Reopen->Why != PRCM_DAMAGE_NONE && Reopen->Why != PRCM_DAMAGE_NULS &&
        Reopen->Why != PRCM_DAMAGE_PARTIAL)
        return ResultNote(PRCM_ERROR_CAPTURE, 0);
    Writer->End = Reopen->GoodEnd;
    Writer->FileId = Reopen->Scan.FileId;
    /* Cut before the next write. */
    Writer->Torn = Reopen->Size != Writer->End;
    if (Writer->End != 0)
        return PRCM_OK;
    Writer->FileId = Options->FileId != 0 ? Options->FileId : CaptureFileNewId();
    return WriterPutFile(Writer, Options->Time);
}

static void
TailFill(const REOPEN *Reopen, PRCM_CAPTURE_TAIL *Tail)
{
    bool Closed = Reopen->EndBytes != 0 && Reopen->EndOffset == Reopen->GoodEnd &&
                  Reopen->EndOffset + Reopen->EndBytes == Reopen->Size;
    *Tail = (PRCM_CAPTURE_TAIL){
        .HasToken = Reopen->HasToken,
        .Closed = Closed,
        .CutWhy = Closed ? PRCM_DAMAGE_NONE : Reopen->Why,
        .CutBytes = Closed ? 0 : Reopen->Size - Reopen->GoodEnd,
        .Bytes = Reopen->GoodEnd,
        .Token = Reopen->Token,
    };
}

static PRCM_RESULT
ReopenAll(REOPEN *Reopen, const PRCM_CAPTURE_OPTIONS *Options)
{
    const PRCM_CAPTURE_FILE *File = &Reopen->Writer->File;
    PRCM_RESULT Result = File->Size(File->Context, &Reopen->Size);
    if (Result == PRCM_OK)
        Result = PayloadInit(&Reopen->Payload);
    ScanBegin(&Reopen->Scan, File);
    if (Result == PRCM_OK)
        Result = Walk(Reopen);
    if (Result == PRCM_OK)
        Result = TokenComplete(Reopen);
    if (Result == PRCM_OK)
        Result = MakeWhole(Reopen, Options);
    return Result;
}

PRCM_RESULT
PrcmCaptureReopen(const PRCM_CAPTURE_FILE *File, const PRCM_CAPTURE_OPTIONS *Options,
                  PRCM_CAPTURE_WRITER **Writer, PRCM_CAPTURE_TAIL *Tail)
{
    if (File == NULL || Writer == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    REOPEN Reopen = {0};
    PRCM_RESULT Result = WriterMake(File, Options, &Reopen.Writer);
    if (Result != PRCM_OK)
    {
        File->Close(File->Context);
        return Result;
    }
    Result = ReopenAll(&Reopen, Options);
    uint32_t Error = PrcmLastSystemError();
    PayloadDestroy(&Reopen.Payload);
    *Writer = Result == PRCM_OK ? Reopen.Writer : NULL;
    if (Result != PRCM_OK)
        PrcmCaptureFree(Reopen.Writer);
    if (Result == PRCM_OK && Tail != NULL)
        TailFill(&Reopen, Tail);
    return ResultNote(Result, Error);
}
