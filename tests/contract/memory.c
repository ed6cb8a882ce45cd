/* SPDX-License-Identifier: MIT
 *
 * Pool, IRQL, locks, rundown protection.
 */
#include "contract.h"

#define CONTRACT_TAG               0x746E6F43u /* Cont */
#define CONTRACT_OTHER_TAG         0x656E6F4Eu
#define POOL_PAGED                 0x100ull /* POOL_FLAG_PAGED, and so on */
#define POOL_NON_PAGED             0x40ull
#define POOL_UNKNOWN               0x10000ull
#define POOL_UNKNOWN_TO_BE_IGNORED 0x100000000000ull

NTKERNELAPI NTSTATUS NTAPI PsGetProcessExitStatus(PEPROCESS Process);

typedef PVOID(NTAPI ALLOCATE_POOL2)(ULONG64 Flags, SIZE_T Bytes, ULONG Tag);
typedef NTSTATUS(NTAPI LOCATE_IMAGE)(PEPROCESS Process, PUNICODE_STRING *Name);

/* ---- Pool ---- */

static NTSTATUS
FreedByItsTag(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPool, 8, CONTRACT_TAG), CONTRACT_TAG);
    ExFreePool(ExAllocatePoolWithTag(PagedPool, 8, CONTRACT_TAG));
    return STATUS_SUCCESS;
}

static NTSTATUS
FreedByAnotherTag(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPool, 8, CONTRACT_TAG), CONTRACT_OTHER_TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS
FreedWhatIsNoBlock(PEPROCESS Process)
{
    static ULONG64 NoPool[8];
    UNREFERENCED_PARAMETER(Process);
    ExFreePool(&NoPool[4]);
    return STATUS_SUCCESS;
}

static NTSTATUS
AllocatedWithoutTag(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return ExAllocatePoolWithTag(NonPagedPool, 8, 0) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS
AllocatedByAnUnprintableTag(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    ExFreePool(ExAllocatePoolWithTag(NonPagedPool, 8, 0x01020304));
    return STATUS_SUCCESS;
}

static NTSTATUS
FreedByNoTag(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPool, 8, CONTRACT_TAG), 0);
    return STATUS_SUCCESS;
}

static NTSTATUS
FreedTwice(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    PVOID Block = ExAllocatePoolWithTag(NonPagedPool, 64, CONTRACT_TAG);
    ExFreePool(Block);
    ExFreePool(Block); /* cppcheck-suppress doubleFree; that is the case */
    return STATUS_SUCCESS;
}

