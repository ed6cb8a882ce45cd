/* SPDX-License-Identifier: MIT
 *
 * Processes, and the routines that are told of them. A table of routines is read-locked while its routines
 * run: to remove one waits for all that run, and two threads that raise are not ordered by it.
 */
#include "kernel.h"

#define NOTIFY_LIMIT_OLD 8  /* of processes in NT 5.2, of images until an update of Windows 8.1 */
#define NOTIFY_LIMIT     64 /* later */
#define SE_LOCATE_TAG    0x6E496553u

struct _EPROCESS
{
    struct _EPROCESS *Next;
    SIM_PROCESS Info;
    UNICODE_STRING ImageName;
    void *Token;
    NTSTATUS ExitStatus;
    bool Owns; /* handles or requests, or once did */
};

typedef enum NOTIFY_KIND
{
    NOTIFY_FREE,
    NOTIFY_OTHER_DRIVER,
    NOTIFY_BASE,
    NOTIFY_EX,
    NOTIFY_EX2
} NOTIFY_KIND;

typedef struct NOTIFY_ROUTINE
{
    NOTIFY_KIND Kind;
    PVOID Routine;
} NOTIFY_ROUTINE;

typedef struct NOTIFY_TABLE
{
    SCHED_RW *Lock;
    ULONG End; /* behind the last that is not free */
    NOTIFY_ROUTINE Routines[NOTIFY_LIMIT];
} NOTIFY_TABLE;

#define TABLE_CHAINS 256u

static struct
{
    SCHED_RW *Lock;                 /* guards Chains */
    PEPROCESS Chains[TABLE_CHAINS]; /* by id */
    PEPROCESS System;
} Table;

static NOTIFY_TABLE ProcessRoutines;
static NOTIFY_TABLE ImageRoutines;

/* ---- Processes ---- */

static void
ProcessDelete(void *Object)
{
    PEPROCESS Process = Object;
    if (Process->Info.Threadless)
        SimNotifyExit(Process, STATUS_PENDING, 0);
    free(Process->ImageName.Buffer);
    ObpDereference(Process->Token);
}

struct _OBJECT_TYPE ObpProcessType = {"Process", ProcessDelete};

/* Where the chain of Id begins. Ids are multiples of 4. */
static PEPROCESS *
TableChain(ULONG Id)
{
    return &Table.Chains[Id / 4 % TABLE_CHAINS];
}

PEPROCESS
SimProcessAdd(const SIM_PROCESS *Info)
{
    PEPROCESS Process = ObpCreate(&ObpProcessType, sizeof(*Process));
    Process->Info = *Info;
    Process->ImageName = RtlpCopyString(Info->ImageName);
    Process->Token = SeCreateToken(Info);
    Process->ExitStatus = STATUS_PENDING;
    PEPROCESS *Chain = TableChain(Info->Id);
    SchedRwWrite(Table.Lock);
    Process->Next = *Chain;
    *Chain = Process;
    SchedRwRelease(Table.Lock);
    return Process;
}

void
SimProcessForget(PEPROCESS Process)
{
    SchedRwWrite(Table.Lock);
    PEPROCESS *At = TableChain(Process->Info.Id);
    while (*At != Process)
        At = &(*At)->Next;
    *At = Process->Next;
    SchedRwRelease(Table.Lock);
    ObpDereference(Process);
}

NTSTATUS
PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process)
{
    RuleIrql("PsLookupProcessByProcessId", APC_LEVEL);
    *Process = (PEPROCESS)(ULONG_PTR)-8; /* what a failure leaves there nobody has promised */
    NTSTATUS Nobody = DriverOs() >= SIM_NT60 ? STATUS_INVALID_CID : STATUS_INVALID_PARAMETER;
    NTSTATUS Status = FaultStatus("PsLookupProcessByProcessId", Nobody);
    if (!NT_SUCCESS(Status))
        return Status;
    SchedRwRead(Table.Lock);
    PEPROCESS Found = *TableChain(HandleToULong(ProcessId));
    while (Found && Found->Info.Id != HandleToULong(ProcessId))
        Found = Found->Next;
    if (Found)
        ObpReferenceForDriver(Found);
    SchedRwRelease(Table.Lock);
    if (!Found)
        return Nobody;
    *Process = Found;
    return STATUS_SUCCESS;
}

