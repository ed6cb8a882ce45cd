/* SPDX-License-Identifier: MIT
 *
 * READ: when it completes, with what, and what the buffer's length does.
 */
#include "rig.h"
#include "stall.h"
#include <stdlib.h>

static void
one_event_completes_a_pended_read(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    assert_false(ReaderPend(&Reader));
    RigRaiseImage(1000);
    assert_true(SimIoDone(Reader.Pended));
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    assert_int_equal(Reader.RecordCount, 1);
    ReaderRecord(&Reader, 0, PRCM_KIND_IMAGE);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
each_kind_completes_a_pended_read(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    ReaderPend(&Reader);
    PEPROCESS Process = RigRaiseStart(1000);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    ReaderPend(&Reader);
    RigRaiseImage(1000);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    ReaderPend(&Reader);
    RigRaiseExit(Process);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    ReaderRecord(&Reader, 0, PRCM_KIND_START);
    ReaderRecord(&Reader, 1, PRCM_KIND_IMAGE);
    ReaderRecord(&Reader, 2, PRCM_KIND_EXIT);
    assert_int_equal(Reader.Batches, 3);
    ReaderClose(&Reader);
}

static void
what_came_before_the_read_completes_it_at_once_and_all_together(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Index = 0; Index < 100; Index++)
        RigRaiseImage(1000);
    assert_true(ReaderPend(&Reader));
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    assert_int_equal(Reader.RecordCount, 100);
    assert_false(ReaderPend(&Reader));
    RigRaiseImage(1000);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    ReaderClose(&Reader);
}

static void
no_wait_gives_an_empty_batch_that_tells_where_the_reader_is(void **State)
{
    READER Reader;
    (void)State;
    RigRaiseImage(1000);
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Index = 0; Index < 3; Index++)
    {
        assert_status(ReaderReadNow(&Reader), STATUS_SUCCESS);
        assert_int_equal(Reader.Buffer->RecordCount, 0);
        assert_int_equal(Reader.Buffer->Bytes, sizeof(PRCM_BATCH));
        assert_int_equal(Reader.Buffer->First, 2);
        assert_int_equal(Reader.Buffer->Next.Next, 2);
        assert_int_equal(Reader.Buffer->Head, 2);
        assert_int_equal(Reader.Buffer->Number, Index + 1);
    }
    ReaderClose(&Reader);
}

static void
a_second_read_of_a_handle_is_busy_and_does_no_harm(void **State)
{
    READER Reader;
    PRCM_READ Request = {sizeof(Request), 0};
    PRCM_READ NoWait = {sizeof(NoWait), PRCM_READ_NO_WAIT};
    char Out[4096];
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    assert_false(ReaderPend(&Reader));
    ULONG_PTR Information = 1;
    assert_status(
        SimControl(Reader.File, PRCM_IOCTL_READ, &Request, sizeof(Request), Out, sizeof(Out), &Information),
        STATUS_DEVICE_BUSY);
    assert_int_equal(Information, 0);
    assert_status(SimControl(Reader.File, PRCM_IOCTL_READ, &NoWait, sizeof(NoWait), Out, sizeof(Out), NULL),
                  STATUS_DEVICE_BUSY);
    RigRaiseImage(1000);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    assert_int_equal(Reader.RecordCount, 1);
    assert_int_equal(Reader.Batches, 1);
    ReaderClose(&Reader);
}

static void
RaiseOne(void *Context)
{
    (void)Context;
    RigRaiseImage(1000);
}

static void
a_second_read_is_busy_while_a_writer_fills_the_first(void **State)
{
    READER Reader;
    PRCM_READ NoWait = {sizeof(NoWait), PRCM_READ_NO_WAIT};
    char Out[4096];
    (void)State;
    /* A writer that has its number, has committed, has the READ off the queue, has read the log. */
    for (ULONG Nth = 1; Nth <= 4; Nth++)
    {
        ReaderOpen(&Reader, PRCM_FROM_NOW);
        assert_false(ReaderPend(&Reader));
        STALL *Stall = StallStart(RaiseOne, NULL, SIM_POINT_UNLOCK, Nth);
        assert_true(StallStands(Stall));
        assert_false(SimIoDone(Reader.Pended));
        assert_status(
            SimControl(Reader.File, PRCM_IOCTL_READ, &NoWait, sizeof(NoWait), Out, sizeof(Out), NULL),
            STATUS_DEVICE_BUSY);
        StallEnd(Stall);
        assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
        ReaderDrain(&Reader);
        assert_int_equal(Reader.RecordCount, 1);
        ReaderClose(&Reader);
    }
}

