/* SPDX-License-Identifier: MIT
 *
 * Facts: what is put into one is found in it, and one that is malformed is refused.
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

static uint64_t Room[512];

static void
every_type_begins_with_everything_absent(void **State)
{
    (void)State;
    for (uint16_t Type = PRCM_FACT_HOST; Type <= PRCM_FACT_SNAPSHOT_END; Type++)
    {
        memset(Room, 0xAA, sizeof(Room));
        const PRCM_FACT *Fact = PrcmFactBegin(Room, sizeof(Room), Type);
        assert_non_null(Fact);
        assert_int_equal(Fact->Size, Fact->FixedSize);
        assert_int_equal(Fact->Type, Type);
        RIG_OK(PrcmFactCheck(Fact, Fact->Size));
        assert_null(PrcmFactBegin(Room, Fact->Size - 1, Type));
    }
    assert_null(PrcmFactBegin(Room, sizeof(Room), 0));
    assert_null(PrcmFactBegin(Room, sizeof(Room), PRCM_FACT_SNAPSHOT_END + 1));
}

static void
bytes_are_found_where_they_were_put(void **State)
{
    (void)State;
    PRCM_FACT *Fact = PrcmFactBegin(Room, sizeof(Room), PRCM_FACT_USER);
    PRCM_FACT_USER_INFO *User = (void *)Fact;
    RIG_OK(PrcmFactSetBytes(Fact, sizeof(Room), &User->Sid, SampleSid, sizeof(SampleSid)));
    RIG_OK(PrcmFactSetBytes(Fact, sizeof(Room), &User->Name, "a\0b", 4));
    RIG_OK(PrcmFactCheck(Fact, Fact->Size));
    assert_memory_equal(PrcmFactBytes(Fact, &User->Sid), SampleSid, sizeof(SampleSid));
    assert_memory_equal(PrcmFactBytes(Fact, &User->Name), "a\0b", 4);
    RIG_OK(PrcmFactSetBytes(Fact, sizeof(Room), &User->Name, NULL, 0));
    RIG_OK(PrcmFactCheck(Fact, Fact->Size));
    assert_int_equal(User->Name.Status, PRCM_PRESENT);
    assert_null(PrcmFactBytes(Fact, &User->Name));
}

static void
what_does_not_fit_is_refused(void **State)
{
    (void)State;
    PRCM_FACT *Fact = PrcmFactBegin(Room, sizeof(Room), PRCM_FACT_USER);
    PRCM_FACT_USER_INFO *User = (void *)Fact;
    uint32_t Size = Fact->Size;
    uint32_t Left = (uint32_t)sizeof(Room) - Size;
    static const uint8_t Text[sizeof(Room)];
    assert_int_equal(PrcmFactSetBytes(Fact, sizeof(Room), &User->Name, Text, Left + 1), PRCM_ERROR_PARAMETER);
    assert_int_equal(PrcmFactSetBytes(Fact, sizeof(Room) - 1, &User->Name, Text, Left), PRCM_ERROR_PARAMETER);
    assert_int_equal(Fact->Size, Size);
    assert_int_equal(User->Name.Status, PRCM_ABSENT);
    RIG_OK(PrcmFactSetBytes(Fact, sizeof(Room), &User->Name, Text, Left));
    assert_int_equal(Fact->Size, sizeof(Room));
}

/* A driver's fact with a query, and the change that is to be refused. */
static void
AssertRefused(void (*Change)(PRCM_FACT_DRIVER_INFO *))
{
    const PRCM_QUERY Query = {.Size = sizeof(Query)};
    PRCM_FACT *Fact = PrcmFactBegin(Room, sizeof(Room), PRCM_FACT_DRIVER);
    PRCM_FACT_DRIVER_INFO *Driver = (void *)Fact;
    RIG_OK(PrcmFactSetBytes(Fact, sizeof(Room), &Driver->Query, &Query, sizeof(Query)));
    RIG_OK(PrcmFactCheck(Fact, sizeof(Room)));
    Change(Driver);
    assert_int_equal(PrcmFactCheck(Fact, sizeof(Room)), PRCM_ERROR_CAPTURE);
}

