/* SPDX-License-Identifier: MIT
 *
 * install, uninstall, start and stop.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "cli/status/holders.h"
#include "command.h"
#include "host/console.h"
#include "host/system.h"
#include "message.h"
#include "text/utf16.h"

#define DRIVER_FILE     L"prcm.sys"
#define STOP_DEFAULT_MS 30000u

enum
{
    OPTION_BOOT = 256,
    OPTION_ON_DEMAND,
    OPTION_IN_PLACE,
    OPTION_DOWNGRADE,
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
        MessageSay("--%s %s is out of range (" ARGS_LANE_LIMITS
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
        Options->StartAtBoot = PRCM_START_AT_BOOT;
        return true;
    case OPTION_ON_DEMAND:
        Options->StartAtBoot = PRCM_START_ON_DEMAND;
        return true;
    case OPTION_IN_PLACE:
        Options->InPlace = 1;
        return true;
    case OPTION_DOWNGRADE:
        Options->Downgrade = 1;
        return true;
    case OPTION_TIMEOUT:
        if (!ArgsSeconds(Args, "timeout", optarg, &Options->StopTimeoutMs))
            return false;
        /* To the library, 0 is the default. */
        Options->StopTimeoutMs += Options->StopTimeoutMs == 0;
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

/* What keeps a driver from ending, and what to do about it. */
static EXIT_CODE
SayHeld(const char *Do, const char *After)
{
    static HOLDERS Holders;
    char Text[HOLDERS_TEXT_BYTES];

    HoldersFind(&Holders);
    HoldersDescribe(&Holders, Text);
    MessageSay("cannot %s: the driver is stopping, and held by %s. Close what holds it, and the driver ends; "
               "%s",
               Do, Text, After);
    return EXIT_FAILED;
}

static bool
IsStopping(void)
{
    uint32_t State;

    return PrcmServiceState(&State) == PRCM_OK && State == PRCM_SERVICE_STOPPING;
}

static void
SayUnsafe(const char *Path, const PRCM_WRITER *Writer)
{
    const char *Account = Writer->Account[0] != '\0' ? Writer->Account : "an account without a name";

    switch (Writer->Why)
    {
    case PRCM_WRITER_LINK:
        MessageSay(
            "%s cannot stay in place: %s is a link or a drive made by subst, which may be made to lead "
            "elsewhere. Name the directory itself, or leave out --in-place.",
            Path, Writer->Path);
        break;
    case PRCM_WRITER_NO_SECURITY:
        MessageSay(
            "%s cannot stay in place: the file system of %s has no security, so anybody may write there. "
            "Leave out --in-place.",
            Path, Writer->Path);
        break;
    default:
        MessageSay(
            "%s cannot stay in place: %s (%s) %s %s, and could put another driver there for Windows to "
            "load. Let only administrators write there, or leave out --in-place.",
            Path, Account, Writer->Sid, Writer->Why == PRCM_WRITER_OWNER ? "owns" : "may change",
            Writer->Path);
        break;
    }
}

static void
WriteVersion(char Text[16], uint32_t Version)
{
    snprintf(Text, 16, "%u.%u.%u", (unsigned)(Version >> 24), (unsigned)(Version >> 16 & 0xFF),
             (unsigned)(Version & 0xFFFF));
}

static void
SayOlder(const PRCM_INSTALL_REPORT *Report)
{
    char From[16];
    char To[16];

    WriteVersion(From, Report->FromVersion);
    WriteVersion(To, Report->ToVersion);
    MessageSay("version %s is installed, and this is %s. To go back to it: prcm install --downgrade.", From,
               To);
}

static EXIT_CODE
SayWentBack(const PRCM_INSTALL_REPORT *Report)
{
    char From[16];
    char To[16];
    uint32_t Error = PrcmLastSystemError();
    uint32_t State;
    bool Runs = PrcmServiceState(&State) == PRCM_OK && State == PRCM_SERVICE_RUNNING;

    WriteVersion(From, Report->FromVersion);
    WriteVersion(To, Report->ToVersion);
    MessageSay("version %s does not start (Windows error %lu); %s is in its place again%s.", To,
               (unsigned long)Error, From, Runs ? ", and runs" : "");
    return EXIT_FAILED;
}

static EXIT_CODE
InstallFailed(const char *Path, PRCM_RESULT Result, const PRCM_INSTALL_REPORT *Report)
{
    if (Result == PRCM_ERROR_PARAMETER)
        MessageSay("%s is not on a drive of this machine. Leave out --in-place to have it copied.", Path);
    else if (Result == PRCM_ERROR_NO_FILE && IsDirectory(Path))
        MessageSay("%s is a directory. Name the driver's file in it: prcm install PATH.", Path);
    else if (Result == PRCM_ERROR_NO_FILE)
        MessageSay("there is no file %s. Say where the driver is: prcm install PATH.", Path);
    else if (Result == PRCM_ERROR_UNSAFE)
        SayUnsafe(Path, &Report->Writer);
    else if (Result == PRCM_ERROR_OLDER)
        SayOlder(Report);
    else if (Result == PRCM_ERROR_WENT_BACK)
        return SayWentBack(Report);
    else if (Result == PRCM_ERROR_BUSY && IsStopping())
        return SayHeld("install the driver", "then repeat this command. File and settings are as before.");
    else
        return MessageFail("install the driver", Result);
    return EXIT_FAILED;
}

