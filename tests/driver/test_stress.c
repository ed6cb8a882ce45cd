/* SPDX-License-Identifier: MIT
 *
 * Real threads: producers against readers of every sort, each record checked byte by byte, each account closed; and the
 * driver stopped and unloaded under load. Built with ThreadSanitizer as well.
 */
#include "rig.h"
#include <sched.h>
#include <stdlib.h>

#define PRODUCERS  4u
#define READERS    5u
#define PROCESSES  60u /* of each producer */
#define MAX_IMAGES 6u
#define FIRST_ID   10000u
#define IDS        (PRODUCERS * PROCESSES)

/* What a reader has seen of a process. */
typedef enum SEEN
{
    SEEN_NOTHING,
    SEEN_START,
    SEEN_EXIT
} SEEN;

typedef struct TASK
{
    ULONG Number;
    ULONG Seed;
    PCSTR Kind;
    READER Reader;
    SEEN Seen[IDS];
    ULONG Images[IDS];
    NTSTATUS Ended;
} TASK;

static ULONG ProducersLeft;
static bool Stopping;

static ULONG
Random(ULONG *Seed, ULONG Below)
{
    *Seed = *Seed * 1664525u + 1013904223u;
    return (*Seed >> 8) % Below;
}

/* The text of a path or command line follows from its process and its length. */
static WCHAR
Letter(ULONG Id, ULONG Length, ULONG At)
{
    return (WCHAR)(Id * 31 + Length * 7 + At);
}

static void
FillText(UNICODE_STRING *Text, ULONG Id, ULONG Letters)
{
    Text->Length = Text->MaximumLength = (USHORT)(Letters * sizeof(WCHAR));
    for (ULONG At = 0; At < Letters; At++)
        Text->Buffer[At] = Letter(Id, Letters, At);
}

static void
CheckText(const PRCM_RECORD *Record, const PRCM_BYTES *Field)
{
    const WCHAR *Text = PrcmRecordBytes(Record, Field);
    ULONG Letters = Field->Length / (ULONG)sizeof(WCHAR);
    assert_int_equal(Field->Status, PRCM_PRESENT);
    for (ULONG At = 0; At < Letters; At++)
        assert_int_equal(Text[At], Letter(Record->Key, Letters, At));
}

static ULONG
LettersOf(ULONG *Seed)
{
    return Random(Seed, 12) ? Random(Seed, 100) : Random(Seed, PRCM_MAX_STRING_BYTES / 2);
}

/* ---- Producers ---- */

static void
ProduceProcess(TASK *Task, ULONG Id, WCHAR *Room)
{
    UNICODE_STRING Text = {.Buffer = Room};
    SIM_PROCESS Process = {.Id = Id, .ParentId = 4, .CreateTime = Id, .ImageName = &Text};
    SIM_START Start = {.ImageFileName = &Text, .CommandLine = &Text, .CreatorThreadId = Task->Number};
    FillText(&Text, Id, LettersOf(&Task->Seed));
    PEPROCESS Object = SimProcessAdd(&Process);
    SimRaiseStart(Object, &Start);
    for (ULONG Images = Random(&Task->Seed, MAX_IMAGES + 1); Images; Images--)
    {
        IMAGE_INFO Info = {.ImageBase = (PVOID)0x10000, .ImageSize = Images};
        FillText(&Text, Id, LettersOf(&Task->Seed));
        SimRaiseImage(Id, Task->Number, &Text, &Info);
    }
    SimRaiseExit(Object, (NTSTATUS)Id, Task->Number);
}

static void
Produce(void *Context)
{
    TASK *Task = Context;
    WCHAR *Room = malloc(PRCM_MAX_STRING_BYTES + 2);
    for (ULONG Index = 0; Index < PROCESSES; Index++)
        ProduceProcess(Task, FIRST_ID + Task->Number * PROCESSES + Index, Room);
    free(Room);
    __atomic_sub_fetch(&ProducersLeft, 1, __ATOMIC_SEQ_CST);
}

