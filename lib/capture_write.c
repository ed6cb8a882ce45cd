/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "capture_batches.h"
#include "capture_fact.h"
#include "capture_file.h"
#include "capture_writer.h"
#include "result.h"

#define DEFAULT_BLOCK_BYTES (1024u * 1024u)
#define MAX_BLOCK_BYTES     (2u * 1024u * 1024u)
#define MIN_BLOCK_BYTES     1024u
#define DEFAULT_LEVEL       3u
#define MAX_LEVEL           19u

/* The largest thing that a block of its own may have to hold. */
#define LARGEST_BYTES (PRCM_MAX_READ_BYTES + sizeof(CAPTURE_BATCH_PREFIX))

PRCM_ASSERT(MAX_BLOCK_BYTES <= CAPTURE_MAX_RAW_BYTES && LARGEST_BYTES <= CAPTURE_MAX_RAW_BYTES);
PRCM_ASSERT(INDEX_ENTRIES * sizeof(CAPTURE_ENTRY) <= CAPTURE_MAX_RAW_BYTES);

static bool
OptionsAreGood(const PRCM_CAPTURE_OPTIONS *Options)
{
    return Options != NULL && Options->BlockBytes <= MAX_BLOCK_BYTES && Options->Level <= MAX_LEVEL &&
           (Options->BlockBytes == 0 || Options->BlockBytes >= MIN_BLOCK_BYTES);
}

