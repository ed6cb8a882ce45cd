/* SPDX-License-Identifier: MIT
 *
 * File objects: opened by CREATE, CLEANUP when their last handle is closed, CLOSE when their last reference
 * is gone, which a request holds as well. After a host has unloaded the driver under them they are shells.
 *
 * Wine 8.0 opens whatever CREATE says, sends no CLEANUP, and CLOSE at the last handle, with requests pended.
 */
#include "kernel.h"
#include "irp.h"

typedef struct SIM_FILE
{
    FILE_OBJECT File;
    LONG HandleCount; /* guarded by the dispatcher's lock */
    bool Opened;      /* CLOSE is due */
} SIM_FILE;

static SIM_DEVICE *
FileDevice(const FILE_OBJECT *File)
{
    return CONTAINING_RECORD(File->DeviceObject, SIM_DEVICE, Device);
}

static void
FileSendClose(SIM_FILE *File)
{
    IO_STACK_LOCATION Close = {.MajorFunction = IRP_MJ_CLOSE};
    File->Opened = false;
    IrpWaitClose(IrpSend(&File->File, &Close, NULL, NULL));
}

static void
FileSendCleanup(SIM_FILE *File)
{
    IO_STACK_LOCATION Cleanup = {.MajorFunction = IRP_MJ_CLEANUP};
    IrpWait(IrpSend(&File->File, &Cleanup, NULL, NULL), NULL);
}

static void
FileDelete(void *Object)
{
    SIM_FILE *File = Object;
    SIM_DEVICE *Device = FileDevice(&File->File);
    if (File->Opened)
        FileSendClose(File);
    free(File->File.FileName.Buffer);
    SchedEnter();
    Device->Device.ReferenceCount--;
    SchedLeave();
    ObpDereference(Device);
    DriverFileGone();
}

struct _OBJECT_TYPE ObpFileType = {"File", FileDelete};

/* ---- Opening ---- */

/* Whether User gets in, and counts the file object that it will get. */
static NTSTATUS
FileAdmit(SIM_USER User, SIM_DEVICE *Device, PCUNICODE_STRING Rest, ACCESS_MASK *Access)
{
    NTSTATUS Status = STATUS_SUCCESS;
    /* The trap that FILE_DEVICE_SECURE_OPEN is there for: a name behind the device is the driver's affair. */
    bool Guarded = !Rest->Length || (Device->Device.Characteristics & FILE_DEVICE_SECURE_OPEN);
    SchedEnter();
    if (Device->UnloadPending || Device->Deleted || (Device->Device.Flags & DO_DEVICE_INITIALIZING))
        Status = STATUS_NO_SUCH_DEVICE;
    else if (Device->Exclusive && Device->Device.ReferenceCount)
        Status = STATUS_ACCESS_DENIED;
    else if (!(*Access = SeAccess(User, Guarded ? Device->Security : NULL, *Access)))
        Status = STATUS_ACCESS_DENIED;
    else
        Device->Device.ReferenceCount++;
    SchedLeave();
    return Status;
}

static NTSTATUS
FileCreate(SIM_FILE *File, ACCESS_MASK Access)
{
    IO_SECURITY_CONTEXT Security = {.DesiredAccess = Access};
    IO_STACK_LOCATION Create = {.MajorFunction = IRP_MJ_CREATE,
                                .Parameters.Create = {.SecurityContext = &Security, .ShareAccess = 7}};
    NTSTATUS Status = IrpWait(IrpSend(&File->File, &Create, NULL, NULL), NULL);
    if (DriverHostIsWine())
        Status = STATUS_SUCCESS;
    File->Opened = NT_SUCCESS(Status);
    return Status;
}

/* Takes the reference to Device. */
static NTSTATUS
FileOpen(SIM_USER User, SIM_DEVICE *Device, PCUNICODE_STRING Rest, PFILE_OBJECT Related, ACCESS_MASK Access,
         HANDLE *Handle)
{
    NTSTATUS Status = FileAdmit(User, Device, Rest, &Access);
    if (!NT_SUCCESS(Status))
    {
        ObpDereference(Device);
        return Status;
    }
    SIM_FILE *File = ObpCreate(&ObpFileType, sizeof(*File));
    File->File.DeviceObject = &Device->Device;
    File->File.RelatedFileObject = Related;
    File->File.ReadAccess = (Access & FILE_READ_DATA) != 0;
    File->File.WriteAccess = (Access & FILE_WRITE_DATA) != 0;
    if (Rest->Length)
        File->File.FileName = RtlpCopyString(Rest);
    Status = FileCreate(File, Access);
    if (NT_SUCCESS(Status))
    {
        File->HandleCount = 1;
        *Handle = ObpInsertHandle(File, Access, false);
    }
    ObpDereference(File);
    return Status;
}

NTSTATUS
SimOpenAs(SIM_USER User, PCWSTR Name, ACCESS_MASK Access, HANDLE *Handle)
{
    UNICODE_STRING Full;
    UNICODE_STRING Rest = {0};
    IrpDeliverApcs();
    RtlInitUnicodeString(&Full, Name);
    SIM_DEVICE *Device = SimIsLoaded() ? IoFindDevice(&Full, &Rest) : NULL;
    if (!Device)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    return FileOpen(User, Device, &Rest, NULL, Access, Handle);
}

