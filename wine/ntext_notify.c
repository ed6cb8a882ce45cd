/* SPDX-License-Identifier: MIT
 *
 * The notify routines that drivers register, and their calling. A routine's place in its table is guarded
 * twice: NotifyTables.Lock for who takes and frees it, rundown protection for the calls in flight, on which
 * its removal waits.
 *
 *     free -> registered -> removed, calls in flight -> free
 *
 * While a routine is called, PsGetCurrentProcessId and PsGetCurrentThreadId tell in that thread alone what
 * the event says: a NOTIFY_FRAME on the stack of each thread that raises.
 */
#include "ntext_kernel.h"

#define NOTIFY_MAX_ROUTINES 64u /* as in Windows */
#define NOTIFY_SUBSYSTEMS   0u  /* PsCreateProcessNotifySubsystems */
#define NOTIFY_CONFLICTING  1u  /* PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE */

typedef struct NOTIFY_ROUTINE
{
    PVOID Routine; /* NULL: free */
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
    NOTIFY_TABLE Process;
    NOTIFY_TABLE Image;
} NotifyTables;

typedef struct NOTIFY_FRAME
{
    LIST_ENTRY Link;
    HANDLE Thread; /* Wine's id of the thread that raises */
    HANDLE ProcessId;
    HANDLE ThreadId;
} NOTIFY_FRAME;

/* Guarded by NotifyFrameLock. */
static LIST_ENTRY NotifyFrames = {&NotifyFrames, &NotifyFrames};
static KSPIN_LOCK NotifyFrameLock;

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
    KeInitializeSpinLock(&NotifyTables.Lock);
    NotifyInitTable(&NotifyTables.Process);
    NotifyInitTable(&NotifyTables.Image);
}

/* ---- Registration -------------------------------------------------------------------------------------- */

static NOTIFY_ROUTINE *
NotifyFindLocked(_In_ NOTIFY_TABLE *Table, _In_opt_ PVOID Routine, _In_ ULONG Tier)
{
    for (ULONG i = 0; i < NOTIFY_MAX_ROUTINES; i++)
        if (Table->Routines[i].Routine == Routine && (!Routine || Table->Routines[i].Tier == Tier))
            return &Table->Routines[i];
    return NULL;
}

static NTSTATUS
NotifyAdd(_In_ NOTIFY_TABLE *Table, _In_ PVOID Routine, _In_ ULONG Tier, _In_ ULONG_PTR Flags)
{
    KIRQL Irql;
    NTSTATUS Status = STATUS_INVALID_PARAMETER;
    NtextStart();
    KeAcquireSpinLock(&NotifyTables.Lock, &Irql);
    if (!NotifyFindLocked(Table, Routine, Tier))
    {
        NOTIFY_ROUTINE *Place = NotifyFindLocked(Table, NULL, 0);
        Status = Place ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
        if (Place)
        {
            Place->Routine = Routine;
            Place->Tier = Tier;
            Place->Flags = Flags;
            ExInitializeRundownProtection(&Place->Calls);
        }
    }
    KeReleaseSpinLock(&NotifyTables.Lock, Irql);
    return Status;
}

static NTSTATUS
NotifyRemove(_In_ NOTIFY_TABLE *Table, _In_ PVOID Routine, _In_ ULONG Tier)
{
    KIRQL Irql;
    KeAcquireSpinLock(&NotifyTables.Lock, &Irql);
    NOTIFY_ROUTINE *Place = NotifyFindLocked(Table, Routine, Tier);
    KeReleaseSpinLock(&NotifyTables.Lock, Irql);
    if (!Place)
        return STATUS_PROCEDURE_NOT_FOUND;
    ExWaitForRundownProtectionRelease(&Place->Calls);
    KeAcquireSpinLock(&NotifyTables.Lock, &Irql);
    Place->Routine = NULL;
    KeReleaseSpinLock(&NotifyTables.Lock, Irql);
    return STATUS_SUCCESS;
}

