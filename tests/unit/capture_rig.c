/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture_rig.h"
#include "result.h"

static PRCM_RESULT
RigRead1(void *Context, uint64_t Offset, void *Bytes, uint32_t Length, uint32_t *Taken)
{
    const RIG_FILE *File = Context;
    uint64_t Left = Offset < File->Size ? File->Size - Offset : 0;
    *Taken = Left < Length ? (uint32_t)Left : Length;
    if (*Taken != 0)
        memcpy(Bytes, File->Bytes + Offset, *Taken);
    return PRCM_OK;
}

static void
RigGrow(RIG_FILE *File, uint64_t Size)
{
    if (Size <= File->Room)
        return;
    File->Room = 2 * Size;
    File->Bytes = realloc(File->Bytes, File->Room);
    assert_non_null(File->Bytes);
}

static PRCM_RESULT
RigWrite1(void *Context, uint64_t Offset, const void *Bytes, uint32_t Length)
{
    RIG_FILE *File = Context;
    File->Writes++;
    assert_int_equal(Offset, File->Size);
    bool Full = File->DiskBytes != 0 && Offset + Length > File->DiskBytes;
    if (Full)
        Length = File->DiskBytes > Offset ? (uint32_t)(File->DiskBytes - Offset) : 0;
    RigGrow(File, Offset + Length);
    memcpy(File->Bytes + Offset, Bytes, Length);
    File->Size = Offset + Length;
    return Full ? ResultNote(PRCM_ERROR_DISK_FULL, ENOSPC) : PRCM_OK;
}

static PRCM_RESULT
RigSync(void *Context)
{
    RIG_FILE *File = Context;
    if (File->SyncsFail != 0)
    {
        File->SyncsFail--;
        return ResultNote(PRCM_ERROR_FILE, EIO);
    }
    File->Durable = File->Size;
    return PRCM_OK;
}

static PRCM_RESULT
RigTruncate(void *Context, uint64_t Bytes)
{
    RIG_FILE *File = Context;
    if (File->CutsFail != 0)
    {
        File->CutsFail--;
        return ResultNote(PRCM_ERROR_FILE, EIO);
    }
    assert_true(Bytes <= File->Size);
    File->Size = Bytes;
    return PRCM_OK;
}

static PRCM_RESULT
RigSize(void *Context, uint64_t *Bytes)
{
    *Bytes = ((const RIG_FILE *)Context)->Size;
    return PRCM_OK;
}

static void
RigClose(void *Context)
{
    ((RIG_FILE *)Context)->Open--;
}

PRCM_CAPTURE_FILE
RigFileOpen(RIG_FILE *File)
{
    File->Open++;
    return (PRCM_CAPTURE_FILE){File, RigRead1, RigWrite1, RigSync, RigTruncate, RigSize, RigClose};
}

void
RigFileSet(RIG_FILE *File, const void *Bytes, uint64_t Size)
{
    RigGrow(File, Size);
    if (Size != 0)
        memcpy(File->Bytes, Bytes, Size);
    File->Size = Size;
}

void
RigFileFree(RIG_FILE *File)
{
    assert_int_equal(File->Open, 0);
    free(File->Bytes);
    *File = (RIG_FILE){0};
}

RIG_STREAM *
RigStreamCreate(uint64_t Instance)
{
    RIG_STREAM *Stream = calloc(1, sizeof(*Stream));
    assert_non_null(Stream);
    Stream->Instance = Instance;
    Stream->Time = RIG_TIME;
    return Stream;
}

static void
RigBatchBegin(RIG_STREAM *Stream)
{
    BuilderBegin(&Stream->Builder, Stream->Before);
    Stream->Builder.Batch.Next.Instance = Stream->Instance;
}

PRCM_SUBSCRIBED
RigSubscribed(RIG_STREAM *Stream)
{
    RigBatchBegin(Stream);
    Stream->Number = 0;
    const PRCM_TOKEN *Start = &Stream->Builder.Batch.Next;
    return (PRCM_SUBSCRIBED){.Size = sizeof(PRCM_SUBSCRIBED),
                             .AbiVersion = PRCM_ABI_VERSION,
                             .Resume = PRCM_RESUME_EXACT,
                             .Start = *Start,
                             .Oldest = 1,
                             .Head = Start->Next};
}

