/* SPDX-License-Identifier: MIT
 *
 * Drivers that hand the kernel what it does not take, or at the wrong time: an argument, a handle, an IRQL.
 */
#include "broken.h"

static PEPROCESS
System(void)
{
    PEPROCESS Process;
    PsLookupProcessByProcessId(ULongToHandle(SIM_SYSTEM_PROCESS_ID), &Process);
    return Process;
}

static HANDLE
OpenSystem(void)
{
    HANDLE Handle;
    ObOpenObjectByPointer(System(), OBJ_KERNEL_HANDLE, NULL, PROCESS_QUERY_INFORMATION, NULL, KernelMode,
                          &Handle);
    return Handle;
}

static HANDLE
OpenToken(void)
{
    HANDLE Token;
    ZwOpenProcessTokenEx(OpenSystem(), TOKEN_QUERY, OBJ_KERNEL_HANDLE, &Token);
    return Token;
}

/* ---- Locks, events, rundown protection ---- */

static void
ReleaseToAnotherIrql(void)
{
    KSPIN_LOCK Lock;
    KIRQL Irql;
    KeInitializeSpinLock(&Lock);
    KeAcquireSpinLock(&Lock, &Irql);
    KeReleaseSpinLock(&Lock, APC_LEVEL);
}

static void
ReleaseByTheOtherRoutine(void)
{
    KSPIN_LOCK Lock;
    KIRQL Irql;
    KeInitializeSpinLock(&Lock);
    KeAcquireSpinLock(&Lock, &Irql);
    KeReleaseSpinLockFromDpcLevel(&Lock);
}

static void
SetNoEvent(void)
{
    KEVENT Event;
    RtlZeroMemory(&Event, sizeof(Event));
    KeSetEvent(&Event, IO_NO_INCREMENT, FALSE);
}

static void
WaitForAnybody(void)
{
    KEVENT Event;
    KeInitializeEvent(&Event, NotificationEvent, TRUE);
    KeWaitForSingleObject(&Event, Executive, UserMode, FALSE, NULL);
}

static void
ReleaseRundownNotHeld(void)
{
    EX_RUNDOWN_REF Ref;
    ExInitializeRundownProtection(&Ref);
    ExReleaseRundownProtection(&Ref);
}

static void
ReleaseRundownOnceMore(void)
{
    EX_RUNDOWN_REF Ref;
    ExInitializeRundownProtection(&Ref);
    ExWaitForRundownProtectionRelease(&Ref);
    ExReleaseRundownProtection(&Ref);
}

static void
RunDownAtDispatch(void)
{
    EX_RUNDOWN_REF Ref;
    KIRQL Irql;
    ExInitializeRundownProtection(&Ref);
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    ExWaitForRundownProtectionRelease(&Ref);
}

static EX_RUNDOWN_REF Running;

static void
RunDownInside(PUNICODE_STRING Name, HANDLE ProcessId, PIMAGE_INFO Info)
{
    UNREFERENCED_PARAMETER(Name);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
    ExWaitForRundownProtectionRelease(&Running);
}

static void
NotifyRunsDown(void)
{
    ExInitializeRundownProtection(&Running);
    PsSetLoadImageNotifyRoutine(RunDownInside);
    RigRaiseImage(1000);
}

/* ---- Pool and MDLs ---- */

static void
TagThatNoToolPrints(void)
{
    ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 0x41420043);
}

static void
FreeByNoTag(void)
{
    ExFreePoolWithTag(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, BROKEN_TAG), 0);
}

static void
ChargeQuota(void)
{
    IoAllocateMdl(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, BROKEN_TAG), 16, FALSE, TRUE, NULL);
}

static void
BuildMdl(PVOID Memory, ULONG Bytes)
{
    MmBuildMdlForNonPagedPool(IoAllocateMdl(Memory, Bytes, FALSE, FALSE, NULL));
}

static void
BuildMdlOfPagedPool(void)
{
    BuildMdl(ExAllocatePool2(POOL_FLAG_PAGED, 16, BROKEN_TAG), 16);
}

static void
BuildMdlOfTheStack(void)
{
    UCHAR Local[16];
    BuildMdl(Local, sizeof(Local));
}

static void
BuildMdlBeyondItsBlock(void)
{
    BuildMdl(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, BROKEN_TAG), 17);
}

