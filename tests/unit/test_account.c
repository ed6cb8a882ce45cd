/* SPDX-License-Identifier: MIT
 *
 * A reader's account follows its batches one upon the other, refuses one that does not follow, and closes
 * against the driver's own counters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "account.h"
#include "batch_builder.h"

static const uint64_t Before[PRCM_KIND_COUNT] = {10, 8, 40, 0};

/* A reader that starts behind Before, and the batch it is to get first. */
typedef struct READER
{
    ACCOUNT Account;
    BATCH_BUILDER Builder;
    PRCM_BATCH *Batch;
} READER;

static PRCM_SUBSCRIBED
Subscribed(const BATCH_BUILDER *Builder)
{
    const PRCM_BATCH *Batch = &Builder->Batch;
    return (PRCM_SUBSCRIBED){
        .Size = sizeof(PRCM_SUBSCRIBED),
        .AbiVersion = PRCM_ABI_VERSION,
        .Resume = PRCM_RESUME_EXACT,
        .Start = Batch->Next,
        .Oldest = 1,
        .Head = Batch->Next.Next + 100,
    };
}

/* Delivered: a start, an image, an exit. Lost: 3 images, 1 of them dropped. Filtered: 2 exits. Ahead: 4. */
static READER *
ReaderCreate(void)
{
    static READER Reader;
    memset(&Reader, 0, sizeof(Reader));
    BuilderBegin(&Reader.Builder, Before);
    PRCM_SUBSCRIBED Answer = Subscribed(&Reader.Builder);
    assert_int_equal(AccountOpen(&Reader.Account, &Answer), PRCM_OK);
    BuilderAddStart(&Reader.Builder, 4);
    BuilderAddLost(&Reader.Builder, PRCM_KIND_IMAGE, 2, 1, PRCM_KIND_EXIT, 1);
    BuilderAddImage(&Reader.Builder, 4);
    BuilderFilter(&Reader.Builder, PRCM_KIND_EXIT);
    BuilderAddExit(&Reader.Builder, 4);
    Reader.Batch = BuilderEnd(&Reader.Builder, 4);
    return &Reader;
}

static void
AssertCounts(const uint64_t Counts[PRCM_KIND_COUNT], uint64_t Starts, uint64_t Exits, uint64_t Images)
{
    assert_int_equal(Counts[PRCM_KIND_START], Starts);
    assert_int_equal(Counts[PRCM_KIND_EXIT], Exits);
    assert_int_equal(Counts[PRCM_KIND_IMAGE], Images);
    assert_int_equal(Counts[3], 0);
}

static void
closes_with_nothing_read(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    const uint64_t Captured[PRCM_KIND_COUNT] = {11, 8, 42, 0};
    PRCM_ACCOUNT Taken;
    AccountSetHead(&Reader->Account, 62, Captured);
    AccountTake(&Reader->Account, &Taken);
    assert_true(Taken.Closed);
    assert_true(Taken.KindsKnown);
    assert_int_equal(Taken.From, 59);
    assert_int_equal(Taken.Next, 59);
    assert_int_equal(Taken.Head, 62);
    AssertCounts(Taken.Captured, 1, 0, 2);
    AssertCounts(Taken.Unread, 1, 0, 2);
}

static void
tells_each_kind_of_a_batch(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    PRCM_ACCOUNT Taken;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_OK);
    AccountTake(&Reader->Account, &Taken);
    assert_true(Taken.Closed);
    assert_int_equal(Taken.Instance, Reader->Batch->Next.Instance);
    assert_int_equal(Taken.From, 59);
    assert_int_equal(Taken.Next, 67);
    assert_int_equal(Taken.Head, 71);
    AssertCounts(Taken.Delivered, 1, 1, 1);
    AssertCounts(Taken.Filtered, 0, 2, 0);
    AssertCounts(Taken.Lost, 0, 0, 3);
    AssertCounts(Taken.Unread, 0, 4, 0);
    AssertCounts(Taken.Captured, 1, 7, 4);
}

/* Makes Reader's next batch: one exit and Ahead more that are not read yet. */
static void
ReaderNextBatch(READER *Reader, uint64_t Ahead)
{
    uint64_t Captured[PRCM_KIND_COUNT];
    PRCM_TOKEN Next = Reader->Batch->Next;
    uint64_t Number = Reader->Batch->Number;
    memcpy(Captured, Next.Captured, sizeof(Captured));
    BuilderBegin(&Reader->Builder, Captured);
    Reader->Batch->Number = Number + 1;
    memcpy(Reader->Batch->Next.Dropped, Next.Dropped, sizeof(Next.Dropped));
    BuilderAddExit(&Reader->Builder, 8);
    BuilderEnd(&Reader->Builder, Ahead);
}

