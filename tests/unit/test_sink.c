/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "capture.h"
#include "text/times.h"

static void
groups_digits_by_three(void **State)
{
    (void)State;
    SINK *Sink = CaptureBegin();
    const uint64_t Values[] = {0, 7, 999, 1000, 12345, 1000000, UINT64_MAX};
    for (size_t Index = 0; Index < sizeof(Values) / sizeof(Values[0]); Index++)
    {
        size_t Before = Sink->Column;
        SinkGrouped(Sink, Values[Index]);
        assert_int_equal(Sink->Column - Before, SinkGroupedWidth(Values[Index]));
        SinkChar(Sink, ' ');
    }
    ASSERT_WROTE("0 7 999 1,000 12,345 1,000,000 18,446,744,073,709,551,615 ");
}

static void
writes_codes_as_windows_documents_them(void **State)
{
    (void)State;
    SINK *Sink = CaptureBegin();
    SinkCode(Sink, 0xC0000022);
    SinkChar(Sink, ' ');
    SinkCode(Sink, 5);
    SinkChar(Sink, ' ');
    SinkHex(Sink, 0x7FFABCDEF000, 1);
    ASSERT_WROTE("0xC0000022 0x00000005 7ffabcdef000");
}

static void
aligns_by_cells_whatever_the_bytes_and_styles(void **State)
{
    (void)State;
    SINK *Sink = CaptureBeginColored();
    SinkStyle(Sink, STYLE_RED);
    SinkText(Sink, "\xC3\xA9\xE6\xBC\xA2\xF0\x9D\x84\x9E");
    SinkStyle(Sink, STYLE_PLAIN);
    SinkPadTo(Sink, 7);
    SinkText(Sink, "|\n");
    SinkText(Sink, "longest");
    SinkPadTo(Sink, 7);
    SinkChar(Sink, '|');
    ASSERT_WROTE("\033[1;31m\xC3\xA9\xE6\xBC\xA2\xF0\x9D\x84\x9E\033[0m  |\nlongest  |");
}

static void
writes_no_styles_without_color(void **State)
{
    (void)State;
    SINK *Sink = CaptureBegin();
    SinkStyle(Sink, STYLE_RED);
    SinkChar(Sink, 'x');
    SinkStyle(Sink, STYLE_PLAIN);
    ASSERT_WROTE("x");
}

typedef struct FAILING
{
    unsigned Calls;
    uint32_t Errors[3];
} FAILING;

static uint32_t
Fail(void *Context, const char *Bytes, size_t Length)
{
    FAILING *Failing = Context;
    (void)Bytes;
    (void)Length;
    return Failing->Errors[Failing->Calls++];
}

static void
remembers_the_first_error_and_writes_nothing_after_it(void **State)
{
    (void)State;
    static SINK Sink;
    FAILING Failing = {.Errors = {0, 112, 0}};
    SinkInit(&Sink, Fail, &Failing, false);
    SinkChar(&Sink, 'a');
    assert_true(SinkFlush(&Sink));
    SinkChar(&Sink, 'b');
    assert_false(SinkFlush(&Sink));
    SinkChar(&Sink, 'c');
    assert_false(SinkFlush(&Sink));
    assert_int_equal(Sink.Error, 112);
    assert_int_equal(Failing.Calls, 2);
}

static uint32_t
ExpectWholePieces(void *Context, const char *Bytes, size_t Length)
{
    size_t *Total = Context;
    assert_int_equal(Length % 3, 0);
    assert_int_equal((unsigned char)Bytes[0], 0xE6);
    *Total += Length;
    return 0;
}

static void
never_splits_a_character_between_two_writes(void **State)
{
    (void)State;
    static SINK Sink;
    size_t Total = 0;
    SinkInit(&Sink, ExpectWholePieces, &Total, false);
    for (size_t Index = 0; Index < SINK_BYTES; Index++)
        SinkText(&Sink, "\xE6\xBC\xA2");
    assert_true(SinkFlush(&Sink));
    assert_int_equal(Total, 3 * (size_t)SINK_BYTES);
}

