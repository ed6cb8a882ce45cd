/* SPDX-License-Identifier: MIT
 *
 * The comparison finds what it is there to find. The driver's own records of a small recording with
 * everything in it, each spoilt in every way that a driver could spoil it.
 */
#include "compare.h"
#include "memory.h"
#include "raise.h"
#include "rig.h"

static const char Text[] =
    "{\"time\":\"2020-01-01 "
    "00:00:00.000\",\"kind\":\"image_load\",\"pid\":40,\"guid\":\"old\",\"loaded\":\"a.dll\"}\n"
    "{\"time\":\"2020-01-01 "
    "00:00:00.000\",\"kind\":\"process_start\",\"pid\":44,\"guid\":\"new\",\"ppid\":40,"
    "\"image\":\"\\\\??\\\\C:\\\\new.exe\",\"command_line\":\"new "
    "\xC3\xA9\",\"session\":1,\"integrity\":\"High\"}\n"
    "{\"time\":\"2020-01-01 00:00:00.000\",\"kind\":\"image_load\",\"pid\":44,\"guid\":\"new\",\"loaded\":"
    "\"\\\\Device\\\\a.dll\",\"signed\":true}\n"
    "{\"time\":\"2020-01-01 00:00:00.000\",\"kind\":\"driver_load\",\"loaded\":\"\\\\SystemRoot\\\\a.sys\"}\n"
    "{\"time\":\"2020-01-01 00:00:00.000\",\"kind\":\"process_start\",\"pid\":48,\"guid\":\"bare\"}\n"
    "{\"time\":\"2020-01-01 00:00:00.000\",\"kind\":\"process_exit\",\"pid\":44,\"guid\":\"new\"}\n"
    "{\"time\":\"2020-01-01 "
    "00:00:00.000\",\"kind\":\"image_load\",\"pid\":44,\"guid\":\"new\",\"loaded\":null}\n";

#define RECORDS   8u /* the end included */
#define NEW_START 1u
#define NEW_LOAD  2u
#define NEW_EXIT  5u
#define NOT_LEFT  RECORDS

static RECORDING Recording;
static MODEL Model;
static READER Reader;
static COMPARISON Comparison;

static int
Raise(void **State)
{
    char Error[RECORDING_ERROR_BYTES];
    RigStart(State);
    FILE *Stream = fmemopen((void *)(uintptr_t)Text, sizeof(Text) - 1, "r");
    assert_true(RecordingRead(&Recording, Stream, "text", Error));
    fclose(Stream);
    assert_true(ModelBuild(&Model, &Recording, 1));
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    RaiseFinish(RaiseStart(&Model, 1, 0, NULL));
    ReaderDrain(&Reader);
    assert_int_equal(Reader.RecordCount, RECORDS);
    return 0;
}

static int
End(void **State)
{
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
    ModelFree(&Model);
    RecordingFree(&Recording);
    return RigEnd(State);
}

static void
Begin(void)
{
    CompareInit(&Comparison, &Model, &(WANTED){.Kinds = PRCM_KINDS_ALL});
}

/* The mismatches that come of the records from Begin on, which are taken to be all; Lost of the kind. */
static uint64_t
Finish(uint32_t Kind, uint64_t Lost)
{
    uint64_t ByKind[PRCM_KIND_COUNT] = {0};
    ByKind[Kind] = Lost;
    CompareFinish(&Comparison, ByKind);
    return Comparison.Mismatches;
}

static void
CompareAllBut(size_t Left)
{
    for (size_t Index = 0; Index < RECORDS; Index++)
        if (Index != Left)
            CompareRecord(&Comparison, Reader.Records[Index]);
}

