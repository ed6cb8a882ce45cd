/* SPDX-License-Identifier: MIT */
#include "rate.h"

#include <string.h>

#define SECOND ((int64_t)10000000)

static void
Widen(RATE *Rate)
{
    for (size_t Bin = 0; Bin < RATE_BINS / 2; Bin++)
        Rate->Bins[Bin] = Rate->Bins[2 * Bin] + Rate->Bins[2 * Bin + 1];
    memset(Rate->Bins + RATE_BINS / 2, 0, sizeof(Rate->Bins) / 2);
    Rate->Width *= 2;
}

static void
Keep(RATE *Rate, RATE_SECOND Second)
{
    size_t At = Rate->BusiestCount;

    while (At > 0 && Rate->Busiest[At - 1].Count < Second.Count)
        At--;
    if (At == RATE_SECONDS)
        return;
    if (Rate->BusiestCount < RATE_SECONDS)
        Rate->BusiestCount++;
    memmove(Rate->Busiest + At + 1, Rate->Busiest + At, (Rate->BusiestCount - 1 - At) * sizeof(Second));
    Rate->Busiest[At] = Second;
}

void
RateAdd(RATE *Rate, int64_t Time)
{
    int64_t Second = Time - Time % SECOND;

    if (Rate->Total++ == 0)
    {
        Rate->First = Second;
        Rate->Last = Time;
        Rate->Width = SECOND;
        Rate->Now.Time = Second;
    }
    if (Time > Rate->Last)
        Rate->Last = Time;
    while (Time >= Rate->First && (Time - Rate->First) / Rate->Width >= (int64_t)RATE_BINS)
        Widen(Rate);
    Rate->Bins[Time > Rate->First ? (size_t)((Time - Rate->First) / Rate->Width) : 0]++;
    if (Second != Rate->Now.Time)
    {
        Keep(Rate, Rate->Now);
        Rate->Now = (RATE_SECOND){.Time = Second};
    }
    Rate->Now.Count++;
}

void
RateFinish(RATE *Rate)
{
    if (Rate->Now.Count != 0)
        Keep(Rate, Rate->Now);
    Rate->Now = (RATE_SECOND){0};
}

int64_t
RateParts(const RATE *Rate, uint64_t *Counts, size_t Parts)
{
    size_t Used = Rate->Total != 0 ? (size_t)((Rate->Last - Rate->First) / Rate->Width) + 1 : 1;
    size_t Each = (Used + Parts - 1) / Parts;

    memset(Counts, 0, Parts * sizeof(Counts[0]));
    for (size_t Bin = 0; Bin < Used; Bin++)
        Counts[Bin / Each] += Rate->Bins[Bin];
    return Rate->Width * (int64_t)Each;
}