/* ---- Filters ---- */

static void
kinds_not_subscribed_to_neither_wake_nor_come_and_count_as_filtered(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    READER Reader;
    (void)State;
    Request.Kinds = PRCM_KIND_BIT(PRCM_KIND_EXIT);
    ReaderOpenWith(&Reader, &Request);
    assert_false(ReaderPend(&Reader));
    PEPROCESS Process = RigRaiseStart(1000);
    for (ULONG Index = 0; Index < 50; Index++)
        RigRaiseImage(1000);
    assert_false(SimIoDone(Reader.Pended));
    RigRaiseExit(Process);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    assert_int_equal(Reader.RecordCount, 1);
    ReaderRecord(&Reader, 0, PRCM_KIND_EXIT);
    assert_int_equal(Reader.Filtered[PRCM_KIND_START], 1);
    assert_int_equal(Reader.Filtered[PRCM_KIND_IMAGE], 50);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
processes_not_subscribed_to_neither_wake_nor_come(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    READER Reader;
    (void)State;
    Request.KeyCount = 2;
    Request.Keys[0] = 1004;
    Request.Keys[1] = 1000;
    ReaderOpenWith(&Reader, &Request);
    assert_false(ReaderPend(&Reader));
    RigRaiseImage(1001);
    RigRaiseImage(1008);
    assert_false(SimIoDone(Reader.Pended));
    RigRaiseImage(1000);
    RigRaiseImage(1004);
    RigRaiseImage(996);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    ReaderDrain(&Reader);
    assert_int_equal(Reader.RecordCount, 2);
    assert_int_equal(Reader.Records[0]->Key, 1000);
    assert_int_equal(Reader.Records[1]->Key, 1004);
    assert_int_equal(Reader.Filtered[PRCM_KIND_IMAGE], 3);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
as_many_processes_as_allowed_can_be_subscribed_to(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    READER Reader;
    (void)State;
    Request.KeyCount = PRCM_MAX_KEYS;
    for (ULONG Index = 0; Index < PRCM_MAX_KEYS; Index++)
        Request.Keys[Index] = 4 * (Index + 1);
    ReaderOpenWith(&Reader, &Request);
    for (ULONG Id = 4; Id <= 4 * (PRCM_MAX_KEYS + 1); Id += 4)
        RigRaiseImage(Id);
    assert_int_equal(ReaderDrain(&Reader), PRCM_MAX_KEYS);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
two_readers_with_different_filters_never_disturb_each_other(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    READER Images;
    READER Rest;
    (void)State;
    Request.Kinds = PRCM_KIND_BIT(PRCM_KIND_IMAGE);
    ReaderOpenWith(&Images, &Request);
    Request.Kinds = PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT);
    ReaderOpenWith(&Rest, &Request);
    ReaderPend(&Rest);
    for (ULONG Index = 0; Index < 10; Index++)
    {
        PEPROCESS Process = RigRaiseStart(1000 + 4 * Index);
        RigRaiseImage(1000 + 4 * Index);
        RigRaiseExit(Process);
    }
    assert_status(ReaderWait(&Rest), STATUS_SUCCESS);
    assert_int_equal(ReaderDrain(&Images), 10);
    ReaderDrain(&Rest);
    assert_int_equal(Rest.RecordCount, 20);
    ReaderCheckAccount(&Images);
    ReaderCheckAccount(&Rest);
    ReaderClose(&Images);
    ReaderClose(&Rest);
}

static void
one_event_completes_every_waiting_reader(void **State)
{
    READER Readers[8];
    PRCM_QUERY Query;
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        ReaderOpen(&Readers[Index], PRCM_FROM_NOW);
        assert_false(ReaderPend(&Readers[Index]));
    }
    RigQuery(&Query);
    assert_int_equal(Query.Waiting, RTL_NUMBER_OF(Readers));
    assert_int_equal(Query.Sessions, RTL_NUMBER_OF(Readers) + 1);
    RigRaiseImage(1000);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        assert_status(ReaderWait(&Readers[Index]), STATUS_SUCCESS);
        assert_int_equal(Readers[Index].RecordCount, 1);
        ReaderClose(&Readers[Index]);
    }
    RigQuery(&Query);
    assert_int_equal(Query.Waiting, 0);
    assert_int_equal(Query.Sessions, 1);
}

