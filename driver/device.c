/* SPDX-License-Identifier: MIT
 *
 * Every dispatch routine holds Device.Running: a host that unloads the driver with handles open (Wine) may do
 * so while one runs. The handlers return a status; only DeviceComplete completes. STATUS_PENDING means hands
 * off.
 */
#include "device.h"

#define DEVICE_MAX_INPUT_BYTES 4096u

static struct
{
    DEVICE_OBJECT *Object;
    SESSIONS *Sessions;
    const PRCM_QUERY *Query;
    EX_RUNDOWN_REF Running;
} Device;

static UNICODE_STRING
DeviceLinkName(VOID)
{
    UNICODE_STRING Name;
    RtlInitUnicodeString(&Name, PRCM_LINK_NAME);
    return Name;
}

static NTSTATUS
DeviceComplete(_Inout_ PIRP Irp, _In_ NTSTATUS Status, _In_ ULONG Written)
{
    if (Status == STATUS_PENDING)
        return Status;
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Written;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* Requests. */

static NTSTATUS
DeviceQuery(_In_ ULONG InputLength, _Out_writes_bytes_to_(OutputLength, *Written) VOID *Output,
            _In_ ULONG OutputLength, _Out_ ULONG *Written)
{
    if (InputLength)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (OutputLength < PRCM_QUERY_MIN_BYTES)
        return STATUS_BUFFER_TOO_SMALL;
    PRCM_QUERY Query = *Device.Query;
    Query.Time = OsTime();
    SessionsQuery(Device.Sessions, &Query);
    RtlCopyMemory(Output, &Query, sizeof(Query));
    *Written = sizeof(Query);
    return STATUS_SUCCESS;
}

static BOOLEAN
DeviceIsZero(_In_reads_bytes_(Length) const VOID *Memory, _In_ ULONG Length)
{
    const UCHAR *Bytes = Memory;
    for (ULONG At = 0; At < Length; At++)
        if (Bytes[At])
            return FALSE;
    return TRUE;
}

/* Takes the input of a request: Known receives as much of it as this driver knows. */
static NTSTATUS
DeviceTakeInput(_In_reads_bytes_(Length) const VOID *Input, _In_ ULONG Length,
                _Out_writes_bytes_(KnownBytes) VOID *Known, _In_ ULONG KnownBytes)
{
    if (Length < KnownBytes || Length > DEVICE_MAX_INPUT_BYTES || *(const uint32_t *)Input != Length)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!DeviceIsZero((const UCHAR *)Input + KnownBytes, Length - KnownBytes))
        return STATUS_INVALID_PARAMETER;
    RtlCopyMemory(Known, Input, KnownBytes);
    return STATUS_SUCCESS;
}

/* From names how much of Token is used; the rest is reserved. */
static BOOLEAN
DeviceTokenIsValid(_In_ const PRCM_TOKEN *Token, _In_ ULONG From)
{
    PRCM_TOKEN Rest = *Token;
    switch (From)
    {
    case PRCM_FROM_TOKEN:
        return Token->Instance && Token->CountsKnown <= 1 && !Token->Reserved;
    case PRCM_FROM_SEQUENCE:
        Rest.Next = 0;
        break;
    default:
        break;
    }
    return DeviceIsZero(&Rest, sizeof(Rest));
}

static BOOLEAN
DeviceSubscribeIsValid(_In_ const PRCM_SUBSCRIBE *Request)
{
    if (!Request->Kinds || (Request->Kinds & ~PRCM_KINDS_ALL) || Request->KeyCount > PRCM_MAX_KEYS ||
        Request->Reserved)
        return FALSE;
    ULONG Unused = PRCM_MAX_KEYS - Request->KeyCount;
    return DeviceIsZero(Request->Keys + Request->KeyCount, Unused * (ULONG)sizeof(*Request->Keys)) &&
           DeviceTokenIsValid(&Request->Token, Request->From);
}

