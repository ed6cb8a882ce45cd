/* SPDX-License-Identifier: MIT */
#include "rig.h"
#include "tally.h"
#include <stdio.h>
#include <stdlib.h>

#define RIG_MAX_TEXTS    64
#define RIG_BUFFER_BYTES (256u * 1024u)

unsigned RigProducers = 1;

static PUNICODE_STRING Texts[RIG_MAX_TEXTS];
static ULONG TextCount;
static unsigned ReadersOpen;

int
RigReset(void **State)
{
    (void)State;
    SimReset();
    RigProducers = 1;
    return 0;
}

int
RigStart(void **State)
{
    RigReset(State);
    RigLoad();
    return 0;
}

int
RigEnd(void **State)
{
    (void)State;
    SimSetHook(NULL, NULL);
    if (SimIsLoaded())
        RigUnload();
    while (TextCount)
        SimPageableFree(Texts[--TextCount]);
    SimReset();
    return 0;
}

void
RigLoad(void)
{
    assert_status(SimLoad(&RigImage), STATUS_SUCCESS);
}

void
RigUnload(void)
{
    assert_status(SimUnload(), STATUS_SUCCESS);
    assert_false(SimIsLoaded());
}

HANDLE
RigOpen(void)
{
    HANDLE File;
    assert_status(SimOpen(PRCM_LINK_NAME, RIG_ALL_ACCESS, &File), STATUS_SUCCESS);
    return File;
}

PUNICODE_STRING
RigTextOfLength(PCWSTR Text, ULONG Bytes)
{
    WCHAR *Copy = malloc(Bytes + sizeof(WCHAR));
    assert_non_null(Copy);
    UNICODE_STRING One;
    RtlInitUnicodeString(&One, Text);
    ULONG Length = One.Length / (ULONG)sizeof(WCHAR);
    for (ULONG At = 0; At < Bytes / sizeof(WCHAR); At++)
        Copy[At] = Text[At % Length];
    assert_true(TextCount < RIG_MAX_TEXTS);
    Texts[TextCount] = SimPageableString(Copy, Bytes);
    free(Copy);
    return Texts[TextCount++];
}

PUNICODE_STRING
RigText(PCWSTR Text)
{
    UNICODE_STRING One;
    RtlInitUnicodeString(&One, Text);
    return RigTextOfLength(Text, One.Length);
}

void
RigQuery(PRCM_QUERY *Query)
{
    HANDLE File = RigOpen();
    ULONG_PTR Information;
    assert_status(SimControl(File, PRCM_IOCTL_QUERY, NULL, 0, Query, sizeof(*Query), &Information),
                  STATUS_SUCCESS);
    assert_int_equal(Information, sizeof(*Query));
    assert_status(SimClose(File), STATUS_SUCCESS);
}

uint32_t
RigSessions(void)
{
    PRCM_QUERY Query;
    RigQuery(&Query);
    return Query.Sessions - 1;
}

/* ---- Events ---- */

static UNICODE_STRING
RigConstant(PCWSTR Text)
{
    UNICODE_STRING String;
    RtlInitUnicodeString(&String, Text);
    return String;
}

static PEPROCESS
RigStartWith(ULONG Id, PCUNICODE_STRING CommandLine)
{
    UNICODE_STRING Image = RigConstant(L"\\Device\\HarddiskVolume3\\Windows\\System32\\cmd.exe");
    SIM_PROCESS Process = {.Id = Id,
                           .ParentId = SIM_SYSTEM_PROCESS_ID,
                           .CreateTime = 0x01DD000000000000LL + Id,
                           .StartKey = 0x1000000000000ull + Id,
                           .SessionId = 1,
                           .IntegrityLevel = 0x2000,
                           .ImageName = &Image};
    SIM_START Start = {.ImageFileName = &Image,
                       .FileOpenNameAvailable = true,
                       .CommandLine = CommandLine,
                       .CreatorThreadId = Id + 1};
    PEPROCESS Object = SimProcessAdd(&Process);
    assert_status(SimRaiseStart(Object, &Start), STATUS_SUCCESS);
    return Object;
}

PEPROCESS
RigRaiseStart(ULONG Id)
{
    UNICODE_STRING CommandLine = RigConstant(L"cmd.exe /c ver");
    return RigStartWith(Id, &CommandLine);
}

void
RigRaiseExit(PEPROCESS Process)
{
    SimRaiseExit(Process, 7, 0);
}