/* "installed version 0.2.0", "upgraded from 0.1.0 to 0.2.0". */
static void
WriteAction(SINK *Sink, const PRCM_INSTALL_REPORT *Report)
{
    char From[16];
    char To[16];

    WriteVersion(From, Report->FromVersion);
    WriteVersion(To, Report->ToVersion);
    switch (Report->Action)
    {
    case PRCM_INSTALL_UNCHANGED:
        SinkText(Sink, "installed already: version ");
        break;
    case PRCM_INSTALL_REPAIRED:
        SinkText(Sink, "repaired: version ");
        break;
    case PRCM_INSTALL_UPGRADED:
    case PRCM_INSTALL_DOWNGRADED:
        SinkText(Sink, Report->Action == PRCM_INSTALL_UPGRADED ? "upgraded from " : "downgraded from ");
        SinkText(Sink, From);
        SinkText(Sink, " to ");
        break;
    default:
        SinkText(Sink, "installed: version ");
        break;
    }
    SinkText(Sink, To);
}

static void
WriteInstalled(SINK *Sink, const PRCM_INSTALL_REPORT *Report, bool InPlace)
{
    static PRCM_SERVICE_INFO Info;

    WriteAction(Sink, Report);
    if (PrcmServiceInfo(&Info) == PRCM_OK)
    {
        SinkText(Sink, ", ");
        Utf16WriteUtf8(Sink, Info.DriverPath);
        SinkText(Sink, Info.StartsAtBoot ? ", starts at boot" : ", starts on demand");
    }
    SinkText(Sink, "\n");
    if (InPlace)
        SinkText(Sink, "The file must stay where it is.\n");
    if (Report->Restarted)
        SinkText(Sink, "The driver was stopped for this, and runs again.\n");
    else if (Info.State == PRCM_SERVICE_RUNNING)
        SinkText(Sink, "It runs; settings that were changed count from its next start on.\n");
    else
        SinkText(Sink, "Next: \"prcm start\".\n");
}

static EXIT_CODE
Install(const char *Named, const PRCM_SERVICE_OPTIONS *Options)
{
    static PRCM_INSTALL_REPORT Report;
    char Path[MAX_PATH * 3];

    if (SystemIsEmulated())
    {
        MessageSay("this is the 32-bit prcm.exe on a 64-bit Windows, whose kernel takes 64-bit drivers only: "
                   "use the "
                   "prcm.exe and prcm.sys of the x64 folder.");
        return EXIT_FAILED;
    }
    if (!DriverPath(Named, Path, sizeof(Path)))
    {
        MessageSay("the path of the driver's file is too long (259 characters at most).");
        return EXIT_FAILED;
    }
    PRCM_RESULT Result = PrcmInstallWith(Path, Options, &Report);
    if (Result != PRCM_OK)
        return InstallFailed(Path, Result, &Report);
    WriteInstalled(ConsoleOutput(), &Report, Options->InPlace != 0);
    return EXIT_OK;
}

static EXIT_CODE
RunInstall(ARGS *Args)
{
    static const struct option Table[] = {
        {"boot", no_argument, NULL, OPTION_BOOT},
        {"on-demand", no_argument, NULL, OPTION_ON_DEMAND},
        {"in-place", no_argument, NULL, OPTION_IN_PLACE},
        {"downgrade", no_argument, NULL, OPTION_DOWNGRADE},
        {"timeout", required_argument, NULL, OPTION_TIMEOUT},
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
            return MessageUsage(Args);
    }
    if (ArgsOperandCount(Args) > 1)
    {
        ArgsRefuse(Args, NULL, ArgsOperand(Args, 1), "one driver file is enough");
        return MessageUsage(Args);
    }
    const char *Named = ArgsOperandCount(Args) == 1 ? ArgsOperand(Args, 0) : NULL;
    if (Named != NULL && Named[0] == '\0')
    {
        ArgsRefuse(Args, NULL, "\"\"", "an empty path; leave it out for the prcm.sys beside prcm.exe");
        return MessageUsage(Args);
    }
    return Install(Named, &Options);
}

/* The option of those that stop the driver. Whether to go on; if not, Code is what to exit with. */
static bool
TakeTimeout(const COMMAND *Command, ARGS *Args, uint32_t *TimeoutMs, EXIT_CODE *Code)
{
    static const struct option Table[] = {
        {"timeout", required_argument, NULL, OPTION_TIMEOUT}, ARGS_HELP_OPTION, {NULL, 0, NULL, 0}};
    int Option;

    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        bool Help = Option == ARGS_HELP;
        if (Help || Option == ARGS_WRONG || !ArgsSeconds(Args, "timeout", optarg, TimeoutMs))
        {
            *Code = Help ? CommandShowHelp(Command) : MessageUsage(Args);
            return false;
        }
    }
    if (ArgsNone(Args))
        return true;
    *Code = MessageUsage(Args);
    return false;
}

