/* SPDX-License-Identifier: MIT
 *
 * The simulator catches what it says it catches: a small broken driver for each rule, in a process of its own, ends with the
 * name of that rule.
 */
#include "rig.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TAG         0x6B6F7242u /* "Brok" */
#define DEVICE_NAME L"\\Device\\Broken"
#define CODE        CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define DIRECT      CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)

static KSPIN_LOCK Lock;
static PDEVICE_OBJECT Device;
static PDRIVER_DISPATCH ControlRoutine;
static DRIVER_UNLOAD *UnloadRoutine;

/* ---- A driver that is right but for what a test puts into it ---- */

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status)
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
    return Complete(Irp, STATUS_SUCCESS);
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

static const SIM_IMAGE Broken = {"broken", Entry, NULL, NULL};

static NTSTATUS
Ask(ULONG Code)
{
    char Out[64];
    HANDLE File;
    if (!NT_SUCCESS(SimOpen(DEVICE_NAME, RIG_ALL_ACCESS, &File)))
        exit(2);
    return SimControl(File, Code, "in", 3, Out, sizeof(Out), NULL);
}

static void
AskWith(PDRIVER_DISPATCH Routine)
{
    ControlRoutine = Routine;
    Ask(CODE);
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
AcquireTwice(void)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Lock, &Irql);
    KeAcquireSpinLock(&Lock, &Irql);
}

static void
ReleaseNotHeld(void)
{
    KeReleaseSpinLock(&Lock, PASSIVE_LEVEL);
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
    Complete(Irp, STATUS_SUCCESS);
    KeAcquireSpinLock(&Lock, &Irql);
    return STATUS_SUCCESS;
}

static void
DispatchUnbalanced(void)
{
    AskWith(ReturnsWithLock);
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
    ExFreePool(ExAllocatePoolWithTag(NonPagedPool, 16, TAG));
}

static void
NxPoolBeforeItExisted(void)
{
    SimSetOs(SIM_NT61);
    ExFreePool(ExAllocatePoolWithTag(NonPagedPoolNx, 16, TAG));
}

static void
EmptyPool(void)
{
    ExAllocatePool2(POOL_FLAG_NON_PAGED, 0, TAG);
}

static void
PoolWithoutTag(void)
{
    ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 0);
}

static void
FreeTwice(void)
{
    PVOID Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG);
    ExFreePool(Block);
    ExFreePool(Block);
}

static void
FreeByWrongTag(void)
{
    ExFreePoolWithTag(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG), TAG + 1);
}

static void
PagedPoolAtDispatch(void)
{
    KIRQL Irql;
    PVOID Block = ExAllocatePool2(POOL_FLAG_PAGED, 16, TAG);
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
    return Complete(Irp, STATUS_SUCCESS);
}

static void
ExecutableMapping(void)
{
    ControlRoutine = MapsForExecution;
    Ask(DIRECT);
}

/* ---- Requests ---- */

static NTSTATUS
CompletesTwice(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Complete(Irp, STATUS_SUCCESS);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS
CompletesWithLock(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL Irql;
    UNREFERENCED_PARAMETER(DeviceObject);
    KeAcquireSpinLock(&Lock, &Irql);
    NTSTATUS Status = Complete(Irp, STATUS_SUCCESS);
    KeReleaseSpinLock(&Lock, Irql);
    return Status;
}

static NTSTATUS
CompletesAsPending(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_PENDING);
}

static NTSTATUS
ReturnsAnotherStatus(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Complete(Irp, STATUS_SUCCESS);
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
    return Complete(Irp, STATUS_SUCCESS);
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
    HANDLE File;
    ControlRoutine = PendsForCancel;
    SimOpen(DEVICE_NAME, RIG_ALL_ACCESS, &File);
    SimIoCancel(SimControlStart(File, CODE, NULL, 0, NULL, 0));
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
    return Complete(Irp, STATUS_SUCCESS);
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
        AskWith(Routine);                                                                                    \
    }
ASK_WITH(CompletesTwice)
ASK_WITH(CompletesWithLock)
ASK_WITH(CompletesAsPending)
ASK_WITH(ReturnsAnotherStatus)
ASK_WITH(TellsTooMuch)
ASK_WITH(LeavesCancelRoutine)
ASK_WITH(ReturnsPendingUnmarked)
ASK_WITH(MarksAndReturns)
ASK_WITH(ForgetsToComplete)

/* ---- Objects ---- */

