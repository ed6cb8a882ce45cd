/* SPDX-License-Identifier: MIT
 *
 * Who descends from whom: parents that have exited, long chains, and what cannot be true.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "events.h"

#define CHAIN 10000u

static BATCH_BUILDER Builder;
static VIEW View;
static EVENT Event;

static void
Begin(void)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    BuilderBegin(&Builder, Before);
    ViewInit(&View, &EventsNoHooks, PRCM_KINDS_ALL);
    EventsLoadDrives(&View.Paths);
}

/* A process with Id and create time Created, of the parent with that id and create time. */
static void
Start(uint32_t Id, uint64_t Created, uint32_t Parent, uint64_t ParentCreated)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    BuilderBegin(&Builder, Before);
    PRCM_START *Record = EventsAddStart(&Builder);
    Record->Header.Key = Id;
    Record->CreateTime = EventsPresent(Created);
    Record->ParentProcessId = EventsPresent(Parent);
    Record->ParentCreateTime = EventsPresent(ParentCreated);
    ViewResolve(&View, &Record->Header, &Event);
}

static void
Exit(uint32_t Id, uint64_t Created)
{
    PRCM_EXIT *Record = EventsAddExit(&Builder);
    Record->Header.Key = Id;
    Record->CreateTime = EventsPresent(Created);
    ViewResolve(&View, &Record->Header, &Event);
}

static void
a_parent_that_has_exited_is_named_all_the_same(void **State)
{
    (void)State;
    Begin();
    Start(8, 100, 4, 1);
    Exit(8, 100);
    Start(12, 200, 8, 100);
    assert_true(Event.ParentImageKnown);
    assert_non_null(Event.Parent);
    Utf16Write(CaptureBegin(), Event.Parent->Told.CommandLine.Text);
    ASSERT_WROTE("cmd.exe /c \"echo hi\"");
    Start(8, 300, 4, 1);
    Start(16, 400, 8, 100);
    assert_int_equal(Event.Parent->CreateTime.Value, 100);
    Start(20, 500, 8, 300);
    assert_int_equal(Event.Parent->CreateTime.Value, 300);
    ViewDestroy(&View);
}

static void
a_chain_of_10000_is_as_good_as_any(void **State)
{
    (void)State;
    Begin();
    for (uint32_t Id = 1; Id <= CHAIN; Id++)
        Start(4 * Id, Id, 4 * (Id - 1), Id - 1);
    assert_int_equal(Event.Process->Depth, CHAIN - 1);
    assert_int_equal(Event.Process->Root, 1);
    assert_true(Event.ParentImageKnown);
    ViewDestroy(&View);
}

static void
a_process_that_is_its_own_parent_has_none(void **State)
{
    (void)State;
    Begin();
    Start(8, 100, 8, 100);
    assert_null(Event.Parent);
    assert_int_equal(Event.Process->Depth, 0);
    Exit(8, 100);
    assert_true(Event.StartSeen);
    ViewDestroy(&View);
}

static void
a_cycle_through_ids_used_again_ends_somewhere(void **State)
{
    (void)State;
    Begin();
    Start(8, 100, 12, 200);
    Start(12, 200, 8, 100);
    Start(8, 100, 12, 200);
    assert_int_equal(Event.Process->Depth, 2);
    Start(12, 200, 8, 100);
    assert_int_equal(Event.Process->Depth, 3);
    ViewDestroy(&View);
}

static void
a_load_after_the_exit_knows_its_process(void **State)
{
    (void)State;
    Begin();
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    ViewResolve(&View, &EventsAddExit(&Builder)->Header, &Event);
    ViewResolve(&View, &EventsAddImage(&Builder)->Header, &Event);
    assert_non_null(Event.Process);
    assert_int_equal(Event.Process->Images, 0);
    ViewDestroy(&View);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_parent_that_has_exited_is_named_all_the_same),
        cmocka_unit_test(a_chain_of_10000_is_as_good_as_any),
        cmocka_unit_test(a_process_that_is_its_own_parent_has_none),
        cmocka_unit_test(a_cycle_through_ids_used_again_ends_somewhere),
        cmocka_unit_test(a_load_after_the_exit_knows_its_process),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
