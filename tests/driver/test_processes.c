/* SPDX-License-Identifier: MIT
 *
 * Readers that are processes: what becomes of their READs, handles and sessions when they die, and of handles
 * that others have to the same session.
 */
#include "rig.h"
#include "stall.h"

#define READER_ID 2000u
#define OTHER_ID  3000u

static PEPROCESS
AddProcess(ULONG Id)
{
    return SimProcessAdd(&(SIM_PROCESS){.Id = Id, .ParentId = SIM_SYSTEM_PROCESS_ID, .CreateTime = Id});
}

/* Opens and subscribes in Process. */
static void
OpenIn(PEPROCESS Process, READER *Reader)
{
    SimEnterProcess(Process);
    ReaderOpen(Reader, PRCM_FROM_NOW);
    SimEnterProcess(NULL);
}

static bool
PendIn(PEPROCESS Process, READER *Reader)
{
    SimEnterProcess(Process);
    bool Done = ReaderPend(Reader);
    SimEnterProcess(NULL);
    return Done;
}

static void
CloseIn(PEPROCESS Process, READER *Reader)
{
    SimEnterProcess(Process);
    ReaderClose(Reader);
    SimEnterProcess(NULL);
}

/* Reader's process is gone, and its handle with it. */
static void
Bury(READER *Reader)
{
    Reader->File = NULL;
    ReaderClose(Reader);
}

static void
a_handle_is_its_processs_alone(void **State)
{
    READER Reader;
    (void)State;
    PEPROCESS Process = AddProcess(READER_ID);
    OpenIn(Process, &Reader);
    assert_status(SimClose(Reader.File), STATUS_INVALID_HANDLE);
    assert_status(ReaderReadNow(&Reader), STATUS_INVALID_HANDLE);
    SimEnterProcess(Process);
    assert_status(ReaderReadNow(&Reader), STATUS_SUCCESS);
    SimEnterProcess(NULL);
    CloseIn(Process, &Reader);
    SimRaiseExit(Process, 0, 0);
}

static void
a_process_that_dies_takes_its_pended_read_and_its_session_along(void **State)
{
    READER Reader;
    READER Other;
    (void)State;
    PEPROCESS Process = AddProcess(READER_ID);
    ReaderOpen(&Other, PRCM_FROM_NOW);
    OpenIn(Process, &Reader);
    assert_false(PendIn(Process, &Reader));
    assert_int_equal(RigSessions(), 2);
    SimRaiseExit(Process, 7, 0);
    assert_int_equal(RigSessions(), 1);
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    /* Its own end was told to the other, and cost it nothing. */
    assert_int_equal(ReaderDrain(&Other), 1);
    assert_int_equal(((const PRCM_RECORD *)ReaderRecord(&Other, 0, PRCM_KIND_EXIT))->Key, READER_ID);
    ReaderCheckAccount(&Other);
    Bury(&Reader);
    ReaderClose(&Other);
}

/* Windows calls the routines between the cancellation of the READ and the closing of the handle. */
typedef struct ORDER
{
    SIM_IO *Io;
    uint32_t SessionsAtExit;
    bool CancelledAtExit;
    bool Seen;
} ORDER;

static void
LookInExit(void *Context, SIM_POINT Point, const void *Object)
{
    ORDER *Order = Context;
    (void)Object;
    if (Point != SIM_POINT_LOCK || Order->Seen || !KeAreApcsDisabled())
        return;
    Order->Seen = true;
    SimSetHook(NULL, NULL);
    Order->CancelledAtExit = SimIoDone(Order->Io);
    Order->SessionsAtExit = RigSessions();
}

static void
a_read_is_cancelled_before_the_exit_is_told_and_handles_closed_after(void **State)
{
    READER Reader;
    (void)State;
    PEPROCESS Process = AddProcess(READER_ID);
    OpenIn(Process, &Reader);
    assert_false(PendIn(Process, &Reader));
    ORDER Order = {.Io = Reader.Pended};
    SimSetHook(LookInExit, &Order);
    SimRaiseExit(Process, 0, 0);
    SimSetHook(NULL, NULL);
    assert_true(Order.Seen);
    assert_true(Order.CancelledAtExit);
    assert_int_equal(Order.SessionsAtExit, 1);
    assert_int_equal(RigSessions(), 0);
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    Bury(&Reader);
}

/* ---- Handles in two processes ---- */

static void
a_session_outlives_its_process_where_another_has_a_handle(void **State)
{
    READER Reader;
    (void)State;
    PEPROCESS Process = AddProcess(READER_ID);
    PEPROCESS Other = AddProcess(OTHER_ID);
    OpenIn(Process, &Reader);
    SimEnterProcess(Process);
    HANDLE Copy = SimDuplicateTo(Other, Reader.File);
    SimEnterProcess(NULL);
    RigRaiseImage(1000);
    SimEnterProcess(Process);
    assert_int_equal(ReaderDrain(&Reader), 1);
    SimEnterProcess(NULL);
    assert_false(PendIn(Process, &Reader));

    SimRaiseExit(Process, 0, 0);
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    assert_int_equal(RigSessions(), 1);

    /* The other reads on where the dead one was: at the latter's exit. */
    Reader.File = Copy;
    RigRaiseImage(1000);
    SimEnterProcess(Other);
    assert_int_equal(ReaderDrain(&Reader), 2);
    SimEnterProcess(NULL);
    assert_int_equal(Reader.Records[1]->Kind, PRCM_KIND_EXIT);
    ReaderCheckAccount(&Reader);
    CloseIn(Other, &Reader);
    assert_int_equal(RigSessions(), 0);
    SimRaiseExit(Other, 0, 0);
}