/* Input and output share Buffer. */
static NTSTATUS
DeviceSubscribe(_Inout_ SESSION *Session, _Inout_ VOID *Buffer, _In_ ULONG InputLength,
                _In_ ULONG OutputLength, _Out_ ULONG *Written)
{
    PRCM_SUBSCRIBE Request;
    PRCM_SUBSCRIBED Answer;
    /* The version first: a reader of another one may well send another length. */
    if (InputLength >= 2 * sizeof(uint32_t) && ((const uint32_t *)Buffer)[1] != PRCM_ABI_VERSION)
        return STATUS_REVISION_MISMATCH;
    NTSTATUS Status = DeviceTakeInput(Buffer, InputLength, &Request, sizeof(Request));
    if (!NT_SUCCESS(Status))
        return Status;
    if (OutputLength < sizeof(Answer))
        return STATUS_BUFFER_TOO_SMALL;
    if (!DeviceSubscribeIsValid(&Request))
        return STATUS_INVALID_PARAMETER;
    Status = SessionSubscribe(Session, &Request, &Answer);
    if (!NT_SUCCESS(Status))
        return Status;
    RtlCopyMemory(Buffer, &Answer, sizeof(Answer));
    *Written = sizeof(Answer);
    return STATUS_SUCCESS;
}

static NTSTATUS
DeviceRead(_Inout_ SESSION *Session, _Inout_ PIRP Irp, _In_ ULONG InputLength, _In_ ULONG OutputLength,
           _Out_ ULONG *Written)
{
    PRCM_READ Request;
    NTSTATUS Status =
        DeviceTakeInput(Irp->AssociatedIrp.SystemBuffer, InputLength, &Request, sizeof(Request));
    if (!NT_SUCCESS(Status))
        return Status;
    if (Request.Flags & ~PRCM_READ_NO_WAIT)
        return STATUS_INVALID_PARAMETER;
    if (OutputLength < sizeof(PRCM_BATCH))
        return STATUS_BUFFER_TOO_SMALL;
    if (OutputLength > PRCM_MAX_READ_BYTES)
        return STATUS_INVALID_BUFFER_SIZE;
    return SessionRead(Session, Irp, (Request.Flags & PRCM_READ_NO_WAIT) != 0, Written);
}

static NTSTATUS
DeviceStop(_In_ ULONG InputLength, _In_ ULONG OutputLength)
{
    if (InputLength || OutputLength)
        return STATUS_INFO_LENGTH_MISMATCH;
    SessionsStop(Device.Sessions);
    return STATUS_SUCCESS;
}