/* ---- Readers ---- */

/* Within a process: start, loads, exit. */
static void
CheckOrder(TASK *Task, const PRCM_RECORD *Record)
{
    ULONG Index = Record->Key - FIRST_ID;
    assert_true(Index < IDS);
    if (Record->Kind == PRCM_KIND_START)
    {
        assert_int_equal(Task->Seen[Index], SEEN_NOTHING);
        Task->Seen[Index] = SEEN_START;
    }
    else if (Record->Kind == PRCM_KIND_EXIT)
    {
        assert_int_not_equal(Task->Seen[Index], SEEN_EXIT);
        Task->Seen[Index] = SEEN_EXIT;
    }
    else
    {
        assert_int_not_equal(Task->Seen[Index], SEEN_EXIT);
    }
}

static void
CheckRecord(TASK *Task, const PRCM_RECORD *Record)
{
    if (Record->Kind == PRCM_KIND_LOST)
        return;
    CheckOrder(Task, Record);
    if (Record->Kind == PRCM_KIND_START)
    {
        const PRCM_START *Start = (const void *)Record;
        CheckText(Record, &Start->ImagePath.Text);
        CheckText(Record, &Start->CommandLine);
        assert_int_equal(Start->CreateTime.Value, Record->Key);
    }
    else if (Record->Kind == PRCM_KIND_IMAGE)
    {
        CheckText(Record, &((const PRCM_IMAGE *)(const void *)Record)->ImagePath.Text);
    }
    else
    {
        assert_int_equal(((const PRCM_EXIT *)(const void *)Record)->ExitStatus.Value, Record->Key);
    }
}

static void
TakeRecords(TASK *Task)
{
    for (size_t Index = 0; Index < Task->Reader.RecordCount; Index++)
        CheckRecord(Task, Task->Reader.Records[Index]);
    ReaderForgetRecords(&Task->Reader);
}

static bool
IsOver(NTSTATUS Status)
{
    return Status == STATUS_DEVICE_REMOVED || Status == STATUS_NO_SUCH_DEVICE ||
           Status == STATUS_OBJECT_NAME_NOT_FOUND;
}

/* Until the driver stops or, if it is not going to, until the producers have ended and nothing is left. */
static void
ReadWith(TASK *Task, NTSTATUS (*ReadOnce)(TASK *Task))
{
    for (;;)
    {
        bool Last = __atomic_load_n(&ProducersLeft, __ATOMIC_SEQ_CST) == 0;
        NTSTATUS Status = ReadOnce(Task);
        if (IsOver(Status))
        {
            Task->Ended = Status;
            return;
        }
        if (Status != STATUS_SUCCESS && Status != STATUS_CANCELLED)
            fail_msg("reader %u ended with 0x%08X", Task->Number, (ULONG)Status);
        bool Empty = Status == STATUS_SUCCESS && Task->Reader.RecordCount == 0;
        TakeRecords(Task);
        if (Last && Empty && !__atomic_load_n(&Stopping, __ATOMIC_SEQ_CST))
            return;
    }
}

static NTSTATUS
ReadPolling(TASK *Task)
{
    return ReaderReadNow(&Task->Reader);
}

/* Pends, and cancels now and then, and once nothing will come any more: whoever only waited would wait for ever. */
static NTSTATUS
ReadPended(TASK *Task)
{
    bool Cancel = !ReaderPend(&Task->Reader) && Random(&Task->Seed, 4) == 0;
    while (!Cancel && !SimIoDone(Task->Reader.Pended))
    {
        Cancel = __atomic_load_n(&ProducersLeft, __ATOMIC_SEQ_CST) == 0;
        sched_yield();
    }
    if (Cancel)
        SimIoCancel(Task->Reader.Pended);
    NTSTATUS Status = ReaderWait(&Task->Reader);
    return Status == STATUS_CANCELLED ? ReadPolling(Task) : Status;
}