static EXIT_CODE
RunUninstall(ARGS *Args)
{
    EXIT_CODE Code;
    uint32_t TimeoutMs = STOP_DEFAULT_MS;

    if (!TakeTimeout(&UninstallCommand, Args, &TimeoutMs, &Code))
        return Code;
    PRCM_RESULT Result = PrcmUninstallWith(TimeoutMs);
    if (Result == PRCM_ERROR_BUSY && IsStopping())
        return SayHeld("uninstall the driver", "then repeat this command. Nothing was taken away yet.");
    if (Result != PRCM_OK)
        return MessageFail("uninstall the driver", Result);
    SinkText(ConsoleOutput(), "uninstalled: the service prcm, its settings and what install had copied are "
                              "gone.\n");
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
    if (Result == PRCM_ERROR_BUSY && IsStopping())
        return SayHeld("start the driver", "then repeat this command.");
    if (Result != PRCM_OK)
        return MessageFail("start the driver", Result);
    SinkText(ConsoleOutput(), WasRunning ? "running already: " : "started: ");
    SinkText(ConsoleOutput(), "events are being kept. Next: \"prcm watch\", or \"prcm selftest\".\n");
    return EXIT_OK;
}

static EXIT_CODE
RunStop(ARGS *Args)
{
    EXIT_CODE Code;
    uint32_t TimeoutMs = STOP_DEFAULT_MS;

    if (!TakeTimeout(&StopCommand, Args, &TimeoutMs, &Code))
        return Code;
    bool WasStopped = ServiceIs(PRCM_SERVICE_STOPPED);
    PRCM_RESULT Result = PrcmStop(TimeoutMs);
    if (Result == PRCM_ERROR_BUSY && IsStopping())
        return SayHeld("stop the driver in time", "\"prcm stop\" waits for that once more.");
    if (Result != PRCM_OK)
        return MessageFail("stop the driver", Result);
    SinkText(ConsoleOutput(), WasStopped ? "not running: nothing to stop.\n"
                                         : "stopped: its readers were told, and what it kept is gone.\n");
    return EXIT_OK;
}

const COMMAND InstallCommand = {
    .Summary = "make the driver known to Windows",
    .Run = RunInstall,
    .Help = "usage: prcm install [OPTIONS] [PATH]\n"
            "\n"
            "Copies the driver file PATH (default: prcm.sys beside prcm.exe) to\n"
            "System32\\drivers, where only administrators write, and creates the service\n"
            "\"prcm\" for it. Does not start it. Where prcm is installed this is an upgrade: a\n"
            "running driver is stopped and started again, and the file before is put back if\n"
            "the new one does not start. Settings that are not given stay. Administrators\n"
            "only.\n"
            "\n"
            "  --boot                  start at boot, so that what happens before anybody\n"
            "                          reads is kept\n"
            "  --on-demand             start by \"prcm start\" (default)\n"
            "  --lifecycle-lane BYTES  memory that keeps starts and exits, 2M to 256M\n"
            "                          (default 4M)\n"
            "  --image-lane BYTES      memory that keeps image loads, 2M to 256M\n"
            "                          (default 8M)\n"
            "  --kind KINDS            what to capture: start,exit,image (default: all)\n"
            "  --in-place              leave the file where it is; refused where others than\n"
            "                          administrators could put another in its place\n"
            "  --downgrade             over a newer version too\n"
            "  --timeout SECONDS       how long a running driver may take to stop (default\n"
            "                          30)\n"
            "  -h, --help              show this\n"
            "\n"
            "A test-signed driver starts only where Windows was told to allow it: as\n"
            "administrator, install its certificate, run \"bcdedit /set testsigning on\", and\n"
            "reboot.\n",
};

const COMMAND UninstallCommand = {
    .Summary = "stop the driver and remove it from Windows",
    .Run = RunUninstall,
    .Help = "usage: prcm uninstall [--timeout SECONDS]\n"
            "\n"
            "Stops the driver if it runs, and takes away what install has put there: the\n"
            "copied file, settings, service. A file installed --in-place stays.\n"
            "Administrators only.\n"
            "\n"
            "  --timeout SECONDS  how long to wait for readers to close (default 30)\n"
            "  -h, --help         show this\n",
};

const COMMAND StartCommand = {
    .Summary = "start the driver: events are kept from now on",
    .Run = RunStart,
    .Help = "usage: prcm start\n"
            "\n"
            "Starts the driver. One that runs already is fine. Administrators only.\n"
            "\n"
            "  -h, --help  show this\n",
};

const COMMAND StopCommand = {
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
