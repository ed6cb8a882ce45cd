/* SPDX-License-Identifier: MIT
 *
 * A disk that is full, that fails, or a machine that dies: what was written is whole, and going on is exact.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture_rig.h"

#define BATCHES 3u

/* Writes a file as far as the disk lets it: the first result that is not PRCM_OK. */
static PRCM_RESULT
WriteAll(PRCM_CAPTURE_WRITER *Writer, RIG_STREAM *Stream, const PRCM_BATCH *Batches[BATCHES])
{
    PRCM_SUBSCRIBED Given = RigSubscribed(Stream);
    PRCM_RESULT Result = PrcmCaptureBegin(Writer, NULL, &Given);
    for (uint32_t At = 0; At < BATCHES && Result == PRCM_OK; At++)
    {
        Result = PrcmCaptureBatch(Writer, Batches[At], Batches[At]->Bytes);
        if (Result == PRCM_OK)
            Result = PrcmCaptureFlush(Writer);
    }
    return Result == PRCM_OK ? PrcmCaptureEnd(Writer) : Result;
}

/* The same batches each time, and a stream that stands before them. */
typedef struct SCRIPT
{
    RIG_STREAM *Stream;
    PRCM_BATCH *Batches[BATCHES];
} SCRIPT;

static SCRIPT
ScriptMake(void)
{
    SCRIPT Script;
    RIG_STREAM *Ahead = RigStreamCreate(RIG_INSTANCE);
    Script.Stream = RigStreamCreate(RIG_INSTANCE);
    for (uint32_t At = 0; At < BATCHES; At++)
    {
        const PRCM_BATCH *Batch = RigBatch(Ahead);
        Script.Batches[At] = malloc(Batch->Bytes);
        assert_non_null(Script.Batches[At]);
        memcpy(Script.Batches[At], Batch, Batch->Bytes);
    }
    free(Ahead);
    return Script;
}

static void
ScriptFree(SCRIPT *Script)
{
    for (uint32_t At = 0; At < BATCHES; At++)
        free(Script->Batches[At]);
    free(Script->Stream);
}

static PRCM_RESULT
ScriptRun(SCRIPT *Script, PRCM_CAPTURE_WRITER *Writer)
{
    return WriteAll(Writer, Script->Stream, (const PRCM_BATCH **)Script->Batches);
}

static uint64_t
WholeSize(SCRIPT *Script)
{
    RIG_FILE File = {0};
    PRCM_CAPTURE_WRITER *Writer = RigCreate(&File);
    RIG_OK(ScriptRun(Script, Writer));
    PrcmCaptureFree(Writer);
    uint64_t Size = File.Size;
    RigFileFree(&File);
    return Size;
}

static void
AssertWhole(RIG_FILE *File, const char *End)
{
    char *Text = RigRead(File);
    if (strstr(Text, "damage") != NULL || strstr(Text, "gap") != NULL || strstr(Text, End) == NULL)
        fail_msg("%" PRIu64 " bytes: %s", File->Size, Text);
    free(Text);
}

/* Goes on with the token in the file, and each number is there once. */
static void
AssertGoesOn(RIG_FILE *File)
{
    const PRCM_CAPTURE_OPTIONS Options = {.Time = RIG_TIME};
    PRCM_CAPTURE_FILE Opened = RigFileOpen(File);
    PRCM_CAPTURE_WRITER *Writer;
    PRCM_CAPTURE_TAIL Tail;
    char Expected[96];
    RIG_OK(PrcmCaptureReopen(&Opened, &Options, &Writer, &Tail));
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    if (Tail.HasToken)
        memcpy(Stream->Before, Tail.Token.Captured, sizeof(Stream->Before));
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 1);
    RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    free(Stream);
    uint64_t Next = (Tail.HasToken ? Tail.Token.Next : 1) + 4;
    snprintf(Expected, sizeof(Expected),
             "account 1dc5bd0f3a1b2c4 1 to %" PRIu64 ": %" PRIu64 " told, 0 missing, complete\n", Next,
             Next - 1);
    AssertWhole(File, Expected);
}

