/* SPDX-License-Identifier: MIT */
#include "parameters.h"

/* What a value in the key said. */
typedef struct PARAMETER
{
    BOOLEAN Given;
    BOOLEAN Usable; /* a REG_DWORD */
    ULONG Value;
} PARAMETER;

static NTSTATUS
ParametersOpen(_In_ PCUNICODE_STRING RegistryPath, _Out_ HANDLE *Key)
{
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING Name;
    HANDLE Service;

    InitializeObjectAttributes(&Attributes, (PUNICODE_STRING)(ULONG_PTR)RegistryPath,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    NTSTATUS Status = ZwOpenKey(&Service, KEY_READ, &Attributes);
    if (!NT_SUCCESS(Status))
        return Status;
    RtlInitUnicodeString(&Name, L"Parameters");
    InitializeObjectAttributes(&Attributes, &Name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, Service, NULL);
    Status = ZwOpenKey(Key, KEY_READ, &Attributes);
    ZwClose(Service);
    return Status;
}

static PARAMETER
ParametersGet(_In_opt_ HANDLE Key, _In_ PCWSTR Name)
{
    PARAMETER Parameter = {0};
    UNICODE_STRING ValueName;
    ULONG Length;
    union
    {
        KEY_VALUE_PARTIAL_INFORMATION Info;
        UCHAR Room[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + sizeof(ULONG)];
    } Buffer;

    if (!Key)
        return Parameter;
    RtlInitUnicodeString(&ValueName, Name);
    NTSTATUS Status =
        ZwQueryValueKey(Key, &ValueName, KeyValuePartialInformation, &Buffer, sizeof(Buffer), &Length);
    Parameter.Given = Status != STATUS_OBJECT_NAME_NOT_FOUND;
    Parameter.Usable =
        NT_SUCCESS(Status) && Buffer.Info.Type == REG_DWORD && Buffer.Info.DataLength == sizeof(ULONG);
    if (Parameter.Usable)
        RtlCopyMemory(&Parameter.Value, Buffer.Room + FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data),
                      sizeof(ULONG));
    return Parameter;
}

/* The next power of two, which is what a lane can have, within its limits. */
static ULONG
ParametersRoundLane(_In_ ULONG Bytes)
{
    ULONG Rounded = PRCM_MIN_LANE_BYTES;
    while (Rounded < Bytes && Rounded < PRCM_MAX_LANE_BYTES)
        Rounded *= 2;
    return Rounded;
}

static VOID
ParametersLane(_In_opt_ HANDLE Key, _In_ PCWSTR Name, _In_ ULONG Default, _In_ ULONG ClampedFlag,
               _In_ ULONG Lane, _Inout_ LOG_CONFIG *Config, _Inout_ PRCM_QUERY *Query)
{
    PARAMETER Parameter = ParametersGet(Key, Name);
    Config->LaneBytes[Lane] = Parameter.Usable ? ParametersRoundLane(Parameter.Value) : Default;
    Query->Lanes[Lane].Requested = Parameter.Value;
    if (Parameter.Given && (!Parameter.Usable || Config->LaneBytes[Lane] != Parameter.Value))
        Query->Flags |= ClampedFlag;
}

VOID
ParametersRead(PCUNICODE_STRING RegistryPath, LOG_CONFIG *Config, PRCM_QUERY *Query)
{
    HANDLE Key;
    RtlZeroMemory(Config, sizeof(*Config));
    if (!NT_SUCCESS(ParametersOpen(RegistryPath, &Key)))
        Key = NULL;

    ParametersLane(Key, L"LifecycleLaneBytes", PRCM_DEFAULT_LIFECYCLE_LANE_BYTES,
                   PRCM_QUERY_CLAMPED_LIFECYCLE, PRCM_LANE_LIFECYCLE, Config, Query);
    ParametersLane(Key, L"ImageLaneBytes", PRCM_DEFAULT_IMAGE_LANE_BYTES, PRCM_QUERY_CLAMPED_IMAGE,
                   PRCM_LANE_IMAGE, Config, Query);
    Config->LaneOf[PRCM_KIND_IMAGE] = PRCM_LANE_IMAGE;

    PARAMETER Kinds = ParametersGet(Key, L"Kinds");
    Config->Kinds = Kinds.Usable ? Kinds.Value & PRCM_KINDS_ALL : PRCM_KINDS_ALL;
    if (!Config->Kinds)
        Config->Kinds = PRCM_KINDS_ALL;
    if (Kinds.Given && (!Kinds.Usable || Config->Kinds != Kinds.Value))
        Query->Flags |= PRCM_QUERY_CLAMPED_KINDS;

    if (Key)
        ZwClose(Key);
}
