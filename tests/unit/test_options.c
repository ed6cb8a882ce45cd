/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "cli/exit_code.h"
#include "cli/watch_options.h"
#include "formats/formats.h"

#define MAX_WORDS 160

static WATCH_OPTIONS Options;
static ARGS Args;

/* Splits Line at its blanks. */
static bool
Parse(const char *Line)
{
    static char Text[4096];
    static char *Words[MAX_WORDS];
    char *Rest;
    int Count = 0;

    strncpy(Text, Line, sizeof(Text) - 1);
    for (char *Word = strtok_r(Text, " ", &Rest); Word != NULL; Word = strtok_r(NULL, " ", &Rest))
        Words[Count++] = Word;
    Words[Count] = NULL;
    WatchOptionsDestroy(&Options);
    ArgsInit(&Args, Count, Words);
    return WatchOptionsParse(&Options, &Args);
}

static int
Destroy(void **State)
{
    (void)State;
    WatchOptionsDestroy(&Options);
    return 0;
}

static void
AssertRefuses(const char *Line, const char *Error)
{
    assert_false(Parse(Line));
    assert_string_equal(Args.Error, Error);
}

static void
without_options_everything_is_read_from_now_on(void **State)
{
    (void)State;
    assert_true(Parse("watch"));
    assert_int_equal(Options.Reading.Subscription.Kinds, PRCM_KINDS_ALL);
    assert_int_equal(Options.Reading.Subscription.From, PRCM_FROM_NOW);
    assert_int_equal(Options.Reading.Subscription.KeyCount, 0);
    assert_int_equal(Options.Show.Count, 0);
    assert_int_equal(Options.Reading.DurationMs, READING_NO_DURATION);
    assert_int_equal(Options.OnLoss, WATCH_LOSS_IGNORE);
    assert_ptr_equal(Options.Show.Format, &FormatText);
    assert_false(Options.Show.Full);
}

static void
takes_every_option(void **State)
{
    (void)State;
    assert_true(
        Parse("watch --kind start,exit --pid 8 --pid 4294967295 --image *.dll --image C:\\a --from oldest "
              "--count 3 --duration 1.25 --on-loss exit --json --full --color never --read-delay 250 "
              "--read-bytes 64K"));
    assert_int_equal(Options.Reading.Subscription.Kinds,
                     PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT));
    assert_int_equal(Options.Reading.Subscription.KeyCount, 2);
    assert_int_equal(Options.Reading.Subscription.Keys[0], 8);
    assert_int_equal(Options.Reading.Subscription.Keys[1], 4294967295u);
    assert_int_equal(Options.Show.PatternCount, 2);
    assert_int_equal(Options.Show.Patterns[0].Count, 5);
    assert_int_equal(Options.Show.Patterns[1].Units[0], 'C');
    assert_int_equal(Options.Reading.Subscription.From, PRCM_FROM_OLDEST);
    assert_int_equal(Options.Show.Count, 3);
    assert_int_equal(Options.Reading.DurationMs, 1250);
    assert_int_equal(Options.OnLoss, WATCH_LOSS_EXIT);
    assert_ptr_equal(Options.Show.Format, &FormatJson);
    assert_true(Options.Show.Full);
    assert_int_equal(Options.Show.Color, ARGS_COLOR_NEVER);
    assert_int_equal(Options.Reading.ReadDelayMs, 250);
    assert_int_equal(Options.Reading.Subscription.BufferBytes, 65536);
}

static void
begins_at_a_number_or_a_token(void **State)
{
    (void)State;
    assert_true(Parse("watch --from 18446744073709551615"));
    assert_int_equal(Options.Reading.Subscription.From, PRCM_FROM_SEQUENCE);
    assert_true(Options.Reading.Subscription.Sequence == UINT64_MAX);
    assert_true(Parse("watch --from 0xabc:17"));
    assert_int_equal(Options.Reading.Subscription.From, PRCM_FROM_TOKEN);
    assert_int_equal(Options.Reading.Subscription.Token.Instance, 0xabc);
    assert_int_equal(Options.Reading.Subscription.Token.Next, 17);
}