static void
a_full_disk_leaves_whole_blocks_and_is_survived(void **State)
{
    (void)State;
    SCRIPT Script = ScriptMake();
    uint64_t Whole = WholeSize(&Script);
    for (uint64_t Bytes = 80; Bytes < Whole; Bytes++)
    {
        RIG_FILE File = {.DiskBytes = Bytes};
        PRCM_CAPTURE_WRITER *Writer = RigCreate(&File);
        assert_int_equal(ScriptRun(&Script, Writer), PRCM_ERROR_DISK_FULL);
        assert_int_equal(PrcmLastSystemError(), ENOSPC);
        AssertWhole(&File, "end open, torn 0 none\n");
        PrcmCaptureFree(Writer);
        File.DiskBytes = 0;
        AssertGoesOn(&File);
        RigFileFree(&File);
    }
    ScriptFree(&Script);
}

static void
a_write_is_tried_again_when_there_is_room(void **State)
{
    (void)State;
    SCRIPT Script = ScriptMake();
    uint64_t Whole = WholeSize(&Script);
    for (uint64_t Bytes = 80; Bytes < Whole; Bytes += 5)
    {
        RIG_FILE File = {.DiskBytes = Bytes, .CutsFail = Bytes % 2};
        PRCM_CAPTURE_WRITER *Writer = RigCreate(&File);
        PRCM_SUBSCRIBED Given = RigSubscribed(Script.Stream);
        uint32_t Failures = 0;
        while (PrcmCaptureBegin(Writer, NULL, &Given) != PRCM_OK && ++Failures < 9)
            File.DiskBytes = 0;
        for (uint32_t At = 0; At < BATCHES; At++)
        {
            while (PrcmCaptureBatch(Writer, Script.Batches[At], Script.Batches[At]->Bytes) != PRCM_OK &&
                   ++Failures < 9)
                File.DiskBytes = 0;
            while (PrcmCaptureFlush(Writer) != PRCM_OK && ++Failures < 9)
                File.DiskBytes = 0;
        }
        while (PrcmCaptureEnd(Writer) != PRCM_OK && ++Failures < 9)
            File.DiskBytes = 0;
        assert_int_equal(Failures, 1);
        PrcmCaptureFree(Writer);
        assert_int_equal(File.Size, Whole);
        AssertWhole(&File, "1 to 13: 12 told, 0 missing, complete\n");
        RigFileFree(&File);
    }
    ScriptFree(&Script);
}

static void
FailSyncs(RIG_FILE *File, uint32_t Count)
{
    File->SyncsFail = Count;
}

static void
a_sync_that_fails_is_told_and_tried_again(void **State)
{
    (void)State;
    RIG_FILE File = {0};
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    PRCM_CAPTURE_WRITER *Writer = RigCreate(&File);
    RigBegin(Writer, Stream);
    FailSyncs(&File, 1);
    assert_int_equal(PrcmCaptureFlush(Writer), PRCM_ERROR_FILE);
    assert_int_equal(PrcmLastSystemError(), EIO);
    assert_int_equal(File.Durable, 0);
    RIG_OK(PrcmCaptureFlush(Writer));
    assert_int_equal(File.Durable, File.Size);
    FailSyncs(&File, 1);
    assert_int_equal(PrcmCaptureEnd(Writer), PRCM_ERROR_FILE);
    RIG_OK(PrcmCaptureEnd(Writer));
    AssertWhole(&File, "end closed, torn 0 none\n");
    PrcmCaptureFree(Writer);
    free(Stream);
    RigFileFree(&File);
}

/* What was flushed is there after a crash; of what was not, any number of bytes, and zeros or not. */
static void
a_crash_costs_what_was_not_flushed(void **State)
{
    (void)State;
    RIG_FILE File = {0};
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    PRCM_CAPTURE_WRITER *Writer = RigCreate(&File);
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 1);
    File.SyncsFail = 1;
    const PRCM_BATCH *Batch = RigBatch(Stream);
    RIG_OK(PrcmCaptureBatch(Writer, Batch, Batch->Bytes));
    assert_int_equal(PrcmCaptureFlush(Writer), PRCM_ERROR_FILE);
    for (uint64_t Size = File.Durable; Size <= File.Size; Size++)
    {
        RIG_FILE After = {0};
        RigFileSet(&After, File.Bytes, File.Size);
        memset(After.Bytes + Size, 0, File.Size - Size);
        if (Size % 2 != 0)
            After.Size = Size;
        AssertGoesOn(&After);
        RigFileFree(&After);
    }
    PrcmCaptureFree(Writer);
    free(Stream);
    RigFileFree(&File);
}

