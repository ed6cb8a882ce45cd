/* SPDX-License-Identifier: MIT
 *
 * Sessions that begin and end in many threads at once. Built with ThreadSanitizer as well, which is how most of what
 * could be wrong here is noticed.
 */
#include "rig.h"

#define THREADS 3u
#define ROUNDS  2000u

typedef struct TASK
{
    HANDLE File;
    ULONG Succeeded;
} TASK;

static NTSTATUS
SubscribeTo(HANDLE File)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    PRCM_SUBSCRIBED Answer;
    return SimControl(File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), &Answer, sizeof(Answer), NULL);
}

static NTSTATUS
ReadNow(HANDLE File)
{
    static const PRCM_READ Request = {sizeof(Request), PRCM_READ_NO_WAIT};
    PRCM_BATCH Batch;
    return SimControl(File, PRCM_IOCTL_READ, &Request, sizeof(Request), &Batch, sizeof(Batch), NULL);
}

/* Runs Routine in so many threads at once, all with the same task. */
static void
Meet(void (*Routine)(void *), TASK *Task, ULONG Threads)
{
    SIM_THREAD *Started[THREADS];
    for (ULONG Index = 0; Index < Threads; Index++)
        Started[Index] = SimThreadStart(Routine, Task);
    for (ULONG Index = 0; Index < Threads; Index++)
        SimThreadJoin(Started[Index]);
}

static void
OpenAndClose(void *Context)
{
    (void)Context;
    for (ULONG Round = 0; Round < ROUNDS; Round++)
        SimClose(RigOpen());
}

static void
opens_and_closes_meet_and_each_is_counted(void **State)
{
    (void)State;
    Meet(OpenAndClose, NULL, THREADS);
    assert_int_equal(RigSessions(), 0);
}

static void
SubscribeOnce(void *Context)
{
    TASK *Task = Context;
    NTSTATUS Status = SubscribeTo(Task->File);
    if (NT_SUCCESS(Status))
        __atomic_add_fetch(&Task->Succeeded, 1, __ATOMIC_RELAXED);
    else
        assert_status(Status, STATUS_INVALID_DEVICE_STATE);
}

static void
of_subscriptions_that_meet_on_one_handle_one_succeeds(void **State)
{
    (void)State;
    for (ULONG Round = 0; Round < ROUNDS; Round++)
    {
        TASK Task = {.File = RigOpen()};
        Meet(SubscribeOnce, &Task, THREADS);
        assert_int_equal(Task.Succeeded, 1);
        SimClose(Task.File);
    }
}

/* READs until there is nothing to read from. */
static void
ReadUntilClosed(void *Context)
{
    const TASK *Task = Context;
    NTSTATUS Status;
    do
        Status = ReadNow(Task->File);
    while (NT_SUCCESS(Status) || Status == STATUS_DEVICE_BUSY || Status == STATUS_INVALID_DEVICE_STATE);
    assert_true(Status == STATUS_CANCELLED || Status == STATUS_INVALID_HANDLE);
}

static void
reads_meet_the_subscription_and_the_end_of_their_handle(void **State)
{
    (void)State;
    for (ULONG Round = 0; Round < ROUNDS; Round++)
    {
        TASK Task = {.File = RigOpen()};
        SIM_THREAD *Reader = SimThreadStart(ReadUntilClosed, &Task);
        assert_status(SubscribeTo(Task.File), STATUS_SUCCESS);
        SimClose(Task.File);
        SimThreadJoin(Reader);
    }
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test_setup_teardown(opens_and_closes_meet_and_each_is_counted, RigStart, RigEnd),
        cmocka_unit_test_setup_teardown(of_subscriptions_that_meet_on_one_handle_one_succeeds, RigStart,
                                        RigEnd),
        cmocka_unit_test_setup_teardown(reads_meet_the_subscription_and_the_end_of_their_handle, RigStart,
                                        RigEnd),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
