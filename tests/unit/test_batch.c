/* SPDX-License-Identifier: MIT
 *
 * What PrcmBatchOpen accepts, and that a reader gets all of it. What it refuses is in test_batch_rules.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "batch_sample.h"

static void
AssertText(const PRCM_RECORD *Record, const PRCM_BYTES *Field, const char *Ascii)
{
    const uint8_t *Text = PrcmRecordBytes(Record, Field);
    assert_int_equal(Field->Length, 2 * strlen(Ascii));
    for (size_t Index = 0; Ascii[Index]; Index++)
    {
        assert_int_equal(Text[2 * Index], Ascii[Index]);
        assert_int_equal(Text[2 * Index + 1], 0);
    }
}

static void
hands_out_every_record_in_order(void **State)
{
    (void)State;
    SAMPLE *Sample = SampleCreate();
    PRCM_RECORDS Records;
    assert_int_equal(PrcmBatchOpen(Sample->Batch, Sample->Batch->Bytes, &Records), PRCM_OK);
    assert_ptr_equal(PrcmBatchNext(&Records), Sample->Start);
    assert_ptr_equal(PrcmBatchNext(&Records), Sample->Lost);
    assert_ptr_equal(PrcmBatchNext(&Records), Sample->Image);
    assert_ptr_equal(PrcmBatchNext(&Records), Sample->Exit);
    assert_null(PrcmBatchNext(&Records));
    assert_null(PrcmBatchNext(&Records));
    free(Sample);
}

static void
hands_out_the_bytes_of_fields(void **State)
{
    (void)State;
    SAMPLE *Sample = SampleCreate();
    const PRCM_RECORD *Record = &Sample->Start->Header;
    AssertText(Record, &Sample->Start->ImagePath.Text, SAMPLE_IMAGE_PATH);
    AssertText(Record, &Sample->Start->CommandLine, SAMPLE_COMMAND_LINE);
    assert_memory_equal(PrcmRecordBytes(Record, &Sample->Start->UserSid), SampleSid, sizeof(SampleSid));
    free(Sample);
}

static void
has_no_bytes_for_absent_and_empty_fields(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    BuilderBegin(&Builder, SampleBefore);
    PRCM_START *Start = BuilderAddStart(&Builder, 8);
    Start->CommandLine.Status = PRCM_PRESENT;
    BuilderEnd(&Builder, 0);
    assert_int_equal(OpenBuilt(&Builder), PRCM_OK);
    assert_null(PrcmRecordBytes(&Start->Header, &Start->ImagePath.Text));
    assert_null(PrcmRecordBytes(&Start->Header, &Start->CommandLine));
}

static void
accepts_an_empty_batch(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    BuilderBegin(&Builder, SampleBefore);
    BuilderEnd(&Builder, 0);
    assert_int_equal(OpenBuilt(&Builder), PRCM_OK);
}

static void
accepts_a_batch_of_filtered_events_alone(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    BuilderBegin(&Builder, SampleBefore);
    BuilderFilter(&Builder, PRCM_KIND_IMAGE);
    BuilderEnd(&Builder, 0);
    assert_int_equal(OpenBuilt(&Builder), PRCM_OK);
}

static void
accepts_unread_bytes_behind_the_batch(void **State)
{
    (void)State;
    SAMPLE *Sample = SampleCreate();
    assert_int_equal(OpenAndRead(Sample->Batch, Sample->Batch->Bytes + 100), PRCM_OK);
    free(Sample);
}

static void
accepts_an_answer_that_only_requires_more_bytes(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    BuilderBegin(&Builder, SampleBefore);
    BuilderEnd(&Builder, 1)->RequiredBytes = 4096;
    assert_int_equal(OpenBuilt(&Builder), PRCM_OK);
}

/* The cursor has not moved, and there is a reason to ask again. */
static void
refuses_an_answer_that_requires_more_bytes_but_not_only(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    BuilderBegin(&Builder, SampleBefore);
    PRCM_BATCH *Batch = BuilderEnd(&Builder, 1);
    Batch->RequiredBytes = Batch->Bytes;
    assert_int_equal(OpenBuilt(&Builder), PRCM_ERROR_BATCH);

    BuilderBegin(&Builder, SampleBefore);
    BuilderFilter(&Builder, PRCM_KIND_EXIT);
    BuilderEnd(&Builder, 1)->RequiredBytes = 4096;
    assert_int_equal(OpenBuilt(&Builder), PRCM_ERROR_BATCH);

    BuilderBegin(&Builder, SampleBefore);
    BuilderEnd(&Builder, 1)->RequiredBytes = 4096;
    Batch->Bytes += 8;
    assert_int_equal(OpenBuilt(&Builder), PRCM_ERROR_BATCH);

    BuilderBegin(&Builder, SampleBefore);
    BuilderEnd(&Builder, 1)->RequiredBytes = 4096;
    Batch->RecordCount = 1;
    assert_int_equal(OpenBuilt(&Builder), PRCM_ERROR_BATCH);
}

