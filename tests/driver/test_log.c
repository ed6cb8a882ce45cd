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
    memset(&Answer, 0xEE, sizeof(Answer));
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

/* How many holds a READ takes whose batch is full with so many bytes. */
static ULONG
HoldsOfReadUpTo(LOG_READER *Of, ULONG SoftBytes)
{
    ULONG Written;
    Holds = 0;
    SimSetHook(CountHolds, NULL);
    assert_status(LogRead(Of, Buffer, BUFFER_BYTES, SoftBytes, TRUE, &Written), STATUS_SUCCESS);
    SimSetHook(NULL, NULL);
    return Holds;
}

static ULONG
HoldsOfRead(LOG_READER *Of)
{
    return HoldsOfReadUpTo(Of, BUFFER_BYTES);
}

/* One hold more for a look that finds nothing left. What another has seen is one step, and not two. */
static void
a_read_lets_the_lock_go_every_32_entries_or_64_that_another_has_seen(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 0);
    LOG_READER Second = Reader;
    for (ULONG Slices = 1; Slices <= 3; Slices++)
    {
        Add(64 * Slices, PRCM_KIND_IMAGE, 4, 64);
        assert_int_equal(HoldsOfRead(&Reader), 2 * Slices + 1);
        assert_int_equal(HoldsOfRead(&Second), Slices + 1);
        Add(64 * Slices - 1, PRCM_KIND_IMAGE, 4, 64);
        assert_int_equal(HoldsOfRead(&Reader), 2 * Slices);
        assert_int_equal(HoldsOfRead(&Second), Slices);
    }
}

/* Which need not be records that the reader gets. */
static void
entries_passed_over_count_as_well(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 4);
    Add(63, PRCM_KIND_IMAGE, 8, 64);
    assert_int_equal(HoldsOfRead(&Reader), 2);
    Add(64, PRCM_KIND_IMAGE, 8, 64);
    assert_int_equal(HoldsOfRead(&Reader), 3);
}

static void
a_read_lets_the_lock_go_every_64_kib(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 0);
    Add(9, PRCM_KIND_IMAGE, 4, 8192); /* eight are 64 KiB */
    assert_int_equal(HoldsOfRead(&Reader), 2);
    Add(18, PRCM_KIND_IMAGE, 4, 8184); /* eight are not quite */
    assert_int_equal(HoldsOfRead(&Reader), 2);
}

/* Whether its entries are committed has to be known, and is, once somebody has looked. */
static void
a_lane_that_a_reader_wants_nothing_of_is_looked_at_once_for_all(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 0);
    Reader.Kinds = PRCM_KIND_BIT(PRCM_KIND_EXIT);
    LOG_READER Second = Reader;
    Add(1000, PRCM_KIND_IMAGE, 4, 64);
    Add(1, PRCM_KIND_EXIT, 4, 64);
    assert_int_equal(HoldsOfRead(&Reader), 1 + 1000 / 64);
    assert_int_equal(Reader.At.Next, 1002);
    assert_int_equal(HoldsOfRead(&Second), 1);
    assert_int_equal(Second.At.Next, 1002);
}

/* What is published far ahead is not its concern yet. */
static void
a_read_of_one_record_looks_at_that_alone(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 0);
    Add(1000, PRCM_KIND_IMAGE, 4, 64);
    assert_int_equal(HoldsOfReadUpTo(&Reader, 1), 1);
    assert_int_equal(Reader.At.Next, 2);
}

/* Nor does QUERY hold the lock for longer. */
static void
a_query_is_told_after_64_entries_to_let_the_lock_go(void **State)
{
    PRCM_QUERY Query = {0};
    (void)State;
    Add(65, PRCM_KIND_IMAGE, 4, 64);
    assert_false(LogQueryLocked(&Log, &Query));
    assert_true(LogQueryLocked(&Log, &Query));
    assert_int_equal(Query.Published, 66);
    Query.Next = 0;
    Add(64, PRCM_KIND_IMAGE, 4, 64);
    assert_true(LogQueryLocked(&Log, &Query));
    assert_int_equal(Query.Published, 130);
}

