/* SPDX-License-Identifier: MIT
 *
 * What is woven comes out again to the byte; what cannot be is left as it is; and nothing is unwoven beyond its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_sample.h"
#include "capture_rig.h"
#include "capture_weave.h"

#define ROOM 65536u

/* A payload that is being made. */
typedef struct PAYLOAD
{
    uint64_t Words[ROOM / 8];
    uint32_t Bytes;
    uint32_t Batches;
} PAYLOAD;

static PAYLOAD Payload;
static CAPTURE_WEAVE Weave;
static BATCH_BUILDER Builder;

static void
PayloadAdd(const PRCM_BATCH *Batch)
{
    const CAPTURE_BATCH_PREFIX Prefix = {.Bytes = Batch->Bytes};
    uint8_t *To = (uint8_t *)Payload.Words + Payload.Bytes;
    assert_true(Payload.Bytes + sizeof(Prefix) + Batch->Bytes <= ROOM);
    memcpy(To, &Prefix, sizeof(Prefix));
    memcpy(To + sizeof(Prefix), Batch, Batch->Bytes);
    Payload.Bytes += (uint32_t)sizeof(Prefix) + Batch->Bytes;
    Payload.Batches++;
}

static bool
PayloadWeave(void)
{
    return WeaveBatches(&Weave, (const uint8_t *)Payload.Words, Payload.Bytes, Payload.Batches);
}

/* Room of exactly the right size, so that the address sanitizer sees every byte too far. */
static bool
Unweave(const void *Woven, uint32_t Batches, void *Raw)
{
    uint8_t *Copy = malloc(Payload.Bytes);
    assert_non_null(Copy);
    memcpy(Copy, Woven, Payload.Bytes);
    assert_true(WeaveReserve(&Weave, Payload.Bytes));
    bool Good = UnweaveBatches(&Weave, Copy, Payload.Bytes, Batches, Raw);
    free(Copy);
    return Good;
}

static void
AssertComesOutAgain(void)
{
    uint8_t *Raw = malloc(Payload.Bytes);
    assert_non_null(Raw);
    assert_true(PayloadWeave());
    assert_true(Unweave(Weave.Woven.Bytes, Payload.Batches, Raw));
    assert_memory_equal(Raw, Payload.Words, Payload.Bytes);
    free(Raw);
}

static int
Begin(void **State)
{
    (void)State;
    memset(&Payload, 0, sizeof(Payload));
    return 0;
}

static int
End(void **State)
{
    (void)State;
    WeaveFree(&Weave);
    return 0;
}

static void
batches_come_out_to_the_byte(void **State)
{
    (void)State;
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    for (uint32_t Count = 0; Count < 20; Count++)
    {
        PayloadAdd(RigBatch(Stream));
        AssertComesOutAgain();
        PayloadAdd(RigLossyBatch(Stream, Count + 1));
    }
    SAMPLE *Sample = SampleCreate();
    PayloadAdd(Sample->Batch);
    AssertComesOutAgain();
    free(Sample);
    free(Stream);
}

static void
AddOthers(uint16_t Classes)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    BuilderBegin(&Builder, Before);
    for (uint16_t Class = 0; Class < Classes; Class++)
        BuilderAddOther(&Builder, 0x8001, (uint16_t)(32 + 8 * Class));
    PayloadAdd(BuilderEnd(&Builder, 0));
}

static void
as_many_kinds_of_records_as_there_may_be(void **State)
{
    (void)State;
    AddOthers(16);
    AssertComesOutAgain();
}

static void
more_kinds_of_records_are_left_as_they_are(void **State)
{
    (void)State;
    AddOthers(17);
    assert_false(PayloadWeave());
}

static void
a_newer_batch_header_is_left_as_it_is(void **State)
{
    (void)State;
    AddOthers(1);
    ((PRCM_BATCH *)(Payload.Words + 1))->Size += 8;
    assert_false(PayloadWeave());
}

static void
nothing_is_unwoven_beyond_the_end(void **State)
{
    (void)State;
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    PayloadAdd(RigBatch(Stream));
    PayloadAdd(RigBatch(Stream));
    uint8_t *Raw = malloc(Payload.Bytes);
    uint8_t *Woven = malloc(Payload.Bytes);
    assert_non_null(Raw);
    assert_non_null(Woven);
    assert_true(PayloadWeave());
    memcpy(Woven, Weave.Woven.Bytes, Payload.Bytes);
    for (uint32_t At = 0; At < Payload.Bytes; At++)
    {
        for (uint32_t Bit = 0; Bit < 8; Bit++)
        {
            Woven[At] ^= (uint8_t)(1u << Bit);
            Unweave(Woven, Payload.Batches, Raw);
            Woven[At] ^= (uint8_t)(1u << Bit);
        }
    }
    assert_false(Unweave(Woven, 1, Raw));
    assert_false(Unweave(Woven, 3, Raw));
    assert_false(Unweave(Woven, UINT32_MAX, Raw));
    free(Raw);
    free(Woven);
    free(Stream);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test_setup_teardown(batches_come_out_to_the_byte, Begin, End),
        cmocka_unit_test_setup_teardown(as_many_kinds_of_records_as_there_may_be, Begin, End),
        cmocka_unit_test_setup_teardown(more_kinds_of_records_are_left_as_they_are, Begin, End),
        cmocka_unit_test_setup_teardown(a_newer_batch_header_is_left_as_it_is, Begin, End),
        cmocka_unit_test_setup_teardown(nothing_is_unwoven_beyond_the_end, Begin, End),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
