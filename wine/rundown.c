/* SPDX-License-Identifier: MIT
 *
 * Rundown protection by the WDK's contract. Plain WDM: the same file serves ntext.sys and the kernel in user
 * mode.
 *
 *     Count                 state
 *     2 * holders           open: holders come and go
 *     &RUNDOWN_WAIT | 1     closed: somebody waits until the holders counted there have gone
 *     1                     closed, and run down
 *
 * It never opens again, short of a new ExInitializeRundownProtection.
 */
#include <ntifs.h>

#define RUNDOWN_CLOSED ((ULONG_PTR)1)
#define RUNDOWN_HOLDER ((ULONG_PTR)2)

typedef struct RUNDOWN_WAIT
{
    volatile LONG Holders;
    KEVENT Gone;
} RUNDOWN_WAIT;

/* Old becomes New if it is what is there. What was there: Old, if it did. */
static ULONG_PTR
RundownExchange(_Inout_ PEX_RUNDOWN_REF RunRef, _In_ ULONG_PTR Old, _In_ ULONG_PTR New)
{
    return (ULONG_PTR)InterlockedCompareExchangePointer((PVOID *)&RunRef->Ptr, (PVOID)New, (PVOID)Old);
}

VOID FASTCALL
ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    ASSERT(KeGetCurrentIrql() <= APC_LEVEL);
    ASSERT((ULONG_PTR)RunRef % sizeof(PVOID) == 0);
    (VOID) InterlockedExchangePointer((PVOID *)&RunRef->Ptr, NULL);
}

BOOLEAN FASTCALL
ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    ULONG_PTR Count = 0, Seen;
    while ((Seen = RundownExchange(RunRef, Count, Count + RUNDOWN_HOLDER)) != Count)
    {
        if (Seen & RUNDOWN_CLOSED)
            return FALSE;
        Count = Seen;
    }
    return TRUE;
}

VOID FASTCALL
ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    ULONG_PTR Count = RUNDOWN_HOLDER, Seen;
    while ((Seen = RundownExchange(RunRef, Count, Count - RUNDOWN_HOLDER)) != Count)
    {
        BOOLEAN IsHeld = Seen > RUNDOWN_CLOSED;
        ASSERT(IsHeld);
        if (!IsHeld)
            return;
        if (Seen & RUNDOWN_CLOSED)
        {
            RUNDOWN_WAIT *Wait = (RUNDOWN_WAIT *)(Seen & ~RUNDOWN_CLOSED);
            if (InterlockedDecrement((PLONG)&Wait->Holders) == 0)
                KeSetEvent(&Wait->Gone, IO_NO_INCREMENT, FALSE);
            return;
        }
        Count = Seen;
    }
}

VOID FASTCALL
ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
    RUNDOWN_WAIT Wait;
    ULONG_PTR Count = 0, Closed = RUNDOWN_CLOSED, Seen;
    ASSERT(KeGetCurrentIrql() <= APC_LEVEL);
    KeInitializeEvent(&Wait.Gone, NotificationEvent, FALSE);
    while ((Seen = RundownExchange(RunRef, Count, Closed)) != Count)
    {
        if (Seen & RUNDOWN_CLOSED)
            return;
        Count = Seen;
        Wait.Holders = (LONG)(Count / RUNDOWN_HOLDER);
        Closed = RUNDOWN_CLOSED | (Count ? (ULONG_PTR)&Wait : 0);
    }
    if (!Count)
        return;
    (VOID) KeWaitForSingleObject(&Wait.Gone, Executive, KernelMode, FALSE, NULL);
    (VOID) InterlockedExchangePointer((PVOID *)&RunRef->Ptr, (PVOID)RUNDOWN_CLOSED);
}
