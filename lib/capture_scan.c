/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "capture_scan.h"
#include "result.h"

/* How much is searched at a time. */
#define SEARCH_BYTES 65536u

void
ScanBegin(CAPTURE_SCAN *Scan, const PRCM_CAPTURE_FILE *File)
{
    Scan->File = File;
    Scan->FileId = 0;
    Scan->At = 0;
}

/* A header at Offset of a file of Size bytes. The rest of a block that is partial is not there. */
static PRCM_RESULT
HeaderRead(CAPTURE_SCAN *Scan, uint64_t Offset, uint64_t Size, BLOCK_STATE *State)
{
    CAPTURE_HEADER *Block = &Scan->Header.Block;
    /* Most headers are short. */
    uint32_t Taken;
    PRCM_RESULT Result =
        Scan->File->Read(Scan->File->Context, Offset, &Scan->Header, sizeof(CAPTURE_BATCHES_HEADER), &Taken);
    if (Result != PRCM_OK)
        return Result;
    *State = BlockCheckHeader(&Scan->Header, Taken);
    if (*State == BLOCK_PARTIAL && Taken == sizeof(CAPTURE_BATCHES_HEADER))
    {
        Result = Scan->File->Read(Scan->File->Context, Offset, &Scan->Header, Block->HeaderBytes, &Taken);
        if (Result != PRCM_OK)
            return Result;
        *State = BlockCheckHeader(&Scan->Header, Taken);
    }
    if (*State != BLOCK_GOOD)
        return PRCM_OK;
    if (Scan->FileId != 0 && Block->FileId != Scan->FileId)
        *State = BLOCK_BAD;
    else if (BlockBytes(Block) > Size - Offset)
        *State = BLOCK_PARTIAL;
    return PRCM_OK;
}

/* Takes the block whose header was read. */
static void
ScanTake(CAPTURE_SCAN *Scan, uint64_t Offset)
{
    Scan->FileId = Scan->Header.Block.FileId;
    Scan->Offset = Offset;
    Scan->Bytes = BlockBytes(&Scan->Header.Block);
    Scan->At = Offset + Scan->Bytes;
    Scan->Why = PRCM_DAMAGE_NONE;
}

PRCM_RESULT
ScanAt(CAPTURE_SCAN *Scan, uint64_t Offset, bool *Good)
{
    uint64_t Size;
    BLOCK_STATE State = BLOCK_BAD;
    PRCM_RESULT Result = Scan->File->Size(Scan->File->Context, &Size);
    if (Result == PRCM_OK && Offset < Size && Offset % 8 == 0)
        Result = HeaderRead(Scan, Offset, Size, &State);
    *Good = Result == PRCM_OK && State == BLOCK_GOOD;
    if (*Good)
        ScanTake(Scan, Offset);
    return Result;
}

/* Whether anything but zeros is among Bytes. */
static bool
HasContent(const uint8_t *Bytes, uint32_t Length)
{
    for (uint32_t Index = 0; Index < Length; Index++)
    {
        if (Bytes[Index] != 0)
            return true;
    }
    return false;
}

