/* SPDX-License-Identifier: MIT
 *
 * Beginning elsewhere: by the index, of which only what is needed is read; or where there is none to go by, by the
 * headers of all blocks.
 */
#include <stdlib.h>
#include <string.h>

#include "capture_reader.h"
#include "result.h"

typedef struct SEEK
{
    PRCM_CAPTURE_READER *Reader;
    bool ByTime;
    int64_t Time;
    uint64_t Instance; /* 0: of the first block there is */
    uint64_t Number;
    bool Found;
    uint64_t From; /* where to read on: the block that was found, or the end */
    uint64_t *Facts;
    uint32_t FactCount;
    uint32_t FactRoom;
} SEEK;

static bool
SummaryMatches(SEEK *Seek, const CAPTURE_SUMMARY *Summary)
{
    if (Seek->ByTime)
        return (Summary->FirstTime != 0 || Summary->LastTime != 0) && Summary->LastTime >= Seek->Time;
    if (Seek->Instance == 0)
        Seek->Instance = Summary->Instance;
    return Summary->Instance == Seek->Instance && Summary->Next > Seek->Number;
}

static PRCM_RESULT
SeekTakeFacts(SEEK *Seek, uint64_t Offset)
{
    if (Seek->FactCount == Seek->FactRoom)
    {
        uint32_t Room = Seek->FactRoom != 0 ? 2 * Seek->FactRoom : 16;
        uint64_t *Grown = realloc(Seek->Facts, Room * sizeof(*Grown));
        if (Grown == NULL)
            return ResultNote(PRCM_ERROR_MEMORY, 0);
        Seek->Facts = Grown;
        Seek->FactRoom = Room;
    }
    Seek->Facts[Seek->FactCount++] = Offset;
    return PRCM_OK;
}

static PRCM_RESULT
SeekTake(SEEK *Seek, uint16_t Kind, uint64_t Offset, const CAPTURE_SUMMARY *Summary)
{
    if (Kind == CAPTURE_KIND_FACTS)
        return SeekTakeFacts(Seek, Offset);
    if (Kind == CAPTURE_KIND_BATCHES && SummaryMatches(Seek, Summary))
    {
        Seek->Found = true;
        Seek->From = Offset;
    }
    return PRCM_OK;
}

static PRCM_RESULT
SeekByHeaders(SEEK *Seek)
{
    CAPTURE_SCAN *Scan = &Seek->Reader->Scan;
    SCAN_FOUND Found = SCAN_BLOCK;
    PRCM_RESULT Result = PRCM_OK;
    ScanBegin(Scan, &Seek->Reader->File);
    while (Result == PRCM_OK && Found != SCAN_END && !Seek->Found)
    {
        Result = ScanNext(Scan, &Found);
        const CAPTURE_HEADER *Block = &Scan->Header.Block;
        if (Result == PRCM_OK && Found == SCAN_BLOCK && BlockIsKnown(Block) &&
            BlockHeaderIsWellFormed(&Scan->Header))
            Result = SeekTake(Seek, Block->Kind, Scan->Offset, &Scan->Header.Batches.Summary);
    }
    if (!Seek->Found)
        Seek->From = Scan->At;
    return Result;
}

/* The block of Kind at Offset, whole, with its payload. *Good: it is that. */
static PRCM_RESULT
IndexRead(SEEK *Seek, uint64_t Offset, uint16_t Kind, bool *Good)
{
    PRCM_CAPTURE_READER *Reader = Seek->Reader;
    const CAPTURE_ANY_HEADER *Header = &Reader->Scan.Header;
    uint32_t Why = PRCM_DAMAGE_NONE;
    PRCM_RESULT Result = ScanAt(&Reader->Scan, Offset, Good);
    if (Result != PRCM_OK || !*Good)
        return Result;
    *Good = BlockIsKnown(&Header->Block) && Header->Block.Kind == Kind;
    if (*Good)
        Result = PayloadRead(&Reader->Payload, &Reader->Scan, &Why);
    *Good = *Good && Why == PRCM_DAMAGE_NONE && ReaderTakeIndex(Reader);
    return Result;
}

