/* SPDX-License-Identifier: MIT
 *
 * Time as the benchmark takes it, in ticks of the processor's time stamp counter: nothing else is cheap enough to stand on both
 * sides of a notify routine.
 */
#ifndef TICKS_H
#define TICKS_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t
Ticks(void)
{
    return __builtin_ia32_rdtsc();
}

/* Finds the length of a tick, against the host's clock; takes 50 ms. */
void TicksInit(void);
double TicksToNanoseconds(double Ticks);
uint64_t TicksFromNanoseconds(double Nanoseconds);

/* Processor time of the calling thread. */
uint64_t ThreadNanoseconds(void);

/* Sleeps until the counter shows Ticks, the last stretch of it awake if Exactly. */
void TicksSleepUntil(uint64_t Ticks, int Exactly);

/* How durations are spread. */
typedef struct SPREAD
{
    double P50, P99, P999, Max;
    size_t Count;
} SPREAD;

/* In nanoseconds. Sorts Durations, which are in ticks; all 0 if there are none. */
SPREAD SpreadOf(uint32_t *Durations, size_t Count);

#endif
