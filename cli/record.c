/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "formats/formats.h"
#include "host/console.h"
#include "host/system.h"
#include "message.h"
#include "output.h"
#include "reading_options.h"
#include "record_facts.h"

/* What was taken is on the disk within a second. */
#define FLUSH_MS 500u

#define DO_BYTES 1024

enum
{
    OPTION_APPEND = 0x300,
    OPTION_FORCE
};

static const struct option Table[] = {
    READING_OPTIONS_ROWS,
    {"append", no_argument, NULL, OPTION_APPEND},
    {"force", no_argument, NULL, OPTION_FORCE},
    ARGS_HELP_OPTION,
    {NULL, 0, NULL, 0},
};

typedef struct RECORD
{
    READING_OPTIONS Reading;
    bool FromGiven;
    bool Append;
    bool Force;
    bool Help;
    const char *Path;
    void *StopEvent;
    PRCM_SESSION *Session;
    PRCM_CAPTURE_WRITER *Writer;
    RECORD_FACTS Facts;
    uint64_t Began;     /* SystemTicks */
    uint64_t FlushedAt; /* SystemTicks */
    uint64_t Head;      /* as of the beginning */
    uint64_t Next;      /* the number behind what was taken */
} RECORD;

static bool
SetOption(RECORD *Record, ARGS *Args, int Option, const char *Argument)
{
    Record->FromGiven = Record->FromGiven || Option == READING_OPTION_FROM;
    if (Option >= READING_OPTION_FIRST && Option < READING_OPTION_END)
        return ReadingOptionsSet(&Record->Reading, Args, Option, Argument);
    Record->Append = Record->Append || Option == OPTION_APPEND;
    Record->Force = Record->Force || Option == OPTION_FORCE;
    Record->Help = Option == ARGS_HELP;
    return Option != ARGS_WRONG;
}

static bool
Parse(RECORD *Record, ARGS *Args)
{
    int Option;

    ReadingOptionsInit(&Record->Reading, PRCM_FROM_OLDEST);
    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (!SetOption(Record, Args, Option, optarg))
            return false;
        if (Record->Help)
            return true;
    }
    ReadingOptionsFinish(&Record->Reading);
    if (Record->Append && Record->Force)
        return ArgsRefuse(Args, "append", "and --force", "either go on with the file, or begin it anew");
    if (Record->Append && Record->FromGiven)
        return ArgsRefuse(Args, "append", "and --from", "a capture is gone on with where it ends");
    if (ArgsOperandCount(Args) != 1)
        return ArgsRefuse(Args, NULL, "record", "one file to record to, such as night.prcm");
    Record->Path = ArgsOperand(Args, 0);
    return true;
}

/* Why the file cannot be had, or written to. */
static EXIT_CODE
FileFailed(const RECORD *Record, const char *What, PRCM_RESULT Result)
{
    char Do[DO_BYTES];

    snprintf(Do, sizeof(Do), "%s %s", What, Record->Path);
    EXIT_CODE Code = MessageFail(Do, Result);
    if (Result == PRCM_ERROR_EXISTS)
        MessageSay("--append goes on with it, --force begins it anew.");
    return Code;
}

static void
SayTail(const PRCM_CAPTURE_TAIL *Tail)
{
    if (Tail->CutBytes != 0)
        MessageSay(
            "the last %llu bytes of the file were torn, as after a crash or a power cut, and are cut off.",
            (unsigned long long)Tail->CutBytes);
}

/* Opens the file, and if it is gone on with, has the subscription begin where it ends. */
static PRCM_RESULT
OpenWriter(RECORD *Record)
{
    const PRCM_CAPTURE_OPTIONS Options = {.Time = SystemTime(false)};
    PRCM_CAPTURE_TAIL Tail;
    PRCM_CAPTURE_FILE File;
    uint32_t Mode = Record->Append  ? PRCM_CAPTURE_APPEND
                    : Record->Force ? PRCM_CAPTURE_REPLACE
                                    : PRCM_CAPTURE_CREATE;
    PRCM_RESULT Result = PrcmCaptureFileOpen(Record->Path, Mode, &File);

    if (Result != PRCM_OK)
        return Result;
    if (!Record->Append)
        return PrcmCaptureCreate(&File, &Options, &Record->Writer);
    Result = PrcmCaptureReopen(&File, &Options, &Record->Writer, &Tail);
    if (Result != PRCM_OK)
        return Result;
    SayTail(&Tail);
    if (Tail.HasToken)
    {
        Record->Reading.Subscription.From = PRCM_FROM_TOKEN;
        Record->Reading.Subscription.Token = Tail.Token;
    }
    return PRCM_OK;
}

