/* SPDX-License-Identifier: MIT */
#include "broken.h"
#include <stdlib.h>

#define DEVICE_NAME L"\\Device\\Broken"
#define CODE        CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define DIRECT      CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)

static KSPIN_LOCK Lock;
static PDEVICE_OBJECT Device;
static PDRIVER_DISPATCH ControlRoutine;
static UCHAR MajorThatFails;
static DRIVER_UNLOAD *UnloadRoutine;

/* ---- A driver that is right but for what a test puts into it ---- */

NTSTATUS
BrokenComplete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        return ControlRoutine(DeviceObject, Irp);
    if (MajorThatFails && IoGetCurrentIrpStackLocation(Irp)->MajorFunction == MajorThatFails)
        return BrokenComplete(Irp, STATUS_UNSUCCESSFUL);
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

static void
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    if (UnloadRoutine)
        UnloadRoutine(Driver);
    IoDeleteDevice(Device);
}

static NTSTATUS
Entry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING Name;
    UNREFERENCED_PARAMETER(RegistryPath);
    RtlInitUnicodeString(&Name, DEVICE_NAME);
    KeInitializeSpinLock(&Lock);
    for (ULONG Major = 0; Major <= IRP_MJ_MAXIMUM_FUNCTION; Major++)
        Driver->MajorFunction[Major] = Dispatch;
    Driver->DriverUnload = Unload;
    return IoCreateDevice(Driver, 0, &Name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &Device);
}

const SIM_IMAGE BrokenImage = {"broken", Entry, NULL, NULL};

static NTSTATUS
Ask(ULONG Code)
{
    char Out[BROKEN_OUTPUT_BYTES];
    HANDLE File;
    if (!NT_SUCCESS(SimOpen(DEVICE_NAME, RIG_ALL_ACCESS, &File)))
        exit(2);
    NTSTATUS Status = SimControl(File, Code, "in", 3, Out, sizeof(Out), NULL);
    SimClose(File);
    return Status;
}

static NTSTATUS
Answers(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    RtlZeroMemory(BrokenMapOutput(Irp), BROKEN_OUTPUT_BYTES);
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

NTSTATUS
BrokenAskDirect(PDRIVER_DISPATCH Routine)
{
    ControlRoutine = Routine;
    return Ask(DIRECT);
}

NTSTATUS
BrokenAskProperly(void)
{
    return BrokenAskDirect(Answers);
}

void
BrokenCancel(PDRIVER_DISPATCH Routine)
{
    HANDLE File;
    ControlRoutine = Routine;
    SimOpen(DEVICE_NAME, RIG_ALL_ACCESS, &File);
    SimIoCancel(SimControlStart(File, CODE, NULL, 0, NULL, 0));
}

PVOID
BrokenMapOutput(PIRP Irp)
{
    return MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority | MdlMappingNoExecute);
}

NTSTATUS
BrokenAskBuffered(PDRIVER_DISPATCH Routine)
{
    ControlRoutine = Routine;
    return Ask(CODE);
}

/* ---- IRQL and locks ---- */

static void
PassiveCallAtDispatch(void)
{
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    ZwClose(NULL);
}

static void
LowerUpwards(void)
{
    KeLowerIrql(DISPATCH_LEVEL);
}

static void
RaiseDownwards(void)
{
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    KeRaiseIrql(APC_LEVEL, &Irql);
}

static void
AcquireAtDpcLevelBelowIt(void)
{
    KeAcquireSpinLockAtDpcLevel(&Lock);
}

static void
AcquireTwice(void)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Lock, &Irql);
    /* cppcheck-suppress redundantAssignment; the rule's matter is the lock */
    KeAcquireSpinLock(&Lock, &Irql);
}

static void
ReleaseNotHeld(void)
{
    KeReleaseSpinLock(&Lock, PASSIVE_LEVEL);
}

static void
HoldManyLocks(void)
{
    static KSPIN_LOCK Locks[100];
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Locks); Index++)
        KeAcquireSpinLockAtDpcLevel(&Locks[Index]);
}

static void
WaitWithLock(void)
{
    KEVENT Event;
    KIRQL Irql;
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    KeAcquireSpinLock(&Lock, &Irql);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}

