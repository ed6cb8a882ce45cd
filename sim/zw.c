/* SPDX-License-Identifier: MIT
 *
 * System services: the registry, as far as a service's own keys, and questions asked by handle.
 */
#include "kernel.h"

#define ZW_MAX_VALUES 16

typedef struct SIM_KEY
{
    bool IsParameters; /* else the service's own key */
} SIM_KEY;

typedef struct REGISTRY_VALUE
{
    UNICODE_STRING Name;
    ULONG Type;
    ULONG Bytes;
    void *Data;
} REGISTRY_VALUE;

static REGISTRY_VALUE Values[ZW_MAX_VALUES];
static ULONG ValueCount;
static WCHAR ServicePathText[128];
static UNICODE_STRING ServicePath;

static void
KeyDelete(void *Object)
{
    (void)Object;
}

struct _OBJECT_TYPE ObpKeyType = {"Key", KeyDelete};

/* ---- The registry ---- */

void
ZwSetService(const char *Service)
{
    static const WCHAR Root[] = L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
    ULONG At = RTL_NUMBER_OF(Root) - 1;
    memcpy(ServicePathText, Root, sizeof(Root));
    for (; *Service && At < RTL_NUMBER_OF(ServicePathText) - 1; Service++)
        ServicePathText[At++] = (WCHAR)*Service;
    ServicePathText[At] = 0;
    RtlInitUnicodeString(&ServicePath, ServicePathText);
}

PUNICODE_STRING
ZwServicePath(void)
{
    return &ServicePath;
}

static REGISTRY_VALUE *
ValueFind(PCUNICODE_STRING Name)
{
    for (ULONG Index = 0; Index < ValueCount; Index++)
        if (RtlpIsSame(&Values[Index].Name, Name))
            return &Values[Index];
    return NULL;
}

void
SimSetRegistry(PCWSTR Name, ULONG Type, const void *Data, ULONG Bytes)
{
    UNICODE_STRING Text;
    RtlInitUnicodeString(&Text, Name);
    REGISTRY_VALUE *Value = ValueFind(&Text);
    if (!Value)
    {
        if (ValueCount == ZW_MAX_VALUES)
            RuleBroken("sim", "more than %d registry values", ZW_MAX_VALUES);
        Value = &Values[ValueCount++];
        Value->Name = RtlpCopyString(&Text);
    }
    free(Value->Data);
    Value->Type = Type;
    Value->Bytes = Bytes;
    Value->Data = RtlpAllocate(Bytes + 1);
    if (Bytes)
        memcpy(Value->Data, Data, Bytes);
}

void
SimSetRegistryDword(PCWSTR Name, ULONG Value)
{
    SimSetRegistry(Name, REG_DWORD, &Value, sizeof(Value));
}

void
ZwReset(void)
{
    for (ULONG Index = 0; Index < ValueCount; Index++)
    {
        free(Values[Index].Name.Buffer);
        free(Values[Index].Data);
    }
    memset(Values, 0, sizeof(Values));
    ValueCount = 0;
}

/* A whole path, or one below the root that it is given with. */
static NTSTATUS
KeyCheckAttributes(const OBJECT_ATTRIBUTES *Attributes)
{
    PCUNICODE_STRING Name = Attributes->ObjectName;
    if (Attributes->Length != sizeof(*Attributes))
        return STATUS_INVALID_PARAMETER;
    if (!Name || Name->Length % sizeof(WCHAR))
        return STATUS_OBJECT_NAME_INVALID;
    bool IsPath = Name->Length && Name->Buffer[0] == L'\\';
    return IsPath == !Attributes->RootDirectory ? STATUS_SUCCESS : STATUS_OBJECT_PATH_SYNTAX_BAD;
}

