/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "capture_runs.h"

void
RunsDestroy(CAPTURE_RUNS *Runs)
{
    free(Runs->Runs);
    *Runs = (CAPTURE_RUNS){0};
}

static CAPTURE_RUN *
RunsAdd(CAPTURE_RUNS *Runs)
{
    if (Runs->Count == Runs->Room)
    {
        /* A run takes no more here than the block it comes from does in its file. */
        uint32_t Room = Runs->Room != 0 ? 2 * Runs->Room : 4;
        CAPTURE_RUN *Grown = realloc(Runs->Runs, Room * sizeof(*Grown));
        if (Grown == NULL)
            return NULL;
        Runs->Runs = Grown;
        Runs->Room = Room;
    }
    return &Runs->Runs[Runs->Count++];
}

CAPTURE_RUN *
RunsFind(CAPTURE_RUNS *Runs, uint64_t Instance, uint64_t First)
{
    /* It is nearly always the last. */
    for (uint32_t Index = Runs->Count; Index != 0; Index--)
    {
        if (Runs->Runs[Index - 1].At.Instance == Instance)
            return &Runs->Runs[Index - 1];
    }
    CAPTURE_RUN *Run = RunsAdd(Runs);
    if (Run == NULL)
        return NULL;
    *Run = (CAPTURE_RUN){.At = {.Instance = Instance, .Next = First}};
    Run->Public = (PRCM_CAPTURE_ACCOUNT){.Instance = Instance, .From = First, .Next = First, .Head = First};
    return Run;
}

/* The run goes on at Token, which lies ahead; what lies in between is missing. */
static void
RunSkip(CAPTURE_RUN *Run, const PRCM_TOKEN *Token, RUN_GAP *Gap)
{
    *Gap = (RUN_GAP){.First = Run->At.Next, .Next = Token->Next};
    Gap->KindsKnown = Run->At.CountsKnown && Token->CountsKnown;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT && Gap->KindsKnown; Kind++)
    {
        Gap->KindsKnown = Token->Captured[Kind] >= Run->At.Captured[Kind];
        Gap->Missing[Kind] = Token->Captured[Kind] - Run->At.Captured[Kind];
    }
    if (!Gap->KindsKnown)
        memset(Gap->Missing, 0, sizeof(Gap->Missing));
    Run->Public.Missing += Gap->Next - Gap->First;
    Run->Public.Gaps++;
    Run->At = *Token;
    Run->Public.Next = Token->Next;
    if (Run->Public.Head < Token->Next)
        Run->Public.Head = Token->Next;
}

bool
RunPlace(CAPTURE_RUN *Run, const PRCM_TOKEN *Token, uint64_t LastBatch, RUN_GAP *Gap)
{
    Run->Batch = LastBatch;
    if (Token->Next > Run->At.Next)
    {
        RunSkip(Run, Token, Gap);
        return true;
    }
    if (Token->Next == Run->At.Next && Token->CountsKnown)
        Run->At = *Token;
    return false;
}

bool
RunExpect(CAPTURE_RUN *Run, uint64_t Next, RUN_GAP *Gap)
{
    const PRCM_TOKEN Token = {.Instance = Run->At.Instance, .Next = Next};
    if (Next <= Run->At.Next)
        return false;
    RunSkip(Run, &Token, Gap);
    return true;
}

void
RunsForget(CAPTURE_RUNS *Runs)
{
    for (uint32_t Index = 0; Index < Runs->Count; Index++)
        Runs->Runs[Index].Batch = 0;
}

/* Where a batch begins, with the counts there as far as those of its end tell them. */
static PRCM_TOKEN
BatchStart(const PRCM_BATCH *Batch)
{
    PRCM_TOKEN Start = {.Instance = Batch->Next.Instance, .Next = Batch->First};
    if (!Batch->Next.CountsKnown || Batch->Unknown != 0)
        return Start;
    /* PrcmBatchOpen found that what it took is not more than that. Dropped ones are not known, but only grow. */
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Start.Captured[Kind] =
            Batch->Next.Captured[Kind] - Batch->Delivered[Kind] - Batch->Filtered[Kind] - Batch->Lost[Kind];
    Start.CountsKnown = 1;
    return Start;
}

bool
RunReach(CAPTURE_RUN *Run, const PRCM_BATCH *Batch, RUN_GAP *Gap)
{
    if (Batch->First <= Run->At.Next)
        return false;
    PRCM_TOKEN Start = BatchStart(Batch);
    RunSkip(Run, &Start, Gap);
    return true;
}

bool
RunHas(const CAPTURE_RUN *Run, const PRCM_BATCH *Batch)
{
    return Batch->First < Run->At.Next && Batch->Next.Next <= Run->At.Next;
}

static void
CountsTake(PRCM_CAPTURE_ACCOUNT *Account, const PRCM_BATCH *Batch)
{
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Account->Delivered[Kind] += Batch->Delivered[Kind];
        Account->Filtered[Kind] += Batch->Filtered[Kind];
        Account->Lost[Kind] += Batch->Lost[Kind];
    }
    Account->Unknown += Batch->Unknown;
    Account->Next = Batch->Next.Next;
    Account->Batches++;
    if (Account->Head < Batch->Head)
        Account->Head = Batch->Head;
}

bool
RunTake(CAPTURE_RUN *Run, const PRCM_BATCH *Batch)
{
    ACCOUNT Account = {.Next = Run->At, .Number = Batch->Number - 1};
    bool AddsUp = true;
    if (Batch->First < Run->At.Next)
        Run->Public.Repeated += Run->At.Next - Batch->First;
    else
        /* Batches that told nothing may be missing, so that its number need not be the next. */
        AddsUp = Batch->Number > Run->Batch && AccountAdd(&Account, Batch) == PRCM_OK;
    CountsTake(&Run->Public, Batch);
    Run->At = Batch->Next;
    Run->Batch = Batch->Number;
    return AddsUp;
}

void
RunTakeTimes(CAPTURE_RUN *Run, const CAPTURE_SUMMARY *Summary)
{
    PRCM_CAPTURE_ACCOUNT *Account = &Run->Public;
    if (Summary->FirstTime == 0 && Summary->LastTime == 0)
        return;
    bool None = Account->FirstTime == 0 && Account->LastTime == 0;
    if (None || Summary->FirstTime < Account->FirstTime)
        Account->FirstTime = Summary->FirstTime;
    if (None || Summary->LastTime > Account->LastTime)
        Account->LastTime = Summary->LastTime;
}
