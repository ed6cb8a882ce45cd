/* SPDX-License-Identifier: MIT
 *
 * What a reader misses: how much, of which kind, why, and where in the stream, against the list of all that was raised.
 */
#include "rig.h"
#include "stall.h"
#include <stdlib.h>

#define MAX_EVENTS  4096u
#define LARGE_BYTES 60000u

/* Kinds of all events raised, by number from 1. */
static uint32_t Kinds[MAX_EVENTS + 1];
static uint64_t Raised;

static int
LossReset(void **State)
{
    RigReset(State);
    Raised = 0;
    SimSetRegistryDword(L"LifecycleLaneBytes", PRCM_MIN_LANE_BYTES);
    SimSetRegistryDword(L"ImageLaneBytes", PRCM_MIN_LANE_BYTES);
    RigLoad();
    return 0;
}

static void
RaiseImages(ULONG Count, ULONG PathBytes)
{
    for (ULONG Index = 0; Index < Count; Index++)
    {
        RigRaiseLargeImage(1000, PathBytes);
        Kinds[++Raised] = PRCM_KIND_IMAGE;
    }
}

static void
RaiseStartAndExit(ULONG CommandLineBytes)
{
    if (CommandLineBytes)
    {
        RigRaiseLargeStart(2000, CommandLineBytes);
        Kinds[++Raised] = PRCM_KIND_START;
        return;
    }
    PEPROCESS Process = RigRaiseStart(2000);
    Kinds[++Raised] = PRCM_KIND_START;
    RigRaiseExit(Process);
    Kinds[++Raised] = PRCM_KIND_EXIT;
}

/* Counts what was raised from First up to Next, by kind. */
static void
CountRaised(uint64_t First, uint64_t Next, uint64_t *Counts)
{
    memset(Counts, 0, PRCM_KIND_COUNT * sizeof(*Counts));
    for (uint64_t Number = First; Number < Next; Number++)
        Counts[Kinds[Number]]++;
}

/* A LOST tells of each kind as many as were raised in its hole, and of kinds not asked for as filtered. */
static void
CheckHole(const READER *Reader, const PRCM_LOST *Lost)
{
    uint64_t Counts[PRCM_KIND_COUNT];
    uint64_t Filtered = 0;
    assert_int_equal(Lost->Unknown, 0);
    CountRaised(Lost->Header.Sequence, Lost->NextSequence, Counts);
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        bool Wanted = (Reader->Kinds & PRCM_KIND_BIT(Kind)) != 0;
        assert_int_equal(Lost->Evicted[Kind] + Lost->Dropped[Kind], Wanted ? Counts[Kind] : 0);
        Filtered += Wanted ? 0 : Counts[Kind];
    }
    assert_int_equal(Lost->Filtered, Filtered);
}

/* The records are the stream: what came bears the number and kind it was raised with, what did not come is in exactly one
 * LOST just before the next that came, and no two LOST stand side by side. */
static void
CheckStream(READER *Reader)
{
    uint64_t Next = Reader->Subscribed.Start.Next;
    bool AfterHole = false;
    for (size_t Index = 0; Index < Reader->RecordCount; Index++)
    {
        const PRCM_RECORD *Record = Reader->Records[Index];
        for (; Next < Record->Sequence; Next++)
            assert_false(Reader->Kinds & PRCM_KIND_BIT(Kinds[Next]));
        assert_int_equal(Record->Sequence, Next);
        if (Record->Kind == PRCM_KIND_LOST)
        {
            const PRCM_LOST *Lost = (const void *)Record;
            assert_false(AfterHole);
            CheckHole(Reader, Lost);
            Next = Lost->NextSequence;
            AfterHole = true;
            continue;
        }
        assert_int_equal(Record->Kind, Kinds[Next]);
        Next++;
        AfterHole = false;
    }
    for (; Next <= Raised; Next++)
        assert_false(Reader->Kinds & PRCM_KIND_BIT(Kinds[Next]));
}

static void
CheckAgainstQuery(READER *Reader)
{
    PRCM_QUERY Query;
    RigQuery(&Query);
    assert_int_equal(Query.Next, Raised + 1);
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        assert_int_equal(Reader->Lost[Kind], Query.Evicted[Kind] + Query.Dropped[Kind]);
    ReaderCheckAccount(Reader);
}

static void
an_overtaken_reader_learns_exactly_what_it_missed(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    RaiseImages(120, LARGE_BYTES);
    ReaderDrain(&Reader);
    const PRCM_LOST *Lost = ReaderRecord(&Reader, 0, PRCM_KIND_LOST);
    assert_int_equal(Lost->Header.Sequence, 1);
    assert_true(Lost->Evicted[PRCM_KIND_IMAGE] > 60);
    assert_int_equal(Lost->Dropped[PRCM_KIND_IMAGE], 0);
    assert_int_equal(Lost->Header.Time, Reader.Records[1]->Time);
    CheckStream(&Reader);
    CheckAgainstQuery(&Reader);
    ReaderClose(&Reader);
}