static void
SizeIsOdd(PRCM_FACT_DRIVER_INFO *Driver)
{
    Driver->Header.Size += 4;
}

static void
SizeIsTooLarge(PRCM_FACT_DRIVER_INFO *Driver)
{
    Driver->Header.Size = sizeof(Room) + 8;
}

static void
StructureIsShort(PRCM_FACT_DRIVER_INFO *Driver)
{
    Driver->Header.FixedSize -= 8;
}

static void
BytesLieOutside(PRCM_FACT_DRIVER_INFO *Driver)
{
    Driver->Query.Offset += 8;
}

static void
QueryIsShort(PRCM_FACT_DRIVER_INFO *Driver)
{
    Driver->Query.Length = Driver->Query.FullLength -= 8;
}

static void
QueryIsMisaligned(PRCM_FACT_DRIVER_INFO *Driver)
{
    Driver->Header.Size += 8;
    Driver->Query.Offset += 4;
}

static void
StatusIsUnknown(PRCM_FACT_DRIVER_INFO *Driver)
{
    Driver->Query.Status = 4;
}

static void
malformed_facts_are_refused(void **State)
{
    (void)State;
    AssertRefused(SizeIsOdd);
    AssertRefused(SizeIsTooLarge);
    AssertRefused(StructureIsShort);
    AssertRefused(BytesLieOutside);
    AssertRefused(QueryIsShort);
    AssertRefused(QueryIsMisaligned);
    AssertRefused(StatusIsUnknown);
    assert_int_equal(PrcmFactCheck(NULL, 8), PRCM_ERROR_PARAMETER);
    assert_int_equal(PrcmFactCheck(Room, 7), PRCM_ERROR_CAPTURE);
}

static void
a_newer_fact_is_good(void **State)
{
    (void)State;
    PRCM_FACT *Fact = PrcmFactBegin(Room, sizeof(Room), PRCM_FACT_DRIVE);
    Fact->Size += 16;
    Fact->FixedSize += 16;
    RIG_OK(PrcmFactCheck(Fact, Fact->Size));
    Fact->Type = 1000;
    RIG_OK(PrcmFactCheck(Fact, Fact->Size));
}

static void
local_time_follows_the_zone(void **State)
{
    (void)State;
    static const PRCM_ZONE_CHANGE Changes[] = {{100, -60, 0}, {200, -120, 1}, {300, -60, 0}, {400, 300, 0}};
    PRCM_FACT *Fact = PrcmFactBegin(Room, sizeof(Room), PRCM_FACT_ZONE);
    PRCM_FACT_ZONE_INFO *Zone = (void *)Fact;
    assert_int_equal(PrcmZoneBias(Zone, 5), 0);
    RIG_OK(PrcmFactSetBytes(Fact, sizeof(Room), &Zone->Changes, Changes, sizeof(Changes)));
    RIG_OK(PrcmFactCheck(Fact, Fact->Size));
    assert_int_equal(PrcmZoneBias(Zone, INT64_MIN), -60);
    assert_int_equal(PrcmZoneBias(Zone, 199), -60);
    assert_int_equal(PrcmZoneBias(Zone, 200), -120);
    assert_int_equal(PrcmZoneBias(Zone, 299), -120);
    assert_int_equal(PrcmZoneBias(Zone, 300), -60);
    assert_int_equal(PrcmZoneBias(Zone, 400), 300);
    assert_int_equal(PrcmZoneBias(Zone, INT64_MAX), 300);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(every_type_begins_with_everything_absent),
        cmocka_unit_test(bytes_are_found_where_they_were_put),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(malformed_facts_are_refused),
        cmocka_unit_test(a_newer_fact_is_good),
        cmocka_unit_test(local_time_follows_the_zone),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
