/* SPDX-License-Identifier: MIT
 *
 * The image of a running process on a system like Server 2003: kernel32 lacks QueryFullProcessImageNameW, and the kernel grants
 * the limited right of later systems, by which nothing can be asked. Linked with --wrap.
 */
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "check.h"
#include "host/process_image.h"

#define LIMITED_INFORMATION 0x1000

typedef FARPROC(WINAPI *const GET_PROC)(HMODULE, LPCSTR);
typedef HANDLE(WINAPI *const OPEN_PROCESS)(DWORD, BOOL, DWORD);

extern GET_PROC __real___imp_GetProcAddress;
extern GET_PROC __wrap___imp_GetProcAddress;
extern OPEN_PROCESS __real___imp_OpenProcess;
extern OPEN_PROCESS __wrap___imp_OpenProcess;

static bool IsOf2003;

static FARPROC WINAPI
GetProcAddressOf2003(HMODULE Module, LPCSTR Name)
{
    return IsOf2003 && strcmp(Name, "QueryFullProcessImageNameW") == 0
               ? NULL
               : __real___imp_GetProcAddress(Module, Name);
}

GET_PROC __wrap___imp_GetProcAddress = GetProcAddressOf2003;

static HANDLE WINAPI
OpenProcessOf2003(DWORD Access, BOOL Inherited, DWORD Id)
{
    return __real___imp_OpenProcess(IsOf2003 && Access == LIMITED_INFORMATION ? SYNCHRONIZE : Access,
                                    Inherited, Id);
}

OPEN_PROCESS __wrap___imp_OpenProcess = OpenProcessOf2003;

static uint64_t
OwnCreateTime(void)
{
    FILETIME Created;
    FILETIME Unused;
    CHECK(GetProcessTimes(GetCurrentProcess(), &Created, &Unused, &Unused, &Unused));
    return (uint64_t)Created.dwHighDateTime << 32 | Created.dwLowDateTime;
}

/* What it is called, without its directories. */
static void
ExpectOwnName(uint64_t CreateTime)
{
    static const WCHAR Name[] = L"\\test_process_image.exe";
    WCHAR Units[MAX_PATH] = L"";
    uint32_t Count = ProcessImage(GetCurrentProcessId(), CreateTime, (uint16_t *)Units, MAX_PATH - 1);
    CHECK(Count > wcslen(Name) && Count < MAX_PATH);
    CHECK(Count > wcslen(Name) && _wcsicmp(Units + Count - wcslen(Name), Name) == 0);
}

static void
a_running_process_has_its_image(void)
{
    ExpectOwnName(OwnCreateTime());
    ExpectOwnName(0);
}

static void
a_running_process_has_its_image_on_server_2003(void)
{
    WCHAR Units[MAX_PATH] = L"";
    IsOf2003 = true;
    ExpectOwnName(OwnCreateTime());
    ExpectOwnName(0);
    ProcessImage(GetCurrentProcessId(), 0, (uint16_t *)Units, MAX_PATH);
    CHECK(Units[0] == L'\\');
}

static void
another_process_with_the_same_id_is_not_taken_for_it(void)
{
    WCHAR Units[MAX_PATH];
    for (uint32_t Round = 0; Round < 2; Round++)
    {
        IsOf2003 = Round == 1;
        CHECK(ProcessImage(GetCurrentProcessId(), OwnCreateTime() + 1, (uint16_t *)Units, MAX_PATH) == 0);
        CHECK(ProcessImage(0xFFFFFFFC, 0, (uint16_t *)Units, MAX_PATH) == 0);
        CHECK(ProcessImage(GetCurrentProcessId(), 0, (uint16_t *)Units, 3) == 0);
    }
}

static const CHECK_TEST Tests[] = {
    CHECK_TEST(a_running_process_has_its_image),
    CHECK_TEST(a_running_process_has_its_image_on_server_2003),
    CHECK_TEST(another_process_with_the_same_id_is_not_taken_for_it),
};

int
main(int Count, char **Arguments)
{
    return CheckMain(Tests, sizeof(Tests) / sizeof(Tests[0]), Count, Arguments);
}
