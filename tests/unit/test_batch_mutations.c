/* SPDX-License-Identifier: MIT
 *
 * Whatever a batch's bytes are changed to, PrcmBatchOpen refuses it, or all that can be read from it lies
 * within it: the address sanitizer stops the test otherwise. Where the change is certain to matter, that it
 * is refused is asserted too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "batch_sample.h"

static const uint8_t Values[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x08, 0x7F, 0x80, 0xFE, 0xFF};

static void
every_byte_changed_to_every_value(void **State)
{
    (void)State;
    SAMPLE *Sample = SampleCreate();
    uint32_t Length = Sample->Batch->Bytes;
    for (uint32_t At = 0; At < Length; At++)
    {
        uint8_t Kept = Sample->Builder.Bytes[At];
        for (uint32_t Change = 1; Change < 256; Change++)
        {
            Sample->Builder.Bytes[At] = (uint8_t)(Kept + Change);
            OpenAndRead(Sample->Batch, Length);
        }
        Sample->Builder.Bytes[At] = Kept;
    }
    free(Sample);
}

/* A 32-bit member takes two changes at least to lead a reader out of the record. */
static void
every_32_bits_changed_to_a_telling_value(void **State)
{
    (void)State;
    static const uint32_t Telling[] = {0,          1,          2,          8,          0x7FFFFFFF,
                                       0x80000000, 0xFFFFFFF8, 0xFFFFFFFE, 0xFFFFFFFF, 0x10000};
    SAMPLE *Sample = SampleCreate();
    uint32_t Length = Sample->Batch->Bytes;
    for (uint32_t At = 0; At + 4 <= Length; At += 2)
    {
        uint8_t Kept[4];
        memcpy(Kept, Sample->Builder.Bytes + At, sizeof(Kept));
        for (size_t Index = 0; Index < sizeof(Telling) / sizeof(Telling[0]); Index++)
        {
            memcpy(Sample->Builder.Bytes + At, &Telling[Index], sizeof(Telling[Index]));
            OpenAndRead(Sample->Batch, Length);
        }
        memcpy(Sample->Builder.Bytes + At, Kept, sizeof(Kept));
    }
    free(Sample);
}

/* xorshift64*: the same on every machine. */
static uint64_t Random = 0x9E3779B97F4A7C15u;

static uint32_t
RandomBelow(uint32_t Limit)
{
    Random ^= Random >> 12;
    Random ^= Random << 25;
    Random ^= Random >> 27;
    return (uint32_t)((Random * 0x2545F4914F6CDD1Du >> 32) % Limit);
}

static void
several_bytes_changed_at_random(void **State)
{
    (void)State;
    SAMPLE *Sample = SampleCreate();
    uint32_t Length = Sample->Batch->Bytes;
    uint8_t *Kept = malloc(Length);
    assert_non_null(Kept);
    memcpy(Kept, Sample->Batch, Length);
    for (uint32_t Run = 0; Run < 100000; Run++)
    {
        for (uint32_t Change = RandomBelow(6) + 1; Change != 0; Change--)
            Sample->Builder.Bytes[RandomBelow(Length)] = Values[RandomBelow(sizeof(Values))];
        OpenAndRead(Sample->Batch, Length);
        memcpy(Sample->Builder.Bytes, Kept, Length);
    }
    free(Kept);
    free(Sample);
}

/* All but the number of the batch, the instance, and how many of the earlier events were dropped: only the
 * batch before tells what those must be. */
static void
every_bit_of_the_header_counts(void **State)
{
    (void)State;
    SAMPLE *Sample = SampleCreate();
    uint32_t Length = Sample->Batch->Bytes;
    for (uint32_t Bit = 0; Bit < 8 * sizeof(PRCM_BATCH); Bit++)
    {
        uint32_t At = Bit / 8;
        if (At >= offsetof(PRCM_BATCH, Number) && At < offsetof(PRCM_BATCH, First))
            continue;
        if (At >= offsetof(PRCM_BATCH, Next.Instance) && At < offsetof(PRCM_BATCH, Next.Next))
            continue;
        if (At >= offsetof(PRCM_BATCH, Next.Dropped) && At < offsetof(PRCM_BATCH, Next.CountsKnown))
            continue;
        Sample->Builder.Bytes[At] ^= (uint8_t)(1u << Bit % 8);
        assert_int_not_equal(OpenAndRead(Sample->Batch, Length), PRCM_OK);
        Sample->Builder.Bytes[At] ^= (uint8_t)(1u << Bit % 8);
    }
    assert_int_equal(OpenAndRead(Sample->Batch, Length), PRCM_OK);
    free(Sample);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(every_byte_changed_to_every_value),
        cmocka_unit_test(every_32_bits_changed_to_a_telling_value),
        cmocka_unit_test(several_bytes_changed_at_random),
        cmocka_unit_test(every_bit_of_the_header_counts),
    };
    return cmocka_run_group_tests_name("batch mutations", Tests, NULL, NULL);
}
