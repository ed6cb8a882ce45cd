/* SPDX-License-Identifier: MIT */
#include "kernel.h"

static ULONG
TextLength(PCWSTR Text)
{
    ULONG Length = 0;
    while (Text[Length])
        Length++;
    return Length;
}

VOID
RtlInitUnicodeString(PUNICODE_STRING String, PCWSTR Text)
{
    *String = (UNICODE_STRING){0};
    if (!Text)
        return;
    /* As NT: what a string cannot hold is left out. */
    String->Length = (USHORT)min(TextLength(Text) * sizeof(WCHAR), UNICODE_STRING_MAX_BYTES - sizeof(WCHAR));
    String->MaximumLength = (USHORT)(String->Length + sizeof(WCHAR));
    String->Buffer = (PWCH)(ULONG_PTR)Text;
}

void *
RtlpAllocate(SIZE_T Bytes)
{
    void *Memory = calloc(1, Bytes);
    if (!Memory)
        RuleBroken("sim", "no memory for %zu bytes", Bytes);
    return Memory;
}

UNICODE_STRING
RtlpCopyString(PCUNICODE_STRING From)
{
    UNICODE_STRING Copy = {0};
    if (!From || !From->Buffer)
        return Copy;
    Copy.Length = From->Length;
    Copy.MaximumLength = (USHORT)max(From->Length, 1);
    Copy.Buffer = RtlpAllocate(Copy.MaximumLength);
    memcpy(Copy.Buffer, From->Buffer, From->Length);
    return Copy;
}

/* ASCII alone: names of devices and registry keys need no more. */
static WCHAR
Upcase(WCHAR Character)
{
    return Character >= 'a' && Character <= 'z' ? (WCHAR)(Character - 'a' + 'A') : Character;
}

bool
RtlpHasPrefix(PCUNICODE_STRING Prefix, PCUNICODE_STRING Name)
{
    if (Name->Length < Prefix->Length)
        return false;
    for (ULONG At = 0; At < Prefix->Length / sizeof(WCHAR); At++)
        if (Upcase(Prefix->Buffer[At]) != Upcase(Name->Buffer[At]))
            return false;
    return true;
}

bool
RtlpIsSame(PCUNICODE_STRING Name, PCUNICODE_STRING Other)
{
    return Name->Length == Other->Length && RtlpHasPrefix(Name, Other);
}

void
RtlpCheckPointer(const char *Call, const char *What, const void *Pointer, ULONG Alignment)
{
    if (!Pointer)
        RuleBroken("parameter", "%s with NULL for %s", Call, What);
    if ((ULONG_PTR)Pointer % Alignment)
        RuleBroken("parameter", "%s with %s at %p, no multiple of %u", Call, What, Pointer, Alignment);
}

NTSTATUS
RtlGetVersion(PRTL_OSVERSIONINFOW Version)
{
    static const struct
    {
        ULONG Major, Minor, Build;
    } Versions[SIM_OS_COUNT] = {
        [SIM_NT52] = {5, 2, 3790},      [SIM_NT60] = {6, 0, 6001},      [SIM_NT61] = {6, 1, 7601},
        [SIM_NT62] = {6, 2, 9200},      [SIM_10_1607] = {10, 0, 14393}, [SIM_10_1703] = {10, 0, 15063},
        [SIM_10_1709] = {10, 0, 16299}, [SIM_11] = {10, 0, 22621},
    };
    RulePassive("RtlGetVersion");
    if (Version->dwOSVersionInfoSize != sizeof(*Version))
        RuleBroken("parameter", "RtlGetVersion of a structure of %u bytes", Version->dwOSVersionInfoSize);
    Version->dwMajorVersion = Versions[DriverOs()].Major;
    Version->dwMinorVersion = Versions[DriverOs()].Minor;
    Version->dwBuildNumber = Versions[DriverOs()].Build;
    Version->dwPlatformId = 2;
    return STATUS_SUCCESS;
}
