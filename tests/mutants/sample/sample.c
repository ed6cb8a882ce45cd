/* SPDX-License-Identifier: MIT */
#include "sample.h"

int
SampleClamp(int Value)
{
    if (Value > SAMPLE_ROOM)
        return SAMPLE_ROOM;
    return Value;
}

int
SampleCount(int Steps)
{
    int Count = 0;
    while (Steps-- > 0)
        Count++;
    return Count;
}
