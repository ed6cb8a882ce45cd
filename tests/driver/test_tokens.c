/* SPDX-License-Identifier: MIT
 *
 * Where a reader may go on: a token, a bare number, a token of another run, and tokens that lie.
 */
#include "rig.h"
#include "stall.h"
#include <stdlib.h>

#define LARGE_BYTES 60000u

static int
TokensReset(void **State)
{
    RigReset(State);
    SimSetRegistryDword(L"LifecycleLaneBytes", PRCM_MIN_LANE_BYTES);
    SimSetRegistryDword(L"ImageLaneBytes", PRCM_MIN_LANE_BYTES);
    RigLoad();
    return 0;
}

static void
RaiseSome(ULONG Count)
{
    for (ULONG Index = 0; Index < Count; Index++)
    {
        PEPROCESS Process = RigRaiseStart(1000);
        RigRaiseImage(1000);
        RigRaiseImage(1000);
        RigRaiseExit(Process);
    }
}

static void
Evict(void)
{
    for (ULONG Index = 0; Index < 80; Index++)
    {
        RigRaiseLargeImage(1000, LARGE_BYTES);
        RigRaiseLargeStart(1000, LARGE_BYTES);
    }
}

static NTSTATUS
TrySubscribe(const PRCM_SUBSCRIBE *Request, PRCM_SUBSCRIBED *Subscribed)
{
    HANDLE File = RigOpen();
    NTSTATUS Status = SimControl(File, PRCM_IOCTL_SUBSCRIBE, Request, sizeof(*Request), Subscribed,
                                 sizeof(*Subscribed), NULL);
    SimClose(File);
    return Status;
}

static void
ReaderResume(READER *Reader, const PRCM_TOKEN *Token)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_TOKEN);
    Request.Token = *Token;
    ReaderOpenWith(Reader, &Request);
}

static void
ReaderFromNumber(READER *Reader, uint64_t Number)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_SEQUENCE);
    Request.Token.Next = Number;
    ReaderOpenWith(Reader, &Request);
}

static void
from_now_is_the_next_event_and_from_oldest_the_first(void **State)
{
    READER Oldest;
    READER Now;
    (void)State;
    RaiseSome(5);
    ReaderOpen(&Now, PRCM_FROM_NOW);
    ReaderOpen(&Oldest, PRCM_FROM_OLDEST);
    assert_int_equal(Now.Subscribed.Start.Next, 21);
    assert_int_equal(Now.Subscribed.Head, 21);
    assert_int_equal(Now.Subscribed.Start.Captured[PRCM_KIND_IMAGE], 10);
    assert_int_equal(Now.Subscribed.Resume, PRCM_RESUME_EXACT);
    assert_int_equal(Oldest.Subscribed.Start.Next, 1);
    RaiseSome(1);
    assert_int_equal(ReaderDrain(&Now), 4);
    assert_int_equal(ReaderDrain(&Oldest), 24);
    ReaderCheckAccount(&Now);
    ReaderCheckAccount(&Oldest);
    ReaderClose(&Now);
    ReaderClose(&Oldest);
}

static void
a_reader_that_dies_is_followed_by_one_that_goes_on_exactly(void **State)
{
    READER First;
    READER Second;
    (void)State;
    ReaderOpen(&First, PRCM_FROM_NOW);
    RaiseSome(3);
    First.BufferBytes = sizeof(PRCM_BATCH) + 700;
    assert_status(ReaderReadNow(&First), STATUS_SUCCESS);
    assert_true(First.RecordCount > 0 && First.RecordCount < 12);
    PRCM_TOKEN Token = First.At;
    size_t Had = First.RecordCount;
    ReaderClose(&First);
    RaiseSome(2);
    ReaderResume(&Second, &Token);
    assert_int_equal(Second.Subscribed.Resume, PRCM_RESUME_EXACT);
    assert_memory_equal(&Second.Subscribed.Start, &Token, sizeof(Token));
    assert_int_equal(ReaderDrain(&Second), 20 - Had);
    assert_int_equal(Second.Records[0]->Sequence, Had + 1);
    ReaderCheckAccount(&Second);
    ReaderClose(&Second);
}

static void
every_token_that_was_given_can_be_gone_on_from(void **State)
{
    PRCM_TOKEN Tokens[64];
    ULONG Count = 0;
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (; Count < 64; Count++)
    {
        RaiseSome(Count % 3);
        ReaderDrain(&Reader);
        Tokens[Count] = Reader.At;
    }
    ReaderClose(&Reader);
    for (ULONG Index = 0; Index < Count; Index++)
    {
        ReaderResume(&Reader, &Tokens[Index]);
        assert_int_equal(ReaderDrain(&Reader), Tokens[Count - 1].Next - Tokens[Index].Next);
        ReaderCheckAccount(&Reader);
        ReaderClose(&Reader);
    }
}