static void
a_storm_of_images_pushes_out_no_start_and_no_exit(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Index = 0; Index < 100; Index++)
    {
        RaiseStartAndExit(0);
        RaiseImages(Index % 4, LARGE_BYTES);
    }
    ReaderDrain(&Reader);
    assert_int_equal(Reader.Delivered[PRCM_KIND_START], 100);
    assert_int_equal(Reader.Delivered[PRCM_KIND_EXIT], 100);
    assert_true(Reader.Lost[PRCM_KIND_IMAGE] > 50);
    CheckStream(&Reader);
    CheckAgainstQuery(&Reader);
    ReaderClose(&Reader);
}

static void
the_lifecycle_lane_overflows_as_exactly(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Index = 0; Index < 60; Index++)
    {
        RaiseStartAndExit(PRCM_MAX_STRING_BYTES);
        RaiseImages(2, 80);
        RaiseStartAndExit(0);
    }
    ReaderDrain(&Reader);
    assert_int_equal(Reader.Delivered[PRCM_KIND_IMAGE], 120);
    assert_true(Reader.Lost[PRCM_KIND_START] > 20);
    assert_true(Reader.Lost[PRCM_KIND_EXIT] > 20);
    CheckStream(&Reader);
    CheckAgainstQuery(&Reader);
    ReaderClose(&Reader);
}

static void
a_slow_reader_is_told_and_a_fast_one_loses_nothing(void **State)
{
    READER Slow;
    READER Fast;
    (void)State;
    ReaderOpen(&Slow, PRCM_FROM_NOW);
    ReaderOpen(&Fast, PRCM_FROM_NOW);
    for (ULONG Index = 0; Index < 100; Index++)
    {
        RaiseImages(1, LARGE_BYTES);
        RaiseStartAndExit(0);
        ReaderDrain(&Fast);
    }
    ReaderDrain(&Slow);
    assert_int_equal(Fast.RecordCount, 300);
    assert_int_equal(Fast.Lost[PRCM_KIND_IMAGE], 0);
    assert_true(Slow.Lost[PRCM_KIND_IMAGE] > 0);
    CheckStream(&Fast);
    CheckStream(&Slow);
    ReaderCheckAccount(&Fast);
    ReaderCheckAccount(&Slow);
    ReaderClose(&Slow);
    ReaderClose(&Fast);
}

static void
kinds_not_subscribed_to_are_filtered_even_when_evicted(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    READER Reader;
    (void)State;
    Request.Kinds = PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT);
    ReaderOpenWith(&Reader, &Request);
    assert_false(ReaderPend(&Reader));
    RaiseImages(120, LARGE_BYTES);
    assert_false(SimIoDone(Reader.Pended));
    RaiseStartAndExit(0);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    ReaderDrain(&Reader);
    assert_int_equal(Reader.RecordCount, 2);
    assert_int_equal(Reader.Filtered[PRCM_KIND_IMAGE], 120);
    assert_int_equal(Reader.Lost[PRCM_KIND_IMAGE], 0);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
