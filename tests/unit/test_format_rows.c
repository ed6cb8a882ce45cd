/* SPDX-License-Identifier: MIT
 *
 * Rows of FormatText: whatever a process chooses to be called, and for its command line, forges no row and hides nothing
 * of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "events.h"
#include "stream.h"

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
    char Line[200] = "evil.exe";
    memset(Line + strlen(Line), ' ', Blanks);
    strcat(Line, "16:04:05.123      1234  start  lsass.exe");
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

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_command_line_is_cut_in_the_second_line_and_begins_none),
        cmocka_unit_test(in_full_nothing_is_cut),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