/* Nobody sets what this thread waits for, and nobody else is there. */
static void
WaitForNobody(void)
{
    KEVENT Event;
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    SimScheduleBegin(NULL, NULL);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}

static void
LeaveWithoutEnter(void)
{
    KeLeaveCriticalRegion();
}

static NTSTATUS
ReturnsWithLock(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL Irql;
    UNREFERENCED_PARAMETER(DeviceObject);
    BrokenComplete(Irp, STATUS_SUCCESS);
    KeAcquireSpinLock(&Lock, &Irql);
    return STATUS_SUCCESS;
}

static void
DispatchUnbalanced(void)
{
    BrokenAskBuffered(ReturnsWithLock);
}

static void
PagedCode(void)
{
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    PAGED_CODE();
}

/* ---- Pool and memory ---- */

static void
ExecutablePool(void)
{
    ExFreePool(ExAllocatePoolWithTag(NonPagedPool, 16, BROKEN_TAG));
}

static void
NxPoolBeforeItExisted(void)
{
    SimSetOs(SIM_NT61);
    ExFreePool(ExAllocatePoolWithTag(NonPagedPoolNx, 16, BROKEN_TAG));
}

static void
EmptyPool(void)
{
    ExAllocatePool2(POOL_FLAG_NON_PAGED, 0, BROKEN_TAG);
}

static void
PoolWithoutTag(void)
{
    ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 0);
}

static void
FreeTwice(void)
{
    PVOID Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, BROKEN_TAG);
    ExFreePool(Block);
    ExFreePool(Block);
}

static void
FreeByWrongTag(void)
{
    ExFreePoolWithTag(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, BROKEN_TAG), BROKEN_TAG + 1);
}

static void
PagedPoolAtDispatch(void)
{
    KIRQL Irql;
    PVOID Block = ExAllocatePool2(POOL_FLAG_PAGED, 16, BROKEN_TAG);
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    ExFreePool(Block);
}

static void
PageFaultAtDispatch(void)
{
    PUNICODE_STRING Text = SimPageableString(L"pageable", 16);
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    exit(((const volatile WCHAR *)Text->Buffer)[0]);
}

static NTSTATUS
MapsForExecution(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

static void
ExecutableMapping(void)
{
    BrokenAskDirect(MapsForExecution);
}

static void
MapUnlockedPages(void)
{
    PVOID Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, BROKEN_TAG);
    PMDL Mdl = IoAllocateMdl(Block, 16, FALSE, FALSE, NULL);
    MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, NULL, FALSE,
                                 NormalPagePriority | MdlMappingNoExecute);
}

static void
FreeMdlTwice(void)
{
    PVOID Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, BROKEN_TAG);
    PMDL Mdl = IoAllocateMdl(Block, 16, FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(Mdl);
    IoFreeMdl(Mdl);
    IoFreeMdl(Mdl);
}

static NTSTATUS
FreesTheRequestsMdl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoFreeMdl(Irp->MdlAddress);
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

static void
FreeTheRequestsMdl(void)
{
    BrokenAskDirect(FreesTheRequestsMdl);
}

/* ---- Requests ---- */

