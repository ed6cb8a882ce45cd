/* SPDX-License-Identifier: MIT
 *
 * Processes, their tokens, handles to both.
 */
#include "contract.h"

/* ---- The type ---- */

static NTSTATUS
OpenAs(PEPROCESS Process, POBJECT_TYPE Type, ULONG Attributes, KPROCESSOR_MODE Mode)
{
    HANDLE Handle;
    NTSTATUS Status = ObOpenObjectByPointer(Process, Attributes, NULL, QUERY_PROCESS, Type, Mode, &Handle);
    if (NT_SUCCESS(Status))
        ZwClose(Handle);
    return Status;
}

static NTSTATUS
OpenByItsType(PEPROCESS Process)
{
    POBJECT_TYPE *Type = ContractLookUp(L"PsProcessType");
    return OpenAs(Process, *Type, OBJ_KERNEL_HANDLE, KernelMode);
}

static NTSTATUS
OpenByNoType(PEPROCESS Process)
{
    return OpenAs(Process, NULL, OBJ_KERNEL_HANDLE, KernelMode);
}

static NTSTATUS
OpenByAnotherType(PEPROCESS Process)
{
    POBJECT_TYPE *Type = ContractLookUp(L"PsThreadType");
    return OpenAs(Process, *Type, OBJ_KERNEL_HANDLE, KernelMode);
}

/* With these headers PsProcessType is what the variable holds, and this its first word. */
static NTSTATUS
OpenByTypeFollowedTwice(PEPROCESS Process)
{
    return OpenAs(Process, *PsProcessType, OBJ_KERNEL_HANDLE, KernelMode);
}

static NTSTATUS
OpenByTypeFollowedOnce(PEPROCESS Process)
{
    return OpenAs(Process, (POBJECT_TYPE)(PVOID)PsProcessType, OBJ_KERNEL_HANDLE, KernelMode);
}

static NTSTATUS
OpenForUserModeByNoType(PEPROCESS Process)
{
    return OpenAs(Process, NULL, OBJ_KERNEL_HANDLE, UserMode);
}

static NTSTATUS
OpenForAllToUse(PEPROCESS Process)
{
    return OpenAs(Process, NULL, 0, KernelMode);
}

static NTSTATUS
OpenByUnknownAttributes(PEPROCESS Process)
{
    return OpenAs(Process, NULL, OBJ_KERNEL_HANDLE | 0x80000000u, KernelMode);
}

/* ---- Handles ---- */

NTSTATUS
ContractOpen(PEPROCESS Process, ACCESS_MASK Access, PHANDLE Handle)
{
    return ObOpenObjectByPointer(Process, OBJ_KERNEL_HANDLE, NULL, Access, NULL, KernelMode, Handle);
}

static NTSTATUS
QueryEmulated(PEPROCESS Process, ACCESS_MASK Access, ULONG Length)
{
    HANDLE Handle;
    ULONG_PTR Emulated[2];
    NTSTATUS Status = ContractOpen(Process, Access, &Handle);
    if (!NT_SUCCESS(Status))
        return CONTRACT_NO_CASE;
    Status = ZwQueryInformationProcess(Handle, ProcessWow64Information, Emulated, Length, NULL);
    ZwClose(Handle);
    return Status;
}

static NTSTATUS
ProcessQueried(PEPROCESS Process)
{
    return QueryEmulated(Process, QUERY_PROCESS, sizeof(ULONG_PTR));
}

static NTSTATUS
ProcessQueriedByLimitedAccess(PEPROCESS Process)
{
    return QueryEmulated(Process, QUERY_PROCESS_LIMITED, sizeof(ULONG_PTR));
}

static NTSTATUS
ProcessQueriedByReadAccess(PEPROCESS Process)
{
    return QueryEmulated(Process, GENERIC_READ, sizeof(ULONG_PTR));
}

static NTSTATUS
ProcessQueriedWithoutAccess(PEPROCESS Process)
{
    return QueryEmulated(Process, SYNCHRONIZE, sizeof(ULONG_PTR));
}

static NTSTATUS
ProcessQueriedWithMoreRoom(PEPROCESS Process)
{
    return QueryEmulated(Process, QUERY_PROCESS, 2 * sizeof(ULONG_PTR));
}

static NTSTATUS
ProcessQueriedWithLessRoom(PEPROCESS Process)
{
    return QueryEmulated(Process, QUERY_PROCESS, sizeof(ULONG_PTR) - 1);
}

static NTSTATUS
NameWithoutRoom(PEPROCESS Process)
{
    HANDLE Handle;
    ULONG Length = 0;
    if (!NT_SUCCESS(ContractOpen(Process, QUERY_PROCESS, &Handle)))
        return CONTRACT_NO_CASE;
    NTSTATUS Status = ZwQueryInformationProcess(Handle, ProcessImageFileName, NULL, 0, &Length);
    ZwClose(Handle);
    return Length > sizeof(UNICODE_STRING) ? Status : CONTRACT_NO_CASE;
}

