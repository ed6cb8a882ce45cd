/* SPDX-License-Identifier: MIT
 *
 * libprcm and the service manager, one test per run. Nothing is installed before a test, and nothing after it.
 */
#include <windows.h>

#include "check.h"
#include "prcm.h"

#define DRIVER_PATH   "C:\\prcm-test-driver.sys"
#define DRIVER_PATH_W L"C:\\prcm-test-driver.sys"
#define SERVICE_KEY   L"SYSTEM\\CurrentControlSet\\Services\\prcm"
#define SHORT_MS      1000u

/* A file that no system loads as a driver. */
static void
FileCreate(const WCHAR *Path)
{
    HANDLE File = CreateFileW(Path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD Written;
    CHECK(File != INVALID_HANDLE_VALUE);
    CHECK(WriteFile(File, "nonsense", 8, &Written, NULL));
    CloseHandle(File);
}

static bool
KeyExists(const WCHAR *Path)
{
    HKEY Key;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, Path, 0, KEY_READ, &Key) != ERROR_SUCCESS)
        return false;
    RegCloseKey(Key);
    return true;
}

/* The DWORD that is there, or Missing. */
static uint32_t
ReadDword(const WCHAR *Path, const WCHAR *Name, uint32_t Missing)
{
    HKEY Key;
    DWORD Value = Missing;
    DWORD Bytes = sizeof(Value);
    DWORD Type = REG_DWORD;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, Path, 0, KEY_READ, &Key) != ERROR_SUCCESS)
        return Missing;
    if (RegQueryValueExW(Key, Name, NULL, &Type, (BYTE *)&Value, &Bytes) != ERROR_SUCCESS ||
        Type != REG_DWORD)
        Value = Missing;
    RegCloseKey(Key);
    return Value;
}

static void
ExpectImagePath(const WCHAR *Expected)
{
    HKEY Key;
    WCHAR Path[MAX_PATH] = L"";
    DWORD Bytes = sizeof(Path) - sizeof(WCHAR);
    CHECK(RegOpenKeyExW(HKEY_LOCAL_MACHINE, SERVICE_KEY, 0, KEY_READ, &Key) == ERROR_SUCCESS);
    CHECK(RegQueryValueExW(Key, L"ImagePath", NULL, NULL, (BYTE *)Path, &Bytes) == ERROR_SUCCESS);
    CHECK(lstrcmpW(Path, Expected) == 0);
    RegCloseKey(Key);
}

static void
without_a_service_everything_says_not_installed(void)
{
    PRCM_SESSION *Session;
    uint32_t State;
    CHECK(PrcmOpen(&Session) == PRCM_ERROR_NOT_INSTALLED);
    CHECK(PrcmServiceState(&State) == PRCM_ERROR_NOT_INSTALLED);
    CHECK(PrcmStart() == PRCM_ERROR_NOT_INSTALLED);
    CHECK(PrcmStop(SHORT_MS) == PRCM_ERROR_NOT_INSTALLED);
    CHECK(PrcmUninstall() == PRCM_ERROR_NOT_INSTALLED);
    CHECK(PrcmLastSystemError() == ERROR_SERVICE_DOES_NOT_EXIST);
}

