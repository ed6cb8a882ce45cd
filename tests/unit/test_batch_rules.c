/* SPDX-License-Identifier: MIT
 *
 * What PrcmBatchOpen refuses: each rule is broken once, in a batch that is valid otherwise. The rules are
 * those of prcm_abi.h; the name of each says what is wrong with the batch.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "batch_sample.h"

/* One change to a member of the sample. */
typedef struct EDIT
{
    size_t Structure; /* offset in SAMPLE of the pointer to it */
    size_t Offset;
    size_t Width; /* 0: no edit */
    uint64_t Value;
    uint64_t Plus; /* what the member is now */
} EDIT;

typedef PRCM_BATCH TYPE_OF_Batch;
typedef PRCM_START TYPE_OF_Start;
typedef PRCM_LOST TYPE_OF_Lost;
typedef PRCM_IMAGE TYPE_OF_Image;
typedef PRCM_EXIT TYPE_OF_Exit;

#define EDIT_AT(Structure, Member)                                                                           \
    offsetof(SAMPLE, Structure), offsetof(TYPE_OF_##Structure, Member),                                      \
        sizeof(((TYPE_OF_##Structure *)0)->Member)
#define SET(Structure, Member, Value)                                                                        \
    {                                                                                                        \
        EDIT_AT(Structure, Member), (uint64_t)(Value), 0                                                     \
    }
#define ADD(Structure, Member, Value)                                                                        \
    {                                                                                                        \
        EDIT_AT(Structure, Member), (uint64_t)(Value), 1                                                     \
    }

#define MAX_EDITS 4

typedef struct RULE
{
    const char *Name;
    PRCM_RESULT Result;
    EDIT Edits[MAX_EDITS];
} RULE;

#define BATCH   PRCM_ERROR_BATCH
#define ACCOUNT PRCM_ERROR_ACCOUNT

static RULE Rules[] = {
    {"header_shorter_than_version_1", BATCH, {ADD(Batch, Size, -8)}},
    {"header_size_not_a_multiple_of_8", BATCH, {ADD(Batch, Size, 4)}},
    {"header_longer_than_the_batch", BATCH, {SET(Batch, Size, 0x1000)}},
    {"header_size_wraps", BATCH, {SET(Batch, Size, 0xFFFFFFF8)}},
    {"batch_longer_than_what_was_read", BATCH, {ADD(Batch, Bytes, 8)}},
    {"batch_shorter_than_its_header", BATCH, {SET(Batch, Bytes, 8)}},
    {"fewer_records_than_bytes", BATCH, {ADD(Batch, RecordCount, -1)}},
    {"more_records_than_bytes", BATCH, {ADD(Batch, RecordCount, 1)}},
    {"record_count_wraps", BATCH, {SET(Batch, RecordCount, 0xFFFFFFFF)}},
    {"required_bytes_beside_records", BATCH, {SET(Batch, RequiredBytes, 0x10000)}},
    {"batch_number_zero", BATCH, {SET(Batch, Number, 0)}},
    {"first_zero", BATCH, {SET(Batch, First, 0)}},
    {"next_before_first", BATCH, {SET(Batch, Next.Next, 4)}},
    {"head_before_next", BATCH, {SET(Batch, Head, 12)}},
    {"instance_zero", BATCH, {SET(Batch, Next.Instance, 0)}},
    {"counts_known_neither_0_nor_1", BATCH, {SET(Batch, Next.CountsKnown, 2)}},
    {"counts_unknown_but_there", BATCH, {SET(Batch, Next.CountsKnown, 0)}},
    {"token_reserved", BATCH, {SET(Batch, Next.Reserved, 1)}},

    {"record_size_zero", BATCH, {SET(Exit, Header.Size, 0)}},
    {"record_size_not_a_multiple_of_8", BATCH, {ADD(Start, Header.Size, 4)}},
    {"record_longer_than_the_batch", BATCH, {ADD(Exit, Header.Size, 8)}},
    {"record_size_wraps", BATCH, {SET(Exit, Header.Size, 0xFFFFFFF8)}},
    {"fixed_size_beyond_the_record", BATCH, {ADD(Exit, Header.FixedSize, 8)}},
    {"fixed_size_shorter_than_a_start", BATCH, {ADD(Start, Header.FixedSize, -8)}},
    {"fixed_size_shorter_than_an_exit", BATCH, {ADD(Exit, Header.FixedSize, -8)}},
    {"fixed_size_shorter_than_an_image", BATCH, {ADD(Image, Header.FixedSize, -8)}},
    {"fixed_size_shorter_than_a_hole", BATCH, {ADD(Lost, Header.FixedSize, -8)}},
    {"event_of_a_kind_that_cannot_be_counted", BATCH, {SET(Exit, Header.Kind, 4)}},
    {"event_of_the_last_kind_below_no_events", BATCH, {SET(Exit, Header.Kind, 0x7FFF)}},

    {"first_record_before_the_batch", BATCH, {SET(Start, Header.Sequence, 4)}},
    {"number_descends", BATCH, {SET(Exit, Header.Sequence, 9)}},
    {"number_twice", BATCH, {SET(Exit, Header.Sequence, 10)}},
    {"number_within_a_hole", BATCH, {SET(Image, Header.Sequence, 9)}},
    {"number_at_the_end_of_the_batch", BATCH, {SET(Exit, Header.Sequence, 13)}},
    {"number_far_beyond_the_batch", BATCH, {SET(Exit, Header.Sequence, UINT64_MAX)}},
    {"hole_over_a_delivered_number", BATCH, {SET(Lost, Header.Sequence, 5)}},
    {"hole_of_nothing", BATCH, {SET(Lost, NextSequence, 6)}},
    {"hole_backwards", BATCH, {SET(Lost, NextSequence, 5)}},
    {"hole_beyond_the_batch", BATCH, {SET(Lost, NextSequence, 14)}},
    {"hole_with_a_process", BATCH, {SET(Lost, Header.Key, 1234)}},

    {"value_of_unknown_status", BATCH, {SET(Exit, ExitStatus.Status, 4)}},
    {"value_of_highest_unknown_status", BATCH, {SET(Exit, ExitStatus.Status, 0x7FFFFFFF)}},
    {"value_truncated", BATCH, {SET(Exit, ExitStatus.Status, PRCM_TRUNCATED)}},
    {"value_absent_but_there", BATCH, {SET(Exit, ExitStatus.Status, PRCM_ABSENT)}},
    {"value_withheld_but_there", BATCH, {SET(Image, Base.Value, 0xFFFFF80000000000u)}},
    {"value_failed_but_there", BATCH, {SET(Start, StartKey.Value, 1)}},
    {"value_reserved", BATCH, {SET(Exit, ExitStatus.Reserved, 1)}},
    {"value_not_present_reserved", BATCH, {SET(Exit, CreateTime.Reserved, 1)}},
    {"first_value_of_a_start", BATCH, {SET(Start, CreateTime.Status, 4)}},
    {"last_value_of_a_start", BATCH, {SET(Start, ImageExact.Status, 4)}},
    {"value_of_an_image", BATCH, {SET(Image, CreateTime.Status, 4)}},

    {"text_of_unknown_status", BATCH, {SET(Start, CommandLine.Status, 4)}},
    {"text_at_an_odd_offset", BATCH, {ADD(Start, CommandLine.Offset, 1)}},
    {"text_within_the_structure", BATCH, {SET(Start, CommandLine.Offset, sizeof(PRCM_START) - 2)}},
    {"text_at_offset_zero", BATCH, {SET(Start, CommandLine.Offset, 0)}},
    {"text_beyond_the_record",
     BATCH,
     {SET(Start, CommandLine.Length, 0x200), SET(Start, CommandLine.FullLength, 0x200)}},
    {"text_behind_the_record", BATCH, {SET(Start, CommandLine.Offset, 0x10000)}},
    {"text_wraps",
     BATCH,
     {SET(Start, CommandLine.Offset, 0xFFFFFFFE), SET(Start, CommandLine.Length, 4),
      SET(Start, CommandLine.FullLength, 4)}},
    {"text_length_wraps",
     BATCH,
     {SET(Start, CommandLine.Length, 0xFFFFFFFE), SET(Start, CommandLine.FullLength, 0xFFFFFFFE)}},
    {"text_of_odd_length",
     BATCH,
     {ADD(Start, CommandLine.Length, -1), ADD(Start, CommandLine.FullLength, -1)}},
    {"text_present_but_once_longer", BATCH, {ADD(Start, CommandLine.FullLength, 2)}},
    {"text_truncated_but_never_longer", BATCH, {SET(Start, CommandLine.Status, PRCM_TRUNCATED)}},
    {"text_absent_but_there", BATCH, {SET(Start, CommandLine.Status, PRCM_ABSENT)}},
    {"text_withheld_but_there", BATCH, {SET(Start, CommandLine.Status, PRCM_WITHHELD)}},
    {"text_failed_but_there", BATCH, {SET(Start, CommandLine.Status, 0xC0000008)}},
    {"text_absent_with_an_offset",
     BATCH,
     {SET(Start, CommandLine.Status, PRCM_ABSENT), SET(Start, CommandLine.Length, 0),
      SET(Start, CommandLine.FullLength, 0)}},
    {"text_absent_with_a_full_length",
     BATCH,
     {SET(Start, CommandLine.Status, PRCM_ABSENT), SET(Start, CommandLine.Length, 0),
      SET(Start, CommandLine.Offset, 0)}},
    {"empty_text_behind_the_record",
     BATCH,
     {SET(Start, CommandLine.Length, 0), SET(Start, CommandLine.FullLength, 0),
      SET(Start, CommandLine.Offset, 0x10000)}},
    {"path_of_unknown_form", BATCH, {SET(Start, ImagePath.Form, 4)}},
    {"path_reserved", BATCH, {SET(Start, ImagePath.Reserved, 1)}},
    {"path_with_a_form_but_no_text",
     BATCH,
     {SET(Start, ImagePath.Text.Status, PRCM_ABSENT), SET(Start, ImagePath.Text.Offset, 0),
      SET(Start, ImagePath.Text.Length, 0), SET(Start, ImagePath.Text.FullLength, 0)}},
    {"path_of_an_image_beyond_the_record", BATCH, {SET(Image, ImagePath.Text.Offset, 0x10000)}},
    {"path_of_an_image_of_unknown_form", BATCH, {SET(Image, ImagePath.Form, 4)}},
    {"sid_shorter_than_its_count",
     BATCH,
     {SET(Start, UserSid.Length, 12), SET(Start, UserSid.FullLength, 12)}},
    {"sid_shorter_than_any", BATCH, {SET(Start, UserSid.Length, 4), SET(Start, UserSid.FullLength, 4)}},
    {"sid_empty", BATCH, {SET(Start, UserSid.Length, 0), SET(Start, UserSid.FullLength, 0)}},
    {"sid_truncated",
     BATCH,
     {SET(Start, UserSid.Status, PRCM_TRUNCATED), SET(Start, UserSid.FullLength, 68)}},
    {"image_reserved", BATCH, {SET(Image, Reserved, 1)}},

    {"delivered_of_another_kind",
     ACCOUNT,
     {ADD(Batch, Delivered[PRCM_KIND_START], -1), ADD(Batch, Delivered[PRCM_KIND_EXIT], 1)}},
    {"delivered_said_but_not_there",
     ACCOUNT,
     {ADD(Batch, Delivered[PRCM_KIND_EXIT], 1), ADD(Batch, Filtered[PRCM_KIND_EXIT], -1)}},
    {"filtered_too_many", ACCOUNT, {ADD(Batch, Filtered[PRCM_KIND_EXIT], 1)}},
    {"filtered_too_few", ACCOUNT, {ADD(Batch, Filtered[PRCM_KIND_EXIT], -1)}},
    {"lost_of_another_kind",
     ACCOUNT,
     {ADD(Batch, Lost[PRCM_KIND_IMAGE], -1), ADD(Batch, Lost[PRCM_KIND_EXIT], 1)}},
    {"lost_said_as_filtered",
     ACCOUNT,
     {ADD(Batch, Lost[PRCM_KIND_IMAGE], -1), ADD(Batch, Filtered[PRCM_KIND_IMAGE], 1)}},
    {"lost_said_as_unknown", ACCOUNT, {ADD(Batch, Lost[PRCM_KIND_IMAGE], -1), ADD(Batch, Unknown, 1)}},
    {"numbers_missing_at_the_end",
     ACCOUNT,
     {ADD(Batch, Next.Next, 1), ADD(Batch, Next.Captured[PRCM_KIND_EXIT], 1)}},
    {"numbers_missing_at_the_beginning", ACCOUNT, {ADD(Batch, First, -1)}},
    {"sum_wraps_to_the_right_one",
     ACCOUNT,
     {ADD(Batch, Filtered[PRCM_KIND_START], UINT64_MAX), ADD(Batch, Filtered[PRCM_KIND_EXIT], 1)}},
    {"unknown_wraps_the_sum",
     ACCOUNT,
     {SET(Batch, Unknown, UINT64_MAX), ADD(Batch, Filtered[PRCM_KIND_EXIT], 1)}},
    {"token_counts_not_its_number", ACCOUNT, {ADD(Batch, Next.Captured[PRCM_KIND_EXIT], 1)}},
    {"token_counts_wrap",
     ACCOUNT,
     {SET(Batch, Next.Captured[3], UINT64_MAX), ADD(Batch, Next.Captured[PRCM_KIND_EXIT], 1)}},
    {"token_drops_more_than_it_captured", ACCOUNT, {SET(Batch, Next.Dropped[PRCM_KIND_START], 4)}},
    {"token_counts_less_than_was_delivered",
     ACCOUNT,
     {SET(Batch, Next.Captured[PRCM_KIND_START], 0), ADD(Batch, Next.Captured[PRCM_KIND_EXIT], 3)}},
    {"head_counts_not_its_number", ACCOUNT, {ADD(Batch, HeadCaptured[PRCM_KIND_EXIT], 1)}},
    {"head_counts_wrap",
     ACCOUNT,
     {SET(Batch, HeadCaptured[3], UINT64_MAX), ADD(Batch, HeadCaptured[PRCM_KIND_EXIT], 1)}},
    {"head_counts_less_than_the_token",
     ACCOUNT,
     {ADD(Batch, HeadCaptured[PRCM_KIND_START], -1), ADD(Batch, HeadCaptured[PRCM_KIND_EXIT], 1)}},
    {"hole_of_more_than_it_counts", ACCOUNT, {ADD(Lost, Evicted[PRCM_KIND_IMAGE], -1)}},
    {"hole_of_less_than_it_counts", ACCOUNT, {ADD(Lost, Dropped[PRCM_KIND_IMAGE], 1)}},
    {"hole_counts_wrap", ACCOUNT, {SET(Lost, Evicted[3], UINT64_MAX), ADD(Lost, Filtered, 1)}},
    {"hole_of_filtered_events_alone",
     ACCOUNT,
     {SET(Lost, Evicted[PRCM_KIND_IMAGE], 0), SET(Lost, Dropped[PRCM_KIND_IMAGE], 0),
      SET(Lost, Filtered, 4)}},
};

static uint8_t *
EditedMember(SAMPLE *Sample, const EDIT *Edit)
{
    uint8_t *Structure;
    memcpy(&Structure, (uint8_t *)Sample + Edit->Structure, sizeof(uint8_t *));
    return Structure + Edit->Offset;
}

/* Both sides of every layout are little-endian, so the low bytes of a value are its first. */
static void
EditApply(SAMPLE *Sample, const EDIT *Edit)
{
    uint8_t *Member = EditedMember(Sample, Edit);
    uint64_t Old = 0;
    memcpy(&Old, Member, Edit->Width);
    uint64_t New = Edit->Plus * Old + Edit->Value;
    memcpy(Member, &New, Edit->Width);
}

static void
RuleHolds(void **State)
{
    const RULE *Rule = *State;
    SAMPLE *Sample = SampleCreate();
    uint32_t Length = Sample->Batch->Bytes;
    assert_int_equal(OpenAndRead(Sample->Batch, Length), PRCM_OK);
    for (size_t Index = 0; Index < MAX_EDITS; Index++)
        EditApply(Sample, &Rule->Edits[Index]);
    assert_int_equal(OpenAndRead(Sample->Batch, Length), Rule->Result);
    free(Sample);
}

#define RULE_COUNT (sizeof(Rules) / sizeof(Rules[0]))

int
main(void)
{
    struct CMUnitTest Tests[RULE_COUNT];
    for (size_t Index = 0; Index < RULE_COUNT; Index++)
        Tests[Index] = (struct CMUnitTest){Rules[Index].Name, RuleHolds, NULL, NULL, &Rules[Index]};
    return cmocka_run_group_tests_name("batch rules", Tests, NULL, NULL);
}
