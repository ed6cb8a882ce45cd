/* SPDX-License-Identifier: MIT */
#include "ntext_device.h"
#include "ntext_bulk.h"
#include "ntext_handle.h"
#include "ntext_image.h"
#include "ntext_notify.h"
#include "ntext_process.h"
#include "ntext_rule.h"

#define DEVICE_DRIVER_NAME      L"\\Driver\\Ntext"
#define DEVICE_TYPE_NTEXT       0x8951
#define DEVICE_DISPATCH_TIMEOUT (-1000000) /* 100 ms, relative */

/* Missing in the headers. */
NTKERNELAPI NTSTATUS NTAPI IoCreateDriver(PUNICODE_STRING Name, PDRIVER_INITIALIZE Init);

static DRIVER_INITIALIZE DeviceInitDriver;
static DRIVER_DISPATCH DeviceDispatch;

static BOOLEAN
DeviceIsText(_In_ const NTEXT_EVENT *Event, _In_ NTEXT_BYTES Bytes, _In_ ULONG MaxLength)
{
    if (!Bytes.Offset)
        return Bytes.Length == 0;
    return Bytes.Offset >= sizeof(*Event) && Bytes.Offset % 4 == 0 && Bytes.Offset <= Event->Size &&
           Bytes.Length <= MaxLength && Bytes.Length <= Event->Size - Bytes.Offset;
}

static BOOLEAN
DeviceIsSid(_In_ const NTEXT_EVENT *Event)
{
    if (!DeviceIsText(Event, Event->UserSid, NTEXT_MAX_SID_BYTES))
        return FALSE;
    if (!Event->UserSid.Offset)
        return TRUE;
    const SID *Sid = (const VOID *)((const UCHAR *)Event + Event->UserSid.Offset);
    ULONG Header = FIELD_OFFSET(SID, SubAuthority);
    return Event->UserSid.Length >= Header &&
           Event->UserSid.Length == Header + Sid->SubAuthorityCount * sizeof(ULONG);
}

static BOOLEAN
DeviceIsEvent(_In_ const NTEXT_EVENT *Event, _In_ ULONG Length)
{
    if (Length < sizeof(*Event) || Event->Size != Length || Event->Kind >= NTEXT_KIND_COUNT)
        return FALSE;
    BOOLEAN IsKernelImage = Event->Kind == NTEXT_IMAGE && (Event->Properties & NTEXT_IMAGE_SYSTEM_MODE);
    return (Event->ProcessId != 0) == !IsKernelImage &&
           DeviceIsText(Event, Event->Image, NTEXT_MAX_TEXT_BYTES) &&
           DeviceIsText(Event, Event->NativeImage, NTEXT_MAX_PATH_BYTES) &&
           DeviceIsText(Event, Event->CommandLine, NTEXT_MAX_TEXT_BYTES) && DeviceIsSid(Event);
}

static NTSTATUS
DeviceState(_Inout_ PIRP Irp, _In_ PIO_STACK_LOCATION Stack)
{
    if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(NTEXT_STATE))
        return STATUS_BUFFER_TOO_SMALL;
    NTEXT_STATE *State = Irp->AssociatedIrp.SystemBuffer;
    RtlZeroMemory(State, sizeof(*State));
    State->Version = NTEXT_VERSION;
    NotifyState(State);
    ProcessState(State);
    HandleState(State);
    RuleState(State);
    Irp->IoStatus.Information = sizeof(*State);
    return STATUS_SUCCESS;
}

static NTSTATUS
DeviceRaise(_Inout_ PIRP Irp, _In_ PIO_STACK_LOCATION Stack)
{
    NTEXT_RESULT Result;
    const NTEXT_EVENT *Event = Irp->AssociatedIrp.SystemBuffer;
    if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(Result))
        return STATUS_BUFFER_TOO_SMALL;
    if (!DeviceIsEvent(Event, Stack->Parameters.DeviceIoControl.InputBufferLength))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS Status = NotifyRaise(Event, Stack->FileObject, &Result);
    if (!NT_SUCCESS(Status))
        return Status;
    RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, &Result, sizeof(Result));
    Irp->IoStatus.Information = sizeof(Result);
    return STATUS_SUCCESS;
}