static NTSTATUS
ProcessQueriedAfterClose(PEPROCESS Process)
{
    HANDLE Handle;
    ULONG_PTR Emulated;
    if (!NT_SUCCESS(ContractOpen(Process, QUERY_PROCESS, &Handle)) || !NT_SUCCESS(ZwClose(Handle)))
        return CONTRACT_NO_CASE;
    return ZwQueryInformationProcess(Handle, ProcessWow64Information, &Emulated, sizeof(Emulated), NULL);
}

static NTSTATUS
ClosedTwice(PEPROCESS Process)
{
    HANDLE Handle;
    if (!NT_SUCCESS(ContractOpen(Process, QUERY_PROCESS, &Handle)) || !NT_SUCCESS(ZwClose(Handle)))
        return CONTRACT_NO_CASE;
    return ZwClose(Handle);
}

/* ---- Tokens ---- */

static NTSTATUS
OpenToken(PEPROCESS Process, ACCESS_MASK ProcessAccess, ACCESS_MASK Access, ULONG Attributes, PHANDLE Token)
{
    HANDLE Handle;
    if (!NT_SUCCESS(ContractOpen(Process, ProcessAccess, &Handle)))
        return CONTRACT_NO_CASE;
    NTSTATUS Status = ZwOpenProcessTokenEx(Handle, Access, Attributes, Token);
    ZwClose(Handle);
    return Status;
}

static NTSTATUS
OpenTokenAndClose(PEPROCESS Process, ACCESS_MASK ProcessAccess, ULONG Attributes)
{
    HANDLE Token;
    NTSTATUS Status = OpenToken(Process, ProcessAccess, TOKEN_QUERY, Attributes, &Token);
    if (NT_SUCCESS(Status))
        ZwClose(Token);
    return Status;
}

static NTSTATUS
TokenOpened(PEPROCESS Process)
{
    return OpenTokenAndClose(Process, QUERY_PROCESS, OBJ_KERNEL_HANDLE);
}

static NTSTATUS
TokenOpenedByLimitedAccess(PEPROCESS Process)
{
    return OpenTokenAndClose(Process, QUERY_PROCESS_LIMITED, OBJ_KERNEL_HANDLE);
}

static NTSTATUS
TokenOpenedForAllToUse(PEPROCESS Process)
{
    return OpenTokenAndClose(Process, QUERY_PROCESS, 0);
}

typedef struct TOKEN_QUESTION
{
    ACCESS_MASK Access;
    TOKEN_INFORMATION_CLASS Class;
    ULONG Length;
    BOOLEAN NoReturnLength;
} TOKEN_QUESTION;

static NTSTATUS
QueryToken(PEPROCESS Process, const TOKEN_QUESTION *Question)
{
    HANDLE Token;
    UCHAR Info[256];
    ULONG Length;
    NTSTATUS Status = OpenToken(Process, QUERY_PROCESS, Question->Access, OBJ_KERNEL_HANDLE, &Token);
    if (!NT_SUCCESS(Status))
        return CONTRACT_NO_CASE;
    Status = ZwQueryInformationToken(Token, Question->Class, Info, Question->Length,
                                     Question->NoReturnLength ? NULL : &Length);
    ZwClose(Token);
    return Status;
}

static NTSTATUS
SessionQueried(PEPROCESS Process)
{
    return QueryToken(Process, &(TOKEN_QUESTION){TOKEN_QUERY, TokenSessionId, sizeof(ULONG), FALSE});
}

static NTSTATUS
SessionQueriedWithMoreRoom(PEPROCESS Process)
{
    return QueryToken(Process, &(TOKEN_QUESTION){TOKEN_QUERY, TokenSessionId, 2 * sizeof(ULONG), FALSE});
}

static NTSTATUS
SessionQueriedWithLessRoom(PEPROCESS Process)
{
    return QueryToken(Process, &(TOKEN_QUESTION){TOKEN_QUERY, TokenSessionId, sizeof(ULONG) - 1, FALSE});
}

static NTSTATUS
SessionQueriedWithoutReturnLength(PEPROCESS Process)
{
    return QueryToken(Process, &(TOKEN_QUESTION){TOKEN_QUERY, TokenSessionId, sizeof(ULONG), TRUE});
}

static NTSTATUS
SessionQueriedWithoutAccess(PEPROCESS Process)
{
    return QueryToken(Process, &(TOKEN_QUESTION){TOKEN_DUPLICATE, TokenSessionId, sizeof(ULONG), FALSE});
}

static NTSTATUS
UserQueriedWithMoreRoom(PEPROCESS Process)
{
    return QueryToken(Process, &(TOKEN_QUESTION){TOKEN_QUERY, TokenUser, 256, FALSE});
}

static NTSTATUS
UserQueriedWithLessRoom(PEPROCESS Process)
{
    return QueryToken(Process, &(TOKEN_QUESTION){TOKEN_QUERY, TokenUser, sizeof(SID_AND_ATTRIBUTES), FALSE});
}

static NTSTATUS
UnknownClassQueried(PEPROCESS Process)
{
    return QueryToken(Process, &(TOKEN_QUESTION){TOKEN_QUERY, (TOKEN_INFORMATION_CLASS)999, 4, FALSE});
}

