/* SPDX-License-Identifier: MIT
 *
 * libFuzzer: whatever the bytes, a capture is read to its end, from its beginning and from elsewhere, all that is told
 * lies within and adds up; and it is gone on with or refused. Run once on the bytes as they are, and once with every
 * block's hashes made to fit, since few inputs would get past those otherwise.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "batch_sample.h"
#include "capture_block.h"

int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size);

/* A file in memory. */
typedef struct MEMORY
{
    uint8_t *Bytes;
    uint64_t Size;
    uint64_t Room;
} MEMORY;

static PRCM_RESULT
MemoryRead(void *Context, uint64_t Offset, void *Bytes, uint32_t Length, uint32_t *Taken)
{
    const MEMORY *Memory = Context;
    uint64_t Left = Offset < Memory->Size ? Memory->Size - Offset : 0;
    *Taken = Left < Length ? (uint32_t)Left : Length;
    if (*Taken != 0)
        memcpy(Bytes, Memory->Bytes + Offset, *Taken);
    return PRCM_OK;
}

static PRCM_RESULT
MemoryWrite(void *Context, uint64_t Offset, const void *Bytes, uint32_t Length)
{
    MEMORY *Memory = Context;
    assert(Offset == Memory->Size);
    if (Offset + Length > Memory->Room)
    {
        Memory->Room = Offset + Length + 4096;
        Memory->Bytes = realloc(Memory->Bytes, Memory->Room);
        assert(Memory->Bytes);
    }
    memcpy(Memory->Bytes + Offset, Bytes, Length);
    Memory->Size = Offset + Length;
    return PRCM_OK;
}

static PRCM_RESULT
MemorySync(void *Context)
{
    (void)Context;
    return PRCM_OK;
}

static PRCM_RESULT
MemoryTruncate(void *Context, uint64_t Bytes)
{
    MEMORY *Memory = Context;
    assert(Bytes <= Memory->Size);
    Memory->Size = Bytes;
    return PRCM_OK;
}

static PRCM_RESULT
MemorySize(void *Context, uint64_t *Bytes)
{
    *Bytes = ((const MEMORY *)Context)->Size;
    return PRCM_OK;
}

static void
MemoryClose(void *Context)
{
    (void)Context;
}

static PRCM_CAPTURE_FILE
MemoryOpen(MEMORY *Memory)
{
    return (PRCM_CAPTURE_FILE){Memory,         MemoryRead, MemoryWrite, MemorySync,
                               MemoryTruncate, MemorySize, MemoryClose};
}

static void
CheckItem(const PRCM_CAPTURE_ITEM *Item, uint64_t Size)
{
    assert(Item->Offset <= Size && Item->Bytes <= Size - Item->Offset);
    if (Item->Type == PRCM_ITEM_FACT)
        assert(PrcmFactCheck(Item->Fact, Item->Fact->Size) == PRCM_OK);
    if (Item->Type == PRCM_ITEM_BATCH)
        assert(OpenAndRead(Item->Batch, Item->Batch->Bytes) == PRCM_OK);
    if (Item->Type == PRCM_ITEM_GAP)
        assert(Item->First < Item->Next);
}

static void
CheckAccounts(const PRCM_CAPTURE_READER *Reader)
{
    for (uint32_t At = 0; At < PrcmCaptureAccountCount(Reader); At++)
    {
        PRCM_CAPTURE_ACCOUNT Account;
        assert(PrcmCaptureAccount(Reader, At, &Account) == PRCM_OK);
        uint64_t Sum = Account.Unknown + Account.Missing;
        for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
            Sum += Account.Delivered[Kind] + Account.Filtered[Kind] + Account.Lost[Kind];
        assert(Sum == Account.Next - Account.From + Account.Repeated);
    }
}

