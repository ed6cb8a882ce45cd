/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "events.h"
#include "stream/stream.h"

static BATCH_BUILDER Builder;
static STREAM Stream;
static CLOSING Closing;

/* What the library would have taken after Builder's batch, which was the session's first. */
static PRCM_ACCOUNT
AccountOf(const PRCM_BATCH *Batch, const uint64_t Before[PRCM_KIND_COUNT])
{
    PRCM_ACCOUNT Account = {
        .Instance = Batch->Next.Instance,
        .From = Batch->First,
        .Next = Batch->Next.Next,
        .Head = Batch->Head,
        .Unknown = Batch->Unknown,
        .KindsKnown = Batch->Next.CountsKnown,
        .Closed = 1,
    };
    memcpy(Account.Delivered, Batch->Delivered, sizeof(Account.Delivered));
    memcpy(Account.Filtered, Batch->Filtered, sizeof(Account.Filtered));
    memcpy(Account.Lost, Batch->Lost, sizeof(Account.Lost));
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT && Account.KindsKnown; Kind++)
    {
        Account.Captured[Kind] = Batch->HeadCaptured[Kind] - Before[Kind];
        Account.Unread[Kind] = Batch->HeadCaptured[Kind] - Batch->Next.Captured[Kind];
    }
    return Account;
}

static const uint64_t Before[PRCM_KIND_COUNT] = {10, 9, 22};

static void
Begin(const FORMAT *Format)
{
    BuilderBegin(&Builder, Before);
    StreamInit(&Stream, Format, CaptureBegin(), &EventsNoHooks, PRCM_KINDS_ALL);
    Stream.Origin = EventsOrigin;
    EventsLoadDrives(&Stream.View.Paths);
}

/* Shows the batch and closes; returns whether more was to be shown. */
static bool
Finish(uint64_t Ahead)
{
    PRCM_RECORDS Records;
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, Ahead);
    PRCM_ACCOUNT Account = AccountOf(Batch, Before);
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    bool GoOn = StreamBatch(&Stream, Batch, Records);
    StreamClose(&Stream, &Account, &Batch->Next, &Closing);
    StreamDestroy(&Stream);
    return GoOn;
}

static void
AssertCounts(const CLOSING_COUNTS *Counts, uint64_t Starts, uint64_t Exits, uint64_t Images, uint64_t Unknown)
{
    assert_int_equal(Counts->Kind[PRCM_KIND_START], Starts);
    assert_int_equal(Counts->Kind[PRCM_KIND_EXIT], Exits);
    assert_int_equal(Counts->Kind[PRCM_KIND_IMAGE], Images);
    assert_int_equal(Counts->Unknown, Unknown);
    assert_int_equal(Counts->Total, Starts + Exits + Images + Unknown);
}

static void
AddSome(void)
{
    EventsAddStart(&Builder);
    EventsAddImage(&Builder);
    BuilderAddLost(&Builder, PRCM_KIND_IMAGE, 100, 5, PRCM_KIND_START, 0)->Header.Time = 0;
    EventsAddImage(&Builder);
    EventsAddExit(&Builder);
}

static void
a_whole_batch_closes(void **State)
{
    (void)State;
    Begin(&FormatJson);
    AddSome();
    assert_true(Finish(3));
    assert_true(Closing.Closed);
    assert_int_equal(Closing.From, 42);
    assert_int_equal(Closing.Next, 151);
    AssertCounts(&Closing.Captured, 1, 4, 107, 0);
    AssertCounts(&Closing.Delivered, 1, 1, 2, 0);
    AssertCounts(&Closing.Lost, 0, 0, 105, 0);
    AssertCounts(&Closing.Unread, 0, 3, 0, 0);
    assert_string_equal(Closing.Token, "0x1dc5bd0f3a1b2c4:151:11,10,129,0:0,0,5,0");
}