static void
what_a_filter_needs_is_read_and_what_was_asked_for_is_shown(void **State)
{
    const PRCM_SUBSCRIPTION *Read = &Options.Reading.Subscription;

    (void)State;
    assert_true(Parse("watch --pid 8 --filter has(parent_image)"));
    assert_int_equal(Read->Kinds, PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT));
    assert_int_equal(Read->KeyCount, 0);
    assert_int_equal(Options.Reading.ShownKinds, PRCM_KINDS_ALL);
    assert_int_equal(Options.Reading.ShownKeyCount, 1);
    assert_int_equal(Options.Reading.ShownKeys[0], 8);
    WatchOptionsDestroy(&Options);
    assert_true(Parse("watch --kind exit --filter has(image) --filter pid==8"));
    assert_int_equal(Read->Kinds, PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT));
    assert_int_equal(Read->KeyCount, 1);
    assert_int_equal(Read->Keys[0], 8);
    assert_int_equal(Options.Reading.ShownKinds, PRCM_KIND_BIT(PRCM_KIND_EXIT));
    assert_int_equal(Options.Reading.ShownKeyCount, 0);
    WatchOptionsDestroy(&Options);
}

static void
kinds_of_several_options_add_up(void **State)
{
    (void)State;
    assert_true(Parse("watch --kind start --kind=image"));
    assert_int_equal(Options.Reading.Subscription.Kinds,
                     PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_IMAGE));
}

static void
says_what_is_wrong(void **State)
{
    (void)State;
    AssertRefuses("watch --kind", "--kind needs an argument");
    AssertRefuses("watch --kind start,",
                  "--kind start,: kinds are start, exit and image, with commas in between");
    AssertRefuses("watch --kind Start",
                  "--kind Start: kinds are start, exit and image, with commas in between");
    AssertRefuses("watch --pid -1", "--pid -1: not a number from 0 to 4294967295");
    AssertRefuses("watch --pid 4294967296", "--pid 4294967296: not a number from 0 to 4294967295");
    AssertRefuses("watch --count 0", "--count 0: not a number from 1 on, or too large");
    AssertRefuses("watch --count 18446744073709551616",
                  "--count 18446744073709551616: not a number from 1 on, or too large");
    AssertRefuses("watch --from 0", "--from 0: not oldest, now, a number from 1, or a token");
    AssertRefuses("watch --from yesterday", "--from yesterday: not oldest, now, a number from 1, or a token");
    AssertRefuses("watch --from 0xabc:", "--from 0xabc:: this token is incomplete or was altered");
    AssertRefuses("watch --duration 1.",
                  "--duration 1.: not a number of seconds, such as 10 or 0.5, up to 2000000");
    AssertRefuses("watch --duration .5",
                  "--duration .5: not a number of seconds, such as 10 or 0.5, up to 2000000");
    AssertRefuses("watch --duration 2000001",
                  "--duration 2000001: not a number of seconds, such as 10 or 0.5, up to 2000000");
    AssertRefuses("watch --on-loss", "--on-loss needs an argument");
    AssertRefuses("watch --on-loss fail", "--on-loss fail: not ignore, warn or exit");
    AssertRefuses("watch --color sometimes", "--color sometimes: auto, always or never");
    AssertRefuses("watch --json=1", "--json takes no argument");
    AssertRefuses("watch --json --json= --count 1", "--json takes no argument");
    AssertRefuses("watch -x=1", "-x=1 is not an option of this command");
    AssertRefuses("watch --read-delay 3600001", "--read-delay 3600001: not a number from 0 to 3600000");
    AssertRefuses("watch --image \xFF",
                  "--image \xFF: not a pattern, such as cmd.exe, *.dll or C:\\Windows\\*");
    AssertRefuses("watch --nonsense", "--nonsense is not an option of this command");
    AssertRefuses("watch --json --nonsense=1 --json", "--nonsense=1 is not an option of this command");
    AssertRefuses("watch -x", "-x is not an option of this command");
    AssertRefuses("watch more", "\"more\" is more than this command takes");
}

