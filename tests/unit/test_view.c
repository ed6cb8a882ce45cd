/* SPDX-License-Identifier: MIT */
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
Begin(const VIEW_HOOKS *Hooks, uint32_t Kinds)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    BuilderBegin(&Builder, Before);
    ViewInit(&View, Hooks, Kinds);
    EventsLoadDrives(&View.Paths);
}

static void
AssertText(bool Known, UTF16 Text, const char *Expected)
{
    assert_true(Known);
    Utf16Write(CaptureBegin(), Text);
    ASSERT_WROTE(Expected);
}

static void
a_parent_seen_in_the_stream_is_named(void **State)
{
    (void)State;
    Begin(&EventsNoHooks, PRCM_KINDS_ALL);
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    assert_false(Event.ParentImageKnown);
    PRCM_START *Child = EventsAddStart(&Builder);
    Child->Header.Key = 2000;
    Child->ParentProcessId = EventsPresent(EVENTS_PROCESS);
    Child->ParentCreateTime = EventsPresent(EVENTS_TIME - 10);
    ViewResolve(&View, &Child->Header, &Event);
    AssertText(Event.ParentImageKnown, Event.ParentImage, "C:\\Windows\\System32\\cmd.exe");
    ViewDestroy(&View);
}

static void
a_parent_whose_id_was_used_again_is_not_named(void **State)
{
    (void)State;
    Begin(&EventsNoHooks, PRCM_KINDS_ALL);
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    PRCM_START *Child = EventsAddStart(&Builder);
    Child->Header.Key = 2000;
    Child->ParentProcessId = EventsPresent(EVENTS_PROCESS);
    Child->ParentCreateTime = EventsPresent(EVENTS_TIME - 11);
    ViewResolve(&View, &Child->Header, &Event);
    assert_false(Event.ParentImageKnown);
    ViewDestroy(&View);
}

static void
a_parent_that_still_runs_is_asked_for_in_drive_form(void **State)
{
    (void)State;
    Begin(&EventsHooks, PRCM_KINDS_ALL);
    PRCM_START *Start = EventsAddStart(&Builder);
    ViewResolve(&View, &Start->Header, &Event);
    AssertText(Event.ParentImageKnown, Event.ParentImage, "C:\\Windows\\explorer.exe");
    AssertText(Event.ImageKnown, Event.Image, "C:\\Windows\\System32\\cmd.exe");
    Start->ParentCreateTime = EventsMissing(PRCM_ABSENT);
    ViewResolve(&View, &Start->Header, &Event);
    assert_false(Event.ParentImageKnown);
    ViewDestroy(&View);
}

static void
an_exit_after_its_id_was_used_again_is_not_joined(void **State)
{
    (void)State;
    Begin(&EventsNoHooks, PRCM_KINDS_ALL);
    PRCM_START *Later = EventsAddStart(&Builder);
    Later->CreateTime = EventsPresent(EVENTS_TIME + 99);
    ViewResolve(&View, &Later->Header, &Event);
    ViewResolve(&View, &EventsAddExit(&Builder)->Header, &Event);
    assert_false(Event.StartSeen);
    assert_false(Event.ImageKnown);
    assert_false(Event.LifetimeKnown);
    assert_false(Event.ImagesKnown);
    ViewDestroy(&View);
}

static void
loads_of_a_later_owner_of_the_id_are_not_counted(void **State)
{
    (void)State;
    Begin(&EventsNoHooks, PRCM_KINDS_ALL);
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    PRCM_IMAGE *Image = EventsAddImage(&Builder);
    ViewResolve(&View, &Image->Header, &Event);
    Image->CreateTime.Value++;
    ViewResolve(&View, &Image->Header, &Event);
    ViewResolve(&View, &EventsAddExit(&Builder)->Header, &Event);
    assert_true(Event.ImagesKnown);
    assert_int_equal(Event.Images, 1);
    ViewDestroy(&View);
}

static void
a_second_exit_of_the_same_process_finds_nothing(void **State)
{
    (void)State;
    Begin(&EventsNoHooks, PRCM_KINDS_ALL);
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    ViewResolve(&View, &EventsAddExit(&Builder)->Header, &Event);
    assert_true(Event.StartSeen);
    ViewResolve(&View, &EventsAddExit(&Builder)->Header, &Event);
    assert_false(Event.StartSeen);
    ViewDestroy(&View);
}

static void
without_reading_loads_their_number_is_not_known(void **State)
{
    (void)State;
    Begin(&EventsNoHooks, PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT));
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    ViewResolve(&View, &EventsAddExit(&Builder)->Header, &Event);
    assert_true(Event.StartSeen);
    assert_true(Event.LifetimeKnown);
    assert_false(Event.ImagesKnown);
    ViewDestroy(&View);
}

static void
a_clock_that_stepped_back_gives_no_lifetime(void **State)
{
    (void)State;
    Begin(&EventsNoHooks, PRCM_KINDS_ALL);
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    PRCM_EXIT *Exit = EventsAddExit(&Builder);
    Exit->Header.Time = EVENTS_TIME - 1;
    ViewResolve(&View, &Exit->Header, &Event);
    assert_true(Event.StartSeen);
    assert_false(Event.LifetimeKnown);
    ViewDestroy(&View);
}

static void
Hole(const PRCM_LOST *Lost)
{
    HOLE Hole;
    HoleOfLost(&Hole, Lost);
    ViewHole(&View, &Hole);
}

static void
a_hole_marks_the_counts_of_processes_that_ran_through_it(void **State)
{
    (void)State;
    Begin(&EventsNoHooks, PRCM_KINDS_ALL);
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    Hole(BuilderAddLost(&Builder, PRCM_KIND_EXIT, 3, 0, PRCM_KIND_START, 0));
    ViewResolve(&View, &EventsAddExit(&Builder)->Header, &Event);
    assert_false(Event.ImagesLost);
    ViewResolve(&View, &EventsAddStart(&Builder)->Header, &Event);
    Hole(BuilderAddLost(&Builder, PRCM_KIND_IMAGE, 0, 1, PRCM_KIND_START, 0));
    ViewResolve(&View, &EventsAddExit(&Builder)->Header, &Event);
    assert_true(Event.ImagesLost);
    ViewDestroy(&View);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_parent_seen_in_the_stream_is_named),
        cmocka_unit_test(a_parent_whose_id_was_used_again_is_not_named),
        cmocka_unit_test(a_parent_that_still_runs_is_asked_for_in_drive_form),
        cmocka_unit_test(an_exit_after_its_id_was_used_again_is_not_joined),
        cmocka_unit_test(loads_of_a_later_owner_of_the_id_are_not_counted),
        cmocka_unit_test(a_second_exit_of_the_same_process_finds_nothing),
        cmocka_unit_test(without_reading_loads_their_number_is_not_known),
        cmocka_unit_test(a_clock_that_stepped_back_gives_no_lifetime),
        cmocka_unit_test(a_hole_marks_the_counts_of_processes_that_ran_through_it),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
