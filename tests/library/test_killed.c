/* SPDX-License-Identifier: MIT
 *
 * Installations that are killed: at the first call that changes something, at the second, and so on, until one goes through.
 * Each is then repeated, or taken away. One test per run; nothing is installed before it, and nothing after it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "check.h"
#include "driver_copy.h"
#include "kill_at.h"
#include "prcm.h"

#define FIRST    "C:\\prcm-0.2.sys"
#define FIRST_W  L"C:\\prcm-0.2.sys"
#define SECOND   "C:\\prcm-0.3.sys"
#define SECOND_W L"C:\\prcm-0.3.sys"

/* Far more than any of them makes; a test that came here would not end. */
#define MAX_CALLS 100u

/* As few as each of them must have at the least, or nothing was tried. */
#define MIN_CALLS 5u

#define KINDS_OF_SECOND 3u

static PRCM_RESULT
InstallFirst(void)
{
    return PrcmInstall(FIRST, NULL);
}

static PRCM_RESULT
InstallSecond(void)
{
    const PRCM_SERVICE_OPTIONS Options = {.StartAtBoot = PRCM_START_AT_BOOT, .Kinds = KINDS_OF_SECOND};
    return PrcmInstall(SECOND, &Options);
}

typedef struct COMMAND
{
    const char *Name;
    PRCM_RESULT (*Run)(void);
} COMMAND;

static const COMMAND Commands[] = {
    {"install-first", InstallFirst}, {"install-second", InstallSecond}, {"uninstall", PrcmUninstall}};

/* The process that is killed. */
static int
RunCommand(const char *Name, unsigned Number)
{
    for (size_t Index = 0; Index < sizeof(Commands) / sizeof(Commands[0]); Index++)
    {
        if (strcmp(Commands[Index].Name, Name) != 0)
            continue;
        KillAt(Number);
        return Commands[Index].Run() == PRCM_OK ? 0 : 1;
    }
    return 2;
}

/* Whether it was killed; else it went through. */
static bool
RunKilled(const char *Name, unsigned Number)
{
    char Program[MAX_PATH] = "";
    char CommandLine[2 * MAX_PATH];
    STARTUPINFOA Startup = {.cb = sizeof(Startup)};
    PROCESS_INFORMATION Process;
    DWORD Code = 2;
    GetModuleFileNameA(NULL, Program, sizeof(Program));
    snprintf(CommandLine, sizeof(CommandLine), "\"%s\" killed %s %u", Program, Name, Number);
    CHECK(CreateProcessA(NULL, CommandLine, NULL, NULL, FALSE, 0, NULL, NULL, &Startup, &Process));
    WaitForSingleObject(Process.hProcess, INFINITE);
    GetExitCodeProcess(Process.hProcess, &Code);
    CHECK(Code == 0 || Code == KILLED_CODE);
    CloseHandle(Process.hThread);
    CloseHandle(Process.hProcess);
    return Code == KILLED_CODE;
}

static void
ExpectFirst(void)
{
    CHECK(FilesAreSame(FIRST_W, SYSTEM_COPY));
    ExpectImagePath(SYSTEM_IMAGE);
    CHECK(!FileExists(SYSTEM_NEW) && !FileExists(SYSTEM_KEPT));
}

static void
ExpectSecond(void)
{
    CHECK(FilesAreSame(SECOND_W, SYSTEM_COPY));
    ExpectImagePath(SYSTEM_IMAGE);
    CHECK(!FileExists(SYSTEM_NEW));
    CHECK(ReadDword(SERVICE_KEY, L"Start", 0) == SERVICE_SYSTEM_START);
    CHECK(ReadDword(SERVICE_KEY L"\\Parameters", L"Kinds", 0) == KINDS_OF_SECOND);
}

/* The version before is there to go back to. */
static void
ExpectSecondAfterFirst(void)
{
    ExpectSecond();
    CHECK(FilesAreSame(FIRST_W, SYSTEM_KEPT));
}

static void
ExpectSecondRunning(void)
{
    uint32_t State = 0;
    ExpectSecond();
    CHECK(!FileExists(SYSTEM_KEPT));
    CHECK(PrcmServiceState(&State) == PRCM_OK && State == PRCM_SERVICE_RUNNING);
}

static void
BeforeNothing(void)
{
}