static void
a_read_stays_pended_when_another_process_with_a_handle_dies(void **State)
{
    READER Reader;
    (void)State;
    PEPROCESS Process = AddProcess(READER_ID);
    PEPROCESS Other = AddProcess(OTHER_ID);
    OpenIn(Process, &Reader);
    SimEnterProcess(Process);
    assert_non_null(SimDuplicateTo(Other, Reader.File));
    SimEnterProcess(NULL);
    assert_false(PendIn(Process, &Reader));
    SimRaiseExit(Other, 0, 0);
    /* The exit is an event, and completes it; were it cancelled, the status would say so. */
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    assert_int_equal(Reader.RecordCount, 1);
    assert_int_equal(RigSessions(), 1);
    assert_false(PendIn(Process, &Reader));
    SimRaiseExit(Process, 0, 0);
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    assert_int_equal(RigSessions(), 0);
    Bury(&Reader);
}

static void
the_last_handle_ends_the_read_in_whatever_process_it_is(void **State)
{
    READER Reader;
    (void)State;
    PEPROCESS Process = AddProcess(READER_ID);
    PEPROCESS Other = AddProcess(OTHER_ID);
    OpenIn(Process, &Reader);
    SimEnterProcess(Process);
    HANDLE Copy = SimDuplicateTo(Other, Reader.File);
    SimEnterProcess(NULL);
    assert_false(PendIn(Process, &Reader));
    SimEnterProcess(Process);
    assert_status(SimClose(Reader.File), STATUS_SUCCESS);
    SimEnterProcess(NULL);
    assert_false(SimIoDone(Reader.Pended));
    SimEnterProcess(Other);
    assert_status(SimClose(Copy), STATUS_SUCCESS);
    SimEnterProcess(NULL);
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    assert_int_equal(RigSessions(), 0);
    Bury(&Reader);
    SimRaiseExit(Process, 0, 0);
    SimRaiseExit(Other, 0, 0);
}

static void
a_process_dies_with_as_many_handles_and_reads_as_it_has(void **State)
{
    READER Readers[20];
    (void)State;
    PEPROCESS Process = AddProcess(READER_ID);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        OpenIn(Process, &Readers[Index]);
        if (Index % 2)
            assert_false(PendIn(Process, &Readers[Index]));
    }
    SimRaiseExit(Process, 0, 0);
    assert_int_equal(RigSessions(), 0);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        if (Index % 2)
            assert_status(ReaderWait(&Readers[Index]), STATUS_CANCELLED);
        Bury(&Readers[Index]);
    }
}

/* ---- Against others ---- */

static void
RaiseOne(void *Context)
{
    (void)Context;
    RigRaiseImage(1000);
}

static void
Die(void *Process)
{
    SimRaiseExit(Process, 0, 0);
}

static void
a_process_that_dies_while_a_writer_fills_its_read_gets_it_completed(void **State)
{
    (void)State;
    for (ULONG Nth = 1; Nth <= 8; Nth++)
    {
        READER Reader;
        PEPROCESS Process = AddProcess(READER_ID);
        OpenIn(Process, &Reader);
        assert_false(PendIn(Process, &Reader));
        STALL *Stall = StallStart(RaiseOne, NULL, SIM_POINT_LOCK, Nth);
        SIM_THREAD *Dying = SimThreadStart(Die, Process);
        StallEnd(Stall);
        SimThreadJoin(Dying);
        NTSTATUS Status = ReaderWait(&Reader);
        assert_true(Status == STATUS_SUCCESS || Status == STATUS_CANCELLED);
        assert_int_equal(RigSessions(), 0);
        Bury(&Reader);
    }
}

typedef struct WAITING
{
    PEPROCESS Process;
    READER *Reader;
    SIM_GATE *Issued;
    NTSTATUS Status;
} WAITING;

static void
ReadAndWait(void *Context)
{
    WAITING *Waiting = Context;
    SimEnterProcess(Waiting->Process);
    assert_false(ReaderPend(Waiting->Reader));
    SimGateOpen(Waiting->Issued);
    Waiting->Status = ReaderWait(Waiting->Reader);
    SimEnterProcess(NULL);
}

