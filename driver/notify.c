/* SPDX-License-Identifier: MIT
 *
 * The OS calls these routines in the thread that does what they tell of, at PASSIVE_LEVEL, often with kernel
 * APCs disabled; up to Windows 7 image routines may run under a lock of the memory manager's. So: no waiting
 * for other threads, no I/O, no user-mode memory, and who it is about is what the arguments say, not the
 * current process.
 *
 * Each routine stands in a critical region of its own: a thread suspended between reserve and commit would
 * hold up every reader.
 *
 * A reference that a routine gives back may be the last one to a process: that is then deleted within the routine,
 * and its exit, if it never had a thread, is told there, by the routine called once more. So references are given
 * back before a record is reserved or after it is committed, and an exiting process is not referenced at all.
 */
#include "notify.h"
#include "gather.h"
#include "record.h"

#define NOTIFY_PROCESS_SUBSYSTEMS     0u /* PsCreateProcessNotifySubsystems */
#define NOTIFY_IMAGE_ANY_ARCHITECTURE 1u /* PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE */

static struct
{
    SESSIONS *Sessions;
    ULONG ProcessTier; /* PRCM_PROCESS_TIER_XXX in use, or PRCM_PROCESS_TIER_COUNT */
    ULONG ImageTier;
    /* Held by each routine: not every OS waits for them when they are removed. Each writes it, so away from the rest. */
    DECLSPEC_CACHEALIGN EX_RUNDOWN_REF Running;
} Notify;

static BOOLEAN
NotifyEnter(_In_ ULONG Kind)
{
    if (!LogCaptures(Notify.Sessions->Log, Kind))
        return FALSE;
    KeEnterCriticalRegion();
    if (ExAcquireRundownProtection(&Notify.Running))
        return TRUE;
    KeLeaveCriticalRegion();
    return FALSE;
}

static VOID
NotifyLeave(VOID)
{
    ExReleaseRundownProtection(&Notify.Running);
    KeLeaveCriticalRegion();
}

static VOID
NotifyReport(_Inout_ RECORD_PLAN *Plan, _In_ ULONG Kind, _In_ HANDLE ProcessId)
{
    PRCM_RECORD *Record =
        LogReserve(Notify.Sessions->Log, Kind, HandleToULong(ProcessId), RecordPlanSize(Plan));
    if (!Record)
        return; /* numbered and counted by the log */
    Plan->Fixed->ThreadId = HandleToULong(PsGetCurrentThreadId());
    RecordWrite(Plan, Record);
    SessionsCommit(Notify.Sessions, Record);
}

/* Starts. */

/* An id of 0 is nobody's: it stands for "not told". */
static PRCM_VALUE
NotifyId(_In_opt_ HANDLE Id)
{
    return Id ? RecordValue(HandleToULong(Id)) : RecordNoValue(PRCM_ABSENT);
}

/* The base tier is told of ids alone, but the OS calls its routine in the thread that creates the process (WDK:
 * PCREATE_PROCESS_NOTIFY_ROUTINE). */
static VOID
NotifyCreator(_Inout_ PRCM_START *Start)
{
    Start->CreatorProcessId = NotifyId(PsGetCurrentProcessId());
    Start->CreatorThreadId = NotifyId(PsGetCurrentThreadId());
}

static VOID
NotifyCreateInfo(_In_ const PS_CREATE_NOTIFY_INFO *Info, _Inout_ PRCM_START *Start, _Inout_ RECORD_PLAN *Plan)
{
    Start->CreatorProcessId = NotifyId(Info->CreatingThreadId.UniqueProcess);
    Start->CreatorThreadId = NotifyId(Info->CreatingThreadId.UniqueThread);
    Start->CreationStatus = RecordValue((ULONG)Info->CreationStatus);
    if (Notify.ProcessTier == PRCM_PROCESS_TIER_EX2)
        Start->Subsystem = RecordValue((Info->Flags & OS_IS_SUBSYSTEM_PROCESS) != 0);
    GatherPath(Info->ImageFileName, &Start->ImagePath, Plan);
    if (Start->ImagePath.Text.Status == PRCM_PRESENT)
        Start->ImageExact = RecordValue((Info->Flags & OS_FILE_OPEN_NAME_AVAILABLE) != 0);
    if (Info->CommandLine && Info->CommandLine->Buffer)
        RecordPlanBytes(Plan, &Start->CommandLine, Info->CommandLine->Buffer,
                        Info->CommandLine->Length & ~1u);
}