static void
CountLocks(void *Context, SIM_POINT Point, const void *Object)
{
    ULONG *Locks = Context;
    (void)Object;
    *Locks += Point == SIM_POINT_LOCK;
}

/* Number, commit, and one look at all that wait. */
static void
a_reader_that_an_event_is_not_for_is_looked_at_where_it_waits(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    READER Readers[3];
    ULONG Locks = 0;
    (void)State;
    Request.KeyCount = 1;
    Request.Keys[0] = 1004;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        ReaderOpenWith(&Readers[Index], &Request);
        assert_false(ReaderPend(&Readers[Index]));
    }
    SimSetHook(CountLocks, &Locks);
    RigRaiseImage(1000);
    SimSetHook(NULL, NULL);
    assert_int_equal(Locks, 3);
    RigRaiseImage(1004);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        assert_status(ReaderWait(&Readers[Index]), STATUS_SUCCESS);
        assert_int_equal(Readers[Index].RecordCount, 1);
        ReaderCheckAccount(&Readers[Index]);
        ReaderClose(&Readers[Index]);
    }
}

static void
an_event_that_nobody_waits_for_costs_one_lock(void **State)
{
    READER Reader;
    ULONG Locks = 0;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    SimSetHook(CountLocks, &Locks);
    RigRaiseImage(1000);
    SimSetHook(NULL, NULL);
    assert_int_equal(Locks, 1);
    ReaderClose(&Reader);
}

static void
one_event_completes_as_many_readers_as_there_can_be(void **State)
{
    READER Readers[PRCM_MAX_SESSIONS];
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        ReaderOpen(&Readers[Index], PRCM_FROM_NOW);
        assert_false(ReaderPend(&Readers[Index]));
    }
    RigRaiseImage(1000);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        assert_true(SimIoDone(Readers[Index].Pended));
        assert_status(ReaderWait(&Readers[Index]), STATUS_SUCCESS);
        assert_int_equal(Readers[Index].RecordCount, 1);
        ReaderClose(&Readers[Index]);
    }
}

/* ---- Lengths ---- */

static NTSTATUS
ReadNowInto(READER *Reader, ULONG Bytes)
{
    ULONG Before = Reader->BufferBytes;
    Reader->BufferBytes = Bytes;
    NTSTATUS Status = ReaderReadNow(Reader);
    Reader->BufferBytes = Before;
    return Status;
}

