/* SPDX-License-Identifier: MIT
 *
 * Devices and their names. Lists and reference counts are guarded by the dispatcher's lock.
 */
#include "kernel.h"

typedef struct LINK
{
    struct LINK *Next;
    UNICODE_STRING Name;
    UNICODE_STRING Target;
} LINK;

static LINK *Links;

static void
DeviceDeleteObject(void *Object)
{
    SIM_DEVICE *Device = Object;
    free(Device->Device.DeviceExtension);
    free(Device->Name.Buffer);
    free(Device->Security);
}

struct _OBJECT_TYPE ObpDeviceType = {"Device", DeviceDeleteObject};

static SIM_DEVICE *
DeviceOf(PDEVICE_OBJECT Device)
{
    return CONTAINING_RECORD(Device, SIM_DEVICE, Device);
}

/* ---- Names ---- */

/* What of Name is behind Root; nothing if it does not begin so. */
static UNICODE_STRING
NameBehind(PCWSTR Root, PCUNICODE_STRING Name)
{
    UNICODE_STRING Start;
    UNICODE_STRING Rest = *Name;
    RtlInitUnicodeString(&Start, Root);
    if (!RtlpHasPrefix(&Start, Name))
    {
        Rest.Length = 0;
        return Rest;
    }
    Rest.Buffer += Start.Length / sizeof(WCHAR);
    Rest.Length = (USHORT)(Rest.Length - Start.Length);
    return Rest;
}

/* \DosDevices\X, \GLOBAL??\X and \??\X are one name. */
static UNICODE_STRING
NameOfLink(PCUNICODE_STRING Name)
{
    static const PCWSTR Roots[] = {L"\\DosDevices\\", L"\\GLOBAL??\\", L"\\??\\"};
    UNICODE_STRING Rest = {0};
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Roots) && !Rest.Length; Index++)
        Rest = NameBehind(Roots[Index], Name);
    return Rest;
}

/* Whether something can be made by Name: a path of whole characters, in a directory that exists. */
static NTSTATUS
NameCheck(PCUNICODE_STRING Name)
{
    ULONG Last = Name->Length / (ULONG)sizeof(WCHAR) - 1;
    if (Name->Length % sizeof(WCHAR))
        return STATUS_OBJECT_NAME_INVALID;
    if (!Name->Length || Name->Buffer[0] != L'\\')
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (Name->Buffer[Last] == L'\\')
        return STATUS_OBJECT_NAME_INVALID;
    UNICODE_STRING Leaf = NameOfLink(Name);
    if (!Leaf.Length)
        Leaf = NameBehind(L"\\Device\\", Name);
    if (!Leaf.Length)
        Leaf = NameBehind(L"\\", Name);
    for (ULONG At = 0; At < Leaf.Length / sizeof(WCHAR); At++)
        if (Leaf.Buffer[At] == L'\\')
            return STATUS_OBJECT_PATH_NOT_FOUND;
    return STATUS_SUCCESS;
}

/* Whether Name is Full, or Full and something behind a backslash, which Rest receives. */
static bool
NameMatches(PCUNICODE_STRING Full, PCUNICODE_STRING Name, UNICODE_STRING *Rest)
{
    if (!Full->Length || !RtlpHasPrefix(Full, Name))
        return false;
    *Rest = *Name;
    Rest->Buffer += Full->Length / sizeof(WCHAR);
    Rest->Length = (USHORT)(Rest->Length - Full->Length);
    return Rest->Length == 0 || Rest->Buffer[0] == L'\\';
}

static SIM_DEVICE *
DeviceFindLocked(PCUNICODE_STRING Name, UNICODE_STRING *Rest)
{
    for (PDEVICE_OBJECT Device = DriverObject()->DeviceObject; Device; Device = Device->NextDevice)
        if (NameMatches(&DeviceOf(Device)->Name, Name, Rest))
            return DeviceOf(Device);
    return NULL;
}

