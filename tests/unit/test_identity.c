/* SPDX-License-Identifier: MIT
 *
 * One identity for all records of a process, and for no other process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "events.h"

static BATCH_BUILDER Builder;
static VIEW View;
static EVENT Event;

static void
Begin(void)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    BuilderBegin(&Builder, Before);
    ViewInit(&View, &EventsNoHooks, PRCM_KINDS_ALL);
    ViewSetOrigin(&View, EventsOrigin.Host, EventsOrigin.HostStatus, &EventsOrigin.Boot);
}

static bool
Same(const IDENTITY *A, const IDENTITY *B)
{
    assert_int_equal(A->Status, PRCM_PRESENT);
    assert_int_equal(B->Status, PRCM_PRESENT);
    return A->High == B->High && A->Low == B->Low;
}

static IDENTITY
Of(const char *Host, uint64_t Boot, uint32_t Id, uint64_t CreateTime)
{
    uint16_t Units[32];
    UTF16 Name = {Units, (uint32_t)Utf16FromUtf8(Host, Units, 32)};
    PRCM_VALUE BootTime = EventsPresent(Boot), Created = EventsPresent(CreateTime);
    IDENTITY_ORIGIN Origin;

    IdentityBegin(&Origin, Name, PRCM_PRESENT, &BootTime);
    return IdentityOf(&Origin, Id, &Created);
}

static void
start_loads_and_exit_have_the_same_whoever_saw_what_of_them(void **State)
{
    (void)State;
    Begin();
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    IDENTITY Start = Event.Entity;
    ViewResolve(&View, &EventsAddImage(&Builder)->Header, &Event);
    assert_true(Same(&Start, &Event.Entity));
    ViewResolve(&View, &EventsAddExit(&Builder)->Header, &Event);
    assert_true(Same(&Start, &Event.Entity));
    ViewDestroy(&View);
    Begin();
    ViewResolve(&View, &EventsAddExit(&Builder)->Header, &Event);
    assert_true(Same(&Start, &Event.Entity));
    ViewDestroy(&View);
}

static void
a_child_names_the_identity_that_its_parent_has(void **State)
{
    (void)State;
    Begin();
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    IDENTITY Parent = Event.Entity;
    PRCM_START *Child = EventsAddStart(&Builder);
    Child->Header.Key = 2000;
    Child->ParentProcessId = EventsPresent(EVENTS_PROCESS);
    Child->ParentCreateTime = EventsPresent(EVENTS_TIME - 10);
    ViewResolve(&View, &Child->Header, &Event);
    assert_true(Same(&Parent, &Event.ParentEntity));
    PRCM_EXIT *Exit = EventsAddExit(&Builder);
    Exit->Header.Key = 2000;
    ViewResolve(&View, &Exit->Header, &Event);
    assert_true(Same(&Parent, &Event.ParentEntity));
    ViewDestroy(&View);
}

static void
another_host_boot_id_or_create_time_is_another(void **State)
{
    const IDENTITY All[] = {
        Of("PC", 1000, 8, 2000),  Of("PD", 1000, 8, 2000), Of("PC", 1001, 8, 2000),
        Of("PC", 1000, 12, 2000), Of("PC", 1000, 8, 2001), Of("P", 1000, 8, 2000),
    };
    (void)State;
    for (size_t A = 0; A < sizeof(All) / sizeof(All[0]); A++)
    {
        for (size_t B = 0; B < A; B++)
            assert_false(Same(&All[A], &All[B]));
    }
}

/* The clock was set back before the same boot's second process with the id, or at the boot: create times or boots differ. */
static void
reuse_after_a_clock_was_set_back_is_another(void **State)
{
    const IDENTITY Before = Of("PC", 1000, 8, 90000), Later = Of("PC", 1000, 8, 5000);
    const IDENTITY NextBoot = Of("PC", 900, 8, 90000);
    (void)State;
    assert_false(Same(&Before, &Later));
    assert_false(Same(&Before, &NextBoot));
}

static uint32_t
StatusOf(uint32_t Host, uint32_t Boot, uint32_t Created)
{
    PRCM_VALUE BootTime = {.Status = Boot}, CreateTime = {.Status = Created};
    IDENTITY_ORIGIN Origin;

    IdentityBegin(&Origin, EventsOrigin.Host, Host, &BootTime);
    return IdentityOf(&Origin, 8, &CreateTime).Status;
}

static void
what_cannot_be_known_is_absent_and_says_why(void **State)
{
    (void)State;
    assert_int_equal(StatusOf(PRCM_PRESENT, PRCM_PRESENT, PRCM_PRESENT), PRCM_PRESENT);
    assert_int_equal(StatusOf(PRCM_ABSENT, PRCM_PRESENT, PRCM_PRESENT), PRCM_ABSENT);
    assert_int_equal(StatusOf(PRCM_PRESENT, 0xC0000022, PRCM_PRESENT), 0xC0000022);
    assert_int_equal(StatusOf(PRCM_PRESENT, PRCM_PRESENT, PRCM_WITHHELD), PRCM_WITHHELD);
    Begin();
    PRCM_IMAGE *Kernel = EventsAddImage(&Builder);
    Kernel->Header.Key = 0;
    ViewResolve(&View, &Kernel->Header, &Event);
    assert_int_equal(Event.Entity.Status, PRCM_ABSENT);
    ViewDestroy(&View);
}

static void
a_guid_has_the_same_digits(void **State)
{
    const IDENTITY Identity = {0x0123456789abcdef, 0x00112233445566ff, PRCM_PRESENT};
    (void)State;
    SINK *Sink = CaptureBegin();
    IdentityWrite(Sink, &Identity);
    SinkChar(Sink, ' ');
    IdentityWriteGuid(Sink, &Identity);
    ASSERT_WROTE("0123456789abcdef00112233445566ff {01234567-89ab-cdef-0011-2233445566ff}");
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(start_loads_and_exit_have_the_same_whoever_saw_what_of_them),
        cmocka_unit_test(a_child_names_the_identity_that_its_parent_has),
        cmocka_unit_test(another_host_boot_id_or_create_time_is_another),
        cmocka_unit_test(reuse_after_a_clock_was_set_back_is_another),
        cmocka_unit_test(what_cannot_be_known_is_absent_and_says_why),
        cmocka_unit_test(a_guid_has_the_same_digits),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