static NTSTATUS
DeviceControl(_Inout_ PIRP Irp, _In_ PIO_STACK_LOCATION Stack)
{
    switch (Stack->Parameters.DeviceIoControl.IoControlCode)
    {
    case NTEXT_IOCTL_STATE:
        return DeviceState(Irp, Stack);
    case NTEXT_IOCTL_RAISE:
        return DeviceRaise(Irp, Stack);
    case NTEXT_IOCTL_BULK:
        return BulkStart(Irp, Stack);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static NTSTATUS NTAPI
DeviceDispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS Status = STATUS_SUCCESS;
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    if (Stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        Status = DeviceControl(Irp, Stack);
    else if (Stack->MajorFunction == IRP_MJ_CLOSE)
        ProcessUnlistOwner(Stack->FileObject);
    if (Status == STATUS_PENDING)
        return Status;
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS NTAPI
DeviceInitDriver(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING Name, Link;
    PDEVICE_OBJECT Device;
    UNREFERENCED_PARAMETER(RegistryPath);
    RtlInitUnicodeString(&Name, NTEXT_DEVICE_NAME);
    RtlInitUnicodeString(&Link, NTEXT_LINK_NAME);
    Driver->MajorFunction[IRP_MJ_CREATE] = DeviceDispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = DeviceDispatch;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DeviceDispatch;
    NTSTATUS Status = IoCreateDevice(Driver, 0, &Name, DEVICE_TYPE_NTEXT, 0, FALSE, &Device);
    if (!NT_SUCCESS(Status))
        return Status;
    (VOID) IoDeleteSymbolicLink(&Link); /* it outlives the process that made it */
    Status = IoCreateSymbolicLink(&Link, &Name);
    if (!NT_SUCCESS(Status))
        IoDeleteDevice(Device);
    else
        Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return Status;
}

VOID
DeviceStart(VOID)
{
    static LONG Started;
    UNICODE_STRING Name;
    if (Started || InterlockedExchange(&Started, 1))
        return;
    /* When the driver that imports it goes, ntext stays: its device belongs to the process, and a request may
     * be in it at that moment. */
    if (!ImagePinOwn())
        DbgPrint("ntext: cannot stay loaded when its driver is unloaded\n");
    NotifyInit();
    RtlInitUnicodeString(&Name, DEVICE_DRIVER_NAME);
    NTSTATUS Status = IoCreateDriver(&Name, DeviceInitDriver);
    if (!NT_SUCCESS(Status))
        DbgPrint("ntext: no device for the feeder: 0x%08lX\n", Status);
}

/* By a request of our own that comes after. It does not come through where this very thread is to dispatch
 * it: when Wine shuts down. */
static VOID
DeviceAsk(_In_ HANDLE Event)
{
    /* Not on the stack: a request given up may still be answered. */
    static IO_STATUS_BLOCK IoStatus;
    static NTEXT_STATE State;
    UNICODE_STRING Name;
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Device;
    LARGE_INTEGER Timeout = {.QuadPart = DEVICE_DISPATCH_TIMEOUT};
    RtlInitUnicodeString(&Name, NTEXT_DEVICE_NAME);
    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE, NULL, NULL);
    NTSTATUS Status = ZwCreateFile(&Device, GENERIC_READ, &Attributes, &IoStatus, NULL, 0,
                                   FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, 0, NULL, 0);
    if (!NT_SUCCESS(Status))
        return;
    Status = ZwDeviceIoControlFile(Device, Event, NULL, NULL, &IoStatus, NTEXT_IOCTL_STATE, NULL, 0, &State,
                                   sizeof(State));
    if (Status == STATUS_PENDING)
        (VOID) ZwWaitForSingleObject(Event, FALSE, &Timeout);
    ZwClose(Device);
}

VOID
DevicePassDispatcher(VOID)
{
    HANDLE Event;
    if (!NT_SUCCESS(ZwCreateEvent(&Event, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE)))
        return;
    DeviceAsk(Event);
    ZwClose(Event);
}
