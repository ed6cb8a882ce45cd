/* SPDX-License-Identifier: MIT */
#include "os.h"

/* Newer than some headers; the values are the WDK's. */
#define OS_POOL_FLAG_NON_PAGED    0x40ull     /* POOL_FLAG_NON_PAGED: not executable, zeroed */
#define OS_NON_PAGED_POOL_NX      512         /* NonPagedPoolNx */
#define OS_MDL_MAPPING_NO_EXECUTE 0x40000000u /* MdlMappingNoExecute */

/* The upper half of the addresses. The system's never begin lower; on 32 bits they may begin higher (IncreaseUserVa). */
#define OS_UPPER_HALF ((PVOID)((ULONG_PTR)1 << (8 * sizeof(PVOID) - 1)))

OS Os;

static PVOID
OsLookUp(_In_ PCWSTR Name)
{
    UNICODE_STRING Routine;
    RtlInitUnicodeString(&Routine, Name);
    return MmGetSystemRoutineAddress(&Routine);
}

static BOOLEAN
OsIsWindows8OrLater(VOID)
{
    RTL_OSVERSIONINFOW Version = {.dwOSVersionInfoSize = sizeof(Version)};
    RtlGetVersion(&Version); /* cannot fail */
    return Version.dwMajorVersion > 6 || (Version.dwMajorVersion == 6 && Version.dwMinorVersion >= 2);
}

VOID
OsInit(VOID)
{
    Os.SetProcessNotifyEx2 = (OS_SET_PROCESS_NOTIFY_EX2 *)OsLookUp(L"PsSetCreateProcessNotifyRoutineEx2");
    Os.SetProcessNotifyEx = (OS_SET_PROCESS_NOTIFY_EX *)OsLookUp(L"PsSetCreateProcessNotifyRoutineEx");
    Os.SetProcessNotify = (OS_SET_PROCESS_NOTIFY *)OsLookUp(L"PsSetCreateProcessNotifyRoutine");
    Os.SetImageNotifyEx = (OS_SET_IMAGE_NOTIFY_EX *)OsLookUp(L"PsSetLoadImageNotifyRoutineEx");
    Os.SetImageNotify = (OS_SET_IMAGE_NOTIFY *)OsLookUp(L"PsSetLoadImageNotifyRoutine");
    Os.RemoveImageNotify = (OS_SET_IMAGE_NOTIFY *)OsLookUp(L"PsRemoveLoadImageNotifyRoutine");
    Os.GetProcessStartKey = (OS_GET_PROCESS_START_KEY *)OsLookUp(L"PsGetProcessStartKey");
    Os.LocateProcessImageName = (OS_LOCATE_PROCESS_IMAGE_NAME *)OsLookUp(L"SeLocateProcessImageName");
    Os.AllocatePool2 = (OS_ALLOCATE_POOL2 *)OsLookUp(L"ExAllocatePool2");
    Os.QueryTimePrecise = (OS_QUERY_TIME *)OsLookUp(L"KeQuerySystemTimePrecise");
    PVOID *SystemRangeStart = OsLookUp(L"MmSystemRangeStart");
    Os.SystemRangeStart = SystemRangeStart ? *SystemRangeStart : OS_UPPER_HALF;
    Os.HasNx = OsIsWindows8OrLater();
}

PVOID
OsAllocate(SIZE_T Bytes)
{
    if (Os.AllocatePool2)
        return Os.AllocatePool2(OS_POOL_FLAG_NON_PAGED, Bytes, OS_POOL_TAG);
    POOL_TYPE Type = Os.HasNx ? (POOL_TYPE)OS_NON_PAGED_POOL_NX : NonPagedPool;
    PVOID Memory = ExAllocatePoolWithTag(Type, Bytes, OS_POOL_TAG);
    if (Memory)
        RtlZeroMemory(Memory, Bytes);
    return Memory;
}

VOID
OsFree(PVOID Memory)
{
    ExFreePoolWithTag(Memory, OS_POOL_TAG);
}

LONGLONG
OsTime(VOID)
{
    /* Zero, as x64's KeQuerySystemTime writes it as another type, which is lost on an analyser. */
    LARGE_INTEGER Time = {0};
    if (Os.QueryTimePrecise)
        Os.QueryTimePrecise(&Time);
    else
        KeQuerySystemTime(&Time);
    return Time.QuadPart;
}

BOOLEAN
OsIsKernelAddress(const VOID *Address)
{
    return Address >= Os.SystemRangeStart;
}

PVOID
OsMapMdl(PMDL Mdl)
{
    ULONG Priority = NormalPagePriority | (Os.HasNx ? OS_MDL_MAPPING_NO_EXECUTE : 0);
    return MmGetSystemAddressForMdlSafe(Mdl, (MM_PAGE_PRIORITY)Priority);
}