/* Every few batches a new handle goes on from the old one's token. */
static NTSTATUS
ReadResuming(TASK *Task)
{
    READER *Reader = &Task->Reader;
    NTSTATUS Status = ReaderReadNow(Reader);
    if (Status != STATUS_SUCCESS || Random(&Task->Seed, 8))
        return Status;
    HANDLE File;
    PRCM_SUBSCRIBED Subscribed;
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_TOKEN);
    Request.Token = Reader->At;
    Status = SimOpen(PRCM_LINK_NAME, RIG_ALL_ACCESS, &File);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = SimControl(File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), &Subscribed,
                        sizeof(Subscribed), NULL);
    SimClose(NT_SUCCESS(Status) ? Reader->File : File);
    if (!NT_SUCCESS(Status))
        return Status;
    assert_int_equal(Subscribed.Resume, PRCM_RESUME_EXACT);
    Reader->File = File;
    Reader->Batches = 0;
    return STATUS_SUCCESS;
}

static void
Read(void *Context)
{
    TASK *Task = Context;
    switch (Task->Number % READERS)
    {
    case 0:
        ReadWith(Task, ReadPolling);
        break;
    case 1:
        ReadWith(Task, ReadResuming);
        break;
    default:
        ReadWith(Task, ReadPended);
    }
}

static void
TaskOpen(TASK *Task, ULONG Number, uint32_t Kinds)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_OLDEST);
    *Task = (TASK){.Number = Number, .Seed = Number * 77 + 1};
    Request.Kinds = Kinds;
    ReaderOpenWith(&Task->Reader, &Request);
    Task->Reader.SearchAddresses = false;
    /* Some with little room, so that batches are many. */
    Task->Reader.BufferBytes =
        Number % 2 ? PRCM_MAX_RECORD_BYTES + sizeof(PRCM_BATCH) : Task->Reader.BufferBytes;
}

/* ---- The tests ---- */

static TASK Producers[PRODUCERS];
static TASK Readers[READERS];
static SIM_THREAD *Threads[PRODUCERS + READERS];

static void
StartAll(uint32_t KindsOfTheFourth)
{
    ProducersLeft = RigProducers = PRODUCERS;
    for (ULONG Index = 0; Index < READERS; Index++)
        TaskOpen(&Readers[Index], Index, Index == 4 ? KindsOfTheFourth : PRCM_KINDS_ALL);
    for (ULONG Index = 0; Index < READERS; Index++)
        Threads[PRODUCERS + Index] = SimThreadStart(Read, &Readers[Index]);
    for (ULONG Index = 0; Index < PRODUCERS; Index++)
    {
        Producers[Index] = (TASK){.Number = Index, .Seed = Index + 1};
        Threads[Index] = SimThreadStart(Produce, &Producers[Index]);
    }
}

static void
JoinProducers(void)
{
    for (ULONG Index = 0; Index < PRODUCERS; Index++)
        SimThreadJoin(Threads[Index]);
}

static void
JoinReaders(void)
{
    for (ULONG Index = 0; Index < READERS; Index++)
        SimThreadJoin(Threads[PRODUCERS + Index]);
}

static int
StressReset(void **State)
{
    RigReset(State);
    __atomic_store_n(&Stopping, false, __ATOMIC_SEQ_CST);
    SimSetRegistryDword(L"LifecycleLaneBytes", PRCM_MIN_LANE_BYTES);
    SimSetRegistryDword(L"ImageLaneBytes", PRCM_MIN_LANE_BYTES);
    RigLoad();
    return 0;
}

static void
every_account_closes_and_every_record_is_whole(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    StartAll(PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT));
    JoinProducers();
    JoinReaders();
    RigQuery(&Query);
    assert_int_equal(Query.Captured[PRCM_KIND_START], IDS);
    assert_int_equal(Query.Captured[PRCM_KIND_EXIT], IDS);
    assert_int_equal(Query.Published, Query.Next);
    for (ULONG Index = 0; Index < READERS; Index++)
    {
        READER *Reader = &Readers[Index].Reader;
        assert_int_equal(Reader->At.Next, Query.Next);
        ReaderCheckAccount(Reader);
        assert_int_equal(Reader->Unknown, 0);
    }
    for (ULONG Index = 0; Index < READERS; Index++)
        ReaderClose(&Readers[Index].Reader);
}

