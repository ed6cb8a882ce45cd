/* SPDX-License-Identifier: MIT
 *
 * Who runs next: schedules tried one after the other, and each of them again from what is written down of it.
 *
 * The default is to let a thread run until it cannot go on, and then the lowest-numbered one that can. What is written down of
 * a run are the decisions where it did otherwise. Taking a thread that can go on off its processor is a preemption.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <sim.h>

#define SCHEDULE_MAX_DECISIONS 65536u
#define SCHEDULE_MAX_STEPS     4096u

/* At decision At, counted from 0, not the default but Thread. */
typedef struct SCHEDULE_STEP
{
    uint32_t At;
    uint32_t Thread;
} SCHEDULE_STEP;

typedef struct SCHEDULE_PLAN
{
    uint32_t Count;
    SCHEDULE_STEP Steps[SCHEDULE_MAX_STEPS];
} SCHEDULE_PLAN;

/* What was chosen from. */
typedef struct SCHEDULE_DECISION
{
    uint16_t Ready; /* a bit for each thread that could run */
    uint8_t Current;
    uint8_t Chosen;
} SCHEDULE_DECISION;

typedef enum SCHEDULE_MODE
{
    ScheduleReplay, /* Plan */
    ScheduleSearch, /* Decisions[0..Forced), then the default */
    SchedulePct,    /* priorities, lowered at a few random decisions */
    ScheduleWalk    /* anybody, now and then */
} SCHEDULE_MODE;

typedef struct SCHEDULE
{
    SCHEDULE_MODE Mode;
    bool Trace;          /* every decision goes to standard error */
    SCHEDULE_PLAN *Done; /* receives what the run did, as it does it */

    uint32_t Count; /* of Decisions: those of the last run */
    SCHEDULE_DECISION Decisions[SCHEDULE_MAX_DECISIONS];
    uint64_t Hash; /* of the choices of the last run */

    const SCHEDULE_PLAN *Plan;
    uint32_t PlanNext;
    uint32_t Forced;

    uint64_t Random;
    uint32_t Length; /* decisions of an earlier run: where PCT expects the next one to end */
    uint32_t Priorities[SIM_MAX_SCHEDULED];
    uint32_t Changes[4]; /* the decisions at which PCT lowers whoever runs */
    uint32_t ChangeCount;
    uint32_t WalkOften; /* one in so many decisions is left to chance */
} SCHEDULE;

/* Before each run. */
void ScheduleStart(SCHEDULE *Schedule);

/* Sets up a random run that Seed alone decides, given Length. */
void ScheduleSeed(SCHEDULE *Schedule, uint64_t Seed);

/* After a run in mode Search: sets up the next one with at most Preemptions. False: there is none left. */
bool ScheduleNextSearch(SCHEDULE *Schedule, uint32_t Preemptions);

/* SIM_CHOOSE, with a SCHEDULE. */
ULONG ScheduleChoose(void *Context, ULONG Current, SIM_POINT Point, const void *Object, const ULONG *Threads,
                     ULONG Count);

#endif
