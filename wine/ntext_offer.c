/* SPDX-License-Identifier: MIT
 *
 * Which routines this "OS" has: those of `feeder offer`, read anew at each question, so that it counts from a
 * driver's next start.
 */
#include "ntext_kernel.h"

#define OFFER_POOL_RAISE          0x20ull /* POOL_FLAG_RAISE_ON_FAILURE */
#define OFFER_POOL_UNINITIALIZED  0x02ull
#define OFFER_POOL_NON_PAGED      0x40ull
#define OFFER_POOL_NON_PAGED_EXEC 0x80ull
#define OFFER_POOL_PAGED          0x100ull
#define OFFER_POOL_TYPES          (OFFER_POOL_NON_PAGED | OFFER_POOL_NON_PAGED_EXEC | OFFER_POOL_PAGED)
#define OFFER_NON_PAGED_POOL_NX   512 /* NonPagedPoolNx, newer than some headers */

/* kernelbase's; a FILETIME is the same number. */
DECLSPEC_IMPORT VOID WINAPI GetSystemTimePreciseAsFileTime(PLARGE_INTEGER Time);

static NTSTATUS
OfferQuery(_In_ HANDLE Key, _In_ PUNICODE_STRING Routine)
{
    union
    {
        KEY_VALUE_PARTIAL_INFORMATION Info;
        UCHAR Room[FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(ULONG)];
    } Answer;
    ULONG Length, Refusal;
    NTSTATUS Status =
        ZwQueryValueKey(Key, Routine, KeyValuePartialInformation, &Answer, sizeof(Answer), &Length);
    if (!NT_SUCCESS(Status) || Answer.Info.Type != REG_DWORD || Answer.Info.DataLength != sizeof(Refusal))
        return STATUS_SUCCESS;
    RtlCopyMemory(&Refusal, Answer.Info.Data, sizeof(Refusal));
    return (NTSTATUS)Refusal;
}

NTSTATUS
NtextOffer(PUNICODE_STRING Routine)
{
    UNICODE_STRING Path;
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Key;
    RtlInitUnicodeString(&Path, NTEXT_OFFER_KERNEL_KEY);
    InitializeObjectAttributes(&Attributes, &Path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!NT_SUCCESS(ZwOpenKey(&Key, KEY_QUERY_VALUE, &Attributes)))
        return STATUS_SUCCESS;
    NTSTATUS Status = OfferQuery(Key, Routine);
    ZwClose(Key);
    return Status;
}

PVOID NTAPI
NtextMmGetSystemRoutineAddress(PUNICODE_STRING Routine)
{
    NtextStart();
    if (NtextOffer(Routine) == (NTSTATUS)NTEXT_HIDDEN)
        return NULL;
    PVOID Own = ImageOwnExport(Routine);
    return Own ? Own : MmGetSystemRoutineAddress(Routine);
}

PVOID NTAPI
NtextExAllocatePool2(ULONG64 Flags, SIZE_T Bytes, ULONG Tag)
{
    PVOID Memory = NULL;
    ULONG64 Type = Flags & OFFER_POOL_TYPES;
    if (Type == OFFER_POOL_NON_PAGED)
        Memory = ExAllocatePoolWithTag((POOL_TYPE)OFFER_NON_PAGED_POOL_NX, Bytes, Tag);
    else if (Type == OFFER_POOL_NON_PAGED_EXEC)
        Memory = ExAllocatePoolWithTag(NonPagedPool, Bytes, Tag);
    else if (Type == OFFER_POOL_PAGED)
        Memory = ExAllocatePoolWithTag(PagedPool, Bytes, Tag);
    if (!Memory && (Flags & OFFER_POOL_RAISE))
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    if (Memory && !(Flags & OFFER_POOL_UNINITIALIZED))
        RtlZeroMemory(Memory, Bytes);
    return Memory;
}

VOID NTAPI
NtextKeQuerySystemTimePrecise(PLARGE_INTEGER Time)
{
    GetSystemTimePreciseAsFileTime(Time);
}
