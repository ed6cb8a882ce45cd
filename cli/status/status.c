/* SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/message.h"
#include "cli/output.h"
#include "host/console.h"
#include "host/system.h"
#include "status_report.h"

enum
{
    OPTION_JSON = 256,
    OPTION_COLOR
};

static PRCM_RESULT
QueryDriver(STATUS_REPORT *Report)
{
    PRCM_SESSION *Session;
    PRCM_RESULT Result = PrcmOpen(&Session);

    if (Result != PRCM_OK)
        return Result;
    Result = PrcmQuery(Session, &Report->Query);
    PrcmClose(Session);
    Report->Running = Result == PRCM_OK;
    Report->LocalInstance = SystemLocalTime((int64_t)Report->Query.Instance);
    return Result;
}

void
StatusReportTakeService(STATUS_REPORT *Report)
{
    PRCM_RESULT Result = PrcmServiceInfo(&Report->Service);

    Report->HasService = Result == PRCM_OK;
    Report->Installed = Result != PRCM_ERROR_NOT_INSTALLED;
    if (StatusIsStopping(Report))
        HoldersFind(&Report->Holders);
}

/* What can be told without the driver is told, whatever its answer. */
static EXIT_CODE
Show(bool Json)
{
    static STATUS_REPORT Report;

    StatusReportTakeService(&Report);
    PRCM_RESULT Result = QueryDriver(&Report);
    (Json ? StatusReportWriteJson : StatusReportWriteText)(ConsoleOutput(), &Report);
    if (Result == PRCM_OK)
        return EXIT_OK;
    if (!StatusIsStopping(&Report))
        return MessageFail("ask the driver", Result);
    MessageSay(
        "the driver is stopping, and ends when the last handle to it is closed. Close the programs that "
        "hold it; \"prcm stop\" waits for that.");
    return EXIT_NO_DRIVER;
}

static EXIT_CODE
RunStatus(ARGS *Args)
{
    static const struct option Table[] = {
        {"json", no_argument, NULL, OPTION_JSON},
        {"color", required_argument, NULL, OPTION_COLOR},
        ARGS_HELP_OPTION,
        {NULL, 0, NULL, 0},
    };
    ARGS_COLOR Color = ARGS_COLOR_AUTO;
    bool Json = false;
    int Option;

    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (Option == ARGS_HELP)
            return CommandShowHelp(&StatusCommand);
        if (Option == ARGS_WRONG || (Option == OPTION_COLOR && !ArgsColor(Args, "color", optarg, &Color)))
            return MessageUsage(Args);
        Json |= Option == OPTION_JSON;
    }
    if (!ArgsNone(Args))
        return MessageUsage(Args);
    OutputSetColor(Json ? ARGS_COLOR_NEVER : Color);
    return Show(Json);
}

const COMMAND StatusCommand = {
    .Summary = "show the driver's state, tiers, lanes and counters",
    .Run = RunStatus,
    .Help = "usage: prcm status [OPTIONS]\n"
            "\n"
            "Shows the service, the driver's file, who may control and open it, its version\n"
            "and instance, the kernel routines in use and those that are not and why, the\n"
            "lanes of the log, counters and readers. Of a driver that is stopping: which\n"
            "programs hold it. Exit code 4 if the driver is not running.\n"
            "\n"
            "  --json        one JSON object\n"
            "  --color WHEN  auto, always or never (default auto: on a console, unless\n"
            "                NO_COLOR is set)\n"
            "  -h, --help    show this\n",
};
