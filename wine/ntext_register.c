/* SPDX-License-Identifier: MIT
 *
 * The routines by which drivers register theirs.
 */
#include "ntext_register.h"
#include "ntext_device.h"
#include "ntext_image.h"
#include "ntext_notify.h"
#include "ntext_offer.h"
#include "ntext_rule.h"
#include "ntext_thread.h"

#define REGISTER_SUBSYSTEMS 0u /* PsCreateProcessNotifySubsystems */

/* NT calls it at the next event. */
static NTSTATUS
RegisterNothing(_In_ PCSTR Registrar)
{
    RuleBroken(Registrar, "of no routine");
    return STATUS_INVALID_PARAMETER;
}

static NTSTATUS
RegisterProcess(_In_ PCWSTR Name, _In_ ULONG Tier, _In_ PVOID Routine, _In_ BOOLEAN Remove)
{
    UNICODE_STRING Registrar;
    ThreadRequire(PASSIVE_LEVEL, "PsSetCreateProcessNotifyRoutine");
    if (Remove)
        return NotifyRemove(NOTIFY_PROCESS, Routine, Tier);
    RtlInitUnicodeString(&Registrar, Name);
    NTSTATUS Status = OfferStatus(&Registrar);
    if (!NT_SUCCESS(Status))
        return Status;
    if (Tier != NTEXT_TIER_BASE && !ImageForcesIntegrity(Routine))
        return STATUS_ACCESS_DENIED;
    if (!Routine)
        return RegisterNothing("PsSetCreateProcessNotifyRoutine");
    DeviceStart();
    Status = NotifyAdd(NOTIFY_PROCESS, Routine, Tier, 0);
    /* Of process routines the contract says so for a full table too. */
    return Status == STATUS_INSUFFICIENT_RESOURCES ? STATUS_INVALID_PARAMETER : Status;
}

NTSTATUS NTAPI
NtextPsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE Routine, BOOLEAN Remove)
{
    return RegisterProcess(L"PsSetCreateProcessNotifyRoutine", NTEXT_TIER_BASE, (PVOID)(ULONG_PTR)Routine,
                           Remove);
}

NTSTATUS NTAPI
NtextPsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX Routine, BOOLEAN Remove)
{
    return RegisterProcess(L"PsSetCreateProcessNotifyRoutineEx", NTEXT_TIER_EX, (PVOID)(ULONG_PTR)Routine,
                           Remove);
}

NTSTATUS NTAPI
NtextPsSetCreateProcessNotifyRoutineEx2(ULONG Type, PVOID Routine, BOOLEAN Remove)
{
    if (Type != REGISTER_SUBSYSTEMS)
        return STATUS_INVALID_PARAMETER;
    return RegisterProcess(L"PsSetCreateProcessNotifyRoutineEx2", NTEXT_TIER_EX2, Routine, Remove);
}

static NTSTATUS
RegisterImage(_In_ PCWSTR Name, _In_ ULONG Tier, _In_ PLOAD_IMAGE_NOTIFY_ROUTINE Routine,
              _In_ ULONG_PTR Flags)
{
    UNICODE_STRING Registrar;
    ThreadRequire(PASSIVE_LEVEL, "PsSetLoadImageNotifyRoutine");
    RtlInitUnicodeString(&Registrar, Name);
    NTSTATUS Status = OfferStatus(&Registrar);
    if (!NT_SUCCESS(Status))
        return Status;
    if (!Routine)
        return RegisterNothing("PsSetLoadImageNotifyRoutine");
    DeviceStart();
    return NotifyAdd(NOTIFY_IMAGE, (PVOID)(ULONG_PTR)Routine, Tier, Flags);
}

NTSTATUS NTAPI
NtextPsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine)
{
    return RegisterImage(L"PsSetLoadImageNotifyRoutine", NTEXT_TIER_BASE, Routine, 0);
}

NTSTATUS NTAPI
NtextPsSetLoadImageNotifyRoutineEx(PLOAD_IMAGE_NOTIFY_ROUTINE Routine, ULONG_PTR Flags)
{
    if (Flags & ~(ULONG_PTR)NOTIFY_CONFLICTING)
        return STATUS_INVALID_PARAMETER_2;
    return RegisterImage(L"PsSetLoadImageNotifyRoutineEx", NTEXT_TIER_EX, Routine, Flags);
}

NTSTATUS NTAPI
NtextPsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine)
{
    ThreadRequire(APC_LEVEL, "PsRemoveLoadImageNotifyRoutine");
    NTSTATUS Status = NotifyRemove(NOTIFY_IMAGE, (PVOID)(ULONG_PTR)Routine, NTEXT_TIER_EX);
    if (Status == STATUS_PROCEDURE_NOT_FOUND)
        Status = NotifyRemove(NOTIFY_IMAGE, (PVOID)(ULONG_PTR)Routine, NTEXT_TIER_BASE);
    return Status;
}
