/* SPDX-License-Identifier: MIT
 *
 * The options of commands that show events: which, how many, and in what form.
 */
#ifndef CLI_SHOW_OPTIONS_H
#define CLI_SHOW_OPTIONS_H

#include "args.h"
#include "filter/filter.h"
#include "stream/stream.h"
#include "text/utf16.h"

#define SHOW_MAX_PATTERNS      64u
#define SHOW_MAX_PATTERN_UNITS 32767u
#define SHOW_MAX_FILTERS       16u

enum
{
    SHOW_OPTION_FIRST = 0x200,
    SHOW_OPTION_IMAGE = SHOW_OPTION_FIRST,
    SHOW_OPTION_FILTER,
    SHOW_OPTION_COUNT,
    SHOW_OPTION_FORMAT,
    SHOW_OPTION_JSON,
    SHOW_OPTION_COLOR,
    SHOW_OPTION_FULL,
    SHOW_OPTION_END,
};

/* For a command's table of long options. */
#define SHOW_OPTIONS_ROWS                                                                                    \
    {"image", required_argument, NULL, SHOW_OPTION_IMAGE},                                                   \
        {"filter", required_argument, NULL, SHOW_OPTION_FILTER},                                             \
        {"count", required_argument, NULL, SHOW_OPTION_COUNT},                                               \
        {"format", required_argument, NULL, SHOW_OPTION_FORMAT},                                             \
        {"json", no_argument, NULL, SHOW_OPTION_JSON},                                                       \
        {"color", required_argument, NULL, SHOW_OPTION_COLOR},                                               \
    {                                                                                                        \
        "full", no_argument, NULL, SHOW_OPTION_FULL                                                          \
    }

typedef struct SHOW_FILTER
{
    const char *Text; /* as it was given */
    FILTER *Filter;
    bool Said; /* that it could not be decided of an event */
} SHOW_FILTER;

typedef struct SHOW_OPTIONS
{
    UTF16 Patterns[SHOW_MAX_PATTERNS];
    uint32_t PatternCount;
    SHOW_FILTER Filters[SHOW_MAX_FILTERS]; /* an event has to pass all */
    uint32_t FilterCount;
    uint64_t Count; /* events to show; 0: no limit */
    ARGS_COLOR Color;
    const FORMAT *Format;
    bool Full; /* on a console, too, each event whole */
} SHOW_OPTIONS;

void ShowOptionsInit(SHOW_OPTIONS *Options);
void ShowOptionsDestroy(SHOW_OPTIONS *Options);

/* Takes one of SHOW_OPTIONS_ROWS. false: Args->Error says what is wrong. */
bool ShowOptionsSet(SHOW_OPTIONS *Options, ARGS *Args, int Option, const char *Argument);

/* Only events pass that the filter lets pass as well. Text must outlive Options. As ShowOptionsSet, for --Option; where in
 * the filter it is wrong is said at once. */
bool ShowOptionsAddFilter(SHOW_OPTIONS *Options, ARGS *Args, const char *Option, const char *Text);

/* Of which events it could not be decided is said, each filter's first. To be called now and then, and at the end. */
void ShowOptionsSayUndecided(SHOW_OPTIONS *Options);

/* Whether what is written is for people: it may be coloured, and remarks stand in it. */
bool ShowOptionsIsText(const SHOW_OPTIONS *Options);

/* Begins a stream that shows on standard output what was asked for. As StreamInit; Options must outlive the stream. */
void ShowOptionsBegin(SHOW_OPTIONS *Options, STREAM *Stream, const VIEW_HOOKS *Hooks, uint32_t Kinds);

/* A remark on the whole. What qualifies the stream belongs into it; but other forms than text are for events alone, and it
 * goes to standard error. */
void ShowOptionsNotice(const SHOW_OPTIONS *Options, STREAM *Stream, const char *Text);

#endif
