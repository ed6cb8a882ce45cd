/* SPDX-License-Identifier: MIT
 *
 * Installing over and over, one test per run. Nothing is installed before a test, and nothing after it.
 */
#include <windows.h>

#include "check.h"
#include "driver_copy.h"
#include "prcm.h"

#define FIRST    "C:\\prcm-0.2.sys"
#define FIRST_W  L"C:\\prcm-0.2.sys"
#define SECOND   "C:\\prcm-0.3.sys"
#define SECOND_W L"C:\\prcm-0.3.sys"

static const PRCM_SERVICE_OPTIONS Defaults;

static void
Make(DRIVER_FAULT SecondFault)
{
    DriverMake(FIRST_W, VERSION(0, 2), DRIVER_SOUND);
    DriverMake(SECOND_W, VERSION(0, 3), SecondFault);
}

static void
CleanUp(void)
{
    CHECK(PrcmUninstall() == PRCM_OK);
    ExpectNothingLeft();
    DeleteFileW(FIRST_W);
    DeleteFileW(SECOND_W);
}

static PRCM_INSTALL_REPORT
Install(const char *Path, const PRCM_SERVICE_OPTIONS *Options, PRCM_RESULT Expected)
{
    PRCM_INSTALL_REPORT Report;
    PRCM_RESULT Result = PrcmInstallWith(Path, Options, &Report);
    CHECK(Result == Expected);
    return Report;
}

static void
ExpectReport(PRCM_INSTALL_REPORT Report, uint32_t Action, uint32_t From, uint32_t To)
{
    CHECK(Report.Action == Action);
    CHECK(Report.FromVersion == From);
    CHECK(Report.ToVersion == To);
}

static void
ExpectState(uint32_t Expected)
{
    uint32_t State = 0;
    CHECK(PrcmServiceState(&State) == PRCM_OK);
    CHECK(State == Expected);
}

static void
the_file_is_copied_where_only_administrators_write(void)
{
    Make(DRIVER_SOUND);
    ExpectReport(Install(FIRST, &Defaults, PRCM_OK), PRCM_INSTALL_NEW, 0, VERSION(0, 2));
    ExpectImagePath(SYSTEM_IMAGE);
    CHECK(FilesAreSame(FIRST_W, SYSTEM_COPY));
    CHECK(!FileExists(SYSTEM_NEW));
    DeleteFileW(FIRST_W);
    CHECK(PrcmStart() == PRCM_OK);
    CleanUp();
}

static void
what_is_not_this_machines_driver_is_refused_before_anything_is_done(void)
{
    NonsenseMake(FIRST_W);
    Install(FIRST, &Defaults, PRCM_ERROR_WRONG_FILE);
    DriverMake(FIRST_W, VERSION(0, 2), DRIVER_WITHOUT_NAME);
    Install(FIRST, &Defaults, PRCM_ERROR_WRONG_FILE);
    Install("C:\\windows\\system32\\drivers\\ntext.sys", &Defaults, PRCM_ERROR_WRONG_FILE);
    DriverMake(FIRST_W, VERSION(0, 2), DRIVER_OF_OTHER_MACHINE);
    Install(FIRST, &Defaults, PRCM_ERROR_MACHINE);
    DeleteFileW(FIRST_W);
    Install(FIRST, &Defaults, PRCM_ERROR_NO_FILE);
    ExpectNothingLeft();
}

static void
a_newer_version_over_a_stopped_driver_keeps_the_old_one_until_it_has_started(void)
{
    Make(DRIVER_SOUND);
    Install(FIRST, &Defaults, PRCM_OK);
    PRCM_INSTALL_REPORT Report = Install(SECOND, &Defaults, PRCM_OK);
    ExpectReport(Report, PRCM_INSTALL_UPGRADED, VERSION(0, 2), VERSION(0, 3));
    CHECK(Report.Restarted == 0);
    ExpectState(PRCM_SERVICE_STOPPED);
    CHECK(FilesAreSame(SECOND_W, SYSTEM_COPY));
    CHECK(FilesAreSame(FIRST_W, SYSTEM_KEPT));
    CHECK(PrcmStart() == PRCM_OK);
    CHECK(!FileExists(SYSTEM_KEPT));
    CleanUp();
}

static void
a_newer_version_over_a_running_driver_runs_afterwards(void)
{
    Make(DRIVER_SOUND);
    Install(FIRST, &Defaults, PRCM_OK);
    CHECK(PrcmStart() == PRCM_OK);
    PRCM_INSTALL_REPORT Report = Install(SECOND, &Defaults, PRCM_OK);
    ExpectReport(Report, PRCM_INSTALL_UPGRADED, VERSION(0, 2), VERSION(0, 3));
    CHECK(Report.Restarted == 1);
    ExpectState(PRCM_SERVICE_RUNNING);
    CHECK(FilesAreSame(SECOND_W, SYSTEM_COPY));
    CHECK(!FileExists(SYSTEM_KEPT));
    CleanUp();
}

