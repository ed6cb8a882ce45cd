/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "filter_rig.h"

static void
an_unknown_field_is_answered_with_the_one_that_was_meant(void **State)
{
    (void)State;
    RigRefuses("kind == start and parent_imag endswith \"x\"", "parent_imag",
               "unknown field \"parent_imag\"; did you mean parent_image?");
    RigRefuses("has(comand_line)", "comand_line",
               "unknown field \"comand_line\"; did you mean command_line?");
    RigRefuses("exit_code == 3", "exit_code", "unknown field \"exit_code\"; did you mean exit_status?");
    RigRefuses("ppid == 3", "ppid", "unknown field \"ppid\"; did you mean parent_pid?");
    RigRefuses("user_stat == \"absent\"", "user_stat", "unknown field \"user_stat\"; did you mean user_sid?");
    RigRefuses("xyzzy == 3", "xyzzy", "unknown field \"xyzzy\"");
    RigRefuses("pid == \xC3\xA9", "\xC3\xA9", "this stands for nothing in a filter");
    RigRefuses("a_name_that_is_so_long_that_a_message_would_be_filled_with_it_alone == 1",
               "a_name_that_is_so_long_that_a_message_would_be_filled_with_it_alone",
               "unknown field \"a_name_that_is_so_long_that_a_message_wo\"");
}

static void
a_value_of_another_type_is_refused_where_it_stands(void **State)
{
    (void)State;
    RigRefuses("pid == \"explorer\"", "explorer",
               "this is no number; one is 10, 0x1F, 64K, 500ms, -5m or 2026-11-22T15:04:05Z");
    RigRefuses("pid == -5", "-5", "pid is never negative");
    RigRefuses("pid == 5s", "5s", "pid is a number, such as 10, 0x1F or 64K");
    RigRefuses("pid == true", "true", "pid is a number, such as 10, 0x1F or 64K");
    RigRefuses("image == 5", "5", "a text stands in quotes: \"5\"");
    RigRefuses("image == explorer", "explorer", "a text stands in quotes: \"explorer\"");
    RigRefuses("elevated == 1", "1", "elevated is true or false");
    RigRefuses("time > 5", "5", "time is a time: 2026-11-22T15:04:05Z, or -5m for five minutes ago");
    RigRefuses("time > 5m", "5m", "time is a time: 2026-11-22T15:04:05Z, or -5m for five minutes ago");
    RigRefuses("lifetime_ms > 5M", "5M", "lifetime_ms is a duration, such as 500ms, 2s or 5m");
    RigRefuses("lifetime_ms > -5m", "-5m", "lifetime_ms is a duration, such as 500ms, 2s or 5m");
    RigRefuses("exit_status == 4294967296", "4294967296",
               "exit_status is a code, such as 0xC0000005 or -1073741819");
    RigRefuses("exit_status < -1", "-1",
               "the order of exit_status is that of numbers without a sign: write 0xFFFFFFFF");
    RigRefuses("kind == process", "process",
               "kind is one of start, exit, image, lost, process_start, process_exit, image_load");
    RigRefuses("kind in (start, stop)", "stop",
               "kind is one of start, exit, image, lost, process_start, process_exit, image_load");
    RigRefuses("architecture == \"arm\"", "\"arm\"", "architecture is one of native, emulated, other");
    RigRefuses("status(user) == \"missing\"", "\"missing\"",
               "no status; there are present, absent, withheld, truncated and \"failed 0xC0000022\"");
}

static void
a_comparison_that_a_type_does_not_have_is_refused(void **State)
{
    (void)State;
    RigRefuses("pid contains 5", "contains", "contains does not go with pid, which is a number");
    RigRefuses("image < \"x\"", "<", "< does not go with image, which is a path");
    RigRefuses("kind > start", ">", "> does not go with kind, which is a word");
    RigRefuses("elevated =~ \"x\"", "=~", "=~ does not go with elevated, which is a boolean");
    RigRefuses("pid == time", "time", "pid and time cannot be compared: they are not of one type");
    RigRefuses("kind == image_form", "image_form",
               "kind and image_form cannot be compared: they are not of one type");
    RigRefuses("status(user) == image", "image",
               "a status and image cannot be compared: they are not of one type");
    RigRefuses("command_line contains image", "image", "a value is needed here, not another field");
    RigRefuses("pid in (parent_pid)", "parent_pid", "a value is needed here, not another field");
    RigRefuses("image like \"x\"", "like",
               "no comparison; there are == != < <= > >= in matches startswith endswith contains =~ !~");
    RigRefuses("has(user_status)", "user_status", "a status has none itself");
}

