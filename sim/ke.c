/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "kernel.h"
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CLOCK_START      0x01DD0A2B3C4D5E6FLL /* November 2026 */
#define CLOCK_UNIX_EPOCH 0x019DB1DED53E8000LL /* 1970 */
#define SPIN_LIMIT       4000u /* some 40 us: a READ that takes the lock again and again is soon over */
#define SPIN_SLEEP_NS    100000

static LONGLONG Clock = CLOCK_START;

/* ---- IRQL ---- */

KIRQL
KeGetCurrentIrql(void)
{
    return SchedSelf()->Irql;
}

void
KeRaiseIrqlTo(KIRQL NewIrql, PKIRQL OldIrql)
{
    PKTHREAD Self = SchedSelf();
    if (NewIrql < Self->Irql)
        RuleBroken("irql-order", "KeRaiseIrql from %u to %u", Self->Irql, NewIrql);
    *OldIrql = Self->Irql;
    Self->Irql = NewIrql;
    SchedPoint(SIM_POINT_IRQL, NULL);
}

void
KeLowerIrql(KIRQL NewIrql)
{
    PKTHREAD Self = SchedSelf();
    if (NewIrql > Self->Irql)
        RuleBroken("irql-order", "KeLowerIrql from %u to %u", Self->Irql, NewIrql);
    if (NewIrql < DISPATCH_LEVEL && Self->LockCount)
        RuleBroken("irql-order", "KeLowerIrql to %u with %u spin locks held", NewIrql, Self->LockCount);
    Self->Irql = NewIrql;
    SchedPoint(SIM_POINT_IRQL, NULL);
}

/* ---- Spin locks: the holder's thread, or 0 ---- */

void
KeInitializeSpinLock(PKSPIN_LOCK Lock)
{
    __atomic_store_n(Lock, 0, __ATOMIC_RELAXED);
}

static bool
SpinLockIsFree(const void *Context)
{
    return __atomic_load_n((const KSPIN_LOCK *)Context, __ATOMIC_RELAXED) == 0;
}

/* Without checks. A kernel's thread keeps its processor while it holds a spin lock, and one of the host's can lose it: who has
 * spun for so long that this must be it then sleeps until the lock is let go. To yield would not do: the scheduler takes that
 * for having had a turn, and who had to be there is late by all the turns of the others. */
static ULONG SpinLockSleepers; /* on any lock */

/* The host looks at a lock's lower half, which is the first of the two. */
static void
SpinLockSleep(PKSPIN_LOCK Lock)
{
    /* Who lets the lock go may look at Sleepers too early, and wake nobody. */
    static const struct timespec Longest = {0, SPIN_SLEEP_NS};
    __atomic_add_fetch(&SpinLockSleepers, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, Lock, FUTEX_WAIT_PRIVATE, 1, &Longest, NULL, 0);
    __atomic_sub_fetch(&SpinLockSleepers, 1, __ATOMIC_SEQ_CST);
}

static void
SpinLockTakeUnchecked(PKSPIN_LOCK Lock)
{
    while (__atomic_exchange_n(Lock, 1, __ATOMIC_ACQUIRE))
        for (ULONG Spins = 0; !SpinLockIsFree(Lock); Spins++)
        {
            if (Spins < SPIN_LIMIT)
                __builtin_ia32_pause();
            else
                SpinLockSleep(Lock);
        }
}

