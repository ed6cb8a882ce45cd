/* SPDX-License-Identifier: MIT */
#include "watch_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_READ_DELAY_MS 3600000u

enum
{
    OPTION_KIND = 256,
    OPTION_PID,
    OPTION_IMAGE,
    OPTION_FROM,
    OPTION_COUNT,
    OPTION_DURATION,
    OPTION_ON_LOSS,
    OPTION_JSON,
    OPTION_COLOR,
    OPTION_FULL,
    OPTION_READ_DELAY,
    OPTION_READ_BYTES
};

static const struct option Table[] = {
    {"kind", required_argument, NULL, OPTION_KIND},
    {"pid", required_argument, NULL, OPTION_PID},
    {"image", required_argument, NULL, OPTION_IMAGE},
    {"from", required_argument, NULL, OPTION_FROM},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"duration", required_argument, NULL, OPTION_DURATION},
    {"on-loss", required_argument, NULL, OPTION_ON_LOSS},
    {"json", no_argument, NULL, OPTION_JSON},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"full", no_argument, NULL, OPTION_FULL},
    {"read-delay", required_argument, NULL, OPTION_READ_DELAY},
    {"read-bytes", required_argument, NULL, OPTION_READ_BYTES},
    ARGS_HELP_OPTION,
    {NULL, 0, NULL, 0},
};

static bool
AddKey(WATCH_OPTIONS *Options, ARGS *Args, const char *Argument)
{
    uint64_t Id;

    if (!ArgsNumber(Args, "pid", Argument, 0, UINT32_MAX, &Id))
        return false;
    if (Options->Subscription.KeyCount == PRCM_MAX_KEYS)
        return ArgsRefuse(Args, "pid", Argument, "the driver takes 64 process ids at most");
    Options->Keys[Options->Subscription.KeyCount++] = (uint32_t)Id;
    return true;
}

static bool
AddPattern(WATCH_OPTIONS *Options, ARGS *Args, const char *Argument)
{
    size_t Count = Utf16FromUtf8(Argument, NULL, 0);

    if (Count == 0 || Count > WATCH_MAX_PATTERN_UNITS)
        return ArgsRefuse(Args, "image", Argument, "not a pattern, such as cmd.exe, *.dll or C:\\Windows\\*");
    if (Options->PatternCount == WATCH_MAX_PATTERNS)
        return ArgsRefuse(Args, "image", Argument, "64 patterns at most");
    uint16_t *Units = malloc(Count * sizeof(uint16_t));
    if (Units == NULL)
        return ArgsRefuse(Args, "image", Argument, "no memory");
    Utf16FromUtf8(Argument, Units, Count);
    Options->Patterns[Options->PatternCount++] = (UTF16){.Units = Units, .Count = (uint32_t)Count};
    return true;
}

static bool
SetFrom(PRCM_SUBSCRIPTION *Subscription, ARGS *Args, const char *Argument)
{
    if (strcmp(Argument, "oldest") == 0)
        Subscription->From = PRCM_FROM_OLDEST;
    else if (strcmp(Argument, "now") == 0)
        Subscription->From = PRCM_FROM_NOW;
    else if (strchr(Argument, ':') != NULL)
    {
        Subscription->From = PRCM_FROM_TOKEN;
        if (PrcmTokenParse(Argument, &Subscription->Token) != PRCM_OK)
            return ArgsRefuse(Args, "from", Argument, "this token is incomplete or was altered");
    }
    else
    {
        Subscription->From = PRCM_FROM_SEQUENCE;
        if (!ArgsNumber(Args, "from", Argument, 1, UINT64_MAX, &Subscription->Sequence))
            return ArgsRefuse(Args, "from", Argument, "not oldest, now, a number from 1, or a token");
    }
    return true;
}

static bool
SetReadBytes(PRCM_SUBSCRIPTION *Subscription, ARGS *Args, const char *Argument)
{
    char Named[32];
    const ARGS_SIZES Sizes = {.Min = sizeof(PRCM_BATCH), .Max = PRCM_MAX_READ_BYTES, .Named = Named};
    uint64_t Bytes;

    snprintf(Named, sizeof(Named), "%u to %uM", (unsigned)sizeof(PRCM_BATCH), PRCM_MAX_READ_BYTES >> 20);
    if (!ArgsBytes(Args, "read-bytes", Argument, &Sizes, &Bytes))
        return false;
    Subscription->BufferBytes = (uint32_t)Bytes;
    return true;
}

static bool
SetReadDelay(WATCH_OPTIONS *Options, ARGS *Args, const char *Argument)
{
    uint64_t Delay;

    if (!ArgsNumber(Args, "read-delay", Argument, 0, MAX_READ_DELAY_MS, &Delay))
        return false;
    Options->ReadDelayMs = (uint32_t)Delay;
    return true;
}

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
    switch (Option)
    {
    case OPTION_KIND:
        return ArgsKinds(Args, "kind", Argument, &Options->Subscription.Kinds);
    case OPTION_PID:
        return AddKey(Options, Args, Argument);
    case OPTION_IMAGE:
        return AddPattern(Options, Args, Argument);
    case OPTION_FROM:
        return SetFrom(&Options->Subscription, Args, Argument);
    case OPTION_COUNT:
        return ArgsNumber(Args, "count", Argument, 1, UINT64_MAX, &Options->Count);
    case OPTION_DURATION:
        return ArgsSeconds(Args, "duration", Argument, &Options->DurationMs);
    case OPTION_ON_LOSS:
        return SetOnLoss(Options, Args, Argument);
    case OPTION_JSON:
        Options->Json = true;
        return true;
    case OPTION_FULL:
        Options->Full = true;
        return true;
    case OPTION_COLOR:
        return ArgsColor(Args, "color", Argument, &Options->Color);
    case OPTION_READ_DELAY:
        return SetReadDelay(Options, Args, Argument);
    case OPTION_READ_BYTES:
        return SetReadBytes(&Options->Subscription, Args, Argument);
    case ARGS_HELP:
        Options->Help = true;
        return true;
    default:
        return false;
    }
}

bool
WatchOptionsParse(WATCH_OPTIONS *Options, ARGS *Args)
{
    int Option;

    memset(Options, 0, sizeof(*Options));
    Options->DurationMs = WATCH_NO_DURATION;
    Options->Subscription.From = PRCM_FROM_NOW;
    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (!SetOption(Options, Args, Option, optarg))
            return false;
        if (Options->Help)
            return true;
    }
    if (Options->Subscription.Kinds == 0)
        Options->Subscription.Kinds = PRCM_KINDS_ALL;
    Options->Subscription.Keys = Options->Keys;
    if (Options->PatternCount != 0 && Options->Subscription.Kinds == PRCM_KIND_BIT(PRCM_KIND_EXIT))
        return ArgsRefuse(Args, "image", "with --kind exit alone",
                          "the image of an exit is known from its start: --kind start,exit");
    return ArgsNone(Args);
}

void
WatchOptionsDestroy(WATCH_OPTIONS *Options)
{
    while (Options->PatternCount != 0)
        free((void *)(uintptr_t)Options->Patterns[--Options->PatternCount].Units);
}