static void
json_account_has_every_count_by_kind(void **State)
{
    (void)State;
    Begin(&FormatJson);
    EventsAddExit(&Builder);
    BuilderFilter(&Builder, PRCM_KIND_IMAGE);
    assert_true(Finish(1));
    assert_string_equal(
        strstr(CaptureText(), "{\"event\":\"account\""),
        "{\"event\":\"account\",\"host\":\"PC\",\"instance\":\"0x5\",\"from\":42,\"next\":44,"
        "\"captured\":{\"process_start\":0,\"process_exit\":2,\"image_load\":1,\"unknown\":0,\"total\":3},"
        "\"delivered\":{\"process_start\":0,\"process_exit\":1,\"image_load\":0,\"unknown\":0,\"total\":1},"
        "\"filtered_driver\":{\"process_start\":0,\"process_exit\":0,\"image_load\":1,\"unknown\":0,"
        "\"total\":1},"
        "\"filtered_console\":{\"process_start\":0,\"process_exit\":0,\"image_load\":0,\"unknown\":0,"
        "\"total\":0},"
        "\"lost\":{\"process_start\":0,\"process_exit\":0,\"image_load\":0,\"unknown\":0,\"total\":0},"
        "\"unread\":{\"process_start\":0,\"process_exit\":1,\"image_load\":0,\"unknown\":0,\"total\":1},"
        "\"token\":\"0x1dc5bd0f3a1b2c4:44:10,10,23,0:0,0,0,0\","
        "\"closed\":true}\n");
}

static void
text_account_is_a_table_and_a_verdict(void **State)
{
    (void)State;
    Begin(&FormatText);
    AddSome();
    Finish(3);
    assert_string_equal(strstr(CaptureText(), "\n\n"),
                        "\n\n"
                        "ACCOUNT                      STARTS        EXITS  IMAGE LOADS        TOTAL\n"
                        "captured                          1            4          107          112\n"
                        "  delivered                       1            1            2            4\n"
                        "  filtered by driver              0            0            0            0\n"
                        "  filtered here                   0            0            0            0\n"
                        "  lost                            0            0          105          105\n"
                        "  unread                          0            3            0            3\n"
                        "closed: each event from number 42 to 153 is accounted for\n"
                        "driver started 2025-11-22 16:56:31, instance 0x1dc5bd0f3a1b2c4\n"
                        "go on with: prcm watch --from 0x1dc5bd0f3a1b2c4:151:11,10,129,0:0,0,5,0\n");
}

static void
text_account_of_nothing_says_so(void **State)
{
    (void)State;
    Begin(&FormatText);
    Finish(0);
    assert_true(Closing.Closed);
    assert_non_null(strstr(CaptureText(), "closed: nothing happened meanwhile\n"));
}

static void
sums_that_differ_do_not_close(void **State)
{
    const uint64_t None[PRCM_KIND_COUNT] = {0};
    (void)State;
    Begin(&FormatText);
    AddSome();
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    PRCM_ACCOUNT Account = AccountOf(Batch, Before);
    ClosingBuild(&Closing, &Account, &Batch->Next, None, NULL);
    assert_true(Closing.Closed);
    Account.Delivered[PRCM_KIND_EXIT]--;
    Account.Delivered[PRCM_KIND_START]++;
    ClosingBuild(&Closing, &Account, &Batch->Next, None, NULL);
    assert_false(Closing.Closed);
    Account.Delivered[PRCM_KIND_START]--;
    ClosingBuild(&Closing, &Account, &Batch->Next, None, NULL);
    assert_false(Closing.Closed);
    Account.Delivered[PRCM_KIND_EXIT]++;
    Account.Closed = 0;
    ClosingBuild(&Closing, &Account, &Batch->Next, None, NULL);
    assert_false(Closing.Closed);
    FormatText.Closing(Stream.Sink, NULL, &Closing, 0);
    assert_non_null(strstr(CaptureText(), "NOT CLOSED"));
    StreamDestroy(&Stream);
}

static void
image_patterns_filter_in_the_console_and_are_counted(void **State)
{
    static const uint16_t Pattern[] = {'c', 'm', 'd', '.', '*'};
    const UTF16 Patterns[] = {{Pattern, 5}};
    (void)State;
    Begin(&FormatJson);
    Stream.Patterns = Patterns;
    Stream.PatternCount = 1;
    AddSome();
    EventsAddBareExit(&Builder)->Header.Key = 8;
    assert_true(Finish(0));
    assert_true(Closing.Closed);
    AssertCounts(&Closing.Delivered, 1, 1, 0, 0);
    AssertCounts(&Closing.FilteredConsole, 0, 1, 2, 0);
    assert_int_equal(Stream.Shown, 2);
    assert_null(strstr(CaptureText(), "image_load\",\"host"));
    assert_non_null(strstr(CaptureText(), "\"lost\""));
}

