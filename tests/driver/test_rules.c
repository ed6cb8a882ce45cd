/* SPDX-License-Identifier: MIT
 *
 * The simulator catches what it says it catches: a small broken driver for each rule, in a process of its own,
 * ends with the name of that rule.
 */
#include "broken.h"
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SANITIZER_EXIT 1 /* of what the sanitizer ends, after its report */

static void
RunBroken(const BROKEN_CASE *Case, int Output)
{
    dup2(Output, STDERR_FILENO);
    SimReset();
    if (!NT_SUCCESS(SimLoad(&BrokenImage)))
        _exit(3);
    Case->Break();
    _exit(4);
}

/* Runs the case in a process of its own, and returns how that ended. Said receives what it said. */
static int
RunCase(const BROKEN_CASE *Case, char *Said, size_t Room)
{
    size_t Length = 0;
    ssize_t Got;
    int Pipe[2];
    int Exit;
    assert_int_equal(pipe(Pipe), 0);
    fflush(NULL);
    pid_t Child = fork();
    if (Child == 0)
        RunBroken(Case, Pipe[1]);
    close(Pipe[1]);
    while (Length < Room - 1 && (Got = read(Pipe[0], Said + Length, Room - 1 - Length)) > 0)
        Length += (size_t)Got;
    Said[Length] = 0;
    close(Pipe[0]);
    waitpid(Child, &Exit, 0);
    return Exit;
}

static void
CheckCase(const BROKEN_CASE *Case)
{
    static char Said[65536];
    char Wanted[128];
    int Exit = RunCase(Case, Said, sizeof(Said));
    snprintf(Wanted, sizeof(Wanted), "sim: rule %s is broken: ", Case->Rule);
    const char *Rule = strstr(Said, Wanted);
    if (!Rule || (Case->Says && !strstr(Rule, Case->Says)))
        fail_msg("not caught by rule %s (%s): %s", Case->Rule, Case->Says ? Case->Says : "", Said);
    if (SimSeesAccesses() && !strstr(Rule, "/broken"))
        fail_msg("rule %s does not say where: %s", Case->Rule, Rule);
    assert_true(WIFSIGNALED(Exit) ? WTERMSIG(Exit) == SIGABRT : WEXITSTATUS(Exit) == SANITIZER_EXIT);
}

static void
each_broken_driver_is_caught_by_the_right_rule(void **State)
{
    (void)State;
    for (ULONG Index = 0; Index < BrokenCaseCount; Index++)
        CheckCase(&BrokenCases[Index]);
    for (ULONG Index = 0; Index < BrokenCallCaseCount; Index++)
        CheckCase(&BrokenCallCases[Index]);
    for (ULONG Index = 0; Index < BrokenAccessCaseCount && SimSeesAccesses(); Index++)
        CheckCase(&BrokenAccessCases[Index]);
}

static bool
HasCase(const char *Rule)
{
    for (ULONG Index = 0; Index < BrokenCaseCount; Index++)
        if (strcmp(BrokenCases[Index].Rule, Rule) == 0)
            return true;
    for (ULONG Index = 0; Index < BrokenCallCaseCount; Index++)
        if (strcmp(BrokenCallCases[Index].Rule, Rule) == 0)
            return true;
    for (ULONG Index = 0; Index < BrokenAccessCaseCount; Index++)
        if (strcmp(BrokenAccessCases[Index].Rule, Rule) == 0)
            return true;
    return false;
}

static void
each_rule_has_a_driver_that_breaks_it(void **State)
{
    const char *Rule;
    const char *Means;
    ULONG Index = 0;
    (void)State;
    while ((Rule = SimRule(Index++, &Means)) != NULL)
        if (!HasCase(Rule))
            fail_msg("nothing breaks rule %s: %s", Rule, Means);
    assert_true(Index > 1);
}

static void
a_driver_that_keeps_the_rules_is_left_alone(void **State)
{
    (void)State;
    SimReset();
    assert_status(SimLoad(&BrokenImage), STATUS_SUCCESS);
    assert_status(BrokenAskProperly(), STATUS_SUCCESS);
    RigUnload();
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(each_broken_driver_is_caught_by_the_right_rule),
        cmocka_unit_test(each_rule_has_a_driver_that_breaks_it),
        cmocka_unit_test(a_driver_that_keeps_the_rules_is_left_alone),
    };
    return cmocka_run_group_tests_name("simulator rules", Tests, NULL, NULL);
}
