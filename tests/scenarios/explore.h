/* SPDX-License-Identifier: MIT */
#ifndef EXPLORE_H
#define EXPLORE_H

#include "schedule.h"
#include <time.h>

/* What is asked for. */
typedef struct EXPLORE_OPTIONS
{
    bool Search;
    uint32_t Preemptions;
    uint64_t Random;
    uint64_t Distinct;
    bool Faults;
    uint64_t FaultRounds;
    uint64_t Seconds;
    time_t Deadline; /* 0: none */
    uint64_t Seed;
    const SCHEDULE_PLAN *Plan; /* one run only */
    ULONG FailNth;
    bool Onwards;
    bool Trace;
} EXPLORE_OPTIONS;

/* How far it is, in memory shared with the child that does it. */
typedef struct EXPLORE
{
    uint64_t Runs;
    uint64_t Distinct;
    uint64_t Searched;
    uint64_t FaultRuns; /* in which something was made to fail */
    bool Complete;
    bool Hung;
    /* Of the run under way. */
    uint64_t Seed;
    ULONG FailNth;
    bool Onwards;
    SCHEDULE_PLAN Plan;
} EXPLORE;

#endif