static NTSTATUS
BuildsTheRequestsMdl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    MmBuildMdlForNonPagedPool(Irp->MdlAddress);
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

static void
BuildTheRequestsMdl(void)
{
    BrokenAskDirect(BuildsTheRequestsMdl);
}

static NTSTATUS
MapsTwice(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    BrokenMapOutput(Irp);
    MmMapLockedPagesSpecifyCache(Irp->MdlAddress, KernelMode, MmCached, NULL, FALSE,
                                 NormalPagePriority | MdlMappingNoExecute);
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

static void
MapTwice(void)
{
    BrokenAskDirect(MapsTwice);
}

/* ---- Requests ---- */

static NTSTATUS
SetsCancelAfterCompletion(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    BrokenComplete(Irp, STATUS_SUCCESS);
    IoSetCancelRoutine(Irp, NULL);
    return STATUS_SUCCESS;
}

static NTSTATUS
CompletesWith(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS
TellsOfWhatIsCancelled(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompletesWith(Irp, STATUS_CANCELLED, 8);
}

static void
TellOfWhatIsCancelled(void)
{
    BrokenAskDirect(TellsOfWhatIsCancelled);
}

/* The input has three bytes, which stand there already. */
static NTSTATUS
TellsWhatNobodyWrote(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    RtlZeroMemory((UCHAR *)Irp->AssociatedIrp.SystemBuffer + 3, 5);
    return CompletesWith(Irp, STATUS_SUCCESS, 12);
}

static void
TellWhatNobodyWrote(void)
{
    BrokenAskBuffered(TellsWhatNobodyWrote);
}

static void
SetCancelAfterCompletion(void)
{
    BrokenAskDirect(SetsCancelAfterCompletion);
}

/* ---- Objects and handles ---- */

static void
AskWhatIsNoProcess(void)
{
    PDEVICE_OBJECT Device;
    static DRIVER_OBJECT Driver;
    IoCreateDevice(&Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    PsGetProcessCreateTimeQuadPart((PEPROCESS)(PVOID)Device);
}

static void
OpenForUserMode(void)
{
    PEPROCESS Process = System();
    POBJECT_TYPE *Type;
    UNICODE_STRING Name;
    HANDLE Handle;
    RtlInitUnicodeString(&Name, L"PsProcessType");
    Type = MmGetSystemRoutineAddress(&Name);
    ObOpenObjectByPointer(Process, OBJ_KERNEL_HANDLE, NULL, PROCESS_QUERY_INFORMATION, *Type, UserMode,
                          &Handle);
}

static void
OpenTokenForAll(void)
{
    HANDLE Token;
    ZwOpenProcessTokenEx(OpenSystem(), TOKEN_QUERY, OBJ_KERNEL_HANDLE | OBJ_INHERIT, &Token);
}

static void
AskByUsersHandle(void)
{
    ULONG_PTR Wow64;
    HANDLE File;
    SimOpen(L"\\Device\\Broken", RIG_ALL_ACCESS, &File);
    ZwQueryInformationProcess(File, ProcessWow64Information, &Wow64, sizeof(Wow64), NULL);
}

static void
UseClosedHandle(void)
{
    HANDLE Token = OpenToken();
    ULONG Session;
    ULONG Length;
    ZwClose(Token);
    ZwQueryInformationToken(Token, TokenSessionId, &Session, sizeof(Session), &Length);
}

static void
SecureUnnamedDevice(void)
{
    SECURITY_DESCRIPTOR Descriptor;
    PDEVICE_OBJECT Device;
    HANDLE Handle;
    static DRIVER_OBJECT Driver;
    IoCreateDevice(&Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
    ObOpenObjectByPointer(Device, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL, KernelMode, &Handle);
    ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, &Descriptor);
}

/* ---- Arguments ---- */

static void
TokenWithoutReturnLength(void)
{
    ULONG Session;
    ZwQueryInformationToken(OpenToken(), TokenSessionId, &Session, sizeof(Session), NULL);
}

static void
TokenIntoNothing(void)
{
    ULONG Length;
    ZwQueryInformationToken(OpenToken(), TokenSessionId, NULL, sizeof(ULONG), &Length);
}

static void
TokenMisaligned(void)
{
    ULONG Room[2];
    ULONG Length;
    ZwQueryInformationToken(OpenToken(), TokenSessionId, (UCHAR *)Room + 2, sizeof(ULONG), &Length);
}

static void
ProcessIntoNothing(void)
{
    ZwQueryInformationProcess(OpenSystem(), ProcessWow64Information, NULL, sizeof(ULONG_PTR), NULL);
}

static void
OpenWithoutHandle(void)
{
    ObOpenObjectByPointer(System(), OBJ_KERNEL_HANDLE, NULL, 0, NULL, KernelMode, NULL);
}

static void
VersionOfUnknownSize(void)
{
    RTL_OSVERSIONINFOW Version = {0};
    RtlGetVersion(&Version);
}

static void
RegisterNothing(void)
{
    PsSetLoadImageNotifyRoutine(NULL);
}

static void
DescriptorAtApc(void)
{
    SECURITY_DESCRIPTOR Descriptor;
    KIRQL Irql;
    KeRaiseIrql(APC_LEVEL, &Irql);
    RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
}

static void
DaclAtApc(void)
{
    SECURITY_DESCRIPTOR Descriptor;
    KIRQL Irql;
    RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
    KeRaiseIrql(APC_LEVEL, &Irql);
    RtlSetDaclSecurityDescriptor(&Descriptor, TRUE, NULL, FALSE);
}

static void
ExitStatusAtDispatch(void)
{
    PEPROCESS Process = System();
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    PsGetProcessExitStatus(Process);
}

static void
LookUpAtDispatch(void)
{
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    System();
}

/* ---- All of them ---- */

const BROKEN_CASE BrokenCallCases[] = {
    {"spin-lock-pair", "at IRQL 0 is released to 1", ReleaseToAnotherIrql},
    {"spin-lock-pair", "by a rise", ReleaseByTheOtherRoutine},
    {"event", NULL, SetNoEvent},
    {"sim", "user mode or an alert", WaitForAnybody},
    {"rundown", NULL, ReleaseRundownNotHeld},
    {"rundown", NULL, ReleaseRundownOnceMore},
    {"irql", "ExWaitForRundownProtectionRelease", RunDownAtDispatch},
    {"notify-forbidden", "ExWaitForRundownProtectionRelease", NotifyRunsDown},
    {"pool-tag", "0x41420043", TagThatNoToolPrints},
    {"pool-free-tag", "by tag 0x00000000", FreeByNoTag},
    {"parameter", "ChargeQuota", ChargeQuota},
    {"mdl", "no nonpaged pool", BuildMdlOfPagedPool},
    {"mdl", "no nonpaged pool", BuildMdlOfTheStack},
    {"mdl", "no nonpaged pool", BuildMdlBeyondItsBlock},
    {"mdl", "has its pages", BuildTheRequestsMdl},
    {"mdl", "second mapping", MapTwice},
    {"double-completion", "IoSetCancelRoutine", SetCancelAfterCompletion},
    {"completion-information", "cancelled", TellOfWhatIsCancelled},
    {"completion-information", "not all of them", TellWhatNobodyWrote},
    {"reference", "no process", AskWhatIsNoProcess},
    {"sim", "for user mode", OpenForUserMode},
    {"handle", "with attributes 0x202", OpenTokenForAll},
    {"handle", "no kernel handle", AskByUsersHandle},
    {"handle", "ZwQueryInformationToken", UseClosedHandle},
    {"device-security", "no name", SecureUnnamedDevice},
    {"parameter", "NULL for the result's length", TokenWithoutReturnLength},
    {"parameter", "NULL for the buffer", TokenIntoNothing},
    {"parameter", "no multiple of 4", TokenMisaligned},
    {"parameter", "ZwQueryInformationProcess", ProcessIntoNothing},
    {"parameter", "NULL for the handle", OpenWithoutHandle},
    {"parameter", "RtlGetVersion", VersionOfUnknownSize},
    {"parameter", "NULL for the routine", RegisterNothing},
    {"irql", "RtlCreateSecurityDescriptor", DescriptorAtApc},
    {"irql", "RtlSetDaclSecurityDescriptor", DaclAtApc},
    {"irql", "PsGetProcessExitStatus", ExitStatusAtDispatch},
    {"irql", "PsLookupProcessByProcessId", LookUpAtDispatch},
};

const ULONG BrokenCallCaseCount = RTL_NUMBER_OF(BrokenCallCases);