static NTSTATUS
NotifySetProcess(_In_ PCWSTR Name, _In_ ULONG Tier, _In_ PVOID Routine, _In_ BOOLEAN Remove)
{
    UNICODE_STRING Registrar;
    if (Remove)
        return NotifyRemove(&NotifyTables.Process, Routine, Tier);
    RtlInitUnicodeString(&Registrar, Name);
    NTSTATUS Status = NtextOffer(&Registrar);
    if (!NT_SUCCESS(Status))
        return Status;
    if (Tier != NTEXT_TIER_BASE && !ImageForcesIntegrity(Routine))
        return STATUS_ACCESS_DENIED;
    Status = NotifyAdd(&NotifyTables.Process, Routine, Tier, 0);
    /* Of process routines the contract says so for a full table too. */
    return Status == STATUS_INSUFFICIENT_RESOURCES ? STATUS_INVALID_PARAMETER : Status;
}

NTSTATUS NTAPI
NtextPsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE Routine, BOOLEAN Remove)
{
    return NotifySetProcess(L"PsSetCreateProcessNotifyRoutine", NTEXT_TIER_BASE, (PVOID)(ULONG_PTR)Routine,
                            Remove);
}

NTSTATUS NTAPI
NtextPsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX Routine, BOOLEAN Remove)
{
    return NotifySetProcess(L"PsSetCreateProcessNotifyRoutineEx", NTEXT_TIER_EX, (PVOID)(ULONG_PTR)Routine,
                            Remove);
}

NTSTATUS NTAPI
NtextPsSetCreateProcessNotifyRoutineEx2(ULONG Type, PVOID Routine, BOOLEAN Remove)
{
    if (Type != NOTIFY_SUBSYSTEMS)
        return STATUS_INVALID_PARAMETER;
    return NotifySetProcess(L"PsSetCreateProcessNotifyRoutineEx2", NTEXT_TIER_EX2, Routine, Remove);
}

static NTSTATUS
NotifySetImage(_In_ PCWSTR Name, _In_ ULONG Tier, _In_ PLOAD_IMAGE_NOTIFY_ROUTINE Routine,
               _In_ ULONG_PTR Flags)
{
    UNICODE_STRING Registrar;
    RtlInitUnicodeString(&Registrar, Name);
    NTSTATUS Status = NtextOffer(&Registrar);
    return NT_SUCCESS(Status) ? NotifyAdd(&NotifyTables.Image, (PVOID)(ULONG_PTR)Routine, Tier, Flags)
                              : Status;
}

NTSTATUS NTAPI
NtextPsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine)
{
    return NotifySetImage(L"PsSetLoadImageNotifyRoutine", NTEXT_TIER_BASE, Routine, 0);
}

NTSTATUS NTAPI
NtextPsSetLoadImageNotifyRoutineEx(PLOAD_IMAGE_NOTIFY_ROUTINE Routine, ULONG_PTR Flags)
{
    if (Flags & ~(ULONG_PTR)NOTIFY_CONFLICTING)
        return STATUS_INVALID_PARAMETER_2;
    return NotifySetImage(L"PsSetLoadImageNotifyRoutineEx", NTEXT_TIER_EX, Routine, Flags);
}

NTSTATUS NTAPI
NtextPsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine)
{
    NTSTATUS Status = NotifyRemove(&NotifyTables.Image, (PVOID)(ULONG_PTR)Routine, NTEXT_TIER_EX);
    if (Status == STATUS_PROCEDURE_NOT_FOUND)
        Status = NotifyRemove(&NotifyTables.Image, (PVOID)(ULONG_PTR)Routine, NTEXT_TIER_BASE);
    return Status;
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
    KeAcquireSpinLock(&NotifyTables.Lock, &Irql);
    NotifyTableState(&NotifyTables.Process, &State->ProcessRoutines, &State->ProcessTier);
    NotifyTableState(&NotifyTables.Image, &State->ImageRoutines, &State->ImageTier);
    KeReleaseSpinLock(&NotifyTables.Lock, Irql);
}

