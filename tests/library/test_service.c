/* SPDX-License-Identifier: MIT
 *
 * libprcm and the service manager, one test per run. Nothing is installed before a test, and nothing after it.
 */
#include <windows.h>

#include "check.h"
#include "driver_copy.h"
#include "prcm.h"

#define DRIVER_PATH   "C:\\prcm-test-driver.sys"
#define DRIVER_PATH_W L"C:\\prcm-test-driver.sys"
#define SHORT_MS      1000u

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
only_a_file_with_its_whole_path_is_installed(void)
{
    const PRCM_SERVICE_OPTIONS InPlace = {.InPlace = 1};
    CHECK(PrcmInstall(NULL, NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("", NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("prcm.sys", NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("C:prcm.sys", NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("C:\\\xFF.sys", NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("\\\\host\\share\\prcm.sys", &InPlace) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("C:\\prcm\\prcm.sys:stream", &InPlace) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall("C:\\windows", NULL) == PRCM_ERROR_NO_FILE);
    CHECK(PrcmInstall("C:\\nowhere\\prcm.sys", NULL) == PRCM_ERROR_NO_FILE);
    CHECK(PrcmInstall(DRIVER_PATH, NULL) == PRCM_ERROR_NO_FILE);
    ExpectNothingLeft();
}

static void
options_are_written_where_the_driver_reads_them(void)
{
    const PRCM_SERVICE_OPTIONS Options = {
        .StartAtBoot = PRCM_START_AT_BOOT, .LifecycleLaneBytes = 3, .Kinds = 0xFFFF};
    const PRCM_SERVICE_OPTIONS Wrong = {.StartAtBoot = PRCM_START_ON_DEMAND + 1};
    DriverMake(DRIVER_PATH_W, VERSION(0, 1), DRIVER_SOUND);
    CHECK(PrcmInstall(DRIVER_PATH, &Wrong) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmInstall(DRIVER_PATH, &Options) == PRCM_OK);
    CHECK(ReadDword(SERVICE_KEY, L"Type", 0) == SERVICE_KERNEL_DRIVER);
    CHECK(ReadDword(SERVICE_KEY, L"Start", 0) == SERVICE_SYSTEM_START);
    CHECK(ReadDword(SERVICE_KEY, L"ErrorControl", 0) == SERVICE_ERROR_NORMAL);
    CHECK(ReadDword(SERVICE_KEY L"\\Parameters", L"LifecycleLaneBytes", 0) == 3);
    CHECK(ReadDword(SERVICE_KEY L"\\Parameters", L"ImageLaneBytes", 0) == 0);
    CHECK(ReadDword(SERVICE_KEY L"\\Parameters", L"Kinds", 0) == 0xFFFF);
    CHECK(PrcmUninstall() == PRCM_OK);
    ExpectNothingLeft();
    DeleteFileW(DRIVER_PATH_W);
}

static void
any_name_of_a_file_is_taken(void)
{
    DriverMake(L"C:\\prcm \x00E4\x4E2D.sys", VERSION(0, 1), DRIVER_SOUND);
    CHECK(PrcmInstall("C:/windows/../prcm \xC3\xA4\xE4\xB8\xAD.sys", NULL) == PRCM_OK);
    ExpectImagePath(SYSTEM_IMAGE);
    CHECK(ReadDword(SERVICE_KEY, L"Start", 0) == SERVICE_DEMAND_START);
    CHECK(PrcmUninstall() == PRCM_OK);
    DeleteFileW(L"C:\\prcm \x00E4\x4E2D.sys");
}

static void
an_installed_driver_that_does_not_run_says_so(void)
{
    PRCM_SESSION *Session;
    uint32_t State = 0;
    DriverMake(DRIVER_PATH_W, VERSION(0, 1), DRIVER_SOUND);
    CHECK(PrcmInstall(DRIVER_PATH, NULL) == PRCM_OK);
    CHECK(PrcmInstall(DRIVER_PATH, NULL) == PRCM_OK);
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
    DriverMake(DRIVER_PATH_W, VERSION(0, 1), DRIVER_SOUND);
    CHECK(PrcmInstall(DRIVER_PATH, NULL) == PRCM_OK);
    NonsenseMake(SYSTEM_COPY);
    CHECK(PrcmStart() >= PRCM_ERROR_FIRST);
    CHECK(PrcmLastSystemError() != 0);
    CHECK(PrcmServiceState(&State) == PRCM_OK && State == PRCM_SERVICE_STOPPED);
    DeleteFileW(SYSTEM_COPY);
    CHECK(PrcmStart() == PRCM_ERROR_NO_FILE);
    CHECK(PrcmUninstall() == PRCM_OK);
    DeleteFileW(DRIVER_PATH_W);
}

static const CHECK_TEST Tests[] = {
    CHECK_TEST(without_a_service_everything_says_not_installed),
    CHECK_TEST(only_a_file_with_its_whole_path_is_installed),
    CHECK_TEST(options_are_written_where_the_driver_reads_them),
    CHECK_TEST(any_name_of_a_file_is_taken),
    CHECK_TEST(an_installed_driver_that_does_not_run_says_so),
    CHECK_TEST(a_file_that_is_no_driver_does_not_start),
};

int
main(int Count, char **Arguments)
{
    return CheckMain(Tests, sizeof(Tests) / sizeof(Tests[0]), Count, Arguments);
}