static void
a_token_whose_place_was_evicted_still_tells_kinds_exactly(void **State)
{
    READER Reader;
    PRCM_QUERY Query;
    PRCM_TOKEN Token;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    RaiseSome(3);
    ReaderDrain(&Reader);
    Token = Reader.At;
    ReaderClose(&Reader);
    Evict();
    ReaderResume(&Reader, &Token);
    assert_int_equal(Reader.Subscribed.Resume, PRCM_RESUME_EXACT);
    ReaderDrain(&Reader);
    RigQuery(&Query);
    assert_int_equal(Reader.Unknown, 0);
    assert_int_equal(Reader.Lost[PRCM_KIND_IMAGE] + Reader.Delivered[PRCM_KIND_IMAGE], 80);
    assert_int_equal(Reader.Lost[PRCM_KIND_START] + Reader.Delivered[PRCM_KIND_START], 80);
    assert_int_equal(Reader.Lost[PRCM_KIND_IMAGE], Query.Evicted[PRCM_KIND_IMAGE] - 6);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

/* ---- A bare number ---- */

static void
every_number_that_the_log_still_knows_is_exact(void **State)
{
    (void)State;
    RaiseSome(10);
    for (uint64_t Number = 1; Number <= 41; Number++)
    {
        READER Reader;
        ReaderFromNumber(&Reader, Number);
        assert_int_equal(Reader.Subscribed.Resume, PRCM_RESUME_EXACT);
        assert_int_equal(Reader.Subscribed.Start.Next, Number);
        assert_int_equal(Reader.Subscribed.Start.CountsKnown, 1);
        assert_int_equal(ReaderDrain(&Reader), 41 - Number);
        ReaderCheckAccount(&Reader);
        ReaderClose(&Reader);
    }
}

static void
a_number_whose_baseline_is_gone_tells_kinds_unknown(void **State)
{
    READER Reader;
    PRCM_QUERY Query;
    (void)State;
    RaiseSome(5);
    Evict();
    RigQuery(&Query);
    uint64_t Oldest = min(Query.Lanes[0].Oldest, Query.Lanes[1].Oldest);
    ReaderFromNumber(&Reader, 3);
    assert_int_equal(Reader.Subscribed.Resume, PRCM_RESUME_KINDS_UNKNOWN);
    assert_int_equal(Reader.Subscribed.Start.CountsKnown, 0);
    ReaderDrain(&Reader);
    const PRCM_LOST *Lost = ReaderRecord(&Reader, 0, PRCM_KIND_LOST);
    assert_int_equal(Lost->Header.Sequence, 3);
    assert_int_equal(Lost->NextSequence, Oldest);
    assert_int_equal(Lost->Unknown, Oldest - 3);
    assert_int_equal(Reader.Unknown, Oldest - 3);
    assert_int_equal(Reader.At.CountsKnown, 1);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
number_one_is_always_exact(void **State)
{
    READER Reader;
    (void)State;
    Evict();
    ReaderFromNumber(&Reader, 1);
    assert_int_equal(Reader.Subscribed.Resume, PRCM_RESUME_EXACT);
    ReaderDrain(&Reader);
    assert_int_equal(Reader.Unknown, 0);
    assert_true(Reader.Lost[PRCM_KIND_IMAGE] > 0);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
numbers_not_yet_given_are_refused(void **State)
{
    static const uint64_t Numbers[] = {0, 22, 23, 1ull << 32, UINT64_MAX};
    PRCM_SUBSCRIBED Subscribed;
    READER Reader;
    (void)State;
    RaiseSome(5);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Numbers); Index++)
    {
        PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_SEQUENCE);
        Request.Token.Next = Numbers[Index];
        assert_status(TrySubscribe(&Request, &Subscribed), STATUS_INVALID_PARAMETER);
    }
    ReaderFromNumber(&Reader, 21);
    RaiseSome(1);
    assert_int_equal(ReaderDrain(&Reader), 4);
    ReaderClose(&Reader);
}

static void
a_bare_number_with_more_of_a_token_is_refused(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_SEQUENCE);
    PRCM_SUBSCRIBED Subscribed;
    (void)State;
    RaiseSome(5);
    Request.Token.Next = 3;
    Request.Token.Instance = 1;
    assert_status(TrySubscribe(&Request, &Subscribed), STATUS_INVALID_PARAMETER);
    Request.Token.Instance = 0;
    Request.Token.CountsKnown = 1;
    assert_status(TrySubscribe(&Request, &Subscribed), STATUS_INVALID_PARAMETER);
    Request.Token.CountsKnown = 0;
    Request.Token.Captured[0] = 1;
    assert_status(TrySubscribe(&Request, &Subscribed), STATUS_INVALID_PARAMETER);
}