static uint32_t
ExpectWholeLines(void *Context, const char *Bytes, size_t Length)
{
    size_t *Total = Context;
    assert_int_equal(Bytes[Length - 1], '\n');
    *Total += Length;
    return 0;
}

static void
writes_whole_lines_however_long(void **State)
{
    (void)State;
    static SINK Sink;
    static char Line[SINK_BYTES * 3];
    size_t Total = 0;
    size_t Sent = 0;
    SinkInit(&Sink, ExpectWholeLines, &Total, false);
    memset(Line, 'x', sizeof(Line));
    for (size_t Length = 1; Length < sizeof(Line); Length = Length * 3 / 2 + 1)
    {
        SinkBytes(&Sink, Line, Length);
        SinkChar(&Sink, '\n');
        Sent += Length + 1;
    }
    assert_true(Total > 0);
    assert_true(SinkFlush(&Sink));
    assert_int_equal(Total, Sent);
}

static void
takes_of_lines_what_fits_and_of_a_longer_one_all(void **State)
{
    (void)State;
    assert_int_equal(SinkWholeLines("ab\ncd\n", 6, 6), 6);
    assert_int_equal(SinkWholeLines("ab\ncd\n", 6, 5), 3);
    assert_int_equal(SinkWholeLines("ab\ncd\n", 6, 3), 3);
    assert_int_equal(SinkWholeLines("abcd\nef\n", 8, 2), 5);
    assert_int_equal(SinkWholeLines("abcdef", 6, 2), 6);
}

static void
passes_on_what_is_longer_than_its_buffer(void **State)
{
    (void)State;
    static char Long[SINK_LINE_BYTES + 1];
    SINK *Sink = CaptureBegin();
    memset(Long, 'x', sizeof(Long));
    SinkChar(Sink, '[');
    SinkBytes(Sink, Long, sizeof(Long));
    SinkChar(Sink, ']');
    const char *Text = CaptureText();
    assert_int_equal(strlen(Text), sizeof(Long) + 2);
    assert_int_equal(Text[0], '[');
    assert_int_equal(strspn(Text + 1, "x"), sizeof(Long));
}

static void
writes_times_with_seven_digits(void **State)
{
    static const struct
    {
        int64_t Time;
        const char *Expected;
    } Cases[] = {
        {0, "1601-01-01T00:00:00.0000000Z"},
        {116444736000000000, "1970-01-01T00:00:00.0000000Z"},
        {125963423991234567, "2000-02-29T23:59:59.1234567Z"},
        {134398334451234567, "2026-11-22T15:04:05.1234567Z"},
        {-5, "1601-01-01T00:00:00.0000000Z"},
    };
    (void)State;
    for (size_t Index = 0; Index < sizeof(Cases) / sizeof(Cases[0]); Index++)
    {
        TimesWriteRfc3339(CaptureBegin(), Cases[Index].Time);
        ASSERT_WROTE(Cases[Index].Expected);
    }
}

static void
agrees_with_the_c_library_on_every_day_of_800_years(void **State)
{
    (void)State;
    for (int64_t Day = 0; Day < 292194; Day++)
    {
        char Expected[64];
        struct tm Parts;
        time_t Unix = (time_t)((Day + 1) * 86400 - 1 - 11644473600);
        assert_non_null(gmtime_r(&Unix, &Parts));
        strftime(Expected, sizeof(Expected), "%Y-%m-%d %H:%M:%S", &Parts);
        TimesWriteDate(CaptureBegin(), ((Day + 1) * 86400 - 1) * 10000000);
        ASSERT_WROTE(Expected);
    }
}

