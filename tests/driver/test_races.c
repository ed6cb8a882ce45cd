/* SPDX-License-Identifier: MIT
 *
 * A READ on its way, made to stand at each lock it acquires or releases and each atomic it does, meets what may come
 * between: an event, the end of its handle, STOP, the end of the driver. Whatever came, the READ must have been told by the
 * time it would otherwise wait: nobody else will tell it.
 */
#include "rig.h"
#include "stall.h"

#define MAX_POINTS 40u

/* One READ by a thread of its own; what is still pended when that ends is cancelled. */
typedef struct TASK
{
    HANDLE File;
    SIM_IO *Io;
    bool DoneAtOnce;
    PRCM_BATCH Batch;
    UCHAR Room[1024];
} TASK;

static void
Read(void *Context)
{
    static const PRCM_READ Request = {sizeof(Request), 0};
    TASK *Task = Context;
    Task->Io = SimControlStart(Task->File, PRCM_IOCTL_READ, &Request, sizeof(Request), &Task->Batch,
                               sizeof(Task->Batch) + sizeof(Task->Room));
    Task->DoneAtOnce = SimIoDone(Task->Io);
}

static NTSTATUS
Finish(TASK *Task)
{
    return SimIoWait(Task->Io, NULL);
}

/* Runs Meet with a READ that stands at each point on its way, until the READ has passed the last. */
static void
AtEachPoint(void (*Meet)(TASK *Task, STALL *Stall), ULONG AtLeast)
{
    ULONG Points = 0;
    for (SIM_POINT Point = SIM_POINT_LOCK; Point <= SIM_POINT_ATOMIC; Point++)
        for (ULONG Nth = 1; Nth <= MAX_POINTS; Nth++)
        {
            READER Reader;
            TASK Task = {0};
            if (!SimIsLoaded())
                RigLoad();
            ReaderOpen(&Reader, PRCM_FROM_NOW);
            Task.File = Reader.File;
            Reader.File = NULL;
            STALL *Stall = StallStart(Read, &Task, Point, Nth);
            bool Stands = StallStands(Stall);
            if (Stands)
                Meet(&Task, Stall);
            else
                StallEnd(Stall);
            assert_true(!Stands || Task.DoneAtOnce);
            if (!Stands)
                Finish(&Task);
            SimClose(Task.File);
            ReaderClose(&Reader);
            if (!Stands)
                break;
            Points++;
        }
    assert_true(Points >= AtLeast);
}

static void
MeetEvent(TASK *Task, STALL *Stall)
{
    RigRaiseImage(1000);
    StallEnd(Stall);
    assert_true(Task->DoneAtOnce);
    assert_status(Finish(Task), STATUS_SUCCESS);
    assert_int_equal(Task->Batch.RecordCount, 1);
}

static void
an_event_on_the_way_completes_the_read(void **State)
{
    (void)State;
    AtEachPoint(MeetEvent, 8);
}

static void
MeetClose(TASK *Task, STALL *Stall)
{
    SimClose(Task->File);
    StallEnd(Stall);
    assert_true(Task->DoneAtOnce);
    assert_status(Finish(Task), STATUS_CANCELLED);
}

static void
the_end_of_the_handle_on_the_way_ends_the_read(void **State)
{
    (void)State;
    AtEachPoint(MeetClose, 8);
}

static void
MeetStop(TASK *Task, STALL *Stall)
{
    HANDLE File = RigOpen();
    assert_status(SimControl(File, PRCM_IOCTL_STOP, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
    StallEnd(Stall);
    assert_true(Task->DoneAtOnce);
    assert_status(Finish(Task), STATUS_DEVICE_REMOVED);
    SimClose(File);
    SimClose(Task->File);
    RigUnload();
}

static void
stop_on_the_way_ends_the_read(void **State)
{
    (void)State;
    AtEachPoint(MeetStop, 8);
}

static void
Unload(void *Context)
{
    (void)Context;
    SimUnloadAtOnce();
}

static void
MeetUnload(TASK *Task, STALL *Stall)
{
    SIM_THREAD *Unloader = SimThreadStart(Unload, NULL);
    StallEnd(Stall);
    SimThreadJoin(Unloader);
    NTSTATUS Status = Finish(Task);
    /* The unloader was on its way as well: the READ's thread may have ended before it came. */
    assert_true(Status == STATUS_DEVICE_REMOVED || Status == STATUS_CANCELLED);
    Task->DoneAtOnce = true;
}

static void
the_end_of_the_driver_on_the_way_ends_the_read(void **State)
{
    (void)State;
    AtEachPoint(MeetUnload, 8);
}

/* Nothing comes between, and the thread ends with the READ pended. */
static void
MeetNothing(TASK *Task, STALL *Stall)
{
    StallEnd(Stall);
    assert_status(Finish(Task), STATUS_CANCELLED);
    Task->DoneAtOnce = true;
}

static void
the_end_of_the_thread_ends_the_read(void **State)
{
    (void)State;
    AtEachPoint(MeetNothing, 8);
}

static void
a_read_that_comes_after_the_end_of_its_handle_gets_nothing(void **State)
{
    READER Reader;
    TASK Task = {0};
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    Task.File = Reader.File;
    Reader.File = NULL;
    RigRaiseImage(1000);
    STALL *Stall = StallStart(Read, &Task, SIM_POINT_LOCK, 1);
    assert_true(StallStands(Stall));
    SimClose(Task.File);
    StallEnd(Stall);
    assert_status(Finish(&Task), STATUS_CANCELLED);
    assert_int_equal(Task.Batch.Size, 0);
    ReaderClose(&Reader);
}

/* ---- Two subscriptions ---- */

static void
Subscribe(void *Context)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    PRCM_SUBSCRIBED Answer;
    TASK *Task = Context;
    assert_status(SimControl(Task->File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), &Answer,
                             sizeof(Answer), NULL),
                  STATUS_SUCCESS);
}

