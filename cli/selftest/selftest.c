/* SPDX-License-Identifier: MIT */
#include "selftest.h"

#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/status/status_report.h"
#include "formats/formats.h"
#include "host/console.h"
#include "host/system.h"
#include "text/times.h"

#define DEFAULT_COUNT   100u
#define DEFAULT_AT_ONCE 16u
#define MAX_AT_ONCE     60u

#define POLL_MS 20u

/* A path and the words around it; a path is at most MAX_PATH units, of 3 bytes each. */
#define MAX_REPORT_PATH (3u * MAX_PATH + 32u)

/* Mismatches on the console; the report has all. */
#define MAX_SHOWN 20u

enum
{
    OPTION_REPORT = 256,
    OPTION_AT_ONCE,
    OPTION_COLOR
};

typedef struct SELFTEST
{
    uint32_t Count;
    uint32_t AtOnce;
    const char *Report; /* path, or NULL */
    WCHAR ReportPath[MAX_PATH];
    HANDLE ReportFile; /* NULL: none */
    bool Reported;
    ARGS_COLOR Color;
    HANDLE StopEvent;
    SELFTEST_BURST Burst;
    SELFTEST_READER Reader;
    FINDINGS Findings; /* with a report alone */
    DWORD BurstMs;
    DWORD WaitedMs;
    CHECK_WAIT Wait;
    CHECK_WAIT_STATE Waited; /* CHECK_WAITING: it was interrupted, or reading has ended */
    CHECK_RESULT Result;
    CLOSING Closing;
    SINK Mismatches;
    char *MismatchText;
    size_t MismatchBytes;
} SELFTEST;

