/* SPDX-License-Identifier: MIT
 *
 * What is written to a capture is read from it again, and what does not belong into it is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture_block.h"
#include "capture_rig.h"

#define ASSERT_READS(File, Expected)                                                                         \
    do                                                                                                       \
    {                                                                                                        \
        char *Text_ = RigRead(File);                                                                         \
        assert_string_equal(Text_, Expected);                                                                \
        free(Text_);                                                                                         \
    } while (0)

static void
a_capture_is_read_as_it_was_written(void **State)
{
    (void)State;
    RIG_FILE File = {0};
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    PRCM_CAPTURE_WRITER *Writer = RigCreate(&File);
    RIG_OK(PrcmCaptureFact(Writer, RigHostFact("PC")));
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 2);
    RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    ASSERT_READS(&File, "file -\n"
                        "fact 1\n"
                        "session 1dc5bd0f3a1b2c4 from 1\n"
                        "fact 5\n"
                        "batch 1 to 5\n"
                        "batch 5 to 9\n"
                        "end closed, torn 0 none\n"
                        "account 1dc5bd0f3a1b2c4 1 to 9: 8 told, 0 missing, complete\n");
    free(Stream);
    RigFileFree(&File);
}

/* A file, its writer and the driver's stream. */
typedef struct RECORDING
{
    RIG_FILE File;
    RIG_STREAM *Stream;
    PRCM_CAPTURE_WRITER *Writer;
} RECORDING;

static RECORDING *
RecordingCreate(void)
{
    RECORDING *Recording = calloc(1, sizeof(*Recording));
    assert_non_null(Recording);
    Recording->Stream = RigStreamCreate(RIG_INSTANCE);
    Recording->Writer = RigCreate(&Recording->File);
    return Recording;
}

static void
RecordingFree(RECORDING *Recording)
{
    PrcmCaptureFree(Recording->Writer);
    free(Recording->Stream);
    RigFileFree(&Recording->File);
    free(Recording);
}

/* Ends the file, reads it, and is done. */
static void
AssertRecorded(RECORDING *Recording, const char *Expected)
{
    RIG_OK(PrcmCaptureEnd(Recording->Writer));
    ASSERT_READS(&Recording->File, Expected);
    RecordingFree(Recording);
}

static void
batches_are_kept_to_the_byte(void **State)
{
    (void)State;
    RECORDING *Recording = RecordingCreate();
    RigBegin(Recording->Writer, Recording->Stream);
    const PRCM_BATCH *Batch = RigLossyBatch(Recording->Stream, 70);
    RIG_OK(PrcmCaptureBatch(Recording->Writer, Batch, Batch->Bytes + 8));
    RIG_OK(PrcmCaptureEnd(Recording->Writer));

    PRCM_CAPTURE_FILE File = RigFileOpen(&Recording->File);
    PRCM_CAPTURE_READER *Reader;
    PRCM_CAPTURE_ITEM Item = {0};
    RIG_OK(PrcmCaptureOpen(&File, &Reader));
    while (Item.Type != PRCM_ITEM_BATCH)
        RIG_OK(PrcmCaptureNext(Reader, &Item));
    assert_int_equal(Item.Batch->Bytes, Batch->Bytes);
    assert_memory_equal(Item.Batch, Batch, Batch->Bytes);
    assert_int_equal(PrcmBatchNext(&Item.Records)->Kind, PRCM_KIND_LOST);
    assert_int_equal(PrcmBatchNext(&Item.Records)->Kind, PRCM_KIND_EXIT);
    assert_null(PrcmBatchNext(&Item.Records));
    PRCM_CAPTURE_ACCOUNT Account;
    RIG_OK(PrcmCaptureAccount(Reader, 0, &Account));
    assert_int_equal(Account.Lost[PRCM_KIND_IMAGE], 70);
    assert_int_equal(Account.Delivered[PRCM_KIND_EXIT], 1);
    assert_int_equal(Account.FirstTime, RIG_TIME + 71);
    assert_false(Account.Complete);
    assert_int_equal(PrcmCaptureAccount(Reader, 1, &Account), PRCM_ERROR_PARAMETER);
    PrcmCaptureClose(Reader);
    RecordingFree(Recording);
}

