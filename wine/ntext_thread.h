/* SPDX-License-Identifier: MIT
 *
 * What ntext knows of the calling thread: its IRQL and locks, as far as the driver's own calls change them
 * (Wine has no IRQL), and the event whose routine it is in.
 */
#ifndef NTEXT_THREAD_H
#define NTEXT_THREAD_H

#include <ntifs.h>

/* Whom the OS says that the calling thread is, while it is in a notify routine. 0: nobody knows. */
typedef struct THREAD_EVENT
{
    HANDLE ProcessId;
    HANDLE ThreadId;
    ULONG Kind;
} THREAD_EVENT;

KIRQL ThreadIrql(VOID);

/* Says that a rule is broken if the thread is above Highest. */
VOID ThreadRequire(_In_ KIRQL Highest, _In_ PCSTR Routine);

/* Event is the calling thread's until ThreadLeaveEvent, by which time the thread must have the IRQL, locks
 * and critical regions that it has now. Before is for ThreadLeaveEvent. */
typedef struct THREAD_BEFORE
{
    const THREAD_EVENT *Event;
    ULONG_PTR Held;
} THREAD_BEFORE;

VOID ThreadEnterEvent(_In_ const THREAD_EVENT *Event, _Out_ THREAD_BEFORE *Before);
VOID ThreadLeaveEvent(_In_ const THREAD_BEFORE *Before);

/* Of the calling thread; NULL outside all events. */
const THREAD_EVENT *ThreadEvent(VOID);

HANDLE NTAPI NtextPsGetCurrentProcessId(VOID);
HANDLE NTAPI NtextPsGetCurrentThreadId(VOID);
VOID NTAPI NtextKeEnterCriticalRegion(VOID);
VOID NTAPI NtextKeLeaveCriticalRegion(VOID);
#ifdef _X86_
KIRQL FASTCALL NtextKfAcquireSpinLock(PKSPIN_LOCK Lock);
VOID FASTCALL NtextKfReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL Irql);
#else
KIRQL NTAPI NtextKeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK Lock);
VOID NTAPI NtextKeReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL Irql);
#endif

#endif
