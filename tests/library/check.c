/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "prcm.h"

static unsigned Failures;

void
CheckNote(bool Holds, const char *Condition, const char *Function, int Line)
{
    if (Holds)
        return;
    printf("%s, line %d: not so: %s (last system error %u)\n", Function, Line, Condition,
           PrcmLastSystemError());
    Failures++;
}

int
CheckMain(const CHECK_TEST *Tests, size_t TestCount, int ArgumentCount, char **Arguments)
{
    for (size_t Index = 0; Index < TestCount; Index++)
    {
        if (ArgumentCount == 1)
            puts(Tests[Index].Name);
        if (ArgumentCount != 2 || strcmp(Arguments[1], Tests[Index].Name) != 0)
            continue;
        Tests[Index].Run();
        return Failures == 0 ? 0 : 1;
    }
    return ArgumentCount == 1 ? 0 : 2;
}
