/* SPDX-License-Identifier: MIT */
#include "gather.h"

/* ZwQueryInformationToken writes structures whose pointers point behind them, into the same buffer. */
typedef union GATHER_TOKEN_INFO
{
    TOKEN_USER User;
    TOKEN_MANDATORY_LABEL Label;
    ULONG Number;
    UCHAR Room[sizeof(TOKEN_USER) + PRCM_MAX_SID_BYTES];
} GATHER_TOKEN_INFO;

PRCM_VALUE
GatherProcessCreateTime(PEPROCESS Process)
{
    LONGLONG Time = PsGetProcessCreateTimeQuadPart(Process);
    return Time ? RecordValue((ULONG64)Time) : RecordNoValue(PRCM_ABSENT);
}

PRCM_VALUE
GatherCreateTime(HANDLE ProcessId)
{
    PEPROCESS Process;
    NTSTATUS Status = PsLookupProcessByProcessId(ProcessId, &Process);
    if (!NT_SUCCESS(Status))
        return RecordNoValue(RecordFailure(Status));
    PRCM_VALUE Time = GatherProcessCreateTime(Process);
    ObDereferenceObject(Process);
    return Time;
}

PRCM_VALUE
GatherParentCreateTime(HANDLE ParentId, const PRCM_VALUE *ChildCreateTime)
{
    PRCM_VALUE Time = GatherCreateTime(ParentId);
    if (Time.Status == PRCM_PRESENT &&
        (ChildCreateTime->Status != PRCM_PRESENT || Time.Value > ChildCreateTime->Value))
        return RecordNoValue(PRCM_ABSENT);
    return Time;
}

static ULONG
GatherTokenInfo(_In_ HANDLE Token, _In_ TOKEN_INFORMATION_CLASS Class, _Out_ GATHER_TOKEN_INFO *Info)
{
    ULONG Length;
    NTSTATUS Status = ZwQueryInformationToken(Token, Class, Info, sizeof(*Info), &Length);
    return NT_SUCCESS(Status) ? PRCM_PRESENT : RecordFailure(Status);
}

static PRCM_VALUE
GatherTokenNumber(_In_ HANDLE Token, _In_ TOKEN_INFORMATION_CLASS Class)
{
    GATHER_TOKEN_INFO Info;
    ULONG Status = GatherTokenInfo(Token, Class, &Info);
    return Status == PRCM_PRESENT ? RecordValue(Info.Number) : RecordNoValue(Status);
}

/* The last sub-authority of the label's SID. */
static PRCM_VALUE
GatherIntegrityLevel(_In_ HANDLE Token)
{
    GATHER_TOKEN_INFO Info;
    ULONG Status = GatherTokenInfo(Token, TokenIntegrityLevel, &Info);
    if (Status != PRCM_PRESENT)
        return RecordNoValue(Status);
    const SID *Sid = Info.Label.Label.Sid;
    if (Sid->SubAuthorityCount == 0 || Sid->SubAuthorityCount > SID_MAX_SUB_AUTHORITIES)
        return RecordNoValue((ULONG)STATUS_INVALID_SID);
    return RecordValue(Sid->SubAuthority[Sid->SubAuthorityCount - 1]);
}

static VOID
GatherUserSid(_In_ HANDLE Token, _Inout_ GATHER_START *Gather, _Inout_ PRCM_START *Start,
              _Inout_ RECORD_PLAN *Plan)
{
    GATHER_TOKEN_INFO Info;
    Start->UserSid.Status = GatherTokenInfo(Token, TokenUser, &Info);
    if (Start->UserSid.Status != PRCM_PRESENT)
        return;
    const SID *Sid = Info.User.User.Sid;
    if (Sid->SubAuthorityCount > SID_MAX_SUB_AUTHORITIES)
    {
        Start->UserSid.Status = (ULONG)STATUS_INVALID_SID;
        return;
    }
    ULONG Length = (ULONG)FIELD_OFFSET(SID, SubAuthority) + Sid->SubAuthorityCount * (ULONG)sizeof(ULONG);
    RtlCopyMemory(Gather->UserSid, Sid, Length);
    RecordPlanBytes(Plan, &Start->UserSid, Gather->UserSid, Length);
}