/* ---- Another run ---- */

static void
a_token_of_another_run_starts_over_and_says_so(void **State)
{
    READER Reader;
    (void)State;
    RaiseSome(5);
    ReaderOpen(&Reader, PRCM_FROM_OLDEST);
    ReaderDrain(&Reader);
    PRCM_TOKEN Token = Reader.At;
    ReaderClose(&Reader);
    RigUnload();
    SimAdvanceTime(10000000);
    RigLoad();
    RaiseSome(2);
    ReaderResume(&Reader, &Token);
    assert_int_equal(Reader.Subscribed.Resume, PRCM_RESUME_OTHER_INSTANCE);
    assert_int_equal(Reader.Subscribed.Start.Next, 1);
    assert_int_not_equal(Reader.Subscribed.Start.Instance, Token.Instance);
    assert_int_equal(ReaderDrain(&Reader), 8);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

/* ---- Tokens that lie ---- */

static PRCM_TOKEN
GoodToken(void)
{
    READER Reader;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    PRCM_TOKEN Token = Reader.At;
    ReaderClose(&Reader);
    return Token;
}

static void
tokens_that_cannot_be_are_refused(void **State)
{
    PRCM_TOKEN Wrong[14];
    PRCM_SUBSCRIBED Subscribed;
    ULONG Count = 0;
    (void)State;
    RaiseSome(5);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Wrong); Index++)
        Wrong[Index] = GoodToken();
    Wrong[Count++].Instance = 0;
    Wrong[Count++].Next = 0;
    Wrong[Count++].Next++;
    Wrong[Count++].Next--;
    Wrong[Count++].Next = UINT64_MAX;
    Wrong[Count++].Captured[PRCM_KIND_IMAGE]++;
    Wrong[Count].Captured[PRCM_KIND_IMAGE]--;
    Wrong[Count++].Captured[PRCM_KIND_START]++;
    Wrong[Count].Captured[PRCM_KIND_IMAGE]--;
    Wrong[Count++].Captured[3]++;
    Wrong[Count++].Captured[PRCM_KIND_START] = UINT64_MAX;
    Wrong[Count++].Dropped[PRCM_KIND_EXIT] = 1;
    Wrong[Count++].Dropped[3] = 1;
    Wrong[Count++].CountsKnown = 2;
    Wrong[Count++].CountsKnown = 0;
    Wrong[Count++].Reserved = 1;
    for (ULONG Index = 0; Index < Count; Index++)
    {
        PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_TOKEN);
        Request.Token = Wrong[Index];
        assert_status(TrySubscribe(&Request, &Subscribed), STATUS_INVALID_PARAMETER);
    }
}

/* A lie that cannot be found out harms its bearer alone: no crash, every event that is there comes, and another reader
 * notices nothing. */
static void
tokens_that_lie_harm_their_bearer_alone(void **State)
{
    READER Honest;
    ULONG Accepted = 0;
    (void)State;
    srand(20261122);
    RaiseSome(20);
    Evict();
    RaiseSome(20);
    ReaderOpen(&Honest, PRCM_FROM_OLDEST);
    PRCM_TOKEN Good = GoodToken();
    for (ULONG Times = 0; Times < 3000; Times++)
    {
        PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_TOKEN);
        PRCM_READ Read = {sizeof(Read), PRCM_READ_NO_WAIT};
        PRCM_SUBSCRIBED Subscribed;
        static uint64_t Buffer[4096];
        ULONG_PTR Information;
        PRCM_TOKEN *Token = &Request.Token;
        *Token = (PRCM_TOKEN){.Instance = Good.Instance, .Next = 1, .CountsKnown = 1};
        for (ULONG Kind = 0; Kind < 3; Kind++)
        {
            Token->Captured[Kind] = (uint64_t)rand() % (Good.Captured[Kind] + 1);
            Token->Next += Token->Captured[Kind];
        }
        HANDLE File = RigOpen();
        NTSTATUS Status = SimControl(File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), &Subscribed,
                                     sizeof(Subscribed), NULL);
        for (ULONG Reads = 0; NT_SUCCESS(Status) && Reads < 2; Reads++)
        {
            Accepted++;
            Status =
                SimControl(File, PRCM_IOCTL_READ, &Read, sizeof(Read), Buffer, sizeof(Buffer), &Information);
            assert_true(Status == STATUS_SUCCESS || Status == STATUS_BUFFER_OVERFLOW);
        }
        SimClose(File);
    }
    assert_true(Accepted > 100);
    ReaderDrain(&Honest);
    ReaderCheckAccount(&Honest);
    ReaderClose(&Honest);
}

static void
RaiseOneImage(void *Context)
{
    (void)Context;
    RigRaiseImage(1000);
}

