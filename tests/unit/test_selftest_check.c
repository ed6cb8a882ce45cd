/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "cli/selftest/selftest_check.h"

#define OWN      500u
#define CHILDREN 3u

static CHECK_CHILD Children[CHILDREN];
static CHECK_EVENT Events[2 * CHILDREN + 2];
static uint32_t EventCount;
static CHECK_RESULT Result;
static uint16_t CommandLine[] = {'a', ' ', 'b'};
static uint16_t OtherLine[] = {'a', ' ', 'c'};

static PRCM_VALUE
Present(uint64_t Value)
{
    return (PRCM_VALUE){.Value = Value, .Status = PRCM_PRESENT};
}

/* Three children, started and ended as they should be. */
static int
Reset(void **State)
{
    (void)State;
    memset(Events, 0, sizeof(Events));
    EventCount = 2 * CHILDREN;
    for (uint32_t Index = 0; Index < CHILDREN; Index++)
    {
        Children[Index] = (CHECK_CHILD){
            .Id = 4 * (Index + 1),
            .ExitCode = 0x5E1F0000 + Index,
            .CreateTime = 1000 + Index,
            .CommandLine = CommandLine,
            .CommandLineCount = 3,
        };
        Events[Index] = (CHECK_EVENT){
            .Sequence = 1 + Index,
            .Latency = 10 * (Index + 1),
            .CreateTime = Present(1000 + Index),
            .Parent = Present(OWN),
            .Id = 4 * (Index + 1),
            .Kind = PRCM_KIND_START,
            .CommandLineStatus = PRCM_PRESENT,
            .CommandLine = CommandLine,
            .CommandLineCount = 3,
        };
        Events[CHILDREN + Index] = (CHECK_EVENT){
            .Sequence = 10 + Index,
            .Latency = 100 * (Index + 1),
            .CreateTime = Present(1000 + Index),
            .ExitStatus = Present(0x5E1F0000 + Index),
            .Id = 4 * (Index + 1),
            .Kind = PRCM_KIND_EXIT,
        };
    }
    return 0;
}

static void
AssertFinds(const char *Mismatches, uint32_t Right)
{
    assert_true(CheckRun(Children, CHILDREN, Events, EventCount, OWN, CaptureBegin(), &Result));
    ASSERT_WROTE(Mismatches);
    assert_int_equal(Result.Right, Right);
}

static void
everything_as_it_was(void **State)
{
    (void)State;
    AssertFinds("", 3);
    assert_int_equal(Result.Mismatches, 0);
    assert_int_equal(Result.LatencyCount, 6);
    assert_int_equal(Result.LatencyHalf, 30);
    assert_int_equal(Result.LatencyNinetyNine, 300);
    assert_int_equal(Result.LatencyMax, 300);
}

static void
a_missing_exit_or_start_is_found(void **State)
{
    (void)State;
    EventCount--;
    AssertFinds("process 12: no exit was read\n", 2);
    Events[0].Id = 999;
    AssertFinds("process 4: no start was read\nprocess 12: no exit was read\n", 1);
}

static void
an_event_read_twice_is_found(void **State)
{
    (void)State;
    Events[EventCount++] = Events[1];
    Events[EventCount++] = Events[CHILDREN];
    AssertFinds("process 4: its exit was read more than once\nprocess 8: its start was read more than once\n",
                1);
}

static void
a_wrong_parent_exit_status_or_command_line_is_found(void **State)
{
    (void)State;
    Events[0].Parent.Value = 501;
    Events[1].CommandLine = OtherLine;
    Events[CHILDREN + 2].ExitStatus = (PRCM_VALUE){.Status = 0xC0000008};
    AssertFinds("process 4: parent told as 0x000001F5, in truth 0x000001F4\n"
                "process 8: command line told (status 0x00000001) as a c, in truth a b\n"
                "process 12: exit status told as not told (status 0xC0000008), in truth 0x5E1F0002\n",
                0);
}

static void
a_truncated_command_line_is_found_and_an_absent_one_counted(void **State)
{
    (void)State;
    Events[0].CommandLineStatus = PRCM_TRUNCATED;
    Events[1].CommandLineStatus = PRCM_ABSENT;
    Events[1].CommandLine = NULL;
    Events[1].CommandLineCount = 0;
    AssertFinds("process 4: command line told (status 0x00000002) as a b, in truth a b\n", 2);
    assert_int_equal(Result.NoCommandLine, 1);
}

static void
an_exit_before_its_start_is_found(void **State)
{
    (void)State;
    Events[2].Sequence = 20;
    AssertFinds("process 12: its exit was read before its start\n", 2);
}