/* Not by track.c, whose locks would order threads that nothing else does. */
static void
ProcessCheck(const char *Call, const void *Process)
{
    if (SIM_CHECKS && ObpTypeOf(Process) != &ObpProcessType)
        RuleBroken("reference", "%s of %p, which is no process", Call, Process);
}

LONGLONG
PsGetProcessCreateTimeQuadPart(PEPROCESS Process)
{
    ProcessCheck("PsGetProcessCreateTimeQuadPart", Process);
    return Process->Info.CreateTime;
}

NTSTATUS
PsGetProcessExitStatus(PEPROCESS Process)
{
    RuleIrql("PsGetProcessExitStatus", APC_LEVEL);
    ProcessCheck("PsGetProcessExitStatus", Process);
    return Process->ExitStatus;
}

PCUNICODE_STRING
PsImageName(PEPROCESS Process)
{
    return &Process->ImageName;
}

bool
PsIsEmulated(PEPROCESS Process)
{
    return Process->Info.Emulated;
}

void *
PsToken(PEPROCESS Process)
{
    return Process->Token;
}

ULONGLONG
PsGetProcessStartKey(PEPROCESS Process)
{
    RuleIrql("PsGetProcessStartKey", DISPATCH_LEVEL);
    ProcessCheck("PsGetProcessStartKey", Process);
    return Process->Info.StartKey;
}

NTSTATUS
SeLocateProcessImageName(PEPROCESS Process, PUNICODE_STRING *Name)
{
    RulePassive("SeLocateProcessImageName");
    ProcessCheck("SeLocateProcessImageName", Process);
    NTSTATUS Status = FaultStatus("SeLocateProcessImageName", STATUS_INSUFFICIENT_RESOURCES);
    *Name = NULL;
    if (!NT_SUCCESS(Status))
        return Status;
    SIZE_T Bytes = sizeof(**Name) + Process->ImageName.Length + sizeof(WCHAR);
    UNICODE_STRING *Copy = PoolAllocate("SeLocateProcessImageName", true, false, Bytes, SE_LOCATE_TAG,
                                        __builtin_return_address(0));
    if (!Copy)
        return STATUS_NO_MEMORY;
    Copy->Buffer = (PWCH)(void *)(Copy + 1);
    Copy->Length = Copy->MaximumLength = Process->ImageName.Length;
    if (Copy->Length)
        memcpy(Copy->Buffer, Process->ImageName.Buffer, Copy->Length);
    *Name = Copy;
    return STATUS_SUCCESS;
}

HANDLE
PsGetCurrentProcessId(void)
{
    return ULongToHandle(SchedSelf()->ProcessId);
}

HANDLE
PsGetCurrentThreadId(void)
{
    return ULongToHandle(SchedSelf()->ThreadId);
}

PEPROCESS
IoGetCurrentProcess(void)
{
    return SchedSelf()->Process ? SchedSelf()->Process : Table.System;
}

/* ---- Registration ---- */

static ULONG
NotifyLimit(const NOTIFY_TABLE *Routines)
{
    SIM_OS LastOld = Routines == &ImageRoutines ? SIM_NT62 : SIM_NT52;
    return DriverOs() <= LastOld ? NOTIFY_LIMIT_OLD : NOTIFY_LIMIT;
}

static bool
NotifyIsKnownLocked(const NOTIFY_TABLE *Routines, NOTIFY_KIND Kind, PVOID Routine)
{
    for (ULONG Index = 0; Index < Routines->End; Index++)
        if (Routines->Routines[Index].Kind == Kind && Routines->Routines[Index].Routine == Routine)
            return true;
    return false;
}

/* A process routine is refused a second time, with the status of a full table; an image routine is called as often as it
 * was registered. */
