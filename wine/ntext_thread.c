/* SPDX-License-Identifier: MIT
 *
 * Two thread-local slots of Wine's: what the thread holds, packed into one number, and the event it is in. An
 * IRQL is changed by spin locks alone, since the headers of x64 raise and lower it without a call.
 *
 * A spin lock held has its owner's thread id as its value; Wine's own routines only see that it is not 0.
 */
#include "ntext_thread.h"
#include "ntext_rule.h"

#define THREAD_NO_SLOT  0xFFFFFFFFu
#define THREAD_IRQL     ((ULONG_PTR)0xFF)
#define THREAD_REGION   ((ULONG_PTR)0x100) /* one critical region */
#define THREAD_SPIN_MAX 1000               /* before the processor is given up */

DECLSPEC_IMPORT ULONG WINAPI TlsAlloc(VOID);
DECLSPEC_IMPORT int WINAPI TlsFree(ULONG Slot);
DECLSPEC_IMPORT PVOID WINAPI TlsGetValue(ULONG Slot);
DECLSPEC_IMPORT int WINAPI TlsSetValue(ULONG Slot, PVOID Value);

/* Missing in the headers. */
NTSYSAPI NTSTATUS NTAPI ZwYieldExecution(VOID);

typedef enum THREAD_SLOT
{
    THREAD_HELD,
    THREAD_EVENT_SLOT,
    THREAD_SLOT_COUNT
} THREAD_SLOT;

static volatile LONG ThreadSlots[THREAD_SLOT_COUNT] = {(LONG)THREAD_NO_SLOT, (LONG)THREAD_NO_SLOT};

static ULONG
ThreadSlot(_In_ THREAD_SLOT Which)
{
    ULONG Slot = (ULONG)ThreadSlots[Which];
    if (Slot != THREAD_NO_SLOT)
        return Slot;
    Slot = TlsAlloc();
    ULONG Other = (ULONG)InterlockedCompareExchange(&ThreadSlots[Which], (LONG)Slot, (LONG)THREAD_NO_SLOT);
    if (Other == THREAD_NO_SLOT)
        return Slot;
    TlsFree(Slot);
    return Other;
}

static ULONG_PTR
ThreadHeld(VOID)
{
    return (ULONG_PTR)TlsGetValue(ThreadSlot(THREAD_HELD));
}

static VOID
ThreadSetHeld(_In_ ULONG_PTR Held)
{
    TlsSetValue(ThreadSlot(THREAD_HELD), (PVOID)Held);
}

KIRQL
ThreadIrql(VOID)
{
    return (KIRQL)(ThreadHeld() & THREAD_IRQL);
}

VOID
ThreadRequire(KIRQL Highest, PCSTR Routine)
{
    if (ThreadIrql() > Highest)
        RuleBroken(Routine, Highest == PASSIVE_LEVEL ? "above PASSIVE_LEVEL" : "above APC_LEVEL");
}

/* ---- The event ----------------------------------------------------------------------------------------- */

const THREAD_EVENT *
ThreadEvent(VOID)
{
    return TlsGetValue(ThreadSlot(THREAD_EVENT_SLOT));
}

VOID
ThreadEnterEvent(const THREAD_EVENT *Event, THREAD_BEFORE *Before)
{
    Before->Event = ThreadEvent();
    Before->Held = ThreadHeld();
    TlsSetValue(ThreadSlot(THREAD_EVENT_SLOT), (PVOID)(ULONG_PTR)Event);
}

VOID
ThreadLeaveEvent(const THREAD_BEFORE *Before)
{
    TlsSetValue(ThreadSlot(THREAD_EVENT_SLOT), (PVOID)(ULONG_PTR)Before->Event);
    if (ThreadHeld() == Before->Held)
        return;
    RuleBroken("a notify routine", "came back with another IRQL or number of critical regions");
    ThreadSetHeld(Before->Held);
}

HANDLE NTAPI
NtextPsGetCurrentProcessId(VOID)
{
    const THREAD_EVENT *Event = ThreadEvent();
    return Event ? Event->ProcessId : PsGetCurrentProcessId();
}

HANDLE NTAPI
NtextPsGetCurrentThreadId(VOID)
{
    const THREAD_EVENT *Event = ThreadEvent();
    return Event ? Event->ThreadId : PsGetCurrentThreadId();
}

/* ---- What it holds ------------------------------------------------------------------------------------- */

VOID NTAPI
NtextKeEnterCriticalRegion(VOID)
{
    ThreadRequire(APC_LEVEL, "KeEnterCriticalRegion");
    ThreadSetHeld(ThreadHeld() + THREAD_REGION);
    KeEnterCriticalRegion();
}

VOID NTAPI
NtextKeLeaveCriticalRegion(VOID)
{
    ThreadRequire(APC_LEVEL, "KeLeaveCriticalRegion");
    if (ThreadHeld() < THREAD_REGION)
    {
        RuleBroken("KeLeaveCriticalRegion", "a critical region left that was not entered");
        return;
    }
    ThreadSetHeld(ThreadHeld() - THREAD_REGION);
    KeLeaveCriticalRegion();
}

static KIRQL
ThreadAcquire(_Inout_ PKSPIN_LOCK Lock)
{
    KIRQL Irql = ThreadIrql();
    HANDLE Self = PsGetCurrentThreadId();
    if (*(volatile KSPIN_LOCK *)Lock == (ULONG_PTR)Self)
    {
        RuleBroken("KeAcquireSpinLock", "by the thread that holds the lock: it would wait for itself");
        return Irql;
    }
    for (ULONG Spins = 1; InterlockedCompareExchangePointer((PVOID *)Lock, Self, NULL); Spins++)
        if (Spins % THREAD_SPIN_MAX == 0)
            (VOID) ZwYieldExecution();
        else
            YieldProcessor();
    ThreadSetHeld((ThreadHeld() & ~THREAD_IRQL) | DISPATCH_LEVEL);
    return Irql;
}

static VOID
ThreadRelease(_Inout_ PKSPIN_LOCK Lock, _In_ KIRQL Irql)
{
    if (*(volatile KSPIN_LOCK *)Lock != (ULONG_PTR)PsGetCurrentThreadId())
    {
        RuleBroken("KeReleaseSpinLock", "by a thread that does not hold the lock");
        return;
    }
    (VOID) InterlockedExchangePointer((PVOID *)Lock, NULL);
    ThreadSetHeld((ThreadHeld() & ~THREAD_IRQL) | Irql);
}

#ifdef _X86_
KIRQL FASTCALL
NtextKfAcquireSpinLock(PKSPIN_LOCK Lock)
{
    return ThreadAcquire(Lock);
}

VOID FASTCALL
NtextKfReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL Irql)
{
    ThreadRelease(Lock, Irql);
}
#else
KIRQL NTAPI
NtextKeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK Lock)
{
    return ThreadAcquire(Lock);
}

VOID NTAPI
NtextKeReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL Irql)
{
    ThreadRelease(Lock, Irql);
}
#endif
