/* SPDX-License-Identifier: MIT
 *
 * The notify routines that drivers register, and their calling. A routine's place in its table is guarded
 * twice: Notified.Lock for who takes and frees it, rundown protection for the calls in flight, on which
 * its removal waits.
 *
 *     free -> registered -> removed, calls in flight -> free
 *
 * While a routine is called, PsGetCurrentProcessId and PsGetCurrentThreadId tell in that thread alone whom NT
 * would have it run in: the creator at a start, else the process itself.
 */
#include "ntext_notify.h"
#include "ntext_process.h"
#include "ntext_rule.h"
#include "ntext_thread.h"

#define NOTIFY_MAX_ROUTINES 64u /* as in Windows */

typedef struct NOTIFY_ROUTINE
{
    PVOID Routine;   /* NULL: free */
    BOOLEAN Leaving; /* being removed: it is found no more, and its place is not free yet */
    ULONG Tier;
    ULONG_PTR Flags;
    EX_RUNDOWN_REF Calls; /* run down wherever the routine must not be called */
} NOTIFY_ROUTINE;

typedef struct NOTIFY_TABLE
{
    NOTIFY_ROUTINE Routines[NOTIFY_MAX_ROUTINES];
} NOTIFY_TABLE;

static struct
{
    KSPIN_LOCK Lock;
    NOTIFY_TABLE Tables[NOTIFY_IMAGE + 1];
} Notified;

static VOID
NotifyInitTable(_Out_ NOTIFY_TABLE *Table)
{
    for (ULONG i = 0; i < NOTIFY_MAX_ROUTINES; i++)
    {
        ExInitializeRundownProtection(&Table->Routines[i].Calls);
        ExWaitForRundownProtectionRelease(&Table->Routines[i].Calls);
    }
}

VOID
NotifyInit(VOID)
{
    KeInitializeSpinLock(&Notified.Lock);
    NotifyInitTable(&Notified.Tables[NOTIFY_PROCESS]);
    NotifyInitTable(&Notified.Tables[NOTIFY_IMAGE]);
}

/* ---- Registration -------------------------------------------------------------------------------------- */

static NOTIFY_ROUTINE *
NotifyFindFreeLocked(_In_ NOTIFY_TABLE *Table)
{
    for (ULONG i = 0; i < NOTIFY_MAX_ROUTINES; i++)
        if (!Table->Routines[i].Routine)
            return &Table->Routines[i];
    return NULL;
}

static NOTIFY_ROUTINE *
NotifyFindLocked(_In_ NOTIFY_TABLE *Table, _In_ PVOID Routine, _In_ ULONG Tier)
{
    for (ULONG i = 0; i < NOTIFY_MAX_ROUTINES && Routine; i++)
        if (Table->Routines[i].Routine == Routine && Table->Routines[i].Tier == Tier &&
            !Table->Routines[i].Leaving)
            return &Table->Routines[i];
    return NULL;
}

NTSTATUS
NotifyAdd(NOTIFY_WHICH Which, PVOID Routine, ULONG Tier, ULONG_PTR Flags)
{
    KIRQL Irql;
    NOTIFY_TABLE *Table = &Notified.Tables[Which];
    NTSTATUS Status = STATUS_INVALID_PARAMETER;
    KeAcquireSpinLock(&Notified.Lock, &Irql);
    /* NT takes an image routine as often as it comes, and calls it as often. */
    if (Which == NOTIFY_IMAGE || !NotifyFindLocked(Table, Routine, Tier))
    {
        NOTIFY_ROUTINE *Place = NotifyFindFreeLocked(Table);
        Status = Place ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
        if (Place)
        {
            Place->Routine = Routine;
            Place->Tier = Tier;
            Place->Flags = Flags;
            ExInitializeRundownProtection(&Place->Calls);
        }
    }
    KeReleaseSpinLock(&Notified.Lock, Irql);
    return Status;
}

/* Whether this thread is in a routine of that table. */
static BOOLEAN
NotifyIsInside(_In_ NOTIFY_WHICH Which)
{
    const THREAD_EVENT *Event = ThreadEvent();
    return Event && (Event->Kind == NTEXT_IMAGE) == (Which == NOTIFY_IMAGE);
}

