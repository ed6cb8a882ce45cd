/* SPDX-License-Identifier: MIT
 *
 * The options of commands that read from the driver: what, from where, how long, and how.
 */
#ifndef CLI_READING_OPTIONS_H
#define CLI_READING_OPTIONS_H

#include "args.h"
#include "filter/filter.h"
#include "prcm.h"

#define READING_NO_DURATION UINT32_MAX

enum
{
    READING_OPTION_FIRST = 0x100,
    READING_OPTION_KIND = READING_OPTION_FIRST,
    READING_OPTION_PID,
    READING_OPTION_FROM,
    READING_OPTION_DURATION,
    READING_OPTION_READ_DELAY,
    READING_OPTION_READ_BYTES,
    READING_OPTION_END,
};

/* For a command's table of long options. */
#define READING_OPTIONS_ROWS                                                                                 \
    {"kind", required_argument, NULL, READING_OPTION_KIND},                                                  \
        {"pid", required_argument, NULL, READING_OPTION_PID},                                                \
        {"from", required_argument, NULL, READING_OPTION_FROM},                                              \
        {"duration", required_argument, NULL, READING_OPTION_DURATION},                                      \
        {"read-delay", required_argument, NULL, READING_OPTION_READ_DELAY},                                  \
    {                                                                                                        \
        "read-bytes", required_argument, NULL, READING_OPTION_READ_BYTES                                     \
    }

typedef struct READING_OPTIONS
{
    PRCM_SUBSCRIPTION Subscription; /* Keys points into this structure */
    uint32_t Keys[PRCM_MAX_KEYS];
    uint32_t
        ShownKinds; /* of what is read, PRCM_KIND_BIT of what is to be shown; more is read to know the fields of that */
    uint32_t ShownKeys[PRCM_MAX_KEYS];
    uint32_t ShownKeyCount; /* 0: of every process */
    uint32_t DurationMs;    /* READING_NO_DURATION: no limit; 0: what is there already */
    uint32_t ReadDelayMs;   /* between two reads */
} READING_OPTIONS;

/* From is PRCM_FROM_XXX, where no option says it. */
void ReadingOptionsInit(READING_OPTIONS *Options, uint32_t From);

/* Takes one of READING_OPTIONS_ROWS. false: Args->Error says what is wrong. */
bool ReadingOptionsSet(READING_OPTIONS *Options, ARGS *Args, int Option, const char *Argument);

/* Leaves to the driver what it can leave out where all Filters have to pass, and reads what they need. After all
 * options. */
void ReadingOptionsNarrow(READING_OPTIONS *Options, const FILTER *const *Filters, uint32_t Count);

/* After the last. */
void ReadingOptionsFinish(READING_OPTIONS *Options);

#endif