NTSTATUS
SimOpen(PCWSTR Name, ACCESS_MASK Access, HANDLE *Handle)
{
    return SimOpenAs(SIM_USER_ADMINISTRATOR, Name, Access, Handle);
}

NTSTATUS
SimOpenRelative(HANDLE Root, PCWSTR Name, ACCESS_MASK Access, HANDLE *Handle)
{
    UNICODE_STRING Rest;
    SIM_FILE *Related = ObpLookupHandle(Root, &ObpFileType, NULL);
    if (!Related)
        return STATUS_INVALID_HANDLE;
    RtlInitUnicodeString(&Rest, Name);
    SIM_DEVICE *Device = FileDevice(&Related->File);
    ObpReference(Device);
    NTSTATUS Status = FileOpen(SIM_USER_ADMINISTRATOR, Device, &Rest, &Related->File, Access, Handle);
    ObpDereference(Related);
    return Status;
}

/* ---- Handles ---- */

HANDLE
SimDuplicate(HANDLE Handle)
{
    return SimDuplicateTo(SchedSelf()->Process, Handle);
}

HANDLE
SimDuplicateTo(PEPROCESS Process, HANDLE Handle)
{
    ACCESS_MASK Access;
    SIM_FILE *File = ObpLookupHandle(Handle, &ObpFileType, &Access);
    if (!File)
        return NULL;
    SchedEnter();
    File->HandleCount++;
    SchedLeave();
    PsSetOwner(Process);
    HANDLE Copy = ObpInsertHandleFor(Process, File, Access);
    ObpDereference(File);
    return Copy;
}

NTSTATUS
SimClose(HANDLE Handle)
{
    if (ObpIsKernelHandle(Handle))
        return STATUS_INVALID_HANDLE;
    SIM_FILE *File = ObpRemoveHandle(Handle);
    if (!File)
        return STATUS_INVALID_HANDLE;
    SchedEnter();
    bool Last = --File->HandleCount == 0;
    SchedLeave();
    if (Last && DriverHostIsWine())
    {
        FileSendClose(File);
    }
    else if (Last)
    {
        FileSendCleanup(File);
    }
    ObpDereference(File);
    IrpDeliverApcs();
    return STATUS_SUCCESS;
}

/* ---- DeviceIoControl ---- */

SIM_IO *
SimControlStart(HANDLE Handle, ULONG Code, const void *In, ULONG InBytes, void *Out, ULONG OutBytes)
{
    IO_STACK_LOCATION Control = {.MajorFunction = IRP_MJ_DEVICE_CONTROL,
                                 .Parameters.DeviceIoControl = {OutBytes, InBytes, Code, NULL}};
    ULONG Needed = (Code >> 14) & (FILE_READ_ACCESS | FILE_WRITE_ACCESS);
    ACCESS_MASK Access;
    SIM_IO *Io;

    IrpDeliverApcs();
    SIM_FILE *File = ObpLookupHandle(Handle, &ObpFileType, &Access);
    if (!File)
        return IrpFailed(STATUS_INVALID_HANDLE);
    if ((Access & Needed) != Needed)
        Io = IrpFailed(STATUS_ACCESS_DENIED);
    else if ((InBytes && !In) || (OutBytes && !Out))
        Io = IrpFailed(STATUS_ACCESS_VIOLATION);
    else
        Io = IrpSend(&File->File, &Control, In, Out);
    ObpDereference(File);
    return Io;
}

NTSTATUS
SimControl(HANDLE Handle, ULONG Code, const void *In, ULONG InBytes, void *Out, ULONG OutBytes,
           ULONG_PTR *Information)
{
    return SimIoWait(SimControlStart(Handle, Code, In, InBytes, Out, OutBytes), Information);
}

/* ---- Other drivers ---- */

NTSTATUS
SimControlByDriver(HANDLE Handle, ULONG Code, const void *In, ULONG InBytes, void *Out, ULONG OutBytes,
                   ULONG_PTR *Information)
{
    IO_STACK_LOCATION Control = {.MajorFunction = IRP_MJ_DEVICE_CONTROL,
                                 .Parameters.DeviceIoControl = {OutBytes, InBytes, Code, NULL}};
    SIM_FILE *File = ObpLookupHandle(Handle, &ObpFileType, NULL);
    if (!File)
        return STATUS_INVALID_HANDLE;
    SIM_IO *Io = IrpSendByDriver(&File->File, &Control, In, Out);
    ObpDereference(File);
    return SimIoWait(Io, Information);
}

NTSTATUS
SimStreamFile(PCWSTR Name, ULONG Code, NTSTATUS *Answer)
{
    IO_STACK_LOCATION Control = {.MajorFunction = IRP_MJ_DEVICE_CONTROL,
                                 .Parameters.DeviceIoControl = {.IoControlCode = Code}};
    UNICODE_STRING Full;
    UNICODE_STRING Rest;
    RtlInitUnicodeString(&Full, Name);
    SIM_DEVICE *Device = IoFindDevice(&Full, &Rest);
    if (!Device)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    SchedEnter();
    Device->Device.ReferenceCount++;
    SchedLeave();
    SIM_FILE *File = ObpCreate(&ObpFileType, sizeof(*File));
    File->File.DeviceObject = &Device->Device;
    File->Opened = true;
    *Answer = IrpWait(IrpSend(&File->File, &Control, NULL, NULL), NULL);
    FileSendCleanup(File);
    ObpDereference(File);
    return STATUS_SUCCESS;
}
