/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "formats/formats.h"
#include "host/console.h"
#include "host/system.h"
#include "message.h"
#include "output.h"
#include "record_facts.h"
#include "record_options.h"

/* What was taken is on the disk within a second. */
#define FLUSH_MS 500u

#define DO_BYTES 1024

typedef struct RECORD
{
    RECORD_OPTIONS Options;
    void *StopEvent;
    PRCM_SESSION *Session;
    RECORDING Recording;
    RECORD_FACTS Facts;
    uint64_t Began;     /* SystemTicks */
    uint64_t FlushedAt; /* SystemTicks */
    uint64_t Head;      /* as of the beginning */
    uint64_t Next;      /* the number behind what was taken */
    bool OverBudget;    /* and it was said */
} RECORD;

/* Why the file cannot be had, or written to. */
static EXIT_CODE
FileFailed(const RECORD *Record, const char *What, PRCM_RESULT Result)
{
    char Do[DO_BYTES];

    snprintf(Do, sizeof(Do), "%s %s", What, Record->Options.Target.Path);
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

/* Opens the file or folder. One that is gone on with has the subscription begin where it ends, unless --from says
 * otherwise. */
static PRCM_RESULT
OpenRecording(RECORD *Record)
{
    PRCM_SUBSCRIPTION *Subscription = &Record->Options.Reading.Subscription;
    PRCM_CAPTURE_TAIL Tail;
    PRCM_RESULT Result = RecordingOpen(&Record->Recording, &Record->Options.Target, &Tail);

    if (Result != PRCM_OK)
        return Result;
    SayTail(&Tail);
    if (Tail.HasToken && !Record->Options.FromGiven)
    {
        Subscription->From = PRCM_FROM_TOKEN;
        Subscription->Token = Tail.Token;
    }
    return PRCM_OK;
}

static uint32_t
TimeLeft(const RECORD *Record)
{
    uint64_t Elapsed = SystemTicks() - Record->Began;

    if (Record->Options.Reading.DurationMs == READING_NO_DURATION)
        return PRCM_WAIT_FOREVER;
    return Elapsed < Record->Options.Reading.DurationMs
               ? Record->Options.Reading.DurationMs - (uint32_t)Elapsed
               : 0;
}

/* A duration of 0 asks for what was there when it began. */
static bool
IsOver(const RECORD *Record)
{
    if (Record->Options.Reading.DurationMs == 0)
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

/* Once, whenever it has come to that. */
static void
SayBudget(RECORD *Record)
{
    bool Before = Record->OverBudget;

    Record->OverBudget = RecordingIsOverBudget(&Record->Recording);
    if (Record->OverBudget && !Before)
        MessageSay("the folder is over its budget: its oldest file has not been read, and --keep-until-read "
                   "protects it.");
}

/* The writer's result. */
static PRCM_RESULT
FlushInTime(RECORD *Record)
{
    if (SystemTicks() - Record->FlushedAt < FLUSH_MS)
        return PRCM_OK;
    Record->FlushedAt = SystemTicks();
    PRCM_RESULT Result = RecordingFlush(&Record->Recording);
    SayBudget(Record);
    return Result;
}

static PRCM_RESULT
Take(RECORD *Record, const PRCM_BATCH *Batch, PRCM_RECORDS Records)
{
    PRCM_RESULT Result = RecordFactsBatch(&Record->Facts, Records);

    if (Result == PRCM_OK)
        Result = RecordingBatch(&Record->Recording, Batch);
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
        uint32_t Delay = Record->Options.Reading.ReadDelayMs < TimeLeft(Record)
                             ? Record->Options.Reading.ReadDelayMs
                             : TimeLeft(Record);
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
    MessageSay("what it holds is whole. To go on: prcm record %s%s",
               Record->Options.Target.IsFolder ? "" : "--append ", Record->Options.Target.Path);
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
        Writing = RecordingEnd(&Record->Recording);
    SayBudget(Record);
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
        Result = PrcmSubscribe(Record->Session, &Record->Options.Reading.Subscription, &Subscribed);
    if (Result != PRCM_OK)
        return MessageFail("begin there", Result);
    Record->Head = Subscribed.Head;
    Record->Next = Subscribed.Start.Next;
    Record->Began = SystemTicks();
    Record->FlushedAt = Record->Began;
    Writing = RecordFactsBegin(&Record->Facts, &Query);
    if (Writing == PRCM_OK)
        Writing = RecordingBegin(&Record->Recording, &Record->Options.Reading.Subscription, &Subscribed);
    if (Writing != PRCM_OK)
        return WritingFailed(Record, Writing);
    MessageSay("recording to %s from number %llu on. Ctrl-C ends it.", Record->Options.Target.Path,
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
    Result = OpenRecording(Record);
    EXIT_CODE Code = Result == PRCM_OK ? EXIT_OK : FileFailed(Record, "record to", Result);
    if (Result == PRCM_OK)
    {
        RecordFactsInit(&Record->Facts, &Record->Recording);
        Code = RecordSession(Record);
        RecordFactsDestroy(&Record->Facts);
    }
    RecordingFree(&Record->Recording);
    PrcmClose(Record->Session);
    return Code;
}

static EXIT_CODE
RunRecord(ARGS *Args)
{
    static RECORD Record;

    if (!RecordOptionsParse(&Record.Options, Args))
        return MessageUsage(Args);
    return Record.Options.Help ? CommandShowHelp(&RecordCommand) : RecordDriver(&Record);
}

const COMMAND RecordCommand = {
    .Summary = "keep events in a capture, to be read anywhere",
    .Run = RunRecord,
    .Help = "usage: prcm record [OPTIONS] FILE.prcm\n"
            "       prcm record [OPTIONS] FOLDER\n"
            "\n"
            "Keeps what the driver tells, as it tells it, and what is needed to read it\n"
            "elsewhere: drives, names of users, the machine, its time zone. At the end\n"
            "(Ctrl-C, --duration) it shows the account. \"prcm cat\" shows a capture, on\n"
            "Windows and on Linux. Whatever ends this program, what was written up to a\n"
            "second before is whole.\n"
            "\n"
            "a file:\n"
            "  --append            go on with FILE where it ends: each event is there once, or\n"
            "                      it says how many are missing\n"
            "  --force             begin FILE anew, if there is one\n"
            "a folder, which is always gone on with; file names sort by time:\n"
            "  --rotate-size BYTES begin another file after about so many, such as 64M\n"
            "  --rotate-age SECS   begin another file after so long\n"
            "  --budget BYTES      delete the oldest files, to keep about so many\n"
            "  --keep-until-read   but none that has not been read (prcm cat --mark-read)\n"
            "  --name NAME         what file names begin with (default prcm)\n"
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
            "  prcm record --append --duration 3600 night.prcm\n"
            "  prcm record --rotate-age 3600 --budget 1G C:\\captures\n",
};