static void
what_is_missing_is_said_where_it_is_missing(void **State)
{
    (void)State;
    RigRefuses("", "", "a comparison is missing here");
    RigRefuses("pid == 5 and", "", "a comparison is missing here");
    RigRefuses("pid == 5 and or pid == 6", "or", "a comparison is missing here");
    RigRefuses("pid ==", "", "a value for pid is missing here");
    RigRefuses("pid", "pid", "pid is compared with nothing; has(pid) asks for any value");
    RigRefuses("image and pid == 5", "image",
               "image is compared with nothing; has(image) asks for any value");
    RigRefuses("(pid == 5", "(", "nothing closes this parenthesis");
    RigRefuses("pid == 5)", ")", "nothing opens this parenthesis");
    RigRefuses("(pid == 5 pid == 6)", "pid", "and, or or ) is missing here");
    RigRefuses("pid == 5 pid == 6", "pid", "and, or or the end is missing here");
    RigRefuses("pid in 5", "5", "( of a list is missing here");
    RigRefuses("pid in ()", ")", "a value for pid is missing here");
    RigRefuses("pid in (5 6)", "6", "a comma, or ) of the list, is missing here");
    RigRefuses("has image", "image", "(FIELD) is missing here");
    RigRefuses("has()", ")", "a field's name is missing here");
    RigRefuses("has(image", "", ") is missing here");
    RigRefuses("5 == pid", "5", "a comparison begins with a field");
    RigRefuses("image == \"x", "\"x", "the text that begins here has no end: \" is missing");
    RigRefuses("image == 'it''s", "'it''s", "the text that begins here has no end: ' is missing");
}

static void
signs_of_other_languages_are_answered_with_ours(void **State)
{
    (void)State;
    RigRefuses("pid = 5", "=", "two equals signs compare: ==");
    RigRefuses("pid == 5 && tid == 5", "&&", "write and");
    RigRefuses("pid == 5 || tid == 5", "||", "write or");
    RigRefuses("!has(image)", "!", "write not");
    RigRefuses("image ~ 'x'", "~", "write =~ for a regular expression");
    RigRefuses("image == \xE2\x80\x9Cx\xE2\x80\x9D", "\xE2\x80\x9C", "a text stands in straight quotes");
    RigRefuses(
        "image == \"C:\\Temp\"", "\\T",
        "no escape: a backslash is \\\\ in \"double quotes\"; in 'single quotes' it stands for itself");
    RigRefuses("image == \"\\u12\"", "\\u", "four hexadecimal digits stand behind \\u");
    RigRefuses("image == \"a\x80\"", "\x80", "this byte is not UTF-8");
    RigRefuses("image \x80", "\x80", "this byte is not UTF-8");
}

static void
a_number_or_time_that_is_none_is_refused(void **State)
{
    static const char None[] = "this is no number; one is 10, 0x1F, 64K, 500ms, -5m or 2026-11-22T15:04:05Z";
    static const char NoTime[] = "this is no time; one is 2026-11-22T15:04:05Z";

    (void)State;
    RigRefuses("pid == 5x", "5x", None);
    RigRefuses("pid == 0x", "0x", None);
    RigRefuses("pid == 0x5K", "0x5K", None);
    RigRefuses("pid == 1.5", "1.5", None);
    RigRefuses("pid == ''", "", None);
    RigRefuses("pid == 18446744073709551616", "18446744073709551616", "this number is too large");
    RigRefuses("pid == 0x10000000000000000", "0x10000000000000000", "this number is too large");
    RigRefuses("size == 16777216T", "16777216T", "this number is too large");
    RigRefuses("lifetime_ms < 106751992d", "106751992d", "this number is too large");
    RigRefuses("time > 2026-13-01Z", "2026-13-01Z", NoTime);
    RigRefuses("time > 2026-11-22T15:04:05.0000000000000000000000000000000000000Z",
               "2026-11-22T15:04:05.0000000000000000000000000000000000000Z", NoTime);
    RigRefuses("time > 2026-11-22T15:04", "2026-11-22T15:04",
               "a time needs its zone: Z behind it for UTC, or such as +01:00");
}

static char *
Repeat(const char *Text, size_t Count, const char *Middle, const char *After)
{
    char *All = calloc(1, RIG_TEXT_BYTES);
    size_t Length = strlen(Text);
    size_t Behind = strlen(After);
    char *At = All;

    assert_non_null(All);
    assert_true(Count * (Length + Behind) + strlen(Middle) < RIG_TEXT_BYTES);
    for (size_t Index = 0; Index < Count; Index++, At += Length)
        memcpy(At, Text, Length);
    memcpy(At, Middle, strlen(Middle));
    At += strlen(Middle);
    for (size_t Index = 0; Index < Count; Index++, At += Behind)
        memcpy(At, After, Behind);
    return All;
}

