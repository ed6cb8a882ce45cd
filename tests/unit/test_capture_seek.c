/* SPDX-License-Identifier: MIT
 *
 * Reading begins at a number or a time: by the index, and by the headers of blocks where there is none to go by.
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

/* So many blocks that the index has several. */
#define BATCHES 2100u

#define HOUR 36000000000

/* In the middle, the clock is set back by an hour; the second run is another. */
typedef struct CAPTURE
{
    RIG_FILE File;
    uint64_t Reads;
    uint64_t ReadBytes;
    PRCM_RESULT (*Read)(void *, uint64_t, void *, uint32_t, uint32_t *);
} CAPTURE;

static CAPTURE Capture;

static void
CaptureMake(void)
{
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    PRCM_CAPTURE_WRITER *Writer = RigCreate(&Capture.File);
    RIG_OK(PrcmCaptureFact(Writer, RigHostFact("PC")));
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, BATCHES / 2);
    RIG_OK(PrcmCaptureFact(Writer, RigHostFact("NEW")));
    Stream->Time -= HOUR;
    RigWrite(Writer, Stream, BATCHES / 2);
    free(Stream);
    Stream = RigStreamCreate(0xB00);
    Stream->Time += HOUR;
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 3);
    RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    free(Stream);
}

static PRCM_RESULT
ReadCounted(void *Context, uint64_t Offset, void *Bytes, uint32_t Length, uint32_t *Taken)
{
    Capture.Reads++;
    Capture.ReadBytes += Length;
    return Capture.Read(Context, Offset, Bytes, Length, Taken);
}

static PRCM_CAPTURE_READER *
Open(void)
{
    PRCM_CAPTURE_FILE Opened = RigFileOpen(&Capture.File);
    PRCM_CAPTURE_READER *Reader;
    Capture.Read = Opened.Read;
    Opened.Read = ReadCounted;
    RIG_OK(PrcmCaptureOpen(&Opened, &Reader));
    Capture.Reads = Capture.ReadBytes = 0;
    return Reader;
}

/* Facts told before the first batch, and that batch's first number; 0: there is none. */
static void
AssertBegins(PRCM_CAPTURE_READER *Reader, uint32_t Facts, uint64_t First)
{
    PRCM_CAPTURE_ITEM Item = {0};
    uint32_t FactsTold = 0;
    uint64_t FirstTold = 0;
    while (Item.Type != PRCM_ITEM_END && FirstTold == 0)
    {
        RIG_OK(PrcmCaptureNext(Reader, &Item));
        assert_int_not_equal(Item.Type, PRCM_ITEM_GAP);
        assert_int_not_equal(Item.Type, PRCM_ITEM_DAMAGE);
        FactsTold += Item.Type == PRCM_ITEM_FACT;
        if (Item.Type == PRCM_ITEM_BATCH)
            FirstTold = Item.Batch->First;
    }
    assert_int_equal(FirstTold, First);
    assert_int_equal(FactsTold, Facts);
}

static void
AssertSeeks(PRCM_CAPTURE_READER *Reader)
{
    static const uint64_t Numbers[] = {1, 2, 4, 5, 77, 4196, 4200, 4201, 8000, 8400};
    for (uint32_t At = 0; At < sizeof(Numbers) / sizeof(Numbers[0]); At++)
    {
        RIG_OK(PrcmCaptureSeekNumber(Reader, 0, Numbers[At]));
        AssertBegins(Reader, Numbers[At] > 4200 ? 3 : 2, (Numbers[At] - 1) / 4 * 4 + 1);
    }
    RIG_OK(PrcmCaptureSeekNumber(Reader, 0xB00, 6));
    AssertBegins(Reader, 4, 5);
    RIG_OK(PrcmCaptureSeekNumber(Reader, 0, 8401));
    AssertBegins(Reader, 4, 0);
    RIG_OK(PrcmCaptureSeekNumber(Reader, 0xDEAD, 1));
    AssertBegins(Reader, 4, 0);

    RIG_OK(PrcmCaptureSeekTime(Reader, 0));
    AssertBegins(Reader, 2, 1);
    RIG_OK(PrcmCaptureSeekTime(Reader, RIG_TIME + 100));
    AssertBegins(Reader, 2, 97);
    RIG_OK(PrcmCaptureSeekTime(Reader, RIG_TIME + 4201));
    AssertBegins(Reader, 4, 1);
    RIG_OK(PrcmCaptureSeekTime(Reader, RIG_TIME + HOUR + 5));
    AssertBegins(Reader, 4, 5);
    RIG_OK(PrcmCaptureSeekTime(Reader, RIG_TIME + 2 * HOUR));
    AssertBegins(Reader, 4, 0);
}