static void
a_second_subscription_and_a_read_are_refused_while_the_first_is_on_its_way(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    PRCM_SUBSCRIBED Answer;
    (void)State;
    for (ULONG Nth = 1; Nth <= 3; Nth++)
    {
        TASK Task = {.File = RigOpen()};
        STALL *Stall = StallStart(Subscribe, &Task, SIM_POINT_UNLOCK, Nth);
        assert_true(StallStands(Stall));
        assert_status(SimControl(Task.File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), &Answer,
                                 sizeof(Answer), NULL),
                      STATUS_INVALID_DEVICE_STATE);
        Read(&Task);
        assert_true(Task.DoneAtOnce);
        assert_status(Finish(&Task), STATUS_INVALID_DEVICE_STATE);
        StallEnd(Stall);
        SimClose(Task.File);
    }
}

/* ---- A writer whom others give ever more to do ---- */

#define OTHERS (PRCM_MAX_SESSIONS + 6)

/* Pends the READ again, and publishes an event that it has not told of yet. */
typedef struct OTHER
{
    TASK Task;
    SIM_THREAD *Thread;
    SIM_GATE *Standing;
} OTHER;

static OTHER Others[OTHERS];
static ULONG Served;
static HANDLE ServedFile;
static SIM_GATE *Go;
static __thread bool IsServing;
static __thread ULONG LocksToGo;
static __thread OTHER *Self;

static void
PendAndPublish(void *Context)
{
    Self = Context;
    Self->Task.File = ServedFile;
    Read(&Self->Task);
    LocksToGo = 3; /* for the number, for the commit, for the READs that wait */
    RigRaiseImage(1000);
}

static void
ServeHook(void *Context, SIM_POINT Point, const void *Object)
{
    (void)Context;
    (void)Object;
    if (IsServing && Point == SIM_POINT_COMPLETE && Served < OTHERS)
    {
        OTHER *Other = &Others[Served++];
        Other->Standing = SimGateCreate();
        Other->Thread = SimThreadStart(PendAndPublish, Other);
        SimGateWait(Other->Standing);
    }
    if (Point == SIM_POINT_LOCK && LocksToGo && !--LocksToGo)
    {
        SimGateOpen(Self->Standing);
        SimGateWait(Go);
    }
}

static void
a_writer_serves_64_reads_and_leaves_more_to_who_published_it(void **State)
{
    READER Reader;
    (void)State;
    memset(Others, 0, sizeof(Others));
    Served = 0;
    Go = SimGateCreate();
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    ServedFile = Reader.File;
    assert_false(ReaderPend(&Reader));
    SimSetHook(ServeHook, NULL);
    IsServing = true;
    RigRaiseImage(1000);
    IsServing = false;
    assert_int_equal(Served, PRCM_MAX_SESSIONS);
    assert_false(SimIoDone(Others[Served - 1].Task.Io));
    SimGateOpen(Go);
    for (ULONG Index = 0; Index < Served; Index++)
    {
        SimThreadJoin(Others[Index].Thread);
        assert_status(Finish(&Others[Index].Task), STATUS_SUCCESS);
        assert_int_equal(Others[Index].Task.Batch.RecordCount, 1);
        SimGateFree(Others[Index].Standing);
    }
    SimSetHook(NULL, NULL);
    SimGateFree(Go);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    ReaderClose(&Reader);
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, RigStart, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(an_event_on_the_way_completes_the_read),
        TEST(the_end_of_the_handle_on_the_way_ends_the_read),
        TEST(stop_on_the_way_ends_the_read),
        TEST(the_end_of_the_driver_on_the_way_ends_the_read),
        TEST(the_end_of_the_thread_ends_the_read),
        TEST(a_read_that_comes_after_the_end_of_its_handle_gets_nothing),
        TEST(a_second_subscription_and_a_read_are_refused_while_the_first_is_on_its_way),
        TEST(a_writer_serves_64_reads_and_leaves_more_to_who_published_it),
    };
    return cmocka_run_group_tests_name("driver races", Tests, NULL, NULL);
}
