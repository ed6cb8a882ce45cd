/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "command.h"
#include "host/console.h"
#include "host/facts.h"
#include "host/system.h"
#include "message.h"
#include "output.h"
#include "stream/stream.h"
#include "watch_options.h"

#define NOTICE_BYTES 512

/* Between two words about losses. */
#define LOSS_SAID_MS 1000u

typedef struct WATCH
{
    WATCH_OPTIONS Options;
    PRCM_SESSION *Session;
    void *StopEvent;
    uint64_t Began;    /* SystemTicks */
    uint64_t Head;     /* as of the beginning */
    PRCM_TOKEN Shown;  /* everything below it is written */
    uint64_t LostSaid; /* as of SaidAt */
    uint64_t SaidAt;   /* SystemTicks */
    STREAM Stream;
} WATCH;

/* What of the past is unknown, before the first event. */
static void
NoticeResume(WATCH *Watch, const PRCM_SUBSCRIBED *Subscribed)
{
    const PRCM_SUBSCRIPTION *Subscription = &Watch->Options.Reading.Subscription;
    unsigned long long Start = Subscribed->Start.Next;
    char Text[NOTICE_BYTES];

    if (Subscribed->Resume == PRCM_RESUME_OTHER_INSTANCE)
        snprintf(
            Text, sizeof(Text),
            "the driver was restarted since this token was given: what happened from number %llu of that run "
            "to the start of this one is unknown. Going on with this run's number %llu.",
            (unsigned long long)Subscription->Token.Next, Start);
    else if (Subscribed->Resume == PRCM_RESUME_KINDS_UNKNOWN)
        snprintf(Text, sizeof(Text),
                 "number %llu is no longer kept, and a bare number does not say what was counted up to it: "
                 "the kinds "
                 "of what is missing are unknown. A token (the last line of watch) would tell.",
                 Start);
    else if (Subscription->From == PRCM_FROM_OLDEST && Start > 1)
        snprintf(Text, sizeof(Text), "the oldest event that is kept is number %llu.", Start);
    else
        return;
    ShowOptionsNotice(&Watch->Options.Show, &Watch->Stream, Text);
}

static void
NoticeKinds(WATCH *Watch, uint32_t Captured)
{
    static const char *const Names[] = {"process starts", "process exits", "image loads"};
    char Text[NOTICE_BYTES];

    for (uint32_t Kind = 0; Kind < sizeof(Names) / sizeof(Names[0]); Kind++)
    {
        if ((Watch->Options.Reading.Subscription.Kinds & ~Captured & PRCM_KIND_BIT(Kind)) == 0)
            continue;
        snprintf(Text, sizeof(Text),
                 "the driver does not capture %s: it was installed so (prcm install --kind).", Names[Kind]);
        ShowOptionsNotice(&Watch->Options.Show, &Watch->Stream, Text);
    }
}

static void
NoticePatterns(WATCH *Watch)
{
    uint32_t Lifecycle = PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT);

    if (Watch->Options.Show.PatternCount != 0 &&
        (Watch->Options.Reading.Subscription.Kinds & Lifecycle) == PRCM_KIND_BIT(PRCM_KIND_EXIT))
        ShowOptionsNotice(
            &Watch->Options.Show, &Watch->Stream,
            "no exit will match --image: its image is known from its start, and starts are not read "
            "(--kind).");
}

/* Milliseconds that may still be waited. */
static uint32_t
TimeLeft(const WATCH *Watch)
{
    uint64_t Elapsed = SystemTicks() - Watch->Began;

    if (Watch->Options.Reading.DurationMs == READING_NO_DURATION)
        return PRCM_WAIT_FOREVER;
    return Elapsed < Watch->Options.Reading.DurationMs ? Watch->Options.Reading.DurationMs - (uint32_t)Elapsed
                                                       : 0;
}

/* A duration of 0 asks for what was there when it began. */
static bool
IsOver(const WATCH *Watch)
{
    if (Watch->Options.Reading.DurationMs == 0)
        return Watch->Shown.Next >= Watch->Head;
    return TimeLeft(Watch) == 0;
}

