/* SPDX-License-Identifier: MIT */
#include "contract.h"

#define CONTRACT_DEVICE      L"\\Device\\Contract"
#define CONTRACT_LINK        L"\\DosDevices\\Contract"
#define CONTRACT_DEVICE_TYPE 0x8952

typedef struct REQUEST
{
    ULONG ProcessId;
    CHAR Case[60];
} REQUEST;

DRIVER_INITIALIZE DriverEntry;

PVOID
ContractLookUp(PCWSTR Name)
{
    UNICODE_STRING String;
    RtlInitUnicodeString(&String, Name);
    return MmGetSystemRoutineAddress(&String);
}

static BOOLEAN
ContractIsNamed(PCSTR Name, const REQUEST *Request)
{
    SIZE_T At = 0;
    while (At < sizeof(Request->Case) - 1 && Name[At] && Name[At] == Request->Case[At])
        At++;
    return !Name[At] && !Request->Case[At];
}

static CONTRACT_ROUTINE *
ContractFind(const REQUEST *Request)
{
    static const CONTRACT_CASE *const All[] = {ContractObjectCases, ContractNotifyCases, ContractMemoryCases,
                                               ContractQueueCases};
    for (SIZE_T i = 0; i < RTL_NUMBER_OF(All); i++)
        for (const CONTRACT_CASE *Case = All[i]; Case->Name; Case++)
            if (ContractIsNamed(Case->Name, Request))
                return Case->Run;
    return NULL;
}

static NTSTATUS
ContractRun(const REQUEST *Request)
{
    PEPROCESS Process;
    CONTRACT_ROUTINE *Run = ContractFind(Request);
    if (!Run || !NT_SUCCESS(PsLookupProcessByProcessId(ULongToHandle(Request->ProcessId), &Process)))
        return CONTRACT_NO_CASE;
    NTSTATUS Status = Run(Process);
    ObDereferenceObject(Process);
    return Status;
}

static DRIVER_DISPATCH ContractDispatch;
static DRIVER_UNLOAD ContractUnload;

/* Whatever the case comes to is what the request answers, not what it ends with. */
static NTSTATUS NTAPI
ContractDispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS Status = STATUS_SUCCESS;
    NTSTATUS *Answer = Irp->AssociatedIrp.SystemBuffer;
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    if (Stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
    {
        if (Stack->Parameters.DeviceIoControl.InputBufferLength != sizeof(REQUEST) ||
            Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(*Answer))
        {
            Status = STATUS_INVALID_PARAMETER;
        }
        else
        {
            *Answer = ContractRun(Irp->AssociatedIrp.SystemBuffer);
            Irp->IoStatus.Information = sizeof(*Answer);
        }
    }
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID NTAPI
ContractUnload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING Link;
    RtlInitUnicodeString(&Link, CONTRACT_LINK);
    PsSetCreateProcessNotifyRoutine(ContractNotify, TRUE);
    IoDeleteSymbolicLink(&Link);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS NTAPI
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING Name, Link;
    PDEVICE_OBJECT Device;
    UNREFERENCED_PARAMETER(RegistryPath);
    RtlInitUnicodeString(&Name, CONTRACT_DEVICE);
    RtlInitUnicodeString(&Link, CONTRACT_LINK);
    Driver->MajorFunction[IRP_MJ_CREATE] = ContractDispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = ContractDispatch;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ContractDispatch;
    Driver->DriverUnload = ContractUnload;
    NTSTATUS Status = IoCreateDevice(Driver, 0, &Name, CONTRACT_DEVICE_TYPE, 0, FALSE, &Device);
    if (!NT_SUCCESS(Status))
        return Status;
    (VOID) IoDeleteSymbolicLink(&Link);
    Status = IoCreateSymbolicLink(&Link, &Name);
    if (NT_SUCCESS(Status))
        Status = PsSetCreateProcessNotifyRoutine(ContractNotify, FALSE);
    if (!NT_SUCCESS(Status))
        IoDeleteDevice(Device);
    return Status;
}