/* By start, where the driver was stopped. The kept version is the last that has started, not the last that was installed. */
static void
a_version_that_does_not_start_is_gone_back_from(void)
{
    Make(DRIVER_DOES_NOT_LOAD);
    Install(FIRST, &Defaults, PRCM_OK);
    Install(SECOND, &Defaults, PRCM_OK);
    DriverMake(SECOND_W, VERSION(0, 4), DRIVER_DOES_NOT_LOAD);
    ExpectReport(Install(SECOND, &Defaults, PRCM_OK), PRCM_INSTALL_UPGRADED, VERSION(0, 2), VERSION(0, 4));
    CHECK(PrcmStart() == PRCM_ERROR_WENT_BACK);
    CHECK(PrcmLastSystemError() != 0);
    ExpectState(PRCM_SERVICE_RUNNING);
    CHECK(FilesAreSame(FIRST_W, SYSTEM_COPY));
    CHECK(!FileExists(SYSTEM_KEPT));
    CleanUp();
}

static void
an_upgrade_of_a_running_driver_that_does_not_start_leaves_the_old_one_running(void)
{
    Make(DRIVER_DOES_NOT_LOAD);
    Install(FIRST, &Defaults, PRCM_OK);
    CHECK(PrcmStart() == PRCM_OK);
    PRCM_INSTALL_REPORT Report = Install(SECOND, &Defaults, PRCM_ERROR_WENT_BACK);
    ExpectReport(Report, PRCM_INSTALL_UPGRADED, VERSION(0, 2), VERSION(0, 3));
    ExpectState(PRCM_SERVICE_RUNNING);
    CHECK(FilesAreSame(FIRST_W, SYSTEM_COPY));
    CHECK(!FileExists(SYSTEM_KEPT));
    CleanUp();
}

static void
an_older_version_is_refused_unless_it_is_asked_for(void)
{
    const PRCM_SERVICE_OPTIONS Downgrade = {.Downgrade = 1};
    Make(DRIVER_SOUND);
    Install(SECOND, &Defaults, PRCM_OK);
    PRCM_INSTALL_REPORT Report = Install(FIRST, &Defaults, PRCM_ERROR_OLDER);
    CHECK(Report.FromVersion == VERSION(0, 3) && Report.ToVersion == VERSION(0, 2));
    CHECK(FilesAreSame(SECOND_W, SYSTEM_COPY));
    ExpectReport(Install(FIRST, &Downgrade, PRCM_OK), PRCM_INSTALL_DOWNGRADED, VERSION(0, 3), VERSION(0, 2));
    CHECK(FilesAreSame(FIRST_W, SYSTEM_COPY));
    CleanUp();
}

static void
the_same_version_is_repaired_where_it_differs(void)
{
    Make(DRIVER_SOUND);
    Install(FIRST, &Defaults, PRCM_OK);
    ExpectReport(Install(FIRST, &Defaults, PRCM_OK), PRCM_INSTALL_UNCHANGED, VERSION(0, 2), VERSION(0, 2));
    NonsenseMake(SYSTEM_COPY);
    CHECK(Install(FIRST, &Defaults, PRCM_OK).Action == PRCM_INSTALL_REPAIRED);
    CHECK(FilesAreSame(FIRST_W, SYSTEM_COPY));
    DeleteFileW(SYSTEM_COPY);
    CHECK(Install(FIRST, &Defaults, PRCM_OK).Action == PRCM_INSTALL_REPAIRED);
    CHECK(FilesAreSame(FIRST_W, SYSTEM_COPY));
    CHECK(PrcmStart() == PRCM_OK);
    CleanUp();
}

static void
settings_that_are_not_given_stay(void)
{
    const PRCM_SERVICE_OPTIONS All = {.StartAtBoot = PRCM_START_AT_BOOT, .ImageLaneBytes = 5, .Kinds = 3};
    const PRCM_SERVICE_OPTIONS Some = {.StartAtBoot = PRCM_START_ON_DEMAND, .Kinds = 1};
    const WCHAR *Parameters = SERVICE_KEY L"\\Parameters";
    Make(DRIVER_SOUND);
    Install(FIRST, &All, PRCM_OK);
    Install(SECOND, &Defaults, PRCM_OK);
    CHECK(ReadDword(SERVICE_KEY, L"Start", 0) == SERVICE_SYSTEM_START);
    CHECK(ReadDword(Parameters, L"ImageLaneBytes", 0) == 5);
    CHECK(ReadDword(Parameters, L"Kinds", 0) == 3);
    Install(SECOND, &Some, PRCM_OK);
    CHECK(ReadDword(SERVICE_KEY, L"Start", 0) == SERVICE_DEMAND_START);
    CHECK(ReadDword(Parameters, L"ImageLaneBytes", 0) == 5);
    CHECK(ReadDword(Parameters, L"Kinds", 0) == 1);
    CleanUp();
}