static NTSTATUS
CompletesTwice(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    BrokenComplete(Irp, STATUS_SUCCESS);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS
MarksAfterCompletion(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    BrokenComplete(Irp, STATUS_SUCCESS);
    IoMarkIrpPending(Irp);
    return STATUS_PENDING;
}

static NTSTATUS
CompletesWithLock(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL Irql;
    UNREFERENCED_PARAMETER(DeviceObject);
    KeAcquireSpinLock(&Lock, &Irql);
    NTSTATUS Status = BrokenComplete(Irp, STATUS_SUCCESS);
    KeReleaseSpinLock(&Lock, Irql);
    return Status;
}

static NTSTATUS
CompletesAsPending(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return BrokenComplete(Irp, STATUS_PENDING);
}

static NTSTATUS
ReturnsAnotherStatus(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    BrokenComplete(Irp, STATUS_SUCCESS);
    return STATUS_UNSUCCESSFUL;
}

static NTSTATUS
TellsTooMuch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 65;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static void
CancelNothing(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
}

static NTSTATUS
LeavesCancelRoutine(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoSetCancelRoutine(Irp, CancelNothing);
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

static NTSTATUS
PendsForCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoSetCancelRoutine(Irp, CancelNothing);
    IoMarkIrpPending(Irp);
    return STATUS_PENDING;
}

static void
CancelKeepsLock(void)
{
    BrokenCancel(PendsForCancel);
}

static NTSTATUS
ReturnsPendingUnmarked(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return STATUS_PENDING;
}

static NTSTATUS
MarksAndReturns(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

static NTSTATUS
ForgetsToComplete(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return STATUS_SUCCESS;
}

#define ASK_WITH(Routine)                                                                                    \
    static void Ask##Routine(void)                                                                           \
    {                                                                                                        \
        BrokenAskBuffered(Routine);                                                                          \
    }
ASK_WITH(CompletesTwice)
ASK_WITH(MarksAfterCompletion)
ASK_WITH(CompletesWithLock)
ASK_WITH(CompletesAsPending)
ASK_WITH(ReturnsAnotherStatus)
ASK_WITH(TellsTooMuch)
ASK_WITH(LeavesCancelRoutine)
ASK_WITH(ReturnsPendingUnmarked)
ASK_WITH(MarksAndReturns)
ASK_WITH(ForgetsToComplete)

static void
CleanupFails(void)
{
    MajorThatFails = IRP_MJ_CLEANUP;
    BrokenAskProperly();
}

static void
CloseFails(void)
{
    MajorThatFails = IRP_MJ_CLOSE;
    BrokenAskProperly();
}

/* ---- Objects ---- */

static void
DereferenceTooOften(void)
{
    PEPROCESS Process;
    PsLookupProcessByProcessId(ULongToHandle(SIM_SYSTEM_PROCESS_ID), &Process);
    ObDereferenceObject(Process);
    ObDereferenceObject(Process);
}

static VOID NTAPI
OpenWhoExits(PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO Info)
{
    HANDLE Handle;
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
    ObOpenObjectByPointer(Process, OBJ_KERNEL_HANDLE, NULL, PROCESS_QUERY_INFORMATION, NULL, KernelMode,
                          &Handle);
}

static void
ReferenceTheDeleted(void)
{
    PsSetCreateProcessNotifyRoutineEx(OpenWhoExits, FALSE);
    SimProcessForget(SimProcessAdd(&(SIM_PROCESS){.Id = 1000, .Threadless = true}));
}

static void
CloseNoHandle(void)
{
    ZwClose((HANDLE)0x1234);
}

static void
UserModeHandle(void)
{
    PEPROCESS Process;
    HANDLE Handle;
    PsLookupProcessByProcessId(ULongToHandle(SIM_SYSTEM_PROCESS_ID), &Process);
    ObOpenObjectByPointer(Process, 0, NULL, PROCESS_QUERY_INFORMATION, NULL, KernelMode, &Handle);
}

static void
DeleteDeviceTwice(void)
{
    ObReferenceObject(Device);
    IoDeleteDevice(Device);
    IoDeleteDevice(Device);
}

static void
DeleteOpenDevice(void)
{
    HANDLE File;
    SimOpen(DEVICE_NAME, RIG_ALL_ACCESS, &File);
    IoDeleteDevice(Device);
}

static void
SecureOpenDevice(void)
{
    SECURITY_DESCRIPTOR Descriptor;
    HANDLE Handle;
    RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
    ObOpenObjectByPointer(Device, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL, KernelMode, &Handle);
    ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, &Descriptor);
}

/* ---- Notify routines ---- */

static void
RemoveInside(PUNICODE_STRING Name, HANDLE ProcessId, PIMAGE_INFO Info)
{
    UNREFERENCED_PARAMETER(Name);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
    PsRemoveLoadImageNotifyRoutine(RemoveInside);
}

static void
WaitInside(PUNICODE_STRING Name, HANDLE ProcessId, PIMAGE_INFO Info)
{
    KEVENT Event;
    UNREFERENCED_PARAMETER(Name);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}

static void
LeaveTheOsRegion(PUNICODE_STRING Name, HANDLE ProcessId, PIMAGE_INFO Info)
{
    UNREFERENCED_PARAMETER(Name);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
    KeLeaveCriticalRegion();
}

static void
OpenKeyInside(PUNICODE_STRING Name, HANDLE ProcessId, PIMAGE_INFO Info)
{
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Key;
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
    InitializeObjectAttributes(&Attributes, Name, OBJ_KERNEL_HANDLE, NULL, NULL);
    ZwOpenKey(&Key, KEY_READ, &Attributes);
}

static void
HearNothing(PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO Info)
{
    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
}

static void
NotifyWith(PLOAD_IMAGE_NOTIFY_ROUTINE Routine)
{
    PsSetLoadImageNotifyRoutine(Routine);
    RigRaiseImage(1000);
}

static void
NotifyRemovesItself(void)
{
    NotifyWith(RemoveInside);
}

static void
NotifyWaits(void)
{
    NotifyWith(WaitInside);
}

static void
NotifyOpensKey(void)
{
    NotifyWith(OpenKeyInside);
}

static void
NotifyUnbalanced(void)
{
    NotifyWith(LeaveTheOsRegion);
}

/* ---- What is left behind ---- */

static void
LeavePool(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, BROKEN_TAG);
}

