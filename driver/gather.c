/* SPDX-License-Identifier: MIT */
#include "gather.h"

/* ZwQueryInformationToken writes structures whose pointers point behind them, into the same buffer. */
typedef union GATHER_TOKEN_SID
{
    SID_AND_ATTRIBUTES Sid; /* all that TOKEN_USER and TOKEN_MANDATORY_LABEL are */
    UCHAR Room[sizeof(SID_AND_ATTRIBUTES) + PRCM_MAX_SID_BYTES];
} GATHER_TOKEN_SID;

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
    if (Time.Status == PRCM_PRESENT && ChildCreateTime->Status == PRCM_PRESENT &&
        Time.Value <= ChildCreateTime->Value)
        return Time;
    return RecordNoValue(PRCM_ABSENT);
}

/* A fact that is a number. Its length is given exactly: an older kernel refuses a longer buffer. */
static PRCM_VALUE
GatherTokenNumber(_In_ HANDLE Token, _In_ TOKEN_INFORMATION_CLASS Class)
{
    ULONG Number, Length;
    NTSTATUS Status = ZwQueryInformationToken(Token, Class, &Number, sizeof(Number), &Length);
    return NT_SUCCESS(Status) ? RecordValue(Number) : RecordNoValue(RecordFailure(Status));
}

/* A fact that is a SID. PRCM_PRESENT, or why not. */
static ULONG
GatherTokenSid(_In_ HANDLE Token, _In_ TOKEN_INFORMATION_CLASS Class, _Out_ GATHER_TOKEN_SID *Info)
{
    ULONG Length;
    NTSTATUS Status = ZwQueryInformationToken(Token, Class, Info, sizeof(*Info), &Length);
    if (!NT_SUCCESS(Status))
        return RecordFailure(Status);
    const SID *Sid = Info->Sid.Sid;
    if (Sid->SubAuthorityCount == 0 || Sid->SubAuthorityCount > SID_MAX_SUB_AUTHORITIES)
        return (ULONG)STATUS_INVALID_SID;
    return PRCM_PRESENT;
}

/* The last sub-authority of the label's SID. */
static PRCM_VALUE
GatherIntegrityLevel(_In_ HANDLE Token)
{
    GATHER_TOKEN_SID Info;
    ULONG Status = GatherTokenSid(Token, TokenIntegrityLevel, &Info);
    if (Status != PRCM_PRESENT)
        return RecordNoValue(Status);
    const SID *Sid = Info.Sid.Sid;
    return RecordValue(Sid->SubAuthority[Sid->SubAuthorityCount - 1]);
}

static PRCM_VALUE
GatherElevated(_In_ HANDLE Token)
{
    PRCM_VALUE Elevated = GatherTokenNumber(Token, TokenElevation);
    Elevated.Value = Elevated.Value != 0;
    return Elevated;
}

static VOID
GatherUserSid(_In_ HANDLE Token, _Inout_ GATHER_START *Gather, _Inout_ PRCM_START *Start,
              _Inout_ RECORD_PLAN *Plan)
{
    GATHER_TOKEN_SID Info;
    Start->UserSid.Status = GatherTokenSid(Token, TokenUser, &Info);
    if (Start->UserSid.Status != PRCM_PRESENT)
        return;
    const SID *Sid = Info.Sid.Sid;
    ULONG Length = (ULONG)FIELD_OFFSET(SID, SubAuthority) + Sid->SubAuthorityCount * (ULONG)sizeof(ULONG);
    RtlCopyMemory(Gather->UserSid, Sid, Length);
    RecordPlanBytes(Plan, &Start->UserSid, Gather->UserSid, Length);
}

static VOID
GatherNoToken(_In_ NTSTATUS Status, _Inout_ PRCM_START *Start)
{
    Start->SessionId = Start->IntegrityLevel = Start->Elevated = RecordNoValue(RecordFailure(Status));
    Start->UserSid.Status = RecordFailure(Status);
}