static void
an_index_leads_to_numbers_and_times(void **State)
{
    (void)State;
    PRCM_CAPTURE_READER *Reader = Open();
    AssertSeeks(Reader);
    Capture.Reads = 0;
    RIG_OK(PrcmCaptureSeekNumber(Reader, 0, 8000));
    assert_true(Capture.Reads < 20);
    PrcmCaptureClose(Reader);
}

static void
without_an_index_headers_lead_there(void **State)
{
    (void)State;
    uint64_t Size = Capture.File.Size;
    Capture.File.Size -= 8;
    PRCM_CAPTURE_READER *Reader = Open();
    AssertSeeks(Reader);
    PrcmCaptureClose(Reader);
    Capture.File.Size = Size;
}

/* The block of this kind and place among those. */
static uint64_t
OffsetOf(uint16_t Kind, uint32_t Place)
{
    CAPTURE_HEADER Header;
    for (uint64_t At = 0; At < Capture.File.Size; At += Header.HeaderBytes + (Header.StoredBytes + 7) / 8 * 8)
    {
        memcpy(&Header, Capture.File.Bytes + At, sizeof(Header));
        if (Header.Kind == Kind && Place-- == 0)
            return At;
    }
    fail();
    return 0;
}

static void
a_damaged_index_is_not_gone_by(void **State)
{
    (void)State;
    uint64_t Offsets[] = {OffsetOf(CAPTURE_KIND_INDEX, 1) + 100, OffsetOf(CAPTURE_KIND_END, 0) + 90,
                          OffsetOf(CAPTURE_KIND_INDEX, 0) + 3};
    for (uint32_t At = 0; At < sizeof(Offsets) / sizeof(Offsets[0]); At++)
    {
        Capture.File.Bytes[Offsets[At]] ^= 8;
        PRCM_CAPTURE_READER *Reader = Open();
        RIG_OK(PrcmCaptureSeekNumber(Reader, 0, 5000));
        AssertBegins(Reader, 3, 4997);
        RIG_OK(PrcmCaptureSeekTime(Reader, RIG_TIME + HOUR + 5));
        AssertBegins(Reader, 4, 5);
        PrcmCaptureClose(Reader);
        Capture.File.Bytes[Offsets[At]] ^= 8;
    }
}

static void
the_account_begins_where_reading_does(void **State)
{
    (void)State;
    PRCM_CAPTURE_READER *Reader = Open();
    RIG_OK(PrcmCaptureSeekNumber(Reader, 0, 8397));
    char *Text = RigReadAll(Reader);
    assert_string_equal(Text, "file -\n"
                              "fact 1\n"
                              "fact 5\n"
                              "fact 1\n"
                              "batch 8397 to 8401\n"
                              "session b00 from 1\n"
                              "fact 5\n"
                              "batch 1 to 5\n"
                              "batch 5 to 9\n"
                              "batch 9 to 13\n"
                              "end closed, torn 0 none\n"
                              "account 1dc5bd0f3a1b2c4 8397 to 8401: 4 told, 0 missing, complete\n"
                              "account b00 1 to 13: 12 told, 0 missing, complete\n");
    free(Text);
    PrcmCaptureClose(Reader);
}

/* The file is cut behind its index, gone on with, and has one again that is as good. */
static void
an_index_survives_going_on(void **State)
{
    (void)State;
    const PRCM_CAPTURE_OPTIONS Options = {.Time = RIG_TIME};
    uint64_t Cuts[] = {Capture.File.Size, OffsetOf(CAPTURE_KIND_END, 0), OffsetOf(CAPTURE_KIND_INDEX, 2) + 9};
    for (uint32_t At = 0; At < sizeof(Cuts) / sizeof(Cuts[0]); At++)
    {
        PRCM_CAPTURE_WRITER *Writer;
        Capture.File.Size = Cuts[At];
        PRCM_CAPTURE_FILE Opened = RigFileOpen(&Capture.File);
        RIG_OK(PrcmCaptureReopen(&Opened, &Options, &Writer, NULL));
        RIG_OK(PrcmCaptureEnd(Writer));
        PrcmCaptureFree(Writer);
        an_index_leads_to_numbers_and_times(NULL);
    }
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(an_index_leads_to_numbers_and_times),
        cmocka_unit_test(without_an_index_headers_lead_there),
        cmocka_unit_test(a_damaged_index_is_not_gone_by),
        cmocka_unit_test(the_account_begins_where_reading_does),
        cmocka_unit_test(an_index_survives_going_on),
    };
    CaptureMake();
    int Failures = cmocka_run_group_tests(Tests, NULL, NULL);
    RigFileFree(&Capture.File);
    return Failures;
}