static void
LeaveReference(PDRIVER_OBJECT Driver)
{
    PEPROCESS Process;
    UNREFERENCED_PARAMETER(Driver);
    PsLookupProcessByProcessId(ULongToHandle(SIM_SYSTEM_PROCESS_ID), &Process);
}

static void
LeaveHandle(PDRIVER_OBJECT Driver)
{
    HANDLE Handle;
    ObOpenObjectByPointer(Driver->DeviceObject, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL, KernelMode,
                          &Handle);
}

static void
LeaveLink(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING Name;
    UNICODE_STRING Link;
    UNREFERENCED_PARAMETER(Driver);
    RtlInitUnicodeString(&Name, DEVICE_NAME);
    RtlInitUnicodeString(&Link, L"\\DosDevices\\Broken");
    IoCreateSymbolicLink(&Link, &Name);
}

static void
LeaveNotifyRoutine(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    PsSetLoadImageNotifyRoutine(WaitInside);
}

static void
LeaveProcessRoutine(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    PsSetCreateProcessNotifyRoutineEx(HearNothing, FALSE);
}

static void
LeaveMdl(PDRIVER_OBJECT Driver)
{
    IoAllocateMdl(Driver, 16, FALSE, FALSE, NULL);
}

static void
LeaveDevice(PDRIVER_OBJECT Driver)
{
    PDEVICE_OBJECT Second;
    IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Second);
}

#define UNLOAD_WITH(Routine)                                                                                 \
    static void Unload##Routine(void)                                                                        \
    {                                                                                                        \
        UnloadRoutine = Routine;                                                                             \
        SimUnload();                                                                                         \
    }
UNLOAD_WITH(LeavePool)
UNLOAD_WITH(LeaveReference)
UNLOAD_WITH(LeaveHandle)
UNLOAD_WITH(LeaveLink)
UNLOAD_WITH(LeaveProcessRoutine)
UNLOAD_WITH(LeaveMdl)
UNLOAD_WITH(LeaveDevice)
UNLOAD_WITH(LeaveNotifyRoutine)

static void
UnloadWithRequestPended(void)
{
    HANDLE File;
    ControlRoutine = PendsForCancel;
    SimOpen(DEVICE_NAME, RIG_ALL_ACCESS, &File);
    SimControlStart(File, CODE, NULL, 0, NULL, 0);
    SimUnloadAtOnce();
}

/* ---- What stops a driver that keeps the rules ---- */

static void
FailAssertion(void)
{
    NT_ASSERT(Device == NULL);
}

static void
BugCheck(void)
{
    KeBugCheckEx(0xE2, 1, 2, 3, 4);
}

static void
SetEventAndWait(void)
{
    KEVENT Event;
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    KeSetEvent(&Event, IO_NO_INCREMENT, TRUE);
}

/* ---- All of them ---- */