SIM_DEVICE *
IoFindDevice(PCUNICODE_STRING Name, UNICODE_STRING *Rest)
{
    UNICODE_STRING LinkName = NameOfLink(Name);
    UNICODE_STRING Unused;
    SchedEnter();
    SIM_DEVICE *Device = DeviceFindLocked(Name, Rest);
    for (const LINK *Link = Links; Link && !Device; Link = Link->Next)
    {
        UNICODE_STRING Known = NameOfLink(&Link->Name);
        if (NameMatches(&Known, &LinkName, Rest))
            Device = DeviceFindLocked(&Link->Target, &Unused);
    }
    if (Device)
        ObpReference(Device);
    SchedLeave();
    return Device;
}

static LINK **
LinkFindLocked(PCUNICODE_STRING Name)
{
    UNICODE_STRING Wanted = NameOfLink(Name);
    LINK **Link = &Links;
    while (*Link)
    {
        UNICODE_STRING Known = NameOfLink(&(*Link)->Name);
        if (RtlpIsSame(&Known, &Wanted))
            break;
        Link = &(*Link)->Next;
    }
    return Link;
}

static void
LinkFree(LINK *Link)
{
    free(Link->Name.Buffer);
    free(Link->Target.Buffer);
    free(Link);
}

NTSTATUS
IoCreateSymbolicLink(PUNICODE_STRING Name, PUNICODE_STRING Target)
{
    RulePassive("IoCreateSymbolicLink");
    NTSTATUS Status = FaultStatus("IoCreateSymbolicLink", STATUS_INSUFFICIENT_RESOURCES);
    if (NT_SUCCESS(Status))
        Status = NameCheck(Name);
    if (!NT_SUCCESS(Status))
        return Status;
    if (!Target->Length || Target->Length % sizeof(WCHAR))
        return STATUS_INVALID_PARAMETER;
    if (!NameOfLink(Name).Length)
        RuleBroken("sim", "IoCreateSymbolicLink that no reader could open by");
    SchedEnter();
    if (*LinkFindLocked(Name))
    {
        Status = STATUS_OBJECT_NAME_COLLISION;
    }
    else
    {
        LINK *Link = RtlpAllocate(sizeof(*Link));
        *Link = (LINK){Links, RtlpCopyString(Name), RtlpCopyString(Target)};
        Links = Link;
    }
    SchedLeave();
    return Status;
}

NTSTATUS
IoDeleteSymbolicLink(PUNICODE_STRING Name)
{
    RulePassive("IoDeleteSymbolicLink");
    SchedEnter();
    LINK **At = LinkFindLocked(Name);
    LINK *Link = *At;
    if (Link)
        *At = Link->Next;
    SchedLeave();
    if (!Link)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    LinkFree(Link);
    return STATUS_SUCCESS;
}

/* ---- Devices ---- */

NTSTATUS
IoCreateDevice(PDRIVER_OBJECT Driver, ULONG ExtensionSize, PUNICODE_STRING Name, DEVICE_TYPE Type,
               ULONG Characteristics, BOOLEAN Exclusive, PDEVICE_OBJECT *DeviceObject)
{
    UNICODE_STRING Rest;
    RuleIrql("IoCreateDevice", APC_LEVEL);
    RtlpCheckPointer("IoCreateDevice", "the device", DeviceObject, sizeof(*DeviceObject));
    NTSTATUS Status = FaultStatus("IoCreateDevice", STATUS_INSUFFICIENT_RESOURCES);
    if (NT_SUCCESS(Status) && Name)
        Status = NameCheck(Name);
    if (!NT_SUCCESS(Status))
        return Status;

    SIM_DEVICE *Device = ObpCreate(&ObpDeviceType, sizeof(*Device));
    Device->Name = RtlpCopyString(Name);
    Device->Exclusive = Exclusive;
    Device->Device = (DEVICE_OBJECT){.DriverObject = Driver,
                                     .Flags = DO_DEVICE_INITIALIZING,
                                     .Characteristics = Characteristics,
                                     .DeviceExtension = ExtensionSize ? RtlpAllocate(ExtensionSize) : NULL,
                                     .DeviceType = Type,
                                     .StackSize = 1};
    SchedEnter();
    bool Taken = Name && DeviceFindLocked(Name, &Rest);
    if (!Taken)
    {
        Device->Device.NextDevice = Driver->DeviceObject;
        Driver->DeviceObject = &Device->Device;
    }
    SchedLeave();
    if (Taken)
    {
        ObpDereference(Device);
        return STATUS_OBJECT_NAME_COLLISION;
    }
    *DeviceObject = &Device->Device;
    return STATUS_SUCCESS;
}