/* Each loss is told in its place; this is for who does not look there. How many so far, at once and then no more often
 * than every second. AtEnd: what is still to be said. */
static void
SayLost(WATCH *Watch, bool AtEnd)
{
    static const char *const More[] = {
        [WATCH_LOSS_WARN] = "; the output says which, each in its place",
        [WATCH_LOSS_EXIT] = ", so reading has ended; the account has a token to go on with",
    };
    uint64_t Lost = Watch->Stream.Lost;
    bool IsEarly = Watch->LostSaid != 0 && !AtEnd && SystemTicks() - Watch->SaidAt < LOSS_SAID_MS;

    if (Watch->Options.OnLoss == WATCH_LOSS_IGNORE || Lost == Watch->LostSaid || IsEarly)
        return;
    MessageSay("%llu event%s lost%s%s.", (unsigned long long)Lost, Lost == 1 ? " was" : "s were",
               AtEnd ? "" : " so far", More[Watch->Options.OnLoss]);
    Watch->LostSaid = Lost;
    Watch->SaidAt = SystemTicks();
}

/* PRCM_STOP_EVENT, PRCM_TIMEOUT, or PRCM_OK where enough is shown or the output has failed: the end that was
 * asked for. Else why it ended. */
static PRCM_RESULT
Follow(WATCH *Watch)
{
    const PRCM_BATCH *Batch;
    PRCM_RECORDS Records;

    while (!IsOver(Watch))
    {
        PRCM_RESULT Result = PrcmWait(Watch->Session, TimeLeft(Watch), Watch->StopEvent, &Batch, &Records);
        if (Result != PRCM_OK)
            return Result;
        bool GoOn = StreamBatch(&Watch->Stream, Batch, Records);
        if (!SinkFlush(Watch->Stream.Sink) || !GoOn)
            return PRCM_OK;
        SayLost(Watch, false);
        ShowOptionsSayUndecided(&Watch->Options.Show);
        Watch->Shown = Batch->Next;
        SystemRefreshDrives(&Watch->Stream.View.Paths);

        uint32_t Delay = Watch->Options.Reading.ReadDelayMs < TimeLeft(Watch)
                             ? Watch->Options.Reading.ReadDelayMs
                             : TimeLeft(Watch);
        if (Delay != 0 && ConsoleWaitStop(Delay))
            return PRCM_STOP_EVENT;
    }
    return PRCM_TIMEOUT;
}

/* What was not written can still be had. */
static EXIT_CODE
CannotWrite(const WATCH *Watch)
{
    char Text[PRCM_TOKEN_TEXT_BYTES];

    OutputFailed();
    PrcmTokenFormat(&Watch->Shown, Text);
    MessageSay("to go on with what was not written: prcm watch --from %s", Text);
    return EXIT_OUTPUT;
}

/* The driver still has the counts of a place in the middle of a batch, if the event there is still kept. Without an
 * answer they stay unknown. */
static void
AskCut(CLOSING_CUT *Cut)
{
    PRCM_SUBSCRIPTION Subscription = {.From = PRCM_FROM_SEQUENCE, .Sequence = Cut->Next};
    PRCM_SUBSCRIBED Subscribed;
    PRCM_SESSION *Session;

    if (Cut->Next == 0 || Cut->Token.CountsKnown || PrcmOpen(&Session) != PRCM_OK)
        return;
    if (PrcmSubscribe(Session, &Subscription, &Subscribed) == PRCM_OK)
        ClosingCutAt(Cut, &Subscribed.Start);
    PrcmClose(Session);
}

