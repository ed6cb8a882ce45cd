/* SPDX-License-Identifier: MIT
 *
 * install, uninstall, start and stop.
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "command.h"
#include "console.h"
#include "system.h"
#include "utf16.h"

#define DRIVER_FILE     L"prcm.sys"
#define STOP_DEFAULT_MS 30000u

enum
{
    OPTION_BOOT = 256,
    OPTION_LIFECYCLE_LANE,
    OPTION_IMAGE_LANE,
    OPTION_KIND,
    OPTION_TIMEOUT
};

static bool
SetLane(ARGS *Args, const char *Option, uint32_t *Bytes)
{
    if (!ArgsLane(Args, Option, optarg, Bytes))
        return false;
    if (*Bytes < PRCM_MIN_LANE_BYTES || *Bytes > PRCM_MAX_LANE_BYTES)
        ConsoleSay("--%s %s is out of range (" ARGS_LANE_LIMITS
                   "); the driver will take the nearest size it allows.",
                   Option, optarg);
    return true;
}

static bool
SetInstallOption(PRCM_SERVICE_OPTIONS *Options, ARGS *Args, int Option)
{
    switch (Option)
    {
    case OPTION_BOOT:
        Options->StartAtBoot = 1;
        return true;
    case OPTION_LIFECYCLE_LANE:
        return SetLane(Args, "lifecycle-lane", &Options->LifecycleLaneBytes);
    case OPTION_IMAGE_LANE:
        return SetLane(Args, "image-lane", &Options->ImageLaneBytes);
    case OPTION_KIND:
        return ArgsKinds(Args, "kind", optarg, &Options->Kinds);
    default:
        return false;
    }
}

static bool
DriverBesideProgram(WCHAR Path[MAX_PATH])
{
    DWORD Count = GetModuleFileNameW(NULL, Path, MAX_PATH);
    /* cppcheck-suppress uninitvar; GetModuleFileNameW writes it */
    WCHAR *Slash = Count < MAX_PATH ? wcsrchr(Path, L'\\') : NULL;

    if (Slash == NULL || (size_t)(Slash - Path) + 1 + wcslen(DRIVER_FILE) >= MAX_PATH)
        return false;
    wcscpy(Slash + 1, DRIVER_FILE);
    return true;
}

/* The absolute path of what the user named, or of prcm.sys beside this program. */
static bool
DriverPath(const char *Named, char Path[], int PathBytes)
{
    WCHAR Given[MAX_PATH];
    WCHAR Full[MAX_PATH];

    if (Named == NULL ? !DriverBesideProgram(Given)
                      : MultiByteToWideChar(CP_UTF8, 0, Named, -1, Given, MAX_PATH) == 0)
        return false;
    DWORD Count = GetFullPathNameW(Given, MAX_PATH, Full, NULL);
    return Count != 0 && Count < MAX_PATH &&
           WideCharToMultiByte(CP_UTF8, 0, Full, -1, Path, PathBytes, NULL, NULL);
}

