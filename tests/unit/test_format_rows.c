/* SPDX-License-Identifier: MIT
 *
 * Rows of FormatText: whatever a process chooses to be called, and for its command line, forges no row and hides nothing
 * of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "events.h"
#include "stream/stream.h"

static BATCH_BUILDER Builder;
static STREAM Stream;
static size_t WindowWidth;

static SINK_WINDOW
AskWindow(void *Context)
{
    (void)Context;
    return (SINK_WINDOW){.Width = WindowWidth};
}

/* Width 0: no console. */
static void
Begin(size_t Width, size_t Lines)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    BuilderBegin(&Builder, Before);
    StreamInit(&Stream, &FormatText, CaptureBegin(), &EventsHooks, PRCM_KINDS_ALL);
    EventsLoadDrives(&Stream.View.Paths);
    WindowWidth = Width;
    Stream.Sink->AskWindow = AskWindow;
    Stream.Sink->RowLines = Lines;
}

/* What the test has added to Builder. */
static const char *
Shown(void)
{
    PRCM_RECORDS Records;
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    assert_true(StreamBatch(&Stream, Batch, Records));
    StreamDestroy(&Stream);
    return CaptureText();
}

/* A start whose command line has blanks so many that a console would begin a line with its end. */
static void
AddForgery(size_t Blanks)
{
    char Line[200];
    snprintf(Line, sizeof(Line), "evil.exe%*s16:04:05.123      1234  start  lsass.exe", (int)Blanks, "");
    PRCM_START *Start = EventsAddStart(&Builder);
    BuilderSetText(&Builder, &Start->CommandLine, Line);
}

static void
a_command_line_is_cut_in_the_second_line_and_begins_none(void **State)
{
    (void)State;
    for (size_t Blanks = 0; Blanks < 150; Blanks++)
    {
        Begin(80, 2);
        AddForgery(Blanks);
        EventsAddExit(&Builder);
        const char *First = Shown();
        const char *Second = strchr(First, '\n') + 1;
        const char *Third = strchr(Second, '\n') + 1;
        assert_memory_equal(First, "16:04:05.123      1234  start  cmd.exe          by explorer.exe (988)\n",
                            70);
        assert_memory_equal(Second, "|                              evil.exe", 39);
        assert_true(Third - Second <= 80); /* 79 columns and a line feed */
        assert_string_equal(
            Third, "16:04:05.223      1234  exit   cmd.exe          status 3, ran 100 ms, 0 images\n");
    }
}

static void
in_full_nothing_is_cut(void **State)
{
    (void)State;
    Begin(80, 0);
    AddForgery(46);
    assert_string_equal(Shown(),
                        "16:04:05.123      1234  start  cmd.exe          by explorer.exe (988)\n"
                        "|                              evil.exe                                        \n"
                        "|                                    16:04:05.123      1234  start  lsass.exe\n");
}

/* Where Text stands in what is shown, line breaks, marks and indents passed over; NULL: nowhere. */
static const char *
FindBroken(const char *Shown, const char *Text)
{
    for (; *Shown != '\0'; Shown++)
    {
        const char *At = Shown;
        const char *Wanted = Text;
        while (*Wanted != '\0' && *At != '\0')
        {
            if (*At == *Wanted)
                Wanted++;
            else if (strchr("\n| ", *At) == NULL)
                break;
            At++;
        }
        if (*Wanted == '\0')
            return Shown;
    }
    return NULL;
}

/* Behind a name as long as a file's may be, its owner's parent, command line and end were cut away. */
static void
a_long_name_hides_nothing_behind_it(void **State)
{
    char Path[300] = "\\Device\\HarddiskVolume3\\";
    (void)State;
    memset(Path + strlen(Path), 'n', 230);
    for (size_t Width = 16; Width < 300; Width++)
    {
        Begin(Width, 2);
        PRCM_START *Start = EventsAddStart(&Builder);
        BuilderSetText(&Builder, &Start->ImagePath.Text, Path);
        BuilderSetText(&Builder, &Start->CommandLine, "evil");
        EventsAddExit(&Builder);
        const char *Text = Shown();
        assert_non_null(FindBroken(Text, "byexplorer.exe(988)"));
        assert_non_null(FindBroken(Text, "evil"));
        assert_non_null(FindBroken(Text, "status3,ran100ms"));
    }
}

/* What was told behind a command line or path was cut away with its end. */
static void
what_is_to_be_known_of_a_text_stands_before_it(void **State)
{
    char Long[250] = "\\x";
    (void)State;
    memset(Long + 2, 'x', sizeof(Long) - 3);
    Begin(80, 2);
    PRCM_START *Start = EventsAddStart(&Builder);
    BuilderSetText(&Builder, &Start->CommandLine, Long);
    Start->CommandLine.Status = PRCM_TRUNCATED;
    Start->CommandLine.FullLength = 5000;
    Start->CreationStatus = EventsPresent(0xC0000022);
    PRCM_IMAGE *Image = EventsAddImage(&Builder);
    BuilderSetText(&Builder, &Image->ImagePath.Text, Long);
    Image->Properties = PRCM_IMAGE_SYSTEM_MODE | PRCM_IMAGE_MACHINE_TYPE_MISMATCH;
    assert_string_equal(Shown(),
                        "16:04:05.123      1234  start  cmd.exe          refused 0xC0000022, by explorer\n"
                        "|                              .exe (988)\n"
                        "|                              (command line truncated: 498 of 5,000 bytes) \\xx\n"
                        "|                              xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>\n"
                        "16:04:05.223      1234  load     1.8 MiB        (kernel) (other architecture) \\\n"
                        "|                              xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>\n");
}

/* A name with blanks as between columns looked like a name, its parent and a command line. */
static void
a_name_forges_no_columns(void **State)
{
    (void)State;
    Begin(0, 2);
    PRCM_START *Start = EventsAddStart(&Builder);
    BuilderSetText(&Builder, &Start->ImagePath.Text, "\\d\\ cmd.exe  by a.exe (4)   b <U+0041> ");
    Start = EventsAddStart(&Builder);
    BuilderSetText(&Builder, &Start->ImagePath.Text, "\\d\\sixteen.and.more");
    assert_string_equal(Shown(),
                        "16:04:05.123      1234  start  <U+0020>cmd.exe <U+0020>by a.exe (4) <U+0020><U+0020>"
                        "b <U+003C>U+0041><U+0020>  by explorer.exe (988)  cmd.exe /c \"echo hi\"\n"
                        "16:04:05.223      1234  start  sixteen.and.more  by explorer.exe (988)    "
                        "cmd.exe /c \"echo hi\"\n");
}

/* The image's path stood in its place, as if it were the command line. */
static void
an_empty_command_line_is_told(void **State)
{
    (void)State;
    Begin(0, 2);
    PRCM_START *Start = EventsAddStart(&Builder);
    Start->CommandLine = (PRCM_BYTES){.Status = PRCM_PRESENT};
    assert_string_equal(
        Shown(), "16:04:05.123      1234  start  cmd.exe          by explorer.exe (988)     (command line "
                 "empty) C:\\Windows\\System32\\cmd.exe\n");
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_command_line_is_cut_in_the_second_line_and_begins_none),
        cmocka_unit_test(in_full_nothing_is_cut),
        cmocka_unit_test(a_long_name_hides_nothing_behind_it),
        cmocka_unit_test(what_is_to_be_known_of_a_text_stands_before_it),
        cmocka_unit_test(a_name_forges_no_columns),
        cmocka_unit_test(an_empty_command_line_is_told),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