static void
a_batch_that_does_not_go_on_is_refused(void **State)
{
    (void)State;
    RECORDING *Recording = RecordingCreate();
    const PRCM_BATCH *Batch = RigBatch(Recording->Stream);
    assert_int_equal(PrcmCaptureBatch(Recording->Writer, Batch, Batch->Bytes), PRCM_ERROR_STATE);
    RigBegin(Recording->Writer, Recording->Stream);
    RigBatch(Recording->Stream);
    Batch = RigBatch(Recording->Stream);
    assert_int_equal(PrcmCaptureBatch(Recording->Writer, Batch, Batch->Bytes), PRCM_ERROR_ACCOUNT);
    assert_int_equal(PrcmCaptureBatch(Recording->Writer, Batch, Batch->Bytes - 8), PRCM_ERROR_BATCH);
    AssertRecorded(Recording, "file -\n"
                              "session 1dc5bd0f3a1b2c4 from 5\n"
                              "fact 5\n"
                              "end closed, torn 0 none\n"
                              "account 1dc5bd0f3a1b2c4 5 to 5: 0 told, 0 missing, complete\n");
}

static void
batches_that_told_nothing_may_be_left_out(void **State)
{
    (void)State;
    RECORDING *Recording = RecordingCreate();
    RigBegin(Recording->Writer, Recording->Stream);
    RigWrite(Recording->Writer, Recording->Stream, 1);
    Recording->Stream->Number += 3;
    RigWrite(Recording->Writer, Recording->Stream, 1);
    AssertRecorded(Recording, "file -\n"
                              "session 1dc5bd0f3a1b2c4 from 1\n"
                              "fact 5\n"
                              "batch 1 to 5\n"
                              "batch 5 to 9\n"
                              "end closed, torn 0 none\n"
                              "account 1dc5bd0f3a1b2c4 1 to 9: 8 told, 0 missing, complete\n");
}

static void
an_answer_without_a_batch_is_passed_over(void **State)
{
    (void)State;
    RECORDING *Recording = RecordingCreate();
    RigBegin(Recording->Writer, Recording->Stream);
    PRCM_BATCH Batch = *RigBatch(Recording->Stream);
    Batch.Next = (PRCM_TOKEN){.Instance = RIG_INSTANCE, .Next = 1, .CountsKnown = 1};
    Batch.Bytes = Batch.Size;
    Batch.RecordCount = 0;
    Batch.RequiredBytes = 4096;
    memset(Batch.Delivered, 0, sizeof(Batch.Delivered));
    RIG_OK(PrcmCaptureBatch(Recording->Writer, &Batch, Batch.Bytes));
    PRCM_CAPTURE_STATE Writer;
    PrcmCaptureWriterState(Recording->Writer, &Writer);
    assert_int_equal(Writer.Token.Next, 1);
    RecordingFree(Recording);
}

static void
what_is_between_two_sessions_is_told_as_not_recorded(void **State)
{
    (void)State;
    RECORDING *Recording = RecordingCreate();
    RigBegin(Recording->Writer, Recording->Stream);
    RigWrite(Recording->Writer, Recording->Stream, 1);
    RigPass(Recording->Stream, 30);
    RigBegin(Recording->Writer, Recording->Stream);
    RigWrite(Recording->Writer, Recording->Stream, 1);
    AssertRecorded(Recording, "file -\n"
                              "session 1dc5bd0f3a1b2c4 from 1\n"
                              "fact 5\n"
                              "batch 1 to 5\n"
                              "gap 5 to 35 not recorded 30 0 0\n"
                              "session 1dc5bd0f3a1b2c4 from 35\n"
                              "fact 5\n"
                              "batch 35 to 39\n"
                              "end closed, torn 0 none\n"
                              "account 1dc5bd0f3a1b2c4 1 to 39: 8 told, 30 missing\n");
}

static void
runs_of_the_driver_have_accounts_of_their_own(void **State)
{
    (void)State;
    RECORDING *Recording = RecordingCreate();
    RIG_STREAM *Second = RigStreamCreate(0xB00);
    RigPass(Second, 2);
    RigBegin(Recording->Writer, Recording->Stream);
    RigWrite(Recording->Writer, Recording->Stream, 1);
    RigBegin(Recording->Writer, Second);
    RigWrite(Recording->Writer, Second, 1);
    RigBegin(Recording->Writer, Recording->Stream);
    RigWrite(Recording->Writer, Recording->Stream, 1);
    free(Second);
    AssertRecorded(Recording, "file -\n"
                              "session 1dc5bd0f3a1b2c4 from 1\n"
                              "fact 5\n"
                              "batch 1 to 5\n"
                              "session b00 from 3\n"
                              "fact 5\n"
                              "batch 3 to 7\n"
                              "session 1dc5bd0f3a1b2c4 from 5\n"
                              "fact 5\n"
                              "batch 5 to 9\n"
                              "end closed, torn 0 none\n"
                              "account 1dc5bd0f3a1b2c4 1 to 9: 8 told, 0 missing, complete\n"
                              "account b00 3 to 7: 4 told, 0 missing, complete\n");
}

