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

static size_t
Count(const PROCESSES *Processes)
{
    return Processes->Running.Count + Processes->Exited.Count;
}

static void
Release(PROCESSES *Processes)
{
    ProcessesDestroy(Processes);
    assert_int_equal(Count(Processes), 0);
    assert_int_equal(Processes->UnitCount, 0);
    free(Processes);
}

static void
Start(PROCESSES *Processes, uint32_t Id, PRCM_VALUE CreateTime)
{
    static const uint16_t Name[] = {'C', ':', '\\', 'a'};
    const PROCESS_TOLD Told = {.Image = {.Text = {Name, 4}, .Status = PRCM_PRESENT}};
    ProcessesStart(Processes, Id, &CreateTime, 1000, NULL, &Told);
    ProcessesTrim(Processes);
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
    assert_int_equal(Process->Told.Image.Text.Count, 4);
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
    assert_int_equal(Processes->Running.Count, 1);
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
    assert_int_equal(Count(Processes), PROCESSES_MAX_COUNT);
    for (uint32_t Id = 1; Id <= PROCESSES_MAX_COUNT + 10; Id++)
        assert_int_equal(Find(Processes, Id * 4, At(Id)) != NULL, Id > 10);
    Release(Processes);
}

static void
StartLong(PROCESSES *Processes, uint32_t Id, const PROCESS_TOLD *Told)
{
    PRCM_VALUE CreateTime = At(1);
    ProcessesStart(Processes, Id, &CreateTime, 0, NULL, Told);
    ProcessesTrim(Processes);
}

static void
keeps_texts_within_their_bound(void **State)
{
    static uint16_t Long[32000];
    const PROCESS_TOLD Told = {.Image = {.Text = {Long, 32000}, .Status = PRCM_PRESENT}};
    PROCESSES *Processes = Create();
    (void)State;
    for (uint32_t Id = 4; Id <= 4 * 200; Id += 4)
        StartLong(Processes, Id, &Told);
    assert_true(Processes->UnitCount <= PROCESSES_MAX_UNITS);
    assert_int_equal(Count(Processes), PROCESSES_MAX_UNITS / 32000);
    assert_non_null(Find(Processes, 4 * 200, At(1)));
    assert_null(Find(Processes, 4, At(1)));
    Release(Processes);
}

static void
a_long_command_line_is_kept_in_part_and_says_so(void **State)
{
    static uint16_t Long[32000];
    const PROCESS_TOLD Told = {.CommandLine = {.Text = {Long, 32000}, .Status = PRCM_PRESENT}};
    PROCESSES *Processes = Create();
    (void)State;
    StartLong(Processes, 8, &Told);
    const PROCESS_TEXT *CommandLine = &Find(Processes, 8, At(1))->Told.CommandLine;
    assert_int_equal(CommandLine->Status, PRCM_TRUNCATED);
    assert_int_equal(CommandLine->Text.Count, PROCESSES_MAX_COMMAND_UNITS);
    assert_int_equal(CommandLine->FullLength, 64000);
    Release(Processes);
}

static void
a_process_without_a_name_is_remembered_too(void **State)
{
    const PROCESS_TOLD Told = {.Image = {.Status = PRCM_ABSENT}};
    PROCESSES *Processes = Create();
    (void)State;
    StartLong(Processes, 8, &Told);
    assert_int_equal(Find(Processes, 8, At(1))->Told.Image.Status, PRCM_ABSENT);
    Release(Processes);
}

static void
one_that_has_exited_is_found_by_its_create_time_alone(void **State)
{
    PROCESSES *Processes = Create();
    PRCM_VALUE Then = At(5), Other = At(6);
    (void)State;
    Start(Processes, 8, At(5));
    Start(Processes, 12, None);
    ProcessesExit(Processes, 8);
    ProcessesExit(Processes, 12);
    assert_non_null(ProcessesFindAny(Processes, 8, &Then));
    assert_null(ProcessesFindAny(Processes, 8, &Other));
    assert_null(ProcessesFindAny(Processes, 8, &None));
    assert_null(ProcessesFindAny(Processes, 12, &None));
    assert_null(ProcessesFindAny(Processes, 12, &Then));
    Release(Processes);
}

static void
exited_ones_are_kept_for_a_bounded_while_and_forgotten_first(void **State)
{
    PROCESSES *Processes = Create();
    (void)State;
    Start(Processes, 4, At(1));
    for (uint32_t Id = 2; Id <= PROCESSES_MAX_EXITED + 11; Id++)
    {
        Start(Processes, Id * 4, At(Id));
        ProcessesExit(Processes, Id * 4);
    }
    ProcessesTrim(Processes);
    assert_non_null(Find(Processes, 4, At(1)));
    assert_int_equal(Processes->Exited.Count, PROCESSES_MAX_EXITED);
    for (uint32_t Id = 2; Id <= PROCESSES_MAX_EXITED + 11; Id++)
    {
        PRCM_VALUE CreateTime = At(Id);
        assert_int_equal(ProcessesFindAny(Processes, Id * 4, &CreateTime) != NULL, Id > 11);
    }
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
        cmocka_unit_test(keeps_texts_within_their_bound),
        cmocka_unit_test(a_long_command_line_is_kept_in_part_and_says_so),
        cmocka_unit_test(a_process_without_a_name_is_remembered_too),
        cmocka_unit_test(one_that_has_exited_is_found_by_its_create_time_alone),
        cmocka_unit_test(exited_ones_are_kept_for_a_bounded_while_and_forgotten_first),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
