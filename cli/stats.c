/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "command.h"
#include "message.h"
#include "player.h"
#include "stream/rate.h"
#include "stream/tally.h"
#include "text/json.h"
#include "text/times.h"

#define DEFAULT_TOP 10u
#define MAX_TOP     RATE_SECONDS

#define PLOT_COLUMNS 60u
#define PLOT_ROWS    8u

#define COLUMN_NAME 14

enum
{
    OPTION_TOP = 0x300
};

static const struct option Table[] = {
    SHOW_OPTIONS_ROWS, CAPTURE_OPTIONS_ROWS, {"top", required_argument, NULL, OPTION_TOP},
    ARGS_HELP_OPTION,  {NULL, 0, NULL, 0},
};

/* What is counted by name, in the order in which it is shown. */
typedef enum STATS_TALLY
{
    STATS_STARTED,
    STATS_PARENTS,
    STATS_USERS,
    STATS_LOADED,
    STATS_TALLIES
} STATS_TALLY;

static const struct
{
    const char *Title;
    const char *Json;
    const char *None; /* events without such a name */
} Tallies[STATS_TALLIES] = {
    [STATS_STARTED] = {"IMAGES STARTED", "started", "(image not known)"},
    [STATS_PARENTS] = {"BY WHOM", "parents", "(parent's image not known)"},
    [STATS_USERS] = {"USERS", "users", "(no name known)"},
    [STATS_LOADED] = {"IMAGES LOADED", "loaded", "(image not known)"},
};

typedef struct STATS
{
    PLAYER Player;
    uint64_t Top;
    bool Help;
    uint64_t Kinds[PRCM_KIND_COUNT];
    uint64_t Lost;
    TALLY Tallies[STATS_TALLIES];
    RATE Rate;
} STATS;

static STATS Stats;

static bool
SetOption(ARGS *Args, int Option, const char *Argument)
{
    bool Taken;
    bool Good = PlayerSetOption(&Stats.Player, Args, Option, Argument, &Taken);

    if (Taken)
        return Good;
    if (Option == OPTION_TOP)
        return ArgsNumber(Args, "top", Argument, 1, MAX_TOP, &Stats.Top);
    Stats.Help = Option == ARGS_HELP;
    return Stats.Help;
}

static bool
Parse(ARGS *Args)
{
    int Option;

    ShowOptionsInit(&Stats.Player.Show);
    Stats.Top = DEFAULT_TOP;
    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (!SetOption(Args, Option, optarg))
            return false;
        if (Stats.Help)
            return true;
    }
    return ArgsOperandCount(Args) != 0 || ArgsRefuse(Args, NULL, "stats", "no capture is named");
}

static void
CountHeader(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    (void)Sink;
    (void)Origin;
    (void)Header;
}

static void
CountEvent(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    (void)Sink;
    (void)Origin;
    Stats.Kinds[Event->Record->Kind]++;
    RateAdd(&Stats.Rate, Event->Record->Time);
    if (Event->Record->Kind == PRCM_KIND_IMAGE)
        TallyAdd(&Stats.Tallies[STATS_LOADED], Event->Image, Event->ImageKnown);
    if (Event->Record->Kind != PRCM_KIND_START)
        return;
    TallyAdd(&Stats.Tallies[STATS_STARTED], Event->Image, Event->ImageKnown);
    TallyAdd(&Stats.Tallies[STATS_PARENTS], Event->ParentImage, Event->ParentImageKnown);
    TallyAdd(&Stats.Tallies[STATS_USERS], Event->User, Event->UserStatus == PRCM_PRESENT);
}

static void
CountLost(SINK *Sink, const FORMAT_ORIGIN *Origin, const HOLE *Hole)
{
    (void)Sink;
    (void)Origin;
    Stats.Lost += Hole->Next - Hole->First - Hole->Filtered;
}

static void
CountClosing(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance)
{
    (void)Sink;
    (void)Origin;
    (void)Closing;
    (void)LocalInstance;
}

static const FORMAT Counting = {
    .Header = CountHeader,
    .Event = CountEvent,
    .Lost = CountLost,
    .Closing = CountClosing,
};

static void
Begin(PLAYER *Player)
{
    Player->Stream.Format = &Counting;
}

static void
WriteTitle(SINK *Sink, const char *Title)
{
    SinkChar(Sink, '\n');
    SinkStyle(Sink, STYLE_BOLD);
    SinkText(Sink, Title);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkChar(Sink, '\n');
}

/* A count, aligned to the right; what is counted follows. */
static void
BeginCount(SINK *Sink, uint64_t Count)
{
    for (size_t Width = SinkGroupedWidth(Count); Width + 2 < COLUMN_NAME; Width++)
        SinkChar(Sink, ' ');
    SinkGrouped(Sink, Count);
    SinkText(Sink, "  ");
}