static void
what_two_sessions_both_have_is_told_once(void **State)
{
    (void)State;
    RECORDING *Recording = RecordingCreate();
    RIG_STREAM *Again = RigStreamCreate(RIG_INSTANCE);
    RigBegin(Recording->Writer, Recording->Stream);
    RigWrite(Recording->Writer, Recording->Stream, 2);
    RigPass(Again, 2);
    RigBegin(Recording->Writer, Again);
    RigWrite(Recording->Writer, Again, 2);
    free(Again);
    AssertRecorded(Recording, "file -\n"
                              "session 1dc5bd0f3a1b2c4 from 1\n"
                              "fact 5\n"
                              "batch 1 to 5\n"
                              "batch 5 to 9\n"
                              "session 1dc5bd0f3a1b2c4 from 3\n"
                              "fact 5\n"
                              "repeated 3 to 7\n"
                              "batch 9 to 11\n"
                              "end closed, torn 0 none\n"
                              "account 1dc5bd0f3a1b2c4 1 to 11: 12 told, 0 missing, complete\n");
}

/* The block at Offset is changed, and sealed as its writer would. */
static void
Reseal(RIG_FILE *File, uint64_t Offset, void (*Change)(CAPTURE_ANY_HEADER *))
{
    CAPTURE_ANY_HEADER Header;
    memcpy(&Header, File->Bytes + Offset, 64);
    memcpy(&Header, File->Bytes + Offset, Header.Block.HeaderBytes);
    Change(&Header);
    BlockSeal(&Header, File->Bytes + Offset + Header.Block.HeaderBytes);
    memcpy(File->Bytes + Offset, &Header, Header.Block.HeaderBytes);
}

static void
ToKind99(CAPTURE_ANY_HEADER *Header)
{
    Header->Block.Kind = 99;
}

static void
ToVersion2(CAPTURE_ANY_HEADER *Header)
{
    Header->Block.Version = 2;
}

static void
ToNewFlag(CAPTURE_ANY_HEADER *Header)
{
    Header->Block.Flags |= 4;
}

static void
ToOtherCount(CAPTURE_ANY_HEADER *Header)
{
    Header->Facts.FactCount++;
}

/* What becomes of a file whose second block, the fact of a host, is another. */
static void
AssertChanged(void (*Change)(CAPTURE_ANY_HEADER *), const char *Expected)
{
    RECORDING *Recording = RecordingCreate();
    RIG_OK(PrcmCaptureFact(Recording->Writer, RigHostFact("PC")));
    RIG_OK(PrcmCaptureFlush(Recording->Writer));
    Reseal(&Recording->File, sizeof(CAPTURE_FILE_HEADER), Change);
    AssertRecorded(Recording, Expected);
}

static void
a_block_of_a_newer_kind_is_passed_over_and_told(void **State)
{
    (void)State;
    AssertChanged(ToKind99, "file -\nunknown version 1 kind 99\nend closed, torn 0 none\n");
    AssertChanged(ToVersion2, "file -\nunknown version 2 kind 2\nend closed, torn 0 none\n");
    AssertChanged(ToNewFlag, "file -\nunknown version 1 kind 2\nend closed, torn 0 none\n");
}

static void
a_block_that_says_what_is_not_so_is_damaged(void **State)
{
    (void)State;
    AssertChanged(ToOtherCount, "file -\ndamage 80+120 content\nend closed, torn 0 none\n");
}

