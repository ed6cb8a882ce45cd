/* SPDX-License-Identifier: MIT
 *
 * Damage costs the blocks that it touches, is told, and says which numbers it has cost.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture_format.h"
#include "capture_rig.h"

#define BATCHES 4u
#define BLOCKS  16u

/* A capture of four batches, each in a block of its own, and where its blocks begin. */
typedef struct CAPTURE
{
    RIG_FILE File;
    RIG_STREAM *Stream;
    uint64_t Offsets[BLOCKS]; /* the last is the file's end */
    uint32_t Blocks;
} CAPTURE;

static void
FindBlocks(CAPTURE *Capture)
{
    uint64_t At = 0;
    Capture->Blocks = 0;
    while (At < Capture->File.Size)
    {
        CAPTURE_HEADER Header;
        memcpy(&Header, Capture->File.Bytes + At, sizeof(Header));
        Capture->Offsets[Capture->Blocks++] = At;
        At += Header.HeaderBytes + (Header.StoredBytes + 7) / 8 * 8;
    }
    Capture->Offsets[Capture->Blocks] = At;
}

static CAPTURE *
CaptureCreate(bool End)
{
    CAPTURE *Capture = calloc(1, sizeof(*Capture));
    assert_non_null(Capture);
    Capture->Stream = RigStreamCreate(RIG_INSTANCE);
    PRCM_CAPTURE_WRITER *Writer = RigCreate(&Capture->File);
    RigBegin(Writer, Capture->Stream);
    RigWrite(Writer, Capture->Stream, BATCHES);
    if (End)
        RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    FindBlocks(Capture);
    return Capture;
}

static void
CaptureFree(CAPTURE *Capture)
{
    RigFileFree(&Capture->File);
    free(Capture->Stream);
    free(Capture);
}

/* How many batches a text tells of. */
static uint32_t
BatchesTold(const char *Text)
{
    uint32_t Count = 0;
    for (const char *At = strstr(Text, "\nbatch "); At != NULL; At = strstr(At + 1, "\nbatch "))
        Count++;
    return Count;
}

static uint16_t
KindAt(const CAPTURE *Capture, uint32_t Block)
{
    CAPTURE_HEADER Header;
    memcpy(&Header, Capture->File.Bytes + Capture->Offsets[Block], sizeof(Header));
    return Header.Kind;
}

static uint32_t
BlockOf(const CAPTURE *Capture, uint64_t Offset)
{
    uint32_t Block = 0;
    while (Capture->Offsets[Block + 1] <= Offset)
        Block++;
    return Block;
}

static void
AssertTells(const char *Text, const char *Expected, uint64_t Offset)
{
    if (strstr(Text, Expected) == NULL)
        fail_msg("byte %" PRIu64 ": \"%s\" is not in\n%s", Offset, Expected, Text);
}

/* What is left of a file that ends at Bytes: whole blocks, and how much of one. */
static void
AssertCutIsTold(const CAPTURE *Capture, RIG_FILE *Cut)
{
    char Expected[64];
    char *Text = RigRead(Cut);
    uint32_t Whole = BlockOf(Capture, Cut->Size);
    uint32_t Batches = 0;
    for (uint32_t Block = 0; Block < Whole; Block++)
        Batches += KindAt(Capture, Block) == CAPTURE_KIND_BATCHES;
    uint64_t Torn = Cut->Size - Capture->Offsets[Whole];
    assert_int_equal(BatchesTold(Text), Batches);
    snprintf(Expected, sizeof(Expected), "end open, torn %" PRIu64 " %s\n", Torn,
             Torn != 0 ? "partial" : "none");
    AssertTells(Text, Expected, Cut->Size);
    if (strstr(Text, "damage") != NULL || strstr(Text, "gap") != NULL)
        fail_msg("cut at %" PRIu64 ": %s", Cut->Size, Text);
    free(Text);
}