static void
AssertReads(const char *Text, const char *AsWritten, bool AsZoned)
{
    int64_t Time;
    bool Zoned;
    SINK *Sink = CaptureBegin();

    assert_true(TimesRead(Text, &Time, &Zoned));
    assert_int_equal(Zoned, AsZoned);
    TimesWriteRfc3339(Sink, Time);
    ASSERT_WROTE(AsWritten);
}

static void
reads_times_as_they_are_written(void **State)
{
    (void)State;
    AssertReads("2026-11-22T15:04:05.1234567Z", "2026-11-22T15:04:05.1234567Z", true);
    AssertReads("2026-11-22 15:04:05.5", "2026-11-22T15:04:05.5000000Z", false);
    AssertReads("2026-11-22T15:04", "2026-11-22T15:04:00.0000000Z", false);
    AssertReads("2024-02-29", "2024-02-29T00:00:00.0000000Z", false);
    AssertReads("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.0000000Z", true);
    AssertReads("2026-12-31T23:30:00.123456789-01:00", "2027-01-01T00:30:00.1234567Z", true);
    AssertReads("1601-01-01T00:00:01Z", "1601-01-01T00:00:01.0000000Z", true);
    AssertReads("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.0000000Z", true);
}

static void
what_is_no_time_is_not_read_as_one(void **State)
{
    (void)State;
    const char *const Wrong[] = {"",
                                 "2026",
                                 "2026-13-01",
                                 "2026-02-29",
                                 "1900-02-29",
                                 "2026-00-10",
                                 "2026-01-32",
                                 "2026-01-01T24:00",
                                 "2026-01-01T10",
                                 "2026-01-01T10:60",
                                 "2026-01-01T10:00:60",
                                 "2026-01-01T10:00:00.",
                                 "2026-01-01T10:00:00Zx",
                                 "2026-01-01T10:00:00+1:00",
                                 "2026-01-01T10:00:00+01:60",
                                 "2026-01-01X",
                                 "1601-01-01T00:00:00Z",
                                 "1600-01-01"};
    for (size_t Index = 0; Index < sizeof(Wrong) / sizeof(Wrong[0]); Index++)
    {
        int64_t Time;
        bool Zoned;
        if (TimesRead(Wrong[Index], &Time, &Zoned))
            fail_msg("%s was read as a time", Wrong[Index]);
    }
}

static void
writes_durations_for_people(void **State)
{
    static const struct
    {
        uint64_t Milliseconds;
        const char *Expected;
    } Cases[] = {
        {0, "0 ms"},           {999, "999 ms"},        {1000, "1.00 s"},        {59999, "59.99 s"},
        {60000, "1 min 00 s"}, {185000, "3 min 05 s"}, {7380000, "2 h 03 min"}, {439200000, "5 d 02 h"},
    };
    (void)State;
    for (size_t Index = 0; Index < sizeof(Cases) / sizeof(Cases[0]); Index++)
    {
        TimesWriteDuration(CaptureBegin(), Cases[Index].Milliseconds);
        ASSERT_WROTE(Cases[Index].Expected);
    }
    SINK *Sink = CaptureBegin();
    TimesWriteShort(Sink, 8509);
    SinkChar(Sink, ' ');
    TimesWriteShort(Sink, 12543);
    SinkChar(Sink, ' ');
    TimesWriteShort(Sink, 15000000);
    ASSERT_WROTE("850 us 1.25 ms 1.50 s");
}

static SINK_WINDOW Window;

static SINK_WINDOW
AskWindow(void *Context)
{
    (void)Context;
    return Window;
}

/* A row of one field for a console so wide, of so many lines, whose further lines begin at column 8. */
static SINK *
BeginRow(size_t Width, size_t Lines)
{
    SINK *Sink = CaptureBegin();
    Window = (SINK_WINDOW){.Width = Width};
    Sink->AskWindow = AskWindow;
    Sink->RowLines = Lines;
    SinkBeginRow(Sink, 8);
    SinkLastField(Sink);
    return Sink;
}

