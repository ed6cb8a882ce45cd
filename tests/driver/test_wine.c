/* SPDX-License-Identifier: MIT
 *
 * The ways of Wine's I/O manager: an open succeeds even where CREATE fails, CLEANUP never comes, CLOSE comes at the last
 * handle with the READ still pended, and the driver is unloaded at once.
 */
#include "rig.h"
#include "stall.h"
#include <time.h>

static int
WineStart(void **State)
{
    RigReset(State);
    SimHostIsWine(true);
    RigLoad();
    return 0;
}

static int
WineEnd(void **State)
{
    if (SimIsLoaded())
        assert_status(SimUnloadAtOnce(), STATUS_SUCCESS);
    return RigEnd(State);
}

static void
RaiseOne(void *Context)
{
    (void)Context;
    RigRaiseImage(1000);
}

static void
CloseOne(void *File)
{
    SimClose(File);
}

static uint32_t
Sessions(void)
{
    PRCM_QUERY Query;
    RigQuery(&Query);
    assert_int_equal(Query.Waiting, 0);
    return Query.Sessions - 1;
}

static void
close_without_cleanup_ends_the_pended_read(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    assert_false(ReaderPend(&Reader));
    assert_status(SimClose(Reader.File), STATUS_SUCCESS);
    Reader.File = NULL;
    assert_true(SimIoDone(Reader.Pended));
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    RigRaiseImage(1000);
    assert_int_equal(Sessions(), 0);
    ReaderClose(&Reader);
}

static void
close_while_a_writer_fills_the_read_frees_nothing_too_early(void **State)
{
    (void)State;
    for (ULONG Nth = 1; Nth <= 7; Nth++)
        for (SIM_POINT Point = SIM_POINT_LOCK; Point <= SIM_POINT_ATOMIC; Point++)
        {
            READER Reader;
            ReaderOpen(&Reader, PRCM_FROM_NOW);
            assert_false(ReaderPend(&Reader));
            HANDLE File = Reader.File;
            STALL *Stall = StallStart(RaiseOne, NULL, Point, Nth);
            SIM_THREAD *Closer = SimThreadStart(CloseOne, File);
            StallEnd(Stall);
            SimThreadJoin(Closer);
            Reader.File = NULL;
            NTSTATUS Status = ReaderWait(&Reader);
            assert_true(Status == STATUS_SUCCESS || Status == STATUS_CANCELLED);
            assert_int_equal(Sessions(), 0);
            ReaderClose(&Reader);
        }
}

static void
CancelOne(void *Io)
{
    SimIoCancel(Io);
}

static void
close_while_somebody_cancels_the_read_frees_nothing_too_early(void **State)
{
    (void)State;
    for (ULONG Nth = 1; Nth <= 4; Nth++)
        for (SIM_POINT Point = SIM_POINT_LOCK; Point <= SIM_POINT_ATOMIC; Point++)
        {
            READER Reader;
            ReaderOpen(&Reader, PRCM_FROM_NOW);
            assert_false(ReaderPend(&Reader));
            STALL *Stall = StallStart(CancelOne, Reader.Pended, Point, Nth);
            SIM_THREAD *Closer = SimThreadStart(CloseOne, Reader.File);
            StallEnd(Stall);
            SimThreadJoin(Closer);
            Reader.File = NULL;
            assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
            assert_int_equal(Sessions(), 0);
            ReaderClose(&Reader);
        }
}

static void
a_handle_whose_create_was_refused_answers_and_closes(void **State)
{
    static const ULONG Codes[] = {PRCM_IOCTL_SUBSCRIBE, PRCM_IOCTL_READ};
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    HANDLE Files[PRCM_MAX_SESSIONS + 3];
    char Out[1024];
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Files); Index++)
        Files[Index] = RigOpen();
    for (ULONG Index = PRCM_MAX_SESSIONS; Index < RTL_NUMBER_OF(Files); Index++)
    {
        for (ULONG Code = 0; Code < RTL_NUMBER_OF(Codes); Code++)
            assert_status(
                SimControl(Files[Index], Codes[Code], &Request, sizeof(Request), Out, sizeof(Out), NULL),
                STATUS_TOO_MANY_SESSIONS);
        assert_status(SimClose(Files[Index]), STATUS_SUCCESS);
    }
    for (ULONG Index = 0; Index < PRCM_MAX_SESSIONS; Index++)
        assert_status(SimClose(Files[Index]), STATUS_SUCCESS);
    assert_int_equal(Sessions(), 0);
}

static void
handles_left_open_are_freed_when_the_driver_goes(void **State)
{
    READER Readers[3];
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        ReaderOpen(&Readers[Index], PRCM_FROM_NOW);
        assert_false(ReaderPend(&Readers[Index]));
    }
    assert_status(SimUnloadAtOnce(), STATUS_SUCCESS);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        assert_status(ReaderWait(&Readers[Index]), STATUS_DEVICE_REMOVED);
        ReaderClose(&Readers[Index]);
    }
}

