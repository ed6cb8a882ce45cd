/* SPDX-License-Identifier: MIT */
#include "schedule.h"
#include <stdio.h>
#include <stdlib.h>

/* PCT's random priorities are above those that it lowers somebody to. */
#define LOWERED_BELOW 16u

static uint64_t
ScheduleRandom(SCHEDULE *Schedule)
{
    /* splitmix64: every seed is as good as any other. */
    uint64_t Value = Schedule->Random += 0x9E3779B97F4A7C15ull;
    Value = (Value ^ (Value >> 30)) * 0xBF58476D1CE4E5B9ull;
    Value = (Value ^ (Value >> 27)) * 0x94D049BB133111EBull;
    return Value ^ (Value >> 31);
}

static uint32_t
ScheduleRandomBelow(SCHEDULE *Schedule, uint32_t Below)
{
    NT_ASSERT(Below);
    return (uint32_t)(ScheduleRandom(Schedule) % Below);
}

void
ScheduleStart(SCHEDULE *Schedule)
{
    Schedule->Count = 0;
    Schedule->Hash = 0xCBF29CE484222325ull;
    Schedule->PlanNext = 0;
    Schedule->Done->Count = 0;
}

void
ScheduleSeed(SCHEDULE *Schedule, uint64_t Seed)
{
    static const uint32_t Often[] = {1, 1, 2, 4,
                                     16}; /* 1: small scenarios have few schedules of other sorts */
    Schedule->Random = Seed;
    Schedule->Mode = ScheduleRandomBelow(Schedule, 2) ? SchedulePct : ScheduleWalk;
    Schedule->WalkOften = Often[ScheduleRandomBelow(Schedule, sizeof(Often) / sizeof(*Often))];
    Schedule->ChangeCount = ScheduleRandomBelow(Schedule, 5);
    for (uint32_t Index = 0; Index < SIM_MAX_SCHEDULED; Index++)
        Schedule->Priorities[Index] = LOWERED_BELOW + ScheduleRandomBelow(Schedule, 1u << 20);
    for (uint32_t Index = 0; Index < Schedule->ChangeCount; Index++)
        Schedule->Changes[Index] = ScheduleRandomBelow(Schedule, Schedule->Length + 1);
}

/* ---- One decision ---- */

static ULONG
ScheduleDefault(const SCHEDULE_DECISION *Decision)
{
    if (Decision->Ready & (1u << Decision->Current))
        return Decision->Current;
    return (ULONG)__builtin_ctz(Decision->Ready);
}

static ULONG
ScheduleByPlan(SCHEDULE *Schedule, const SCHEDULE_DECISION *Decision)
{
    const SCHEDULE_STEP *Step = &Schedule->Plan->Steps[Schedule->PlanNext];
    if (Schedule->PlanNext == Schedule->Plan->Count || Step->At != Schedule->Count)
        return ScheduleDefault(Decision);
    Schedule->PlanNext++;
    /* A plan from which something was taken out may name a thread that cannot run here. */
    return (Decision->Ready & (1u << Step->Thread)) != 0 ? Step->Thread : ScheduleDefault(Decision);
}

static ULONG
ScheduleBySearch(const SCHEDULE *Schedule, const SCHEDULE_DECISION *Decision)
{
    const SCHEDULE_DECISION *Before = &Schedule->Decisions[Schedule->Count];
    if (Schedule->Count >= Schedule->Forced)
        return ScheduleDefault(Decision);
    if (Before->Ready != Decision->Ready || Before->Current != Decision->Current)
    {
        fprintf(stderr, "decision %u is not what it was: the run depends on more than the schedule\n",
                Schedule->Count);
        abort();
    }
    return Before->Chosen;
}

static ULONG
ScheduleByPriority(SCHEDULE *Schedule, const SCHEDULE_DECISION *Decision)
{
    for (uint32_t Index = 0; Index < Schedule->ChangeCount; Index++)
        if (Schedule->Changes[Index] == Schedule->Count)
            Schedule->Priorities[Decision->Current] = Index;
    ULONG Best = (ULONG)__builtin_ctz(Decision->Ready);
    for (ULONG Thread = Best + 1; Thread < SIM_MAX_SCHEDULED; Thread++)
        if ((Decision->Ready & (1u << Thread)) && Schedule->Priorities[Thread] > Schedule->Priorities[Best])
            Best = Thread;
    return Best;
}