a_hole_at_the_end_of_what_is_kept_is_told_too(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    READER Reader;
    (void)State;
    Request.KeyCount = 1;
    Request.Keys[0] = 2000;
    ReaderOpenWith(&Reader, &Request);
    RaiseImages(120, LARGE_BYTES);
    ReaderDrain(&Reader);
    assert_int_equal(Reader.RecordCount, 1);
    const PRCM_LOST *Lost = ReaderRecord(&Reader, 0, PRCM_KIND_LOST);
    CheckHole(&Reader, Lost);
    assert_int_equal(Reader.Filtered[PRCM_KIND_IMAGE] + Reader.Lost[PRCM_KIND_IMAGE], 120);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
a_lost_that_does_not_fit_waits_for_room(void **State)
{
    READER Reader;
    ULONG Bytes;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    RaiseImages(120, LARGE_BYTES);
    Bytes = Reader.BufferBytes;
    Reader.BufferBytes = sizeof(PRCM_BATCH) + sizeof(PRCM_LOST) - 1;
    assert_status(ReaderReadNow(&Reader), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(Reader.Buffer->RequiredBytes, sizeof(PRCM_BATCH) + sizeof(PRCM_LOST));
    Reader.BufferBytes = Reader.Buffer->RequiredBytes;
    assert_status(ReaderReadNow(&Reader), STATUS_SUCCESS);
    ReaderRecord(&Reader, 0, PRCM_KIND_LOST);
    Reader.BufferBytes = Bytes;
    ReaderDrain(&Reader);
    CheckStream(&Reader);
    CheckAgainstQuery(&Reader);
    ReaderClose(&Reader);
}

/* ---- A writer that stands between its number and its record ---- */

static void
RaiseStalled(void *Context)
{
    (void)Context;
    RigRaiseLargeImage(1000, 100);
}

static void
newcomers_are_dropped_where_a_stalled_record_bars_the_lane(void **State)
{
    PRCM_QUERY Query;
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    assert_false(ReaderPend(&Reader));
    STALL *Stall = StallStart(RaiseStalled, NULL, SIM_POINT_UNLOCK, 1);
    Kinds[++Raised] = PRCM_KIND_IMAGE;
    RaiseImages(20, LARGE_BYTES);
    RaiseStartAndExit(0);
    SimAdvanceTime(5000);
    RaiseImages(60, LARGE_BYTES);
    SimAdvanceTime(70000);
    assert_false(SimIoDone(Reader.Pended));

    RigQuery(&Query);
    assert_int_equal(Query.Published, 1);
    assert_int_equal(Query.Next, Raised + 1);
    assert_true(Query.Dropped[PRCM_KIND_IMAGE] > 30);
    assert_int_equal(Query.Dropped[PRCM_KIND_START], 0);
    assert_int_equal(Query.Evicted[PRCM_KIND_IMAGE], 0);
    assert_int_equal(Query.LongestStall, 70000);

    StallEnd(Stall);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    ReaderDrain(&Reader);
    CheckStream(&Reader);
    const PRCM_LOST *Last = ReaderRecord(&Reader, Reader.RecordCount - 1, PRCM_KIND_LOST);
    assert_int_equal(Last->Header.Time, 0); /* there is nothing behind it */
    assert_int_equal(Reader.Lost[PRCM_KIND_IMAGE], Query.Dropped[PRCM_KIND_IMAGE]);
    CheckAgainstQuery(&Reader);
    RigQuery(&Query);
    assert_int_equal(Query.Published, Query.Next);
    assert_int_equal(Query.LongestStall, 70000);
    ReaderClose(&Reader);
}

static void
what_comes_after_the_stall_is_kept_again(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    STALL *Stall = StallStart(RaiseStalled, NULL, SIM_POINT_UNLOCK, 1);
    Kinds[++Raised] = PRCM_KIND_IMAGE;
    RaiseImages(60, LARGE_BYTES);
    StallEnd(Stall);
    RaiseImages(3, LARGE_BYTES);
    ReaderDrain(&Reader);
    CheckStream(&Reader);
    const PRCM_LOST *Lost = NULL;
    for (size_t Index = 0; Index < Reader.RecordCount; Index++)
        if (Reader.Records[Index]->Kind == PRCM_KIND_LOST &&
            ((const PRCM_LOST *)(void *)Reader.Records[Index])->Dropped[2])
            Lost = (const void *)Reader.Records[Index];
    assert_non_null(Lost);
    assert_int_equal(Lost->NextSequence, Raised - 2);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
a_stall_whose_length_the_clock_hides_counts_as_the_shortest(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    STALL *Stall = StallStart(RaiseStalled, NULL, SIM_POINT_UNLOCK, 1);
    Kinds[++Raised] = PRCM_KIND_IMAGE;
    RaiseImages(60, LARGE_BYTES);
    SimAdvanceTime(-1000000);
    StallEnd(Stall);
    RigQuery(&Query);
    assert_int_equal(Query.LongestStall, 1);
}

static void
a_stall_in_which_the_clock_stands_still_counts_as_the_shortest(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    STALL *Stall = StallStart(RaiseStalled, NULL, SIM_POINT_UNLOCK, 1);
    Kinds[++Raised] = PRCM_KIND_IMAGE;
    RaiseImages(60, LARGE_BYTES);
    RigQuery(&Query);
    assert_int_equal(Query.LongestStall, 1);
    StallEnd(Stall);
    RigQuery(&Query);
    assert_int_equal(Query.LongestStall, 1);
}

static void
a_stall_begins_with_the_first_event_dropped_and_the_longest_is_told(void **State)
{
    static const LONGLONG Halves[] = {1000, 5000, 2000};
    PRCM_QUERY Query;
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Halves); Index++)
    {
        LONGLONG Longest = 2 * Halves[min(Index, 1)];
        STALL *Stall = StallStart(RaiseStalled, NULL, SIM_POINT_UNLOCK, 1);
        Kinds[++Raised] = PRCM_KIND_IMAGE;
        RaiseImages(60, LARGE_BYTES);
        SimAdvanceTime(Halves[Index]);
        RaiseImages(10, LARGE_BYTES);
        SimAdvanceTime(Halves[Index]);
        RigQuery(&Query);
        assert_int_equal(Query.LongestStall, Longest);
        StallEnd(Stall);
        RigQuery(&Query);
        assert_int_equal(Query.LongestStall, Longest);
    }
}

static void
a_stall_that_drops_nothing_is_none(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    STALL *Stall = StallStart(RaiseStalled, NULL, SIM_POINT_UNLOCK, 1);
    Kinds[++Raised] = PRCM_KIND_IMAGE;
    RaiseImages(10, LARGE_BYTES);
    SimAdvanceTime(1000000);
    RigQuery(&Query);
    assert_int_equal(Query.LongestStall, 0);
    StallEnd(Stall);
    RigQuery(&Query);
    assert_int_equal(Query.LongestStall, 0);
}

static void
a_stall_lasts_until_the_record_that_bars_the_lane_is_committed(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    STALL *First = StallStart(RaiseStalled, NULL, SIM_POINT_UNLOCK, 1);
    STALL *Second = StallStart(RaiseStalled, NULL, SIM_POINT_UNLOCK, 1);
    Raised += 2;
    RaiseImages(60, LARGE_BYTES);
    SimAdvanceTime(1000);
    StallEnd(Second);
    SimAdvanceTime(1000);
    RigQuery(&Query);
    assert_int_equal(Query.Published, 1);
    assert_int_equal(Query.LongestStall, 2000);
    StallEnd(First);
    SimAdvanceTime(1000);
    RigQuery(&Query);
    assert_int_equal(Query.LongestStall, 2000);
}

static void
a_reader_that_comes_after_all_was_evicted_starts_at_the_oldest_kept(void **State)
{
    READER Reader;
    PRCM_QUERY Query;
    (void)State;
    RaiseImages(100, LARGE_BYTES);
    RigQuery(&Query);
    ReaderOpen(&Reader, PRCM_FROM_OLDEST);
    assert_int_equal(Reader.Subscribed.Start.Next, Query.Lanes[PRCM_LANE_IMAGE].Oldest);
    assert_int_equal(Reader.Subscribed.Oldest, Query.Lanes[PRCM_LANE_IMAGE].Oldest);
    assert_int_equal(Query.Evicted[PRCM_KIND_IMAGE], Reader.Subscribed.Start.Next - 1);
    ReaderDrain(&Reader);
    assert_int_equal(Reader.Lost[PRCM_KIND_IMAGE], 0);
    CheckStream(&Reader);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
lanes_never_take_more_than_their_size(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    for (ULONG Index = 0; Index < 200; Index++)
    {
        RaiseImages(1, (Index * 7919) % PRCM_MAX_STRING_BYTES & ~1u);
        RaiseStartAndExit(2 * (Index * 6007 % (PRCM_MAX_STRING_BYTES / 2)) + 2);
        RigQuery(&Query);
        for (ULONG Lane = 0; Lane < PRCM_LANE_COUNT; Lane++)
            assert_true(Query.Lanes[Lane].Used <= Query.Lanes[Lane].Bytes);
        assert_int_equal(Query.Dropped[PRCM_KIND_START] + Query.Dropped[PRCM_KIND_IMAGE], 0);
    }
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, LossReset, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(an_overtaken_reader_learns_exactly_what_it_missed),
        TEST(a_storm_of_images_pushes_out_no_start_and_no_exit),
        TEST(the_lifecycle_lane_overflows_as_exactly),
        TEST(a_slow_reader_is_told_and_a_fast_one_loses_nothing),
        TEST(kinds_not_subscribed_to_are_filtered_even_when_evicted),
        TEST(a_hole_at_the_end_of_what_is_kept_is_told_too),
        TEST(a_lost_that_does_not_fit_waits_for_room),
        TEST(newcomers_are_dropped_where_a_stalled_record_bars_the_lane),
        TEST(what_comes_after_the_stall_is_kept_again),
        TEST(a_stall_whose_length_the_clock_hides_counts_as_the_shortest),
        TEST(a_stall_in_which_the_clock_stands_still_counts_as_the_shortest),
        TEST(a_stall_begins_with_the_first_event_dropped_and_the_longest_is_told),
        TEST(a_stall_that_drops_nothing_is_none),
        TEST(a_stall_lasts_until_the_record_that_bars_the_lane_is_committed),
        TEST(a_reader_that_comes_after_all_was_evicted_starts_at_the_oldest_kept),
        TEST(lanes_never_take_more_than_their_size),
    };
    return cmocka_run_group_tests_name("driver loss", Tests, NULL, NULL);
}