/* The leaves of the END block at the file's end. *Good: every block is in one of them. */
static PRCM_RESULT
LeavesRead(SEEK *Seek, CAPTURE_LEAF **Leaves, uint32_t *Count, bool *Good)
{
    PRCM_CAPTURE_READER *Reader = Seek->Reader;
    const PRCM_CAPTURE_FILE *File = &Reader->File;
    CAPTURE_TRAILER Trailer = {0};
    uint64_t Size;
    uint32_t Taken = 0;
    *Good = false;
    PRCM_RESULT Result = File->Size(File->Context, &Size);
    if (Result == PRCM_OK && Size > sizeof(Trailer))
        Result = File->Read(File->Context, Size - sizeof(Trailer), &Trailer, sizeof(Trailer), &Taken);
    if (Result != PRCM_OK || Taken != sizeof(Trailer) ||
        memcmp(Trailer.Magic, CaptureEndMagic, sizeof(Trailer.Magic)) != 0)
        return Result;
    Result = IndexRead(Seek, Trailer.Offset, CAPTURE_KIND_END, Good);
    if (Result != PRCM_OK || !*Good)
        return Result;
    *Count = Reader->Scan.Header.Index.EntryCount;
    uint64_t Covered = 0;
    const CAPTURE_LEAF *Read = (const void *)Reader->Payload.Raw.Bytes;
    for (uint32_t At = 0; At < *Count; At++)
    {
        *Good = *Good && Read[At].From == Covered;
        Covered = Read[At].Offset + Read[At].Bytes;
    }
    *Good = *Good && Covered == Trailer.Offset && Reader->Scan.At == Size;
    *Leaves = malloc(*Count * sizeof(**Leaves) + 1);
    if (*Leaves == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    memcpy(*Leaves, Read, *Count * sizeof(**Leaves));
    return PRCM_OK;
}

static bool
LeafMayMatch(const SEEK *Seek, const CAPTURE_LEAF *Leaf)
{
    if (Seek->ByTime)
        return Leaf->LatestTime >= Seek->Time;
    if ((Leaf->Flags & CAPTURE_LEAF_SEAM) != 0 || Seek->Instance == 0)
        return true;
    return Leaf->Instance == Seek->Instance && Leaf->Next > Seek->Number;
}

static PRCM_RESULT
SeekInLeaf(SEEK *Seek, const CAPTURE_LEAF *Leaf, bool *Good)
{
    const PRCM_CAPTURE_READER *Reader = Seek->Reader;
    PRCM_RESULT Result = IndexRead(Seek, Leaf->Offset, CAPTURE_KIND_INDEX, Good);
    if (Result != PRCM_OK || !*Good)
        return Result;
    const CAPTURE_ENTRY *Entries = (const void *)Reader->Payload.Raw.Bytes;
    uint32_t Count = Reader->Scan.Header.Index.EntryCount;
    for (uint32_t At = 0; At < Count && Result == PRCM_OK && *Good && !Seek->Found; At++)
    {
        const CAPTURE_ENTRY *Entry = &Entries[At];
        *Good = Entry->Offset >= Leaf->From && Entry->Offset < Leaf->Offset && Entry->Offset % 8 == 0;
        if (*Good)
            Result = SeekTake(Seek, Entry->Kind, Entry->Offset, &Entry->Summary);
    }
    return Result;
}

/* *Good: the index could be gone by. */
static PRCM_RESULT
SeekByIndex(SEEK *Seek, bool *Good)
{
    CAPTURE_LEAF *Leaves = NULL;
    uint32_t Count = 0;
    PRCM_RESULT Result = LeavesRead(Seek, &Leaves, &Count, Good);
    Seek->From = Seek->Reader->Scan.Offset;
    for (uint32_t At = 0; At < Count && Result == PRCM_OK && *Good && !Seek->Found; At++)
    {
        if (LeafMayMatch(Seek, &Leaves[At]) || (Leaves[At].Flags & CAPTURE_LEAF_FACTS) != 0)
            Result = SeekInLeaf(Seek, &Leaves[At], Good);
    }
    free(Leaves);
    return Result;
}

static PRCM_RESULT
SeekInFile(SEEK *Seek)
{
    uint64_t Instance = Seek->Instance;
    bool Good;
    ScanBegin(&Seek->Reader->Scan, &Seek->Reader->File);
    PRCM_RESULT Result = SeekByIndex(Seek, &Good);
    if (Result != PRCM_OK || Good)
        return Result;
    Seek->Instance = Instance;
    Seek->Found = false;
    Seek->FactCount = 0;
    return SeekByHeaders(Seek);
}

static PRCM_RESULT
SeekInFiles(SEEK *Seek)
{
    PRCM_CAPTURE_READER *Reader = Seek->Reader;
    PRCM_RESULT Result = PRCM_OK;
    if (Reader->Order.Count != 0)
    {
        Reader->OrderAt = 0;
        Result = ReaderOpenFile(Reader);
    }
    while (Result == PRCM_OK)
    {
        Seek->FactCount = 0;
        Result = SeekInFile(Seek);
        if (Result != PRCM_OK || Seek->Found || Reader->OrderAt + 1 >= Reader->Order.Count)
            break;
        Reader->OrderAt++;
        Result = ReaderOpenFile(Reader);
    }
    return Result;
}

static PRCM_RESULT
ReaderSeek(PRCM_CAPTURE_READER *Reader, SEEK *Seek)
{
    Seek->Reader = Reader;
    RunsDestroy(&Reader->Runs);
    Reader->Totals = (PRCM_CAPTURE_TOTALS){0};
    Reader->Damaged = false;
    Reader->BatchFirst = 0;
    PRCM_RESULT Result = SeekInFiles(Seek);
    ReaderBeginFile(Reader);
    if (Result != PRCM_OK)
    {
        free(Seek->Facts);
        return Result;
    }
    Reader->From = Seek->From;
    Reader->Ahead = Seek->Facts;
    Reader->AheadCount = Seek->FactCount;
    return PRCM_OK;
}

PRCM_RESULT
PrcmCaptureSeekNumber(PRCM_CAPTURE_READER *Reader, uint64_t Instance, uint64_t Number)
{
    SEEK Seek = {.Instance = Instance, .Number = Number};
    return Reader != NULL ? ReaderSeek(Reader, &Seek) : ResultNote(PRCM_ERROR_PARAMETER, 0);
}

PRCM_RESULT
PrcmCaptureSeekTime(PRCM_CAPTURE_READER *Reader, int64_t Time)
{
    SEEK Seek = {.ByTime = true, .Time = Time};
    return Reader != NULL ? ReaderSeek(Reader, &Seek) : ResultNote(PRCM_ERROR_PARAMETER, 0);
}