static void
WriteRest(SINK *Sink, uint64_t Count, const char *What)
{
    if (Count == 0)
        return;
    BeginCount(Sink, Count);
    SinkStyle(Sink, STYLE_DIM);
    SinkText(Sink, What);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkChar(Sink, '\n');
}

static uint64_t
CountOf(const TALLY *Tally)
{
    uint64_t Count = Tally->Others;

    for (size_t Bucket = 0; Bucket < TALLY_BUCKETS; Bucket++)
    {
        for (const TALLY_NAME *Name = Tally->Buckets[Bucket]; Name != NULL; Name = Name->Next)
            Count += Name->Count;
    }
    return Count;
}

static void
WriteTally(SINK *Sink, STATS_TALLY Which)
{
    const TALLY *Tally = &Stats.Tallies[Which];
    const TALLY_NAME *Top[MAX_TOP];
    size_t Count = TallyTop(Tally, Top, Stats.Top);
    uint64_t Rest = CountOf(Tally);

    if (Rest == 0 && Tally->None == 0)
        return;
    WriteTitle(Sink, Tallies[Which].Title);
    for (size_t Index = 0; Index < Count; Index++)
    {
        SinkBeginRow(Sink, COLUMN_NAME);
        BeginCount(Sink, Top[Index]->Count);
        SinkLastField(Sink);
        Utf16WriteName(Sink, (UTF16){.Units = Top[Index]->Units, .Count = Top[Index]->Length});
        SinkChar(Sink, '\n');
        Rest -= Top[Index]->Count;
    }
    WriteRest(Sink, Rest, "(others)");
    WriteRest(Sink, Tally->None, Tallies[Which].None);
}

static void
WriteBusiest(SINK *Sink)
{
    if (Stats.Rate.BusiestCount == 0)
        return;
    WriteTitle(Sink, "BUSIEST SECONDS");
    for (size_t Index = 0; Index < Stats.Rate.BusiestCount && Index < Stats.Top; Index++)
    {
        BeginCount(Sink, Stats.Rate.Busiest[Index].Count);
        TimesWriteDate(Sink, FactsLocalTime(&Stats.Player.Facts, Stats.Rate.Busiest[Index].Time));
        SinkChar(Sink, '\n');
    }
}

/* A column for each part of the time, as high as it has events beside the part that has most. */
static void
WritePlot(SINK *Sink)
{
    uint64_t Counts[PLOT_COLUMNS];
    uint64_t Most = 1;
    int64_t Part = RateParts(&Stats.Rate, Counts, PLOT_COLUMNS);

    if (Stats.Rate.Total == 0)
        return;
    WriteTitle(Sink, "EVENTS OVER TIME");
    for (size_t Column = 0; Column < PLOT_COLUMNS; Column++)
        Most = Counts[Column] > Most ? Counts[Column] : Most;
    for (size_t Row = PLOT_ROWS; Row > 0; Row--)
    {
        if (Row == PLOT_ROWS)
            BeginCount(Sink, Most);
        else
            SinkPadTo(Sink, COLUMN_NAME);
        SinkChar(Sink, '|');
        for (size_t Column = 0; Column < PLOT_COLUMNS; Column++)
            SinkChar(Sink, Counts[Column] * PLOT_ROWS > Most * (Row - 1) ? '#' : ' ');
        SinkChar(Sink, '\n');
    }
    SinkPadTo(Sink, COLUMN_NAME);
    TimesWriteDate(Sink, FactsLocalTime(&Stats.Player.Facts, Stats.Rate.First));
    SinkText(Sink, " to ");
    TimesWriteDate(Sink, FactsLocalTime(&Stats.Player.Facts, Stats.Rate.Last));
    SinkText(Sink, ", ");
    TimesWriteDuration(Sink, (uint64_t)Part / TIMES_PER_MILLISECOND);
    SinkText(Sink, " a column\n");
}

static void
WriteText(SINK *Sink)
{
    WriteTitle(Sink, "EVENTS");
    BeginCount(Sink, Stats.Kinds[PRCM_KIND_START]);
    SinkText(Sink, "process starts\n");
    BeginCount(Sink, Stats.Kinds[PRCM_KIND_EXIT]);
    SinkText(Sink, "process exits\n");
    BeginCount(Sink, Stats.Kinds[PRCM_KIND_IMAGE]);
    SinkText(Sink, "image loads\n");
    if (Stats.Lost != 0)
    {
        SinkStyle(Sink, STYLE_RED);
        BeginCount(Sink, Stats.Lost);
        SinkText(Sink, "missing: \"prcm verify\" says which\n");
        SinkStyle(Sink, STYLE_PLAIN);
    }
    for (STATS_TALLY Which = 0; Which < STATS_TALLIES; Which++)
        WriteTally(Sink, Which);
    WriteBusiest(Sink);
    WritePlot(Sink);
}

