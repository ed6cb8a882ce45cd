/* SPDX-License-Identifier: MIT
 *
 * What drivers ask of a process or its token by handle. For a handle or an object that is not ntext's, Wine
 * answers. A fact that the feeder could not tell is STATUS_INVALID_INFO_CLASS: this "OS" has no such field.
 */
#include "ntext_query.h"
#include "ntext_handle.h"
#include "ntext_pool.h"
#include "ntext_process.h"
#include "ntext_rule.h"
#include "ntext_thread.h"

#define QUERY_GROUP_INTEGRITY     0x20u       /* SE_GROUP_INTEGRITY */
#define QUERY_LOCATE_TAG          0x6E496553u /* SeIn: not the caller's */
/* Newer than some headers. */
#define QUERY_PROCESS             0x0400u /* PROCESS_QUERY_INFORMATION */
#define QUERY_PROCESS_LIMITED     0x1000u /* PROCESS_QUERY_LIMITED_INFORMATION */
#define QUERY_ALL_ACCESS          0x001FFFFFu
#define QUERY_GENERIC             0xF0000000u
#define SID_BYTES(SubAuthorities) (FIELD_OFFSET(SID, SubAuthority) + (SubAuthorities) * sizeof(ULONG))

/* A UNICODE_STRING and its text in one block. */
static VOID
QueryCopyName(_Out_ PUNICODE_STRING To, _In_ PCUNICODE_STRING Name)
{
    To->Buffer = (PWCH)(PVOID)(To + 1);
    To->Length = Name->Length;
    To->MaximumLength = Name->Length + sizeof(WCHAR);
    RtlCopyMemory(To->Buffer, Name->Buffer, Name->Length);
    To->Buffer[Name->Length / sizeof(WCHAR)] = 0;
}

static ULONG
QueryNameBytes(_In_ PCUNICODE_STRING Name)
{
    return (ULONG)sizeof(*Name) + Name->Length + (ULONG)sizeof(WCHAR);
}

NTSTATUS NTAPI
NtextSeLocateProcessImageName(PEPROCESS Object, PUNICODE_STRING *ImageFileName)
{
    ThreadRequire(PASSIVE_LEVEL, "SeLocateProcessImageName");
    NTEXT_PROCESS *Process = ProcessOfObject(Object);
    *ImageFileName = NULL;
    if (!Process || !ProcessNativeImage(Process)->Buffer)
        return STATUS_NOT_FOUND;
    PCUNICODE_STRING Name = ProcessNativeImage(Process);
    PUNICODE_STRING Copy = NtextExAllocatePoolWithTag(PagedPool, QueryNameBytes(Name), QUERY_LOCATE_TAG);
    if (!Copy)
        return STATUS_INSUFFICIENT_RESOURCES;
    QueryCopyName(Copy, Name);
    *ImageFileName = Copy;
    return STATUS_SUCCESS;
}

/* ---- Opening and closing ------------------------------------------------------------------------------- */

/* Kernel mode is granted what it asks for; Read are the rights that reading needs. */
static ACCESS_MASK
QueryGranted(_In_ ACCESS_MASK Access, _In_ ACCESS_MASK Read)
{
    if (Access & (GENERIC_ALL | MAXIMUM_ALLOWED))
        return QUERY_ALL_ACCESS;
    if (Access & GENERIC_READ)
        Access |= Read;
    return Access & ~QUERY_GENERIC;
}