static NTSTATUS
NotifyAdd(const char *Call, NOTIFY_TABLE *Routines, NOTIFY_KIND Kind, PVOID Routine, NTSTATUS FullStatus)
{
    ULONG Limit = NotifyLimit(Routines);
    RulePassive(Call);
    RtlpCheckPointer(Call, "the routine", Routine, 1);
    NTSTATUS Status = FaultStatus(Call, FullStatus);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = FullStatus;
    SchedRwWrite(Routines->Lock);
    if (Routines != &ProcessRoutines || !NotifyIsKnownLocked(Routines, Kind, Routine))
    {
        ULONG Index = 0;
        while (Index < Limit && Routines->Routines[Index].Kind != NOTIFY_FREE)
            Index++;
        if (Index < Limit)
        {
            Routines->Routines[Index] = (NOTIFY_ROUTINE){Kind, Routine};
            Routines->End = max(Routines->End, Index + 1);
            Status = STATUS_SUCCESS;
        }
    }
    SchedRwRelease(Routines->Lock);
    return Status;
}

static NTSTATUS
NotifyRemove(const char *Call, NOTIFY_TABLE *Routines, NOTIFY_KIND Kind, PVOID Routine)
{
    NTSTATUS Status = STATUS_PROCEDURE_NOT_FOUND;
    RulePassive(Call);
    if (SchedSelf()->Notify)
        RuleBroken("notify-remove-inside", "%s removes in a notify routine (%s)", Call, SchedSelf()->Notify);
    SchedRwWrite(Routines->Lock);
    for (ULONG Index = 0; Index < NOTIFY_LIMIT; Index++)
    {
        NOTIFY_ROUTINE *Place = &Routines->Routines[Index];
        bool SameKind =
            Place->Kind == Kind || (Routines == &ImageRoutines && Place->Kind > NOTIFY_OTHER_DRIVER);
        if (!SameKind || Place->Routine != Routine)
            continue;
        *Place = (NOTIFY_ROUTINE){0};
        Status = STATUS_SUCCESS;
        break;
    }
    SchedRwRelease(Routines->Lock);
    return Status;
}

static NTSTATUS
NotifySetProcess(const char *Call, NOTIFY_KIND Kind, PVOID Routine, BOOLEAN Remove)
{
    if (!Remove)
        return NotifyAdd(Call, &ProcessRoutines, Kind, Routine, STATUS_INVALID_PARAMETER);
    NTSTATUS Status = NotifyRemove(Call, &ProcessRoutines, Kind, Routine);
    return NT_SUCCESS(Status) ? Status : STATUS_INVALID_PARAMETER;
}

NTSTATUS
PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE Routine, BOOLEAN Remove)
{
    return NotifySetProcess("PsSetCreateProcessNotifyRoutine", NOTIFY_BASE, (PVOID)(ULONG_PTR)Routine,
                            Remove);
}

NTSTATUS
PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX Routine, BOOLEAN Remove)
{
    return NotifySetProcess("PsSetCreateProcessNotifyRoutineEx", NOTIFY_EX, (PVOID)(ULONG_PTR)Routine,
                            Remove);
}

NTSTATUS
PsSetCreateProcessNotifyRoutineEx2(PSCREATEPROCESSNOTIFYTYPE Type, PVOID Routine, BOOLEAN Remove)
{
    if (Type != PsCreateProcessNotifySubsystems)
        return STATUS_INVALID_PARAMETER;
    return NotifySetProcess("PsSetCreateProcessNotifyRoutineEx2", NOTIFY_EX2, Routine, Remove);
}

NTSTATUS
PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine)
{
    return NotifyAdd("PsSetLoadImageNotifyRoutine", &ImageRoutines, NOTIFY_BASE, (PVOID)(ULONG_PTR)Routine,
                     STATUS_INSUFFICIENT_RESOURCES);
}

NTSTATUS
PsSetLoadImageNotifyRoutineEx(PLOAD_IMAGE_NOTIFY_ROUTINE Routine, ULONG_PTR Flags)
{
    if (Flags & ~(ULONG_PTR)PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE)
        return STATUS_INVALID_PARAMETER_2;
    return NotifyAdd("PsSetLoadImageNotifyRoutineEx", &ImageRoutines, Flags ? NOTIFY_EX : NOTIFY_BASE,
                     (PVOID)(ULONG_PTR)Routine, STATUS_INSUFFICIENT_RESOURCES);
}

NTSTATUS
PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine)
{
    return NotifyRemove("PsRemoveLoadImageNotifyRoutine", &ImageRoutines, NOTIFY_BASE,
                        (PVOID)(ULONG_PTR)Routine);
}

