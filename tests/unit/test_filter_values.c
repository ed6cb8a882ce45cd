/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "filter/text_match.h"
#include "filter_rig.h"

#define BIG_EXIT 0xC0000005u

static void
AddCrash(BATCH_BUILDER *Builder)
{
    EventsAddExit(Builder)->ExitStatus = EventsPresent(BIG_EXIT);
}

static void
AddOddTexts(BATCH_BUILDER *Builder)
{
    static const uint16_t Line[] = {'a', 0xD83D, 'b', 0, 0x3A3, 0x416, 0xC9, 'x', '\n', 'y'};
    PRCM_START *Start = EventsAddBareStart(Builder);
    BuilderSetBytes(Builder, &Start->CommandLine, Line, sizeof(Line));
    PRCM_IMAGE *Image = EventsAddBareImage(Builder);
    BuilderSetText(Builder, &Image->ImagePath.Text, "");
}

static void
AddStream(BATCH_BUILDER *Builder)
{
    PRCM_IMAGE *Image = EventsAddImage(Builder);
    BuilderSetText(Builder, &Image->ImagePath.Text, "\\Device\\HarddiskVolume3\\t\\x.txt:evil.exe");
}

#define ASK(Expected, Text)        assert_int_equal(RigAsk(Text), Expected)
#define ASK_CRASH(Expected, Text)  assert_int_equal(RigAskOf(Text, AddCrash, &EventsHooks), Expected)
#define ASK_ODD(Expected, Text)    assert_int_equal(RigAskOf(Text, AddOddTexts, &EventsNoHooks), Expected)
#define ASK_STREAM(Expected, Text) assert_int_equal(RigAskOf(Text, AddStream, &EventsHooks), Expected)

static void
numbers_are_decimal_hexadecimal_or_sizes(void **State)
{
    (void)State;
    ASK(RIG_ALL, "pid == 1234 and pid == 0x4D2 and pid == 0x4d2");
    ASK(RIG_ALL,
        "pid < 1235 and pid <= 1234 and pid > 1233 and pid >= 1234 and not pid < 1234 and not pid > 1234");
    ASK(RIG_IMAGE, "size == 1936K and size < 2M and size > 1M and size < 1G and size < 1T");
    ASK(RIG_IMAGE, "base == 0x7FFABCDE0000 and base == \"0x7ffabcde0000\"");
    ASK(RIG_START, "start_key == 0x0123456789ABCDEF and start_key < 18446744073709551615");
    ASK(RIG_START, "integrity_level >= medium and integrity_level == high and integrity_level == 12288");
    ASK(RIG_ALL, "pid in (1, 2, 1234)");
    ASK(0, "pid in (1, 2, 3)");
}

static void
codes_are_the_same_with_and_without_a_sign(void **State)
{
    (void)State;
    ASK_CRASH(RIG_EXIT, "exit_status == 0xC0000005");
    ASK_CRASH(RIG_EXIT, "exit_status == -1073741819");
    ASK_CRASH(RIG_EXIT, "exit_status == 3221225477");
    ASK_CRASH(RIG_EXIT, "exit_status in (1, -1073741819)");
    ASK_CRASH(RIG_EXIT, "exit_status >= 0x80000000");
    ASK_CRASH(0, "exit_status != -1073741819");
    ASK(RIG_EXIT, "exit_status == 3 and exit_status < 0x80000000");
    ASK(RIG_START, "creation_status == 0");
}

static void
durations_have_units_and_bare_numbers_are_milliseconds(void **State)
{
    (void)State;
    ASK(RIG_EXIT, "lifetime_ms == 200 and lifetime_ms == 200ms and lifetime_ms < 1s and lifetime_ms < 1m");
    ASK(RIG_EXIT, "lifetime_ms < 1h and lifetime_ms < 1d and lifetime_ms >= 200ms");
    ASK(0, "lifetime_ms > 200ms");
}

