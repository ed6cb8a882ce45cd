/* SPDX-License-Identifier: MIT */
#include "selftest_check.h"

#include <stdlib.h>

/* One child's events. */
typedef struct MATCH
{
    const CHECK_EVENT *Start;
    const CHECK_EVENT *Exit;
    uint32_t Starts;
    uint32_t Exits;
} MATCH;

typedef struct CHECK
{
    const CHECK_CHILD *Children;
    uint32_t ChildCount;
    uint32_t Own;
    MATCH *Matches;
    SINK *Sink;
    CHECK_RESULT *Result;
} CHECK;

/* Ids are used again, so an id alone does not make an event a child's, unless the OS told no create time. */
static bool
IsOf(const CHECK_EVENT *Event, const CHECK_CHILD *Child)
{
    return Event->Id == Child->Id &&
           (Event->CreateTime.Status != PRCM_PRESENT || Event->CreateTime.Value == Child->CreateTime);
}

static void
Join(const CHECK *Check, const CHECK_EVENT *Events, uint32_t EventCount)
{
    for (uint32_t At = 0; At < EventCount; At++)
    {
        for (uint32_t Index = 0; Index < Check->ChildCount; Index++)
        {
            MATCH *Match = &Check->Matches[Index];
            if (!IsOf(&Events[At], &Check->Children[Index]))
                continue;
            bool IsStart = Events[At].Kind == PRCM_KIND_START;
            *(IsStart ? &Match->Start : &Match->Exit) = &Events[At];
            *(IsStart ? &Match->Starts : &Match->Exits) += 1;
        }
    }
}

static void
BeginMismatch(const CHECK *Check, const CHECK_CHILD *Child, const char *What)
{
    Check->Result->Mismatches++;
    SinkText(Check->Sink, "process ");
    SinkUnsigned(Check->Sink, Child->Id);
    SinkText(Check->Sink, ": ");
    SinkText(Check->Sink, What);
}

static void
EndMismatch(const CHECK *Check)
{
    SinkChar(Check->Sink, '\n');
}

static void
Mismatch(const CHECK *Check, const CHECK_CHILD *Child, const char *What)
{
    BeginMismatch(Check, Child, What);
    EndMismatch(Check);
}

static void
NumberMismatch(const CHECK *Check, const CHECK_CHILD *Child, const char *What, const PRCM_VALUE *Told,
               uint32_t True)
{
    BeginMismatch(Check, Child, What);
    if (Told->Status == PRCM_PRESENT)
        SinkCode(Check->Sink, (uint32_t)Told->Value);
    else
    {
        SinkText(Check->Sink, "not told (status ");
        SinkCode(Check->Sink, Told->Status);
        SinkText(Check->Sink, ")");
    }
    SinkText(Check->Sink, ", in truth ");
    SinkCode(Check->Sink, True);
    EndMismatch(Check);
}

static void
CompareCommandLine(const CHECK *Check, const CHECK_CHILD *Child, const CHECK_EVENT *Start)
{
    UTF16 Told = {.Units = Start->CommandLine, .Count = Start->CommandLineCount};
    UTF16 True = {.Units = Child->CommandLine, .Count = Child->CommandLineCount};

    if (Start->CommandLineStatus == PRCM_ABSENT)
    {
        Check->Result->NoCommandLine++;
        return;
    }
    if (Start->CommandLineStatus == PRCM_PRESENT && Utf16Equal(Told, True))
        return;
    BeginMismatch(Check, Child, "command line told (status ");
    SinkCode(Check->Sink, Start->CommandLineStatus);
    SinkText(Check->Sink, ") as ");
    Utf16Write(Check->Sink, Told);
    SinkText(Check->Sink, ", in truth ");
    Utf16Write(Check->Sink, True);
    EndMismatch(Check);
}

static void
CompareChild(const CHECK *Check, const CHECK_CHILD *Child, const MATCH *Match)
{
    uint32_t Before = Check->Result->Mismatches;

    if (Match->Starts != 1)
        Mismatch(Check, Child,
                 Match->Starts == 0 ? "no start was read" : "its start was read more than once");
    if (Match->Exits != 1)
        Mismatch(Check, Child, Match->Exits == 0 ? "no exit was read" : "its exit was read more than once");
    if (Match->Start != NULL)
    {
        CompareCommandLine(Check, Child, Match->Start);
        if (Match->Start->Parent.Status != PRCM_PRESENT || Match->Start->Parent.Value != Check->Own)
            NumberMismatch(Check, Child, "parent told as ", &Match->Start->Parent, Check->Own);
    }
    if (Match->Exit != NULL &&
        (Match->Exit->ExitStatus.Status != PRCM_PRESENT || Match->Exit->ExitStatus.Value != Child->ExitCode))
        NumberMismatch(Check, Child, "exit status told as ", &Match->Exit->ExitStatus, Child->ExitCode);
    if (Match->Start != NULL && Match->Exit != NULL && Match->Start->Sequence >= Match->Exit->Sequence)
        Mismatch(Check, Child, "its exit was read before its start");
    Check->Result->Right += Check->Result->Mismatches == Before;
}

