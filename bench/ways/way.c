/* SPDX-License-Identifier: MIT */
#include "way.h"
#include "way_os.h"

/* Newer than some headers. */
#define WAY_MDL_NO_EXECUTE 0x40000000u /* MdlMappingNoExecute */

static struct
{
    DEVICE_OBJECT *Object;
    const WAY *Way;
} Device;

volatile LONG64 WayLost;

/* Events. */

VOID
WayWrite(const WAY_FACTS *Facts, VOID *To)
{
    UCHAR *At = To;
    RtlCopyMemory(At, &Facts->Fixed, sizeof(Facts->Fixed));
    At += sizeof(Facts->Fixed);
    RtlCopyMemory(At, Facts->Path, Facts->Fixed.PathBytes);
    At += Facts->Fixed.PathBytes;
    RtlCopyMemory(At, Facts->CommandLine, Facts->Fixed.CommandLineBytes);
}

static const VOID *
WayText(_In_opt_ PCUNICODE_STRING Text, _Out_ uint32_t *Bytes)
{
    *Bytes = Text && Text->Buffer ? Text->Length : 0;
    return *Bytes ? (const VOID *)Text->Buffer : "";
}

static VOID
WayReport(_Inout_ WAY_FACTS *Facts, _In_ WAY_KIND Kind, _In_ HANDLE ProcessId, _In_opt_ PCUNICODE_STRING Path,
          _In_opt_ PCUNICODE_STRING CommandLine)
{
    WAY_EVENT *Event = &Facts->Fixed;
    Facts->Path = WayText(Path, &Event->PathBytes);
    Facts->CommandLine = WayText(CommandLine, &Event->CommandLineBytes);
    Event->Bytes = ((uint32_t)sizeof(*Event) + Event->PathBytes + Event->CommandLineBytes + 7) & ~(uint32_t)7;
    Event->Kind = Kind;
    Event->Time = WayTime();
    Event->ProcessId = HandleToULong(ProcessId);
    Event->ThreadId = HandleToULong(PsGetCurrentThreadId());
    Device.Way->Report(Facts);
}

static VOID NTAPI
WayNotifyProcess(_Inout_ PEPROCESS Process, _In_ HANDLE ProcessId, _Inout_opt_ PPS_CREATE_NOTIFY_INFO Info)
{
    WAY_FACTS Facts = {.Path = NULL};
    if (Info)
    {
        Facts.Fixed.ParentId = HandleToULong(Info->ParentProcessId);
        Facts.Fixed.Tag = HandleToULong(Info->CreatingThreadId.UniqueThread);
        WayReport(&Facts, WAY_START, ProcessId, Info->ImageFileName, Info->CommandLine);
    }
    else
    {
        Facts.Fixed.Tag = (ULONG)PsGetProcessExitStatus(Process);
        WayReport(&Facts, WAY_EXIT, ProcessId, NULL, NULL);
    }
}

static VOID NTAPI
WayNotifyImage(_In_opt_ PUNICODE_STRING FullImageName, _In_ HANDLE ProcessId, _In_ PIMAGE_INFO Info)
{
    WAY_FACTS Facts = {.Path = NULL};
    Facts.Fixed.Tag = Info->ImageSize;
    Facts.Fixed.Base = (ULONG_PTR)Info->ImageBase;
    WayReport(&Facts, WAY_IMAGE, ProcessId, FullImageName, NULL);
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
    VOID *Output = MmGetSystemAddressForMdlSafe(Irp->MdlAddress,
                                                (MM_PAGE_PRIORITY)(NormalPagePriority | WAY_MDL_NO_EXECUTE));
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
    PsSetCreateProcessNotifyRoutineEx(WayNotifyProcess, TRUE);
    PsRemoveLoadImageNotifyRoutine(WayNotifyImage);
    if (Device.Way->Cancel)
        Device.Way->Cancel();
    Device.Way->Destroy();
    WayOsDestroy();
    RtlInitUnicodeString(&Link, WAY_LINK_NAME);
    IoDeleteSymbolicLink(&Link);
    IoDeleteDevice(Device.Object);
}

static NTSTATUS
WayRegister(VOID)
{
    NTSTATUS Status = PsSetLoadImageNotifyRoutine(WayNotifyImage);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = PsSetCreateProcessNotifyRoutineEx(WayNotifyProcess, FALSE);
    if (!NT_SUCCESS(Status))
        PsRemoveLoadImageNotifyRoutine(WayNotifyImage);
    return Status;
}

NTSTATUS
WayStart(DRIVER_OBJECT *DriverObject, const WAY *Way)
{
    UNICODE_STRING Name, Link;
    RtlInitUnicodeString(&Name, WAY_DEVICE_NAME);
    RtlInitUnicodeString(&Link, WAY_LINK_NAME);
    Device.Way = Way;
    WayLost = 0;

    NTSTATUS Status = WayOsInit();
    if (!NT_SUCCESS(Status))
        return Status;
    Status = Way->Init ? Way->Init() : STATUS_SUCCESS;
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
    Status = WayRegister();
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