/* Info is NULL on the base tier, Process where it could not be looked up; LookupStatus says why. */
static VOID
NotifyStart(_In_opt_ PEPROCESS Process, _In_ NTSTATUS LookupStatus, _In_ HANDLE ProcessId,
            _In_opt_ HANDLE ParentId, _In_opt_ const PS_CREATE_NOTIFY_INFO *Info)
{
    PRCM_START Start = {0};
    GATHER_START Gather = {.LocatedName = NULL};
    RECORD_PLAN Plan;

    RecordPlanInit(&Plan, &Start.Header, sizeof(Start));
    if (Info)
        NotifyCreateInfo(Info, &Start, &Plan);
    else
        NotifyCreator(&Start);
    if (Process)
        GatherProcess(Process, &Gather, &Start, &Plan);
    else
        GatherNoProcess(LookupStatus, &Start);
    Start.ParentProcessId = NotifyId(ParentId);
    if (ParentId)
        Start.ParentCreateTime = GatherParentCreateTime(ParentId, &Start.CreateTime);
    NotifyReport(&Plan, PRCM_KIND_START, ProcessId);
    GatherRelease(&Gather);
}

static VOID
NotifyExit(_In_opt_ PEPROCESS Process, _In_ NTSTATUS LookupStatus, _In_ HANDLE ProcessId)
{
    PRCM_EXIT Exit = {0};
    RECORD_PLAN Plan;

    RecordPlanInit(&Plan, &Exit.Header, sizeof(Exit));
    if (Process)
    {
        Exit.CreateTime = GatherProcessCreateTime(Process);
        Exit.ExitStatus = RecordValue((ULONG)PsGetProcessExitStatus(Process));
    }
    else
    {
        Exit.CreateTime = Exit.ExitStatus = RecordNoValue(RecordFailure(LookupStatus));
    }
    NotifyReport(&Plan, PRCM_KIND_EXIT, ProcessId);
}

/* Tiers Ex and Ex2. */
static VOID NTAPI
NotifyProcessEx(_Inout_ PEPROCESS Process, _In_ HANDLE ProcessId, _Inout_opt_ PPS_CREATE_NOTIFY_INFO Info)
{
    if (!NotifyEnter(Info ? PRCM_KIND_START : PRCM_KIND_EXIT))
        return;
    if (Info)
        NotifyStart(Process, STATUS_SUCCESS, ProcessId, Info->ParentProcessId, Info);
    else
        NotifyExit(Process, STATUS_SUCCESS, ProcessId);
    NotifyLeave();
}

/* The base tier. */
static VOID NTAPI
NotifyProcess(_In_ HANDLE ParentId, _In_ HANDLE ProcessId, _In_ BOOLEAN Create)
{
    PEPROCESS Process = NULL;
    if (!NotifyEnter(Create ? PRCM_KIND_START : PRCM_KIND_EXIT))
        return;
    NTSTATUS Status = PsLookupProcessByProcessId(ProcessId, &Process);
    if (!NT_SUCCESS(Status))
        Process = NULL;
    if (Create)
        NotifyStart(Process, Status, ProcessId, ParentId, NULL);
    else
        NotifyExit(Process, Status, ProcessId);
    if (Process)
        ObDereferenceObject(Process);
    NotifyLeave();
}

/* Images. */

static VOID NTAPI
NotifyImage(_In_opt_ PUNICODE_STRING FullImageName, _In_ HANDLE ProcessId, _In_ PIMAGE_INFO Info)
{
    PRCM_IMAGE Image = {0};
    RECORD_PLAN Plan;

    if (!NotifyEnter(PRCM_KIND_IMAGE))
        return;
    RecordPlanInit(&Plan, &Image.Header, sizeof(Image));
    Image.ImageSize = Info->ImageSize;
    Image.Properties = Info->Properties;
    Image.Base = OsIsKernelAddress(Info->ImageBase) || (Info->Properties & PRCM_IMAGE_SYSTEM_MODE)
                     ? RecordNoValue(PRCM_WITHHELD)
                     : RecordValue((ULONG_PTR)Info->ImageBase);
    if (!(Info->Properties & PRCM_IMAGE_SYSTEM_MODE))
        Image.CreateTime = GatherCreateTime(ProcessId);
    GatherPath(FullImageName, &Image.ImagePath, &Plan);
    NotifyReport(&Plan, PRCM_KIND_IMAGE, ProcessId);
    NotifyLeave();
}

/* Registration. */