/* It ends, however fast others are. */
static void
a_query_waits_for_what_was_there_when_it_came(void **State)
{
    PRCM_QUERY Query = {0};
    (void)State;
    Add(100, PRCM_KIND_IMAGE, 4, 64);
    assert_false(LogQueryLocked(&Log, &Query));
    Add(100, PRCM_KIND_IMAGE, 4, 64);
    assert_true(LogQueryLocked(&Log, &Query));
    assert_int_equal(Query.Published, 129);
    assert_int_equal(Query.Next, 201);
}

static void
finding_a_place_lets_the_lock_go_every_64_entries(void **State)
{
    (void)State;
    Add(200, PRCM_KIND_IMAGE, 4, 64);
    SimSetHook(CountHolds, NULL);
    for (ULONG Number = 64; Number <= 66; Number++)
    {
        Holds = 0;
        Subscribe(PRCM_FROM_SEQUENCE, Number, 0);
        /* One to be placed; then 63, 64 and 65 entries stand before the number. */
        assert_int_equal(Holds, Number == 64 ? 2 : 3);
        assert_true(Reader.At.CountsKnown);
    }
}

static void
a_reader_that_starts_now_looks_at_nothing(void **State)
{
    (void)State;
    Add(100, PRCM_KIND_IMAGE, 4, 64);
    Add(100, PRCM_KIND_EXIT, 4, 64);
    SimSetHook(CountHolds, NULL);
    Holds = 0;
    Subscribe(PRCM_FROM_NOW, 0, 0);
    assert_int_equal(Holds, 2);
}

static void
a_look_for_a_waiting_reader_is_certain_about_31_entries(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 4);
    Add(31, PRCM_KIND_IMAGE, 8, 64);
    assert_false(LogReadyLocked(&Reader));
    Add(32, PRCM_KIND_IMAGE, 8, 64);
    assert_true(LogReadyLocked(&Reader));
    assert_false(LogReadyLocked(&Reader));
}

/* ---- A commit is seen, or sees who waits for it ---- */

/* Commits Context, a record, in the last moment before somebody counts himself among those who listen. */
static void
CommitBeforeListening(void *Context, SIM_POINT Point, const void *Object)
{
    PRCM_RECORD *Record = Context;
    if (Point != SIM_POINT_ATOMIC || Object != &Log.Listeners || !Log.Lock)
        return;
    SimSetHook(NULL, NULL);
    assert_false(LogCommit(&Log, Record));
}

static void
a_stall_that_is_over_when_it_begins_lasts_no_longer(void **State)
{
    PRCM_QUERY Query = {0};
    PRCM_RECORD *First = Reserve(PRCM_KIND_START, 4, PRCM_MAX_RECORD_BYTES);
    PRCM_RECORD *Next;
    (void)State;
    SimSetHook(CommitBeforeListening, First);
    while ((Next = LogReserve(&Log, PRCM_KIND_START, 4, PRCM_MAX_RECORD_BYTES)) != NULL)
        LogCommit(&Log, Next);
    SimAdvanceTime(1000);
    assert_true(LogQueryLocked(&Log, &Query));
    assert_int_equal(Query.Dropped[PRCM_KIND_START], 1);
    assert_int_equal(Query.LongestStall, 1);
    assert_int_equal(Log.Listeners, 0);
}

static bool
Wait(void)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Log.Lock, &Irql);
    BOOLEAN Waits = LogWaitLocked(&Reader);
    KeReleaseSpinLock(&Log.Lock, Irql);
    return Waits;
}

static void
a_reader_that_goes_to_wait_sees_what_is_committed_in_the_last_moment(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 0);
    SimSetHook(CommitBeforeListening, Reserve(PRCM_KIND_START, 4, 64));
    assert_false(Wait());
    assert_true(IsListEmpty(&Log.Waiting));
    assert_int_equal(Log.Listeners, 0);
}