static void
a_thread_that_waits_for_its_read_is_let_go_when_its_process_dies(void **State)
{
    READER Reader;
    (void)State;
    PEPROCESS Process = AddProcess(READER_ID);
    OpenIn(Process, &Reader);
    WAITING Waiting = {Process, &Reader, SimGateCreate(), STATUS_SUCCESS};
    SIM_THREAD *Thread = SimThreadStart(ReadAndWait, &Waiting);
    SimGateWait(Waiting.Issued);
    SimRaiseExit(Process, 0, 0);
    SimThreadJoin(Thread);
    assert_status(Waiting.Status, STATUS_CANCELLED);
    assert_int_equal(RigSessions(), 0);
    SimGateFree(Waiting.Issued);
    Bury(&Reader);
}

static void
the_driver_goes_when_the_last_process_with_a_handle_dies(void **State)
{
    READER Reader;
    (void)State;
    PEPROCESS Process = AddProcess(READER_ID);
    PEPROCESS Other = AddProcess(OTHER_ID);
    OpenIn(Process, &Reader);
    SimEnterProcess(Process);
    assert_non_null(SimDuplicateTo(Other, Reader.File));
    SimEnterProcess(NULL);
    assert_false(PendIn(Process, &Reader));
    assert_status(SimUnload(), STATUS_PENDING);
    SimRaiseExit(Process, 0, 0);
    assert_true(SimIsLoaded());
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    SimRaiseExit(Other, 0, 0);
    assert_false(SimIsLoaded());
    Bury(&Reader);
}

static void
a_host_without_cleanup_ends_a_dead_processs_session_as_well(void **State)
{
    READER Reader;
    (void)State;
    SimHostIsWine(true);
    PEPROCESS Process = AddProcess(READER_ID);
    OpenIn(Process, &Reader);
    assert_false(PendIn(Process, &Reader));
    SimRaiseExit(Process, 0, 0);
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    assert_int_equal(RigSessions(), 0);
    Bury(&Reader);
}

/* As one that was cloned: "PsSetCreateProcessNotifyRoutineEx2" of the WDK. */
static PEPROCESS
AddThreadless(void)
{
    return SimProcessAdd(
        &(SIM_PROCESS){.Id = OTHER_ID, .ParentId = READER_ID, .CreateTime = OTHER_ID, .Threadless = true});
}

static void
a_process_that_never_had_a_thread_is_told_by_its_exit_alone(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    SimProcessForget(AddThreadless());
    assert_int_equal(ReaderDrain(&Reader), 1);
    const PRCM_EXIT *Exit = ReaderRecord(&Reader, 0, PRCM_KIND_EXIT);
    assert_int_equal(Exit->Header.Key, OTHER_ID);
    assert_int_equal(Exit->CreateTime.Value, OTHER_ID);
    assert_int_equal(Exit->ExitStatus.Status, PRCM_PRESENT);
    assert_int_equal(Exit->ExitStatus.Value, STATUS_PENDING);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
RaiseStartOf(void *Process)
{
    SimRaiseStart(Process, &(SIM_START){0});
}

/* The base tier's: the process is deleted, and its exit told, within the routine that tells its start. */
static void
an_exit_that_the_drivers_own_last_reference_brings_about_is_told(void **State)
{
    READER Reader;
    (void)State;
    RigUnload();
    SimSetOs(SIM_NT52);
    RigLoad();
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    PEPROCESS Process = AddThreadless();
    STALL *Starter = StallStart(RaiseStartOf, Process, SIM_POINT_LOCK, 1);
    assert_true(StallStands(Starter));
    SimProcessForget(Process);
    StallEnd(Starter);
    assert_int_equal(ReaderDrain(&Reader), 2);
    const PRCM_START *Start = ReaderRecord(&Reader, 0, PRCM_KIND_START);
    const PRCM_EXIT *Exit = ReaderRecord(&Reader, 1, PRCM_KIND_EXIT);
    assert_int_equal(Start->CreateTime.Value, OTHER_ID);
    assert_int_equal(Exit->Header.Key, OTHER_ID);
    assert_int_equal(Exit->ExitStatus.Status, (ULONG)STATUS_INVALID_PARAMETER);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, RigStart, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(a_handle_is_its_processs_alone),
        TEST(a_process_that_dies_takes_its_pended_read_and_its_session_along),
        TEST(a_read_is_cancelled_before_the_exit_is_told_and_handles_closed_after),
        TEST(a_session_outlives_its_process_where_another_has_a_handle),
        TEST(a_read_stays_pended_when_another_process_with_a_handle_dies),
        TEST(the_last_handle_ends_the_read_in_whatever_process_it_is),
        TEST(a_process_dies_with_as_many_handles_and_reads_as_it_has),
        TEST(a_process_that_dies_while_a_writer_fills_its_read_gets_it_completed),
        TEST(a_thread_that_waits_for_its_read_is_let_go_when_its_process_dies),
        TEST(the_driver_goes_when_the_last_process_with_a_handle_dies),
        TEST(a_host_without_cleanup_ends_a_dead_processs_session_as_well),
        TEST(a_process_that_never_had_a_thread_is_told_by_its_exit_alone),
        TEST(an_exit_that_the_drivers_own_last_reference_brings_about_is_told),
    };
    return cmocka_run_group_tests_name("driver processes", Tests, NULL, NULL);
}
