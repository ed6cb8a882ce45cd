/* SPDX-License-Identifier: MIT
 *
 * What drivers ask of a process or its token by handle. For a handle or an object that is not ntext's, Wine
 * answers. A fact that the feeder could not tell is STATUS_INVALID_INFO_CLASS: this "OS" has no such field.
 */
#include "ntext_handle.h"
#include "ntext_pool.h"
#include "ntext_process.h"

#define HANDLE_GROUP_INTEGRITY    0x20u /* SE_GROUP_INTEGRITY */
#define SID_BYTES(SubAuthorities) (FIELD_OFFSET(SID, SubAuthority) + (SubAuthorities) * sizeof(ULONG))

/* A UNICODE_STRING and its text in one block. */
static VOID
HandleCopyName(_Out_ PUNICODE_STRING To, _In_ PCUNICODE_STRING Name)
{
    To->Buffer = (PWCH)(PVOID)(To + 1);
    To->Length = Name->Length;
    To->MaximumLength = Name->Length + sizeof(WCHAR);
    RtlCopyMemory(To->Buffer, Name->Buffer, Name->Length);
    To->Buffer[Name->Length / sizeof(WCHAR)] = 0;
}

static ULONG
HandleNameBytes(_In_ PCUNICODE_STRING Name)
{
    return (ULONG)sizeof(*Name) + Name->Length + (ULONG)sizeof(WCHAR);
}