static void
count_ends_in_the_middle_of_a_batch_with_a_token_of_that_place(void **State)
{
    (void)State;
    Begin(&FormatJson);
    Stream.CountLimit = 2;
    AddSome();
    assert_false(Finish(3));
    assert_true(Closing.Closed);
    assert_int_equal(Closing.Next, 44);
    AssertCounts(&Closing.Captured, 1, 4, 107, 0);
    AssertCounts(&Closing.Delivered, 1, 0, 1, 0);
    AssertCounts(&Closing.Lost, 0, 0, 0, 0);
    AssertCounts(&Closing.Unread, 0, 4, 106, 0);
    assert_string_equal(Closing.Token, "0x1dc5bd0f3a1b2c4:44:11,9,23,0:0,0,0,0");
    assert_null(strstr(CaptureText(), "\"lost\",\"host"));
}

static void
count_behind_a_hole_keeps_the_hole(void **State)
{
    (void)State;
    Begin(&FormatJson);
    Stream.CountLimit = 3;
    AddSome();
    assert_false(Finish(0));
    assert_true(Closing.Closed);
    AssertCounts(&Closing.Delivered, 1, 0, 2, 0);
    AssertCounts(&Closing.Lost, 0, 0, 105, 0);
    AssertCounts(&Closing.Unread, 0, 1, 0, 0);
    assert_string_equal(Closing.Token, "0x1dc5bd0f3a1b2c4:150:11,9,129,0:0,0,5,0");
}

static void
an_end_at_the_first_loss_keeps_the_hole_and_goes_on_behind_it(void **State)
{
    (void)State;
    Begin(&FormatJson);
    Stream.EndAtLoss = true;
    AddSome();
    assert_false(Finish(0));
    assert_true(Closing.Closed);
    assert_int_equal(Stream.Lost, 105);
    assert_int_equal(Closing.Next, 149);
    AssertCounts(&Closing.Delivered, 1, 0, 1, 0);
    AssertCounts(&Closing.Lost, 0, 0, 105, 0);
    AssertCounts(&Closing.Unread, 0, 1, 1, 0);
    assert_string_equal(Closing.Token, "0x1dc5bd0f3a1b2c4:149:11,9,128,0:0,0,5,0");
}

static void
what_is_filtered_in_a_hole_is_not_lost(void **State)
{
    (void)State;
    Begin(&FormatJson);
    BuilderAddLost(&Builder, PRCM_KIND_IMAGE, 100, 5, PRCM_KIND_START, 7)->Header.Time = 0;
    assert_true(Finish(0));
    assert_int_equal(Stream.Lost, 105);
}

static void
count_at_the_end_of_a_batch_cuts_nothing(void **State)
{
    (void)State;
    Begin(&FormatJson);
    Stream.CountLimit = 4;
    AddSome();
    BuilderFilter(&Builder, PRCM_KIND_IMAGE);
    assert_false(Finish(0));
    assert_true(Closing.Closed);
    AssertCounts(&Closing.FilteredDriver, 0, 0, 1, 0);
    AssertCounts(&Closing.Unread, 0, 0, 0, 0);
    assert_string_equal(Closing.Token, "0x1dc5bd0f3a1b2c4:152:11,10,130,0:0,0,5,0");
}

static void
count_among_filtered_events_of_one_kind_still_tells_kinds(void **State)
{
    (void)State;
    Begin(&FormatJson);
    Stream.CountLimit = 1;
    BuilderFilter(&Builder, PRCM_KIND_IMAGE);
    EventsAddStart(&Builder);
    BuilderFilter(&Builder, PRCM_KIND_IMAGE);
    BuilderFilter(&Builder, PRCM_KIND_IMAGE);
    EventsAddExit(&Builder);
    assert_false(Finish(0));
    assert_true(Closing.Closed);
    AssertCounts(&Closing.FilteredDriver, 0, 0, 1, 0);
    AssertCounts(&Closing.Unread, 0, 1, 2, 0);
    assert_string_equal(Closing.Token, "0x1dc5bd0f3a1b2c4:44");
}