static void
a_size_of_a_read_is_refused_with_its_limits(void **State)
{
    static const char *const Wrong[] = {"2M", "64KB", "0", "100"};
    char Line[64];
    char Error[ARGS_ERROR_BYTES];
    (void)State;
    for (size_t Index = 0; Index < sizeof(Wrong) / sizeof(Wrong[0]); Index++)
    {
        snprintf(Line, sizeof(Line), "watch --read-bytes %s", Wrong[Index]);
        snprintf(Error, sizeof(Error),
                 "--read-bytes %s: not a size from %zu to 1M, in bytes or with K, M or G", Wrong[Index],
                 sizeof(PRCM_BATCH));
        AssertRefuses(Line, Error);
    }
}

static void
an_image_is_not_asked_of_exits_alone(void **State)
{
    (void)State;
    AssertRefuses("watch --image a.exe --kind exit",
                  "--image with --kind exit alone: the image of an exit is known "
                  "from its start: --kind start,exit");
    assert_true(Parse("watch --image a.exe --kind start,exit"));
    assert_true(Parse("watch --image a.exe --kind exit,image"));
    assert_true(Parse("watch --kind exit"));
}

static void
a_lane_of_no_bytes_or_too_many_is_refused_with_its_limits(void **State)
{
    uint32_t Bytes;
    (void)State;
    assert_false(ArgsLane(&Args, "image-lane", "0", &Bytes));
    assert_string_equal(Args.Error, "--image-lane 0: not a size from 2M to 256M, in bytes or with K, M or G");
    assert_false(ArgsLane(&Args, "image-lane", "5G", &Bytes));
    assert_string_equal(Args.Error,
                        "--image-lane 5G: not a size from 2M to 256M, in bytes or with K, M or G");
    assert_true(ArgsLane(&Args, "image-lane", "3000000", &Bytes));
    assert_int_equal(Bytes, 3000000);
    assert_true(ArgsLane(&Args, "image-lane", "1", &Bytes));
    assert_int_equal(Bytes, 1);
    assert_int_equal(PRCM_MIN_LANE_BYTES, 2 << 20);
    assert_int_equal(PRCM_MAX_LANE_BYTES, 256 << 20);
}

static void
Append(char Line[2048], const char *Text)
{
    size_t Length = strlen(Line);
    assert_true((size_t)snprintf(Line + Length, 2048 - Length, "%s", Text) < 2048 - Length);
}

static void
takes_as_many_pids_and_patterns_as_there_is_room_for(void **State)
{
    char Line[2048] = "watch";
    (void)State;
    for (unsigned Index = 0; Index < PRCM_MAX_KEYS; Index++)
        Append(Line, " --pid 4");
    assert_true(Parse(Line));
    Append(Line, " --pid 8");
    AssertRefuses(Line, "--pid 8: the driver takes 64 process ids at most");

    strcpy(Line, "watch");
    for (unsigned Index = 0; Index < SHOW_MAX_PATTERNS; Index++)
        Append(Line, " --image a");
    assert_true(Parse(Line));
    Append(Line, " --image b");
    AssertRefuses(Line, "--image b: 64 patterns at most");
}

static void
help_wins_over_what_follows(void **State)
{
    (void)State;
    assert_true(Parse("watch --help --nonsense"));
    assert_true(Options.Help);
    assert_true(Parse("watch --json -h"));
    assert_true(Options.Help);
}

