/* SPDX-License-Identifier: MIT
 *
 * Unloading in the way of Windows, after the last handle, and in that of Wine, at once. Whatever the driver leaves
 * behind breaks a rule of the simulator.
 */
#include "rig.h"
#include "stall.h"

static void
RaiseOne(void *Context)
{
    (void)Context;
    RigRaiseImage(1000);
}

static void
nothing_is_left_after_load_and_unload_on_any_os(void **State)
{
    SIM_HELD Held;
    (void)State;
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        SimReset();
        SimSetOs(Os);
        for (ULONG Times = 0; Times < 3; Times++)
        {
            RigLoad();
            RigRaiseExit(RigRaiseStart(1000));
            RigUnload();
            SimHeld(&Held);
            assert_int_equal(Held.PoolBlocks, 0);
            assert_int_equal(Held.PoolBytes, 0);
            assert_int_equal(Held.Requests, 0);
            assert_int_equal(Held.Mdls, 0);
            assert_int_equal(Held.References, 0);
            assert_int_equal(Held.KernelHandles, 0);
        }
    }
}

static void
no_event_comes_after_unload(void **State)
{
    (void)State;
    RigLoad();
    RigUnload();
    RigRaiseImage(1000);
    RigRaiseExit(RigRaiseStart(1000));
}

/* ---- Windows ---- */

static void
windows_waits_for_the_last_handle(void **State)
{
    READER Reader;
    HANDLE File;
    (void)State;
    RigLoad();
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    HANDLE Copy = SimDuplicate(Reader.File);
    assert_status(SimUnload(), STATUS_PENDING);
    assert_status(SimOpen(PRCM_LINK_NAME, RIG_ALL_ACCESS, &File), STATUS_NO_SUCH_DEVICE);
    RigRaiseImage(1000);
    assert_int_equal(ReaderDrain(&Reader), 1);
    SimClose(Copy);
    assert_true(SimIsLoaded());
    ReaderClose(&Reader);
    assert_false(SimIsLoaded());
}

static void
windows_unloads_when_a_handle_with_a_pended_read_is_closed(void **State)
{
    READER Reader;
    (void)State;
    RigLoad();
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    ReaderPend(&Reader);
    assert_status(SimUnload(), STATUS_PENDING);
    SimClose(Reader.File);
    Reader.File = NULL;
    assert_status(ReaderWait(&Reader), STATUS_CANCELLED);
    assert_false(SimIsLoaded());
    ReaderClose(&Reader);
}

static void
stop_then_unload_needs_but_the_handles_closed(void **State)
{
    READER Reader;
    (void)State;
    RigLoad();
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    ReaderPend(&Reader);
    assert_status(SimControl(Reader.File, PRCM_IOCTL_STOP, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
    assert_status(ReaderWait(&Reader), STATUS_DEVICE_REMOVED);
    assert_status(SimUnload(), STATUS_PENDING);
    ReaderClose(&Reader);
    assert_false(SimIsLoaded());
}

/* ---- Wine ---- */

static void
wine_unloads_at_once_with_handles_open_and_reads_pended(void **State)
{
    READER Readers[5];
    char Out[1024];
    PRCM_READ Read = {sizeof(Read), 0};
    HANDLE Unsubscribed;
    (void)State;
    RigLoad();
    Unsubscribed = RigOpen();
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        ReaderOpen(&Readers[Index], PRCM_FROM_NOW);
        if (Index)
            assert_false(ReaderPend(&Readers[Index]));
    }
    assert_status(SimUnloadAtOnce(), STATUS_SUCCESS);
    assert_false(SimIsLoaded());
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        READER *Reader = &Readers[Index];
        if (Index)
            assert_status(ReaderWait(Reader), STATUS_DEVICE_REMOVED);
        assert_status(SimControl(Reader->File, PRCM_IOCTL_READ, &Read, sizeof(Read), Out, sizeof(Out), NULL),
                      STATUS_NO_SUCH_DEVICE);
        ReaderClose(Reader);
    }
    SimClose(Unsubscribed);
}

static void
handles_of_an_unloaded_driver_do_not_touch_the_next(void **State)
{
    READER Old;
    READER New;
    (void)State;
    RigLoad();
    ReaderOpen(&Old, PRCM_FROM_NOW);
    assert_status(SimUnloadAtOnce(), STATUS_SUCCESS);
    RigLoad();
    ReaderOpen(&New, PRCM_FROM_NOW);
    RigRaiseImage(1000);
    ReaderClose(&Old);
    assert_int_equal(ReaderDrain(&New), 1);
    ReaderCheckAccount(&New);
    ReaderClose(&New);
}

static void
Unload(void *Context)
{
    *(NTSTATUS *)Context = SimUnloadAtOnce();
}

/* A writer stands at each lock on its way while the host unloads: the unload waits for it, and it finds everything there. */
static void
unloading_waits_for_a_writer_wherever_it_stands(void **State)
{
    for (ULONG Nth = 1; Nth <= 6; Nth++)
    {
        READER Reader;
        NTSTATUS Status = STATUS_UNSUCCESSFUL;
        SimReset();
        RigLoad();
        ReaderOpen(&Reader, PRCM_FROM_NOW);
        assert_false(ReaderPend(&Reader));
        STALL *Stall = StallStart(RaiseOne, NULL, SIM_POINT_LOCK, Nth);
        SIM_THREAD *Unloader = SimThreadStart(Unload, &Status);
        StallEnd(Stall);
        SimThreadJoin(Unloader);
        assert_status(Status, STATUS_SUCCESS);
        Status = ReaderWait(&Reader);
        assert_true(Status == STATUS_SUCCESS || Status == STATUS_DEVICE_REMOVED);
        ReaderClose(&Reader);
    }
    RigReset(State);
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, RigReset, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(nothing_is_left_after_load_and_unload_on_any_os),
        TEST(no_event_comes_after_unload),
        TEST(windows_waits_for_the_last_handle),
        TEST(windows_unloads_when_a_handle_with_a_pended_read_is_closed),
        TEST(stop_then_unload_needs_but_the_handles_closed),
        TEST(wine_unloads_at_once_with_handles_open_and_reads_pended),
        TEST(handles_of_an_unloaded_driver_do_not_touch_the_next),
        TEST(unloading_waits_for_a_writer_wherever_it_stands),
    };
    return cmocka_run_group_tests_name("driver unload", Tests, NULL, NULL);
}
