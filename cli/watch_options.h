/* SPDX-License-Identifier: MIT */
#ifndef CLI_WATCH_OPTIONS_H
#define CLI_WATCH_OPTIONS_H

#include "args.h"
#include "prcm.h"
#include "text/utf16.h"

#define WATCH_MAX_PATTERNS      64u
#define WATCH_MAX_PATTERN_UNITS 32767u

#define WATCH_NO_DURATION UINT32_MAX

/* What a loss is to the caller. It is shown in its place whatever this says. */
typedef enum WATCH_ON_LOSS
{
    WATCH_LOSS_IGNORE, /* no failure */
    WATCH_LOSS_WARN,   /* said on standard error at once, and a failure at the end */
    WATCH_LOSS_EXIT,   /* the end, and a failure */
} WATCH_ON_LOSS;

typedef struct WATCH_OPTIONS
{
    PRCM_SUBSCRIPTION Subscription; /* Keys points into this structure */
    uint32_t Keys[PRCM_MAX_KEYS];
    UTF16 Patterns[WATCH_MAX_PATTERNS];
    uint32_t PatternCount;
    uint64_t Count;       /* events to show; 0: no limit */
    uint32_t DurationMs;  /* WATCH_NO_DURATION: no limit; 0: what is there already */
    uint32_t ReadDelayMs; /* between two reads */
    WATCH_ON_LOSS OnLoss;
    ARGS_COLOR Color;
    bool Json;
    bool Full; /* on a console, too, each event whole */
    bool Help;
} WATCH_OPTIONS;

/* false: Args->Error says what is wrong. In either case WatchOptionsDestroy is to be called. */
bool WatchOptionsParse(WATCH_OPTIONS *Options, ARGS *Args);
void WatchOptionsDestroy(WATCH_OPTIONS *Options);

#endif