NTSTATUS NTAPI
NtextSeLocateProcessImageName(PEPROCESS Object, PUNICODE_STRING *ImageFileName)
{
    NTEXT_PROCESS *Process = ProcessOfObject(Object);
    *ImageFileName = NULL;
    if (!Process || !ProcessNativeImage(Process)->Buffer)
        return STATUS_NOT_FOUND;
    PCUNICODE_STRING Name = ProcessNativeImage(Process);
    PUNICODE_STRING Copy = ExAllocatePoolWithTag(PagedPool, HandleNameBytes(Name), NTEXT_POOL_TAG);
    if (!Copy)
        return STATUS_INSUFFICIENT_RESOURCES;
    HandleCopyName(Copy, Name);
    *ImageFileName = Copy;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI
NtextObOpenObjectByPointer(PVOID Object, ULONG Attributes, PACCESS_STATE AccessState, ACCESS_MASK Access,
                           POBJECT_TYPE Type, KPROCESSOR_MODE Mode, PHANDLE Handle)
{
    NTEXT_PROCESS *Process = ProcessOfObject(Object);
    if (!Process)
        return ObOpenObjectByPointer(Object, Attributes, AccessState, Access, Type, Mode, Handle);
    if (Type && Type != *PsProcessType)
        return STATUS_OBJECT_TYPE_MISMATCH;
    *Handle = ProcessOpenHandle(Process, PROCESS_HANDLE_PROCESS);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI
NtextZwClose(HANDLE Handle)
{
    NTEXT_PROCESS *Process = ProcessOfHandle(Handle, PROCESS_HANDLE_PROCESS);
    if (!Process)
        Process = ProcessOfHandle(Handle, PROCESS_HANDLE_TOKEN);
    if (!Process)
        return ZwClose(Handle);
    ProcessCloseHandle(Process);
    return STATUS_SUCCESS;
}

/* Answers with Value where there is room for exactly that. */
static NTSTATUS
HandleAnswerFixed(_In_ const VOID *Value, _In_ ULONG Bytes, _Out_ PVOID Info, _In_ ULONG Length,
                  _Out_opt_ PULONG ReturnLength, _In_ NTSTATUS WrongLength)
{
    if (ReturnLength)
        *ReturnLength = Bytes;
    if (Length < Bytes)
        return WrongLength;
    RtlCopyMemory(Info, Value, Bytes);
    return STATUS_SUCCESS;
}

static NTSTATUS
HandleQueryName(_In_ const NTEXT_PROCESS *Process, _Out_ PVOID Info, _In_ ULONG Length,
                _Out_opt_ PULONG ReturnLength)
{
    PCUNICODE_STRING Name = ProcessNativeImage(Process);
    if (!Name->Buffer)
        return STATUS_INVALID_INFO_CLASS;
    if (ReturnLength)
        *ReturnLength = HandleNameBytes(Name);
    if (Length < HandleNameBytes(Name))
        return STATUS_INFO_LENGTH_MISMATCH;
    HandleCopyName(Info, Name);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI
NtextZwQueryInformationProcess(HANDLE Handle, PROCESSINFOCLASS Class, PVOID Info, ULONG Length,
                               PULONG ReturnLength)
{
    NTEXT_PROCESS *Process = ProcessOfHandle(Handle, PROCESS_HANDLE_PROCESS);
    if (!Process)
        return ZwQueryInformationProcess(Handle, Class, Info, Length, ReturnLength);
    const NTEXT_EVENT *Facts = ProcessFacts(Process);
    if (Class == ProcessImageFileName)
        return HandleQueryName(Process, Info, Length, ReturnLength);
    if (Class != ProcessWow64Information || !(Facts->Known & NTEXT_KNOWS_EMULATED))
        return STATUS_INVALID_INFO_CLASS;
    ULONG_PTR Emulated = Facts->Emulated;
    return HandleAnswerFixed(&Emulated, sizeof(Emulated), Info, Length, ReturnLength,
                             STATUS_INFO_LENGTH_MISMATCH);
}

NTSTATUS NTAPI
NtextZwOpenProcessTokenEx(HANDLE Handle, ACCESS_MASK Access, ULONG Attributes, PHANDLE Token)
{
    NTEXT_PROCESS *Process = ProcessOfHandle(Handle, PROCESS_HANDLE_PROCESS);
    if (!Process)
        return ZwOpenProcessTokenEx(Handle, Access, Attributes, Token);
    *Token = ProcessOpenHandle(Process, PROCESS_HANDLE_TOKEN);
    return STATUS_SUCCESS;
}

/* SID_AND_ATTRIBUTES and behind it the SID, as TokenUser and TokenIntegrityLevel have it. */
static NTSTATUS
HandleAnswerSid(_In_ const VOID *Sid, _In_ ULONG SidLength, _In_ ULONG Attributes, _Out_ PVOID Info,
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
HandleQueryUser(_In_ const NTEXT_EVENT *Facts, _Out_ PVOID Info, _In_ ULONG Length, _Out_ PULONG ReturnLength)
{
    if (!Facts->UserSid.Offset)
        return STATUS_INVALID_INFO_CLASS;
    return HandleAnswerSid((const UCHAR *)Facts + Facts->UserSid.Offset, Facts->UserSid.Length, 0, Info,
                           Length, ReturnLength);
}

static NTSTATUS
HandleQueryIntegrity(_In_ const NTEXT_EVENT *Facts, _Out_ PVOID Info, _In_ ULONG Length,
                     _Out_ PULONG ReturnLength)
{
    if (!(Facts->Known & NTEXT_KNOWS_INTEGRITY))
        return STATUS_INVALID_INFO_CLASS;
    static const SID_IDENTIFIER_AUTHORITY Authority = SECURITY_MANDATORY_LABEL_AUTHORITY;
    SID Label = {.Revision = SID_REVISION, .SubAuthorityCount = 1, .IdentifierAuthority = Authority};
    Label.SubAuthority[0] = Facts->IntegrityLevel;
    return HandleAnswerSid(&Label, SID_BYTES(1), HANDLE_GROUP_INTEGRITY, Info, Length, ReturnLength);
}

static NTSTATUS
HandleQueryNumber(_In_ const NTEXT_EVENT *Facts, _In_ ULONG Knows, _In_ ULONG Value, _Out_ PVOID Info,
                  _In_ ULONG Length, _Out_ PULONG ReturnLength)
{
    if (!(Facts->Known & Knows))
        return STATUS_INVALID_INFO_CLASS;
    return HandleAnswerFixed(&Value, sizeof(Value), Info, Length, ReturnLength, STATUS_BUFFER_TOO_SMALL);
}

NTSTATUS NTAPI
NtextZwQueryInformationToken(HANDLE Token, TOKEN_INFORMATION_CLASS Class, PVOID Info, ULONG Length,
                             PULONG ReturnLength)
{
    NTEXT_PROCESS *Process = ProcessOfHandle(Token, PROCESS_HANDLE_TOKEN);
    if (!Process)
        return ZwQueryInformationToken(Token, Class, Info, Length, ReturnLength);
    const NTEXT_EVENT *Facts = ProcessFacts(Process);
    switch (Class)
    {
    case TokenUser:
        return HandleQueryUser(Facts, Info, Length, ReturnLength);
    case TokenIntegrityLevel:
        return HandleQueryIntegrity(Facts, Info, Length, ReturnLength);
    case TokenSessionId:
        return HandleQueryNumber(Facts, NTEXT_KNOWS_SESSION, Facts->SessionId, Info, Length, ReturnLength);
    case TokenElevation:
        return HandleQueryNumber(Facts, NTEXT_KNOWS_ELEVATED, Facts->Elevated, Info, Length, ReturnLength);
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}
