/* SPDX-License-Identifier: MIT
 *
 * How a pended READ ends without an event: cancelled, its handle closed, its thread gone, the driver stopping.
 */
#include "rig.h"
#include "stall.h"

static const PRCM_READ Read = {sizeof(PRCM_READ), 0};
static const PRCM_READ NoWait = {sizeof(PRCM_READ), PRCM_READ_NO_WAIT};

static void
RaiseOne(void *Context)
{
    (void)Context;
    RigRaiseImage(1000);
}

/* ---- Cancel ---- */

static void
a_cancelled_read_moves_no_cursor_and_spends_no_number(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Times = 0; Times < 5; Times++)
    {
        assert_false(ReaderPend(&Reader));
        assert_true(SimIoCancel(Reader.Pended));
        assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    }
    RigRaiseImage(1000);
    assert_int_equal(ReaderDrain(&Reader), 1);
    assert_int_equal(Reader.Records[0]->Sequence, 1);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
a_completed_read_cannot_be_cancelled(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    ReaderPend(&Reader);
    RigRaiseImage(1000);
    assert_false(SimIoCancel(Reader.Pended));
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    assert_int_equal(Reader.RecordCount, 1);
    ReaderClose(&Reader);
}

static void
a_read_can_be_pended_again_as_soon_as_one_was_cancelled(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    ReaderPend(&Reader);
    SimIoCancel(Reader.Pended);
    SIM_IO *Cancelled = Reader.Pended;
    assert_false(ReaderPend(&Reader));
    assert_status(SimIoWait(Cancelled, NULL), STATUS_CANCELLED);
    RigRaiseImage(1000);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    ReaderClose(&Reader);
}

/* ---- Close ---- */

static void
closing_the_last_handle_ends_the_pended_read(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    ReaderPend(&Reader);
    assert_int_equal(RigSessions(), 1);
    assert_status(SimClose(Reader.File), STATUS_SUCCESS);
    Reader.File = NULL;
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    assert_int_equal(RigSessions(), 0);
    ReaderClose(&Reader);
}

static void
CheckDuplicates(bool CloseCopyFirst)
{
    READER Reader;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    HANDLE Original = Reader.File;
    HANDLE Copy = SimDuplicate(Original);
    assert_false(ReaderPend(&Reader));
    assert_status(SimClose(CloseCopyFirst ? Copy : Original), STATUS_SUCCESS);
    Reader.File = CloseCopyFirst ? Original : Copy;
    assert_false(SimIoDone(Reader.Pended));
    assert_int_equal(RigSessions(), 1);
    RigRaiseImage(1000);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    assert_int_equal(Reader.RecordCount, 1);
    assert_false(ReaderPend(&Reader));
    assert_status(SimClose(Reader.File), STATUS_SUCCESS);
    Reader.File = NULL;
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    assert_int_equal(RigSessions(), 0);
    ReaderClose(&Reader);
}

static void
duplicated_handles_are_one_session_closed_in_either_order(void **State)
{
    (void)State;
    CheckDuplicates(false);
    CheckDuplicates(true);
}

