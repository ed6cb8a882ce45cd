/* SPDX-License-Identifier: MIT
 *
 * Numbers are dense and ascending, in the order in which the OS called; nobody sees past a record that is not committed.
 */
#include "rig.h"
#include "stall.h"

static void
RaiseOne(void *Context)
{
    RigRaiseImage(PtrToUlong(Context));
}

static void
numbers_are_dense_over_both_lanes(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Index = 0; Index < 50; Index++)
    {
        PEPROCESS Process = RigRaiseStart(1000 + 4 * Index);
        for (ULONG Images = 0; Images < Index % 5; Images++)
            RigRaiseImage(1000 + 4 * Index);
        RigRaiseExit(Process);
    }
    ReaderDrain(&Reader);
    for (size_t Index = 0; Index < Reader.RecordCount; Index++)
        assert_int_equal(Reader.Records[Index]->Sequence, Index + 1);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
the_order_is_by_number_when_the_clock_steps_back(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Index = 0; Index < 10; Index++)
    {
        SimSetTime(0x01DD000000000000LL - (LONGLONG)Index * 10000);
        RigRaiseImage(1000 + Index);
    }
    ReaderDrain(&Reader);
    for (ULONG Index = 0; Index < 10; Index++)
    {
        assert_int_equal(Reader.Records[Index]->Key, 1000 + Index);
        assert_int_equal(Reader.Records[Index]->Time, 0x01DD000000000000LL - (LONGLONG)Index * 10000);
    }
    ReaderClose(&Reader);
}

static void
a_record_committed_before_an_older_one_waits_for_it(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    assert_false(ReaderPend(&Reader));
    STALL *Stall = StallStart(RaiseOne, (void *)(ULONG_PTR)1000, SIM_POINT_UNLOCK, 1);
    RigRaiseImage(1004);
    RigRaiseExit(RigRaiseStart(1008)); /* the other lane waits as well */
    assert_false(SimIoDone(Reader.Pended));
    StallEnd(Stall);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    ReaderDrain(&Reader);
    assert_int_equal(Reader.RecordCount, 4);
    assert_int_equal(Reader.Records[0]->Key, 1000);
    assert_int_equal(Reader.Records[1]->Key, 1004);
    assert_int_equal(Reader.Records[2]->Key, 1008);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
what_is_older_than_the_stalled_record_is_read_meanwhile(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    RigRaiseImage(1000);
    STALL *Stall = StallStart(RaiseOne, (void *)(ULONG_PTR)1004, SIM_POINT_UNLOCK, 1);
    RigRaiseImage(1008);
    assert_int_equal(ReaderDrain(&Reader), 1);
    assert_int_equal(Reader.Buffer->Head, 4);
    assert_int_equal(Reader.Buffer->Next.Next, 2);
    ReaderCheckAccount(&Reader);
    StallEnd(Stall);
    assert_int_equal(ReaderDrain(&Reader), 2);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

/* Counts what a thread does while only the OS keeps it from being suspended: that may, and need not. */
static void
LeaveTheRegionOfTheOs(void *Context, SIM_POINT Point, const void *Object)
{
    ULONG *Unprotected = Context;
    (void)Object;
    if (Point != SIM_POINT_LOCK && Point != SIM_POINT_UNLOCK)
        return;
    KeLeaveCriticalRegion();
    *Unprotected += !KeAreApcsDisabled();
    KeEnterCriticalRegion();
}

static void
nobody_is_suspended_between_number_and_record(void **State)
{
    ULONG Unprotected = 0;
    (void)State;
    SimSetHook(LeaveTheRegionOfTheOs, &Unprotected);
    RigRaiseImage(1000);
    RigRaiseExit(RigRaiseStart(1000));
    SimSetHook(NULL, NULL);
    assert_int_equal(Unprotected, 0);
}

static void
events_of_a_process_older_than_the_driver_are_legal(void **State)
{
    SIM_PROCESS Old = {.Id = 3000, .ParentId = 4, .CreateTime = 5};
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    RigRaiseImage(3000);
    SimRaiseExit(SimProcessAdd(&Old), 0, 0);
    RigRaiseImage(3000);
    assert_int_equal(ReaderDrain(&Reader), 3);
    ReaderClose(&Reader);
}

static void
events_before_the_first_reader_are_kept(void **State)
{
    READER Reader;
    (void)State;
    for (ULONG Index = 0; Index < 100; Index++)
        RigRaiseImage(1000);
    ReaderOpen(&Reader, PRCM_FROM_OLDEST);
    assert_int_equal(ReaderDrain(&Reader), 100);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, RigStart, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(numbers_are_dense_over_both_lanes),
        TEST(the_order_is_by_number_when_the_clock_steps_back),
        TEST(a_record_committed_before_an_older_one_waits_for_it),
        TEST(what_is_older_than_the_stalled_record_is_read_meanwhile),
        TEST(nobody_is_suspended_between_number_and_record),
        TEST(events_of_a_process_older_than_the_driver_are_legal),
        TEST(events_before_the_first_reader_are_kept),
    };
    return cmocka_run_group_tests_name("driver order", Tests, NULL, NULL);
}