static void
a_row_without_a_console_is_as_long_as_it_is(void **State)
{
    (void)State;
    SINK *Sink = CaptureBegin();
    Sink->RowLines = 1;
    SinkBeginRow(Sink, 8);
    SinkText(Sink, "a text that is longer than some consoles");
    SinkPadTo(Sink, 50);
    SinkText(Sink, "b\n");
    ASSERT_WROTE("a text that is longer than some consoles          b\n");
}

static void
a_row_is_cut_with_a_mark_before_the_last_column(void **State)
{
    (void)State;
    SINK *Sink = BeginRow(20, 1);
    SinkText(Sink, "0123456789abcdefgh");
    ASSERT_WROTE("0123456789abcdefgh");
    SinkText(Sink, "ijk");
    SinkText(Sink, "lmn\nnext");
    ASSERT_WROTE("0123456789abcdefgh>\nnext");
}

static void
a_row_goes_on_behind_a_mark_at_the_left_edge(void **State)
{
    (void)State;
    SINK *Sink = BeginRow(20, 0);
    for (int Index = 0; Index < 4; Index++)
        SinkText(Sink, "0123456789");
    SinkText(Sink, "\n");
    ASSERT_WROTE("0123456789012345678\n|       90123456789\n|       0123456789\n");
}

static void
a_row_takes_as_many_lines_as_it_may_and_is_cut(void **State)
{
    (void)State;
    SINK *Sink = BeginRow(20, 2);
    for (int Index = 0; Index < 4; Index++)
        SinkText(Sink, "0123456789");
    SinkText(Sink, "\n");
    ASSERT_WROTE("0123456789012345678\n|       9012345678>\n");
}

/* What a process chose for its command line, so that its end would begin a line. */
static void
blanks_do_not_forge_a_row(void **State)
{
    (void)State;
    for (size_t Lines = 0; Lines < 5; Lines++)
    {
        SINK *Sink = BeginRow(80, Lines);
        SinkText(Sink, "15:04:05.123  1234  start  evil.exe ");
        for (int Index = 0; Index < 160; Index++)
            SinkChar(Sink, ' ');
        for (int Index = 0; Index < 40; Index++)
            SinkText(Sink, "15:04:05.123  1234  start  lsass.exe ");
        SinkChar(Sink, '\n');
        const char *Line = strchr(CaptureText(), '\n') + 1;
        for (; *Line != '\0'; Line = strchr(Line, '\n') + 1)
            assert_memory_equal(Line, "|       ", 8);
        for (Line = CaptureText(); *Line != '\0'; Line = strchr(Line, '\n') + 1)
            assert_true(strchr(Line, '\n') - Line < 80);
    }
}

static void
wide_characters_count_two_cells(void **State)
{
    (void)State;
    SINK *Sink = BeginRow(20, 1);
    for (int Index = 0; Index < 12; Index++)
        SinkText(Sink, "\xE6\xBC\xA2");
    SinkChar(Sink, '\n');
    ASSERT_WROTE(
        "\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2"
        "\xE6\xBC\xA2>\n");
    Sink = BeginRow(20, 1);
    SinkText(Sink, "0123456789abcdefg\xF0\x9F\x98\x80\n");
    ASSERT_WROTE("0123456789abcdefg>\n");
}

static void
ambiguous_characters_are_wide_in_east_asian_consoles(void **State)
{
    (void)State;
    for (int EastAsian = 0; EastAsian < 2; EastAsian++)
    {
        SINK *Sink = BeginRow(20, 1);
        Window.EastAsian = EastAsian;
        SinkBeginRow(Sink, 8);
        SinkText(Sink, "\xD0\x96\xC3\xA9");
        assert_int_equal(Sink->Column, EastAsian ? 4 : 2);
    }
}

