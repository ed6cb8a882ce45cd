/* SPDX-License-Identifier: MIT
 *
 * What no way can beat: memory that nobody reads.
 *
 *     limit    the bytes of an event copied and its time taken; nothing is found out about it
 *     gather   prcm's notify routines, whose records go nowhere: what finding out costs, for all ways alike
 */
#include "limit.h"
#include "os.h"
#include "way.h"

#define LIMIT_AREAS      4u /* each thread goes round one of its own */
#define LIMIT_AREA_BYTES (LIMIT_BYTES / LIMIT_AREAS)

static UCHAR *Memory;
static volatile LONG Areas;
static __thread UCHAR *Area;
static __thread ULONG At; /* in Area */

static NTSTATUS
LimitInit(VOID)
{
    Memory = ExAllocatePoolWithTag(WAY_POOL_TYPE, LIMIT_BYTES, WAY_POOL_TAG);
    return Memory ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static VOID
LimitDestroy(VOID)
{
    ExFreePoolWithTag(Memory, WAY_POOL_TAG);
}

static PRCM_RECORD *
LimitReserve(_In_ ULONG Bytes)
{
    if (!Area)
        Area = Memory + (ULONG)InterlockedIncrement(&Areas) % LIMIT_AREAS * LIMIT_AREA_BYTES;
    if (At + Bytes > LIMIT_AREA_BYTES)
        At = 0;
    PRCM_RECORD *Record = (PRCM_RECORD *)(VOID *)(Area + At);
    At += Bytes;
    return Record;
}

static VOID
LimitCommit(_Inout_ PRCM_RECORD *Record)
{
    UNREFERENCED_PARAMETER(Record);
}

static const WAY Gather = {LimitInit, LimitDestroy, LimitReserve, LimitCommit, NULL, NULL};

WAY_ENTRY(GatherEntry, Gather)

/* Without notify.c. A record's fixed part is copied from one that is there, its text from where it is. */

static union
{
    PRCM_START Start;
    PRCM_EXIT Exit;
    PRCM_IMAGE Image;
} Fixed;

static VOID
LimitCopy(_In_ ULONG FixedBytes, _In_opt_ PCUNICODE_STRING Path, _In_opt_ PCUNICODE_STRING CommandLine)
{
    ULONG PathBytes = Path ? Path->Length : 0, CommandLineBytes = CommandLine ? CommandLine->Length : 0;
    PRCM_RECORD *Record = LimitReserve((FixedBytes + PathBytes + CommandLineBytes + 7) & ~7u);
    UCHAR *To = (UCHAR *)Record;
    RtlCopyMemory(To, &Fixed, FixedBytes);
    if (PathBytes)
        RtlCopyMemory(To + FixedBytes, Path->Buffer, PathBytes);
    if (CommandLineBytes)
        RtlCopyMemory(To + FixedBytes + PathBytes, CommandLine->Buffer, CommandLineBytes);
    Record->Time = OsTime();
}

static VOID NTAPI
LimitProcess(_Inout_ PEPROCESS Process, _In_ HANDLE ProcessId, _Inout_opt_ PPS_CREATE_NOTIFY_INFO Info)
{
    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(ProcessId);
    if (Info)
        LimitCopy(sizeof(PRCM_START), Info->ImageFileName, Info->CommandLine);
    else
        LimitCopy(sizeof(PRCM_EXIT), NULL, NULL);
}

static VOID NTAPI
LimitImage(_In_opt_ PUNICODE_STRING FullImageName, _In_ HANDLE ProcessId, _In_ PIMAGE_INFO Info)
{
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
    LimitCopy(sizeof(PRCM_IMAGE), FullImageName, NULL);
}

static VOID NTAPI
LimitUnload(_In_ DRIVER_OBJECT *DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    PsSetCreateProcessNotifyRoutineEx(LimitProcess, TRUE);
    PsRemoveLoadImageNotifyRoutine(LimitImage);
    LimitDestroy();
}

NTSTATUS NTAPI
LimitEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = LimitUnload;
    OsInit();
    NTSTATUS Status = LimitInit();
    if (!NT_SUCCESS(Status))
        return Status;
    Status = PsSetLoadImageNotifyRoutine(LimitImage);
    if (NT_SUCCESS(Status))
        Status = PsSetCreateProcessNotifyRoutineEx(LimitProcess, FALSE);
    return Status; /* nothing can refuse them here */
}
