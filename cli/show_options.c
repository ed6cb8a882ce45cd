/* SPDX-License-Identifier: MIT */
#include "show_options.h"

#include <stdlib.h>
#include <string.h>

#include "formats/formats.h"
#include "host/console.h"
#include "host/system.h"
#include "message.h"
#include "output.h"

/* On a console, unless --full is given: what an event needs at 80 columns, but for a long command line. */
#define ROW_LINES 2

static bool
AddPattern(SHOW_OPTIONS *Options, ARGS *Args, const char *Argument)
{
    size_t Count = Utf16FromUtf8(Argument, NULL, 0);

    if (Count == 0 || Count > SHOW_MAX_PATTERN_UNITS)
        return ArgsRefuse(Args, "image", Argument, "not a pattern, such as cmd.exe, *.dll or C:\\Windows\\*");
    if (Options->PatternCount == SHOW_MAX_PATTERNS)
        return ArgsRefuse(Args, "image", Argument, "64 patterns at most");
    uint16_t *Units = malloc(Count * sizeof(uint16_t));
    if (Units == NULL)
        return ArgsRefuse(Args, "image", Argument, "no memory");
    Utf16FromUtf8(Argument, Units, Count);
    Options->Patterns[Options->PatternCount++] = (UTF16){.Units = Units, .Count = (uint32_t)Count};
    return true;
}

bool
ShowOptionsAddFilter(SHOW_OPTIONS *Options, ARGS *Args, const char *Option, const char *Text)
{
    FILTER_ERROR Error;

    if (Options->FilterCount == SHOW_MAX_FILTERS)
        return ArgsRefuse(Args, Option, Text, "too many filters: join them by \"and\"");
    FILTER *Filter = FilterParse(Text, SystemTime(false), &Error);
    if (Filter == NULL)
    {
        MessageSay("--%s: %s", Option, Error.Message);
        FilterWritePlace(ConsoleErrors(), Text, &Error);
        Args->Error[0] = '\0';
        return false;
    }
    Options->Filters[Options->FilterCount++] = (SHOW_FILTER){.Text = Text, .Filter = Filter};
    return true;
}

/* STREAM_WANTED. */
static bool
Passes(void *Context, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    const SHOW_OPTIONS *Options = Context;

    for (uint32_t Index = 0; Index < Options->FilterCount; Index++)
    {
        if (!FilterMatches(Options->Filters[Index].Filter, Origin, Event))
            return false;
    }
    return true;
}

void
ShowOptionsSayUndecided(SHOW_OPTIONS *Options)
{
    for (uint32_t Index = 0; Index < Options->FilterCount; Index++)
    {
        SHOW_FILTER *Filter = &Options->Filters[Index];
        const FILTER_UNDECIDED *Undecided = FilterUndecided(Filter->Filter);
        if (Filter->Said || Undecided->Events == 0)
            continue;
        Filter->Said = true;
        MessageSay("--filter: %s. It let pass number %llu, and may let pass more:", Undecided->Reason.Message,
                   (unsigned long long)Undecided->FirstSequence);
        FilterWritePlace(ConsoleErrors(), Filter->Text, &Undecided->Reason);
        SinkFlush(ConsoleErrors());
    }
}

void
ShowOptionsInit(SHOW_OPTIONS *Options)
{
    memset(Options, 0, sizeof(*Options));
    Options->Format = &FormatText;
}

bool
ShowOptionsIsText(const SHOW_OPTIONS *Options)
{
    return Options->Format == &FormatText;
}

static bool
SetFormat(SHOW_OPTIONS *Options, ARGS *Args, const char *Argument)
{
    const FORMAT *Format = FormatFind(Argument);

    if (Format == NULL)
        return ArgsRefuse(Args, "format", Argument, "not text, json, csv, ecs, ocsf, sysmon or trace");
    Options->Format = Format;
    return true;
}

void
ShowOptionsDestroy(SHOW_OPTIONS *Options)
{
    while (Options->PatternCount != 0)
        free((void *)(uintptr_t)Options->Patterns[--Options->PatternCount].Units);
    while (Options->FilterCount != 0)
        FilterFree(Options->Filters[--Options->FilterCount].Filter);
}

bool
ShowOptionsSet(SHOW_OPTIONS *Options, ARGS *Args, int Option, const char *Argument)
{
    switch (Option)
    {
    case SHOW_OPTION_IMAGE:
        return AddPattern(Options, Args, Argument);
    case SHOW_OPTION_FILTER:
        return ShowOptionsAddFilter(Options, Args, "filter", Argument);
    case SHOW_OPTION_COUNT:
        return ArgsNumber(Args, "count", Argument, 1, UINT64_MAX, &Options->Count);
    case SHOW_OPTION_FORMAT:
        return SetFormat(Options, Args, Argument);
    case SHOW_OPTION_JSON:
        Options->Format = &FormatJson;
        return true;
    case SHOW_OPTION_FULL:
        Options->Full = true;
        return true;
    default:
        return ArgsColor(Args, "color", Argument, &Options->Color);
    }
}

void
ShowOptionsBegin(SHOW_OPTIONS *Options, STREAM *Stream, const VIEW_HOOKS *Hooks, uint32_t Kinds)
{
    SINK *Sink = ConsoleOutput();

    OutputSetColor(ShowOptionsIsText(Options) ? Options->Color : ARGS_COLOR_NEVER);
    Sink->RowLines = Options->Full ? 0 : ROW_LINES;
    StreamInit(Stream, Options->Format, Sink, Hooks, Kinds);
    Stream->Patterns = Options->Patterns;
    Stream->PatternCount = Options->PatternCount;
    Stream->CountLimit = Options->Count;
    Stream->Wanted = Options->FilterCount != 0 ? Passes : NULL;
    Stream->WantedContext = Options;
}

void
ShowOptionsNotice(const SHOW_OPTIONS *Options, STREAM *Stream, const char *Text)
{
    SINK *Sink = Stream->Sink;

    if (!ShowOptionsIsText(Options))
    {
        MessageSay("%s", Text);
        return;
    }
    SinkStyle(Sink, STYLE_YELLOW);
    SinkText(Sink, "note: ");
    SinkText(Sink, Text);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkChar(Sink, '\n');
}