static ULONG
ScheduleByWalk(SCHEDULE *Schedule, const SCHEDULE_DECISION *Decision, const ULONG *Threads, ULONG Count)
{
    if (ScheduleRandomBelow(Schedule, Schedule->WalkOften))
        return ScheduleDefault(Decision);
    return Threads[ScheduleRandomBelow(Schedule, Count)];
}

static void
ScheduleTrace(const SCHEDULE *Schedule, SIM_POINT Point, const SCHEDULE_DECISION *Decision)
{
    static const char *const Names[SIM_POINT_COUNT] = {"acquires a lock", "has released a lock",
                                                       "atomic",          "waits",
                                                       "has signalled",   "pool",
                                                       "IRQL changed",    "has completed a request",
                                                       "page fault",      "has started one",
                                                       "cannot go on"};
    fprintf(stderr, "%5u  thread %u: %s%s", Schedule->Count, Decision->Current, Names[Point],
            Decision->Chosen == ScheduleDefault(Decision) ? "\n" : "");
    if (Decision->Chosen != ScheduleDefault(Decision))
        fprintf(stderr, "  -> thread %u\n", Decision->Chosen);
}

ULONG
ScheduleChoose(void *Context, ULONG Current, SIM_POINT Point, const void *Object, const ULONG *Threads,
               ULONG Count)
{
    SCHEDULE *Schedule = Context;
    SCHEDULE_DECISION Decision = {.Current = (uint8_t)Current};
    (void)Object;
    for (ULONG Index = 0; Index < Count; Index++)
        Decision.Ready |= (uint16_t)(1u << Threads[Index]);
    if (Schedule->Count == SCHEDULE_MAX_DECISIONS || Schedule->Done->Count == SCHEDULE_MAX_STEPS)
    {
        fprintf(stderr, "more than %u decisions: the run does not end\n", Schedule->Count);
        abort();
    }
    ULONG Chosen = Schedule->Mode == ScheduleReplay   ? ScheduleByPlan(Schedule, &Decision)
                   : Schedule->Mode == ScheduleSearch ? ScheduleBySearch(Schedule, &Decision)
                   : Schedule->Mode == SchedulePct    ? ScheduleByPriority(Schedule, &Decision)
                                                      : ScheduleByWalk(Schedule, &Decision, Threads, Count);
    Decision.Chosen = (uint8_t)Chosen;
    if (Chosen != ScheduleDefault(&Decision))
        Schedule->Done->Steps[Schedule->Done->Count++] = (SCHEDULE_STEP){Schedule->Count, Chosen};
    if (Schedule->Trace)
        ScheduleTrace(Schedule, Point, &Decision);
    Schedule->Hash = (Schedule->Hash ^ Chosen) * 0x100000001B3ull;
    Schedule->Decisions[Schedule->Count++] = Decision;
    return Chosen;
}

/* ---- All with so many preemptions ---- */

static bool
ScheduleIsPreemption(const SCHEDULE_DECISION *Decision, ULONG Chosen)
{
    return (Decision->Ready & (1u << Decision->Current)) && Chosen != Decision->Current;
}

/* The alternative tried after Chosen: the default comes first, then the others, ascending. */
static bool
ScheduleAlternative(const SCHEDULE_DECISION *Decision, ULONG *Next)
{
    ULONG Default = ScheduleDefault(Decision);
    ULONG Thread = Decision->Chosen == Default ? 0 : Decision->Chosen + 1u;
    for (; Thread < SIM_MAX_SCHEDULED; Thread++)
        if (Thread != Default && (Decision->Ready & (1u << Thread)))
        {
            *Next = Thread;
            return true;
        }
    return false;
}

bool
ScheduleNextSearch(SCHEDULE *Schedule, uint32_t Preemptions)
{
    uint32_t Spent = 0;
    for (uint32_t Index = 0; Index < Schedule->Count; Index++)
        Spent += ScheduleIsPreemption(&Schedule->Decisions[Index], Schedule->Decisions[Index].Chosen);
    for (uint32_t Index = Schedule->Count; Index-- > 0;)
    {
        SCHEDULE_DECISION *Decision = &Schedule->Decisions[Index];
        ULONG Next;
        Spent -= ScheduleIsPreemption(Decision, Decision->Chosen);
        if (!ScheduleAlternative(Decision, &Next) ||
            Spent + ScheduleIsPreemption(Decision, Next) > Preemptions)
            continue;
        Decision->Chosen = (uint8_t)Next;
        Schedule->Forced = Index + 1;
        return true;
    }
    return false;
}