static void
Stop(void)
{
    HANDLE File = RigOpen();
    assert_status(SimControl(File, PRCM_IOCTL_STOP, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
    SimClose(File);
}

static void
stop_under_load_ends_every_reader_and_the_driver_unloads(void **State)
{
    for (ULONG Times = 0; Times < 4; Times++)
    {
        __atomic_store_n(&Stopping, true, __ATOMIC_SEQ_CST);
        StartAll(PRCM_KINDS_ALL);
        Stop();
        JoinReaders();
        assert_status(SimUnload(), STATUS_PENDING);
        for (ULONG Index = 0; Index < READERS; Index++)
        {
            assert_status(Readers[Index].Ended, STATUS_DEVICE_REMOVED);
            ReaderClose(&Readers[Index].Reader);
        }
        assert_false(SimIsLoaded());
        JoinProducers();
        StressReset(State);
    }
}

static void
unloading_at_once_under_load_ends_every_reader(void **State)
{
    for (ULONG Times = 0; Times < 4; Times++)
    {
        __atomic_store_n(&Stopping, true, __ATOMIC_SEQ_CST);
        StartAll(PRCM_KINDS_ALL);
        assert_status(SimUnloadAtOnce(), STATUS_SUCCESS);
        JoinReaders();
        JoinProducers();
        for (ULONG Index = 0; Index < READERS; Index++)
        {
            assert_true(IsOver(Readers[Index].Ended));
            ReaderClose(&Readers[Index].Reader);
        }
        StressReset(State);
    }
}

/* A handle closed by one thread while another pends READs on it, and a third produces. */
static void
ReadUntilClosed(void *Context)
{
    static const PRCM_READ Request = {sizeof(Request), 0};
    char *Out = malloc(PRCM_MAX_READ_BYTES);
    TASK *Task = Context;
    do
        Task->Ended = SimControl(Task->Reader.File, PRCM_IOCTL_READ, &Request, sizeof(Request), Out,
                                 PRCM_MAX_READ_BYTES, NULL);
    while (Task->Ended == STATUS_SUCCESS);
    free(Out);
}

static void
a_handle_closed_under_its_reader_ends_it(void **State)
{
    (void)State;
    ProducersLeft = 1;
    Producers[0] = (TASK){.Number = 0, .Seed = 5};
    SIM_THREAD *Producer = SimThreadStart(Produce, &Producers[0]);
    for (ULONG Times = 0; Times < 200; Times++)
    {
        TaskOpen(&Readers[0], 0, PRCM_KINDS_ALL);
        SIM_THREAD *Reader = SimThreadStart(ReadUntilClosed, &Readers[0]);
        assert_status(SimClose(Readers[0].Reader.File), STATUS_SUCCESS);
        SimThreadJoin(Reader);
        assert_true(Readers[0].Ended == STATUS_CANCELLED || Readers[0].Ended == STATUS_INVALID_HANDLE);
        Readers[0].Reader.File = NULL;
        ReaderClose(&Readers[0].Reader);
    }
    SimThreadJoin(Producer);
}

int
main(void)
{
    /* An assertion that fails in a thread of its own has nobody to return to. */
    setenv("CMOCKA_TEST_ABORT", "1", 1);
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, StressReset, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(every_account_closes_and_every_record_is_whole),
        TEST(stop_under_load_ends_every_reader_and_the_driver_unloads),
        TEST(unloading_at_once_under_load_ends_every_reader),
        TEST(a_handle_closed_under_its_reader_ends_it),
    };
    return cmocka_run_group_tests_name("driver stress", Tests, NULL, NULL);
}