/* Error 0: the library learnt it from the service manager, not from the driver itself. */
static EXIT_CODE
DriverStopped(const CLOSING *Closing, uint32_t Error)
{
    MessageSay("%s, so reading has ended. \"prcm start\" starts it again.",
               Error != 0 ? "the driver was told to stop" : "the driver's service was stopped");
    if (Closing->Unread.Total != 0)
        MessageSay("%llu event%s captured but not read yet went with it.",
                   (unsigned long long)Closing->Unread.Total, Closing->Unread.Total == 1 ? "" : "s");
    return EXIT_STOPPED;
}

static EXIT_CODE
Finish(WATCH *Watch, PRCM_RESULT Ended)
{
    uint32_t Error = PrcmLastSystemError(); /* before it is overwritten by what is asked here */
    PRCM_ACCOUNT Account;
    PRCM_TOKEN Token;
    CLOSING Closing;

    if (Watch->Stream.Sink->Error != 0)
        return CannotWrite(Watch);
    PRCM_RESULT Result = PrcmAccount(Watch->Session, &Account);
    if (Result == PRCM_OK)
        Result = PrcmToken(Watch->Session, &Token);
    if (Result != PRCM_OK)
        return MessageFail("take the account", Result);
    AskCut(&Watch->Stream.Cut);
    StreamClose(&Watch->Stream, &Account, &Token, &Closing);
    StreamEnd(&Watch->Stream);
    if (!SinkFlush(Watch->Stream.Sink))
        return CannotWrite(Watch);
    SayLost(Watch, true);
    if (Ended == PRCM_ERROR_STOPPED)
        return DriverStopped(&Closing, Error);
    if (Ended >= PRCM_ERROR_FIRST)
        return MessageFailWith("read on", Ended, Error);
    if (!Closing.Closed)
        return EXIT_MISMATCH;
    return Watch->LostSaid != 0 ? EXIT_LOST : EXIT_OK;
}

static void
BeginStream(WATCH *Watch, const PRCM_QUERY *Query, const PRCM_SUBSCRIBED *Subscribed)
{
    static uint64_t Room[PRCM_MAX_FACT_BYTES / sizeof(uint64_t)];
    const FORMAT_HEADER Header = {
        .Boot = SystemBootTime(),
        .ConsoleVersion = PrcmVersion(),
        .Driver = Query,
        .Asked = &Watch->Options.Reading.Subscription,
        .Given = Subscribed,
        .Patterns = Watch->Options.Show.Patterns,
        .PatternCount = Watch->Options.Show.PatternCount,
        .System = (const PRCM_FACT_SYSTEM_INFO *)HostFactSystem(Room),
    };
    FORMAT_ORIGIN Origin = {.Instance = Subscribed->Start.Instance};

    Origin.HostStatus = SystemHostName(&Origin.Host);
    StreamBegin(&Watch->Stream, &Origin, &Header);
    SinkFlush(Watch->Stream.Sink);
}

static EXIT_CODE
WatchSession(WATCH *Watch)
{
    PRCM_SUBSCRIBED Subscribed;
    PRCM_QUERY Query;
    PRCM_RESULT Result = PrcmQuery(Watch->Session, &Query);

    if (Result != PRCM_OK)
        return MessageFail("ask the driver", Result);
    Result = PrcmSubscribe(Watch->Session, &Watch->Options.Reading.Subscription, &Subscribed);
    if (Result != PRCM_OK)
        return MessageFail("begin there", Result);
    Watch->Head = Subscribed.Head;
    Watch->Shown = Subscribed.Start;
    Watch->Began = SystemTicks();
    SystemLoadDrives(&Watch->Stream.View.Paths);
    NoticeKinds(Watch, Query.Kinds);
    NoticePatterns(Watch);
    NoticeResume(Watch, &Subscribed);
    BeginStream(Watch, &Query, &Subscribed);
    return Finish(Watch, Follow(Watch));
}