/* Blocks that were written since the last flush may reach the disk in any order. */
static void
a_block_in_doubt_before_a_good_one_stays_and_is_told(void **State)
{
    (void)State;
    RIG_FILE File = {0};
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    PRCM_CAPTURE_WRITER *Writer = RigCreate(&File);
    PRCM_CAPTURE_TAIL Tail;
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 1);
    uint64_t Second = File.Size;
    RigWrite(Writer, Stream, 2);
    PrcmCaptureFree(Writer);
    memset(File.Bytes + Second + 230, 0, 16);
    const PRCM_CAPTURE_OPTIONS Options = {.Time = RIG_TIME};
    PRCM_CAPTURE_FILE Opened = RigFileOpen(&File);
    RIG_OK(PrcmCaptureReopen(&Opened, &Options, &Writer, &Tail));
    assert_int_equal(Tail.CutBytes, 0);
    assert_int_equal(Tail.Token.Next, 13);
    RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    char *Text = RigRead(&File);
    assert_non_null(strstr(Text, "gap 5 to 9 damaged 1 1 2\nbatch 9 to 13\n"));
    free(Text);
    free(Stream);
    RigFileFree(&File);
}

static void
a_file_whose_first_block_was_not_finished_is_begun_again(void **State)
{
    (void)State;
    RIG_FILE File = {0};
    for (uint64_t Size = 0; Size < 80; Size++)
    {
        PrcmCaptureFree(RigCreate(&File));
        if (Size % 3 == 0)
            memset(File.Bytes, 0, 80);
        File.Size = Size;
        AssertGoesOn(&File);
        File.Size = 0;
    }
    RigFileFree(&File);
}

/* Another run of the driver goes on in the same file; and no index is left in its middle. */
static void
another_run_goes_on_in_the_same_file(void **State)
{
    (void)State;
    RIG_FILE File = {0};
    SCRIPT Script = ScriptMake();
    PRCM_CAPTURE_WRITER *Writer = RigCreate(&File);
    RIG_OK(ScriptRun(&Script, Writer));
    PrcmCaptureFree(Writer);
    const PRCM_CAPTURE_OPTIONS Options = {.Time = RIG_TIME};
    PRCM_CAPTURE_TAIL Tail;
    PRCM_CAPTURE_FILE Opened = RigFileOpen(&File);
    RIG_OK(PrcmCaptureReopen(&Opened, &Options, &Writer, &Tail));
    assert_true(Tail.Closed);
    assert_int_equal(Tail.CutBytes, 0);
    RIG_STREAM *Second = RigStreamCreate(0xB00);
    RigBegin(Writer, Second);
    RigWrite(Writer, Second, 1);
    RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    AssertWhole(&File, "end closed, torn 0 none\n"
                       "account 1dc5bd0f3a1b2c4 1 to 13: 12 told, 0 missing, complete\n"
                       "account b00 1 to 5: 4 told, 0 missing, complete\n");
    free(Second);
    ScriptFree(&Script);
    RigFileFree(&File);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_full_disk_leaves_whole_blocks_and_is_survived),
        cmocka_unit_test(a_write_is_tried_again_when_there_is_room),
        cmocka_unit_test(a_sync_that_fails_is_told_and_tried_again),
        cmocka_unit_test(a_crash_costs_what_was_not_flushed),
        cmocka_unit_test(a_block_in_doubt_before_a_good_one_stays_and_is_told),
        cmocka_unit_test(a_file_whose_first_block_was_not_finished_is_begun_again),
        cmocka_unit_test(another_run_goes_on_in_the_same_file),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