/* The events are at RIG_NOW, and 100 and 200 ms after it. */
static void
times_have_a_zone_or_are_counted_back_from_now(void **State)
{
    (void)State;
    ASK(RIG_START, "time == 2026-11-22T15:04:05.1234567Z");
    ASK(RIG_START, "time == \"2026-11-22T16:04:05.1234567+01:00\"");
    ASK(RIG_IMAGE | RIG_EXIT, "time > 2026-11-22T15:04:05.1234567Z");
    ASK(RIG_ALL, "time >= 2026-11-22T15:04Z and time < \"2026-11-22 15:05Z\" and time > 2026-11-22Z");
    ASK(RIG_ALL, "time > -1ms and time > -5m and time > -3h and time > -2d");
    ASK(RIG_ALL, "create_time > -1ms");
    ASK(RIG_START, "parent_create_time < -59m and parent_create_time > -61m");
}

static void
texts_are_compared_without_regard_to_case(void **State)
{
    (void)State;
    ASK(RIG_START | RIG_EXIT, "image == \"c:\\\\WINDOWS\\\\system32\\\\CMD.EXE\"");
    ASK(RIG_START | RIG_EXIT, "image == 'c:\\WINDOWS\\system32\\CMD.EXE'");
    ASK(RIG_START | RIG_EXIT,
        "image startswith 'c:\\win' and image endswith '\\CMD.exe' and image contains 'TEM32\\'");
    ASK(RIG_IMAGE, "image != 'c:\\WINDOWS\\system32\\CMD.EXE'");
    ASK(RIG_START, "user endswith 'j\xC3\x89R\xC3\x94ME'");
    ASK(RIG_START, "command_line == \"CMD.exe /c \\\"echo HI\\\"\"");
    ASK(RIG_START, "user_sid == 's-1-5-21-1-2-4294967295-1001'");
    ASK(RIG_ALL, "host == 'pc'");
    ASK_ODD(RIG_START,
            "command_line contains '\xCF\x83' and command_line contains '\xD0\xB6'"); /* Greek, Cyrillic */
    ASK_ODD(RIG_START, "command_line contains '\xC3\xA9X'");                          /* Latin-1 */
}

static void
a_text_that_is_no_unicode_is_matched_like_any_other(void **State)
{
    (void)State;
    ASK_ODD(RIG_START, "command_line startswith \"a\\uD83DB\\u0000\"");
    ASK_ODD(RIG_START, "command_line matches \"a?b*\"");
    ASK_ODD(RIG_START, "command_line =~ \"^A.B\"");
    ASK_ODD(RIG_START,
            "command_line =~ 'x.y$' and command_line =~ '\\x{D83D}' and command_line =~ '^[^z]+$'");
    ASK_ODD(RIG_IMAGE, "image == \"\" and image matches '*' and image =~ '^$' and image contains ''");
}

static void
a_pattern_without_a_backslash_is_one_of_file_names_in_a_path(void **State)
{
    (void)State;
    ASK(RIG_START | RIG_EXIT, "image matches 'cmd.*'");
    ASK(RIG_IMAGE, "image matches '*\\system32\\nt*'");
    ASK(0, "image matches 'C:*'");
    ASK(RIG_START, "command_line matches '*echo*'");
    ASK(0, "command_line matches 'echo*'");
    ASK_STREAM(RIG_IMAGE, "image matches 'x.txt'");
    ASK_STREAM(RIG_IMAGE, "image matches '*.exe'");
    ASK_STREAM(0, "image matches 'evil.exe'");
}

static void
fields_are_compared_with_fields(void **State)
{
    (void)State;
    ASK(RIG_START, "parent_pid == creator_pid");
    ASK(0, "parent_pid != creator_pid");
    ASK(RIG_START, "parent_create_time < create_time");
    ASK(RIG_START, "image != parent_image");
    ASK(RIG_START | RIG_IMAGE, "not image == image_nt and has(image_nt)");
    ASK(RIG_ALL, "kind == event");
    assert_int_equal(RigAskBare("parent_pid != creator_pid or parent_pid == creator_pid"), 0);
}

static void
words_are_bare_or_in_quotes(void **State)
{
    (void)State;
    ASK(RIG_START, "kind == start");
    ASK(RIG_START, "event == process_start and event == \"process_start\" and kind == 'start'");
    ASK(RIG_EXIT | RIG_IMAGE, "kind in (exit, image)");
    ASK(0, "kind == lost");
    ASK(RIG_IMAGE, "image_form == system_root");
    ASK(RIG_START, "architecture != emulated");
    ASK(RIG_START, "elevated and elevated == true and not subsystem and subsystem != true");
}