static void
BeforeFirst(void)
{
    CHECK(InstallFirst() == PRCM_OK);
}

static void
BeforeRunning(void)
{
    CHECK(InstallFirst() == PRCM_OK);
    CHECK(PrcmStart() == PRCM_OK);
}

static void
BeforeUpgraded(void)
{
    CHECK(InstallFirst() == PRCM_OK);
    CHECK(InstallSecond() == PRCM_OK);
}

static bool
IsInstalled(void)
{
    uint32_t State;
    return PrcmServiceState(&State) != PRCM_ERROR_NOT_INSTALLED;
}

/* Before is where each round begins, Killed what is killed, Then what follows; After is how it is in the end. */
static void
TryAll(void (*Before)(void), const char *Killed, PRCM_RESULT (*Then)(void), void (*After)(void))
{
    unsigned Number = 0;
    bool WasKilled = true;
    for (; WasKilled && Number < MAX_CALLS; Number++)
    {
        Before();
        WasKilled = RunKilled(Killed, Number);
        /* What the kill came too early or too late for needs no taking away. */
        bool Needed = Then != PrcmUninstall || IsInstalled();
        PRCM_RESULT Result = Needed ? Then() : PRCM_OK;
        if (Result != PRCM_OK)
            printf("killed at call %u: then %d\n", Number, (int)Result);
        CHECK(Result == PRCM_OK);
        After();
        if (IsInstalled())
            CHECK(PrcmUninstall() == PRCM_OK);
        ExpectNothingLeft();
    }
    CHECK(Number < MAX_CALLS && Number > MIN_CALLS);
    printf("%s: killed at each of %u calls\n", Killed, Number - 1);
}

static void
an_install_is_repeated_to_its_end(void)
{
    TryAll(BeforeNothing, "install-second", InstallSecond, ExpectSecond);
}

static void
an_install_is_taken_away(void)
{
    TryAll(BeforeNothing, "install-second", PrcmUninstall, ExpectNothingLeft);
}

static void
an_upgrade_is_repeated_to_its_end(void)
{
    TryAll(BeforeFirst, "install-second", InstallSecond, ExpectSecondAfterFirst);
}

static void
an_upgrade_is_taken_away(void)
{
    TryAll(BeforeFirst, "install-second", PrcmUninstall, ExpectNothingLeft);
}

static void
an_upgrade_of_a_running_driver_is_repeated_to_its_end(void)
{
    TryAll(BeforeRunning, "install-second", InstallSecond, ExpectSecondRunning);
}

static void
an_upgrade_of_a_running_driver_is_taken_away(void)
{
    TryAll(BeforeRunning, "install-second", PrcmUninstall, ExpectNothingLeft);
}

static void
an_uninstall_is_repeated_to_its_end(void)
{
    TryAll(BeforeUpgraded, "uninstall", PrcmUninstall, ExpectNothingLeft);
}

static void
an_uninstall_is_followed_by_an_install(void)
{
    TryAll(BeforeFirst, "uninstall", InstallFirst, ExpectFirst);
}

static const CHECK_TEST Tests[] = {
    CHECK_TEST(an_install_is_repeated_to_its_end),
    CHECK_TEST(an_install_is_taken_away),
    CHECK_TEST(an_upgrade_is_repeated_to_its_end),
    CHECK_TEST(an_upgrade_is_taken_away),
    CHECK_TEST(an_upgrade_of_a_running_driver_is_repeated_to_its_end),
    CHECK_TEST(an_upgrade_of_a_running_driver_is_taken_away),
    CHECK_TEST(an_uninstall_is_repeated_to_its_end),
    CHECK_TEST(an_uninstall_is_followed_by_an_install),
};

int
main(int Count, char **Arguments)
{
    if (Count == 4)
        return RunCommand(Arguments[2], (unsigned)atoi(Arguments[3]));
    if (Count == 2)
    {
        DriverMake(FIRST_W, VERSION(0, 2), DRIVER_SOUND);
        DriverMake(SECOND_W, VERSION(0, 3), DRIVER_SOUND);
    }
    int Code = CheckMain(Tests, sizeof(Tests) / sizeof(Tests[0]), Count, Arguments);
    DeleteFileW(FIRST_W);
    DeleteFileW(SECOND_W);
    return Code;
}
