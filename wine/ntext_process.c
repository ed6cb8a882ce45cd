/* SPDX-License-Identifier: MIT
 *
 * The process objects that drivers see: what the feeder told of each process, by process id. Wine's own
 * objects would not do, since made-up processes have none and Wine tells little of the others.
 *
 * A process is listed from its first event until its exit has been raised, or until the handle it came by is
 * closed; PsLookupProcessByProcessId finds listed ones. It lives until the last reference. Its type is known
 * by its first bytes: no object of Wine's begins with them.
 */
#include "ntext_process.h"
#include "ntext_pool.h"
#include "ntext_rule.h"
#include "ntext_thread.h"

#define PROCESS_MAGIC   0x9E3C0FFE5EA7B017ull
#define PROCESS_BUCKETS 16384u /* a power of 2 */

/* Missing in the headers. */
NTKERNELAPI POBJECT_TYPE NTAPI ObGetObjectType(PVOID Object);

struct NTEXT_PROCESS
{
    ULONG64 Magic;
    NTEXT_PROCESS *Next; /* in its bucket; guarded by ProcessTable.Lock, like Listed */
    BOOLEAN Listed;
    LONG References;
    LONG DriverReferences; /* those of them that drivers hold */
    volatile NTSTATUS ExitStatus;
    PVOID Owner;
    UNICODE_STRING NativeImage;
    NTEXT_EVENT *Facts; /* the first event told of it, with its texts */
};

static struct
{
    KSPIN_LOCK Lock;
    NTEXT_PROCESS *Buckets[PROCESS_BUCKETS];
    LONG Alive;
    LONG References; /* that drivers hold */
} ProcessTable;

/* Only its address says anything. As in NT 5.2 its first word leads to something else: whoever follows
 * PsProcessType once too often finds no type there. */
struct _OBJECT_TYPE
{
    PCSTR Name;
};

static struct _OBJECT_TYPE ProcessTypeObject = {"Process"};
POBJECT_TYPE NtextPsProcessType = &ProcessTypeObject;

static NTEXT_PROCESS **
ProcessBucket(_In_ ULONG ProcessId)
{
    return &ProcessTable.Buckets[ProcessId / 4 & (PROCESS_BUCKETS - 1)];
}

static NTEXT_PROCESS *
ProcessFindLocked(_In_ ULONG ProcessId)
{
    NTEXT_PROCESS *Process = *ProcessBucket(ProcessId);
    while (Process && Process->Facts->ProcessId != ProcessId)
        Process = Process->Next;
    return Process;
}

static NTEXT_PROCESS *
ProcessFind(_In_ ULONG ProcessId)
{
    KIRQL Irql;
    KeAcquireSpinLock(&ProcessTable.Lock, &Irql);
    NTEXT_PROCESS *Process = ProcessFindLocked(ProcessId);
    if (Process)
        InterlockedIncrement(&Process->References);
    KeReleaseSpinLock(&ProcessTable.Lock, Irql);
    return Process;
}

/* With one reference, the caller's. */
static NTEXT_PROCESS *
ProcessCreate(_In_ const NTEXT_EVENT *Event, _In_ PVOID Owner)
{
    if (InterlockedIncrement(&ProcessTable.Alive) > PROCESS_MAX_ALIVE)
    {
        InterlockedDecrement(&ProcessTable.Alive);
        return NULL;
    }
    NTEXT_PROCESS *Process =
        ExAllocatePoolWithTag(NonPagedPool, sizeof(*Process) + Event->Size, NTEXT_POOL_TAG);
    if (!Process)
    {
        InterlockedDecrement(&ProcessTable.Alive);
        return NULL;
    }
    RtlZeroMemory(Process, sizeof(*Process));
    Process->Magic = PROCESS_MAGIC;
    Process->References = 1;
    Process->ExitStatus = STATUS_PENDING;
    Process->Owner = Owner;
    Process->Facts = (NTEXT_EVENT *)(Process + 1);
    RtlCopyMemory(Process->Facts, Event, Event->Size);
    if (Event->NativeImage.Offset)
    {
        Process->NativeImage.Buffer = (PWCH)(PVOID)((PUCHAR)Process->Facts + Event->NativeImage.Offset);
        Process->NativeImage.Length = Process->NativeImage.MaximumLength = (USHORT)Event->NativeImage.Length;
    }
    return Process;
}