static VOID
GatherToken(_In_ HANDLE Process, _Inout_ GATHER_START *Gather, _Inout_ PRCM_START *Start,
            _Inout_ RECORD_PLAN *Plan)
{
    HANDLE Token;
    NTSTATUS Status = ZwOpenProcessTokenEx(Process, TOKEN_QUERY, OBJ_KERNEL_HANDLE, &Token);
    if (!NT_SUCCESS(Status))
    {
        GatherNoToken(Status, Start);
        return;
    }
    GatherUserSid(Token, Gather, Start, Plan);
    Start->SessionId = GatherTokenNumber(Token, TokenSessionId);
    Start->IntegrityLevel = GatherIntegrityLevel(Token);
    Start->Elevated = GatherElevated(Token);
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

/* The older way to a process's path, for an OS without SeLocateProcessImageName. */
static NTSTATUS
GatherQueryImageName(_In_ HANDLE Process, _Outptr_ PUNICODE_STRING *Name)
{
    ULONG Length = 0;
    *Name = NULL;
    NTSTATUS Status = ZwQueryInformationProcess(Process, ProcessImageFileName, NULL, 0, &Length);
    if (Status != STATUS_INFO_LENGTH_MISMATCH || Length < sizeof(**Name))
        return Status;
    *Name = OsAllocate(Length);
    if (!*Name)
        return STATUS_INSUFFICIENT_RESOURCES;
    return ZwQueryInformationProcess(Process, ProcessImageFileName, *Name, Length, &Length);
}

/* For a process that the OS handed no path over for. */
static VOID
GatherImagePath(_In_ PEPROCESS Process, _In_ HANDLE Handle, _Inout_ GATHER_START *Gather,
                _Inout_ PRCM_START *Start, _Inout_ RECORD_PLAN *Plan)
{
    NTSTATUS Status = Os.LocateProcessImageName ? Os.LocateProcessImageName(Process, &Gather->LocatedName)
                                                : GatherQueryImageName(Handle, &Gather->LocatedName);
    if (NT_SUCCESS(Status))
        GatherPath(Gather->LocatedName, &Start->ImagePath, Plan);
    else
        Start->ImagePath.Text.Status = RecordFailure(Status);
}

static VOID
GatherNoHandle(_In_ NTSTATUS Status, _Inout_ PRCM_START *Start)
{
    Start->Architecture = RecordNoValue(RecordFailure(Status));
    if (Start->ImagePath.Text.Status != PRCM_PRESENT)
        Start->ImagePath.Text.Status = RecordFailure(Status);
    GatherNoToken(Status, Start);
}

VOID
GatherNoProcess(NTSTATUS Status, PRCM_START *Start)
{
    Start->CreateTime = RecordNoValue(RecordFailure(Status));
    if (Os.GetProcessStartKey)
        Start->StartKey = RecordNoValue(RecordFailure(Status));
    GatherNoHandle(Status, Start);
}

VOID
GatherProcess(PEPROCESS Process, GATHER_START *Gather, PRCM_START *Start, RECORD_PLAN *Plan)
{
    HANDLE Handle;
    Start->CreateTime = GatherProcessCreateTime(Process);
    ULONG64 Key = Os.GetProcessStartKey ? Os.GetProcessStartKey(Process) : 0;
    Start->StartKey = Key ? RecordValue(Key) : RecordNoValue(PRCM_ABSENT);

    /* No type: it can be left out from kernel mode, and *PsProcessType is not the same under all headers. */
    NTSTATUS Status = ObOpenObjectByPointer(Process, OBJ_KERNEL_HANDLE, NULL, PROCESS_QUERY_INFORMATION, NULL,
                                            KernelMode, &Handle);
    if (!NT_SUCCESS(Status))
    {
        GatherNoHandle(Status, Start);
        return;
    }
    Start->Architecture = GatherArchitecture(Handle);
    GatherToken(Handle, Gather, Start, Plan);
    if (Start->ImagePath.Text.Status != PRCM_PRESENT)
        GatherImagePath(Process, Handle, Gather, Start, Plan);
    ZwClose(Handle);
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