static void
NotifyOccupy(NOTIFY_TABLE *Routines, ULONG Count)
{
    memset(Routines->Routines, 0, sizeof(Routines->Routines));
    Routines->End = min(Count, NOTIFY_LIMIT);
    for (ULONG Index = 0; Index < Routines->End; Index++)
        Routines->Routines[Index].Kind = NOTIFY_OTHER_DRIVER;
}

void
SimOccupyNotify(ULONG Process, ULONG Image)
{
    NotifyOccupy(&ProcessRoutines, Process);
    NotifyOccupy(&ImageRoutines, Image);
}

static bool
NotifyAnyLeft(const NOTIFY_TABLE *Routines)
{
    for (ULONG Index = 0; Index < NOTIFY_LIMIT; Index++)
        if (Routines->Routines[Index].Kind > NOTIFY_OTHER_DRIVER)
            return true;
    return false;
}

const char *
PsLeftBehind(void)
{
    if (NotifyAnyLeft(&ProcessRoutines))
        return "a process notify routine";
    return NotifyAnyLeft(&ImageRoutines) ? "an image notify routine" : NULL;
}

/* ---- Raising ---- */

/* What the thread is while it raises. */
typedef struct RAISE
{
    struct _KTHREAD Before;
    RULE_BALANCE Balance;
} RAISE;

static RAISE
RaiseEnter(const char *Kind, ULONG ProcessId, ULONG ThreadId)
{
    PKTHREAD Self = SchedSelf();
    RAISE Raise = {.Before = *Self};
    Self->ProcessId = ProcessId;
    if (ThreadId)
        Self->ThreadId = ThreadId;
    Self->Notify = Kind;
    Self->CriticalRegions++;
    Raise.Balance = RuleEnterDriver();
    return Raise;
}

static void
RaiseLeave(const RAISE *Raise)
{
    PKTHREAD Self = SchedSelf();
    RuleLeaveDriver(Self->Notify, &Raise->Balance);
    *Self = Raise->Before;
}

static void
RaiseProcess(PEPROCESS Process, PPS_CREATE_NOTIFY_INFO Info, const NOTIFY_ROUTINE *Place)
{
    HANDLE Id = ULongToHandle(Process->Info.Id);
    if (Process->Info.Subsystem && Place->Kind != NOTIFY_EX2)
        return;
    if (Place->Kind == NOTIFY_BASE)
        ((PCREATE_PROCESS_NOTIFY_ROUTINE)(ULONG_PTR)Place->Routine)(ULongToHandle(Process->Info.ParentId), Id,
                                                                    Info != NULL);
    else if (Place->Kind > NOTIFY_BASE)
        ((PCREATE_PROCESS_NOTIFY_ROUTINE_EX)(ULONG_PTR)Place->Routine)(Process, Id, Info);
}

/* The routines to call, which a host that waits for them keeps from being removed until TableLeave; how many. */
static ULONG
TableEnter(NOTIFY_TABLE *Routines, NOTIFY_ROUTINE *Copy)
{
    SchedRwRead(Routines->Lock);
    ULONG Count = Routines->End;
    memcpy(Copy, Routines->Routines, Count * sizeof(*Copy));
    if (DriverHostIsWine())
        SchedRwRelease(Routines->Lock);
    return Count;
}

static void
TableLeave(NOTIFY_TABLE *Routines)
{
    if (!DriverHostIsWine())
        SchedRwRelease(Routines->Lock);
}

static void
RaiseProcessToAll(PEPROCESS Process, PPS_CREATE_NOTIFY_INFO Info)
{
    NOTIFY_ROUTINE Routines[NOTIFY_LIMIT];
    ULONG Count = TableEnter(&ProcessRoutines, Routines);
    for (ULONG Index = 0; Index < Count; Index++)
        RaiseProcess(Process, Info, &Routines[Index]);
    TableLeave(&ProcessRoutines);
}

