/* SPDX-License-Identifier: MIT
 *
 * Which routines this "OS" has: those of `feeder offer`, read anew at each question, so that it counts from a
 * driver's next start.
 */
#include "ntext_offer.h"
#include "ntext.h"

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
OfferStatus(PUNICODE_STRING Routine)
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