static NTSTATUS
KeyParse(const SIM_KEY *Root, PCUNICODE_STRING Name, SIM_KEY *Key)
{
    UNICODE_STRING Rest = *Name;
    UNICODE_STRING Parameters;
    RtlInitUnicodeString(&Parameters, L"Parameters");
    if (!Root)
    {
        if (!RtlpHasPrefix(&ServicePath, Name))
            return STATUS_OBJECT_NAME_NOT_FOUND;
        Rest.Buffer += ServicePath.Length / sizeof(WCHAR);
        Rest.Length = (USHORT)(Rest.Length - ServicePath.Length);
        if (!Rest.Length)
        {
            Key->IsParameters = false;
            return STATUS_SUCCESS;
        }
        if (Rest.Buffer[0] != L'\\')
            return STATUS_OBJECT_NAME_NOT_FOUND;
        Rest.Buffer++;
        Rest.Length -= sizeof(WCHAR);
    }
    else if (Root->IsParameters)
    {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    Key->IsParameters = true;
    return RtlpIsSame(&Rest, &Parameters) && ValueCount ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS
ZwOpenKey(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    void *Root = NULL;
    SIM_KEY Parsed;
    RulePassive("ZwOpenKey");
    RuleNotInNotify("ZwOpenKey");
    RtlpCheckPointer("ZwOpenKey", "the handle", Handle, sizeof(*Handle));
    if (!(Attributes->Attributes & OBJ_KERNEL_HANDLE))
        RuleBroken("handle", "ZwOpenKey of a handle that user mode could use");
    NTSTATUS Status = FaultStatus("ZwOpenKey", STATUS_INSUFFICIENT_RESOURCES);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = KeyCheckAttributes(Attributes);
    if (NT_SUCCESS(Status) && Attributes->RootDirectory)
        Status = ObpReferenceByHandle("ZwOpenKey", Attributes->RootDirectory, &ObpKeyType, 0, &Root);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = KeyParse(Root, Attributes->ObjectName, &Parsed);
    if (Root)
        ObpDereference(Root);
    if (!NT_SUCCESS(Status))
        return Status;
    SIM_KEY *Key = ObpCreate(&ObpKeyType, sizeof(*Key));
    *Key = Parsed;
    *Handle = ObpInsertHandle(Key, Access, true);
    ObpDereference(Key);
    return STATUS_SUCCESS;
}

static NTSTATUS
ValueReturn(const REGISTRY_VALUE *Value, KEY_VALUE_PARTIAL_INFORMATION *Info, ULONG Length,
            PULONG ResultLength)
{
    ULONG Fixed = (ULONG)FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data);
    *ResultLength = Fixed + Value->Bytes;
    if (Length < Fixed)
        return STATUS_BUFFER_TOO_SMALL;
    Info->TitleIndex = 0;
    Info->Type = Value->Type;
    Info->DataLength = Value->Bytes;
    memcpy((char *)Info + Fixed, Value->Data, min(Value->Bytes, Length - Fixed));
    return Length < *ResultLength ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS
ZwQueryValueKey(HANDLE Handle, PUNICODE_STRING Name, KEY_VALUE_INFORMATION_CLASS Class, PVOID Buffer,
                ULONG Length, PULONG ResultLength)
{
    void *Key;
    RulePassive("ZwQueryValueKey");
    RuleNotInNotify("ZwQueryValueKey");
    RtlpCheckPointer("ZwQueryValueKey", "the name", Name, sizeof(PVOID));
    RtlpCheckPointer("ZwQueryValueKey", "the result's length", ResultLength, sizeof(*ResultLength));
    if (Length)
        RtlpCheckPointer("ZwQueryValueKey", "the buffer", Buffer, sizeof(ULONG));
    if (Class != KeyValuePartialInformation)
        RuleBroken("sim", "ZwQueryValueKey of class %d", Class);
    NTSTATUS Status = FaultStatus("ZwQueryValueKey", STATUS_INSUFFICIENT_RESOURCES);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = ObpReferenceByHandle("ZwQueryValueKey", Handle, &ObpKeyType, KEY_QUERY_VALUE, &Key);
    if (!NT_SUCCESS(Status))
        return Status;
    const REGISTRY_VALUE *Value = ((const SIM_KEY *)Key)->IsParameters ? ValueFind(Name) : NULL;
    ObpDereference(Key);
    return Value ? ValueReturn(Value, Buffer, Length, ResultLength) : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* ---- By handle ---- */

NTSTATUS
ZwSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION What, PSECURITY_DESCRIPTOR Descriptor)
{
    void *Device;
    RulePassive("ZwSetSecurityObject");
    NTSTATUS Status = FaultStatus("ZwSetSecurityObject", STATUS_ACCESS_DENIED);
    if (!NT_SUCCESS(Status))
        return Status;
    if (What != DACL_SECURITY_INFORMATION)
        RuleBroken("sim", "ZwSetSecurityObject of something else than a DACL");
    Status = ObpReferenceByHandle("ZwSetSecurityObject", Handle, &ObpDeviceType, WRITE_DAC, &Device);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = SeCheckDescriptor(Descriptor);
    if (NT_SUCCESS(Status))
        IoSetDeviceSecurity(&((SIM_DEVICE *)Device)->Device, Descriptor);
    ObpDereference(Device);
    return Status;
}

static NTSTATUS
ProcessReturnName(PCUNICODE_STRING Name, UNICODE_STRING *To, ULONG Length, PULONG ReturnLength)
{
    ULONG Needed = (ULONG)sizeof(*To) + Name->Length + (ULONG)sizeof(WCHAR);
    if (ReturnLength)
        *ReturnLength = Needed;
    if (Length < Needed)
        return STATUS_INFO_LENGTH_MISMATCH;
    To->Buffer = (PWCH)(void *)(To + 1);
    To->Length = Name->Length;
    To->MaximumLength = (USHORT)min(Name->Length + sizeof(WCHAR), (SIZE_T)UNICODE_STRING_MAX_BYTES);
    if (Name->Length)
        memcpy(To->Buffer, Name->Buffer, Name->Length);
    To->Buffer[Name->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

static NTSTATUS
ProcessQuery(PEPROCESS Process, PROCESSINFOCLASS Class, PVOID Buffer, ULONG Length, PULONG ReturnLength)
{
    ULONG_PTR Peb32 = PsIsEmulated(Process) ? 0x7E000000u : 0;
    switch (Class)
    {
    case ProcessWow64Information:
        if (ReturnLength)
            *ReturnLength = sizeof(Peb32);
        if (Length != sizeof(Peb32))
            return STATUS_INFO_LENGTH_MISMATCH;
        memcpy(Buffer, &Peb32, sizeof(Peb32));
        return STATUS_SUCCESS;
    case ProcessImageFileName:
        return ProcessReturnName(PsImageName(Process), Buffer, Length, ReturnLength);
    default:
        RuleBroken("sim", "process information class %d", Class);
    }
}

NTSTATUS
ZwQueryInformationProcess(HANDLE Handle, PROCESSINFOCLASS Class, PVOID Buffer, ULONG Length,
                          PULONG ReturnLength)
{
    void *Process;
    ACCESS_MASK Enough = PROCESS_QUERY_INFORMATION;
    RulePassive("ZwQueryInformationProcess");
    if (Length)
        RtlpCheckPointer("ZwQueryInformationProcess", "the buffer", Buffer, sizeof(PVOID));
    NTSTATUS Status = FaultStatus("ZwQueryInformationProcess", STATUS_INSUFFICIENT_RESOURCES);
    if (!NT_SUCCESS(Status))
        return Status;
    if (DriverOs() >= SIM_NT60)
        Enough |= PROCESS_QUERY_LIMITED_INFORMATION;
    Status = ObpReferenceByHandle("ZwQueryInformationProcess", Handle, &ObpProcessType, Enough, &Process);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = ProcessQuery(Process, Class, Buffer, Length, ReturnLength);
    ObpDereference(Process);
    return Status;
}