static uint32_t
KeepText(void *Context, const char *Bytes, size_t Length)
{
    SELFTEST *Test = Context;
    char *Larger = realloc(Test->MismatchText, Test->MismatchBytes + Length);

    if (Larger == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(Larger + Test->MismatchBytes, Bytes, Length);
    Test->MismatchText = Larger;
    Test->MismatchBytes += Length;
    return 0;
}

/* Until everything is there, or nothing of it has come for a while. */
static void
AwaitEvents(SELFTEST *Test)
{
    CheckWaitBegin(&Test->Wait, Test->Burst.Count, GetTickCount());
    while ((Test->Waited = SelftestReaderWait(&Test->Reader, &Test->Wait, &Test->Burst)) == CHECK_WAITING)
    {
        if (WaitForSingleObject(Test->StopEvent, POLL_MS) == WAIT_OBJECT_0 ||
            WaitForSingleObject(Test->Reader.Thread, 0) == WAIT_OBJECT_0)
            return;
    }
}

static void
WriteSubject(SINK *Sink, const SELFTEST *Test)
{
    SinkUnsigned(Sink, Test->Count);
    SinkText(Sink, Test->Count == 1 ? " short-lived process, " : " short-lived processes, ");
    SinkUnsigned(Sink, Test->AtOnce);
    SinkText(Sink, " at a time");
}

static void
WriteLatency(SINK *Sink, const char *Name, int64_t Latency)
{
    SinkText(Sink, Name);
    if (Latency < 0)
        SinkText(Sink, "below 0 (the clock was stepped)");
    else
        TimesWriteShort(Sink, (uint64_t)Latency);
}

static void
WriteLatencies(SINK *Sink, const SELFTEST *Test)
{
    const CHECK_RESULT *Result = &Test->Result;

    if (Result->LatencyCount == 0)
        return;
    WriteLatency(Sink, "latency from event to reader: p50 ", Result->LatencyHalf);
    WriteLatency(Sink, ", p99 ", Result->LatencyNinetyNine);
    WriteLatency(Sink, ", max ", Result->LatencyMax);
    SinkText(Sink, " (");
    SinkGrouped(Sink, Result->LatencyCount);
    SinkText(Sink, " events");
    if ((Test->Reader.Query.Flags & PRCM_QUERY_TIME_PRECISE) == 0)
        SinkText(Sink, ", to the clock tick");
    SinkText(Sink, ")\n");
}

static void
WriteVerdict(SINK *Sink, const SELFTEST *Test)
{
    const CHECK_RESULT *Result = &Test->Result;
    bool Whole = Result->NoCommandLine == 0;

    SinkStyle(Sink, Result->Right == Test->Count ? STYLE_GREEN : STYLE_RED);
    SinkUnsigned(Sink, Result->Right);
    SinkText(Sink, " of ");
    SinkUnsigned(Sink, Test->Count);
    SinkStyle(Sink, STYLE_PLAIN);
    if (Result->Right != Test->Count)
        SinkText(Sink, ": of the others, something is missing or wrong\n");
    else if (Whole)
        SinkText(Sink, ": start, parent, command line, exit, exit status and order, each once\n");
    else
        SinkText(Sink, ": start, parent, exit, exit status and order, each once\n");
    if (!Whole)
    {
        SinkText(Sink, "command lines: ");
        SinkUnsigned(Sink, Result->NoCommandLine);
        SinkText(Sink, " not told by the routine that this Windows offers, so not compared\n");
    }
    if (Result->NoCreateTime != 0)
    {
        SinkText(Sink, "create times: ");
        SinkUnsigned(Sink, Result->NoCreateTime);
        SinkText(Sink, " not told; those events were joined by process id alone\n");
    }
}

/* How many bytes the first Lines lines take. */
static size_t
LinesLength(const char *Text, size_t Length, uint32_t Lines)
{
    size_t At = 0;

    for (; At < Length && Lines != 0; At++)
        Lines -= Text[At] == '\n';
    return At;
}

static void
WriteMismatches(SINK *Sink, const SELFTEST *Test, uint32_t MaxLines)
{
    size_t Length = LinesLength(Test->MismatchText, Test->MismatchBytes, MaxLines);

    SinkStyle(Sink, STYLE_RED);
    SinkBytes(Sink, Test->MismatchText, Length);
    if (Length < Test->MismatchBytes)
    {
        SinkText(Sink, "and ");
        SinkUnsigned(Sink, Test->Result.Mismatches - MaxLines);
        SinkText(Sink, " mismatches more (--report FILE has them all)\n");
    }
    SinkStyle(Sink, STYLE_PLAIN);
    if (Test->Closing.Captured.Total == 0)
        SinkText(
            Sink,
            "the driver was told of nothing at all during the test: its notify routines are not called\n");
}

static void
WriteWait(SINK *Sink, const SELFTEST *Test)
{
    if (Test->Waited == CHECK_COMPLETE)
        return;
    SinkText(Sink, Test->Waited == CHECK_GAVE_UP ? "gave up waiting after " : "waiting was cut short after ");
    TimesWriteDuration(Sink, Test->WaitedMs);
    SinkText(Sink, ": ");
    SinkUnsigned(Sink, Test->Wait.Missing);
    SinkText(Sink, " of ");
    SinkUnsigned(Sink, 2 * Test->Burst.Count);
    SinkText(Sink, " starts and exits had not come\n");
}

static void
WriteResult(SINK *Sink, const SELFTEST *Test, uint32_t MaxLines)
{
    WriteVerdict(Sink, Test);
    WriteWait(Sink, Test);
    WriteMismatches(Sink, Test, MaxLines);
    WriteLatencies(Sink, Test);
    SinkText(Sink, "the burst took ");
    TimesWriteDuration(Sink, Test->BurstMs);
    SinkText(Sink, "; ");
    SinkGrouped(Sink, Test->Reader.ImageCount);
    SinkText(Sink, " image loads were read meanwhile, of all processes\n");
    FormatText.Closing(Sink, NULL, &Test->Closing, SystemLocalTime((int64_t)Test->Closing.Instance));
}

static uint32_t
WriteToFile(void *Context, const char *Bytes, size_t Length)
{
    DWORD Written;

    if (!WriteFile(Context, Bytes, (DWORD)Length, &Written, NULL))
        return GetLastError();
    return Written == Length ? 0 : ERROR_DISK_FULL;
}

static void
WriteFindings(SINK *Sink, const SELFTEST *Test)
{
    const SELFTEST_READER *Reader = &Test->Reader;
    FINDINGS Findings = Test->Findings;

    Findings.Children = Test->Burst.Children;
    Findings.ChildCount = Test->Burst.Count;
    Findings.Events = Reader->Events;
    Findings.EventCount = Reader->EventCount;
    Findings.Images = Reader->Images;
    Findings.ImageCount = Reader->ImageCount;
    Findings.ImagesCaptured = (Reader->Query.Kinds & PRCM_KIND_BIT(PRCM_KIND_IMAGE)) != 0;
    Findings.StartPaths = Reader->StartPaths;
    Findings.ImagePaths = Reader->ImagePaths;
    FindingsWrite(Sink, &Findings);
}

static void
WriteReport(SINK *Sink, const SELFTEST *Test)
{
    static STATUS_REPORT Status;

    Status.Running = true;
    Status.Query = Test->Reader.Query;
    StatusReportTakeService(&Status);
    Status.LocalInstance = SystemLocalTime((int64_t)Status.Query.Instance);
    SinkText(Sink, "prcm selftest report, ");
    TimesWriteRfc3339(Sink, SystemTime(false));
    SinkText(Sink, "\n");
    SystemDescribe(Sink);
    SinkText(Sink, sizeof(void *) == 8 ? ", 64-bit prcm.exe\n" : ", 32-bit prcm.exe\n");
    SelftestDescribeMachine(Sink);
    SinkChar(Sink, '\n');
    SinkText(Sink, "THE DRIVER, BEFORE\n");
    StatusReportWriteText(Sink, &Status);
    SinkText(Sink, "\nTHE TEST: ");
    WriteSubject(Sink, Test);
    SinkText(Sink, "\n");
    WriteResult(Sink, Test, UINT32_MAX);
    SinkText(Sink, "\nHOW THIS WINDOWS TELLS (docs/windows-notes.md)\n");
    WriteFindings(Sink, Test);
}

static EXIT_CODE
ReportFailed(const SELFTEST *Test, DWORD Error)
{
    char Do[MAX_REPORT_PATH];

    snprintf(Do, sizeof(Do), "write the report %s", Test->Report);
    MessageFailWith(Do, PRCM_ERROR_SYSTEM, Error);
    return EXIT_OUTPUT;
}

/* Before the burst: a report that cannot be written is better known before than after the wait. */
static EXIT_CODE
OpenReport(SELFTEST *Test)
{
    if (Test->Report == NULL)
        return EXIT_OK;
    if (MultiByteToWideChar(CP_UTF8, 0, Test->Report, -1, Test->ReportPath, MAX_PATH) == 0)
        return ReportFailed(Test, ERROR_FILENAME_EXCED_RANGE);
    HANDLE File =
        CreateFileW(Test->ReportPath, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (File == INVALID_HANDLE_VALUE)
        return ReportFailed(Test, GetLastError());
    Test->ReportFile = File;
    return EXIT_OK;
}

static EXIT_CODE
SaveReport(SELFTEST *Test)
{
    static SINK Sink;

    if (Test->ReportFile == NULL)
        return EXIT_OK;
    SinkInit(&Sink, WriteToFile, Test->ReportFile, false);
    WriteReport(&Sink, Test);
    Test->Reported = true;
    return SinkFlush(&Sink) ? EXIT_OK : ReportFailed(Test, Sink.Error);
}

/* A test that came to no result leaves no empty report. */
static void
CloseReport(const SELFTEST *Test)
{
    if (Test->ReportFile == NULL)
        return;
    CloseHandle(Test->ReportFile);
    if (!Test->Reported)
        DeleteFileW(Test->ReportPath);
}

static EXIT_CODE
TakeAccount(SELFTEST *Test)
{
    const uint64_t Nothing[PRCM_KIND_COUNT] = {0};
    PRCM_ACCOUNT Account;
    PRCM_TOKEN Token;

    PRCM_RESULT Result = PrcmAccount(Test->Reader.Session, &Account);
    if (Result == PRCM_OK)
        Result = PrcmToken(Test->Reader.Session, &Token);
    if (Result != PRCM_OK)
        return MessageFail("take the account", Result);
    ClosingBuild(&Test->Closing, &Account, &Token, Nothing, NULL);
    return EXIT_OK;
}

/* The burst is over and the reader has stopped. */
static EXIT_CODE
Judge(SELFTEST *Test)
{
    EXIT_CODE Code = TakeAccount(Test);

    if (Code != EXIT_OK)
        return Code;
    SinkInit(&Test->Mismatches, KeepText, Test, false);
    bool Checked = CheckRun(Test->Burst.Children, Test->Burst.Count, Test->Reader.Events,
                            Test->Reader.EventCount, GetCurrentProcessId(), &Test->Mismatches, &Test->Result);
    if (!Checked || !SinkFlush(&Test->Mismatches))
        return MessageFail("compare", PRCM_ERROR_MEMORY);
    WriteResult(ConsoleOutput(), Test, MAX_SHOWN);
    Code = SaveReport(Test);
    if (Test->Reader.Failed != PRCM_OK)
        return MessageFail("read on", Test->Reader.Failed);
    bool Right = Test->Result.Right == Test->Count && Test->Result.Mismatches == 0 && Test->Closing.Closed;
    return Right ? Code : EXIT_MISMATCH;
}

static EXIT_CODE
BurstFailed(const SELFTEST *Test, DWORD Error)
{
    if (Error == ERROR_CANCELLED)
        MessageSay("interrupted after %lu processes; nothing was compared.",
                   (unsigned long)Test->Burst.Count);
    else if (Error == ERROR_TIMEOUT)
        MessageSay(
            "a process that should end at once is still running after a minute; nothing was compared.");
    else
        MessageSay("process %lu could not be started: Windows error %lu; nothing was compared.",
                   (unsigned long)Test->Burst.Count + 1, (unsigned long)Error);
    return EXIT_FAILED;
}

static EXIT_CODE
RunTest(SELFTEST *Test)
{
    uint32_t Needed = PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT);

    PRCM_RESULT Result = SelftestReaderStart(&Test->Reader);
    if (Result != PRCM_OK)
        return MessageFail("read the stream", Result);
    if ((Test->Reader.Query.Kinds & Needed) != Needed)
    {
        MessageSay("the driver does not capture starts and exits (prcm install --kind), so there is nothing "
                   "to test.");
        return EXIT_FAILED;
    }
    WriteSubject(ConsoleOutput(), Test);
    SinkText(ConsoleOutput(), " ...\n");
    SinkFlush(ConsoleOutput());
    if (Test->Report != NULL)
        SelftestProbe(&Test->Findings);
    DWORD Began = GetTickCount();
    DWORD Error = SelftestBurstRun(&Test->Burst, Test->Count, Test->AtOnce, Test->StopEvent);
    Test->BurstMs = GetTickCount() - Began;
    if (Error != 0)
        return BurstFailed(Test, Error);
    AwaitEvents(Test);
    Test->WaitedMs = GetTickCount() - Test->Wait.Began;
    SelftestReaderStop(&Test->Reader);
    return Judge(Test);
}

static bool
Parse(SELFTEST *Test, ARGS *Args, bool *Help)
{
    static const struct option Table[] = {
        {"report", required_argument, NULL, OPTION_REPORT},
        {"at-once", required_argument, NULL, OPTION_AT_ONCE},
        {"color", required_argument, NULL, OPTION_COLOR},
        ARGS_HELP_OPTION,
        {NULL, 0, NULL, 0},
    };
    uint64_t Value = DEFAULT_AT_ONCE;
    int Option;

    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        *Help = Option == ARGS_HELP;
        if (*Help)
            return true;
        if (Option == OPTION_REPORT)
            Test->Report = optarg;
        else if (Option == ARGS_WRONG ||
                 (Option == OPTION_AT_ONCE && !ArgsNumber(Args, "at-once", optarg, 1, MAX_AT_ONCE, &Value)) ||
                 (Option == OPTION_COLOR && !ArgsColor(Args, "color", optarg, &Test->Color)))
            return false;
    }
    Test->AtOnce = (uint32_t)Value;
    Value = DEFAULT_COUNT;
    if (ArgsOperandCount(Args) > 1)
        return ArgsRefuse(Args, NULL, ArgsOperand(Args, 1), "one number is enough");
    if (ArgsOperandCount(Args) == 1 &&
        !ArgsNumber(Args, NULL, ArgsOperand(Args, 0), 1, SELFTEST_MAX_COUNT, &Value))
        return false;
    Test->Count = (uint32_t)Value;
    return true;
}