static void
another_process_of_the_same_id_is_not_the_child(void **State)
{
    (void)State;
    Events[EventCount] = Events[0];
    Events[EventCount++].CreateTime.Value = 900;
    Events[EventCount] = Events[CHILDREN];
    Events[EventCount++].CreateTime.Value = 900;
    AssertFinds("", 3);
}

static void
without_create_times_the_id_alone_joins(void **State)
{
    (void)State;
    for (uint32_t Index = 0; Index < EventCount; Index++)
        Events[Index].CreateTime = (PRCM_VALUE){.Status = PRCM_ABSENT};
    AssertFinds("", 3);
    assert_int_equal(Result.NoCreateTime, 6);
}

static CHECK_WAIT Wait;

static CHECK_WAIT_STATE
GoOn(uint32_t Arrived, uint32_t Now)
{
    return CheckWaitGoOn(&Wait, Children, CHILDREN, Events, Arrived, Now);
}

static void
waiting_ends_once_each_start_and_exit_is_there(void **State)
{
    (void)State;
    CheckWaitBegin(&Wait, CHILDREN, 0);
    assert_int_equal(GoOn(0, 1), CHECK_WAITING);
    Events[EventCount] = Events[CHILDREN + 2];
    Events[CHILDREN + 2] = Events[0];
    assert_int_equal(GoOn(EventCount, 2), CHECK_WAITING);
    assert_int_equal(Wait.Missing, 1);
    assert_int_equal(GoOn(EventCount + 1, 3), CHECK_COMPLETE);
    assert_int_equal(Wait.Missing, 0);
}

static void
only_events_of_its_children_renew_the_patience(void **State)
{
    const uint32_t Begin = UINT32_MAX - 5; /* a tick count wraps */
    (void)State;
    CheckWaitBegin(&Wait, CHILDREN, Begin);
    assert_int_equal(GoOn(1, Begin + CHECK_PATIENCE_MS - 1), CHECK_WAITING);
    Events[1].Id = 999;
    assert_int_equal(GoOn(2, Begin + 2 * CHECK_PATIENCE_MS - 2), CHECK_WAITING);
    assert_int_equal(GoOn(2, Begin + 2 * CHECK_PATIENCE_MS - 1), CHECK_GAVE_UP);
    assert_int_equal(Wait.Missing, 2 * CHILDREN - 1);
}

static void
waiting_ends_even_if_something_comes_now_and_then(void **State)
{
    enum
    {
        MANY = 20,
        PACE = CHECK_PATIENCE_MS / 2
    };
    static CHECK_CHILD Many[MANY];
    static CHECK_EVENT Starts[MANY];
    uint32_t Arrived = 0;
    (void)State;
    for (uint32_t Index = 0; Index < MANY; Index++)
    {
        Many[Index].Id = Index;
        Starts[Index] = (CHECK_EVENT){.Id = Index, .Kind = PRCM_KIND_START};
    }
    CheckWaitBegin(&Wait, MANY, 0);
    while (CheckWaitGoOn(&Wait, Many, MANY, Starts, Arrived, Arrived * PACE) == CHECK_WAITING)
        Arrived++;
    assert_in_range(Arrived * PACE, CHECK_WAIT_MS(MANY), CHECK_WAIT_MS(MANY) + PACE);
    assert_int_equal(Wait.Missing, 2 * MANY - Arrived);
    assert_true(CHECK_WAIT_MS(5000u) > CHECK_WAIT_MS(100u));
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test_setup(everything_as_it_was, Reset),
        cmocka_unit_test_setup(a_missing_exit_or_start_is_found, Reset),
        cmocka_unit_test_setup(an_event_read_twice_is_found, Reset),
        cmocka_unit_test_setup(a_wrong_parent_exit_status_or_command_line_is_found, Reset),
        cmocka_unit_test_setup(a_truncated_command_line_is_found_and_an_absent_one_counted, Reset),
        cmocka_unit_test_setup(an_exit_before_its_start_is_found, Reset),
        cmocka_unit_test_setup(another_process_of_the_same_id_is_not_the_child, Reset),
        cmocka_unit_test_setup(waiting_ends_once_each_start_and_exit_is_there, Reset),
        cmocka_unit_test_setup(only_events_of_its_children_renew_the_patience, Reset),
        cmocka_unit_test_setup(waiting_ends_even_if_something_comes_now_and_then, Reset),
        cmocka_unit_test_setup(without_create_times_the_id_alone_joins, Reset),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
