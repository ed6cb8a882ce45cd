/* SPDX-License-Identifier: MIT
 *
 * Captures of version 1 are read as they were when it was new, whatever this library writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden.h"

static void
Load(RIG_FILE *File, const char *Name)
{
    static uint8_t Bytes[65536];
    char Path[512];
    snprintf(Path, sizeof(Path), "%s/%s", CAPTURE_DATA, Name);
    FILE *In = fopen(Path, "rb");
    assert_non_null(In);
    size_t Length = fread(Bytes, 1, sizeof(Bytes), In);
    fclose(In);
    assert_true(Length < sizeof(Bytes));
    /* With a terminator, for those that are text. */
    Bytes[Length] = 0;
    RigFileSet(File, Bytes, Length + 1);
    File->Size = Length;
}

static PRCM_CAPTURE_READER *
Open(RIG_FILE *File)
{
    PRCM_CAPTURE_FILE Opened = RigFileOpen(File);
    PRCM_CAPTURE_READER *Reader;
    RIG_OK(PrcmCaptureOpen(&Opened, &Reader));
    return Reader;
}

/* Facts and batches of both, to the byte. */
static void
AssertSameContent(RIG_FILE *Kept, RIG_FILE *Made)
{
    PRCM_CAPTURE_READER *Readers[2] = {Open(Kept), Open(Made)};
    PRCM_CAPTURE_ITEM Items[2] = {{0}, {0}};
    while (Items[0].Type != PRCM_ITEM_END)
    {
        for (uint32_t Side = 0; Side < 2; Side++)
            RIG_OK(PrcmCaptureNext(Readers[Side], &Items[Side]));
        assert_int_equal(Items[0].Type, Items[1].Type);
        if (Items[0].Type == PRCM_ITEM_FACT)
            assert_memory_equal(Items[0].Fact, Items[1].Fact, Items[1].Fact->Size);
        if (Items[0].Type == PRCM_ITEM_BATCH)
            assert_memory_equal(Items[0].Batch, Items[1].Batch, Items[1].Batch->Bytes);
    }
    PrcmCaptureClose(Readers[0]);
    PrcmCaptureClose(Readers[1]);
}

static void
AssertReads(const char *Name, void (*Golden)(RIG_FILE *))
{
    RIG_FILE Kept = {0};
    RIG_FILE Told = {0};
    RIG_FILE Made = {0};
    char File[64];
    snprintf(File, sizeof(File), "%s.prcm", Name);
    Load(&Kept, File);
    snprintf(File, sizeof(File), "%s.txt", Name);
    Load(&Told, File);
    char *Text = RigRead(&Kept);
    assert_string_equal(Text, (const char *)Told.Bytes);
    free(Text);
    Golden(&Made);
    AssertSameContent(&Kept, &Made);
    RigFileFree(&Kept);
    RigFileFree(&Told);
    RigFileFree(&Made);
}

static void
a_whole_capture_of_version_1_is_read(void **State)
{
    (void)State;
    AssertReads("whole", GoldenWhole);
}

static void
an_open_capture_of_version_1_is_read(void **State)
{
    (void)State;
    AssertReads("open", GoldenOpen);
}

static void
a_damaged_capture_of_version_1_is_read(void **State)
{
    (void)State;
    AssertReads("damaged", GoldenDamaged);
}

static void
a_capture_of_version_1_is_gone_on_with(void **State)
{
    (void)State;
    const PRCM_CAPTURE_OPTIONS Options = {.Time = RIG_TIME};
    RIG_FILE File = {0};
    Load(&File, "open.prcm");
    PRCM_CAPTURE_FILE Opened = RigFileOpen(&File);
    PRCM_CAPTURE_WRITER *Writer;
    PRCM_CAPTURE_TAIL Tail;
    RIG_OK(PrcmCaptureReopen(&Opened, &Options, &Writer, &Tail));
    assert_int_equal(Tail.Token.Next, 9);
    assert_int_equal(Tail.CutWhy, PRCM_DAMAGE_PARTIAL);
    PrcmCaptureFree(Writer);
    RigFileFree(&File);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_whole_capture_of_version_1_is_read),
        cmocka_unit_test(an_open_capture_of_version_1_is_read),
        cmocka_unit_test(a_damaged_capture_of_version_1_is_read),
        cmocka_unit_test(a_capture_of_version_1_is_gone_on_with),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