static NTSTATUS
AllocatedOfNoBytes(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return ExAllocatePoolWithTag(NonPagedPool, 0, CONTRACT_TAG) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS
AllocateByFlags(ULONG64 Flags)
{
    ALLOCATE_POOL2 *AllocatePool2 = (ALLOCATE_POOL2 *)(ULONG_PTR)ContractLookUp(L"ExAllocatePool2");
    PVOID Memory = AllocatePool2(Flags, 8, CONTRACT_TAG);
    if (!Memory)
        return STATUS_NO_MEMORY;
    ExFreePoolWithTag(Memory, CONTRACT_TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS
AllocatedByTwoTypes(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return AllocateByFlags(POOL_PAGED | POOL_NON_PAGED);
}

static NTSTATUS
AllocatedByUnknownFlag(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return AllocateByFlags(POOL_NON_PAGED | POOL_UNKNOWN);
}

static NTSTATUS
AllocatedByUnknownFlagThatMayBeIgnored(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return AllocateByFlags(POOL_NON_PAGED | POOL_UNKNOWN_TO_BE_IGNORED);
}

static NTSTATUS
FreeLocatedName(PEPROCESS Process, ULONG Tag)
{
    PUNICODE_STRING Name = NULL;
    LOCATE_IMAGE *Locate = (LOCATE_IMAGE *)(ULONG_PTR)ContractLookUp(L"SeLocateProcessImageName");
    NTSTATUS Status = Locate(Process, &Name);
    if (!NT_SUCCESS(Status))
        return CONTRACT_NO_CASE;
    if (Tag)
        ExFreePoolWithTag(Name, Tag);
    else
        ExFreePool(Name);
    return STATUS_SUCCESS;
}

static NTSTATUS
LocatedNameFreed(PEPROCESS Process)
{
    return FreeLocatedName(Process, 0);
}

static NTSTATUS
LocatedNameFreedByATag(PEPROCESS Process)
{
    return FreeLocatedName(Process, CONTRACT_TAG);
}

/* ---- IRQL, locks, rundown protection ---- */

static NTSTATUS
AllAtDispatch(PEPROCESS Process)
{
    KSPIN_LOCK Lock;
    KIRQL Irql;
    HANDLE Handle, Token;
    PEPROCESS Found;
    ULONG_PTR Number;
    ULONG Length;
    EX_RUNDOWN_REF Rundown;
    KeInitializeSpinLock(&Lock);
    KeAcquireSpinLock(&Lock, &Irql);
    KeEnterCriticalRegion();
    KeLeaveCriticalRegion();
    (VOID) ContractLookUp(L"ExAllocatePool2");
    if (NT_SUCCESS(PsLookupProcessByProcessId(PsGetCurrentProcessId(), &Found)))
        ObDereferenceObject(Found);
    (VOID) PsGetProcessExitStatus(Process);
    NTSTATUS Status = ContractOpen(Process, QUERY_PROCESS, &Handle);
    (VOID) ZwQueryInformationProcess(Handle, ProcessWow64Information, &Number, sizeof(Number), NULL);
    if (NT_SUCCESS(ZwOpenProcessTokenEx(Handle, TOKEN_QUERY, OBJ_KERNEL_HANDLE, &Token)))
    {
        (VOID) ZwQueryInformationToken(Token, TokenSessionId, &Number, sizeof(ULONG), &Length);
        ZwClose(Token);
    }
    ZwClose(Handle);
    (VOID) PsSetCreateProcessNotifyRoutine(NULL, TRUE);
    (VOID) PsRemoveLoadImageNotifyRoutine(NULL);
    ExInitializeRundownProtection(&Rundown);
    ExWaitForRundownProtectionRelease(&Rundown);
    ExFreePoolWithTag(ExAllocatePoolWithTag(PagedPool, 8, CONTRACT_TAG), CONTRACT_TAG);
    KeReleaseSpinLock(&Lock, Irql);
    return Status;
}

/* What may be done there: no rule is broken. */
static NTSTATUS
AllowedAtDispatch(PEPROCESS Process)
{
    KSPIN_LOCK Lock;
    KIRQL Irql;
    EX_RUNDOWN_REF Rundown;
    ExInitializeRundownProtection(&Rundown);
    KeInitializeSpinLock(&Lock);
    KeAcquireSpinLock(&Lock, &Irql);
    BOOLEAN Acquired = ExAcquireRundownProtection(&Rundown);
    if (Acquired)
        ExReleaseRundownProtection(&Rundown);
    ObReferenceObject(Process);
    ObDereferenceObject(Process);
    (VOID) PsGetProcessCreateTimeQuadPart(Process);
    (VOID) PsGetCurrentThreadId();
    ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPool, 8, CONTRACT_TAG), CONTRACT_TAG);
    KeReleaseSpinLock(&Lock, Irql);
    return Acquired ? STATUS_SUCCESS : CONTRACT_NO_CASE;
}

static NTSTATUS
LockAcquiredTwice(PEPROCESS Process)
{
    KSPIN_LOCK Lock;
    KIRQL Irql, Again;
    UNREFERENCED_PARAMETER(Process);
    KeInitializeSpinLock(&Lock);
    KeAcquireSpinLock(&Lock, &Irql);
    KeAcquireSpinLock(&Lock, &Again);
    KeReleaseSpinLock(&Lock, Irql);
    return Again == DISPATCH_LEVEL ? STATUS_SUCCESS : CONTRACT_NO_CASE;
}

static NTSTATUS
LockReleasedThatIsFree(PEPROCESS Process)
{
    KSPIN_LOCK Lock;
    UNREFERENCED_PARAMETER(Process);
    KeInitializeSpinLock(&Lock);
    KeReleaseSpinLock(&Lock, PASSIVE_LEVEL);
    return STATUS_SUCCESS;
}

static NTSTATUS
RegionLeftThatWasNotEntered(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}

static NTSTATUS
RundownReleasedThatNobodyHolds(PEPROCESS Process)
{
    EX_RUNDOWN_REF Rundown;
    UNREFERENCED_PARAMETER(Process);
    ExInitializeRundownProtection(&Rundown);
    ExReleaseRundownProtection(&Rundown);
    ExWaitForRundownProtectionRelease(&Rundown);
    ExReleaseRundownProtection(&Rundown);
    return ExAcquireRundownProtection(&Rundown) ? STATUS_SUCCESS : STATUS_DELETE_PENDING;
}

static NTSTATUS
RundownInitializedAtAnOddAddress(PEPROCESS Process)
{
    ULONG_PTR Room[2];
    UNREFERENCED_PARAMETER(Process);
    ExInitializeRundownProtection((PEX_RUNDOWN_REF)(PVOID)((PUCHAR)Room + 1));
    return STATUS_SUCCESS;
}

const CONTRACT_CASE ContractMemoryCases[] = {
    CONTRACT_CASE_NAMED(FreedByItsTag),
    CONTRACT_CASE_NAMED(FreedByAnotherTag),
    CONTRACT_CASE_NAMED(FreedWhatIsNoBlock),
    CONTRACT_CASE_NAMED(AllocatedWithoutTag),
    CONTRACT_CASE_NAMED(AllocatedByAnUnprintableTag),
    CONTRACT_CASE_NAMED(FreedByNoTag),
    CONTRACT_CASE_NAMED(FreedTwice),
    CONTRACT_CASE_NAMED(AllocatedOfNoBytes),
    CONTRACT_CASE_NAMED(AllocatedByTwoTypes),
    CONTRACT_CASE_NAMED(AllocatedByUnknownFlag),
    CONTRACT_CASE_NAMED(AllocatedByUnknownFlagThatMayBeIgnored),
    CONTRACT_CASE_NAMED(LocatedNameFreed),
    CONTRACT_CASE_NAMED(LocatedNameFreedByATag),
    CONTRACT_CASE_NAMED(AllAtDispatch),
    CONTRACT_CASE_NAMED(AllowedAtDispatch),
    CONTRACT_CASE_NAMED(LockAcquiredTwice),
    CONTRACT_CASE_NAMED(LockReleasedThatIsFree),
    CONTRACT_CASE_NAMED(RegionLeftThatWasNotEntered),
    CONTRACT_CASE_NAMED(RundownReleasedThatNobodyHolds),
    CONTRACT_CASE_NAMED(RundownInitializedAtAnOddAddress),
    {NULL, NULL},
};