static uint32_t
TimeLeft(const RECORD *Record)
{
    uint64_t Elapsed = SystemTicks() - Record->Began;

    if (Record->Reading.DurationMs == READING_NO_DURATION)
        return PRCM_WAIT_FOREVER;
    return Elapsed < Record->Reading.DurationMs ? Record->Reading.DurationMs - (uint32_t)Elapsed : 0;
}

/* A duration of 0 asks for what was there when it began. */
static bool
IsOver(const RECORD *Record)
{
    if (Record->Reading.DurationMs == 0)
        return Record->Next >= Record->Head;
    return TimeLeft(Record) == 0;
}

/* How long to wait for a batch: no longer than until what was taken is to be written. */
static uint32_t
WaitTime(const RECORD *Record)
{
    uint32_t Left = TimeLeft(Record);
    return Left < FLUSH_MS ? Left : FLUSH_MS;
}

/* The writer's result. */
static PRCM_RESULT
FlushInTime(RECORD *Record)
{
    if (SystemTicks() - Record->FlushedAt < FLUSH_MS)
        return PRCM_OK;
    Record->FlushedAt = SystemTicks();
    return PrcmCaptureFlush(Record->Writer);
}

static PRCM_RESULT
Take(RECORD *Record, const PRCM_BATCH *Batch, PRCM_RECORDS Records)
{
    PRCM_RESULT Result = RecordFactsBatch(&Record->Facts, Records);

    if (Result == PRCM_OK)
        Result = PrcmCaptureBatch(Record->Writer, Batch, Batch->Bytes);
    if (Result == PRCM_OK)
        Record->Next = Batch->Next.Next;
    return Result;
}

/* Why reading has ended: PRCM_OK or PRCM_TIMEOUT, PRCM_STOP_EVENT, or the session's error. *Writing is the writer's. */
static PRCM_RESULT
Follow(RECORD *Record, PRCM_RESULT *Writing)
{
    const PRCM_BATCH *Batch;
    PRCM_RECORDS Records;

    *Writing = PRCM_OK;
    while (!IsOver(Record))
    {
        PRCM_RESULT Result = PrcmWait(Record->Session, WaitTime(Record), Record->StopEvent, &Batch, &Records);
        if (Result != PRCM_OK && Result != PRCM_TIMEOUT)
            return Result;
        if (Result == PRCM_OK)
            *Writing = Take(Record, Batch, Records);
        if (*Writing == PRCM_OK)
            *Writing = FlushInTime(Record);
        if (*Writing != PRCM_OK)
            return PRCM_OK;
        uint32_t Delay =
            Record->Reading.ReadDelayMs < TimeLeft(Record) ? Record->Reading.ReadDelayMs : TimeLeft(Record);
        if (Delay != 0 && ConsoleWaitStop(Delay))
            return PRCM_STOP_EVENT;
    }
    return PRCM_TIMEOUT;
}

/* What was written is whole, and the driver has what was not, for as long as it keeps it. */
static EXIT_CODE
WritingFailed(const RECORD *Record, PRCM_RESULT Result)
{
    FileFailed(Record, "write to", Result);
    MessageSay("what it holds is whole. To go on: prcm record --append %s", Record->Path);
    return EXIT_OUTPUT;
}

static EXIT_CODE
ShowAccount(RECORD *Record, CLOSING *Closing)
{
    static const uint64_t None[PRCM_KIND_COUNT];
    const FORMAT_ORIGIN Origin = {.HostStatus = PRCM_ABSENT};
    PRCM_ACCOUNT Account;
    PRCM_TOKEN Token;
    PRCM_RESULT Result = PrcmAccount(Record->Session, &Account);

    if (Result == PRCM_OK)
        Result = PrcmToken(Record->Session, &Token);
    if (Result != PRCM_OK)
        return MessageFail("take the account", Result);
    ClosingBuild(Closing, &Account, &Token, None, NULL);
    FormatText.Closing(ConsoleOutput(), &Origin, Closing, SystemLocalTime((int64_t)Account.Instance));
    if (!Closing->Closed)
        return EXIT_MISMATCH;
    return Closing->Lost.Total != 0 ? EXIT_INCOMPLETE : EXIT_OK;
}