static UNICODE_STRING
RigLarge(ULONG Bytes)
{
    UNICODE_STRING Text = {
        .Length = (USHORT)Bytes, .MaximumLength = (USHORT)Bytes, .Buffer = malloc(Bytes + 1)};
    for (ULONG At = 0; At < Bytes / sizeof(WCHAR); At++)
        Text.Buffer[At] = (WCHAR)(L'a' + At % 26);
    return Text;
}

void
RigRaiseLargeStart(ULONG Id, ULONG CommandLineBytes)
{
    UNICODE_STRING CommandLine = RigLarge(CommandLineBytes);
    SimProcessForget(RigStartWith(Id, &CommandLine));
    free(CommandLine.Buffer);
}

void
RigRaiseLargeImage(ULONG Id, ULONG PathBytes)
{
    IMAGE_INFO Info = {.ImageBase = (PVOID)0x7FF600000000, .ImageSize = 0x10000};
    UNICODE_STRING Path = RigLarge(PathBytes);
    SimRaiseImage(Id, 0, &Path, &Info);
    free(Path.Buffer);
}

void
RigRaiseImage(ULONG Id)
{
    RigRaiseLargeImage(Id, 80);
}

/* ---- Readers ---- */

PRCM_SUBSCRIBE
ReaderRequest(uint32_t From)
{
    return (PRCM_SUBSCRIBE){.Size = sizeof(PRCM_SUBSCRIBE),
                            .AbiVersion = PRCM_ABI_VERSION,
                            .Kinds = PRCM_KINDS_ALL,
                            .From = From};
}

void
ReaderOpenWith(READER *Reader, const PRCM_SUBSCRIBE *Request)
{
    ULONG_PTR Information;
    *Reader = (READER){.File = RigOpen(),
                       .Kinds = Request->Kinds,
                       .KeepRecords = true,
                       .SearchAddresses = true,
                       .BufferBytes = RIG_BUFFER_BYTES};
    Reader->Buffer = malloc(Reader->BufferBytes);
    assert_status(SimControl(Reader->File, PRCM_IOCTL_SUBSCRIBE, Request, sizeof(*Request),
                             &Reader->Subscribed, sizeof(Reader->Subscribed), &Information),
                  STATUS_SUCCESS);
    assert_int_equal(Information, sizeof(PRCM_SUBSCRIBED));
    assert_int_equal(Reader->Subscribed.Size, sizeof(PRCM_SUBSCRIBED));
    Reader->At = Reader->Subscribed.Start;
    Reader->Tallied = Reader->At.Next;
    __atomic_add_fetch(&ReadersOpen, 1, __ATOMIC_RELAXED);
}

void
ReaderOpen(READER *Reader, uint32_t From)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(From);
    ReaderOpenWith(Reader, &Request);
}

void
ReaderForgetRecords(READER *Reader)
{
    while (Reader->RecordCount)
        free(Reader->Records[--Reader->RecordCount]);
}

void
ReaderClose(READER *Reader)
{
    if (Reader->File)
        assert_status(SimClose(Reader->File), STATUS_SUCCESS);
    ReaderForgetRecords(Reader);
    free(Reader->Records);
    free(Reader->Buffer);
    *Reader = (READER){0};
    __atomic_sub_fetch(&ReadersOpen, 1, __ATOMIC_RELAXED);
}

static void
ReaderKeep(READER *Reader, const PRCM_RECORD *Record)
{
    if (Reader->RecordCount == Reader->RecordRoom)
    {
        Reader->RecordRoom = Reader->RecordRoom * 2 + 64;
        PRCM_RECORD **Larger = realloc(Reader->Records, Reader->RecordRoom * sizeof(PRCM_RECORD *));
        assert_non_null(Larger);
        Reader->Records = Larger;
    }
    PRCM_RECORD *Copy = malloc(Record->Size);
    assert_non_null(Copy);
    memcpy(Copy, Record, Record->Size);
    Reader->Records[Reader->RecordCount++] = Copy;
}

/* By kind: what lies between two tokens is what the batch tells of. */
static void
ReaderCheckKinds(const READER *Reader, const PRCM_BATCH *Batch)
{
    if (!Reader->At.CountsKnown || !Batch->Next.CountsKnown)
        return;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        assert_int_equal(Batch->Next.Captured[Kind] - Reader->At.Captured[Kind],
                         Batch->Delivered[Kind] + Batch->Filtered[Kind] + Batch->Lost[Kind]);
}