static EXIT_CODE
WatchDriver(WATCH *Watch)
{
    WATCH_OPTIONS *Options = &Watch->Options;

    Watch->StopEvent = ConsoleStopEvent();
    if (Watch->StopEvent == NULL)
        return MessageFail("begin", PRCM_ERROR_MEMORY);
    ShowOptionsBegin(&Options->Show, &Watch->Stream, SystemViewHooks(), Options->Reading.Subscription.Kinds);
    Watch->Stream.EndAtLoss = Options->OnLoss == WATCH_LOSS_EXIT;
    Watch->Stream.Kinds = Options->Reading.ShownKinds;
    Watch->Stream.Ids = Options->Reading.ShownKeys;
    Watch->Stream.IdCount = Options->Reading.ShownKeyCount;
    PRCM_RESULT Result = PrcmOpen(&Watch->Session);
    EXIT_CODE Code = Result == PRCM_OK ? WatchSession(Watch) : MessageFail("open the driver", Result);
    if (Result == PRCM_OK)
        PrcmClose(Watch->Session);
    StreamDestroy(&Watch->Stream);
    return Code;
}

static EXIT_CODE
RunWatch(ARGS *Args)
{
    static WATCH Watch;
    EXIT_CODE Code;

    if (!WatchOptionsParse(&Watch.Options, Args))
        Code = MessageUsage(Args);
    else if (Watch.Options.Help)
        Code = CommandShowHelp(&WatchCommand);
    else
        Code = WatchDriver(&Watch);
    WatchOptionsDestroy(&Watch.Options);
    return Code;
}

const COMMAND WatchCommand = {
    .Summary = "show events as they happen, and the account at the end",
    .Run = RunWatch,
    .Help = "usage: prcm watch [OPTIONS]\n"
            "\n"
            "Shows each event on a line, whatever is missing in its place, and at the end\n"
            "(Ctrl-C, --count, --duration) the account, with a token to go on with. Exit\n"
            "code 0 only if the account closes.\n"
            "\n"
            "what to read; all else counts as filtered:\n"
            "  --filter FILTER     of which FILTER is true, such as\n"
            "                      'kind == start and command_line contains \"-enc\"';\n"
            "                      \"prcm help filter\" lists the fields. What the driver can\n"
            "                      leave out, it does. Up to 16 times\n"
            "  --kind KINDS        start,exit,image (default: all)\n"
            "  --pid PID           of this process; up to 64 times\n"
            "  --image PATTERN     of images that match, with * and ?: the whole path if\n"
            "                      PATTERN has a backslash, else the file name. A start\n"
            "                      and an exit go by the image of the process, a load by\n"
            "                      what is loaded; an exit whose start was not seen\n"
            "                      matches nothing, so not with --kind exit alone. Up to\n"
            "                      64 times\n"
            "from where, and how much:\n"
            "  --from oldest       what the driver still has\n"
            "  --from now          the next event (default)\n"
            "  --from NUMBER       a number of this run of the driver\n"
            "  --from TOKEN        where an earlier watch ended\n"
            "  --count N           end after N events shown\n"
            "  --duration SECONDS  end after so long; 0: show what is there already\n"
            "  --on-loss WHAT      ignore: exit code 0 all the same (default). warn: say on\n"
            "                      standard error how much is lost, at once; exit code 8.\n"
            "                      exit: end at the first loss; exit code 8\n"
            "how:\n"
            "  --format FORMAT     text (default), json, csv, ecs, ocsf, sysmon or trace;\n"
            "                      with all but text, notices go to standard error\n"
            "  --json              --format json: an object a line, each with every field.\n"
            "                      The first says whose stream it is\n"
            "  --color WHEN        auto, always or never (default auto: on a console, unless\n"
            "                      NO_COLOR is set)\n"
            "  --full              on a console, too, show all of each event, on as many lines\n"
            "                      as it takes\n"
            "  --read-delay MS     wait so long between two reads: fewer and larger batches\n"
            "  --read-bytes BYTES  size of a read, such as 64K (default 256K, at most 1M)\n"
            "  -h, --help          show this\n"
            "\n"
            "examples:\n"
            "  prcm watch --kind start,exit\n"
            "  prcm watch --image *.exe --json > events.jsonl\n"
            "  prcm watch --from oldest --duration 0\n",
};