static void
a_buffer_too_short_for_the_next_record_is_told_what_it_takes(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    RigRaiseLargeStart(1000, PRCM_MAX_STRING_BYTES);
    for (ULONG Times = 0; Times < 2; Times++)
    {
        assert_status(ReadNowInto(&Reader, sizeof(PRCM_BATCH)), STATUS_BUFFER_OVERFLOW);
        assert_int_equal(Reader.Buffer->Bytes, sizeof(PRCM_BATCH));
        assert_int_equal(Reader.Buffer->RecordCount, 0);
        assert_int_equal(Reader.Buffer->Next.Next, 1);
        assert_int_equal(Reader.Batches, 0);
    }
    ULONG Required = Reader.Buffer->RequiredBytes;
    assert_status(ReadNowInto(&Reader, Required - 1), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(Reader.Buffer->RequiredBytes, Required);
    assert_status(ReadNowInto(&Reader, Required), STATUS_SUCCESS);
    assert_int_equal(Reader.RecordCount, 1);
    assert_int_equal(Reader.Buffer->Bytes, Required);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
a_pended_read_too_short_for_what_comes_overflows_and_loses_nothing(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    Reader.BufferBytes = sizeof(PRCM_BATCH) + 64;
    assert_false(ReaderPend(&Reader));
    RigRaiseImage(1000);
    assert_status(ReaderWait(&Reader), STATUS_BUFFER_OVERFLOW);
    Reader.BufferBytes = Reader.Buffer->RequiredBytes;
    assert_status(ReaderReadNow(&Reader), STATUS_SUCCESS);
    assert_int_equal(Reader.RecordCount, 1);
    ReaderClose(&Reader);
}

/* Every length from a batch header to some records: whole records only, in order, none twice, none left out. */
static void
every_buffer_length_delivers_everything_once(void **State)
{
    enum
    {
        EVENTS = 20
    };
    (void)State;
    for (ULONG Bytes = sizeof(PRCM_BATCH); Bytes < sizeof(PRCM_BATCH) + 1600; Bytes += 9)
    {
        PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
        READER Reader;
        ReaderOpenWith(&Reader, &Request);
        Reader.SearchAddresses = false;
        for (ULONG Index = 0; Index < EVENTS; Index++)
            RigRaiseLargeImage(1000, Index * 14);
        ULONG Length = Bytes;
        while (Reader.RecordCount < EVENTS)
        {
            NTSTATUS Status = ReadNowInto(&Reader, Length);
            assert_true(Status == STATUS_SUCCESS || Status == STATUS_BUFFER_OVERFLOW);
            Length = Status == STATUS_SUCCESS ? Bytes : Reader.Buffer->RequiredBytes;
        }
        for (ULONG Index = 0; Index < EVENTS; Index++)
            assert_int_equal(Reader.Records[Index]->Sequence, Reader.Subscribed.Start.Next + Index);
        ReaderClose(&Reader);
    }
}

/* The driver maps the caller's buffer as it lies. */
static void
buffers_at_odd_addresses_are_filled_correctly(void **State)
{
    READER Reader;
    char *Room = malloc(8192);
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Offset = 0; Offset < 16; Offset++)
    {
        PRCM_READ Request = {sizeof(Request), PRCM_READ_NO_WAIT};
        ULONG_PTR Information;
        PRCM_RECORDS Records;
        RigRaiseImage(1000);
        assert_status(SimControl(Reader.File, PRCM_IOCTL_READ, &Request, sizeof(Request), Room + Offset, 4096,
                                 &Information),
                      STATUS_SUCCESS);
        memmove(Room, Room + Offset, Information);
        assert_int_equal(PrcmBatchOpen(Room, (uint32_t)Information, &Records), PRCM_OK);
        assert_int_equal(((PRCM_BATCH *)(void *)Room)->RecordCount, 1);
    }
    free(Room);
    ReaderClose(&Reader);
}

static void
a_backlog_larger_than_the_longest_read_comes_in_several(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    Reader.SearchAddresses = false;
    free(Reader.Buffer);
    Reader.BufferBytes = PRCM_MAX_READ_BYTES;
    Reader.Buffer = malloc(Reader.BufferBytes);
    for (ULONG Index = 0; Index < 40; Index++)
        RigRaiseLargeImage(1000, 60000);
    assert_status(ReaderReadNow(&Reader), STATUS_SUCCESS);
    assert_true(Reader.RecordCount > 10 && Reader.RecordCount < 40);
    ReaderDrain(&Reader);
    assert_int_equal(Reader.RecordCount, 40);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

/* What a stalled writer held back is published at once when it goes on; it is not the one to copy all of it. */
static void
a_writer_hands_over_but_a_little_of_what_it_publishes(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    assert_false(ReaderPend(&Reader));
    STALL *Stall = StallStart(RaiseOne, NULL, SIM_POINT_UNLOCK, 1);
    for (ULONG Index = 0; Index < 100; Index++)
        RigRaiseLargeImage(1000, 2000);
    StallEnd(Stall);
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    assert_true(Reader.RecordCount > 1 && Reader.RecordCount < 20);
    ReaderDrain(&Reader);
    assert_int_equal(Reader.RecordCount, 101);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

/* So many at once that the writer cannot tell under one lock that there is nothing among them for this reader: it takes the
 * READ off the queue, and puts it back. */
static void
many_events_of_others_published_at_once_leave_the_read_pended(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    PRCM_QUERY Query;
    READER Reader;
    (void)State;
    Request.KeyCount = 1;
    Request.Keys[0] = 2000;
    ReaderOpenWith(&Reader, &Request);
    assert_false(ReaderPend(&Reader));
    STALL *Stall = StallStart(RaiseOne, NULL, SIM_POINT_UNLOCK, 1);
    for (ULONG Index = 0; Index < 100; Index++)
        RigRaiseImage(1000);
    StallEnd(Stall);
    assert_false(SimIoDone(Reader.Pended));
    RigQuery(&Query);
    assert_int_equal(Query.Published, 102);
    assert_int_equal(Query.Waiting, 1);
    RigRaiseImage(2000);
    assert_true(SimIoDone(Reader.Pended));
    assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
    assert_int_equal(Reader.RecordCount, 1);
    assert_int_equal(Reader.Filtered[PRCM_KIND_IMAGE], 101);
    assert_int_equal(Reader.Batches, 1);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

/* An image load whose record has this many bytes. */
static void
RaiseImageOfSize(ULONG Bytes)
{
    RigRaiseLargeImage(1000, Bytes - (ULONG)sizeof(PRCM_IMAGE));
}

static void
a_writer_adds_no_record_to_16_kib_and_one_to_less(void **State)
{
    (void)State;
    for (ULONG Missing = 0; Missing <= 8; Missing += 8)
    {
        READER Reader;
        ReaderOpen(&Reader, PRCM_FROM_NOW);
        assert_false(ReaderPend(&Reader));
        STALL *Stall = StallStart(RaiseOne, NULL, SIM_POINT_UNLOCK, 1);
        for (ULONG Index = 0; Index < 7; Index++)
            RaiseImageOfSize(2000);
        /* The one before these took what RaiseOne's takes. */
        ULONG Rest = 16384 - Missing - (ULONG)sizeof(PRCM_BATCH) - 7 * 2000 - (sizeof(PRCM_IMAGE) + 80);
        RaiseImageOfSize(Rest);
        for (ULONG Index = 0; Index < 3; Index++)
            RaiseImageOfSize(200);
        StallEnd(Stall);
        assert_status(ReaderWait(&Reader), STATUS_SUCCESS);
        assert_int_equal(Reader.RecordCount, Missing ? 10 : 9);
        assert_int_equal(Reader.Buffer->Bytes, Missing ? 16376 + 200 : 16384);
        ReaderDrain(&Reader);
        assert_int_equal(Reader.RecordCount, 12);
        ReaderClose(&Reader);
    }
}

static void
a_buffer_that_cannot_be_mapped_moves_no_cursor(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    RigRaiseImage(1000);
    SimRefuse("MmMapLockedPagesSpecifyCache", STATUS_INSUFFICIENT_RESOURCES);
    assert_status(ReaderReadNow(&Reader), STATUS_INSUFFICIENT_RESOURCES);
    SimRefuse("MmMapLockedPagesSpecifyCache", STATUS_SUCCESS);
    assert_int_equal(ReaderDrain(&Reader), 1);
    assert_int_equal(Reader.At.Next, 2);
    ReaderClose(&Reader);
}

static void
the_head_and_the_counts_of_a_batch_are_of_one_moment(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    Reader.BufferBytes = sizeof(PRCM_BATCH) + 400;
    for (ULONG Index = 0; Index < 12; Index++)
        RigRaiseImage(1000);
    assert_status(ReaderReadNow(&Reader), STATUS_SUCCESS);
    assert_int_equal(Reader.Buffer->Head, 13);
    assert_int_equal(Reader.Buffer->HeadCaptured[PRCM_KIND_IMAGE], 12);
    assert_true(Reader.Buffer->Next.Next < 13);
    ReaderDrain(&Reader);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, RigStart, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(one_event_completes_a_pended_read),
        TEST(each_kind_completes_a_pended_read),
        TEST(what_came_before_the_read_completes_it_at_once_and_all_together),
        TEST(no_wait_gives_an_empty_batch_that_tells_where_the_reader_is),
        TEST(a_second_read_of_a_handle_is_busy_and_does_no_harm),
        TEST(a_second_read_is_busy_while_a_writer_fills_the_first),
        TEST(kinds_not_subscribed_to_neither_wake_nor_come_and_count_as_filtered),
        TEST(processes_not_subscribed_to_neither_wake_nor_come),
        TEST(as_many_processes_as_allowed_can_be_subscribed_to),
        TEST(two_readers_with_different_filters_never_disturb_each_other),
        TEST(one_event_completes_every_waiting_reader),
        TEST(one_event_completes_as_many_readers_as_there_can_be),
        TEST(a_reader_that_an_event_is_not_for_is_looked_at_where_it_waits),
        TEST(an_event_that_nobody_waits_for_costs_one_lock),
        TEST(a_buffer_too_short_for_the_next_record_is_told_what_it_takes),
        TEST(a_pended_read_too_short_for_what_comes_overflows_and_loses_nothing),
        TEST(every_buffer_length_delivers_everything_once),
        TEST(buffers_at_odd_addresses_are_filled_correctly),
        TEST(a_backlog_larger_than_the_longest_read_comes_in_several),
        TEST(a_writer_hands_over_but_a_little_of_what_it_publishes),
        TEST(many_events_of_others_published_at_once_leave_the_read_pended),
        TEST(a_writer_adds_no_record_to_16_kib_and_one_to_less),
        TEST(a_buffer_that_cannot_be_mapped_moves_no_cursor),
        TEST(the_head_and_the_counts_of_a_batch_are_of_one_moment),
    };
    return cmocka_run_group_tests_name("driver read", Tests, NULL, NULL);
}