static void
what_is_committed_when_a_reader_waits_is_told(void **State)
{
    (void)State;
    Subscribe(PRCM_FROM_NOW, 0, 0);
    PRCM_RECORD *Record = Reserve(PRCM_KIND_START, 4, 64);
    assert_true(Wait());
    assert_true(LogCommit(&Log, Record));
    LogEndWaitLocked(&Reader);
    assert_false(LogCommit(&Log, Reserve(PRCM_KIND_START, 4, 64)));
    assert_int_equal(Log.Listeners, 0);
}

/* ---- The answer to a subscription ---- */

static void
every_member_of_the_answer_is_written(void **State)
{
    (void)State;
    Add(3, PRCM_KIND_IMAGE, 4, 64);
    PRCM_SUBSCRIBED Answer = Subscribe(PRCM_FROM_SEQUENCE, 2, 0);
    const PRCM_SUBSCRIBED Expected = {
        .Size = sizeof(Answer),
        .AbiVersion = PRCM_ABI_VERSION,
        .Resume = PRCM_RESUME_EXACT,
        .Start = {.Instance = Log.Instance, .Next = 2, .Captured[PRCM_KIND_IMAGE] = 1, .CountsKnown = 1},
        .Oldest = 1,
        .Head = 4};
    assert_memory_equal(&Answer, &Expected, sizeof(Answer));
}

/* ---- Tokens that cannot be ---- */

/* One that is in the way of the starts after it, these, and ten more that are dropped. */
static PRCM_RECORD *
Stall(void)
{
    PRCM_RECORD *First = Reserve(PRCM_KIND_START, 4, PRCM_MAX_RECORD_BYTES);
    ULONG Dropped = 0;
    while (Dropped < 10)
    {
        PRCM_RECORD *Record = LogReserve(&Log, PRCM_KIND_START, 4, PRCM_MAX_RECORD_BYTES);
        if (Record)
            LogCommit(&Log, Record);
        else
            Dropped++;
    }
    return First;
}

/* 100 image loads, starts of which ten were dropped and none is kept, and those from a number on, with the counts as of it,
 * of which ten were dropped again. */
static PRCM_TOKEN
StallTwice(void)
{
    Add(100, PRCM_KIND_IMAGE, 4, 64);
    LogCommit(&Log, Stall());
    PRCM_RECORD *Oldest = Stall();
    LogCommit(&Log, Oldest);
    PRCM_TOKEN Start = Subscribe(PRCM_FROM_SEQUENCE, Oldest->Sequence, 0).Start;
    assert_int_equal(Start.CountsKnown, 1);
    assert_int_equal(Start.Dropped[PRCM_KIND_START], 10);
    return Start;
}

/* Where the next number is 101 and there were so many starts. */
static NTSTATUS
SubscribeWith(ULONG64 Starts, ULONG64 Dropped)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_TOKEN);
    PRCM_SUBSCRIBED Answer;
    Request.Kinds = PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT);
    Request.Token = (PRCM_TOKEN){.Instance = Log.Instance, .Next = 101, .CountsKnown = 1};
    Request.Token.Captured[PRCM_KIND_START] = Starts;
    Request.Token.Captured[PRCM_KIND_IMAGE] = 100 - Starts;
    Request.Token.Dropped[PRCM_KIND_START] = Dropped;
    return LogReaderInit(&Reader, &Log, &Request, &Answer);
}

static const PRCM_LOST *
ReadLost(void)
{
    const PRCM_BATCH *Batch = (const void *)Buffer;
    const PRCM_LOST *Lost = (const void *)(Batch + 1);
    ULONG Written;
    assert_status(LogRead(&Reader, Buffer, BUFFER_BYTES, BUFFER_BYTES, FALSE, &Written), STATUS_SUCCESS);
    assert_int_equal(Lost->Header.Kind, PRCM_KIND_LOST);
    assert_int_equal(Lost->Header.Sequence, 101);
    return Lost;
}

