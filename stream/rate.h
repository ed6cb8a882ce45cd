/* SPDX-License-Identifier: MIT
 *
 * How many events came when: in equal parts of the whole time, and in the busiest seconds.
 */
#ifndef STREAM_RATE_H
#define STREAM_RATE_H

#include <stddef.h>
#include <stdint.h>

#define RATE_BINS    128u /* even */
#define RATE_SECONDS 64u  /* busiest ones that are kept */

typedef struct RATE_SECOND
{
    int64_t Time; /* its beginning */
    uint64_t Count;
} RATE_SECOND;

typedef struct RATE
{
    uint64_t Total;
    int64_t First; /* the time of the first event, cut to a second: where the bins begin */
    int64_t Last;  /* the latest time */
    int64_t Width; /* of a bin, 100 ns */
    uint64_t Bins[RATE_BINS];
    RATE_SECOND Now; /* the second of the last event */
    RATE_SECOND Busiest[RATE_SECONDS];
    size_t BusiestCount;
} RATE;

/* All zero is an empty rate. Times need not ascend: what is earlier than the first event counts in the first bin, and a
 * second that is come back to is a second of its own. */
void RateAdd(RATE *Rate, int64_t Time);

/* After the last event: the busiest seconds are complete, the busiest first. */
void RateFinish(RATE *Rate);

/* The counts in Parts equal parts of the time from First to Last; at most RATE_BINS. How long a part is, 100 ns. */
int64_t RateParts(const RATE *Rate, uint64_t *Counts, size_t Parts);

#endif