static void
WriteJsonTally(JSON *Json, STATS_TALLY Which)
{
    const TALLY *Tally = &Stats.Tallies[Which];
    const TALLY_NAME *Top[MAX_TOP];
    size_t Count = TallyTop(Tally, Top, Stats.Top);
    uint64_t Rest = CountOf(Tally);

    JsonOpen(Json, Tallies[Which].Json, '{');
    JsonOpen(Json, "top", '[');
    for (size_t Index = 0; Index < Count; Index++)
    {
        JsonOpen(Json, NULL, '{');
        JsonUtf16(Json, "name", (UTF16){.Units = Top[Index]->Units, .Count = Top[Index]->Length});
        JsonUnsigned(Json, "count", Top[Index]->Count);
        JsonClose(Json, '}');
        Rest -= Top[Index]->Count;
    }
    JsonClose(Json, ']');
    JsonUnsigned(Json, "others", Rest);
    JsonUnsigned(Json, "not_known", Tally->None);
    JsonClose(Json, '}');
}

static void
WriteJson(SINK *Sink)
{
    JSON Json;

    JsonBegin(&Json, Sink);
    JsonUnsigned(&Json, "process_start", Stats.Kinds[PRCM_KIND_START]);
    JsonUnsigned(&Json, "process_exit", Stats.Kinds[PRCM_KIND_EXIT]);
    JsonUnsigned(&Json, "image_load", Stats.Kinds[PRCM_KIND_IMAGE]);
    JsonUnsigned(&Json, "missing", Stats.Lost);
    for (STATS_TALLY Which = 0; Which < STATS_TALLIES; Which++)
        WriteJsonTally(&Json, Which);
    JsonOpen(&Json, "busiest_seconds", '[');
    for (size_t Index = 0; Index < Stats.Rate.BusiestCount && Index < Stats.Top; Index++)
    {
        JsonOpen(&Json, NULL, '{');
        JsonTime(&Json, "time", Stats.Rate.Busiest[Index].Time);
        JsonUnsigned(&Json, "count", Stats.Rate.Busiest[Index].Count);
        JsonClose(&Json, '}');
    }
    JsonClose(&Json, ']');
    JsonEnd(&Json);
}

static void
End(PLAYER *Player)
{
    RateFinish(&Stats.Rate);
    if (!ShowOptionsIsText(&Stats.Player.Show))
        WriteJson(Player->Stream.Sink);
    else
        WriteText(Player->Stream.Sink);
    for (STATS_TALLY Which = 0; Which < STATS_TALLIES; Which++)
        TallyDestroy(&Stats.Tallies[Which]);
    memset(&Stats.Rate, 0, sizeof(Stats.Rate));
    memset(Stats.Kinds, 0, sizeof(Stats.Kinds));
    Stats.Lost = 0;
}

static EXIT_CODE
RunStats(ARGS *Args)
{
    EXIT_CODE Code;

    Stats.Player.Begin = Begin;
    Stats.Player.End = End;
    if (!Parse(Args))
        Code = MessageUsage(Args);
    else if (Stats.Help)
        Code = CommandShowHelp(&StatsCommand);
    else
        Code = PlayerPlayAll(&Stats.Player, Args);
    ShowOptionsDestroy(&Stats.Player.Show);
    return Code;
}

const COMMAND StatsCommand = {
    .Summary = "count a capture's events, by image, parent, user and second",
    .Run = RunStats,
    .Help = "usage: prcm stats [OPTIONS] FILE|FOLDER...\n"
            "\n"
            "Counts the events of a capture: by kind, by image started and loaded, by whom,\n"
            "by user; shows the busiest seconds, and how many there were over the time.\n"
            "Times are local to the machine that was recorded.\n"
            "\n"
            "  --top N          names and seconds to show of each (default 10, at most 64)\n"
            "  --from PLACE     a number, a token or a time, as with cat\n"
            "  --to PLACE       the last to be counted\n"
            "  --filter FILTER  only of which FILTER is true, as with cat\n"
            "  --kind KINDS     start,exit,image: short for a filter\n"
            "  --pid PID        of this process: the same; up to 64 times\n"
            "  --image PATTERN  of images that match, as with watch\n"
            "  --count N        only the first N\n"
            "  --json           one JSON object for each capture\n"
            "  --color WHEN     auto, always or never (default auto: on a console, unless\n"
            "                   NO_COLOR is set)\n"
            "  --full           on a console, too, show all of each name\n"
            "  -h, --help       show this\n"
            "\n"
            "Exit code 9 if anything is missing or damaged; all else is counted.\n",
};