static NTSTATUS
DeviceControl(_Inout_ PIRP Irp, _Out_ ULONG *Written)
{
    const IO_STACK_LOCATION *Stack = IoGetCurrentIrpStackLocation(Irp);
    if (!Stack->FileObject) /* a driver's request that belongs to no open */
        return STATUS_INVALID_DEVICE_REQUEST;
    SESSION *Session = Stack->FileObject->FsContext;
    if (!Session)
    {
        /* Refused, but Wine 8.0 hands out a handle all the same; or no CREATE came, as for a driver's stream file. */
        NTSTATUS Refused = (NTSTATUS)(LONG_PTR)Stack->FileObject->FsContext2;
        return Refused ? Refused : STATUS_INVALID_DEVICE_REQUEST;
    }
    VOID *Buffer = Irp->AssociatedIrp.SystemBuffer;
    ULONG InputLength = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG OutputLength = Stack->Parameters.DeviceIoControl.OutputBufferLength;

    switch (Stack->Parameters.DeviceIoControl.IoControlCode)
    {
    case PRCM_IOCTL_QUERY:
        return DeviceQuery(InputLength, Buffer, OutputLength, Written);
    case PRCM_IOCTL_SUBSCRIBE:
        return DeviceSubscribe(Session, Buffer, InputLength, OutputLength, Written);
    case PRCM_IOCTL_READ:
        return DeviceRead(Session, Irp, InputLength, OutputLength, Written);
    case PRCM_IOCTL_STOP:
        return DeviceStop(InputLength, OutputLength);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/* The device has no name space behind it: a name in it, or a name relative to another open, is somebody's
 * mistake or an attempt to get past its security descriptor. */
static NTSTATUS
DeviceOpen(_Inout_ FILE_OBJECT *File)
{
    SESSION *Session = NULL;
    NTSTATUS Status = STATUS_OBJECT_NAME_NOT_FOUND;
    if (!File->FileName.Length && !File->RelatedFileObject)
        Status = SessionOpen(Device.Sessions, &Session);
    File->FsContext = Session;
    File->FsContext2 = (PVOID)(LONG_PTR)Status;
    return Status;
}

/* Dispatch. */

/* Not the end of a handle: nobody could do anything about it, and SessionsDestroy frees what it left. */
static BOOLEAN
DeviceMayRefuse(_In_ UCHAR MajorFunction)
{
    return MajorFunction != IRP_MJ_CLEANUP && MajorFunction != IRP_MJ_CLOSE;
}

/* Of the four functions that DeviceCreate sets; the I/O manager refuses all others. */
static NTSTATUS NTAPI
DeviceDispatch(_In_ DEVICE_OBJECT *DeviceObject, _Inout_ PIRP Irp)
{
    IO_STACK_LOCATION *Stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS Status = STATUS_SUCCESS;
    ULONG Written = 0;
    UNREFERENCED_PARAMETER(DeviceObject);

    if (!ExAcquireRundownProtection(&Device.Running))
        return DeviceComplete(Irp, DeviceMayRefuse(Stack->MajorFunction) ? STATUS_DEVICE_REMOVED : Status, 0);
    switch (Stack->MajorFunction)
    {
    case IRP_MJ_CREATE:
        Status = DeviceOpen(Stack->FileObject);
        break;
    case IRP_MJ_CLEANUP:
        if (Stack->FileObject->FsContext)
            SessionCleanup(Stack->FileObject->FsContext);
        break;
    case IRP_MJ_CLOSE:
        if (Stack->FileObject->FsContext)
            SessionClose(Stack->FileObject->FsContext);
        break;
    default: /* IRP_MJ_DEVICE_CONTROL */
        Status = DeviceControl(Irp, &Written);
    }
    Status = DeviceComplete(Irp, Status, Written);
    ExReleaseRundownProtection(&Device.Running);
    return Status;
}

/* The device object. */

/* Full access for SYSTEM and for administrators, and for nobody else. */
static NTSTATUS
DeviceSecure(_In_ DEVICE_OBJECT *Object)
{
    static SID System = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};
    static struct
    {
        SID Sid;
        ULONG SecondSubAuthority;
    } Administrators = {{SID_REVISION, 2, {SECURITY_NT_AUTHORITY}, {SECURITY_BUILTIN_DOMAIN_RID}},
                        DOMAIN_ALIAS_RID_ADMINS};
    union
    {
        ACL Acl;
        UCHAR Room[128];
    } Dacl;
    SECURITY_DESCRIPTOR Descriptor;
    HANDLE Handle;

    NTSTATUS Status = RtlCreateAcl(&Dacl.Acl, sizeof(Dacl), ACL_REVISION);
    if (NT_SUCCESS(Status))
        Status = RtlAddAccessAllowedAce(&Dacl.Acl, ACL_REVISION, FILE_ALL_ACCESS, &System);
    if (NT_SUCCESS(Status))
        Status = RtlAddAccessAllowedAce(&Dacl.Acl, ACL_REVISION, FILE_ALL_ACCESS, &Administrators.Sid);
    if (NT_SUCCESS(Status))
        Status = RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
    if (NT_SUCCESS(Status))
        Status = RtlSetDaclSecurityDescriptor(&Descriptor, TRUE, &Dacl.Acl, FALSE);
    if (NT_SUCCESS(Status))
        Status = ObOpenObjectByPointer(Object, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL, KernelMode, &Handle);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, &Descriptor);
    ZwClose(Handle);
    return Status;
}

NTSTATUS
DeviceCreate(DRIVER_OBJECT *DriverObject, SESSIONS *Sessions, const PRCM_QUERY *Query)
{
    UNICODE_STRING Name, Link = DeviceLinkName();
    RtlInitUnicodeString(&Name, PRCM_DEVICE_NAME);
    Device.Sessions = Sessions;
    Device.Query = Query;
    ExInitializeRundownProtection(&Device.Running);

    NTSTATUS Status = IoCreateDevice(DriverObject, 0, &Name, PRCM_DEVICE_TYPE, FILE_DEVICE_SECURE_OPEN, FALSE,
                                     &Device.Object);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = DeviceSecure(Device.Object);
    if (NT_SUCCESS(Status))
        Status = IoCreateSymbolicLink(&Link, &Name);
    if (!NT_SUCCESS(Status))
    {
        IoDeleteDevice(Device.Object);
        return Status;
    }
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DeviceDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DeviceDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DeviceDispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DeviceDispatch;
    return STATUS_SUCCESS;
}

VOID
DeviceDelete(VOID)
{
    UNICODE_STRING Link = DeviceLinkName();
    IoDeleteSymbolicLink(&Link);
    SessionsStop(Device.Sessions);
    ExWaitForRundownProtectionRelease(&Device.Running);
    SessionsDestroy(Device.Sessions);
    IoDeleteDevice(Device.Object);
}