static void
depth_and_length_have_a_bound(void **State)
{
    char *Deep = Repeat("(", FILTER_MAX_DEPTH, "pid == 1234", ")");
    char *TooDeep = Repeat("(", 10000, "pid == 1234", ")");
    char *Nots = Repeat("not ", 16000, "pid == 1234", "");
    char *Wide = Repeat("pid==1 or ", 6550, "pid == 1234", "");
    char *TooLong = Repeat(" ", FILTER_MAX_BYTES, "pid == 1234", "");
    char *Long = Repeat("x", FILTER_MAX_TEXT + 1, "'", "");
    static char Quoted[RIG_TEXT_BYTES] = "image == '";
    FILTER_ERROR Error;

    (void)State;
    assert_int_equal(RigAsk(Deep), RIG_ALL);
    assert_null(FilterParse(TooDeep, RIG_NOW, &Error));
    assert_string_equal(Error.Message, "nested deeper than 200");
    assert_int_equal(Error.Offset, FILTER_MAX_DEPTH);
    assert_int_equal(RigAsk(Nots), RIG_ALL);
    assert_int_equal(RigAsk(Wide), RIG_ALL);
    assert_null(FilterParse(TooLong, RIG_NOW, &Error));
    assert_string_equal(Error.Message, "a filter has at most 65536 bytes");
    RigAppend(Quoted, Long);
    assert_null(FilterParse(Quoted, RIG_NOW, &Error));
    assert_string_equal(Error.Message, "a text has at most 4096 units");
    free(Deep);
    free(TooDeep);
    free(Nots);
    free(Wide);
    free(TooLong);
    free(Long);
}

static const char *
PlaceOf(const char *Text)
{
    FILTER_ERROR Error;

    assert_null(FilterParse(Text, RIG_NOW, &Error));
    FilterWritePlace(CaptureBegin(), Text, &Error);
    return CaptureText();
}

static void
the_place_is_marked_below_its_line(void **State)
{
    (void)State;
    assert_string_equal(PlaceOf("kind == start and parent_imag endswith \"x\""),
                        "    kind == start and parent_imag endswith \"x\"\n"
                        "                      ^~~~~~~~~~~\n");
    assert_string_equal(PlaceOf("pid =="), "    pid ==\n          ^\n");
    assert_string_equal(PlaceOf(""), "    \n    ^\n");
    assert_string_equal(PlaceOf("kind == start\nand pidd == 5\nor pid == 6"),
                        "    and pidd == 5\n        ^~~~\n");
    assert_string_equal(PlaceOf("image == \"x\n\" or y == 1\n"), "    \" or y == 1\n         ^\n");
}

/* Wide characters take two cells; what would steer a terminal is shown as what it is. */
static void
the_mark_stands_right_whatever_is_before_it(void **State)
{
    (void)State;
    assert_string_equal(PlaceOf("user == '\xE6\xBC\xA2\x1B' and x == 1"),
                        "    user == '\xE6\xBC\xA2<U+001B>' and x == 1\n"
                        "                             ^\n");
}

static void
of_a_long_line_the_part_around_the_place_is_shown(void **State)
{
    char *Text = Repeat("pid==1 or ", 100, "pidd == 5", " or pid == 6");
    const char *Shown = PlaceOf(Text);

    (void)State;
    assert_non_null(strstr(Shown, "or pidd == 5 or pid == 6 or"));
    assert_true(strlen(Shown) < 200);
    free(Text);
}

static void
characters_of_several_bytes_stay_whole_where_a_line_is_cut(void **State)
{
    static char Text[RIG_TEXT_BYTES] = "user == '";

    (void)State;
    for (unsigned Index = 0; Index < 60; Index++)
        RigAppend(Text, "\xC3\xA9");
    assert_null(strstr(PlaceOf(Text), "<0x"));
    RigAppend(Text, "' x");
    assert_null(strstr(PlaceOf(Text), "<0x"));
    Text[8] = ' ';
    Text[9 + 2 * 60] = ' ';
    assert_null(strstr(PlaceOf(Text), "<0x"));
}

static void
a_bad_pattern_is_pointed_into(void **State)
{
    (void)State;
    RigRefuses("image =~ 'a(b'", "'", "missing closing parenthesis");
    RigRefuses("image =~ \"\\\\\\\\a\\u0041[z-a]\"", "a]\"", "range out of order in character class");
    RigRefuses("image =~ '(a)\\1'", "1'", "reference to non-existent subpattern");
    RigRefuses("image =~ '(?<n>a)\\k<n>'", "(?<n>a)\\k<n>'", "a filter's pattern has no back references");
    RigRefuses("image =~ '(*UTF)a'", "a'", "using UTF is disabled by the application");
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(an_unknown_field_is_answered_with_the_one_that_was_meant),
        cmocka_unit_test(a_value_of_another_type_is_refused_where_it_stands),
        cmocka_unit_test(a_comparison_that_a_type_does_not_have_is_refused),
        cmocka_unit_test(what_is_missing_is_said_where_it_is_missing),
        cmocka_unit_test(signs_of_other_languages_are_answered_with_ours),
        cmocka_unit_test(a_number_or_time_that_is_none_is_refused),
        cmocka_unit_test(depth_and_length_have_a_bound),
        cmocka_unit_test(the_place_is_marked_below_its_line),
        cmocka_unit_test(the_mark_stands_right_whatever_is_before_it),
        cmocka_unit_test(of_a_long_line_the_part_around_the_place_is_shown),
        cmocka_unit_test(characters_of_several_bytes_stay_whole_where_a_line_is_cut),
        cmocka_unit_test(a_bad_pattern_is_pointed_into),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