/* As setup programs and prcm.inf do it. */
static void
a_driver_that_lay_in_the_systems_directory_stays_there(void)
{
    DriverMake(SYSTEM_COPY, VERSION(0, 2), DRIVER_SOUND);
    Install("C:\\windows\\system32\\drivers\\prcm.sys", &Defaults, PRCM_OK);
    ExpectImagePath(SYSTEM_IMAGE);
    CHECK(PrcmUninstall() == PRCM_OK);
    CHECK(FileExists(SYSTEM_COPY));
    DeleteFileW(SYSTEM_COPY);
    ExpectNothingLeft();
}

/* All that a box has is its user's. */
static void
in_place_is_refused_with_who_and_where(void)
{
    const PRCM_SERVICE_OPTIONS InPlace = {.InPlace = 1};
    Make(DRIVER_SOUND);
    PRCM_INSTALL_REPORT Report = Install(FIRST, &InPlace, PRCM_ERROR_UNSAFE);
    CHECK(Report.Writer.Why == PRCM_WRITER_OWNER);
    CHECK(lstrcmpA(Report.Writer.Path, "C:\\") == 0);
    CHECK(Report.Writer.Sid[0] == 'S' && Report.Writer.Account[0] != 0);
    ExpectNothingLeft();
    DeleteFileW(FIRST_W);
    DeleteFileW(SECOND_W);
}

static HANDLE
OpenDevice(void)
{
    HANDLE Device = CreateFileW(PRCM_WIN32_NAME, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                OPEN_EXISTING, 0, NULL);
    CHECK(Device != INVALID_HANDLE_VALUE);
    return Device;
}

/* A child that inherits handles and waits. */
static PROCESS_INFORMATION
StartHolder(void)
{
    WCHAR CommandLine[] = L"C:\\windows\\system32\\cmd.exe /c pause";
    STARTUPINFOW Startup = {.cb = sizeof(Startup), .dwFlags = STARTF_USESTDHANDLES};
    SECURITY_ATTRIBUTES Inherited = {.nLength = sizeof(Inherited), .bInheritHandle = TRUE};
    PROCESS_INFORMATION Process = {0};
    HANDLE Unused;
    CHECK(CreatePipe(&Startup.hStdInput, &Unused, &Inherited, 0));
    CHECK(CreateProcessW(NULL, CommandLine, NULL, NULL, TRUE, 0, NULL, NULL, &Startup, &Process));
    CloseHandle(Startup.hStdInput);
    return Process;
}

static void
the_processes_that_hold_the_device_are_found(void)
{
    PRCM_HOLDERS Holders;
    Make(DRIVER_SOUND);
    Install(FIRST, &Defaults, PRCM_OK);
    CHECK(PrcmServiceHolders(&Holders) == PRCM_OK && Holders.Handles == 0);
    CHECK(PrcmStart() == PRCM_OK);
    HANDLE Device = OpenDevice();
    PROCESS_INFORMATION Holder = StartHolder();
    CHECK(PrcmServiceHolders(&Holders) == PRCM_OK);
    CHECK(Holders.Handles == 0 && Holders.Count == 0);
    HANDLE Given;
    for (uint32_t Round = 0; Round < 2; Round++)
        CHECK(DuplicateHandle(GetCurrentProcess(), Device, Holder.hProcess, &Given, 0, FALSE,
                              DUPLICATE_SAME_ACCESS));
    CHECK(PrcmServiceHolders(&Holders) == PRCM_OK);
    CHECK(Holders.Handles == 2 && Holders.Count == 1);
    CHECK(Holders.Holders[0].ProcessId == Holder.dwProcessId && Holders.Holders[0].Handles == 2);
    TerminateProcess(Holder.hProcess, 0);
    WaitForSingleObject(Holder.hProcess, INFINITE);
    CloseHandle(Device);
    CleanUp();
}

static const CHECK_TEST Tests[] = {
    CHECK_TEST(the_file_is_copied_where_only_administrators_write),
    CHECK_TEST(what_is_not_this_machines_driver_is_refused_before_anything_is_done),
    CHECK_TEST(a_newer_version_over_a_stopped_driver_keeps_the_old_one_until_it_has_started),
    CHECK_TEST(a_newer_version_over_a_running_driver_runs_afterwards),
    CHECK_TEST(a_version_that_does_not_start_is_gone_back_from),
    CHECK_TEST(an_upgrade_of_a_running_driver_that_does_not_start_leaves_the_old_one_running),
    CHECK_TEST(an_older_version_is_refused_unless_it_is_asked_for),
    CHECK_TEST(the_same_version_is_repaired_where_it_differs),
    CHECK_TEST(settings_that_are_not_given_stay),
    CHECK_TEST(a_driver_that_lay_in_the_systems_directory_stays_there),
    CHECK_TEST(in_place_is_refused_with_who_and_where),
    CHECK_TEST(the_processes_that_hold_the_device_are_found),
};

int
main(int Count, char **Arguments)
{
    return CheckMain(Tests, sizeof(Tests) / sizeof(Tests[0]), Count, Arguments);
}
