/* SPDX-License-Identifier: MIT
 *
 * The log by its own interface: what it promises to the letter, where the model of it would have to be lucky.
 */
#include "rig.h"
#include "log.h"
#include <stdlib.h>

#define BUFFER_BYTES (4u * 1024u * 1024u)

static LOG Log;
static LOG_READER Reader;
static UCHAR *Buffer;
static ULONG Holds;

static int
LogStart(void **State)
{
    static const LOG_CONFIG Config = {
        .LaneBytes = {PRCM_MIN_LANE_BYTES, PRCM_MIN_LANE_BYTES},
        .LaneOf = {PRCM_LANE_LIFECYCLE, PRCM_LANE_LIFECYCLE, PRCM_LANE_IMAGE, PRCM_LANE_LIFECYCLE},
        .Kinds = PRCM_KINDS_ALL};
    (void)State;
    SimReset();
    OsInit();
    assert_status(LogInit(&Log, &Config), STATUS_SUCCESS);
    Buffer = malloc(BUFFER_BYTES);
    return 0;
}

static int
LogEnd(void **State)
{
    SIM_HELD Held;
    (void)State;
    SimSetHook(NULL, NULL);
    free(Buffer);
    LogDestroy(&Log);
    SimHeld(&Held);
    assert_int_equal(Held.PoolBlocks, 0);
    return 0;
}

static PRCM_RECORD *
Reserve(ULONG Kind, ULONG Key, ULONG Bytes)
{
    PRCM_RECORD *Record = LogReserve(&Log, Kind, Key, Bytes);
    assert_non_null(Record);
    Record->FixedSize = sizeof(*Record);
    Record->ThreadId = 0;
    memset(Record + 1, 0, Bytes - sizeof(*Record));
    return Record;
}

static void
Add(ULONG Count, ULONG Kind, ULONG Key, ULONG Bytes)
{
    while (Count--)
        LogCommit(&Log, Reserve(Kind, Key, Bytes));
}

static PRCM_SUBSCRIBED
Subscribe(uint32_t From, uint64_t Next, uint32_t Key)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(From);
    PRCM_SUBSCRIBED Answer;
    Request.Token.Next = Next;
    Request.KeyCount = Key != 0;
    Request.Keys[0] = Key;
    assert_status(LogReaderInit(&Reader, &Log, &Request, &Answer), STATUS_SUCCESS);
    return Answer;
}

static void
CountHolds(void *Context, SIM_POINT Point, const void *Object)
{
    (void)Context;
    Holds += Point == SIM_POINT_LOCK && Object == &Log.Lock;
}

/* ---- Holds of the lock ---- */

/* How many holds a READ takes. */
static ULONG
HoldsOfRead(void)
{
    ULONG Written;
    Holds = 0;
    SimSetHook(CountHolds, NULL);
    assert_status(LogRead(&Reader, Buffer, BUFFER_BYTES, BUFFER_BYTES, TRUE, &Written), STATUS_SUCCESS);
    SimSetHook(NULL, NULL);
    return Holds;
}

static void
a_read_lets_the_lock_go_every_32_entries(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 0);
    for (ULONG Slices = 1; Slices <= 3; Slices++)
    {
        Add(32 * Slices, PRCM_KIND_IMAGE, 4, 64);
        assert_int_equal(HoldsOfRead(), Slices);
        Add(32 * Slices + 1, PRCM_KIND_IMAGE, 4, 64);
        assert_int_equal(HoldsOfRead(), Slices + 1);
    }
}

/* Which need not be records that the reader gets. */
static void
entries_passed_over_count_as_well(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 4);
    Add(64, PRCM_KIND_IMAGE, 8, 64);
    assert_int_equal(HoldsOfRead(), 2);
    Add(65, PRCM_KIND_IMAGE, 8, 64);
    assert_int_equal(HoldsOfRead(), 3);
}

static void
a_read_lets_the_lock_go_every_64_kib(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 0);
    Add(16, PRCM_KIND_IMAGE, 4, 8192); /* eight are 64 KiB */
    assert_int_equal(HoldsOfRead(), 2);
    Add(18, PRCM_KIND_IMAGE, 4, 8184); /* eight are not quite */
    assert_int_equal(HoldsOfRead(), 2);
}

static void
finding_a_place_lets_the_lock_go_every_32_entries(void **State)
{
    (void)State;
    Add(200, PRCM_KIND_IMAGE, 4, 64);
    SimSetHook(CountHolds, NULL);
    for (ULONG Number = 32; Number <= 34; Number++)
    {
        Holds = 0;
        Subscribe(PRCM_FROM_SEQUENCE, Number, 0);
        /* One to be placed; then 31, 32 and 33 entries stand before the number. */
        assert_int_equal(Holds, Number == 32 ? 2 : 3);
        assert_true(Reader.At.CountsKnown);
    }
}

static void
a_look_for_a_waiting_reader_is_certain_about_32_entries(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 4);
    Add(32, PRCM_KIND_IMAGE, 8, 64);
    assert_false(LogReadyLocked(&Reader));
    Add(33, PRCM_KIND_IMAGE, 8, 64);
    assert_true(LogReadyLocked(&Reader));
    assert_false(LogReadyLocked(&Reader));
}

/* ---- Memory ---- */

static void
without_memory_there_is_no_log_and_nothing_is_left(void **State)
{
    static const LOG_CONFIG Config = {.LaneBytes = {PRCM_MAX_LANE_BYTES, PRCM_MIN_LANE_BYTES}};
    LOG None;
    SIM_HELD Before;
    SIM_HELD After;
    (void)State;
    SimHeld(&Before);
    SimRefuse("ExAllocatePool2", STATUS_INSUFFICIENT_RESOURCES);
    assert_status(LogInit(&None, &Config), STATUS_INSUFFICIENT_RESOURCES);
    SimRefuse("ExAllocatePool2", STATUS_SUCCESS);
    /* The second lane alone. */
    SimFailNth(2, true);
    assert_status(LogInit(&None, &Config), STATUS_INSUFFICIENT_RESOURCES);
    SimFailNth(0, false);
    SimHeld(&After);
    assert_memory_equal(&Before, &After, sizeof(Before));
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, LogStart, LogEnd)
    const struct CMUnitTest Tests[] = {
        TEST(a_read_lets_the_lock_go_every_32_entries),
        TEST(entries_passed_over_count_as_well),
        TEST(a_read_lets_the_lock_go_every_64_kib),
        TEST(finding_a_place_lets_the_lock_go_every_32_entries),
        TEST(a_look_for_a_waiting_reader_is_certain_about_32_entries),
        TEST(without_memory_there_is_no_log_and_nothing_is_left),
    };
    return cmocka_run_group_tests_name("driver log", Tests, NULL, NULL);
}
