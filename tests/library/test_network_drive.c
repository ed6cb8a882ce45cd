/* SPDX-License-Identifier: MIT
 *
 * Linked with --wrap, GetDriveTypeW says here that every drive is one of the network.
 */
#include <windows.h>

#include "check.h"
#include "prcm.h"

#define DRIVER_PATH_W L"C:\\prcm-test-driver.sys"

typedef UINT(WINAPI *GET_DRIVE_TYPE)(const WCHAR *);

extern const GET_DRIVE_TYPE __wrap___imp_GetDriveTypeW;

static UINT WINAPI
GetDriveTypeOfNetwork(const WCHAR *Root)
{
    CHECK(lstrcmpW(Root, L"C:\\") == 0);
    return DRIVE_REMOTE;
}

const GET_DRIVE_TYPE __wrap___imp_GetDriveTypeW = GetDriveTypeOfNetwork;

static void
a_file_on_a_network_drive_does_not_stay_there(void)
{
    const PRCM_SERVICE_OPTIONS InPlace = {.InPlace = 1};
    uint32_t State;
    HANDLE File = CreateFileW(DRIVER_PATH_W, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    CHECK(File != INVALID_HANDLE_VALUE);
    CloseHandle(File);
    CHECK(PrcmInstall("C:\\prcm-test-driver.sys", &InPlace) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmLastSystemError() == ERROR_BAD_PATHNAME);
    CHECK(PrcmInstall("C:/windows/../prcm-test-driver.sys", &InPlace) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmServiceState(&State) == PRCM_ERROR_NOT_INSTALLED);
    DeleteFileW(DRIVER_PATH_W);
}

static const CHECK_TEST Tests[] = {
    CHECK_TEST(a_file_on_a_network_drive_does_not_stay_there),
};

int
main(int Count, char **Arguments)
{
    return CheckMain(Tests, sizeof(Tests) / sizeof(Tests[0]), Count, Arguments);
}