static VOID
GatherToken(_In_ HANDLE Process, _Inout_ GATHER_START *Gather, _Inout_ PRCM_START *Start,
            _Inout_ RECORD_PLAN *Plan)
{
    HANDLE Token;
    NTSTATUS Status = ZwOpenProcessTokenEx(Process, TOKEN_QUERY, OBJ_KERNEL_HANDLE, &Token);
    if (!NT_SUCCESS(Status))
    {
        Start->UserSid.Status = RecordFailure(Status);
        Start->SessionId = Start->IntegrityLevel = Start->Elevated = RecordNoValue(RecordFailure(Status));
        return;
    }
    GatherUserSid(Token, Gather, Start, Plan);
    Start->SessionId = GatherTokenNumber(Token, TokenSessionId);
    Start->IntegrityLevel = GatherIntegrityLevel(Token);
    Start->Elevated = GatherTokenNumber(Token, TokenElevation);
    ZwClose(Token);
}

static PRCM_VALUE
GatherArchitecture(_In_ HANDLE Process)
{
    ULONG_PTR Wow64 = 0;
    NTSTATUS Status =
        ZwQueryInformationProcess(Process, ProcessWow64Information, &Wow64, sizeof(Wow64), NULL);
    if (!NT_SUCCESS(Status))
        return RecordNoValue(RecordFailure(Status));
    return RecordValue(Wow64 ? PRCM_ARCHITECTURE_EMULATED : PRCM_ARCHITECTURE_NATIVE);
}

static NTSTATUS
GatherOpen(_In_ PEPROCESS Process, _Out_ HANDLE *Handle)
{
    return ObOpenObjectByPointer(Process, OBJ_KERNEL_HANDLE, NULL, PROCESS_QUERY_INFORMATION, *PsProcessType,
                                 KernelMode, Handle);
}

VOID
GatherProcess(PEPROCESS Process, GATHER_START *Gather, PRCM_START *Start, RECORD_PLAN *Plan)
{
    HANDLE Handle;
    Start->CreateTime = GatherProcessCreateTime(Process);
    ULONG64 Key = Os.GetProcessStartKey ? Os.GetProcessStartKey(Process) : 0;
    Start->StartKey = Key ? RecordValue(Key) : RecordNoValue(PRCM_ABSENT);

    NTSTATUS Status = GatherOpen(Process, &Handle);
    if (!NT_SUCCESS(Status))
    {
        Start->UserSid.Status = RecordFailure(Status);
        Start->Architecture = RecordNoValue(RecordFailure(Status));
        Start->SessionId = Start->IntegrityLevel = Start->Elevated = Start->Architecture;
        return;
    }
    Start->Architecture = GatherArchitecture(Handle);
    GatherToken(Handle, Gather, Start, Plan);
    ZwClose(Handle);
}

/* The older way to a process's path, for an OS without SeLocateProcessImageName. */
static NTSTATUS
GatherQueryImageName(_In_ PEPROCESS Process, _Outptr_ PUNICODE_STRING *Name)
{
    HANDLE Handle;
    ULONG Length = 0;
    NTSTATUS Status = GatherOpen(Process, &Handle);
    *Name = NULL;
    if (!NT_SUCCESS(Status))
        return Status;
    Status = ZwQueryInformationProcess(Handle, ProcessImageFileName, NULL, 0, &Length);
    if (Status == STATUS_INFO_LENGTH_MISMATCH && Length >= sizeof(**Name))
    {
        *Name = OsAllocate(Length);
        Status = *Name ? ZwQueryInformationProcess(Handle, ProcessImageFileName, *Name, Length, &Length)
                       : STATUS_INSUFFICIENT_RESOURCES;
    }
    ZwClose(Handle);
    return Status;
}

VOID
GatherImagePath(PEPROCESS Process, GATHER_START *Gather, PRCM_START *Start, RECORD_PLAN *Plan)
{
    NTSTATUS Status = Os.LocateProcessImageName ? Os.LocateProcessImageName(Process, &Gather->LocatedName)
                                                : GatherQueryImageName(Process, &Gather->LocatedName);
    if (NT_SUCCESS(Status))
        GatherPath(Gather->LocatedName, &Start->ImagePath, Plan);
    else
        Start->ImagePath.Text.Status = RecordFailure(Status);
}

VOID
GatherPath(PCUNICODE_STRING Text, PRCM_PATH *Path, RECORD_PLAN *Plan)
{
    RtlZeroMemory(Path, sizeof(*Path));
    if (!Text || !Text->Buffer)
        return;
    Path->Form = RecordPathForm(Text);
    RecordPlanBytes(Plan, &Path->Text, Text->Buffer, Text->Length & ~1u);
}

VOID
GatherRelease(GATHER_START *Gather)
{
    if (Gather->LocatedName)
        ExFreePool(Gather->LocatedName);
    Gather->LocatedName = NULL;
}
