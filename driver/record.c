/* SPDX-License-Identifier: MIT */
#include "record.h"

#define RECORD_ALIGNMENT  8u
#define RECORD_TOUCH_STEP 4096u /* the smallest page */

C_ASSERT(sizeof(PRCM_START) + 2 * (PRCM_MAX_STRING_BYTES + 2) + PRCM_MAX_SID_BYTES + RECORD_ALIGNMENT <=
         PRCM_MAX_RECORD_BYTES);

VOID
RecordPlanInit(RECORD_PLAN *Plan, PRCM_RECORD *Fixed, ULONG FixedSize)
{
    RtlZeroMemory(Plan, sizeof(*Plan));
    Plan->Fixed = Fixed;
    Plan->FixedSize = Plan->Size = FixedSize;
}

static VOID
RecordTouch(_In_reads_bytes_(Length) const volatile UCHAR *Bytes, _In_ ULONG Length)
{
    for (ULONG At = 0; At < Length; At += RECORD_TOUCH_STEP)
        (VOID) Bytes[At];
    if (Length)
        (VOID) Bytes[Length - 1];
}

VOID
RecordPlanBytes(RECORD_PLAN *Plan, PRCM_BYTES *Field, const VOID *Bytes, ULONG Length)
{
    ASSERT(Plan->Count < RECORD_MAX_BYTES_FIELDS && Length <= PRCM_MAX_STRING_BYTES && Length % 2 == 0);
    RecordTouch(Bytes, Length);
    Field->Status = PRCM_PRESENT;
    Field->Offset = Length ? Plan->Size : 0;
    Field->Length = Field->FullLength = Length;
    Plan->Fields[Plan->Count++] = (RECORD_BYTES){.Field = Field, .Bytes = Bytes};
    Plan->Size += Length;
}

ULONG
RecordPlanSize(const RECORD_PLAN *Plan)
{
    return (Plan->Size + RECORD_ALIGNMENT - 1) & ~(RECORD_ALIGNMENT - 1);
}

VOID
RecordWrite(const RECORD_PLAN *Plan, PRCM_RECORD *Record)
{
    UCHAR *To = (UCHAR *)Record;
    const UCHAR *Fixed = (const UCHAR *)Plan->Fixed;
    ULONG End = Plan->FixedSize;

    Record->FixedSize = (uint16_t)Plan->FixedSize;
    Record->ThreadId = Plan->Fixed->ThreadId;
    RtlCopyMemory(To + sizeof(*Record), Fixed + sizeof(*Record), Plan->FixedSize - sizeof(*Record));
    for (ULONG Index = 0; Index < Plan->Count; Index++)
    {
        const PRCM_BYTES *Field = Plan->Fields[Index].Field;
        if (!Field->Length)
            continue;
        RtlCopyMemory(To + Field->Offset, Plan->Fields[Index].Bytes, Field->Length);
        End = Field->Offset + Field->Length;
    }
    RtlZeroMemory(To + End, RecordPlanSize(Plan) - End);
}

PRCM_VALUE
RecordValue(ULONG64 Value)
{
    return (PRCM_VALUE){.Value = Value, .Status = PRCM_PRESENT};
}

PRCM_VALUE
RecordNoValue(ULONG Status)
{
    return (PRCM_VALUE){.Status = Status};
}

ULONG
RecordFailure(NTSTATUS Status)
{
    if (Status == STATUS_INVALID_INFO_CLASS || Status == STATUS_NOT_IMPLEMENTED ||
        Status == STATUS_NOT_SUPPORTED)
        return PRCM_ABSENT;
    return NT_SUCCESS(Status) ? (ULONG)STATUS_UNSUCCESSFUL : (ULONG)Status;
}

static BOOLEAN
RecordPathBegins(_In_ PCUNICODE_STRING Path, _In_ PCWSTR Prefix)
{
    ULONG Length = Path->Length / sizeof(WCHAR);
    for (ULONG At = 0; Prefix[At]; At++)
    {
        if (At == Length)
            return FALSE;
        WCHAR Letter = Path->Buffer[At];
        if (Letter >= L'A' && Letter <= L'Z')
            Letter = (WCHAR)(Letter - L'A' + L'a');
        if (Letter != Prefix[At])
            return FALSE;
    }
    return TRUE;
}

ULONG
RecordPathForm(PCUNICODE_STRING Path)
{
    if (RecordPathBegins(Path, L"\\device\\"))
        return PRCM_PATH_NT;
    if (RecordPathBegins(Path, L"\\??\\"))
        return PRCM_PATH_DOS_DEVICE;
    if (RecordPathBegins(Path, L"\\systemroot\\"))
        return PRCM_PATH_SYSTEM_ROOT;
    return PRCM_PATH_OTHER;
}
