/* SPDX-License-Identifier: MIT */
#include "ticks.h"
#include <stdlib.h>
#include <time.h>

#define CALIBRATION_NANOSECONDS 50000000L
#define AWAKE_NANOSECONDS       150000.0 /* a sleep may end so much late */

static double NanosecondsPerTick = 1;

static double
Now(clockid_t Clock)
{
    struct timespec Time;
    clock_gettime(Clock, &Time);
    return (double)Time.tv_sec * 1e9 + (double)Time.tv_nsec;
}

void
TicksInit(void)
{
    struct timespec Pause = {.tv_nsec = CALIBRATION_NANOSECONDS};
    double Clock = Now(CLOCK_MONOTONIC);
    uint64_t Begin = Ticks();
    nanosleep(&Pause, NULL);
    double Elapsed = Now(CLOCK_MONOTONIC) - Clock;
    NanosecondsPerTick = Elapsed / (double)(Ticks() - Begin);
}

double
TicksToNanoseconds(double Count)
{
    return Count * NanosecondsPerTick;
}

uint64_t
TicksFromNanoseconds(double Nanoseconds)
{
    return (uint64_t)(Nanoseconds / NanosecondsPerTick);
}

uint64_t
ThreadNanoseconds(void)
{
    return (uint64_t)Now(CLOCK_THREAD_CPUTIME_ID);
}

void
TicksSleepUntil(uint64_t Until, int Exactly)
{
    for (;;)
    {
        int64_t Left = (int64_t)(Until - Ticks());
        if (Left <= 0)
            return;
        double Nanoseconds = TicksToNanoseconds((double)Left) - (Exactly ? AWAKE_NANOSECONDS : 0);
        if (Nanoseconds <= 0)
        {
            __builtin_ia32_pause();
            continue;
        }
        struct timespec Pause = {.tv_sec = (time_t)(Nanoseconds / 1e9)};
        Pause.tv_nsec = (long)(Nanoseconds - (double)Pause.tv_sec * 1e9);
        nanosleep(&Pause, NULL);
    }
}

static int
Compare(const void *A, const void *B)
{
    uint32_t Left = *(const uint32_t *)A, Right = *(const uint32_t *)B;
    return (Left > Right) - (Left < Right);
}

SPREAD
SpreadOf(uint32_t *Durations, size_t Count)
{
    SPREAD Spread = {.Count = Count};
    if (!Count)
        return Spread;
    qsort(Durations, Count, sizeof(*Durations), Compare);
    Spread.P50 = TicksToNanoseconds(Durations[Count / 2]);
    Spread.P99 = TicksToNanoseconds(Durations[(size_t)((double)Count * 0.99)]);
    Spread.P999 = TicksToNanoseconds(Durations[(size_t)((double)Count * 0.999)]);
    Spread.Max = TicksToNanoseconds(Durations[Count - 1]);
    return Spread;
}