VOID
ProcessRelease(NTEXT_PROCESS *Process)
{
    if (InterlockedDecrement(&Process->References) != 0)
        return;
    Process->Magic = 0;
    ExFreePoolWithTag(Process, NTEXT_POOL_TAG);
    InterlockedDecrement(&ProcessTable.Alive);
}

/* The list's reference is the caller's afterwards. */
static VOID
ProcessUnlistLocked(_Inout_ NTEXT_PROCESS *Process)
{
    NTEXT_PROCESS **Link = ProcessBucket(Process->Facts->ProcessId);
    while (*Link != Process)
        Link = &(*Link)->Next;
    *Link = Process->Next;
    Process->Listed = FALSE;
}

VOID
ProcessUnlist(NTEXT_PROCESS *Process)
{
    KIRQL Irql;
    KeAcquireSpinLock(&ProcessTable.Lock, &Irql);
    BOOLEAN Listed = Process->Listed;
    if (Listed)
        ProcessUnlistLocked(Process);
    KeReleaseSpinLock(&ProcessTable.Lock, Irql);
    if (Listed)
        ProcessRelease(Process);
}

VOID
ProcessUnlistOwner(PVOID Owner)
{
    KIRQL Irql;
    NTEXT_PROCESS *Gone = NULL;
    KeAcquireSpinLock(&ProcessTable.Lock, &Irql);
    for (ULONG i = 0; i < PROCESS_BUCKETS; i++)
        for (NTEXT_PROCESS **Link = &ProcessTable.Buckets[i], *Process; (Process = *Link) != NULL;)
        {
            if (Process->Owner != Owner)
            {
                Link = &Process->Next;
                continue;
            }
            *Link = Process->Next;
            Process->Listed = FALSE;
            Process->Next = Gone;
            Gone = Process;
        }
    KeReleaseSpinLock(&ProcessTable.Lock, Irql);
    while (Gone)
    {
        NTEXT_PROCESS *Process = Gone;
        Gone = Process->Next;
        ProcessRelease(Process);
    }
}

/* Lists New in the place of whatever has its id. */
static VOID
ProcessList(_Inout_ NTEXT_PROCESS *New)
{
    KIRQL Irql;
    InterlockedIncrement(&New->References);
    KeAcquireSpinLock(&ProcessTable.Lock, &Irql);
    NTEXT_PROCESS *Old = ProcessFindLocked(New->Facts->ProcessId);
    if (Old)
        ProcessUnlistLocked(Old);
    NTEXT_PROCESS **Bucket = ProcessBucket(New->Facts->ProcessId);
    New->Next = *Bucket;
    *Bucket = New;
    New->Listed = TRUE;
    KeReleaseSpinLock(&ProcessTable.Lock, Irql);
    if (Old)
        ProcessRelease(Old);
}

NTEXT_PROCESS *
ProcessOfEvent(const NTEXT_EVENT *Event, PVOID Owner)
{
    NTEXT_PROCESS *Process = Event->Kind == NTEXT_START ? NULL : ProcessFind(Event->ProcessId);
    if (Process)
        return Process;
    Process = ProcessCreate(Event, Owner);
    if (Process)
        ProcessList(Process);
    return Process;
}

VOID
ProcessNoteParent(const NTEXT_EVENT *Event, PVOID Owner)
{
    if (!Event->ParentProcessId || !Event->ParentCreateTime)
        return;
    NTEXT_EVENT Parent = {
        .Size = sizeof(Parent), .ProcessId = Event->ParentProcessId, .CreateTime = Event->ParentCreateTime};
    NTEXT_PROCESS *Process = ProcessFind(Parent.ProcessId);
    if (Process && Process->Facts->CreateTime != Parent.CreateTime)
    {
        ProcessRelease(Process);
        Process = NULL;
    }
    if (!Process && (Process = ProcessCreate(&Parent, Owner)) != NULL)
        ProcessList(Process);
    if (Process)
        ProcessRelease(Process);
}