static void
count_among_filtered_events_of_several_kinds_says_unknown(void **State)
{
    (void)State;
    Begin(&FormatText);
    Stream.CountLimit = 1;
    BuilderFilter(&Builder, PRCM_KIND_IMAGE);
    EventsAddStart(&Builder);
    BuilderFilter(&Builder, PRCM_KIND_EXIT);
    EventsAddExit(&Builder);
    assert_false(Finish(0));
    assert_true(Closing.Closed);
    AssertCounts(&Closing.Captured, 1, 2, 1, 0);
    AssertCounts(&Closing.Delivered, 1, 0, 0, 0);
    AssertCounts(&Closing.FilteredDriver, 0, 0, 0, 1);
    AssertCounts(&Closing.Unread, 0, 1, 0, 1);
    assert_non_null(strstr(CaptureText(), "UNKNOWN"));
}

static void
the_drivers_counts_of_the_cut_make_kinds_known_again(void **State)
{
    const uint64_t None[PRCM_KIND_COUNT] = {0};
    PRCM_RECORDS Records;
    (void)State;
    Begin(&FormatText);
    Stream.CountLimit = 1;
    BuilderFilter(&Builder, PRCM_KIND_IMAGE);
    EventsAddStart(&Builder);
    BuilderFilter(&Builder, PRCM_KIND_EXIT);
    EventsAddExit(&Builder);
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    PRCM_ACCOUNT Account = AccountOf(Batch, Before);
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    assert_false(StreamBatch(&Stream, Batch, Records));

    PRCM_TOKEN Elsewhere = {
        .Instance = Batch->Next.Instance, .Next = 45, .Captured = {11, 10, 23}, .CountsKnown = 1};
    ClosingCutAt(&Stream.Cut, &Elsewhere);
    assert_int_equal(Stream.Cut.Token.CountsKnown, 0);
    PRCM_TOKEN There = {
        .Instance = Batch->Next.Instance, .Next = 44, .Captured = {11, 9, 23}, .CountsKnown = 1};
    ClosingCutAt(&Stream.Cut, &There);
    ClosingBuild(&Closing, &Account, &Batch->Next, None, &Stream.Cut);
    assert_true(Closing.Closed);
    AssertCounts(&Closing.FilteredDriver, 0, 0, 1, 0);
    AssertCounts(&Closing.Unread, 0, 2, 0, 0);
    assert_string_equal(Closing.Token, "0x1dc5bd0f3a1b2c4:44:11,9,23,0:0,0,0,0");
    StreamDestroy(&Stream);
}

static void
kinds_that_are_unknown_close_in_all(void **State)
{
    (void)State;
    Begin(&FormatJson);
    BuilderAddUnknown(&Builder, 40)->Header.Time = 0;
    EventsAddExit(&Builder);
    EventsAddExit(&Builder);
    Stream.CountLimit = 1;
    assert_false(Finish(5));
    assert_true(Closing.Closed);
    AssertCounts(&Closing.Captured, 0, 0, 0, 47);
    AssertCounts(&Closing.Delivered, 0, 1, 0, 0);
    AssertCounts(&Closing.Lost, 0, 0, 0, 40);
    AssertCounts(&Closing.Unread, 0, 1, 0, 5);
    assert_string_equal(Closing.Token, "0x1dc5bd0f3a1b2c4:83");
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_whole_batch_closes),
        cmocka_unit_test(json_account_has_every_count_by_kind),
        cmocka_unit_test(text_account_is_a_table_and_a_verdict),
        cmocka_unit_test(text_account_of_nothing_says_so),
        cmocka_unit_test(sums_that_differ_do_not_close),
        cmocka_unit_test(image_patterns_filter_in_the_console_and_are_counted),
        cmocka_unit_test(count_ends_in_the_middle_of_a_batch_with_a_token_of_that_place),
        cmocka_unit_test(count_behind_a_hole_keeps_the_hole),
        cmocka_unit_test(an_end_at_the_first_loss_keeps_the_hole_and_goes_on_behind_it),
        cmocka_unit_test(what_is_filtered_in_a_hole_is_not_lost),
        cmocka_unit_test(count_at_the_end_of_a_batch_cuts_nothing),
        cmocka_unit_test(count_among_filtered_events_of_one_kind_still_tells_kinds),
        cmocka_unit_test(count_among_filtered_events_of_several_kinds_says_unknown),
        cmocka_unit_test(the_drivers_counts_of_the_cut_make_kinds_known_again),
        cmocka_unit_test(kinds_that_are_unknown_close_in_all),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
