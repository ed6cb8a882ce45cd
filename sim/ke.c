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
SpinLockTake(PKSPIN_LOCK Lock, KIRQL OldIrql, bool Raised)
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
    Self->Locks[Self->LockCount++] = (HELD_LOCK){Lock, OldIrql, Raised};
}

static void
SpinLockGive(PKSPIN_LOCK Lock, KIRQL NewIrql, bool Lowers)
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
    while (Self->Locks[Index].Lock != Lock)
        Index++;
    HELD_LOCK Held = Self->Locks[Index];
    if (Held.Raised != Lowers)
        RuleBroken("spin-lock-pair", "a spin lock acquired %s DISPATCH_LEVEL is not released so",
                   Held.Raised ? "by a rise to" : "at");
    if (Held.Irql != NewIrql)
        RuleBroken("spin-lock-pair", "a spin lock acquired at IRQL %u is released to %u", Held.Irql, NewIrql);
    Self->Locks[Index] = Self->Locks[--Self->LockCount];
    __atomic_store_n(Lock, 0, __ATOMIC_RELEASE);
}

static KIRQL
SpinLockRaise(const char *Call, PKSPIN_LOCK Lock)
{
    PKTHREAD Self = SchedSelf();
    RuleIrql(Call, DISPATCH_LEVEL);
    SchedPoint(SIM_POINT_LOCK, Lock);
    KIRQL OldIrql = Self->Irql;
    Self->Irql = DISPATCH_LEVEL;
    SpinLockTake(Lock, OldIrql, true);
    return OldIrql;
}

KIRQL
KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK Lock)
{
    return SpinLockRaise("KeAcquireSpinLock", Lock);
}

void
KeReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL OldIrql)
{
    PKTHREAD Self = SchedSelf();
    SpinLockGive(Lock, OldIrql, true);
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
    SpinLockTake(Lock, DISPATCH_LEVEL, false);
}

void
KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK Lock)
{
    if (SchedSelf()->Irql < DISPATCH_LEVEL)
        RuleBroken("irql", "KeReleaseSpinLockFromDpcLevel at IRQL %u", SchedSelf()->Irql);
    SpinLockGive(Lock, DISPATCH_LEVEL, false);
    SchedPoint(SIM_POINT_UNLOCK, Lock);
}

/* ---- Events ---- */

void
KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    *Event = (KEVENT){.Type = Type, .SignalState = State, .Made = Event};
}

static void
EventCheck(const char *Call, const KEVENT *Event)
{
    RuleIrql(Call, DISPATCH_LEVEL);
    if (SIM_CHECKS && Event->Made != Event)
        RuleBroken("event", "%s of %p, which is no event", Call, (const void *)Event);
}

LONG
KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    (void)Increment;
    EventCheck("KeSetEvent", Event);
    if (Wait)
        RuleBroken("sim", "KeSetEvent with Wait");
    SchedEnter();
    LONG Before = Event->SignalState;
    Event->SignalState = 1;
    SchedChanged();
    SchedLeave();
    SchedPoint(SIM_POINT_SIGNAL, Event);
    return Before;
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
    EventCheck("KeWaitForSingleObject", Event);
    if (Mode != KernelMode || Alertable)
        RuleBroken("sim", "KeWaitForSingleObject that user mode or an alert may end");
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
    RuleIrql("KeAreApcsDisabled", DISPATCH_LEVEL);
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
