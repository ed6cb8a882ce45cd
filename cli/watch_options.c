/* SPDX-License-Identifier: MIT */
#include "watch_options.h"

#include <string.h>

enum
{
    OPTION_ON_LOSS = 0x300
};

static const struct option Table[] = {
    READING_OPTIONS_ROWS, SHOW_OPTIONS_ROWS,  {"on-loss", required_argument, NULL, OPTION_ON_LOSS},
    ARGS_HELP_OPTION,     {NULL, 0, NULL, 0},
};

static bool
SetOnLoss(WATCH_OPTIONS *Options, ARGS *Args, const char *Argument)
{
    static const char *const Words[] = {
        [WATCH_LOSS_IGNORE] = "ignore",
        [WATCH_LOSS_WARN] = "warn",
        [WATCH_LOSS_EXIT] = "exit",
    };

    for (size_t Index = 0; Index < sizeof(Words) / sizeof(Words[0]); Index++)
    {
        if (strcmp(Argument, Words[Index]) != 0)
            continue;
        Options->OnLoss = (WATCH_ON_LOSS)Index;
        return true;
    }
    return ArgsRefuse(Args, "on-loss", Argument, "not ignore, warn or exit");
}

static bool
SetOption(WATCH_OPTIONS *Options, ARGS *Args, int Option, const char *Argument)
{
    if (Option >= READING_OPTION_FIRST && Option < READING_OPTION_END)
        return ReadingOptionsSet(&Options->Reading, Args, Option, Argument);
    if (Option >= SHOW_OPTION_FIRST && Option < SHOW_OPTION_END)
        return ShowOptionsSet(&Options->Show, Args, Option, Argument);
    if (Option == OPTION_ON_LOSS)
        return SetOnLoss(Options, Args, Argument);
    Options->Help = Option == ARGS_HELP;
    return Options->Help;
}

static void
Narrow(WATCH_OPTIONS *Options)
{
    const FILTER *Filters[SHOW_MAX_FILTERS];

    for (uint32_t Index = 0; Index < Options->Show.FilterCount; Index++)
        Filters[Index] = Options->Show.Filters[Index].Filter;
    if (Options->Show.FilterCount != 0)
        ReadingOptionsNarrow(&Options->Reading, Filters, Options->Show.FilterCount);
}

bool
WatchOptionsParse(WATCH_OPTIONS *Options, ARGS *Args)
{
    int Option;

    memset(Options, 0, sizeof(*Options));
    ReadingOptionsInit(&Options->Reading, PRCM_FROM_NOW);
    ShowOptionsInit(&Options->Show);
    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (!SetOption(Options, Args, Option, optarg))
            return false;
        if (Options->Help)
            return true;
    }
    Narrow(Options);
    ReadingOptionsFinish(&Options->Reading);
    if (Options->Show.PatternCount != 0 &&
        Options->Reading.Subscription.Kinds == PRCM_KIND_BIT(PRCM_KIND_EXIT))
        return ArgsRefuse(Args, "image", "with --kind exit alone",
                          "the image of an exit is known from its start: --kind start,exit");
    return ArgsNone(Args);
}

void
WatchOptionsDestroy(WATCH_OPTIONS *Options)
{
    ShowOptionsDestroy(&Options->Show);
}
