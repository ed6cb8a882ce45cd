/* SPDX-License-Identifier: MIT
 *
 * Everything in the driver is under the log's lock but two steps, both interlocked exchanges. A session's READ gives its cursor
 * up: two threads that READ on one handle hand the cursor to each other by it and nothing else. And a record is committed: who
 * wrote it and who reads it have nothing else between them. ThreadSanitizer sees a race if an exchange does not order them: as
 * test_driver_fences_dropped, with a plain store in the place of either, it must.
 */
#include "rig.h"
#include <stdlib.h>

#define READS  4000u
#define EVENTS 2000u

static ULONG Rounds = 1;

typedef struct TASK
{
    HANDLE File;
    ULONG Events;
} TASK;

static void
Read(void *Context)
{
    static const PRCM_READ Request = {sizeof(Request), PRCM_READ_NO_WAIT};
    TASK *Task = Context;
    PRCM_BATCH *Batch = malloc(4096);
    for (ULONG Times = 0; Times < READS; Times++)
    {
        NTSTATUS Status =
            SimControl(Task->File, PRCM_IOCTL_READ, &Request, sizeof(Request), Batch, 4096, NULL);
        assert_true(Status == STATUS_SUCCESS || Status == STATUS_DEVICE_BUSY);
        if (Status == STATUS_SUCCESS)
            Task->Events += (ULONG)Batch->Delivered[PRCM_KIND_IMAGE];
    }
    free(Batch);
}

static void
Produce(void *Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (ULONG Times = 0; Times < EVENTS; Times++)
        RigRaiseImage(1000);
}

static void
ReadByTwo(void)
{
    READER Reader;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    TASK One = {.File = Reader.File};
    TASK Two = One;
    SIM_THREAD *Threads[] = {SimThreadStart(Read, &One), SimThreadStart(Read, &Two),
                             SimThreadStart(Produce, NULL)};
    for (ULONG Index = 0; Index < sizeof(Threads) / sizeof(Threads[0]); Index++)
        SimThreadJoin(Threads[Index]);
    /* Batches that the two had are not in the reader's books: the rest is counted by hand. */
    TASK Rest = {.File = Reader.File};
    Read(&Rest);
    assert_int_equal(One.Events + Two.Events + Rest.Events, EVENTS);
    ReaderClose(&Reader);
}

static void
two_threads_that_read_one_handle_have_each_event_once(void **State)
{
    (void)State;
    for (ULONG Round = 0; Round < Rounds; Round++)
        ReadByTwo();
}

/* An argument: how often; a race that is there may not come about at once. */
int
main(int Count, char **Arguments)
{
    if (Count > 1)
        Rounds = (ULONG)strtoul(Arguments[1], NULL, 10);
    setenv("CMOCKA_TEST_ABORT", "1", 1);
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test_setup_teardown(two_threads_that_read_one_handle_have_each_event_once, RigStart,
                                        RigEnd),
    };
    return cmocka_run_group_tests_name("driver fences", Tests, NULL, NULL);
}