const BROKEN_CASE BrokenCases[] = {
    {"irql", "ZwClose", PassiveCallAtDispatch},
    {"irql", "AtDpcLevel", AcquireAtDpcLevelBelowIt},
    {"irql-order", "KeLowerIrql", LowerUpwards},
    {"irql-order", "KeRaiseIrql", RaiseDownwards},
    {"spin-lock-recursion", NULL, AcquireTwice},
    {"spin-lock-not-held", NULL, ReleaseNotHeld},
    {"spin-lock-count", NULL, HoldManyLocks},
    {"wait-at-dispatch", NULL, WaitWithLock},
    {"deadlock", NULL, WaitForNobody},
    {"critical-region", NULL, LeaveWithoutEnter},
    {"unbalanced", "dispatch routine", DispatchUnbalanced},
    {"unbalanced", "image load", NotifyUnbalanced},
    {"paged-code", NULL, PagedCode},
    {"pool-executable", NULL, ExecutablePool},
    {"pool-type", "NT 6.1", NxPoolBeforeItExisted},
    {"pool-size", NULL, EmptyPool},
    {"pool-tag", NULL, PoolWithoutTag},
    {"pool-free", NULL, FreeTwice},
    {"pool-free-tag", NULL, FreeByWrongTag},
    {"paged-at-dispatch", "paged pool", PagedPoolAtDispatch},
    {"paged-at-dispatch", "touched", PageFaultAtDispatch},
    {"mdl", "executable", ExecutableMapping},
    {"mdl", "not locked", MapUnlockedPages},
    {"mdl", "no MDL", FreeMdlTwice},
    {"mdl", "I/O manager", FreeTheRequestsMdl},
    {"double-completion", NULL, AskCompletesTwice},
    {"double-completion", "IoMarkIrpPending", AskMarksAfterCompletion},
    {"completion-with-lock", NULL, AskCompletesWithLock},
    {"completion-status", "STATUS_PENDING", AskCompletesAsPending},
    {"completion-status", "0xC0000001 returned", AskReturnsAnotherStatus},
    {"completion-information", "65 bytes", AskTellsTooMuch},
    {"cancel-routine-left", NULL, AskLeavesCancelRoutine},
    {"cancel-lock", NULL, CancelKeepsLock},
    {"pending-mark", "not marked", AskReturnsPendingUnmarked},
    {"pending-mark", "was marked", AskMarksAndReturns},
    {"not-completed", NULL, AskForgetsToComplete},
    {"end-status", "CLEANUP", CleanupFails},
    {"end-status", "CLOSE", CloseFails},
    {"reference", "no reference to", DereferenceTooOften},
    {"reference", "being deleted", ReferenceTheDeleted},
    {"handle", "ZwClose", CloseNoHandle},
    {"handle", "user mode", UserModeHandle},
    {"no-unload", "second time", DeleteDeviceTwice},
    {"no-unload", "1 open files", DeleteOpenDevice},
    {"device-security", "already", SecureOpenDevice},
    {"notify-remove-inside", NULL, NotifyRemovesItself},
    {"notify-forbidden", "KeWaitForSingleObject", NotifyWaits},
    {"notify-forbidden", "ZwOpenKey", NotifyOpensKey},
    {"left-behind", "blocks of pool", UnloadLeavePool},
    {"left-behind", "references", UnloadLeaveReference},
    {"left-behind", "kernel handles", UnloadLeaveHandle},
    {"left-behind", "symbolic link", UnloadLeaveLink},
    {"left-behind", "image notify routine", UnloadLeaveNotifyRoutine},
    {"left-behind", "process notify routine", UnloadLeaveProcessRoutine},
    {"left-behind", "MDLs", UnloadLeaveMdl},
    {"left-behind", "a device", UnloadLeaveDevice},
    {"left-behind", "requests", UnloadWithRequestPended},
    {"assertion", "Device == NULL", FailAssertion},
    {"bug-check", "0x000000E2", BugCheck},
    {"sim", "KeSetEvent", SetEventAndWait},
};

const ULONG BrokenCaseCount = RTL_NUMBER_OF(BrokenCases);
