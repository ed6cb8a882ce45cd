/* SPDX-License-Identifier: MIT
 *
 * Memory: fixed at the start, pageable strings touched before the log is, and no address of the kernel's in anything that
 * leaves it.
 */
#include "rig.h"
#include "stall.h"
#include <stdlib.h>

static void
RaiseText(PUNICODE_STRING Image, PUNICODE_STRING CommandLine, ULONG Id)
{
    SIM_PROCESS Process = {.Id = Id, .ParentId = 4, .CreateTime = 1};
    SIM_START Start = {.ImageFileName = Image, .CommandLine = CommandLine, .CreatorThreadId = 8};
    PEPROCESS Object = SimProcessAdd(&Process);
    SimRaiseStart(Object, &Start);
    SimRaiseExit(Object, 0, 8);
}

static void
pool_stays_the_same_whatever_is_captured(void **State)
{
    SIM_HELD Before;
    SIM_HELD After;
    (void)State;
    SimHeld(&Before);
    for (ULONG Index = 0; Index < 300; Index++)
    {
        RigRaiseLargeImage(1000, 60000);
        RigRaiseLargeStart(1000, 60000);
    }
    SimHeld(&After);
    assert_memory_equal(&Before, &After, sizeof(Before));
}

/* What a hook saw in one thread. */
typedef struct SEEN
{
    ULONG Pool;
    ULONG Locks;
    ULONG Faults;
    ULONG FaultsAfterLock;
} SEEN;

static void
Watch(void *Context, SIM_POINT Point, const void *Object)
{
    SEEN *Seen = Context;
    (void)Object;
    Seen->Pool += Point == SIM_POINT_POOL;
    Seen->Locks += Point == SIM_POINT_LOCK;
    Seen->Faults += Point == SIM_POINT_FAULT;
    Seen->FaultsAfterLock += Point == SIM_POINT_FAULT && Seen->Locks;
}

static void
loads_and_exits_allocate_nothing(void **State)
{
    SEEN Seen = {0};
    (void)State;
    PEPROCESS Process = RigRaiseStart(1000);
    SimSetHook(Watch, &Seen);
    RigRaiseImage(1000);
    RigRaiseExit(Process);
    SimSetHook(NULL, NULL);
    assert_true(Seen.Locks >= 2);
    assert_int_equal(Seen.Pool, 0);
}

static void
every_page_of_a_string_is_touched_before_the_log_is(void **State)
{
    (void)State;
    for (ULONG Bytes = 2; Bytes <= PRCM_MAX_STRING_BYTES; Bytes = Bytes * 3 + 2)
    {
        PUNICODE_STRING Image = RigTextOfLength(L"\\Device\\x", Bytes);
        PUNICODE_STRING CommandLine = RigTextOfLength(L"text", Bytes);
        SEEN Seen = {0};
        SimSetHook(Watch, &Seen);
        RaiseText(Image, CommandLine, 1000);
        SimSetHook(NULL, NULL);
        assert_int_equal(Seen.FaultsAfterLock, 0);
        assert_int_equal(Seen.Faults, 2 * ROUND_TO_PAGES(Bytes) / PAGE_SIZE);
        assert_int_equal(SimPageFaults(Image), ROUND_TO_PAGES(Bytes) / PAGE_SIZE);
    }
}

typedef struct SLOW
{
    PUNICODE_STRING Text;
} SLOW;

static void
RaiseSlow(void *Context)
{
    const SLOW *Slow = Context;
    RaiseText(Slow->Text, Slow->Text, 2000);
}

static void
a_string_that_is_slow_to_page_in_holds_up_nobody(void **State)
{
    SLOW Slow = {RigTextOfLength(L"text", 20000)};
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    STALL *Stall = StallStart(RaiseSlow, &Slow, SIM_POINT_FAULT, 3);
    for (ULONG Index = 0; Index < 10; Index++)
        RigRaiseImage(1000);
    assert_int_equal(ReaderDrain(&Reader), 10);
    StallEnd(Stall);
    assert_int_equal(ReaderDrain(&Reader), 2);
    assert_int_equal(Reader.Records[10]->Key, 2000);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

/* ---- What leaves the kernel ---- */

static void
no_batch_holds_an_address_of_the_kernels(void **State)
{
    READER Reader;
    (void)State;
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        RigEnd(State);
        SimSetOs(Os);
        RigLoad();
        ReaderOpen(&Reader, PRCM_FROM_NOW);
        for (ULONG Index = 0; Index < 40; Index++)
        {
            PEPROCESS Process = RigRaiseStart(1000 + 4 * Index);
            RigRaiseLargeImage(1000 + 4 * Index, Index * 2);
            RigRaiseExit(Process);
        }
        assert_int_equal(ReaderDrain(&Reader), 120); /* each batch is searched as it comes */
        assert_int_equal(SimFindKernelAddress(&Reader.Subscribed, sizeof(Reader.Subscribed)), -1);
        ReaderClose(&Reader);
    }
}

static void
the_search_finds_an_address_where_there_is_one(void **State)
{
    PVOID Leak[3] = {(PVOID)1, NULL, (PVOID)2};
    (void)State;
    assert_int_equal(SimFindKernelAddress(Leak, sizeof(Leak)), -1);
    PVOID Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 0x31323334);
    Leak[1] = (char *)Block + 99;
    assert_int_equal(SimFindKernelAddress(Leak, sizeof(Leak)), sizeof(PVOID));
    Leak[1] = (char *)Block + 100;
    assert_int_equal(SimFindKernelAddress(Leak, sizeof(Leak)), -1);
    ExFreePool(Block);
}

/* Events of every shape, twice, over lanes full of other bytes: whatever the driver does not write is zero. */
static void
bytes_nobody_wrote_are_zero(void **State)
{
    READER First;
    READER Second;
    (void)State;
    for (ULONG Index = 0; Index < 300; Index++)
    {
        RigRaiseLargeImage(1000, 60000);
        RigRaiseLargeStart(1000, 60000);
    }
    ReaderOpen(&First, PRCM_FROM_NOW);
    for (ULONG Bytes = 0; Bytes < 100; Bytes += 2)
        RigRaiseLargeStart(1000, Bytes);
    ReaderDrain(&First);
    SimClose(First.File);
    First.File = NULL;
    RigUnload();
    RigLoad();
    ReaderOpen(&Second, PRCM_FROM_NOW);
    for (ULONG Bytes = 0; Bytes < 100; Bytes += 2)
        RigRaiseLargeStart(1000, Bytes);
    ReaderDrain(&Second);
    assert_int_equal(First.RecordCount, 50);
    assert_int_equal(Second.RecordCount, 50);
    for (size_t Index = 0; Index < 50; Index++)
    {
        First.Records[Index]->Sequence = Second.Records[Index]->Sequence;
        assert_int_equal(First.Records[Index]->Size, Second.Records[Index]->Size);
        assert_memory_equal(First.Records[Index], Second.Records[Index], First.Records[Index]->Size);
    }
    ReaderClose(&First);
    ReaderClose(&Second);
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, RigStart, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(pool_stays_the_same_whatever_is_captured),
        TEST(loads_and_exits_allocate_nothing),
        TEST(every_page_of_a_string_is_touched_before_the_log_is),
        TEST(a_string_that_is_slow_to_page_in_holds_up_nobody),
        TEST(no_batch_holds_an_address_of_the_kernels),
        TEST(the_search_finds_an_address_where_there_is_one),
        TEST(bytes_nobody_wrote_are_zero),
    };
    return cmocka_run_group_tests_name("driver memory", Tests, NULL, NULL);
}