/* Goes on, and what is then in the file is everything, each number once. */
static void
AssertGoesOnExactly(RIG_FILE *Cut, const CAPTURE *Capture)
{
    const PRCM_CAPTURE_OPTIONS Options = {.Time = RIG_TIME};
    PRCM_CAPTURE_FILE Opened = RigFileOpen(Cut);
    PRCM_CAPTURE_WRITER *Writer;
    PRCM_CAPTURE_TAIL Tail;
    uint64_t Size = Cut->Size;
    RIG_OK(PrcmCaptureReopen(&Opened, &Options, &Writer, &Tail));
    assert_int_equal(Tail.Bytes + Tail.CutBytes, Size);
    assert_int_equal(Tail.Bytes, Capture->Offsets[BlockOf(Capture, Size)]);
    assert_true(Tail.HasToken);
    assert_true(Tail.Token.CountsKnown);
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    memcpy(Stream->Before, Tail.Token.Captured, sizeof(Stream->Before));
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 2);
    RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    free(Stream);

    char Expected[128];
    char *Text = RigRead(Cut);
    snprintf(Expected, sizeof(Expected),
             "account 1dc5bd0f3a1b2c4 1 to %" PRIu64 ": %" PRIu64 " told, 0 missing, complete\n",
             Tail.Token.Next + 8, Tail.Token.Next + 7);
    AssertTells(Text, Expected, Size);
    AssertTells(Text, "end closed, torn 0 none\n", Size);
    free(Text);
}

static void
EachCut(bool End)
{
    CAPTURE *Capture = CaptureCreate(End);
    RIG_FILE Cut = {0};
    for (uint64_t Size = Capture->Offsets[Capture->Blocks - 3]; Size < Capture->File.Size; Size++)
    {
        RigFileSet(&Cut, Capture->File.Bytes, Size);
        AssertCutIsTold(Capture, &Cut);
        AssertGoesOnExactly(&Cut, Capture);
    }
    RigFileFree(&Cut);
    CaptureFree(Capture);
}

static void
a_block_cut_anywhere_costs_only_itself(void **State)
{
    (void)State;
    EachCut(false);
}

static void
an_index_cut_anywhere_costs_nothing(void **State)
{
    (void)State;
    EachCut(true);
}

/* One bit is another; what the block held is lost, and nothing else. */
static void
AssertFlipIsTold(CAPTURE *Capture, uint64_t Offset)
{
    char Expected[96];
    uint32_t Block = BlockOf(Capture, Offset);
    bool HadBatch = KindAt(Capture, Block) == CAPTURE_KIND_BATCHES;
    Capture->File.Bytes[Offset] ^= (uint8_t)(1u << Offset % 8);
    char *Text = RigRead(&Capture->File);
    Capture->File.Bytes[Offset] ^= (uint8_t)(1u << Offset % 8);

    assert_int_equal(BatchesTold(Text), BATCHES - HadBatch);
    uint64_t Bytes = Capture->Offsets[Block + 1] - Capture->Offsets[Block];
    bool AtEnd = Block + 1 == Capture->Blocks;
    snprintf(Expected, sizeof(Expected), "damage %" PRIu64 "+%" PRIu64 " ", Capture->Offsets[Block], Bytes);
    if (!AtEnd || strstr(Text, "damage") != NULL)
        AssertTells(Text, Expected, Offset);
    else
    {
        snprintf(Expected, sizeof(Expected), "end open, torn %" PRIu64 " ", Bytes);
        AssertTells(Text, Expected, Offset);
    }
    if (HadBatch && !AtEnd)
        AssertTells(Text, " 4 missing\n", Offset);
    free(Text);
}

static void
EachFlip(bool End)
{
    CAPTURE *Capture = CaptureCreate(End);
    for (uint64_t Offset = 0; Offset < Capture->File.Size; Offset++)
        AssertFlipIsTold(Capture, Offset);
    CaptureFree(Capture);
}

static void
a_flipped_bit_costs_its_block_and_is_told(void **State)
{
    (void)State;
    EachFlip(false);
}

