/* SPDX-License-Identifier: MIT */
#include "replay_reader.h"
#include "memory.h"
#include "prcm.h"
#include <inttypes.h>
#include <string.h>
#include <time.h>

#define POLL_NANOSECONDS 200000
#define LIFECYCLE        (PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT))

const READER_WAY ReaderWays[READER_COUNT] = {
    {.Name = "waits", .Kinds = PRCM_KINDS_ALL, .BufferBytes = 256 * 1024},
    {.Name = "polls, lifecycle", .Kinds = LIFECYCLE, .Flags = PRCM_READ_NO_WAIT, .BufferBytes = 1024},
    {.Name = "resumes", .Kinds = PRCM_KINDS_ALL, .BufferBytes = 16 * 1024, .ResumeBatches = 5},
    {.Name = "one process", .Kinds = PRCM_KINDS_ALL, .BufferBytes = 64 * 1024, .OneProcess = true},
};

static bool
Fail(REPLAY_READER *Reader, const char *What, uint32_t Code)
{
    CompareNote(&Reader->Comparison, "%s: 0x%X", What, Code);
    return false;
}

/* From is NULL: from the beginning. */
static bool
Subscribe(REPLAY_READER *Reader, const PRCM_TOKEN *From)
{
    PRCM_SUBSCRIBED Subscribed;
    PRCM_SUBSCRIBE Request = {.Size = sizeof(Request),
                              .AbiVersion = PRCM_ABI_VERSION,
                              .Kinds = Reader->Way->Kinds,
                              .From = From ? PRCM_FROM_TOKEN : PRCM_FROM_NOW};
    if (From)
        Request.Token = *From;
    if (Reader->Way->OneProcess)
    {
        Request.KeyCount = 2;
        Request.Keys[0] = Reader->Comparison.Wanted.Id;
        Request.Keys[1] = MODEL_END_ID;
    }
    NTSTATUS Status = SimControl(Reader->File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), &Subscribed,
                                 sizeof(Subscribed), NULL);
    if (!NT_SUCCESS(Status))
        return Fail(Reader, "SUBSCRIBE failed", (uint32_t)Status);
    PRCM_RESULT Result = AccountOpen(&Reader->Account, &Subscribed);
    if (Result)
        return Fail(Reader, "the library refuses SUBSCRIBE's answer", (uint32_t)Result);
    if (Subscribed.Resume != PRCM_RESUME_EXACT || Subscribed.Start.Next != (From ? From->Next : 1))
        return Fail(Reader, "the subscription begins elsewhere than asked for", Subscribed.Resume);
    return true;
}

static bool
Open(REPLAY_READER *Reader, const PRCM_TOKEN *From)
{
    NTSTATUS Status = SimOpen(PRCM_LINK_NAME, FILE_READ_DATA, &Reader->File);
    if (!NT_SUCCESS(Status))
    {
        Reader->File = NULL;
        return Fail(Reader, "the open failed", (uint32_t)Status);
    }
    return Subscribe(Reader, From);
}

/* The account of one handle, against the driver's counters of now. */
static void
CheckAccount(REPLAY_READER *Reader)
{
    PRCM_QUERY Query;
    PRCM_ACCOUNT Taken;
    NTSTATUS Status = SimControl(Reader->File, PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query), NULL);
    if (!NT_SUCCESS(Status))
    {
        Fail(Reader, "QUERY failed", (uint32_t)Status);
        return;
    }
    AccountSetHead(&Reader->Account, Query.Next, Query.Captured);
    AccountTake(&Reader->Account, &Taken);
    if (!Taken.Closed || !Taken.KindsKnown || Taken.Unknown)
        CompareNote(&Reader->Comparison, "the account does not close at number %" PRIu64, Taken.Next);
    if (Reader->Comparison.Ended && Taken.Next != Taken.Head)
        CompareNote(&Reader->Comparison, "the end has come, but %" PRIu64 " numbers follow it",
                    Taken.Head - Taken.Next);
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Reader->Delivered[Kind] += Taken.Delivered[Kind];
        Reader->Lost[Kind] += Taken.Lost[Kind];
    }
}

static void
Close(REPLAY_READER *Reader)
{
    if (!Reader->File)
        return;
    CheckAccount(Reader);
    SimClose(Reader->File);
    Reader->File = NULL;
}

