/* SPDX-License-Identifier: MIT
 *
 * Notify routines. What one does in an event is asked for before it, and what came of it afterwards.
 */
#include "contract.h"

typedef NTSTATUS(NTAPI SET_EX2)(ULONG Type, PVOID Routine, BOOLEAN Remove);
typedef NTSTATUS(NTAPI SET_IMAGE_EX)(PLOAD_IMAGE_NOTIFY_ROUTINE Routine, ULONG_PTR Flags);

/* What the notify routine is to do at the next event, and what came of it. */
static enum {
    NOTIFY_NOTHING,
    NOTIFY_REMOVE_ITSELF,
    NOTIFY_STAY_AT_DISPATCH,
    NOTIFY_STAY_IN_REGION
} NotifyDoes;
static NTSTATUS NotifyStatus;
static ULONG NotifyProcessId, NotifyThreadId;
static KSPIN_LOCK NotifyLock;

/* ---- Notify routines ---- */

VOID NTAPI
ContractNotify(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create)
{
    KIRQL Irql;
    UNREFERENCED_PARAMETER(ParentId);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Create);
    NotifyProcessId = HandleToULong(PsGetCurrentProcessId());
    NotifyThreadId = HandleToULong(PsGetCurrentThreadId());
    if (NotifyDoes == NOTIFY_REMOVE_ITSELF)
        NotifyStatus = PsSetCreateProcessNotifyRoutine(ContractNotify, TRUE);
    else if (NotifyDoes == NOTIFY_STAY_AT_DISPATCH)
        KeAcquireSpinLock(&NotifyLock, &Irql);
    else if (NotifyDoes == NOTIFY_STAY_IN_REGION)
        KeEnterCriticalRegion();
    NotifyDoes = NOTIFY_NOTHING;
}

static VOID NTAPI
ContractNotifyOther(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create)
{
    UNREFERENCED_PARAMETER(ParentId);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Create);
}

static VOID NTAPI
ContractNotifyEx(PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO Info)
{
    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
}

static VOID NTAPI
ContractNotifyImage(PUNICODE_STRING Name, HANDLE ProcessId, PIMAGE_INFO Info)
{
    UNREFERENCED_PARAMETER(Name);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
}

static NTSTATUS
RoutineRegisteredTwice(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return PsSetCreateProcessNotifyRoutine(ContractNotify, FALSE);
}

static NTSTATUS
RoutineRemovedThatIsNotThere(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return PsSetCreateProcessNotifyRoutine(ContractNotifyOther, TRUE);
}

static NTSTATUS
NoRoutineRemoved(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return PsSetCreateProcessNotifyRoutine(NULL, TRUE);
}

static NTSTATUS
NoRoutineRegistered(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return PsSetCreateProcessNotifyRoutine(NULL, FALSE);
}

static NTSTATUS
RoutineOfAnUnknownTypeRegistered(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    SET_EX2 *SetEx2 = (SET_EX2 *)(ULONG_PTR)ContractLookUp(L"PsSetCreateProcessNotifyRoutineEx2");
    return SetEx2(1, (PVOID)(ULONG_PTR)ContractNotifyEx, FALSE);
}

static NTSTATUS
RoutineRemovedByAnotherTier(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    SET_EX2 *SetEx2 = (SET_EX2 *)(ULONG_PTR)ContractLookUp(L"PsSetCreateProcessNotifyRoutineEx2");
    if (!NT_SUCCESS(PsSetCreateProcessNotifyRoutineEx(ContractNotifyEx, FALSE)))
        return CONTRACT_NO_CASE;
    NTSTATUS Status = SetEx2(0, (PVOID)(ULONG_PTR)ContractNotifyEx, TRUE);
    PsSetCreateProcessNotifyRoutineEx(ContractNotifyEx, TRUE);
    return Status;
}

static NTSTATUS
ImageRoutineByUnknownFlags(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    SET_IMAGE_EX *SetImageEx = (SET_IMAGE_EX *)(ULONG_PTR)ContractLookUp(L"PsSetLoadImageNotifyRoutineEx");
    return SetImageEx(ContractNotifyImage, 2);
}

/* It is there twice then, and gone after two removals: the third finds none. */
static NTSTATUS
ImageRoutineRegisteredTwice(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    for (int i = 0; i < 2; i++)
        if (!NT_SUCCESS(PsSetLoadImageNotifyRoutine(ContractNotifyImage)))
            return CONTRACT_NO_CASE;
    for (int i = 0; i < 2; i++)
        if (!NT_SUCCESS(PsRemoveLoadImageNotifyRoutine(ContractNotifyImage)))
            return CONTRACT_NO_CASE;
    return PsRemoveLoadImageNotifyRoutine(ContractNotifyImage);
}

static NTSTATUS
NextEventRemovesTheRoutine(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    NotifyDoes = NOTIFY_REMOVE_ITSELF;
    return STATUS_SUCCESS;
}

static NTSTATUS
NextEventEndsAtDispatch(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    NotifyDoes = NOTIFY_STAY_AT_DISPATCH;
    return STATUS_SUCCESS;
}

static NTSTATUS
NextEventEndsInARegion(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    NotifyDoes = NOTIFY_STAY_IN_REGION;
    return STATUS_SUCCESS;
}

static NTSTATUS
WhatTheRoutineGot(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return NotifyStatus;
}

static NTSTATUS
ProcessOfTheLastEvent(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return (NTSTATUS)NotifyProcessId;
}

static NTSTATUS
ThreadOfTheLastEvent(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return (NTSTATUS)NotifyThreadId;
}

const CONTRACT_CASE ContractNotifyCases[] = {
    CONTRACT_CASE_NAMED(RoutineRegisteredTwice),
    CONTRACT_CASE_NAMED(RoutineRemovedThatIsNotThere),
    CONTRACT_CASE_NAMED(NoRoutineRemoved),
    CONTRACT_CASE_NAMED(NoRoutineRegistered),
    CONTRACT_CASE_NAMED(RoutineOfAnUnknownTypeRegistered),
    CONTRACT_CASE_NAMED(RoutineRemovedByAnotherTier),
    CONTRACT_CASE_NAMED(ImageRoutineByUnknownFlags),
    CONTRACT_CASE_NAMED(ImageRoutineRegisteredTwice),
    CONTRACT_CASE_NAMED(NextEventRemovesTheRoutine),
    CONTRACT_CASE_NAMED(NextEventEndsAtDispatch),
    CONTRACT_CASE_NAMED(NextEventEndsInARegion),
    CONTRACT_CASE_NAMED(WhatTheRoutineGot),
    CONTRACT_CASE_NAMED(ProcessOfTheLastEvent),
    CONTRACT_CASE_NAMED(ThreadOfTheLastEvent),
    {NULL, NULL},
};