static EXIT_CODE
RunSelftest(ARGS *Args)
{
    static SELFTEST Test;
    bool Help = false;

    if (!Parse(&Test, Args, &Help))
        return MessageUsage(Args);
    if (Help)
        return CommandShowHelp(&SelftestCommand);
    OutputSetColor(Test.Color);
    Test.StopEvent = ConsoleStopEvent();
    if (Test.StopEvent == NULL)
        return MessageFail("begin", PRCM_ERROR_MEMORY);
    EXIT_CODE Code = OpenReport(&Test);
    if (Code != EXIT_OK)
        return Code;
    Code = RunTest(&Test);
    SelftestReaderDestroy(&Test.Reader);
    SelftestBurstDestroy(&Test.Burst);
    free(Test.MismatchText);
    CloseReport(&Test);
    return Code;
}

const COMMAND SelftestCommand = {
    .Summary = "start a burst of processes and compare with what was read of it",
    .Run = RunSelftest,
    .Help = "usage: prcm selftest [OPTIONS] [N]\n"
            "\n"
            "Starts N short-lived processes (default 100, at most 5000), several at once,\n"
            "writes down each one's id, command line and exit code, and compares with the\n"
            "stream: each start and exit once, in order, with the right parent, command line\n"
            "and exit status. Says how long events took to their reader, and shows the\n"
            "account. Exit code 0 only if everything is as it was, 3 if something is not.\n"
            "\n"
            "  --at-once N    processes that run at the same time (default 16, at most 60)\n"
            "  --report FILE  write everything that a maintainer needs to FILE\n"
            "  --color WHEN   auto, always or never (default auto: on a console, unless\n"
            "                 NO_COLOR is set)\n"
            "  -h, --help     show this\n",
};