/* An item takes bytes, but for a few of each block. */
static void
ReadToEnd(PRCM_CAPTURE_READER *Reader, uint64_t Size)
{
    PRCM_CAPTURE_ITEM Item = {0};
    uint64_t Count = 0;
    while (Item.Type != PRCM_ITEM_END)
    {
        assert(PrcmCaptureNext(Reader, &Item) == PRCM_OK);
        CheckItem(&Item, Size);
        /* What is compressed may hold many more than there are bytes. */
        Count++;
        assert(Count < 1000000);
    }
    CheckAccounts(Reader);
}

static void
ReadEverything(MEMORY *Memory)
{
    PRCM_CAPTURE_FILE File = MemoryOpen(Memory);
    PRCM_CAPTURE_READER *Reader;
    PRCM_RESULT Result = PrcmCaptureOpen(&File, &Reader);
    assert(Result == PRCM_OK || Result == PRCM_ERROR_CAPTURE);
    if (Result != PRCM_OK)
        return;
    ReadToEnd(Reader, Memory->Size);
    assert(PrcmCaptureSeekNumber(Reader, 0, 6) == PRCM_OK);
    ReadToEnd(Reader, Memory->Size);
    assert(PrcmCaptureSeekTime(Reader, 134000000000000007) == PRCM_OK);
    ReadToEnd(Reader, Memory->Size);
    PrcmCaptureClose(Reader);
}

static void
GoOn(MEMORY *Memory)
{
    const PRCM_CAPTURE_OPTIONS Options = {.Time = 1, .FileId = 1, .Level = 1};
    PRCM_CAPTURE_FILE File = MemoryOpen(Memory);
    PRCM_CAPTURE_WRITER *Writer;
    PRCM_CAPTURE_TAIL Tail;
    uint64_t Size = Memory->Size;
    PRCM_RESULT Result = PrcmCaptureReopen(&File, &Options, &Writer, &Tail);
    assert(Result == PRCM_OK || Result == PRCM_ERROR_CAPTURE);
    if (Result != PRCM_OK)
    {
        assert(Memory->Size == Size);
        return;
    }
    assert(Tail.Bytes <= Size && Tail.CutBytes <= Size);
    assert(PrcmCaptureEnd(Writer) == PRCM_OK);
    PrcmCaptureFree(Writer);
    ReadEverything(Memory);
}

/* Each block's hashes, as far as blocks can be walked. */
static void
HashesFit(MEMORY *Memory)
{
    uint64_t At = 0;
    while (Memory->Size - At >= sizeof(CAPTURE_HEADER) + CAPTURE_HASH_BYTES)
    {
        CAPTURE_ANY_HEADER Header;
        CAPTURE_HEADER *Block = &Header.Block;
        uint64_t Left = Memory->Size - At;
        memcpy(&Header, Memory->Bytes + At, sizeof(*Block));
        if (Block->HeaderBytes < sizeof(*Block) + CAPTURE_HASH_BYTES || Block->HeaderBytes % 8 != 0 ||
            Block->HeaderBytes > CAPTURE_MAX_HEADER_BYTES || Block->HeaderBytes > Left ||
            Block->StoredBytes > Left - Block->HeaderBytes ||
            BlockPadded(Block->StoredBytes) > Left - Block->HeaderBytes)
            break;
        memcpy(&Header, Memory->Bytes + At, Block->HeaderBytes);
        BlockSeal(&Header, Memory->Bytes + At + Block->HeaderBytes);
        memcpy(Memory->Bytes + At, &Header, Block->HeaderBytes);
        At += BlockBytes(Block);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size)
{
    /* 1 more, so that there is something to allocate. */
    MEMORY Memory = {.Bytes = malloc(Size + 1), .Size = Size, .Room = Size + 1};
    assert(Memory.Bytes);
    if (Size != 0)
        memcpy(Memory.Bytes, Data, Size);
    ReadEverything(&Memory);
    HashesFit(&Memory);
    ReadEverything(&Memory);
    GoOn(&Memory);
    free(Memory.Bytes);
    return 0;
}