NTSTATUS
SimRaiseStart(PEPROCESS Process, const SIM_START *Start)
{
    ULONG Creator = Start->CreatorId ? Start->CreatorId : Process->Info.ParentId;
    PS_CREATE_NOTIFY_INFO Info = {
        .Size = sizeof(Info),
        .FileOpenNameAvailable = Start->FileOpenNameAvailable,
        .IsSubsystemProcess = Process->Info.Subsystem,
        .ParentProcessId = ULongToHandle(Process->Info.ParentId),
        .CreatingThreadId = {ULongToHandle(Creator), ULongToHandle(Start->CreatorThreadId)},
        .ImageFileName = Start->ImageFileName,
        .CommandLine = Start->CommandLine,
        .CreationStatus = Start->CreationStatus};
    RAISE Raise = RaiseEnter("process start", Creator, Start->CreatorThreadId);
    RaiseProcessToAll(Process, &Info);
    RaiseLeave(&Raise);
    return Info.CreationStatus;
}

void
PsSetOwner(PEPROCESS Process)
{
    if (Process)
        __atomic_store_n(&Process->Owns, true, __ATOMIC_RELAXED);
}

void
SimEnterProcess(PEPROCESS Process)
{
    PKTHREAD Self = SchedSelf();
    PsSetOwner(Process);
    Self->Process = Process;
    Self->ProcessId = Process ? Process->Info.Id : SIM_SYSTEM_PROCESS_ID;
}

/* In the dying process, as its last thread does it. */
static void
ExitCloseHandles(PEPROCESS Process)
{
    PEPROCESS Before = SchedSelf()->Process;
    HANDLE Handle;
    SimEnterProcess(Process);
    while ((Handle = ObpHandleOf(Process)) != NULL)
        SimClose(Handle);
    SimEnterProcess(Before == Process ? NULL : Before);
}

void
SimNotifyExit(PEPROCESS Process, NTSTATUS Status, ULONG ThreadId)
{
    Process->ExitStatus = Status;
    RAISE Raise = RaiseEnter("process exit", Process->Info.Id, ThreadId);
    SchedSelf()->Process = Process;
    RaiseProcessToAll(Process, NULL);
    RaiseLeave(&Raise);
}

void
SimRaiseExit(PEPROCESS Process, NTSTATUS Status, ULONG ThreadId)
{
    bool Owns = __atomic_load_n(&Process->Owns, __ATOMIC_RELAXED);
    if (Owns)
        IoProcessExit(Process);
    SimNotifyExit(Process, Status, ThreadId);
    if (Owns)
        ExitCloseHandles(Process);
    SimProcessForget(Process);
}

void
SimRaiseImage(ULONG ProcessId, ULONG ThreadId, PCUNICODE_STRING Name, const IMAGE_INFO *Info)
{
    IMAGE_INFO_EX Extended = {.Size = sizeof(Extended), .ImageInfo = *Info};
    IMAGE_INFO Plain = *Info;
    PIMAGE_INFO Given = Info->ExtendedInfoPresent ? &Extended.ImageInfo : &Plain;
    RAISE Raise = RaiseEnter("image load", ProcessId ? ProcessId : SIM_SYSTEM_PROCESS_ID, ThreadId);
    NOTIFY_ROUTINE Routines[NOTIFY_LIMIT];
    ULONG Count = TableEnter(&ImageRoutines, Routines);
    for (ULONG Index = 0; Index < Count; Index++)
    {
        const NOTIFY_ROUTINE *Place = &Routines[Index];
        bool Told = Place->Kind == NOTIFY_EX || (Place->Kind == NOTIFY_BASE && !Info->MachineTypeMismatch);
        if (Told)
            ((PLOAD_IMAGE_NOTIFY_ROUTINE)(ULONG_PTR)Place->Routine)((PUNICODE_STRING)(ULONG_PTR)Name,
                                                                    ULongToHandle(ProcessId), Given);
    }
    TableLeave(&ImageRoutines);
    RaiseLeave(&Raise);
}

void
PsReset(void)
{
    if (!Table.Lock)
    {
        Table.Lock = SchedRwCreate();
        ProcessRoutines.Lock = SchedRwCreate();
        ImageRoutines.Lock = SchedRwCreate();
    }
    for (ULONG Chain = 0; Chain < TABLE_CHAINS; Chain++)
        while (Table.Chains[Chain])
            SimProcessForget(Table.Chains[Chain]);
    Table.System = SimProcessAdd(
        &(SIM_PROCESS){.Id = SIM_SYSTEM_PROCESS_ID, .IntegrityLevel = 0x4000, .Elevated = true});
    SimOccupyNotify(0, 0);
}