static void
a_flipped_bit_in_an_ended_file_costs_its_block_and_is_told(void **State)
{
    (void)State;
    EachFlip(true);
}

static void
a_damaged_batch_is_a_gap_by_kind(void **State)
{
    (void)State;
    CAPTURE *Capture = CaptureCreate(true);
    uint32_t Block = 0;
    while (KindAt(Capture, Block) != CAPTURE_KIND_BATCHES)
        Block++;
    Capture->File.Bytes[Capture->Offsets[Block + 1] + 230] ^= 1;
    char *Text = RigRead(&Capture->File);
    AssertTells(Text, "\ngap 5 to 9 damaged 1 1 2\nbatch 9 to 13\n", 0);
    free(Text);
    CaptureFree(Capture);
}

static void
the_index_tells_what_the_last_block_held(void **State)
{
    (void)State;
    CAPTURE *Capture = CaptureCreate(true);
    /* BATCHES, INDEX, END */
    Capture->File.Bytes[Capture->Offsets[Capture->Blocks - 3] + 4] ^= 1;
    char *Text = RigRead(&Capture->File);
    AssertTells(Text, "\ngap 13 to 17 damaged\n", 0);
    free(Text);
    CaptureFree(Capture);
}

static void
nuls_at_the_end_are_torn(void **State)
{
    (void)State;
    CAPTURE *Capture = CaptureCreate(false);
    RIG_FILE *File = &Capture->File;
    RIG_FILE Longer = {0};
    uint8_t Nuls[5000] = {0};
    for (uint32_t Bytes = 1; Bytes <= sizeof(Nuls); Bytes += 357)
    {
        RigFileSet(&Longer, File->Bytes, File->Size);
        RigFileSet(&Longer, File->Bytes, File->Size);
        PRCM_CAPTURE_FILE Opened = RigFileOpen(&Longer);
        RIG_OK(Opened.Write(Opened.Context, Longer.Size, Nuls, Bytes));
        Opened.Close(Opened.Context);
        char Expected[64];
        snprintf(Expected, sizeof(Expected), "end open, torn %u nuls\n", Bytes);
        char *Text = RigRead(&Longer);
        AssertTells(Text, Expected, Bytes);
        free(Text);
    }
    RigFileFree(&Longer);
    CaptureFree(Capture);
}

static void
bytes_that_are_no_capture_are_refused(void **State)
{
    (void)State;
    const PRCM_CAPTURE_OPTIONS Options = {.Time = RIG_TIME};
    static const char Text[] = "{\"type\":\"start\"}\n{\"type\":\"exit\"}\n";
    RIG_FILE File = {0};
    RigFileSet(&File, Text, sizeof(Text));
    PRCM_CAPTURE_FILE Opened = RigFileOpen(&File);
    PRCM_CAPTURE_READER *Reader;
    PRCM_CAPTURE_WRITER *Writer;
    assert_int_equal(PrcmCaptureOpen(&Opened, &Reader), PRCM_ERROR_CAPTURE);
    Opened = RigFileOpen(&File);
    assert_int_equal(PrcmCaptureReopen(&Opened, &Options, &Writer, NULL), PRCM_ERROR_CAPTURE);
    assert_int_equal(File.Size, sizeof(Text));
    RigFileFree(&File);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_block_cut_anywhere_costs_only_itself),
        cmocka_unit_test(an_index_cut_anywhere_costs_nothing),
        cmocka_unit_test(a_flipped_bit_costs_its_block_and_is_told),
        cmocka_unit_test(a_flipped_bit_in_an_ended_file_costs_its_block_and_is_told),
        cmocka_unit_test(a_damaged_batch_is_a_gap_by_kind),
        cmocka_unit_test(the_index_tells_what_the_last_block_held),
        cmocka_unit_test(nuls_at_the_end_are_torn),
        cmocka_unit_test(bytes_that_are_no_capture_are_refused),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
