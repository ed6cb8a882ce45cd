/* SPDX-License-Identifier: MIT
 *
 * Compares what selftest did with what the stream told of it.
 */
#ifndef CLI_SELFTEST_CHECK_H
#define CLI_SELFTEST_CHECK_H

#include "prcm_abi.h"
#include "text/utf16.h"

/* A process as it was started and seen to end. */
typedef struct CHECK_CHILD
{
    uint32_t Id;
    uint32_t ExitCode;
    uint64_t CreateTime;
    uint16_t *CommandLine; /* owned by whoever made the child */
    uint32_t CommandLineCount;
    uint32_t Seen; /* PRCM_KIND_BITs of its events that were met while waiting */
} CHECK_CHILD;

/* A start or an exit as it was read. */
typedef struct CHECK_EVENT
{
    uint64_t Sequence;
    int64_t Latency; /* from the event to its reader, 100 ns; below 0 where the clock was stepped back */
    PRCM_VALUE CreateTime;
    PRCM_VALUE Parent;       /* start */
    PRCM_VALUE Architecture; /* start */
    PRCM_VALUE ExitStatus;   /* exit */
    uint32_t Id;
    uint32_t Kind;
    uint32_t CommandLineStatus;
    uint32_t CommandLineCount;
    uint16_t *CommandLine; /* start; NULL where there is none */
} CHECK_EVENT;

typedef struct CHECK_RESULT
{
    uint32_t Right;            /* children of which everything is as it was */
    uint32_t Mismatches;       /* lines written */
    uint32_t NoCommandLine;    /* children whose command line the OS did not tell */
    uint32_t NoCreateTime;     /* events joined by process id alone */
    uint32_t LatencyCount;     /* events of children */
    int64_t LatencyHalf;       /* 50 of 100 are no later */
    int64_t LatencyNinetyNine; /* 99 of 100 */
    int64_t LatencyMax;
} CHECK_RESULT;

/* Own is the process that started the children. Each mismatch is written to Sink as a line. false: no memory.
 */
bool CheckRun(const CHECK_CHILD *Children, uint32_t ChildCount, const CHECK_EVENT *Events,
              uint32_t EventCount, uint32_t Own, SINK *Sink, CHECK_RESULT *Result);

/* How long no event of a child may come before what is missing counts as missing, and how long all may take. */
#define CHECK_PATIENCE_MS       10000u
#define CHECK_WAIT_MS(Children) (60000u + 20u * (Children))

/* Waiting for the children's events. Times are milliseconds of a clock that may wrap. */
typedef struct CHECK_WAIT
{
    uint32_t Began;
    uint32_t News; /* when an event of a child was last met */
    uint32_t At;   /* events looked at */
    uint32_t Missing;
} CHECK_WAIT;

typedef enum CHECK_WAIT_STATE
{
    CHECK_WAITING,
    CHECK_COMPLETE, /* each child has an event of either kind */
    CHECK_GAVE_UP
} CHECK_WAIT_STATE;

void CheckWaitBegin(CHECK_WAIT *Wait, uint32_t ChildCount, uint32_t Now);

/* Events are those of the last call and what has come since. */
CHECK_WAIT_STATE CheckWaitGoOn(CHECK_WAIT *Wait, CHECK_CHILD *Children, uint32_t ChildCount,
                               const CHECK_EVENT *Events, uint32_t EventCount, uint32_t Now);

#endif