static NTSTATUS
TokenQueriedAsProcess(PEPROCESS Process)
{
    HANDLE Token;
    ULONG_PTR Emulated;
    if (!NT_SUCCESS(OpenToken(Process, QUERY_PROCESS, TOKEN_QUERY, OBJ_KERNEL_HANDLE, &Token)))
        return CONTRACT_NO_CASE;
    NTSTATUS Status =
        ZwQueryInformationProcess(Token, ProcessWow64Information, &Emulated, sizeof(Emulated), NULL);
    ZwClose(Token);
    return Status;
}

static NTSTATUS
ProcessQueriedAsToken(PEPROCESS Process)
{
    HANDLE Handle;
    ULONG SessionId, Length;
    if (!NT_SUCCESS(ContractOpen(Process, QUERY_PROCESS, &Handle)))
        return CONTRACT_NO_CASE;
    NTSTATUS Status = ZwQueryInformationToken(Handle, TokenSessionId, &SessionId, sizeof(SessionId), &Length);
    ZwClose(Handle);
    return Status;
}

/* ---- Objects ---- */

static NTSTATUS
UnknownIdLookedUp(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return PsLookupProcessByProcessId(ULongToHandle(0x7FFFFFF0), &Process);
}

static NTSTATUS
ReferencedAndReleased(PEPROCESS Process)
{
    ObReferenceObject(Process);
    ObDereferenceObject(Process);
    return STATUS_SUCCESS;
}

/* The request's own reference goes first. */
static NTSTATUS
ReleasedTwice(PEPROCESS Process)
{
    ObDereferenceObject(Process);
    ObDereferenceObject(Process);
    ObReferenceObject(Process);
    return STATUS_SUCCESS;
}

static NTSTATUS
FileAskedForItsCreateTime(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    PDEVICE_OBJECT Object;
    PFILE_OBJECT File;
    UNICODE_STRING Name;
    RtlInitUnicodeString(&Name, L"\\Device\\Ntext");
    if (!NT_SUCCESS(IoGetDeviceObjectPointer(&Name, FILE_READ_DATA, &File, &Object)))
        return CONTRACT_NO_CASE;
    (VOID) PsGetProcessCreateTimeQuadPart((PEPROCESS)(PVOID)File);
    ObDereferenceObject(File);
    return STATUS_SUCCESS;
}

const CONTRACT_CASE ContractObjectCases[] = {
    CONTRACT_CASE_NAMED(OpenByItsType),
    CONTRACT_CASE_NAMED(OpenByNoType),
    CONTRACT_CASE_NAMED(OpenByAnotherType),
    CONTRACT_CASE_NAMED(OpenByTypeFollowedTwice),
    CONTRACT_CASE_NAMED(OpenByTypeFollowedOnce),
    CONTRACT_CASE_NAMED(OpenForUserModeByNoType),
    CONTRACT_CASE_NAMED(OpenForAllToUse),
    CONTRACT_CASE_NAMED(OpenByUnknownAttributes),
    CONTRACT_CASE_NAMED(ProcessQueried),
    CONTRACT_CASE_NAMED(ProcessQueriedByLimitedAccess),
    CONTRACT_CASE_NAMED(ProcessQueriedByReadAccess),
    CONTRACT_CASE_NAMED(ProcessQueriedWithoutAccess),
    CONTRACT_CASE_NAMED(ProcessQueriedWithMoreRoom),
    CONTRACT_CASE_NAMED(ProcessQueriedWithLessRoom),
    CONTRACT_CASE_NAMED(NameWithoutRoom),
    CONTRACT_CASE_NAMED(ProcessQueriedAfterClose),
    CONTRACT_CASE_NAMED(ClosedTwice),
    CONTRACT_CASE_NAMED(TokenOpened),
    CONTRACT_CASE_NAMED(TokenOpenedByLimitedAccess),
    CONTRACT_CASE_NAMED(TokenOpenedForAllToUse),
    CONTRACT_CASE_NAMED(SessionQueried),
    CONTRACT_CASE_NAMED(SessionQueriedWithMoreRoom),
    CONTRACT_CASE_NAMED(SessionQueriedWithLessRoom),
    CONTRACT_CASE_NAMED(SessionQueriedWithoutReturnLength),
    CONTRACT_CASE_NAMED(SessionQueriedWithoutAccess),
    CONTRACT_CASE_NAMED(UserQueriedWithMoreRoom),
    CONTRACT_CASE_NAMED(UserQueriedWithLessRoom),
    CONTRACT_CASE_NAMED(UnknownClassQueried),
    CONTRACT_CASE_NAMED(TokenQueriedAsProcess),
    CONTRACT_CASE_NAMED(ProcessQueriedAsToken),
    CONTRACT_CASE_NAMED(UnknownIdLookedUp),
    CONTRACT_CASE_NAMED(ReferencedAndReleased),
    CONTRACT_CASE_NAMED(ReleasedTwice),
    CONTRACT_CASE_NAMED(FileAskedForItsCreateTime),
    {NULL, NULL},
};