static bool
IsDirectory(const char *Path)
{
    WCHAR Units[MAX_PATH];

    if (MultiByteToWideChar(CP_UTF8, 0, Path, -1, Units, MAX_PATH) == 0)
        return false;
    DWORD Attributes = GetFileAttributesW(Units);
    return Attributes != INVALID_FILE_ATTRIBUTES && (Attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

static EXIT_CODE
InstallFailed(const char *Path, PRCM_RESULT Result)
{
    if (Result == PRCM_ERROR_PARAMETER)
        ConsoleSay("%s is not on a drive of this machine. Copy the file to a local drive and install it from "
                   "there.",
                   Path);
    else if (Result == PRCM_ERROR_NO_FILE && IsDirectory(Path))
        ConsoleSay("%s is a directory. Name the driver's file in it: prcm install PATH.", Path);
    else if (Result == PRCM_ERROR_NO_FILE)
        ConsoleSay("there is no file %s. Say where the driver is: prcm install PATH.", Path);
    else
        return ConsoleFail("install the driver", Result);
    return EXIT_FAILED;
}

static EXIT_CODE
Install(const char *Named, const PRCM_SERVICE_OPTIONS *Options)
{
    char Path[MAX_PATH * 3];
    SINK *Sink = ConsoleOutput();

    if (SystemIsEmulated())
    {
        ConsoleSay("this is the 32-bit prcm.exe on a 64-bit Windows, whose kernel takes 64-bit drivers only: "
                   "use the "
                   "prcm.exe and prcm.sys of the x64 folder.");
        return EXIT_FAILED;
    }
    if (!DriverPath(Named, Path, sizeof(Path)))
    {
        ConsoleSay("the path of the driver's file is too long (259 characters at most).");
        return EXIT_FAILED;
    }
    PRCM_RESULT Result = PrcmInstall(Path, Options);
    if (Result != PRCM_OK)
        return InstallFailed(Path, Result);
    SinkText(Sink, "installed: service prcm, driver ");
    Utf16WriteUtf8(Sink, Path);
    SinkText(Sink, Options->StartAtBoot ? ", starts at boot\n" : ", starts on demand\n");
    SinkText(Sink, "The file must stay where it is. Next: \"prcm start\".\n");
    return EXIT_OK;
}

static EXIT_CODE
RunInstall(ARGS *Args)
{
    static const struct option Table[] = {
        {"boot", no_argument, NULL, OPTION_BOOT},
        {"lifecycle-lane", required_argument, NULL, OPTION_LIFECYCLE_LANE},
        {"image-lane", required_argument, NULL, OPTION_IMAGE_LANE},
        {"kind", required_argument, NULL, OPTION_KIND},
        ARGS_HELP_OPTION,
        {NULL, 0, NULL, 0},
    };
    PRCM_SERVICE_OPTIONS Options = {0};
    int Option;

    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (Option == ARGS_HELP)
            return CommandShowHelp(&InstallCommand);
        if (!SetInstallOption(&Options, Args, Option))
            return ConsoleUsage(Args);
    }
    if (ArgsOperandCount(Args) > 1)
    {
        ArgsRefuse(Args, NULL, ArgsOperand(Args, 1), "one driver file is enough");
        return ConsoleUsage(Args);
    }
    const char *Named = ArgsOperandCount(Args) == 1 ? ArgsOperand(Args, 0) : NULL;
    if (Named != NULL && Named[0] == '\0')
    {
        ArgsRefuse(Args, NULL, "\"\"", "an empty path; leave it out for the prcm.sys beside prcm.exe");
        return ConsoleUsage(Args);
    }
    return Install(Named, &Options);
}

static EXIT_CODE
RunUninstall(ARGS *Args)
{
    EXIT_CODE Code;

    if (!CommandTakesNothing(&UninstallCommand, Args, &Code))
        return Code;
    PRCM_RESULT Result = PrcmUninstall();
    if (Result != PRCM_OK)
        return ConsoleFail("uninstall the driver", Result);
    SinkText(ConsoleOutput(), "uninstalled: the service prcm and its settings are gone; the files stay.\n");
    return EXIT_OK;
}

/* Asked before a command, so that what is said of it afterwards is true. */
static bool
ServiceIs(uint32_t Wanted)
{
    uint32_t State;
    return PrcmServiceState(&State) == PRCM_OK && State == Wanted;
}

static EXIT_CODE
RunStart(ARGS *Args)
{
    EXIT_CODE Code;

    if (!CommandTakesNothing(&StartCommand, Args, &Code))
        return Code;
    bool WasRunning = ServiceIs(PRCM_SERVICE_RUNNING);
    PRCM_RESULT Result = PrcmStart();
    if (Result != PRCM_OK)
        return ConsoleFail("start the driver", Result);
    SinkText(ConsoleOutput(), WasRunning ? "running already: " : "started: ");
    SinkText(ConsoleOutput(), "events are being kept. Next: \"prcm watch\", or \"prcm selftest\".\n");
    return EXIT_OK;
}

static EXIT_CODE
RunStop(ARGS *Args)
{
    static const struct option Table[] = {
        {"timeout", required_argument, NULL, OPTION_TIMEOUT}, ARGS_HELP_OPTION, {NULL, 0, NULL, 0}};
    uint32_t TimeoutMs = STOP_DEFAULT_MS;
    int Option;

    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (Option == ARGS_HELP)
            return CommandShowHelp(&StopCommand);
        if (Option == ARGS_WRONG || !ArgsSeconds(Args, "timeout", optarg, &TimeoutMs))
            return ConsoleUsage(Args);
    }
    if (!ArgsNone(Args))
        return ConsoleUsage(Args);
    bool WasStopped = ServiceIs(PRCM_SERVICE_STOPPED);
    PRCM_RESULT Result = PrcmStop(TimeoutMs);
    if (Result != PRCM_OK)
        return ConsoleFail("stop the driver", Result);
    SinkText(ConsoleOutput(), WasStopped ? "not running: nothing to stop.\n"
                                         : "stopped: its readers were told, and what it kept is gone.\n");
    return EXIT_OK;
}

const COMMAND InstallCommand = {
    .Name = "install",
    .Summary = "make the driver known to Windows",
    .Run = RunInstall,
    .Help = "usage: prcm install [OPTIONS] [PATH]\n"
            "\n"
            "Creates the service \"prcm\" for the driver file PATH (default: prcm.sys beside\n"
            "prcm.exe), which stays where it is. Does not start it. Administrators only.\n"
            "\n"
            "  --boot                  start at boot, so that what happens before anybody\n"
            "                          reads is kept\n"
            "  --lifecycle-lane BYTES  memory that keeps starts and exits, 2M to 256M\n"
            "                          (default 4M)\n"
            "  --image-lane BYTES      memory that keeps image loads, 2M to 256M\n"
            "                          (default 8M)\n"
            "  --kind KINDS            what to capture: start,exit,image (default: all)\n"
            "  -h, --help              show this\n"
            "\n"
            "A test-signed driver starts only where Windows was told to allow it: as\n"
            "administrator, install its certificate, run \"bcdedit /set testsigning on\", and\n"
            "reboot. To change settings, uninstall first.\n",
};

const COMMAND UninstallCommand = {
    .Name = "uninstall",
    .Summary = "stop the driver and remove it from Windows",
    .Run = RunUninstall,
    .Help = "usage: prcm uninstall\n"
            "\n"
            "Stops the driver if it runs, and deletes the service and its settings. Files\n"
            "stay. Administrators only.\n"
            "\n"
            "  -h, --help  show this\n",
};

const COMMAND StartCommand = {
    .Name = "start",
    .Summary = "start the driver: events are kept from now on",
    .Run = RunStart,
    .Help = "usage: prcm start\n"
            "\n"
            "Starts the driver. One that runs already is fine. Administrators only.\n"
            "\n"
            "  -h, --help  show this\n",
};

const COMMAND StopCommand = {
    .Name = "stop",
    .Summary = "end all readers and stop the driver",
    .Run = RunStop,
    .Help = "usage: prcm stop [--timeout SECONDS]\n"
            "\n"
            "Tells the driver to end all readers, then stops it. What it kept is gone. One\n"
            "that is stopped already is fine. Administrators only.\n"
            "\n"
            "  --timeout SECONDS  how long to wait for readers to close (default 30)\n"
            "  -h, --help         show this\n",
};