VOID
ProcessSetExitStatus(NTEXT_PROCESS *Process, NTSTATUS ExitStatus)
{
    Process->ExitStatus = ExitStatus;
}

PEPROCESS
ProcessObject(NTEXT_PROCESS *Process)
{
    return (PEPROCESS)Process;
}

NTEXT_PROCESS *
ProcessOfObject(PVOID Object)
{
    NTEXT_PROCESS *Process = Object;
    return Process && Process->Magic == PROCESS_MAGIC ? Process : NULL;
}

VOID
ProcessReference(NTEXT_PROCESS *Process)
{
    InterlockedIncrement(&Process->References);
}

POBJECT_TYPE
ProcessType(VOID)
{
    return &ProcessTypeObject;
}

POBJECT_TYPE
ProcessWineType(VOID)
{
    /* The headers have it imported, so the name stands for what the variable holds, not for its address. */
    return (POBJECT_TYPE)(PVOID)PsProcessType;
}

const NTEXT_EVENT *
ProcessFacts(const NTEXT_PROCESS *Process)
{
    return Process->Facts;
}

PCUNICODE_STRING
ProcessNativeImage(const NTEXT_PROCESS *Process)
{
    return &Process->NativeImage;
}

/* ---- Exports ------------------------------------------------------------------------------------------- */

static VOID
ProcessReferenceForDriver(_Inout_ NTEXT_PROCESS *Process)
{
    InterlockedIncrement(&ProcessTable.References);
    InterlockedIncrement(&Process->DriverReferences);
}

NTSTATUS NTAPI
NtextPsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process)
{
    ThreadRequire(APC_LEVEL, "PsLookupProcessByProcessId");
    NTEXT_PROCESS *Found = ProcessFind(HandleToULong(ProcessId));
    if (!Found)
        return STATUS_INVALID_CID;
    ProcessReferenceForDriver(Found);
    *Process = ProcessObject(Found);
    return STATUS_SUCCESS;
}

/* Processes of Wine's are processes too, but what they are asked for here Wine does not tell. */
static NTEXT_PROCESS *
ProcessAsked(_In_ PVOID Object, _In_ PCSTR Routine)
{
    NTEXT_PROCESS *Process = ProcessOfObject(Object);
    if (!Process && (!Object || ObGetObjectType(Object) != ProcessWineType()))
        RuleBroken(Routine, "of what is no process");
    return Process;
}

LONGLONG NTAPI
NtextPsGetProcessCreateTimeQuadPart(PEPROCESS Object)
{
    NTEXT_PROCESS *Process = ProcessAsked(Object, "PsGetProcessCreateTimeQuadPart");
    return Process ? Process->Facts->CreateTime : 0;
}

NTSTATUS NTAPI
NtextPsGetProcessExitStatus(PEPROCESS Object)
{
    ThreadRequire(APC_LEVEL, "PsGetProcessExitStatus");
    NTEXT_PROCESS *Process = ProcessAsked(Object, "PsGetProcessExitStatus");
    return Process ? Process->ExitStatus : STATUS_PENDING;
}

VOID FASTCALL
NtextObfReferenceObject(PVOID Object)
{
    NTEXT_PROCESS *Process = ProcessOfObject(Object);
    if (!Process)
    {
        ObfReferenceObject(Object);
        return;
    }
    ProcessReference(Process);
    ProcessReferenceForDriver(Process);
}

VOID FASTCALL
NtextObfDereferenceObject(PVOID Object)
{
    NTEXT_PROCESS *Process = ProcessOfObject(Object);
    if (!Process)
    {
        ObfDereferenceObject(Object);
        return;
    }
    if (InterlockedDecrement(&Process->DriverReferences) < 0)
    {
        InterlockedIncrement(&Process->DriverReferences);
        RuleBroken("ObDereferenceObject", "of a process that no driver has a reference to");
        return;
    }
    InterlockedDecrement(&ProcessTable.References);
    ProcessRelease(Process);
}

VOID
ProcessState(NTEXT_STATE *State)
{
    State->Processes = (ULONG)ProcessTable.Alive;
    State->References = (ULONG)ProcessTable.References;
}