static void
a_file_that_is_written_to_is_read_as_far_as_it_goes(void **State)
{
    (void)State;
    RECORDING *Recording = RecordingCreate();
    PRCM_CAPTURE_READER *Reader;
    RigBegin(Recording->Writer, Recording->Stream);
    RigWrite(Recording->Writer, Recording->Stream, 1);
    PRCM_CAPTURE_FILE File = RigFileOpen(&Recording->File);
    RIG_OK(PrcmCaptureOpen(&File, &Reader));
    char *Text = RigReadAll(Reader);
    assert_non_null(strstr(Text, "batch 1 to 5\nend open, torn 0 none\n"));
    free(Text);
    RigWrite(Recording->Writer, Recording->Stream, 1);
    Recording->File.Size -= 20;
    Text = RigReadAll(Reader);
    assert_non_null(strstr(Text, "end open, torn "));
    assert_null(strstr(Text, "batch"));
    free(Text);
    Recording->File.Size += 20;
    RIG_OK(PrcmCaptureEnd(Recording->Writer));
    Text = RigReadAll(Reader);
    assert_string_equal(Text, "batch 5 to 9\n"
                              "end closed, torn 0 none\n"
                              "account 1dc5bd0f3a1b2c4 1 to 9: 8 told, 0 missing, complete\n");
    free(Text);
    PRCM_CAPTURE_TOTALS Totals;
    PrcmCaptureTotals(Reader, &Totals);
    assert_int_equal(Totals.Files, 1);
    assert_int_equal(Totals.ClosedFiles, 1);
    assert_int_equal(Totals.Bytes, Recording->File.Size);
    assert_int_equal(Totals.TornBytes, 0);
    PrcmCaptureClose(Reader);
    RecordingFree(Recording);
}

static void
a_large_batch_has_a_block_of_its_own(void **State)
{
    (void)State;
    RECORDING *Recording = RecordingCreate();
    RigBegin(Recording->Writer, Recording->Stream);
    for (uint32_t Count = 0; Count < 3000; Count++)
    {
        const PRCM_BATCH *Batch = RigBatch(Recording->Stream);
        RIG_OK(PrcmCaptureBatch(Recording->Writer, Batch, Batch->Bytes));
    }
    PRCM_CAPTURE_STATE Writer;
    PrcmCaptureWriterState(Recording->Writer, &Writer);
    /* FILE, PLACE, FACTS, and all but the last of the batches' blocks. */
    assert_int_equal(Writer.Blocks, 5);
    assert_int_equal(Writer.Token.Next, 12001);
    RIG_OK(PrcmCaptureEnd(Recording->Writer));
    char *Text = RigRead(&Recording->File);
    assert_non_null(strstr(Text, "account 1dc5bd0f3a1b2c4 1 to 12001: 12000 told, 0 missing, complete\n"));
    free(Text);
    RecordingFree(Recording);
}

static void
arguments_are_checked(void **State)
{
    (void)State;
    const PRCM_CAPTURE_OPTIONS TooLarge = {.BlockBytes = 3u << 20};
    RIG_FILE File = {0};
    PRCM_CAPTURE_FILE Opened = RigFileOpen(&File);
    PRCM_CAPTURE_WRITER *Writer;
    assert_int_equal(PrcmCaptureCreate(NULL, &TooLarge, &Writer), PRCM_ERROR_PARAMETER);
    assert_int_equal(PrcmCaptureCreate(&Opened, &TooLarge, &Writer), PRCM_ERROR_PARAMETER);
    assert_null(Writer);
    const PRCM_CAPTURE_OPTIONS Options = {.Time = 1};
    RigFileSet(&File, "x", 1);
    Opened = RigFileOpen(&File);
    assert_int_equal(PrcmCaptureCreate(&Opened, &Options, &Writer), PRCM_ERROR_PARAMETER);
    assert_int_equal(PrcmCaptureFlush(NULL), PRCM_ERROR_PARAMETER);
    assert_int_equal(PrcmCaptureEnd(NULL), PRCM_ERROR_PARAMETER);
    assert_int_equal(PrcmCaptureNext(NULL, NULL), PRCM_ERROR_PARAMETER);
    RigFileFree(&File);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_capture_is_read_as_it_was_written),
        cmocka_unit_test(batches_are_kept_to_the_byte),
        cmocka_unit_test(a_batch_that_does_not_go_on_is_refused),
        cmocka_unit_test(batches_that_told_nothing_may_be_left_out),
        cmocka_unit_test(an_answer_without_a_batch_is_passed_over),
        cmocka_unit_test(what_is_between_two_sessions_is_told_as_not_recorded),
        cmocka_unit_test(runs_of_the_driver_have_accounts_of_their_own),
        cmocka_unit_test(what_two_sessions_both_have_is_told_once),
        cmocka_unit_test(a_block_of_a_newer_kind_is_passed_over_and_told),
        cmocka_unit_test(a_block_that_says_what_is_not_so_is_damaged),
        cmocka_unit_test(a_file_that_is_written_to_is_read_as_far_as_it_goes),
        cmocka_unit_test(a_large_batch_has_a_block_of_its_own),
        cmocka_unit_test(arguments_are_checked),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