/* Image loads alone: some evicted before an entry that stands still, and some dropped behind it. The number of the entry
 * that stood; Dropped receives how many. */
static uint64_t
DropImages(uint64_t *Dropped)
{
    PRCM_QUERY Query;
    for (ULONG Index = 0; Index < 40; Index++)
        RigRaiseLargeImage(1000, LARGE_BYTES);
    RigQuery(&Query);
    STALL *Stall = StallStart(RaiseOneImage, NULL, SIM_POINT_UNLOCK, 1);
    for (ULONG Index = 0; Index < 40; Index++)
        RigRaiseLargeImage(1000, LARGE_BYTES);
    StallEnd(Stall);
    uint64_t Stood = Query.Next;
    RigQuery(&Query);
    *Dropped = Query.Dropped[PRCM_KIND_IMAGE];
    assert_true(*Dropped > 0);
    return Stood;
}

/* What a bearer of Token, who wants image loads alone, is told first: a hole of unknown kinds up to Next. No READER: its books
 * would show the lie. */
static void
CheckUnknownHole(const PRCM_TOKEN *Token, uint64_t Next)
{
    static struct
    {
        PRCM_BATCH Batch;
        PRCM_LOST Lost;
    } Out;
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_TOKEN);
    PRCM_READ Read = {sizeof(Read), PRCM_READ_NO_WAIT};
    PRCM_SUBSCRIBED Subscribed;
    HANDLE File = RigOpen();
    Request.Token = *Token;
    Request.Kinds = PRCM_KIND_BIT(PRCM_KIND_IMAGE);
    assert_status(SimControl(File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), &Subscribed,
                             sizeof(Subscribed), NULL),
                  STATUS_SUCCESS);
    assert_status(SimControl(File, PRCM_IOCTL_READ, &Read, sizeof(Read), &Out, sizeof(Out), NULL),
                  STATUS_SUCCESS);
    assert_int_equal(Out.Batch.RecordCount, 1);
    assert_int_equal(Out.Batch.Unknown, Next - Token->Next);
    assert_int_equal(Out.Lost.Header.Kind, PRCM_KIND_LOST);
    assert_int_equal(Out.Lost.Header.Sequence, Token->Next);
    assert_int_equal(Out.Lost.NextSequence, Next);
    assert_int_equal(Out.Lost.Unknown, Next - Token->Next);
    assert_int_equal(Out.Lost.Evicted[PRCM_KIND_IMAGE] + Out.Lost.Dropped[PRCM_KIND_IMAGE], 0);
    assert_int_equal(Out.Lost.Filtered, 0);
    SimClose(File);
}

static void
a_token_that_says_more_dropped_than_were_yet_gets_unknown(void **State)
{
    uint64_t Dropped;
    (void)State;
    uint64_t Stood = DropImages(&Dropped);
    PRCM_TOKEN Token = GoodToken();
    /* The first that the log still has is the one that stood: before it, none had been dropped. */
    Token.Next = 2;
    Token.Captured[PRCM_KIND_IMAGE] = Token.Dropped[PRCM_KIND_IMAGE] = 1;
    CheckUnknownHole(&Token, Stood);
}

static void
a_token_that_leaves_more_dropped_than_captured_gets_unknown(void **State)
{
    uint64_t Dropped;
    (void)State;
    DropImages(&Dropped);
    PRCM_TOKEN Token = GoodToken();
    /* It has had all image loads so far, and denies that any was dropped. */
    Token.Dropped[PRCM_KIND_IMAGE] = 0;
    for (ULONG Index = 0; Index < 3; Index++)
        RigRaiseLargeStart(1000, 64);
    RigRaiseImage(1000);
    CheckUnknownHole(&Token, Token.Next + 3);
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, TokensReset, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(from_now_is_the_next_event_and_from_oldest_the_first),
        TEST(a_reader_that_dies_is_followed_by_one_that_goes_on_exactly),
        TEST(every_token_that_was_given_can_be_gone_on_from),
        TEST(a_token_whose_place_was_evicted_still_tells_kinds_exactly),
        TEST(every_number_that_the_log_still_knows_is_exact),
        TEST(a_number_whose_baseline_is_gone_tells_kinds_unknown),
        TEST(number_one_is_always_exact),
        TEST(numbers_not_yet_given_are_refused),
        TEST(a_bare_number_with_more_of_a_token_is_refused),
        TEST(a_token_of_another_run_starts_over_and_says_so),
        TEST(tokens_that_cannot_be_are_refused),
        TEST(tokens_that_lie_harm_their_bearer_alone),
        TEST(a_token_that_says_more_dropped_than_were_yet_gets_unknown),
        TEST(a_token_that_leaves_more_dropped_than_captured_gets_unknown),
    };
    return cmocka_run_group_tests_name("driver tokens", Tests, NULL, NULL);
}