static const PRCM_BATCH *
RigBatchEnd(RIG_STREAM *Stream)
{
    PRCM_BATCH *Batch = BuilderEnd(&Stream->Builder, 0);
    PRCM_RECORDS Records;
    const PRCM_RECORD *Record;
    Batch->Number = ++Stream->Number;
    memcpy(Stream->Before, Batch->Next.Captured, sizeof(Stream->Before));
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    while ((Record = PrcmBatchNext(&Records)) != NULL)
        ((PRCM_RECORD *)(uintptr_t)Record)->Time = Stream->Time + (int64_t)Record->Sequence;
    return Batch;
}

const PRCM_BATCH *
RigBatch(RIG_STREAM *Stream)
{
    BATCH_BUILDER *Builder = &Stream->Builder;
    RigBatchBegin(Stream);
    uint32_t Process = (uint32_t)(4 * Stream->Before[PRCM_KIND_START] + 100);
    PRCM_START *Start = BuilderAddStart(Builder, Process);
    Start->CreateTime = (PRCM_VALUE){.Value = (uint64_t)Start->Header.Time, .Status = PRCM_PRESENT};
    BuilderSetText(Builder, &Start->ImagePath.Text, "\\Device\\HarddiskVolume3\\Windows\\System32\\cmd.exe");
    Start->ImagePath.Form = PRCM_PATH_NT;
    for (uint32_t Load = 0; Load < 2; Load++)
    {
        PRCM_IMAGE *Image = BuilderAddImage(Builder, Process);
        BuilderSetText(Builder, &Image->ImagePath.Text,
                       Load != 0 ? "\\SystemRoot\\a.dll" : "\\SystemRoot\\b.dll");
        Image->ImagePath.Form = PRCM_PATH_SYSTEM_ROOT;
    }
    BuilderAddExit(Builder, Process)->ExitStatus = (PRCM_VALUE){.Value = 3, .Status = PRCM_PRESENT};
    return RigBatchEnd(Stream);
}

const PRCM_BATCH *
RigLossyBatch(RIG_STREAM *Stream, uint64_t Lost)
{
    RigBatchBegin(Stream);
    BuilderAddLost(&Stream->Builder, PRCM_KIND_IMAGE, Lost, 0, PRCM_KIND_EXIT, 0);
    BuilderAddExit(&Stream->Builder, 8);
    return RigBatchEnd(Stream);
}

void
RigPass(RIG_STREAM *Stream, uint64_t Starts)
{
    Stream->Before[PRCM_KIND_START] += Starts;
}

PRCM_CAPTURE_WRITER *
RigCreate(RIG_FILE *File)
{
    const PRCM_CAPTURE_OPTIONS Options = {.Time = RIG_TIME, .FileId = RIG_FILE_ID};
    PRCM_CAPTURE_FILE Opened = RigFileOpen(File);
    PRCM_CAPTURE_WRITER *Writer;
    RIG_OK(PrcmCaptureCreate(&Opened, &Options, &Writer));
    return Writer;
}

const PRCM_FACT *
RigHostFact(const char *Name)
{
    static uint64_t Room[64];
    uint16_t Wide[64];
    uint32_t Count = 0;
    PRCM_FACT *Fact = PrcmFactBegin(Room, sizeof(Room), PRCM_FACT_HOST);
    assert_non_null(Fact);
    for (; *Name != 0; Name++)
        Wide[Count++] = (uint8_t)*Name;
    PRCM_FACT_HOST_INFO *Host = (void *)Fact;
    RIG_OK(PrcmFactSetBytes(Fact, sizeof(Room), &Host->Name, Wide, 2 * Count));
    return Fact;
}

void
RigBegin(PRCM_CAPTURE_WRITER *Writer, RIG_STREAM *Stream)
{
    PRCM_SUBSCRIBED Given = RigSubscribed(Stream);
    RIG_OK(PrcmCaptureBegin(Writer, NULL, &Given));
}

void
RigWrite(PRCM_CAPTURE_WRITER *Writer, RIG_STREAM *Stream, uint32_t Count)
{
    for (; Count != 0; Count--)
    {
        const PRCM_BATCH *Batch = RigBatch(Stream);
        RIG_OK(PrcmCaptureBatch(Writer, Batch, Batch->Bytes));
        RIG_OK(PrcmCaptureFlush(Writer));
    }
}

