/* SPDX-License-Identifier: MIT
 *
 * The arguments of a command. What is wrong with them is said in Error, in words.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#define ARGS_ERROR_BYTES 512

#define ARGS_END   (-1)
#define ARGS_WRONG '?' /* Error says what is wrong */
#define ARGS_HELP  'h'

/* For a command's table of long options; each command has it. */
#define ARGS_HELP_OPTION                                                                                     \
    {                                                                                                        \
        "help", no_argument, NULL, ARGS_HELP                                                                 \
    }

typedef struct ARGS
{
    int Count;
    char **Values;                /* Values[0] is the command's name */
    char Error[ARGS_ERROR_BYTES]; /* empty: what is wrong with a filter was said already */
} ARGS;

void ArgsInit(ARGS *Args, int Count, char **Values);

/* The next option's value of Options, ARGS_END or ARGS_WRONG. Its argument is in optarg. */
int ArgsNext(ARGS *Args, const struct option *Options);

/* After ARGS_END: the arguments that are no options. ArgsNone demands that there are none. */
int ArgsOperandCount(const ARGS *Args);
const char *ArgsOperand(const ARGS *Args, int Index);
bool ArgsNone(ARGS *Args);

/* Error becomes "--OPTION ARGUMENT: What". Option is NULL for an argument that belongs to none. Returns
 * false, for the caller to pass on. */
bool ArgsRefuse(ARGS *Args, const char *Option, const char *Argument, const char *What);

/* Sizes that are taken, and the limits as Error names them: "2M to 256M". */
typedef struct ARGS_SIZES
{
    uint64_t Min;
    uint64_t Max;
    const char *Named;
} ARGS_SIZES;

/* PRCM_MIN_LANE_BYTES to PRCM_MAX_LANE_BYTES */
#define ARGS_LANE_LIMITS "2M to 256M"

/* Each reads the argument of --Option; false, with Error, where it is none. */
bool ArgsNumber(ARGS *Args, const char *Option, const char *Argument, uint64_t Min, uint64_t Max,
                uint64_t *Value);
/* 65536, 64K, 4M, 1G */
bool ArgsBytes(ARGS *Args, const char *Option, const char *Argument, const ARGS_SIZES *Sizes,
               uint64_t *Value);
/* Any size that can be configured, although the driver brings it within ARGS_LANE_LIMITS. 0 would leave the
 * default. */
bool ArgsLane(ARGS *Args, const char *Option, const char *Argument, uint32_t *Bytes);
/* 30, 0.5: to the millisecond */
bool ArgsSeconds(ARGS *Args, const char *Option, const char *Argument, uint32_t *Milliseconds);
/* start,exit,image to PRCM_KIND_BITs, added to those already in *Kinds */
bool ArgsKinds(ARGS *Args, const char *Option, const char *Argument, uint32_t *Kinds);

typedef enum ARGS_COLOR
{
    ARGS_COLOR_AUTO,
    ARGS_COLOR_ALWAYS,
    ARGS_COLOR_NEVER
} ARGS_COLOR;

bool ArgsColor(ARGS *Args, const char *Option, const char *Argument, ARGS_COLOR *Color);

#endif