PRCM_RESULT
WriterMake(const PRCM_CAPTURE_FILE *File, const PRCM_CAPTURE_OPTIONS *Options, PRCM_CAPTURE_WRITER **Made)
{
    *Made = NULL;
    if (!OptionsAreGood(Options))
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_CAPTURE_WRITER *Writer = calloc(1, sizeof(*Writer));
    if (Writer == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    IndexInit(&Writer->Index);
    Writer->File = *File;
    Writer->BlockBytes = Options->BlockBytes != 0 ? Options->BlockBytes : DEFAULT_BLOCK_BYTES;
    Writer->Packer = BlockPackerCreate(Options->Level != 0 ? Options->Level : DEFAULT_LEVEL);
    if (Writer->Packer != NULL)
    {
        *Made = Writer;
        return PRCM_OK;
    }
    Writer->File.Close = NULL;
    PrcmCaptureFree(Writer);
    return ResultNote(PRCM_ERROR_MEMORY, 0);
}

void
PrcmCaptureFree(PRCM_CAPTURE_WRITER *Writer)
{
    if (Writer == NULL)
        return;
    if (Writer->File.Close != NULL)
        Writer->File.Close(Writer->File.Context);
    IndexDestroy(&Writer->Index);
    BlockPackerFree(Writer->Packer);
    WeaveFree(&Writer->Weave);
    BufferFree(&Writer->Raw);
    BufferFree(&Writer->Out);
    free(Writer);
}

/* Whole, or not at all. */
static PRCM_RESULT
WriterAppend(PRCM_CAPTURE_WRITER *Writer, const void *Bytes, uint32_t Length)
{
    const PRCM_CAPTURE_FILE *File = &Writer->File;
    PRCM_RESULT Result = Writer->Torn ? File->Truncate(File->Context, Writer->End) : PRCM_OK;
    if (Result != PRCM_OK)
        return Result;
    Writer->Torn = true;
    Result = File->Write(File->Context, Writer->End, Bytes, Length);
    if (Result == PRCM_OK)
    {
        Writer->Torn = false;
        Writer->End += Length;
        return PRCM_OK;
    }
    uint32_t Error = PrcmLastSystemError();
    /* A file that cannot be cut now is cut before the next write; until then a reader finds a torn end. */
    Writer->Torn = File->Truncate(File->Context, Writer->End) != PRCM_OK;
    return ResultNote(Result, Error);
}

/* END is not compressed, so that the file's last bytes are what they are. */
PRCM_RESULT
WriterPut(PRCM_CAPTURE_WRITER *Writer, CAPTURE_ANY_HEADER *Header, const void *Raw, uint32_t RawBytes)
{
    CAPTURE_HEADER *Block = &Header->Block;
    if (!BufferReserve(&Writer->Out, Block->HeaderBytes + BlockPadded(RawBytes)))
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    uint8_t *Stored = Writer->Out.Bytes + Block->HeaderBytes;
    Block->Version = CAPTURE_VERSION;
    Block->Number = Writer->Number;
    Block->FileId = Writer->FileId;
    Block->RawBytes = Block->StoredBytes = RawBytes;
    bool Woven = Block->Kind == CAPTURE_KIND_BATCHES &&
                 WeaveBatches(&Writer->Weave, Raw, RawBytes, Header->Batches.Summary.BatchCount);
    if (RawBytes != 0 && Block->Kind == CAPTURE_KIND_END)
        memcpy(Stored, Raw, RawBytes);
    else if (RawBytes != 0)
        Block->StoredBytes = BlockPack(Writer->Packer, Woven ? Writer->Weave.Woven.Bytes : Raw, RawBytes,
                                       Stored, &Block->Flags);
    if (Woven)
        Block->Flags |= CAPTURE_FLAG_WOVEN;
    BlockSeal(Header, Stored);
    memcpy(Writer->Out.Bytes, Header, Block->HeaderBytes);
    PRCM_RESULT Result = WriterAppend(Writer, Writer->Out.Bytes, BlockBytes(Block));
    if (Result == PRCM_OK)
        Writer->Number++;
    return Result;
}

/* The entries of blocks that are in no INDEX block yet become one. */
static PRCM_RESULT
WriterPutLeaf(PRCM_CAPTURE_WRITER *Writer)
{
    CAPTURE_INDEX *Index = &Writer->Index;
    CAPTURE_ANY_HEADER Header = {.Index = {.Block.Kind = CAPTURE_KIND_INDEX,
                                           .Block.HeaderBytes = sizeof(Header.Index),
                                           .EntryCount = Index->EntryCount,
                                           .From = Index->From}};
    uint64_t Offset = Writer->End;
    if (!IndexReserve(Index))
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    PRCM_RESULT Result =
        WriterPut(Writer, &Header, Index->Entries, Index->EntryCount * (uint32_t)sizeof(Index->Entries[0]));
    if (Result == PRCM_OK)
        IndexAddLeaf(Index, &Header, Offset);
    return Result;
}

/* A block that is to be in the index. */
static PRCM_RESULT
WriterPutListed(PRCM_CAPTURE_WRITER *Writer, CAPTURE_ANY_HEADER *Header, const void *Raw, uint32_t RawBytes)
{
    PRCM_RESULT Result = Writer->Index.EntryCount == INDEX_ENTRIES ? WriterPutLeaf(Writer) : PRCM_OK;
    uint64_t Offset = Writer->End;
    if (Result == PRCM_OK)
        Result = WriterPut(Writer, Header, Raw, RawBytes);
    if (Result == PRCM_OK)
        IndexAdd(&Writer->Index, Header, Offset);
    return Result;
}

PRCM_RESULT
WriterSeal(PRCM_CAPTURE_WRITER *Writer)
{
    CAPTURE_ANY_HEADER Header = {.Block.Kind = Writer->Kind};
    if (Writer->Kind == 0)
        return PRCM_OK;
    if (Writer->Kind == CAPTURE_KIND_FACTS)
    {
        Header.Block.HeaderBytes = sizeof(Header.Facts);
        Header.Facts.FactCount = Writer->FactCount;
    }
    else
    {
        Header.Block.HeaderBytes = sizeof(Header.Batches);
        Header.Batches.Summary = Writer->Summary;
    }
    PRCM_RESULT Result = WriterPutListed(Writer, &Header, Writer->Raw.Bytes, Writer->RawBytes);
    if (Result != PRCM_OK)
        return Result;
    Writer->Kind = 0;
    Writer->RawBytes = Writer->FactCount = 0;
    Writer->Summary = (CAPTURE_SUMMARY){0};
    return PRCM_OK;
}

/* Has room for Bytes more in a block of Kind. */
static PRCM_RESULT
WriterReserve(PRCM_CAPTURE_WRITER *Writer, uint16_t Kind, uint32_t Bytes)
{
    bool Fits = Writer->Kind == Kind && Writer->RawBytes + Bytes <= Writer->BlockBytes;
    PRCM_RESULT Result = Fits ? PRCM_OK : WriterSeal(Writer);
    if (Result == PRCM_OK && !BufferReserve(&Writer->Raw, Writer->RawBytes + Bytes))
        Result = ResultNote(PRCM_ERROR_MEMORY, 0);
    if (Result == PRCM_OK)
        Writer->Kind = Kind;
    return Result;
}

static void
WriterAdd(PRCM_CAPTURE_WRITER *Writer, const void *Bytes, uint32_t Length)
{
    memcpy(Writer->Raw.Bytes + Writer->RawBytes, Bytes, Length);
    Writer->RawBytes += Length;
}

PRCM_RESULT
WriterPutFile(PRCM_CAPTURE_WRITER *Writer, int64_t Time)
{
    CAPTURE_ANY_HEADER Header = {.File = {.Block.Kind = CAPTURE_KIND_FILE,
                                          .Block.HeaderBytes = sizeof(Header.File),
                                          .Time = Time,
                                          .LibraryVersion = PrcmVersion()}};
    return WriterPutListed(Writer, &Header, NULL, 0);
}

PRCM_RESULT
PrcmCaptureCreate(const PRCM_CAPTURE_FILE *File, const PRCM_CAPTURE_OPTIONS *Options,
                  PRCM_CAPTURE_WRITER **Writer)
{
    if (File == NULL || Writer == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    uint64_t Size = 0;
    PRCM_RESULT Result = WriterMake(File, Options, Writer);
    if (*Writer == NULL)
    {
        File->Close(File->Context);
        return Result;
    }
    Result = File->Size(File->Context, &Size);
    if (Result == PRCM_OK && Size != 0)
        Result = ResultNote(PRCM_ERROR_PARAMETER, 0);
    (*Writer)->FileId = Options->FileId != 0 ? Options->FileId : CaptureFileNewId();
    if (Result == PRCM_OK)
        Result = WriterPutFile(*Writer, Options->Time);
    if (Result == PRCM_OK)
        return PRCM_OK;
    uint32_t Error = PrcmLastSystemError();
    PrcmCaptureFree(*Writer);
    *Writer = NULL;
    return ResultNote(Result, Error);
}

static PRCM_RESULT
WriterPutPlace(PRCM_CAPTURE_WRITER *Writer, const ACCOUNT *Account)
{
    CAPTURE_ANY_HEADER Header = {.Place = {.Block.Kind = CAPTURE_KIND_PLACE,
                                           .Block.HeaderBytes = sizeof(Header.Place),
                                           .Token = Account->Next,
                                           .LastBatch = Account->Number}};
    return WriterPutListed(Writer, &Header, NULL, 0);
}

PRCM_RESULT
WriterPlace(PRCM_CAPTURE_WRITER *Writer, const ACCOUNT *Account)
{
    PRCM_RESULT Result = WriterSeal(Writer);
    if (Result == PRCM_OK)
        Result = WriterPutPlace(Writer, Account);
    if (Result != PRCM_OK)
        return Result;
    Writer->Account = *Account;
    Writer->Begun = true;
    return PRCM_OK;
}

PRCM_RESULT
PrcmCaptureBegin(PRCM_CAPTURE_WRITER *Writer, const PRCM_SUBSCRIPTION *Asked, const PRCM_SUBSCRIBED *Given)
{
    uint64_t Room[FACT_SUBSCRIPTION_BYTES / 8];
    ACCOUNT Account;
    if (Writer == NULL || Given == NULL || Writer->Ended)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_RESULT Result = ResultNote(AccountOpen(&Account, Given), 0);
    if (Result != PRCM_OK)
        return Result;
    const PRCM_FACT *Fact = FactOfSubscription(Room, Asked, Given);
    if (Fact == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    Result = WriterPlace(Writer, &Account);
    return Result == PRCM_OK ? PrcmCaptureFact(Writer, Fact) : Result;
}

PRCM_RESULT
PrcmCaptureFact(PRCM_CAPTURE_WRITER *Writer, const PRCM_FACT *Fact)
{
    if (Writer == NULL || Fact == NULL || Writer->Ended)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (!FactIsWellFormed(Fact, Fact->Size))
        return ResultNote(PRCM_ERROR_CAPTURE, 0);
    PRCM_RESULT Result = WriterReserve(Writer, CAPTURE_KIND_FACTS, Fact->Size);
    if (Result != PRCM_OK)
        return Result;
    WriterAdd(Writer, Fact, Fact->Size);
    Writer->FactCount++;
    return PRCM_OK;
}

PRCM_RESULT
PrcmCaptureBatch(PRCM_CAPTURE_WRITER *Writer, const PRCM_BATCH *Batch, uint32_t Length)
{
    if (Writer == NULL || Batch == NULL || Writer->Ended)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (!Writer->Begun)
        return ResultNote(PRCM_ERROR_STATE, 0);
    PRCM_RECORDS Records;
    PRCM_RESULT Result = PrcmBatchOpen(Batch, Length, &Records);
    if (Result != PRCM_OK || Batch->RequiredBytes != 0)
        return Result;
    ACCOUNT Account = Writer->Account;
    if (Batch->Number > Account.Number)
        Account.Number = Batch->Number - 1;
    Result = Batch->Bytes <= PRCM_MAX_READ_BYTES ? AccountAdd(&Account, Batch) : PRCM_ERROR_BATCH;
    if (Result != PRCM_OK)
        return ResultNote(Result, 0);
    const CAPTURE_BATCH_PREFIX Prefix = {.Bytes = Batch->Bytes};
    Result = WriterReserve(Writer, CAPTURE_KIND_BATCHES, (uint32_t)sizeof(Prefix) + Batch->Bytes);
    if (Result != PRCM_OK)
        return Result;
    SummaryAdd(&Writer->Summary, Batch, &Records);
    WriterAdd(Writer, &Prefix, sizeof(Prefix));
    WriterAdd(Writer, Batch, Batch->Bytes);
    Writer->Account = Account;
    return PRCM_OK;
}

PRCM_RESULT
PrcmCaptureFlush(PRCM_CAPTURE_WRITER *Writer)
{
    if (Writer == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_RESULT Result = WriterSeal(Writer);
    return Result == PRCM_OK ? Writer->File.Sync(Writer->File.Context) : Result;
}

static PRCM_RESULT
WriterPutEnd(PRCM_CAPTURE_WRITER *Writer)
{
    const CAPTURE_INDEX *Index = &Writer->Index;
    CAPTURE_ANY_HEADER Header = {.Index = {.Block.Kind = CAPTURE_KIND_END,
                                           .Block.HeaderBytes = sizeof(Header.Index),
                                           .EntryCount = Index->LeafCount}};
    uint32_t LeafBytes = Index->LeafCount * (uint32_t)sizeof(CAPTURE_LEAF);
    CAPTURE_TRAILER Trailer = {.Offset = Writer->End, .FileId = Writer->FileId};
    memcpy(Trailer.Magic, CaptureEndMagic, sizeof(Trailer.Magic));
    uint8_t *Payload = malloc(LeafBytes + sizeof(Trailer));
    if (Payload == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    if (LeafBytes != 0)
        memcpy(Payload, Index->Leaves, LeafBytes);
    memcpy(Payload + LeafBytes, &Trailer, sizeof(Trailer));
    PRCM_RESULT Result = WriterPut(Writer, &Header, Payload, LeafBytes + (uint32_t)sizeof(Trailer));
    free(Payload);
    return Result;
}

PRCM_RESULT
PrcmCaptureEnd(PRCM_CAPTURE_WRITER *Writer)
{
    if (Writer == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_RESULT Result = WriterSeal(Writer);
    if (Result == PRCM_OK && Writer->Index.EntryCount != 0)
        Result = WriterPutLeaf(Writer);
    if (Result == PRCM_OK && !Writer->Ended)
        Result = WriterPutEnd(Writer);
    if (Result != PRCM_OK)
        return Result;
    Writer->Ended = true;
    return Writer->File.Sync(Writer->File.Context);
}

void
PrcmCaptureWriterState(const PRCM_CAPTURE_WRITER *Writer, PRCM_CAPTURE_STATE *State)
{
    *State = (PRCM_CAPTURE_STATE){
        .FileBytes = Writer->End,
        .PendingBytes = Writer->RawBytes,
        .Blocks = Writer->Number,
        .HasToken = Writer->Begun,
        .Token = Writer->Account.Next,
    };
}