static void
accepts_a_hole_of_unknown_kinds(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    BuilderBegin(&Builder, SampleBefore);
    BuilderAddUnknown(&Builder, 7);
    BuilderEnd(&Builder, 1);
    assert_int_equal(OpenBuilt(&Builder), PRCM_OK);
}

static void
accepts_numbers_up_to_the_last_there_is(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    const uint64_t Huge[PRCM_KIND_COUNT] = {UINT64_MAX / 2, UINT64_MAX / 2 - 2, 0, 0};
    BuilderBegin(&Builder, Huge);
    BuilderAddExit(&Builder, 8);
    BuilderEnd(&Builder, 1);
    assert_int_equal(Builder.Batch.Head, UINT64_MAX);
    assert_int_equal(OpenBuilt(&Builder), PRCM_OK);
}

static void
accepts_a_larger_header_of_a_newer_driver(void **State)
{
    (void)State;
    SAMPLE *Sample = SampleCreate();
    static union
    {
        uint8_t Bytes[BUILDER_BYTES + 16];
        PRCM_BATCH Batch;
    } Newer;
    uint32_t Size = Sample->Batch->Size;
    memcpy(Newer.Bytes, Sample->Batch, Size);
    memset(Newer.Bytes + Size, 0xAA, 16);
    memcpy(Newer.Bytes + Size + 16, Sample->Builder.Bytes + Size, Sample->Batch->Bytes - Size);
    Newer.Batch.Size += 16;
    Newer.Batch.Bytes += 16;
    assert_int_equal(OpenAndRead(Newer.Bytes, Newer.Batch.Bytes), PRCM_OK);
    free(Sample);
}

static void
accepts_larger_records_of_a_newer_driver(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    BuilderBegin(&Builder, SampleBefore);
    PRCM_RECORD *Record = BuilderAddOther(&Builder, PRCM_KIND_EXIT, sizeof(PRCM_EXIT) + 24);
    memset((uint8_t *)Record + sizeof(PRCM_EXIT), 0xAA, 24);
    BuilderEnd(&Builder, 0);
    assert_int_equal(OpenBuilt(&Builder), PRCM_OK);
}

static void
passes_over_kinds_of_a_newer_driver(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    PRCM_RECORDS Records;
    BuilderBegin(&Builder, SampleBefore);
    BuilderAddOther(&Builder, 3, 40);
    BuilderAddOther(&Builder, 0x8001, 48);
    PRCM_EXIT *Exit = BuilderAddExit(&Builder, 8);
    BuilderAddOther(&Builder, 0xFFFF, sizeof(PRCM_RECORD));
    BuilderEnd(&Builder, 0);
    assert_int_equal(PrcmBatchOpen(&Builder.Batch, Builder.Batch.Bytes, &Records), PRCM_OK);
    assert_ptr_equal(PrcmBatchNext(&Records), Exit);
    assert_null(PrcmBatchNext(&Records));
}

static void
accepts_strings_at_their_limit(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    static uint8_t Text[PRCM_MAX_STRING_BYTES];
    BuilderBegin(&Builder, SampleBefore);
    PRCM_START *Start = BuilderAddStart(&Builder, 8);
    BuilderSetBytes(&Builder, &Start->ImagePath.Text, Text, sizeof(Text));
    BuilderSetBytes(&Builder, &Start->CommandLine, Text, sizeof(Text));
    assert_true(Start->Header.Size <= PRCM_MAX_RECORD_BYTES);
    BuilderEnd(&Builder, 0);
    assert_int_equal(OpenBuilt(&Builder), PRCM_OK);
}