static void
what_was_raised_is_no_mismatch(void **State)
{
    (void)State;
    Begin();
    CompareAllBut(NOT_LEFT);
    assert_true(Comparison.Ended);
    assert_int_equal(Finish(0, 0), 0);
    assert_int_equal(Comparison.Raised[PRCM_KIND_START], 2);
    assert_int_equal(Comparison.Delivered[PRCM_KIND_START], 2);
    assert_int_equal(Comparison.Delivered[PRCM_KIND_EXIT], 1);
    assert_int_equal(Comparison.Delivered[PRCM_KIND_IMAGE], 4);
}

/* How the record is laid out is the library's to check. */
static bool
IsLayout(const PRCM_RECORD *Record, size_t At)
{
    size_t End = Record->FixedSize;
    bool IsOffset = false;
    const PRCM_START *Start = (const void *)Record;
    const PRCM_IMAGE *Image = (const void *)Record;
    const PRCM_BYTES *Fields[3] = {0};
    if (Record->Kind == PRCM_KIND_START)
    {
        Fields[0] = &Start->ImagePath.Text;
        Fields[1] = &Start->CommandLine;
        Fields[2] = &Start->UserSid;
    }
    else if (Record->Kind == PRCM_KIND_IMAGE)
        Fields[0] = &Image->ImagePath.Text;
    for (size_t Index = 0; Index < 3 && Fields[Index]; Index++)
    {
        size_t Offset = (size_t)((const char *)&Fields[Index]->Offset - (const char *)Record);
        IsOffset |= At >= Offset && At < Offset + sizeof(Fields[Index]->Offset);
        if (Fields[Index]->Offset + Fields[Index]->Length > End)
            End = Fields[Index]->Offset + Fields[Index]->Length;
    }
    return At < offsetof(PRCM_RECORD, Kind) || IsOffset || At >= End ||
           (At >= offsetof(PRCM_RECORD, FixedSize) && At < offsetof(PRCM_RECORD, Time));
}

/* Whether the record at Index with one byte changed is a mismatch. */
static bool
IsFound(size_t Index, size_t At, uint8_t Bits)
{
    uint8_t *Byte = (uint8_t *)Reader.Records[Index] + At;
    Begin();
    *Byte ^= Bits;
    CompareAllBut(NOT_LEFT);
    *Byte ^= Bits;
    return Finish(0, 0) != 0;
}

static void
every_byte_of_a_record_counts(void **State)
{
    size_t Bytes = 0;
    (void)State;
    for (size_t Index = 0; Index < RECORDS; Index++)
        for (size_t At = 0; At < Reader.Records[Index]->Size; At++)
        {
            if (IsLayout(Reader.Records[Index], At))
                continue;
            if (!IsFound(Index, At, 0x01) || !IsFound(Index, At, 0xFF))
                fail_msg("byte %zu of record %zu", At, Index);
            Bytes++;
        }
    assert_true(Bytes > 1000);
}

static void
a_missing_record_is_a_mismatch_unless_it_was_told_as_lost(void **State)
{
    (void)State;
    for (size_t Left = 0; Left < RECORDS - 1; Left++)
    {
        uint32_t Kind = Reader.Records[Left]->Kind;
        Begin();
        CompareAllBut(Left);
        assert_int_equal(Finish(Kind, 0), 1);
        Begin();
        CompareAllBut(Left);
        assert_int_equal(Finish(Kind, 1), 0);
        assert_int_equal(Comparison.Missing[Kind], 1);
        Begin();
        CompareAllBut(Left);
        assert_int_equal(Finish((Kind + 1) % 3, 1), 2);
    }
}

static void
a_loss_told_that_was_none_is_a_mismatch(void **State)
{
    (void)State;
    Begin();
    CompareAllBut(NOT_LEFT);
    assert_int_equal(Finish(PRCM_KIND_IMAGE, 1), 1);
}

/* One after the other, under numbers that ascend. */
static void
CompareRenumbered(const size_t *Order, size_t Count)
{
    for (size_t Index = 0; Index < Count; Index++)
    {
        PRCM_RECORD *Record = Reader.Records[Order[Index]];
        uint64_t Sequence = Record->Sequence;
        Record->Sequence = Index + 1;
        CompareRecord(&Comparison, Record);
        Record->Sequence = Sequence;
    }
}