/* As a program does that ends and is started again: the token is kept as text. */
static bool
Resume(REPLAY_READER *Reader)
{
    char Text[PRCM_TOKEN_TEXT_BYTES];
    PRCM_TOKEN Token;
    PrcmTokenFormat(&Reader->Account.Next, Text);
    Close(Reader);
    Reader->Resumes++;
    PRCM_RESULT Result = PrcmTokenParse(Text, &Token);
    return Result ? Fail(Reader, "the library refuses its own token", (uint32_t)Result)
                  : Open(Reader, &Token);
}

static bool
TakeBatch(REPLAY_READER *Reader, ULONG_PTR Bytes)
{
    const PRCM_RECORD *Record;
    PRCM_RECORDS Records;
    PRCM_RESULT Result = PrcmBatchOpen(Reader->Buffer, (uint32_t)Bytes, &Records);
    if (!Result)
        Result = AccountAdd(&Reader->Account, Reader->Buffer);
    if (Result)
        return Fail(Reader, "the library refuses a batch", (uint32_t)Result);
    if (Reader->Tap)
        Reader->Tap->Batch(Reader->Tap->Context, Reader->Buffer);
    while ((Record = PrcmBatchNext(&Records)) != NULL)
        CompareRecord(&Reader->Comparison, Record);
    Reader->NextBytes = Reader->Buffer->RequiredBytes > Reader->Way->BufferBytes
                            ? Reader->Buffer->RequiredBytes
                            : Reader->Way->BufferBytes;
    return true;
}

static bool
ReadOnce(REPLAY_READER *Reader)
{
    static const struct timespec Pause = {.tv_nsec = POLL_NANOSECONDS};
    PRCM_READ Request = {sizeof(Request), Reader->Way->Flags};
    ULONG_PTR Bytes;
    NTSTATUS Status = SimControl(Reader->File, PRCM_IOCTL_READ, &Request, sizeof(Request), Reader->Buffer,
                                 Reader->NextBytes, &Bytes);
    if (Status != STATUS_SUCCESS && Status != STATUS_BUFFER_OVERFLOW)
        return Fail(Reader, "READ failed", (uint32_t)Status);
    if (!TakeBatch(Reader, Bytes))
        return false;
    if (Status == STATUS_SUCCESS && !Reader->Buffer->RecordCount)
        nanosleep(&Pause, NULL);
    uint64_t Resumes = Reader->Way->ResumeBatches;
    return !Resumes || Reader->Account.Number < Resumes || Reader->Comparison.Ended || Resume(Reader);
}

static void
CheckSums(REPLAY_READER *Reader)
{
    uint64_t Told[PRCM_KIND_COUNT];
    memcpy(Told, Reader->Comparison.Delivered, sizeof(Told));
    Told[PRCM_KIND_EXIT] += Reader->Comparison.Ended;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        if (Reader->Delivered[Kind] != Told[Kind])
            CompareNote(&Reader->Comparison, "kind %u: the account has %" PRIu64 " records, %" PRIu64 " came",
                        Kind, Reader->Delivered[Kind], Told[Kind]);
    CompareFinish(&Reader->Comparison, Reader->Lost);
}

static void
ReadAll(void *Context)
{
    REPLAY_READER *Reader = Context;
    if (Reader->Gate)
        SimGateWait(Reader->Gate);
    while (Reader->File && !Reader->Comparison.Ended && ReadOnce(Reader))
        continue;
    Close(Reader);
    CheckSums(Reader);
}

void
ReaderStart(REPLAY_READER *Reader, const READER_WAY *Way, const MODEL *Model, const REPLAY_TAP *Tap,
            SIM_GATE *Gate)
{
    WANTED Wanted = {.Kinds = Way->Kinds, .OneProcess = Way->OneProcess, .Id = Model->Busiest};
    *Reader = (REPLAY_READER){.Way = Way,
                              .Tap = Tap,
                              .Buffer = MemoryZeroed(1, PRCM_MAX_READ_BYTES),
                              .NextBytes = Way->BufferBytes,
                              .Gate = Gate};
    CompareInit(&Reader->Comparison, Model, &Wanted);
    Open(Reader, NULL);
    Reader->Thread = SimThreadStart(ReadAll, Reader);
}

void
ReaderFinish(REPLAY_READER *Reader)
{
    SimThreadJoin(Reader->Thread);
    free(Reader->Buffer);
    Reader->Buffer = NULL;
}
