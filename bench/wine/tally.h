/* SPDX-License-Identifier: MIT
 *
 * What was raised, what came, and how the two compare.
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdint.h>

typedef struct TALLY_EVENT
{
    uint32_t Kind; /* PRCM_KIND_XXX, or NTEXT_START and its like, which are the same numbers */
    uint32_t ProcessId;
    uint64_t Base;
    uint32_t Position; /* in the order raised */
} TALLY_EVENT;

typedef struct TALLY
{
    TALLY_EVENT *Raised;
    uint32_t RaisedCount;
    uint32_t BurstFrom;     /* the position of the burst's first event */
    TALLY_EVENT *Delivered; /* in the order in which they came, without Position */
    uint32_t DeliveredCount;
    uint32_t Requests; /* that brought something */
    int64_t LastAt;    /* when the last event came, by Ticks */
    int64_t KnownLost; /* that the way told of; below 0: it cannot tell */
} TALLY;

/* In 1 / TicksASecond() seconds. */
int64_t Ticks(void);
int64_t TicksASecond(void);

/* Room for Count events raised, and for more than a way can make of them. */
void TallyInit(TALLY *Tally, uint32_t Count);
void TallyFree(TALLY *Tally);
void TallyRaised(TALLY *Tally, uint32_t Kind, uint32_t ProcessId, uint64_t Base);
void TallyDelivered(TALLY *Tally, uint32_t Kind, uint32_t ProcessId, uint64_t Base);

typedef struct TALLY_RESULT
{
    uint32_t Duplicates; /* delivered before */
    uint32_t OutOfOrder; /* delivered after an event that was raised later; duplicates do not count */
    uint32_t Missing;    /* raised and never delivered */
    uint32_t OfBurst;    /* delivered, of the burst, without duplicates */
} TALLY_RESULT;

/* Sorts Raised. */
void TallyJudge(TALLY *Tally, TALLY_RESULT *Result);

#endif
