/* SPDX-License-Identifier: MIT
 *
 * The search tries every schedule once, and a schedule makes the same run again.
 */
#include "schedule.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define MAX_EVENTS 16u

static SCHEDULE Schedule;
static SCHEDULE_PLAN Done;
static LONG Counter;
static char Order[MAX_EVENTS + 1];
static unsigned OrderCount;

static void
Step(char Name)
{
    InterlockedIncrement(&Counter);
    Order[OrderCount++] = Name;
}

static void
Twice(void *Context)
{
    Step(*(const char *)Context);
    Step(*(const char *)Context);
}

static void
TwoThreads(void)
{
    SIM_THREAD *One = SimThreadStart(Twice, (void *)(uintptr_t) "a");
    SIM_THREAD *Two = SimThreadStart(Twice, (void *)(uintptr_t) "b");
    SimThreadJoin(One);
    SimThreadJoin(Two);
}

static void
Run(void (*Routine)(void))
{
    Counter = 0;
    OrderCount = 0;
    Schedule.Done = &Done;
    ScheduleStart(&Schedule);
    SimScheduleBegin(ScheduleChoose, &Schedule);
    Routine();
    SimScheduleEnd();
    Order[OrderCount] = 0;
}

/* The different orders that the search comes by. */
static unsigned
CountOrders(uint32_t Preemptions)
{
    char Seen[64][MAX_EVENTS + 1];
    unsigned Count = 0;
    Schedule.Mode = ScheduleSearch;
    Schedule.Forced = 0;
    do
    {
        Run(TwoThreads);
        unsigned At = 0;
        while (At < Count && strcmp(Seen[At], Order) != 0)
            At++;
        if (At == Count)
            memcpy(Seen[Count++], Order, sizeof(Order));
        assert_true(Count < 64);
    } while (ScheduleNextSearch(&Schedule, Preemptions));
    return Count;
}

/* Of aabb's six orders two need no preemption; one gives all in which a thread is interrupted once. */
static void
every_order_of_so_many_preemptions_is_found(void **State)
{
    (void)State;
    assert_int_equal(CountOrders(0), 2);
    assert_int_equal(CountOrders(1), 4);
    assert_int_equal(CountOrders(2), 6);
    assert_int_equal(CountOrders(3), 6);
}

static void
a_plan_makes_the_same_run_again(void **State)
{
    SCHEDULE_PLAN Plan;
    char Before[MAX_EVENTS + 1];
    (void)State;
    for (uint64_t Seed = 1; Seed < 200; Seed++)
    {
        Schedule.Length = 12;
        ScheduleSeed(&Schedule, Seed);
        Run(TwoThreads);
        uint64_t Hash = Schedule.Hash;
        memcpy(Before, Order, sizeof(Order));
        Plan = Done;
        Schedule.Mode = ScheduleReplay;
        Schedule.Plan = &Plan;
        Run(TwoThreads);
        assert_string_equal(Order, Before);
        assert_true(Schedule.Hash == Hash);
    }
}

static KEVENT Event;

static void
WaitForEvent(void *Context)
{
    (void)Context;
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}

static void
NobodySets(void)
{
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    SimThreadJoin(SimThreadStart(WaitForEvent, NULL));
}

static void
threads_that_wait_for_nobody_are_a_deadlock(void **State)
{
    int Pipe[2];
    char Said[4096] = {0};
    int Status;
    (void)State;
    assert_return_code(pipe(Pipe), 0);
    pid_t Child = fork();
    if (Child == 0)
    {
        signal(SIGABRT, SIG_DFL);
        dup2(Pipe[1], STDERR_FILENO);
        Schedule.Mode = ScheduleSearch;
        Schedule.Forced = 0;
        Run(NobodySets);
        _exit(0);
    }
    close(Pipe[1]);
    assert_true(read(Pipe[0], Said, sizeof(Said) - 1) > 0);
    close(Pipe[0]);
    assert_int_equal(waitpid(Child, &Status, 0), Child);
    assert_false(WIFEXITED(Status) && WEXITSTATUS(Status) == 0);
    assert_non_null(strstr(Said, "waits for what nobody will bring about"));
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(every_order_of_so_many_preemptions_is_found),
        cmocka_unit_test(a_plan_makes_the_same_run_again),
        cmocka_unit_test(threads_that_wait_for_nobody_are_a_deadlock),
    };
    return cmocka_run_group_tests_name("schedule", Tests, NULL, NULL);
}