static void
SpinLockGiveUnchecked(PKSPIN_LOCK Lock)
{
    __atomic_store_n(Lock, 0, __ATOMIC_RELEASE);
    if (__atomic_load_n(&SpinLockSleepers, __ATOMIC_RELAXED))
        syscall(SYS_futex, Lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void
SpinLockTake(PKSPIN_LOCK Lock)
{
    if (!SIM_CHECKS)
    {
        SpinLockTakeUnchecked(Lock);
        return;
    }
    PKTHREAD Self = SchedSelf();
    for (;;)
    {
        KSPIN_LOCK Holder = 0;
        if (__atomic_compare_exchange_n(Lock, &Holder, (KSPIN_LOCK)Self, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            break;
        if (Holder == (KSPIN_LOCK)Self)
            RuleBroken("spin-lock-recursion", "spin lock %p is this thread's already", (void *)Lock);
        SchedSpin(SpinLockIsFree, Lock);
    }
    if (Self->LockCount == THREAD_MAX_LOCKS)
        RuleBroken("spin-lock-count", "more than %u spin locks at once", THREAD_MAX_LOCKS);
    Self->Locks[Self->LockCount++] = Lock;
}

static void
SpinLockGive(PKSPIN_LOCK Lock)
{
    if (!SIM_CHECKS)
    {
        SpinLockGiveUnchecked(Lock);
        return;
    }
    PKTHREAD Self = SchedSelf();
    if (__atomic_load_n(Lock, __ATOMIC_RELAXED) != (KSPIN_LOCK)Self)
        RuleBroken("spin-lock-not-held", "spin lock %p is not this thread's", (void *)Lock);
    ULONG Index = 0;
    while (Self->Locks[Index] != Lock)
        Index++;
    Self->Locks[Index] = Self->Locks[--Self->LockCount];
    __atomic_store_n(Lock, 0, __ATOMIC_RELEASE);
}

KIRQL
KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK Lock)
{
    PKTHREAD Self = SchedSelf();
    RuleIrql("KeAcquireSpinLock", DISPATCH_LEVEL);
    SchedPoint(SIM_POINT_LOCK, Lock);
    KIRQL OldIrql = Self->Irql;
    Self->Irql = DISPATCH_LEVEL;
    SpinLockTake(Lock);
    return OldIrql;
}

void
KeReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL OldIrql)
{
    PKTHREAD Self = SchedSelf();
    SpinLockGive(Lock);
    if (Self->Irql != DISPATCH_LEVEL || OldIrql > DISPATCH_LEVEL)
        RuleBroken("irql", "KeReleaseSpinLock at IRQL %u, back to %u", Self->Irql, OldIrql);
    if (OldIrql < DISPATCH_LEVEL && Self->LockCount)
        RuleBroken("irql-order", "KeReleaseSpinLock back to %u with %u spin locks held", OldIrql,
                   Self->LockCount);
    Self->Irql = OldIrql;
    SchedPoint(SIM_POINT_UNLOCK, Lock);
}

void
KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK Lock)
{
    if (SchedSelf()->Irql < DISPATCH_LEVEL)
        RuleBroken("irql", "KeAcquireSpinLockAtDpcLevel at IRQL %u", SchedSelf()->Irql);
    SchedPoint(SIM_POINT_LOCK, Lock);
    SpinLockTake(Lock);
}

void
KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK Lock)
{
    if (SchedSelf()->Irql < DISPATCH_LEVEL)
        RuleBroken("irql", "KeReleaseSpinLockFromDpcLevel at IRQL %u", SchedSelf()->Irql);
    SpinLockGive(Lock);
    SchedPoint(SIM_POINT_UNLOCK, Lock);
}

void
KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK Lock, PKLOCK_QUEUE_HANDLE Handle)
{
    Handle->Lock = Lock;
    Handle->OldIrql = KeAcquireSpinLockRaiseToDpc(Lock);
}

void
KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE Handle)
{
    KeReleaseSpinLock(Handle->Lock, Handle->OldIrql);
}

/* ---- Events ---- */

void
KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    Event->Type = Type;
    Event->SignalState = State;
}

static LONG
EventSet(PRKEVENT Event, LONG State)
{
    RuleIrql("KeSetEvent", DISPATCH_LEVEL);
    SchedEnter();
    LONG Before = Event->SignalState;
    Event->SignalState = State;
    SchedChanged();
    SchedLeave();
    SchedPoint(SIM_POINT_SIGNAL, Event);
    return Before;
}

