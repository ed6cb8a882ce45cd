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

static BOOLEAN
RundownExchange(_Inout_ PEX_RUNDOWN_REF RunRef, _In_ ULONG_PTR Old, _In_ ULONG_PTR New)
{
    return InterlockedCompareExchangePointer((PVOID *)&RunRef->Ptr, (PVOID)New, (PVOID)Old) == (PVOID)Old;
}

/* An exchange of 0 for 0: the one way to read atomically that every kernel header has. */
static ULONG_PTR
RundownRead(_Inout_ PEX_RUNDOWN_REF RunRef)
{
    return (ULONG_PTR)InterlockedCompareExchangePointer((PVOID *)&RunRef->Ptr, NULL, NULL);
}

VOID FASTCALL
ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    (VOID) InterlockedExchangePointer((PVOID *)&RunRef->Ptr, NULL);
}

BOOLEAN FASTCALL
ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    for (;;)
    {
        ULONG_PTR Count = RundownRead(RunRef);
        if (Count & RUNDOWN_CLOSED)
            return FALSE;
        if (RundownExchange(RunRef, Count, Count + RUNDOWN_HOLDER))
            return TRUE;
    }
}

VOID FASTCALL
ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    for (;;)
    {
        ULONG_PTR Count = RundownRead(RunRef);
        if (Count & RUNDOWN_CLOSED)
        {
            RUNDOWN_WAIT *Wait = (RUNDOWN_WAIT *)(Count & ~RUNDOWN_CLOSED);
            if (InterlockedDecrement((PLONG)&Wait->Holders) == 0)
                KeSetEvent(&Wait->Gone, IO_NO_INCREMENT, FALSE);
            return;
        }
        if (RundownExchange(RunRef, Count, Count - RUNDOWN_HOLDER))
            return;
    }
}

VOID FASTCALL
ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
    RUNDOWN_WAIT Wait;
    KeInitializeEvent(&Wait.Gone, NotificationEvent, FALSE);
    for (;;)
    {
        ULONG_PTR Count = RundownRead(RunRef);
        if (Count & RUNDOWN_CLOSED)
            return;
        if (Count == 0)
        {
            if (RundownExchange(RunRef, 0, RUNDOWN_CLOSED))
                return;
            continue;
        }
        Wait.Holders = (LONG)(Count / RUNDOWN_HOLDER);
        if (RundownExchange(RunRef, Count, (ULONG_PTR)&Wait | RUNDOWN_CLOSED))
            break;
    }
    (VOID) KeWaitForSingleObject(&Wait.Gone, Executive, KernelMode, FALSE, NULL);
    (VOID) InterlockedExchangePointer((PVOID *)&RunRef->Ptr, (PVOID)RUNDOWN_CLOSED);
}