static void
a_duplicate_reads_where_the_original_left_off(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    RigRaiseImage(1000);
    assert_int_equal(ReaderDrain(&Reader), 1);
    HANDLE Copy = SimDuplicate(Reader.File);
    SimClose(Reader.File);
    Reader.File = Copy;
    RigRaiseImage(1000);
    assert_int_equal(ReaderDrain(&Reader), 1);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

typedef struct PENDING
{
    HANDLE File;
    SIM_IO *Io;
    char Out[4096];
} PENDING;

static void
PendAndEnd(void *Context)
{
    PENDING *Pending = Context;
    Pending->Io = SimControlStart(Pending->File, PRCM_IOCTL_READ, &Read, sizeof(Read), Pending->Out,
                                  sizeof(Pending->Out));
}

static void
a_thread_that_ends_takes_its_pended_read_along(void **State)
{
    READER Reader;
    PENDING Pending;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    Pending.File = Reader.File;
    SimThreadJoin(SimThreadStart(PendAndEnd, &Pending));
    assert_status(SimIoWait(Pending.Io, NULL), STATUS_CANCELLED);
    RigRaiseImage(1000);
    assert_int_equal(ReaderDrain(&Reader), 1);
    ReaderClose(&Reader);
}

static void
a_handle_closed_while_a_writer_fills_its_read_gets_it_completed(void **State)
{
    (void)State;
    /* Wherever the writer stands: at each lock it acquires on its way. */
    for (ULONG Nth = 1; Nth <= 6; Nth++)
    {
        READER Reader;
        ReaderOpen(&Reader, PRCM_FROM_NOW);
        assert_false(ReaderPend(&Reader));
        STALL *Stall = StallStart(RaiseOne, NULL, SIM_POINT_UNLOCK, Nth);
        SimClose(Reader.File);
        Reader.File = NULL;
        StallEnd(Stall);
        NTSTATUS Status = ReaderWait(&Reader);
        assert_true(Status == STATUS_SUCCESS || Status == STATUS_CANCELLED);
        assert_int_equal(RigSessions(), 0);
        ReaderClose(&Reader);
    }
}

static void
a_read_cancelled_while_a_writer_fills_it_is_completed_once(void **State)
{
    (void)State;
    for (ULONG Nth = 1; Nth <= 8; Nth++)
    {
        READER Reader;
        ReaderOpen(&Reader, PRCM_FROM_NOW);
        assert_false(ReaderPend(&Reader));
        STALL *Stall = StallStart(RaiseOne, NULL, SIM_POINT_LOCK, Nth);
        SimIoCancel(Reader.Pended);
        StallEnd(Stall);
        NTSTATUS Status = ReaderWait(&Reader);
        assert_true(Status == STATUS_SUCCESS || Status == STATUS_CANCELLED);
        ReaderDrain(&Reader);
        assert_int_equal(Reader.RecordCount, 1);
        ReaderCheckAccount(&Reader);
        ReaderClose(&Reader);
    }
}

/* ---- STOP ---- */

static void
Stop(void)
{
    HANDLE File = RigOpen();
    assert_status(SimControl(File, PRCM_IOCTL_STOP, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
    assert_status(SimControl(File, PRCM_IOCTL_STOP, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
    SimClose(File);
}

static void
stop_ends_all_pended_reads_and_refuses_what_comes(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    PRCM_SUBSCRIBED Subscribed;
    PRCM_QUERY Query;
    READER Readers[6];
    char Out[1024];
    HANDLE Unsubscribed = RigOpen();
    HANDLE File;
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        ReaderOpen(&Readers[Index], PRCM_FROM_NOW);
        assert_false(ReaderPend(&Readers[Index]));
    }
    Stop();
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        READER *Reader = &Readers[Index];
        assert_true(SimIoDone(Reader->Pended));
        assert_status(ReaderWait(Reader), STATUS_DEVICE_REMOVED);
        assert_status(SimControl(Reader->File, PRCM_IOCTL_READ, &Read, sizeof(Read), Out, sizeof(Out), NULL),
                      STATUS_DEVICE_REMOVED);
        assert_status(
            SimControl(Reader->File, PRCM_IOCTL_READ, &NoWait, sizeof(NoWait), Out, sizeof(Out), NULL),
            STATUS_DEVICE_REMOVED);
    }
    assert_status(SimOpen(PRCM_LINK_NAME, RIG_ALL_ACCESS, &File), STATUS_DEVICE_REMOVED);
    assert_status(SimControl(Unsubscribed, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), &Subscribed,
                             sizeof(Subscribed), NULL),
                  STATUS_DEVICE_REMOVED);
    assert_status(SimControl(Unsubscribed, PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query), NULL),
                  STATUS_SUCCESS);
    assert_true(Query.Flags & PRCM_QUERY_STOPPING);
    assert_int_equal(Query.Waiting, 0);
    assert_int_equal(Query.Sessions, RTL_NUMBER_OF(Readers) + 1);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
        ReaderClose(&Readers[Index]);
    SimClose(Unsubscribed);
}

static void
events_after_stop_are_still_counted(void **State)
{
    PRCM_QUERY Query;
    HANDLE File = RigOpen();
    (void)State;
    Stop();
    RigRaiseImage(1000);
    assert_status(SimControl(File, PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query), NULL), STATUS_SUCCESS);
    assert_int_equal(Query.Captured[PRCM_KIND_IMAGE], 1);
    SimClose(File);
}

static void
stop_while_a_writer_fills_a_read_leaves_it_completed(void **State)
{
    for (ULONG Nth = 1; Nth <= 6; Nth++)
    {
        READER Reader;
        ReaderOpen(&Reader, PRCM_FROM_NOW);
        HANDLE File = RigOpen();
        assert_false(ReaderPend(&Reader));
        STALL *Stall = StallStart(RaiseOne, NULL, SIM_POINT_UNLOCK, Nth);
        assert_status(SimControl(File, PRCM_IOCTL_STOP, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
        StallEnd(Stall);
        NTSTATUS Status = ReaderWait(&Reader);
        assert_true(Status == STATUS_SUCCESS || Status == STATUS_DEVICE_REMOVED);
        SimClose(File);
        ReaderClose(&Reader);
        RigEnd(State);
        RigStart(State);
    }
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, RigStart, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(a_cancelled_read_moves_no_cursor_and_spends_no_number),
        TEST(a_completed_read_cannot_be_cancelled),
        TEST(a_read_can_be_pended_again_as_soon_as_one_was_cancelled),
        TEST(closing_the_last_handle_ends_the_pended_read),
        TEST(duplicated_handles_are_one_session_closed_in_either_order),
        TEST(a_duplicate_reads_where_the_original_left_off),
        TEST(a_thread_that_ends_takes_its_pended_read_along),
        TEST(a_handle_closed_while_a_writer_fills_its_read_gets_it_completed),
        TEST(a_read_cancelled_while_a_writer_fills_it_is_completed_once),
        TEST(stop_ends_all_pended_reads_and_refuses_what_comes),
        TEST(events_after_stop_are_still_counted),
        TEST(stop_while_a_writer_fills_a_read_leaves_it_completed),
    };
    return cmocka_run_group_tests_name("driver cancel and close", Tests, NULL, NULL);
}