LONG
KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    (void)Increment;
    if (Wait)
        RuleBroken("sim", "KeSetEvent with Wait");
    return EventSet(Event, 1);
}

LONG
KeResetEvent(PRKEVENT Event)
{
    return EventSet(Event, 0);
}

void
KeClearEvent(PRKEVENT Event)
{
    EventSet(Event, 0);
}

LONG
KeReadStateEvent(PRKEVENT Event)
{
    SchedEnter();
    LONG State = Event->SignalState;
    SchedLeave();
    return State;
}

static bool
EventIsSet(const void *Context)
{
    return ((const KEVENT *)Context)->SignalState != 0;
}

NTSTATUS
KeWaitForSingleObject(PVOID Object, KWAIT_REASON Reason, KPROCESSOR_MODE Mode, BOOLEAN Alertable,
                      PLARGE_INTEGER Timeout)
{
    PKEVENT Event = Object;
    bool Poll = Timeout && Timeout->QuadPart == 0;
    (void)Reason;
    (void)Mode;
    (void)Alertable;
    if (Timeout && !Poll)
        RuleBroken("sim", "KeWaitForSingleObject with a timeout");
    if (!Poll && (SchedSelf()->Irql > APC_LEVEL || SchedSelf()->LockCount))
        RuleBroken("wait-at-dispatch", "KeWaitForSingleObject at IRQL %u", SchedSelf()->Irql);
    if (!Poll)
        RuleNotInNotify("KeWaitForSingleObject");

    SchedPoint(SIM_POINT_WAIT, Event);
    SchedEnter();
    if (!Poll)
        SchedWait(EventIsSet, Event);
    NTSTATUS Status = Event->SignalState ? STATUS_SUCCESS : STATUS_TIMEOUT;
    if (Event->SignalState && Event->Type == SynchronizationEvent)
        Event->SignalState = 0;
    SchedLeave();
    return Status;
}

/* ---- Critical regions, threads, time ---- */

void
KeEnterCriticalRegion(void)
{
    RuleIrql("KeEnterCriticalRegion", APC_LEVEL);
    SchedSelf()->CriticalRegions++;
}

void
KeLeaveCriticalRegion(void)
{
    RuleIrql("KeLeaveCriticalRegion", APC_LEVEL);
    if (SchedSelf()->CriticalRegions == 0)
        RuleBroken("critical-region", "KeLeaveCriticalRegion without KeEnterCriticalRegion");
    SchedSelf()->CriticalRegions--;
}

BOOLEAN
KeAreApcsDisabled(void)
{
    return SchedSelf()->CriticalRegions != 0;
}

PKTHREAD
KeGetCurrentThread(void)
{
    return SchedSelf();
}

void
KeQuerySystemTimePrecise(PLARGE_INTEGER Time)
{
    if (!SIM_CHECKS)
    {
        struct timespec Now;
        clock_gettime(CLOCK_REALTIME, &Now);
        Time->QuadPart = CLOCK_UNIX_EPOCH + Now.tv_sec * 10000000LL + Now.tv_nsec / 100;
        return;
    }
    Time->QuadPart = __atomic_load_n(&Clock, __ATOMIC_RELAXED);
}

void
KeQuerySystemTime(PLARGE_INTEGER Time)
{
    KeQuerySystemTimePrecise(Time);
    Time->QuadPart -= Time->QuadPart % SIM_CLOCK_TICK;
}

void
SimSetTime(LONGLONG Time)
{
    __atomic_store_n(&Clock, Time, __ATOMIC_RELAXED);
}

void
SimAdvanceTime(LONGLONG By)
{
    __atomic_add_fetch(&Clock, By, __ATOMIC_RELAXED);
}

void
KeReset(void)
{
    SimSetTime(CLOCK_START);
}