static void
sums_up_over_batches(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    PRCM_ACCOUNT Taken;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_OK);
    for (uint32_t Left = 4; Left != 0; Left--)
    {
        ReaderNextBatch(Reader, Left - 1);
        assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_OK);
    }
    AccountTake(&Reader->Account, &Taken);
    assert_true(Taken.Closed);
    assert_int_equal(Taken.Next, 71);
    AssertCounts(Taken.Delivered, 1, 5, 1);
    AssertCounts(Taken.Unread, 0, 0, 0);
    AssertCounts(Taken.Captured, 1, 7, 4);
}

static void
counts_nothing_for_an_answer_that_requires_more_bytes(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    static BATCH_BUILDER Builder;
    BuilderBegin(&Builder, Before);
    BuilderEnd(&Builder, 1)->RequiredBytes = 4096;
    assert_int_equal(AccountAdd(&Reader->Account, &Builder.Batch), PRCM_OK);
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_OK);
}

static void
refuses_a_batch_twice(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_OK);
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_ERROR_ACCOUNT);
}

static void
refuses_a_batch_left_out(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    Reader->Batch->Number = 2;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_ERROR_ACCOUNT);
}

static void
refuses_numbers_left_out(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    Reader->Batch->First++;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_ERROR_ACCOUNT);
}

static void
refuses_another_instance(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    Reader->Batch->Next.Instance++;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_ERROR_ACCOUNT);
}

static void
refuses_counts_that_do_not_go_on(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    Reader->Batch->Next.Captured[PRCM_KIND_EXIT]++;
    Reader->Batch->Next.Captured[PRCM_KIND_START]--;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_ERROR_ACCOUNT);
}

static void
refuses_drops_taken_back(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_OK);
    ReaderNextBatch(Reader, 0);
    Reader->Batch->Next.Dropped[PRCM_KIND_IMAGE]--;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_ERROR_ACCOUNT);
}

static void
refuses_counts_forgotten(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    Reader->Batch->Next.CountsKnown = 0;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_ERROR_ACCOUNT);
}

static void
leaves_the_account_alone_when_it_refuses(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    ACCOUNT Kept = Reader->Account;
    Reader->Batch->First++;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_ERROR_ACCOUNT);
    assert_memory_equal(&Reader->Account, &Kept, sizeof(Kept));
}

static void
does_not_close_when_the_driver_counted_more(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    PRCM_ACCOUNT Taken;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_OK);
    const uint64_t Captured[PRCM_KIND_COUNT] = {12, 15, 45, 0};
    AccountSetHead(&Reader->Account, 72, Captured);
    AccountTake(&Reader->Account, &Taken);
    assert_false(Taken.Closed);
}

static void
does_not_close_when_the_driver_counted_another_kind(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    PRCM_ACCOUNT Taken;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_OK);
    const uint64_t Captured[PRCM_KIND_COUNT] = {10, 17, 44, 0};
    AccountSetHead(&Reader->Account, 72, Captured);
    AccountTake(&Reader->Account, &Taken);
    assert_false(Taken.Closed);
}

/* Sums of ours that went wrong, which no batch that was checked can bring about. */
static void
does_not_close_when_the_reader_counted_wrong(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    PRCM_ACCOUNT Taken;
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_OK);
    Reader->Account.Delivered[PRCM_KIND_EXIT]++;
    AccountTake(&Reader->Account, &Taken);
    assert_false(Taken.Closed);
    Reader->Account.Delivered[PRCM_KIND_EXIT]--;
    Reader->Account.Unknown++;
    AccountTake(&Reader->Account, &Taken);
    assert_false(Taken.Closed);
}

static void
keeps_the_furthest_head(void **State)
{
    (void)State;
    READER *Reader = ReaderCreate();
    PRCM_ACCOUNT Taken;
    const uint64_t Captured[PRCM_KIND_COUNT] = {11, 15, 54, 0};
    AccountSetHead(&Reader->Account, 81, Captured);
    assert_int_equal(AccountAdd(&Reader->Account, Reader->Batch), PRCM_OK);
    AccountTake(&Reader->Account, &Taken);
    assert_int_equal(Taken.Head, 81);
    assert_true(Taken.Closed);
    AssertCounts(Taken.Unread, 0, 4, 10);
}