NTSTATUS
NotifyRemove(NOTIFY_WHICH Which, PVOID Routine, ULONG Tier)
{
    KIRQL Irql;
    if (NotifyIsInside(Which))
    {
        RuleBroken("a notify routine", "removed from within one: NT would wait for ever");
        return STATUS_POSSIBLE_DEADLOCK;
    }
    KeAcquireSpinLock(&Notified.Lock, &Irql);
    NOTIFY_ROUTINE *Place = NotifyFindLocked(&Notified.Tables[Which], Routine, Tier);
    if (Place)
        Place->Leaving = TRUE;
    KeReleaseSpinLock(&Notified.Lock, Irql);
    if (!Place)
        return STATUS_PROCEDURE_NOT_FOUND;
    ExWaitForRundownProtectionRelease(&Place->Calls);
    KeAcquireSpinLock(&Notified.Lock, &Irql);
    Place->Routine = NULL;
    Place->Leaving = FALSE;
    KeReleaseSpinLock(&Notified.Lock, Irql);
    return STATUS_SUCCESS;
}

static VOID
NotifyTableState(_In_ const NOTIFY_TABLE *Table, _Out_ uint32_t *Routines, _Out_ uint32_t *Tier)
{
    *Routines = *Tier = 0;
    for (ULONG i = 0; i < NOTIFY_MAX_ROUTINES; i++)
        if (Table->Routines[i].Routine)
        {
            *Routines += 1;
            *Tier = Table->Routines[i].Tier > *Tier ? Table->Routines[i].Tier : *Tier;
        }
}

VOID
NotifyState(NTEXT_STATE *State)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Notified.Lock, &Irql);
    NotifyTableState(&Notified.Tables[NOTIFY_PROCESS], &State->ProcessRoutines, &State->ProcessTier);
    NotifyTableState(&Notified.Tables[NOTIFY_IMAGE], &State->ImageRoutines, &State->ImageTier);
    KeReleaseSpinLock(&Notified.Lock, Irql);
}

/* ---- Calling ------------------------------------------------------------------------------------------- */

/* What the routines of one event are called with. */
typedef struct NOTIFY_CALL
{
    const NTEXT_EVENT *Event;
    NTEXT_PROCESS *Process; /* NULL for a kernel image */
} NOTIFY_CALL;

static PUNICODE_STRING
NotifyText(_In_ const NTEXT_EVENT *Event, _In_ NTEXT_BYTES Bytes, _Out_ PUNICODE_STRING Text)
{
    if (!Bytes.Offset)
        return NULL;
    Text->Buffer = (PWCH)(PVOID)((PUCHAR)(PVOID)Event + Bytes.Offset);
    Text->Length = Text->MaximumLength = (USHORT)Bytes.Length;
    return Text;
}

/* Each routine gets its own copies, so that none sees what another wrote. */
static VOID
NotifyCallProcessEx(_In_ const NOTIFY_CALL *Call, _In_ PVOID Routine)
{
    const NTEXT_EVENT *Event = Call->Event;
    PCREATE_PROCESS_NOTIFY_ROUTINE_EX Notify = (PCREATE_PROCESS_NOTIFY_ROUTINE_EX)(ULONG_PTR)Routine;
    PS_CREATE_NOTIFY_INFO Info = {.Size = sizeof(Info)};
    UNICODE_STRING Image, CommandLine;
    Info.Flags = Event->CreateFlags;
    Info.ParentProcessId = ULongToHandle(Event->ParentProcessId);
    Info.CreatingThreadId.UniqueProcess = ULongToHandle(Event->CreatorProcessId);
    Info.CreatingThreadId.UniqueThread = ULongToHandle(Event->CreatorThreadId);
    Info.ImageFileName = NotifyText(Event, Event->Image, &Image);
    Info.CommandLine = NotifyText(Event, Event->CommandLine, &CommandLine);
    Info.CreationStatus = (NTSTATUS)Event->CreationStatus;
    Notify(ProcessObject(Call->Process), ULongToHandle(Event->ProcessId),
           Event->Kind == NTEXT_START ? &Info : NULL);
}

static VOID
NotifyCallProcess(_In_ const NOTIFY_CALL *Call, _In_ const NOTIFY_ROUTINE *Routine)
{
    const NTEXT_EVENT *Event = Call->Event;
    if (Routine->Tier != NTEXT_TIER_BASE)
        NotifyCallProcessEx(Call, Routine->Routine);
    else
        ((PCREATE_PROCESS_NOTIFY_ROUTINE)(ULONG_PTR)Routine->Routine)(ULongToHandle(Event->ParentProcessId),
                                                                      ULongToHandle(Event->ProcessId),
                                                                      Event->Kind == NTEXT_START);
}

