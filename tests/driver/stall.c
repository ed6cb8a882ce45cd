/* SPDX-License-Identifier: MIT */
#include "stall.h"
#include <assert.h>
#include <stdlib.h>

struct STALL
{
    void (*Routine)(void *);
    void *Context;
    SIM_POINT Point;
    ULONG Left;
    SIM_GATE *Standing;
    SIM_GATE *Go;
    SIM_THREAD *Thread;
};

static __thread STALL *Mine;
static ULONG Stalls;

static void
StallHook(void *Context, SIM_POINT Point, const void *Object)
{
    STALL *Stall = Mine;
    (void)Context;
    (void)Object;
    /* Not with a spin lock held: everybody else would spin. */
    if (!Stall || Point != Stall->Point || KeGetCurrentIrql() == DISPATCH_LEVEL || !Stall->Left ||
        --Stall->Left)
        return;
    SimGateOpen(Stall->Standing);
    SimGateWait(Stall->Go);
}

static void
StallMain(void *Context)
{
    Mine = Context;
    Mine->Routine(Mine->Context);
    SimGateOpen(Mine->Standing);
    Mine = NULL;
}

STALL *
StallStart(void (*Routine)(void *), void *Context, SIM_POINT Point, ULONG Nth)
{
    STALL *Stall = malloc(sizeof(*Stall));
    assert(Stall);
    *Stall = (STALL){Routine, Context, Point, Nth, SimGateCreate(), SimGateCreate(), NULL};
    if (!Stalls++)
        SimSetHook(StallHook, NULL);
    Stall->Thread = SimThreadStart(StallMain, Stall);
    SimGateWait(Stall->Standing);
    return Stall;
}

bool
StallStands(const STALL *Stall)
{
    return Stall->Left == 0;
}

void
StallEnd(STALL *Stall)
{
    SimGateOpen(Stall->Go);
    SimThreadJoin(Stall->Thread);
    if (!--Stalls)
        SimSetHook(NULL, NULL);
    SimGateFree(Stall->Standing);
    SimGateFree(Stall->Go);
    free(Stall);
}