static void
refuses_strings_beyond_their_limit(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    static uint8_t Text[PRCM_MAX_STRING_BYTES + 2];
    BuilderBegin(&Builder, SampleBefore);
    PRCM_START *Start = BuilderAddStart(&Builder, 8);
    BuilderSetBytes(&Builder, &Start->CommandLine, Text, sizeof(Text));
    BuilderEnd(&Builder, 0);
    assert_int_equal(OpenBuilt(&Builder), PRCM_ERROR_BATCH);
}

static void
accepts_a_truncated_text(void **State)
{
    (void)State;
    SAMPLE *Sample = SampleCreate();
    Sample->Start->CommandLine.Status = PRCM_TRUNCATED;
    Sample->Start->CommandLine.FullLength = 65535;
    assert_int_equal(OpenBuilt(&Sample->Builder), PRCM_OK);
    free(Sample);
}

static void
accepts_a_sid_at_its_limit_and_none_beyond(void **State)
{
    (void)State;
    static BATCH_BUILDER Builder;
    for (uint8_t Parts = 0; Parts <= 16; Parts++)
    {
        uint8_t Longest[8 + 4 * 16] = {1, Parts};
        BuilderBegin(&Builder, SampleBefore);
        PRCM_START *Start = BuilderAddStart(&Builder, 8);
        BuilderSetBytes(&Builder, &Start->UserSid, Longest, 8 + 4u * Parts);
        BuilderEnd(&Builder, 0);
        assert_int_equal(OpenBuilt(&Builder), Parts <= 15 ? PRCM_OK : PRCM_ERROR_BATCH);
    }
}

static void
refuses_null_and_unaligned_arguments(void **State)
{
    (void)State;
    SAMPLE *Sample = SampleCreate();
    PRCM_RECORDS Records;
    uint32_t Length = Sample->Batch->Bytes;
    assert_int_equal(PrcmBatchOpen(NULL, Length, &Records), PRCM_ERROR_PARAMETER);
    assert_int_equal(PrcmBatchOpen(Sample->Batch, Length, NULL), PRCM_ERROR_PARAMETER);
    for (uint32_t Shift = 1; Shift < 8; Shift++)
        assert_int_equal(PrcmBatchOpen(Sample->Builder.Bytes + Shift, Length - Shift, &Records),
                         PRCM_ERROR_PARAMETER);
    free(Sample);
}

static void
refuses_every_shorter_length(void **State)
{
    (void)State;
    SAMPLE *Sample = SampleCreate();
    for (uint32_t Length = 0; Length < Sample->Batch->Bytes; Length++)
        assert_int_equal(OpenAndRead(Sample->Batch, Length), PRCM_ERROR_BATCH);
    free(Sample);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(hands_out_every_record_in_order),
        cmocka_unit_test(hands_out_the_bytes_of_fields),
        cmocka_unit_test(has_no_bytes_for_absent_and_empty_fields),
        cmocka_unit_test(accepts_an_empty_batch),
        cmocka_unit_test(accepts_a_batch_of_filtered_events_alone),
        cmocka_unit_test(accepts_unread_bytes_behind_the_batch),
        cmocka_unit_test(accepts_an_answer_that_only_requires_more_bytes),
        cmocka_unit_test(refuses_an_answer_that_requires_more_bytes_but_not_only),
        cmocka_unit_test(accepts_a_hole_of_unknown_kinds),
        cmocka_unit_test(accepts_numbers_up_to_the_last_there_is),
        cmocka_unit_test(accepts_a_larger_header_of_a_newer_driver),
        cmocka_unit_test(accepts_larger_records_of_a_newer_driver),
        cmocka_unit_test(passes_over_kinds_of_a_newer_driver),
        cmocka_unit_test(accepts_strings_at_their_limit),
        cmocka_unit_test(refuses_strings_beyond_their_limit),
        cmocka_unit_test(accepts_a_truncated_text),
        cmocka_unit_test(accepts_a_sid_at_its_limit_and_none_beyond),
        cmocka_unit_test(refuses_null_and_unaligned_arguments),
        cmocka_unit_test(refuses_every_shorter_length),
    };
    return cmocka_run_group_tests_name("batch", Tests, NULL, NULL);
}
