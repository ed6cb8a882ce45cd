/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "stream/processes.h"

static const PRCM_VALUE None = {.Status = PRCM_ABSENT};

static PRCM_VALUE
At(uint64_t Time)
{
    return (PRCM_VALUE){.Value = Time, .Status = PRCM_PRESENT};
}

static PROCESSES *
Create(void)
{
    PROCESSES *Processes = malloc(sizeof(*Processes));
    assert_non_null(Processes);
    ProcessesInit(Processes);
    return Processes;
}

static void
Release(PROCESSES *Processes)
{
    ProcessesDestroy(Processes);
    assert_int_equal(Processes->Count, 0);
    assert_int_equal(Processes->NameUnits, 0);
    free(Processes);
}

static void
Start(PROCESSES *Processes, uint32_t Id, PRCM_VALUE CreateTime)
{
    static const uint16_t Name[] = {'C', ':', '\\', 'a'};
    UTF16 Text = {Name, 4};
    ProcessesStart(Processes, Id, &CreateTime, 1000, &Text);
}

static const PROCESS *
Find(const PROCESSES *Processes, uint32_t Id, PRCM_VALUE CreateTime)
{
    return ProcessesFind(Processes, Id, &CreateTime);
}

static void
remembers_a_process_until_its_exit(void **State)
{
    PROCESSES *Processes = Create();
    (void)State;
    Start(Processes, 8, At(5));
    const PROCESS *Process = Find(Processes, 8, At(5));
    assert_non_null(Process);
    assert_int_equal(Process->StartTime, 1000);
    assert_int_equal(Process->NameCount, 4);
    assert_null(Find(Processes, 12, At(5)));
    ProcessesExit(Processes, 8);
    assert_null(Find(Processes, 8, At(5)));
    ProcessesExit(Processes, 8);
    Release(Processes);
}

static void
a_reused_id_never_joins_the_process_before(void **State)
{
    PROCESSES *Processes = Create();
    (void)State;
    Start(Processes, 8, At(5));
    assert_null(Find(Processes, 8, At(6)));
    Start(Processes, 8, At(7));
    assert_null(Find(Processes, 8, At(5)));
    assert_non_null(Find(Processes, 8, At(7)));
    assert_int_equal(Processes->Count, 1);
    Release(Processes);
}

static void
without_create_times_an_id_is_trusted_until_starts_or_exits_were_lost(void **State)
{
    PROCESSES *Processes = Create();
    (void)State;
    Start(Processes, 8, None);
    Start(Processes, 12, At(5));
    assert_non_null(Find(Processes, 8, None));
    assert_non_null(Find(Processes, 12, None));
    assert_non_null(Find(Processes, 8, At(9)));
    ProcessesLost(Processes, false, true);
    assert_non_null(Find(Processes, 8, None));
    ProcessesLost(Processes, true, false);
    assert_null(Find(Processes, 8, None));
    assert_null(Find(Processes, 12, None));
    assert_non_null(Find(Processes, 12, At(5)));
    Start(Processes, 8, None);
    assert_non_null(Find(Processes, 8, None));
    Release(Processes);
}

static void
knows_whether_image_loads_may_be_missing(void **State)
{
    PROCESSES *Processes = Create();
    (void)State;
    Start(Processes, 8, At(5));
    assert_false(ProcessesImagesLost(Processes, Find(Processes, 8, At(5))));
    ProcessesLost(Processes, false, true);
    Start(Processes, 12, At(5));
    assert_true(ProcessesImagesLost(Processes, Find(Processes, 8, At(5))));
    assert_false(ProcessesImagesLost(Processes, Find(Processes, 12, At(5))));
    Release(Processes);
}

static void
forgets_the_oldest_when_there_are_too_many(void **State)
{
    PROCESSES *Processes = Create();
    (void)State;
    for (uint32_t Id = 1; Id <= PROCESSES_MAX_COUNT + 10; Id++)
        Start(Processes, Id * 4, At(Id));
    assert_int_equal(Processes->Count, PROCESSES_MAX_COUNT);
    for (uint32_t Id = 1; Id <= PROCESSES_MAX_COUNT + 10; Id++)
        assert_int_equal(Find(Processes, Id * 4, At(Id)) != NULL, Id > 10);
    Release(Processes);
}

static void
keeps_names_within_their_bound(void **State)
{
    static uint16_t Long[32000];
    PROCESSES *Processes = Create();
    UTF16 Name = {Long, 32000};
    PRCM_VALUE CreateTime = At(1);
    (void)State;
    for (uint32_t Id = 4; Id <= 4 * 200; Id += 4)
        ProcessesStart(Processes, Id, &CreateTime, 0, &Name);
    assert_true(Processes->NameUnits <= PROCESSES_MAX_NAME_UNITS);
    assert_int_equal(Processes->Count, PROCESSES_MAX_NAME_UNITS / 32000);
    assert_non_null(Find(Processes, 4 * 200, At(1)));
    assert_null(Find(Processes, 4, At(1)));
    Release(Processes);
}

static void
a_process_without_a_name_is_remembered_too(void **State)
{
    PROCESSES *Processes = Create();
    PRCM_VALUE CreateTime = At(1);
    (void)State;
    ProcessesStart(Processes, 8, &CreateTime, 0, NULL);
    assert_false(Find(Processes, 8, At(1))->NameKnown);
    Release(Processes);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(remembers_a_process_until_its_exit),
        cmocka_unit_test(a_reused_id_never_joins_the_process_before),
        cmocka_unit_test(without_create_times_an_id_is_trusted_until_starts_or_exits_were_lost),
        cmocka_unit_test(knows_whether_image_loads_may_be_missing),
        cmocka_unit_test(forgets_the_oldest_when_there_are_too_many),
        cmocka_unit_test(keeps_names_within_their_bound),
        cmocka_unit_test(a_process_without_a_name_is_remembered_too),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
