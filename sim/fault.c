/* SPDX-License-Identifier: MIT
 *
 * What fails: by name, for good, or by count, wherever that happens to be.
 */
#include "kernel.h"

#define FAULT_MAX_NAMES    32
#define FAULT_MAX_STATUSES 16

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
static NTSTATUS FaultInjected[FAULT_MAX_STATUSES]; /* the different ones, then STATUS_SUCCESS */

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
    for (ULONG Index = 0; Nth && Index < FAULT_MAX_STATUSES; Index++)
        __atomic_store_n(&FaultInjected[Index], STATUS_SUCCESS, __ATOMIC_RELAXED);
    __atomic_store_n(&FaultCalls, 0, __ATOMIC_RELAXED);
}

bool
SimFaultInjected(NTSTATUS Status)
{
    for (ULONG Index = 0; Index < FAULT_MAX_STATUSES; Index++)
    {
        NTSTATUS Injected = __atomic_load_n(&FaultInjected[Index], __ATOMIC_RELAXED);
        if (!Injected)
            return false;
        if (!Status || Injected == Status)
            return true;
    }
    return false;
}

static void
FaultRemember(NTSTATUS Status)
{
    for (ULONG Index = 0; Index < FAULT_MAX_STATUSES; Index++)
    {
        NTSTATUS Free = STATUS_SUCCESS;
        if (__atomic_compare_exchange_n(&FaultInjected[Index], &Free, Status, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED) ||
            Free == Status)
            return;
    }
    RuleBroken("sim", "more than %u different statuses injected", FAULT_MAX_STATUSES);
}

ULONG
SimFallibleCalls(void)
{
    return __atomic_load_n(&FaultCalls, __ATOMIC_RELAXED);
}

NTSTATUS
FaultStatus(const char *Routine, NTSTATUS Status)
{
    if (!SIM_CHECKS)
        return STATUS_SUCCESS;
    ULONG Call = __atomic_add_fetch(&FaultCalls, 1, __ATOMIC_RELAXED);
    const FAULT *Fault = FaultFind(Routine);
    if (Fault && Fault->Status)
        return Fault->Status;
    if (!FaultNth || Call < FaultNth || (Call > FaultNth && !FaultOnwards))
        return STATUS_SUCCESS;
    FaultRemember(Status);
    return Status;
}

void
FaultReset(void)
{
    FaultNames = 0;
    SimFailNth(0, false);
}
