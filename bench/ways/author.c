/* SPDX-License-Identifier: MIT
 *
 * The design that docs/why-notifications-get-lost.md is about, mistakes and all: both routines for processes registered at
 * once, so that each start and exit is told twice; a list whose newest event stands first; an auto-reset event for any number
 * of inserts; a reader that takes one event each time it wakes; an event that finds no memory gone without a trace.
 *
 * Only what would touch memory that is not the driver's is left out: there is nothing in an empty list to take, and no event
 * is written past the end of a buffer. Of an event it tells what tells events apart, and no text.
 *
 * It has notify routines of its own, in the place of prcm's.
 */
#include "queue.h"
#include "way_notify.h"
#include "way_os.h"
#include "notify.h"

#define AUTHOR_PROCESS_SUBSYSTEMS 0u /* PsCreateProcessNotifySubsystems */

static VOID
AuthorCommit(_Inout_ PRCM_RECORD *Record)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Queue.Lock, &Irql);
    InsertHeadList(&Queue.Entries, &QueueEntry(Record)->Link);
    Queue.Bytes += Record->Size;
    KeReleaseSpinLock(&Queue.Lock, Irql);
    WaySignal();
}

static VOID
AuthorReport(_In_ ULONG Kind, _In_ HANDLE ProcessId, _In_ ULONG_PTR Base)
{
    PRCM_IMAGE *Record = (PRCM_IMAGE *)(PVOID)QueueReserve(sizeof(*Record));
    if (!Record)
        return;
    RtlZeroMemory(Record, sizeof(*Record));
    Record->Header.Size = sizeof(*Record);
    Record->Header.Kind = (uint16_t)Kind;
    Record->Header.Time = OsTime();
    Record->Header.Key = HandleToULong(ProcessId);
    Record->Base.Value = Base;
    AuthorCommit(&Record->Header);
}

static VOID NTAPI
AuthorNotifyProcess(_Inout_ PEPROCESS Process, _In_ HANDLE ProcessId, _Inout_opt_ PPS_CREATE_NOTIFY_INFO Info)
{
    UNREFERENCED_PARAMETER(Process);
    AuthorReport(Info ? PRCM_KIND_START : PRCM_KIND_EXIT, ProcessId, 0);
}

static VOID NTAPI
AuthorNotifyImage(_In_opt_ PUNICODE_STRING FullImageName, _In_ HANDLE ProcessId, _In_ PIMAGE_INFO Info)
{
    UNREFERENCED_PARAMETER(FullImageName);
    AuthorReport(PRCM_KIND_IMAGE, ProcessId, (ULONG_PTR)Info->ImageBase);
}

static NTSTATUS
AuthorSetProcessEx2(_In_ BOOLEAN Remove)
{
    return Os.SetProcessNotifyEx2 ? Os.SetProcessNotifyEx2(AUTHOR_PROCESS_SUBSYSTEMS,
                                                           (PVOID)(ULONG_PTR)AuthorNotifyProcess, Remove)
                                  : STATUS_PROCEDURE_NOT_FOUND;
}

NTSTATUS
NotifyRegister(SESSIONS *Sessions, PRCM_QUERY *Query)
{
    UNREFERENCED_PARAMETER(Sessions);
    UNREFERENCED_PARAMETER(Query);
    NTSTATUS Status = PsSetLoadImageNotifyRoutine(AuthorNotifyImage);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = PsSetCreateProcessNotifyRoutineEx(AuthorNotifyProcess, FALSE);
    if (!NT_SUCCESS(Status))
        goto RemoveImage;
    Status = AuthorSetProcessEx2(FALSE);
    if (NT_SUCCESS(Status))
        return Status;
    PsSetCreateProcessNotifyRoutineEx(AuthorNotifyProcess, TRUE);
RemoveImage:
    PsRemoveLoadImageNotifyRoutine(AuthorNotifyImage);
    return Status;
}

VOID
NotifyUnregister(VOID)
{
    (VOID) AuthorSetProcessEx2(TRUE);
    PsSetCreateProcessNotifyRoutineEx(AuthorNotifyProcess, TRUE);
    PsRemoveLoadImageNotifyRoutine(AuthorNotifyImage);
}

static const WAY Author = {QueueInit, QueueDestroy, QueueReserve, AuthorCommit, QueueTakeOne, NULL};

WAY_ENTRY(AuthorEntry, Author)