/* Where the next block begins, from Offset on; Size if nowhere. *AllNul stays true if there are only zeros. */
static PRCM_RESULT
Search(CAPTURE_SCAN *Scan, uint64_t Offset, uint64_t Size, uint64_t *Found, bool *AllNul)
{
    uint8_t *Chunk = malloc(SEARCH_BYTES);
    PRCM_RESULT Result = PRCM_OK;
    *Found = Size;
    if (Chunk == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    while (Result == PRCM_OK && Offset < Size && *Found == Size)
    {
        uint32_t Taken = 0;
        Result = Scan->File->Read(Scan->File->Context, Offset, Chunk, SEARCH_BYTES, &Taken);
        if (Result != PRCM_OK || Taken == 0)
            break;
        *AllNul = *AllNul && !HasContent(Chunk, Taken);
        for (uint32_t At = 0; At + CAPTURE_MAGIC_BYTES <= Taken && *Found == Size && Result == PRCM_OK;
             At += 8)
        {
            BLOCK_STATE State;
            if (memcmp(Chunk + At, CaptureMagic, CAPTURE_MAGIC_BYTES) != 0)
                continue;
            Result = HeaderRead(Scan, Offset + At, Size, &State);
            if (Result == PRCM_OK && State == BLOCK_GOOD)
                *Found = Offset + At;
        }
        Offset += Taken;
    }
    free(Chunk);
    return Result;
}

/* No block is at At. */
static PRCM_RESULT
ScanBehind(CAPTURE_SCAN *Scan, uint64_t Size, BLOCK_STATE State, SCAN_FOUND *Found)
{
    uint64_t Offset = Scan->At;
    uint64_t Next;
    bool AllNul = true;
    /* Of the header that is looked for nothing is known, also where it begins; but blocks lie at multiples of 8. */
    PRCM_RESULT Result = Search(Scan, Offset, Size, &Next, &AllNul);
    if (Result != PRCM_OK)
        return Result;
    Scan->Offset = Offset;
    Scan->Bytes = Next - Offset;
    Scan->Why = State == BLOCK_PARTIAL && Next == Size ? PRCM_DAMAGE_PARTIAL : PRCM_DAMAGE_HEADER;
    if (Next == Size && AllNul)
        Scan->Why = PRCM_DAMAGE_NULS;
    *Found = Next == Size ? SCAN_END : SCAN_DAMAGE;
    if (Next != Size)
        Scan->At = Next;
    return PRCM_OK;
}

PRCM_RESULT
ScanNext(CAPTURE_SCAN *Scan, SCAN_FOUND *Found)
{
    uint64_t Size;
    BLOCK_STATE State = BLOCK_PARTIAL;
    PRCM_RESULT Result = Scan->File->Size(Scan->File->Context, &Size);
    if (Result != PRCM_OK)
        return Result;
    if (Size <= Scan->At)
    {
        *Found = SCAN_END;
        Scan->Offset = Scan->At;
        Scan->Bytes = 0;
        Scan->Why = PRCM_DAMAGE_NONE;
        return PRCM_OK;
    }
    Result = HeaderRead(Scan, Scan->At, Size, &State);
    if (Result != PRCM_OK)
        return Result;
    if (State != BLOCK_GOOD)
        return ScanBehind(Scan, Size, State, Found);
    *Found = SCAN_BLOCK;
    ScanTake(Scan, Scan->At);
    return PRCM_OK;
}

PRCM_RESULT
PayloadInit(CAPTURE_PAYLOAD *Payload)
{
    *Payload = (CAPTURE_PAYLOAD){.Unpacker = BlockUnpackerCreate()};
    return ResultNote(Payload->Unpacker != NULL ? PRCM_OK : PRCM_ERROR_MEMORY, 0);
}

void
PayloadDestroy(CAPTURE_PAYLOAD *Payload)
{
    BlockUnpackerFree(Payload->Unpacker);
    BufferFree(&Payload->Stored);
    BufferFree(&Payload->Raw);
    WeaveFree(&Payload->Weave);
    Payload->Unpacker = NULL;
}

static bool
IsWoven(const CAPTURE_HEADER *Block)
{
    return (Block->Flags & CAPTURE_FLAG_WOVEN) != 0;
}

/* What is stored becomes what it was. false: it does not. */
static bool
PayloadUnpack(CAPTURE_PAYLOAD *Payload, const CAPTURE_ANY_HEADER *Header)
{
    const CAPTURE_HEADER *Block = &Header->Block;
    uint8_t *Raw = Payload->Raw.Bytes;
    uint8_t *Woven = Payload->Weave.Woven.Bytes;
    if (!BlockHeaderIsWellFormed(Header))
        return false;
    if (Block->RawBytes == 0)
        return true;
    if (!IsWoven(Block))
        return BlockUnpack(Payload->Unpacker, Block, Payload->Stored.Bytes, Raw);
    return BlockUnpack(Payload->Unpacker, Block, Payload->Stored.Bytes, Woven) &&
           UnweaveBatches(&Payload->Weave, Woven, Block->RawBytes, Header->Batches.Summary.BatchCount, Raw);
}

PRCM_RESULT
PayloadRead(CAPTURE_PAYLOAD *Payload, const CAPTURE_SCAN *Scan, uint32_t *Why)
{
    const CAPTURE_HEADER *Block = &Scan->Header.Block;
    uint32_t Bytes = BlockPadded(Block->StoredBytes);
    uint32_t Taken = 0;
    *Why = PRCM_DAMAGE_NONE;
    if (!BufferReserve(&Payload->Stored, Bytes) || !BufferReserve(&Payload->Raw, Block->RawBytes) ||
        (IsWoven(Block) && !WeaveReserve(&Payload->Weave, Block->RawBytes)))
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    if (Bytes != 0)
    {
        PRCM_RESULT Result = Scan->File->Read(Scan->File->Context, Scan->Offset + Block->HeaderBytes,
                                              Payload->Stored.Bytes, Bytes, &Taken);
        if (Result != PRCM_OK)
            return Result;
    }
    if (Taken != Bytes || !BlockCheckPayload(Block, Payload->Stored.Bytes))
        *Why = PRCM_DAMAGE_PAYLOAD;
    else if (BlockIsKnown(Block) && !PayloadUnpack(Payload, &Scan->Header))
        *Why = PRCM_DAMAGE_CONTENT;
    return PRCM_OK;
}
