/* SPDX-License-Identifier: MIT */
#include "way.h"
#include "way_notify.h"
#include "way_os.h"
#include "notify.h"

static struct
{
    DEVICE_OBJECT *Object;
    const WAY *Way;
    SESSIONS Sessions; /* for notify.c, which hands it back */
    LOG Log;           /* likewise */
    PRCM_QUERY Query;
} Device;

volatile LONG64 WayLost;

/* Events: what notify.c calls. */

BOOLEAN
LogCaptures(const LOG *Log, ULONG Kind)
{
    UNREFERENCED_PARAMETER(Log);
    UNREFERENCED_PARAMETER(Kind);
    return TRUE;
}

PRCM_RECORD *
LogReserve(LOG *Log, ULONG Kind, ULONG Key, ULONG Bytes)
{
    UNREFERENCED_PARAMETER(Log);
    LONGLONG Time = OsTime();
    PRCM_RECORD *Record = Device.Way->Reserve(Bytes);
    if (!Record)
        return NULL;
    Record->Size = Bytes;
    Record->Kind = (uint16_t)Kind;
    Record->Sequence = 0;
    Record->Time = Time;
    Record->Key = Key;
    return Record;
}

VOID
SessionsCommit(SESSIONS *Sessions, PRCM_RECORD *Record)
{
    UNREFERENCED_PARAMETER(Sessions);
    Device.Way->Commit(Record);
}

/* Requests. */

VOID
WayComplete(PIRP Irp, NTSTATUS Status, ULONG Written)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Written;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS
WayControl(_Inout_ PIRP Irp, _Out_ ULONG *Written)
{
    const IO_STACK_LOCATION *Stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG Code = Stack->Parameters.DeviceIoControl.IoControlCode;
    ULONG Bytes = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    *Written = 0;
    if (Code == WAY_IOCTL_LOST && Bytes >= sizeof(uint64_t))
    {
        *(uint64_t *)Irp->AssociatedIrp.SystemBuffer = (uint64_t)WayLost;
        *Written = sizeof(uint64_t);
        return STATUS_SUCCESS;
    }
    if (Code != WAY_IOCTL_TAKE || !Device.Way->Take)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!Irp->MdlAddress)
        return STATUS_BUFFER_TOO_SMALL;
    VOID *Output = OsMapMdl(Irp->MdlAddress);
    if (!Output)
        return STATUS_INSUFFICIENT_RESOURCES;
    return Device.Way->Take(Irp, Output, Bytes, Written);
}

static NTSTATUS NTAPI
WayDispatch(_In_ DEVICE_OBJECT *DeviceObject, _Inout_ PIRP Irp)
{
    UCHAR Major = IoGetCurrentIrpStackLocation(Irp)->MajorFunction;
    NTSTATUS Status = STATUS_SUCCESS;
    ULONG Written = 0;
    UNREFERENCED_PARAMETER(DeviceObject);
    if (Major == IRP_MJ_DEVICE_CONTROL)
        Status = WayControl(Irp, &Written);
    else if (Major == IRP_MJ_CLEANUP && Device.Way->Cancel)
        Device.Way->Cancel();
    if (Status != STATUS_PENDING)
        WayComplete(Irp, Status, Written);
    return Status;
}

/* Starting and ending. */

static VOID NTAPI
WayUnload(_In_ DRIVER_OBJECT *DriverObject)
{
    UNICODE_STRING Link;
    UNREFERENCED_PARAMETER(DriverObject);
    NotifyUnregister();
    if (Device.Way->Cancel)
        Device.Way->Cancel();
    Device.Way->Destroy();
    WayOsDestroy();
    RtlInitUnicodeString(&Link, WAY_LINK_NAME);
    IoDeleteSymbolicLink(&Link);
    IoDeleteDevice(Device.Object);
}

NTSTATUS
WayStart(DRIVER_OBJECT *DriverObject, const WAY *Way)
{
    UNICODE_STRING Name, Link;
    RtlInitUnicodeString(&Name, WAY_DEVICE_NAME);
    RtlInitUnicodeString(&Link, WAY_LINK_NAME);
    Device.Way = Way;
    Device.Sessions.Log = &Device.Log;
    WayLost = 0;
    OsInit();

    NTSTATUS Status = WayOsInit();
    if (!NT_SUCCESS(Status))
        return Status;
    Status = Way->Init();
    if (!NT_SUCCESS(Status))
        goto DestroyOs;
    Status = IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                            &Device.Object);
    if (!NT_SUCCESS(Status))
        goto Destroy;
    for (ULONG Major = 0; Major <= IRP_MJ_MAXIMUM_FUNCTION; Major++)
        DriverObject->MajorFunction[Major] = WayDispatch;
    DriverObject->DriverUnload = WayUnload;
    Status = IoCreateSymbolicLink(&Link, &Name);
    if (!NT_SUCCESS(Status))
        goto DeleteDevice;
    Status = NotifyRegister(&Device.Sessions, &Device.Query);
    if (NT_SUCCESS(Status))
        return Status;
    IoDeleteSymbolicLink(&Link);
DeleteDevice:
    IoDeleteDevice(Device.Object);
Destroy:
    Way->Destroy();
DestroyOs:
    WayOsDestroy();
    return Status;
}