static void
ReaderTakeBatch(READER *Reader, ULONG_PTR Information)
{
    const PRCM_BATCH *Batch = Reader->Buffer;
    const PRCM_RECORD *Record;
    PRCM_RECORDS Records;

    assert_int_equal(PrcmBatchOpen(Batch, (uint32_t)Information, &Records), PRCM_OK);
    assert_int_equal(Batch->Bytes, Information);
    assert_int_equal(Batch->First, Reader->At.Next);
    if (Reader->SearchAddresses)
        assert_int_equal(SimFindKernelAddress(Batch, Information), -1);
    ReaderCheckKinds(Reader, Batch);
    while ((Record = PrcmBatchNext(&Records)) != NULL)
        if (Reader->KeepRecords)
            ReaderKeep(Reader, Record);
    if (Batch->RequiredBytes)
        return;
    assert_int_equal(Batch->Number, ++Reader->Batches);
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Reader->Delivered[Kind] += Batch->Delivered[Kind];
        Reader->Filtered[Kind] += Batch->Filtered[Kind];
        Reader->Lost[Kind] += Batch->Lost[Kind];
    }
    Reader->Unknown += Batch->Unknown;
    Reader->At = Batch->Next;
}

NTSTATUS
ReaderReadNow(READER *Reader)
{
    PRCM_READ Request = {sizeof(Request), PRCM_READ_NO_WAIT};
    ULONG_PTR Information;
    NTSTATUS Status = SimControl(Reader->File, PRCM_IOCTL_READ, &Request, sizeof(Request), Reader->Buffer,
                                 Reader->BufferBytes, &Information);
    if (!NT_ERROR(Status) && Information)
        ReaderTakeBatch(Reader, Information);
    return Status;
}

size_t
ReaderDrain(READER *Reader)
{
    size_t Before = Reader->RecordCount;
    do
        assert_status(ReaderReadNow(Reader), STATUS_SUCCESS);
    while (Reader->Buffer->RecordCount);
    return Reader->RecordCount - Before;
}

bool
ReaderPend(READER *Reader)
{
    static const PRCM_READ Request = {sizeof(Request), 0};
    Reader->Pended = SimControlStart(Reader->File, PRCM_IOCTL_READ, &Request, sizeof(Request), Reader->Buffer,
                                     Reader->BufferBytes);
    return SimIoDone(Reader->Pended);
}

NTSTATUS
ReaderWait(READER *Reader)
{
    ULONG_PTR Information;
    NTSTATUS Status = SimIoWait(Reader->Pended, &Information);
    Reader->Pended = NULL;
    if (NT_ERROR(Status))
        assert_int_equal(Information, 0);
    else if (Information)
        ReaderTakeBatch(Reader, Information);
    return Status;
}

const void *
ReaderRecord(const READER *Reader, size_t Index, uint32_t Kind)
{
    assert_true(Index < Reader->RecordCount);
    assert_int_equal(Reader->Records[Index]->Kind, Kind);
    return Reader->Records[Index];
}

static void
ReaderTally(READER *Reader)
{
    uint64_t Lost = Reader->Unknown;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Lost += Reader->Lost[Kind];
    TallyEvents(RigProducers, __atomic_load_n(&ReadersOpen, __ATOMIC_RELAXED), Lost != 0,
                Reader->At.Next - Reader->Tallied);
    Reader->Tallied = Reader->At.Next;
}

void
ReaderCheckAccount(READER *Reader)
{
    PRCM_QUERY Query;
    uint64_t Accounted = Reader->Unknown;
    RigQuery(&Query);
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Accounted += Reader->Delivered[Kind] + Reader->Filtered[Kind] + Reader->Lost[Kind];
    assert_int_equal(Accounted, Reader->At.Next - Reader->Subscribed.Start.Next);
    assert_true(Reader->At.Next <= Query.Next);
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        if (!Reader->Subscribed.Start.CountsKnown || !Reader->At.CountsKnown)
            break;
        uint64_t Unread = Query.Captured[Kind] - Reader->At.Captured[Kind];
        assert_true(Reader->At.Captured[Kind] <= Query.Captured[Kind]);
        assert_int_equal(Query.Captured[Kind], Reader->Subscribed.Start.Captured[Kind] +
                                                   Reader->Delivered[Kind] + Reader->Filtered[Kind] +
                                                   Reader->Lost[Kind] + Unread);
    }
    ReaderTally(Reader);
}