static void
a_column_too_far_to_the_right_begins_another_line(void **State)
{
    (void)State;
    SINK *Sink = BeginRow(40, 2);
    SinkText(Sink, "name");
    SinkPadTo(Sink, 20);
    SinkText(Sink, "first\n");
    ASSERT_WROTE("name\n|       first\n");
    Sink = BeginRow(40, 1);
    SinkText(Sink, "name");
    SinkPadTo(Sink, 20);
    SinkText(Sink, "first\n");
    ASSERT_WROTE("name  first\n");
    Sink = BeginRow(40, 2);
    SinkText(Sink, "name");
    SinkPadTo(Sink, 19);
    SinkText(Sink, "first\n");
    ASSERT_WROTE("name               first\n");
}

static void
a_window_is_asked_for_its_width_again_after_a_flush(void **State)
{
    (void)State;
    SINK *Sink = BeginRow(20, 1);
    SinkText(Sink, "0123456789abcdefghijk\n");
    SinkFlush(Sink);
    Window.Width = 30;
    SinkBeginRow(Sink, 8);
    SinkText(Sink, "0123456789abcdefghijk\n");
    ASSERT_WROTE("0123456789abcdefgh>\n0123456789abcdefghijk\n");
}

static void
a_window_too_narrow_or_unknown_cuts_nothing(void **State)
{
    (void)State;
    for (size_t Width = 0; Width < 16; Width++)
    {
        SinkText(BeginRow(Width, 1), "0123456789abcdefghijk\n");
        ASSERT_WROTE("0123456789abcdefghijk\n");
    }
}

static void
marks_are_coloured_and_the_style_goes_on(void **State)
{
    (void)State;
    SINK *Sink = BeginRow(20, 2);
    Sink->Color = true;
    SinkStyle(Sink, STYLE_RED);
    SinkText(Sink, "0123456789abcdefghijk\n");
    ASSERT_WROTE("\033[1;31m0123456789abcdefghi\n\033[33m|\033[1;31m       jk\n");
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(groups_digits_by_three),
        cmocka_unit_test(writes_codes_as_windows_documents_them),
        cmocka_unit_test(aligns_by_cells_whatever_the_bytes_and_styles),
        cmocka_unit_test(writes_no_styles_without_color),
        cmocka_unit_test(remembers_the_first_error_and_writes_nothing_after_it),
        cmocka_unit_test(never_splits_a_character_between_two_writes),
        cmocka_unit_test(writes_whole_lines_however_long),
        cmocka_unit_test(takes_of_lines_what_fits_and_of_a_longer_one_all),
        cmocka_unit_test(passes_on_what_is_longer_than_its_buffer),
        cmocka_unit_test(writes_times_with_seven_digits),
        cmocka_unit_test(agrees_with_the_c_library_on_every_day_of_800_years),
        cmocka_unit_test(reads_times_as_they_are_written),
        cmocka_unit_test(what_is_no_time_is_not_read_as_one),
        cmocka_unit_test(writes_durations_for_people),
        cmocka_unit_test(a_row_without_a_console_is_as_long_as_it_is),
        cmocka_unit_test(a_row_is_cut_with_a_mark_before_the_last_column),
        cmocka_unit_test(a_row_goes_on_behind_a_mark_at_the_left_edge),
        cmocka_unit_test(a_row_takes_as_many_lines_as_it_may_and_is_cut),
        cmocka_unit_test(blanks_do_not_forge_a_row),
        cmocka_unit_test(wide_characters_count_two_cells),
        cmocka_unit_test(ambiguous_characters_are_wide_in_east_asian_consoles),
        cmocka_unit_test(a_column_too_far_to_the_right_begins_another_line),
        cmocka_unit_test(a_window_is_asked_for_its_width_again_after_a_flush),
        cmocka_unit_test(a_window_too_narrow_or_unknown_cuts_nothing),
        cmocka_unit_test(marks_are_coloured_and_the_style_goes_on),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