static void
AddSurrogates(BATCH_BUILDER *Builder)
{
    static const uint16_t Line[] = {'i', 't', '\'', 's', ' ', 0xD83D, 0xDE00, '"', '\t', '\\'};
    BuilderSetBytes(Builder, &EventsAddBareStart(Builder)->CommandLine, Line, sizeof(Line));
}

static void
quotes_and_escapes_mean_what_the_reference_says(void **State)
{
    (void)State;
    assert_int_equal(
        RigAskOf("command_line == 'it''s \xF0\x9F\x98\x80\"\t\\'", AddSurrogates, &EventsNoHooks), RIG_START);
    assert_int_equal(
        RigAskOf("command_line == \"it's \xF0\x9F\x98\x80\\\"\\t\\\\\"", AddSurrogates, &EventsNoHooks),
        RIG_START);
    assert_int_equal(RigAskOf("command_line contains \"\\ud83D\\uDE00\"", AddSurrogates, &EventsNoHooks),
                     RIG_START);
    assert_int_equal(RigAskOf("command_line endswith 'longer than it is'", AddSurrogates, &EventsNoHooks), 0);
    ASK(RIG_ALL, "host != ''");
    ASK(RIG_ALL, "host endswith '' and host startswith ''");
}

/* Bits of Number, as a and b. */
static UTF16
Spell(uint16_t *Units, uint32_t Count, unsigned Number, uint16_t A)
{
    for (uint32_t Index = 0; Index < Count; Index++)
        Units[Index] = (uint16_t)(A + (Number >> Index & 1));
    return (UTF16){.Units = Units, .Count = Count};
}

static bool
ContainsNaively(UTF16 Text, UTF16 Part)
{
    for (uint32_t At = 0; At + Part.Count <= Text.Count; At++)
    {
        if (TextStartsWith((UTF16){.Units = Text.Units + At, .Count = Text.Count - At}, Part))
            return true;
    }
    return false;
}

static void
AssertFound(UTF16 Text, unsigned PartCount)
{
    for (unsigned Number = 0; Number < 1u << PartCount; Number++)
    {
        uint16_t Units[8];
        uint32_t Borders[8];
        UTF16 Part = Spell(Units, PartCount, Number, 'A');
        TextPrepare(Part, Borders);
        assert_int_equal(TextContains(Text, Part, Borders), ContainsNaively(Text, Part));
    }
}

static void
a_search_is_right_about_all_short_texts_of_two_letters(void **State)
{
    uint16_t Units[10];

    (void)State;
    for (uint32_t Count = 1; Count <= 9; Count++)
    {
        for (unsigned Number = 0; Number < 1u << Count; Number++)
        {
            for (unsigned PartCount = 0; PartCount <= 5; PartCount++)
                AssertFound(Spell(Units, Count, Number, 'a'), PartCount);
        }
    }
}

static void
a_search_finds_what_repeats_itself(void **State)
{
    (void)State;
    ASK(RIG_START | RIG_EXIT,
        "image contains 'System32\\cmd' and image contains 'S\\SYS' and image contains 'dows\\s'");
    ASK(0, "image contains 'cmd.exe\\' or image contains 'windowss'");
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(numbers_are_decimal_hexadecimal_or_sizes),
        cmocka_unit_test(codes_are_the_same_with_and_without_a_sign),
        cmocka_unit_test(durations_have_units_and_bare_numbers_are_milliseconds),
        cmocka_unit_test(times_have_a_zone_or_are_counted_back_from_now),
        cmocka_unit_test(texts_are_compared_without_regard_to_case),
        cmocka_unit_test(a_text_that_is_no_unicode_is_matched_like_any_other),
        cmocka_unit_test(a_pattern_without_a_backslash_is_one_of_file_names_in_a_path),
        cmocka_unit_test(fields_are_compared_with_fields),
        cmocka_unit_test(words_are_bare_or_in_quotes),
        cmocka_unit_test(quotes_and_escapes_mean_what_the_reference_says),
        cmocka_unit_test(a_search_is_right_about_all_short_texts_of_two_letters),
        cmocka_unit_test(a_search_finds_what_repeats_itself),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