static void
UnloadOne(void *Context)
{
    (void)Context;
    SimUnloadAtOnce();
}

/* The driver is told to go while somebody stands in it. A driver that does not wait gets every chance to be gone before
 * that one moves on. */
static void
UnloadUnder(STALL *Stall)
{
    SIM_THREAD *Unloader = SimThreadStart(UnloadOne, NULL);
    for (ULONG Times = 0; Times < 200 && SimIsLoaded(); Times++)
        nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
    StallEnd(Stall);
    SimThreadJoin(Unloader);
    assert_false(SimIsLoaded());
}

static void
a_driver_that_goes_waits_for_whoever_stands_in_it(void **State)
{
    (void)State;
    for (ULONG Nth = 1; Nth <= 6; Nth++)
        for (SIM_POINT Point = SIM_POINT_LOCK; Point <= SIM_POINT_ATOMIC; Point++)
            for (ULONG Cancel = 0; Cancel < 2; Cancel++)
            {
                READER Reader;
                if (!SimIsLoaded())
                    RigLoad();
                ReaderOpen(&Reader, PRCM_FROM_NOW);
                assert_false(ReaderPend(&Reader));
                UnloadUnder(Cancel ? StallStart(CancelOne, Reader.Pended, Point, Nth)
                                   : StallStart(RaiseOne, NULL, Point, Nth));
                NTSTATUS Status = ReaderWait(&Reader);
                assert_true(Status == STATUS_SUCCESS || Status == STATUS_CANCELLED ||
                            Status == STATUS_DEVICE_REMOVED);
                ReaderClose(&Reader);
            }
}

static void
QueryOne(void *File)
{
    PRCM_QUERY Query;
    assert_status(SimControl(File, PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query), NULL), STATUS_SUCCESS);
}

static void
a_request_that_comes_while_the_driver_goes_is_refused(void **State)
{
    HANDLE File = RigOpen();
    PRCM_QUERY Query;
    (void)State;
    STALL *Inside = StallStart(QueryOne, File, SIM_POINT_LOCK, 1);
    STALL *Unloader = StallStart(UnloadOne, NULL, SIM_POINT_WAIT, 1);
    assert_true(StallStands(Inside) && StallStands(Unloader));
    assert_status(SimControl(File, PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query), NULL),
                  STATUS_DEVICE_REMOVED);
    StallEnd(Inside);
    StallEnd(Unloader);
    assert_false(SimIsLoaded());
    SimClose(File);
}

/* CLOSE, and CLEANUP should there be a host that sends that. */
static void
the_end_of_a_handle_while_the_driver_goes_is_none_to_refuse(void **State)
{
    SimHostIsWine(false);
    HANDLE File = RigOpen();
    HANDLE Second = RigOpen();
    (void)State;
    STALL *Inside = StallStart(QueryOne, File, SIM_POINT_LOCK, 1);
    STALL *Unloader = StallStart(UnloadOne, NULL, SIM_POINT_WAIT, 1);
    assert_true(StallStands(Inside) && StallStands(Unloader));
    SimClose(Second); /* a status that is not success breaks a rule */
    StallEnd(Inside);
    StallEnd(Unloader);
    assert_false(SimIsLoaded());
    SimClose(File);
}

/* The routine is removed, and the driver gone, between the OS's call and the routine's first look. */
static void
an_event_that_comes_when_the_driver_is_gone_touches_nothing(void **State)
{
    (void)State;
    STALL *Stall = StallStart(RaiseOne, NULL, SIM_POINT_ATOMIC, 1);
    assert_true(StallStands(Stall));
    assert_status(SimUnloadAtOnce(), STATUS_SUCCESS);
    assert_false(SimIsLoaded());
    StallEnd(Stall);
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, WineStart, WineEnd)
    const struct CMUnitTest Tests[] = {
        TEST(close_without_cleanup_ends_the_pended_read),
        TEST(close_while_a_writer_fills_the_read_frees_nothing_too_early),
        TEST(close_while_somebody_cancels_the_read_frees_nothing_too_early),
        TEST(a_handle_whose_create_was_refused_answers_and_closes),
        TEST(a_driver_that_goes_waits_for_whoever_stands_in_it),
        TEST(a_request_that_comes_while_the_driver_goes_is_refused),
        TEST(the_end_of_a_handle_while_the_driver_goes_is_none_to_refuse),
        TEST(an_event_that_comes_when_the_driver_is_gone_touches_nothing),
        TEST(handles_left_open_are_freed_when_the_driver_goes),
    };
    return cmocka_run_group_tests_name("driver on Wine", Tests, NULL, NULL);
}
