/* SPDX-License-Identifier: MIT */
#include "host/process_image.h"

#include <stdbool.h>
#include <string.h>
#include <windows.h>
#include <winternl.h>

#define LIMITED_INFORMATION                                                                                  \
    0x1000 /* PROCESS_QUERY_LIMITED_INFORMATION: from Vista on, and all that is needed there */

#define IMAGE_FILE_NAME 27 /* ProcessImageFileName, on the page of NtQueryInformationProcess */
#define NAME_BYTES      65536u

typedef void (*ROUTINE)(void);
typedef BOOL(WINAPI *QUERY_IMAGE_NAME)(HANDLE Process, DWORD Flags, WCHAR *Name, DWORD *Count);
typedef LONG(NTAPI *QUERY_PROCESS)(HANDLE Process, ULONG Class, void *Output, ULONG Bytes, ULONG *Needed);

static ROUTINE
Find(const WCHAR *Module, const char *Name)
{
    return (ROUTINE)GetProcAddress(GetModuleHandleW(Module), Name);
}

/* As the kernel names it, with \Device\... in front: what there was before Vista. */
static uint32_t
NameOfKernel(HANDLE Process, uint16_t *Units, uint32_t Capacity)
{
    static union
    {
        UNICODE_STRING Name;
        BYTE Bytes[NAME_BYTES];
    } Answer;
    QUERY_PROCESS Query = (QUERY_PROCESS)Find(L"ntdll.dll", "NtQueryInformationProcess");
    ULONG Needed;

    if (Query == NULL || Query(Process, IMAGE_FILE_NAME, &Answer, sizeof(Answer), &Needed) < 0)
        return 0;
    uint32_t Count = Answer.Name.Length / sizeof(WCHAR);
    if (Count == 0 || Count > Capacity)
        return 0;
    memcpy(Units, Answer.Name.Buffer, Count * sizeof(WCHAR));
    return Count;
}

static uint32_t
NameOf(HANDLE Process, uint16_t *Units, uint32_t Capacity)
{
    QUERY_IMAGE_NAME Query = (QUERY_IMAGE_NAME)Find(L"kernel32.dll", "QueryFullProcessImageNameW");
    DWORD Count = Capacity;

    if (Query != NULL && Query(Process, 0, (WCHAR *)Units, &Count))
        return Count;
    return NameOfKernel(Process, Units, Capacity);
}

static bool
IsCreatedAt(HANDLE Process, uint64_t CreateTime)
{
    FILETIME Created;
    FILETIME Unused;

    return GetProcessTimes(Process, &Created, &Unused, &Unused, &Unused) &&
           (CreateTime == 0 ||
            ((uint64_t)Created.dwHighDateTime << 32 | Created.dwLowDateTime) == CreateTime);
}

/* A kernel before Vista may well grant the limited right, and then let nothing be asked with it. */
uint32_t
ProcessImage(uint32_t Id, uint64_t CreateTime, uint16_t *Units, uint32_t Capacity)
{
    static const DWORD Accesses[] = {LIMITED_INFORMATION, PROCESS_QUERY_INFORMATION};
    uint32_t Count = 0;

    for (size_t Index = 0; Index < sizeof(Accesses) / sizeof(Accesses[0]) && Count == 0; Index++)
    {
        HANDLE Process = OpenProcess(Accesses[Index], FALSE, Id);
        if (Process == NULL)
            continue;
        if (IsCreatedAt(Process, CreateTime))
            Count = NameOf(Process, Units, Capacity);
        CloseHandle(Process);
    }
    return Count;
}