/* ---- Who is running ------------------------------------------------------------------------------------ */

static VOID
NotifyEnter(_Out_ NOTIFY_FRAME *Frame, _In_ const NTEXT_EVENT *Event)
{
    KIRQL Irql;
    Frame->Thread = PsGetCurrentThreadId();
    Frame->ProcessId = ULongToHandle(Event->ProcessId);
    Frame->ThreadId = ULongToHandle(Event->ThreadId);
    KeEnterCriticalRegion();
    KeAcquireSpinLock(&NotifyFrameLock, &Irql);
    InsertHeadList(&NotifyFrames, &Frame->Link);
    KeReleaseSpinLock(&NotifyFrameLock, Irql);
}

static VOID
NotifyLeave(_Inout_ NOTIFY_FRAME *Frame)
{
    KIRQL Irql;
    KeAcquireSpinLock(&NotifyFrameLock, &Irql);
    RemoveEntryList(&Frame->Link);
    KeReleaseSpinLock(&NotifyFrameLock, Irql);
    KeLeaveCriticalRegion();
}

/* FALSE: this thread raises nothing now. */
static BOOLEAN
NotifyFindFrame(_Out_ PHANDLE ProcessId, _Out_ PHANDLE ThreadId)
{
    KIRQL Irql;
    BOOLEAN Found = FALSE;
    HANDLE Thread = PsGetCurrentThreadId();
    KeAcquireSpinLock(&NotifyFrameLock, &Irql);
    for (LIST_ENTRY *Link = NotifyFrames.Flink; Link != &NotifyFrames && !Found; Link = Link->Flink)
    {
        NOTIFY_FRAME *Frame = CONTAINING_RECORD(Link, NOTIFY_FRAME, Link);
        Found = Frame->Thread == Thread;
        *ProcessId = Frame->ProcessId;
        *ThreadId = Frame->ThreadId;
    }
    KeReleaseSpinLock(&NotifyFrameLock, Irql);
    return Found;
}

HANDLE NTAPI
NtextPsGetCurrentProcessId(VOID)
{
    HANDLE ProcessId, ThreadId;
    return NotifyFindFrame(&ProcessId, &ThreadId) ? ProcessId : PsGetCurrentProcessId();
}

HANDLE NTAPI
NtextPsGetCurrentThreadId(VOID)
{
    HANDLE ProcessId, ThreadId;
    return NotifyFindFrame(&ProcessId, &ThreadId) ? ThreadId : PsGetCurrentThreadId();
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
NotifyCallAll(_In_ const NOTIFY_CALL *Call, _Inout_ NTEXT_RESULT *Result)
{
    BOOLEAN IsImage = Call->Event->Kind == NTEXT_IMAGE;
    NOTIFY_TABLE *Table = IsImage ? &NotifyTables.Image : &NotifyTables.Process;
    for (ULONG i = 0; i < NOTIFY_MAX_ROUTINES; i++)
    {
        NOTIFY_ROUTINE *Routine = &Table->Routines[i];
        if (!ExAcquireRundownProtection(&Routine->Calls))
            continue;
        if (NotifyIsFor(Call->Event, Routine))
        {
            Result->Routines++;
            Result->Tier = Routine->Tier > Result->Tier ? Routine->Tier : Result->Tier;
            if (IsImage)
                NotifyCallImage(Call, Routine);
            else
                NotifyCallProcess(Call, Routine);
        }
        ExReleaseRundownProtection(&Routine->Calls);
    }
}

NTSTATUS
NotifyRaise(const NTEXT_EVENT *Event, PVOID Owner, NTEXT_RESULT *Result)
{
    NOTIFY_FRAME Frame;
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
    NotifyEnter(&Frame, Event);
    NotifyCallAll(&Call, Result);
    NotifyLeave(&Frame);
    if (Event->Kind == NTEXT_EXIT)
        ProcessUnlist(Call.Process);
    if (Call.Process)
        ProcessRelease(Call.Process);
    return STATUS_SUCCESS;
}