static VOID
NotifyCallImage(_In_ const NOTIFY_CALL *Call, _In_ const NOTIFY_ROUTINE *Routine)
{
    const NTEXT_EVENT *Event = Call->Event;
    IMAGE_INFO_EX Info = {.Size = sizeof(Info)};
    UNICODE_STRING Image;
    Info.ImageInfo.Properties = Event->Properties;
    Info.ImageInfo.ImageBase = (PVOID)(ULONG_PTR)Event->Base;
    Info.ImageInfo.ImageSize = (SIZE_T)Event->ImageSize;
    ((PLOAD_IMAGE_NOTIFY_ROUTINE)(ULONG_PTR)Routine->Routine)(
        NotifyText(Event, Event->Image, &Image), ULongToHandle(Event->ProcessId), &Info.ImageInfo);
}

/* Whether Windows would call a routine registered in this way for such an event. */
static BOOLEAN
NotifyIsFor(_In_ const NTEXT_EVENT *Event, _In_ const NOTIFY_ROUTINE *Routine)
{
    if (Event->Kind == NTEXT_IMAGE)
        return !(Event->Properties & NTEXT_IMAGE_MISMATCH) || (Routine->Flags & NOTIFY_CONFLICTING);
    return !(Event->CreateFlags & NTEXT_IS_SUBSYSTEM_PROCESS) || Routine->Tier == NTEXT_TIER_EX2;
}

static VOID
NotifyCallAll(_In_ const NOTIFY_CALL *Call, _In_ const THREAD_EVENT *As, _Inout_ NTEXT_RESULT *Result)
{
    THREAD_BEFORE Before;
    BOOLEAN IsImage = Call->Event->Kind == NTEXT_IMAGE;
    NOTIFY_TABLE *Table = &Notified.Tables[IsImage ? NOTIFY_IMAGE : NOTIFY_PROCESS];
    for (ULONG i = 0; i < NOTIFY_MAX_ROUTINES; i++)
    {
        NOTIFY_ROUTINE *Routine = &Table->Routines[i];
        if (!ExAcquireRundownProtection(&Routine->Calls))
            continue;
        if (NotifyIsFor(Call->Event, Routine))
        {
            Result->Routines++;
            Result->Tier = Routine->Tier > Result->Tier ? Routine->Tier : Result->Tier;
            ThreadEnterEvent(As, &Before);
            if (IsImage)
                NotifyCallImage(Call, Routine);
            else
                NotifyCallProcess(Call, Routine);
            ThreadLeaveEvent(&Before);
        }
        ExReleaseRundownProtection(&Routine->Calls);
    }
}

/* In a critical region, as NT does. */
static VOID
NotifyCallAs(_In_ const NOTIFY_CALL *Call, _Inout_ NTEXT_RESULT *Result)
{
    const NTEXT_EVENT *Event = Call->Event;
    BOOLEAN IsStart = Event->Kind == NTEXT_START;
    THREAD_EVENT As = {.ProcessId = ULongToHandle(IsStart ? Event->CreatorProcessId : Event->ProcessId),
                       .ThreadId = ULongToHandle(IsStart ? Event->CreatorThreadId : Event->ThreadId),
                       .Kind = Event->Kind};
    KeEnterCriticalRegion();
    NotifyCallAll(Call, &As, Result);
    KeLeaveCriticalRegion();
}

NTSTATUS
NotifyRaise(const NTEXT_EVENT *Event, PVOID Owner, NTEXT_RESULT *Result)
{
    NOTIFY_CALL Call = {.Event = Event};
    RtlZeroMemory(Result, sizeof(*Result));
    if (Event->Kind == NTEXT_START)
        ProcessNoteParent(Event, Owner);
    if (Event->ProcessId)
    {
        Call.Process = ProcessOfEvent(Event, Owner);
        if (!Call.Process)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (Event->Kind == NTEXT_EXIT)
        ProcessSetExitStatus(Call.Process, (NTSTATUS)Event->ExitStatus);
    NotifyCallAs(&Call, Result);
    if (Event->Kind == NTEXT_EXIT)
        ProcessUnlist(Call.Process);
    if (Call.Process)
        ProcessRelease(Call.Process);
    return STATUS_SUCCESS;
}