static void
DereferenceTooOften(void)
{
    PEPROCESS Process;
    PsLookupProcessByProcessId(ULongToHandle(SIM_SYSTEM_PROCESS_ID), &Process);
    ObDereferenceObject(Process);
    ObDereferenceObject(Process);
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
    ObOpenObjectByPointer(Process, 0, NULL, PROCESS_QUERY_INFORMATION, *PsProcessType, KernelMode, &Handle);
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
NotifyUnbalanced(void)
{
    NotifyWith(LeaveTheOsRegion);
}

/* ---- What is left behind ---- */

static void
LeavePool(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG);
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

/* ---- The frame ---- */

typedef struct CASE
{
    const char *Rule;
    const char *Says; /* besides the rule's name; NULL: nothing */
    void (*Break)(void);
} CASE;

static const CASE Cases[] = {
    {"irql", "ZwClose", PassiveCallAtDispatch},
    {"irql-order", "KeLowerIrql", LowerUpwards},
    {"spin-lock-recursion", NULL, AcquireTwice},
    {"spin-lock-not-held", NULL, ReleaseNotHeld},
    {"wait-at-dispatch", NULL, WaitWithLock},
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
    {"double-completion", NULL, AskCompletesTwice},
    {"completion-with-lock", NULL, AskCompletesWithLock},
    {"completion-status", "STATUS_PENDING", AskCompletesAsPending},
    {"completion-status", "0xC0000001 returned", AskReturnsAnotherStatus},
    {"completion-information", "65 bytes", AskTellsTooMuch},
    {"cancel-routine-left", NULL, AskLeavesCancelRoutine},
    {"cancel-lock", NULL, CancelKeepsLock},
    {"pending-mark", "not marked", AskReturnsPendingUnmarked},
    {"pending-mark", "was marked", AskMarksAndReturns},
    {"not-completed", NULL, AskForgetsToComplete},
    {"reference", NULL, DereferenceTooOften},
    {"handle", "ZwClose", CloseNoHandle},
    {"handle", "user mode", UserModeHandle},
    {"notify-remove-inside", NULL, NotifyRemovesItself},
    {"notify-forbidden", "KeWaitForSingleObject", NotifyWaits},
    {"left-behind", "blocks of pool", UnloadLeavePool},
    {"left-behind", "references", UnloadLeaveReference},
    {"left-behind", "kernel handles", UnloadLeaveHandle},
    {"left-behind", "symbolic link", UnloadLeaveLink},
    {"left-behind", "image notify routine", UnloadLeaveNotifyRoutine},
    {"left-behind", "requests", UnloadWithRequestPended},
};

static void
RunBroken(const CASE *Case, int Output)
{
    dup2(Output, STDERR_FILENO);
    SimReset();
    if (!NT_SUCCESS(SimLoad(&Broken)))
        _exit(3);
    Case->Break();
    _exit(4);
}

static void
CheckCase(const CASE *Case)
{
    char Said[65536] = {0};
    char Wanted[128];
    size_t Length = 0;
    ssize_t Got;
    int Pipe[2];
    int Exit;
    assert_int_equal(pipe(Pipe), 0);
    fflush(NULL);
    pid_t Child = fork();
    if (Child == 0)
        RunBroken(Case, Pipe[1]);
    close(Pipe[1]);
    while (Length < sizeof(Said) - 1 && (Got = read(Pipe[0], Said + Length, sizeof(Said) - 1 - Length)) > 0)
        Length += (size_t)Got;
    close(Pipe[0]);
    waitpid(Child, &Exit, 0);
    snprintf(Wanted, sizeof(Wanted), "sim: rule %s is broken: ", Case->Rule);
    const char *Rule = strstr(Said, Wanted);
    if (!Rule || (Case->Says && !strstr(Rule, Case->Says)))
        fail_msg("not caught by rule %s (%s): %s", Case->Rule, Case->Says ? Case->Says : "", Said);
    assert_true(WIFSIGNALED(Exit) && WTERMSIG(Exit) == SIGABRT);
}

static void
each_broken_driver_is_caught_by_the_right_rule(void **State)
{
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Cases); Index++)
        CheckCase(&Cases[Index]);
}

static NTSTATUS
Answers(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_SUCCESS);
}

static void
a_driver_that_keeps_the_rules_is_left_alone(void **State)
{
    HANDLE File;
    (void)State;
    SimReset();
    assert_status(SimLoad(&Broken), STATUS_SUCCESS);
    ControlRoutine = Answers;
    assert_status(SimOpen(DEVICE_NAME, RIG_ALL_ACCESS, &File), STATUS_SUCCESS);
    assert_status(SimControl(File, CODE, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
    SimClose(File);
    RigUnload();
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(each_broken_driver_is_caught_by_the_right_rule),
        cmocka_unit_test(a_driver_that_keeps_the_rules_is_left_alone),
    };
    return cmocka_run_group_tests_name("simulator rules", Tests, NULL, NULL);
}