static void
counts_that_cannot_be_are_worth_as_much_as_none(void **State)
{
    static const PRCM_LOST None;
    (void)State;
    PRCM_TOKEN Oldest = StallTwice();
    ULONG64 Starts = Oldest.Captured[PRCM_KIND_START];
    const struct
    {
        ULONG64 Starts;
        ULONG64 Dropped;
    } Lies[] = {
        {Starts + 1, 10}, /* more than there were at the hole's end */
        {11, 11},         /* more dropped than there were at the hole's end */
        {Starts - 9, 0},  /* ten dropped in the hole, of nine */
    };
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Lies); Index++)
    {
        assert_status(SubscribeWith(Lies[Index].Starts, Lies[Index].Dropped), STATUS_SUCCESS);
        const PRCM_LOST *Lost = ReadLost();
        assert_int_equal(Lost->NextSequence, Oldest.Next);
        assert_int_equal(Lost->Unknown, Oldest.Next - 101);
        assert_memory_equal(Lost->Evicted, None.Evicted, sizeof(None.Evicted));
        assert_memory_equal(Lost->Dropped, None.Dropped, sizeof(None.Dropped));
        assert_int_equal(Lost->Filtered, 0);
    }
    /* It may be so: ten were dropped in the hole, and no other start was in it. */
    assert_status(SubscribeWith(Starts - 10, 0), STATUS_SUCCESS);
    const PRCM_LOST *Lost = ReadLost();
    assert_int_equal(Lost->Unknown, 0);
    assert_int_equal(Lost->Dropped[PRCM_KIND_START], 10);
    assert_int_equal(Lost->Evicted[PRCM_KIND_START], 0);
}

static void
a_token_with_more_dropped_than_captured_is_refused(void **State)
{
    (void)State;
    StallTwice();
    assert_status(SubscribeWith(5, 5), STATUS_SUCCESS);
    assert_status(SubscribeWith(5, 6), STATUS_INVALID_PARAMETER);
    assert_status(SubscribeWith(25, 20), STATUS_SUCCESS);
    assert_status(SubscribeWith(25, 21), STATUS_INVALID_PARAMETER);
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
    /* Half as much would be too little. */
    SimFailNth(2, false);
    assert_status(LogInit(&None, &Config), STATUS_INSUFFICIENT_RESOURCES);
    SimFailNth(0, false);
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
        TEST(a_read_lets_the_lock_go_every_32_entries_or_64_that_another_has_seen),
        TEST(entries_passed_over_count_as_well),
        TEST(a_read_lets_the_lock_go_every_64_kib),
        TEST(a_lane_that_a_reader_wants_nothing_of_is_looked_at_once_for_all),
        TEST(a_read_of_one_record_looks_at_that_alone),
        TEST(a_query_is_told_after_64_entries_to_let_the_lock_go),
        TEST(a_query_waits_for_what_was_there_when_it_came),
        TEST(finding_a_place_lets_the_lock_go_every_64_entries),
        TEST(a_reader_that_starts_now_looks_at_nothing),
        TEST(a_look_for_a_waiting_reader_is_certain_about_31_entries),
        TEST(a_stall_that_is_over_when_it_begins_lasts_no_longer),
        TEST(a_reader_that_goes_to_wait_sees_what_is_committed_in_the_last_moment),
        TEST(what_is_committed_when_a_reader_waits_is_told),
        TEST(every_member_of_the_answer_is_written),
        TEST(counts_that_cannot_be_are_worth_as_much_as_none),
        TEST(a_token_with_more_dropped_than_captured_is_refused),
        TEST(without_memory_there_is_no_log_and_nothing_is_left),
    };
    return cmocka_run_group_tests_name("driver log", Tests, NULL, NULL);
}
