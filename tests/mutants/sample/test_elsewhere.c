/* SPDX-License-Identifier: MIT */
#include "sample.h"

/* Enters neither function, so that it is of no use against a mutant. */
int
main(int Count, char **Arguments)
{
    (void)Arguments;
    return Count > 1 ? SampleCount(Count) : 0;
}
