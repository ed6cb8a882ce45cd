/* SPDX-License-Identifier: MIT */
#include "show_options.h"

#include <stdlib.h>
#include <string.h>

#include "formats/formats.h"
#include "host/console.h"
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

void
ShowOptionsInit(SHOW_OPTIONS *Options)
{
    memset(Options, 0, sizeof(*Options));
}

void
ShowOptionsDestroy(SHOW_OPTIONS *Options)
{
    while (Options->PatternCount != 0)
        free((void *)(uintptr_t)Options->Patterns[--Options->PatternCount].Units);
}

bool
ShowOptionsSet(SHOW_OPTIONS *Options, ARGS *Args, int Option, const char *Argument)
{
    switch (Option)
    {
    case SHOW_OPTION_IMAGE:
        return AddPattern(Options, Args, Argument);
    case SHOW_OPTION_COUNT:
        return ArgsNumber(Args, "count", Argument, 1, UINT64_MAX, &Options->Count);
    case SHOW_OPTION_JSON:
        Options->Json = true;
        return true;
    case SHOW_OPTION_FULL:
        Options->Full = true;
        return true;
    default:
        return ArgsColor(Args, "color", Argument, &Options->Color);
    }
}

void
ShowOptionsBegin(const SHOW_OPTIONS *Options, STREAM *Stream, const VIEW_HOOKS *Hooks, uint32_t Kinds)
{
    SINK *Sink = ConsoleOutput();

    OutputSetColor(Options->Json ? ARGS_COLOR_NEVER : Options->Color);
    Sink->RowLines = Options->Full ? 0 : ROW_LINES;
    StreamInit(Stream, Options->Json ? &FormatJson : &FormatText, Sink, Hooks, Kinds);
    Stream->Patterns = Options->Patterns;
    Stream->PatternCount = Options->PatternCount;
    Stream->CountLimit = Options->Count;
}

void
ShowOptionsNotice(const SHOW_OPTIONS *Options, STREAM *Stream, const char *Text)
{
    SINK *Sink = Stream->Sink;

    if (Options->Json)
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
