/* SPDX-License-Identifier: MIT
 *
 * What differs between versions of the OS. The driver imports only what NT 5.2 exports; everything newer is
 * looked up here, once, and is NULL where the OS does not have it.
 */
#ifndef OS_H
#define OS_H

#include <ntifs.h>
#include <stdint.h>

#define OS_POOL_TAG 0x6d637250u /* "Prcm" in memory */

#ifndef PROCESS_QUERY_INFORMATION
#define PROCESS_QUERY_INFORMATION 0x0400
#endif

/* Exported since NT 5.1, missing from some headers. */
NTKERNELAPI NTSTATUS NTAPI PsGetProcessExitStatus(_In_ PEPROCESS Process);

/* The WDK's ReadAcquire is missing from some headers, and their exchange is, by the compiler's word, an acquire; Windows' is a
 * full barrier. */
#ifdef __MINGW32__
#undef InterlockedExchange
#define InterlockedExchange(Target, Value) __atomic_exchange_n((Target), (Value), __ATOMIC_SEQ_CST)
#define ReadAcquire(Source)                __atomic_load_n((Source), __ATOMIC_SEQ_CST)
#endif

/* PS_CREATE_NOTIFY_INFO.Flags, which older headers name in part only. */
#define OS_FILE_OPEN_NAME_AVAILABLE 0x1u
#define OS_IS_SUBSYSTEM_PROCESS     0x2u

typedef NTSTATUS(NTAPI OS_SET_PROCESS_NOTIFY_EX2)(ULONG NotifyType, PVOID NotifyInformation, BOOLEAN Remove);
typedef NTSTATUS(NTAPI OS_SET_PROCESS_NOTIFY_EX)(PCREATE_PROCESS_NOTIFY_ROUTINE_EX NotifyRoutine,
                                                 BOOLEAN Remove);
typedef NTSTATUS(NTAPI OS_SET_PROCESS_NOTIFY)(PCREATE_PROCESS_NOTIFY_ROUTINE NotifyRoutine, BOOLEAN Remove);
typedef NTSTATUS(NTAPI OS_SET_IMAGE_NOTIFY_EX)(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine, ULONG_PTR Flags);
typedef NTSTATUS(NTAPI OS_SET_IMAGE_NOTIFY)(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);
typedef ULONGLONG(NTAPI OS_GET_PROCESS_START_KEY)(PEPROCESS Process);
typedef NTSTATUS(NTAPI OS_LOCATE_PROCESS_IMAGE_NAME)(PEPROCESS Process, PUNICODE_STRING *ImageFileName);
typedef PVOID(NTAPI OS_ALLOCATE_POOL2)(ULONG64 Flags, SIZE_T Bytes, ULONG Tag);
typedef VOID(NTAPI OS_QUERY_TIME)(PLARGE_INTEGER Time);

/* Written by OsInit, constant afterwards. */
typedef struct OS
{
    OS_SET_PROCESS_NOTIFY_EX2 *SetProcessNotifyEx2;       /* Windows 10 1703 */
    OS_SET_PROCESS_NOTIFY_EX *SetProcessNotifyEx;         /* Vista SP1 */
    OS_SET_PROCESS_NOTIFY *SetProcessNotify;              /* NT 4 */
    OS_SET_IMAGE_NOTIFY_EX *SetImageNotifyEx;             /* Windows 10 1709 */
    OS_SET_IMAGE_NOTIFY *SetImageNotify;                  /* NT 4 */
    OS_SET_IMAGE_NOTIFY *RemoveImageNotify;               /* XP; for both tiers */
    OS_GET_PROCESS_START_KEY *GetProcessStartKey;         /* Windows 10 1703 */
    OS_LOCATE_PROCESS_IMAGE_NAME *LocateProcessImageName; /* Vista */
    OS_ALLOCATE_POOL2 *AllocatePool2;                     /* Windows 10 2004 */
    OS_QUERY_TIME *QueryTimePrecise;                      /* Windows 8 */
    PVOID SystemRangeStart; /* the lowest address of the system's, or one that is certainly no higher */
    BOOLEAN HasNx;          /* Windows 8: nonpaged pool and mappings without execute */
} OS;

extern OS Os;

_IRQL_requires_(PASSIVE_LEVEL)
VOID OsInit(VOID);

/* Zeroed nonpaged memory, not executable where the OS has that; NULL if there is none. */
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID OsAllocate(_In_ SIZE_T Bytes);

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID OsFree(_In_ PVOID Memory);

/* 100 ns since 1601 UTC, as precise as the OS can. Steps when the clock is set. Any IRQL. */
LONGLONG OsTime(VOID);

/* Whether Address is the system's. Any IRQL. */
BOOLEAN OsIsKernelAddress(_In_opt_ const VOID *Address);

/* Maps the locked pages of Mdl for writing by the system, or returns the mapping they have; NULL if there is
 * no room. */
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID OsMapMdl(_In_ PMDL Mdl);

#endif