static void
only_a_file_on_a_drive_is_installed(void)
{
    uint32_t State;
    CHECK(PrcmInstall(NULL, NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("", NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("prcm.sys", NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("C:prcm.sys", NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("\\\\host\\share\\prcm.sys", NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("C:\\\xFF.sys", NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("C:\\windows", NULL) == PRCM_ERROR_NO_FILE);
    CHECK(PrcmInstall("C:\\nowhere\\prcm.sys", NULL) == PRCM_ERROR_NO_FILE);
    CHECK(PrcmInstall(DRIVER_PATH, NULL) == PRCM_ERROR_NO_FILE);
    CHECK(PrcmServiceState(&State) == PRCM_ERROR_NOT_INSTALLED);
}

static void
options_are_written_where_the_driver_reads_them(void)
{
    const PRCM_SERVICE_OPTIONS Options = {.StartAtBoot = 1, .LifecycleLaneBytes = 3, .Kinds = 0xFFFF};
    FileCreate(DRIVER_PATH_W);
    CHECK(PrcmInstall(DRIVER_PATH, &Options) == PRCM_OK);
    CHECK(ReadDword(SERVICE_KEY, L"Type", 0) == SERVICE_KERNEL_DRIVER);
    CHECK(ReadDword(SERVICE_KEY, L"Start", 0) == SERVICE_SYSTEM_START);
    CHECK(ReadDword(SERVICE_KEY, L"ErrorControl", 0) == SERVICE_ERROR_NORMAL);
    CHECK(ReadDword(SERVICE_KEY L"\\Parameters", L"LifecycleLaneBytes", 0) == 3);
    CHECK(ReadDword(SERVICE_KEY L"\\Parameters", L"ImageLaneBytes", 0) == 0);
    CHECK(ReadDword(SERVICE_KEY L"\\Parameters", L"Kinds", 0) == 0xFFFF);
    CHECK(PrcmUninstall() == PRCM_OK);
    CHECK(!KeyExists(SERVICE_KEY));
    DeleteFileW(DRIVER_PATH_W);
}

static void
the_path_is_made_plain(void)
{
    FileCreate(L"C:\\prcm \x00E4\x4E2D.sys");
    CHECK(PrcmInstall("C:/windows/../prcm \xC3\xA4\xE4\xB8\xAD.sys", NULL) == PRCM_OK);
    ExpectImagePath(L"C:\\prcm \x00E4\x4E2D.sys");
    CHECK(ReadDword(SERVICE_KEY, L"Start", 0) == SERVICE_DEMAND_START);
    CHECK(PrcmUninstall() == PRCM_OK);
    DeleteFileW(L"C:\\prcm \x00E4\x4E2D.sys");
}

static void
an_installed_driver_that_does_not_run_says_so(void)
{
    PRCM_SESSION *Session;
    uint32_t State = 0;
    FileCreate(DRIVER_PATH_W);
    CHECK(PrcmInstall(DRIVER_PATH, NULL) == PRCM_OK);
    CHECK(PrcmInstall(DRIVER_PATH, NULL) == PRCM_ERROR_ALREADY_INSTALLED);
    CHECK(PrcmServiceState(&State) == PRCM_OK && State == PRCM_SERVICE_STOPPED);
    CHECK(PrcmOpen(&Session) == PRCM_ERROR_NOT_STARTED);
    CHECK(PrcmStop(SHORT_MS) == PRCM_OK);
    CHECK(PrcmUninstall() == PRCM_OK);
    DeleteFileW(DRIVER_PATH_W);
}

static void
a_file_that_is_no_driver_does_not_start(void)
{
    uint32_t State = 0;
    FileCreate(DRIVER_PATH_W);
    CHECK(PrcmInstall(DRIVER_PATH, NULL) == PRCM_OK);
    CHECK(PrcmStart() >= PRCM_ERROR_FIRST);
    CHECK(PrcmLastSystemError() != 0);
    CHECK(PrcmServiceState(&State) == PRCM_OK && State == PRCM_SERVICE_STOPPED);
    DeleteFileW(DRIVER_PATH_W);
    CHECK(PrcmStart() == PRCM_ERROR_NO_FILE);
    CHECK(PrcmUninstall() == PRCM_OK);
}

static const CHECK_TEST Tests[] = {
    CHECK_TEST(without_a_service_everything_says_not_installed),
    CHECK_TEST(only_a_file_on_a_drive_is_installed),
    CHECK_TEST(options_are_written_where_the_driver_reads_them),
    CHECK_TEST(the_path_is_made_plain),
    CHECK_TEST(an_installed_driver_that_does_not_run_says_so),
    CHECK_TEST(a_file_that_is_no_driver_does_not_start),
};

int
main(int Count, char **Arguments)
{
    return CheckMain(Tests, sizeof(Tests) / sizeof(Tests[0]), Count, Arguments);
}
