/* SPDX-License-Identifier: MIT */
#include "sample.h"

int
main(void)
{
    for (int Value = 0; Value < SAMPLE_ROOM; Value++)
        if (SampleClamp(Value) != Value || SampleClamp(Value + SAMPLE_ROOM) != SAMPLE_ROOM)
            return 1;
    return SampleCount(3) != 3 || SampleCount(0) != 0;
}