static NTSTATUS
QueryMayOpen(_In_ ULONG Attributes, _In_opt_ PACCESS_STATE AccessState, _In_opt_ POBJECT_TYPE Type,
             _In_ KPROCESSOR_MODE Mode)
{
    ULONG Opposites = OBJ_EXCLUSIVE | OBJ_INHERIT;
    if ((Attributes & ~(ULONG)OBJ_VALID_ATTRIBUTES) || (Attributes & Opposites) == Opposites)
        return STATUS_INVALID_PARAMETER;
    /* Kernel mode may leave the type out, user mode may not. */
    if (Type != ProcessType() && (Type || Mode != KernelMode))
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (AccessState || Mode != KernelMode)
        return STATUS_NOT_IMPLEMENTED;
    if (Attributes & OBJ_KERNEL_HANDLE)
        return STATUS_SUCCESS;
    /* NT would give a handle that the process which happens to be running can use. */
    RuleBroken("ObOpenObjectByPointer", "without OBJ_KERNEL_HANDLE");
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI
NtextObOpenObjectByPointer(PVOID Object, ULONG Attributes, PACCESS_STATE AccessState, ACCESS_MASK Access,
                           POBJECT_TYPE Type, KPROCESSOR_MODE Mode, PHANDLE Handle)
{
    ThreadRequire(APC_LEVEL, "ObOpenObjectByPointer");
    NTEXT_PROCESS *Process = ProcessOfObject(Object);
    if (!Process)
    {
        /* One of Wine's, whose processes are of a type of their own. */
        Type = Type == ProcessType() ? ProcessWineType() : Type;
        return ObOpenObjectByPointer(Object, Attributes, AccessState, Access, Type, Mode, Handle);
    }
    NTSTATUS Status = QueryMayOpen(Attributes, AccessState, Type, Mode);
    if (!NT_SUCCESS(Status))
        return Status;
    return HandleCreate(Process, HANDLE_TO_PROCESS,
                        QueryGranted(Access, QUERY_PROCESS | QUERY_PROCESS_LIMITED), Handle);
}

NTSTATUS NTAPI
NtextZwOpenProcessTokenEx(HANDLE Handle, ACCESS_MASK Access, ULONG Attributes, PHANDLE Token)
{
    ThreadRequire(PASSIVE_LEVEL, "ZwOpenProcessTokenEx");
    if (!HandleIsOwn(Handle))
        return ZwOpenProcessTokenEx(Handle, Access, Attributes, Token);
    if (Attributes != OBJ_KERNEL_HANDLE)
        return STATUS_INVALID_PARAMETER;
    NTEXT_PROCESS *Process;
    NTSTATUS Status = HandleReference(Handle, HANDLE_TO_PROCESS, QUERY_PROCESS, &Process);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = HandleCreate(Process, HANDLE_TO_TOKEN, QueryGranted(Access, TOKEN_QUERY), Token);
    ProcessRelease(Process);
    return Status;
}

NTSTATUS NTAPI
NtextZwClose(HANDLE Handle)
{
    ThreadRequire(PASSIVE_LEVEL, "ZwClose");
    if (!HandleIsOwn(Handle))
        return ZwClose(Handle);
    NTSTATUS Status = HandleClose(Handle);
    if (!NT_SUCCESS(Status))
        RuleBroken("ZwClose", "of a kernel handle that is not open");
    return Status;
}

/* ---- Answers ------------------------------------------------------------------------------------------- */

static NTSTATUS
QueryAnswerName(_In_ const NTEXT_PROCESS *Process, _Out_ PVOID Info, _In_ ULONG Length,
                _Out_ PULONG ReturnLength)
{
    PCUNICODE_STRING Name = ProcessNativeImage(Process);
    if (!Name->Buffer)
        return STATUS_INVALID_INFO_CLASS;
    *ReturnLength = QueryNameBytes(Name);
    if (Length < QueryNameBytes(Name))
        return STATUS_INFO_LENGTH_MISMATCH;
    QueryCopyName(Info, Name);
    return STATUS_SUCCESS;
}

/* Of fixed size: there must be room for just that. */
static NTSTATUS
QueryAnswerEmulated(_In_ const NTEXT_EVENT *Facts, _Out_ PVOID Info, _In_ ULONG Length,
                    _Out_ PULONG ReturnLength)
{
    ULONG_PTR Emulated = Facts->Emulated;
    if (!(Facts->Known & NTEXT_KNOWS_EMULATED))
        return STATUS_INVALID_INFO_CLASS;
    if (Length != sizeof(Emulated))
        return STATUS_INFO_LENGTH_MISMATCH;
    *ReturnLength = sizeof(Emulated);
    RtlCopyMemory(Info, &Emulated, sizeof(Emulated));
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI
NtextZwQueryInformationProcess(HANDLE Handle, PROCESSINFOCLASS Class, PVOID Info, ULONG Length,
                               PULONG ReturnLength)
{
    ULONG Needed;
    NTEXT_PROCESS *Process;
    ThreadRequire(PASSIVE_LEVEL, "ZwQueryInformationProcess");
    if (!HandleIsOwn(Handle))
        return ZwQueryInformationProcess(Handle, Class, Info, Length, ReturnLength);
    NTSTATUS Status =
        HandleReference(Handle, HANDLE_TO_PROCESS, QUERY_PROCESS | QUERY_PROCESS_LIMITED, &Process);
    if (!NT_SUCCESS(Status))
        return Status;
    if (!ReturnLength)
        ReturnLength = &Needed;
    if (Class == ProcessImageFileName)
        Status = QueryAnswerName(Process, Info, Length, ReturnLength);
    else if (Class == ProcessWow64Information)
        Status = QueryAnswerEmulated(ProcessFacts(Process), Info, Length, ReturnLength);
    else
        Status = STATUS_INVALID_INFO_CLASS;
    ProcessRelease(Process);
    return Status;
}

/* SID_AND_ATTRIBUTES and behind it the SID, as TokenUser and TokenIntegrityLevel have it. */
static NTSTATUS
QueryAnswerSid(_In_ const VOID *Sid, _In_ ULONG SidLength, _In_ ULONG Attributes, _Out_ PVOID Info,
               _In_ ULONG Length, _Out_ PULONG ReturnLength)
{
    PSID_AND_ATTRIBUTES Answer = Info;
    *ReturnLength = (ULONG)sizeof(*Answer) + SidLength;
    if (Length < *ReturnLength)
        return STATUS_BUFFER_TOO_SMALL;
    Answer->Sid = Answer + 1;
    Answer->Attributes = Attributes;
    RtlCopyMemory(Answer->Sid, Sid, SidLength);
    return STATUS_SUCCESS;
}

static NTSTATUS
QueryUser(_In_ const NTEXT_EVENT *Facts, _Out_ PVOID Info, _In_ ULONG Length, _Out_ PULONG ReturnLength)
{
    if (!Facts->UserSid.Offset)
        return STATUS_INVALID_INFO_CLASS;
    return QueryAnswerSid((const UCHAR *)Facts + Facts->UserSid.Offset, Facts->UserSid.Length, 0, Info,
                          Length, ReturnLength);
}

static NTSTATUS
QueryIntegrity(_In_ const NTEXT_EVENT *Facts, _Out_ PVOID Info, _In_ ULONG Length, _Out_ PULONG ReturnLength)
{
    if (!(Facts->Known & NTEXT_KNOWS_INTEGRITY))
        return STATUS_INVALID_INFO_CLASS;
    static const SID_IDENTIFIER_AUTHORITY Authority = SECURITY_MANDATORY_LABEL_AUTHORITY;
    SID Label = {.Revision = SID_REVISION, .SubAuthorityCount = 1, .IdentifierAuthority = Authority};
    Label.SubAuthority[0] = Facts->IntegrityLevel;
    return QueryAnswerSid(&Label, SID_BYTES(1), QUERY_GROUP_INTEGRITY, Info, Length, ReturnLength);
}

/* NT 5.2 refuses more room than such a number takes. */
static NTSTATUS
QueryNumber(_In_ const NTEXT_EVENT *Facts, _In_ ULONG Knows, _In_ ULONG Value, _Out_ PVOID Info,
            _In_ ULONG Length, _Out_ PULONG ReturnLength)
{
    if (!(Facts->Known & Knows))
        return STATUS_INVALID_INFO_CLASS;
    *ReturnLength = sizeof(Value);
    if (Length != sizeof(Value))
        return Length < sizeof(Value) ? STATUS_BUFFER_TOO_SMALL : STATUS_INFO_LENGTH_MISMATCH;
    RtlCopyMemory(Info, &Value, sizeof(Value));
    return STATUS_SUCCESS;
}

static NTSTATUS
QueryToken(_In_ const NTEXT_EVENT *Facts, _In_ TOKEN_INFORMATION_CLASS Class, _Out_ PVOID Info,
           _In_ ULONG Length, _Out_ PULONG ReturnLength)
{
    switch (Class)
    {
    case TokenUser:
        return QueryUser(Facts, Info, Length, ReturnLength);
    case TokenIntegrityLevel:
        return QueryIntegrity(Facts, Info, Length, ReturnLength);
    case TokenSessionId:
        return QueryNumber(Facts, NTEXT_KNOWS_SESSION, Facts->SessionId, Info, Length, ReturnLength);
    case TokenElevation:
        return QueryNumber(Facts, NTEXT_KNOWS_ELEVATED, Facts->Elevated, Info, Length, ReturnLength);
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

NTSTATUS NTAPI
NtextZwQueryInformationToken(HANDLE Token, TOKEN_INFORMATION_CLASS Class, PVOID Info, ULONG Length,
                             PULONG ReturnLength)
{
    NTEXT_PROCESS *Process;
    ThreadRequire(PASSIVE_LEVEL, "ZwQueryInformationToken");
    if (!HandleIsOwn(Token))
        return ZwQueryInformationToken(Token, Class, Info, Length, ReturnLength);
    if (!ReturnLength)
        return STATUS_ACCESS_VIOLATION; /* of this one it is not optional */
    NTSTATUS Status = HandleReference(Token, HANDLE_TO_TOKEN, TOKEN_QUERY, &Process);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = QueryToken(ProcessFacts(Process), Class, Info, Length, ReturnLength);
    ProcessRelease(Process);
    return Status;
}
