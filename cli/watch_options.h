/* SPDX-License-Identifier: MIT */
#ifndef CLI_WATCH_OPTIONS_H
#define CLI_WATCH_OPTIONS_H

#include "reading_options.h"
#include "show_options.h"

/* What a loss is to the caller. It is shown in its place whatever this says. */
typedef enum WATCH_ON_LOSS
{
    WATCH_LOSS_IGNORE, /* no failure */
    WATCH_LOSS_WARN,   /* said on standard error at once, and a failure at the end */
    WATCH_LOSS_EXIT,   /* the end, and a failure */
} WATCH_ON_LOSS;

typedef struct WATCH_OPTIONS
{
    READING_OPTIONS Reading;
    SHOW_OPTIONS Show;
    WATCH_ON_LOSS OnLoss;
    bool Help;
} WATCH_OPTIONS;

/* false: Args->Error says what is wrong. In either case WatchOptionsDestroy is to be called. */
bool WatchOptionsParse(WATCH_OPTIONS *Options, ARGS *Args);
void WatchOptionsDestroy(WATCH_OPTIONS *Options);

#endif