static void
sizes_take_suffixes(void **State)
{
    static const struct
    {
        const char *Text;
        uint64_t Bytes;
    } Cases[] = {{"0", 0},       {"65536", 65536}, {"64K", 65536},
                 {"64k", 65536}, {"4M", 4194304},  {"1G", 1073741824}};
    const ARGS_SIZES Narrow = {.Max = UINT32_MAX, .Named = "0 to 4G"};
    const ARGS_SIZES Wide = {.Max = UINT64_MAX, .Named = "0 up"};
    uint64_t Bytes;
    (void)State;
    for (size_t Index = 0; Index < sizeof(Cases) / sizeof(Cases[0]); Index++)
    {
        assert_true(ArgsBytes(&Args, "x", Cases[Index].Text, &Narrow, &Bytes));
        assert_true(Bytes == Cases[Index].Bytes);
    }
    assert_false(ArgsBytes(&Args, "x", "4G", &Narrow, &Bytes));
    assert_false(ArgsBytes(&Args, "x", "99999999999999999999K", &Wide, &Bytes));
    assert_false(ArgsBytes(&Args, "x", "K", &Narrow, &Bytes));
    assert_false(ArgsBytes(&Args, "x", "", &Narrow, &Bytes));
    assert_false(ArgsBytes(&Args, "x", "-1", &Narrow, &Bytes));
}

static void
what_a_loss_is_to_the_caller_is_one_of_three_words(void **State)
{
    (void)State;
    assert_true(Parse("watch --on-loss ignore"));
    assert_int_equal(Options.OnLoss, WATCH_LOSS_IGNORE);
    assert_true(Parse("watch --on-loss=warn"));
    assert_int_equal(Options.OnLoss, WATCH_LOSS_WARN);
}

static void
the_table_of_exit_codes_has_each_on_a_line(void **State)
{
    (void)State;
    ExitCodeWriteTable(CaptureBegin());
    assert_non_null(strstr(CaptureText(), "\n  7  the output could not be written\n"));
    assert_non_null(strstr(CaptureText(), "\n  8  events were lost, and --on-loss warn or exit was given\n"));
}

static void
results_have_their_exit_codes(void **State)
{
    (void)State;
    assert_int_equal(ExitCodeOf(PRCM_OK), 0);
    assert_int_equal(ExitCodeOf(PRCM_ERROR_SYSTEM), 1);
    assert_int_equal(ExitCodeOf(PRCM_ERROR_ACCOUNT), 3);
    assert_int_equal(ExitCodeOf(PRCM_ERROR_NOT_INSTALLED), 4);
    assert_int_equal(ExitCodeOf(PRCM_ERROR_NOT_STARTED), 4);
    assert_int_equal(ExitCodeOf(PRCM_ERROR_ACCESS_DENIED), 5);
    assert_int_equal(ExitCodeOf(PRCM_ERROR_STOPPED), 6);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(without_options_everything_is_read_from_now_on),
        cmocka_unit_test(takes_every_option),
        cmocka_unit_test(begins_at_a_number_or_a_token),
        cmocka_unit_test(what_a_filter_needs_is_read_and_what_was_asked_for_is_shown),
        cmocka_unit_test(kinds_of_several_options_add_up),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(a_size_of_a_read_is_refused_with_its_limits),
        cmocka_unit_test(an_image_is_not_asked_of_exits_alone),
        cmocka_unit_test(a_lane_of_no_bytes_or_too_many_is_refused_with_its_limits),
        cmocka_unit_test(takes_as_many_pids_and_patterns_as_there_is_room_for),
        cmocka_unit_test(help_wins_over_what_follows),
        cmocka_unit_test(sizes_take_suffixes),
        cmocka_unit_test(what_a_loss_is_to_the_caller_is_one_of_three_words),
        cmocka_unit_test(results_have_their_exit_codes),
        cmocka_unit_test(the_table_of_exit_codes_has_each_on_a_line),
    };
    return cmocka_run_group_tests(Tests, NULL, Destroy);
}