static int
CompareLatencies(const void *A, const void *B)
{
    int64_t Left = *(const int64_t *)A;
    int64_t Right = *(const int64_t *)B;
    return (Left > Right) - (Left < Right);
}

/* The smallest latency that Percent of 100 do not exceed. */
static int64_t
Percentile(const int64_t *Sorted, uint32_t Count, uint32_t Percent)
{
    uint64_t Rank = ((uint64_t)Count * Percent + 99) / 100;
    return Sorted[Rank - 1];
}

static void
AddLatency(const CHECK *Check, const CHECK_EVENT *Event, int64_t *Latencies)
{
    if (Event == NULL)
        return;
    Check->Result->NoCreateTime += Event->CreateTime.Status != PRCM_PRESENT;
    Latencies[Check->Result->LatencyCount++] = Event->Latency;
}

static bool
Measure(const CHECK *Check)
{
    CHECK_RESULT *Result = Check->Result;
    int64_t *Latencies = calloc(2 * (size_t)Check->ChildCount, sizeof(int64_t));

    if (Latencies == NULL)
        return false;
    for (uint32_t Index = 0; Index < Check->ChildCount; Index++)
    {
        AddLatency(Check, Check->Matches[Index].Start, Latencies);
        AddLatency(Check, Check->Matches[Index].Exit, Latencies);
    }
    if (Result->LatencyCount != 0)
    {
        qsort(Latencies, Result->LatencyCount, sizeof(int64_t), CompareLatencies);
        Result->LatencyHalf = Percentile(Latencies, Result->LatencyCount, 50);
        Result->LatencyNinetyNine = Percentile(Latencies, Result->LatencyCount, 99);
        Result->LatencyMax = Latencies[Result->LatencyCount - 1];
    }
    free(Latencies);
    return true;
}

bool
CheckRun(const CHECK_CHILD *Children, uint32_t ChildCount, const CHECK_EVENT *Events, uint32_t EventCount,
         uint32_t Own, SINK *Sink, CHECK_RESULT *Result)
{
    CHECK Check = {
        .Children = Children,
        .ChildCount = ChildCount,
        .Own = Own,
        .Matches = calloc(ChildCount, sizeof(MATCH)),
        .Sink = Sink,
        .Result = Result,
    };

    *Result = (CHECK_RESULT){0};
    if (Check.Matches == NULL)
        return false;
    Join(&Check, Events, EventCount);
    for (uint32_t Index = 0; Index < ChildCount; Index++)
        CompareChild(&Check, &Children[Index], &Check.Matches[Index]);
    bool Measured = Measure(&Check);
    free(Check.Matches);
    return Measured;
}

void
CheckWaitBegin(CHECK_WAIT *Wait, uint32_t ChildCount, uint32_t Now)
{
    *Wait = (CHECK_WAIT){.Began = Now, .News = Now, .Missing = 2 * ChildCount};
}

/* Whether it is the first of its kind of a child. */
static bool
IsNews(CHECK_CHILD *Children, uint32_t ChildCount, const CHECK_EVENT *Event)
{
    for (uint32_t Index = 0; Index < ChildCount; Index++)
    {
        CHECK_CHILD *Child = &Children[Index];
        if (!IsOf(Event, Child) || (Child->Seen & PRCM_KIND_BIT(Event->Kind)) != 0)
            continue;
        Child->Seen |= PRCM_KIND_BIT(Event->Kind);
        return true;
    }
    return false;
}

CHECK_WAIT_STATE
CheckWaitGoOn(CHECK_WAIT *Wait, CHECK_CHILD *Children, uint32_t ChildCount, const CHECK_EVENT *Events,
              uint32_t EventCount, uint32_t Now)
{
    for (; Wait->At < EventCount; Wait->At++)
    {
        if (!IsNews(Children, ChildCount, &Events[Wait->At]))
            continue;
        Wait->Missing--;
        Wait->News = Now;
    }
    if (Wait->Missing == 0)
        return CHECK_COMPLETE;
    bool Over = Now - Wait->News >= CHECK_PATIENCE_MS || Now - Wait->Began >= CHECK_WAIT_MS(ChildCount);
    return Over ? CHECK_GAVE_UP : CHECK_WAITING;
}