static void
RigTell(FILE *Out, const PRCM_CAPTURE_ITEM *Item)
{
    static const char *const Damages[] = {"none",    "nuls",    "partial", "header",
                                          "payload", "content", "account", "number"};
    static const char *const Gaps[] = {"", "damaged", "not recorded", "file missing"};
    switch (Item->Type)
    {
    case PRCM_ITEM_FILE:
        fprintf(Out, "file %s\n", Item->Name != NULL ? Item->Name : "-");
        return;
    case PRCM_ITEM_FACT:
        fprintf(Out, "fact %u\n", Item->Fact->Type);
        return;
    case PRCM_ITEM_SESSION:
        fprintf(Out, "session %" PRIx64 " from %" PRIu64 "\n", Item->Instance, Item->First);
        return;
    case PRCM_ITEM_BATCH:
        fprintf(Out, "batch %" PRIu64 " to %" PRIu64 "\n", Item->First, Item->Next);
        return;
    case PRCM_ITEM_GAP:
        fprintf(Out, "gap %" PRIu64 " to %" PRIu64 " %s", Item->First, Item->Next, Gaps[Item->Why]);
        for (uint32_t Kind = 0; Kind + 1 < PRCM_KIND_COUNT && Item->KindsKnown; Kind++)
            fprintf(Out, " %" PRIu64, Item->Missing[Kind]);
        fprintf(Out, "\n");
        return;
    case PRCM_ITEM_REPEATED:
        fprintf(Out, "repeated %" PRIu64 " to %" PRIu64 "\n", Item->First, Item->Next);
        return;
    case PRCM_ITEM_DAMAGE:
        fprintf(Out, "damage %" PRIu64 "+%" PRIu64 " %s\n", Item->Offset, Item->Bytes, Damages[Item->Why]);
        return;
    case PRCM_ITEM_UNKNOWN:
        fprintf(Out, "unknown version %u kind %u\n", Item->Version, Item->Kind);
        return;
    default:
        fprintf(Out, "end %s, torn %" PRIu64 " %s\n", Item->Closed ? "closed" : "open", Item->Bytes,
                Damages[Item->Why]);
    }
}

static void
RigTellAccount(FILE *Out, const PRCM_CAPTURE_ACCOUNT *Account)
{
    uint64_t Sum = Account->Unknown + Account->Missing;
    uint64_t Delivered = 0;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Delivered += Account->Delivered[Kind];
        Sum += Account->Delivered[Kind] + Account->Filtered[Kind] + Account->Lost[Kind];
    }
    assert_int_equal(Sum, Account->Next - Account->From + Account->Repeated);
    fprintf(Out, "account %" PRIx64 " %" PRIu64 " to %" PRIu64 ": %" PRIu64 " told, %" PRIu64 " missing%s\n",
            Account->Instance, Account->From, Account->Next, Delivered, Account->Missing,
            Account->Complete ? ", complete" : "");
}

char *
RigReadAll(PRCM_CAPTURE_READER *Reader)
{
    char *Text = NULL;
    size_t Length;
    FILE *Out = open_memstream(&Text, &Length);
    assert_non_null(Out);
    PRCM_CAPTURE_ITEM Item;
    for (;;)
    {
        RIG_OK(PrcmCaptureNext(Reader, &Item));
        if (Item.Type == PRCM_ITEM_END)
            break;
        RigTell(Out, &Item);
    }
    for (uint32_t Index = 0; Index < PrcmCaptureAccountCount(Reader); Index++)
    {
        PRCM_CAPTURE_ACCOUNT Account;
        RIG_OK(PrcmCaptureAccount(Reader, Index, &Account));
        RigTellAccount(Out, &Account);
    }
    fclose(Out);
    return Text;
}

char *
RigRead(RIG_FILE *File)
{
    PRCM_CAPTURE_FILE Opened = RigFileOpen(File);
    PRCM_CAPTURE_READER *Reader;
    RIG_OK(PrcmCaptureOpen(&Opened, &Reader));
    char *Text = RigReadAll(Reader);
    PrcmCaptureClose(Reader);
    return Text;
}
