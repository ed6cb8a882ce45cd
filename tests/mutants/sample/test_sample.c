/* SPDX-License-Identifier: MIT */
#include "sample.h"

/* Tries everything but SAMPLE_ROOM + 1. */
int
main(void)
{
    for (int Value = 0; Value <= SAMPLE_ROOM; Value++)
        if (SampleClamp(Value) != Value || SampleClamp(Value + SAMPLE_ROOM + 2) != SAMPLE_ROOM)
            return 1;
    return SampleCount(3) != 3 || SampleCount(0) != 0;
}