static NTSTATUS
NotifySetProcess(_In_ ULONG Tier, _In_ BOOLEAN Remove)
{
    switch (Tier)
    {
    case PRCM_PROCESS_TIER_EX2:
        return Os.SetProcessNotifyEx2 ? Os.SetProcessNotifyEx2(NOTIFY_PROCESS_SUBSYSTEMS,
                                                               (PVOID)(ULONG_PTR)NotifyProcessEx, Remove)
                                      : STATUS_PROCEDURE_NOT_FOUND;
    case PRCM_PROCESS_TIER_EX:
        return Os.SetProcessNotifyEx ? Os.SetProcessNotifyEx(NotifyProcessEx, Remove)
                                     : STATUS_PROCEDURE_NOT_FOUND;
    default:
        return Os.SetProcessNotify ? Os.SetProcessNotify(NotifyProcess, Remove) : STATUS_PROCEDURE_NOT_FOUND;
    }
}

static NTSTATUS
NotifySetImage(_In_ ULONG Tier)
{
    if (!Os.RemoveImageNotify)
        return STATUS_PROCEDURE_NOT_FOUND;
    if (Tier == PRCM_IMAGE_TIER_EX)
        return Os.SetImageNotifyEx ? Os.SetImageNotifyEx(NotifyImage, NOTIFY_IMAGE_ANY_ARCHITECTURE)
                                   : STATUS_PROCEDURE_NOT_FOUND;
    return Os.SetImageNotify ? Os.SetImageNotify(NotifyImage) : STATUS_PROCEDURE_NOT_FOUND;
}

static NTSTATUS
NotifyRegisterImage(_Inout_ PRCM_QUERY *Query)
{
    NTSTATUS Status = STATUS_PROCEDURE_NOT_FOUND;
    for (ULONG Tier = 0; Tier < PRCM_IMAGE_TIER_COUNT; Tier++)
    {
        Status = NotifySetImage(Tier);
        Query->ImageTierStatus[Tier] = NT_SUCCESS(Status) ? 0 : (ULONG)Status;
        if (NT_SUCCESS(Status))
        {
            Notify.ImageTier = Tier;
            break;
        }
    }
    return Status;
}

/* The tier is set before the routine can be called, which may be before its registration has returned. */
static NTSTATUS
NotifyRegisterProcess(_Inout_ PRCM_QUERY *Query)
{
    NTSTATUS Status = STATUS_PROCEDURE_NOT_FOUND;
    for (ULONG Tier = 0; Tier < PRCM_PROCESS_TIER_COUNT; Tier++)
    {
        Notify.ProcessTier = Tier;
        Status = NotifySetProcess(Tier, FALSE);
        Query->ProcessTierStatus[Tier] = NT_SUCCESS(Status) ? 0 : (ULONG)Status;
        if (NT_SUCCESS(Status))
            return Status;
    }
    Notify.ProcessTier = PRCM_PROCESS_TIER_COUNT;
    return Status;
}

NTSTATUS
NotifyRegister(SESSIONS *Sessions, PRCM_QUERY *Query)
{
    Notify.Sessions = Sessions;
    Notify.ImageTier = PRCM_IMAGE_TIER_COUNT;
    Notify.ProcessTier = PRCM_PROCESS_TIER_COUNT;
    ExInitializeRundownProtection(&Notify.Running);
    RtlFillMemory(Query->ProcessTierStatus, sizeof(Query->ProcessTierStatus), 0xFF); /* PRCM_TIER_NOT_TRIED */
    RtlFillMemory(Query->ImageTierStatus, sizeof(Query->ImageTierStatus), 0xFF);

    NTSTATUS Status = NotifyRegisterImage(Query);
    if (NT_SUCCESS(Status))
        Status = NotifyRegisterProcess(Query);
    if (!NT_SUCCESS(Status))
        NotifyUnregister();
    return Status;
}

VOID
NotifyUnregister(VOID)
{
    NTSTATUS Status = STATUS_SUCCESS;
    if (Notify.ProcessTier != PRCM_PROCESS_TIER_COUNT)
        Status = NotifySetProcess(Notify.ProcessTier, TRUE);
    ASSERT(NT_SUCCESS(Status));
    if (Notify.ImageTier != PRCM_IMAGE_TIER_COUNT)
        Status = Os.RemoveImageNotify(NotifyImage);
    ASSERT(NT_SUCCESS(Status));
    UNREFERENCED_PARAMETER(Status);
    ExWaitForRundownProtectionRelease(&Notify.Running);
}