static EXIT_CODE
Finish(RECORD *Record, PRCM_RESULT Ended, PRCM_RESULT Writing)
{
    uint32_t Error = PrcmLastSystemError();
    CLOSING Closing;

    if (Writing == PRCM_OK)
        Writing = PrcmCaptureEnd(Record->Writer);
    if (Writing != PRCM_OK)
        return WritingFailed(Record, Writing);
    EXIT_CODE Code = ShowAccount(Record, &Closing);
    if (Ended == PRCM_ERROR_STOPPED)
    {
        MessageSay("the driver was stopped, so recording has ended. \"prcm start\" starts it again.");
        return EXIT_STOPPED;
    }
    return Ended >= PRCM_ERROR_FIRST ? MessageFailWith("read on", Ended, Error) : Code;
}

static EXIT_CODE
RecordSession(RECORD *Record)
{
    PRCM_SUBSCRIBED Subscribed;
    PRCM_QUERY Query;
    PRCM_RESULT Writing;
    PRCM_RESULT Result = PrcmQuery(Record->Session, &Query);

    if (Result == PRCM_OK)
        Result = PrcmSubscribe(Record->Session, &Record->Reading.Subscription, &Subscribed);
    if (Result != PRCM_OK)
        return MessageFail("begin there", Result);
    Record->Head = Subscribed.Head;
    Record->Next = Subscribed.Start.Next;
    Record->Began = SystemTicks();
    Record->FlushedAt = Record->Began;
    Writing = RecordFactsBegin(&Record->Facts, &Query);
    if (Writing == PRCM_OK)
        Writing = PrcmCaptureBegin(Record->Writer, &Record->Reading.Subscription, &Subscribed);
    if (Writing != PRCM_OK)
        return WritingFailed(Record, Writing);
    MessageSay("recording to %s from number %llu on. Ctrl-C ends it.", Record->Path,
               (unsigned long long)Subscribed.Start.Next);
    Result = Follow(Record, &Writing);
    return Finish(Record, Result, Writing);
}

static EXIT_CODE
RecordDriver(RECORD *Record)
{
    Record->StopEvent = ConsoleStopEvent();
    if (Record->StopEvent == NULL)
        return MessageFail("begin", PRCM_ERROR_MEMORY);
    /* The driver first: without one, no file comes into being. */
    PRCM_RESULT Result = PrcmOpen(&Record->Session);
    if (Result != PRCM_OK)
        return MessageFail("open the driver", Result);
    Result = OpenWriter(Record);
    EXIT_CODE Code = Result == PRCM_OK ? EXIT_OK : FileFailed(Record, "record to", Result);
    if (Result == PRCM_OK)
    {
        RecordFactsInit(&Record->Facts, Record->Writer);
        Code = RecordSession(Record);
        RecordFactsDestroy(&Record->Facts);
        PrcmCaptureFree(Record->Writer);
    }
    PrcmClose(Record->Session);
    return Code;
}

static EXIT_CODE
RunRecord(ARGS *Args)
{
    static RECORD Record;

    if (!Parse(&Record, Args))
        return MessageUsage(Args);
    return Record.Help ? CommandShowHelp(&RecordCommand) : RecordDriver(&Record);
}

const COMMAND RecordCommand = {
    .Summary = "keep events in a capture, to be read anywhere",
    .Run = RunRecord,
    .Help = "usage: prcm record [OPTIONS] FILE\n"
            "\n"
            "Keeps what the driver tells, as it tells it, and what is needed to read it\n"
            "elsewhere: drives, names of users, the machine, its time zone. At the end\n"
            "(Ctrl-C, --duration) it shows the account. \"prcm cat\" shows a capture, on\n"
            "Windows and on Linux. Whatever ends this program, what was written up to a\n"
            "second before is whole.\n"
            "\n"
            "the file:\n"
            "  --append            go on with FILE where it ends: each event is there once, or\n"
            "                      it says how many are missing\n"
            "  --force             begin FILE anew, if there is one\n"
            "what to record; all else counts as filtered:\n"
            "  --kind KINDS        start,exit,image (default: all)\n"
            "  --pid PID           of this process; up to 64 times\n"
            "from where, and how long:\n"
            "  --from oldest       what the driver still has (default)\n"
            "  --from now          the next event\n"
            "  --from NUMBER       a number of this run of the driver\n"
            "  --from TOKEN        where an earlier watch ended\n"
            "  --duration SECONDS  end after so long; 0: record what is there already\n"
            "how:\n"
            "  --read-delay MS     wait so long between two reads: fewer and larger batches\n"
            "  --read-bytes BYTES  size of a read, such as 64K (default 256K, at most 1M)\n"
            "  -h, --help          show this\n"
            "\n"
            "Exit code 9 if events were lost before they could be recorded.\n"
            "\n"
            "examples:\n"
            "  prcm record night.prcm\n"
            "  prcm record --append --duration 3600 night.prcm\n",
};