static void
two_records_of_a_process_that_changed_places_are_a_mismatch(void **State)
{
    static const size_t Order[] = {0, NEW_LOAD, NEW_START, 3, 4, NEW_EXIT, 6, 7};
    (void)State;
    Begin();
    CompareRenumbered(Order, RECORDS);
    assert_true(Finish(0, 0) > 0);
}

static void
records_of_two_processes_may_change_places(void **State)
{
    static const size_t Order[] = {NEW_START, 0, NEW_LOAD, 4, 3, NEW_EXIT, 6, 7};
    (void)State;
    Begin();
    CompareRenumbered(Order, RECORDS);
    assert_int_equal(Finish(0, 0), 0);
}

static void
a_record_that_comes_twice_is_a_mismatch(void **State)
{
    static const size_t Order[] = {0, NEW_START, NEW_LOAD, NEW_LOAD, 3, 4, NEW_EXIT, 6, 7};
    (void)State;
    Begin();
    CompareRenumbered(Order, RECORDS + 1);
    assert_true(Finish(0, 0) > 0);
}

static void
numbers_that_do_not_ascend_are_a_mismatch(void **State)
{
    (void)State;
    Begin();
    Reader.Records[NEW_LOAD]->Sequence = Reader.Records[NEW_START]->Sequence;
    CompareAllBut(NOT_LEFT);
    assert_int_equal(Finish(0, 0), 1);
}

static void
a_record_that_was_not_asked_for_is_a_mismatch(void **State)
{
    const uint64_t None[PRCM_KIND_COUNT] = {0};
    (void)State;
    CompareInit(&Comparison, &Model, &(WANTED){.Kinds = PRCM_KIND_BIT(PRCM_KIND_START)});
    CompareRecord(&Comparison, Reader.Records[NEW_LOAD]);
    assert_int_equal(Comparison.Mismatches, 1);
    CompareFinish(&Comparison, None);
    CompareInit(&Comparison, &Model, &(WANTED){.Kinds = PRCM_KINDS_ALL, .OneProcess = true, .Id = 40});
    CompareRecord(&Comparison, Reader.Records[NEW_START]);
    assert_int_equal(Comparison.Mismatches, 1);
    CompareFinish(&Comparison, None);
}

static void
a_mismatch_is_told_by_line_and_field(void **State)
{
    (void)State;
    Begin();
    ((PRCM_IMAGE *)(void *)Reader.Records[NEW_LOAD])->ImageSize++;
    ((PRCM_START *)(void *)Reader.Records[NEW_START])->ParentCreateTime.Status = PRCM_ABSENT;
    CompareAllBut(NOT_LEFT);
    assert_int_equal(Finish(0, 0), 2);
    assert_string_equal(Comparison.Notes[0],
                        "line 2: the status of the parent's create time is 0x0, should be 0x1");
    assert_string_equal(Comparison.Notes[1], "line 3: the size is 0x3001, raised was 0x3000");
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, Raise, End)
    const struct CMUnitTest Tests[] = {
        TEST(what_was_raised_is_no_mismatch),
        TEST(every_byte_of_a_record_counts),
        TEST(a_missing_record_is_a_mismatch_unless_it_was_told_as_lost),
        TEST(a_loss_told_that_was_none_is_a_mismatch),
        TEST(two_records_of_a_process_that_changed_places_are_a_mismatch),
        TEST(records_of_two_processes_may_change_places),
        TEST(a_record_that_comes_twice_is_a_mismatch),
        TEST(numbers_that_do_not_ascend_are_a_mismatch),
        TEST(a_record_that_was_not_asked_for_is_a_mismatch),
        TEST(a_mismatch_is_told_by_line_and_field),
    };
    return cmocka_run_group_tests_name("replay compare", Tests, NULL, NULL);
}
