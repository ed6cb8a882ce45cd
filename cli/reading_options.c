/* SPDX-License-Identifier: MIT */
#include "reading_options.h"

#include <stdio.h>
#include <string.h>

#define MAX_READ_DELAY_MS 3600000u

static bool
AddKey(READING_OPTIONS *Options, ARGS *Args, const char *Argument)
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
SetReadDelay(READING_OPTIONS *Options, ARGS *Args, const char *Argument)
{
    uint64_t Delay;

    if (!ArgsNumber(Args, "read-delay", Argument, 0, MAX_READ_DELAY_MS, &Delay))
        return false;
    Options->ReadDelayMs = (uint32_t)Delay;
    return true;
}

void
ReadingOptionsInit(READING_OPTIONS *Options, uint32_t From)
{
    memset(Options, 0, sizeof(*Options));
    Options->DurationMs = READING_NO_DURATION;
    Options->Subscription.From = From;
}

bool
ReadingOptionsSet(READING_OPTIONS *Options, ARGS *Args, int Option, const char *Argument)
{
    switch (Option)
    {
    case READING_OPTION_KIND:
        return ArgsKinds(Args, "kind", Argument, &Options->Subscription.Kinds);
    case READING_OPTION_PID:
        return AddKey(Options, Args, Argument);
    case READING_OPTION_FROM:
        return SetFrom(&Options->Subscription, Args, Argument);
    case READING_OPTION_DURATION:
        return ArgsSeconds(Args, "duration", Argument, &Options->DurationMs);
    case READING_OPTION_READ_DELAY:
        return SetReadDelay(Options, Args, Argument);
    default:
        return SetReadBytes(&Options->Subscription, Args, Argument);
    }
}

void
ReadingOptionsNarrow(READING_OPTIONS *Options, const FILTER *const *Filters, uint32_t Count)
{
    PRCM_SUBSCRIPTION *Subscription = &Options->Subscription;
    FILTER_NEEDS Needs = {.KeyCount = Subscription->KeyCount};

    Needs.Shown = Subscription->Kinds != 0 ? Subscription->Kinds : PRCM_KINDS_ALL;
    memcpy(Needs.Keys, Options->Keys, sizeof(Needs.Keys));
    Options->ShownKinds = Needs.Shown;
    Options->ShownKeyCount = Needs.KeyCount;
    memcpy(Options->ShownKeys, Options->Keys, sizeof(Needs.Keys));
    FilterGetNeedsOfAll(Filters, Count, &Needs);
    Subscription->Kinds = Needs.Read;
    Subscription->KeyCount = Needs.KeyCount;
    memcpy(Options->Keys, Needs.Keys, sizeof(Needs.Keys));
}

void
ReadingOptionsFinish(READING_OPTIONS *Options)
{
    if (Options->Subscription.Kinds == 0)
        Options->Subscription.Kinds = PRCM_KINDS_ALL;
    Options->Subscription.Keys = Options->Keys;
}
