/* SPDX-License-Identifier: MIT
 *
 * The options of commands that read captures: from where to where, which kinds, which processes. The last two are short
 * forms of --filter, and mean what they mean to watch.
 */
#ifndef CLI_CAPTURE_OPTIONS_H
#define CLI_CAPTURE_OPTIONS_H

#include "range_options.h"

enum
{
    CAPTURE_OPTION_FIRST = 0x400,
    CAPTURE_OPTION_FROM = CAPTURE_OPTION_FIRST,
    CAPTURE_OPTION_TO,
    CAPTURE_OPTION_KIND,
    CAPTURE_OPTION_PID,
    CAPTURE_OPTION_END,
};

/* For a command's table of long options. */
#define CAPTURE_OPTIONS_ROWS                                                                                 \
    {"from", required_argument, NULL, CAPTURE_OPTION_FROM},                                                  \
        {"to", required_argument, NULL, CAPTURE_OPTION_TO},                                                  \
        {"kind", required_argument, NULL, CAPTURE_OPTION_KIND},                                              \
    {                                                                                                        \
        "pid", required_argument, NULL, CAPTURE_OPTION_PID                                                   \
    }

typedef struct CAPTURE_OPTIONS
{
    RANGE_PLACE From;
    RANGE_PLACE To;
    uint32_t Kinds;              /* PRCM_KIND_BIT; 0: all */
    uint32_t Ids[PRCM_MAX_KEYS]; /* of processes */
    uint32_t IdCount;            /* 0: all */
} CAPTURE_OPTIONS;

/* Takes one of CAPTURE_OPTIONS_ROWS. false: Args->Error says what is wrong. */
bool CaptureOptionsSet(CAPTURE_OPTIONS *Options, ARGS *Args, int Option, const char *Argument);

#endif