VOID
IoDeleteDevice(PDEVICE_OBJECT DeviceObject)
{
    SIM_DEVICE *Device = DeviceOf(DeviceObject);
    RuleIrql("IoDeleteDevice", APC_LEVEL);
    if (!TrackHas(TRACK_OBJECT, Device))
        RuleBroken("no-unload", "IoDeleteDevice of %p, which is no device", (void *)DeviceObject);
    SchedEnter();
    PDEVICE_OBJECT *At = &DeviceObject->DriverObject->DeviceObject;
    while (*At && *At != DeviceObject)
        At = &(*At)->NextDevice;
    if (!*At)
        RuleBroken("no-unload", "IoDeleteDevice a second time");
    *At = DeviceObject->NextDevice;
    Device->Deleted = true;
    bool Open = DeviceObject->ReferenceCount != 0;
    SchedLeave();
    if (Open && !DriverIsUnloadingAtOnce())
        RuleBroken("no-unload", "IoDeleteDevice of a device with %d open files",
                   DeviceObject->ReferenceCount);

    /* A host that unloads at once waits for nobody: what the driver kept there is gone now. */
    free(DeviceObject->DeviceExtension);
    DeviceObject->DeviceExtension = NULL;
    ObpDereference(Device);
}

void
IoSetDeviceSecurity(PDEVICE_OBJECT DeviceObject, PSECURITY_DESCRIPTOR Descriptor)
{
    SIM_DEVICE *Device = DeviceOf(DeviceObject);
    if (!(DeviceObject->Flags & DO_DEVICE_INITIALIZING))
        RuleBroken("device-security", "a device secured when it could be opened already");
    if (!Device->Name.Length)
        RuleBroken("device-security", "a device secured that has no name");
    free(Device->Security);
    Device->Security = SeCopyDescriptor(Descriptor);
}

NTSTATUS
IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX Insert, PIO_CSQ_REMOVE_IRP Remove,
                  PIO_CSQ_PEEK_NEXT_IRP Peek, PIO_CSQ_ACQUIRE_LOCK Acquire, PIO_CSQ_RELEASE_LOCK Release,
                  PIO_CSQ_COMPLETE_CANCELED_IRP Complete)
{
    NTSTATUS Status = FaultStatus("IoCsqInitializeEx", STATUS_INSUFFICIENT_RESOURCES);
    return NT_SUCCESS(Status) ? IoCsqpInitializeEx(Csq, Insert, Remove, Peek, Acquire, Release, Complete)
                              : Status;
}

const DEVICE_OBJECT *
SimDevice(PCWSTR Name, const SECURITY_DESCRIPTOR **Security)
{
    UNICODE_STRING Full;
    UNICODE_STRING Rest;
    RtlInitUnicodeString(&Full, Name);
    SchedEnter();
    const SIM_DEVICE *Device = DeviceFindLocked(&Full, &Rest);
    SchedLeave();
    *Security = Device ? Device->Security : NULL;
    return Device ? &Device->Device : NULL;
}

void
IoFinishInitializing(void)
{
    SchedEnter();
    for (PDEVICE_OBJECT Device = DriverObject()->DeviceObject; Device; Device = Device->NextDevice)
        Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    SchedLeave();
}

SIZE_T
IoMarkUnload(void)
{
    SIZE_T Files = 0;
    for (PDEVICE_OBJECT Device = DriverObject()->DeviceObject; Device; Device = Device->NextDevice)
    {
        DeviceOf(Device)->UnloadPending = true;
        Files += (SIZE_T)Device->ReferenceCount;
    }
    return Files;
}

const char *
IoLeftBehind(void)
{
    if (DriverObject()->DeviceObject)
        return "a device";
    return Links ? "a symbolic link" : NULL;
}