static void
closes_in_all_where_kinds_are_unknown(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    PRCM_ACCOUNT Taken;
    ACCOUNT Account;
    BuilderBegin(&Builder, Before);
    PRCM_SUBSCRIBED Answer = Subscribed(&Builder);
    Answer.Resume = PRCM_RESUME_KINDS_UNKNOWN;
    Answer.Start.CountsKnown = 0;
    memset(Answer.Start.Captured, 0, sizeof(Answer.Start.Captured));
    assert_int_equal(AccountOpen(&Account, &Answer), PRCM_OK);
    BuilderAddUnknown(&Builder, 30);
    BuilderAddStart(&Builder, 4);
    BuilderEnd(&Builder, 2);
    assert_int_equal(AccountAdd(&Account, &Builder.Batch), PRCM_OK);
    AccountTake(&Account, &Taken);
    assert_true(Taken.Closed);
    assert_false(Taken.KindsKnown);
    assert_int_equal(Taken.Unknown, 30);
    assert_int_equal(Taken.Next - Taken.From, 31);
    assert_int_equal(Taken.Head - Taken.Next, 2);
    AssertCounts(Taken.Delivered, 1, 0, 0);
    AssertCounts(Taken.Captured, 0, 0, 0);
    AssertCounts(Taken.Unread, 0, 0, 0);
}

static PRCM_RESULT
OpenChanged(void (*Change)(PRCM_SUBSCRIBED *))
{
    static BATCH_BUILDER Builder;
    ACCOUNT Account;
    BuilderBegin(&Builder, Before);
    PRCM_SUBSCRIBED Answer = Subscribed(&Builder);
    Change(&Answer);
    return AccountOpen(&Account, &Answer);
}

static void
ShortenAnswer(PRCM_SUBSCRIBED *Answer)
{
    Answer->Size -= 8;
}

static void
ForgetInstance(PRCM_SUBSCRIBED *Answer)
{
    Answer->Start.Instance = 0;
}

static void
StartBehindHead(PRCM_SUBSCRIBED *Answer)
{
    Answer->Head = Answer->Start.Next - 1;
}

static void
UnknownResume(PRCM_SUBSCRIBED *Answer)
{
    Answer->Resume = 4;
}

static void
NoResume(PRCM_SUBSCRIBED *Answer)
{
    Answer->Resume = 0;
}

static void
UseReserved(PRCM_SUBSCRIBED *Answer)
{
    Answer->Reserved = 1;
}

static void
OldestAheadOfHead(PRCM_SUBSCRIBED *Answer)
{
    Answer->Oldest = Answer->Head + 1;
}

static void
WrongCounts(PRCM_SUBSCRIBED *Answer)
{
    Answer->Start.Captured[0]++;
}

static void
refuses_a_malformed_start(void **State)
{
    (void)State;
    assert_int_equal(OpenChanged(ShortenAnswer), PRCM_ERROR_BATCH);
    assert_int_equal(OpenChanged(ForgetInstance), PRCM_ERROR_BATCH);
    assert_int_equal(OpenChanged(StartBehindHead), PRCM_ERROR_BATCH);
    assert_int_equal(OpenChanged(UnknownResume), PRCM_ERROR_BATCH);
    assert_int_equal(OpenChanged(NoResume), PRCM_ERROR_BATCH);
    assert_int_equal(OpenChanged(UseReserved), PRCM_ERROR_BATCH);
    assert_int_equal(OpenChanged(OldestAheadOfHead), PRCM_ERROR_BATCH);
    assert_int_equal(OpenChanged(WrongCounts), PRCM_ERROR_ACCOUNT);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(closes_with_nothing_read),
        cmocka_unit_test(tells_each_kind_of_a_batch),
        cmocka_unit_test(sums_up_over_batches),
        cmocka_unit_test(counts_nothing_for_an_answer_that_requires_more_bytes),
        cmocka_unit_test(refuses_a_batch_twice),
        cmocka_unit_test(refuses_a_batch_left_out),
        cmocka_unit_test(refuses_numbers_left_out),
        cmocka_unit_test(refuses_another_instance),
        cmocka_unit_test(refuses_counts_that_do_not_go_on),
        cmocka_unit_test(refuses_drops_taken_back),
        cmocka_unit_test(refuses_counts_forgotten),
        cmocka_unit_test(leaves_the_account_alone_when_it_refuses),
        cmocka_unit_test(does_not_close_when_the_driver_counted_more),
        cmocka_unit_test(does_not_close_when_the_driver_counted_another_kind),
        cmocka_unit_test(does_not_close_when_the_reader_counted_wrong),
        cmocka_unit_test(keeps_the_furthest_head),
        cmocka_unit_test(closes_in_all_where_kinds_are_unknown),
        cmocka_unit_test(refuses_a_malformed_start),
    };
    return cmocka_run_group_tests_name("account", Tests, NULL, NULL);
}
