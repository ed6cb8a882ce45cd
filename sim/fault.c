/* SPDX-License-Identifier: MIT
 *
 * What fails: by name, for good, or by count, wherever that happens to be.
 */
#include "kernel.h"

#define FAULT_MAX_NAMES 32

typedef struct FAULT
{
    const char *Routine;
    NTSTATUS Status;
    bool Hidden;
} FAULT;

static FAULT Faults[FAULT_MAX_NAMES];
static ULONG FaultNames;
static ULONG FaultCalls;
static ULONG FaultNth;
static bool FaultOnwards;

static FAULT *
FaultFind(const char *Routine)
{
    for (ULONG Index = 0; Index < FaultNames; Index++)
        if (strcmp(Faults[Index].Routine, Routine) == 0)
            return &Faults[Index];
    return NULL;
}

static FAULT *
FaultMake(const char *Routine)
{
    FAULT *Fault = FaultFind(Routine);
    if (Fault)
        return Fault;
    if (FaultNames == FAULT_MAX_NAMES)
        RuleBroken("sim", "more than %u routines refused or hidden", FAULT_MAX_NAMES);
    Faults[FaultNames] = (FAULT){.Routine = Routine};
    return &Faults[FaultNames++];
}

void
SimRefuse(const char *Routine, NTSTATUS Status)
{
    FaultMake(Routine)->Status = Status;
}

void
SimHide(const char *Routine)
{
    FaultMake(Routine)->Hidden = true;
}

bool
FaultHidden(const char *Routine)
{
    const FAULT *Fault = FaultFind(Routine);
    return Fault && Fault->Hidden;
}

void
SimFailNth(ULONG Nth, bool Onwards)
{
    FaultOnwards = Onwards;
    FaultNth = Nth;
    __atomic_store_n(&FaultCalls, 0, __ATOMIC_RELAXED);
}

ULONG
SimFallibleCalls(void)
{
    return __atomic_load_n(&FaultCalls, __ATOMIC_RELAXED);
}

NTSTATUS
FaultStatus(const char *Routine, NTSTATUS Status)
{
    ULONG Call = __atomic_add_fetch(&FaultCalls, 1, __ATOMIC_RELAXED);
    const FAULT *Fault = FaultFind(Routine);
    if (Fault && Fault->Status)
        return Fault->Status;
    if (FaultNth && (Call == FaultNth || (FaultOnwards && Call > FaultNth)))
        return Status;
    return STATUS_SUCCESS;
}

void
FaultReset(void)
{
    FaultNames = 0;
    SimFailNth(0, false);
}
